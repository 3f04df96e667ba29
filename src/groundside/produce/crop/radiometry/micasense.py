"""
MicaSense RedEdge, RedEdge-M, RedEdge-MX and Altum: digital numbers to radiance.

Source: MicaSense 2017, "RedEdge Camera Radiometric Calibration Model", https://support.micasense.com, article
115000351194.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundside.model.capture import Band, Exposure
from groundside.produce.crop.radiometry.vignetting import Floats, gain

UNIT = "W m-2 sr-1 nm-1"
CENTIKELVIN, ZERO_C_IN_K = 100.0, 273.15


def radiance(numbers: NDArray[np.generic], band: Band, exposure: Exposure) -> Floats:
    """
    Undo vignetting, the rows' different exposure, black level, exposure and gain.

    Args:
        numbers: digital numbers, shape (rows, columns).

    Returns:
        W m-2 sr-1 nm-1, never below 0, same shape.
    """
    first, second, third = exposure.coefficients
    row = np.arange(numbers.shape[0], dtype=np.float64)[:, None]
    of_row = 1.0 / (1.0 + second * row / exposure.time_s - third * row)
    light = numbers.astype(np.float64) - exposure.black_level
    light *= gain(band.vignetting, (numbers.shape[0], numbers.shape[1]))
    light *= of_row
    light *= first / (exposure.gain * exposure.time_s * 2.0**exposure.bits)
    return np.maximum(light, 0.0)


def celsius(numbers: NDArray[np.generic]) -> Floats:
    """Turn the Altum's thermal band, in hundredths of a kelvin, into degrees Celsius."""
    return numbers.astype(np.float64) / CENTIKELVIN - ZERO_C_IN_K
