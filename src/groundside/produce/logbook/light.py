"""
How much of a flight was by day, in twilight and at night.

Night is "the time between the end of evening civil twilight and the beginning of morning civil twilight, as published
in the Air Almanac, converted to local time": 14 CFR 1.1, as amended on 12 October 2012 (FR document 2012-25032). Civil
twilight of the almanac ends where the sun's centre is 6 degrees below the horizon. That of Part 107 is another matter,
14 CFR 107.29(c), as of 21 April 2021: outside Alaska the 30 minutes before official sunrise and after official sunset,
in Alaska that of the Air Almanac. Both texts were looked up on 22 November 2026.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from groundside.model.logbook import Light, LoggedFlight
from groundside.produce.logbook.sun import CIVIL_TWILIGHT_DEG, SUNRISE_DEG, elevation_deg

ALASKA = frozenset(
    f"America/{city}" for city in ("Adak", "Anchorage", "Juneau", "Metlakatla", "Nome", "Sitka", "Yakutat")
)
"""The time zones that lie in Alaska, all of it and nothing else: file `zone1970.tab` of the IANA time zone database."""

_STEP_US = 60_000_000
_HALF_HOUR_US = 1_800_000_000
_LONGEST_US = 7 * 86_400_000_000
"""Times of a flight that are further apart are held to be wrong."""

_TOGETHER = 1000
"""Flights that are looked at in one go: enough to be quick, and few enough for memory."""
_PLAUSIBLE_US = range(-2_208_988_800_000_000, 7_258_118_400_000_000)
"""From 1900 to 2200; outside, the sun's place is not known well enough."""

Floats = NDArray[np.float64]
Times = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Window:
    """A flight with the time that it was in the air: from `start_us` to `end_us` (UTC), `total_ms` altogether."""

    flight: LoggedFlight
    start_us: int
    end_us: int
    total_ms: int

    @property
    def is_known(self) -> bool:
        """Whether the light can be told: there is a place, and the times are those of a flight."""
        length_us = self.end_us - self.start_us
        plausible = self.start_us in _PLAUSIBLE_US and 0 < length_us <= _LONGEST_US
        return plausible and (_has_place(self.flight) or bool(_track(self.flight)))


def lights(windows: Sequence[Window]) -> tuple[Light, ...]:
    """
    Say in what light flights were flown, all of them at once.

    The sun is looked at every minute where the aircraft was, and what lies between two looks is interpolated.
    Where the time in the air is not that from take-off to landing, each light gets its share.

    Returns:
        For each window its light; all of it unknown where `is_known` is not true.
    """
    known = [window for window in windows if window.is_known]
    batches = (known[first : first + _TOGETHER] for first in range(0, len(known), _TOGETHER))
    told = chain.from_iterable(_all_known(batch) for batch in batches)
    return tuple(next(told) if window.is_known else _unknown(window) for window in windows)


def _unknown(window: Window) -> Light:
    return Light(unknown_ms=window.total_ms, part107_unknown_ms=window.total_ms)


def _all_known(windows: Sequence[Window]) -> list[Light]:
    paths = [_path(window) for window in windows]
    lon, lat, us = (np.concatenate(column) for column in zip(*paths, strict=True))
    height = elevation_deg(lon, lat, us)
    shares = [
        _time_above(margin, us, [len(path[2]) for path in paths])
        for margin in (height - SUNRISE_DEG, height - CIVIL_TWILIGHT_DEG, _near_the_sun(lon, lat, us, height))
    ]
    return [_light(window, *share) for window, *share in zip(windows, *shares, strict=True)]


def _light(window: Window, day_us: float, lit_us: float, near_us: float) -> Light:
    """Round to milliseconds so that the parts are the whole."""
    share = window.total_ms / (window.end_us - window.start_us)
    day_ms, lit_ms, near_ms = (round(us * share) for us in (day_us, lit_us, near_us))
    twilight_ms = lit_ms - day_ms
    zone = window.flight.zone
    told = bool(zone)
    return Light(
        day_ms=day_ms,
        twilight_ms=twilight_ms,
        night_ms=window.total_ms - lit_ms,
        part107_twilight_ms=(twilight_ms if zone in ALASKA else near_ms - day_ms) if told else 0,
        part107_unknown_ms=0 if told else window.total_ms,
    )


def _near_the_sun(lon: Floats, lat: Floats, us: Times, height: Floats) -> Floats:
    """
    Say by how much the sun is above sunrise at its highest, from 30 minutes before a time until 30 after; degrees.

    Where that is not negative it is day, or sunrise is at most 30 minutes away, or sunset was at most that long ago. In
    30 minutes the sun never rises by 8 degrees: only where it is low does anything but its present height matter.
    """
    near = height - SUNRISE_DEG
    low = (near < 0.0) & (near > -8.0)
    near[low] = _highest(lon[low], lat[low], us[low], height[low]) - SUNRISE_DEG
    return near


def _highest(lon: Floats, lat: Floats, us: Times, height: Floats) -> Floats:
    """Give the sun's greatest elevation from 30 minutes before a time until 30 after; degrees."""
    before, after = (elevation_deg(lon, lat, us + shift) for shift in (-_HALF_HOUR_US, _HALF_HOUR_US))
    bend, lean = (before + after) / 2.0 - height, (after - before) / 2.0
    # Of the parabola through the three, the highest point; where it bends upwards or lies outside, an end.
    with np.errstate(divide="ignore", invalid="ignore"):
        peak = np.where(bend < 0.0, np.clip(-lean / (2.0 * bend), -1.0, 1.0), 0.0)
    at_peak = elevation_deg(lon, lat, us + (peak * _HALF_HOUR_US).astype(np.int64))
    return np.maximum.reduce([before, height, after, at_peak])


def _time_above(margin: Floats, us: Times, rows: Sequence[int]) -> list[float]:
    """Add up for each flight the microseconds in which a margin, straight between two looks, is not negative."""
    first, last = margin[:-1], margin[1:]
    high, low = np.maximum(first, last), np.minimum(first, last)
    span = np.where(high > low, high - low, 1.0)
    share = np.where(low >= 0.0, 1.0, np.where(high < 0.0, 0.0, high / span))
    ends = np.cumsum(rows)
    between = np.diff(us) * share
    between[ends[:-1] - 1] = 0.0
    return np.add.reduceat(between, np.concatenate([[0], ends[:-1]])).tolist()


def _path(window: Window) -> tuple[Floats, Floats, Times]:
    """Give where the aircraft was at least every minute."""
    steps = -(-(window.end_us - window.start_us) // _STEP_US)
    us = np.linspace(window.start_us, window.end_us, steps + 1).astype(np.int64)
    track = _track(window.flight)
    if not track:
        place = window.flight.place
        lon, lat = (place.lon, place.lat) if place is not None else (math.nan, math.nan)
        return np.full(us.shape, lon), np.full(us.shape, lat), us
    at, lons, lats = (np.array(column, np.float64) for column in zip(*track, strict=True))
    return np.interp(us, at, np.unwrap(lons, period=360.0)), np.interp(us, at, lats), us


def _track(flight: LoggedFlight) -> list[tuple[int, float, float]]:
    """Give the positions that can be any, in order of time."""
    return sorted((p.us, p.lon, p.lat) for p in flight.positions if abs(p.lon) <= 180.0 and abs(p.lat) <= 90.0)


def _has_place(flight: LoggedFlight) -> bool:
    return flight.place is not None and flight.place.is_position
