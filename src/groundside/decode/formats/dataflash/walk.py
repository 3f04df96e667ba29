"""
The chain of records: each begins where the one before it ends.

`A3 95` also stands inside payloads, so a header counts only on the chain; where the chain breaks it is taken
up again at the first record of a known type that the header of another follows.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from groundside.decode.ardupilot.groups import Offsets
from groundside.decode.ardupilot.layout import FMT, FMT_BYTES, HEADER_BYTES, MAX_BYTES, Layout
from groundside.decode.formats.dataflash.definitions import layout_of
from groundside.decode.formats.dataflash.undefined import inferred_lengths

HOPS = 1
"""
Headers that must follow the first before a chain is taken up again after a break, each where the record before it
ends. One is enough: by chance that is so at one place in 2^32; and more would lose what lies between two breaks.
"""
MAX_BREAKS = 50_000
"""After so many breaks the rest of a file is skipped: it is no log, and must not cost hours."""
_FIRST_WINDOW, _LAST_WINDOW = 1 << 11, 1 << 16
_TAIL = 1 << 22
_MAGIC = re.compile(rb"\xa3\x95")


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


def written(data: memoryview) -> int:
    """
    Say how much of a file is worth walking: up to a record's length past the last byte that is not filler.

    Filler is 00 or FF to the end, as loggers reserve and flash is erased; it may be most of a file.
    """
    end = len(data)
    filler = data[-1]
    while filler in {0x00, 0xFF} and end:
        part = np.frombuffer(data[max(0, end - _TAIL) : end], np.uint8)
        if part.min() != filler or part.max() != filler:
            end -= int(np.argmax(part[::-1] != filler))
            break
        end -= len(part)
    return min(len(data), end + MAX_BYTES + 1)


def follow(data: memoryview, start: int, stop: int, lengths: Sequence[int]) -> tuple[array[int], int]:
    """
    Follow the chain from one record to the next.

    This is the whole of the hot loop. It needs nothing but bytes and numbers, so that C can replace it.

    Args:
        data: the file.
        start: where a header is expected.
        stop: no record is begun at or after it.
        lengths: 256 record lengths by type; 0 for a type that is not defined.

    Returns:
        Offsets of the records, and the first place at which none was taken: no header there, a type that is
        not defined, a record that runs past the end of the file, or `stop` reached.
    """
    offsets: array[int] = array("q")
    take = offsets.append
    size = len(data)
    stop = min(stop, size - HEADER_BYTES + 1)
    at = start
    while at < stop:
        if data[at] != 0xA3 or data[at + 1] != 0x95:
            break
        length = lengths[data[at + 2]]
        if not length or at + length > size:
            break
        take(at)
        at += length
    return offsets, at


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
    return Walk(
        np.frombuffer(steps.offsets, np.int64) if steps.offsets else np.empty(0, np.int64),
        steps.gaps,
        steps.gave_up,
        lengths=steps.lengths,
    )


def _lengths(layouts: Iterable[Layout]) -> tuple[list[int], list[Layout]]:
    """Give the length of each type at first, and all definitions of types whose length changes."""
    by_type: dict[int, list[Layout]] = {}
    for layout in layouts:
        by_type.setdefault(layout.type, []).append(layout)
    lengths = [0] * 256
    lengths[FMT] = FMT_BYTES
    for kind, found in by_type.items():
        lengths[kind] = found[0].length
    changing = [found for found in by_type.values() if len({layout.length for layout in found}) > 1]
    return lengths, sorted((layout for found in changing for layout in found), key=lambda layout: layout.offset)


class _Steps:
    """A walk under way."""

    def __init__(self, data: memoryview, lengths: list[int], changes: Sequence[Layout]) -> None:
        self.data = data
        self.lengths = lengths
        self.changes = changes
        self.stops = [change.offset for change in changes]
        self.changed: list[tuple[int, int, int]] = []
        self.offsets: array[int] = array("q")
        self.gaps: list[Gap] = []
        self.at = 0
        self.gave_up = False
        self.inferred = False

    def to_the_end(self) -> None:
        """Walk on from one change of a length to the next, and from break to break."""
        while self.at < len(self.data):
            taken, self.at = follow(self.data, self.at, self._change(), self.lengths)
            self.offsets.extend(taken)
            if not taken and self.at < len(self.data) and not self._knows_more():
                self._leap()

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
        offset = self.offsets.pop()
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
        confirmed = bytes(self.data[self.at : self.at + 2]) == b"\xa3\x95"
        if confirmed or not self.offsets or (self.gaps and self.gaps[-1].end == self.at):
            return self.at + 1
        return self.offsets[-1] + HEADER_BYTES

    def _skip(self, start: int, end: int) -> None:
        if self.gaps and self.gaps[-1].end == start:
            start = self.gaps.pop().start
        self.gaps.append(Gap(start, end))


def _kind(data: memoryview, at: int) -> int | None:
    """Give the type of the record whose header stands here; None where none does."""
    head = bytes(data[at : at + HEADER_BYTES])
    return head[2] if len(head) == HEADER_BYTES and head.startswith(b"\xa3\x95") else None


def resume(data: memoryview, start: int, lengths: Sequence[int]) -> int:
    """
    Find where a chain of records may be taken up again.

    Returns:
        The first offset from `start` on of a header that `HOPS` more follow, or fewer where the file ends exactly
        after them or in the middle of the next; the size of the file where there is none.
    """
    view = np.frombuffer(data, np.uint8)
    table = np.asarray(lengths, np.int64)
    at, window = start, _FIRST_WINDOW
    while (match := _MAGIC.search(data, at)) is not None:
        at, window = min(match.start() + window, len(view)), min(window * 4, _LAST_WINDOW)
        for candidate in _candidates(view, match.start(), at, table).tolist():
            if _plausible(data, candidate, lengths):
                return candidate
    return len(view)


def _candidates(view: npt.NDArray[np.uint8], start: int, stop: int, lengths: Offsets) -> Offsets:
    """Find headers in a window, of defined types, whose record ends at another header or at the end."""
    found = np.flatnonzero(view[start:stop] == 0xA3) + start
    found = found[found + HEADER_BYTES <= len(view)]
    found = found[view[found + 1] == 0x95]
    length = lengths[view[found + 2]]
    found, length = found[length > 0], length[length > 0]
    after = found + length
    last = len(view) - 1
    joined = (view[np.minimum(after, last)] == 0xA3) & (view[np.minimum(after + 1, last)] == 0x95)
    return found[joined | ((after >= last) & (after <= len(view)))]


def _plausible(data: memoryview, start: int, lengths: Sequence[int]) -> bool:
    at, size = start, len(data)
    for hop in range(HOPS + 1):
        if at >= size - 2:
            return hop > 0
        kind = data[at + 2]
        if data[at] != 0xA3 or data[at + 1] != 0x95 or not lengths[kind]:
            return False
        if at + lengths[kind] > size:
            return hop > 0
        if kind == FMT and layout_of(bytes(data[at : at + FMT_BYTES]), at) is None:
            return False
        at += lengths[kind]
    return True
