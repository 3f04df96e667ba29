"""Prescriptions of a few cells, and rasters that lie where nobody's field is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio

from groundside.model.agronomy import Product
from groundside.model.place import LonLat
from groundside.model.prescription import NITROGEN, CellGrid, Evidence, Made, Prescription, RateZone
from groundside.model.query import Area
from groundside.produce.crop.prescribe.drawn import outline_of, outlines

WEST, SOUTH = 7.0, 47.0
GRID_M = 10.0
UTM = "EPSG:32632"


def grid(rows: int, columns: int, cell_m: float = GRID_M) -> CellGrid:
    """Cells of about that size."""
    return CellGrid(WEST, SOUTH, cell_m / 76_000, cell_m / 111_200, rows, columns, cell_m**2 / 10_000)


def prescription(rates: list[list[float]], product: Product = NITROGEN, name: str = "Mead") -> Prescription:
    """Rates of cells, the first row in the north; NaN is outside."""
    wanted = np.array(rates, dtype=float)
    levels = np.unique(wanted[np.isfinite(wanted)])
    codes = np.where(np.isfinite(wanted), np.searchsorted(levels, wanted) + 1, 0).astype(np.uint8)
    cells = grid(*wanted.shape)
    drawn = outlines(codes, cells)
    zones = tuple(
        RateZone(n, float(rate), float(rate) * product.nitrogen, count := int((codes == n).sum()), count * cells.cell_ha, drawn[n])
        for n, rate in enumerate(levels, 1)
    )  # fmt: skip
    made = Made(GRID_M, 0.0, 0.0, 0, 0.0, 0.0, 0, 0.0)
    evidence = Evidence(True, "nfoa", "Rates by the model nfoa.", "low: not of here", ("Raun et al. 2002",))
    return Prescription(name, cells, codes, zones, product, outline_of(codes > 0, cells), evidence, made)


def quadrangle(west: float, south: float, east: float, north: float) -> Area:
    """A field between parallels and meridians, anticlockwise."""
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return Area(((tuple(LonLat(*at) for at in corners),),))


def utm_raster(path: Path, values: np.ndarray, pixel_m: float = 1.0, *, rate: bool = False, **tags: str) -> Path:
    """One band; NaN is nodata. Its upper left corner is near 8.95 east, 45.15 north."""
    with rasterio.open(
        path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1, dtype="float32",
        nodata=float("nan"), crs=UTM, transform=rasterio.Affine(pixel_m, 0, 500_000, 0, -pixel_m, 5_000_000),
    ) as target:  # fmt: skip
        target.write(values.astype(np.float32), 1)
        target.update_tags(**tags)
        if rate:
            target.set_band_description(1, "rate")
            target.update_tags(1, unit="kg N/ha")
    return path
