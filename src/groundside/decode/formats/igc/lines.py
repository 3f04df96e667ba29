"""A file of lines, each a record whose first letter is its type."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
I64 = NDArray[np.int64]
BOM = b"\xef\xbb\xbf"
_NEWLINE, _RETURN, _SPACE = 0x0A, 0x0D, 0x20


@dataclass(frozen=True, slots=True)
class Lines:
    """
    The lines of a file that are not empty, in order.

    Args:
        data: the file.
        starts, ends: of each, without its line end and spaces behind it.
        nexts: where the line after each starts, empty lines passed over.
        kinds: first byte of each.
    """

    data: U8
    starts: I64
    ends: I64
    nexts: I64
    kinds: U8

    def text(self, row: int) -> str:
        """Give a line as text; bytes that are not UTF-8 are taken for Latin-1."""
        raw = self.data[self.starts[row] : self.ends[row]].tobytes()
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode("latin-1")

    def rows(self, letter: str) -> I64:
        """Give the numbers of the lines of one type."""
        return np.flatnonzero(self.kinds == ord(letter))

    def whole(self, row: int) -> int:
        """Say how many bytes a line takes, its end included."""
        return int(self.nexts[row] - self.starts[row])


def lines_of(data: memoryview) -> Lines:
    """Split a file into lines, which end in CR LF or in LF alone."""
    octets = np.frombuffer(data, np.uint8)
    first = len(BOM) if bytes(data[: len(BOM)]) == BOM else 0
    breaks = np.flatnonzero(octets == _NEWLINE)
    breaks = breaks[breaks >= first]
    starts = np.concatenate([[first], breaks + 1]).astype(np.int64)
    ends = np.concatenate([breaks, [len(octets)]]).astype(np.int64)
    for _ in range(3):
        last = octets[np.maximum(ends - 1, 0)] if len(octets) else np.zeros(len(ends), np.uint8)
        ends = ends - ((ends > starts) & ((last == _RETURN) | (last == _SPACE)))
    full = ends > starts
    starts, ends = starts[full], ends[full]
    nexts = np.append(starts[1:], len(octets))
    return Lines(octets, starts, ends, nexts.astype(np.int64), octets[starts] if len(starts) else octets[:0])
