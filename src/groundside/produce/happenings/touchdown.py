"""How fast an aircraft came down on the ground."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from groundside.model.happening import Evidence, Happening, Severity
from groundside.model.source import Source
from groundside.produce.flight.air import Span
from groundside.produce.happenings.where import Flown

HARD_MPS, CRASH_MPS = 1.83, 3.05
"""6 and 10 ft/s, the limit descent velocities at the take-off and the landing weight: see `SOURCE`."""
SOURCE = Source(
    "14 CFR 25.473, landing load conditions and assumptions", "https://www.ecfr.gov/current/title-14/section-25.473",
    "(a)(2) and (3)",
)  # fmt: skip
_BEFORE_S, _LOW_M = 1.0, 3.0
_FALLING_S = 1.5


def landings(flight: Flown) -> Iterator[Happening]:
    """Give the landings harder than usual; a usual one is at half a metre a second (ArduCopter's LAND_SPEED)."""
    s = flight.signals
    for span in flight.air.spans:
        found = _speed(flight, span) if span.landing else None
        if found is None or found[0] < HARD_MPS:
            continue
        speed, first, column = found
        row = min(span.end, s.rows - 1)
        time_us = int(s.time_us[row])
        grave = Severity.CRITICAL if speed >= CRASH_MPS else Severity.WARNING
        yield Happening(
            kind="hard_landing", severity=grave, sentence=f"It touched down at {speed:.1f} m/s.",
            start_us=time_us, end_us=time_us, place=flight.place(time_us), value=speed, sources=(SOURCE,),
            evidence=(Evidence("track", first, row + 1, f"{column}: {speed:.2f} m/s down", column),),
        )  # fmt: skip


def _speed(flight: Flown, span: Span) -> tuple[float, int, str] | None:
    """Give the speed down at touch-down, the first row it was told from, and the column; None where neither tells."""
    s = flight.signals
    end = min(span.end, s.rows - 1)
    down = flight.track.floats("vd_mps")
    first = int(np.searchsorted(s.t_s, s.t_s[end] - _BEFORE_S))
    if np.isfinite(down[first : end + 1]).any():
        return float(np.nanmax(down[first : end + 1])), first, "vd_mps"
    first = int(np.searchsorted(s.t_s, s.t_s[end] - _FALLING_S, side="right")) - 1
    height = s.height_m[max(first, span.first) : end + 1]
    seconds = float(s.t_s[end] - s.t_s[max(first, span.first)])
    if (
        not np.isfinite(height).all()
        or seconds <= 0.0
        or seconds > 2.0 * _FALLING_S
        or height[0] - height[-1] > 2.0 * _LOW_M
    ):
        return None
    return float(height[0] - height[-1]) / seconds, max(first, span.first), "height_m"
