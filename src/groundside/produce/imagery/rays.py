"""Where rays meet the ground: level ground, or an elevation model."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.model.footprint import Miss
from groundside.model.surface import FlatSurface, Surface
from groundside.reference.earth_frame import EarthFrame
from groundside.reference.geodesy import A_M

Floats = NDArray[np.float64]

LEAST_MEETING_DEG = 3.0
"""Rays flatter than this over level ground are not followed: a degree of error moves where they end by a third."""
_BLOCK = 64
_MOST_STEPS = 4096
_ROUNDS = 60
_EXACT_M = 1e-8
_CODES = (Miss.FAR, Miss.UNKNOWN_GROUND, Miss.BELOW, Miss.NO_RAY)


@dataclass(frozen=True, slots=True)
class Meeting:
    """
    Where each of n rays meets the ground.

    Args:
        points: metres east, north, up in the frame; shape (3, n); NaN where none.
        misses: for each ray why it has no point, or None where it has one.
    """

    points: Floats
    misses: tuple[Miss | None, ...]

    @property
    def hit(self) -> NDArray[np.bool_]:
        """Which rays met the ground."""
        return np.array([miss is None for miss in self.misses], dtype=bool)


@dataclass(frozen=True, slots=True)
class Terrain:
    """
    Ground, seen from a frame near it.

    Args:
        surface: the ground; its heights and the frame's are above the same.
        frame: metres about the camera.
        lift_m: added to all heights of the surface.
    """

    surface: Surface
    frame: EarthFrame
    lift_m: float = 0.0

    def gap_m(self, points: Floats) -> Floats:
        """Say how high points (3, ...) of the frame are above the ground; NaN where no ground is known."""
        if isinstance(self.surface, FlatSurface):
            return self.frame.heights_m(points) - self.surface.height_m - self.lift_m
        lon, lat, height = self.frame.to_earth(points)
        return height - self.surface.heights_m(lon, lat) - self.lift_m

    @property
    def level(self) -> bool:
        """Whether it is of one height everywhere."""
        return isinstance(self.surface, FlatSurface)

    def meet(self, origins: Floats, directions: Floats, above_m: float) -> Meeting:
        """
        Follow rays to the ground: the first that they meet, so that a hill hides what is behind it.

        An elevation model is looked at every half cell along the ray, so what is narrower may be passed over.

        Args:
            origins: where each ray begins, shape (3, n), metres in the frame.
            directions: unit vectors, shape (3, n); NaN for a pixel without a ray.
            above_m: about how high the camera is above the ground; rays are followed twenty times as far.

        Returns:
            n points, exact to a micrometre on level ground and between the samples of an elevation model.
        """
        count = directions.shape[1]
        state = _March(count)
        usable = np.isfinite(directions).all(axis=0)
        state.stop(np.flatnonzero(~usable), Miss.NO_RAY)
        gap = self.gap_m(origins)
        state.stop(np.flatnonzero(usable & (gap <= 0.0)), Miss.BELOW)
        reach = above_m / math.tan(math.radians(LEAST_MEETING_DEG))
        if self.level:
            self._level_march(state, origins, directions, gap, reach)
        self._march(state, origins, directions, gap, reach)
        return self._closed(state, origins, directions, reach)

    def _march(self, state: _March, origins: Floats, directions: Floats, gap: Floats, reach: float) -> None:
        """Go along all rays together, until each is under the ground or out of reach."""
        if not state.going.size:
            return
        step = self._steps_m(directions, reach)
        last, gap, seen = np.zeros(gap.size), gap.copy(), np.isfinite(gap)
        for _ in range(_MOST_STEPS // _BLOCK):
            rows = state.going
            if not rows.size:
                return
            along = last[rows, None] + step[rows, None] * np.arange(1, _BLOCK + 1)
            points = origins[:, rows, None] + directions[:, rows, None] * along
            gaps = np.column_stack([gap[rows], self.gap_m(points)])
            along = np.column_stack([last[rows], along])
            with np.errstate(invalid="ignore"):
                under = gaps[:, 1:] <= 0.0
            found = under.any(axis=1)
            state.bracket(rows[found], along[found], gaps[found], under[found].argmax(axis=1))
            last[rows], gap[rows] = along[:, -1], gaps[:, -1]
            away = np.hypot(*(directions[:2, rows] * last[rows]))
            over = ~found & ((away > reach) | (last[rows] > 2.0 * reach))
            nothing = np.isnan(gaps[:, 1:]).all(axis=1)
            seen[rows] |= ~nothing
            # Past the model's edge nobody knows whether the ground came first; before it, it may begin still.
            lost = (over | seen[rows]) & nothing
            state.stop(rows[lost], Miss.UNKNOWN_GROUND)
            state.stop(rows[over & ~lost], Miss.FAR)
        state.stop(state.going, Miss.FAR)

    def _level_march(self, state: _March, origins: Floats, directions: Floats, gap: Floats, reach: float) -> None:
        """
        Find the same two samples of `_march` for the rays that meet level ground early, by looking at no others.

        Over a round Earth a ray's height is a parabola near enough to say between which samples it ends. Whether it
        does is then asked; and since a straight line's height over a convex body falls and rises once, no earlier
        sample was under the ground if the one before is not. Rays of which it is not true are left to `_march`.
        """
        rows = state.going
        step = reach / _BLOCK
        rising = directions[2, rows]
        bend = (1.0 - rising * rising) / (2.0 * A_M)
        with np.errstate(invalid="ignore", divide="ignore"):
            meets = 2.0 * gap[rows] / (np.sqrt(rising * rising - 4.0 * bend * gap[rows]) - rising)
            rows, sample = _early(rows, np.ceil(meets / step))
        if not rows.size:
            return
        along = step * np.column_stack([sample - 1.0, sample])
        gaps = self.gap_m(origins[:, rows, None] + directions[:, rows, None] * along)
        gaps[:, 0] = np.where(sample == 1.0, gap[rows], gaps[:, 0])
        sure = (gaps[:, 0] > 0.0) & (gaps[:, 1] <= 0.0)
        state.bracket(rows[sure], along[sure], gaps[sure], np.zeros(int(sure.sum()), np.intp))

    def _steps_m(self, directions: Floats, reach: float) -> Floats:
        """Choose how far to go at once along each ray: half a cell over the ground, and no more than reach / 64."""
        most = reach / 64.0
        if self.level:
            return np.full(directions.shape[1], most)
        least = 2.0 * reach / _MOST_STEPS
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = self.surface.cell_m / 2.0 / np.hypot(directions[0], directions[1])
        return np.clip(np.nan_to_num(steps, nan=most, posinf=most), least, most)

    def _closed(self, state: _March, origins: Floats, directions: Floats, reach: float) -> Meeting:
        """
        Close in on the ground between a place above it and one under it.

        Source: M. Dowell and P. Jarratt 1971, "A modified regula falsi method for computing the root of an equation",
        BIT 11, 168-174 (the Illinois method).
        """
        rows = np.flatnonzero(state.low_gap > 0.0)
        low, high, low_gap, high_gap = (each[rows] for each in (state.low, state.high, state.low_gap, state.high_gap))
        at, side = high.copy(), np.zeros(rows.size)
        for _ in range(_ROUNDS):
            at = np.clip(high - high_gap * (high - low) / (high_gap - low_gap), low, high)
            gap = self.gap_m(origins[:, rows] + directions[:, rows] * at)
            under = gap <= 0.0
            low_gap = np.where(under & (side < 0), low_gap / 2.0, low_gap)
            high_gap = np.where(~under & (side > 0), high_gap / 2.0, high_gap)
            low, low_gap = np.where(under, low, at), np.where(under, low_gap, gap)
            high, high_gap = np.where(under, at, high), np.where(under, gap, high_gap)
            side = np.where(under, -1.0, 1.0)
            at = np.where(np.isnan(gap), np.nan, at)
            if not np.any(np.abs(gap) > _EXACT_M):
                break
        state.stop(rows[~np.isfinite(at)], Miss.UNKNOWN_GROUND)
        state.stop(rows[np.hypot(*(directions[:2, rows] * at)) > reach], Miss.FAR)
        points = np.full((3, directions.shape[1]), np.nan)
        points[:, rows] = np.where(state.codes[rows] < 0, origins[:, rows] + directions[:, rows] * at, np.nan)
        return Meeting(points, tuple(None if code < 0 else _CODES[code] for code in state.codes.tolist()))

    def normals(self, points: Floats) -> Floats:
        """Give the ground's unit normals at points (3, n), by heights a cell to each side; up where one is unknown."""
        if self.level:
            return np.tile(np.array([[0.0], [0.0], [1.0]]), (1, points.shape[1]))
        cell = self.surface.cell_m
        around = np.array([[cell, -cell, 0.0, 0.0], [0.0, 0.0, cell, -cell], [0.0] * 4])
        gaps = self.gap_m(points[:, :, None] + around[:, None, :])
        slope = np.nan_to_num(np.vstack([gaps[:, 0] - gaps[:, 1], gaps[:, 2] - gaps[:, 3]]) / (2.0 * cell))
        normals = np.vstack([slope, np.ones(points.shape[1])])
        return normals / np.linalg.norm(normals, axis=0)


def _early(rows: NDArray[np.intp], sample: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Give of the rays those that end within the first block of samples."""
    early = (sample >= 1.0) & (sample <= _BLOCK)
    return rows[early], sample[early]


class _March:
    """Which rays are still going, why others stopped, and between where and where the ground is."""

    def __init__(self, count: int) -> None:
        self.codes = np.full(count, -1)
        self.low, self.high = np.zeros(count), np.zeros(count)
        self.low_gap, self.high_gap = np.zeros(count), np.zeros(count)

    @property
    def going(self) -> NDArray[np.intp]:
        return np.flatnonzero((self.codes < 0) & (self.low_gap <= 0.0))

    def stop(self, rows: NDArray[np.intp], why: Miss) -> None:
        self.codes[rows] = _CODES.index(why)

    def bracket(self, rows: NDArray[np.intp], along: Floats, gaps: Floats, first: NDArray[np.intp]) -> None:
        """Note the two samples between which each ray goes under; where the one before is unknown, so is the ground."""
        each = np.arange(rows.size)
        before = gaps[each, first]
        unknown = np.isnan(before)
        self.stop(rows[unknown], Miss.UNKNOWN_GROUND)
        known = rows[~unknown]
        self.low[known], self.high[known] = along[each, first][~unknown], along[each, first + 1][~unknown]
        self.low_gap[known], self.high_gap[known] = before[~unknown], gaps[each, first + 1][~unknown]
