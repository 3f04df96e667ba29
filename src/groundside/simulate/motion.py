"""
From legs to positions ten times a second, as a multirotor could fly them.

Along each leg the speed is a trapezoid (constant acceleration, cruise, constant braking); then the whole
path is averaged over a window of two seconds (Hann), which bounds the jerk and rounds the corners, as an
aircraft does.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from groundside.simulate.missions import Leg, Phase

Floats = NDArray[np.float64]

RATE_HZ = 10
STEP_S = 1.0 / RATE_HZ
ACCELERATION_MPS2 = 1.8
CORNER_MPS = 1.3
SMOOTHING_TAPS = 19
YAW_TAPS = 41
GRAVITY_MPS2 = 9.80665
DRAG_PER_S = 0.11
"""Drag, as acceleration for each m/s of air speed: 10 m/s costs about 6.5 degrees of tilt. Assumed."""


@dataclass(frozen=True, slots=True)
class Motion:
    """Positions on the plane of the take-off point, at `RATE_HZ`; angles in degrees, yaw unwrapped."""

    east_m: Floats
    north_m: Floats
    height_m: Floats
    yaw_deg: Floats
    gimbal_deg: Floats
    leg: NDArray[np.intp]
    """Which leg each sample belongs to."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of constant acceleration."""

    leg: int
    start: tuple[float, float, float]
    along: tuple[float, float, float]
    speed: float
    acceleration: float
    duration: float


def fly(legs: list[Leg], start_yaw_deg: float = 0.0, entry_mps: float = 0.0) -> Motion:
    """
    Fly legs one after another from (0, 0, 0).

    Args:
        legs: at least one; those with `hold_s` end at rest.
        start_yaw_deg: where the nose points before the first leg.
        entry_mps: how fast it already goes along the first leg; the first sample is then one step on.
    """
    pieces = [p for p in _pieces(legs, entry_mps) if p.duration > 0.0]
    if entry_mps <= 0.0:
        return _flown(legs, pieces, start_yaw_deg)
    return _without(_flown(legs, [_lead_in(pieces[0]), *pieces], start_yaw_deg), RATE_HZ + 1)


def _lead_in(first: _Piece) -> _Piece:
    """Make the second before a piece that is entered at speed, so that smoothing finds the same speed there."""
    return _Piece(first.leg, _ahead(first, -first.speed), first.along, first.speed, 0.0, 1.0)


def _without(motion: Motion, samples: int) -> Motion:
    return Motion(*(getattr(motion, f.name)[samples:] for f in fields(Motion)))


def _flown(legs: list[Leg], pieces: list[_Piece], start_yaw_deg: float) -> Motion:
    begins = np.concatenate([[0.0], np.cumsum([p.duration for p in pieces])])
    t = np.arange(int(begins[-1] * RATE_HZ)) * STEP_S
    at = np.clip(np.searchsorted(begins, t, side="right") - 1, 0, len(pieces) - 1)
    tau = t - begins[at]
    speed = np.array([p.speed for p in pieces])[at]
    acceleration = np.array([p.acceleration for p in pieces])[at]
    path = (speed * tau + 0.5 * acceleration * tau * tau)[:, None]
    xyz = np.array([p.start for p in pieces])[at] + path * np.array([p.along for p in pieces])[at]
    leg = np.array([p.leg for p in pieces])[at]
    yaw = unwrapped([start_yaw_deg, *_yaws(legs)])[1:]
    gimbal = np.array([g.gimbal_deg for g in legs])
    east, north, height = (smoothed(xyz[:, i], SMOOTHING_TAPS) for i in range(3))
    return Motion(east, north, height, smoothed(yaw[leg], YAW_TAPS), smoothed(gimbal[leg], YAW_TAPS), leg)


def smoothed(values: Floats, taps: int) -> Floats:
    """Average over a Hann window; the ends are continued flat."""
    window = np.hanning(taps + 2)[1:-1]
    padded = np.pad(values, taps // 2, mode="edge")
    return np.convolve(padded, window / window.sum(), mode="valid").astype(np.float64)


def unwrapped(degrees: list[float]) -> Floats:
    """Turn the short way round from each direction to the next."""
    return np.unwrap(np.array(degrees), period=360.0)


def wander(rng: np.random.Generator, samples: int, sigma: float, every_s: float = 20.0) -> Floats:
    """Make a slow error, as of satellites and barometers: independent values, joined smoothly."""
    knots = int(samples * STEP_S / every_s) + 2
    at = np.arange(samples) * STEP_S / every_s
    joined = np.interp(at, np.arange(knots), rng.normal(0.0, sigma, knots))
    return smoothed(joined, min(51, samples | 1))


def attitude(velocity: tuple[Floats, Floats], wind: tuple[Floats, Floats], yaw_deg: Floats) -> tuple[Floats, Floats]:
    """
    Tilt that makes the acceleration and holds against the air.

    Args:
        velocity: north and east, m/s.
        wind: where the air moves to, north and east, m/s.
        yaw_deg: heading.

    Returns:
        Roll (right wing down positive) and pitch (nose up positive) in degrees.
    """
    need = [np.gradient(v, STEP_S) + DRAG_PER_S * (v - w) for v, w in zip(velocity, wind, strict=True)]
    yaw = np.radians(yaw_deg)
    ahead = need[0] * np.cos(yaw) + need[1] * np.sin(yaw)
    right = need[1] * np.cos(yaw) - need[0] * np.sin(yaw)
    return np.degrees(np.arctan2(right, GRAVITY_MPS2)), np.degrees(-np.arctan2(ahead, GRAVITY_MPS2))


def _pieces(legs: list[Leg], entry: float) -> list[_Piece]:
    ends = np.array([(0.0, 0.0, 0.0), *((g.east_m, g.north_m, g.height_m) for g in legs)])
    steps = np.diff(ends, axis=0)
    lengths = np.sqrt((steps**2).sum(axis=1))
    along = steps / np.where(lengths > 0.0, lengths, 1.0)[:, None]
    pieces: list[_Piece] = []
    for i, leg in enumerate(legs):
        last = i + 1 == len(legs)
        leave = 0.0 if last or leg.hold_s > 0.0 else _corner(leg, legs[i + 1], float(along[i] @ along[i + 1]))
        unit = (float(along[i][0]), float(along[i][1]), float(along[i][2]))
        begin = (float(ends[i][0]), float(ends[i][1]), float(ends[i][2]))
        pieces += _trapezoid(_Piece(i, begin, unit, entry, 0.0, 0.0), float(lengths[i]), leg.speed_mps, leave)
        finish = (leg.east_m, leg.north_m, leg.height_m)
        pieces.append(_Piece(i, finish, unit, 0.0, 0.0, leg.hold_s))
        entry = leave
    return pieces


def _trapezoid(entry: _Piece, length: float, top: float, leave: float) -> list[_Piece]:
    if length <= 0.0:
        return []
    a, v0 = ACCELERATION_MPS2, entry.speed
    peak = max(v0, leave, min(top, sqrt((2.0 * a * length + v0 * v0 + leave * leave) / 2.0)))
    gain, loss = (peak * peak - v0 * v0) / (2.0 * a), (peak * peak - leave * leave) / (2.0 * a)
    cruise = max(0.0, length - gain - loss)
    stretches = [
        (v0, a, (peak - v0) / a, 0.0),
        (peak, 0.0, cruise / peak, gain),
        (peak, -a, (peak - leave) / a, gain + cruise),
    ]
    return [_Piece(entry.leg, _ahead(entry, s), entry.along, v, acc, d) for v, acc, d, s in stretches]


def _ahead(piece: _Piece, by: float) -> tuple[float, float, float]:
    (x, y, z), (dx, dy, dz) = piece.start, piece.along
    return x + dx * by, y + dy * by, z + dz * by


def _corner(leg: Leg, following: Leg, cosine: float) -> float:
    if following.phase is Phase.GROUND:
        return 0.0
    slower = min(leg.speed_mps, following.speed_mps)
    straight = max(0.0, cosine) ** 2
    return min(slower, CORNER_MPS + (slower - CORNER_MPS) * straight) if cosine > -0.5 else 0.0


def _yaws(legs: list[Leg]) -> list[float]:
    yaws: list[float] = []
    east, north, yaw = 0.0, 0.0, 0.0
    for leg in legs:
        de, dn = leg.east_m - east, leg.north_m - north
        if leg.yaw_deg is not None:
            yaw = leg.yaw_deg
        elif np.hypot(de, dn) > 1.0:
            yaw = float(np.degrees(np.arctan2(de, dn)))
        yaws.append(yaw)
        east, north = leg.east_m, leg.north_m
    return yaws
