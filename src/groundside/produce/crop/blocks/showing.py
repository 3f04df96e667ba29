"""What is shown of a raster: the part of it in a field, a small picture of it, one pixel of it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from groundside.errors import NoSpace
from groundside.model.place import LonLat
from groundside.model.query import Area
from groundside.model.raster import STORED_NODATA, Distribution, Window
from groundside.produce.crop.blocks.opened import layout, opened, windows
from groundside.produce.crop.blocks.places import environment, place_of, reading
from groundside.produce.crop.blocks.rating import Floats, indices_of
from groundside.produce.crop.indices.spread import distribution
from groundside.produce.crop.prescribe.cells import Placed
from groundside.produce.crop.prescribe.pixels import Within, pixels_at

if TYPE_CHECKING:
    from rasterio.io import DatasetReader, DatasetWriter

Corners = tuple[LonLat, ...]


def cut_out(path: Path, area: Area, corners: Corners | None, out: Path) -> Distribution:
    """
    Write the first band of an int16 raster again with nothing outside an area, and say how its values are spread there.

    Args:
        path: as `write_indices` writes it.
        area: of the field.
        corners: as `Placed` takes them.
        out: the GeoTIFF to be written.

    Raises:
        BadRequest: nothing says where it lies.
        NoSpace: it cannot be written.
    """
    histogram = np.zeros(65536, np.int64)
    with environment(), opened(path) as source:
        kept, within = layout(source), Within(Placed(source, corners), area)
        with _like(source, out) as target:
            for place in windows(kept):
                with reading(path.name):
                    values = source.read(1, window=place_of(place))
                values[~within.mask(place)] = STORED_NODATA
                target.write(values, 1, window=place_of(place))
                histogram += np.bincount(values.astype(np.int64).ravel() - STORED_NODATA, minlength=65536)
    return distribution(histogram, 1.0 / kept.scales[0])


@contextmanager
def _like(source: DatasetReader, out: Path) -> Generator[DatasetWriter]:
    """Write one int16 band with the place, the scale and the tags of the first of another raster."""
    import rasterio
    from rasterio.errors import RasterioError

    try:
        with rasterio.open(
            out, "w", driver="GTiff", width=source.width, height=source.height, count=1, dtype="int16",
            nodata=STORED_NODATA, crs=source.crs, transform=source.transform, tiled=True, blockxsize=512,
            blockysize=512, compress="zstd", zstd_level=1, predictor=2, bigtiff="if_safer",
        ) as target:  # fmt: skip
            target.scales, target.descriptions = source.scales[:1], source.descriptions[:1]
            target.update_tags(**source.tags())
            target.update_tags(1, **source.tags(1))
            yield target
    except (OSError, RasterioError) as error:
        what = f"The index cannot be written beside the server: {error}."
        raise NoSpace(what, try_this="make room in the folder for temporary files") from error


def mean_in(path: Path, area: Area, corners: Corners | None) -> tuple[float | None, int]:
    """Give the mean of the first band over the pixels that have their middle in an area, and how many have a value."""
    total, count = 0.0, 0
    with environment(), opened(path) as source:
        kept, within = layout(source), Within(Placed(source, corners), area)
        for place in windows(kept):
            mask = within.mask(place)
            if mask.any():
                values = indices_of(source, kept, 1, place)[mask]
                values = values[np.isfinite(values)]
                total, count = total + float(values.sum()), count + values.size
    return (total / count if count else None), count


def small(path: Path, bands: tuple[int, ...], most_px: int) -> Floats:
    """
    Read bands as means of so many pixels that neither side has more than `most_px`.

    Returns:
        Values as they are meant, shape (bands, rows, columns); NaN where there is none.
    """
    from rasterio.enums import Resampling

    with environment(), opened(path) as source:
        part = max(1.0, max(source.width, source.height) / most_px)
        shape = max(1, round(source.height / part)), max(1, round(source.width / part))
        kept = layout(source)
        with reading(path.name):
            read = source.read(
                list(bands), out_shape=(len(bands), *shape), resampling=Resampling.average, masked=True
            )  # fmt: skip
        found = read.astype(np.float64).filled(np.nan)
        for n, band in enumerate(bands):
            found[n] = found[n] * kept.scales[band - 1] + kept.offsets[band - 1]
        return found


def pixel_at(path: Path, place: LonLat, corners: Corners | None) -> tuple[tuple[int, int], Floats] | None:
    """Give the row and the column of the pixel that shows a place, and all its bands; None where it is outside."""
    with environment(), opened(path) as source:
        columns, rows = pixels_at(Placed(source, corners), [place.lon], [place.lat])
        row, column = int(np.floor(rows[0])), int(np.floor(columns[0]))
        if not (0 <= row < source.height and 0 <= column < source.width):
            return None
        return (row, column), _bands(source, Window(row, column, 1, 1))


def pixel_of(path: Path, row: int, column: int) -> Floats:
    """Give all bands of one pixel, NaN where there is no value."""
    with environment(), opened(path) as source:
        return _bands(source, Window(row, column, 1, 1))


def _bands(source: DatasetReader, window: Window) -> Floats:
    kept = layout(source)
    return np.array([indices_of(source, kept, band, window)[0, 0] for band in range(1, kept.count + 1)])


def corners_shown(path: Path, corners: Corners | None) -> tuple[Corners, float]:
    """
    Say where the corners of a raster lie, and the side of a pixel in metres.

    The first corner is that of its first pixel, then clockwise as one looks at it.

    Raises:
        BadRequest: nothing says where it lies.
    """
    with environment(), opened(path) as source:
        placed = Placed(source, corners)
        wide, high = float(source.width), float(source.height)
        lon, lat = placed.lon_lat(np.array([0.0, wide, wide, 0.0]), np.array([0.0, 0.0, high, high]))
        ends = zip(lon.tolist(), lat.tolist(), strict=True)
        return tuple(LonLat(*at) for at in ends), placed.ground().pixel_m
