"""Where the line of a track is unbroken."""

from __future__ import annotations

import numpy as np

from groundside.model.track import Track

GAP_S = 5.0
"""Positions further apart in time than this are not joined by a line."""
_GAP_IN_STEPS = 3.0


def runs(track: Track) -> list[np.ndarray]:
    """
    Split the rows that have a position into runs without a gap.

    A gap is longer than 5 s, and longer than three usual steps where the track has fewer rows than that.

    Returns:
        Row numbers of each run, in order of time; a run has at least one row.
    """
    rows = np.flatnonzero(np.isfinite(track.floats("lon")) & np.isfinite(track.floats("lat")))
    if not len(rows):
        return []
    steps_s = np.diff(track.time_us[rows]) / 1e6
    usual = float(np.median(steps_s)) if len(steps_s) else 0.0
    return np.split(rows, np.flatnonzero(steps_s > max(GAP_S, _GAP_IN_STEPS * usual)) + 1)
