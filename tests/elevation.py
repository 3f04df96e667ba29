"""A small elevation model, as bytes of a GeoTIFF."""

from __future__ import annotations

import io

import numpy as np
import rasterio
from rasterio import Affine


def tiff(height_m: float = 500.0, crs: str | None = "EPSG:4326") -> bytes:
    """Ground that rises to the south by a metre a cell, around 11.0 E, 47.0 N."""
    held = io.BytesIO()
    with rasterio.open(
        held, "w", driver="GTiff", height=80, width=80, count=1, dtype="float32", crs=crs,
        transform=Affine(0.0002, 0, 10.995, 0, -0.0002, 47.008),
    ) as raster:  # fmt: skip
        raster.write((height_m + np.add.outer(np.arange(80.0), np.zeros(80))).astype(np.float32), 1)
    return held.getvalue()
