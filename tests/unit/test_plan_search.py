"""Search patterns against worked examples of the sources that their module names."""

from itertools import pairwise
from math import cos, radians, sin, sqrt

import pytest

from groundside.errors import BadRequest
from groundside.plan.patterns.search import (
    LEFT,
    creeping_line,
    expanding_square,
    parallel_track,
    sector,
    square_legs,
)
from groundside.plan.patterns.station import bearing_deg, lengths_m

NM = 1852.0


def turns(points: list[tuple[float, float]]) -> list[float]:
    headings = [bearing_deg(a, b) for a, b in pairwise(points)]
    return [(b - a + 180.0) % 360.0 - 180.0 for a, b in pairwise(headings)]


def test_an_expanding_square_of_half_a_mile_has_pairs_of_legs_each_half_a_mile_longer():
    points = expanding_square((0.0, 0.0), 0.0, 0.5 * NM, 8)
    assert [length / NM for length in lengths_m(points)] == pytest.approx([0.5, 0.5, 1.0, 1.0, 1.5, 1.5, 2.0, 2.0])
    assert turns(points) == pytest.approx([90.0] * 7)


def test_an_expanding_square_goes_north_east_south_south_as_the_manual_draws_it():
    spacing = 100.0
    points = expanding_square((0.0, 0.0), 0.0, spacing, 5)
    expected = [(0, 0), (0, 1), (1, 1), (1, -1), (-1, -1), (-1, 2)]
    assert [c for p in points for c in p] == pytest.approx([c * spacing for p in expected for c in p], abs=1e-6)


def test_tracks_of_an_expanding_square_lie_one_spacing_apart_and_reach_all_four_sides():
    spacing, reach = 40.0, 150.0
    points = expanding_square((0.0, 0.0), 30.0, spacing, square_legs(reach, spacing))
    a = radians(30.0)
    along = [x * sin(a) + y * cos(a) for x, y in points]
    across = [x * cos(a) - y * sin(a) for x, y in points]
    assert min(along) <= -reach and max(along) >= reach and min(across) <= -reach and max(across) >= reach
    levels = sorted({round(v, 6) for v in across})
    assert [b - a for a, b in pairwise(levels)] == pytest.approx([spacing] * (len(levels) - 1))


def test_a_sector_search_of_half_a_mile_flies_the_headings_of_the_plotting_aid():
    points = sector((0.0, 0.0), 0.0, 0.5 * NM)
    assert lengths_m(points) == pytest.approx([0.5 * NM] * 9)
    headings = [bearing_deg(a, b) for a, b in pairwise(points)]
    assert headings == pytest.approx([0, 120, 240, 240, 0, 120, 120, 240, 0], abs=1e-6) or headings[
        -1
    ] == pytest.approx(360)
    assert all(turn == pytest.approx(120.0) or turn == pytest.approx(0.0, abs=1e-6) for turn in turns(points))
    assert points[-1] == pytest.approx((0.0, 0.0), abs=1e-6)


def test_a_sector_search_equals_the_table_of_another_program_that_turns_left():
    east_north = sector((0.0, -8.0), 90.0, 5.0, LEFT)
    assert (east_north[1][1], east_north[1][0]) == pytest.approx((-8.0, 5.0))
    assert (east_north[2][1], east_north[2][0]) == pytest.approx((-3.6699, 2.5), abs=1e-4)
    assert (east_north[4][1], east_north[4][0]) == pytest.approx((-12.33, -2.5), abs=1e-2)


def test_a_second_sector_search_begins_30_degrees_on():
    assert sector((0.0, 0.0), 30.0, 2.0)[1] == pytest.approx((1.0, sqrt(3.0)))


def test_a_parallel_track_begins_half_a_spacing_inside_the_corner_and_follows_the_long_side():
    points = parallel_track((0.0, 0.0), 0.0, (1000.0, 300.0), 100.0)
    assert points[0] == pytest.approx((50.0, 50.0))
    assert [p[0] for p in points] == pytest.approx([50, 50, 150, 150, 250, 250])
    assert lengths_m(points) == pytest.approx([900, 100, 900, 100, 900])
    assert turns(points) == pytest.approx([90, 90, -90, -90])


def test_the_creeping_line_of_the_civil_air_patrol_has_legs_of_six_miles_one_mile_apart():
    """Three miles to each side of a highway that runs south, track spacing one mile, each turn 180 degrees in two."""
    points = creeping_line((3.5 * NM, 0.5 * NM), 180.0, (10.0 * NM, 7.0 * NM), NM)
    legs = lengths_m(points)
    assert legs[1::2] == pytest.approx([NM] * 9)
    assert legs[0::2] == pytest.approx([6.0 * NM] * 10)
    assert [p[1] for p in points[::2]] == pytest.approx([-i * NM for i in range(10)], abs=1e-6)
    assert all(abs(abs(turn) - 90.0) < 1e-6 for turn in turns(points))


def test_a_creeping_line_stays_in_its_rectangle_and_works_along_it():
    points = creeping_line((0.0, 0.0), 0.0, (1000.0, 300.0), 100.0)
    assert all(0.0 <= x <= 300.0 and 0.0 <= y <= 1000.0 for x, y in points)
    assert [y for _, y in points[::2]] == sorted(y for _, y in points[::2])
    assert len(points) == 20


def test_tracks_that_do_not_fit_a_whole_number_of_times_move_together_and_never_apart():
    points = parallel_track((0.0, 0.0), 0.0, (1000.0, 250.0), 100.0)
    assert sorted({round(p[0], 6) for p in points}) == pytest.approx([125 / 3, 125.0, 625 / 3], abs=1e-5)


def test_what_is_no_search_is_refused():
    for wrong in (lambda: expanding_square((0, 0), 0, 0.0, 4), lambda: sector((0, 0), 0, -1.0)):
        with pytest.raises(BadRequest):
            wrong()
    with pytest.raises(BadRequest, match="smaller than one track spacing"):
        parallel_track((0, 0), 0, (50.0, 50.0), 100.0)
