"""
Wind: a mean, and gusts about it.

Gusts are first-order noise, one for each axis: the longitudinal spectrum of the Dryden model (MIL-HDBK-1797,
appendix A; MIL-F-8785C, 3.7.1), with its low-altitude intensity for a wind at 20 feet rounded to a sixth of the
mean. Used for both horizontal axes, where Dryden has a second-order filter across the wind: plausible, not exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from math import cos, exp, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SCALE_M = 120.0
"""Length of the gusts; Dryden's at about 50 m above ground."""
GUST_SHARE = 1.0 / 6.0


@dataclass(frozen=True, slots=True)
class Wind:
    """
    The air of one flight, moving over ground.

    Args:
        north_mps, east_mps: where the mean wind blows to.
        gusts_north_mps, gusts_east_mps: added to it, ten a second.
    """

    north_mps: float
    east_mps: float
    gusts_north_mps: Floats
    gusts_east_mps: Floats

    @property
    def speed_mps(self) -> float:
        """How strong the mean wind is."""
        return float(np.hypot(self.north_mps, self.east_mps))

    @property
    def from_deg(self) -> float:
        """Where the mean wind comes from, degrees from north; what an aircraft takes off into."""
        return float(np.degrees(np.arctan2(-self.east_mps, -self.north_mps))) % 360.0

    def at(self, samples: int) -> tuple[Floats, Floats]:
        """Give north and east of the first samples, gusts included; repeated where the flight outlasts them."""
        north, east = (np.resize(g, samples) for g in (self.gusts_north_mps, self.gusts_east_mps))
        return self.north_mps + north, self.east_mps + east


def blow(rng: np.random.Generator, speed_mps: float, towards_deg: float, seconds: float, step_s: float) -> Wind:
    """Draw the air of a flight."""
    north, east = speed_mps * cos(radians(towards_deg)), speed_mps * sin(radians(towards_deg))
    count = max(1, int(seconds / step_s))
    keep = exp(-step_s * max(speed_mps, 1.0) / SCALE_M)
    draws = rng.normal(0.0, speed_mps * GUST_SHARE * sqrt(1.0 - keep * keep), (2, count))
    gusts = [np.fromiter(_filtered(axis, keep), np.float64, count) for axis in draws]
    return Wind(north, east, gusts[0], gusts[1])


def _filtered(noise: Floats, keep: float) -> Iterator[float]:
    return accumulate(noise.tolist(), lambda gust, new: keep * gust + new)
