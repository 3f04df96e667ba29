"""Footprints against a renderer that shares nothing with them: PROJ for the Earth, SciPy for turns, OpenCV for the lens."""

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
import shapely
from numpy.typing import ArrayLike
from pyproj import Transformer
from scipy.spatial.transform import Rotation

from groundside.archive.footprints import footprint_of
from groundside.model.footprint import Footprint, Miss, NoFootprint
from groundside.model.photo import Above, Altitude, Attitude, HeightSensor, Photo, Zero
from groundside.model.place import LonLat
from groundside.model.surface import FlatSurface, Surface
from groundside.see.exports.photos.shapes import polygons
from tests.photographs import CALIBRATED, DEWARP, FIXED, HERE, PLAIN, photo_at


def placed(photo: Photo, surface: Surface | None = None, **ground: float) -> Footprint:
    found = footprint_of(photo, surface, ground_height_m=ground.get("ground_height_m"))
    assert isinstance(found, Footprint), found
    return found


def rendered(photo: Photo, lon: ArrayLike, lat: ArrayLike, height_m: ArrayLike) -> np.ndarray:
    """Where places on Earth appear in a calibrated photo with an ellipsoidal altitude; pixels, shape (n, 2)."""
    assert photo.position and photo.altitude and photo.camera_attitude
    at, turned = photo.position.place, photo.camera_attitude
    steps = (
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=WGS84 +step "
        f"+proj=topocentric +ellps=WGS84 +lon_0={at.lon} +lat_0={at.lat} +h_0={photo.altitude.value_m}"
    )
    east, north, up = Transformer.from_pipeline(steps).transform(lon, lat, height_m)
    angles = (turned.yaw_deg, turned.pitch_deg, turned.roll_deg or 0.0)
    body = Rotation.from_euler("ZYX", angles, degrees=True).inv().apply(np.column_stack([north, east, -np.asarray(up)]))
    seen = body[:, [1, 2, 0]]
    matrix = np.array([[DEWARP.fx_px, 0, 2736.0 + DEWARP.cx_px], [0, DEWARP.fy_px, 1824.0 + DEWARP.cy_px], [0, 0, 1]])
    terms = np.array([DEWARP.k1, DEWARP.k2, DEWARP.p1, DEWARP.p2, DEWARP.k3])
    return cv2.projectPoints(seen, np.zeros(3), np.zeros(3), matrix, terms)[0][:, 0]


class Hills:
    """Waves of ground, a steep wall to the north of the camera, and nothing known past 600 m east."""

    datum = "ellipsoid of WGS 84"
    cell_m = 1.0

    def heights_m(self, lon: ArrayLike, lat: ArrayLike) -> np.ndarray:
        east = (np.asarray(lon) - HERE.lon) * 76_200.0
        north = (np.asarray(lat) - HERE.lat) * 111_180.0
        waves = 500.0 + 8.0 * np.sin(east / 25.0) * np.cos(north / 35.0)
        wall = 30.0 * (1.0 + np.tanh((north - 120.0) / 3.0))
        return np.where(np.abs(east) < 600.0, waves + wall, np.nan)


@pytest.mark.parametrize("look", [(0.0, -90.0, 0.0), (92.9, -60.0, 0.0), (211.0, -45.0, 7.0), (-30.0, -89.9, 180.0)])
@pytest.mark.parametrize("ground", ["plane", "hills"])
def test_what_a_pixel_is_said_to_see_appears_in_that_pixel(look: tuple[float, float, float], ground: str) -> None:
    photo = photo_at(look=look, optics=CALIBRATED)
    surface, height = (None, 500.0) if ground == "plane" else (Hills(), None)
    found = footprint_of(photo, surface, ground_height_m=height)
    assert isinstance(found, Footprint)
    seen = [sight for sight in (found.centre, *found.corners) if sight.ground]
    assert len(seen) >= 3
    places = [s.ground for s in seen if s.ground]
    lon, lat, heights = np.array([(p.place.lon, p.place.lat, p.height_m) for p in places]).T
    expected = (surface or FlatSurface(500.0)).heights_m(lon, lat)
    assert np.abs(heights - expected).max() < 1e-6
    assert np.abs(rendered(photo, lon, lat, heights) - [(s.x_px, s.y_px) for s in seen]).max() < 1e-6


def test_the_first_ground_on_the_ray_hides_what_is_behind_it() -> None:
    found = placed(photo_at(look=(0.0, -25.0, 0.0)), Hills())
    ground = found.centre.ground
    assert ground is not None
    share = np.linspace(0.01, 0.999, 5000)
    between_lat = HERE.lat + (ground.place.lat - HERE.lat) * share
    between_lon = HERE.lon + (ground.place.lon - HERE.lon) * share
    ray = 600.0 + (ground.height_m - 600.0) * share
    assert (ray > Hills().heights_m(between_lon, between_lat)).all()
    assert (ground.place.lat - HERE.lat) * 111_180.0 < 130.0, "the wall is seen, not what lies behind it"


def test_a_nadir_photo_over_level_ground_is_a_rectangle_of_its_field_of_view() -> None:
    found = placed(photo_at(relative_m=100.0))
    width, height = 100.0 * 5472 / 3657, 100.0 * 3648 / 3657
    assert found.area_m2 == pytest.approx(width * height, rel=1e-3)
    assert found.gsd_m == pytest.approx((100 / 3657, 100 / 3657), rel=1e-4)
    assert found.off_nadir_deg == pytest.approx(0.0, abs=1e-4)
    assert (found.complete, found.ground.what, found.ground.above) == (True, "plane at take-off height", "take-off")
    assert found.ground.error_m == 10.0


def test_corners_come_from_the_upper_left_clockwise_and_the_outline_counter_clockwise() -> None:
    found = placed(photo_at(look=(0.0, -90.0, 0.0)))
    places = [sight.ground.place for sight in found.corners if sight.ground]
    assert [(p.lon > HERE.lon, p.lat > HERE.lat) for p in places] == [
        (False, True),
        (True, True),
        (True, False),
        (False, False),
    ]
    lon, lat = np.array([(p.lon, p.lat) for p in found.outline]).T
    assert np.sum(lon * np.roll(lat, -1) - np.roll(lon, -1) * lat) > 0.0


def test_where_part_of_the_image_shows_sky_the_outline_ends_and_says_so() -> None:
    found = placed(photo_at(look=(0.0, -10.0, 0.0)))
    assert not found.complete
    assert [sight.miss for sight in found.corners] == [Miss.FAR, Miss.FAR, None, None]
    assert any("outline ends" in note for note in found.notes)
    assert max(place.lat for place in found.outline) < HERE.lat + 2000.0 / 111_000.0


def test_a_photo_of_the_sky_has_no_footprint() -> None:
    found = footprint_of(photo_at(look=(0.0, 40.0, 0.0)))
    assert isinstance(found, NoFootprint)
    assert "flat or so high" in found.why


def test_a_photo_past_the_elevation_model_says_that_the_model_ends() -> None:
    found = footprint_of(photo_at(LonLat(HERE.lon + 0.0078, HERE.lat), look=(90.0, -40.0, 0.0)), Hills())
    assert isinstance(found, NoFootprint)
    assert "elevation model does not reach" in found.why


def test_a_footprint_that_leaves_the_elevation_model_ends_at_its_edge() -> None:
    found = placed(photo_at(LonLat(HERE.lon + 560.0 / 76_200.0, HERE.lat)), Hills())
    assert not found.complete
    assert Miss.UNKNOWN_GROUND in {sight.miss for sight in found.corners}
    assert max(place.lon for place in found.outline) <= HERE.lon + 600.0 / 76_200.0


@pytest.mark.parametrize(
    ("photo", "why"),
    [
        (photo_at(look=None), "which way"),
        (replace(photo_at(), position=None), "where the camera was"),
        (photo_at(relative_m=None, altitude_m=None), "height above take-off"),
        (photo_at(relative_m=-3.0), "not above take-off"),
        (photo_at(LonLat(3.0, 89.9)), "pole"),
        (replace(photo_at(), width_px=None), "size of the image"),
        (replace(photo_at(), camera_attitude=Attitude(10.0, None, None)), "which way"),
    ],
)
def test_what_is_not_known_is_said_and_not_invented(photo: Photo, why: str) -> None:
    found = footprint_of(photo)
    assert isinstance(found, NoFootprint)
    assert why in found.why


def test_an_altitude_under_the_elevation_model_falls_back_to_the_height_above_takeoff() -> None:
    found = placed(photo_at(altitude_m=480.0), FlatSurface(500.0))
    assert found.camera_height_m == pytest.approx(600.0)
    assert any("would put the camera under it" in note for note in found.notes)
    assert isinstance(footprint_of(photo_at(altitude_m=480.0, relative_m=None), FlatSurface(500.0)), NoFootprint)


def test_an_altitude_below_sea_level_is_a_height_like_any_other() -> None:
    photo = photo_at(altitude_m=-300.0, above=Above.SEA_LEVEL)
    found = placed(photo, FlatSurface(-400.0, "EGM96 height"))
    assert found.area_m2 == pytest.approx(placed(photo_at()).area_m2, rel=1e-4)


def test_heights_above_different_things_are_said_and_make_the_ellipse_large() -> None:
    alike = placed(photo_at(look=(0, -60, 0)), FlatSurface(500.0, "ellipsoid of WGS 84"))
    unlike = placed(photo_at(look=(0, -60, 0)), FlatSurface(500.0, "EGM96 height"))
    assert not any("above" in note for note in alike.notes)
    assert any("above the ellipsoid" in note for note in unlike.notes)
    assert unlike.uncertainty.vertical_m > alike.uncertainty.vertical_m + 20.0


def test_a_height_that_does_not_go_with_the_one_above_takeoff_is_said() -> None:
    found = placed(photo_at(altitude_m=700.0, relative_m=100.0), FlatSurface(500.0))
    assert any("look at the heights" in note for note in found.notes)


def test_with_the_place_of_takeoff_heights_above_it_count_over_the_model() -> None:
    photo = photo_at(altitude_m=None, relative_m=100.0, look=(90.0, -80.0, 0.0))
    found = footprint_of(photo, Hills(), takeoff=LonLat(HERE.lon - 200.0 / 76_200.0, HERE.lat))
    assert isinstance(found, Footprint)
    assert found.camera_height_m == pytest.approx(600.0 + 8.0 * math.sin(-8.0), abs=1e-6)


def test_a_height_over_the_ground_that_the_aircraft_measured_is_used_before_that_above_takeoff() -> None:
    over = Altitude(80.0, Above.GROUND, HeightSensor.RANGEFINDER, "test")
    found = placed(replace(photo_at(), altitudes=(over,)))
    assert found.ground.what == "plane at the ground below the camera"
    assert found.gsd_m == pytest.approx((80 / 3657, 80 / 3657), rel=1e-4)


def test_a_stated_height_of_the_ground_is_a_plane() -> None:
    found = placed(photo_at(altitude_m=600.0), ground_height_m=560.0)
    assert found.gsd_m == pytest.approx((40 / 3657, 40 / 3657), rel=1e-4)
    refused = footprint_of(photo_at(altitude_m=600.0), ground_height_m=600.0)
    assert isinstance(refused, NoFootprint)


def test_the_ellipse_holds_what_chance_gives() -> None:
    photo = photo_at(look=(30.0, -60.0, 0.0), optics=CALIBRATED)
    found = placed(photo, ground_height_m=500.0)
    ground, error = found.centre.ground, found.uncertainty
    assert ground is not None
    assert ground.error is not None
    rng = np.random.default_rng(8)
    count = 4000
    off = rng.normal(0.0, (error.yaw_deg, error.pitch_deg, error.roll_deg), (count, 3))
    moved = rng.normal(0.0, (error.horizontal_m, error.horizontal_m, error.vertical_m), (count, 3))
    hits = []
    for (yaw, pitch, roll), (east, north, up) in zip(off, moved, strict=True):
        north_, east_, down = Rotation.from_euler("ZYX", (30 + yaw, -60 + pitch, roll), degrees=True).apply((1, 0, 0))
        far = (100.0 + up) / down
        hits.append((east + far * east_, north + far * north_))
    spread = np.cov(np.array(hits).T)
    minor, major = np.sqrt(np.linalg.eigvalsh(spread) * -2.0 * math.log(0.05))
    assert (ground.error.major_m, ground.error.minor_m) == pytest.approx((major, minor), rel=0.06)
    assert ground.error.azimuth_deg == pytest.approx(30.0, abs=6.0)


def test_where_a_ray_beside_it_meets_no_ground_a_place_has_no_ellipse() -> None:
    grazing = placed(photo_at(look=(0.0, -4.0, 0.0)))
    assert grazing.centre.ground is not None
    assert grazing.centre.ground.error is None


def test_rtk_that_is_stated_makes_the_position_better_and_its_base_is_named() -> None:
    fixed, single = placed(photo_at(rtk=FIXED)), placed(photo_at(rtk=None))
    assert fixed.uncertainty.horizontal_m == 0.05
    assert single.uncertainty.horizontal_m == 3.7
    assert any("base" in note for note in fixed.notes)
    assert any("satellite positions" in note for note in single.notes)


def test_a_camera_that_looks_down_at_rest_and_one_pitched_by_90_see_the_same() -> None:
    forward = placed(photo_at(look=(20.0, -85.0, 0.0)))
    down = placed(replace(photo_at(), camera_attitude=Attitude(20.0, 5.0, 0.0, Zero.NADIR)))
    ours, theirs = forward.centre.ground, down.centre.ground
    assert ours and theirs
    assert (ours.place.lon, ours.place.lat) == pytest.approx((theirs.place.lon, theirs.place.lat), abs=1e-12)


def test_a_roll_of_180_at_nadir_turns_the_image_and_nothing_else() -> None:
    rolled, turned = placed(photo_at(look=(30.0, -90.0, 180.0))), placed(photo_at(look=(210.0, -90.0, 0.0)))
    for ours, theirs in zip(rolled.corners, turned.corners, strict=True):
        assert ours.ground and theirs.ground
        assert ours.ground.place.lon == pytest.approx(theirs.ground.place.lon, abs=1e-10)


def test_a_magnetic_yaw_is_said_and_widens_the_ellipse() -> None:
    found = placed(replace(photo_at(), camera_attitude=Attitude(0.0, -60.0, None, magnetic=True)))
    assert found.uncertainty.yaw_deg == 10.0
    assert any("magnetic" in note for note in found.notes)
    assert any("no roll" in note for note in found.notes)


def test_an_outline_over_the_antimeridian_stays_in_one_piece() -> None:
    found = placed(photo_at(LonLat(179.9999, -17.0)))
    lons = [place.lon for place in found.outline]
    assert max(lons) > 180.0 > min(lons)
    assert max(lons) - min(lons) < 0.01


def test_an_outline_near_a_pole_that_crosses_itself_in_degrees_is_still_told_as_polygons() -> None:
    found = placed(photo_at(LonLat(179.9999, 88.0), relative_m=20_000.0, look=(0.0, -30.0, 0.0)))
    assert not shapely.Polygon([(each.lon, each.lat) for each in found.outline]).is_valid
    assert all(shapely.Polygon(ring).area > 0.0 for ring in polygons(found))


def test_steep_is_told_from_grazing() -> None:
    found = placed(photo_at(look=(0.0, -60.0, 0.0)))
    meets = [sight.ground.meets_deg for sight in (found.centre, *found.corners) if sight.ground]
    assert meets[0] == pytest.approx(60.0, abs=0.01)
    assert meets[1] < 40.0 < meets[3]


def test_a_lens_of_no_known_focal_length_gives_no_footprint() -> None:
    found = footprint_of(replace(photo_at(), optics=replace(PLAIN, calibrated_focal_px=None)))
    assert isinstance(found, NoFootprint)
    assert "focal length" in found.why
