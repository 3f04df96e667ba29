"""Days as people count them at a place: from local midnight to local midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from groundside.errors import BadRequest

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def zone_info(zone: str) -> ZoneInfo:
    """
    Give the rules of a time zone.

    Args:
        zone: IANA name, for example "Europe/Zurich" or "UTC".

    Raises:
        BadRequest: there is no such zone.
    """
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = get_close_matches(zone, available_timezones(), n=1, cutoff=0.0)
        what = f"There is no time zone {zone!r}."
        raise BadRequest(what, try_this=f"did you mean {near[0]!r}?" if near else "an IANA name") from error


def local_date(us: int, zone: str) -> date | None:
    """
    Give the date that people at a place write at a time.

    Args:
        us: UTC microseconds since 1970.
        zone: IANA name.

    Returns:
        The date; None where the time is not within the years 1 to 9999.

    Raises:
        BadRequest: there is no such zone.
    """
    info = zone_info(zone)
    try:
        return (_EPOCH + timedelta(microseconds=us)).astimezone(info).date()
    except OverflowError:
        return None


def midnight_us(day: date, zone: str) -> int:
    """
    Give the first moment of a local day.

    Args:
        day: the date.
        zone: IANA name.

    Returns:
        UTC microseconds since 1970. Where clocks skip midnight, the moment at which they are put forward; where
        midnight comes twice, the first.

    Raises:
        BadRequest: there is no such zone.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone_info(zone))
    return (midnight.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)
