"""From every place of the way the battery still brings it home, straight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundside.plan.checks.check import NO_AIRCRAFT, Check, Finding, Planned, judged, unknown
from groundside.plan.endurance import ground_share, use
from groundside.plan.flight_path import NO_WAYPOINT, FlightPath

NAME = "no_return"


def run(planned: Planned) -> Finding:
    """At each step add what was used to what a straight way home takes, against the same wind."""
    battery, steps = planned.battery, planned.steps
    if not battery.endurance.told_by:
        return unknown(NAME, NO_AIRCRAFT)
    used = np.concatenate([[0.0], np.cumsum(use(steps, battery.endurance, battery.wind).share)])
    back = np.array([_home_from(planned, i) for i in range(len(steps))])
    left = battery.full - used - back - ground_share(battery.endurance)
    at = int(np.argmin(np.nan_to_num(left, nan=-np.inf)))
    if not np.isfinite(left[at]):
        return judged(NAME, planned, ok=False, reason="The wind lets the aircraft not fly home from here.", at=at)
    reason = f"Turning home at the worst place leaves {left[at]:.0%}; the reserve is {battery.reserve:.0%}."
    return judged(NAME, planned, ok=bool(left[at] >= battery.reserve), reason=reason, at=at)


def _home_from(planned: Planned, at: int) -> float:
    """Give the share that a return takes: up to the return height, straight home, down."""
    steps = planned.steps
    east, north, height = (float(x[at]) for x in (steps.east_m, steps.north_m, steps.height_m))
    at_home = east == 0.0 and north == 0.0
    up = height if at_home else max(height, planned.battery.usual.return_height_m)
    speed = planned.mission.speed_m_s or planned.battery.usual.speed_m_s
    way = _way([(east, north, height), (east, north, up), (0.0, 0.0, up), (0.0, 0.0, 0.0)], speed)
    return float(use(way, planned.battery.endurance, planned.battery.wind).share.sum())


def _way(points: list[tuple[float, float, float]], speed_m_s: float) -> FlightPath:
    east, north, height = (np.array(x) for x in zip(*points, strict=True))
    same: NDArray[np.float64] = np.zeros(len(points))
    return FlightPath(
        same, same, east, north, height, np.full(len(points), speed_m_s), same, np.full(len(points), NO_WAYPOINT)
    )


CHECK = Check(NAME, "A plan can be broken off at any place.", run)
