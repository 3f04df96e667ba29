"""The battery brings it home, by the planned way."""

from __future__ import annotations

import numpy as np

from groundside.plan.checks.check import NO_AIRCRAFT, Check, Finding, Planned, judged, unknown
from groundside.plan.endurance import ground_share

NAME = "battery"


def run(planned: Planned) -> Finding:
    """Add up what the whole way takes in the wind that was named."""
    battery = planned.battery
    if not battery.endurance.told_by:
        return unknown(NAME, NO_AIRCRAFT)
    share = float(planned.taken.share.sum()) + ground_share(battery.endurance)
    if not np.isfinite(share):
        reason = f"A wind of {battery.wind.speed_m_s:g} m/s lets the aircraft not fly the whole way."
        return judged(NAME, planned, ok=False, reason=reason)
    left = battery.full - share
    reason = (
        f"{planned.taken.seconds.sum() / 60.0:.1f} min; {left:.0%} left after landing,"
        f" of which {battery.reserve:.0%} is the reserve."
    )
    return judged(NAME, planned, ok=left >= battery.reserve, reason=reason)


CHECK = Check(NAME, "What is planned must be possible with a reserve.", run)
