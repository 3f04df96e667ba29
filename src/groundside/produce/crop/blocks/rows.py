"""Rows of a vineyard or orchard parted from what grows between them, by where the rows were drawn or surveyed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from groundside.errors import BadRequest
from groundside.model.place import LonLat
from groundside.model.progress import Step
from groundside.model.raster import STORED_NODATA, Distribution
from groundside.produce.crop.blocks.head import Layer
from groundside.produce.crop.blocks.opened import layout, opened, tile_of, windows
from groundside.produce.crop.blocks.places import environment
from groundside.produce.crop.blocks.rating import indices_of
from groundside.produce.crop.blocks.strips import inside_of
from groundside.produce.crop.blocks.written import written
from groundside.produce.crop.indices.spread import LEAST_SEPARATION, distribution, threshold_of

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

FACTOR = 10_000
MOST = 3.2
"""Of an index that is stored in ten-thousandths."""
Line = Sequence[LonLat]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RowsFound:
    """
    An index along rows, and between them.

    Args:
        rows: pixels within half the width of a row.
        between: pixels of the outline of all rows (their convex hull) that are in none.
        threshold: by Otsu, of both together; None where they are not two groups, as where green grows between rows.
        canopy: share of the rows' pixels that are above it; None likewise.
    """

    rows: Distribution
    between: Distribution
    threshold: float | None
    canopy: float | None


def part_rows(
    path: Path, band: int, lines: Sequence[Line], width_m: float, out: Path | None, progress: Callable[[Step], None]
) -> RowsFound:  # fmt: skip
    """
    Part the rows of an index raster from what is between them.

    Args:
        path: of the index raster, in a projected reference system; its scale is believed.
        band: its number, from 1.
        lines: one along the middle of each row.
        width_m: of a row, as its canopy is seen from above.
        out: a raster of the rows alone, int16 in ten-thousandths, -32768 between them; None to write none.
        progress: told after every block.

    Raises:
        BadRequest: the raster is in degrees or says nothing of where it lies; no row lies on it.
        NoSpace: it cannot be written; nothing is left of it.
    """
    with environment(), opened(path) as source:
        shapes = _shapes(source, lines, width_m)
        if out is None:
            return _counted(source, band, shapes, None, progress)
        layers = [Layer(source.descriptions[band - 1] or "index", 1.0 / FACTOR, {"rows_width_m": f"{width_m:g}"})]
        with written(out, source, layers, False, {}, tile_of(layout(source))) as writer:
            return _counted(source, band, shapes, writer.write, progress)


def _counted(
    source: DatasetReader, band: int, shapes: tuple[list[Any], list[Any]], write: Callable[..., None] | None,
    progress: Callable[[Step], None],
) -> RowsFound:  # fmt: skip
    kept = layout(source)
    inside, around = (np.zeros(65536, np.int64) for _ in range(2))
    places = windows(kept)
    for number, place in enumerate(places, 1):
        values = indices_of(source, kept, band, place)
        fits = np.isfinite(values) & (np.abs(np.nan_to_num(values)) < MOST)
        stored = np.where(fits, np.rint(np.nan_to_num(values) * FACTOR), STORED_NODATA).astype(np.int16)
        rows, hull = (inside_of(source, place, one) for one in shapes)
        inside += _histogram(stored[rows])
        around += _histogram(stored[hull & ~rows])
        if write is not None:
            write(np.where(rows, stored, np.int16(STORED_NODATA))[None], place)
        progress(Step(0, 1, number, len(places), Path(source.name).name))
    if not inside[1:].any():
        what = f"No row that was drawn lies on pixels of {Path(source.name).name} with a value."
        raise BadRequest(what, try_this="lines in longitude and latitude, one along each row")
    return RowsFound(distribution(inside, FACTOR), distribution(around, FACTOR), *_canopy(inside, around))


def _histogram(stored: npt.NDArray[np.int16]) -> npt.NDArray[np.int64]:
    return np.bincount(stored.astype(np.int64) - STORED_NODATA, minlength=65536)


def _canopy(inside: npt.NDArray[np.int64], around: npt.NDArray[np.int64]) -> tuple[float | None, float | None]:
    held = inside + around
    held[0] = 0
    found = threshold_of(held)
    if found is None or found[1] < LEAST_SEPARATION:
        return None, None
    return (found[0] + STORED_NODATA) / FACTOR, float(inside[found[0] :].sum() / inside[1:].sum())


def _shapes(source: DatasetReader, lines: Sequence[Line], width_m: float) -> tuple[list[Any], list[Any]]:
    """Give the rows as areas, and the outline of all, in the raster's own reference system."""
    import shapely
    from rasterio.warp import transform

    if source.crs is None or not source.crs.is_projected:
        what = f"{Path(source.name).name} is not in metres on the ground, so a width cannot be laid on it."
        raise BadRequest(what, try_this="gdalwarp -t_srs EPSG:32632 IN OUT, with the zone of your field")
    half = width_m / 2.0 / float(source.crs.linear_units_factor[1])
    placed = [
        shapely.LineString(np.column_stack(transform("EPSG:4326", source.crs, *zip(*line, strict=True))))
        for line in ([(at.lon, at.lat) for at in one] for one in lines)
        if len(line) > 1
    ]
    if not placed:
        what = "There is no line in what was drawn."
        raise BadRequest(what, try_this="a file with one line along each row: GeoJSON, KML or Shapefile")
    rows = shapely.union_all([line.buffer(half, cap_style="flat") for line in placed])
    return [shapely.geometry.mapping(rows)], [shapely.geometry.mapping(rows.convex_hull)]
