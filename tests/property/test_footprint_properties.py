"""Whatever a file says, a footprint is made or refused in words; and what is made holds together."""

import json
import math
from dataclasses import replace

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.archive.footprints import footprint_of
from groundside.model.footprint import Footprint, PlacedPhoto
from groundside.model.photo import Dewarp, Optics
from groundside.model.place import LonLat
from groundside.model.surface import FlatSurface
from groundside.produce.imagery.rays import Terrain
from groundside.reference.camera_model import Lens
from groundside.reference.earth_frame import EarthFrame
from groundside.see.exports.photos.shapes import footprint_shape, geometry
from groundside.see.exports.photos.stac import item_of
from tests.photographs import photo_at

heights = st.none() | st.floats(-12_000, 60_000) | st.sampled_from([0.0, 1e-9, 1e6])
angles = st.floats(-400, 400)
terms = st.floats(-3, 3)
dewarps = st.builds(
    Dewarp,
    date=st.just(""),
    fx_px=st.floats(1e-3, 1e7),
    fy_px=st.floats(1e-3, 1e7),
    cx_px=st.floats(-1e5, 1e5),
    cy_px=st.floats(-1e5, 1e5),
    k1=terms,
    k2=terms,
    p1=terms,
    p2=terms,
    k3=terms,
)
optics = st.builds(
    Optics,
    focal_mm=st.none() | st.floats(1e-3, 1e4),
    focal_35mm=st.none() | st.floats(1, 2000),
    calibrated_focal_px=st.none() | st.floats(-10, 1e6),
    calibrated_centre_px=st.sampled_from([(), (2736.0, 1824.0), (-1.0, 9e9)]),
    calibrated_for_px=st.sampled_from([(), (5472, 3648), (1, 1)]),
    dewarp=st.none() | dewarps,
    digital_zoom=st.none() | st.floats(0, 100),
    pixel_pitch_um=st.sampled_from([(), (2.4, 2.4), (0.0, 1.0)]),
)


@settings(deadline=None, max_examples=30)
@given(
    place=st.builds(LonLat, st.floats(-180, 180), st.floats(-90, 90)),
    altitude=heights,
    relative=heights,
    look=st.tuples(angles, angles, angles),
    lens=optics,
    ground=st.none() | st.floats(-500, 9000),
    size=st.sampled_from([(5472, 3648), (640, 512), (1, 1), (1, 40_000)]),
)
def test_whatever_a_file_says_a_footprint_is_made_or_refused_in_words(
    place: LonLat,
    altitude: float | None,
    relative: float | None,
    look: tuple[float, float, float],
    lens: Optics,
    ground: float | None,
    size: tuple[int, int],
) -> None:
    photo = photo_at(place, altitude_m=altitude, relative_m=relative, look=look, optics=lens)
    photo = replace(photo, width_px=size[0], height_px=size[1])
    surface = None if ground is None else FlatSurface(ground)
    found = footprint_of(photo, surface)
    assert item_of(PlacedPhoto("one", "one", photo, found))
    if not isinstance(found, Footprint):
        assert found.why.endswith(".")
        return
    json.dumps(footprint_shape(found), allow_nan=False)
    shape = shapely.geometry.shape(geometry(found))
    assert shape.is_valid
    assert -180.0 <= shape.bounds[0] <= shape.bounds[2] <= 180.0
    assert len(found.outline) >= 3
    assert found.area_m2 > 0.0
    assert all(math.isfinite(p.lon) and math.isfinite(p.lat) for p in found.outline)


@settings(deadline=None, max_examples=40)
@given(
    k=st.tuples(
        st.floats(-0.4, 0.4), st.floats(-0.3, 0.3), st.floats(-2e-3, 2e-3), st.floats(-2e-3, 2e-3), st.floats(-0.1, 0.1)
    ),
    seed=st.integers(0, 1000),
)
def test_what_a_lens_shows_of_a_direction_looks_back_in_that_direction(k: tuple[float, ...], seed: int) -> None:
    lens = Lens(4000, 3000, (2800.0, 2790.0), (1990.0, 1510.0), k)
    pixels = np.random.default_rng(seed).uniform([[0.0], [0.0]], [[4000.0], [3000.0]], (2, 50))
    looked = lens.directions(pixels)
    seen = np.isfinite(looked).all(axis=0)
    assert np.abs(lens.pixels(looked[:, seen]) - pixels[:, seen]).max(initial=0.0) < 1e-5


class AllSamples(Terrain):
    """Ground of which every sample on the way is looked at."""

    def _level_march(self, *args: object, **named: object) -> None:
        return


@given(
    st.tuples(st.floats(-180, 180), st.floats(-89, 89)),
    st.floats(0.5, 20_000.0),
    st.floats(-90.0, 5.0),
    st.floats(0.0, 50.0),
)
@settings(deadline=None, max_examples=60)
def test_rays_end_on_level_ground_where_looking_at_every_sample_finds_it(
    at: tuple[float, float], height_m: float, pitch_deg: float, off_m: float
) -> None:
    frame, ground = EarthFrame(LonLat(*at), height_m), FlatSurface(0.0)
    pitch = np.radians(np.clip(pitch_deg + np.linspace(-20.0, 20.0, 41), -90.0, 90.0))
    yaw = np.linspace(0.0, 6.0, 41)
    rays = np.vstack([np.cos(pitch) * np.sin(yaw), np.cos(pitch) * np.cos(yaw), np.sin(pitch)])
    origins = np.zeros_like(rays)
    origins[0], origins[2] = off_m, -min(off_m, 2.0 * height_m)
    quick, slow = (kind(ground, frame).meet(origins, rays, height_m) for kind in (Terrain, AllSamples))
    assert quick.misses == slow.misses
    assert np.allclose(quick.points, slow.points, rtol=0.0, atol=1e-6, equal_nan=True)
