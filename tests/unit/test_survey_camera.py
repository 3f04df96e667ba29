import pytest

from groundside.errors import BadRequest, NotFound
from groundside.plan.camera import footprint, height_for_gsd_m, photo_speed, spacing
from groundside.reference.cameras import CAMERAS, camera
from tests.coverage_checker import Optics, photo_outline

P4R = camera("DJI Phantom 4 RTK")


def test_a_photo_straight_down_shows_sensor_over_focal_length_times_height():
    seen = footprint(P4R, 100.0)
    assert (seen.across_m, seen.along_m) == pytest.approx((150.0, 100.0))
    assert seen.gsd_cm == pytest.approx(150.0 / 5472 * 100)
    assert seen.near_m == pytest.approx(-50.0)


def test_height_and_ground_resolution_are_each_other_s_inverse():
    for tilt in (0.0, 30.0):
        height = height_for_gsd_m(P4R, 2.0, tilt)
        assert footprint(P4R, height, tilt).gsd_cm == pytest.approx(2.0)


def test_a_published_ground_resolution_is_met():
    # navigate.pl, tab. 1: 3.3 cm (Phantom 4 RTK), 2.2 and 1.5 cm (P1 with 24 and 35 mm) at 120 m
    for name, cm in (("DJI Phantom 4 RTK", 3.3), ("DJI Zenmuse P1 24 mm", 2.2), ("DJI Zenmuse P1 35 mm", 1.5)):
        assert footprint(camera(name), 120.0).gsd_cm == pytest.approx(cm, abs=0.05)


def test_the_rectangle_of_a_tilted_photo_lies_inside_what_it_shows():
    seen = footprint(P4R, 60.0, 35.0)
    shown = photo_outline(Optics((13.2, 8.8), 8.8, 60.0, 35.0)).buffer(1e-6)
    from shapely import box

    assert shown.contains(box(-seen.across_m / 2, seen.near_m, seen.across_m / 2, seen.far_m))
    assert shown.bounds[1] == pytest.approx(seen.near_m, abs=1e-5)
    assert shown.bounds[3] == pytest.approx(seen.far_m, abs=1e-5)


def test_spacing_leaves_the_asked_overlap():
    apart = spacing(footprint(P4R, 100.0), 0.8, 0.7)
    assert (apart.line_m, apart.trigger_m) == pytest.approx((45.0, 20.0))
    assert (apart.lines_seen, apart.photos_seen) == (3, 5)


@pytest.mark.parametrize(("share", "times"), [(0.0, 1), (0.5, 2), (0.75, 4), (0.9, 10), (0.95, 20)])
def test_an_overlap_implies_whole_photos(share: float, times: int):
    assert spacing(footprint(P4R, 50.0), share, share).photos_seen == times


def test_the_camera_and_the_shutter_limit_the_speed():
    seen = footprint(P4R, 50.0)
    apart = spacing(seen, 0.8, 0.7)
    assert photo_speed(P4R, seen, apart, wished_m_s=2.0).limited_by == "the speed asked for"
    slow = photo_speed(P4R, seen, apart, wished_m_s=15.0)
    assert slow.speed_m_s == pytest.approx(apart.trigger_m / 2.5)
    assert "2.5 s" in slow.limited_by
    sharp = photo_speed(P4R, seen, apart, wished_m_s=15.0, exposure_s=1 / 100)
    assert sharp.speed_m_s == pytest.approx(seen.gsd_cm)
    assert "blur" in sharp.limited_by


def test_what_cannot_be_photographed_is_refused():
    for height, tilt in ((0.0, 0.0), (float("nan"), 0.0), (50.0, 75.0), (50.0, -1.0)):
        with pytest.raises(BadRequest):
            footprint(P4R, height, tilt)
    for front, side in ((0.96, 0.5), (-0.1, 0.5), (0.5, 1.0)):
        with pytest.raises(BadRequest):
            spacing(footprint(P4R, 50.0), front, side)
    with pytest.raises(BadRequest):
        height_for_gsd_m(P4R, 0.0)


def test_a_camera_is_found_however_it_is_spelled_and_a_wrong_name_says_what_is_near():
    assert camera("djiphantom4rtk") is P4R
    with pytest.raises(NotFound, match="35 mm"):
        camera("zenmuse")


def test_every_camera_names_its_source_and_has_square_pixels():
    assert len({each.name for each in CAMERAS}) == len(CAMERAS) >= 15
    for each in CAMERAS:
        assert each.source is not None
        assert each.source.url.startswith("https://")
        across, along = each.sensor_width_mm / each.width_px, each.sensor_height_mm / each.height_px
        assert across == pytest.approx(along, rel=0.03), each.name
