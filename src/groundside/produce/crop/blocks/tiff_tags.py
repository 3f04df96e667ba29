"""Tags of a TIFF file, as they stand in it: TIFF 6.0, section 2, and its larger form, BigTIFF. Little-endian only."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

BIG = 43
"""The number in the head of a BigTIFF; 42 in that of others."""
MOST_TAGS, MOST_DIRECTORIES = 4096, 64
MOST_VALUE_BYTES = 64 << 20
TEXT = 2
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 12: 8, 16: 8}
_LETTERS = {1: "B", 3: "H", 4: "I", 12: "d", 16: "Q"}


class UnusualError(Exception):
    """A file is not as plain as is wanted here; it need not be wrong."""


@dataclass(frozen=True, slots=True)
class Tag:
    """
    The values of one tag.

    Args:
        kind: 1 byte, 2 text, 3 of two bytes, 4 of four, 12 double, 16 of eight.
        count: of the values.
        data: their bytes, little-endian.
    """

    kind: int
    count: int
    data: bytes

    def numbers(self) -> tuple[float, ...]:
        """Give the values; UnusualError where they are no numbers."""
        letter = _LETTERS.get(self.kind)
        if letter is None:
            raise UnusualError
        return struct.unpack(f"<{self.count}{letter}", self.data)

    def text(self) -> str:
        """Give the text; UnusualError where it is none."""
        if self.kind != TEXT:
            raise UnusualError
        try:
            return self.data.split(b"\0")[0].decode()
        except UnicodeDecodeError as error:
            raise UnusualError from error


Tags = Mapping[int, Tag]


def directories(file: BinaryIO, length: int, wanted: frozenset[int]) -> list[dict[int, Tag]]:
    """
    Read what a file says of each of its pictures.

    Args:
        file: open for reading.
        length: of the file in bytes.
        wanted: tags of the first picture whose values are read; of the others, and for all other tags of the first,
            only those that stand in the entry itself.

    Raises:
        UnusualError: it is no little-endian TIFF, is cut short, or its directories have no end.
        struct.error: it is cut short.
    """
    head = file.read(16)
    if head[:2] != b"II" or struct.unpack_from("<H", head, 2)[0] not in (42, BIG):
        raise UnusualError
    big = struct.unpack_from("<H", head, 2)[0] == BIG
    if big and struct.unpack_from("<HH", head, 4) != (8, 0):
        raise UnusualError
    at = struct.unpack_from("<Q" if big else "<I", head, 8 if big else 4)[0]
    found: list[dict[int, Tag]] = []
    while at:
        if len(found) == MOST_DIRECTORIES:
            raise UnusualError
        tags, at = _directory(file, at, length, big, frozenset() if found else wanted)
        found.append(tags)
    if not found:
        raise UnusualError
    return found


def _directory(
    file: BinaryIO, at: int, length: int, big: bool, wanted: frozenset[int]
) -> tuple[dict[int, Tag], int]:  # fmt: skip
    """Give the tags of one directory, and where the next is."""
    file.seek(_within(at, 8, length))
    count = struct.unpack("<Q", file.read(8))[0] if big else struct.unpack("<H", file.read(2))[0]
    size, form, room = (20, "<HHQ", 8) if big else (12, "<HHI", 4)
    if count > MOST_TAGS:
        raise UnusualError
    data = file.read(count * size + room)
    tags: dict[int, Tag] = {}
    for n in range(count):
        number, kind, values = struct.unpack_from(form, data, n * size)
        held = data[(n + 1) * size - room : (n + 1) * size]
        held_bytes = values * _SIZES.get(kind, 1)
        if held_bytes <= room:
            tags[number] = Tag(kind, values, held[:held_bytes])
        elif number in wanted:
            place = struct.unpack("<Q" if big else "<I", held)[0]
            tags[number] = Tag(kind, values, _values(file, place, held_bytes, length))
        else:
            tags[number] = Tag(kind, values, b"")
    return tags, struct.unpack_from("<Q" if big else "<I", data, count * size)[0]


def _values(file: BinaryIO, at: int, size: int, length: int) -> bytes:
    if size > MOST_VALUE_BYTES:
        raise UnusualError
    file.seek(_within(at, size, length))
    return file.read(size)


def _within(at: int, size: int, length: int) -> int:
    if at + size > length:
        raise UnusualError
    return at
