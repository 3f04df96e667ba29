"""Decomposition, lines and order hold for any area that can be drawn."""

from __future__ import annotations

import math

import numpy as np
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon

from groundside.plan.survey.cells import boustrophedon_cells
from groundside.plan.survey.lines import Rule, best_phase, needed
from groundside.plan.survey.motion import Motion
from groundside.plan.survey.ordering import cost, improved, nearest_first
from groundside.plan.survey.transit import Transits
from tests.survey_maps import concave_with_holes

areas = st.builds(concave_with_holes, st.integers(0, 6), st.integers(0, 10_000))
angles = st.one_of(st.floats(0, math.pi), st.sampled_from([0.0, math.pi / 2, math.pi / 4]))


@settings(deadline=None, max_examples=15)
@given(areas, angles)
def test_cells_are_the_area_and_every_cut_meets_each_once(area: Polygon, angle: float):
    cells = boustrophedon_cells(area, angle)
    assert math.isclose(sum(cell.area for cell in cells), area.area, rel_tol=1e-6)
    for cell in cells:
        assert not cell.interiors
        assert shapely.difference(cell, area.buffer(1e-4)).area < 1e-6
        assert _turns(cell, angle) <= 2


def _turns(cell: Polygon, angle: float) -> int:
    """Count how often the border turns back, across the cuts' direction; twice where every cut meets it once."""
    across = shapely.get_coordinates(cell.exterior)[:-1] @ np.array([-math.sin(angle), math.cos(angle)])
    rise = np.diff(np.append(across, across[0]))
    rise = np.sign(rise[np.abs(rise) > 1e-4])
    return int((rise != np.roll(rise, 1)).sum())


@settings(deadline=None, max_examples=15)
@given(areas, angles, st.floats(5, 60), st.integers(1, 4))
def test_every_point_lies_within_reach_of_as_many_lines_as_the_rule_implies(
    area: Polygon, angle: float, s: float, k: int
):
    rule = Rule(spacing_m=s, half_width_m=k * s / 2)
    grid = best_phase(area, angle, rule)
    parts = needed(area, grid, rule)
    west, south, east, north = area.bounds
    points = np.random.default_rng(0).uniform((west, south), (east, north), (150, 2))
    inside = grid.along_across(points[shapely.contains_xy(area, points)])
    across = np.asarray(grid.across(parts.number))
    near = np.abs(inside[:, 1, None] - across) <= k * s / 2 + 1e-6
    along = (parts.low <= inside[:, 0, None] + 1e-6) & (inside[:, 0, None] <= parts.high + 1e-6)
    assert ((near & along).sum(axis=1) >= k).all()


@settings(deadline=None, max_examples=15)
@given(areas, st.integers(0, 1000))
@example(concave_with_holes(6, 663), 49)
def test_ways_stay_inside_and_are_no_longer_than_any_detour(area: Polygon, seed: int):
    """Where bends cost nothing: else a way that bends anywhere may spare some. Bends keep a centimetre off corners."""
    transits = Transits(area, Motion(acceleration_m_s2=1e9))
    chance = np.random.default_rng(seed)
    west, south, east, north = area.bounds
    points = chance.uniform((west, south), (east, north), (300, 2))
    points = points[shapely.contains_xy(area.buffer(-0.5), points)][:6]
    times = transits.matrix(points)
    assert np.allclose(times, times.T)
    assert (times[:, :, None] <= times[:, None, :] + times[None, :, :].transpose(0, 2, 1) + 0.02).all()
    for one in points[:3]:
        for other in points[3:]:
            way = transits.way(one, other)
            assert len(way) >= 2
            assert LineString(way).difference(area).length < 1e-9


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 20), st.integers(0, 10_000))
def test_an_order_flies_every_line_once_and_is_never_made_worse(lines: int, seed: int):
    places = np.random.default_rng(seed).uniform(0, 100, (2 * lines + 4, 2))
    away = places[None] - places[:, None]
    times = Motion().both_ways_s(away[..., 0], away[..., 1])
    first = nearest_first(times)
    better = improved(times, first, 10, seed)
    assert sorted((better // 2).tolist()) == list(range(lines + 2))
    assert (better[0], better[-1]) == (first[0], first[-1])
    assert cost(times, better) <= cost(times, first) + 1e-9
