"""FMT records: where a binary log says how its records are laid out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np

from groundside.decode.ardupilot.groups import Offsets
from groundside.decode.ardupilot.layout import FMT, FMT_BYTES, HEADER_BYTES, MAX_BYTES, SIZES, Layout, believed, mended
from groundside.model.late import Late
from groundside.native.dataflash import by_byte, definition_from, headers

HEADER = b"\xa3\x95"
MAGIC = HEADER + bytes([FMT, FMT, FMT_BYTES]) + b"FMT\0" + b"BBnNZ".ljust(16, b"\0")
"""The start of nearly every log: the definition of definitions, up to the names of its columns."""
MAX_DEFINITIONS = 16_384
TYPE_BYTE = 2
_WITNESSES = 9
_NOWHERE = np.empty(0, np.int64)


def layout_of(record: bytes, offset: int) -> Layout | None:
    """Read an FMT record, or None where it does not look like one; where only its column names do not, without them."""
    layout = _read(record)
    return None if layout is None else layout.at(offset)


def is_meant(record: bytes) -> bool:
    """Whether an FMT record can be believed."""
    return _read(record) is not None


@lru_cache(maxsize=4096)
def _read(record: bytes) -> Layout | None:
    """Read an FMT record, wherever it stands: logs of one firmware all begin with the same ones."""
    if len(record) < FMT_BYTES:
        return None
    name, chars, labels = (_text(record[a:b]) for a, b in ((5, 9), (9, 25), (25, 89)))
    words = (name, chars, labels)
    return believed(0, record[3], record[4], words) or mended(0, record[3], record[4], words)


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("latin-1")


def definitions(data: memoryview) -> list[Layout]:
    """
    Find what may be FMT records anywhere in a file: all that can be believed and say something new.

    They are candidates: A3 95 80 may also stand in the payload of another record.
    """
    latest: dict[int, bytes] = {}
    found: list[Layout] = []
    by_type = Late(partial(_headers_by_type, data))
    for at in _places(data):
        record = bytes(data[at : at + FMT_BYTES])
        if len(record) < FMT_BYTES or latest.get(record[3]) == record or len(found) == MAX_DEFINITIONS:
            continue
        layout = layout_of(record, at)
        if layout is not None and layout.type != FMT:
            latest[layout.type] = record
            found.append(_with_header(layout, data, by_type))
    return whole_first(found)


def _places(data: memoryview) -> Iterator[int]:
    at = definition_from(data, 0)
    while at < len(data):
        yield at
        at = definition_from(data, at + 1)


def _headers_by_type(data: memoryview) -> dict[int, Offsets]:
    return by_byte(data, headers(data), TYPE_BYTE)


def whole_first(layouts: Sequence[Layout]) -> list[Layout]:
    """Leave damaged definitions out where the same type has one that is whole."""
    whole = {layout.type for layout in layouts if not layout.mended}
    return [layout for layout in layouts if not layout.mended or layout.type not in whole]


def _with_header(layout: Layout, data: memoryview, by_type: Late[dict[int, Offsets]]) -> Layout:
    """Put right a length counted without the header, where the records themselves show that it was."""
    size = _size(layout.chars)
    if layout.length + HEADER_BYTES != size or size > MAX_BYTES:
        return layout
    places = by_type().get(layout.type, _NOWHERE)
    first = int(np.searchsorted(places, layout.offset + FMT_BYTES))
    seen = places[first : first + _WITNESSES].tolist()
    stated, longer = (_followed(data, seen, length) for length in (layout.length, size))
    return replace(layout, length=size, headerless=True) if longer > stated else layout


@lru_cache(maxsize=4096)
def _size(chars: str) -> int:
    return HEADER_BYTES + sum(SIZES.get(char, MAX_BYTES) for char in chars)


def _followed(data: memoryview, places: Sequence[int], length: int) -> int:
    """Count, among these records, those that another header follows at once."""
    return sum(at + length == len(data) or bytes(data[at + length : at + length + 2]) == HEADER for at in places)
