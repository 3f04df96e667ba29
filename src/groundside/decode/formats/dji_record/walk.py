"""
The walk along the chain of records: type u8, length u8 (two bytes from version 13 on), payload, 0xFF.

Pictures may lie between records. Where the chain breaks, it is taken up again only where several records in a row fit
together; what lies between is reported and skipped, never guessed at. A file whose chain breaks is walked twice: the
first time tells which types and lengths are common in it.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from groundside.decode.formats.dji_record.chain import (
    END_BYTE,
    END_MARK,
    JPEG_START,
    Seen,
    common_within,
    find_chain,
)
from groundside.decode.formats.dji_record.records import Records

_JPEG_END = b"\xff\xd9"
_FEW_LENGTHS = 3
_LOOKS = 2
_FIRST_WINDOW, _LAST_WINDOW = 1 << 12, 1 << 20


@dataclass(slots=True)
class Walk:
    """What a walk found: records, pictures and end marks between them, and the stretches that are neither."""

    seen: Seen
    kinds: array[int] = field(default_factory=lambda: array("B"))
    starts: array[int] = field(default_factory=lambda: array("q"))
    lengths: array[int] = field(default_factory=lambda: array("q"))
    runs: array[int] = field(default_factory=lambda: array("q"))
    gaps: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    pictures: int = 0
    picture_bytes: int = 0
    no_picture_ends_from: int | None = None
    looked: int = 0

    def records(self) -> Records:
        """Give the records found so far as columns."""
        return Records(
            np.frombuffer(self.kinds, np.uint8) if self.kinds else np.empty(0, np.uint8),
            np.array(self.starts, np.int64),
            np.array(self.lengths, np.int64),
            np.array(self.runs, np.int64),
            self.seen.head,
        )

    def over(self, data: memoryview, start: int, end: int) -> None:
        """Walk the bytes `start` to `end`."""
        at, first = start, len(self.kinds)
        self.no_picture_ends_from, self.seen.ahead = None, (0, -1)
        while at < end:
            at = self._straight(data, at, end)
            if at >= end:
                return
            if bytes(data[at : at + 2]) == JPEG_START and (after := self._after_jpeg(data, at, end)):
                self.pictures, self.picture_bytes = self.pictures + 1, self.picture_bytes + after - at
                at = after
            elif end - at == len(END_MARK) and bytes(data[at:end]) == END_MARK:
                self.picture_bytes += len(END_MARK)
                return
            else:
                at = self._recover(data, at, first, end)

    def _straight(self, data: memoryview, at: int, end: int) -> int:
        """Take records as long as one follows the other; say where that ends."""
        wide, run, head = self.seen.wide, len(self.gaps), self.seen.head
        counts, variety = self.seen.counts, self.seen.variety
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
            if not counts[kind << 16 | length]:
                variety[kind] += 1
            counts[kind << 16 | length] += 1
            at = stop + 1
        return at

    def _recover(self, data: memoryview, at: int, first: int, end: int) -> int:
        """Report a gap from the break at `at` to where the chain can be taken up again."""
        start, after = at, None
        if len(self.kinds) > first and self.runs[-1] == len(self.gaps):
            last = self.starts[-1] - self.seen.head
            after = self._within(data, last + 1, at, end)
            if after is not None or self._doubted():
                start = self._take_back()
        if after is None:
            after = find_chain(data, start + 1, end, self.seen)
        self.gaps.append((start, after))
        return after

    def _within(self, data: memoryview, start: int, stop: int, end: int) -> int | None:
        """Look for common records inside a record, as long as that is not hostile work: records may be of 64 KiB."""
        self.looked += stop - start
        return common_within(data, start, stop, end, self.seen) if self.looked <= _LOOKS * len(data) else None

    def _doubted(self) -> bool:
        """
        Whether the length of the record before a break speaks against it.

        A damaged length can point at a byte that is 0xFF by chance, in one case of 256. Records of most
        types always have the same length, so a length never seen before, of a type that hardly varies, is
        not believed there.
        """
        kind, length = self.kinds[-1], self.lengths[-1]
        if self.seen.common.size:
            return self._rare(kind, length)
        return self.seen.counts[kind << 16 | length] <= 1 and 2 <= self.seen.variety[kind] <= _FEW_LENGTHS

    def _rare(self, kind: int, length: int) -> bool:
        """Whether a length is rare, of a type that has a few common ones."""
        common = self.seen.common
        low, high, at = np.searchsorted(common, [kind << 16, (kind + 1) << 16, kind << 16 | length]).tolist()
        return 1 <= high - low <= _FEW_LENGTHS and (at >= high or int(common[at]) != kind << 16 | length)

    def _take_back(self) -> int:
        """Forget the last record; say where it started."""
        kind, length = self.kinds.pop(), self.lengths.pop()
        self.runs.pop()
        self.seen.counts[kind << 16 | length] -= 1
        self.seen.variety[kind] -= not self.seen.counts[kind << 16 | length]
        return self.starts.pop() - self.seen.head

    def _after_jpeg(self, data: memoryview, at: int, end: int) -> int:
        """Say where a picture ends, 0 where it does not; what was searched in vain is not searched again."""
        if self.no_picture_ends_from is not None and at >= self.no_picture_ends_from:
            return 0
        found = _find(data, _JPEG_END, at + len(JPEG_START), end)
        if found < 0:
            self.no_picture_ends_from = at
            return 0
        return found + len(_JPEG_END)


def walk_over(data: memoryview, spans: Sequence[tuple[int, int]], *, wide: bool) -> Walk:
    """
    Walk along the records of a file.

    Args:
        data: the whole file.
        spans: from where to before where there are records, in order.
        wide: whether a record's length takes two bytes.
    """
    first = _walked(data, spans, Seen(wide))
    common = first.seen.often() if first.gaps else np.empty(0, np.int64)
    return _walked(data, spans, Seen(wide, common=common)) if common.size else first


def _walked(data: memoryview, spans: Sequence[tuple[int, int]], seen: Seen) -> Walk:
    walk = Walk(seen)
    for start, end in spans:
        walk.over(data, start, end)
    return walk


def _find(data: memoryview, octets: bytes, start: int, end: int) -> int:
    """Say where `octets` are next found, -1 where nowhere, without copying more than is looked at."""
    window = _FIRST_WINDOW
    while start < end:
        found = bytes(data[start : min(start + window, end)]).find(octets)
        if found >= 0:
            return start + found
        start, window = start + window - len(octets) + 1, min(window * 4, _LAST_WINDOW)
    return -1
