"""
The chain of records: each begins where the one before it ends.

`A3 95` also stands inside payloads, so a header counts only on the chain; where the chain breaks it is taken
up again at the first record of a known type that the header of another follows.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from groundside.decode.ardupilot.groups import Offsets
from groundside.decode.ardupilot.layout import FMT, FMT_BYTES, HEADER_BYTES, MAX_BYTES, Layout
from groundside.decode.formats.dataflash.definitions import HEADER, TYPE_BYTE, is_meant
from groundside.decode.formats.dataflash.undefined import inferred_lengths
from groundside.native.dataflash import Lengths, follow, joined_from

MAX_BREAKS = 50_000
"""After so many breaks the rest of a file is skipped: it is no log, and must not cost hours."""
_FIRST_TAIL, _LAST_TAIL = 1 << 10, 1 << 22
_USUAL_BYTES = 20
"""Records are longer on average, so that room for their offsets is rarely too little."""
_LEAST_ROOM = 64
_NONE = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes from `start` to `end` that are on no chain."""

    start: int
    end: int


@dataclass(slots=True)
class Walk:
    """
    Where the records of a file are.

    Args:
        offsets: of every record on the chain, ascending.
        gaps: what lies between them, ascending.
        gave_up: the last gap was not searched: there were too many before it.
        filler_from: from here on the file holds nothing but its last byte, 00 or FF; None where it does not.
        lengths: 256 record lengths by type, as they were at the end; those of types not defined may be inferred.
    """

    offsets: Offsets
    gaps: list[Gap] = field(default_factory=list[Gap])
    gave_up: bool = False
    filler_from: int | None = None
    lengths: Sequence[int] = ()

    def with_filler(self, start: int, end: int) -> Walk:
        """Give the same walk in a file that goes on with filler, from where this one ended to `end`."""
        if start == end:
            return self
        joins = bool(self.gaps) and self.gaps[-1].end == start
        gaps = [*self.gaps[:-1], Gap(self.gaps[-1].start, end)] if joins else [*self.gaps, Gap(start, end)]
        return Walk(self.offsets, gaps, self.gave_up, start, self.lengths)

    def breaks(self) -> Walk:
        """Give the same walk without the records: what is left is small."""
        return replace(self, offsets=_NONE)


def written(data: memoryview) -> int:
    """
    Say how much of a file is worth walking: up to a record's length past the last byte that is not filler.

    Filler is 00 or FF to the end, as loggers reserve and flash is erased; it may be most of a file.
    """
    end, window = len(data), _FIRST_TAIL
    filler = data[-1]
    while filler in {0x00, 0xFF} and end:
        part = np.frombuffer(data[max(0, end - window) : end], np.uint8)
        if part.min() != filler or part.max() != filler:
            end -= int(np.argmax(part[::-1] != filler))
            break
        end -= len(part)
        window = min(window * 4, _LAST_TAIL)
    return min(len(data), end + MAX_BYTES + 1)


def walk(data: memoryview, layouts: Iterable[Layout]) -> Walk:
    """
    Find all records of a file.

    Args:
        data: the file.
        layouts: what may be definitions, in order of offset. The first of each type holds from the start of
            the file (data may come before its FMT); a later one with another length holds from where it is
            met on the chain.
    """
    steps = _Steps(data, *_lengths(layouts))
    steps.to_the_end()
    return Walk(steps.offsets[: steps.taken], steps.gaps, steps.gave_up, lengths=steps.lengths.tolist())


def _lengths(layouts: Iterable[Layout]) -> tuple[Lengths, list[Layout]]:
    """Give the length of each type at first, and all definitions of types whose length changes."""
    by_type: dict[int, list[Layout]] = {}
    for layout in layouts:
        by_type.setdefault(layout.type, []).append(layout)
    lengths = array("i", [0] * 256)
    lengths[FMT] = FMT_BYTES
    for kind, found in by_type.items():
        lengths[kind] = found[0].length
    changing = [found for found in by_type.values() if len({layout.length for layout in found}) > 1]
    return lengths, sorted((layout for found in changing for layout in found), key=lambda layout: layout.offset)


class _Steps:
    """A walk under way."""

    def __init__(self, data: memoryview, lengths: Lengths, changes: Sequence[Layout]) -> None:
        self.data = data
        self.lengths = lengths
        self.changes = changes
        self.stops = [change.offset for change in changes]
        self.changed: list[tuple[int, int, int]] = []
        self.offsets: Offsets = np.empty(len(data) // _USUAL_BYTES + _LEAST_ROOM, np.int64)
        self.taken = 0
        self.gaps: list[Gap] = []
        self.at = 0
        self.gave_up = False
        self.inferred = False

    def to_the_end(self) -> None:
        """Walk on from one change of a length to the next, and from break to break."""
        while self.at < len(self.data):
            if not self._follow() and self.at < len(self.data) and not self._knows_more():
                self._leap()

    def _follow(self) -> bool:
        """Follow the chain as far as it goes, or as there is room; say whether it went on at all."""
        before = self.taken
        if before == len(self.offsets):
            self.offsets = np.concatenate([self.offsets, np.empty_like(self.offsets)])
        self.taken, self.at = follow(self.data, self.at, self._change(), self.lengths, self.offsets, before)
        return self.taken > before

    def _change(self) -> int:
        """Change the length that a definition here changes; say where the next one stands."""
        after = bisect_right(self.stops, self.at)
        if after and self.stops[after - 1] == self.at:
            change = self.changes[after - 1]
            self.changed.append((self.at, change.type, self.lengths[change.type]))
            self.lengths[change.type] = change.length
        return self.stops[after] if after < len(self.stops) else len(self.data)

    def _take_back(self) -> int:
        """Take the last record off the chain, and with it what it changed; say where it stood."""
        self.taken -= 1
        offset = int(self.offsets[self.taken])
        if self.changed and self.changed[-1][0] == offset:
            _, kind, length = self.changed.pop()
            self.lengths[kind] = length
        return offset

    def _knows_more(self) -> bool:
        """At the first break, find how long the records of undefined types are; say whether that mends the break."""
        kind = _kind(self.data, self.at)
        if self.inferred or (kind is not None and self.at + self.lengths[kind] > len(self.data)):
            return False
        self.inferred = True
        for found, length in inferred_lengths(self.data, self.lengths).items():
            self.lengths[found] = length
        return kind is not None and self.lengths[kind] > 0

    def _leap(self) -> None:
        """Get over a break."""
        broken, search = self.at, self._doubtful_from()
        self.gave_up = len(self.gaps) >= MAX_BREAKS
        found = len(self.data) if self.gave_up else resume(self.data, search, self.lengths)
        if found < broken:
            broken = self._take_back()
        self._skip(broken, found)
        self.at = found

    def _doubtful_from(self) -> int:
        """Say from where a chain may begin again: in the last record too, if no header confirms its end."""
        confirmed = bytes(self.data[self.at : self.at + TYPE_BYTE]) == HEADER
        if confirmed or not self.taken or (self.gaps and self.gaps[-1].end == self.at):
            return self.at + 1
        return int(self.offsets[self.taken - 1]) + HEADER_BYTES

    def _skip(self, start: int, end: int) -> None:
        if self.gaps and self.gaps[-1].end == start:
            start = self.gaps.pop().start
        self.gaps.append(Gap(start, end))


def _kind(data: memoryview, at: int) -> int | None:
    """Give the type of the record whose header stands here; None where none does."""
    head = bytes(data[at : at + HEADER_BYTES])
    return head[TYPE_BYTE] if len(head) == HEADER_BYTES and head.startswith(HEADER) else None


def resume(data: memoryview, start: int, lengths: Lengths) -> int:
    """
    Find where a chain of records may be taken up again: at a record that another follows where it ends.

    One that follows is enough: by chance that is so at one place in 2^32; and to ask for more would lose what lies
    between two breaks.

    Returns:
        The first such place from `start` on, or one whose record the file ends with, exactly or in the middle of the
        next; the size of the file where there is none.
    """
    at = joined_from(data, start, lengths)
    while at < len(data) and not _is_meant(data, at, lengths):
        at = joined_from(data, at + 1, lengths)
    return at


def _is_meant(data: memoryview, at: int, lengths: Lengths) -> bool:
    """Whether the record here and the one after it, as far as they are whole, are no definitions beyond belief."""
    after = at + lengths[data[at + TYPE_BYTE]]
    return all(
        kind != FMT or here + FMT_BYTES > len(data) or is_meant(bytes(data[here : here + FMT_BYTES]))
        for here, kind in ((at, _kind(data, at)), (after, _kind(data, after)))
    )
