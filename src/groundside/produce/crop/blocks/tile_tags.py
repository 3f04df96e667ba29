"""What a TIFF file says of its tiles: where they are, and what was done to their numbers."""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

PREDICTOR, TILE_OFFSETS, TILE_BYTE_COUNTS = 317, 324, 325
MOST_TAGS = 4096
"""In a directory; more is no picture."""
BIG = 43
"""The number in the head of a BigTIFF."""

Numbers = npt.NDArray[np.int64]


def predictor_of(file: BinaryIO) -> int | None:
    """
    Say what was done to the numbers of the first picture before they were compressed: 1 nothing, 2 differences.

    Returns:
        The tag Predictor; 1 where there is none; None where the file is not little-endian, or no TIFF.
    """
    head = file.read(16)
    if len(head) < 16 or head[:2] != b"II":
        return None
    big = struct.unpack_from("<H", head, 2)[0] == BIG
    try:
        entry = _entries(file, head, big).get(PREDICTOR)
    except (struct.error, OSError):
        return None
    if entry is None:
        return 1
    file.seek(entry + (12 if big else 8))
    return int(struct.unpack("<H", file.read(2))[0])


def point_to_tiles(file: BinaryIO, offsets: Numbers, lengths: Numbers) -> None:
    """
    Say in a TIFF file of one directory where its tiles are: TileOffsets and TileByteCounts of TIFF 6.0, section 15.

    Args:
        file: a little-endian TIFF or BigTIFF that has both tags, open for reading and writing.
        offsets, lengths: of the tiles in bytes, in their order; 0 and 0 for one that is not there.
    """
    file.seek(0)
    head = file.read(16)
    big = struct.unpack_from("<H", head, 2)[0] == BIG
    entries = _entries(file, head, big)
    for tag, values in ((TILE_OFFSETS, offsets), (TILE_BYTE_COUNTS, lengths)):
        data = values.astype("<u8" if big else "<u4").tobytes()
        room = 8 if big else 4
        if len(data) > room:
            data = struct.pack("<Q" if big else "<I", _appended(file, data))
        kind = 16 if big else 4
        said = struct.pack("<HHQ" if big else "<HHI", tag, kind, len(values))
        file.seek(entries[tag])
        file.write(said + data.ljust(room, b"\0"))


def _entries(file: BinaryIO, head: bytes, big: bool) -> dict[int, int]:
    """Give the place of the entry of each tag."""
    at = struct.unpack_from("<Q", head, 8)[0] if big else struct.unpack_from("<I", head, 4)[0]
    file.seek(at)
    count = struct.unpack("<Q", file.read(8))[0] if big else struct.unpack("<H", file.read(2))[0]
    first, size = file.tell(), 20 if big else 12
    data = file.read(min(count, MOST_TAGS) * size)
    return {struct.unpack_from("<H", data, n * size)[0]: first + n * size for n in range(min(count, MOST_TAGS))}


def _appended(file: BinaryIO, data: bytes) -> int:
    """Write at the end, at a whole word as TIFF asks, and say where."""
    end = file.seek(0, os.SEEK_END)
    file.write(bytes(end % 2) + data)
    return end + end % 2
