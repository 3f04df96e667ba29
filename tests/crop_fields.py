"""A field that nobody owns, with images of it that were never flown."""

from __future__ import annotations

import io
import warnings
from datetime import date, timedelta

import numpy as np
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile
from rasterio.transform import Affine
from rasterio.warp import transform

from groundside.produce.crop.blocks.opened import REFLECTANCE_TAG

EAST, NORTH = 690_000.0, 5_152_000.0
"""Of the upper left corner, UTM 32 N: a place with nothing special about it."""
PIXEL_M, ROWS, COLUMNS = 0.5, 240, 320
EDGE = 20
"""Pixels around the field that the image shows besides."""
BANDS = ("blue", "green", "red", "rededge", "nir")


def lon_lat(column: float, row: float) -> tuple[float, float]:
    """Give where a pixel's corner lies."""
    lon, lat, *_ = transform("EPSG:32632", "EPSG:4326", [EAST + column * PIXEL_M], [NORTH - row * PIXEL_M])
    return float(lon[0]), float(lat[0])


def ring(left: float, top: float, right: float, bottom: float) -> list[list[float]]:
    """Give a rectangle of pixels as a closed ring of longitude and latitude."""
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    return [list(lon_lat(*each)) for each in corners]


FIELD = ring(EDGE, EDGE, COLUMNS - EDGE, ROWS - EDGE)
STRIP = ring(EDGE, EDGE, EDGE + 40, ROWS - EDGE)
"""The west of the field, where the crop is greenest."""


def vigour(share: float = 1.0) -> np.ndarray:
    """Give how green the crop is, 0 to 1: greenest in the west, a weak spot in the east, soil outside the field."""
    row, column = np.mgrid[0:ROWS, 0:COLUMNS].astype(float)
    spot = np.exp(-(((column - 230) / 45) ** 2 + ((row - 130) / 40) ** 2))
    rough = 0.03 * np.sin(column / 5.0) * np.cos(row / 7.0)
    green = np.clip(share * (0.9 - 0.2 * column / COLUMNS - 0.4 * spot) + rough, 0.05, 1.0)
    green[: EDGE // 2], green[-EDGE // 2 :] = 0.05, 0.05
    return green


def ortho(share: float = 1.0, *, panel: bool = True, placed: bool = True, names: bool = True) -> bytes:
    """Write a five-band orthomosaic of the field as GeoTIFF: reflectance, 10,000 for 1; 0 in a corner without value."""
    green = vigour(share)
    bands = np.stack(
        [0.05 - 0.02 * green, 0.09 - 0.02 * green, 0.16 - 0.12 * green, 0.2 + 0 * green, 0.2 + 0.3 * green]
    )
    numbers = np.rint(bands * 10_000).astype(np.uint16)
    numbers[:, :12, :12] = 0
    place = {"crs": "EPSG:32632", "transform": Affine(PIXEL_M, 0, EAST, 0, -PIXEL_M, NORTH)} if placed else {}
    with MemoryFile() as memory, warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with memory.open(
            driver="GTiff", width=COLUMNS, height=ROWS, count=len(BANDS), dtype="uint16", nodata=0, tiled=True,
            blockxsize=128, blockysize=128, compress="deflate", **place,
        ) as target:  # fmt: skip
            target.write(numbers)
            target.scales = [0.0001] * len(BANDS)
            if names:
                target.descriptions = BANDS
            if panel:
                target.update_tags(**{REFLECTANCE_TAG: "panel"})
        return memory.read()


def weather(begun: date = date(2026, 4, 20), days: int = 120) -> str:
    """Write weather of a warm summer."""
    out = io.StringIO("date,tmax_c,tmin_c\n")
    out.seek(0, io.SEEK_END)
    for n in range(days):
        out.write(f"{(begun + timedelta(days=n)).isoformat()},{24 + n % 5},{11 + n % 3}\n")
    return out.getvalue()
