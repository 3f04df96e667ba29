"""The home point, and the altitude from which heights count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from groundside.decode.formats.ulog.series import Log
from groundside.model.place import LonLat

_TOPIC = "home_position"
_SOON_US = 2_000_000
"""Home is set again on take-off: within so long, it is still that of the take-off."""


@dataclass(frozen=True, slots=True)
class Home:
    """A home point and how it was found."""

    point: LonLat
    origin: str


@dataclass(frozen=True, slots=True)
class Reference:
    """The altitude above mean sea level from which heights count, and where it is from."""

    altitude_m: float
    origin: str


def stated_home(log: Log, start_us: int | None) -> Home | None:
    """Read the home point in force at take-off; None where none was valid."""
    row = _row(log, start_us, "valid_hpos", "lat", "lon")
    if row is None:
        return None
    point = LonLat(float(log.raw(_TOPIC, "lon")[row]), float(log.raw(_TOPIC, "lat")[row]))
    return Home(point, f"{_TOPIC}, as it was on take-off") if point.is_position else None


def height_reference(log: Log, start_us: int | None) -> Reference | None:
    """Read the altitude of the home point in force at take-off; None where none was valid."""
    row = _row(log, start_us, "valid_alt", "alt")
    if row is None:
        return None
    altitude = float(log.raw(_TOPIC, "alt")[row])
    return Reference(altitude, f"{_TOPIC}.alt on take-off") if np.isfinite(altitude) else None


def _row(log: Log, start_us: int | None, flag: str, *columns: str) -> int | None:
    """Choose the last valid row up to take-off, or else the first."""
    times = log.times(_TOPIC) if log.has(_TOPIC, *columns) else None
    if times is None:
        return None
    good = times >= 0
    if log.has(_TOPIC, flag):
        good &= log.raw(_TOPIC, flag) > 0
    rows = np.flatnonzero(good)
    rows = rows[np.argsort(times[rows], kind="stable")]
    if not len(rows):
        return None
    before = rows[times[rows] <= start_us + _SOON_US] if start_us is not None else rows[:1]
    return int(before[-1] if len(before) else rows[0])
