"""Rows glued from the halves of two: they have the right number of cells, but not one moment in them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.decode.csv_rows.columns import F64, floats, integers
from groundside.decode.csv_rows.dialect import Dialect
from groundside.reference.geodesy import step_lengths_m

_GAP_STEPS = 1.5
_APART_MS = 1600.0
"""A date that shows whole seconds may differ by one from the counter, and the counter by its step."""
_MOST_HAVE = 0.9
_FASTEST_MPS = 150.0
"""No aircraft whose makers write CSV flies half as fast."""
_NEAREST_M = 20.0


def torn_rows(rows: pa.Table, dialect: Dialect) -> NDArray[np.int64]:
    """
    Find rows that begin in one moment and end in another.

    Where bytes are missing from the middle of one row to the middle of a later one, what is left over reads as a
    row: its time is that of the first, its position that of the second, and behind it rows are missing. So
    it is a jump no aircraft can make, to where the next row is, while the counter goes on with a gap.

    Where parts of a file changed places, a row's counter belongs to another row than its date, and is alone out of
    order.

    Returns:
        Their places in the table.
    """
    count = floats(rows, dialect.clock) if dialect.clock else None
    if count is None or rows.num_rows < 3:
        return np.zeros(0, np.int64)
    return np.union1d(_jumping(rows, count, dialect), _astray(rows, count, dialect))


def _jumping(rows: pa.Table, count: F64, dialect: Dialect) -> NDArray[np.int64]:
    lon, lat = (floats(rows, name) for name in dialect.position)
    if lon is None or lat is None:
        return np.zeros(0, np.int64)
    gap, jump, near = _steps(count, lon, lat)
    return np.flatnonzero(gap[1:] & jump[:-1] & near[1:]) + 1


def _astray(rows: pa.Table, count: F64, dialect: Dialect) -> NDArray[np.int64]:
    name = next((n for n in rows.column_names if dialect.is_datetime(n)), "")
    wall, known = integers(rows, name) if name else (np.zeros(len(count), np.int64), np.zeros(len(count), np.bool_))
    both = known & np.isfinite(count)
    if not both.any() or np.count_nonzero(both) < _MOST_HAVE * len(count):
        return np.zeros(0, np.int64)
    with np.errstate(invalid="ignore"):
        offset = wall / 1000 - count
        agrees = both & (np.abs(offset - np.median(offset[both])) <= _APART_MS)
        last, this, following = count[:-2], count[1:-1], count[2:]
        alone = (last <= following) & ((this < last) | (this > following))
    return np.flatnonzero(alone & ~agrees[1:-1]) + 1


def _steps(count: F64, lon: F64, lat: F64) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Say of each step from one row to the next: rows are missing; it is too far in no time; it is a usual one."""
    fixed = (np.abs(lon) <= 180) & (np.abs(lat) <= 90) & ((lon != 0) | (lat != 0))
    lon, lat = np.where(fixed, lon, np.nan), np.where(fixed, lat, np.nan)
    took = np.diff(count) / 1000
    usual = np.median(took[took > 0]) if np.any(took > 0) else np.inf
    metres = step_lengths_m(lon, lat)
    reach = max(_FASTEST_MPS * usual, _NEAREST_M)
    with np.errstate(invalid="ignore"):
        gap = took > _GAP_STEPS * usual
        at_once = (took >= 0) & (took <= _GAP_STEPS * usual)
        return gap, at_once & (metres > reach), metres <= reach
