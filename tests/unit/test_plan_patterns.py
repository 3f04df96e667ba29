"""Corridors, perimeters, orbits, facades and sampling."""

from itertools import pairwise
from math import hypot

import numpy as np
import pytest
import shapely

from groundside.errors import BadRequest
from groundside.model.mission import Finish, Gimbal, StopTrigger, TakePhoto, TriggerByDistance
from groundside.model.place import LonLat
from groundside.plan.patterns.along import BothSides, Corridor, Perimeter, both_sides, corridor, perimeter
from groundside.plan.patterns.around import Structure, nearest_m, orbit, spiral
from groundside.plan.patterns.facade import Facade, facade
from groundside.plan.patterns.laid_out import laid_out
from groundside.plan.patterns.plane import off_plane, onto_plane
from groundside.plan.patterns.sampling import Sampling, sampling
from groundside.reference.geodesy import distance_m

LINE = [(0.0, 0.0), (300.0, 0.0), (500.0, 150.0), (800.0, 150.0)]
ORIGIN = LonLat(8.0, 47.0)


def way(stations) -> shapely.LineString:
    return shapely.LineString([(s.east_m, s.north_m) for s in stations])


def test_the_passes_of_a_corridor_cover_its_strip_with_the_sidelap_that_was_asked():
    how = Corridor(height_m=60.0, width_m=150.0, across_m=60.0, sidelap=0.5, trigger_m=10.0)
    stations = corridor(LINE, how)
    strip = shapely.LineString(LINE).buffer(75.0, cap_style="flat", join_style="mitre")
    lines, start = [], 0
    for i, s in enumerate(stations):
        if s.trigger_m == 0.0:
            lines.append(way(stations[start : i + 1]))
            start = i + 1
    seen = [line.buffer(30.0, cap_style="flat", join_style="mitre") for line in lines]
    assert shapely.union_all(seen).intersection(strip).area / strip.area > 0.998
    first = [shapely.Point(0.0, 0.0).distance(line) for line in lines]
    assert sorted(first)[0] < 15.0 and len(lines) == 4
    assert all(s.gimbal_deg in (None, -90.0) for s in stations)


def test_a_narrow_corridor_is_one_pass_on_the_line():
    how = Corridor(height_m=60.0, width_m=40.0, across_m=60.0, sidelap=0.7, trigger_m=10.0)
    assert [(s.east_m, s.north_m) for s in corridor(LINE, how)] == LINE


def test_a_line_seen_from_both_sides_has_the_nose_towards_it():
    stations = both_sides([(0.0, 0.0), (0.0, 500.0)], BothSides(height_m=40.0, aside_m=20.0, aim_m=20.0, trigger_m=8.0))
    assert [(s.east_m, s.heading_deg) for s in stations] == [(20.0, 270.0), (20.0, 270.0), (-20.0, 90.0), (-20.0, 90.0)]
    assert stations[0].gimbal_deg == pytest.approx(-45.0)
    assert stations[0].trigger_m == 8.0 and stations[1].trigger_m == 0.0


def test_a_perimeter_runs_clockwise_outside_the_edge_and_looks_in():
    area = shapely.Polygon([(0, 0), (0, 100), (100, 100), (100, 0)])
    stations = perimeter(area, Perimeter(heights_m=(30.0, 50.0), outside_m=10.0, look="in"))
    lap = stations[: len(stations) // 2]
    ring = shapely.LinearRing([(s.east_m, s.north_m) for s in lap])
    assert not ring.is_ccw
    assert ring.distance(area) == pytest.approx(10.0)
    for a, b in pairwise(lap):
        middle = ((a.east_m + b.east_m) / 2, (a.north_m + b.north_m) / 2)
        look = np.radians(a.heading_deg)
        ahead = shapely.Point(middle[0] + 20 * np.sin(look), middle[1] + 20 * np.cos(look))
        assert area.contains(ahead)
    assert {s.height_m for s in stations} == {30.0, 50.0}


def test_a_perimeter_inside_what_is_too_small_is_refused():
    with pytest.raises(BadRequest, match="Nothing of the area is left"):
        perimeter(shapely.box(0, 0, 10, 10), Perimeter(heights_m=(30.0,), outside_m=-20.0))


TOWER = Structure(centre=(10.0, 20.0), radius_m=25.0, bottom_m=10.0, top_m=40.0)


def test_an_orbit_keeps_its_distance_and_looks_at_the_middle():
    stations = orbit(TOWER, [20.0, 60.0], 5.0)
    for s in stations:
        assert hypot(s.east_m - 10.0, s.north_m - 20.0) == pytest.approx(25.0)
        look = np.radians(s.heading_deg)
        assert s.east_m + 25 * np.sin(look) == pytest.approx(10.0) and s.north_m + 25 * np.cos(look) == pytest.approx(
            20.0
        )
        assert s.photo
    steps = [hypot(b.east_m - a.east_m, b.north_m - a.north_m) for a, b in pairwise(stations)]
    assert max(steps) <= 5.0 + 1e-9
    assert (
        way(stations).distance(shapely.Point(10.0, 20.0)) == pytest.approx(nearest_m(TOWER, 5.0))
        and nearest_m(TOWER, 5.0) > 24.5
    )
    assert stations[0].gimbal_deg == 0.0
    assert stations[-1].gimbal_deg == pytest.approx(-38.66, abs=0.01)


def test_a_spiral_climbs_from_bottom_to_top_no_faster_than_asked_and_ends_with_a_turn_at_the_top():
    stations = spiral(TOWER, 7.0, 5.0)
    heights = [s.height_m for s in stations]
    assert heights[0] == 10.0 and heights[-1] == 40.0 and heights == sorted(heights)
    sides = sum(h == 40.0 for h in heights) - 1
    assert max(b - a for a, b in pairwise(heights)) * sides <= 7.0 + 1e-9
    with pytest.raises(BadRequest):
        spiral(TOWER, 0.0, 5.0)


def test_photos_of_a_facade_show_all_of_the_wall_squarely():
    how = Facade(bottom_m=2.0, top_m=30.0, stand_off_m=12.0, frame_m=(12.0, 8.0), frontlap=0.6, sidelap=0.7)
    stations = facade([(0.0, 0.0), (50.0, 0.0)], how)
    seen = shapely.union_all(
        [shapely.box(s.east_m - 6, s.height_m - 4, s.east_m + 6, s.height_m + 4) for s in stations]
    )
    assert shapely.box(0.0, 2.0, 50.0, 30.0).difference(seen).area < 1e-6
    assert {round(s.north_m, 6) for s in stations} == {-12.0} and {s.heading_deg for s in stations} == {0.0}
    columns = sorted({round(s.east_m, 6) for s in stations})
    assert max(b - a for a, b in pairwise(columns)) <= 12.0 * 0.3 + 1e-6
    steps = [hypot(b.east_m - a.east_m, b.height_m - a.height_m) for a, b in pairwise(stations)]
    assert max(steps) <= 3.6 + 1e-6


def test_a_facade_never_flies_lower_than_it_may():
    how = Facade(bottom_m=0.0, top_m=30.0, stand_off_m=12.0, frame_m=(12.0, 4.0), lowest_m=5.0)
    assert min(s.height_m for s in facade([(0.0, 0.0), (50.0, 0.0)], how)) == 5.0


def test_sampling_crosses_the_wind_furthest_first_and_never_comes_near_the_source():
    how = Sampling(
        wind_from_deg=270.0, nearest_m=100.0, furthest_m=500.0, transects=3, half_angle_deg=20.0, stand_off_m=80.0,
        heights_m=(30.0, 60.0),
    )  # fmt: skip
    stations = sampling((0.0, 0.0), how)
    assert stations[0].east_m == pytest.approx(-80.0) and stations[-1].east_m == pytest.approx(-80.0)
    assert way(stations).distance(shapely.Point(0.0, 0.0)) >= 80.0 - 1e-6
    across = [
        (a, b)
        for a, b in pairwise(stations)
        if a.height_m == b.height_m and abs(a.east_m - b.east_m) < 1e-6 and a.east_m > 0
    ]
    plume = shapely.LineString([(1.0, 0.0), (1000.0, 0.0)])
    crossing = [a.east_m for a, b in across if way((a, b)).intersects(plume)]
    assert crossing == pytest.approx([500, 500, 300, 300, 100, 100])
    with pytest.raises(BadRequest):
        sampling(
            (0.0, 0.0),
            Sampling(
                wind_from_deg=0,
                nearest_m=50,
                furthest_m=500,
                transects=3,
                half_angle_deg=20,
                stand_off_m=80,
                heights_m=(30.0,),
            ),
        )


def test_metres_on_the_plane_are_metres_on_the_ground():
    points = [(0.0, 0.0), (3000.0, 4000.0), (-10.0, 7.0)]
    places = off_plane(points, ORIGIN)
    assert distance_m(ORIGIN, places[1]) == pytest.approx(5000.0, abs=1e-3)
    assert onto_plane(places, ORIGIN)[2] == pytest.approx((-10.0, 7.0), abs=1e-6)


def test_a_pattern_becomes_a_mission_that_says_each_thing_once():
    stations = corridor(LINE, Corridor(height_m=60.0, width_m=150.0, across_m=60.0, sidelap=0.5, trigger_m=10.0))
    mission = laid_out(stations, ORIGIN, name="line", speed_m_s=7.0, home=ORIGIN)
    actions = [a for w in mission.waypoints for a in w.actions]
    assert sum(isinstance(a, Gimbal) for a in actions) == 1
    assert (
        sum(isinstance(a, TriggerByDistance) for a in actions) == sum(isinstance(a, StopTrigger) for a in actions) == 4
    )
    assert mission.finish is Finish.RETURN and mission.take_off_height_m == 60.0
    towers = laid_out(orbit(TOWER, [20.0], 5.0), ORIGIN, name="tower", speed_m_s=3.0)
    assert all(TakePhoto() in w.actions and 0.0 <= w.heading_deg < 360.0 for w in towers.waypoints)
