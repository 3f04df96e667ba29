"""When the sun rises and sets at a place on a day, for a briefing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from groundside.model.place import LonLat
from groundside.reference.sun import SUNRISE_DEG, elevation_deg

CIVIL_DEG = -6.0
"""The sun's height at which civil twilight begins and ends."""
STEP_US = 60_000_000


@dataclass(frozen=True, slots=True)
class Daylight:
    """Moments of a local day, UTC microseconds; None where the sun does not pass that height."""

    dawn_us: int | None
    sunrise_us: int | None
    sunset_us: int | None
    dusk_us: int | None


def daylight(at: LonLat, day: date, zone: str) -> Daylight:
    """
    Find when the sun passes the horizon and civil twilight, between two local midnights.

    Args:
        at: where.
        day: local date. zone: IANA name.

    Returns:
        The first rise and the last setting of the day, within a few seconds of the height's own error.
    """
    begin = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    after = day + timedelta(days=1)
    end = datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(zone))
    us = np.arange(int(begin.timestamp() * 1e6), int(end.timestamp() * 1e6) + STEP_US, STEP_US)
    height = elevation_deg(at.lon, at.lat, us)
    dawn, dusk = _passes(us, height - CIVIL_DEG)
    sunrise, sunset = _passes(us, height - SUNRISE_DEG)
    return Daylight(dawn, sunrise, sunset, dusk)


def _passes(us: np.ndarray, above: np.ndarray) -> tuple[int | None, int | None]:
    """Give the first upward and the last downward passage of zero, on a straight line between two minutes."""
    up = np.flatnonzero((above[:-1] < 0.0) & (above[1:] >= 0.0))
    down = np.flatnonzero((above[:-1] >= 0.0) & (above[1:] < 0.0))
    return _between(us, above, up[:1]), _between(us, above, down[-1:])


def _between(us: np.ndarray, above: np.ndarray, rows: np.ndarray) -> int | None:
    if not rows.size:
        return None
    i = int(rows[0])
    return int(us[i] + STEP_US * float(above[i] / (above[i] - above[i + 1])))
