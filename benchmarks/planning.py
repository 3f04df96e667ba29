"""
Planning surveys: time to fly what is planned, side by side on the same areas by the same cost model, and time to plan.

Areas: squares of 100 m with 0 to 15 convex holes, lines 3 m apart (as in ETH's benchmark: Bähnemann and others 2019),
flown from the corner at the origin and back, v = 3 m/s, a = 1 m/s², every straight leg from standing to standing;
convex fields of 500 m with lines 20 m apart, which may run half a spacing beyond the edge; a field of 200 ha. Peers: a
decomposition swept in each cell's best single direction, and in one direction for all cells (both reimplemented in
tests/survey_baseline.py); the rectangle of smallest area; and `coverage-path-planner` (PyPI), at its best of 18
headings.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from shapely import LineString, Polygon

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from groundside.model.place import LonLat  # noqa: E402
from groundside.plan.survey.covering import Covering, Wish, covered  # noqa: E402
from groundside.plan.survey.lines import Rule  # noqa: E402
from groundside.plan.survey.motion import Motion  # noqa: E402
from groundside.plan.survey.planned import SurveyOrder  # noqa: E402
from groundside.plan.survey.planner import plan_survey  # noqa: E402
from groundside.plan.survey.regions import Field, rectangle_angle  # noqa: E402
from groundside.reference.cameras import camera  # noqa: E402
from groundside.reference.local_plane import LocalPlane  # noqa: E402
from tests.survey_baseline import one_direction_for_all, one_direction_per_cell, path_s  # noqa: E402
from tests.survey_maps import concave_with_holes, convex, square_with_holes  # noqa: E402

Row = dict[str, object]
MOTION = Motion(speed_m_s=3.0, acceleration_m_s2=1.0)
SPACING_M, CONVEX_SPACING_M = 3.0, 20.0
HOLES = range(5, 16)


def rows(corpus: Path, median_s: Callable[[Callable[[], object]], float], full: bool = False) -> Iterator[Row]:
    del corpus
    yield with_holes(20 if full else 1)
    yield on_convex(1000 if full else 100)
    yield planning("square of 100 m, no hole, CPU", median_s, square_with_holes(0, 0), 0.2)
    yield planning("square of 100 m, 15 holes, CPU", median_s, square_with_holes(15, 0), 2.0)
    yield dragging(median_s)


def ours(area: Polygon, spacing_m: float, motion: Motion) -> Covering:
    """Plan lines inside an area, as the baseline's are, from a corner and back to it."""
    return planned(Field(target=area, flyable=area, rule=rule_of(spacing_m), along=motion, across=motion))


def ours_on_convex(area: Polygon, spacing_m: float, motion: Motion, angle: float | None = None) -> Covering:
    """Plan lines that may run half a spacing beyond the edge, so that any heading covers all of the area."""
    beyond = area.buffer(spacing_m / 2, join_style="mitre")
    field = Field(target=area, flyable=beyond, rule=rule_of(spacing_m), along=motion, across=motion)
    return planned(field, there_and_back=False, angle=angle)


def rule_of(spacing_m: float) -> Rule:
    """Say what lines must do where nothing overlaps."""
    return Rule(spacing_m=spacing_m, half_width_m=spacing_m / 2)


def planned(field: Field, *, there_and_back: bool = True, angle: float | None = None) -> Covering:
    """Plan lines over a field."""
    area = field.target
    ends = None
    if there_and_back:
        corners = np.asarray(area.buffer(-0.01, join_style="mitre").exterior.coords)
        corner = corners[np.abs(corners).sum(axis=1).argmin()]
        ends = corner, corner
    found = covered(field, Wish(angle=angle, ends=ends))
    assert found is not None
    return found


def path_of(plan: Covering) -> np.ndarray:
    """Lay out the whole path of a plan as points."""
    parts = [plan.ways[0]]
    for line, way in zip(plan.route.lines, plan.ways[1:], strict=True):
        parts += [line.ends, way]
    return np.concatenate(parts)


def covered_share(area: Polygon, path: np.ndarray, spacing_m: float) -> float:
    """Measure what lies within half a spacing of a path, round at its ends."""
    near = LineString(path).buffer(spacing_m / 2 * 1.0001)
    return float(near.intersection(area).area / area.area)


def with_holes(each: int) -> Row:
    times: dict[str, list[float]] = {"ours": [], "cells": [], "one": [], "cpp": []}
    shares: dict[str, list[float]] = {"ours": [], "cells": []}
    planning_s: list[float] = []
    for area in (square_with_holes(holes, seed) for holes in HOLES for seed in range(each)):
        began = time.process_time()
        plan = ours(area, SPACING_M, MOTION)
        planning_s.append(time.process_time() - began)
        path, baseline = path_of(plan), one_direction_per_cell(area, SPACING_M, MOTION)
        for name, way in (("ours", path), ("cells", baseline), ("one", one_direction_for_all(area, SPACING_M, MOTION))):
            times[name].append(path_s(way, MOTION))
        times["cpp"].append(peer_s(area, SPACING_M, MOTION))
        shares["ours"].append(covered_share(area, path, SPACING_M))
        shares["cells"].append(covered_share(area, baseline, SPACING_M))
    mean = {name: float(np.mean(taken)) for name, taken in times.items()}
    return {
        "what": f"{len(planning_s)} squares with 5 to 15 holes, time to fly",
        "mean_s": mean["ours"],
        "covered": float(np.mean(shares["ours"])),
        "peer": "cells, each in its best direction",
        "peer_mean_s": mean["cells"],
        "peer_covered": float(np.mean(shares["cells"])),
        "times_peer": mean["cells"] / mean["ours"],
        "share_of_peer": mean["ours"] / mean["cells"],
        "share_of_cells_in_one_direction": mean["ours"] / mean["one"],
        "share_of_coverage_path_planner": mean["ours"] / mean["cpp"],
        "planning_s_mean": float(np.mean(planning_s)),
        "planning_s_most": float(np.max(planning_s)),
    }


def on_convex(count: int) -> Row:
    shares, against = [], []
    for seed in range(count):
        area = convex(seed)
        mine = ours_on_convex(area, CONVEX_SPACING_M, MOTION).route.time_s
        rectangle = ours_on_convex(area, CONVEX_SPACING_M, MOTION, rectangle_angle(area)).route.time_s
        shares.append(mine / rectangle)
        against.append(mine / peer_s(area, CONVEX_SPACING_M, MOTION, from_start=False))
    return {
        "what": f"{count} convex fields, time to fly",
        "peer": "heading of the smallest rectangle",
        "times_peer": 1 / float(np.mean(shares)),
        "share_of_peer_mean": float(np.mean(shares)),
        "share_of_peer_worst": float(np.max(shares)),
        "share_of_coverage_path_planner": float(np.mean(against)),
    }


def peer_s(area: Polygon, spacing_m: float, motion: Motion, *, from_start: bool = True) -> float:
    """Plan with coverage-path-planner in 18 headings and take the quickest; it never flies back to its start."""
    paths = [peer(area, spacing_m, angle) for angle in np.arange(18) * math.pi / 18]
    return min(path_s(path if from_start else path[1:], motion) for path in paths)


def peer(area: Polygon, spacing_m: float, angle: float) -> np.ndarray:
    import coverage_path_planner as cpp

    def polygon(ring: object) -> object:
        return cpp.Polygon([cpp.Point(float(x), float(y)) for x, y in np.asarray(ring.coords)[:-1]])

    ground = cpp.Environment(polygon(area.exterior))
    for hole in area.interiors:
        ground.addObstacle(polygon(hole))
    wish = cpp.PathSettings()
    wish.pattern, wish.offset, wish.angle, wish.distanceToBorder = "lines", spacing_m, float(angle), 0
    wish.mowArea, wish.mowBorder, wish.mowExclusionsBorder = True, False, False
    start = np.asarray(area.exterior.coords)[0]
    path = cpp.PathService().computeFullTask(ground, wish, cpp.Point(*map(float, start))).path
    return np.array([(point.x, point.y) for point in path.getPoints()])


def planning(what: str, median_s: Callable[[Callable[[], object]], float], area: Polygon, target_s: float) -> Row:
    return {
        "what": what,
        "median_ms": median_s(lambda: ours(area, SPACING_M, MOTION)) * 1e3,
        "target_ms": target_s * 1e3,
    }


def dragging(median_s: Callable[[Callable[[], object]], float]) -> Row:
    """Plan 200 ha again while a corner is dragged, with three holes, from longitude and latitude to a path."""
    field = concave_with_holes(3, 0)
    field = shapely.transform(field, lambda xy: xy * math.sqrt(2e6 / field.area))
    plane = LocalPlane(LonLat(10.0, 50.0))
    order = SurveyOrder(area=field, camera=camera("DJI Phantom 4 RTK"), height_m=100.0, quick=True)
    moved = [0.0]

    def drag() -> object:
        moved[0] += 1.0
        xy = shapely.get_coordinates(field)
        xy[xy[:, 0] == xy[0, 0], 0] += moved[0]
        dragged = shapely.set_coordinates(shapely.from_wkb(shapely.to_wkb(field)), plane.to_lon_lat(xy))
        return plan_survey(replace(order, area=dragged))

    return {"what": "200 ha with 3 holes planned again, CPU", "median_ms": median_s(drag) * 1e3, "target_ms": 100.0}
