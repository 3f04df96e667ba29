"""Exact cell decomposition: cutting an area with holes into cells that a sweep crosses without a break."""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

Floats = NDArray[np.float64]
_BEYOND_M = 1e-6
"""Cuts end so far beyond the border, for a cut that ends on it may miss it by a rounding."""


def boustrophedon_cells(area: Polygon, angle: float, *, at_every_bend: bool = False) -> list[Polygon]:
    """
    Cut an area into boustrophedon cells: every line in the direction of the cuts meets each cell once.

    H. Choset and P. Pignon 1998, "Coverage Path Planning: The Boustrophedon Cellular Decomposition": cuts run through
    those corners alone where the number of parts changes, so neighbouring trapezoids are merged from the start.

    Args:
        area: a valid polygon, with holes or without.
        angle: of the cuts, radians counter-clockwise from east.
        at_every_bend: cut at every corner where the outer border bends inwards, so that each arm of a bent field is a
        cell.

    Returns:
        The cells, which share borders but no ground; together they are the area.
    """
    c, s = math.cos(angle), math.sin(angle)
    turn = np.array([[c, -s], [s, c]])
    turned = shapely.transform(area, lambda xy: xy @ turn)
    points = critical_points(turned, at_every_bend=at_every_bend)
    if not len(points):
        return [area]
    cuts = _cuts(turned, points)
    lines = shapely.union_all(np.array([turned.boundary, *cuts]))
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inside = shapely.contains(turned, shapely.point_on_surface(pieces))
    return list(shapely.transform(pieces[inside], lambda xy: xy @ turn.T))


def critical_points(area: Polygon, *, at_every_bend: bool = False) -> Floats:
    """Find the corners at which a horizontal line that moves up through the area splits, merges, begins or ends."""
    found: list[Floats] = []
    for number, ring in enumerate(shapely.get_rings(shapely.orient_polygons(area))):
        xy = shapely.get_coordinates(ring)[:-1]
        before, after = np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0)
        into, out = xy - before, after - xy
        reflex = into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0] < 0
        # A border along the cut counts as leaning by a hair, so that one of its ends is the corner.
        rise_in, rise_out = into[:, 1] + 1e-9 * into[:, 0], out[:, 1] + 1e-9 * out[:, 0]
        outer = at_every_bend and number == 0
        found.append(xy[reflex & (outer | (rise_in * rise_out < 0))])
    return np.concatenate(found)


def _cuts(area: Polygon, points: Floats) -> list[LineString]:
    west, _, east, _ = area.bounds
    ends = np.stack(
        [np.column_stack([np.full(len(points), x), points[:, 1]]) for x in (west - 1.0, east + 1.0)], axis=1
    )
    crossing = shapely.line_merge(shapely.intersection(area, shapely.linestrings(ends)))
    parts, owner = shapely.get_parts(np.asarray(crossing), return_index=True)
    near = shapely.distance(parts, shapely.points(points[owner])) < _BEYOND_M
    west_end, _, east_end, _ = shapely.bounds(parts[near]).T
    level = points[owner[near], 1]
    starts = np.column_stack([west_end - _BEYOND_M, level])
    stops = np.column_stack([east_end + _BEYOND_M, level])
    return [LineString(ends) for ends in np.stack([starts, stops], axis=1)]
