"""
Tiles of a GeoTIFF read from the file itself, where they are kept plainly: zstd or nothing, and whole numbers or floats.

GDAL says where they lie. It reads any other file, and takes about twice as long for each tile: it copies it through its
cache, and gives back one band at a time of bands that stand pixel by pixel.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from groundside.errors import Unreadable
from groundside.model.raster import Window
from groundside.native.indices import undo_differences
from groundside.produce.crop.blocks.opened import Layout, tile_of
from groundside.produce.crop.blocks.tile_tags import predictor_of
from groundside.produce.crop.blocks.zstd import unpacker

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

DIFFERENCES = 2
"""The predictor of TIFF that keeps horizontal differences."""
Numbers = npt.NDArray[Any]
Records = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tiles:
    """
    How the tiles of a file are kept.

    Args:
        path: of the file.
        tile: rows and columns of each, whole at the edges too.
        dtype: of all bands.
        together: bands in one tile, pixel by pixel: all of them, or 1 where each has tiles of its own.
        compressed: by zstd; else as they are.
        differences: whether horizontal differences are kept.
        records: by band, from 1 (1 alone where they stand together), and by row and column of tiles: offset and length
            in bytes; both 0 where there is no tile and nothing stands.
        empty: by band, the number that stands where there is no tile.
    """

    path: Path
    tile: tuple[int, int]
    dtype: np.dtype[Any]
    together: int
    compressed: bool
    differences: bool
    records: Mapping[int, Records]
    empty: tuple[float, ...]


def tiles_of(source: DatasetReader, kept: Layout, numbers: Sequence[int]) -> Tiles | None:
    """
    Say how the tiles of an open raster are kept; None where GDAL must read them.

    Args:
        source: the open file.
        kept: what it says of itself.
        numbers: of the bands that will be asked for.
    """
    said = source.tags(ns="IMAGE_STRUCTURE")
    predictor = _predictor(Path(source.name))
    together = kept.count if said.get("INTERLEAVE") == "PIXEL" else 1
    whole = np.dtype(kept.dtypes[0]).kind in "iu"
    if (
        len(set(kept.dtypes)) != 1
        or any("NBITS" in source.tags(band, ns="IMAGE_STRUCTURE") for band in numbers)
        or said.get("INTERLEAVE", "BAND") not in ("PIXEL", "BAND")
        or said.get("COMPRESSION", "NONE") not in ("NONE", "ZSTD")
        or not (predictor == 1 or (predictor == DIFFERENCES and whole))
        or tile_of(kept) is None
    ):
        return None
    records = {band: _records(source, kept, band) for band in ((1,) if together > 1 else numbers)}
    empty = tuple(0.0 if value is None or (whole and value != int(value)) else value for value in kept.nodata)
    return Tiles(
        Path(source.name), kept.block, np.dtype(kept.dtypes[0]), together, said.get("COMPRESSION") == "ZSTD",
        predictor == DIFFERENCES, records, empty,
    )  # fmt: skip


def _predictor(path: Path) -> int | None:
    if sys.byteorder != "little":
        return None
    with path.open("rb") as file:
        return predictor_of(file)


def _records(source: DatasetReader, kept: Layout, band: int) -> Records:
    down, across = (-(-size // side) for size, side in zip((kept.rows, kept.columns), kept.block, strict=True))
    found = [
        int(source.get_tag_item(f"BLOCK_{what}_{column}_{row}", "TIFF", bidx=band) or 0)
        for row in range(down)
        for column in range(across)
        for what in ("OFFSET", "SIZE")
    ]
    return np.array(found, np.int64).reshape(down, across, 2)


class TileReader:
    """One thread's reader of tiles; to be closed."""

    def __init__(self, tiles: Tiles) -> None:
        self._tiles = tiles
        self._file = tiles.path.open("rb")
        self._unpacker = unpacker() if tiles.compressed else None
        rows, columns = tiles.tile
        self._bytes = rows * columns * tiles.together * tiles.dtype.itemsize
        self._packed = bytearray()
        self._rooms: list[bytearray] = []

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        if self._unpacker is not None:
            self._unpacker.close()

    def read(self, numbers: Sequence[int], place: Window) -> list[Numbers]:
        """
        Read bands of one tile.

        Args:
            numbers: of the bands, from 1.
            place: of the tile, cut off at the edges of the raster.

        Returns:
            Each of shape (rows, columns), contiguous; it may be written to, and holds until the next are read.

        Raises:
            Unreadable: the tile is cut short or damaged.
        """
        tiles = self._tiles
        row, column = place.row // tiles.tile[0], place.column // tiles.tile[1]
        if tiles.together > 1:
            whole = self._tile(0, tiles.records[1][row, column], tiles.empty)
            return [np.ascontiguousarray(whole[: place.rows, : place.columns, number - 1]) for number in numbers]
        read = [self._tile(k, tiles.records[n][row, column], (tiles.empty[n - 1],)) for k, n in enumerate(numbers)]
        return [np.ascontiguousarray(whole[: place.rows, : place.columns, 0]) for whole in read]

    def _tile(self, room: int, record: Records, empty: tuple[float, ...]) -> Numbers:
        """Give one tile whole, shape (rows, columns, bands), in a room of that number."""
        offset, length = int(record[0]), int(record[1])
        rows, columns = self._tiles.tile
        if not length:
            found = np.empty((rows, columns, self._tiles.together), self._tiles.dtype)
            found[:] = empty
            return found
        raw = self._unpacked(self._taken(offset, length), self._room(room))
        numbers = np.frombuffer(raw, self._tiles.dtype).reshape(rows, columns * self._tiles.together)
        if self._tiles.differences:
            undo_differences(numbers, self._tiles.together)
        return numbers.reshape(rows, columns, self._tiles.together)

    def _taken(self, offset: int, length: int) -> memoryview:
        """Read bytes of the file into room that is used again."""
        if length > 2 * self._bytes + 4096:
            raise self._broken()  # more than any compressor makes of a tile
        if len(self._packed) < length:
            self._packed = bytearray(length)
        room = memoryview(self._packed)[:length]
        try:
            taken = os.preadv(self._file.fileno(), [room], offset)
        except OSError as error:
            raise self._broken() from error
        if taken != length:
            raise self._broken()
        return room

    def _room(self, number: int) -> bytearray:
        """Give room for a tile: the same again for the same number."""
        while len(self._rooms) <= number:
            self._rooms.append(bytearray(self._bytes))
        return self._rooms[number]

    def _unpacked(self, packed: memoryview, room: bytearray) -> bytearray | memoryview:
        """Give the bytes of a tile, which may be written to."""
        try:
            if self._unpacker is not None:
                return self._unpacker.unpack(packed, room)
        except (OSError, ValueError) as error:
            raise self._broken() from error
        if len(packed) != len(room):
            raise self._broken()
        room[:] = packed
        return room

    def _broken(self) -> Unreadable:
        what = f"A part of {self._tiles.path.name} cannot be read: it is cut short or damaged."
        return Unreadable(what, try_this="copy or export it again")
