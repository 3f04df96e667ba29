"""
The time of each position record.

Position records carry no wall clock. The application writes its own time, in milliseconds of UTC, into a
CUSTOM record after most of them; where it does not, the aircraft's count of flying time and the rate of ten
records a second have to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.decode.clock_jumps import ClockJump, clock_jumps, jumps_said, set_back
from groundside.decode.formats.dji_record.layout import FIRST_MS, LAST_MS
from groundside.decode.xml_scan.rising import rising
from groundside.model.decoded import Fact

ROW_US = 100_000
_CLOSE = 0.05

I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RowTimes:
    """
    Times of the rows of the OSD table.

    Args:
        time_us: strictly rising; UTC where `utc`, else from 0.
        utc: whether the file states a wall clock.
        inferences: how times were found where they were not read.
        jumps: where the application's clock was set in flight: OSD row and by how much; `time_us` is without them.
        read: whether the wall clock was read, row by row.
    """

    time_us: I64
    utc: bool
    inferences: tuple[str, ...]
    jumps: tuple[ClockJump, ...] = ()
    read: bool = True


def row_times(tables: Mapping[str, pa.Table], details: Mapping[str, Fact]) -> RowTimes | None:
    """Say when each row of the OSD table was; None where there is no such table."""
    osd = tables.get("OSD")
    if osd is None:
        return None
    owners, stamps = _anchors(osd, tables.get("CUSTOM"))
    if owners.size:
        jumps = _jumps(osd, owners, stamps)
        times = _strictly(_between(osd.num_rows, *_rising(owners, set_back(stamps, jumps))))
        said = jumps_said(jumps, "The clock of the application", "the aircraft's flying time")
        return RowTimes(times, True, said, tuple(ClockJump(int(owners[j.row]), j.by_us) for j in jumps))
    elapsed = _elapsed(osd, details.get("duration_s"))
    start = details.get("start_ms")
    how = "No record states the wall clock: rows are timed by the aircraft's flying time at ten a second."
    times = _strictly(elapsed + (start * 1000 if isinstance(start, int) else 0))
    return RowTimes(times, isinstance(start, int), (how,), read=False)


def _anchors(osd: pa.Table, custom: pa.Table | None) -> tuple[I64, I64]:
    """Give rows of the OSD table, rising, and the time of the application right after each."""
    if custom is None:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    stamps = custom.column("time_ms").to_numpy().astype(np.int64)
    rows = np.searchsorted(osd.column("record").to_numpy(), custom.column("record").to_numpy()) - 1
    fine = (stamps >= FIRST_MS) & (stamps < LAST_MS) & (rows >= 0)
    return rows[fine].astype(np.int64), stamps[fine] * 1000


def _jumps(osd: pa.Table, rows: I64, stamps: I64) -> tuple[ClockJump, ...]:
    counted = np.round(np.nan_to_num(osd.column("fly_time_s").to_numpy()) * 1e6).astype(np.int64)
    return clock_jumps(counted[rows], stamps)


def _rising(rows: I64, stamps: I64) -> tuple[I64, I64]:
    """Leave out times that do not rise with the others, and of those of one row all but the first."""
    chosen = rising(stamps)
    rows, first = np.unique(rows[chosen], return_index=True)
    return rows, stamps[chosen][first]


def _between(count: int, rows: I64, stamps: I64) -> I64:
    """Interpolate between the rows whose time is known, and go on at the usual rate before and after them."""
    row = np.arange(count)
    base = int(stamps[0])
    inside = np.interp(row, rows, (stamps - base).astype(np.float64)).astype(np.int64) + base
    before = np.minimum(row - rows[0], 0) * ROW_US
    after = np.maximum(row - rows[-1], 0) * ROW_US
    return inside + before + after


def _strictly(times: I64) -> I64:
    """Set rows of one time a microsecond apart."""
    steps = np.arange(len(times))
    return np.maximum.accumulate(times - steps) + steps


def _elapsed(osd: pa.Table, duration_s: Fact) -> I64:
    fly = osd.column("fly_time_s").to_numpy()
    step = np.round(np.diff(fly, prepend=fly[:1]) * 1e6).astype(np.int64)
    step = np.where(step > 0, step, ROW_US)
    step[0] = 0
    elapsed = np.cumsum(step)
    whole = float(elapsed[-1])
    if isinstance(duration_s, int | float) and whole and abs(duration_s * 1e6 / whole - 1) < _CLOSE:
        elapsed = np.round(elapsed * (duration_s * 1e6 / whole)).astype(np.int64)
    return elapsed
