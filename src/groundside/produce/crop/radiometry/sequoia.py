"""
Parrot Sequoia: digital numbers to irradiance in the maker's arbitrary unit. Experimental.

Source: Parrot 2017, application note SEQ-AN-01, "Pixel value to irradiance using the sensor calibration model"; the
unit, which is homogeneous to W m-2 but scaled at will, by Parrot's staff in the Parrot developer forum, thread 5261.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundside.model.capture import Band, Exposure
from groundside.produce.crop.radiometry.vignetting import Floats, gain

UNIT = "Parrot's arbitrary unit, proportional to W m-2 sr-1"


def irradiance(numbers: NDArray[np.generic], band: Band, exposure: Exposure) -> Floats:
    """
    Apply I = f^2 (p - B) / (A t g + C), with A, B, C of the tag SensorModel, t in seconds, g = ISO / 100.

    Returns:
        In the maker's unit, never below 0, same shape, vignetting undone.
    """
    light = sensor_irradiance(numbers.astype(np.float64), exposure)
    light *= gain(band.vignetting, (numbers.shape[0], numbers.shape[1]))
    return np.maximum(light, 0.0)


def sensor_irradiance(numbers: Floats, exposure: Exposure) -> Floats:
    """Give the same without vignetting."""
    slope, black, offset = exposure.coefficients
    f_number = exposure.f_number or 1.0
    return f_number**2 * (numbers - black) / (slope * exposure.time_s * exposure.gain + offset)
