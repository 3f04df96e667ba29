"""Covering ground with lines: decide the directions, then the order."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from groundside.plan.survey.regions import (
    Field,
    Region,
    candidate_angles,
    estimate_s,
    mixed,
    rectangle_angle,
    swept,
)
from groundside.plan.survey.route import Line, Route, Router, lines_of
from groundside.plan.survey.transit import Transits

Floats = NDArray[np.float64]
CLEARANCE_M = 0.01
_PROMISING = 1.04
_FINALISTS, _FINALISTS_WITHOUT_HOLES = 2, 6
_EVENLY = 18
"""So many directions are tried besides those of edges, where that is quick."""
_QUICK_ANGLES = 6
_BENT = 0.85
"""A field that fills less of its hull is worth several directions, though somebody waits."""
_ANOTHER = math.sin(math.radians(20.0))
_KICKS_EACH, _MOST_KICKS = 6, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """
    What the caller fixes of a coverage.

    Args:
        angle: the one direction of all lines, radians counter-clockwise from east; None leaves it to the planner.
        crosshatch: fly all a second time, across.
        turnaround_m: lines begin so much earlier and end so much later than photos need, where that may be flown.
        ends: where the aircraft comes from and goes to, each east and north; None leaves both open.
        quick: take the first good order, as while somebody drags a corner.
    """

    angle: float | None = None
    crosshatch: bool = False
    turnaround_m: float = 0.0
    ends: tuple[Floats, Floats] | None = None
    quick: bool = False


@dataclass(frozen=True, slots=True)
class Covering:
    """How ground is covered: the regions, their lines in order, and the ways between them."""

    regions: tuple[Region, ...]
    route: Route
    ways: tuple[Floats, ...]
    """From the start to the first line, between lines, and to the goal; those at the ends are empty where open."""
    back: Floats
    """From the last line to the first, where the ends are open: the way home of who takes off at the first line."""


def covered(field: Field, wish: Wish) -> Covering | None:
    """Plan the lines over a field and the way through them; None where no line can be flown at all."""
    transits = Transits(field.flyable, field.across, CLEARANCE_M)
    inner = shapely.buffer(field.flyable, -CLEARANCE_M, join_style="mitre", mitre_limit=2.0)
    field = Field(target=field.target, flyable=inner, rule=field.rule, along=field.along, across=field.across)
    best: tuple[list[Region], Router] | None = None
    for regions in proposals(field, wish):
        lines = lines_of(field, regions, wish.turnaround_m)
        if lines:
            router = Router(field, lines, transits, wish.ends)
            if best is None or router.time_s < best[1].time_s:
                best = regions, router
    if best is None:
        return None
    regions, router = best
    router.search(_kicks(regions, router.lines, wish))
    route = router.route()
    return Covering(tuple(regions), route, tuple(_ways(route, transits, wish.ends)), _back(route, transits, wish))


def _back(route: Route, transits: Transits, wish: Wish) -> Floats:
    if wish.ends is not None:
        return np.empty((0, 2))
    return transits.way(route.lines[-1].ends[1], route.lines[0].ends[0])


def proposals(field: Field, wish: Wish) -> Iterator[list[Region]]:
    """Offer sets of regions worth ordering, the most promising first."""
    if wish.angle is not None:
        yield _one_direction(field, wish.angle, wish)
        return
    evenly = 0 if wish.quick or _has_holes(field) else _EVENLY
    ranked = sorted(
        ((_estimate(field, regions), angle, regions)
         for angle in candidate_angles(field.target, evenly)[: _QUICK_ANGLES if wish.quick else None]
         for regions in [_one_direction(field, angle, wish)]),
        key=lambda each: each[0],
    )  # fmt: skip
    promising = [each for each in ranked if each[0] <= ranked[0][0] * _PROMISING]
    finalists = promising[: _finalists(field, wish)]
    yield from (regions for _, _, regions in finalists)
    along = rectangle_angle(field.target)
    if not wish.quick and all(abs(along - angle) > 1e-6 for _, angle, _ in finalists):
        yield _one_direction(field, along, wish)
    if not wish.crosshatch and _may_gain(field.target, wish):
        several = _several_directions(field, [angle for _, angle, _ in ranked], wish)
        if several and _estimate(field, several) < ranked[0][0]:
            yield several


def _finalists(field: Field, wish: Wish) -> int:
    if wish.quick:
        return 1
    return _FINALISTS if _has_holes(field) else _FINALISTS_WITHOUT_HOLES


def _has_holes(field: Field) -> bool:
    return bool(shapely.get_num_interior_rings(shapely.get_parts(field.target)).any())


def _several_directions(field: Field, ranked: list[float], wish: Wish) -> list[Region]:
    """Cut along the best direction; without holes, where that is quick, also along the next that is another one."""
    cuts = ranked[:1]
    if not wish.quick and not _has_holes(field):
        cuts += [angle for angle in ranked if abs(math.sin(angle - cuts[0])) > _ANOTHER][:1]
    most = 2 if wish.quick else 6
    options = [
        mixed(field, cut, [angle for angle in ranked if angle != cut][: most - 1], thorough=not wish.quick)
        for cut in cuts
    ]
    return min(filter(None, options), key=lambda regions: _estimate(field, regions), default=[])


def _one_direction(field: Field, angle: float, wish: Wish) -> list[Region]:
    angles = [angle, angle + math.pi / 2] if wish.crosshatch else [angle]
    return [swept(field, field.target, each) for each in angles]


def _estimate(field: Field, regions: list[Region]) -> float:
    return estimate_s(field, [(region.grid, region.parts) for region in regions])


def _may_gain(target: shapely.Geometry, wish: Wish) -> bool:
    """Whether several directions may be better than one: not on ground that is convex but for its holes' sake."""
    if not wish.quick:
        return bool(shapely.area(target) < 0.995 * shapely.area(shapely.convex_hull(target)))
    filled = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(target)))
    return bool(shapely.area(filled).sum() < _BENT * shapely.area(shapely.convex_hull(target)))


def _kicks(regions: list[Region], lines: list[Line], wish: Wish) -> int:
    rows = sum(len(np.unique(region.parts.number)) for region in regions)
    loose = len(lines) - rows + (4 * (len(regions) - 1))
    return 0 if wish.quick else min(_MOST_KICKS, _KICKS_EACH * loose)


def _ways(route: Route, transits: Transits, ends: tuple[Floats, Floats] | None) -> Iterator[Floats]:
    none = np.empty((0, 2))
    firsts, lasts = np.array([[line.ends[0], line.ends[1]] for line in route.lines]).transpose(1, 0, 2)
    yield transits.way(ends[0], firsts[0]) if ends else none
    yield from transits.ways(lasts[:-1], firsts[1:])
    yield transits.way(lasts[-1], ends[1]) if ends else none
