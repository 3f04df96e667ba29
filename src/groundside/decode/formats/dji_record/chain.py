"""
Where a chain of records begins, among bytes of which nothing is known.

Of random bytes one in four is a plausible type, and a length read from them often leads to the end of a true record:
four records in a row are therefore no proof. A pair of records of a type and length that are common in the same file is
one, and goes before.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from groundside.decode.formats.dji_record.records import I64, U8

END_BYTE = 0xFF
JPEG_START = b"\xff\xd8"
END_MARK = (12345).to_bytes(4, "little")
COMMON = 3
"""A type and length that so many records have is common."""

_PLAUSIBLE = np.zeros(256, np.bool_)
_PLAUSIBLE[1:64] = True
_PLAUSIBLE[253:255] = True
_PLAUSIBLE_BYTES = _PLAUSIBLE.tobytes()
_PICTURE, _MARK = memoryview(JPEG_START), memoryview(END_MARK)
_CHAIN = 4
_NEAR = 256
_CLOSE = 64
_FIRST_WINDOW, _LAST_WINDOW = 1 << 10, 1 << 20
_TEXTS = np.zeros(256, np.bool_)
_TEXTS[[9, 10, 13, 15, 24, 40, 56]] = True
"""Types whose records are texts or lists, each of its own length (`variable.VARIABLE`)."""
_IS_TEXT = _TEXTS.tobytes()

Mask = NDArray[np.bool_]


def _nothing() -> I64:
    return np.empty(0, np.int64)


@dataclass(slots=True)
class Seen:
    """
    Which lengths the records of each type have.

    Args:
        wide: whether a length takes two bytes.
        counts: records so far, by type << 16 | length.
        variety: how many lengths there are so far, by type.
        common: what an earlier walk over the same file found to be common, in order.
        usual: the same as a set.
        ahead: memory of the last search: from where, and where two common records in a row were found.
    """

    wide: bool
    counts: Counter[int] = field(default_factory=Counter[int])
    variety: Counter[int] = field(default_factory=Counter[int])
    common: I64 = field(default_factory=_nothing)
    ahead: tuple[int, int] = (0, -1)
    usual: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.usual = frozenset(self.common.tolist())

    @property
    def head(self) -> int:
        """Bytes of a record before its payload."""
        return 3 if self.wide else 2

    def often(self) -> I64:
        """Give what is common so far, in order."""
        return np.array(sorted(key for key, count in self.counts.items() if count >= COMMON), np.int64)


def find_chain(data: memoryview, start: int, end: int, seen: Seen) -> int:
    """Say where, from `start` on, records follow each other again; `end` where they never do."""
    if not seen.common.size:
        return _by_four(data, start, end, seen)
    common = find_common(data, start, end, seen)
    if common - start <= _CLOSE:
        before = _near_before(data, start, common, end, seen)
    else:
        before = _before(np.frombuffer(data, np.uint8)[:end], start, common, seen)
    return before if before is not None else common if common < end else _by_four(data, start, end, seen)


def find_common(data: memoryview, start: int, end: int, seen: Seen) -> int:
    """
    Say where two records in a row are of common type and length, `end` where nowhere.

    What an earlier search passed over is not searched again.
    """
    since, found = seen.ahead
    if since <= start <= found <= end:
        return found
    close = min(start + _CLOSE, end)
    near = _near_pair(data, start, close, end, seen)
    bytes_ = np.frombuffer(data, np.uint8)[:end]
    at, window, found = (close, _FIRST_WINDOW, end) if near is None else (end, 0, near)
    while at < end:
        stop = min(at + window, end)
        here = _common_in(bytes_, np.arange(at, stop, dtype=np.int64), seen)
        if here is not None:
            found = here
            break
        at, window = stop, min(window * 4, _LAST_WINDOW)
    seen.ahead = (start, found)
    return found


def common_within(data: memoryview, start: int, stop: int, end: int, seen: Seen) -> int | None:
    """Say where from `start` to before `stop` two records in a row are of common type and length."""
    if not seen.common.size or start >= stop:
        return None
    if stop - start <= _CLOSE:
        return _near_pair(data, start, stop, end, seen)
    return _common_in(np.frombuffer(data, np.uint8)[:end], np.arange(start, stop, dtype=np.int64), seen)


def _near_pair(data: memoryview, start: int, stop: int, end: int, seen: Seen) -> int | None:
    """Do what `_common_in` does, for a few positions, where arrays would cost more than they save."""
    for at in range(start, stop):
        after = _common_at(data, at, end, seen)
        if after and (_ends(data[:end], after, end) or _common_at(data, after, end, seen)):
            return at
    return None


def _common_at(data: memoryview, at: int, end: int, seen: Seen) -> int:
    """Say where a record of common type and length at a position ends; 0 where there is none."""
    if at + seen.head >= end:
        return 0
    length = data[at + 1] | (data[at + 2] << 8 if seen.wide else 0)
    stop = at + seen.head + length
    if stop >= end or data[stop] != END_BYTE or data[at] << 16 | length not in seen.usual:
        return 0
    return stop + 1


def _common_in(data: U8, at: I64, seen: Seen) -> int | None:
    good, after = _links(data, at, seen)
    at, after = at[good], after[good]
    usual = _is_common(data, at, seen)
    at, after = at[usual], after[usual]
    closed, _ = _links(data, after, seen)
    pair = _is_end(data, after)
    pair[closed] |= _is_common(data, after[closed], seen)
    found = at[pair]
    return int(found[0]) if found.size else None


def _is_common(data: U8, at: I64, seen: Seen) -> Mask:
    length = data[at + 1].astype(np.int64)
    if seen.wide:
        length |= data[at + 2].astype(np.int64) << 8
    return np.isin(data[at].astype(np.int64) << 16 | length, seen.common)


def _before(data: U8, start: int, common: int, seen: Seen) -> int | None:
    """
    Give the first of the records before two common ones that can be believed.

    Either four follow each other before those are reached, or one is a text and reaches exactly to them.
    """
    window = _FIRST_WINDOW
    while start < common:
        stop = min(start + window, common)
        first = at = np.arange(start, stop, dtype=np.int64)
        texts: list[int] = []
        for step in range(_CHAIN):
            good, after = _links(data, at, seen)
            first, at, after = first[good], at[good], after[good]
            if step == 0:
                texts = first[_TEXTS[data[at]] & (after == common)].tolist()
            first, at = first[after <= common], after[after <= common]
        found = [*texts[:1], *first[:1].tolist()]
        if found:
            return min(found)
        start, window = stop, min(window * 4, _LAST_WINDOW)
    return None


def _near_before(data: memoryview, start: int, common: int, end: int, seen: Seen) -> int | None:
    """Do what `_before` does, for a few positions, where arrays would cost more than they save."""
    for first in range(start, common):
        at = _linked(data, first, end, seen)
        if at == common and _IS_TEXT[data[first]]:
            return first
        for _ in range(_CHAIN - 1):
            if not 0 < at <= common:
                break
            at = _linked(data, at, end, seen)
        if 0 < at <= common:
            return first
    return None


def _linked(data: memoryview, at: int, end: int, seen: Seen) -> int:
    """Say where a well-formed record of a plausible type at a position ends; 0 where there is none."""
    if at + seen.head >= end or not _PLAUSIBLE_BYTES[data[at]]:
        return 0
    length = data[at + 1] | (data[at + 2] << 8 if seen.wide else 0)
    stop = at + seen.head + length
    return stop + 1 if length and stop < end and data[stop] == END_BYTE else 0


def _by_four(data: memoryview, start: int, end: int, seen: Seen) -> int:
    near = min(start + _NEAR, end)
    for at in range(start, near):
        if _PLAUSIBLE_BYTES[data[at]] and _follows(data, at, end, seen):
            return at
    bytes_ = np.frombuffer(data, np.uint8)[:end]
    start, window = near, _FIRST_WINDOW
    while start < end:
        stop = min(start + window, end)
        found = _chain_within(bytes_, np.arange(start, stop, dtype=np.int64), seen)
        if found is not None:
            return found
        start, window = stop, min(window * 4, _LAST_WINDOW)
    return end


def _follows(data: memoryview, at: int, end: int, seen: Seen) -> bool:
    """Whether a chain begins there: as `_chain_within`, for one position."""
    bytes_ = data[:end]
    for step in range(_CHAIN):
        if at + seen.head >= end or not _PLAUSIBLE_BYTES[data[at]]:
            return False
        kind, length = data[at], data[at + 1] | (data[at + 2] << 8 if seen.wide else 0)
        stop = at + seen.head + length
        if not length or stop >= end or data[stop] != END_BYTE:
            return False
        at = stop + 1
        if _ends(bytes_, at, end) and (step or seen.counts[kind << 16 | length]):
            return True
    return at < end


def _ends(data: memoryview, at: int, end: int) -> bool:
    return at >= end or data[at : at + 2] == _PICTURE or (at + len(END_MARK) == end and data[at:end] == _MARK)


def _chain_within(data: U8, starts: I64, seen: Seen) -> int | None:
    """Give the first of `starts` from which a chain of records, or one that ends with the file, follows."""
    at = starts
    ended: list[int] = []
    for step in range(_CHAIN):
        good, after = _links(data, at, seen)
        starts, at, after = starts[good], at[good], after[good]
        last = _is_end(data, after)
        if step == 0:
            last &= _seen_before(data, at, seen)
        ended.extend(starts[last].tolist()[:1])
        starts, at = starts[after < data.size], after[after < data.size]
        if not starts.size:
            break
    found = [*ended, *starts[:1].tolist()]
    return min(found) if found else None


def _links(data: U8, at: I64, seen: Seen) -> tuple[Mask, I64]:
    """Say which positions hold a well-formed record of a plausible type, and where each would end."""
    fits = at + seen.head < data.size
    safe = np.where(fits, at, 0)
    length = data[np.minimum(safe + 1, data.size - 1)].astype(np.int64)
    if seen.wide:
        length |= data[np.minimum(safe + 2, data.size - 1)].astype(np.int64) << 8
    stop = safe + seen.head + length
    closed = data[np.minimum(stop, data.size - 1)] == END_BYTE
    good = fits & (stop < data.size) & closed & _PLAUSIBLE[data[safe]] & (length > 0)
    return good, stop + 1


def _is_end(data: U8, after: I64) -> Mask:
    """Whether the records end there: the file ends, or a picture or the end mark follows."""
    near = [data[np.minimum(after + k, data.size - 1)] for k in range(2)]
    picture = (near[0] == JPEG_START[0]) & (near[1] == JPEG_START[1])
    mark = (after + len(END_MARK) == data.size) & (near[0] == END_MARK[0]) & (near[1] == END_MARK[1])
    return (after >= data.size) | picture | mark


def _seen_before(data: U8, at: I64, seen: Seen) -> Mask:
    keys = [int(data[p]) << 16 | int(data[p + 1]) | (int(data[p + 2]) << 8 if seen.wide else 0) for p in at]
    return np.array([seen.counts[key] > 0 for key in keys], np.bool_)
