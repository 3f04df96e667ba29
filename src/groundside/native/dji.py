"""DJI flight records: the walk along the chain, and the scrambling undone; see `dji_rows` and `dji_columns` besides."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from groundside import native
from groundside.native import _dji

U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

END_BYTE = 0xFF
KEY_BYTES = 8
OVERHEAD = 2
"""A scrambled payload is one key byte, the content, and one byte that is no part of it."""

_POLYNOMIAL = np.uint64(0x95AC9329AC4BC9B5)
_MULTIPLIER = np.uint64(0x123456789ABCDEF0)
ERRORS = {
    1: "a record runs past the end of the data",
    2: "there is too little room",
    3: "a column that cannot be made",
    4: "no memory",
    5: "more text than an Arrow array can hold",
}
"""What the error numbers of dji.h say."""


@cache
def crc_table() -> npt.NDArray[np.uint64]:
    """Give the table of the CRC-64 by which keys are made."""
    table = np.arange(256, dtype=np.uint64)
    one = np.uint64(1)
    for _ in range(8):
        table = np.where(table & one, (table >> one) ^ _POLYNOMIAL, table >> one)
    table.flags.writeable = False
    return table


@cache
def keys_of(kind: int) -> U8:
    """Give the key of each possible first byte of a record of that type, shape (256, 8)."""
    first = np.arange(256, dtype=np.uint64)
    crc = (first + np.uint64(kind)) & np.uint64(0xFF)
    message = (first * _MULTIPLIER).astype("<u8").view(np.uint8).reshape(256, KEY_BYTES)
    table = crc_table()
    for at in range(KEY_BYTES):
        crc = table[(crc ^ message[:, at]) & np.uint64(0xFF)] ^ (crc >> np.uint64(8))
    keys = crc.astype("<u8").view(np.uint8).reshape(256, KEY_BYTES)
    keys.flags.writeable = False
    return keys


class Chain:
    """
    The records that a walk has found so far: type, first byte of the payload and its length, row by row.

    Args:
        expected: how many records there may be; there can be more.
    """

    __slots__ = ("_kinds", "_lengths", "_starts", "count")

    def __init__(self, expected: int) -> None:
        self._kinds = np.empty(expected + 1, np.uint8)
        self._starts = np.empty(expected + 1, np.int64)
        self._lengths = np.empty(expected + 1, np.int32)
        self.count = 0

    @property
    def kinds(self) -> U8:
        """Type of each."""
        return self._kinds[: self.count]

    @property
    def starts(self) -> I64:
        """Where each payload starts."""
        return self._starts[: self.count]

    @property
    def lengths(self) -> I32:
        """Bytes of each payload."""
        return self._lengths[: self.count]

    def walk(self, data: memoryview, at: int, end: int, *, wide: bool) -> int:
        """
        Take records as long as one follows the other; say where that ends.

        A record is: type u8 (not 0 or 0xFF), length u8 or, where `wide`, u16, of at least 1, payload, 0xFF.
        """
        step = walk_plainly if native.PLAIN else _dji.walk
        while True:
            at, taken = step(data, at, end, wide, self._kinds, self._starts, self._lengths, self.count)
            self.count += taken
            if self.count < len(self._kinds):
                return at
            self._grow()

    def _grow(self) -> None:
        for name in ("_kinds", "_starts", "_lengths"):
            old = getattr(self, name)
            new = np.empty(len(old) * 2, old.dtype)
            new[: self.count] = old[: self.count]
            setattr(self, name, new)


def walk_plainly(  # noqa: PLR0913
    data: memoryview, at: int, end: int, wide: bool, kinds: U8, starts: I64, lengths: I32, first: int
) -> tuple[int, int]:
    """Write records from row `first` on, until there is none or no room; where that is, and how many. Definition."""
    head, row = 3 if wide else 2, first
    while row < len(kinds) and at + head < end:
        length = data[at + 1] | (data[at + 2] << 8 if wide else 0)
        stop, kind = at + head + length, data[at]
        if stop >= end or data[stop] != END_BYTE or kind in (0, END_BYTE) or not length:
            break
        kinds[row], starts[row], lengths[row] = kind, at + head, length
        at, row = stop + 1, row + 1
    return at, row - first


@dataclass(frozen=True, slots=True)
class Contents:
    """
    What some records hold, record by record.

    Args:
        buffer: in which they lie.
        starts: where each begins.
        sizes: bytes of each.
        kind: where they are scrambled, the type of all of them: the byte at `starts` then chooses the key, and what
            they hold is behind it. None where they are plain.
    """

    buffer: U8
    starts: I64
    sizes: I32
    kind: int | None = None


def unscrambled(data: U8, kinds: U8, starts: I64, lengths: I32) -> Contents:
    """Undo the scrambling of these payloads, into one new buffer; those too short to hold anything are empty."""
    room = int(np.maximum(lengths.astype(np.int64) - OVERHEAD, 0).sum())
    made = Contents(np.empty(room, np.uint8), np.empty(len(kinds), np.int64), np.empty(len(kinds), np.int32))
    if native.PLAIN:
        _unscramble_plainly(data, (kinds, starts, lengths), made)
    elif status := _dji.unscramble(data, kinds, starts, lengths, crc_table(), made.buffer, made.starts, made.sizes):
        raise ValueError(ERRORS[status])
    return made


def _unscramble_plainly(data: U8, records: tuple[U8, I64, I32], made: Contents) -> None:
    """XOR each payload behind its first byte with the key that its type and that byte make: the definition."""
    filled = 0
    for row, (kind, start, length) in enumerate(zip(*(part.tolist() for part in records), strict=True)):
        if start < 0 or start + length > len(data):
            raise ValueError(ERRORS[1])
        size = max(length - OVERHEAD, 0)
        key = keys_of(kind)[data[start]] if size else np.zeros(KEY_BYTES, np.uint8)
        made.buffer[filled : filled + size] = data[start + 1 : start + 1 + size] ^ np.resize(key, size)
        made.starts[row], made.sizes[row] = filled, size
        filled += size


def copied(data: U8, begins: I64, sizes: I32, out: U8, to: I64) -> None:
    """Copy stretches of bytes: `sizes` bytes from each of `begins` in `data` to each of `to` in `out`."""
    if not native.PLAIN:
        if status := _dji.copy(data, begins, sizes, out, to):
            raise ValueError(ERRORS[status])
        return
    for begin, size, at in zip(begins.tolist(), sizes.tolist(), to.tolist(), strict=True):
        if begin < 0 or size < 0 or begin + size > len(data):
            raise ValueError(ERRORS[1])
        if at < 0 or at + size > len(out):
            raise ValueError(ERRORS[2])
        out[at : at + size] = data[begin : begin + size]
