"""Numbers and times as people read them, with units and zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

UNKNOWN = "–"
MINUTE, HOUR = 60, 3600


def local_words(us: int | None, zone: str = "UTC") -> str:
    """Give a time in a zone, with the zone's abbreviation; a dash where it is unknown."""
    if us is None:
        return UNKNOWN
    at = datetime.fromtimestamp(us / 1e6, tz=UTC).astimezone(ZoneInfo(zone or "UTC"))
    return f"{at:%Y-%m-%d %H:%M:%S} {at.tzname()}"


def seconds_words(seconds: float | None) -> str:
    """Give a duration as h:mm:ss."""
    if seconds is None:
        return UNKNOWN
    whole = round(seconds)
    return f"{whole // HOUR}:{whole % HOUR // MINUTE:02}:{whole % MINUTE:02}"


def metres_words(metres: float | None) -> str:
    """Give a length in metres, or kilometres from ten of them on."""
    if metres is None:
        return UNKNOWN
    return f"{metres / 1000:.1f} km" if metres >= 10_000 else f"{metres:,.0f} m"


def bytes_words(count: int) -> str:
    """Give a size with a decimal unit."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
