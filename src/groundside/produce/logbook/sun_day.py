"""Sunrise, sunset and civil twilight of a day at a place; a day without them says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from groundside.errors import BadRequest
from groundside.model.place import LonLat
from groundside.produce.logbook.local_days import midnight_us
from groundside.produce.logbook.sun import CIVIL_TWILIGHT_DEG, SUNRISE_DEG, elevation_deg

_STEP_US = 600_000_000
_SECOND_US = 1_000_000

Times = NDArray[np.int64]


class Passage(StrEnum):
    """Where the sun is, all day, with respect to one elevation."""

    PASSES = "passes"
    """It comes above it or goes below it at least once."""
    ABOVE = "above"
    """Above it all day."""
    BELOW = "below"
    """Below it all day."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """The sun passes an elevation at `us` (UTC microseconds), upwards or not."""

    us: int
    up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SunDay:
    """
    What the sun does in one local day, which lasts from `start_us` until before `end_us` (UTC microseconds).

    There may be none of an event, or near the polar circles two.

    Args:
        horizon: PASSES, or ABOVE for a polar day, or BELOW for a polar night.
        twilight: ABOVE where civil twilight or day lasts all day, BELOW where it is night all day.
        dawns_us: civil twilight begins in the morning. dusks_us: it ends in the evening.
    """

    start_us: int
    end_us: int
    horizon: Passage
    twilight: Passage
    dawns_us: tuple[int, ...]
    rises_us: tuple[int, ...]
    sets_us: tuple[int, ...]
    dusks_us: tuple[int, ...]


def sun_day(place: LonLat, day: date, zone: str) -> SunDay:
    """
    Say what the sun does in a local day.

    Args:
        place: a position on a level ground at sea level.
        day: local date.
        zone: IANA name of the time zone whose day is meant.

    Raises:
        BadRequest: `place` is no position, or there is no such zone.
    """
    if not place.is_position:
        what = f"{place} is no position."
        raise BadRequest(what, try_this="a longitude from -180 to 180 and a latitude from -90 to 90")
    start_us, end_us = midnight_us(day, zone), midnight_us(day + timedelta(days=1), zone)
    horizon, rises, sets = _events(place, (start_us, end_us), SUNRISE_DEG)
    twilight, dawns, dusks = _events(place, (start_us, end_us), CIVIL_TWILIGHT_DEG)
    return SunDay(
        start_us=start_us,
        end_us=end_us,
        horizon=horizon,
        twilight=twilight,
        dawns_us=dawns,
        rises_us=rises,
        sets_us=sets,
        dusks_us=dusks,
    )


def crossings(place: LonLat, span_us: tuple[int, int], level_deg: float) -> tuple[Crossing, ...]:
    """
    Find when the sun passes an elevation.

    Args:
        place: the position.
        span_us: first and last moment, UTC microseconds.
        level_deg: elevation of the sun's centre without refraction.

    Returns:
        In order of time; a mere touch is none. Between two turns of the sun's elevation it only rises or only
        falls, so that none is passed over, however short it is.
    """

    def height(at: Times) -> NDArray[np.float64]:
        return elevation_deg(place.lon, place.lat, at) - level_deg

    turns = _turns(height, span_us)
    over = height(turns) >= 0.0
    at = np.flatnonzero(over[1:] != over[:-1])
    up = over[at + 1]
    found = _root(lambda t: np.where(up, height(t), -height(t)), turns[at], turns[at + 1])
    return tuple(Crossing(int(us), bool(rising)) for us, rising in zip(found, up, strict=True))


def _turns(height: Callable[[Times], NDArray[np.float64]], span_us: tuple[int, int]) -> Times:
    """Give the ends of a span and the times at which the sun is highest or lowest between them."""
    steps = max(-(-(span_us[1] - span_us[0]) // _STEP_US), 1)
    at = np.linspace(*span_us, steps + 1).astype(np.int64)

    def slope(t: Times) -> NDArray[np.float64]:
        return height(t + _SECOND_US) - height(t - _SECOND_US)

    rising = slope(at) >= 0.0
    turn = np.flatnonzero(rising[1:] != rising[:-1])
    later = rising[turn + 1]
    found = _root(lambda t: np.where(later, slope(t), -slope(t)), at[turn], at[turn + 1])
    return np.concatenate([at[:1], found, at[-1:]])


def _root(function: Callable[[Times], NDArray[np.float64]], low: Times, high: Times) -> Times:
    """Halve intervals at whose start a function is negative and at whose end it is not, down to microseconds."""
    halvings = int((high - low).max(initial=0)).bit_length()
    for _ in range(halvings):
        middle = (low + high) // 2
        over = function(middle) >= 0.0
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    return high


def _events(
    place: LonLat, span_us: tuple[int, int], level_deg: float
) -> tuple[Passage, tuple[int, ...], tuple[int, ...]]:
    found = [c for c in crossings(place, span_us, level_deg) if c.us < span_us[1]]
    ups, downs = tuple(c.us for c in found if c.up), tuple(c.us for c in found if not c.up)
    if found:
        return Passage.PASSES, ups, downs
    above = bool(elevation_deg(place.lon, place.lat, span_us[0]) >= level_deg)
    return (Passage.ABOVE if above else Passage.BELOW), ups, downs
