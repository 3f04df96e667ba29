"""What a histogram of stored numbers says: mean, percentiles, bars, and plant told from soil."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from groundside.model.raster import STORED_NODATA, Canopy, Distribution, Index, Lost
from groundside.model.source import Source
from groundside.native.indices import Fate

OTSU = Source(
    "Otsu 1979, A threshold selection method from gray-level histograms, IEEE Trans. Systems, Man, and Cybernetics 9",
    "https://doi.org/10.1109/TSMC.1979.4310076",
)
PERCENTS = (1, 5, 25, 50, 75, 95, 99)
BARS = 50
LEAST_SEPARATION = 0.7
"""
Of the variance, between the two groups; our choice. One bell-shaped group that is cut at its mean has 0.64 (2 / pi), so
at less than this there may be only one.
"""
CANOPY_INDICES = frozenset({"ndvi", "osavi", "savi", "gndvi", "bndvi", "gli", "vari"})
"""Indices by which plant is told from soil."""

Counts = npt.NDArray[np.int64]


def distribution(histogram: Counts, factor: float) -> Distribution:
    """
    Describe stored numbers.

    Args:
        histogram: how often each whole number from -32768 on was stored; the first is that of no value.
        factor: stored number of a value of 1.
    """
    places = np.flatnonzero(histogram[1:]) + 1
    if not places.size:
        return Distribution(0, None, None, {}, (), ())
    counts, values = histogram[places], (places + STORED_NODATA) / factor
    total = int(counts.sum())
    mean = float(np.dot(counts, values) / total)
    deviation = float(np.sqrt(np.dot(counts, (values - mean) ** 2) / total))
    running = np.cumsum(counts)
    percentiles = {p: float(values[np.searchsorted(running, p / 100.0 * total)]) for p in PERCENTS}
    bars, edges = np.histogram(values, BARS, weights=counts)
    return Distribution(total, mean, deviation, percentiles, tuple(edges.tolist()), tuple(bars.astype(int).tolist()))


def lost(fates: Counts) -> Lost:
    """Say how many pixels have no value, and why."""
    return Lost(
        int(fates[Fate.NO_DATA]), int(fates[Fate.SATURATED]), int(fates[Fate.UNDEFINED]), int(fates[Fate.BEYOND])
    )


def threshold_of(histogram: Counts) -> tuple[int, float] | None:
    """
    Find the place that best parts a histogram in two (Otsu 1979).

    Returns:
        The first place of the upper part, and the share of variance between the parts; None where all is in one place.
    """
    weights = histogram.astype(np.float64)
    if np.count_nonzero(weights) < 2:
        return None
    places = np.arange(len(weights), dtype=np.float64)
    total, whole = weights.sum(), float(np.dot(weights, places))
    below, sum_below = np.cumsum(weights), np.cumsum(weights * places)
    with np.errstate(all="ignore"):
        between = (whole * below / total - sum_below) ** 2 / (below * (total - below))
    between = np.where(np.isfinite(between), between, -1.0)
    best = int(np.argmax(between))
    level = np.flatnonzero(between >= between[best] * (1.0 - 1e-12))
    best = int((level[0] + level[-1]) // 2)
    variance = float(np.dot(weights, (places - whole / total) ** 2)) / total
    return best + 1, float(between[level[0]] / variance)


def canopy_of(histogram: Counts, index: Index) -> Canopy | None:
    """
    Tell plant from soil by the histogram of an index.

    Returns:
        None where this index does not tell them apart, or all pixels are alike.
    """
    held = histogram.copy()
    held[0] = 0
    found = threshold_of(held) if index.name in CANOPY_INDICES else None
    if found is None:
        return None
    place, separation = found
    fraction = float(held[place:].sum() / held.sum())
    threshold = (place + STORED_NODATA) / index.factor
    return Canopy(index.name, threshold, fraction, separation, bool(separation >= LEAST_SEPARATION), OTSU)
