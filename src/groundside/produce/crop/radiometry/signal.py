"""Digital numbers of any camera to its signal, with what must not count as NaN."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundside.model.capture import Band, Exposure
from groundside.produce.crop.radiometry import dji, micasense, sequoia
from groundside.produce.crop.radiometry.vignetting import Floats

_MODELS = {"micasense": micasense.radiance, "dji": dji.signal, "sequoia": sequoia.irradiance}
UNITS = {"micasense": micasense.UNIT, "dji": dji.UNIT, "sequoia": sequoia.UNIT}
TWELVE_BIT_STEP = 16
"""A sensor of 12 bits is written into 16 by appending four zeros: its full scale is 65520, not 65535."""


def full_scale(bits: int) -> int:
    """Give the number from which on a pixel is saturated: of 16 bits 65520, of 8 bits 255."""
    return 2**bits - (TWELVE_BIT_STEP if bits == 16 else 1)


def saturated(numbers: NDArray[Any], bits: int) -> NDArray[np.bool_]:
    """Say which pixels are at the end of the scale."""
    return np.asarray(numbers >= full_scale(bits))


def signal_of(numbers: NDArray[np.generic], band: Band) -> Floats | None:
    """
    Give what the camera measured: MicaSense as radiance, the others in a unit of their maker (`UNITS`).

    Returns:
        float64, shape (rows, columns), NaN where saturated; None where the file does not say how it was exposed.
    """
    exposure: Exposure | None = band.exposure
    if exposure is None or band.maker not in _MODELS or numbers.ndim != 2 or band.name == "lwir":
        return None
    light = _MODELS[band.maker](numbers, band, exposure)
    light[saturated(numbers, exposure.bits)] = np.nan
    return light
