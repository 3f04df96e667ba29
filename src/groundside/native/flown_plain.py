"""The same as the kernels in flown.c, in NumPy: their definition."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rate:
    """How wide a window is, and between which its filled part must be, in seconds."""

    window_s: float
    least_s: float
    most_s: float


LAND_PIECES = 2
_LAND_PIECES_DRIFTED = 15


@dataclass(frozen=True, slots=True)
class Lifting:
    """
    How far heights may be off, in metres; as `pieces.Limits` has them.

    Args:
        level_m: is still the ground one stands on.
        land_m: is ground one has landed on.
        drop_m: may be ground one has landed on, if one stays there for long.
        drift_m: may be drift, within one piece.
    """

    level_m: float
    land_m: float
    drop_m: float
    drift_m: float


def aloft_plainly(
    pieces: tuple[Floats, Bools, Bools, Bools], by: Lifting, flying: bool, level: float
) -> tuple[Bools, Floats]:
    """Do the same as `aloft`."""
    in_air: list[bool] = []
    levels: list[float] = []
    low = 0
    for height, stands, off, all_off in zip(*(each.tolist() for each in pieces), strict=True):
        if off:
            # A piece in which the aircraft also took off says nothing of the ground.
            keeps = math.isnan(height) or not (all_off or math.isnan(level))
            flying, level = False, level if keeps else height
        elif flying:
            low = low + 1 if stands and height <= level + by.drop_m else 0
            if low >= _pieces_to_land(height - level, by):
                flying, level = False, height
                in_air[-1] = False
        elif height > level + by.level_m:
            flying, low = True, 0
        elif stands and not math.isnan(height):
            level += min(max(height - level, -by.drift_m), by.drift_m)
        in_air.append(flying)
        levels.append(level)
    return np.array(in_air, dtype=np.bool_), np.array(levels)


def _pieces_to_land(above: float, by: Lifting) -> int:
    """A hover near or below the height of take-off may be a landing where the height has drifted."""
    return LAND_PIECES if abs(above) <= by.land_m else _LAND_PIECES_DRIFTED


def anchors_plainly(east: Floats, north: Floats, least_m: float) -> Places:
    """Do the same as `anchors`."""
    listed, square = [0], least_m * least_m
    x, y = east.tolist(), north.tolist()
    for row in range(1, east.size):
        off_east, off_north = x[row] - x[listed[-1]], y[row] - y[listed[-1]]
        if off_east * off_east + off_north * off_north >= square:
            listed.append(row)
    return np.array(listed)


def jumps_plainly(t_s: Floats, east: Floats, north: Floats, top_mps: float, slack_m: float) -> Bools:
    """Do the same as `jumps`."""
    jumped = np.zeros(east.size, dtype=np.bool_)
    known = np.flatnonzero(np.isfinite(east))
    step = np.hypot(np.diff(east[known]), np.diff(north[known]))
    moved = np.flatnonzero(step > 0) + 1
    since_s = np.diff(t_s[known[moved]], prepend=t_s[known[:1]])
    far = step[moved - 1] > top_mps * np.maximum(since_s, 0.1) + slack_m
    jumped[known[moved[far]]] = True
    return jumped


def rate_plainly(t_s: Floats, values: Floats, by: Rate, jumped: Bools | None = None) -> Floats:
    """Do the same as `rate`."""
    known = np.flatnonzero(np.isfinite(values))
    rate = np.full(values.size, np.nan)
    if known.size < 2:
        return rate
    t, v = t_s[known], values[known]
    row = np.arange(t.size)
    first = np.minimum(np.searchsorted(t, t - by.window_s / 2, side="left"), np.maximum(row - 1, 0))
    last = np.searchsorted(t, t + by.window_s / 2, side="right") - 1
    last = np.maximum(last, np.minimum(row + 1, t.size - 1))
    span = t[last] - t[first]
    known_rate = (span >= by.least_s) & (span <= by.most_s)
    if jumped is not None:
        jumps = np.cumsum(jumped[known])
        known_rate &= jumps[last] == jumps[first]
    rate[known[known_rate]] = ((v[last] - v[first])[known_rate]) / span[known_rate]
    return rate


def runs_of_time_plainly(t_s: Floats, width_s: float) -> Places:
    """Do the same as `runs_of_time`."""
    number = np.floor(t_s / width_s)
    return np.concatenate(([0], np.flatnonzero(np.diff(number)) + 1))


def _run_of(count: int, first: Places) -> Places:
    """Say of each row which run it is of."""
    return np.repeat(np.arange(first.size), np.diff(first, append=count))


def medians_plainly(values: Floats, first: Places) -> Floats:
    """Do the same as `medians`."""
    known = np.isfinite(values)
    of, found = _run_of(values.size, first)[known], values[known]
    order = np.lexsort((found, of))
    size = np.bincount(of, minlength=first.size)
    start = np.cumsum(size) - size
    medians = np.full(first.size, np.nan)
    some = size > 0
    medians[some] = found[order][(start + (size - 1) // 2)[some]]
    return medians


def means_plainly(values: Floats, first: Places) -> Floats:
    """Do the same as `means`."""
    known = np.isfinite(values)
    of = _run_of(values.size, first)[known]
    total = np.bincount(of, weights=values[known], minlength=first.size)
    size = np.bincount(of, minlength=first.size)
    return np.divide(total, size, out=np.full(first.size, np.nan), where=size > 0)


def later_plainly(t_s: Floats, lon: Floats, lat: Floats) -> Places:
    """Do the same as `later`."""
    known = np.isfinite(lon) & np.isfinite(lat) & (np.diff(t_s, prepend=-np.inf) > 0.0)
    return np.flatnonzero(known)


def off_plainly(outline: Floats, scale: tuple[float, float], t_s: Floats, lon: Floats, lat: Floats) -> Floats:
    """Do the same as `off`."""
    times, lons, lats = outline
    east = (np.interp(t_s, times, lons) - lon) * scale[0]
    north = (np.interp(t_s, times, lats) - lat) * scale[1]
    return np.hypot(east, north)
