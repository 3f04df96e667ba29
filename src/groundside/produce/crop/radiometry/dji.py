"""
DJI P4 Multispectral and Mavic 3 Multispectral: digital numbers to DJI's camera signal. Experimental.

Source: DJI 2023, "Mavic 3M Image Processing Guide", v1.0, equations 1 to 9; DJI 2020, "P4 Multispectral Image
Processing Guide", v1.0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundside.model.capture import Band, Exposure
from groundside.produce.crop.radiometry.vignetting import Floats, gain

UNIT = "DJI camera signal, no physical unit"
P4M_FULL = 65535.0
_P4M_MODEL = "fc6360"


def signal(numbers: NDArray[np.generic], band: Band, exposure: Exposure) -> Floats:
    """
    Undo black level, vignetting (here by multiplying), gain and exposure, and make bands comparable.

    What comes out is proportional to radiance by a constant that DJI does not publish: without a panel it gives only
    what does not change when all bands are multiplied by one number.

    Returns:
        DJI's X_camera times its gain adjustment, never below 0, same shape.
    """
    full = P4M_FULL if band.model.strip().lower() == _P4M_MODEL else 2.0**exposure.bits
    light = camera_signal(numbers.astype(np.float64), exposure, full) * exposure.adjustment
    light *= gain(band.vignetting, (numbers.shape[0], numbers.shape[1]))
    return np.maximum(light, 0.0)


def camera_signal(numbers: Floats, exposure: Exposure, full: float) -> Floats:
    """Give X_camera of the guide's equation 9: (I - black level) / full scale / (gain times seconds)."""
    return (numbers - exposure.black_level) / full / (exposure.gain * exposure.time_s)
