"""A track as lines for a map."""

from __future__ import annotations

import numpy as np

from groundside.model.track import Track
from groundside.reference.geodesy import simplify
from groundside.reference.paths import Path, path_of

TOLERANCE_M = 1.0
Parts = list[list[tuple[float, float]]]


def line_parts(track: Track, points: int) -> Parts:
    """
    Thin a track into lines of (lon, lat), in degrees.

    Args:
        track: where it went.
        points: at the most in all, though each part keeps its two ends.

    Returns:
        One list of positions for each stretch without a gap of more than 5 s, for nobody knows the way taken there;
        empty where there is no position.
    """
    return path_parts(path_of(track.floats("lon"), track.floats("lat"), track.time_us), points)


def path_parts(path: Path, points: int) -> Parts:
    """Thin a path into lines of (lon, lat), in degrees; see `line_parts`."""
    parts: Parts = []
    for rows in np.split(np.arange(path.lon.size), path.starts[1:]) if path.lon.size else ():
        share = max(2, points * rows.size // path.lon.size)
        kept = rows[simplify(path.lon[rows], path.lat[rows], TOLERANCE_M, share)].tolist()
        parts.append([(round(float(path.lon[i]), 7), round(float(path.lat[i]), 7)) for i in kept])
    return parts
