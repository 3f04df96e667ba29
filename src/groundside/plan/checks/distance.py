"""Not further away than the owner holds to."""

from __future__ import annotations

import numpy as np

from groundside.plan.checks.check import Check, Finding, Planned, judged, unknown

NAME = "distance"


def run(planned: Planned) -> Finding:
    """Measure from home over ground to every step."""
    away = np.hypot(planned.steps.east_m, planned.steps.north_m)
    at, most = int(away.argmax()), planned.limits.distance_m
    if most is None:
        return unknown(NAME, f"Furthest {away[at]:.0f} m from home; set your limit with --distance-limit M.")
    reason = f"Furthest {away[at]:.0f} m from home; the limit is {most:.0f} m."
    return judged(NAME, planned, ok=float(away[at]) <= most + 0.5, reason=reason, at=at)


CHECK = Check(NAME, "An aircraft that is too far is not seen, and may not be heard.", run)
