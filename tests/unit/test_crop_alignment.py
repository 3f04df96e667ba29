"""Bands brought onto one another, and what is left."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from groundside.model.capture import Band, Lens
from groundside.produce.crop.alignment.bands import aligned, can_align, reference_of
from groundside.produce.crop.alignment.refinement import edges, refined, residual_between
from groundside.produce.crop.alignment.rig import rig_homography, rotation
from groundside.produce.crop.alignment.undistortion import maps_onto, matrix_of, undistorted
from tests.captures import ground

SIZE = (640, 480)
STRAIGHT = Lens((725.0, 725.0), (320.0, 240.0), (0.0, 0.0, 0.0, 0.0, 0.0))
BENT = Lens((725.0, 726.0), (318.0, 244.0), (-0.1, 0.15, 0.0004, 0.0007, -0.06))


def band(name: str, index: int, lens: Lens = STRAIGHT, rotation_deg: tuple[float, float, float] | None = None) -> Band:
    return Band(f"{index}.tif", "micasense", "", name, index, "c", SIZE, None, lens=lens, rotation_deg=rotation_deg)


def seen_by(lens: Lens, scene: NDArray[np.float64], onto: NDArray[np.float64]) -> NDArray[np.float32]:
    """Render what a camera records of a scene that lies in another's straight frame, by the inverse of the model."""
    x, y = np.meshgrid(np.arange(SIZE[0], dtype=np.float64), np.arange(SIZE[1], dtype=np.float64))
    points = np.stack([x.ravel(), y.ravel()], axis=1).reshape(-1, 1, 2)
    flat = cv2.undistortPoints(points, matrix_of(lens), np.array(lens.distortion), P=matrix_of(lens))
    there = cv2.perspectiveTransform(flat, np.linalg.inv(onto)).reshape(SIZE[1], SIZE[0], 2).astype(np.float32)
    return np.asarray(cv2.remap(scene.astype(np.float32), there[..., 0], there[..., 1], cv2.INTER_CUBIC), np.float32)


def test_maps_agree_with_opencv_for_a_bent_lens():
    ours = maps_onto(BENT, np.eye(3), SIZE)
    theirs = cv2.initUndistortRectifyMap(
        matrix_of(BENT), np.array(BENT.distortion), np.eye(3), matrix_of(BENT), SIZE, cv2.CV_32FC1
    )
    for mine, other in zip(ours, theirs, strict=True):
        assert np.abs(mine - other).max() < 1e-3


def test_without_a_lens_an_image_stays_as_it_is():
    image = ground().astype(np.float32)
    assert undistorted(image, None, SIZE) is image


def test_a_rig_turned_about_its_axis_turns_pixels_about_the_middle():
    there = rig_homography(
        band("nir", 3, rotation_deg=(0.0, 0.0, 90.0)), band("green", 1, rotation_deg=(0.0, 0.0, 0.0))
    )
    assert there is not None
    point = there @ np.array([330.0, 240.0, 1.0])
    assert point / point[2] == pytest.approx([320.0, 250.0, 1.0])


def test_a_rotation_is_a_rotation():
    made = rotation((0.3, -1.2, 20.0))
    assert made @ made.T == pytest.approx(np.eye(3))
    assert np.linalg.det(made) == pytest.approx(1.0)


def test_without_rig_calibration_there_is_no_rig_homography():
    assert rig_homography(band("nir", 3), band("green", 1)) is None


def test_the_matrix_of_the_maker_leads_from_band_to_band():
    shift = (1.0, 0.0, 5.0, 0.0, 1.0, -3.0, 0.0, 0.0, 1.0)
    nir = Band("4.tif", "dji", "M3M", "nir", 3, "c", SIZE, None, lens=STRAIGHT, homography=shift)
    red = Band("3.tif", "dji", "M3M", "red", 2, "c", SIZE, None, lens=STRAIGHT, homography=(1, 0, 0, 0, 1, 0, 0, 0, 1))
    there = rig_homography(nir, red)
    assert there is not None
    assert there @ np.array([10.0, 10.0, 1.0]) == pytest.approx([15.0, 7.0, 1.0])


def test_bands_of_a_turned_and_bent_rig_come_onto_each_other():
    scene = ground()
    turned = band("nir", 3, BENT, (0.4, -0.3, 0.5))
    still = band("green", 1, STRAIGHT, (0.0, 0.0, 0.0))
    rig = rig_homography(turned, still)
    assert rig is not None
    images = [seen_by(BENT, scene, np.linalg.inv(rig)), scene.astype(np.float32)]
    placed = aligned([turned, still], images)
    assert [one.begun_with for one in placed] == ["rig", "reference"]
    assert placed[0].residual.median_px is not None
    assert placed[0].residual.median_px < 0.1
    inside = np.s_[40:-40, 40:-40]
    assert np.nanmax(np.abs(placed[0].image[inside] - scene[inside])) < 0.02


def test_what_no_rig_knows_the_images_show():
    scene = ground()
    away = np.array([[1.0, 0.004, 11.3], [-0.004, 1.0, -6.7], [0.0, 0.0, 1.0]])
    moved = seen_by(STRAIGHT, scene, away)
    placed = aligned([band("nir", 3), band("green", 1)], [moved, scene.astype(np.float32)])
    assert placed[0].first.median_px is None or placed[0].first.median_px > 5
    assert placed[0].residual.median_px is not None
    assert placed[0].residual.median_px < 0.3
    assert placed[0].onto == pytest.approx(away, abs=0.5)


def test_the_residual_is_the_shift_that_is_left():
    scene = ground()
    moved = np.roll(scene, 3, axis=1)
    left = residual_between(edges(scene), edges(moved))
    assert left.median_px == pytest.approx(3.0, abs=0.1)
    assert left.tiles > 20


def test_where_there_is_nothing_to_see_the_residual_is_unknown():
    flat = np.zeros((480, 640), np.float32)
    assert residual_between(flat, flat).median_px is None
    assert refined(flat, flat, np.eye(3)) is None


def test_pixels_that_a_band_did_not_see_have_no_value():
    scene = ground()
    away = np.array([[1.0, 0.0, 20.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    placed = aligned([band("nir", 3), band("green", 1)], [seen_by(STRAIGHT, scene, away), scene.astype(np.float32)])
    assert np.isnan(placed[0].image[:, -15:]).all()
    assert np.isfinite(placed[0].image[2:-2, 2:-30]).all()


def test_a_saturated_pixel_stays_without_a_value():
    scene = ground().astype(np.float32)
    scene[200, 300] = np.nan
    placed = aligned([band("nir", 3), band("green", 1)], [scene, ground().astype(np.float32)])
    assert np.isnan(placed[0].image[200, 300])


def test_the_band_that_the_rig_is_measured_against_is_the_reference():
    rig = [band("blue", 0, rotation_deg=(0.1, 0.0, 0.0)), band("nir", 3, rotation_deg=(0.0, 0.0, 0.0))]
    assert reference_of(rig) == 1
    assert reference_of([band("blue", 0), band("green", 1)]) == 1
    assert reference_of([band("blue", 0), band("red", 2)]) == 0


def test_bands_without_a_lens_or_of_other_size_are_not_aligned():
    bare = Band("0.tif", "sequoia", "", "red", 0, "c", SIZE, None)
    assert not can_align([bare, band("green", 1)])
    assert not can_align([band("green", 1)])
    assert can_align([band("blue", 0), band("green", 1)])
