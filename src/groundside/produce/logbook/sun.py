"""How high the sun stands: the maths are in `reference`, for planning needs them too."""

from __future__ import annotations

from groundside.reference.sun import CIVIL_TWILIGHT_DEG, SUNRISE_DEG, elevation_deg

__all__ = ["CIVIL_TWILIGHT_DEG", "SUNRISE_DEG", "elevation_deg"]
