"""A rate for every pixel of an index raster, block by block, with why it is what it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from groundside.model.progress import Step
from groundside.model.raster import STORED_NODATA, Distribution, Window
from groundside.produce.crop.blocks.crew import each
from groundside.produce.crop.blocks.head import Layer
from groundside.produce.crop.blocks.opened import Layout, layout, opened, tile_of, windows
from groundside.produce.crop.blocks.places import environment, place_of, reading
from groundside.produce.crop.blocks.written import Writer, written
from groundside.produce.crop.indices.spread import distribution

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

FACTOR = 100
"""Stored numbers for a kg/ha."""
MOST_STORED = 32767
MOST_KG_HA = MOST_STORED / FACTOR
FINEST = 10_000
"""Stored numbers for an index of 1, where all fit."""
Floats = npt.NDArray[np.float64]
Rates = Callable[[Floats], tuple[Floats, Floats]]
"""Of indices: kg/ha, and why each is what it is; NaN where there is no rate."""
Progress = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class RateMap:
    """Rates of a raster: how they are spread, how many pixels each reason holds for, and the area of a pixel in ha."""

    rates: Distribution
    why: Mapping[int, int]
    without: int
    pixel_ha: float | None


def write_rates(path: Path, band: int, rates: Rates, out: Path, progress: Progress, tags: Mapping[str, str]) -> RateMap:
    """
    Write a rate for every pixel of an index raster: two bands, kg/ha and why.

    Args:
        path: of the index raster; its scale is believed.
        band: its number, from 1.
        rates: of indices.
        out: the GeoTIFF to be written: int16, -32768 for no rate.
        progress: told after every block.
        tags: of the whole file: model, inputs, sources.

    Raises:
        NoSpace: it cannot be written; nothing is left of it.
    """
    layers = [Layer("rate", 1.0 / FACTOR, {"unit": "kg N/ha"}), Layer("why", 1.0, {"1": "as the model has it", "2": "lowered to what is allowed", "3": "changed to what the machine can do"})]  # fmt: skip  # noqa: E501
    with environment(), opened(path) as source:
        kept = layout(source)
        with written(out, source, layers, False, tags, tile_of(kept)) as writer:
            return _run(source, kept, band, rates, writer, progress)


def measure(path: Path, band: int, progress: Progress) -> Distribution:
    """
    Say how the indices of a raster are spread.

    To a ten-thousandth; to a thousandth, and so on down to whole numbers, where a value would not fit otherwise, as
    those of CIre and CIg. What is beyond 32,767 is no index, and left out.
    """
    histogram, factor = np.zeros(65536, np.int64), FINEST
    with environment(), opened(path) as source:
        kept = layout(source)
        for n, place in enumerate(places := windows(kept), 1):
            values = indices_of(source, kept, band, place)
            values = values[np.abs(values) < MOST_STORED + 0.5]
            while factor > 1 and np.abs(values).max(initial=0.0) * factor > MOST_STORED:
                histogram, factor = _coarser(histogram), factor // 10
            stored = np.rint(values * factor).astype(np.int64)
            histogram += np.bincount(stored - STORED_NODATA, minlength=65536)
            progress(Step(0, 1, n, len(places), path.name))
    return distribution(histogram, factor)


def _coarser(histogram: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Count by tens what was counted one by one; the first place is of no value and stays."""
    found = np.zeros_like(histogram)
    places = np.rint((np.arange(1, 65536) + STORED_NODATA) / 10.0).astype(np.int64) - STORED_NODATA
    np.add.at(found, places, histogram[1:])
    return found


def indices_of(source: DatasetReader, kept: Layout, band: int, place: Window) -> Floats:
    """Read indices as they are meant, NaN where there is none."""
    with reading(Path(source.name).name):
        raw = source.read(band, window=place_of(place))
    values = raw.astype(np.float64) * kept.scales[band - 1] + kept.offsets[band - 1]
    nodata = kept.nodata[band - 1]
    if nodata is not None:
        values[raw == nodata] = np.nan
    if kept.alpha is not None or kept.masked:
        values[source.read_masks(band, window=place_of(place)) == 0] = np.nan
    return values


def _run(
    source: DatasetReader, kept: Layout, band: int, rates: Rates, writer: Writer, progress: Progress
) -> RateMap:  # fmt: skip
    histogram, why = np.zeros(65536, np.int64), np.zeros(4, np.int64)

    def one(place: Window) -> npt.NDArray[np.int16]:
        kg_ha, reason = rates(indices_of(source, kept, band, place))
        given = np.isfinite(kg_ha) & (kg_ha >= 0.0) & (kg_ha <= MOST_KG_HA)
        found = np.full((2, place.rows, place.columns), STORED_NODATA, np.int16)
        found[0][given] = np.rint(kg_ha[given] * FACTOR)
        found[1][given] = reason[given]
        writer.write(found, place)
        return found

    places = windows(kept)
    # One thread: the handle is not shared, and the formulas are of NumPy.
    for n, found in enumerate(each(one, places, 1), 1):
        histogram += np.bincount(found[0].astype(np.int64).ravel() - STORED_NODATA, minlength=65536)
        why += np.bincount(np.maximum(found[1], 0).astype(np.int64).ravel(), minlength=4)
        progress(Step(0, 1, n, len(places), source.name))
    return RateMap(
        distribution(histogram, FACTOR), {n: int(why[n]) for n in (1, 2, 3)}, int(why[0]), _pixel_ha(source)
    )  # fmt: skip


def _pixel_ha(source: DatasetReader) -> float | None:
    """Give the area of a pixel; None where the raster is not in metres or feet on the ground."""
    if source.crs is None or not source.crs.is_projected:
        return None
    metres = float(source.crs.linear_units_factor[1])
    return abs(source.transform.determinant) * metres**2 / 10_000.0
