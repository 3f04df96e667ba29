"""The factor that undoes the darkening of an image towards its edge."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from groundside.model.capture import Plane, Radial

Floats = NDArray[np.float64]
CAMERAS = 10
"""Whose factors are kept from one capture to the next: the bands of one rig; about 10 MB each."""


def gain(model: Radial | Plane | None, shape: tuple[int, int]) -> Floats | float:
    """
    Give the factor for every pixel: 1 where nothing is known.

    Args:
        model: MicaSense divides by its polynomial, DJI multiplies with it, Sequoia divides by one in x and y.
        shape: rows, columns.

    Returns:
        Shape (rows, columns), not to be changed; or 1.0.
    """
    if model is None:
        return 1.0
    if isinstance(model, Plane):
        return 1.0 / _plane(model, shape)
    return _radial(model, shape)


@lru_cache(maxsize=CAMERAS)
def _radial(model: Radial, shape: tuple[int, int]) -> Floats:
    rows, columns = shape
    x, y = np.arange(columns, dtype=np.float64), np.arange(rows, dtype=np.float64)
    distance = np.hypot(x[None, :] - model.centre[0], y[:, None] - model.centre[1])
    polynomial = np.asarray(np.polyval([*reversed(model.coefficients), 1.0], distance), np.float64)
    factor = 1.0 / polynomial if model.divides else polynomial
    factor.flags.writeable = False
    return factor


def _plane(model: Plane, shape: tuple[int, int]) -> Floats:
    x = np.arange(shape[1], dtype=np.float64)[None, :] / shape[1]
    y = np.arange(shape[0], dtype=np.float64)[:, None] / shape[0]
    total = np.zeros(shape)
    for (of_x, of_y), coefficient in zip(model.powers, model.coefficients, strict=True):
        total += coefficient * x**of_x * y**of_y
    return total
