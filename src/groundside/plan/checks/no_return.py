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
    back = _home_from(planned)
    left = battery.full - used - back - ground_share(battery.endurance)
    at = int(np.argmin(np.nan_to_num(left, nan=-np.inf)))
    if not np.isfinite(left[at]):
        return judged(NAME, planned, ok=False, reason="The wind lets the aircraft not fly home from here.", at=at)
    reason = f"Turning home at the worst place leaves {left[at]:.0%}; the reserve is {battery.reserve:.0%}."
    return judged(NAME, planned, ok=bool(left[at] >= battery.reserve), reason=reason, at=at)


def _home_from(planned: Planned) -> NDArray[np.float64]:
    """Give the share that a return from each step takes: up to the return height, straight home, down."""
    steps = planned.steps
    at_home = (steps.east_m == 0.0) & (steps.north_m == 0.0)
    up = np.where(at_home, steps.height_m, np.maximum(steps.height_m, planned.battery.usual.return_height_m))
    home = np.zeros(len(steps))
    east, north = (np.stack([x, x, home, home], axis=1).ravel() for x in (steps.east_m, steps.north_m))
    height = np.stack([steps.height_m, up, up, home], axis=1).ravel()
    speed = planned.mission.speed_m_s or planned.battery.usual.speed_m_s
    # All returns as one way: each begins and ends standing, so the legs between them, left out, change none.
    taken = use(_way(east, north, height, speed), planned.battery.endurance, planned.battery.wind).share
    return np.append(taken, 0.0).reshape(-1, 4)[:, :3].sum(axis=1)


def _way(
    east: NDArray[np.float64], north: NDArray[np.float64], height: NDArray[np.float64], speed_m_s: float
) -> FlightPath:
    same: NDArray[np.float64] = np.zeros(len(east))
    return FlightPath(
        same, same, east, north, height, np.full(len(east), speed_m_s), same, np.full(len(east), NO_WAYPOINT)
    )


CHECK = Check(NAME, "A plan can be broken off at any place.", run)
