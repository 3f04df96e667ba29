"""How long a mission is, and how long it takes."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from groundside.model.mission import Mission, Waypoint
from groundside.reference.geodesy import step_lengths_m


def leg_lengths_m(mission: Mission) -> tuple[float, ...]:
    """
    Give the length of each leg from waypoint to waypoint.

    Geodesics on WGS 84; where both heights are above the same level, the climb is part of it. The way from home and
    back is not. A waypoint that a MAVLink command of its own flies to counts as a straight leg.
    """
    points = mission.waypoints
    if len(points) < 2:
        return ()
    lons, lats = np.array([each.lon for each in points]), np.array([each.lat for each in points])
    level = step_lengths_m(lons, lats)
    return tuple(math.hypot(float(m), _climb_m(a, b)) for m, (a, b) in zip(level, pairwise(points), strict=True))


def _climb_m(one: Waypoint, other: Waypoint) -> float:
    return other.height_m - one.height_m if one.above is other.above else 0.0


def length_m(mission: Mission) -> float:
    """Give the length of the way from the first waypoint to the last."""
    return math.fsum(leg_lengths_m(mission))


def duration_s(mission: Mission) -> float | None:
    """
    Estimate how long the way from the first waypoint to the last takes, stops and holds included, turns not.

    Returns:
        None where the speed of a leg is not known.
    """
    total = 0.0
    for point, leg in zip(mission.waypoints, leg_lengths_m(mission), strict=False):
        speed = mission.speed_m_s if point.speed_m_s is None else point.speed_m_s
        if leg > 0.0 and not speed:
            return None
        total += leg / speed if speed and leg > 0.0 else 0.0
    return total + sum(each.hold_s for each in mission.waypoints) if mission.waypoints else None
