"""Tables that are made when asked for, whole or only a stretch of boot time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.formats.ulog.columns import table_of, times_of
from groundside.decode.formats.ulog.records import Group
from groundside.model import compute as pc


@dataclass(frozen=True, slots=True)
class TopicTable:
    """The table of one instance of a topic; of a stretch of time, at the cost of the times and of the rows in it."""

    data: memoryview
    group: Group

    def __call__(self) -> pa.Table:
        """Make the whole table."""
        return table_of(self.data, self.group)

    def between(self, from_us: int, to_us: int) -> pa.Table:
        """Make the rows whose timestamp is in a stretch, half open; all where the topic has no timestamp."""
        times = times_of(self.data, self.group)
        return table_of(self.data, self.group, slice(None) if times is None else _rows(times, from_us, to_us))


def _rows(times: npt.NDArray[np.uint64], from_us: int, to_us: int) -> slice | npt.NDArray[np.int64]:
    first, end = (np.uint64(min(max(limit, 0), (1 << 64) - 1)) for limit in (from_us, to_us))
    if (times[1:] >= times[:-1]).all():
        start, stop = np.searchsorted(times, [first, end]).tolist()
        return slice(start, max(start, stop))
    return np.flatnonzero((times >= first) & (times < end))


@dataclass(frozen=True, slots=True)
class SaidTable:
    """A table of what was said, small beside the data: of a stretch of time, the whole is made and cut."""

    make: Callable[[], pa.Table]

    def __call__(self) -> pa.Table:
        """Make the whole table."""
        return self.make()

    def between(self, from_us: int, to_us: int) -> pa.Table:
        """Keep the rows whose timestamp is in a stretch, half open, and those without one: they hold throughout."""
        whole = self.make()
        times = whole["timestamp"]
        inside = pc.and_(pc.greater_equal(times, _bounded(from_us)), pc.less(times, _bounded(to_us)))
        return whole.filter(pc.or_kleene(inside, pc.is_null(times))).combine_chunks()


def _bounded(limit: int) -> pa.Int64Scalar:
    return pa.scalar(min(max(limit, -(1 << 63)), (1 << 63) - 1), pa.int64())
