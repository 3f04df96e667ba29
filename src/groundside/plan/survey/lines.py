"""Parallel lines that cover a region: which are needed, from where to where, and where they may be flown."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of the lines of a grid: the number of the line, and from where to where along it; in that order."""

    number: Numbers
    low: Floats
    high: Floats

    def __len__(self) -> int:
        return len(self.number)

    @property
    def lengths(self) -> Floats:
        """How long each is."""
        return self.high - self.low

    def which(self, chosen: NDArray[np.bool_]) -> Parts:
        """Keep some."""
        return Parts(self.number[chosen], self.low[chosen], self.high[chosen])


_SHORTEST_M = 1e-3
NO_PARTS = Parts(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    What a set of parallel lines must do for the ground.

    Args:
        spacing_m: between neighbouring lines.
        half_width_m: a line is needed wherever ground lies within this distance across it.
        extend_m: so far it goes on beyond that ground; negative where less than all of it needs flying over.
        join_m: two parts of a line with a gap no longer than this are flown as one.
        least_m: what would be shorter is flown at this length.
        step_m: lengths are rounded up to whole steps where that may be flown, so that the last photo is at the end; 0
            leaves them.
    """

    spacing_m: float
    half_width_m: float
    extend_m: float = 0.0
    join_m: float = 0.0
    least_m: float = 0.0
    step_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Grid:
    """
    Numbered parallel lines over the whole plane.

    Args:
        angle: direction of the lines, radians counter-clockwise from east.
        phase_m: how far line 0 passes the origin, to its left.
        spacing_m: between lines.
    """

    angle: float
    phase_m: float
    spacing_m: float

    def along_across(self, points: Floats) -> Floats:
        """Turn east and north into along the lines and across them."""
        c, s = math.cos(self.angle), math.sin(self.angle)
        return points @ np.array([[c, -s], [s, c]])

    def east_north(self, along: Floats, across: Floats) -> Floats:
        """Turn along and across back into east and north, in columns."""
        c, s = math.cos(self.angle), math.sin(self.angle)
        return np.stack([along * c - across * s, along * s + across * c], axis=-1)

    def across(self, number: Numbers) -> Floats:
        """Say how far across lines lie."""
        return np.asarray(self.phase_m + number * self.spacing_m, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Edges:
    """All edges of polygons as they stand in a grid; horizontal ones are left out."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats

    def at(self, y: Floats, mid: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Give x of each edge at each y, and which of them pass the matching mid height, as (heights, edges)."""
        across = (self.y0 <= mid[:, None]) & (mid[:, None] < self.y1)
        share = (y[:, None] - self.y0) / (self.y1 - self.y0)
        return self.x0 + np.clip(share, 0.0, 1.0) * (self.x1 - self.x0), across


def edges_of(region: shapely.Geometry, grid: Grid) -> Edges:
    """Gather the edges of polygons, each from its lower end to its upper end."""
    rings = shapely.get_rings(shapely.get_parts(region))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    turned = grid.along_across(xy)
    # To the nanometre, or an edge along the lines would lean by a rounding and be met by some slabs only.
    turned[:, 1] = np.round(turned[:, 1], 9)
    start, end = turned[:-1], turned[1:]
    used = (ring[:-1] == ring[1:]) & (start[:, 1] != end[:, 1])
    start, end = start[used], end[used]
    rising = (start[:, 1] < end[:, 1])[:, None]
    low, high = np.where(rising, start, end), np.where(rising, end, start)
    return Edges(low[:, 0], low[:, 1], high[:, 0], high[:, 1])


def needed(region: shapely.Geometry, grid: Grid, rule: Rule) -> Parts:
    """
    Say which part of each line has ground of the region within its half width.

    Exact: the region is cut into slabs at every corner and at the border of every line's strip; in a slab it is a row
    of trapezoids, whose shadows on the line make up the intervals.
    """
    edges = edges_of(region, grid)
    if not edges.x0.size:
        return NO_PARTS
    bottom, top, half = edges.y0.min(), edges.y1.max(), rule.half_width_m * (1 - 1e-9)
    first = math.ceil((bottom - half - grid.phase_m) / grid.spacing_m + 1e-9)
    last = math.floor((top + half - grid.phase_m) / grid.spacing_m - 1e-9)
    numbers = np.arange(first, last + 1)
    strips = grid.across(numbers)
    heights = np.unique(np.concatenate([edges.y0, edges.y1, strips - half, strips + half]))
    heights = heights[(heights >= bottom) & (heights <= top)]
    slab, left, right = _trapezoids(edges, heights)
    middles = (heights[:-1] + heights[1:]) / 2
    begins = np.searchsorted(slab, np.searchsorted(middles, strips - half))
    counts = np.searchsorted(slab, np.searchsorted(middles, strips + half)) - begins
    each = _runs(begins, counts)
    return joined(Parts(np.repeat(numbers, counts), left[each], right[each]))


def _trapezoids(edges: Edges, heights: Floats) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Cut into trapezoids between heights: the slab of each, and the ends of its shadow."""
    middle = (heights[:-1] + heights[1:]) / 2
    low, across = edges.at(heights[:-1], middle)
    high, _ = edges.at(heights[1:], middle)
    slab, edge = np.nonzero(across)
    xl, xh = low[slab, edge], high[slab, edge]
    order = np.lexsort((xl + xh, slab))
    slab, xl, xh = slab[order], xl[order], xh[order]
    return slab[::2], np.minimum(xl, xh)[::2], np.maximum(xl, xh)[1::2]


def _runs(begins: NDArray[np.intp], counts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Number what lies in runs: from each begin, so many."""
    before = np.cumsum(counts) - counts
    return np.repeat(begins - before, counts) + np.arange(counts.sum())


def joined(parts: Parts, gap_m: float = 1e-6) -> Parts:
    """Unite parts of a line that overlap, or whose gap is no longer than `gap_m`."""
    if not len(parts):
        return parts
    order = np.lexsort((parts.low, parts.number))
    number, low, high = parts.number[order], parts.low[order], parts.high[order]
    # Lines are put behind each other, so that how far parts reach never carries over from one line to the next.
    apart = (number - number[0]) * (float(high.max() - low.min()) + gap_m + 1.0)
    reach = np.maximum.accumulate(high + apart)
    new = np.concatenate([[True], (low + apart)[1:] > reach[:-1] + gap_m])
    starts = np.flatnonzero(new)
    return Parts(number[starts], low[starts], np.maximum.reduceat(high, starts))


def stretched(parts: Parts, rule: Rule) -> Parts:
    """Lengthen every part as the rule says, and join those with a small gap between them."""
    middle = (parts.low + parts.high) / 2
    half = np.maximum(parts.lengths / 2 + rule.extend_m, rule.least_m / 2)
    return whole_steps(joined(Parts(parts.number, middle - half, middle + half), rule.join_m), rule.step_m)


def whole_steps(parts: Parts, step_m: float) -> Parts:
    """Lengthen parts to whole steps, at both ends alike; those that come to overlap are joined and lengthened again."""
    if not step_m or not len(parts):
        return parts
    middle = (parts.low + parts.high) / 2
    half = np.ceil(parts.lengths / step_m - 1e-6) * step_m / 2
    longer = joined(Parts(parts.number, middle - half, middle + half))
    return longer if len(longer) == len(parts) else whole_steps(longer, step_m)


def flyable_parts(flyable: shapely.Geometry, grid: Grid, numbers: Numbers) -> Parts:
    """Say where lines run inside the region that may be flown."""
    if not numbers.size:
        return NO_PARTS
    edges = edges_of(flyable, grid)
    height = grid.across(numbers)
    x, across = edges.at(height, height)
    row, edge = np.nonzero(across)
    at = x[row, edge]
    order = np.lexsort((at, row))
    row, at = row[order], at[order]
    return Parts(numbers[row[::2]], at[::2], at[1::2])


def clipped(parts: Parts, allowed: Parts, step_m: float = 0.0) -> Parts:
    """
    Keep what is both needed and allowed.

    Args:
        step_m: what an edge cut short is lengthened to whole steps again, at its free end: whichever way it is flown
        then,
            there is a photo at that end.
    """
    begins = np.searchsorted(allowed.number, parts.number)
    counts = np.searchsorted(allowed.number, parts.number, side="right") - begins
    mine, theirs = np.repeat(np.arange(len(parts)), counts), _runs(begins, counts)
    low = np.maximum(parts.low[mine], allowed.low[theirs])
    high = np.minimum(parts.high[mine], allowed.high[theirs])
    if step_m:
        missing = np.ceil((high - low) / step_m - 1e-6) * step_m - (high - low)
        down = np.clip(missing, 0.0, np.maximum(low - allowed.low[theirs], 0.0))
        up = np.clip(missing - down, 0.0, np.maximum(allowed.high[theirs] - high, 0.0))
        low, high = np.where(high > low, low - down, low), np.where(high > low, high + up, high)
    return Parts(parts.number[mine], low, high).which(high - low >= _SHORTEST_M)


def best_phase(region: shapely.Geometry, angle: float, rule: Rule) -> Grid:
    """Place the lines so that the fewest do, the room left over being shared by both sides."""
    grid = Grid(angle, 0.0, rule.spacing_m)
    across = grid.along_across(shapely.get_coordinates(region))[:, 1]
    low, high = float(across.min()), float(across.max())
    reach = high - low + 2 * rule.half_width_m
    count = max(1, math.ceil(reach / rule.spacing_m - 1e-9) - 1)
    first = (low + high - (count - 1) * rule.spacing_m) / 2
    return Grid(angle, first, rule.spacing_m)
