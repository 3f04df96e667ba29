"""
The records of a file as columns, and what they hold.

A record is: type u8, length u8 (two bytes from version 13 on), payload, 0xFF.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.native.dji import OVERHEAD, Contents, unscrambled

KEY_SWITCH, KEY_STORAGE = 50, 56

U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
ALL = slice(None)


@dataclass(frozen=True, slots=True)
class Records:
    """
    The records of a file in order, as columns.

    Args:
        kinds: type of each.
        starts: where each payload starts in the file.
        lengths: bytes of each payload.
        breaks: how many records there are before each break of the chain, in order.
        head: bytes before each payload.
    """

    kinds: U8
    starts: I64
    lengths: I32
    breaks: I64
    head: int

    @property
    def runs(self) -> I64:
        """Which unbroken run each belongs to; it rises by one wherever the chain was broken before it."""
        return np.searchsorted(self.breaks, np.arange(len(self.kinds)), side="right")

    def offset(self, number: int) -> int:
        """Say where a record starts in the file."""
        return int(self.starts[number]) - self.head

    def size(self, which: I64 | slice | NDArray[np.bool_] = ALL) -> int:
        """Count the bytes of some whole records: type, length, payload and end byte."""
        lengths = self.lengths[which]
        return int(lengths.sum(dtype=np.int64)) + len(lengths) * (self.head + 1)


@dataclass(frozen=True, slots=True)
class Content:
    """
    What records hold once scrambling or encryption is undone; scrambling is undone only for those asked for.

    Args:
        data: the file.
        records: all of it.
        scrambled: whether payloads are scrambled.
        opened: of all records, where some were decrypted.
    """

    data: U8
    records: Records
    scrambled: bool
    opened: Contents | None = None

    @property
    def sizes(self) -> I32:
        """Bytes that each record holds."""
        if self.opened is not None:
            return self.opened.sizes
        return self.sizes_of(ALL)

    def sizes_of(self, which: I64 | slice) -> I32:
        """Bytes that some records hold."""
        if self.opened is not None:
            return self.opened.sizes[which]
        lengths = self.records.lengths[which]
        return np.maximum(lengths - OVERHEAD, 0) if self.scrambled else lengths

    def of(self, which: I64) -> Contents:
        """Give what some records of one type hold."""
        if self.opened is not None:
            return Contents(self.opened.buffer, self.opened.starts[which], self.opened.sizes[which])
        starts, lengths = self.records.starts[which], self.records.lengths[which]
        if not self.scrambled or not which.size:
            return Contents(self.data, starts, lengths)
        return Contents(self.data, starts, np.maximum(lengths - OVERHEAD, 0), int(self.records.kinds[which[0]]))

    def texts(self, which: I64) -> Iterator[bytes]:
        """Give what some records hold, one after the other."""
        found = self.of(which)
        if found.kind is not None:
            records = self.records
            found = unscrambled(self.data, records.kinds[which], records.starts[which], records.lengths[which])
        for start, size in zip(found.starts.tolist(), found.sizes.tolist(), strict=True):
            yield found.buffer[start : start + size].tobytes()

    def whole(self) -> Contents:
        """Give what all records hold, in a new buffer."""
        records = self.records
        return unscrambled(self.data, records.kinds, records.starts, records.lengths)
