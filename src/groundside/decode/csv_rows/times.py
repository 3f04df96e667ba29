"""When each row was, from a counter of milliseconds, a wall clock, or both."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from groundside.decode.clock_jumps import ClockJump, clock_jumps, jumps_said, set_back
from groundside.decode.csv_rows.clock import ClockFit, fit_clock, in_calendar, resolution_us
from groundside.decode.csv_rows.columns import F64
from groundside.model.recording import TimeBasis

_SECOND_US = 1_000_000
_MOST_MS = 2**53 / 1000
_FAR_US = 2 * _SECOND_US
_AGREEING = 0.8
_LAST_US = 2**58
"""Past the year 9999: differences of times up to it overflow nothing."""

I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Counter:
    """A column that counts milliseconds upwards, and what it is called; NaN where a row has none."""

    milliseconds: F64
    name: str


@dataclass(frozen=True, slots=True)
class Wall:
    """
    A wall clock.

    Args:
        us: microseconds since 1970 of the clock it shows, one a row.
        known: which rows have one.
        utc: whether it is UTC; else its time zone is unknown.
        name: what the column is called.
        jumps: where it was set while a counter went on; `us` is without them, on the clock of the first row.
        said: the same, for people.
    """

    us: I64
    known: NDArray[np.bool_]
    utc: bool
    name: str
    jumps: tuple[ClockJump, ...] = ()
    said: tuple[str, ...] = ()

    @property
    def shows_us(self) -> int:
        """The smallest part of time that it shows: minutes, seconds, or a tenth of a second and less."""
        return resolution_us(self.us[self.known])


@dataclass(frozen=True, slots=True)
class Times:
    """
    When each row was.

    Args:
        rows: those with a time, in order of time.
        time_us: of them, strictly ascending: UTC, or since the first.
        basis: what it counts.
        error_s: how wrong it may be as UTC; None where it is not UTC.
        local_start: wall clock of the first row, where its zone is unknown.
        origin: of the column of times.
        inferences: one sentence for each thing inferred.
        jumps: time and size, in microseconds, of each jump of the wall clock, which is not in `time_us`.
    """

    rows: I64
    time_us: I64
    basis: TimeBasis
    error_s: float | None = None
    local_start: str = ""
    origin: str = ""
    inferences: tuple[str, ...] = ()
    jumps: tuple[tuple[int, int], ...] = ()

    @property
    def start_us(self) -> int | None:
        """UTC of the first row, where that is known."""
        return int(self.time_us[0]) if len(self.time_us) and self.basis.is_utc else None

    @property
    def duration_s(self) -> float | None:
        """From the first to the last row."""
        return float(self.time_us[-1] - self.time_us[0]) / 1e6 if len(self.time_us) else None


def times_of(counter: Counter | None, wall: Wall | None) -> Times:
    """
    Find out when each row was.

    A wall clock that shows parts of a second is taken as it stands, and the counter only where it is empty or where
    one row alone disagrees with both neighbours. One that shows whole seconds or minutes gives the counter its
    beginning; see `fit_clock`. Rows with equal times are spread evenly up to the next time. A wall clock that is set
    while the counter goes on is taken as if it had not been; see `without_jumps`.
    """
    if wall is not None and not wall.known.any():
        wall = None
    if counter is not None and not _counted(counter).any():
        counter = None
    if wall is None:
        return _by_counter(counter, ()) if counter is not None else Times(_none(), _none(), TimeBasis.NONE)
    wall = wall if counter is None or wall.jumps else without_jumps(wall, counter)
    found = _timed(counter, wall)
    at = [(found.time_us[found.rows >= jump.row], jump.by_us) for jump in wall.jumps]
    jumps = tuple((int(after.min()), by_us) for after, by_us in at if len(after))
    return replace(found, inferences=(*wall.said, *found.inferences), jumps=jumps)


def without_jumps(wall: Wall, counter: Counter) -> Wall:
    """Give a wall clock as it would have gone on had it not been set while the counter went on."""
    both = np.flatnonzero(_counted(counter) & wall.known & (np.abs(wall.us) < _LAST_US))
    found = clock_jumps(_count_us(counter, both), wall.us[both], wall.shows_us)
    if not found:
        return wall
    jumps = tuple(ClockJump(int(both[jump.row]), jump.by_us) for jump in found)
    return replace(wall, us=set_back(wall.us, jumps), jumps=jumps, said=jumps_said(jumps, wall.name, counter.name))


def _timed(counter: Counter | None, wall: Wall) -> Times:
    if counter is None:
        return _by_wall(wall)
    both = _counted(counter) & wall.known
    if wall.jumps:
        both[wall.jumps[0].row :] = False
    fit = fit_clock(counter.milliseconds[both], wall.us[both], wall.shows_us)
    if wall.shows_us < _SECOND_US:
        return _by_wall(wall, _filled(counter, wall, fit))
    return _by_counter(counter, ()) if fit is None else _by_fit(counter, wall, fit)


def _counted(counter: Counter) -> NDArray[np.bool_]:
    return np.isfinite(counter.milliseconds) & (np.abs(counter.milliseconds) < _MOST_MS)


def _none() -> I64:
    return np.zeros(0, np.int64)


def _count_us(counter: Counter, rows: I64) -> I64:
    return np.round(counter.milliseconds[rows] * 1000).astype(np.int64)


def _by_counter(counter: Counter, said: tuple[str, ...]) -> Times:
    timed = np.flatnonzero(_counted(counter))
    values = _count_us(counter, timed)
    order, said = _in_order(values, len(counter.milliseconds), said)
    found = _spread(timed[order], values[order], said)
    origin = f"{counter.name}: since the recording began"
    return replace(found, time_us=found.time_us - found.time_us[0], basis=TimeBasis.BOOT, origin=origin)


def _by_fit(counter: Counter, wall: Wall, fit: ClockFit) -> Times:
    timed = np.flatnonzero(_counted(counter))
    values = _count_us(counter, timed) + fit.zero_us
    said: tuple[str, ...] = ()
    if fit.agreeing < fit.rows:
        said = (f"{fit.rows - fit.agreeing} rows have a date and time that a steady clock does not: not used.",)
    if not in_calendar(int(values.min()), int(values.max())):
        return _by_counter(counter, (*said, _NO_YEAR))
    order, said = _in_order(values, len(counter.milliseconds), said)
    found = _spread(timed[order], values[order], said)
    return _on_wall(found, wall, fit.error_s, f"{counter.name}, its zero fitted to {wall.name}")


_NO_YEAR = "Dates and times lead to years before 1 or after 9999: the wall clock is not used."


def _by_wall(wall: Wall, filled: tuple[I64, NDArray[np.bool_], tuple[str, ...]] | None = None) -> Times:
    us, known, said = filled or (wall.us, wall.known, ())
    timed = np.flatnonzero(known)
    if not in_calendar(int(us[timed].min()), int(us[timed].max())):
        return Times(_none(), _none(), TimeBasis.NONE, inferences=(*said, _NO_YEAR))
    order, said = _in_order(us[timed], len(us), said)
    found = _spread(timed[order], us[timed][order], said)
    return _on_wall(found, wall, wall.shows_us / _SECOND_US, wall.name)


def _filled(
    counter: Counter, wall: Wall, fit: ClockFit | None
) -> tuple[I64, NDArray[np.bool_], tuple[str, ...]] | None:
    """Put the counter where the wall clock is empty, or where one row alone is far from what it counts."""
    if fit is None or fit.agreeing < _AGREEING * fit.rows:
        return None
    timed = _counted(counter)
    counted = np.zeros(len(wall.us), np.int64)
    counted[timed] = _count_us(counter, np.flatnonzero(timed)) + fit.zero_us
    far = timed & wall.known & (np.abs(wall.us - counted) > _FAR_US)
    alone = far & ~np.append(far[1:], False) & ~np.append(False, far[:-1])
    empty = timed & ~wall.known
    if not (alone.any() or empty.any()):
        return None
    said: tuple[str, ...] = ()
    if alone.any():
        said += (f"{int(alone.sum())} rows have a date and time that a steady clock does not: not used.",)
    if empty.any():
        said += (f"{int(empty.sum())} rows have no date and time: {counter.name} says when they were.",)
    return np.where(alone | empty, counted, wall.us), wall.known | empty, said


def _in_order(values: I64, rows: int, said: tuple[str, ...]) -> tuple[I64, tuple[str, ...]]:
    if np.any(np.diff(values) < 0):
        said += ("Times of the rows run backwards in places: the track is sorted by time.",)
    if rows > len(values):
        said += (f"{rows - len(values)} rows have no time: they are not in the track.",)
    return np.argsort(values, kind="stable"), said


def _spread(rows: I64, values: I64, said: tuple[str, ...]) -> Times:
    """Spread rows of one time evenly up to the next, but not over more than is usual between times."""
    first = np.flatnonzero(np.append(True, np.diff(values) > 0))
    if len(first) == len(values):
        return Times(rows, values, TimeBasis.NONE, inferences=said)
    sizes = np.diff(np.append(first, len(values)))
    spans = np.diff(values[first])
    usual = int(np.median(spans)) if len(spans) else _SECOND_US
    spans = np.minimum(np.append(spans, usual), max(usual, _SECOND_US))
    group = np.repeat(np.arange(len(first)), sizes)
    within = np.arange(len(values)) - first[group]
    spread = values + (spans[group] * (within / sizes[group])).astype(np.int64)
    steps = np.arange(len(values))
    ascending = np.maximum.accumulate(spread - steps) + steps
    alike = len(values) - len(first)
    said += (f"{alike} rows have the same time as the row before: they are spread evenly up to the next time.",)
    return Times(rows, ascending, TimeBasis.NONE, inferences=said)


def _on_wall(found: Times, wall: Wall, error_s: float, origin: str) -> Times:
    if wall.utc:
        return replace(found, basis=TimeBasis.UTC_DEVICE, error_s=error_s, origin=origin)
    start = int(found.time_us[0])
    local = str(np.datetime64(start, "us"))
    origin = f"{origin}, since the first row"
    return replace(found, time_us=found.time_us - start, basis=TimeBasis.LOCAL, local_start=local, origin=origin)
