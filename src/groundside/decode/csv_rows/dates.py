"""Dates and times as people and spreadsheets write them; the order of day and month only where the file proves it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.decode.csv_rows.plain_moments import PlainMoments, plain_moments
from groundside.model import compute as pc

_EPOCH = date(1970, 1, 1).toordinal()
_SECOND_US = 1_000_000
_DAY_US = 86_400 * _SECOND_US
_ISO = r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?$"
_DATE = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?=[ T]|\Z)")
_DATE_BEGINS = r"^\d{1,4}[-/.]\d"
_TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s*([ap])\.?m\.?)?(?:\s*(Z|UTC|[+-]\d{2}:?\d{2}))?\Z",
    re.IGNORECASE,
)
_LAST_MONTH = 12
_YEAR_DIGITS = 4
_OF_ROWS = 10

Order = Literal["ymd", "dmy", "mdy"]


@dataclass(frozen=True, slots=True)
class Moments:
    """
    Dates and times of a column.

    Args:
        us: microseconds since 1970 of the clock they show, or of UTC where `utc`; 0 where unknown.
        known: where a date and a time could be read.
        utc: whether all that could be read state their offset from UTC.
        resolution_us: 60,000,000 where no seconds are shown, 1,000,000 where no fraction is, else 1.
        unread: cells that hold something else.
        inference: what was inferred, in one sentence; or why nothing could be read.
    """

    us: NDArray[np.int64]
    known: NDArray[np.bool_]
    utc: bool = False
    resolution_us: int = 1
    unread: int = 0
    inference: str = ""


def read_moments(texts: pa.Array[Any]) -> Moments:
    """
    Read a column of text, each with a date and a time: "2031-02-03 04:05:06.789", "2/3/2031 4:05:06 PM".

    A date that begins or ends with a year of four digits is read. Where the year comes last, the order of day and
    month is taken from the whole column: a first number above 12 is a day, a second one too; where neither
    occurs, or both, no date is read. Offsets from UTC (`Z`, `+02:00`) are applied.
    """
    given = _given(texts)
    quick = _iso(texts, given)
    if quick is not None:
        return quick
    coded = texts.dictionary_encode()
    if not _any_date(coded.dictionary):
        return Moments(np.zeros(len(texts), np.int64), np.zeros(len(texts), np.bool_), unread=int(given.sum()))
    words = [word or "" for word in coded.dictionary.to_pylist()]
    rows = np.bincount(np.asarray(coded.indices.fill_null(0)), minlength=len(words))
    plain = plain_moments(words)
    if plain is not None and not any(_goes_on(date) for date in plain.dates):
        return _at_once(plain, np.asarray(coded.indices.fill_null(-1)), rows, given)
    order, why = _order(words, rows)
    read = [_moment(word, order) for word in words]
    return _moments(coded, read, given, why)


def _any_date(words: pa.Array[Any]) -> bool:
    """Whether any text begins as dates do."""
    found: Any = pc.any(pc.match_substring_regex(words, _DATE_BEGINS))
    return found.as_py() is True


def _goes_on(text: str) -> bool:
    """Whether a date stands in it and something behind that: a time behind a T."""
    found = _DATE.match(text)
    return found is not None and found.end() != len(text)


def _at_once(
    plain: PlainMoments, words: NDArray[np.int64], rows: NDArray[np.int64], given: NDArray[np.bool_]
) -> Moments:
    """
    Do the same as `_moments`.

    Args:
        plain: texts of a column, each once.
        words: the number of its text, for each row; -1 where there is none.
        rows: in how many rows each text is.
        given: which rows have a text.
    """
    of_date = np.bincount(plain.which, rows, minlength=len(plain.dates)).astype(np.int64)
    order, why = _order(plain.dates, of_date)
    found = [_DATE.match(date) for date in plain.dates]
    days = [None if date is None else _days(date, order) for date in found]
    midnight = np.array([0 if day is None else day for day in days], np.int64)[plain.which] * _DAY_US
    readable = np.array([day is not None for day in days], np.bool_)[plain.which] & plain.timed
    readable[plain.timed] &= plain.us >= 0
    midnight[plain.timed] += plain.us
    fine = bool(plain.fractional[readable[plain.timed]].any()) or not readable.any()
    known = (words >= 0) & given
    known[known] = readable[words[known]]
    us = np.zeros(len(words), np.int64)
    us[known] = midnight[words[known]]
    return Moments(us, known, False, 1 if fine else _SECOND_US, int((given & ~known).sum()), why)


def joined(dates: pa.Array[Any], times: pa.Array[Any]) -> pa.Array[Any]:
    """Join a column of dates and one of times; null where either is."""
    join: Any = pc.binary_join_element_wise
    return join(pc.utf8_trim_whitespace(dates), pc.utf8_trim_whitespace(times), pa.scalar(" ", pa.string()))


def _given(texts: pa.Array[Any]) -> NDArray[np.bool_]:
    filled: Any = pc.fill_null(pc.not_equal(texts, pa.scalar("", pa.string())), pa.scalar(False, pa.bool_()))
    return np.asarray(filled)


def _iso(texts: pa.Array[Any], given: NDArray[np.bool_]) -> Moments | None:
    """Read all at once where every cell is as ISO 8601 has it; None where one is not."""
    if not given.any():
        return Moments(np.zeros(len(texts), np.int64), given)
    chosen: Any = pc.if_else(pa.array(given), texts, pa.scalar(None, pa.string()))
    alike: Any = pc.all(pc.match_substring_regex(chosen, _ISO))
    if alike.as_py() is not True:
        return None
    try:
        stamps: Any = chosen.cast(pa.timestamp("us")).cast(pa.int64())
    except pa.ArrowInvalid:
        return None
    us = np.asarray(stamps.fill_null(0))
    return Moments(us, given, resolution_us=1 if np.any(us % _SECOND_US) else _SECOND_US)


def _order(words: list[str], rows: NDArray[np.int64]) -> tuple[Order, str]:
    """Take what a tenth of the rows at least show, so that no single damaged cell decides."""
    loose = first = second = 0
    for word, times in zip(words, rows.tolist(), strict=True):
        match = _DATE.match(word)
        if match is not None and len(match[4]) == _YEAR_DIGITS and len(match[1]) < _YEAR_DIGITS:
            loose += times
            first += times * (int(match[1]) > _LAST_MONTH)
            second += times * (int(match[3]) > _LAST_MONTH)
    if not loose:
        return "ymd", ""
    if _OF_ROWS * first >= loose > _OF_ROWS * second:
        return "dmy", "Dates have the day first, because one is above 12."
    if _OF_ROWS * second >= loose > _OF_ROWS * first:
        return "mdy", "Dates have the month first, because a second number is above 12."
    return "ymd", "Nothing tells whether dates have the day or the month first: they are not read."


def _moment(word: str, order: Order) -> tuple[int, bool, int] | None:
    """Give microseconds, whether they are UTC, and the resolution."""
    day = _DATE.match(word)
    time = _TIME.match(word[day.end() :].lstrip(" T")) if day else None
    days = _days(day, order) if day else None
    seconds = _seconds(time) if time else None
    if time is None or days is None or seconds is None:
        return None
    fraction = int((time[4] or "").ljust(9, "0")) // 1000
    us = (days * 86_400 + seconds - _offset_s(time[6])) * _SECOND_US + fraction
    return us, time[6] is not None, 1 if fraction else _SECOND_US if time[3] else 60 * _SECOND_US


def _days(match: re.Match[str], order: Order) -> int | None:
    a, b, c = match[1], match[3], match[4]
    if (len(a) == _YEAR_DIGITS) == (len(c) == _YEAR_DIGITS) or (order == "ymd") != (len(a) == _YEAR_DIGITS):
        return None
    year, month, day = {"ymd": (a, b, c), "dmy": (c, b, a), "mdy": (c, a, b)}[order]
    try:
        return date(int(year), int(month), int(day)).toordinal() - _EPOCH
    except ValueError:
        return None


def _seconds(match: re.Match[str]) -> int | None:
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[5]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[5].lower() == "p" else 0)
    return hour * 3600 + minute * 60 + second if hour <= 23 and minute <= 59 and second <= 60 else None


def _offset_s(zone: str | None) -> int:
    if zone is None or zone.upper() in {"Z", "UTC"}:
        return 0
    size = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60
    return -size if zone[0] == "-" else size


def _moments(
    coded: pa.DictionaryArray[Any, Any], read: list[tuple[int, bool, int] | None], given: NDArray[np.bool_], why: str
) -> Moments:
    there = [r for r in read if r is not None]
    utc = bool(there) and all(r[1] for r in there)
    if any(r[1] for r in there) and not utc:
        read, there = [None if r is None or not r[1] else r for r in read], [r for r in there if r[1]]
        utc, why = True, "Some dates state their offset from UTC and some do not: only the former are read."
    column = pa.array([None if r is None else r[0] for r in read], pa.int64()).take(coded.indices)
    known = np.asarray(column.is_valid()) & given
    finest = min((r[2] for r in there), default=1)
    return Moments(np.asarray(column.fill_null(0)), known, utc, finest, int((given & ~known).sum()), why)
