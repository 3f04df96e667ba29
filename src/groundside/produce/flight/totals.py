"""How far, how high, how fast: the totals of one flight, from its rows in the air."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundside.model.place import LonLat
from groundside.native.flown import anchors, medians, runs_of_time
from groundside.produce.flight.air import Span
from groundside.produce.flight.signals import GAP_S, Floats, Signals, middle_of
from groundside.reference.geodesy import distances_m, local_metres, step_lengths_m

ANCHOR_M = 0.5
"""
A position counts towards the distance once it is this far from the last one that counted.

Summing every step makes a path of the receiver's noise: on ten real recordings of hovering aircraft it gives
1.15 to 1.7 times the integral of the aircraft's own ground speed, while steps of half a metre agree with it
within 7 %.
"""
HELD_S = 5.0
_FAR = 0.97
_FLAT_M = 20_000.0


def distance_m(s: Signals, span: Span) -> tuple[float | None, str]:
    """
    Sum the path in the air.

    Returns:
        Metres, None where fewer than two positions are known; and what was inferred, or an empty text.
    """
    rows = _placed(s, span)
    if rows.size < 2:
        return None, ""
    counted = rows[anchors(s.east_m[rows], s.north_m[rows], max(ANCHOR_M, 1.5 * s.resolution_m))]
    steps = step_lengths_m(s.lon[counted], s.lat[counted])
    notes = [_gaps(s, rows)]
    if s.jumped.any():
        so_far = s.jumped.cumsum()[counted]
        jumps = so_far[1:] > so_far[:-1]
        if jumps.any():
            notes.append(f"positions jump by {steps[jumps].sum():.0f} m in no time: not counted")
        steps = steps[~jumps]
    return float(steps.sum()), "; ".join(note for note in notes if note)


def _gaps(s: Signals, rows: NDArray[np.int64]) -> str:
    times = s.t_s[rows]
    gaps = times[1:] - times[:-1]
    if gaps.max() <= GAP_S:
        return ""
    missing = float(gaps[gaps > max(GAP_S, 5.0 * middle_of(gaps))].sum())
    what = f"no position is known for {missing:.0f} s in the air: the straight way across was counted"
    return what if missing else ""


def _placed(s: Signals, span: Span) -> NDArray[np.int64]:
    return np.isfinite(s.east_m[span.first : span.end]).nonzero()[0] + span.first


def max_height_m(s: Signals, span: Span, level_m: float) -> float | None:
    """
    Find the greatest height above take-off; None where heights are unknown.

    Args:
        s: the signals.
        span: the time in the air.
        level_m: the height at take-off, 0 where `s.height_m` is above this very take-off.
    """
    peak = _peak(s.height_m[span.first : span.end])
    return None if peak is None else peak - level_m


def max_speed_mps(s: Signals, span: Span) -> float | None:
    """
    Find the greatest horizontal speed; None where speeds are unknown.

    A speed made from positions counts only where it was held: it is the greatest of the medians of five
    seconds.
    """
    speeds = s.speed_mps[span.first : span.end]
    if s.speed_from != "positions":
        return _peak(speeds)
    t_s = s.t_s[span.first : span.end]
    held = medians(speeds, runs_of_time(t_s - t_s[:1], HELD_S))
    return float(np.nanmax(held)) if np.isfinite(held).any() else None


def _peak(values: Floats) -> float | None:
    """Find the maximum, each value counting no more than the greater of its neighbours: no lone spikes."""
    known = values[np.isfinite(values)]
    if known.size < 3:
        return float(known.max()) if known.size else None
    beside = np.empty_like(known)
    beside[1:-1] = np.maximum(known[:-2], known[2:])
    beside[0], beside[-1] = known[1], known[-2]
    return float(np.minimum(known, beside).max())


def max_range_m(s: Signals, span: Span, home: LonLat | None) -> float | None:
    """Find the greatest distance from home over the ground; None where home or all positions are unknown."""
    rows = _placed(s, span)
    if home is None or not rows.size:
        return None
    rough = _rough_m(s, rows, home)
    far = rows[rough >= _FAR * rough.max()] if rough.max() < _FLAT_M else rows
    return float(distances_m(home, s.lon[far], s.lat[far]).max())


def _rough_m(s: Signals, rows: NDArray[np.int64], home: LonLat) -> Floats:
    if s.origin is None:
        return np.zeros(rows.size)
    east, north = local_metres([home.lon], [home.lat], s.origin)
    return np.hypot(s.east_m[rows] - east, s.north_m[rows] - north)
