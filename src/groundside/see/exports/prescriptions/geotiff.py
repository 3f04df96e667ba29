"""Prescriptions as GeoTIFF: one band of rates on the cells, WGS 84."""

from __future__ import annotations

import numpy as np

from groundside.model.prescription import Prescription

NODATA = -9999.0
"""Outside the field; a number, for some terminals do not know NaN."""


def geotiff_files(made: Prescription) -> dict[str, bytes]:
    """Write a prescription as one GeoTIFF, float32, -9999 where there is no rate; model and unit are in its tags."""
    from rasterio.io import MemoryFile
    from rasterio.transform import Affine

    grid, evidence = made.grid, made.evidence
    rates = np.where(made.codes > 0, made.rates, NODATA).astype(np.float32)
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff", width=grid.columns, height=grid.rows, count=1, dtype="float32", nodata=NODATA,
            crs="EPSG:4326", transform=Affine(grid.cell_lon, 0.0, grid.west, 0.0, -grid.cell_lat, grid.north),
            compress="deflate",
        ) as target:  # fmt: skip
            target.write(rates, 1)
            target.set_band_description(1, "rate")
            target.set_band_unit(1, made.unit)
            target.update_tags(1, unit=made.unit, product=made.product.title)
            target.update_tags(model=evidence.model, evidence=evidence.said, sources="; ".join(evidence.sources))
        return {"prescription.tif": memory.read()}
