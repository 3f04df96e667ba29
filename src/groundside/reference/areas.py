"""
Which of many paths come into an area whose edges are straight in longitude and latitude (RFC 7946, section 3.1.1).

A path's segments are geodesics. One longer than 100 m is followed in steps of 100 m (or of a thousandth, whichever is
more) that are straight in longitude and latitude: within 1 mm of the geodesic up to 75 degrees of latitude.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from groundside.model.query import Area, Ring
from groundside.reference.cells import Bounds
from groundside.reference.geodesy import geod, step_lengths_m
from groundside.reference.paths import Floats, Path, Paths, together

STEP_M = 100.0
MOST_STEPS = 1000
Which = NDArray[np.bool_]


def fault_in(area: Area) -> str:
    """Say in words what makes an area none: rings that cross themselves or each other, or enclose nothing."""
    for rings in area.polygons:
        shape = _polygon(rings)
        if not shapely.is_valid(shape):
            return str(shapely.is_valid_reason(shape)).replace("[", " at ").rstrip("]")
        if not shapely.area(shape) > 0:
            return "A polygon encloses nothing"
    return ""


def _polygon(rings: Sequence[Ring]) -> shapely.Polygon:
    shell, *holes = ([(at.lon, at.lat) for at in ring] for ring in rings)
    return shapely.Polygon(shell, holes)


class Region:
    """An area made ready to be asked many times."""

    def __init__(self, area: Area) -> None:
        self._shape = shapely.union_all([_polygon(rings) for rings in area.polygons])
        shapely.prepare(self._shape)

    @cached_property
    def bounds(self) -> Bounds:
        """The area's bounds; beyond 180 where it lies on the other side of the antimeridian."""
        west, south, east, north = (float(each) for each in shapely.bounds(self._shape))
        if east - west >= 360.0:
            return Bounds(-180.0, south, 180.0, north)
        return Bounds(west, south, east, north)

    def crossed(self, paths: Sequence[Path], reach_m: Floats) -> Which:
        """
        Say which paths lie in the area or touch it, with any part of theirs.

        Args:
            paths: where each went.
            reach_m: of each path the length of its longest step, or more, in metres.
        """
        many = together(paths)
        found = np.zeros(many.count, dtype=bool)
        if not many.lon.size:
            return found
        for turn in self._turns():
            inside = shapely.intersects_xy(self._shape, many.lon + turn, many.lat)
            found[many.owner[inside]] = True
        self._try_segments(many, reach_m, found)
        return found

    def _turns(self) -> list[float]:
        """By how many degrees a longitude of -180 to 180 may have to be turned to lie in the bounds."""
        first = math.ceil((self.bounds.west - 180.0) / 360.0)
        last = math.floor((self.bounds.east + 180.0) / 360.0)
        return [360.0 * turn for turn in range(first, last + 1)] or [0.0]

    def _try_segments(self, many: Paths, reach_m: Floats, found: Which) -> None:
        rows = np.flatnonzero(many.joined & ~found[many.owner])
        rows = rows[self._may_touch(many, rows, reach_m)]
        if not rows.size:
            return
        lines, of = _as_lines(many, rows)
        for turn in self._turns_of_lines():
            touched = shapely.intersects(self._shape, _turned(lines, turn))
            found[many.owner[rows[of[touched]]]] = True

    def _turns_of_lines(self) -> list[float]:
        """Lines begin between -180 and 180 and may run on by half a turn either way."""
        first = math.ceil((self.bounds.west - 360.0) / 360.0)
        last = math.floor((self.bounds.east + 360.0) / 360.0)
        return [360.0 * turn for turn in range(first, last + 1)]

    def _may_touch(self, many: Paths, rows: NDArray[np.intp], reach_m: Floats) -> Which:
        """A place on a segment is within half of it from one of its ends."""
        grown = [self.bounds.grown(float(each) / 2.0 + 1.0) for each in reach_m]
        sides = np.array([(b.west, b.south, b.east, b.north) for b in grown])
        near = np.zeros(rows.size, dtype=bool)
        for at in (rows, rows + 1):
            west, south, east, north = sides[many.owner[at]].T
            off = np.abs((many.lon[at] - (west + east) / 2.0 + 180.0) % 360.0 - 180.0)
            near |= (many.lat[at] >= south) & (many.lat[at] <= north) & (off <= (east - west) / 2.0 + 1e-9)
        return near


def _turned(lines: Any, degrees: float) -> Any:  # noqa: ANN401  # shapely's arrays have no type to name
    return shapely.transform(lines, lambda places: places + np.array([degrees, 0.0]))


def _as_lines(many: Paths, rows: NDArray[np.intp]) -> tuple[Any, NDArray[np.int64]]:
    """Follow segments as lines whose longitudes run on; also which segment each line is of."""
    lengths = step_lengths_m(*_interleaved(many, rows))[::2]
    steps = np.clip(np.ceil(lengths / STEP_M), 1, MOST_STEPS).astype(np.int64)
    of = np.repeat(np.arange(rows.size), steps)
    nth = np.arange(of.size) - np.repeat(np.cumsum(steps) - steps, steps)
    begin, end = _along(many, rows, of, nth / steps[of]), _along(many, rows, of, (nth + 1) / steps[of])
    end_lon = begin[0] + (end[0] - begin[0] + 180.0) % 360.0 - 180.0
    ends = np.stack([np.stack(begin, axis=1), np.stack([end_lon, end[1]], axis=1)], axis=1)
    return shapely.linestrings(ends), of


def _interleaved(many: Paths, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
    both = np.stack([rows, rows + 1], axis=1).ravel()
    return many.lon[both], many.lat[both]


def _along(many: Paths, rows: NDArray[np.intp], of: NDArray[np.int64], share: Floats) -> tuple[Floats, Floats]:
    """Give the positions at a share of the way along segments; the ends are exactly the ends."""
    begin, end = rows[of], rows[of] + 1
    lon, lat = (
        np.where(share >= 1.0, many.lon[end], many.lon[begin]),
        np.where(share >= 1.0, many.lat[end], many.lat[begin]),
    )
    inner = np.flatnonzero((share > 0.0) & (share < 1.0))
    if inner.size:
        a, b = begin[inner], end[inner]
        heading, _, length = geod().inv(many.lon[a], many.lat[a], many.lon[b], many.lat[b])
        found = geod().fwd(many.lon[a], many.lat[a], heading, np.asarray(length) * share[inner])
        lon[inner], lat[inner] = found[0], found[1]
    return lon, lat
