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
    import cv2

    straight = np.eye(3) if lens is None else matrix_of(lens)
    bent = np.zeros(5) if lens is None else np.array(lens.distortion)
    # OpenCV takes pixels of the result to rays by the inverse of one matrix: that of `onto` before the lens.
    maps = cv2.initUndistortRectifyMap(straight, bent, np.eye(3), np.linalg.inv(onto) @ straight, size, cv2.CV_32F)
    return cast(Maps, (maps[0], maps[1]))
