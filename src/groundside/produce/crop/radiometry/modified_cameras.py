"""
Colour cameras that were made to see near-infrared: relative vigour only.

A JPEG is not linear in light, and nothing here knows its curve; so what comes out is labelled relative vigour, and
never reflectance.

Source: Sentera 2019, "Calculating spectral bands from Sentera D4K and Single sensors", support.sentera.com; the same
numbers in Sentera's py-radiometric-corrections, Apache-2.0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FULL = 255
LABEL = "relative vigour"


@dataclass(frozen=True, slots=True)
class Mixture:
    """
    How two bands come out of a modified camera's channels.

    Args:
        title: what the camera is sold as.
        low: name of the lower band.
        low_of, high_of: weights of red, green and blue for the lower band and for near-infrared.
    """

    title: str
    low: str
    low_of: tuple[float, float, float]
    high_of: tuple[float, float, float]


MIXTURES = {
    "5.4mm-0001_0015": Mixture("Sentera D4K NDVI", "red", (1.0, 0.0, -0.966), (-0.286, 0.0, 4.350)),
    "5.4mm-0001_0016": Mixture("Sentera D4K NDRE", "red edge", (1.0, 0.0, -0.956), (-0.341, 0.0, 2.426)),
}
"""By the lens that the image names."""


def bands(pixels: NDArray[np.uint8], mixture: Mixture) -> tuple[Floats, Floats]:
    """
    Unmix the lower band and near-infrared.

    Args:
        pixels: red, green, blue; shape (rows, columns, 3).

    Returns:
        Both in digital numbers, shape (rows, columns); NaN where any channel is at 255.
    """
    numbers = pixels.astype(np.float64)
    numbers[(pixels >= FULL).any(axis=2)] = np.nan
    return numbers @ np.array(mixture.low_of), numbers @ np.array(mixture.high_of)


def vigour(low: Floats, near_infrared: Floats) -> Floats:
    """
    Compare near-infrared with the lower band: (N - L) / (N + L).

    Returns:
        Relative vigour, unit 1, no index of reflectance; NaN where the sum is not above 0.
    """
    total = near_infrared + low
    difference = near_infrared - low
    out = np.full_like(total, np.nan)
    return np.divide(difference, total, out=out, where=total > 0)
