import numpy as np
import pytest
from pyproj import Geod

from groundside.model.place import LonLat
from groundside.reference.local_plane import LocalPlane

GEOD = Geod(ellps="WGS84")


@pytest.mark.parametrize("origin", [LonLat(10.0, 50.0), LonLat(-70.0, -33.0), LonLat(179.99, 2.0), LonLat(20.0, 78.0)])
def test_distances_are_right_to_a_millionth_over_twenty_kilometres(origin: LonLat):
    chance = np.random.default_rng(1)
    far, angle = 10_000 * np.sqrt(chance.uniform(0, 1, 400)), chance.uniform(0, 2 * np.pi, 400)
    points = np.column_stack([np.cos(angle), np.sin(angle)]) * far[:, None]
    places = LocalPlane(origin).to_lon_lat(points)
    a, b = slice(0, 200), slice(200, 400)
    _, _, true = GEOD.inv(places[a, 0], places[a, 1], places[b, 0], places[b, 1])
    flat = np.hypot(*(points[a] - points[b]).T)
    assert np.abs(flat / true - 1).max() < 1e-6


def test_there_and_back_is_where_it_began():
    plane = LocalPlane(LonLat(-179.99, 60.0))
    points = np.random.default_rng(2).uniform(-10_000, 10_000, (200, 2))
    lon_lat = plane.to_lon_lat(points)
    assert np.abs(plane.to_metres(lon_lat[:, 0], lon_lat[:, 1]) - points).max() < 1e-6


def test_the_middle_of_places_across_the_antimeridian_is_between_them():
    plane = LocalPlane.around([179.9, -179.9], [10.0, 10.2])
    assert abs(plane.origin.lon) == pytest.approx(180.0)
    assert np.abs(plane.to_metres([179.9, -179.9], [10.0, 10.2])).max() < 20_000
