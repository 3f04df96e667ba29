"""What rasterio is asked with: its environment and its windows."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from groundside.errors import Unreadable
from groundside.model.raster import Window

if TYPE_CHECKING:
    from rasterio import Env
    from rasterio.windows import Window as Place

CACHE_BYTES = 48 << 20
"""Of GDAL, for all threads together."""


def environment() -> Env:
    """Bound what GDAL keeps in memory; threads are ours."""
    import rasterio

    return rasterio.Env(GDAL_CACHEMAX=CACHE_BYTES, GDAL_NUM_THREADS=1)


def place_of(window: Window) -> Place:
    """Say a window as rasterio does: columns first."""
    from rasterio.windows import Window as Place

    return Place(window.column, window.row, window.columns, window.rows)  # pyright: ignore[reportCallIssue]


@contextmanager
def reading(name: str) -> Generator[None]:
    """
    Say that a raster cannot be read where rasterio says so while the block runs.

    Raises:
        Unreadable: a block of it is cut short or damaged.
    """
    from rasterio.errors import RasterioIOError

    try:
        yield
    except RasterioIOError as error:
        what = f"A part of {name} cannot be read: it is cut short or damaged."
        raise Unreadable(what, try_this="copy or export it again") from error


@contextmanager
def writing() -> Generator[None]:
    """Say by an OSError that rasterio cannot write while the block runs."""
    from rasterio.errors import RasterioError

    try:
        yield
    except RasterioError as error:
        raise OSError(str(error)) from error
