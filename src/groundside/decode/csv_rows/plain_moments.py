"""Dates and times that are all written plainly, such as "2/3/2031 4:05:06.78 PM", read all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.native.decimals import DIGITS, SPAN, Spans, numbers

_COLON, _DOT, _COMMA, _SPACE = b":., "
_LETTERS = b"aApP"
_FRACTION_DIGITS = 9

I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PlainMoments:
    """
    Texts of a date, one space and a time with seconds; or of something in which there is no space.

    Args:
        dates: what stands before the space, each once.
        which: number of the date of each text.
        timed: which texts have anything behind a space.
        us: microseconds since midnight of those; -1 where there is no such time.
        fractional: which of those state a part of a second, of a microsecond at least.
    """

    dates: list[str]
    which: I64
    timed: Flags
    us: I64
    fractional: Flags


def plain_moments(words: list[str]) -> PlainMoments | None:
    """Take texts apart; None where one is written in another way, which says nothing of what it means."""
    numbered: dict[str, int] = {}
    which = np.empty(len(words), np.int64)
    times: list[str] = []
    timed = np.zeros(len(words), np.bool_)
    for row, word in enumerate(words):
        date, space, time = word.partition(" ")
        which[row] = numbered.setdefault(date, len(numbered))
        if space:
            timed[row] = True
            times.append(time)
    read = _times(times)
    if read is None:
        return None
    return PlainMoments(list(numbered), which, timed, *read)


def _times(times: list[str]) -> tuple[I64, Flags] | None:
    whole = "\n".join(times)
    if not times or not whole.isascii():
        return (np.zeros(0, np.int64), np.zeros(0, np.bool_)) if not times else None
    data = whole.encode("ascii")
    lengths = np.fromiter(map(len, times), np.int64, len(times))
    ends = np.cumsum(lengths + 1) - 1
    return _read(data, ends - lengths, ends)


def _read(data: bytes, begins: I64, ends: I64) -> tuple[I64, Flags] | None:
    raw = np.frombuffer(data, np.uint8)
    colons = np.flatnonzero(raw == _COLON)
    if len(colons) != 2 * len(begins):
        return None
    first, second = colons[::2], colons[1::2]
    if (
        (first <= begins).any()
        or (first > begins + 2).any()
        or (second != first + 3).any()
        or (second + 3 > ends).any()
    ):
        return None
    ends, half_days = _without_half_day(raw, ends)
    points = np.minimum(second + 3, len(raw) - 1)
    pointed = (second + 3 < ends) & ((raw[points] == _DOT) | (raw[points] == _COMMA))
    if ((second + 3 != ends) & ~pointed).any():
        return None
    parts = [_whole(data, begins, first), _whole(data, first + 1, second), _whole(data, second + 1, second + 3)]
    fraction = _fraction(data, second[pointed] + 4, ends[pointed])
    if fraction is None or any(part is None for part in parts):
        return None
    hours, minutes, seconds = (part for part in parts if part is not None)
    us = np.zeros(len(begins), np.int64)
    us[pointed] = fraction
    midnight = _since_midnight(hours, minutes, seconds, half_days)
    return np.where(midnight < 0, -1, midnight + us), us > 0


def _without_half_day(raw: NDArray[np.uint8], ends: I64) -> tuple[I64, NDArray[np.uint8]]:
    """Leave out "AM" or "PM" and one space before it; give the first letter of it, small, 0 where there is none."""
    letters = np.zeros(len(ends), np.uint8)
    said = ((raw[ends - 1] | 0x20) == ord("m")) & np.isin(raw[ends - 2], np.frombuffer(_LETTERS, np.uint8))
    letters[said] = raw[ends[said] - 2] | 0x20
    ends = ends - 2 * said
    return ends - (said & (raw[ends - 1] == _SPACE)), letters


def _whole(data: bytes, begins: I64, ends: I64) -> I64 | None:
    spans: Spans = np.zeros(len(begins), SPAN)
    spans["begin"], spans["length"] = begins, ends - begins
    read = numbers(data, spans)
    return read.values.astype(np.int64) if (read.plain & read.has(DIGITS)).all() else None


def _fraction(data: bytes, begins: I64, ends: I64) -> I64 | None:
    """Read digits behind a point, as microseconds, the rest cut off."""
    digits = ends - begins
    if (digits < 1).any() or (digits > _FRACTION_DIGITS).any():
        return None
    read = _whole(data, begins, ends)
    return None if read is None else read * 10 ** (_FRACTION_DIGITS - digits) // 1000


def _since_midnight(hours: I64, minutes: I64, seconds: I64, half_days: NDArray[np.uint8]) -> I64:
    halved = half_days > 0
    possible = ~halved | ((hours >= 1) & (hours <= 12))
    hours = np.where(halved, hours % 12 + 12 * (half_days == ord("p")), hours)
    possible &= (hours <= 23) & (minutes <= 59) & (seconds <= 60)
    return np.where(possible, ((hours * 60 + minutes) * 60 + seconds) * 1_000_000, -1)
