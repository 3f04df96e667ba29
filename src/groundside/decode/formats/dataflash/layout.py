"""What an FMT record says: how the records of one type are laid out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

HEADER = b"\xa3\x95"
HEADER_BYTES = 3
FMT = 0x80
FMT_BYTES = 89
MAX_BYTES = 255
"""Of a record: FMT states the length in one byte."""
MAX_DEFINITIONS = 16_384
_WITNESSES = 8

CHARS: dict[str, tuple[str, float | None]] = {
    "a": ("(32,)<i2", None),
    "b": ("<i1", None),
    "B": ("<u1", None),
    "h": ("<i2", None),
    "H": ("<u2", None),
    "i": ("<i4", None),
    "I": ("<u4", None),
    "g": ("<f2", None),
    "f": ("<f4", None),
    "d": ("<f8", None),
    "n": ("S4", None),
    "N": ("S16", None),
    "Z": ("S64", None),
    "c": ("<i2", 1e2),
    "C": ("<u2", 1e2),
    "e": ("<i4", 1e2),
    "E": ("<u4", 1e2),
    "L": ("<i4", 1e7),
    "M": ("<u1", None),
    "q": ("<i8", None),
    "Q": ("<u8", None),
}
"""
Format character to (NumPy type of the bytes, divisor of the stored integer).

Source: ArduPilot, libraries/AP_Logger/LogStructure.h, the comment at its top; `g` from README.md beside it.
"""

_SIZES = {char: np.dtype(kind).itemsize for char, (kind, _) in CHARS.items()}
_NAME = re.compile(rb"[A-Za-z0-9_]{1,4}\Z")
_LETTERS = re.compile(rb"[A-Za-z]{0,16}\Z")
_LABELS = re.compile(rb"[\x20-\x7e]{0,64}\Z")
_MAGIC = re.compile(rb"\xa3\x95\x80[\x00-\xff][\x03-\xff][A-Za-z0-9_]")
"""The start of an FMT record: header, type, length, and the first letter of a name."""


@dataclass(frozen=True, slots=True)
class Layout:
    """
    How the records of one type are laid out.

    Args:
        offset: of the FMT record in the file.
        type: number in the third byte of each record.
        name: of the message.
        length: of a record with its three header bytes, as FMT states it.
        chars: one format character for each column, as FMT states them.
        labels: column names as FMT states them.
        headerless: FMT counted the length without the header; `length` is already put right.
    """

    offset: int
    type: int
    name: str
    length: int
    chars: str
    labels: tuple[str, ...]
    headerless: bool = False

    @property
    def readable(self) -> int:
        """How many columns can be read: up to the first unknown character or the end of the record."""
        return _readable(self.chars, self.length)

    @property
    def read_bytes(self) -> int:
        """Bytes of each record whose meaning is read, header included."""
        return HEADER_BYTES + sum(_SIZES[char] for char in self.chars[: self.readable])

    @property
    def columns(self) -> tuple[str, ...]:
        """A different name for each readable column, also where FMT names too few or one twice."""
        return _distinct(self.labels, self.readable)

    @property
    def dtype(self) -> np.dtype[np.void]:
        """NumPy type of a whole record."""
        return _dtype(self.chars[: self.readable], self.columns, self.length)

    def position(self, column: str) -> tuple[int, str] | None:
        """Find a column: its byte in the record and its format character; None where it is not there."""
        if column not in self.columns:
            return None
        index = self.columns.index(column)
        return HEADER_BYTES + sum(_SIZES[char] for char in self.chars[:index]), self.chars[index]

    def same_as(self, other: Layout) -> bool:
        """Whether two definitions say the same, wherever they stand."""
        return replace(self, offset=0) == replace(other, offset=0)


@lru_cache(maxsize=1024)
def _readable(chars: str, length: int) -> int:
    at = HEADER_BYTES
    for index, char in enumerate(chars):
        at += _SIZES.get(char, length)
        if at > length:
            return index
    return len(chars)


@lru_cache(maxsize=1024)
def _distinct(labels: tuple[str, ...], count: int) -> tuple[str, ...]:
    names: list[str] = []
    for index in range(count):
        label = labels[index] if index < len(labels) and labels[index] else f"column_{index + 1}"
        while label in names:
            label += "_"
        names.append(label)
    return tuple(names)


@lru_cache(maxsize=1024)
def _dtype(chars: str, columns: tuple[str, ...], length: int) -> np.dtype[np.void]:
    offsets = np.cumsum([HEADER_BYTES, *(_SIZES[char] for char in chars)])[:-1].tolist()
    formats = [CHARS[char][0] for char in chars]
    return np.dtype({"names": list(columns), "formats": formats, "offsets": offsets, "itemsize": length})


FMT_LAYOUT = Layout(0, FMT, "FMT", FMT_BYTES, "BBnNZ", ("Type", "Length", "Name", "Format", "Columns"))
"""The one layout that is known beforehand."""


def layout_of(record: bytes, offset: int) -> Layout | None:
    """
    Read an FMT record, or None where it does not look like one.

    Not believed are: a length shorter than a header, a name that is not 1 to 4 letters, digits or
    underscores, format characters that are not letters, more column names than columns.
    """
    if len(record) < FMT_BYTES:
        return None
    name, chars, labels = (_text(record[a:b]) for a, b in ((5, 9), (9, 25), (25, 89)))
    if record[4] < HEADER_BYTES or not (_NAME.match(name) and _LETTERS.match(chars) and _LABELS.match(labels)):
        return None
    columns = tuple(labels.decode("ascii").split(",")) if labels else ()
    if len(columns) > max(1, len(chars)):
        return None
    return Layout(offset, record[3], name.decode("ascii"), record[4], chars.decode("ascii"), columns)


def _text(field: bytes) -> bytes:
    return field.split(b"\0", 1)[0]


def definitions(data: memoryview) -> Iterator[Layout]:
    """
    Find what may be FMT records anywhere in a file: all that can be believed and say something new.

    They are candidates: A3 95 80 may also stand in the payload of another record.
    """
    latest: dict[int, bytes] = {}
    found = 0
    for match in _MAGIC.finditer(data):
        record = bytes(data[match.start() : match.start() + FMT_BYTES])
        if len(record) < FMT_BYTES or latest.get(record[3]) == record or found == MAX_DEFINITIONS:
            continue
        layout = layout_of(record, match.start())
        if layout is not None and layout.type != FMT:
            latest[layout.type] = record
            found += 1
            yield _with_header(layout, data)


def _with_header(layout: Layout, data: memoryview) -> Layout:
    """Put right a length counted without the header, where the records themselves show that it was."""
    size = HEADER_BYTES + sum(_SIZES.get(char, MAX_BYTES) for char in layout.chars)
    if layout.length + HEADER_BYTES != size or size > MAX_BYTES:
        return layout
    stated, longer = (_followed(layout, data, length) for length in (layout.length, size))
    return replace(layout, length=size, headerless=True) if longer > stated else layout


def _followed(layout: Layout, data: memoryview, length: int) -> int:
    """Count, among the first records of a type, those that another header follows at once."""
    magic = re.compile(re.escape(HEADER + bytes([layout.type])))
    count = 0
    for seen, match in enumerate(magic.finditer(data, layout.offset + FMT_BYTES)):
        after = match.start() + length
        count += after == len(data) or bytes(data[after : after + 2]) == HEADER
        if seen == _WITNESSES:
            break
    return count
