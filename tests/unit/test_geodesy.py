"""Lengths and distances on the ellipsoid."""

import math

import numpy as np
import pytest
from pyproj import Geod

from groundside.model.place import LonLat
from groundside.reference.geodesy import (
    bearing_deg,
    distance_m,
    distance_to_path_m,
    local_metres,
    path_length_m,
    simplify,
    step_lengths_m,
)
from tests.builders import FIELD, places

SECONDS = [0, 1_000_000]


def test_a_quarter_of_the_meridian_is_that_of_the_ellipsoid():
    # The series in the third flattening n, F. R. Helmert 1880, to n to the fourth: good to 1e-5 m.
    n = (1 / 298.257223563) / (2 - 1 / 298.257223563)
    quarter = 6_378_137 / (1 + n) * (1 + n**2 / 4 + n**4 / 64) * math.pi / 2
    assert distance_m(LonLat(0, 0), LonLat(0, 90)) == pytest.approx(quarter, abs=1e-4)


def test_a_degree_of_the_equator_is_a_360th_of_its_circumference():
    assert distance_m(LonLat(10, 0), LonLat(11, 0)) == pytest.approx(2 * math.pi * 6_378_137 / 360, abs=1e-6)


def test_a_step_across_the_antimeridian_is_short():
    assert step_lengths_m([179.9999, -179.9999], [0.0, 0.0])[0] == pytest.approx(22.26, abs=0.01)


def test_a_path_goes_straight_on_over_positions_that_are_unknown():
    lon, lat = places([0, 30, np.nan, 30], [0, 40, np.nan, 0])
    assert path_length_m(lon, lat) == pytest.approx(90.0, abs=1e-3)


@pytest.mark.parametrize(("lon", "steps", "length"), [([], 0, math.nan), ([1.0], 0, 0.0), ([math.nan], 0, math.nan)])
def test_a_path_of_fewer_than_two_positions_has_no_steps(lon: list[float], steps: int, length: float):
    assert step_lengths_m(lon, lon).size == steps
    assert path_length_m(lon, lon) == pytest.approx(length, nan_ok=True)


def test_the_distance_to_a_path_is_to_its_segments_and_not_to_its_corners():
    lon, lat = places([-50, 50], [10, 10])
    assert distance_to_path_m(FIELD, lon, lat, SECONDS) == pytest.approx(10.0, abs=1e-3)


def test_beyond_the_end_of_a_segment_the_distance_is_to_its_end():
    lon, lat = places([30, 130], [40, 40])
    assert distance_to_path_m(FIELD, lon, lat, SECONDS) == pytest.approx(50.0, abs=1e-6)


def test_nothing_joins_two_positions_with_more_than_the_longest_gap_between():
    lon, lat = places([-50, 50], [10, 10])
    gap = [0, 5_000_001]
    assert distance_to_path_m(FIELD, lon, lat, gap) == pytest.approx(math.hypot(50, 10), abs=1e-3)
    assert distance_to_path_m(FIELD, lon, lat, gap, max_gap_s=6.0) == pytest.approx(10.0, abs=1e-3)


def test_the_distance_to_a_segment_across_the_antimeridian_is_right():
    lon, lat = places([-200, 200], [70, 70], LonLat(180, 10))
    assert lon[0] > 179
    assert lon[1] < -179
    assert distance_to_path_m(LonLat(180, 10), lon, lat, SECONDS) == pytest.approx(70.0, abs=1e-3)
    assert distance_to_path_m(LonLat(-180, 10), lon, lat, SECONDS) == pytest.approx(70.0, abs=1e-3)


def test_a_long_segment_is_a_geodesic_of_the_ellipsoid():
    a, b, point = LonLat(5, 52), LonLat(6, 51.4), LonLat(5.5, 52)
    geod = Geod(ellps="WGS84")
    heading, _, length = geod.inv(a.lon, a.lat, b.lon, b.lat)
    along = np.linspace(0, length, 200_001)
    lon, lat, _ = geod.fwd(*(np.full_like(along, v) for v in (a.lon, a.lat, heading)), along)
    nearest = geod.inv(lon, lat, np.full_like(lon, point.lon), np.full_like(lat, point.lat))[2].min()
    assert distance_to_path_m(point, [a.lon, b.lon], [a.lat, b.lat], SECONDS) == pytest.approx(nearest, abs=1e-3)


@pytest.mark.parametrize("lon", [[], [math.nan, math.nan]])
def test_the_distance_to_a_path_without_positions_is_unknown(lon: list[float]):
    assert math.isnan(distance_to_path_m(FIELD, lon, lon, SECONDS[: len(lon)]))


def test_the_distance_from_a_point_that_is_not_finite_is_unknown():
    assert math.isnan(distance_to_path_m(LonLat(math.nan, 0), [1.0], [1.0], [0]))


def test_a_path_that_stands_still_is_one_position():
    lon, lat = places([30, 30, 30], [40, 40, 40])
    assert distance_to_path_m(FIELD, lon, lat, [0, 1, 2]) == pytest.approx(50.0, abs=1e-6)


def test_a_straight_line_is_simplified_to_its_ends():
    lon, lat = places(np.linspace(0, 500, 100), 0.0)
    assert simplify(lon, lat, 1.0, 1000).tolist() == [0, 99]


def test_the_corner_of_a_path_is_kept():
    lon, lat = places([*np.linspace(0, 100, 11), *[100] * 10], [*[0] * 11, *np.linspace(10, 100, 10)])
    assert simplify(lon, lat, 1.0, 1000).tolist() == [0, 10, 20]


def test_no_more_than_asked_for_are_kept_and_the_furthest_off_are_among_them():
    north = np.zeros(101)
    north[[20, 50, 80]] = [5, 30, 10]
    lon, lat = places(np.linspace(0, 1000, 101), north)
    assert simplify(lon, lat, 0.5, 3).tolist() == [0, 50, 100]


def test_rows_without_a_position_are_never_kept():
    lon, lat = places([np.nan, 0, np.nan, 50, 100, np.nan], [0, 0, 0, 50, 0, 0])
    assert simplify(lon, lat, 1.0, 10).tolist() == [1, 3, 4]
    assert simplify([math.nan], [math.nan], 1.0, 10).size == 0


def test_a_closed_path_keeps_its_far_side():
    turn = np.linspace(0, 2 * np.pi, 200)
    lon, lat = places(100 * np.cos(turn), 100 * np.sin(turn))
    assert 8 <= simplify(lon, lat, 5.0, 1000).size <= 40


def test_metres_east_and_north_are_those_of_the_ground():
    east, north = local_metres(*places([300, -200], [400, 100]), FIELD)
    assert east == pytest.approx([300, -200], abs=0.1)
    assert north == pytest.approx([400, 100], abs=0.1)


@pytest.mark.parametrize(("east", "north", "bearing"), [(0, 1, 0), (1, 0, 90), (0, -1, 180), (-1, 0, 270)])
def test_bearings_are_clockwise_from_north(east: float, north: float, bearing: float):
    lon, lat = places([east], [north])
    assert bearing_deg(FIELD, LonLat(lon[0], lat[0])) == pytest.approx(bearing, abs=1e-3)
