"""
The scrambling of versions 7 and later: XOR with eight bytes that follow from a record's type and first byte.

Sources: lvauvillier/dji-log-parser, `decoder.rs` (key = CRC-64 of a multiple of a constant, first byte
consumed); the CRC is that of D. T. Jones, "An improved 64-bit cyclic redundancy check for protein
sequences", 2002 (reflected polynomial 0x95AC9329AC4BC9B5).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from groundside.decode.formats.dji_record.records import Content, Records

KEY_BYTES = 8
SCRAMBLED_OVERHEAD = 2
"""A scrambled payload is one key byte, the content, and one byte that is no part of it."""

_POLYNOMIAL = np.uint64(0x95AC9329AC4BC9B5)
_MULTIPLIER = np.uint64(0x123456789ABCDEF0)
_CHUNK_BYTES = 1 << 22


@cache
def _crc_table() -> NDArray[np.uint64]:
    table = np.arange(256, dtype=np.uint64)
    one = np.uint64(1)
    for _ in range(8):
        table = np.where(table & one, (table >> one) ^ _POLYNOMIAL, table >> one)
    return table


@cache
def keys_of(kind: int) -> NDArray[np.uint8]:
    """Give the key of each possible first byte of a record of that type, shape (256, 8)."""
    first = np.arange(256, dtype=np.uint64)
    crc = (first + np.uint64(kind)) & np.uint64(0xFF)
    message = (first * _MULTIPLIER).astype("<u8").view(np.uint8).reshape(256, KEY_BYTES)
    table = _crc_table()
    for at in range(KEY_BYTES):
        crc = table[(crc ^ message[:, at]) & np.uint64(0xFF)] ^ (crc >> np.uint64(8))
    keys = crc.astype("<u8").view(np.uint8).reshape(256, KEY_BYTES)
    keys.flags.writeable = False
    return keys


def unscramble(payload: bytes, kind: int) -> bytes:
    """Give the content of one scrambled payload; empty where it is too short to hold any."""
    if len(payload) <= SCRAMBLED_OVERHEAD:
        return b""
    content = np.frombuffer(payload, np.uint8)[1:-1]
    key = keys_of(kind)[payload[0]]
    return (content ^ np.resize(key, content.size)).tobytes()


def content_of(data: NDArray[np.uint8], records: Records, *, scrambled: bool) -> Content:
    """
    Give the content of every record: as it lies in the file, or unscrambled into one new buffer.

    Memory is bounded by the size of the records themselves, the work by `_CHUNK_BYTES` at a time.
    """
    if not scrambled:
        return Content(data, records.starts, records.lengths)
    sizes = np.maximum(records.lengths - SCRAMBLED_OVERHEAD, 0)
    ends = np.cumsum(sizes)
    starts = ends - sizes
    buffer = np.empty(int(sizes.sum()), np.uint8)
    keys = _key_of_each(data, records)
    first = 0
    while first < len(sizes):
        after = max(int(np.searchsorted(ends, starts[first] + _CHUNK_BYTES, side="right")), first + 1)
        part = slice(first, after)
        _unscramble_into(buffer, data, records.starts[part] + 1, (starts[part], sizes[part]), keys[part])
        first = after
    return Content(buffer, starts, sizes)


def _key_of_each(data: NDArray[np.uint8], records: Records) -> NDArray[np.uint8]:
    keys = np.zeros((len(records.kinds), KEY_BYTES), np.uint8)
    first = data[records.starts]
    for kind in np.unique(records.kinds):
        those = records.kinds == kind
        keys[those] = keys_of(int(kind))[first[those]]
    return keys


def _unscramble_into(
    buffer: NDArray[np.uint8],
    data: NDArray[np.uint8],
    sources: NDArray[np.int64],
    placed: tuple[NDArray[np.int64], NDArray[np.int64]],
    keys: NDArray[np.uint8],
) -> None:
    starts, sizes = placed
    low, high = int(starts[0]), int(starts[-1] + sizes[-1])
    owner = np.repeat(np.arange(len(sizes)), sizes)
    within = np.arange(low, high) - starts[owner]
    buffer[low:high] = data[sources[owner] + within] ^ keys[owner, within & (KEY_BYTES - 1)]
