"""Where the sun stands, for a sensor that is tilted towards or away from it."""

from __future__ import annotations

import math

import numpy as np

from groundside.produce.logbook.sun import elevation_deg

_HOUR_US = 3_600_000_000
_STEP_DEG = 0.01


def sun_of(lon: float, lat: float, us: int) -> tuple[float, float]:
    """
    Give elevation and azimuth of the sun in degrees, azimuth from north over east.

    The azimuth follows from how the elevation changes with the place: a small step towards the sun raises it by as
    much, a step across does not.

    Args:
        lon, lat: degrees of WGS 84.
        us: UTC, microseconds since 1970.
    """
    places = np.array([[lon, lat], [lon, lat + _STEP_DEG], [lon, lat - _STEP_DEG]])
    places = np.vstack([places, [[lon + _STEP_DEG, lat], [lon - _STEP_DEG, lat]]])
    here, north, south, east, west = elevation_deg(places[:, 0], places[:, 1], us)
    towards_north = north - south
    towards_east = (east - west) / max(math.cos(math.radians(lat)), 1e-6)
    return float(here), math.degrees(math.atan2(towards_east, towards_north)) % 360.0
