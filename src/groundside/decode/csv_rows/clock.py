"""A wall clock and a counter become one clock, finer than either where both are coarse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

_SECOND_US = 1_000_000
_MINUTE_US = 60 * _SECOND_US
_COARSEST_STEP_MS = 1000
_FEW = 0.02
_DAY_US = 86_400 * _SECOND_US
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST_US, _END_US = (1 - _EPOCH) * _DAY_US, (date.max.toordinal() + 1 - _EPOCH) * _DAY_US


@dataclass(frozen=True, slots=True)
class ClockFit:
    """
    The wall clock at millisecond 0.

    Args:
        zero_us: microseconds since 1970 at which the millisecond counter was 0.
        error_s: half the width of what the rows leave open, at least half a step of the counter.
        agreeing: rows whose date and time agree with it.
        rows: rows that have both.
    """

    zero_us: int
    error_s: float
    agreeing: int
    rows: int


def resolution_us(wall_us: np.ndarray) -> int:
    """
    Say what a clock shows: 60,000,000 for minutes, 1,000,000 for seconds, 100,000 for tenths, and so on.

    A few times that show more, as damaged ones may, do not count.
    """
    for size in (_MINUTE_US, _SECOND_US, 100_000, 10_000, 1000):
        if np.count_nonzero(wall_us % size) <= _FEW * len(wall_us):
            return size
    return 1


def fit_clock(time_ms: np.ndarray, wall_us: np.ndarray, shows_us: int | None = None) -> ClockFit | None:
    """
    Find the one offset between two clocks that most rows agree with.

    The wall clock shows a time rounded to its nearest whole second (cut down to the minute where it shows no
    seconds); the counter is cut down to its step (100 ms in all files seen). So each row leaves an interval open
    for the offset, and a row just after the second changes narrows it. The middle of what most rows have in
    common is the answer.

    Args:
        time_ms: the counter, finite.
        wall_us: the wall clock in microseconds since 1970, one for each.
        shows_us: see `resolution_us`; None to find it out.

    Returns:
        None where there is no row.
    """
    if not len(time_ms):
        return None
    step_us = _step_ms(time_ms) * 1000
    shows_us = shows_us or resolution_us(wall_us)
    half_us = _SECOND_US // 2 if shows_us >= _SECOND_US else 500
    before, behind = (0, _MINUTE_US) if shows_us >= _MINUTE_US and len(wall_us) > 1 else (half_us, half_us)
    count_us = np.round(time_ms * 1000).astype(np.int64)
    from_us, to_us = np.sort(wall_us - before - count_us - step_us), np.sort(wall_us + behind - count_us)
    agreeing = np.arange(1, len(from_us) + 1) - np.searchsorted(to_us, from_us, side="left")
    best = int(np.argmax(agreeing))
    low = int(from_us[best])
    high = int(to_us[np.searchsorted(to_us, low, side="left")])
    error_us = max((high - low) / 2, step_us / 2)
    return ClockFit((low + high) // 2, error_us / _SECOND_US, int(agreeing[best]), len(time_ms))


def _step_ms(time_ms: np.ndarray) -> int:
    """The step of the counter: the greatest number that divides all of its values, 1 to 1000 ms."""
    whole = np.round(time_ms).astype(np.int64)
    if np.any(whole != time_ms):
        return 1
    step = int(np.gcd.reduce(np.abs(whole)))
    return min(step, _COARSEST_STEP_MS) if step else 1


def in_calendar(start_us: int, end_us: int) -> bool:
    """
    Say whether a recording is within the years 1 to 9999, as ISO 8601 writes them in four digits.

    A day at either end is left free, because a time zone may yet move it.
    """
    return _FIRST_US + _DAY_US <= start_us <= end_us < _END_US - _DAY_US
