"""When each cue was, and the table of cues, as a whole or for a stretch of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from groundside.decode.formats.dji_srt.cues import Cues

_BY_CUE = "start of the cue: time since the video began"
_BY_CLOCK = "wall clock of the cue, since that of the first: cues have no times"


def times_of(cues: pa.Table) -> tuple[np.ndarray, np.ndarray, str]:
    """Microseconds since the video began for each cue that has a time, which cues those are, where from."""
    starts, has_start = integers_of(cues, "start_ms")
    walls, has_wall = integers_of(cues, "wall_clock_us")
    if has_start.all() or has_start.sum() >= has_wall.sum():
        return starts[has_start] * 1000, has_start, _BY_CUE
    return walls[has_wall] - walls[has_wall][0], has_wall, _BY_CLOCK


def integers_of(cues: pa.Table, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Give a column of whole numbers, and where it has any."""
    column = cues.column(name).combine_chunks()
    known = np.asarray(column.is_valid())
    return np.asarray(column.fill_null(0)), known


@dataclass(frozen=True, slots=True)
class CueTable:
    """The table of cues; a text has to be read as a whole to find its cues, so a stretch is cut out of that."""

    cues: Callable[[], Cues]

    def __call__(self) -> pa.Table:
        """Give the whole table."""
        return self.cues().table

    def between(self, from_us: int, to_us: int) -> pa.Table:
        """Give the cues of a stretch of the clock of the track; all where none has a time. See `TimedTable`."""
        table = self()
        times, timed, _ = times_of(table)
        if not timed.any():
            return table
        inside = (times >= from_us) & (times < to_us)
        return table.take(pa.array(np.flatnonzero(timed)[inside], pa.int64()))
