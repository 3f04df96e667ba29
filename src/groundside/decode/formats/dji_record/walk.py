"""
The walk along the chain of records: type u8, length u8 (two bytes from version 13 on), payload, 0xFF.

Pictures may lie between records. Where the chain breaks, it is taken up again only where several records in a row fit
together; what lies between is reported and skipped, never guessed at. A file whose chain breaks is walked twice: the
first time tells which types and lengths are common in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from groundside.decode.formats.dji_record.chain import (
    END_MARK,
    JPEG_START,
    Seen,
    common_within,
    find_chain,
)
from groundside.decode.formats.dji_record.records import Records
from groundside.native.dji import Chain

_JPEG_END = b"\xff\xd9"
_FEW_LENGTHS = 3
_LOOKS = 2
_FIRST_WINDOW, _LAST_WINDOW = 1 << 12, 1 << 20
_USUAL_RECORD = 40
_FEW = 64


@dataclass(slots=True)
class Walk:
    """What a walk found: records, pictures and end marks between them, and the stretches that are neither."""

    seen: Seen
    chain: Chain
    breaks: list[int] = field(default_factory=list[int])
    gaps: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    pictures: int = 0
    picture_bytes: int = 0
    no_picture_ends_from: int | None = None
    looked: int = 0
    counted: int = 0

    def records(self) -> Records:
        """Give the records found so far as columns."""
        chain = self.chain
        return Records(chain.kinds, chain.starts, chain.lengths, np.array(self.breaks, np.int64), self.seen.head)

    def over(self, data: memoryview, start: int, end: int) -> None:
        """Walk the bytes `start` to `end`."""
        at, first = start, self.chain.count
        self.no_picture_ends_from, self.seen.ahead = None, (0, -1)
        while at < end:
            at = self.chain.walk(data, at, end, wide=self.seen.wide)
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

    def count(self) -> None:
        """Count the types and lengths of the records found since the last time: only where the chain broke."""
        chain, seen, first = self.chain, self.seen, self.counted
        keys = chain.kinds[first:].astype(np.int64) << 16 | chain.lengths[first:]
        self.counted = chain.count
        counted = [(key, 1) for key in keys.tolist()] if len(keys) < _FEW else _counts(keys)
        for key, count in counted:
            seen.variety[key >> 16] += not seen.counts[key]
            seen.counts[key] += count

    def _recover(self, data: memoryview, at: int, first: int, end: int) -> int:
        """Report a gap from the break at `at` to where the chain can be taken up again."""
        self.count()
        start, after = at, None
        if self.chain.count > max(first, self.breaks[-1] if self.breaks else 0):
            last = int(self.chain.starts[-1]) - self.seen.head
            after = self._within(data, last + 1, at, end)
            if after is not None or self._doubted():
                start = self._take_back()
        if after is None:
            after = find_chain(data, start + 1, end, self.seen)
        self.gaps.append((start, after))
        self.breaks.append(self.chain.count)
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
        kind, length = int(self.chain.kinds[-1]), int(self.chain.lengths[-1])
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
        chain, seen = self.chain, self.seen
        kind, length, start = int(chain.kinds[-1]), int(chain.lengths[-1]), int(chain.starts[-1])
        chain.count = self.counted = chain.count - 1
        seen.counts[kind << 16 | length] -= 1
        seen.variety[kind] -= not seen.counts[kind << 16 | length]
        return start - seen.head

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
    if not first.gaps:
        return first
    first.count()
    common = first.seen.often()
    return _walked(data, spans, Seen(wide, common=common)) if common.size else first


def _walked(data: memoryview, spans: Sequence[tuple[int, int]], seen: Seen) -> Walk:
    walk = Walk(seen, Chain(sum(end - start for start, end in spans) // _USUAL_RECORD))
    for start, end in spans:
        walk.over(data, start, end)
    return walk


def _counts(keys: NDArray[np.int64]) -> list[tuple[int, int]]:
    distinct, counts = np.unique(keys, return_counts=True)
    return list(zip(distinct.tolist(), counts.tolist(), strict=True))


def _find(data: memoryview, octets: bytes, start: int, end: int) -> int:
    """Say where `octets` are next found, -1 where nowhere, without copying more than is looked at."""
    window = _FIRST_WINDOW
    while start < end:
        found = bytes(data[start : min(start + window, end)]).find(octets)
        if found >= 0:
            return start + found
        start, window = start + window - len(octets) + 1, min(window * 4, _LAST_WINDOW)
    return -1
