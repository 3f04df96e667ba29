"""By daylight."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from groundside.plan.checks.check import Check, Finding, Planned, judged, unknown
from groundside.reference.sun import SUNRISE_DEG, elevation_deg

NAME = "sun"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def run(planned: Planned) -> Finding:
    """Look at the sun above home from take-off to landing."""
    if planned.start_us is None:
        return unknown(NAME, "No time of take-off was named: add --at TIME.")
    seconds = float(planned.taken.seconds.sum())
    if not np.isfinite(seconds):
        return unknown(NAME, "How long the flight takes is not known.")
    times = planned.start_us + (np.linspace(0.0, seconds, 12) * 1e6).astype(np.int64)
    height = elevation_deg(planned.home.lon, planned.home.lat, times)
    at = int(height.argmin())
    when = (_EPOCH + timedelta(microseconds=int(times[at]))).strftime("%H:%M UTC")
    reason = f"The sun stands between {height.min():.0f} and {height.max():.0f} degrees; lowest at {when}."
    return judged(NAME, planned, ok=float(height.min()) >= SUNRISE_DEG, reason=reason)


CHECK = Check(NAME, "By night other rules hold, and photos show little.", run)
