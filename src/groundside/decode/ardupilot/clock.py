"""
The clock of a log: microseconds since the autopilot was switched on, and what UTC that is.

`TimeUS` (u64) since ArduPilot 3.3; before it `TimeMS` (u32, wraps after 49.7 days), and `T` in GPS records,
whose `TimeMS` is the GPS time of week.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.ardupilot.layout import HEADER_BYTES, Layout, place_of
from groundside.reference.gps_time import WEEK_S, utc_us, without_rollover

Times = npt.NDArray[np.int64]

UNKNOWN = np.int64(-1)
MAX_US = 10 * 366 * 86_400 * 1_000_000
"""A boot time of more than ten years is damage."""
_GLITCH_US = 600 * 1_000_000
_RESTART_US = 1_000_000
_FOREIGN_CLOCK = ("ACC", "GYR")

FIRST_WEEK = 1520
"""February 2009, the year of the first ArduPilot board: earlier weeks must have been reduced modulo 1024."""
LAST_WEEK = 4000
"""September 2056: later weeks are damage."""
FIX_LAG_S = 0.22
"""How late a fix may be logged: the longest lag in `get_lag` of ArduPilot's AP_GPS/AP_GPS_UBLOX.cpp."""
_TRUSTED_STATUS = 3
_JUMP_US = 2_000_000
_MINORITY = 0.2
_USUAL = 95
"""Percentile of the fixes that bounds the error: the first few after a start are often logged late."""


@dataclass(frozen=True, slots=True)
class TimeColumn:
    """Where a layout keeps its boot time: column name, byte in the record, and microseconds a unit."""

    name: str
    at: int
    unit_us: int


def time_column(layout: Layout) -> TimeColumn | None:
    """Find the boot-time column of a layout; None where it has none."""
    return _time_column(layout.name, layout.columns, layout.chars, layout.readable)


@lru_cache(maxsize=1024)
def _time_column(of: str, columns: tuple[str, ...], chars: str, readable: int) -> TimeColumn | None:
    name = "T" if of.startswith("GPS") and "Week" in columns else columns[0] if readable else ""
    place = place_of(name, columns, chars)
    if place is None:
        return None
    if place == (HEADER_BYTES, "Q") and name == "TimeUS":
        return TimeColumn(name, place[0], 1)
    if place[1] == "I" and name in {"TimeMS", "T"} and not of.startswith(_FOREIGN_CLOCK):
        return TimeColumn(name, place[0], 1000)
    return None


@dataclass(frozen=True, slots=True)
class Timeline:
    """
    Boot time of every record of a file, in order of the file.

    Args:
        offsets: of the records.
        times_us: boot microseconds; `UNKNOWN` where the record has no clock or its clock is damaged.
        damaged: records whose clock cannot be.
        restarts: offsets at which the clock goes back by more than a second.
    """

    offsets: Times
    times_us: Times
    damaged: int
    restarts: Sequence[int]

    @property
    def first_us(self) -> int | None:
        """Earliest boot time, or None where nothing is timed."""
        known = self._known()[1]
        return int(known.min()) if len(known) else None

    @property
    def last_us(self) -> int | None:
        """Latest boot time, or None where nothing is timed."""
        known = self._known()[1]
        return int(known.max()) if len(known) else None

    def at(self, offsets: Times) -> Times:
        """Time records without a clock by the last before them that has one; `UNKNOWN` before the first."""
        places, times = self._known()
        if not len(times):
            return np.full(len(offsets), UNKNOWN)
        before = np.searchsorted(places, offsets, side="right") - 1
        return np.where(before >= 0, times[np.maximum(before, 0)], UNKNOWN)

    def _known(self) -> tuple[Times, Times]:
        """Give the records whose time is known, and their times."""
        if not self.damaged:
            return self.offsets, self.times_us
        known = self.times_us >= 0
        return self.offsets[known], self.times_us[known]


@dataclass(frozen=True, slots=True)
class Stamps:
    """
    Boot times of the records of one group, as they are stored.

    Args:
        offsets: of the records, ascending.
        values: u64 where a unit is a microsecond, u32 where it is a millisecond.
        unit_us: microseconds a unit.
    """

    offsets: Times
    values: npt.NDArray[np.unsignedinteger]
    unit_us: int


def timeline(stamps: Sequence[Stamps]) -> Timeline:
    """Put the boot times of all records in order of the file, and find out which cannot be."""
    offsets, micro = _in_order([s for s in stamps if s.unit_us == 1], np.uint64)
    ms_offsets, milli = _in_order([s for s in stamps if s.unit_us != 1], np.uint32)
    times = np.minimum(micro, np.uint64(MAX_US + 1)).astype(np.int64)
    if len(ms_offsets):
        offsets, times = _merged(offsets, times, ms_offsets, unwrapped_ms(milli) * 1000)
    damaged = (times > MAX_US) | (times < 0) | _glitches(times)
    times[damaged] = UNKNOWN
    return Timeline(offsets, times, int(damaged.sum()), _restarts(offsets, times))


def _merged(offsets: Times, times: Times, more_offsets: Times, more_times: Times) -> tuple[Times, Times]:
    if not len(offsets):
        return more_offsets, more_times
    offsets, times = np.concatenate([offsets, more_offsets]), np.concatenate([times, more_times])
    order = np.argsort(offsets, kind="stable")
    return offsets[order], times[order]


def _in_order(
    stamps: Sequence[Stamps], kind: type[np.unsignedinteger]
) -> tuple[Times, npt.NDArray[np.unsignedinteger]]:
    if len(stamps) == 1:
        return stamps[0].offsets, stamps[0].values.astype(kind, copy=False)
    offsets = np.concatenate([np.empty(0, np.int64), *(s.offsets for s in stamps)])
    values = np.concatenate([np.empty(0, kind), *(s.values for s in stamps)])
    order = np.argsort(offsets, kind="stable")
    return offsets[order], values[order]


def unwrapped_ms(values: npt.NDArray[np.integer], first_ms: int | None = None) -> Times:
    """
    Undo the 32-bit wrap of a millisecond clock.

    Args:
        values: as stored, in order of the file, modulo 2^32.
        first_ms: a time within 24.8 days of the first value; the first value itself where None.
    """
    if not len(values):
        return np.empty(0, np.int64)
    wrapped = values.astype(np.uint32, copy=False)
    first = np.int64(wrapped[0]) if first_ms is None else np.int64(first_ms)
    ahead = (wrapped[:1] - np.uint32(int(first) & 0xFFFFFFFF)).astype(np.int32).astype(np.int64)
    steps = np.diff(wrapped).astype(np.int32).astype(np.int64)
    return first + np.cumsum(np.concatenate([ahead, steps]))


def _glitches(times: Times) -> npt.NDArray[np.bool_]:
    """Mark single times that lie far from all around them."""
    steps = np.diff(times)
    if len(times) < 3 or (steps.max() <= _GLITCH_US and steps.min() >= -_GLITCH_US):
        return np.zeros(len(times), np.bool_)
    around = np.median(np.lib.stride_tricks.sliding_window_view(np.pad(times, 2, mode="reflect"), 5), axis=1)
    return np.abs(times - around) > _GLITCH_US


def _restarts(offsets: Times, times: Times) -> list[int]:
    if len(times) and times.min() < 0:
        known = times >= 0
        offsets, times = offsets[known], times[known]
    return offsets[1:][np.diff(times) < -_RESTART_US].tolist()


@dataclass(frozen=True, slots=True)
class Utc:
    """
    How boot time becomes UTC.

    Args:
        offset_us: added to boot microseconds.
        error_s: bound on how wrong the sum may be.
        table: the GPS table it comes from.
        rows: how many fixes it rests on.
        jumps: how many fixes disagree by more than two seconds.
        worst_s: by how much the worst of them does.
        rolled_over: weeks had been reduced modulo 1024.
    """

    offset_us: int
    error_s: float
    table: str
    rows: int
    jumps: int
    worst_s: float
    rolled_over: bool


def boot_us(table: pa.Table, first_us: int | None) -> Times | None:
    """Give the boot time of each row of a table; None where it has no clock of its own."""
    names = table.column_names
    first = names[0] if names else ""
    name = "T" if "Week" in names and "T" in names else first
    if name not in {"TimeUS", "TimeMS", "T"} or not _whole(table, name):
        return None
    values = table[name].to_numpy()
    if name == "TimeUS":
        return np.minimum(values.astype(np.uint64), np.uint64(MAX_US + 1)).astype(np.int64)
    return unwrapped_ms(values, None if first_us is None else first_us // 1000) * 1000


def _whole(table: pa.Table, *columns: str) -> bool:
    """Whether these columns are there and hold whole numbers."""
    return all(c in table.column_names and pa.types.is_integer(table.schema.field(c).type) for c in columns)


def fit_utc(tables: Mapping[str, pa.Table], first_us: int | None) -> Utc | None:
    """
    Find the UTC of boot through the receiver with the most fixes.

    Fixes count from GPS status 3 (three-dimensional) on and with a week that is known. The offset is the
    median over all of them, so that a minority of wrong ones does not move it.
    """
    fits = [_fit(name, tables[name], first_us) for name in tables if name.startswith("GPS")]
    return max((fit for fit in fits if fit is not None), key=lambda fit: fit.rows, default=None)


def _fit(name: str, table: pa.Table, first_us: int | None) -> Utc | None:
    week, ms = ("GWk", "GMS") if "GWk" in table.column_names else ("Week", "TimeMS")
    boot = boot_us(table, first_us)
    if boot is None or not _whole(table, "Status", week, ms):
        return None
    stated = table[week].to_numpy().astype(np.int64)
    weeks = without_rollover(stated, FIRST_WEEK)
    of_week = table[ms].to_numpy().astype(np.int64)
    good = (table["Status"].to_numpy() >= _TRUSTED_STATUS) & (boot <= MAX_US)
    good &= (weeks > 0) & (weeks < LAST_WEEK) & (of_week >= 0) & (of_week < 1000 * WEEK_S)
    if not good.any():
        return None
    offsets = (utc_us(weeks, of_week) - boot)[good]
    middle = int(np.median(offsets))
    away = np.abs(offsets - middle)
    jumped = away > _JUMP_US
    # Where many fixes disagree, none can be preferred: the worst of them bounds the error.
    spread = away.max() if jumped.mean() > _MINORITY else np.percentile(away[~jumped], _USUAL)
    rolled = bool((weeks != stated)[good].any())
    error_s = round(float(spread) / 1e6 + FIX_LAG_S, 6)
    return Utc(middle, error_s, name, int(good.sum()), int(jumped.sum()), float(away.max()) / 1e6, rolled)
