"""Not higher above the ground than the owner holds to."""

from __future__ import annotations

import numpy as np

from groundside.plan.checks.check import Check, Finding, Planned, judged, unknown

NAME = "height"


def run(planned: Planned) -> Finding:
    """Look at every step of the way; without an elevation model the ground is taken as level with home."""
    above = planned.steps.height_m - planned.ground_m
    if np.isnan(above).any():
        return unknown(NAME, "The elevation model does not cover the whole way.")
    at, most = int(above.argmax()), planned.limits.height_m
    level = "" if planned.surface is not None else ", if the ground is level with home"
    reason = f"Highest {above[at]:.0f} m above the ground{level}; the limit is {most:.0f} m."
    return judged(NAME, planned, ok=float(above[at]) <= most + 0.05, reason=reason, at=at)


CHECK = Check(NAME, "Manned aircraft fly above, and rules set a limit.", run)
