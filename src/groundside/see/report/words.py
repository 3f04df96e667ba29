"""Numbers, times and lengths as reports print them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from math import isfinite
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

UNKNOWN = "–"


def clock(seconds: int | None, *, blank: bool = False) -> str:
    """Give whole seconds as h:mm:ss; nothing where they are none and `blank`, a dash where unknown."""
    if seconds is None:
        return UNKNOWN
    if seconds == 0 and blank:
        return ""
    return f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


def zone_of(name: str) -> tzinfo:
    """Give a time zone; UTC where the name is unknown."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def at(us: int | None, zone: str = "UTC") -> datetime | None:
    """Give a time in a zone; None where it is unknown or beyond any calendar."""
    if us is None:
        return None
    try:
        return datetime.fromtimestamp(us / 1e6, tz=UTC).astimezone(zone_of(zone))
    except (OverflowError, ValueError, OSError):
        return None


def moment(us: int | None, zone: str = "UTC") -> str:
    """Give date, time to the second, and how far from UTC."""
    found = at(us, zone)
    return UNKNOWN if found is None else f"{found:%Y-%m-%d %H:%M:%S} {offset(found)}"


def offset(when: datetime) -> str:
    """Give the distance from UTC, as +02:00; "UTC" where there is none."""
    text = f"{when:%z}"
    return "UTC" if text in {"+0000", ""} else f"{text[:3]}:{text[3:5]}"


def quantity(value: float | None, unit: str, digits: int = 0) -> str:
    """Give a number with its unit; a dash where it is unknown."""
    return UNKNOWN if value is None or not isfinite(value) else f"{value:,.{digits}f} {unit}"


def plural(count: int, one: str) -> str:
    """Count things, as "1 flight" and "2 flights"."""
    return f"{count:,} {one}{'' if count == 1 else 's'}"
