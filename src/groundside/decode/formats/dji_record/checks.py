"""Which position records cannot be what an aircraft wrote."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundside.native.dji_rows import Limits, Rows, steady

NO_POSITION_RAD = 800_000.0
"""
Written by the aircraft in place of an angle before there is a fix (rembish/pydjirecord, CHANGELOG 1.0.0).
"""

_SMALLEST_RAD = 1e-9
_NEAR_RAD = 1_000.0 / 6_371_000.0
_FAR_RAD = 50 * _NEAR_RAD

_STEADY = Limits((np.pi, np.pi / 2), _SMALLEST_RAD, NO_POSITION_RAD, _NEAR_RAD / 2)

Mask = NDArray[np.bool_]
F64 = NDArray[np.float64]


def surely_plausible(records: Rows) -> bool:
    """Say whether `implausible` would find none among these OSD records, at a glance; where not, it may still."""
    return steady(records, _STEADY)


def implausible(lon: F64, lat: F64) -> Mask:
    """
    Say which OSD records are no position of an aircraft.

    Args:
        lon, lat: radians, of each in order.

    Returns:
        True where an angle is out of range or not finite; where it is nearer to 0 than a millimetre but not
        0, as random bits often are; and where a record lies more than a kilometre from its neighbours, which
        agree (at the ends: fifty kilometres).
    """
    bad = _out_of_range(lon, np.pi) | _out_of_range(lat, np.pi / 2)
    there = np.flatnonzero(~bad & (lon != 0) & (lat != 0) & (np.abs(lon) <= np.pi))
    bad[there[_outliers(lon[there], lat[there])]] = True
    return bad


def _out_of_range(angle: F64, limit: float) -> Mask:
    with np.errstate(invalid="ignore"):
        size = np.abs(angle)
        fine = (size <= limit) & ((size >= _SMALLEST_RAD) | (size == 0.0))
        return ~(fine | (angle == NO_POSITION_RAD))


def _outliers(lon: F64, lat: F64) -> Mask:
    out = np.zeros(len(lon), np.bool_)
    if len(lon) < 3 or _stays(lon) + _stays(lat) < _NEAR_RAD / 2:
        return out
    step = _distance(lon[1:] - lon[:-1], lat[1:] - lat[:-1], lat[1:])
    skip = _distance(lon[2:] - lon[:-2], lat[2:] - lat[:-2], lat[2:])
    out[1:-1] = (step[:-1] > _NEAR_RAD) & (step[1:] > _NEAR_RAD) & (skip < _NEAR_RAD)
    out[0] = step[0] > _FAR_RAD and step[1] < _NEAR_RAD
    out[-1] = step[-1] > _FAR_RAD and step[-2] < _NEAR_RAD
    return out


def _stays(angle: F64) -> float:
    """Give the greatest difference between neighbours: where it is small there is nothing to look for."""
    return float(np.abs(np.diff(angle)).max())


def _distance(d_lon: F64, d_lat: F64, lat: F64) -> F64:
    return np.hypot((d_lon + np.pi) % (2 * np.pi) - np.pi, 0) * np.cos(lat) + np.abs(d_lat)
