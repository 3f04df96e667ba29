"""Where a track went: its known positions, and between which of them nobody knows the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from groundside.reference.geodesy import step_lengths_m

Floats = NDArray[np.float64]
MAX_GAP_S = 5.0
"""Over a longer gap no segment is assumed: nobody knows the way taken there."""


@dataclass(frozen=True, slots=True)
class Path:
    """
    Positions in order, in runs: within a run each is joined to the next by a geodesic, between runs nothing is.

    Args:
        lon, lat: degrees of WGS 84, n known positions; none repeats the one before it in its run.
        starts: index of the first position of each run, ascending from 0; empty where n is 0.
    """

    lon: Floats
    lat: Floats
    starts: NDArray[np.int64]

    def joined(self) -> NDArray[np.bool_]:
        """Say of each position but the last whether it is joined to the next; empty for fewer than two."""
        found = np.ones(max(self.lon.size - 1, 0), dtype=bool)
        found[self.starts[1:] - 1] = False
        return found

    def step_m(self) -> Floats:
        """Measure each step to the next position; 0 where there is none. n values."""
        steps = np.zeros(self.lon.size)
        if self.lon.size > 1:
            steps[:-1] = step_lengths_m(self.lon, self.lat)
            steps[self.starts[1:] - 1] = 0.0
        return steps

    def reach_m(self) -> Floats:
        """Give for each position the longest of the steps that begin or end there; n values."""
        steps = self.step_m()
        reach = steps.copy()
        np.maximum(steps[1:], steps[:-1], out=reach[1:])
        return reach


def path_of(lon: ArrayLike, lat: ArrayLike, time_us: ArrayLike, max_gap_s: float = MAX_GAP_S) -> Path:
    """
    Take the path out of a track.

    Args:
        lon: degrees, NaN where unknown.
        lat: the same.
        time_us: times in microseconds.
        max_gap_s: longest time that a step may take.
    """
    lons, lats = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    known = np.isfinite(lons) & np.isfinite(lats)
    lons, lats, times = lons[known], lats[known], np.asarray(time_us, dtype=np.int64)[known]
    if not lons.size:
        return NOWHERE
    gap = np.concatenate([[True], np.diff(times) > max_gap_s * 1e6])
    moved = np.concatenate([[True], (np.diff(lons) != 0) | (np.diff(lats) != 0)])
    kept = gap | moved
    return Path(lons[kept], lats[kept], np.flatnonzero(gap[kept]))


NOWHERE = Path(np.empty(0), np.empty(0), np.empty(0, dtype=np.int64))
"""The path of a flight of which no position is known."""


def single(lon: float, lat: float) -> Path:
    """Make the path of one position."""
    return Path(np.array([lon]), np.array([lat]), np.zeros(1, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Paths:
    """
    Many paths end to end, to be worked on at once.

    Args:
        lon, lat: all positions.
        owner: of each position, which path it belongs to, ascending.
        joined: of each position, whether it is joined to the next one.
        count: how many paths there are; some may have no positions.
    """

    lon: Floats
    lat: Floats
    owner: NDArray[np.int64]
    joined: NDArray[np.bool_]
    count: int


def together(paths: Sequence[Path]) -> Paths:
    """Put paths end to end."""
    sizes = np.array([path.lon.size for path in paths], dtype=np.int64)
    if not sizes.sum():
        return Paths(np.empty(0), np.empty(0), np.empty(0, dtype=np.int64), np.empty(0, dtype=bool), len(paths))
    firsts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    starts = np.concatenate([path.starts + first for path, first in zip(paths, firsts, strict=True)])
    lon, lat = np.concatenate([path.lon for path in paths]), np.concatenate([path.lat for path in paths])
    joined = np.ones(lon.size, dtype=bool)
    joined[starts - 1] = False  # of the first start this is the last position, which is joined to nothing either
    return Paths(lon, lat, np.repeat(np.arange(len(paths)), sizes), joined, len(paths))
