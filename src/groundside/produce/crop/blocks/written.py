"""A raster written block by block, which is there whole at the end or not at all."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import numpy.typing as npt

from groundside.errors import NoSpace
from groundside.model.raster import STORED_NODATA, Window
from groundside.native.indices import differences
from groundside.produce.crop.blocks.head import Ground, Layer, head
from groundside.produce.crop.blocks.places import environment, place_of, writing
from groundside.produce.crop.blocks.tile_tags import point_to_tiles
from groundside.produce.crop.blocks.zstd import Packer, packer

if TYPE_CHECKING:
    from affine import Affine
    from rasterio.io import DatasetReader, DatasetWriter

TILE = 512
LEVEL = 1
"""Of zstd: higher ones take twice the time and more for a twentieth of the bytes."""


Blocks = npt.NDArray[np.int16]
Packed = list[Any]
"""What is left to be written of a window; only the writer that packed it knows."""


class Writer(ABC):
    """Takes blocks of every band, shape (bands, rows, columns), in the order of the windows; made by `written`."""

    @abstractmethod
    def pack(self, blocks: Blocks, window: Window) -> Packed:
        """Do what several threads may do at once; nothing of the blocks is held."""

    @abstractmethod
    def put(self, packed: Packed) -> None:
        """Write what was packed; by one thread."""

    def write(self, blocks: Blocks, window: Window) -> None:
        """Write one block of every band; by one thread."""
        self.put(self.pack(blocks, window))


class _ByGdal(Writer):
    """Writes blocks of any place through GDAL."""

    def __init__(self, target: DatasetWriter) -> None:
        self._target = target

    def pack(self, blocks: Blocks, window: Window) -> Packed:
        return [blocks.copy(), window]

    def put(self, packed: Packed) -> None:
        blocks, window = packed
        self._target.write(blocks, window=place_of(window))


class _ByTiles(Writer):
    """Appends packed tiles to a file that was begun, and says in it where they are."""

    def __init__(self, file: BinaryIO, size: tuple[int, int], bands: int, tile: tuple[int, int]) -> None:
        self._file, self._tile = file, tile
        self._own, self._packers = local(), list[Packer]()
        self._end = file.seek(0, os.SEEK_END)
        down, across = -(-size[0] // tile[0]), -(-size[1] // tile[1])
        self._records = np.zeros((bands, down, across, 2), np.int64)

    def pack(self, blocks: Blocks, window: Window) -> Packed:
        rows, columns = self._tile
        return [
            ((band, (window.row + row) // rows, (window.column + column) // columns), *self._packed(block))
            for band, whole in enumerate(blocks)
            for row in range(0, window.rows, rows)
            for column in range(0, window.columns, columns)
            for block in (whole[row : row + rows, column : column + columns],)
        ]

    def put(self, packed: Packed) -> None:
        for where, whose, data in packed:
            self._file.write(data)
            self._records[where] = self._end, data.nbytes
            self._end += data.nbytes
            whose.again(data)

    def finish(self) -> None:
        """Say where the tiles are."""
        point_to_tiles(self._file, self._records[..., 0].ravel(), self._records[..., 1].ravel())

    def close(self) -> None:
        """Give back what the packers hold."""
        for one in self._packers:
            one.close()

    def _packed(self, block: Blocks) -> tuple[Packer, memoryview]:
        own = self._own
        if not hasattr(own, "whole"):
            own.whole, own.differences = np.empty(self._tile, np.int16), np.empty(self._tile, np.int16)
            own.packer = packer(LEVEL)
            self._packers.append(own.packer)
        if block.shape != self._tile or not block.flags.c_contiguous:
            own.whole[:] = STORED_NODATA
            own.whole[: block.shape[0], : block.shape[1]] = block
            block = own.whole
        differences(block, own.differences)
        return own.packer, own.packer.pack(own.differences.data)


@contextmanager
def written(
    path: Path, like: DatasetReader | Ground, layers: list[Layer], cog: bool, tags: Mapping[str, str],
    tile: tuple[int, int] | None = None,
) -> Generator[Writer]:  # fmt: skip
    """
    Give a writer of int16 rasters; the file appears under `path` when the block ends without an error.

    Args:
        path: of the file.
        like: the same pixels on the ground: an open raster, or what was read without GDAL, which then is not needed.
        layers: its bands.
        cog: write a Cloud-Optimised GeoTIFF, with overviews.
        tags: of the whole raster.
        tile: rows and columns of a tile, where every window that will be written begins with one and ends with one or
            at the edge; None for any windows. Of no use with a `Ground`, which says it.

    Raises:
        NoSpace: the disk cannot take it, or the folder cannot be written.
    """
    temporary = _temporary(path)
    try:
        try:
            with _writer(temporary, like, layers, tags, tile) as writer:
                yield writer
            if cog:
                _as_cog(temporary)
            temporary.replace(path)
        except OSError as error:
            what = f"{path} cannot be written: {error}."
            raise NoSpace(what, try_this="make room, or choose another folder with --out") from error
    finally:
        temporary.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    """Begin a file of a name that nobody has, for its owner alone."""
    found = path.with_name(f".groundside-{os.urandom(8).hex()}.tif")
    try:
        os.close(os.open(found, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        what = f"{path} cannot be written: {error.strerror}."
        raise NoSpace(what, try_this="choose another folder with --out") from error
    return found


@contextmanager
def _writer(
    path: Path, like: DatasetReader | Ground, layers: list[Layer], tags: Mapping[str, str],
    tile: tuple[int, int] | None,
) -> Generator[Writer]:  # fmt: skip
    if isinstance(like, Ground):
        path.write_bytes(head(like, layers, tags))
        size, tile = (like.rows, like.columns), like.tile
    elif tile is None:
        with writing(), _created(path, like, layers, tags) as target:
            yield _ByGdal(target)
        return
    else:
        with writing():
            _created(path, like, layers, tags, tile).close()
        size = (like.height, like.width)
    with path.open("r+b") as file:
        writer = _ByTiles(file, size, len(layers), tile)
        try:
            yield writer
            writer.finish()
        finally:
            writer.close()


def _created(
    path: Path, like: DatasetReader, layers: list[Layer], tags: Mapping[str, str], tile: tuple[int, int] | None = None
) -> DatasetWriter:
    """Begin a file: where tiles are given, GDAL writes nothing for those that it was not handed."""
    import rasterio

    rows, columns = tile or (TILE, TILE)
    target = rasterio.open(
        path, "w", driver="GTiff", width=like.width, height=like.height, count=len(layers), dtype="int16",
        nodata=STORED_NODATA, crs=like.crs, transform=_place(like), interleave="band", tiled=True, blockxsize=columns,
        blockysize=rows, compress="zstd", zstd_level=LEVEL, predictor=2, num_threads=2, bigtiff="if_safer",
        sparse_ok=tile is not None,
    )  # fmt: skip
    target.scales = tuple(layer.scale for layer in layers)
    target.descriptions = tuple(layer.name for layer in layers)
    target.update_tags(**tags)
    for number, layer in enumerate(layers, 1):
        target.update_tags(number, **layer.tags)
    return target


def _place(like: DatasetReader) -> Affine | None:
    """Say where the pixels lie; nothing where the raster that they are made of does not say it either."""
    return None if like.transform.is_identity else like.transform


def _as_cog(path: Path) -> None:
    """Write the file anew as a Cloud-Optimised GeoTIFF; its overviews are means of those pixels that have a value."""
    from rasterio.shutil import copy

    made = path.with_suffix(".cog.tif")
    try:
        with environment(), writing():
            copy(
                path, made, driver="COG", compress="zstd", level=1, predictor="yes", blocksize=TILE,
                bigtiff="if_safer", overview_resampling="average", num_threads=2,
            )  # fmt: skip
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)
