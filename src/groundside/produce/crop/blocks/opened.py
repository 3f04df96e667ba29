"""A raster as it stands in a file: what its bands are, what stands for nothing, and how it is laid out in blocks."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from groundside.errors import BadRequest, NotUnderstood, TooLarge, Unreadable
from groundside.model.raster import Window
from groundside.native.indices import BANDS, KINDS

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

DRIVER = "GTiff"
"""Others may read further files by themselves, or run what a file says."""
MOST_BLOCK_BYTES = 256 << 20
WINDOW_PIXELS = 1 << 20
"""In one piece of work, unless one block of the file is larger."""
LEAST_TILE, MOST_TILE = 128, 1024
"""Rows and columns of tiles that are read and written one by one: smaller ones cost more to ask for than to read."""
REFLECTANCE_TAG = "GROUNDSIDE_REFLECTANCE"
"""A tag of rasters whose numbers, times the scale of the band, are absolute reflectance; its value says by what."""
_NAMES = {
    "blue": ("blue", "b"), "green": ("green", "g"), "red": ("red", "r"),
    "rededge": ("rededge", "re", "edge", "reg"), "nir": ("nir", "nearinfrared", "nearir", "n"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """
    What a raster file says of itself.

    Args:
        rows, columns: its size in pixels.
        bands: name of a band to its number, from 1; only those whose description or colour says which they are.
        count: of all bands.
        dtypes: type of numbers of each band.
        nodata: of each band the number that stands for nothing; None where there is none.
        scales, offsets: of each band: value = number * scale + offset.
        block: rows and columns of a block.
        alpha: number of the band that says what is there; None without one.
        masked: whether a mask of the file says so.
        reflectance: by what it became absolute reflectance; empty where nothing says that it is.
        placed: whether the file says where on the ground its pixels are.
    """

    rows: int
    columns: int
    bands: Mapping[str, int]
    count: int
    dtypes: tuple[str, ...]
    nodata: tuple[float | None, ...]
    scales: tuple[float, ...]
    offsets: tuple[float, ...]
    block: tuple[int, int]
    alpha: int | None
    masked: bool
    reflectance: str
    placed: bool = True


def opened(path: Path) -> DatasetReader:
    """
    Open a GeoTIFF for reading; each thread must open its own.

    Raises:
        Unreadable: it is not there or may not be read.
        NotUnderstood: it is no GeoTIFF.
    """
    import rasterio
    from rasterio.errors import RasterioIOError

    if not path.is_file():
        what = f"There is no file {path}."
        raise Unreadable(what, try_this="check the spelling")
    unplaced_is_well()
    try:
        return rasterio.open(path, driver=DRIVER)
    except RasterioIOError as error:
        what = f"{path.name} is no GeoTIFF that can be read."
        raise NotUnderstood(what, try_this="export the orthomosaic as GeoTIFF or Cloud-Optimised GeoTIFF") from error


def unplaced_is_well() -> None:
    """
    Have rasterio not warn, in this process, of rasters without a place: `Layout.placed` says it where it matters.

    It stays so. Filters of warnings are the whole process's, so that who takes one back at the end of a block (as
    `warnings.catch_warnings` does, also amid some imports) takes it from the threads that are still at work.
    """
    from rasterio.errors import NotGeoreferencedWarning

    if not any(kind == "ignore" and of is NotGeoreferencedWarning for kind, _, of, *_ in warnings.filters):
        warnings.simplefilter("ignore", NotGeoreferencedWarning)


def layout(source: DatasetReader) -> Layout:
    """
    Read what an open raster says of itself.

    Raises:
        NotUnderstood: its numbers are of a type that is no picture's.
        TooLarge: one block of it is too large to be held.
    """
    from rasterio.enums import ColorInterp, MaskFlags

    colours = list(source.colorinterp)
    alpha = colours.index(ColorInterp.alpha) + 1 if ColorInterp.alpha in colours else None
    block = (int(source.block_shapes[0][0]), int(source.block_shapes[0][1]))
    strange = [kind for kind in source.dtypes if kind not in KINDS]
    if strange:
        what = f"The raster holds numbers of the type {strange[0]}, of which no index can be made."
        raise NotUnderstood(what, try_this=f"one of {', '.join(KINDS)}")
    if block[0] * block[1] * 8 > MOST_BLOCK_BYTES:
        what = f"One block of the raster has {block[0]} x {block[1]} pixels, more than can be held in memory."
        raise TooLarge(what, try_this="gdal_translate -co TILED=YES IN OUT")
    return Layout(
        rows=source.height,
        columns=source.width,
        bands=named_bands(source.descriptions, [colour.name for colour in colours]),
        count=source.count,
        dtypes=tuple(source.dtypes),
        nodata=tuple(source.nodatavals),
        scales=tuple(source.scales),
        offsets=tuple(source.offsets),
        block=block,
        alpha=alpha,
        masked=alpha is None and MaskFlags.per_dataset in source.mask_flag_enums[0],
        reflectance=str(source.tags().get(REFLECTANCE_TAG, "")),
        placed=source.crs is not None and not source.transform.is_identity,
    )


def named_bands(descriptions: tuple[str | None, ...], colours: list[str]) -> dict[str, int]:
    """Tell bands by their descriptions, or by their colours where they have none: name to number, from 1."""
    found: dict[str, int] = {}
    for number, (said, colour) in enumerate(zip(descriptions, colours, strict=True), 1):
        name = _band_name(said) if said else _band_name(colour)
        if name and name not in found:
            found[name] = number
    return found


def _band_name(text: str) -> str | None:
    """Tell which band a description means; None where that is not certain."""
    plain = re.sub(r"[^a-z]", "", text.lower())
    return next((name for name, words in _NAMES.items() if plain in words), None)


def bands_asked(text: str, count: int) -> dict[str, int]:
    """
    Read which band of a raster is which: "red=3,nir=4".

    Raises:
        BadRequest: it does not say that, or names a band that is not there.
    """
    found: dict[str, int] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        said, _, number = part.partition("=")
        name = _band_name(said)
        if name is None or not number.strip().isdigit() or not 1 <= int(number) <= count:
            what = f"{part!r} names no band of this raster: it has {count}, counted from 1."
            raise BadRequest(what, try_this=f"NAME=NUMBER with names {', '.join(BANDS)}: red=3,nir=4")
        found[name] = int(number)
    return found


def bands_needed(kept: Layout, said: Mapping[str, int], names: tuple[str, ...]) -> dict[str, int]:
    """
    Choose the bands that are needed; what was said goes before what the file says. Order alone says nothing.

    Raises:
        BadRequest: it is not known which band is one of them.
    """
    known = {**kept.bands, **said}
    missing = [name for name in names if name not in known]
    if missing:
        what = f"Nothing says which of the {kept.count} bands is {' and '.join(missing)}."
        raise BadRequest(what, try_this="--bands " + ",".join(f"{name}=NUMBER" for name in missing))
    return {name: known[name] for name in names}


def tile_of(kept: Layout) -> tuple[int, int] | None:
    """Give rows and columns of its tiles, where what is made of a raster may have the same; None where it may not."""
    fits = all(LEAST_TILE <= side <= MOST_TILE and side % 16 == 0 for side in kept.block)
    return kept.block if fits else None


def windows(kept: Layout, single: bool = False) -> list[Window]:
    """
    Part a raster into windows of whole blocks, row by row, each of about `WINDOW_PIXELS` at most.

    A raster in strips is parted into bands of as many strips as fit.

    Args:
        kept: its layout.
        single: one block for each window.
    """
    block_rows, block_columns = kept.block
    if single:
        return _parted(kept, block_rows, block_columns)
    wide = min(kept.columns, max(block_columns, block_columns * (1024 // block_columns)))
    high = min(kept.rows, max(block_rows, WINDOW_PIXELS // wide // block_rows * block_rows))
    return _parted(kept, high, wide)


def _parted(kept: Layout, high: int, wide: int) -> list[Window]:
    return [
        Window(row, column, min(high, kept.rows - row), min(wide, kept.columns - column))
        for row in range(0, kept.rows, high)
        for column in range(0, kept.columns, wide)
    ]
