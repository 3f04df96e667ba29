"""Which numbers of a photo are taken for its lens."""

from dataclasses import replace

import pytest

from groundside.model.footprint import LensSource
from groundside.model.photo import LensModel, Optics, Photo
from groundside.produce.imagery.lens import ChosenLens, lens_of
from tests.photographs import CALIBRATED, DEWARP, PLAIN, photo_at

EVERYTHING = replace(CALIBRATED, focal_mm=8.8, focal_35mm=24.0)


def no_table(_make: str, _model: str) -> None:
    return None


def one_inch(_make: str, _model: str) -> tuple[float, float]:
    return 13.2, 8.8


def chosen(optics: Optics, size: tuple[int, int] = (5472, 3648), **photo: str) -> ChosenLens:
    found = lens_of(replace(photo_at(optics=optics), width_px=size[0], height_px=size[1], **photo), one_inch)
    assert isinstance(found, ChosenLens), found
    return found


@pytest.mark.parametrize(
    ("optics", "source", "focal"),
    [
        (EVERYTHING, LensSource.DEWARP, 3657.0),
        (replace(EVERYTHING, dewarped=True), LensSource.CALIBRATED, 3657.0),
        (replace(EVERYTHING, dewarp=None), LensSource.CALIBRATED, 3657.0),
        (Optics(focal_mm=8.8, focal_35mm=24.0), LensSource.TABLE, 3648.0),
        (Optics(focal_35mm=24.0), LensSource.FILM_35MM, 3648.0),
        (Optics(focal_mm=8.8, pixel_pitch_um=(2.4, 2.4), focal_35mm=24.0), LensSource.TABLE, 8800 / 2.4),
    ],
)
def test_a_calibration_comes_first_and_the_35_mm_figure_last(optics: Optics, source: LensSource, focal: float) -> None:
    found = chosen(optics)
    assert found.source is source
    assert found.lens.focal_px[0] == pytest.approx(focal, abs=0.1)


def test_an_image_that_was_dewarped_in_the_camera_is_not_dewarped_again() -> None:
    assert chosen(EVERYTHING).lens.distortion == (DEWARP.k1, DEWARP.k2, DEWARP.p1, DEWARP.p2, DEWARP.k3)
    assert not any(chosen(replace(EVERYTHING, dewarped=True)).lens.distortion)


def test_a_calibration_without_its_flag_is_used_and_that_is_said() -> None:
    assert "does not say whether it was dewarped" in chosen(replace(EVERYTHING, dewarped=None)).notes[0]


def test_an_image_that_was_made_smaller_has_a_shorter_focal_length_in_its_pixels() -> None:
    small = chosen(EVERYTHING, (1368, 912)).lens
    assert small.focal_px == pytest.approx((3657.0 / 4, 3650.0 / 4))
    assert small.centre_px == pytest.approx((684.0 - 1.0, 456.0 + 23.0 / 4))


def test_an_image_cropped_to_16_by_9_keeps_the_focal_length_of_the_whole_width() -> None:
    wide = chosen(EVERYTHING, (5472, 3078)).lens
    assert wide.focal_px == pytest.approx((3657.0, 3650.0))
    assert wide.centre_px == pytest.approx((2732.0, 1539.0 + 23.0))


def test_digital_zoom_lengthens_the_focal_length_and_is_said() -> None:
    zoomed = chosen(replace(EVERYTHING, digital_zoom=2.0))
    assert zoomed.lens.focal_px[0] == pytest.approx(2 * 3657.0)
    assert "zoom" in zoomed.notes[0]


def test_pix4d_s_perspective_tags_are_a_calibration() -> None:
    model = LensModel("perspective", (2.4, 1.8), 5.5, (-0.1, 0.05, 0.01, 0.001, 0.002))
    found = chosen(Optics(lens_model=model, pixel_pitch_um=(3.75, 3.75)), (1280, 960))
    assert found.source is LensSource.LENS_MODEL
    assert found.lens.focal_px == pytest.approx((5500 / 3.75,) * 2)
    assert found.lens.centre_px == pytest.approx((640.0, 480.0))
    assert found.lens.distortion == (-0.1, 0.05, 0.001, 0.002, 0.01)


@pytest.mark.parametrize(
    ("photo", "why"),
    [
        (photo_at(optics=Optics(lens_model=LensModel("fisheye"))), "fisheye"),
        (photo_at(optics=Optics()), "focal length"),
        (photo_at(optics=Optics(focal_mm=8.8)), "not in the table"),
        (photo_at(optics=replace(PLAIN, calibrated_focal_px=-1.0)), "focal length"),
        (replace(photo_at(), panorama="equirectangular"), "panorama"),
    ],
)
def test_a_lens_that_is_not_known_is_said(photo: Photo, why: str) -> None:
    found = lens_of(photo, no_table)
    assert isinstance(found, str)
    assert why in found
