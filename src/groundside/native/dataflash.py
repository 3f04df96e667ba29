"""ArduPilot DataFlash logs: the chain of records, and what begins one."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from groundside import native
from groundside.native import _dataflash

Offsets = npt.NDArray[np.int64]
Lengths: TypeAlias = "array[int]"
"""256 record lengths by type, as int32; 0 for a type that is not defined."""

_HEADER = b"\xa3\x95"
_HEADER_BYTES = 3
_DEFINITION = re.compile(rb"\xa3\x95\x80[\x00-\xff][\x03-\xff][A-Za-z0-9_]")
_ROOM = 1 << 16
_NARROW = 4
_OUTSIDE = "a record lies outside the data"


def follow(data: memoryview, start: int, stop: int, lengths: Lengths, offsets: Offsets, taken: int) -> tuple[int, int]:
    """
    Follow the chain of records: each begins with A3 95 and its type, and the next begins where it ends.

    Args:
        data: the file.
        start: where a header is expected.
        stop: no record is begun at or after it.
        lengths: of records by type.
        offsets: where each record begins is written into it, after the first `taken`.
        taken: how many are there already.

    Returns:
        How many there are then, and the first place at which none was taken: no header there, a type that is not
        defined, a record that runs past the end of the file, `stop` reached, or no room.
    """
    if native.PLAIN:
        return follow_plainly(data, start, stop, lengths, offsets, taken)
    return _dataflash.follow(data, start, stop, lengths, offsets, taken)


def follow_plainly(
    data: memoryview, start: int, stop: int, lengths: Lengths, offsets: Offsets, taken: int
) -> tuple[int, int]:
    """Do the same as `follow`, in Python: its definition."""
    size, at = len(data), start
    stop = min(stop, size - _HEADER_BYTES + 1)
    while 0 <= at < stop and taken < len(offsets) and bytes(data[at : at + 2]) == _HEADER:
        length = lengths[data[at + 2]]
        if length < 1 or at + length > size:
            break
        offsets[taken] = at
        taken += 1
        at += length
    return taken, at


def by_byte(data: memoryview, offsets: Offsets, at: int) -> dict[int, Offsets]:
    """
    Part records by the value of one of their bytes.

    Args:
        data: the file.
        offsets: where each record begins.
        at: which byte.

    Returns:
        The records of each value, in the order given; values ascend.

    Raises:
        ValueError: a record lies outside the data; a defect in the caller.
    """
    if native.PLAIN:
        return by_byte_plainly(data, offsets, at)
    keys, order, counts = np.empty(len(offsets), np.uint8), np.empty(len(offsets), np.int64), np.empty(256, np.int64)
    if _dataflash.sort(data, offsets, at, keys, order, counts):
        raise ValueError(_OUTSIDE)
    present = np.flatnonzero(counts)
    ends = np.cumsum(counts[present])
    parts = zip(present.tolist(), (ends - counts[present]).tolist(), ends.tolist(), strict=True)
    return {value: order[start:end] for value, start, end in parts}


def by_byte_plainly(data: memoryview, offsets: Offsets, at: int) -> dict[int, Offsets]:
    """Do the same as `by_byte`, in NumPy: its definition."""
    if at < 0 or np.any(offsets < 0) or np.any(offsets >= len(data) - at):
        raise ValueError(_OUTSIDE)
    values = np.frombuffer(data, np.uint8)[offsets + at]
    return {value: offsets[values == value] for value in np.unique(values).tolist()}


def definition_from(data: memoryview, start: int) -> int:
    """Find the first place from `start` on where the head of an FMT record stands; the size of the data if none."""
    if native.PLAIN:
        return definition_from_plainly(data, start)
    return _dataflash.definition(data, start)


def definition_from_plainly(data: memoryview, start: int) -> int:
    """Do the same as `definition_from`, by a regular expression: its definition."""
    match = _DEFINITION.search(data, max(start, 0))
    return match.start() if match else len(data)


def joined_from(data: memoryview, start: int, lengths: Lengths) -> int:
    """
    Find the first place from `start` on where a chain of records may be taken up again.

    There a record of a defined type begins that ends where another of a defined type does, or at the end of the data
    give or take a byte, or where the end leaves no more than the first two bytes of a header.

    Args:
        data: the file.
        start: where to begin.
        lengths: of records by type.

    Returns:
        The place; the size of the data where there is none.
    """
    if native.PLAIN:
        return joined_from_plainly(data, start, lengths)
    return _dataflash.joined(data, start, lengths)


def joined_from_plainly(data: memoryview, start: int, lengths: Lengths) -> int:
    """Do the same as `joined_from`, in Python: its definition."""
    size = len(data)
    for match in re.finditer(_HEADER, data[max(start, 0) :]):
        at = match.start() + max(start, 0)
        length = lengths[data[at + 2]] if at + _HEADER_BYTES <= size else 0
        after = at + length
        if length < 1 or after > size:
            continue
        follows = bytes(data[after : after + 2]) == _HEADER and (after == size - 2 or lengths[data[after + 2]] > 0)
        if after >= size - 1 or follows:
            return at
    return size


def headers(data: memoryview) -> Offsets:
    """Find every place at which a header could begin, in payloads too."""
    if native.PLAIN:
        return headers_plainly(data)
    parts, start = [np.empty(0, np.int64)], 0
    while start < len(data):
        part = np.empty(_ROOM, np.int64)
        found, start = _dataflash.headers(data, start, part)
        parts.append(part[:found].copy() if found < _ROOM else part)
        if found < _ROOM:
            break
    return np.concatenate(parts)


def headers_plainly(data: memoryview) -> Offsets:
    """Do the same as `headers`, in NumPy: its definition."""
    view = np.frombuffer(data, np.uint8)
    if len(view) < _HEADER_BYTES:
        return np.empty(0, np.int64)
    return np.flatnonzero((view[:-2] == _HEADER[0]) & (view[1:-1] == _HEADER[1]))


def stamps(
    data: memoryview, offsets: Offsets, places: npt.NDArray[np.int32], width: int
) -> tuple[Offsets, npt.NDArray[np.uint64]]:
    """
    Read the boot times of records, as they are stored.

    Args:
        data: the file.
        offsets: where each record begins.
        places: 256, by type the byte at which the time stands; 0 where a type has none.
        width: 8 or 4, bytes of it.

    Returns:
        The records that have one, in the order given; and their times.

    Raises:
        ValueError: a record lies outside the data; a defect in the caller.
    """
    if native.PLAIN:
        return stamps_plainly(data, offsets, places, width)
    kept, values = np.empty(len(offsets), np.int64), np.empty(len(offsets), np.uint64)
    found = _dataflash.stamps(data, offsets, places, width, kept, values)
    if found < 0:
        raise ValueError(_OUTSIDE)
    return kept[:found], values[:found]


def stamps_plainly(
    data: memoryview, offsets: Offsets, places: npt.NDArray[np.int32], width: int
) -> tuple[Offsets, npt.NDArray[np.uint64]]:
    """Do the same as `stamps`, in NumPy: its definition."""
    view = np.frombuffer(data, np.uint8)
    if np.any(offsets < 0) or np.any(offsets > len(view) - _HEADER_BYTES):
        raise ValueError(_OUTSIDE)
    at = places[view[offsets + 2]].astype(np.int64)
    kept = offsets[at > 0]
    first = kept + at[at > 0]
    if np.any(first + width > len(view)):
        raise ValueError(_OUTSIDE)
    stored = view[first[:, None] + np.arange(width)]
    return kept, np.ascontiguousarray(stored).view(f"<u{width}").reshape(-1).astype(np.uint64)


@dataclass(frozen=True, slots=True)
class Clock:
    """
    Where records keep their boot time.

    Args:
        at: which byte.
        width: 8 or 4, bytes of it.
        first: where the width is 4, a time within 2^31 of the first: wraps are undone from it on.
    """

    at: int
    width: int
    first: int = 0


def between(data: memoryview, offsets: Offsets, clock: Clock, start: int, stop: int) -> Offsets:
    """
    Find the records of a stretch of time.

    Args:
        data: the file.
        offsets: where each record begins.
        clock: of the records.
        start, stop: in units of that clock, half open, not negative.

    Returns:
        Those within, in the order given.

    Raises:
        ValueError: a record lies outside the data; a defect in the caller.
    """
    if native.PLAIN:
        return between_plainly(data, offsets, clock, start, stop)
    kept, times = np.empty(len(offsets), np.int64), array("q", [clock.first, start, stop])
    found = _dataflash.between(data, offsets, clock.at, clock.width, times, kept)
    if found < 0:
        raise ValueError(_OUTSIDE)
    return kept[:found].copy()


def between_plainly(data: memoryview, offsets: Offsets, clock: Clock, start: int, stop: int) -> Offsets:
    """Do the same as `between`, in Python: its definition."""
    kept: list[int] = []
    now = clock.first
    for offset in offsets.tolist():
        stored = data[offset + clock.at : offset + clock.at + clock.width] if offset >= 0 else b""
        if len(stored) < clock.width:
            raise ValueError(_OUTSIDE)
        time = int.from_bytes(stored, "little")
        if clock.width == _NARROW:
            now = time = now + (time - now + 2**31) % 2**32 - 2**31
        if start <= time < stop:
            kept.append(offset)
    return np.array(kept, np.int64)
