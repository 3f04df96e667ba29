"""Not too near to the ground, between waypoints too."""

from __future__ import annotations

import numpy as np

from groundside.plan.checks.check import Check, Finding, Planned, judged, unknown

NAME = "clearance"
NEAR_M = 1.0


def run(planned: Planned) -> Finding:
    """Look at every step but the climbs and descents straight above take-off and landing."""
    if planned.surface is None:
        return unknown(NAME, "No elevation model was named: add --terrain DEM.tif.")
    above = planned.steps.height_m - planned.ground_m
    if np.isnan(above).any():
        return unknown(NAME, "The elevation model does not cover the whole way.")
    above = np.where(_upright(planned), np.inf, above)
    at, least = int(above.argmin()), planned.limits.clearance_m
    reason = f"Nearest {above[at]:.1f} m above the ground; at least {least:.1f} m are wanted."
    return judged(NAME, planned, ok=float(above[at]) >= least - 0.05, reason=reason, at=at)


def _upright(planned: Planned) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Say which steps are part of the climb at the beginning or of the descent at the end."""
    east, north = planned.steps.east_m, planned.steps.north_m
    begin = np.hypot(east - east[0], north - north[0]) < NEAR_M
    end = np.hypot(east - east[-1], north - north[-1]) < NEAR_M
    return np.logical_and.accumulate(begin) | np.logical_and.accumulate(end[::-1])[::-1]


CHECK = Check(NAME, "Ground and what stands on it may rise between two waypoints.", run)
