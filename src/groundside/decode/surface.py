"""
The one elevation source: an owner's GeoTIFF, read in small windows where heights are asked for.

It opens the file itself, where other decoders are handed bytes: an elevation model of a county is larger than memory,
and GDAL must seek in it. Nothing but one ordinary GeoTIFF is ever opened: no virtual files, no sidecars, no network.
"""

from __future__ import annotations

from collections import OrderedDict
from math import hypot
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from groundside.errors import BadRequest, NotUnderstood, TooLarge, Unreadable
from groundside.model.place import LonLat
from groundside.model.surface import UNKNOWN_DATUM
from groundside.reference.geodesy import distance_m

if TYPE_CHECKING:
    from types import TracebackType

    from pyproj import CRS

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

TILE = 256
"""Cells on each side of what is read at once."""
KEPT_TILES = 64
MOST_BLOCK_BYTES = 256 << 20
FOOT_M = 0.3048
SURVEY_FOOT_M = 1200.0 / 3937.0
"""Source: NIST Special Publication 811 (2008), appendix B.6."""
UNIT_M = {
    "": 1.0, "m": 1.0, "metre": 1.0, "meter": 1.0, "metres": 1.0, "meters": 1.0,
    "ft": FOOT_M, "foot": FOOT_M, "feet": FOOT_M, "international foot": FOOT_M,
    "us survey foot": SURVEY_FOOT_M, "us-ft": SURVEY_FOOT_M, "ftus": SURVEY_FOOT_M, "foot_us": SURVEY_FOOT_M,
    "us_survey_foot": SURVEY_FOOT_M,
}  # fmt: skip


class RasterSurface:
    """
    Heights of a GeoTIFF's first band, bilinear between the centres of its cells.

    Within half a cell of the edge the outermost cells go on level. A height is NaN where any cell that it leans on is
    without data. Safe to ask from several threads; close it, or use it in a `with` block.

    Args:
        path: the file.

    Raises:
        Unreadable: there is no such file, or the operating system refuses.
        NotUnderstood: it is no GeoTIFF.
        BadRequest: it does not say where on Earth it lies, or in what unit its heights are.
        TooLarge: its blocks are larger than 256 MB each.
    """

    def __init__(self, path: Path) -> None:
        self._raster = _opened(path)
        try:
            crs = _crs(self._raster, path)
            self._to_raster, self._to_ground = _transformers(crs)
            self._inverse = ~self._raster.transform
            self._unit_m = _unit_m(self._raster, crs, path)
            self.datum = _datum(crs)
            self.cell_m = self._cell_m()
        except BaseException:
            self._raster.close()
            raise
        self._tiles: OrderedDict[tuple[int, int], Floats] = OrderedDict()
        self._lock = Lock()

    def __enter__(self) -> RasterSurface:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._raster.close()

    def heights_m(self, lon: ArrayLike, lat: ArrayLike) -> Floats:
        """
        Say how high the ground stands at each of many positions.

        Args:
            lon: degrees of WGS 84, any shape.
            lat: the same shape.

        Returns:
            Metres above `datum`, in that shape; NaN outside the raster and where it has no data.

        Raises:
            Unreadable: a part of the file that is needed is broken.
        """
        lons, lats = np.broadcast_arrays(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
        rows, columns = self._cells(lons.ravel(), lats.ravel())
        heights = np.full(rows.shape, np.nan)
        height, width = self._raster.shape
        inside = (rows >= 0) & (rows <= height) & (columns >= 0) & (columns <= width)
        at = np.flatnonzero(inside)
        heights[at] = self._bilinear(rows[at] - 0.5, columns[at] - 0.5)
        return heights.reshape(lons.shape)

    def _cells(self, lons: Floats, lats: Floats) -> tuple[Floats, Floats]:
        """Give row and column of each position, counted in cells from the outer corner; NaN or infinite where none."""
        x, y = self._to_raster.transform(lons, lats)
        a, b, c, d, e, f = self._inverse[:6]
        x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
        return d * x + e * y + f, a * x + b * y + c

    def _bilinear(self, rows: Floats, columns: Floats) -> Floats:
        height, width = self._raster.shape
        rows, columns = np.clip(rows, 0.0, height - 1.0), np.clip(columns, 0.0, width - 1.0)
        top, left = np.floor(rows).astype(np.int64), np.floor(columns).astype(np.int64)
        down, right = rows - top, columns - left
        total = np.zeros(rows.shape)
        for row, of_row in ((top, 1.0 - down), (np.minimum(top + 1, height - 1), down)):
            for column, of_column in ((left, 1.0 - right), (np.minimum(left + 1, width - 1), right)):
                share = of_row * of_column
                total += np.where(share > 0.0, self._at(row, column) * share, 0.0)
        return total

    def _at(self, rows: Whole, columns: Whole) -> Floats:
        """Give the heights of cells, tile by tile."""
        across = self._raster.shape[1] // TILE + 1
        number = (rows // TILE) * across + columns // TILE
        heights = np.empty(rows.shape)
        if not len(number):
            return heights
        first = int(number.min())
        for each in first + np.flatnonzero(np.bincount(number - first)):
            mine = number == each
            row, column = int(each) // across, int(each) % across
            tile = self._tile(row, column)
            heights[mine] = tile[rows[mine] - row * TILE, columns[mine] - column * TILE]
        return heights

    def _tile(self, row: int, column: int) -> Floats:
        with self._lock:
            tile = self._tiles.pop((row, column), None)
            if tile is None:
                tile = self._read(row, column)
            self._tiles[row, column] = tile
            while len(self._tiles) > KEPT_TILES:
                self._tiles.popitem(last=False)
            return tile

    def _read(self, row: int, column: int) -> Floats:
        from rasterio.errors import RasterioError
        from rasterio.windows import Window

        height, width = self._raster.shape
        top, left = row * TILE, column * TILE
        window = Window(left, top, min(TILE, width - left), min(TILE, height - top))  # pyright: ignore[reportCallIssue]
        try:
            cells = self._raster.read(1, window=window, masked=True)
        except (RasterioError, OSError) as error:
            what = f"{Path(self._raster.name).name} is broken at row {top:,}, column {left:,}."
            raise Unreadable(what, try_this="fetch the elevation model again") from error
        heights = np.ma.filled(cells.astype(np.float64), np.nan)
        return (heights * self._raster.scales[0] + self._raster.offsets[0]) * self._unit_m

    def _cell_m(self) -> float:
        """Measure a cell's mean side at the middle of the raster."""
        height, width = self._raster.shape
        a, b, c, d, e, f = self._raster.transform[:6]
        column, row = width / 2.0 + np.array([0.0, 1.0, 0.0]), height / 2.0 + np.array([0.0, 0.0, 1.0])
        lon, lat = self._to_ground.transform(a * column + b * row + c, d * column + e * row + f)
        at = [LonLat(float(x), float(y)) for x, y in zip(lon, lat, strict=True)]
        return hypot(distance_m(at[0], at[1]), distance_m(at[0], at[2])) / 2.0**0.5


def _opened(path: Path) -> Any:  # noqa: ANN401 - rasterio's readers have no common type
    if not path.is_file():
        what = f"{path} is not a file that can be read."
        raise Unreadable(what, try_this="name an elevation model as GeoTIFF")
    import rasterio
    from rasterio.errors import RasterioError

    try:
        with path.open("rb"), rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", GDAL_PAM_ENABLED="NO"):
            raster = rasterio.open(path, driver="GTiff")
    except OSError as error:
        what = f"{path.name} cannot be read: {error.strerror or 'it is no GeoTIFF'}."
        raise (NotUnderstood if isinstance(error, RasterioError) else Unreadable)(what, try_this=_AS_TIFF) from error
    except RasterioError as error:
        what = f"{path.name} is no GeoTIFF that can be read."
        raise NotUnderstood(what, try_this=_AS_TIFF) from error
    rows, columns = raster.block_shapes[0]
    if rows * columns * np.dtype(raster.dtypes[0]).itemsize > MOST_BLOCK_BYTES:
        raster.close()
        what = f"{path.name} is stored in blocks of {rows:,} by {columns:,} cells, too large to read a part of."
        raise TooLarge(what, try_this="store it in tiles: gdal_translate -co TILED=YES IN.tif OUT.tif")
    return raster


_AS_TIFF = "save the elevation model as GeoTIFF"


def _crs(raster: Any, path: Path) -> CRS:  # noqa: ANN401
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        if raster.crs is None or raster.transform.is_identity:
            raise CRSError("none")
        return CRS.from_wkt(raster.crs.to_wkt())
    except CRSError as error:
        what = f"{path.name} does not say where on Earth it lies."
        raise BadRequest(
            what, try_this="gdal_edit.py -a_srs EPSG:CODE FILE, or export it again with its CRS"
        ) from error


def _transformers(crs: CRS) -> tuple[Any, Any]:
    """Give what turns WGS 84 into the raster's plane, and back; heights take no part in it."""
    from pyproj import Transformer

    level = crs.sub_crs_list[0] if crs.is_compound else crs.to_2d()
    there = Transformer.from_crs("EPSG:4326", level, always_xy=True, allow_ballpark=True)
    back = Transformer.from_crs(level, "EPSG:4326", always_xy=True, allow_ballpark=True)
    return there, back


def _vertical(crs: CRS) -> CRS | None:
    return next((part for part in crs.sub_crs_list if part.is_vertical), None)


def _datum(crs: CRS) -> str:
    """Name what heights are above, where the file says so."""
    if (vertical := _vertical(crs)) is not None:
        return vertical.name
    if len(crs.axis_info) == 3:
        return f"ellipsoid of {crs.name}"
    return UNKNOWN_DATUM


def _unit_m(raster: Any, crs: CRS, path: Path) -> float:  # noqa: ANN401
    """Say how long the unit of heights is: the band's own, else the vertical axis's, else metres."""
    named = (raster.units[0] or "").strip().lower()
    if not named and (vertical := _vertical(crs)) is not None and vertical.axis_info:
        return float(vertical.axis_info[0].unit_conversion_factor)
    if named not in UNIT_M:
        what = f"{path.name} has heights in {named[:40]!r}, which is no unit of length known here."
        raise BadRequest(what, try_this="write its heights in metres")
    return UNIT_M[named]
