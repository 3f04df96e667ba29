"""Where one band's picture lies in another's, by what the maker measured of the rig."""

from __future__ import annotations

import numpy as np

from groundside.model.capture import Band
from groundside.produce.crop.alignment.undistortion import Floats, matrix_of


def rig_homography(band: Band, reference: Band) -> Floats | None:
    """
    Take undistorted pixels of one band to those of another, for what is far away.

    MicaSense gives each camera's rotation against the rig, in degrees about x, y and z, applied in the order z, y, x;
    DJI gives the matrix itself. What is near shows a parallax that no rig calibration can take away.

    Returns:
        Shape (3, 3); None where either band says nothing.
    """
    if band.homography is not None and reference.homography is not None:
        return np.asarray(np.linalg.solve(_square(reference.homography), _square(band.homography)), np.float64)
    if band.rotation_deg is None or reference.rotation_deg is None or band.lens is None or reference.lens is None:
        return None
    turn = rotation(reference.rotation_deg).T @ rotation(band.rotation_deg)
    made = matrix_of(reference.lens) @ turn @ np.linalg.inv(matrix_of(band.lens))
    return made / made[2, 2]


def _square(nine: tuple[float, ...]) -> Floats:
    return np.array(nine, np.float64).reshape(3, 3)


def rotation(angles_deg: tuple[float, float, float]) -> Floats:
    """Give the rotation about x after y after z, shape (3, 3)."""
    (cx, cy, cz), (sx, sy, sz) = (f(np.radians(angles_deg)) for f in (np.cos, np.sin))
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_x @ about_y @ about_z


def lens_homography(band: Band, reference: Band) -> Floats:
    """Take pixels of one lens to those of another that looks the same way; the identity where either is unknown."""
    if band.lens is None or reference.lens is None:
        return np.eye(3)
    return matrix_of(reference.lens) @ np.linalg.inv(matrix_of(band.lens))
