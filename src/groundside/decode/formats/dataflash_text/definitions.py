"""FMT lines: where a text log says which columns its lines have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from groundside.decode.ardupilot.layout import CHARS, FMT_LAYOUT, HEADER_BYTES, MAX_BYTES, SIZES, Layout, believed

MAX_DEFINITIONS = 16_384
_PARTS = 5
_NEWLINE = 0x0A
_LINE = re.compile(rb"FMT *,[^\r\n]{0,400}")
_BOM = b"\xef\xbb\xbf"


def layout_in(line: bytes, offset: int) -> Layout | None:
    """
    Read an FMT line: "FMT, type, length, name, format characters, column names"; None where it cannot be meant.

    A character that nobody here knows is read as text. The length is not used: text has none.
    """
    parts = [part.strip() for part in line.decode("latin-1").split(",", _PARTS)]
    if len(parts) <= _PARTS or not (_whole(parts[1]) and _whole(parts[2])):
        return None
    name, chars, labels = parts[3:]
    labels = ",".join(label.strip() for label in labels.split(","))
    layout = believed(offset, int(parts[1]), max(HEADER_BYTES, min(int(parts[2]), MAX_BYTES)), (name, chars, labels))
    if layout is None or not chars:
        return None
    read = "".join(char if char in CHARS else "Z" for char in chars)
    return replace(layout, chars=read, length=HEADER_BYTES + sum(SIZES[char] for char in read))


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len("255")


def layouts_in(data: bytes | memoryview) -> Iterator[Layout]:
    """Find the FMT lines of a text that can be believed, in order."""
    view = memoryview(data)
    for match in _LINE.finditer(view):
        start = match.start()
        if not start or view[start - 1] == _NEWLINE or (start == len(_BOM) and bytes(view[:start]) == _BOM):
            layout = layout_in(match[0], start)
            if layout is not None:
                yield layout


def definitions(data: memoryview) -> Mapping[str, list[Layout]]:
    """
    Find the definitions of a file, by name of the message, in order.

    The first of a name holds from the start of the file, for lines may come before their FMT; another one that
    says something else holds from its place on.
    """
    found: dict[str, list[Layout]] = {"FMT": [FMT_LAYOUT]}
    for layout in islice(layouts_in(data), MAX_DEFINITIONS):
        if layout.name == "FMT":
            continue
        known = found.setdefault(layout.name, [])
        if not known or not known[-1].same_as(layout):
            known.append(layout)
    return found
