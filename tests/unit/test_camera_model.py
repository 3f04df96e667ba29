"""A camera against OpenCV, SciPy and PROJ: programs that share nothing with it."""

import cv2
import numpy as np
import pytest
from pyproj import Transformer
from scipy.spatial.transform import Rotation

from groundside.reference.camera_model import Lens, meridian_convergence_deg, on_grid, rotation, turning_axes

LENS = Lens(5472, 3648, (3657.0, 3650.0), (2732.0, 1847.0), (-0.267, 0.112, 9e-4, 9e-5, -0.033))
MATRIX = np.array([[3657.0, 0.0, 2732.0], [0.0, 3650.0, 1847.0], [0.0, 0.0, 1.0]])


def all_over(lens: Lens, count: int = 500) -> np.ndarray:
    return np.random.default_rng(4).uniform([[0.0], [0.0]], [[lens.width_px], [lens.height_px]], (2, count))


def test_points_appear_where_opencv_shows_them() -> None:
    points = np.random.default_rng(1).uniform([-0.7, -0.5, 1.0], [0.7, 0.5, 1.0], (500, 3)) * 87.0
    theirs, _ = cv2.projectPoints(points, np.zeros(3), np.zeros(3), MATRIX, np.array(LENS.distortion))
    assert np.abs(LENS.pixels(points.T) - theirs[:, 0].T).max() < 1e-9


def test_every_pixel_looks_in_the_direction_that_shows_in_that_pixel() -> None:
    pixels = all_over(LENS)
    looked = LENS.directions(pixels)
    theirs, _ = cv2.projectPoints(looked.T.copy(), np.zeros(3), np.zeros(3), MATRIX, np.array(LENS.distortion))
    assert np.abs(theirs[:, 0].T - pixels).max() < 1e-7
    assert np.allclose(np.linalg.norm(looked, axis=0), 1.0)


def test_a_lens_without_distortion_is_a_pinhole() -> None:
    pinhole = Lens(4000, 3000, (2000.0, 2000.0), (2000.0, 1500.0))
    assert np.allclose(pinhole.directions([[2000.0, 4000.0], [1500.0, 1500.0]]), [[0, 0.5**0.5], [0, 0], [1, 0.5**0.5]])


def test_where_distortion_turns_back_on_itself_there_is_no_direction_and_no_pixel() -> None:
    folding = Lens(4000, 3000, (1000.0, 1000.0), (2000.0, 1500.0), (-0.3, 0.0, 0.0, 0.0, 0.0))
    assert np.isnan(folding.directions([[0.0], [0.0]])).all()
    assert np.isfinite(folding.directions([[2500.0], [1500.0]])).all()
    assert np.isnan(folding.pixels([[3.0], [0.0], [1.0]])).all()


def test_what_is_behind_the_camera_appears_nowhere() -> None:
    assert np.isnan(LENS.pixels([[0.1, 0.1], [0.1, 0.1], [-1.0, 0.0]])).all()


@pytest.mark.parametrize("angles", [(0, 0, 0), (92.9, -60, 0), (200, -89.9, 3), (-45, 12, -170)])
def test_turning_is_yaw_then_pitch_then_roll_in_north_east_down(angles: tuple[float, float, float]) -> None:
    to_ned = Rotation.from_euler("ZYX", angles, degrees=True)
    for camera, body in (((1, 0, 0), (0, 1, 0)), ((0, 1, 0), (0, 0, 1)), ((0, 0, 1), (1, 0, 0))):
        north, east, down = to_ned.apply(body)
        assert np.allclose(rotation(*angles) @ camera, (east, north, -down))


def test_at_nadir_the_top_of_the_image_is_where_yaw_points() -> None:
    top, view = np.array([0.0, -1.0, 0.0]), np.array([0.0, 0.0, 1.0])
    turn = rotation(90.0, -90.0, 0.0)
    assert np.allclose(turn @ view, (0, 0, -1))
    assert np.allclose(turn @ top, (1, 0, 0))


def test_a_roll_of_180_at_nadir_is_a_yaw_turned_round() -> None:
    assert np.allclose(rotation(30.0, -90.0, 180.0), rotation(210.0, -90.0, 0.0))


def test_a_roll_of_180_past_nadir_is_the_same_view_told_from_the_other_side() -> None:
    assert np.allclose(rotation(30.0, -89.9, 180.0), rotation(210.0, -90.1, 0.0))


def test_a_camera_that_looks_down_at_rest_is_one_that_looks_forward_pitched_by_90() -> None:
    assert np.allclose(rotation(92.9, 30.0, 0.0, looks_down=True), rotation(92.9, -60.0, 0.0))


def test_turning_axes_are_those_about_which_angles_grow() -> None:
    small = 1e-6
    base = rotation(40.0, -70.0, 10.0)
    for number, step in enumerate(np.eye(3) * np.degrees(small)):
        moved = rotation(40.0 + step[0], -70.0 + step[1], 10.0 + step[2])
        about = Rotation.from_matrix(moved @ base.T).as_rotvec() / small
        assert np.allclose(about, turning_axes(40.0, -70.0)[:, number], atol=1e-5)


@pytest.mark.parametrize(("lon", "lat"), [(120.95, 24.68), (125.0, 24.68), (120.95, -24.68)])
def test_grid_north_lies_off_true_north_by_the_convergence(lon: float, lat: float) -> None:
    to_grid = Transformer.from_crs("EPSG:4326", "EPSG:32651", always_xy=True)
    (x0, y0), (x1, y1) = to_grid.transform(lon, lat), to_grid.transform(lon, lat + 1e-4)
    true_north_on_grid = np.degrees(np.arctan2(x1 - x0, y1 - y0))
    convergence = meridian_convergence_deg(lon, lat, "EPSG:32651")
    assert true_north_on_grid == pytest.approx(-convergence, abs=1e-4)
    east, north, _ = on_grid(np.eye(3), convergence) @ (0.0, 1.0, 0.0)
    assert np.degrees(np.arctan2(east, north)) == pytest.approx(-convergence, abs=1e-9)
