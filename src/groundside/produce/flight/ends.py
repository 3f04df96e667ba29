"""The very rows of take-off and landing, near the pieces in which they were found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from groundside.produce.flight.pieces import Limits, Pieces
from groundside.produce.flight.signals import Floats, Signals, middle_of

_RISE_PIECES = 3
_STOOD_PIECES = 10
_STOOD_ROWS = 5
_LEAST_LIFT_M = 0.15
_WANDERS = 5.0
_COARSE_M = 0.5


@dataclass(frozen=True, slots=True)
class Around:
    """The limits that hold, and the pieces at which the time in the air before ended and the next one begins."""

    limits: Limits
    landed: int
    lifts: int


def to_rows(s: Signals, pieces: Pieces, level: Floats, run: tuple[int, int], by: Around) -> tuple[int, int]:
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
        end = first + int(high[-1]) + 1 if high.size else end
    return first, end


def _rolled(s: Signals, row: int, end: int, ground: tuple[float, float]) -> int:
    """Say up to which row an aircraft that gathered speed was still on the ground: at its height, without a gap."""
    level, lift_m = ground
    off = np.flatnonzero(~(np.abs(s.height_m[row - 1 : end] - level) <= lift_m))
    return max(row, row - 1 + int(off[0])) if off.size else row


def late_s(s: Signals, row: int) -> float:
    """
    Say how much later than at its first row on the ground an aircraft touched down, in seconds.

    Heights in whole metres read 0 from half a metre on: at the half metre a second of a usual landing, half a row
    too early in the mean. So slow a descent shows by two equal rows before the ground. Elsewhere 0.
    """
    slow = 2 <= row < s.rows and s.height_m[row - 1] == s.height_m[row - 2] and _coarse(s.height_m)
    return float(s.t_s[row] - s.t_s[row - 1]) / 2.0 if slow else 0.0


def _coarse(height: Floats) -> bool:
    """Whether heights are rounded so far that a climb shows only after about a second."""
    known = height[np.isfinite(height)]
    steps = np.abs(known[1:] - known[:-1])
    steps = steps[steps > 0]
    return bool(steps.size) and float(steps.min()) >= _COARSE_M


def _ground(s: Signals, rows: slice, level: float, limits: Limits) -> tuple[float, float]:
    """
    Say how high the ground is, and how far above it a height is off it: as little as the height is steady there.

    Both are medians, so that some rows of a climb or a descent among them do not count. Where too little time on the
    ground was recorded, the level and the limit that were given.
    """
    height = s.height_m[rows]
    height = height[np.isfinite(height)]
    if height.size < _STOOD_ROWS:
        return level, limits.lift_m
    middle = middle_of(height)
    wander = middle_of(np.abs(height - middle))
    if abs(middle - level) > limits.lift_m:
        return level, limits.lift_m
    return middle, min(max(_WANDERS * wander, _LEAST_LIFT_M), limits.lift_m)
