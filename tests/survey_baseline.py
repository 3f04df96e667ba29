"""
The baseline of the side by side: a boustrophedon decomposition, each cell swept in its own best single direction.

As `one_dir` of ETH's benchmark (Bähnemann and others 2019), made anew: of all directions along an edge the decomposition is
taken whose cells' widths add up to least; each cell is swept across its smallest width, among the directions in which each
line meets it once; order of cells and corner of entry are a travelling salesman with clusters of four, solved by 2-opt,
moves and kicks over the cells and by dynamic programming over the corners. Lines, transits around holes and the time model
are those of the planner under test, so that only the decisions differ.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import shapely
from shapely import Polygon

from groundside.plan.survey.cells import boustrophedon_cells
from groundside.plan.survey.lines import Grid, Parts, Rule, best_phase, clipped, flyable_parts, needed, stretched
from groundside.plan.survey.motion import Motion
from groundside.plan.survey.ordering import improved
from groundside.plan.survey.transit import Transits

CLEARANCE_M = 0.01


def edge_angles(area: Polygon) -> list[float]:
    rings = [area.exterior, *area.interiors]
    found = set()
    for ring in rings:
        xy = np.asarray(ring.coords)
        for dx, dy in np.diff(xy, axis=0):
            found.add(round(math.atan2(dy, dx) % math.pi, 6))
    return sorted(found)


def width_across(area: Polygon, angle: float) -> float:
    across = shapely.get_coordinates(area) @ np.array([-math.sin(angle), math.cos(angle)])
    return float(across.max() - across.min())


def sweepable(cell: Polygon, angle: float) -> bool:
    """Whether each line in this direction meets the cell once: its border goes up once and down once."""
    across = shapely.get_coordinates(cell.exterior)[:-1] @ np.array([-math.sin(angle), math.cos(angle)])
    rise = np.diff(np.append(across, across[0]))
    rise = rise[np.abs(rise) > 1e-6]
    return int((np.sign(rise) != np.sign(np.roll(rise, 1))).sum()) <= 2


def best_direction(cell: Polygon) -> float:
    angles = [a for a in edge_angles(cell) if sweepable(cell, a)] or edge_angles(cell)
    return min(angles, key=lambda angle: width_across(cell, angle))


def best_cells(area: Polygon) -> list[Polygon]:
    """Decompose in the direction whose cells' smallest widths add up to least."""
    best, least = [area], math.inf
    for angle in edge_angles(area):
        cells = boustrophedon_cells(area, angle)
        total = sum(width_across(cell, best_direction(cell)) for cell in cells)
        if total < least:
            best, least = cells, total
    return best


def sweeps_of(cell: Polygon, inner: Polygon, rule: Rule, angle: float | None = None) -> list[np.ndarray]:
    """Give the four sweeps of a cell: from either end, each from either side."""
    angle = best_direction(cell) if angle is None else angle
    grid = best_phase(cell, angle, rule)
    return zigzags(rows_of(cell, inner, grid, rule), grid)


def rows_of(cell: Polygon, inner: Polygon, grid: Grid, rule: Rule) -> Parts:
    parts = stretched(needed(cell, grid, rule), rule)
    return clipped(parts, flyable_parts(inner, grid, np.unique(parts.number)))


def zigzags(parts: Parts, grid: Grid) -> list[np.ndarray]:
    found = []
    numbers = np.unique(parts.number)
    for upwards in (True, False):
        for rightwards in (True, False):
            legs, right = [], rightwards
            for number in numbers if upwards else numbers[::-1]:
                row = parts.which(parts.number == number)
                for left_x, right_x in sorted(zip(row.low, row.high, strict=True), reverse=not right):
                    ends = (left_x, right_x) if right else (right_x, left_x)
                    legs.append(grid.east_north(np.array(ends), np.full(2, grid.across(number))))
                right = not right
            if legs:
                found.append(np.concatenate(legs))
    return found


class Tour:
    """Cells in an order, each in one of its sweeps; start and goal at the ends."""

    def __init__(self, sweeps: list[list[np.ndarray]], start: np.ndarray, transits: Transits) -> None:
        self.sweeps = [[start[None, :]], *sweeps, [start[None, :]]]
        self.width = max(len(each) for each in self.sweeps)
        places, self.node = [], {}
        for i, options in enumerate(self.sweeps):
            for j, path in enumerate(options):
                self.node[i, j] = len(places)
                places += [path[0], path[-1]]
        self.times = transits.matrix(np.array(places))
        self.transits = transits
        self.inside = {
            (i, j): self.inner_s(path) for i, options in enumerate(self.sweeps) for j, path in enumerate(options)
        }
        self.blocks = {}

    def inner_s(self, path: np.ndarray) -> float:
        """Time of a sweep; links between lines go around what is between."""
        if len(path) < 2:
            return 0.0
        return path_s(whole(path, self.transits), self.transits.motion)

    def block(self, a: int, b: int) -> np.ndarray:
        if (a, b) not in self.blocks:
            self.blocks[a, b] = np.array(
                [
                    [
                        self.times[self.node[a, i] + 1, self.node[b, j]] + self.inside[b, j]
                        for j in range(len(self.sweeps[b]))
                    ]
                    for i in range(len(self.sweeps[a]))
                ]
            )
        return self.blocks[a, b]

    def best(self, order: list[int]) -> tuple[float, list[int]]:
        """Choose the sweep of every cell for an order, by dynamic programming."""
        total, choices = np.zeros(1), []
        for a, b in itertools.pairwise(order):
            sums = total[:, None] + self.block(a, b)
            choices.append(sums.argmin(axis=0))
            total = sums.min(axis=0)
        pick = [int(total.argmin())]
        for choice in reversed(choices):
            pick.append(int(choice[pick[-1]]))
        return float(total.min()), pick[::-1]

    def solve(self, rounds: int) -> list[int]:
        """Order the cells in their present sweeps, choose the sweeps anew for that order, and again while it helps."""
        order = self.nearest()
        least, picks = self.best(order)
        best, present = order, picks
        for seed in range(rounds if len(order) > 4 else 0):
            tried = self.reordered(best, present, seed)
            now, picks = self.best(tried)
            if now < least - 1e-9:
                least, best, present = now, tried, picks
        return best

    def reordered(self, order: list[int], picks: list[int], seed: int) -> list[int]:
        """Improve the order with each cell's present sweep, flown either way."""
        ends = np.array([end for cell, pick in zip(order, picks, strict=True) for end in self.ends(cell, pick)])
        tour = improved(self.times[np.ix_(ends, ends)], 2 * np.arange(len(order)), 60, seed)
        return [order[each] for each in (tour // 2).tolist()]

    def ends(self, cell: int, pick: int) -> tuple[int, int]:
        return self.node[cell, pick], self.node[cell, pick] + 1

    def nearest(self) -> list[int]:
        left, order = set(range(1, len(self.sweeps) - 1)), [0]
        while left:
            order.append(min(left, key=lambda b: self.block(order[-1], b).min()))
            left.remove(order[-1])
        return [*order, len(self.sweeps) - 1]


def whole(path: np.ndarray, transits: Transits) -> np.ndarray:
    """Fill in the ways around between points that do not see each other."""
    ways = [transits.way(a, b)[1:] for a, b in itertools.pairwise(path)]
    return np.concatenate([path[:1], *ways])


def path_s(path: np.ndarray, motion: Motion) -> float:
    step = np.diff(path, axis=0)
    step = step[np.hypot(step[:, 0], step[:, 1]) > 1e-9]
    return float(motion.leg_s(step[:, 0], step[:, 1]).sum())


def one_direction_per_cell(area: Polygon, spacing_m: float, motion: Motion, rounds: int = 20) -> np.ndarray:
    """Plan the baseline from the corner at the origin and back; gives the whole path."""
    rule = Rule(spacing_m=spacing_m, half_width_m=spacing_m / 2)
    transits = Transits(area, motion, CLEARANCE_M)
    inner = area.buffer(-CLEARANCE_M, join_style="mitre", mitre_limit=2.0)
    return in_cells(best_cells(area), inner, rule, transits, rounds)


def in_cells(
    cells: list[Polygon], inner: Polygon, rule: Rule, transits: Transits, rounds: int, angle: float | None = None
) -> np.ndarray:
    sweeps = [each for cell in cells if (each := sweeps_of(cell, inner, rule, angle))]
    start = np.asarray(inner.exterior.coords)[np.abs(np.asarray(inner.exterior.coords)).sum(axis=1).argmin()]
    tour = Tour(sweeps, start, transits)
    order = tour.solve(rounds)
    _, picks = tour.best(order)
    points = np.concatenate([tour.sweeps[i][j] for i, j in zip(order, picks, strict=True)])
    return whole(points, transits)


def one_direction_for_all(area: Polygon, spacing_m: float, motion: Motion, rounds: int = 20) -> np.ndarray:
    """Plan with the best one direction for all: cells cut for it and swept in it, the direction of least lines."""
    rule = Rule(spacing_m=spacing_m, half_width_m=spacing_m / 2)
    transits = Transits(area, motion, CLEARANCE_M)
    inner = area.buffer(-CLEARANCE_M, join_style="mitre", mitre_limit=2.0)
    angle = min(edge_angles(area), key=lambda each: sum(width_across(c, each) for c in boustrophedon_cells(area, each)))
    return in_cells(boustrophedon_cells(area, angle), inner, rule, transits, rounds, angle)
