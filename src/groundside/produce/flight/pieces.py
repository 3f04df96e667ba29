"""A track in pieces of two seconds, and how far its heights may be off."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from groundside.native.flown import means, medians, runs_of_time
from groundside.produce.flight.signals import Bools, Floats, Signals, held

PIECE_S = 2.0
_STILL_MPS = 1.0
_STILL_CLIMB_MPS = 0.3


@dataclass(frozen=True, slots=True)
class Limits:
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


_ABOVE_TAKEOFF = Limits(rise_m=1.5, level_m=0.7, land_m=0.6, drop_m=1.5, lift_m=0.5, drift_m=0.04)
_UNARMED = replace(_ABOVE_TAKEOFF, rise_m=2.5, level_m=1.0)
"""Where nothing tells when the motors ran, a flight must rise more."""
_ALTITUDE = Limits(rise_m=6.0, level_m=4.0, land_m=3.0, drop_m=6.0, lift_m=2.0, drift_m=0.3)
"""An altitude may be a satellite receiver's, which wanders by metres within minutes."""


@dataclass(frozen=True, slots=True)
class Pieces:
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


def limits_of(s: Signals) -> Limits:
    """Say how far the heights of a track may be off."""
    if not s.above_takeoff:
        return _ALTITUDE
    return _ABOVE_TAKEOFF if (s.armed == 1).any() else _UNARMED


def runs_of(mask: Bools) -> list[tuple[int, int]]:
    """List the half-open runs of True."""
    padded = np.zeros(mask.size + 2, np.bool_)
    padded[1:-1] = mask
    edges = (padded[1:] != padded[:-1]).nonzero()[0].tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def pieces_of(s: Signals) -> Pieces:
    """Cut a track into pieces of two seconds."""
    first = runs_of_time(s.t_s, PIECE_S)
    end = np.append(first[1:], s.rows)
    height = medians(s.height_m, first)
    speed, climb = (means(of, first) for of in (s.speed_mps, s.climb_mps))
    with np.errstate(invalid="ignore"):
        still = ~((speed > _STILL_MPS) | (np.abs(climb) > _STILL_CLIMB_MPS))
    on_ground = (held(s.armed) == 0) | (s.in_air == 0)
    grounded, settled = (of.reduceat(on_ground.astype(np.int8), first) == 1 for of in (np.maximum, np.minimum))
    return Pieces(first, end, height, speed, still, grounded, settled)
