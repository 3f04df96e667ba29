"""What an FMT record says: how the records of one type are laid out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

import numpy as np

HEADER_BYTES = 3
MAX_BYTES = 255
"""Of a record: FMT states the length in one byte."""
FMT = 0x80
FMT_BYTES = 89

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

SIZES = {char: np.dtype(kind).itemsize for char, (kind, _) in CHARS.items()}
"""Bytes of a value by its format character."""
_NAME = re.compile(r"[A-Za-z0-9_]{1,4}\Z")
_LETTERS = re.compile(r"[A-Za-z]{0,16}\Z")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_LABELS = re.compile(r"[\x20-\x7e]{0,64}\Z")


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
        mended: the column names were damaged; those that are not words are left out.
    """

    offset: int
    type: int
    name: str
    length: int
    chars: str
    labels: tuple[str, ...]
    headerless: bool = False
    mended: bool = False

    @property
    def readable(self) -> int:
        """How many columns can be read: up to the first unknown character or the end of the record."""
        return _readable(self.chars, self.length)

    @property
    def read_bytes(self) -> int:
        """Bytes of each record whose meaning is read, header included."""
        return _read_bytes(self.chars[: self.readable])

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
        return place_of(column, self.columns, self.chars)

    def at(self, offset: int) -> Layout:
        """Give the same definition as it stands at another place."""
        return Layout(offset, self.type, self.name, self.length, self.chars, self.labels, self.headerless, self.mended)

    def same_as(self, other: Layout) -> bool:
        """Whether two definitions say the same, wherever they stand."""
        return replace(self, offset=0) == replace(other, offset=0)


@lru_cache(maxsize=1024)
def _readable(chars: str, length: int) -> int:
    at = HEADER_BYTES
    for index, char in enumerate(chars):
        at += SIZES.get(char, length)
        if at > length:
            return index
    return len(chars)


def place_of(column: str, columns: tuple[str, ...], chars: str) -> tuple[int, str] | None:
    """Find one of the readable columns; see `Layout.position`."""
    return _positions(chars, columns).get(column)


@lru_cache(maxsize=1024)
def _read_bytes(chars: str) -> int:
    return HEADER_BYTES + sum(SIZES[char] for char in chars)


@lru_cache(maxsize=1024)
def _positions(chars: str, columns: tuple[str, ...]) -> dict[str, tuple[int, str]]:
    places = accumulate((SIZES[char] for char in chars[: len(columns)]), initial=HEADER_BYTES)
    return {column: (at, char) for column, at, char in zip(columns, places, chars, strict=False)}


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
    offsets = np.cumsum([HEADER_BYTES, *(SIZES[char] for char in chars)])[:-1].tolist()
    formats = [CHARS[char][0] for char in chars]
    return np.dtype({"names": list(columns), "formats": formats, "offsets": offsets, "itemsize": length})


FMT_LAYOUT = Layout(0, FMT, "FMT", FMT_BYTES, "BBnNZ", ("Type", "Length", "Name", "Format", "Columns"))
"""The one layout that is known beforehand."""


def believed(offset: int, kind: int, length: int, words: tuple[str, str, str]) -> Layout | None:
    """
    Make a layout of what FMT states, or None where that cannot be meant.

    Not believed are: a length shorter than a header, a name that is not 1 to 4 letters, digits or
    underscores, format characters that are not letters, more column names than columns.

    Args:
        offset: of the definition in the file.
        kind, length: type and length as stated.
        words: name, format characters, and column names with commas between them.
    """
    name, chars, labels = words
    stated = 0 <= kind <= MAX_BYTES and HEADER_BYTES <= length <= MAX_BYTES
    if not (stated and _NAME.match(name) and _LETTERS.match(chars) and _LABELS.match(labels)):
        return None
    columns = tuple(labels.split(",")) if labels else ()
    if len(columns) > max(1, len(chars)):
        return None
    return Layout(offset, kind, name, length, chars, columns)


def mended(offset: int, kind: int, length: int, words: tuple[str, str, str]) -> Layout | None:
    """
    Make a layout of a definition whose column names alone are damaged, or None where more is.

    What is left is believed only where the format characters add up to the length. Arguments as of `believed`.
    """
    name, chars, labels = words
    if not (_NAME.match(name) and chars) or length != HEADER_BYTES + sum(SIZES.get(c, MAX_BYTES) for c in chars):
        return None
    columns = [label if _WORD.match(label) else "" for label in labels.split(",")]
    return Layout(offset, kind, name, length, chars, tuple(columns[: len(chars)]), mended=True)


def text_of(field: bytes) -> str:
    """Read text up to the first NUL: UTF-8, or Latin-1 where it is not that."""
    word = field.split(b"\0", 1)[0]
    try:
        return word.decode("utf-8")
    except UnicodeDecodeError:
        return word.decode("latin-1")
