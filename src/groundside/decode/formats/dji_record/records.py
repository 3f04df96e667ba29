"""
The records of a file as columns, and what they hold.

A record is: type u8, length u8 (two bytes from version 13 on), payload, 0xFF.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KEY_SWITCH, KEY_STORAGE = 50, 56

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
