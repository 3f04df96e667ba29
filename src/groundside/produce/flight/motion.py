"""
In the air or on the ground, from heights and speeds: for tracks whose recorder does not say.

The track is cut into pieces of two seconds, and two states are told apart with hysteresis. On the ground
the level follows slow drift of the height, so that only a rise faster than drift leaves it. A flight must
then show that it was one: by how high it rose and for how long, or by how far and how fast it went.
"""

from __future__ import annotations

import numpy as np

from groundside.native.flown import LAND_PIECES, Lifting, aloft
from groundside.produce.flight.ends import Around, to_rows
from groundside.produce.flight.pieces import PIECE_S, Limits, Pieces, limits_of, pieces_of, runs_of
from groundside.produce.flight.signals import Bools, Floats, Signals, middle_of

_SUSTAINED_S = 2.0
_FAST_MPS = 3.0
_FAST_S = 5.0
_FAST_M = 50.0
_AWAY_M = 20.0
_FREE_RISE_M = 15.0


def runs_in_motion(s: Signals) -> tuple[list[tuple[int, int]], bool]:
    """
    Find the times in the air.

    Args:
        s: signals with heights, or with speeds and `armed`; rows disarmed, or on the ground as the
            recorder says, are held to be on the ground.

    Returns:
        Half-open runs of rows, ascending; and whether there were others that may have been flights, or noise.
    """
    limits = limits_of(s)
    pieces = pieces_of(s)
    in_air, level = _states(s, pieces, limits)
    fast = _fast(s, pieces) & ~pieces.grounded
    found = runs_of(in_air | fast)
    landed, lifts = [0, *(b for _, b in found)], [*(a for a, _ in found[1:]), pieces.end.size]
    around = [Around(limits, a, b) for a, b in zip(landed, lifts, strict=False)]
    runs = [to_rows(s, pieces, level, run, by) for run, by in zip(found, around, strict=False)]
    flown = [run for run in runs if run[1] > run[0] and _flew(s, run, limits)]
    return flown, len(flown) < len(runs)


def _states(s: Signals, pieces: Pieces, limits: Limits) -> tuple[Bools, Floats]:
    """Tell air from ground, piece by piece; and how high the ground is that was last stood on."""
    flying, level = _at_first(s, pieces, limits)
    told = (pieces.height_m, pieces.still, pieces.grounded, pieces.settled)
    return aloft(told, Lifting(limits.level_m, limits.land_m, limits.drop_m, limits.drift_m), flying, level)


def _at_first(s: Signals, pieces: Pieces, limits: Limits) -> tuple[bool, float]:
    """Say whether the track begins in the air, and at which height the ground is."""
    known = np.isfinite(pieces.height_m)
    if not known.any():
        return False, np.nan
    height = float(pieces.height_m[known][0])
    if pieces.grounded[0]:
        return False, height
    lowest = 0.0 if s.above_takeoff else float(np.percentile(pieces.height_m[known], 1))
    low = abs(height) if s.above_takeoff else height - lowest
    fast = pieces.speed_mps[0] > _FAST_MPS
    waits = not s.above_takeoff and bool(pieces.still[:LAND_PIECES].all()) and pieces.still.size > LAND_PIECES
    on_ground = not fast and (low <= limits.drop_m or waits)
    return (False, height) if on_ground else (True, lowest)


def _fast(s: Signals, pieces: Pieces) -> Bools:
    """Mark pieces of steady movement over the ground, faster and further than noise or a person goes."""
    fast = np.zeros(pieces.still.size, dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        runs = runs_of(pieces.speed_mps > _FAST_MPS)
    for a, b in runs:
        first, last = int(pieces.first[a]), int(pieces.end[b - 1]) - 1
        if s.t_s[last] - s.t_s[first] >= _FAST_S and _apart_m(s, first, last) >= _FAST_M:
            fast[a:b] = True
    return fast


def _apart_m(s: Signals, first: int, last: int) -> float:
    known = np.isfinite(s.east_m[first : last + 1]).nonzero()[0] + first
    if known.size < 2:
        return 0.0
    a, b = known[0], known[-1]
    return float(np.hypot(s.east_m[b] - s.east_m[a], s.north_m[b] - s.north_m[a]))


def _flew(s: Signals, run: tuple[int, int], limits: Limits) -> bool:
    """Whether a time off the ground was a flight: risen for long enough, or gone fast and far."""
    first, end = run
    return _rose(s, first, end, limits) or bool(_gone(s, first, end))


def _rose(s: Signals, first: int, end: int, limits: Limits) -> bool:
    height = s.height_m[first:end]
    known = np.isfinite(height)
    if not known.any():
        return False
    if first == 0 and s.above_takeoff and abs(middle_of(height[known])) >= limits.rise_m:
        return True
    before, after = _height_at(s, first - 1), _height_at(s, end)
    stood = [h for h in (before, after) if h is not None]
    floor = max(stood) if stood else (0.0 if s.above_takeoff else float(height[known].min()))
    above = _sustained(height[known] - floor, s.t_s[first:end][known], whole=not stood)
    if s.above_takeoff:
        return above >= limits.rise_m
    return above >= _FREE_RISE_M or (above >= limits.rise_m and _reach_m(s, first, end) >= _AWAY_M)


def _height_at(s: Signals, row: int) -> float | None:
    return float(s.height_m[row]) if 0 <= row < s.rows and np.isfinite(s.height_m[row]) else None


def _sustained(above: Floats, t_s: Floats, *, whole: bool) -> float:
    """Find the height that was kept for two seconds in all; where all was in the air, the median."""
    if whole:
        return middle_of(above)
    weight = np.minimum(np.gradient(t_s), PIECE_S) if t_s.size > 1 else np.zeros(1)
    order = np.argsort(above)[::-1]
    reached = np.flatnonzero(np.cumsum(weight[order]) >= _SUSTAINED_S)
    return float(above[order][reached[0]]) if reached.size else -np.inf


def _reach_m(s: Signals, first: int, end: int) -> float:
    east, north = s.east_m[first:end], s.north_m[first:end]
    known = np.isfinite(east)
    return float(np.hypot(np.ptp(east[known]), np.ptp(north[known]))) if known.any() else 0.0


def _gone(s: Signals, first: int, end: int) -> bool:
    """Whether one stretch of steady movement is fast and far enough for nothing but an aircraft."""
    with np.errstate(invalid="ignore"):
        runs = runs_of(s.speed_mps[first:end] > _FAST_MPS)
    for a, b in runs:
        last = first + b - 1
        if s.t_s[last] - s.t_s[first + a] >= _FAST_S and _apart_m(s, first + a, last) >= _FAST_M:
            return True
    return False
