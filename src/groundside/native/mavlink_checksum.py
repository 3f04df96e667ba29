"""
The checksum of MAVLink frames, for many frames at once.

It is CRC-16/MCRF4XX: polynomial 0x1021 reflected, start value 0xFFFF, over the frame without its first byte and then
over CRC_EXTRA of the message (MAVLink guide, "Packet Serialization", checksum).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]
Sums = npt.NDArray[np.uint16]

_START = 0xFFFF
_POLYNOMIAL = 0x8408


def _table(values: int) -> Sums:
    """Shift every number below `values` out through the register: 8 bits of a byte, or 16 of two at once."""
    crc = np.arange(values, dtype=np.uint32)
    for _ in range((values - 1).bit_length()):
        crc = np.where(crc & 1, (crc >> 1) ^ _POLYNOMIAL, crc >> 1)
    return crc.astype(np.uint16)


_OF_BYTE = _table(1 << 8)
_INDEX_OF = np.full(1 << 16, -1, np.int32)
_INDEX_OF[_OF_BYTE] = np.arange(1 << 8)


@cache
def _of_two() -> Sums:
    return _table(1 << 16)


def with_byte(crc: Sums, byte: npt.NDArray[np.integer]) -> Sums:
    """Take one more byte into each checksum."""
    low = (crc ^ byte).astype(np.uint8)
    return (crc >> np.uint16(8)) ^ _OF_BYTE[low]


def missing_byte(crc: Sums, result: Sums) -> npt.NDArray[np.int32]:
    """Say which byte, taken into each checksum, gives each result; -1 where none does (255 of 256 results)."""
    index = _INDEX_OF[result ^ (crc >> 8)]
    return np.where(index < 0, index, index ^ (crc & 0xFF).astype(np.int32))


def checksums(data: Bytes, start: Offsets, length: Offsets) -> Sums:
    """
    Sum stretches of bytes up, before CRC_EXTRA is taken in.

    All stretches are gone over together, two bytes a step, the longest ones first, so that the number of steps is
    that of the longest.

    Args:
        data: the file.
        start: where each stretch begins.
        length: how many bytes it has; all of them are in `data`.
    """
    crc = np.full(len(start), _START, np.uint16)
    odd = (length & 1).astype(bool)
    crc[odd] = with_byte(crc[odd], data[start[odd]])
    pairs = length >> 1
    order = np.argsort(-pairs, kind="stable")
    at, running = (start + odd)[order], crc[order]
    of_two = _of_two()
    steps = int(pairs.max(initial=0))
    longer = len(pairs) - np.searchsorted(np.sort(pairs), np.arange(steps), side="right")
    for count in longer.tolist():
        here = at[:count]
        two = data[here] | (data[here + 1].astype(np.uint16) << 8)
        running[:count] = of_two[running[:count] ^ two]
        here += 2
    crc[order] = running
    return crc
