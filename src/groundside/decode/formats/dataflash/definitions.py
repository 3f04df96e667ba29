"""FMT records: where a binary log says how its records are laid out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from groundside.decode.ardupilot.layout import FMT, FMT_BYTES, HEADER_BYTES, MAX_BYTES, SIZES, Layout, believed, mended

HEADER = b"\xa3\x95"
MAX_DEFINITIONS = 16_384
_WITNESSES = 8
_MAGIC = re.compile(rb"\xa3\x95\x80[\x00-\xff][\x03-\xff][A-Za-z0-9_]")
"""The start of an FMT record: header, type, length, and the first letter of a name."""


def layout_of(record: bytes, offset: int) -> Layout | None:
    """Read an FMT record, or None where it does not look like one; where only its column names do not, without them."""
    if len(record) < FMT_BYTES:
        return None
    name, chars, labels = (_text(record[a:b]) for a, b in ((5, 9), (9, 25), (25, 89)))
    words = (name, chars, labels)
    return believed(offset, record[3], record[4], words) or mended(offset, record[3], record[4], words)


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("latin-1")


def definitions(data: memoryview) -> list[Layout]:
    """
    Find what may be FMT records anywhere in a file: all that can be believed and say something new.

    They are candidates: A3 95 80 may also stand in the payload of another record.
    """
    latest: dict[int, bytes] = {}
    found: list[Layout] = []
    for match in _MAGIC.finditer(data):
        record = bytes(data[match.start() : match.start() + FMT_BYTES])
        if len(record) < FMT_BYTES or latest.get(record[3]) == record or len(found) == MAX_DEFINITIONS:
            continue
        layout = layout_of(record, match.start())
        if layout is not None and layout.type != FMT:
            latest[layout.type] = record
            found.append(_with_header(layout, data))
    return whole_first(found)


def whole_first(layouts: Sequence[Layout]) -> list[Layout]:
    """Leave damaged definitions out where the same type has one that is whole."""
    whole = {layout.type for layout in layouts if not layout.mended}
    return [layout for layout in layouts if not layout.mended or layout.type not in whole]


def _with_header(layout: Layout, data: memoryview) -> Layout:
    """Put right a length counted without the header, where the records themselves show that it was."""
    size = HEADER_BYTES + sum(SIZES.get(char, MAX_BYTES) for char in layout.chars)
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
