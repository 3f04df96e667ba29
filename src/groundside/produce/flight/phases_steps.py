"""A track on an even clock of half seconds, smoothed: what phases are told from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.model.track import Track
from groundside.produce.flight.air import Air
from groundside.produce.flight.signals import GAP_S, Bools, Floats, Signals

STEP_S = 0.5
SPREAD = 5
"""Rows further apart than this many times the usual are a gap."""
_SMOOTH_S = 2.0
_NEAR_S = 1.5


@dataclass(frozen=True, slots=True)
class Steps:
    """
    One value for each half second; times in which nothing was recorded are shortened to `GAP_S`.

    Args:
        row: the row at or after each step.
        east_m, north_m: smoothed; NaN where no position is known at all.
        placed: whether a position was recorded near it; between them it is the straight way across.
        height_m: above take-off, smoothed; NaN where unknown at all.
        up_mps, speed_mps: smoothed.
        air: which time in the air, counted from 1; 0 on the ground.
        known: whether it is known if the aircraft was in the air.
    """

    row: NDArray[np.int64]
    east_m: Floats
    north_m: Floats
    placed: Bools
    height_m: Floats
    up_mps: Floats
    speed_mps: Floats
    air: NDArray[np.int64]
    known: bool

    def __len__(self) -> int:
        return len(self.row)


def steps_of(s: Signals, air: Air) -> tuple[Steps, NDArray[np.int64]]:
    """
    Lay the signals of a track out on an even clock.

    Args:
        s: at least two rows.
        air: its times in the air.

    Returns:
        The steps; and for each time between two rows the step in its middle.
    """
    clock = np.concatenate([[0.0], np.cumsum(np.minimum(np.diff(s.t_s), GAP_S))])
    at = np.arange(0.0, clock[-1] + STEP_S, STEP_S)
    middle = (clock[1:] + clock[:-1]) / 2.0
    between = np.minimum(np.round(middle / STEP_S).astype(np.int64), at.size - 1)
    number = np.zeros(s.rows, np.int64)
    for count, span in enumerate(air.spans, 1):
        number[span.first : span.end] = count
    row = np.clip(np.searchsorted(clock, at, side="right") - 1, 0, s.rows - 1)
    east, north = (_even(clock, values, at) for values in (s.east_m, s.north_m))
    height, up, speed = (_even(clock, values, at) for values in (s.height_m, s.climb_mps, s.speed_mps))
    placed = _near(clock[np.isfinite(s.east_m)], at, float(np.median(np.diff(clock))))
    return Steps(row, east, north, placed, height, up, speed, number[row], air.known), between


def _near(known: Floats, at: Floats, usual_s: float) -> Bools:
    if not known.size:
        return np.zeros(at.size, np.bool_)
    after = np.clip(np.searchsorted(known, at), 0, known.size - 1)
    apart = np.minimum(np.abs(known[after] - at), np.abs(known[np.maximum(after - 1, 0)] - at))
    return apart <= max(_NEAR_S, usual_s)


def _even(clock: Floats, values: Floats, at: Floats) -> Floats:
    known = np.isfinite(values)
    if not known.any():
        return np.full(at.size, np.nan)
    return smooth(np.interp(at, clock[known], values[known]))


def smooth(values: Floats, seconds: float = _SMOOTH_S) -> Floats:
    """Average over a time around each step; the ends are continued flat."""
    taps = int(seconds / STEP_S) | 1
    padded = np.pad(values, taps // 2, mode="edge")
    return np.convolve(padded, np.full(taps, 1.0 / taps), mode="valid").astype(np.float64)


def gaps(s: Signals) -> Bools:
    """Say of each time between two rows whether it is so long that nobody knows what was in it."""
    apart = np.diff(s.t_s)
    return apart > max(GAP_S, SPREAD * float(np.median(apart)))


def modes_at(track: Track, rows: NDArray[np.int64]) -> NDArray[np.str_]:
    """Give the flight mode at some rows; empty text where it is not told."""
    column = track.table.column("mode").combine_chunks().dictionary_encode()
    names = np.array([*column.dictionary.to_pylist(), ""], dtype=np.str_)
    index = column.indices.fill_null(len(names) - 1).to_numpy()
    return names[index[rows]]
