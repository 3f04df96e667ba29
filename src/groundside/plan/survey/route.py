"""From regions with lines to one way through all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.plan.survey.lines import Parts, flyable_parts
from groundside.plan.survey.ordering import cost, improved, nearest_first
from groundside.plan.survey.regions import Field, Region
from groundside.plan.survey.transit import Transits

Floats = NDArray[np.float64]
_NO_WAY_S = 1e7


@dataclass(frozen=True, slots=True)
class Line:
    """
    A line to fly: where it begins and ends, and where photos do, as places east and north of the origin.

    Args:
        ends: of what is flown, (2, 2); a turn-around longer than the line at either end.
        photo_ends: of what is photographed.
        region: number of the region that it belongs to.
    """

    ends: Floats
    photo_ends: Floats
    region: int


@dataclass(frozen=True, slots=True)
class Route:
    """Lines in the order in which they are flown, each turned as it is flown, and what that takes."""

    lines: tuple[Line, ...]
    time_s: float
    reachable: bool


def lines_of(field: Field, regions: list[Region], turnaround_m: float = 0.0) -> list[Line]:
    """Give the lines of regions, region by region and line by line, all in one direction."""
    found: list[Line] = []
    for index, region in enumerate(regions):
        grid, parts = region.grid, region.parts
        longer = _longer(field, region, turnaround_m) if turnaround_m else parts
        across = grid.across(parts.number)
        flown = np.stack([grid.east_north(longer.low, across), grid.east_north(longer.high, across)], axis=1)
        photographed = np.stack([grid.east_north(parts.low, across), grid.east_north(parts.high, across)], axis=1)
        found += [Line(ends, photos, index) for ends, photos in zip(flown, photographed, strict=True)]
    return found


def _longer(field: Field, region: Region, by_m: float) -> Parts:
    """Lengthen at both ends for turning around, as far as that may be flown."""
    parts = region.parts
    allowed = flyable_parts(field.flyable, region.grid, np.unique(parts.number))
    low, high = parts.low.copy(), parts.high.copy()
    for index, number in enumerate(parts.number):
        around = allowed.which(allowed.number == number)
        at = int(np.flatnonzero((around.low <= low[index] + 1e-6) & (high[index] <= around.high + 1e-6))[0])
        low[index] = max(around.low[at], low[index] - by_m)
        high[index] = min(around.high[at], high[index] + by_m)
    return Parts(parts.number, low, high)


class Router:
    """Orders the lines of one set of regions; keeps what it measured, to go on from a first quick answer."""

    def __init__(self, field: Field, lines: list[Line], transits: Transits, ends: tuple[Floats, Floats] | None) -> None:
        self.lines = lines
        self.times = _times(lines, transits, ends)
        self.lines_s = _lines_s(field, lines)
        starts = [*_zigzags(lines), nearest_first(self.times)]
        self.tour = min(starts, key=lambda tour: cost(self.times, tour))
        self.tour = min((improved(self.times, tour, 0) for tour in self._distinct(starts)), key=self.cost_s)

    def _distinct(self, starts: list[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
        ranked = sorted(starts, key=self.cost_s)
        return [ranked[0], starts[-1]] if ranked[0] is not starts[-1] else ranked[:1]

    def cost_s(self, tour: NDArray[np.int64]) -> float:
        """Time of all transits of a tour."""
        return cost(self.times, tour)

    @property
    def time_s(self) -> float:
        """Time of lines and transits of the best order so far."""
        return self.lines_s + self.cost_s(self.tour)

    def search(self, kicks: int) -> None:
        """Go on looking for a better order."""
        self.tour = improved(self.times, self.tour, kicks)

    def route(self) -> Route:
        """Give the lines as they are flown."""
        done = [_flown(self.lines[end // 2 - 1], bool(end & 1)) for end in self.tour[1:-1].tolist()]
        return Route(tuple(done), self.time_s, self.cost_s(self.tour) < _NO_WAY_S)


def _flown(line: Line, backwards: bool) -> Line:
    return Line(line.ends[::-1], line.photo_ends[::-1], line.region) if backwards else line


def _times(lines: list[Line], transits: Transits, ends: tuple[Floats, Floats] | None) -> Floats:
    start, goal = ends or (np.zeros(2), np.zeros(2))
    places = np.concatenate([[start, start], *[line.ends for line in lines], [goal, goal]])
    if ends is None:
        times = np.zeros((len(places), len(places)))
        times[2:-2, 2:-2] = transits.matrix(places[2:-2])
    else:
        times = transits.matrix(places)
    return np.where(np.isfinite(times), times, _NO_WAY_S)


def _lines_s(field: Field, lines: list[Line]) -> float:
    away = np.array([line.ends[1] - line.ends[0] for line in lines])
    return float(field.along.both_ways_s(away[:, 0], away[:, 1]).sum())


def _zigzags(lines: list[Line]) -> list[NDArray[np.int64]]:
    """Fly the lines as they are numbered, every other one backwards: from either end, from either side."""
    count = len(lines)
    found: list[NDArray[np.int64]] = []
    for flip in (0, 1):
        there = 2 * np.arange(1, count + 1) + (np.arange(count) + flip) % 2
        for inner in (there, there[::-1] ^ 1, there[::-1]):
            found.append(np.concatenate([[0], inner, [2 * count + 2]]))
    return found
