"""The quickest ways between places that never leave the region where the aircraft may fly."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from groundside.plan.survey.motion import Motion

Floats = NDArray[np.float64]
_CHUNK = 4_000_000


class Transits:
    """
    A visibility graph over the corners of what is in the way, weighed by the time that legs take.

    T. Lozano-Pérez and M. A. Wesley 1979, "An algorithm for planning collision-free paths among polyhedral obstacles":
    among polygons a shortest way bends at their corners only. Where each bend costs time, one that bends elsewhere may
    be quicker by the bends that it spares; such ways are not looked for.

    Args:
        flyable: polygons; ways stay inside, at least half of `clearance_m` from their border.
        motion: how long legs take.
        clearance_m: places that are asked for lie at least so far inside; the ways bend there.
    """

    def __init__(self, flyable: shapely.Geometry, motion: Motion, clearance_m: float = 0.01) -> None:
        self.motion = motion
        walls = shapely.buffer(flyable, -clearance_m / 2, join_style="mitre", mitre_limit=2.0)
        self._walls, self._same = _ring_points(walls)
        bends = shapely.buffer(flyable, -clearance_m, join_style="mitre", mitre_limit=2.0)
        self.corners = _reflex(bends)
        seen = self.sees(self.corners, self.corners)
        step = np.where(seen, self.times(self.corners, self.corners), np.inf)
        np.fill_diagonal(step, 0.0)
        self._between, self._before = _all_pairs(step)

    def times(self, from_xy: Floats, to_xy: Floats) -> Floats:
        """Say how long straight legs take from each of the one to each of the other, whatever is between."""
        away = to_xy[None, :, :] - from_xy[:, None, :]
        return self.motion.both_ways_s(away[..., 0], away[..., 1])

    def sees(self, from_xy: Floats, to_xy: Floats) -> NDArray[np.bool_]:
        """Say for each of the one and each of the other whether nothing is between."""
        clear = np.ones((len(from_xy), len(to_xy)), dtype=np.bool_)
        if not self._same.any() or not clear.size:
            return clear
        rows = max(1, _CHUNK // (len(to_xy) * len(self._walls)))
        for begin in range(0, len(from_xy), rows):
            clear[begin : begin + rows] = self._clear(from_xy[begin : begin + rows], to_xy)
        return clear

    def _clear(self, here: Floats, there: Floats) -> NDArray[np.bool_]:
        """
        Two segments cross where each has its ends on both sides of the other's line.

        The side of w as seen from p towards q is the sign of q×w - p×w - q×p, so all products are made but once.
        """
        p_w, q_w, q_p = _cross(here, self._walls), _cross(there, self._walls), _cross(there, here)
        side = q_w[None, :, :] - p_w[:, None, :] > q_p.T[:, :, None]
        one, other = self._beyond(here), self._beyond(there)
        crossed = (side[..., 1:] != side[..., :-1]) & (one[:, None, :] != other[None, :, :]) & self._same
        return ~crossed.any(axis=2)

    def _beyond(self, places: Floats) -> NDArray[np.bool_]:
        """Say of each place and each wall on which side of the wall's line it lies."""
        wall = np.diff(self._walls, axis=0)
        return np.asarray(_cross(places, wall) > _cross_each(self._walls[:-1], wall))

    def _clear_each(self, here: Floats, there: Floats) -> NDArray[np.bool_]:
        """Say the same as `_clear` of each of the one and that of the other which stands beside it."""
        side = _cross(there, self._walls) - _cross(here, self._walls) > _cross_each(there, here)[:, None]
        crossed = (side[:, 1:] != side[:, :-1]) & (self._beyond(here) != self._beyond(there)) & self._same
        return ~crossed.any(axis=1)

    def matrix(self, places: Floats) -> Floats:
        """Say how long the quickest way takes between each two places; infinite where there is none."""
        direct = np.where(self.sees(places, places), self.times(places, places), np.inf)
        if not len(self.corners) or np.isfinite(direct).all():
            return direct
        to_corner = self._to_corners(places)
        via = np.stack([(row[:, None] + self._between).min(axis=0) for row in to_corner])
        hidden = np.flatnonzero(~np.isfinite(direct).all(axis=1))
        for each in hidden:
            direct[each] = np.minimum(direct[each], (via[each][None, :] + to_corner).min(axis=1))
        return np.minimum(direct, direct.T)

    def _to_corners(self, places: Floats) -> Floats:
        return np.where(self.sees(places, self.corners), self.times(places, self.corners), np.inf)

    def way(self, start: Floats, end: Floats) -> Floats:
        """Give the bends of the quickest way, both ends among them; no rows where there is no way."""
        return self.ways(np.array([start]), np.array([end]))[0]

    def ways(self, starts: Floats, ends: Floats) -> list[Floats]:
        """Give the quickest way from each of the one to the one of the other that stands beside it."""
        found = [np.array(pair) for pair in zip(starts, ends, strict=True)]
        hidden = np.flatnonzero(~self._clear_each(starts, ends)) if self._same.any() else np.empty(0, dtype=np.int64)
        if hidden.size:
            out, back = self._to_corners(starts[hidden]), self._to_corners(ends[hidden])
            for at, one, other in zip(hidden.tolist(), out, back, strict=True):
                found[at] = self._around(found[at], one, other)
        return found

    def _around(self, ends: Floats, out: Floats, back: Floats) -> Floats:
        if not len(self.corners):
            return np.empty((0, 2))
        total = out[:, None] + self._between + back[None, :]
        first, last = np.unravel_index(int(total.argmin()), total.shape)
        if not np.isfinite(total[first, last]):
            return np.empty((0, 2))
        bends = [int(last)]
        while bends[-1] != first:
            bends.append(int(self._before[first, bends[-1]]))
        return np.concatenate([ends[:1], self.corners[bends[::-1]], ends[1:]])


def _ring_points(region: shapely.Geometry) -> tuple[Floats, NDArray[np.bool_]]:
    """Give all rings' points in a row, and of each two that follow each other whether they are of one ring."""
    rings = shapely.get_rings(shapely.get_parts(region))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    return xy, ring[:-1] == ring[1:]


def _cross(a: Floats, b: Floats) -> Floats:
    """Multiply each of the one with each of the other."""
    return np.outer(a[:, 0], b[:, 1]) - np.outer(a[:, 1], b[:, 0])


def _cross_each(a: Floats, b: Floats) -> Floats:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def _reflex(region: shapely.Geometry) -> Floats:
    """Find the corners a shortest way may bend at: those that stick out into the region."""
    found: list[Floats] = [np.empty((0, 2))]
    for ring in shapely.get_rings(shapely.orient_polygons(shapely.get_parts(region))):
        xy = shapely.get_coordinates(ring)[:-1]
        into, out = xy - np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0) - xy
        found.append(xy[into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0] < 0])
    return np.concatenate(found)


def _all_pairs(step: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """
    Find the quickest ways between all corners, and the last corner but one of each.

    R. W. Floyd 1962, "Algorithm 97: Shortest path", Communications of the ACM 5(6), 345.
    """
    count = len(step)
    between = step.copy()
    before = np.repeat(np.arange(count)[:, None], count, axis=1)
    for via in range(count):
        other = between[:, via, None] + between[None, via, :]
        better = other < between
        between = np.where(better, other, between)
        before = np.where(better, before[None, via, :], before)
    return between, before
