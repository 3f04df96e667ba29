"""Airspace and sensitive sites, as layers that the owner loaded."""

from __future__ import annotations

import numpy as np
import shapely

from groundside.plan.checks.check import Check, Finding, Planned, judged, unknown

NAME = "layers"
MOST_NAMED = 5


def run(planned: Planned) -> Finding:
    """Name every area of the layers that the way touches; nothing is known of areas that no layer has."""
    if planned.layers is None:
        return unknown(NAME, "No layer of airspace or sensitive sites was named: add --layer FILE.")
    way = shapely.LineString(np.stack([planned.path.east_m, planned.path.north_m], axis=1))
    touched = [
        each.name for each in planned.layers if planned.in_metres(each.shape).buffer(each.buffer_m).intersects(way)
    ]
    more = f" and {len(touched) - MOST_NAMED} more" if len(touched) > MOST_NAMED else ""
    names = ", ".join(touched[:MOST_NAMED]) + more
    reason = f"The way touches {names}." if touched else f"The way touches none of {len(planned.layers)} areas."
    return judged(NAME, planned, ok=not touched, reason=reason)


CHECK = Check(NAME, "Airspace and sensitive sites have rules of their own.", run)
