"""Which way to sweep: candidate headings, and a heading for every cell where one for all is not the best."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from groundside.plan.survey.cells import boustrophedon_cells
from groundside.plan.survey.lines import (
    Grid,
    Parts,
    Rule,
    best_phase,
    clipped,
    flyable_parts,
    joined,
    needed,
    stretched,
)
from groundside.plan.survey.motion import Motion

Floats = NDArray[np.float64]
_SAME = math.radians(1.0)
_MOST_EDGES = 14
_MOST_CELLS = 60
_SLIVER_M2 = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """
    What is to be swept, and under which conditions.

    Args:
        target: ground to cover; polygons in metres east and north.
        flyable: where lines may run.
        rule: what the lines must do.
        along: motion on lines; `across` between them.
    """

    target: shapely.Geometry
    flyable: shapely.Geometry
    rule: Rule
    along: Motion
    across: Motion


@dataclass(frozen=True, slots=True)
class Region:
    """Ground swept by the lines of one grid: which parts of which lines photograph."""

    ground: shapely.Geometry
    grid: Grid
    parts: Parts


def swept(field: Field, ground: shapely.Geometry, angle: float) -> Region:
    """Sweep ground with the fewest lines of a direction."""
    grid = best_phase(ground, angle, field.rule)
    return Region(ground, grid, flown(field, needed(ground, grid, field.rule), grid))


def flown(field: Field, parts: Parts, grid: Grid) -> Parts:
    """Lengthen what is needed, and keep what may be flown."""
    longer = stretched(parts, field.rule)
    return clipped(longer, flyable_parts(field.flyable, grid, np.unique(longer.number)), field.rule.step_m)


def estimate_s(field: Field, regions: list[tuple[Grid, Parts]]) -> float:
    """Estimate the time of lines, each with one turn to a neighbouring line; ways between regions are left out."""
    total = 0.0
    for grid, parts in regions:
        if len(parts):
            total += float(_lines_s(field, grid.angle, parts.lengths).sum()) + len(parts) * _turn_s(field, grid)
    return total


def _lines_s(field: Field, angle: float, lengths: Floats) -> Floats:
    return field.along.both_ways_s(lengths * math.cos(angle), lengths * math.sin(angle))


def _turn_s(field: Field, grid: Grid) -> float:
    step = grid.spacing_m
    return float(field.across.both_ways_s(-step * math.sin(grid.angle), step * math.cos(grid.angle)))


def candidate_angles(target: shapely.Geometry, evenly: int = 0) -> list[float]:
    """
    Offer directions worth trying: along the longest edges, and along the sides of the smallest rectangle around.

    Args:
        target: ground to cover.
        evenly: so many more, spread over all directions.

    The smallest width of a polygon is across one of the edges of its convex hull, so the hull's edges are among them.
    """
    hull = shapely.convex_hull(target)
    lengths: list[float] = []
    angles: list[float] = []
    for shape, weight in ((hull, 10.0), (shapely.minimum_rotated_rectangle(hull), 1e6), (target, 1.0)):
        for ring in shapely.get_rings(shapely.get_parts(shape)):
            step = np.diff(shapely.get_coordinates(ring), axis=0)
            lengths += (np.hypot(step[:, 0], step[:, 1]) * weight).tolist()
            angles += (np.arctan2(step[:, 1], step[:, 0]) % math.pi).tolist()
    chosen: list[float] = []
    for each in np.argsort(lengths)[::-1]:
        if all(_apart(angles[each], other) > _SAME for other in chosen):
            chosen.append(angles[each])
        if len(chosen) == _MOST_EDGES:
            break
    spread = (math.pi * nth / evenly for nth in range(evenly))
    return chosen + [each for each in spread if all(_apart(each, other) > _SAME for other in chosen)]


def rectangle_angle(target: shapely.Geometry) -> float:
    """Give the direction of the long side of the rectangle of smallest area around."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shapely.convex_hull(target)))
    step = np.diff(corners, axis=0)[:2]
    long = step[np.hypot(step[:, 0], step[:, 1]).argmax()]
    return math.atan2(long[1], long[0]) % math.pi


def _apart(a: float, b: float) -> float:
    off = abs(a - b) % math.pi
    return min(off, math.pi - off)


def mixed(field: Field, angle: float, others: list[float], *, thorough: bool = True) -> list[Region]:
    """
    Cut into cells across one direction, then give each cell the direction that makes the whole quickest.

    Neighbouring cells of one direction are swept as one region, so a border between them costs nothing. Starts from one
    direction for all and, where thorough, from each cell's own best, and changes one cell at a time while that helps.
    Gives nothing where one direction for all stays the best.
    """
    cells = [
        cell
        for part in shapely.get_parts(field.target)
        for cell in boustrophedon_cells(part, angle, at_every_bend=True)
        if cell.area > _SLIVER_M2
    ]
    if not 1 < len(cells) <= _MOST_CELLS:
        return []
    choice = _Choice(field, cells, [angle, *others])
    starts = [choice.all_alike(), choice.each_alone()] if thorough else [choice.all_alike()]
    best = min((choice.descend(start) for start in starts), key=lambda each: each[0])[1]
    if (best == best[0]).all():
        return []
    return [
        swept(field, ground, choice.angles[each])
        for each in np.unique(best)
        for ground in shapely.get_parts(_united([cell for cell, at in zip(cells, best, strict=True) if at == each]))
    ]


def _united(cells: list[Polygon]) -> shapely.Geometry:
    """Unite cells that share a border, over the rounding of their corners."""
    return shapely.union_all(np.array(cells), grid_size=1e-6)


class _Choice:
    def __init__(self, field: Field, cells: list[Polygon], angles: list[float]) -> None:
        self.field, self.cells, self.angles = field, cells, angles
        self.grids = [best_phase(field.target, angle, field.rule) for angle in angles]
        self.parts = [[needed(cell, grid, field.rule) for cell in cells] for grid in self.grids]
        self.allowed = [
            flyable_parts(field.flyable, grid, np.unique(np.concatenate([parts.number for parts in of])))
            for grid, of in zip(self.grids, self.parts, strict=True)
        ]
        self.known: dict[tuple[int, bytes], float] = {}

    def all_alike(self) -> NDArray[np.intp]:
        """Start with the first direction for all."""
        return np.zeros(len(self.cells), dtype=np.intp)

    def each_alone(self) -> NDArray[np.intp]:
        """Start with the direction that is best for each cell by itself."""
        cells, angles = range(len(self.cells)), range(len(self.grids))
        return np.array([[self._alone_s(each, cell) for cell in cells] for each in angles]).argmin(axis=0)

    def _alone_s(self, each: int, cell: int) -> float:
        only = np.zeros(len(self.cells), dtype=np.bool_)
        only[cell] = True
        return self.group_s(each, only)

    def group_s(self, each: int, members: NDArray[np.bool_]) -> float:
        """Estimate the time of all cells of a direction together."""
        key = each, members.tobytes()
        if key not in self.known:
            self.known[key] = self._measured(each, members)
        return self.known[key]

    def _measured(self, each: int, members: NDArray[np.bool_]) -> float:
        chosen = [self.parts[each][cell] for cell in np.flatnonzero(members)]
        if not chosen:
            return 0.0
        together = Parts(
            np.concatenate([parts.number for parts in chosen]),
            np.concatenate([parts.low for parts in chosen]),
            np.concatenate([parts.high for parts in chosen]),
        )
        parts = clipped(stretched(joined(together), self.field.rule), self.allowed[each])
        return estimate_s(self.field, [(self.grids[each], parts)])

    def descend(self, start: NDArray[np.intp]) -> tuple[float, NDArray[np.intp]]:
        chosen = start.copy()
        groups = [self.group_s(each, chosen == each) for each in range(len(self.grids))]
        helped = True
        while helped:
            helped = False
            for cell in range(len(self.cells)):
                helped = self._turned(chosen, groups, cell) or helped
        return sum(groups), chosen

    def _turned(self, chosen: NDArray[np.intp], groups: list[float], cell: int) -> bool:
        old = chosen[cell]
        for new in range(len(self.grids)):
            if new == old:
                continue
            tried = chosen.copy()
            tried[cell] = new
            without, within = self.group_s(old, tried == old), self.group_s(new, tried == new)
            if without + within < groups[old] + groups[new] - 1e-6:
                chosen[cell], groups[old], groups[new] = new, without, within
                return True
        return False
