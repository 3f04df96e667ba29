"""The factor that undoes the darkening of an image towards its edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundside.model.capture import Plane, Radial

Floats = NDArray[np.float64]


def gain(model: Radial | Plane | None, shape: tuple[int, int]) -> Floats | float:
    """
    Give the factor for every pixel: 1 where nothing is known.

    Args:
        model: MicaSense divides by its polynomial, DJI multiplies with it, Sequoia divides by one in x and y.
        shape: rows, columns.

    Returns:
        Shape (rows, columns), or 1.0.
    """
    if model is None:
        return 1.0
    if isinstance(model, Plane):
        return 1.0 / _plane(model, shape)
    rows, columns = shape
    x, y = np.arange(columns, dtype=np.float64), np.arange(rows, dtype=np.float64)
    distance = np.hypot(x[None, :] - model.centre[0], y[:, None] - model.centre[1])
    polynomial = np.asarray(np.polyval([*reversed(model.coefficients), 1.0], distance), np.float64)
    return 1.0 / polynomial if model.divides else polynomial


def _plane(model: Plane, shape: tuple[int, int]) -> Floats:
    x = np.arange(shape[1], dtype=np.float64)[None, :] / shape[1]
    y = np.arange(shape[0], dtype=np.float64)[:, None] / shape[0]
    total = np.zeros(shape)
    for (of_x, of_y), coefficient in zip(model.powers, model.coefficients, strict=True):
        total += coefficient * x**of_x * y**of_y
    return total
