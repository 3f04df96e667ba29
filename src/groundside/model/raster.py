"""Rasters, always windowed: no product holds a whole image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groundside.model.source import Source

STORED_NODATA = -32768
"""What stands for nothing in a raster of whole numbers that we write."""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of pixels: its first row and column, counted from the north-west corner, and its size."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Index:
    """
    A vegetation index.

    Args:
        name: as typed, lower case.
        title: as written in the literature.
        formula: of reflectances B, G, R, RE and N.
        bands: names of the bands that it needs.
        source: who published it.
        low, high: the range in which values make sense; None where there is no such bound.
        degree: how the formula scales when all bands are multiplied by one number: 0, it stays the same; 1, it needs
            absolute reflectance, for it adds constants to it or is proportional to it.
        factor: a value of 1 is stored as this whole number.
        note: what to know before using it.
    """

    name: str
    title: str
    formula: str
    bands: tuple[str, ...]
    source: Source
    low: float | None
    high: float | None
    degree: int
    factor: int = 10_000
    note: str = ""


@dataclass(frozen=True, slots=True)
class Distribution:
    """
    Values of one index over a whole raster.

    Args:
        count: pixels that have a value.
        mean, deviation: of the values; None where there is none.
        percentiles: per cent to value.
        edges: of the bars of a histogram, one more than `bars`.
        bars: how many values fall between each two edges.
    """

    count: int
    mean: float | None
    deviation: float | None
    percentiles: Mapping[int, float]
    edges: tuple[float, ...]
    bars: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """Pixels without a value, by why: outside or masked, saturated, not defined there, not storable."""

    no_data: int
    saturated: int
    undefined: int
    beyond: int


@dataclass(frozen=True, slots=True)
class Canopy:
    """
    Plant and soil told apart by one threshold.

    Args:
        index: by which index.
        threshold: at or above it is plant.
        fraction: share of plant among all pixels that have a value.
        separation: share of the variance that lies between the two, 0 to 1: near 0 there are no two.
        certain: whether the two are separate enough for the fraction to mean something.
        source: of the method.
    """

    index: str
    threshold: float
    fraction: float
    separation: float
    certain: bool
    source: Source


@dataclass(frozen=True, slots=True)
class IndexResult:
    """One index of one raster: what it is, how it is spread, what was lost, and how much is plant."""

    index: Index
    distribution: Distribution
    lost: Lost
    canopy: Canopy | None
