"""A track as lines for a map."""

from __future__ import annotations

import numpy as np

from groundside.model.track import Track
from groundside.reference.geodesy import simplify

GAP_US = 5_000_000
"""No line is drawn across a longer gap: nobody knows the way taken there."""
TOLERANCE_M = 1.0


def line_parts(track: Track, points: int) -> list[list[tuple[float, float]]]:
    """
    Thin a track into lines of (lon, lat), in degrees.

    Args:
        points: at the most in all, though each part keeps its two ends.

    Returns:
        One list of positions for each stretch without a gap; empty where there is no position.
    """
    lon, lat, time = track.floats("lon"), track.floats("lat"), track.time_us
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if known.size == 0:
        return []
    breaks = np.flatnonzero(np.diff(time[known]) > GAP_US) + 1
    parts: list[list[tuple[float, float]]] = []
    for rows in np.split(known, breaks):
        share = max(2, points * rows.size // known.size)
        kept = rows[simplify(lon[rows], lat[rows], TOLERANCE_M, share)]
        parts.append([(round(float(lon[i]), 7), round(float(lat[i]), 7)) for i in kept])
    return parts
