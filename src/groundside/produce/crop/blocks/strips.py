"""The index of a drawn part of a raster: the strip that wants no nitrogen, which the rest is compared with."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from groundside.errors import BadRequest
from groundside.model.progress import Step
from groundside.model.query import Area
from groundside.model.raster import Window
from groundside.produce.crop.blocks.opened import layout, opened, windows
from groundside.produce.crop.blocks.places import environment
from groundside.produce.crop.blocks.rating import indices_of

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

FEWEST_PIXELS = 100
"""Our choice: the mean of fewer says little of a strip."""


@dataclass(frozen=True, slots=True)
class Within:
    """The index inside a drawn area: its mean, its standard deviation, and how many pixels with a value there are."""

    mean: float
    deviation: float
    pixels: int


def index_within(path: Path, band: int, area: Area, progress: Callable[[Step], None]) -> Within:
    """
    Say what an index is inside an area: pixels whose middle lies in it, and that have a value.

    Args:
        path: of the index raster; its scale is believed.
        band: its number, from 1.
        area: as it was drawn, in longitude and latitude.
        progress: told after every block that it touches.

    Raises:
        BadRequest: the raster does not say where it lies; the area holds fewer than 100 pixels with a value.
        Unreadable: a block of the raster cannot be read.
    """
    count, total, squares = 0, 0.0, 0.0
    with environment(), opened(path) as source:
        kept = layout(source)
        if not kept.placed:
            what = f"{path.name} does not say where on the ground it lies, so nothing can be drawn in it."
            raise BadRequest(what, try_this="an orthomosaic with a coordinate reference system")
        shapes = _shapes(source, area)
        touched = [place for place in windows(kept) if _touches(source, place, shapes)]
        for number, place in enumerate(touched, 1):
            values = indices_of(source, kept, band, place)[inside_of(source, place, shapes)]
            values = values[np.isfinite(values)]
            count, total = count + values.size, total + float(values.sum())
            squares += float(np.dot(values, values))
            progress(Step(0, 1, number, len(touched), path.name))
    if count < FEWEST_PIXELS:
        what = f"The area that was drawn holds {count} pixels of {path.name} with a value; {FEWEST_PIXELS} are needed."
        raise BadRequest(what, try_this="draw it larger, and where the raster is")
    mean = total / count
    return Within(mean, math.sqrt(max(squares / count - mean * mean, 0.0)), count)


def _shapes(source: DatasetReader, area: Area) -> list[dict[str, Any]]:
    """Give the area in the raster's own reference system, as GeoJSON geometries."""
    from rasterio.warp import transform_geom

    return [
        transform_geom("EPSG:4326", source.crs, {
            "type": "Polygon", "coordinates": [[(at.lon, at.lat) for at in (*ring, ring[0])] for ring in rings],
        })
        for rings in area.polygons
    ]  # fmt: skip


def _touches(source: DatasetReader, place: Window, shapes: list[dict[str, Any]]) -> bool:
    from rasterio.features import bounds

    corners = [
        _ground(source, place.row + row, place.column + column)
        for row in (0, place.rows)
        for column in (0, place.columns)
    ]
    east, north = (np.array(side) for side in zip(*corners, strict=True))
    return any(
        b[0] <= east.max() and b[2] >= east.min() and b[1] <= north.max() and b[3] >= north.min()
        for b in map(bounds, shapes)
    )


def inside_of(source: DatasetReader, place: Window, shapes: list[dict[str, Any]]) -> npt.NDArray[np.bool_]:
    """Say which pixels of a window have their middle in GeoJSON geometries of the raster's own reference system."""
    from affine import Affine
    from rasterio.features import geometry_mask

    east, north = _ground(source, place.row, place.column)
    a, b, _, d, e, _ = source.transform[:6]
    return geometry_mask(shapes, (place.rows, place.columns), Affine(a, b, east, d, e, north), invert=True)


def _ground(source: DatasetReader, row: int, column: int) -> tuple[float, float]:
    """Give the corner of a pixel in the raster's own reference system."""
    a, b, c, d, e, f = source.transform[:6]
    return a * column + b * row + c, d * column + e * row + f
