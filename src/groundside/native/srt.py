"""
DJI subtitles: the tokens of which nearly all of a file is made, found without a pattern where there is no doubt.

The definition is the pattern of the format itself (`decode/formats/dji_srt/tokens.py`): wherever the walk is not
certain that it would find the same, it stops, and the pattern takes the next token. `PLAIN`, it stops everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside import native
from groundside.native import _srt
from groundside.native.decimals import SPAN

COLUMNS = 128
"""How many columns there can be."""
END, UNSURE, FULL = 0, 1, 2

CUE = np.dtype([("start", "<i8"), ("index", "<i8"), ("start_ms", "<i8"), ("end_ms", "<i8")])
"""Where a cue begins, and its number and times; -1 where there is none."""
WALL = np.dtype([("us", "<i8"), ("day", "<i4"), ("cue", "<i4")])
"""Microseconds since midnight, -1 where that cannot be; year * 10000 + month * 100 + day; in which cue."""
PLACE = np.dtype(
    [("begin", "<i8", 3), ("length", "<i4", 3), ("cue", "<i4"), ("label", "<i4"), ("suffix", "<i4")], align=True
)
"""Where the numbers of a position are (the third may be missing), in which cue, and whether the third has a unit."""
_ISO = 26
_MOST_ROOM, _CUE_BYTES = 8190, 48
"""No power of two, or the arrays of all columns fall on the same lines of the processor's cache."""

I64 = npt.NDArray[np.int64]
Rows = npt.NDArray[np.void]


class Kind(IntFlag):
    """In which ways a word is followed by a value; the numbers are those of srt.h."""

    COLON = 1
    PLAIN = 2
    PAREN = 4
    PLACE = 8
    WATCH = 16
    THREE = 32


@dataclass(frozen=True, slots=True)
class Batch:
    """
    What was found since the batch before; gone when the walk goes on.

    Args:
        cues: of the type `CUE`.
        walls: of the type `WALL`.
        places: of the type `PLACE`.
        values: column number to where its values are, of the type `SPAN`; the tag is the cue.
    """

    cues: Rows
    walls: Rows
    places: Rows
    values: dict[int, Rows]


class Walk:
    """
    A walk over one file, in batches.

    Args:
        data: the file.
    """

    __slots__ = ("_cues", "_data", "_places", "_state", "_values", "_walls")

    def __init__(self, data: bytes | memoryview) -> None:
        room = min(_MOST_ROOM, len(data) // _CUE_BYTES + 2)
        self._data = data
        self._cues, self._walls, self._places = np.empty(room, CUE), np.empty(room, WALL), np.empty(2 * room, PLACE)
        self._values = np.empty((COLUMNS, room), SPAN)
        cues, values, walls, places = (
            made.reshape(-1).view(np.uint8) for made in (self._cues, self._values, self._walls, self._places)
        )
        self._state = _Plain(self._cues) if native.PLAIN else _srt.Walk(room, cues, values, walls, places)

    @property
    def state(self) -> _srt.Walk | _Plain:
        """What is known so far: see `_srt.Walk`."""
        return self._state

    def on(self, at: int) -> tuple[int, int]:
        """Walk on from `at`; say why it stopped (END, UNSURE or FULL) and where."""
        return self._state.walk(self._data, at)

    def batch(self) -> Batch:
        """Give what was found since the last time."""
        cues, walls, places, counts = self._state.batch()
        values = {column: self._values[column, :count] for column, count in enumerate(counts) if count}
        return Batch(self._cues[:cues], self._walls[:walls], self._places[:places], values)


@dataclass(slots=True)
class _Plain:
    """The twin of `_srt.Walk`, which is certain of nothing."""

    cues: Rows
    cue: int = -1
    last_wall: int = -1
    n_cues: int = 0
    ends_in_metres: bool = False
    lasts: dict[int, int] = field(default_factory=dict[int, int])

    def walk(self, data: bytes | memoryview, at: int) -> tuple[int, int]:
        return (END if at == len(data) else UNSURE), at

    def add_key(self, text: bytes, column: int) -> None:
        """Know nothing."""

    def add_word(self, text: bytes, column: int, kinds: int, label: int) -> None:
        """Know nothing."""

    def add_cue(self, start: int, index: int, start_ms: int, end_ms: int) -> bool:
        if self.n_cues >= len(self.cues):
            return False
        self.cues[self.n_cues] = start, index, start_ms, end_ms
        self.n_cues, self.cue = self.n_cues + 1, self.cue + 1
        return True

    def put(self, column: int) -> bool:
        if self.cue < 0 or not 0 <= column < COLUMNS or self.last(column) == self.cue:
            return False
        self.lasts[column] = self.cue
        return True

    def put_wall(self) -> bool:
        if self.cue < 0 or self.last_wall == self.cue:
            return False
        self.last_wall = self.cue
        return True

    def last(self, column: int) -> int:
        return self.lasts.get(column, -1)

    def batch(self) -> tuple[int, int, int, list[int]]:
        counts, self.n_cues = (self.n_cues, 0, 0, [0] * COLUMNS), 0
        return counts


def iso_texts(us: I64, known: npt.NDArray[np.bool_]) -> pa.Array[Any]:
    """
    Write microseconds since 1970, in the years 1 to 9999, as ISO 8601 with six digits behind the point.

    Args:
        us: of each row.
        known: where it is known; null elsewhere.
    """
    if native.PLAIN:
        texts = np.datetime_as_string(us.astype("datetime64[us]")) if len(us) else np.array([], str)
        return pa.array(texts, pa.string(), mask=~known)
    octets = np.empty(len(us) * _ISO, np.uint8)
    _srt.iso(np.ascontiguousarray(us), octets)
    ends = np.concatenate(([0], np.cumsum(np.where(known, _ISO, 0)))).astype(np.int32)
    kept = octets if known.all() else octets.reshape(-1, _ISO)[known].reshape(-1)
    return texts_of(known, ends, kept)


def texts_of(known: npt.NDArray[np.bool_], ends: npt.NDArray[np.int32], octets: npt.NDArray[np.uint8]) -> pa.Array[Any]:
    """
    Make a column of texts.

    Args:
        known: which rows have one.
        ends: 0, and then where the text of each row ends in `octets`.
        octets: ASCII.
    """
    there = np.packbits(known, bitorder="little")
    buffers: list[pa.Buffer | None] = [pa.py_buffer(there.data), pa.py_buffer(ends.data), pa.py_buffer(octets.data)]
    return pa.Array.from_buffers(pa.string(), len(known), buffers, int((~known).sum()))
