"""
Straight lines made straight: Brown's model of a lens.

Source: D. C. Brown 1966, "Decentering distortion of lenses", Photogrammetric Engineering 32, 444-462, in the form of
OpenCV, "Camera calibration and 3D reconstruction".
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from groundside.model.capture import Lens

Floats = NDArray[np.float64]
Maps = tuple[NDArray[np.float32], NDArray[np.float32]]


def matrix_of(lens: Lens) -> Floats:
    """Give the camera matrix, shape (3, 3), in pixels."""
    (fx, fy), (cx, cy) = lens.focal_px, lens.centre
    return np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]])


def whole_matrix_of(lens: Lens, size: tuple[int, int]) -> Floats:
    """Give the camera matrix under which every recorded pixel stays in an undistorted image of the same size."""
    import cv2

    made = cv2.getOptimalNewCameraMatrix(matrix_of(lens), np.array(lens.distortion), size, 1)[0]
    return np.asarray(made, np.float64)


def undistorted(image: NDArray[Any], lens: Lens | None, size: tuple[int, int]) -> NDArray[Any]:
    """
    Undistort an image so that every recorded pixel stays in it; what was never recorded is 0.

    Args:
        image: shape (rows, columns), floats or uint16.
        size: width, height.

    Returns:
        Same shape and type, read between pixels linearly; the image itself where the lens is not known.
    """
    import cv2

    if lens is None:
        return image
    maps = cv2.initUndistortRectifyMap(
        matrix_of(lens), np.array(lens.distortion), np.eye(3), whole_matrix_of(lens, size), size, cv2.CV_32F
    )
    return cast(NDArray[Any], cv2.remap(image, maps[0], maps[1], cv2.INTER_LINEAR))


def maps_onto(lens: Lens | None, onto: Floats, size: tuple[int, int]) -> Maps:
    """
    Say for each pixel of a reference frame where in this band's recorded image it lies.

    Args:
        onto: shape (3, 3); takes undistorted pixels of the reference to undistorted pixels of this band.
        size: width, height of the reference.

    Returns:
        x and y, each of shape (rows, columns), for `cv2.remap`.
    """
    x, y = np.meshgrid(np.arange(size[0], dtype=np.float64), np.arange(size[1], dtype=np.float64))
    across, down, depth = (onto[row, 0] * x + onto[row, 1] * y + onto[row, 2] for row in range(3))
    x, y = across / depth, down / depth
    if lens is not None:
        x, y = _distorted(lens, x, y)
    return x.astype(np.float32), y.astype(np.float32)


def _distorted(lens: Lens, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    (fx, fy), (cx, cy), (k1, k2, p1, p2, k3) = lens.focal_px, lens.centre, lens.distortion
    u, v = (x - cx) / fx, (y - cy) / fy
    square = u * u + v * v
    radial = 1.0 + square * (k1 + square * (k2 + square * k3))
    across = u * radial + 2.0 * p1 * u * v + p2 * (square + 2.0 * u * u)
    down = v * radial + p1 * (square + 2.0 * v * v) + 2.0 * p2 * u * v
    return across * fx + cx, down * fy + cy
