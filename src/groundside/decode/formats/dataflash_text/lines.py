"""Lines of a text log: where they are, and of which message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.ardupilot.groups import Offsets

PART = 1 << 22
"""About as many bytes are looked at together: it bounds what is in memory besides the result."""
MAX_LINE = 8192
"""No line is that long: a record has at most 16 columns, of at most 64 bytes but for arrays of 32 numbers."""
BOM = b"\xef\xbb\xbf"
_COMMA, _NEWLINE = 0x2C, 0x0A
_NAME_BYTES = 4
_WHITE = np.zeros(256, bool)
_WHITE[list(b" \t\r\n")] = True
_WORD = np.zeros(256, bool)
_WORD[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")] = True


@dataclass(frozen=True, slots=True)
class Lines:
    """
    Lines that follow each other in a file.

    Args:
        text: the lines, each with its line end.
        starts: place of each in the file, and at the end that of the first byte after them.
        first: number of the first line, counted from 1.
        names: of the message, up to four letters packed into a number (see `name_of`); 0 where there is none.
        blank: whether a line holds nothing but white space.
        lengths: bytes of each line, its end included.
    """

    text: pa.Array[Any]
    starts: Offsets
    first: int
    names: npt.NDArray[np.uint32]
    blank: npt.NDArray[np.bool_]
    lengths: Offsets

    def __len__(self) -> int:
        return len(self.starts) - 1


def lines_of(data: memoryview) -> Iterator[Lines]:
    """Give all lines of a file, part by part."""
    start, first = len(BOM) if bytes(data[: len(BOM)]) == BOM else 0, 1
    while start < len(data):
        end = _end(data, start)
        part = _lines(data, start, end, first)
        yield part
        start, first = end, first + len(part)


def _end(data: memoryview, start: int) -> int:
    """Say where a part ends that begins here: after its last line that is whole, or after its only one."""
    end = min(start + PART, len(data))
    if end == len(data):
        return end
    last = bytes(data[end - MAX_LINE : end]).rfind(b"\n")
    if last >= 0:
        return end - MAX_LINE + last + 1
    while end < len(data):
        part = np.frombuffer(data[end : end + PART], np.uint8)
        found = np.flatnonzero(part == _NEWLINE)
        if len(found):
            return end + int(found[0]) + 1
        end += len(part)
    return end


def _lines(data: memoryview, start: int, end: int, first: int) -> Lines:
    view = np.frombuffer(data[start:end], np.uint8)
    edges = np.flatnonzero(view == _NEWLINE) + 1
    edges = np.concatenate([[0], edges]) if len(edges) and edges[-1] == len(view) else np.r_[0, edges, len(view)]
    blank = _blank(view, edges)
    offsets = pa.py_buffer(edges.astype(np.int32).data)
    text = pa.Array.from_buffers(pa.binary(), len(edges) - 1, [None, offsets, pa.py_buffer(data[start:end])])
    return Lines(text, edges + start, first, _names(view, edges), blank, np.diff(edges))


def _blank(view: npt.NDArray[np.uint8], edges: Offsets) -> npt.NDArray[np.bool_]:
    blank = _WHITE[view[edges[:-1]]]
    if (blank & (np.diff(edges) > len(b"\r\n"))).any():
        ink = np.concatenate([[0], np.cumsum(~_WHITE[view], dtype=np.int32)])
        return ink[edges[1:]] == ink[edges[:-1]]
    return blank & (_WHITE[view[edges[1:] - 1]])


def _names(view: npt.NDArray[np.uint8], edges: Offsets) -> npt.NDArray[np.uint32]:
    """Pack what stands before the first comma of each line, where that is a name."""
    starts, last = edges[:-1], len(view) - 1
    head = np.stack([view[np.minimum(starts + n, last)] for n in range(_NAME_BYTES + 2)])
    names = np.zeros(len(starts), np.uint32)
    open_ = np.ones(len(starts), bool)
    for place in range(1, _NAME_BYTES + 2):
        open_ &= _WORD[head[place - 1]] if place <= _NAME_BYTES else True
        ends = (head[place] == _COMMA) & open_ if place <= _NAME_BYTES else np.zeros(len(starts), bool)
        packed = np.zeros(len(starts), np.uint32)
        for n in range(min(place, _NAME_BYTES)):
            packed |= head[n].astype(np.uint32) << np.uint32(8 * n)
        names[ends] = packed[ends]
        open_ &= ~ends
    return np.where(np.diff(edges) > MAX_LINE, np.uint32(0), names)


def name_of(packed: int) -> str:
    """Unpack a name."""
    return packed.to_bytes(_NAME_BYTES, "little").rstrip(b"\0").decode("ascii")


def packed_name(name: str) -> int:
    """Pack a name of up to four letters."""
    return int.from_bytes(name.encode("ascii")[:_NAME_BYTES].ljust(_NAME_BYTES, b"\0"), "little")
