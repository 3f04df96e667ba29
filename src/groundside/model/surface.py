"""How high the ground stands: one noun for planning over terrain and for finding what a photo shows."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

UNKNOWN_DATUM = "unknown"


class Surface(Protocol):
    """Heights of the ground (or of what stands on it) over part of the world."""

    @property
    def datum(self) -> str:
        """Above what the heights are, in the source's own words: "EGM96 height"; "unknown" where it does not say."""
        ...

    @property
    def cell_m(self) -> float:
        """Distance between neighbouring samples on the ground, in metres; nothing smaller is in the heights."""
        ...

    def heights_m(self, lon: ArrayLike, lat: ArrayLike) -> Floats:
        """
        Say how high the ground stands at each of many positions.

        Args:
            lon: degrees of WGS 84, any shape.
            lat: the same shape.

        Returns:
            Metres above the datum, in that shape; NaN outside what is covered, and where nothing is known.
        """
        ...


class FlatSurface:
    """
    Ground of one height everywhere: what a plan without terrain assumes.

    Args:
        height_m: above the datum.
        datum: what the height is above.
    """

    __slots__ = ("datum", "height_m")

    cell_m: float = 1.0

    def __init__(self, height_m: float = 0.0, datum: str = UNKNOWN_DATUM) -> None:
        self.height_m = height_m
        self.datum = datum

    def heights_m(self, lon: ArrayLike, lat: ArrayLike) -> Floats:
        """Give the one height wherever both numbers are numbers."""
        known = np.isfinite(np.asarray(lon, np.float64)) & np.isfinite(np.asarray(lat, np.float64))
        return np.where(known, self.height_m, np.nan)
