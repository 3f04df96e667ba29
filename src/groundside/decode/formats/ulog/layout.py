"""What a format message says: how the data of one topic is laid out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from groundside.decode.formats.ulog.kept import Kept

BASIC: Mapping[str, str] = {
    "int8_t": "<i1",
    "uint8_t": "<u1",
    "int16_t": "<i2",
    "uint16_t": "<u2",
    "int32_t": "<i4",
    "uint32_t": "<u4",
    "int64_t": "<i8",
    "uint64_t": "<u8",
    "float": "<f4",
    "double": "<f8",
    "bool": "<u1",
    "char": "<i1",
}
"""Basic type to NumPy type. Source: PX4 user guide, "ULog File Format", data types."""

MAX_DATA_BYTES = 0xFFFF - 2
"""Of one data message: its size is stated in two bytes, and two bytes of it are the message id."""
MAX_COLUMNS = 4096
MAX_EXPANDED = 512
"""A longer array stays one column of lists: a column for each element would cost more than the data."""
_MAX_DEPTH = 16
_PADDING = "_padding"
_FIELD = re.compile(rb"([A-Za-z0-9_\-/]++)(?:\[([1-9]\d{0,4})\])?+ ([A-Za-z0-9_]++);?+")
SIZES = {name: np.dtype(kind).itemsize for name, kind in BASIC.items()}
"""Basic type to bytes."""
_TIMESTAMP = "timestamp"
_FIELDS_KEPT, _LEAVES_KEPT, _BYTES_A_FIELD = 65_536, 65_536, 250
"""About so many bytes each."""


class Field(NamedTuple):
    """One field as a format message writes it; `length` is 0 where it is no array."""

    type: str
    length: int
    name: str


class Leaf(NamedTuple):
    """
    One field that holds values, with its full name.

    Args:
        name: with the fields it is nested in: "esc[2].esc_rpm".
        type: a basic type.
        length: how many elements where they stay together (text, or a long array); 0 for a single value.
        at: first byte in the data, counted after the message id.
    """

    name: str
    type: str
    length: int
    at: int


@dataclass(frozen=True, slots=True)
class Layout:
    """
    How the data of one topic is laid out.

    Args:
        leaves: fields in order, without padding.
        size: bytes of data, without the padding at its end, which is usually not logged.
        full_size: with it.
        columns: how many it may become: text that is none becomes one for each character.
    """

    leaves: tuple[Leaf, ...]
    size: int
    full_size: int
    columns: int


class Parsed(NamedTuple):
    """
    What the text of a format says without any other format.

    Args:
        fields: in order.
        nested: types that are no basic ones.
        size: bytes; None where types are nested.
        padding: bytes of padding of basic types that end it.
        timestamp: first byte of the timestamp; None where there is none of 64 bits, or a nested type before it.
    """

    fields: tuple[Field, ...]
    nested: tuple[str, ...]
    size: int | None
    padding: int
    timestamp: int | None


_PARSED: Kept[bytes, Parsed] = Kept(_FIELDS_KEPT)
_LAYOUTS: Kept[tuple[bytes | str, ...], Layout] = Kept(_LEAVES_KEPT)


def parsed(text: bytes) -> Parsed:
    """Read a format message, the part after the colon."""
    known = _PARSED.get(text)
    if known is not None:
        return known
    fields = tuple(Field(m[1].decode(), int(m[2] or 0), m[3].decode()) for m in _FIELD.finditer(text))
    nested = tuple(dict.fromkeys(field.type for field in fields if field.type not in SIZES))
    size = None if nested else sum(_bytes(field) for field in fields)
    found = Parsed(fields, nested, size, _trailing(fields), _timestamp_of(fields))
    return _PARSED.put(text, found, len(fields) + len(text) // _BYTES_A_FIELD + 1)


def _bytes(field: Field) -> int:
    return SIZES[field.type] * max(field.length, 1)


def _trailing(fields: Sequence[Field]) -> int:
    padding = 0
    for field in reversed(fields):
        if not field.name.startswith(_PADDING) or field.type not in SIZES:
            break
        padding += _bytes(field)
    return padding


def _timestamp_of(fields: Sequence[Field]) -> int | None:
    at = 0
    for field in fields:
        if field.name == _TIMESTAMP:
            return at if field.type == "uint64_t" and not field.length else None
        if field.type not in SIZES:
            return None
        at += _bytes(field)
    return None


class Formats:
    """
    The formats of a file, by name; the first definition of a name holds.

    A format may be nested in others and may be used before it is defined. Those that nest deeper than 16, hold
    themselves, or need more bytes than a message has are not understood: their size is None.
    """

    def __init__(self) -> None:
        self._texts: dict[str, bytes] = {}
        self._parsed: dict[str, Parsed] = {}
        self._sizes: dict[str, tuple[int, int]] = {}
        self._full: dict[str, int] = dict(SIZES)
        self._failed: set[str] = set()
        self._layouts: dict[str, Layout | None] = {}

    def __contains__(self, name: str) -> bool:
        """Whether a format of this name was defined."""
        return name in self._texts

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, text: bytes) -> bool:
        """Take a format message; False where it says otherwise than an earlier one of the same name."""
        start, _, fields = text.partition(b":")
        name = start.decode()
        self._failed.clear()
        self._parsed.pop(name, None)
        return self._texts.setdefault(name, fields) == fields

    def size(self, name: str) -> tuple[int, int] | None:
        """Say how many bytes the data of a topic takes, without and with padding at its end."""
        if name not in self._sizes:
            full = self._size(name, 0)
            if full is None or full > MAX_DATA_BYTES:
                return None
            self._sizes[name] = (full - self._of(name).padding, full)
        return self._sizes[name]

    def layout(self, name: str) -> Layout | None:
        """Lay a topic out; None where its size is unknown or it has more columns than anyone can use."""
        sizes = self.size(name)
        if sizes is not None and name not in self._layouts:
            key = self._key(name)
            self._layouts[name] = _LAYOUTS.get(key) or self._laid(name, key, sizes)
        return self._layouts.get(name)

    def _laid(self, name: str, key: tuple[bytes | str, ...], sizes: tuple[int, int]) -> Layout | None:
        leaves: list[Leaf] = []
        if self._lay(name, "", 0, leaves) is None:
            return None
        kept = tuple(leaf for leaf in leaves if leaf.at < sizes[0])
        columns = sum(leaf.length if 0 < leaf.length <= MAX_EXPANDED else 1 for leaf in kept)
        return _LAYOUTS.put(key, Layout(kept, *sizes, columns), len(kept) + sum(map(len, key)) // _BYTES_A_FIELD + 1)

    def timestamp_at(self, name: str) -> int | None:
        """Find the first byte of the timestamp; None where a topic has none of 64 bits."""
        if not self._of(name).nested:
            return self._of(name).timestamp
        at = 0
        for field in self._of(name).fields:
            if field.name == _TIMESTAMP:
                return at if field.type == "uint64_t" and not field.length else None
            size = self._size(field.type, 1)
            if size is None:
                return None
            at += size * max(field.length, 1)
        return None

    def _key(self, name: str) -> tuple[bytes | str, ...]:
        """Give all that a layout depends on: the text of the format, and name and text of all that it nests."""
        reached = list(self._of(name).nested)
        seen = {*reached}
        for nested in reached:
            reached += (more := [each for each in self._of(nested).nested if each not in seen])
            seen.update(more)
        # What is nested in a format whose size is known is defined.
        return (self._texts[name], *(part for nested in reached for part in (nested, self._texts[nested])))

    def _of(self, name: str) -> Parsed:
        if name not in self._parsed:
            self._parsed[name] = parsed(self._texts.get(name, b""))
        return self._parsed[name]

    def _size(self, name: str, depth: int) -> int | None:
        if name in self._full:
            return self._full[name]
        if name in self._failed or depth > _MAX_DEPTH:
            return None
        total = self._total(name, depth)
        if not total:
            self._failed.add(name)
            return None
        self._full[name] = total
        return total

    def _total(self, name: str, depth: int) -> int:
        """Add the bytes of a format up; 0 where they are too many or not known."""
        known = self._of(name)
        if known.size is not None:
            return known.size if known.size <= MAX_DATA_BYTES else 0
        total = 0
        for field in known.fields:
            size = self._size(field.type, depth + 1)
            total += (size or 0) * max(field.length, 1)
            if size is None or total > MAX_DATA_BYTES:
                return 0
        return total

    def _lay(self, name: str, prefix: str, at: int, leaves: list[Leaf]) -> int | None:
        """Lay the fields of one format out; where the next byte is, or None where there are too many columns."""
        for field in self._of(name).fields:
            size = SIZES.get(field.type)
            if size is not None:
                leaves += _leaves(field, prefix + field.name, at)
                at += size * max(field.length, 1)
            else:
                names = [f"{field.name}[{n}]" for n in range(field.length)] if field.length else [field.name]
                for nested in names:
                    end = self._lay(field.type, f"{prefix}{nested}.", at, leaves)
                    if end is None:
                        return None
                    at = end
            if len(leaves) > MAX_COLUMNS:
                return None
        return at


def _leaves(field: Field, name: str, at: int) -> list[Leaf]:
    if field.name.startswith(_PADDING):
        return []
    if not field.length or field.type == "char" or field.length > MAX_EXPANDED:
        return [Leaf(name, field.type, field.length, at)]
    size = SIZES[field.type]
    return [Leaf(f"{name}[{n}]", field.type, 0, at + n * size) for n in range(field.length)]
