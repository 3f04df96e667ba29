"""A simulated flight, and a tiny video of it that a browser plays."""

from __future__ import annotations

from functools import cache

from groundside.simulate.truth import Truth
from groundside.simulate.writers import dji_video
from tests.simulated import files_of

LOG = "flight.BIN"
BEGIN_S, LENGTH_S = 72.0, 12.0


def log_of_flight() -> bytes:
    """The log of a small survey by an autopilot."""
    return next(f.content for f in files_of((6,)) if f.truth is not None)


def truth_of_flight() -> Truth:
    """The truth of that flight."""
    return next(f.truth for f in files_of((6,)) if f.truth is not None)


@cache
def film(ahead_s: float = 0.0, subtitles: bool = True) -> bytes:
    """A film of that flight, two small pictures a second; the clock in its header is ahead of UTC by `ahead_s`."""
    how = dji_video.Filming(BEGIN_S, LENGTH_S, width_px=160, height_px=90, ahead_s=ahead_s, subtitles=subtitles)
    return dji_video.write(truth_of_flight(), 5, how)


def began_us() -> int:
    """UTC of the film's first picture."""
    return truth_of_flight().start_us + round(BEGIN_S * 1e6)
