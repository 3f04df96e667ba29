import itertools
import math

import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon

from groundside.plan.survey.cells import boustrophedon_cells
from groundside.plan.survey.covering import Wish, covered
from groundside.plan.survey.lines import Grid, Rule, best_phase, clipped, flyable_parts, needed, stretched
from groundside.plan.survey.motion import Motion
from groundside.plan.survey.ordering import cost, improved, nearest_first
from groundside.plan.survey.regions import Field, candidate_angles, rectangle_angle
from groundside.plan.survey.transit import Transits

SQUARE = Polygon([(0, 0), (100, 0), (100, 100), (0, 100)])
WITH_HOLE = Polygon(SQUARE.exterior, [[(40, 40), (60, 40), (60, 60), (40, 60)]])
MOTION = Motion()
RULE = Rule(spacing_m=10.0, half_width_m=5.0)


def test_a_convex_area_is_one_cell():
    assert len(boustrophedon_cells(SQUARE, 0.3)) == 1


@pytest.mark.parametrize("angle", [0.0, 0.3, math.pi / 2])
def test_one_convex_hole_makes_four_cells(angle: float):
    cells = boustrophedon_cells(WITH_HOLE, angle)
    assert len(cells) == 4
    assert shapely.union_all(np.array(cells)).symmetric_difference(WITH_HOLE).area < 1e-3
    assert sum(cell.area for cell in cells) == pytest.approx(WITH_HOLE.area)


def test_a_square_of_ten_spacings_needs_ten_lines():
    grid = best_phase(SQUARE, 0.0, RULE)
    parts = needed(SQUARE, grid, RULE)
    assert len(parts) == 10
    assert grid.across(parts.number) == pytest.approx(np.arange(5, 100, 10))
    assert parts.lengths == pytest.approx(np.full(10, 100.0))


def test_a_hole_cuts_the_lines_that_meet_it():
    grid = best_phase(WITH_HOLE, 0.0, RULE)
    parts = clipped(needed(WITH_HOLE, grid, RULE), flyable_parts(WITH_HOLE, grid, np.arange(10)))
    assert len(parts) == 12
    assert parts.lengths.sum() == pytest.approx(8 * 100 + 4 * 40)


def test_a_line_is_needed_for_ground_beside_it_that_it_does_not_meet():
    wedge = Polygon([(0, 0), (50, 4), (0, 8)])
    parts = needed(wedge, Grid(0.0, 0.0, 10.0), RULE)
    assert parts.number.tolist() == [0, 1]
    assert parts.low == pytest.approx([0.0, 0.0])
    assert parts.high[0] == pytest.approx(50.0)
    assert parts.high[1] == pytest.approx(37.5)


def test_parts_with_a_small_gap_are_joined_and_lengths_are_whole_steps():
    rule = Rule(spacing_m=10.0, half_width_m=5.0, extend_m=1.0, join_m=4.0, step_m=7.0)
    grid = Grid(0.0, 0.0, 10.0)
    two = shapely.union_all(
        np.array([shapely.box(0, -5, 10, 5), shapely.box(14, -5, 24, 5), shapely.box(40, -5, 41, 5)])
    )
    parts = stretched(needed(two, grid, rule), rule)
    assert parts.low == pytest.approx([12 - 14, 40.5 - 3.5])
    assert parts.high == pytest.approx([12 + 14, 40.5 + 3.5])


def test_a_part_cut_short_at_one_end_grows_at_the_other():
    rule = Rule(spacing_m=10.0, half_width_m=5.0, step_m=30.0)
    grid = Grid(0.0, 0.0, 10.0)
    parts = stretched(needed(shapely.box(0, -5, 90, 5), grid, rule), rule)
    cut = clipped(parts, flyable_parts(shapely.box(-50, -50, 80, 50), grid, np.array([0])), rule.step_m)
    assert (cut.low[0], cut.high[0]) == pytest.approx((-10.0, 80.0))


def test_a_way_bends_around_a_hole_and_a_hidden_place_has_one():
    transits = Transits(WITH_HOLE, MOTION)
    way = transits.way(np.array([30.0, 50.0]), np.array([70.0, 50.0]))
    assert len(way) == 4
    assert LineString(way).intersection(Polygon(WITH_HOLE.interiors[0])).length == 0
    assert LineString(way).length == pytest.approx(2 * math.hypot(10, 10) + 20, abs=0.1)


def test_a_matrix_of_ways_agrees_with_the_ways():
    transits = Transits(WITH_HOLE, MOTION)
    places = np.array([[30.0, 50.0], [70.0, 50.0], [50.0, 30.0], [5.0, 95.0]])
    times = transits.matrix(places)
    for i, j in itertools.combinations(range(4), 2):
        way = transits.way(places[i], places[j])
        step = np.diff(way, axis=0)
        assert times[i, j] == pytest.approx(float(MOTION.leg_s(step[:, 0], step[:, 1]).sum()))


def test_there_is_no_way_out_of_a_closed_region():
    two = shapely.union(shapely.box(0, 0, 10, 10), shapely.box(20, 0, 30, 10))
    transits = Transits(two, MOTION)
    assert not len(transits.way(np.array([5.0, 5.0]), np.array([25.0, 5.0])))
    assert np.isinf(transits.matrix(np.array([[5.0, 5.0], [25.0, 5.0]]))[0, 1])


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_few_lines_is_the_best_there_is(seed: int):
    chance = np.random.default_rng(seed)
    ends = chance.uniform(0, 100, (5, 2, 2))
    places = np.concatenate([np.zeros((1, 2, 2)), ends, np.zeros((1, 2, 2))]).reshape(-1, 2)
    times = MOTION.both_ways_s(*(places[None] - places[:, None]).transpose(2, 0, 1))
    found = improved(times, nearest_first(times), kicks=60)
    best = min(
        cost(times, np.array([0, *(2 * line + way for line, way in zip(order, ways, strict=True)), 12]))
        for order in itertools.permutations(range(1, 6))
        for ways in itertools.product((0, 1), repeat=5)
    )
    assert sorted((found // 2).tolist()) == list(range(7))
    assert cost(times, found) == pytest.approx(best)


def test_the_narrowest_heading_is_among_the_candidates():
    slanted = shapely.affinity.rotate(shapely.box(0, 0, 300, 40), 25, origin=(0, 0))
    assert rectangle_angle(slanted) == pytest.approx(math.radians(25))
    assert any(abs(each - math.radians(25)) < 1e-9 for each in candidate_angles(slanted))


def boomerang() -> Polygon:
    arm = shapely.box(0, -20, 600, 20)
    return shapely.union(arm, shapely.affinity.rotate(arm, 70, origin=(0, 0)))


def test_each_arm_of_a_bent_field_is_swept_along_itself():
    area = boomerang()
    rule = Rule(spacing_m=10.0, half_width_m=5.0)
    field = Field(target=area, flyable=area.buffer(100), rule=rule, along=MOTION, across=MOTION)
    free = covered(field, Wish())
    one = covered(field, Wish(angle=0.0))
    assert free is not None and one is not None
    angles = sorted(round(math.degrees(region.grid.angle)) % 180 for region in free.regions)
    assert angles == [0, 70]
    assert free.route.time_s < 0.9 * one.route.time_s
