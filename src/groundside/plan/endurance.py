"""
How long a way takes, and what share of the battery.

Time is that of a trapezoid of speed on each leg (constant acceleration, cruise, constant braking), with corners passed
the slower the sharper they are. Energy is an empirical curve over airspeed, fitted to the owner's own logs; where there
are none, the maker's flight time with assumptions that are named here and lean to the safe side. No aerodynamic
constants are claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, inf, radians, sin

import numpy as np
from numpy.typing import NDArray

from groundside.errors import BadRequest
from groundside.plan.flight_path import FlightPath

Floats = NDArray[np.float64]

MAKERS_SHARE = 0.75
"""Assumed: of the flight time that a maker gives, so much is had with a real payload and a battery that is not new."""
TWICE_AT_FULL_SPEED = 1.0
"""Assumed: at the maker's greatest speed an aircraft takes twice what it takes hovering, growing with speed cubed."""
CLIMBING_SHARE = 0.5
"""Assumed: climbing as fast as it can takes so much more than hovering."""
FEWEST_SAMPLES = 60
_ROUNDING = 1e-9
"""Of squares of speeds, m²/s²."""
ROUND_TRIP_S = 15.0
"""Of hovering, for starting the motors, taking off and touching down. Assumed."""


@dataclass(frozen=True, slots=True)
class Wind:
    """
    Steady wind.

    Args:
        speed_m_s: over ground.
        from_deg: where it comes from, clockwise from true north.
    """

    speed_m_s: float = 0.0
    from_deg: float = 0.0

    @property
    def to_east_north(self) -> tuple[float, float]:
        """Metres a second that the air moves east and north."""
        angle = radians(self.from_deg)
        return -self.speed_m_s * sin(angle), -self.speed_m_s * cos(angle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endurance:
    """
    What flying takes, as shares of a full battery.

    Args:
        hover_per_s: each second in the air without airspeed.
        square, cube: added to that, as shares of it, for each (m/s)^2 and (m/s)^3 of airspeed.
        climb_per_m: added for each metre climbed.
        acceleration_m_s2: with which speed is gained and lost.
        climb_m_s, descent_m_s: greatest vertical speeds.
        airspeed_m_s: greatest airspeed.
        told_by: where it comes from.
    """

    hover_per_s: float
    square: float = 0.0
    cube: float = 0.0
    climb_per_m: float = 0.0
    acceleration_m_s2: float = 1.5
    climb_m_s: float = 3.0
    descent_m_s: float = 2.0
    airspeed_m_s: float = 15.0
    told_by: str = ""

    def per_s(self, airspeed_m_s: Floats | float) -> Floats:
        """Give the share of the battery that each second takes at an airspeed, level."""
        v = np.asarray(airspeed_m_s, np.float64)
        return self.hover_per_s * (1.0 + self.square * v**2 + self.cube * v**3)


def from_maker(flight_time_s: float, airspeed_m_s: float, climb_m_s: float, descent_m_s: float, by: str) -> Endurance:
    """
    Estimate what flying takes from what a maker publishes: cautious, and no better than 20 %.

    Args:
        flight_time_s: the longest flight that is claimed.
        airspeed_m_s, climb_m_s, descent_m_s: greatest speeds.
        by: the source.
    """
    hover = 1.0 / (flight_time_s * MAKERS_SHARE)
    return Endurance(
        hover_per_s=hover, cube=TWICE_AT_FULL_SPEED / airspeed_m_s**3,
        climb_per_m=CLIMBING_SHARE * hover / climb_m_s, climb_m_s=climb_m_s * 0.8, descent_m_s=descent_m_s * 0.8,
        airspeed_m_s=airspeed_m_s, told_by=by,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FlownSamples:
    """
    What one flight of an owner's log says of its battery, at n times in order.

    Args:
        time_s: from any start.
        remaining: share left, 1 is full.
        airspeed_m_s: through the air; over ground where the wind is not known.
        climb_m_s: up.
    """

    time_s: Floats
    remaining: Floats
    airspeed_m_s: Floats
    climb_m_s: Floats


def fitted(flights: Sequence[FlownSamples], like: Endurance) -> Endurance:
    """
    Fit what flying takes to the owner's own logs, by least squares with no negative part.

    Args:
        flights: in the air from the first sample to the last.
        like: gives what logs do not show: accelerations and greatest speeds.

    Raises:
        BadRequest: there are fewer than a minute of samples, or the battery did not go down.
    """
    from scipy.optimize import nnls

    if sum(len(each.time_s) for each in flights) < FEWEST_SAMPLES:
        raise BadRequest("A minute of flight is needed to fit what flying takes.", try_this="add longer logs")
    rows = [_added_up(each) for each in flights]
    used = np.concatenate([each.remaining[0] - each.remaining for each in flights])
    known = np.isfinite(used)
    shares, _ = nnls(np.concatenate(rows)[known], used[known])
    if not shares[0] > 0.0:
        raise BadRequest("The battery of these logs does not go down.", try_this="add logs with a battery")
    return Endurance(
        hover_per_s=float(shares[0]), square=float(shares[1] / shares[0]), cube=float(shares[2] / shares[0]),
        climb_per_m=float(shares[3]), acceleration_m_s2=like.acceleration_m_s2, climb_m_s=like.climb_m_s,
        descent_m_s=like.descent_m_s, airspeed_m_s=like.airspeed_m_s, told_by=f"fitted to {len(flights)} own flights",
    )  # fmt: skip


def _added_up(flight: FlownSamples) -> Floats:
    """Give seconds, and what grows with airspeed and climb, added up from the first sample on; shape (n, 4)."""
    step = np.diff(flight.time_s, prepend=flight.time_s[0])
    v = np.nan_to_num(flight.airspeed_m_s)
    each = np.stack([np.ones_like(v), v**2, v**3, np.maximum(np.nan_to_num(flight.climb_m_s), 0.0)], axis=1)
    return np.cumsum(each * step[:, None], axis=0)


@dataclass(frozen=True, slots=True)
class Use:
    """
    What each leg of a way takes; one fewer than it has points. What is done at a point belongs to the leg before it.

    Args:
        seconds: infinite where the wind does not let the aircraft go there.
        share: of a full battery.
        airspeed_m_s: while cruising.
    """

    seconds: Floats
    share: Floats
    airspeed_m_s: Floats


def use(path: FlightPath, endurance: Endurance, wind: Wind) -> Use:
    """Estimate what each leg of a way takes in a steady wind."""
    rise = np.diff(path.height_m)
    length = path.lengths_m
    ground_speed = np.where(length > 0.0, _reachable(path, endurance, wind), 0.0)
    level_s = _seconds(path, ground_speed, endurance.acceleration_m_s2)
    upright_s = np.where(rise > 0.0, rise / endurance.climb_m_s, -rise / endurance.descent_m_s)
    seconds = np.maximum(level_s, upright_s)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_speed = np.where((length > 0.0) & np.isfinite(seconds), length / seconds, 0.0)
    air = _airspeeds(path, mean_speed, wind)
    hold = path.hold_s[1:]
    share = endurance.per_s(air) * seconds + endurance.climb_per_m * np.maximum(rise, 0.0)
    share = share + endurance.per_s(wind.speed_m_s) * hold
    return Use(seconds + hold, np.where(np.isfinite(seconds), share, inf), _airspeeds(path, ground_speed, wind))


def _directions(path: FlightPath) -> tuple[Floats, Floats]:
    length = np.where(path.lengths_m > 0.0, path.lengths_m, 1.0)
    return np.diff(path.east_m) / length, np.diff(path.north_m) / length


def _reachable(path: FlightPath, endurance: Endurance, wind: Wind) -> Floats:
    """Give the speed over ground on each leg: as wished, or what the greatest airspeed leaves against the wind."""
    east, north = _directions(path)
    along = east * wind.to_east_north[0] + north * wind.to_east_north[1]
    across_square = wind.speed_m_s**2 - along**2
    left = np.sqrt(np.maximum(endurance.airspeed_m_s**2 - across_square, 0.0)) + along
    most = np.where(across_square < endurance.airspeed_m_s**2, left, 0.0)
    return np.maximum(np.minimum(path.speed_m_s[1:], most), 0.0)


def _airspeeds(path: FlightPath, ground_speed: Floats, wind: Wind) -> Floats:
    east, north = _directions(path)
    return np.hypot(east * ground_speed - wind.to_east_north[0], north * ground_speed - wind.to_east_north[1])


def _seconds(path: FlightPath, speed: Floats, acceleration: float) -> Floats:
    """Time each leg: from the speed of the corner before it to that of the corner after it."""
    east, north = _directions(path)
    straight = east[:-1] * east[1:] + north[:-1] * north[1:]
    passing = np.minimum(speed[:-1], speed[1:]) * np.clip(straight, 0.0, 1.0)
    still = (path.hold_s[1:-1] > 0.0) | (path.lengths_m[:-1] == 0.0) | (path.lengths_m[1:] == 0.0)
    corner = np.concatenate([[0.0], np.where(still, 0.0, passing), [0.0]])
    length = path.lengths_m
    corner = _attainable(corner, length, acceleration)
    v1, v2 = corner[:-1], corner[1:]
    peak = np.minimum(speed, np.sqrt((2.0 * acceleration * length + v1**2 + v2**2) / 2.0))
    peak = np.maximum(peak, np.maximum(v1, v2))
    ramps = (peak - v1) + (peak - v2)
    ramp_m = ((peak**2 - v1**2) + (peak**2 - v2**2)) / (2.0 * acceleration)
    with np.errstate(divide="ignore", invalid="ignore"):
        cruise = np.maximum(length - ramp_m, 0.0) / peak
    seconds = ramps / acceleration + np.where(length > ramp_m, cruise, 0.0)
    return np.where(length == 0.0, 0.0, np.where(speed > 0.0, seconds, inf))


def _attainable(corner: Floats, length: Floats, acceleration: float) -> Floats:
    """Lower speeds at corners to what can be gained since the one before, and lost until the one after."""
    if not corner.any():
        return corner
    gained = np.concatenate([[0.0], np.cumsum(2.0 * acceleration * length)])
    square = corner**2
    # What a corner allows all others, (v² + what is gained on the way) of each, is a straight line over `gained`.
    reached = gained + np.minimum.accumulate(square - gained)
    left = np.minimum.accumulate((square + gained)[::-1])[::-1] - gained
    attained = np.minimum(reached, left)
    return np.where(attained < square - _ROUNDING, np.sqrt(np.maximum(attained, 0.0)), corner)


def ground_share(endurance: Endurance) -> float:
    """Give what taking off and landing take beside the climb."""
    return endurance.hover_per_s * ROUND_TRIP_S
