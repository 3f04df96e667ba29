"""A local frame against PROJ's own."""

import numpy as np
import pytest
from pyproj import Transformer

from groundside.model.place import LonLat
from groundside.reference.earth_frame import EarthFrame

PLACES = [LonLat(7.5, 46.9), LonLat(179.9999, -17.0), LonLat(-70.0, 0.0), LonLat(10.0, 89.99), LonLat(20.0, -89.999)]


def theirs(origin: LonLat, height_m: float) -> Transformer:
    steps = (
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=WGS84 "
        f"+step +proj=topocentric +ellps=WGS84 +lon_0={origin.lon} +lat_0={origin.lat} +h_0={height_m}"
    )
    return Transformer.from_pipeline(steps)


@pytest.mark.parametrize("origin", PLACES)
def test_a_frame_is_proj_s_topocentric_frame(origin: LonLat) -> None:
    points = np.random.default_rng(2).uniform(-5000, 5000, (3, 200))
    frame = EarthFrame(origin, 321.0)
    lon, lat, height = frame.to_earth(points)
    assert np.abs(np.stack(theirs(origin, 321.0).transform(lon, lat, height)) - points).max() < 1e-6
    assert np.abs(frame.from_earth(lon, lat, height) - points).max() < 1e-6
    assert (np.abs(lon) <= 180.0).all()


def test_the_earth_curves_away_below_the_frame() -> None:
    _, _, height = EarthFrame(LonLat(0.0, 0.0), 0.0).to_earth([[0.0], [10_000.0], [0.0]])
    assert height[0] == pytest.approx(10_000.0**2 / 2.0 / 6_335_439.0, rel=1e-3)


def test_shapes_are_kept() -> None:
    frame = EarthFrame(LonLat(1.0, 2.0), 3.0)
    assert [each.shape for each in frame.to_earth(np.zeros((3, 4, 5)))] == [(4, 5)] * 3
    assert frame.from_earth(1.0, 2.0, 3.0).shape == (3,)
