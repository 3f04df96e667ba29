"""Small rasters of crops, written as orthomosaics are."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio

NAMES = ("blue", "green", "red", "nir", "red edge")


def raster(path: Path, bands: npt.NDArray[np.generic], names: tuple[str, ...] | None = None, **more: object) -> Path:
    """Write bands, shape (bands, rows, columns); `more` goes to rasterio."""
    count, rows, columns = bands.shape
    asked = {
        "tiled": True, "blockxsize": 64, "blockysize": 64, "compress": "zstd", "interleave": "band",
        "crs": "EPSG:32632", "transform": rasterio.Affine(0.5, 0.0, 500_000.0, 0.0, -0.5, 5_000_000.0), **more,
    }  # fmt: skip
    with rasterio.open(
        path, "w", driver="GTiff", width=columns, height=rows, count=count, dtype=bands.dtype, **asked
    ) as target:
        target.write(bands)
        if names:
            target.descriptions = names
    return path


def field(rows: int = 150, columns: int = 170, seed: int = 3) -> npt.NDArray[np.uint16]:
    """Five bands, as in `NAMES`: plants in the west, soil in the east, with noise."""
    rng = np.random.default_rng(seed)
    plant = (np.arange(columns) < columns // 2)[None, :, None]
    one = np.where(plant, [2300, 5500, 3000, 28000, 12500], [5000, 7000, 9000, 11000, 10000])
    noise = rng.normal(0, 200, (rows, columns, 5))
    return np.moveaxis(one + noise, 2, 0).clip(1, 65534).astype(np.uint16)


def stored(path: Path) -> npt.NDArray[np.int16]:
    """Read what was written."""
    with rasterio.open(path) as source:
        return source.read()
