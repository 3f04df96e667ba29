"""
The chain of records: type u8, length u8 (two bytes from version 13 on), payload, 0xFF.

Pictures may lie between records. Where the chain breaks, it is taken up again only where several records in
a row fit together; what lies between is reported and skipped, never guessed at.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

END_BYTE = 0xFF
KEY_SWITCH, KEY_STORAGE = 50, 56

_JPEG_START, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_END_MARK = (12345).to_bytes(4, "little")
_PLAUSIBLE = np.zeros(256, np.bool_)
_PLAUSIBLE[1:64] = True
_PLAUSIBLE[253:255] = True
_PLAUSIBLE_BYTES = _PLAUSIBLE.tobytes()
_PICTURE, _MARK = memoryview(_JPEG_START), memoryview(_END_MARK)
_CHAIN = 4
_NEAR = 256
_FEW_LENGTHS = 3
_FIRST_WINDOW, _LAST_WINDOW = 1 << 12, 1 << 20

U8 = NDArray[np.uint8]
I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Records:
    """
    The records of a file in order, as columns.

    Args:
        kinds: type of each.
        starts: where each payload starts in the file.
        lengths: bytes of each payload.
        runs: which unbroken run each belongs to; it rises by one wherever the chain was broken before it.
        head: bytes before each payload.
    """

    kinds: U8
    starts: I64
    lengths: I64
    runs: I64
    head: int

    @property
    def offsets(self) -> I64:
        """Where each record starts in the file."""
        return self.starts - self.head

    @property
    def sizes(self) -> I64:
        """Bytes of each whole record: type, length, payload and end byte."""
        return self.lengths + (self.head + 1)


@dataclass(frozen=True, slots=True)
class Content:
    """What records hold once scrambling or encryption is undone: `sizes` bytes from `starts` in `buffer`."""

    buffer: U8
    starts: I64
    sizes: I64

    def of(self, index: int) -> bytes:
        """Give the content of one record."""
        start = int(self.starts[index])
        return self.buffer[start : start + int(self.sizes[index])].tobytes()

    def rows(self, which: I64, width: int) -> U8:
        """Give the first `width` bytes of some records, shape (records, width); zero past a record's end."""
        at = self.starts[which, np.newaxis] + np.arange(width)
        inside = np.arange(width) < self.sizes[which, np.newaxis]
        if self.buffer.size == 0:
            return np.zeros((len(which), width), np.uint8)
        rows = self.buffer[np.minimum(at, self.buffer.size - 1)]
        return np.where(inside, rows, 0).astype(np.uint8)


@dataclass(slots=True)
class Walk:
    """What a walk found: records, pictures and end marks between them, and the stretches that are neither."""

    wide: bool
    kinds: array[int] = field(default_factory=lambda: array("B"))
    starts: array[int] = field(default_factory=lambda: array("q"))
    lengths: array[int] = field(default_factory=lambda: array("q"))
    runs: array[int] = field(default_factory=lambda: array("q"))
    gaps: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    pictures: int = 0
    picture_bytes: int = 0
    no_picture_ends_from: int | None = None
    seen: Counter[int] = field(default_factory=Counter[int])
    variety: Counter[int] = field(default_factory=Counter[int])

    def records(self) -> Records:
        """Give the records found so far as columns."""
        return Records(
            np.frombuffer(self.kinds, np.uint8) if self.kinds else np.empty(0, np.uint8),
            np.array(self.starts, np.int64),
            np.array(self.lengths, np.int64),
            np.array(self.runs, np.int64),
            3 if self.wide else 2,
        )

    def over(self, data: memoryview, start: int, end: int) -> None:
        """Walk the bytes `start` to `end`."""
        head = 3 if self.wide else 2
        at, first = start, len(self.kinds)
        self.no_picture_ends_from = None
        while at < end:
            at = self._straight(data, at, end)
            if at >= end:
                return
            if bytes(data[at : at + 2]) == _JPEG_START and (after := self._after_jpeg(data, at, end)):
                self.pictures, self.picture_bytes = self.pictures + 1, self.picture_bytes + after - at
                at = after
            elif end - at == len(_END_MARK) and bytes(data[at:end]) == _END_MARK:
                self.picture_bytes += len(_END_MARK)
                return
            else:
                at = self._recover(data, self._doubted(at, first, head), end)

    def _straight(self, data: memoryview, at: int, end: int) -> int:
        """Take records as long as one follows the other; say where that ends."""
        wide, run, head, seen = self.wide, len(self.gaps), 3 if self.wide else 2, self.seen
        while at + head < end:
            length = data[at + 1] | data[at + 2] << 8 if wide else data[at + 1]
            stop = at + head + length
            kind = data[at]
            if stop >= end or data[stop] != END_BYTE or kind in (0, END_BYTE) or not length:
                return at
            self.kinds.append(kind)
            self.starts.append(at + head)
            self.lengths.append(length)
            self.runs.append(run)
            if not seen[kind << 16 | length]:
                self.variety[kind] += 1
            seen[kind << 16 | length] += 1
            at = stop + 1
        return at

    def _doubted(self, at: int, first: int, head: int) -> int:
        """
        Take back the record before a break where its length speaks against it.

        A damaged length can point at a byte that is 0xFF by chance, in one case of 256. Records of most
        types always have the same length, so a length never seen before, of a type that hardly varies, is
        not believed there.
        """
        if len(self.kinds) <= first or self.runs[-1] != len(self.gaps):
            return at
        kind, length = self.kinds[-1], self.lengths[-1]
        if self.seen[kind << 16 | length] > 1 or not 2 <= self.variety[kind] <= _FEW_LENGTHS:
            return at
        self.seen[kind << 16 | length] -= 1
        self.variety[kind] -= 1
        for column in (self.kinds, self.lengths, self.runs):
            column.pop()
        return self.starts.pop() - head

    def _after_jpeg(self, data: memoryview, at: int, end: int) -> int:
        """Say where a picture ends, 0 where it does not; what was searched in vain is not searched again."""
        if self.no_picture_ends_from is not None and at >= self.no_picture_ends_from:
            return 0
        found = _find(data, _JPEG_END, at + len(_JPEG_START), end)
        if found < 0:
            self.no_picture_ends_from = at
            return 0
        return found + len(_JPEG_END)

    def _recover(self, data: memoryview, at: int, end: int) -> int:
        """Report a gap from `at` to where the chain can be taken up again."""
        after = find_chain(data, at + 1, end, self)
        self.gaps.append((at, after))
        return after


def _find(data: memoryview, octets: bytes, start: int, end: int) -> int:
    """Say where `octets` are next found, -1 where nowhere, without copying more than is looked at."""
    window = _FIRST_WINDOW
    while start < end:
        found = bytes(data[start : min(start + window, end)]).find(octets)
        if found >= 0:
            return start + found
        start, window = start + window - len(octets) + 1, min(window * 4, _LAST_WINDOW)
    return -1


def find_chain(data: memoryview, start: int, end: int, walk: Walk) -> int:
    """Say where, from `start` on, records follow each other again; `end` where they never do."""
    near = min(start + _NEAR, end)
    for at in range(start, near):
        if _PLAUSIBLE_BYTES[data[at]] and _follows(data, at, end, walk):
            return at
    bytes_ = np.frombuffer(data, np.uint8)[:end]
    start, window = near, _FIRST_WINDOW
    while start < end:
        stop = min(start + window, end)
        found = _chain_within(bytes_, np.arange(start, stop, dtype=np.int64), walk)
        if found is not None:
            return found
        start, window = stop, min(window * 4, _LAST_WINDOW)
    return end


def _follows(data: memoryview, at: int, end: int, walk: Walk) -> bool:
    """Whether a chain begins there: as `_chain_within`, for one position."""
    bytes_ = data[:end]
    head = 3 if walk.wide else 2
    for step in range(_CHAIN):
        if at + head >= end or not _PLAUSIBLE_BYTES[data[at]]:
            return False
        kind, length = data[at], data[at + 1] | (data[at + 2] << 8 if walk.wide else 0)
        stop = at + head + length
        if not length or stop >= end or data[stop] != END_BYTE:
            return False
        at = stop + 1
        if _ends(bytes_, at, end) and (step or walk.seen[kind << 16 | length]):
            return True
    return at < end


def _ends(data: memoryview, at: int, end: int) -> bool:
    return at >= end or data[at : at + 2] == _PICTURE or (at + len(_END_MARK) == end and data[at:end] == _MARK)


def _chain_within(data: U8, starts: I64, walk: Walk) -> int | None:
    """Give the first of `starts` from which a chain of records, or one that ends with the file, follows."""
    at = starts
    ended: list[int] = []
    for step in range(_CHAIN):
        good, after = _links(data, at, walk)
        starts, at, after = starts[good], at[good], after[good]
        last = _is_end(data, after)
        if step == 0:
            last &= _seen_before(data, at, walk)
        ended.extend(starts[last].tolist()[:1])
        starts, at = starts[after < data.size], after[after < data.size]
        if not starts.size:
            break
    found = [*ended, *starts[:1].tolist()]
    return min(found) if found else None


def _links(data: U8, at: I64, walk: Walk) -> tuple[NDArray[np.bool_], I64]:
    """Say which positions hold a well-formed record of a plausible type, and where each would end."""
    head = 3 if walk.wide else 2
    fits = at + head < data.size
    safe = np.where(fits, at, 0)
    length = data[np.minimum(safe + 1, data.size - 1)].astype(np.int64)
    if walk.wide:
        length |= data[np.minimum(safe + 2, data.size - 1)].astype(np.int64) << 8
    stop = safe + head + length
    closed = data[np.minimum(stop, data.size - 1)] == END_BYTE
    good = fits & (stop < data.size) & closed & _PLAUSIBLE[data[safe]] & (length > 0)
    return good, stop + 1


def _is_end(data: U8, after: I64) -> NDArray[np.bool_]:
    """Whether the records end there: the file ends, or a picture or the end mark follows."""
    near = [data[np.minimum(after + k, data.size - 1)] for k in range(2)]
    picture = (near[0] == _JPEG_START[0]) & (near[1] == _JPEG_START[1])
    mark = (after + len(_END_MARK) == data.size) & (near[0] == _END_MARK[0]) & (near[1] == _END_MARK[1])
    return (after >= data.size) | picture | mark


def _seen_before(data: U8, at: I64, walk: Walk) -> NDArray[np.bool_]:
    keys = [int(data[p]) << 16 | int(data[p + 1]) | (int(data[p + 2]) << 8 if walk.wide else 0) for p in at]
    return np.array([walk.seen[key] > 0 for key in keys], np.bool_)
