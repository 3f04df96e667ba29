"""
In the air or on the ground, from heights and speeds: for tracks whose recorder does not say.

The track is cut into pieces of two seconds, and two states are told apart with hysteresis. On the ground
the level follows slow drift of the height, so that only a rise faster than drift leaves it. A flight must
then show that it was one: by how high it rose and for how long, or by how far and how fast it went.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from groundside.produce.flight.signals import Bools, Floats, Signals, held

_PIECE_S = 2.0
_LAND_PIECES = 2
_STILL_MPS = 1.0
_STILL_CLIMB_MPS = 0.3
_LAND_PIECES_DRIFTED = 15
_SUSTAINED_S = 2.0
_FAST_MPS = 3.0
_FAST_S = 5.0
_FAST_M = 50.0
_AWAY_M = 20.0
_FREE_RISE_M = 15.0
_RISE_PIECES = 3
_STOOD_PIECES = 10
_STOOD_ROWS = 5
_LEAST_LIFT_M = 0.15
_WANDERS = 5.0
_COARSE_M = 0.5


@dataclass(frozen=True, slots=True)
class _Limits:
    """
    How far heights of a kind may be off.

    Args:
        rise_m: makes a flight.
        level_m: is still the ground one stands on.
        land_m: is ground one has landed on.
        drop_m: may be ground one has landed on, if one stays there for long.
        lift_m: is just off it.
        drift_m: may be drift, within one piece.
    """

    rise_m: float
    level_m: float
    land_m: float
    drop_m: float
    lift_m: float
    drift_m: float


_ABOVE_TAKEOFF = _Limits(rise_m=1.5, level_m=0.7, land_m=0.6, drop_m=1.5, lift_m=0.5, drift_m=0.04)
_UNARMED = replace(_ABOVE_TAKEOFF, rise_m=2.5, level_m=1.0)
"""Where nothing tells when the motors ran, a flight must rise more."""
_ALTITUDE = _Limits(rise_m=6.0, level_m=4.0, land_m=3.0, drop_m=6.0, lift_m=2.0, drift_m=0.3)
"""An altitude may be a satellite receiver's, which wanders by metres within minutes."""


@dataclass(frozen=True, slots=True)
class _Around:
    """The limits that hold, and the pieces at which the time in the air before ended and the next one begins."""

    limits: _Limits
    landed: int
    lifts: int


@dataclass(frozen=True, slots=True)
class _Pieces:
    """
    One value for each piece of two seconds with a row in it; NaN where unknown. Heights are medians.

    A piece is `grounded` where any of its rows is on the ground as the recorder says, `settled` where all are.
    """

    first: NDArray[np.int64]
    end: NDArray[np.int64]
    height_m: Floats
    speed_mps: Floats
    still: Bools
    grounded: Bools
    settled: Bools


def runs_in_motion(s: Signals) -> tuple[list[tuple[int, int]], bool]:
    """
    Find the times in the air.

    Args:
        s: signals with heights, or with speeds and `armed`; rows disarmed, or on the ground as the
            recorder says, are held to be on the ground.

    Returns:
        Half-open runs of rows, ascending; and whether there were others that may have been flights, or noise.
    """
    limits = _limits(s)
    pieces = _pieces(s)
    in_air, level = _states(s, pieces, limits)
    fast = _fast(s, pieces) & ~pieces.grounded
    found = runs_of(in_air | fast)
    landed, lifts = [0, *(b for _, b in found)], [*(a for a, _ in found[1:]), pieces.end.size]
    around = [_Around(limits, a, b) for a, b in zip(landed, lifts, strict=False)]
    runs = [_to_rows(s, pieces, level, run, by) for run, by in zip(found, around, strict=False)]
    flown = [run for run in runs if run[1] > run[0] and _flew(s, run, limits)]
    return flown, len(flown) < len(runs)


def _limits(s: Signals) -> _Limits:
    if not s.above_takeoff:
        return _ALTITUDE
    return _ABOVE_TAKEOFF if (s.armed == 1).any() else _UNARMED


def runs_of(mask: Bools) -> list[tuple[int, int]]:
    """List the half-open runs of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _pieces(s: Signals) -> _Pieces:
    number = np.floor(s.t_s / _PIECE_S).astype(np.int64)
    first = np.concatenate(([0], np.flatnonzero(np.diff(number)) + 1))
    end = np.append(first[1:], s.rows)
    piece = np.repeat(np.arange(first.size), end - first)
    height = medians(s.height_m, piece, first.size)
    speed, climb = (_means(of, piece, first.size) for of in (s.speed_mps, s.climb_mps))
    with np.errstate(invalid="ignore"):
        still = ~((speed > _STILL_MPS) | (np.abs(climb) > _STILL_CLIMB_MPS))
    on_ground = (held(s.armed) == 0) | (s.in_air == 0)
    grounded, settled = (of.reduceat(on_ground.astype(np.int8), first) == 1 for of in (np.maximum, np.minimum))
    return _Pieces(first, end, height, speed, still, grounded, settled)


def medians(values: Floats, piece: NDArray[np.int64], count: int) -> Floats:
    """
    Give the median of the known values of each piece, the lower of two that are in the middle.

    Args:
        values: n of them, NaN where unknown.
        piece: to which piece each belongs, 0 to `count` - 1.
        count: how many pieces there are.

    Returns:
        One median a piece; NaN where it holds nothing known.
    """
    known = np.isfinite(values)
    of, found = piece[known], values[known]
    order = np.lexsort((found, of))
    size = np.bincount(of, minlength=count)
    start = np.cumsum(size) - size
    medians = np.full(count, np.nan)
    some = size > 0
    medians[some] = found[order][(start + (size - 1) // 2)[some]]
    return medians


def _means(values: Floats, piece: NDArray[np.int64], count: int) -> Floats:
    """Give the mean of the known values of each piece."""
    known = np.isfinite(values)
    total = np.bincount(piece[known], weights=values[known], minlength=count)
    size = np.bincount(piece[known], minlength=count)
    return np.divide(total, size, out=np.full(count, np.nan), where=size > 0)


def _states(s: Signals, pieces: _Pieces, limits: _Limits) -> tuple[Bools, Floats]:
    """Tell air from ground, piece by piece; and how high the ground is that was last stood on."""
    heights, still = pieces.height_m.tolist(), pieces.still.tolist()
    grounded, settled = pieces.grounded.tolist(), pieces.settled.tolist()
    flying, level = _at_first(s, pieces, limits)
    in_air: list[bool] = []
    levels: list[float] = []
    low = 0
    for height, stands, off, all_off in zip(heights, still, grounded, settled, strict=True):
        if off:
            # A piece in which the aircraft also took off says nothing of the ground.
            keeps = math.isnan(height) or not (all_off or math.isnan(level))
            flying, level = False, level if keeps else height
        elif flying:
            low = low + 1 if stands and height <= level + limits.drop_m else 0
            if low >= _pieces_to_land(height - level, limits):
                flying, level = False, height
                in_air[-1] = False
        elif height > level + limits.level_m:
            flying, low = True, 0
        elif stands and not math.isnan(height):
            level += min(max(height - level, -limits.drift_m), limits.drift_m)
        in_air.append(flying)
        levels.append(level)
    return np.array(in_air, dtype=np.bool_), np.array(levels)


def _pieces_to_land(above: float, limits: _Limits) -> int:
    """A hover near or below the height of take-off may be a landing where the height has drifted."""
    return _LAND_PIECES if abs(above) <= limits.land_m else _LAND_PIECES_DRIFTED


def _at_first(s: Signals, pieces: _Pieces, limits: _Limits) -> tuple[bool, float]:
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
    waits = not s.above_takeoff and bool(pieces.still[:_LAND_PIECES].all()) and pieces.still.size > _LAND_PIECES
    on_ground = not fast and (low <= limits.drop_m or waits)
    return (False, height) if on_ground else (True, lowest)


def _fast(s: Signals, pieces: _Pieces) -> Bools:
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
    known = np.flatnonzero(np.isfinite(s.east_m[first : last + 1])) + first
    if known.size < 2:
        return 0.0
    a, b = known[0], known[-1]
    return float(np.hypot(s.east_m[b] - s.east_m[a], s.north_m[b] - s.north_m[a]))


def _to_rows(s: Signals, pieces: _Pieces, level: Floats, run: tuple[int, int], by: _Around) -> tuple[int, int]:
    """Narrow pieces in the air down to rows: from the first row off the ground to the first on it again."""
    a, b = run
    first = int(pieces.first[max(a - _RISE_PIECES, by.landed)]) if a else 0
    end = int(pieces.end[min(b, pieces.end.size - 1)])
    if a and np.isfinite(level[a - 1]):
        stood = slice(int(pieces.first[max(a - _RISE_PIECES - _STOOD_PIECES, by.landed)]), int(pieces.first[a]))
        ground, lift_m = _ground(s, stood, float(level[a - 1]), by.limits)
        low = np.flatnonzero(
            s.height_m[first : _rolled(s, int(pieces.end[a]), end, (ground, lift_m))] <= ground + lift_m
        )
        first += int(low[-1]) + (0 if _coarse(s.height_m) else 1) if low.size else 0
    if b < pieces.end.size and np.isfinite(level[b]):
        last = min(b + _STOOD_PIECES, by.lifts - 1, pieces.end.size - 1)
        stands = slice(int(pieces.first[b]), int(pieces.end[max(last, b)]))
        ground, lift_m = _ground(s, stands, float(level[b]), by.limits)
        high = np.flatnonzero(s.height_m[first:end] > ground + lift_m)
        end = _touched(s.height_m, first + int(high[-1]) + 1, end) if high.size else end
    return first, end


def _rolled(s: Signals, row: int, end: int, ground: tuple[float, float]) -> int:
    """Say up to which row an aircraft that gathered speed was still on the ground: at its height, without a gap."""
    level, lift_m = ground
    off = np.flatnonzero(~(np.abs(s.height_m[row - 1 : end] - level) <= lift_m))
    return max(row, row - 1 + int(off[0])) if off.size else row


def _touched(height: Floats, row: int, end: int) -> int:
    """Say where it touched down: a row later where heights are rounded, and so slow a descent shows too early."""
    slow = row >= 4 and height[row - 1] == height[row - 2] and height[row - 3] == height[row - 4]
    return min(row + 1, end) if slow and _coarse(height) else row


def _coarse(height: Floats) -> bool:
    """Whether heights are rounded so far that a climb shows only after about a second."""
    steps = np.abs(np.diff(height[np.isfinite(height)]))
    steps = steps[steps > 0]
    return bool(steps.size) and float(steps.min()) >= _COARSE_M


def _ground(s: Signals, rows: slice, level: float, limits: _Limits) -> tuple[float, float]:
    """
    Say how high the ground is, and how far above it a height is off it: as little as the height is steady there.

    Both are medians, so that some rows of a climb or a descent among them do not count. Where too little time on the
    ground was recorded, the level and the limit that were given.
    """
    height = s.height_m[rows]
    height = height[np.isfinite(height)]
    if height.size < _STOOD_ROWS:
        return level, limits.lift_m
    middle = float(np.median(height))
    wander = float(np.median(np.abs(height - middle)))
    if abs(middle - level) > limits.lift_m:
        return level, limits.lift_m
    return middle, min(max(_WANDERS * wander, _LEAST_LIFT_M), limits.lift_m)


def _flew(s: Signals, run: tuple[int, int], limits: _Limits) -> bool:
    """Whether a time off the ground was a flight: risen for long enough, or gone fast and far."""
    first, end = run
    return _rose(s, first, end, limits) or bool(_gone(s, first, end))


def _rose(s: Signals, first: int, end: int, limits: _Limits) -> bool:
    height = s.height_m[first:end]
    known = np.isfinite(height)
    if not known.any():
        return False
    if first == 0 and s.above_takeoff and abs(float(np.median(height[known]))) >= limits.rise_m:
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
        return float(np.median(above))
    weight = np.minimum(np.gradient(t_s), _PIECE_S) if t_s.size > 1 else np.zeros(1)
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
