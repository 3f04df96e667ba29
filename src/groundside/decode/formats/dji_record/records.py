"""
The records of a file as columns, and what they hold.

A record is: type u8, length u8 (two bytes from version 13 on), payload, 0xFF.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.native.dji import OVERHEAD, Contents, unscrambled
from groundside.native.dji_rows import Rows, Source

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


class Content:
    """
    What records hold once scrambling or encryption is undone; scrambling is undone only for those asked for.

    Args:
        data: the file.
        records: all of it.
        scrambled: whether payloads are scrambled.
        opened: of all records, where some were decrypted.
    """

    __slots__ = ("_source", "data", "opened", "records", "scrambled")

    def __init__(self, data: U8, records: Records, scrambled: bool, opened: Contents | None = None) -> None:
        self.data, self.records, self.scrambled, self.opened = data, records, scrambled, opened
        buffer, starts = (data, records.starts) if opened is None else (opened.buffer, opened.starts)
        self._source = Source(buffer, starts, self.lengths, records.starts, records.head)

    @property
    def lengths(self) -> I32:
        """Bytes of each payload, or of what was decrypted."""
        return self.records.lengths if self.opened is None else self.opened.sizes

    @property
    def overhead(self) -> int:
        """How many of `lengths` are no content."""
        return OVERHEAD if self.scrambled and self.opened is None else 0

    def of(self, which: I64) -> Rows:
        """Give some records of one type."""
        if not self.overhead or not which.size:
            return Rows(self._source, which)
        return Rows(self._source, which, int(self.records.kinds[which[0]]))

    def whole(self) -> Contents:
        """Give what all records hold, in a new buffer."""
        records = self.records
        return unscrambled(self.data, records.kinds, records.starts, records.lengths)
