"""How far off a place on the ground may be, from what may be off in the camera."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from groundside.model.footprint import CONFIDENCE, ErrorEllipse, Uncertainty
from groundside.reference.camera_model import turning_axes

Floats = NDArray[np.float64]

TWINS = 14
"""Rays beside each ray: two for each of seven uncertainties."""
_SCALE = math.sqrt(-2.0 * math.log(1.0 - CONFIDENCE))
"""From one standard deviation in the plane to what holds `CONFIDENCE`: chi-square of two degrees of freedom."""
_SAME: Floats = np.eye(3)
_NOTHING: Floats = np.zeros((2, 2))


def twin_rays(
    view: Floats, turn: Floats, angles_deg: tuple[float, float], uncertainty: Uncertainty
) -> tuple[Floats, Floats]:
    """
    Give the rays that lie one standard deviation beside each of n rays, to either side, for each uncertainty by itself.

    Args:
        view: unit vectors on the camera's axes, shape (3, n).
        turn: from the camera's axes to east, north, up.
        angles_deg: yaw and pitch of the camera.
        uncertainty: what is uncertain.

    Returns:
        Origins and directions, shape (3, n, `TWINS`).
    """
    count = view.shape[1]
    origins, directions = np.zeros((3, count, TWINS)), np.empty((3, count, TWINS))
    directions[:, :, :6] = (turn @ view)[:, :, None]
    for axis, size in enumerate((uncertainty.horizontal_m, uncertainty.horizontal_m, uncertainty.vertical_m)):
        origins[axis, :, 2 * axis], origins[axis, :, 2 * axis + 1] = size, -size
    axes = turning_axes(*angles_deg)
    sizes = (uncertainty.yaw_deg, uncertainty.pitch_deg, uncertainty.roll_deg)
    for number, size in enumerate(sizes):
        for side, about in enumerate(_turned(axes[:, number].tolist(), math.radians(size))):
            directions[:, :, 6 + 2 * number + side] = about @ turn @ view
    for side, sign in enumerate((1.0, -1.0)):
        scaled = view / np.array([[1.0 + sign * uncertainty.focal]] * 2 + [[1.0]])
        directions[:, :, 12 + side] = turn @ (scaled / np.linalg.norm(scaled, axis=0))
    return origins, directions


def _turned(axis: list[float], angle: float) -> tuple[Floats, Floats]:
    """Give the matrices that turn about an axis, by the angle and back by it (O. Rodrigues 1840)."""
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    aside, back = math.sin(angle) * cross, (1.0 - math.cos(angle)) * (cross @ cross)
    return _SAME + aside + back, _SAME - aside + back


def ellipses_of(places: Floats, twins: Floats) -> list[ErrorEllipse | None]:
    """
    Make ellipses of where the twins of rays met the ground.

    Each uncertainty counts with the mean square of what it does to either side; they are taken to be independent. So a
    hill's edge near the place is felt, which slopes alone would not tell.

    Args:
        places: east and north of where the rays themselves met the ground, shape (2, n).
        twins: the same of their twins, shape (2, n, `TWINS`); NaN where one met none.

    Returns:
        n ellipses; None where a twin met no ground.

    Source: JCGM 100:2008 (GUM), 5.1.3 note 2: sensitivities from values computed to either side.
    """
    off = np.ascontiguousarray((twins - places[:, :, None]).transpose(1, 0, 2))
    known: list[bool] = np.asarray(np.isfinite(off).all(axis=(1, 2))).tolist()
    spread = np.array([each @ each.T / 2.0 if whole else _NOTHING for each, whole in zip(off, known, strict=True)])
    squares, axes = np.linalg.eigh(spread)
    sizes = (np.sqrt(np.maximum(squares, 0.0)) * _SCALE).tolist()
    return [
        ErrorEllipse(major, minor, math.degrees(math.atan2(east, north)) % 180.0) if whole else None
        for whole, (minor, major), (east, north) in zip(known, sizes, axes[:, :, 1].tolist(), strict=True)
    ]
