"""A grid of cells in longitude and latitude, and the means of a raster of any size over them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from groundside.errors import BadRequest, TooLarge
from groundside.model.place import LonLat
from groundside.model.prescription import CellGrid
from groundside.model.progress import Step
from groundside.model.query import Area
from groundside.model.raster import Window
from groundside.produce.crop.blocks.opened import layout, opened, windows
from groundside.produce.crop.blocks.places import environment
from groundside.produce.crop.blocks.rating import indices_of
from groundside.reference.geodesy import local_metres

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

Floats = NDArray[np.float64]
Progress = Callable[[Step], None]
Bounds = tuple[float, float, float, float]
MOST_CELLS = 4_000_000
PARTS = 4
"""A pixel larger than a quarter of a cell is counted in parts, so that each cell gets its share of it."""
TOGETHER = 8
"""Pixels smaller than this part of a cell are added up in squares of about it before anything asks where they lie."""
NODES = 17
"""Places of a window that are projected exactly, each way; those between are interpolated."""
DECIMALS = 9
"""Of degrees, as ISOXML has them: a tenth of a millimetre."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where pixels lie: bounds (west, south, east, north) in degrees, and the side in m of a square as large as one."""

    bounds: Bounds
    pixel_m: float


class Placed:
    """
    An open raster and where it lies.

    Args:
        source: open.
        corners: longitude and latitude of the corners of a raster that does not say where it lies: of its first pixel's
            outer corner, then clockwise as one looks at the image. None to believe the file.

    Raises:
        BadRequest: nothing says where it lies.
    """

    def __init__(self, source: DatasetReader, corners: tuple[LonLat, ...] | None) -> None:
        self.source = source
        if corners is None and (source.crs is None or source.transform.is_identity):
            what = f"{Path(source.name).name} does not say where on the ground it lies."
            raise BadRequest(what, try_this="an orthomosaic, or --corners FILE with the four corners of the image")
        self._corners = None if corners is None else np.array([(c.lon, c.lat) for c in corners])

    def lon_lat(self, columns: Floats, rows: Floats) -> tuple[Floats, Floats]:
        """Give where places of the raster lie, exactly; pixels and their parts, counted from the first corner."""
        if self._corners is not None:
            return self._between_corners(columns / self.source.width, rows / self.source.height)
        from rasterio.warp import transform

        a, b, c, d, e, f, *_ = self.source.transform
        x, y = (a * columns + b * rows + c).ravel(), (d * columns + e * rows + f).ravel()
        lon, lat, *_ = transform(self.source.crs, "EPSG:4326", x, y)
        return np.asarray(lon).reshape(columns.shape), np.asarray(lat).reshape(columns.shape)

    def _between_corners(self, across: Floats, down: Floats) -> tuple[Floats, Floats]:
        assert self._corners is not None
        first, second, third, fourth = self._corners
        one, other = 1.0 - across, 1.0 - down
        shares = (one * other, across * other, across * down, one * down)
        lon, lat = (
            sum(s * corner[axis] for s, corner in zip(shares, (first, second, third, fourth), strict=True))
            for axis in (0, 1)
        )
        return np.asarray(lon), np.asarray(lat)

    def ground(self) -> Ground:
        """
        Say where it lies.

        Raises:
            BadRequest: not on the ground, or over the antimeridian.
        """
        wide, high = float(self.source.width), float(self.source.height)
        columns, rows = np.meshgrid(np.linspace(0.0, wide, NODES), np.linspace(0.0, high, NODES))
        lon, lat = self.lon_lat(columns, rows)
        if not (np.isfinite(lon).all() and np.isfinite(lat).all()) or np.ptp(lon) > 90.0 or np.abs(lat).max() > 85.0:
            what = "The raster lies over the antimeridian, near a pole, or not on the ground."
            raise BadRequest(what, try_this="cut it in two")
        middle = LonLat(float(lon.mean()), float(lat.mean()))
        x, y = (each.reshape(lon.shape) for each in local_metres(lon.ravel(), lat.ravel(), middle))
        across, down = (np.hypot(np.diff(x, axis=n), np.diff(y, axis=n)).mean() * (NODES - 1) for n in (1, 0))
        bounds = float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())
        return Ground(bounds, math.sqrt(float(across) / wide * float(down) / high))


def grid_over(bounds: Bounds, cell_m: float) -> CellGrid:
    """
    Lay cells over bounds.

    Args:
        bounds: west, south, east, north, degrees.
        cell_m: side of a cell in the middle of them.

    Raises:
        TooLarge: that would be more than four million.
    """
    west, south, east, north = bounds
    middle = LonLat((west + east) / 2, (south + north) / 2)
    off = 1e-4
    x, y = local_metres([middle.lon + off], [middle.lat + off], middle)
    cell_lon, cell_lat = cell_m * off / float(x[0]), cell_m * off / float(y[0])
    west, south = round(west, DECIMALS), round(south, DECIMALS)
    columns = max(1, math.ceil((east - west) / cell_lon - 1e-6))
    rows = max(1, math.ceil((north - south) / cell_lat - 1e-6))
    if rows * columns > MOST_CELLS:
        what = f"{rows:,} x {columns:,} cells of {cell_m:g} m are more than any terminal holds."
        raise TooLarge(what, try_this="a larger --cell, in metres, or a --field that is smaller")
    return CellGrid(west, south, cell_lon, cell_lat, rows, columns, cell_m**2 / 10_000.0)


def bounds_of(area: Area) -> Bounds:
    """Give the bounds of an area."""
    places = np.array([(at.lon, at.lat) for rings in area.polygons for ring in rings for at in ring])
    (west, south), (east, north) = places.min(axis=0), places.max(axis=0)
    return float(west), float(south), float(east), float(north)


def means(
    path: Path, band: int, corners: tuple[LonLat, ...] | None, grid: CellGrid, progress: Progress
) -> tuple[Floats, Floats]:
    """
    Average a raster over the cells of a grid, block by block.

    Args:
        path: a GeoTIFF; its scale, offset, nodata and mask are believed.
        band: its number, from 1.
        corners: as `Placed` takes them.
        grid: the cells.
        progress: told after every block.

    Returns:
        The mean of the values in each cell, NaN where there is none; and about which share of each cell they
        cover. Both (rows, columns), north first.
    """
    sums, cell_m = _Sums(grid), math.sqrt(grid.cell_ha * 10_000.0)
    with environment(), opened(path) as source:
        kept, placed = layout(source), Placed(source, corners)
        pixel_m = placed.ground().pixel_m
        parts = max(1, math.ceil(PARTS * pixel_m / cell_m))
        together = max(1, int(cell_m / pixel_m / TOGETHER))
        for n, place in enumerate(places := _small(windows(kept), parts), 1):
            total, count = _gathered(indices_of(source, kept, band, place), parts, together)
            down, across = (_middles(size, parts, together) for size in (place.rows, place.columns))
            sums.add(total, count, *_places(placed, place, down, across))
            progress(Step(0, 1, n, len(places), path.name))
    return sums.means(), sums.count * (pixel_m / parts) ** 2 / (grid.cell_ha * 10_000.0)


def _gathered(values: Floats, parts: int, together: int) -> tuple[Floats, Floats]:
    """Give the sum and the number of values of each square of pixels, or of each part of one."""
    there = np.isfinite(values)
    return _squares(np.where(there, values, 0.0), parts, together), _squares(there.astype(float), parts, together)


def _squares(values: Floats, parts: int, together: int) -> Floats:
    if parts > 1:
        return values.repeat(parts, axis=0).repeat(parts, axis=1)
    if together == 1:
        return values
    rows, columns = (np.arange(0, size, together) for size in values.shape)
    return np.asarray(np.add.reduceat(np.add.reduceat(values, rows, 0), columns, 1), dtype=np.float64)


def _middles(size: int, parts: int, together: int) -> Floats:
    """Give where the middles of those squares or parts lie, in pixels from the edge of the window."""
    if parts > 1:
        return (np.arange(size * parts) + 0.5) / parts
    first = np.arange(0, size, together)
    return (first + np.minimum(first + together, size)) / 2.0


class _Sums:
    """What fell into each cell so far."""

    def __init__(self, grid: CellGrid) -> None:
        self._grid = grid
        self.total, self.count = np.zeros((grid.rows, grid.columns)), np.zeros((grid.rows, grid.columns))

    def add(self, total: Floats, count: Floats, lon: Floats, lat: Floats) -> None:
        grid = self._grid
        column = np.floor((lon - grid.west) / grid.cell_lon).astype(np.int64)
        row = np.floor((grid.north - lat) / grid.cell_lat).astype(np.int64)
        inside = (count > 0) & (column >= 0) & (column < grid.columns) & (row >= 0) & (row < grid.rows)
        rows, columns = row[inside], column[inside]
        if not rows.size:
            return
        top, left = int(rows.min()), int(columns.min())
        shape = int(rows.max()) - top + 1, int(columns.max()) - left + 1
        cells, size = (rows - top) * shape[1] + columns - left, shape[0] * shape[1]
        part = slice(top, top + shape[0]), slice(left, left + shape[1])
        self.total[part] += np.bincount(cells, total[inside], size).reshape(shape)
        self.count[part] += np.bincount(cells, count[inside], size).reshape(shape)

    def means(self) -> Floats:
        return np.divide(self.total, self.count, out=np.full(self.total.shape, np.nan), where=self.count > 0)


def _small(many: list[Window], parts: int) -> list[Window]:
    """Cut windows whose pixels are counted in parts, so that they need no more memory than others."""
    if parts == 1:
        return many
    side = max(16, 1024 // parts)
    return [
        Window(row, column, min(side, w.row + w.rows - row), min(side, w.column + w.columns - column))
        for w in many
        for row in range(w.row, w.row + w.rows, side)
        for column in range(w.column, w.column + w.columns, side)
    ]


def _places(placed: Placed, place: Window, down: Floats, across: Floats) -> tuple[Floats, Floats]:
    """Give where places of a window lie, said in pixels from its edges: exact at nodes, bilinear between."""
    rows = np.linspace(place.row, place.row + place.rows, NODES)
    columns = np.linspace(place.column, place.column + place.columns, NODES)
    lon, lat = placed.lon_lat(*np.meshgrid(columns, rows))
    by_row, by_column = down / place.rows * (NODES - 1), across / place.columns * (NODES - 1)
    return _bilinear(lon, by_row, by_column), _bilinear(lat, by_row, by_column)


def _bilinear(nodes: Floats, rows: Floats, columns: Floats) -> Floats:
    by_row = np.minimum(rows.astype(np.int64), NODES - 2)
    by_column = np.minimum(columns.astype(np.int64), NODES - 2)
    down, across = (rows - by_row)[:, None], (columns - by_column)[None, :]
    some = nodes[by_row] * (1.0 - down) + nodes[by_row + 1] * down
    return some[:, by_column] * (1.0 - across) + some[:, by_column + 1] * across
