"""Moments and lengths of time as people type them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from groundside.errors import BadRequest

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK = re.compile(r"(\d{1,6}):([0-5]\d)(?::([0-5]\d))?")


def moment_us(text: str, zone: str = "UTC") -> int | None:
    """
    Read a time, or the first moment of a day, as UTC microseconds; None where nothing was said.

    Args:
        text: "2026-05-01", "2026-05-01T10:00", with or without an offset.
        zone: IANA name, where the text states no offset.

    Raises:
        BadRequest: no such time or zone.
    """
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        placed = found if found.tzinfo is not None else found.replace(tzinfo=ZoneInfo(zone))
        return (placed.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError, ZoneInfoNotFoundError, OSError) as error:
        what = f"{text[:40]!r} in the time zone {zone[:40]!r} is no time."
        raise BadRequest(what, try_this="write it as 2026-05-01T10:00, and a zone as Europe/Zurich") from error


def hours_ms(text: str) -> int | None:
    """
    Read hours, "12:30" or "12.5", as milliseconds; None where nothing was said.

    Raises:
        BadRequest: they are none.
    """
    if not text:
        return None
    if clock := _CLOCK.fullmatch(text):
        return (int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0)) * 1000
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0.0 <= found <= 1e6:
        what = f"{text[:40]!r} are no hours."
        raise BadRequest(what, try_this="write them as 12:30 or 12.5")
    return round(found * 3_600_000)


def hours_words(ms: int | None) -> str:
    """Give milliseconds as h:mm, a dash where they are unknown."""
    if ms is None:
        return "–"
    minutes = round(ms / 60_000)
    return f"{minutes // 60}:{minutes % 60:02}"
