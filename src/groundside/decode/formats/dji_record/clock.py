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

from groundside.decode.formats.dji_record.details import FIRST_MS, LAST_MS
from groundside.model.decoded import Fact

ROW_US = 100_000
_CLOSE = 0.05

I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RowTimes:
    """
    Times of the rows of the OSD table.

    Args:
        time_us: never falling; UTC where `utc`, else from 0.
        utc: whether the file states a wall clock.
        inferences: how times were found where they were not read.
    """

    time_us: I64
    utc: bool
    inferences: tuple[str, ...]


def row_times(tables: Mapping[str, pa.Table], details: Mapping[str, Fact]) -> RowTimes | None:
    """Say when each row of the OSD table was; None where there is no such table."""
    osd = tables.get("OSD")
    if osd is None:
        return None
    owners, stamps = _anchors(osd, tables.get("CUSTOM"))
    if owners.size:
        return RowTimes(_between(osd.num_rows, owners, stamps), True, ())
    elapsed = _elapsed(osd, details.get("duration_s"))
    start = details.get("start_ms")
    how = "No record states the wall clock: rows are timed by the aircraft's flying time at ten a second."
    return RowTimes(elapsed + (start * 1000 if isinstance(start, int) else 0), isinstance(start, int), (how,))


def _anchors(osd: pa.Table, custom: pa.Table | None) -> tuple[I64, I64]:
    """Give rows of the OSD table and the time of the application right after them, both rising."""
    if custom is None:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    stamps = custom.column("time_ms").to_numpy().astype(np.int64)
    rows = np.searchsorted(osd.column("record").to_numpy(), custom.column("record").to_numpy()) - 1
    fine = (stamps >= FIRST_MS) & (stamps < LAST_MS) & (rows >= 0)
    rows, stamps = rows[fine].astype(np.int64), stamps[fine] * 1000
    latest = np.maximum.accumulate(stamps) if stamps.size else stamps
    rising = np.diff(latest, prepend=-1) > 0
    rows, stamps = rows[rising], stamps[rising]
    rows, first = np.unique(rows, return_index=True)
    return rows, stamps[first]


def _between(count: int, rows: I64, stamps: I64) -> I64:
    """Interpolate between the rows whose time is known, and go on at the usual rate before and after them."""
    row = np.arange(count)
    base = int(stamps[0])
    inside = np.interp(row, rows, (stamps - base).astype(np.float64)).astype(np.int64) + base
    before = np.minimum(row - rows[0], 0) * ROW_US
    after = np.maximum(row - rows[-1], 0) * ROW_US
    return inside + before + after


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
