"""What a format message says: how the data of one topic is laid out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

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
_SIZES = {name: np.dtype(kind).itemsize for name, kind in BASIC.items()}


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
    """

    leaves: tuple[Leaf, ...]
    size: int
    full_size: int

    @property
    def columns(self) -> int:
        """How many columns it may become: text that is none becomes one for each character."""
        return sum(leaf.length if 0 < leaf.length <= MAX_EXPANDED else 1 for leaf in self.leaves)


def fields_of(text: bytes) -> tuple[Field, ...]:
    """Read the fields of a format message, the part after the colon."""
    return tuple(Field(m[1].decode(), int(m[2] or 0), m[3].decode()) for m in _FIELD.finditer(text))


class Formats:
    """
    The formats of a file, by name; the first definition of a name holds.

    A format may be nested in others and may be used before it is defined. Those that nest deeper than 16, hold
    themselves, or need more bytes than a message has are not understood: their size is None.
    """

    def __init__(self) -> None:
        self._texts: dict[str, bytes] = {}
        self._fields: dict[str, tuple[Field, ...]] = {}
        self._sizes: dict[str, tuple[int, int]] = {}
        self._full: dict[str, int] = dict(_SIZES)
        self._failed: set[str] = set()

    def __contains__(self, name: str) -> bool:
        """Whether a format of this name was defined."""
        return name in self._texts

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, text: bytes) -> bool:
        """Take a format message; False where it says otherwise than an earlier one of the same name."""
        name, _, fields = text.partition(b":")
        self._failed.clear()
        self._fields.pop(name.decode(), None)
        return self._texts.setdefault(name.decode(), fields) == fields

    def size(self, name: str) -> tuple[int, int] | None:
        """Say how many bytes the data of a topic takes, without and with padding at its end."""
        if name not in self._sizes:
            full = self._size(name, 0)
            if full is None or full > MAX_DATA_BYTES:
                return None
            padding = self._trailing(self._fields_of(name))
            self._sizes[name] = (full - padding, full)
        return self._sizes[name]

    def layout(self, name: str) -> Layout | None:
        """Lay a topic out; None where its size is unknown or it has more columns than anyone can use."""
        sizes = self.size(name)
        if sizes is None:
            return None
        leaves: list[Leaf] = []
        if self._lay(name, "", 0, leaves) is None:
            return None
        return Layout(tuple(leaf for leaf in leaves if leaf.at < sizes[0]), *sizes)

    def timestamp_at(self, name: str) -> int | None:
        """Find the first byte of the timestamp; None where a topic has none of 64 bits."""
        at = 0
        for field in self._fields_of(name):
            if field.name == "timestamp":
                return at if field.type == "uint64_t" and not field.length else None
            size = self._size(field.type, 1)
            if size is None:
                return None
            at += size * max(field.length, 1)
        return None

    def _fields_of(self, name: str) -> tuple[Field, ...]:
        if name not in self._fields:
            self._fields[name] = fields_of(self._texts.get(name, b""))
        return self._fields[name]

    def _size(self, name: str, depth: int) -> int | None:
        if name in self._full:
            return self._full[name]
        if name in self._failed or depth > _MAX_DEPTH:
            return None
        total = 0
        for field in self._fields_of(name):
            size = self._size(field.type, depth + 1)
            total += (size or 0) * max(field.length, 1)
            if size is None or total > MAX_DATA_BYTES:
                total = 0
                break
        if not total:
            self._failed.add(name)
            return None
        self._full[name] = total
        return total

    def _trailing(self, fields: Sequence[Field]) -> int:
        """Count the bytes of padding that end a format, as far as it is of basic types."""
        padding = 0
        for field in reversed(fields):
            if not field.name.startswith(_PADDING) or field.type not in _SIZES:
                break
            padding += _SIZES[field.type] * max(field.length, 1)
        return padding

    def _lay(self, name: str, prefix: str, at: int, leaves: list[Leaf]) -> int | None:
        """Lay the fields of one format out; where the next byte is, or None where there are too many columns."""
        for field in self._fields_of(name):
            size = _SIZES.get(field.type)
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
    size = _SIZES[field.type]
    return [Leaf(f"{name}[{n}]", field.type, 0, at + n * size) for n in range(field.length)]
