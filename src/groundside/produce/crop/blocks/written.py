"""A raster written block by block, which is there whole at the end or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from groundside.errors import NoSpace
from groundside.model.raster import STORED_NODATA, Window
from groundside.produce.crop.blocks.places import place_of

if TYPE_CHECKING:
    from rasterio.io import DatasetReader, DatasetWriter

TILE = 512
TILED: dict[str, Any] = {
    "driver": "GTiff",
    "tiled": True,
    "blockxsize": TILE,
    "blockysize": TILE,
    "compress": "zstd",
    "zstd_level": 1,
}


@dataclass(frozen=True, slots=True)
class Layer:
    """One band to be written: its name, what its whole numbers are multiplied by, and what is known of it."""

    name: str
    scale: float
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


class Writer:
    """Takes blocks from any thread; made by `written`."""

    def __init__(self, target: DatasetWriter) -> None:
        self._target, self._lock = target, Lock()

    def write(self, blocks: npt.NDArray[np.int16], window: Window) -> None:
        """Write one block of every band, shape (bands, rows, columns)."""
        with self._lock:
            self._target.write(blocks, window=place_of(window))


@contextmanager
def written(
    path: Path, like: DatasetReader, layers: list[Layer], cog: bool, tags: Mapping[str, str]
) -> Generator[Writer]:
    """
    Give a writer of int16 rasters; the file appears under `path` when the block ends without an error.

    Args:
        path: of the file.
        like: an open raster with the same pixels on the ground.
        layers: its bands.
        cog: write a Cloud-Optimised GeoTIFF, with overviews.
        tags: of the whole raster.

    Raises:
        NoSpace: the disk cannot take it, or the folder cannot be written.
    """
    from rasterio.errors import RasterioError

    temporary = _temporary(path)
    try:
        try:
            with _created(temporary, like, layers, tags) as target:
                yield Writer(target)
            if cog:
                _as_cog(temporary)
            temporary.replace(path)
        except (OSError, RasterioError) as error:
            what = f"{path} cannot be written: {error}."
            raise NoSpace(what, try_this="make room, or choose another folder with --out") from error
    finally:
        temporary.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    try:
        handle, name = tempfile.mkstemp(prefix=".groundside-", suffix=".tif", dir=path.parent)
    except OSError as error:
        what = f"{path} cannot be written: {error.strerror}."
        raise NoSpace(what, try_this="choose another folder with --out") from error
    os.close(handle)
    return Path(name)


def _created(path: Path, like: DatasetReader, layers: list[Layer], tags: Mapping[str, str]) -> DatasetWriter:
    import rasterio

    target = rasterio.open(
        path, "w", width=like.width, height=like.height, count=len(layers), dtype="int16", nodata=STORED_NODATA,
        crs=like.crs, transform=like.transform, interleave="band", predictor=2, num_threads=2, bigtiff="if_safer",
        sparse_ok=False, **TILED,
    )  # fmt: skip
    target.scales = tuple(layer.scale for layer in layers)
    target.descriptions = tuple(layer.name for layer in layers)
    target.update_tags(**tags)
    for number, layer in enumerate(layers, 1):
        target.update_tags(number, **layer.tags)
    return target


def _as_cog(path: Path) -> None:
    """Write the file anew as a Cloud-Optimised GeoTIFF; its overviews are means of those pixels that have a value."""
    from rasterio.shutil import copy

    made = path.with_suffix(".cog.tif")
    try:
        copy(
            path, made, driver="COG", compress="zstd", level=1, predictor="yes", blocksize=TILE, bigtiff="if_safer",
            overview_resampling="average", num_threads=2,
        )  # fmt: skip
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)
