"""Times and places as people write them in a question, to the shell or in an address."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta

from groundside.errors import BadRequest
from groundside.model.place import LonLat
from groundside.model.query import Near

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY_US = 86_400_000_000


def time_us(text: str, *, whole_day: bool = False) -> int | None:
    """
    Read a day or a time as UTC microseconds since 1970.

    Args:
        text: ISO 8601: "2026-05-01", "2026-05-01T12:30:00Z", "2026-05-01T14:30+02:00"; without a zone it is
            UTC.
        whole_day: a day alone means its end instead of its beginning, so that `to` includes the day it names.

    Returns:
        None where the text is empty.

    Raises:
        BadRequest: it is neither.

    >>> time_us("1970-01-02"), time_us("1970-01-02", whole_day=True), time_us("1970-01-01T01:00+01:00")
    (86400000000, 172800000000, 0)
    """
    if not text:
        return None
    day = _day(text)
    if day is not None:
        return (day - _EPOCH.date()).days * _DAY_US + (_DAY_US if whole_day else 0)
    try:
        # In an address a plus sign means a space, and few know to write %2B for a zone east of Greenwich.
        at = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError as error:
        what = f"{text[:40]!r} is neither a day nor a time."
        raise BadRequest(what, try_this="write 2026-05-01 or 2026-05-01T12:30:00Z") from error
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND


def place_of(text: str) -> LonLat | None:
    """
    Read "LON,LAT"; None of an empty text.

    Raises:
        BadRequest: it is no place.

    >>> place_of("8.2,47.46")
    LonLat(lon=8.2, lat=47.46)
    """
    if not text:
        return None
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        lon = lat = float("nan")
    if not LonLat(lon, lat).is_position:
        what = f"{text[:60]!r} is no place."
        raise BadRequest(what, try_this="write LON,LAT, longitude first: 8.20,47.46")
    return LonLat(lon, lat)


def near(text: str) -> Near | None:
    """
    Read "LON,LAT,METRES" as a circle on the ground.

    Returns:
        None where the text is empty.

    Raises:
        BadRequest: not three numbers, no place on Earth, or a distance that is not above 0.

    >>> near("8.55,47.37,500")
    Near(point=LonLat(lon=8.55, lat=47.37), metres=500.0)
    """
    if not text:
        return None
    found = _circle(text)
    if found is None:
        what = f"{text[:60]!r} is no place with a distance."
        raise BadRequest(what, try_this="write LON,LAT,METRES, longitude first: 8.55,47.37,500")
    return found


def month_us(text: str) -> tuple[int, int] | None:
    """
    Read a month as UTC microseconds, from its beginning to that of the next.

    Returns:
        None where the text is empty.

    Raises:
        BadRequest: it is no month.

    >>> month_us("1970-02")
    (2678400000000, 5097600000000)
    """
    if not text:
        return None
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
    year, month = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= year < 9999:
        what = f"{text[:40]!r} is no month."
        raise BadRequest(what, try_this="write 2026-05")
    ends = [datetime(year, month, 1, tzinfo=UTC), datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)]
    first, last = ((end - _EPOCH) // _MICROSECOND for end in ends)
    return first, last


def span_us(from_: str, to: str, month: str) -> tuple[int | None, int | None]:
    """
    Read from when to when: either days or times, or a month.

    Raises:
        BadRequest: one of them is none, or both a month and something else are given.
    """
    whole = month_us(month)
    if whole is None:
        return time_us(from_), time_us(to, whole_day=True)
    if from_ or to:
        what = "A month is given, and days besides."
        raise BadRequest(what, try_this="give either the month, or from and to")
    return whole


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _circle(text: str) -> Near | None:
    try:
        lon, lat, metres = (float(part) for part in text.split(","))
    except ValueError:
        return None
    point = LonLat(lon, lat)
    return Near(point, metres) if point.is_position and math.isfinite(metres) and metres > 0 else None
