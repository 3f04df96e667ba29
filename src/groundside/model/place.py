"""Positions on the ground: longitude first, always, in degrees of WGS 84."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LonLat:
    """A position: `lon` in -180 to 180, `lat` in -90 to 90, degrees of WGS 84."""

    lon: float
    lat: float

    @property
    def is_position(self) -> bool:
        """Whether this can be a place at all: in range, finite, and not (0, 0), which receivers say for "no fix"."""
        in_range = abs(self.lon) <= 180.0 and abs(self.lat) <= 90.0
        return in_range and not (self.lon == 0.0 and self.lat == 0.0)
