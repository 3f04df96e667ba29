"""What one pass over the text of a subtitle file finds."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from groundside.decode.formats.dji_srt.columns import I64, Field, Gathered, Mask, Positions, Walls
from groundside.native.srt import Kind, Rows, Walk


@dataclass(slots=True)
class Scan:
    """
    What one pass found.

    `starts` has the offset of each cue; `index`, `start_ms` and `end_ms` are -1 where a cue does not have them; `gaps`
    are the byte ranges that no pattern explains.
    """

    data: bytes | memoryview
    walk: Walk
    fields: dict[str, Field] = field(default_factory=dict[str, Field])
    others: dict[str, Field] = field(default_factory=dict[str, Field])
    by_key: dict[bytes, Field] = field(default_factory=dict[bytes, Field])
    numbered: list[Field] = field(default_factory=list[Field])
    words: set[tuple[bytes, Kind, int]] = field(default_factory=set[tuple[bytes, Kind, int]])
    gathered: Gathered = field(default_factory=Gathered)
    walls: Walls = field(default_factory=Walls)
    cues: list[Rows] = field(default_factory=list[Rows])
    gaps: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    marks: set[str] = field(default_factory=set[str])
    barometer_in_parentheses: bool = False
    barometer_with_unit: bool = False
    starts: I64 = field(init=False)
    index: I64 = field(init=False)
    start_ms: I64 = field(init=False)
    end_ms: I64 = field(init=False)
    places: Positions = field(init=False)

    understood: Mask = field(init=False)
    """Which cues have at least one field."""

    @property
    def size(self) -> int:
        """Bytes of the text."""
        return len(self.data)

    @property
    def cue(self) -> int:
        """Number of the cue being read; -1 before the first."""
        return self.walk.state.cue

    def take(self) -> None:
        """Take what the walk has found since the last time."""
        batch = self.walk.batch()
        self.cues.append(batch.cues.copy())
        self.walls.add_all(batch.walls)
        self.gathered.add_all(self.data, batch.places)
        for number, spans in batch.values.items():
            self.numbered[number].add_all(self.data, spans)

    def end(self) -> None:
        """Bring together what was taken."""
        self.take()
        cues = np.concatenate(self.cues)
        self.starts, self.index, self.start_ms, self.end_ms = (np.array(cues[name]) for name in cues.dtype.names or ())
        self.places = self.gathered.all()
        for column in self.numbered:
            column.last = self.walk.state.last(column.number)
        self.understood = self._understood()
        self.barometer_with_unit |= self.walk.state.ends_in_metres

    def _understood(self) -> Mask:
        columns, rows = (*self.numbered, self.walls), len(self.starts)
        if any(len(column) == rows for column in columns):
            return np.ones(rows, np.bool_)
        known = np.zeros(rows, np.bool_)
        for column in columns:
            column.mark(known)
        return known
