"""
Which part of a flight was a pattern: lines side by side, at right angles, or one behind the other with stops.

A track is cut into straight legs. Legs one after another whose directions agree, up to quarter turns, are a pattern:
what a lawnmower, an expanding square, a creeping line or the inspection of a power line have in common (IAMSAR Manual,
volume II, chapter 5, draws the search patterns). The limits are choices, tried on simulated fleets.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from groundside.produce.flight.phases_steps import STEP_S, Steps, smooth
from groundside.produce.flight.pieces import runs_of
from groundside.produce.flight.signals import Bools, Floats

AUTOMATIC = re.compile(r"auto(?!.*(land|take|tune))|mission|way.?point|way.?line|navi", re.IGNORECASE)
RETURNING = re.compile(r"rtl|return|go.?home", re.IGNORECASE)
UNTOLD = re.compile(r"^(P-?)?(GPS)?$", re.IGNORECASE)
"""Modes that do not tell who flies: DJI's P-GPS is that of a person and of an app that flies a mission."""
WAITING = re.compile(r"loiter|hold|circle", re.IGNORECASE)
MOVING_MPS = 1.0
"""Slower than this over the ground is staying."""
_TURNING_DEG_S = 8.0
_LEAST_M, _LEAST_S = 8.0, 2.0
_ALIKE_DEG, _UNSURE_M = 12.0, 2.0
"""Directions agree within this, and within what an error of so many metres does to a short leg."""
_BEND_M, _BEND_SHARE = 2.5, 0.02
"""A leg that strays so far from its straight way, in metres and as a share of its length, is two."""
_HOME_M = 25.0
_STAY_S, _LEAST_STEPS = 5.0, 3
_COVERS, _COVERS_UNTOLD, _LOWER_M, _LEVEL_MPS, _BREAK_S = 1.3, 1.6, 8.0, 1.5, 3.0
"""An automatic flight this many times as long as the area is wide covers that area; more, where no mode is told."""
_LEGS_AUTOMATIC, _LEGS_UNKNOWN, _LEGS_BY_HAND, _LEGS_IN_LINE = 2, 3, 4, 3
_SAME_WAY_DEG, _AS_LONG, _MOSTLY = 45.0, 0.85, 0.5


@dataclass(frozen=True, slots=True)
class Leg:
    """A straight leg: steps `first` to `end`, half open, its direction from north, and its length over ground."""

    first: int
    end: int
    bearing_deg: float
    length_m: float

    @property
    def unsure_deg(self) -> float:
        """How far its direction may be from that of its pattern."""
        return _ALIKE_DEG + math.degrees(math.atan2(_UNSURE_M, self.length_m))


def pattern(steps: Steps, span: tuple[int, int], modes: NDArray[np.str_], wing: bool) -> Bools:
    """
    Mark the steps of one time in the air that are part of a pattern.

    Args:
        steps: the flight.
        span: from lift-off to touch-down, half open.
        modes: of each step.
        wing: whether it flies on a wing, and so turns in wide bows: they are part of the pattern that follows.
    """
    marked = np.zeros(len(steps), np.bool_)
    legs = legs_of(steps, span)
    for group in _groups(_without_ways(steps, legs, span)):
        returning = _are(RETURNING, modes[[leg.first for leg in group]])
        if returning.all() or not _is_pattern(group, _needed(modes, group)):
            continue
        first, end = _from(legs, group[0], wing), _until(legs, group[-1], wing)
        marked[max(first, span[0]) : min(end, span[1])] = True
    if not wing:
        marked |= _between_stays(steps, modes, span)
    if wing and legs:
        marked |= _covered(steps, modes, (legs[0].end, span[1]))
    marked &= ~_are(RETURNING, modes)
    return marked


def _covered(steps: Steps, modes: NDArray[np.str_], span: tuple[int, int]) -> Bools:
    """
    Mark what a wing flew to and fro, level and about as high as it ever was: its wide turns leave few straight legs.

    Where modes are told, that is from the first automatic step until it returns.
    """
    begin, end = span
    marked = np.zeros(len(steps), np.bool_)
    flown, height = modes[begin:end], steps.height_m[begin:end]
    if not flown.size:
        return marked
    working = (height >= float(height.max()) - _LOWER_M) & (np.abs(steps.up_mps[begin:end]) < _LEVEL_MPS)
    told = not _are(UNTOLD, flown).all()
    if told:
        working &= _automatic(flown)
    for a, b in _joined(runs_of(working)):
        east, north = steps.east_m[begin + a : begin + b], steps.north_m[begin + a : begin + b]
        length, wide = float(np.hypot(np.diff(east), np.diff(north)).sum()), math.hypot(np.ptp(east), np.ptp(north))
        marked[begin + a : begin + b] = length >= (_COVERS if told else _COVERS_UNTOLD) * wide
    return marked


def _between_stays(steps: Steps, modes: NDArray[np.str_], span: tuple[int, int]) -> Bools:
    """Mark what lies between the first and the last stay away from the ends: stop after stop is an inspection."""
    marked = np.zeros(len(steps), np.bool_)
    begin, end = span
    if end - begin < _LEAST_STEPS or not np.isfinite(steps.east_m[begin:end]).all():
        return marked
    slow = (steps.speed_mps[begin:end] < MOVING_MPS) & _automatic(modes[begin:end])
    stays = [(begin + a, begin + b) for a, b in runs_of(slow) if (b - a) * STEP_S >= _STAY_S]
    away = [x for x in stays if min(_apart(steps, x[0], at) for at in (begin, end - 1)) > _HOME_M]
    if len(away) > 1:
        marked[away[0][0] : away[-1][1]] = True
    return marked


def _automatic(modes: NDArray[np.str_]) -> Bools:
    """Mark all from the first automatic step to the last one, and what it waits then, before it returns."""
    returning = np.logical_or.accumulate(_are(RETURNING, modes))
    found = np.flatnonzero(_are(AUTOMATIC, modes) & ~returning)
    marked = np.zeros(len(modes), np.bool_)
    if found.size:
        marked[found[0] : found[-1] + 1] = True
        going_on = np.logical_and.accumulate(_are(WAITING, modes[found[-1] + 1 :]))
        marked[found[-1] + 1 :] = going_on
    return marked


def _are(what: re.Pattern[str], modes: NDArray[np.str_]) -> Bools:
    names, which = np.unique(modes, return_inverse=True)
    return np.array([what.search(str(name)) is not None for name in names], np.bool_)[which]


def _joined(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join runs over short breaks, as gusts make them."""
    joined: list[tuple[int, int]] = []
    for a, b in runs:
        if joined and (a - joined[-1][1]) * STEP_S <= _BREAK_S:
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    return joined


def legs_of(steps: Steps, span: tuple[int, int]) -> list[Leg]:
    """Cut a part of a flight into straight legs, leaving the turns and stays between them out."""
    begin, end = span
    if end - begin < _LEAST_STEPS or not np.isfinite(steps.east_m[begin:end]).all():
        return []
    east, north = steps.east_m[begin:end], steps.north_m[begin:end]
    ve, vn = np.gradient(east, STEP_S), np.gradient(north, STEP_S)
    course = np.unwrap(np.arctan2(ve, vn))
    turning = np.abs(smooth(np.degrees(np.gradient(course, STEP_S)), 1.5))
    straight = (np.hypot(ve, vn) > MOVING_MPS) & (turning < _TURNING_DEG_S) & steps.placed[begin:end]
    runs = [part for a, b in runs_of(straight) for part in _unbent(east, north, a, b)]
    legs = [_leg(steps, begin + a, begin + b) for a, b in runs]
    return [g for g in legs if g.length_m >= _LEAST_M and (g.end - g.first) * STEP_S >= _LEAST_S]


def _unbent(east: Floats, north: Floats, first: int, end: int) -> list[tuple[int, int]]:
    """Cut a leg where it bends, as Douglas and Peucker do: at the point furthest from the straight way."""
    along = complex(east[end - 1] - east[first], north[end - 1] - north[first])
    away = (east[first:end] - east[first]) + 1j * (north[first:end] - north[first])
    aside = np.abs((away * along.conjugate()).imag) / max(abs(along), 1.0)
    at = first + int(aside.argmax())
    if aside.max() <= max(_BEND_M, _BEND_SHARE * abs(along)) or not first < at < end - 1:
        return [(first, end)]
    return [*_unbent(east, north, first, at + 1), *_unbent(east, north, at, end)]


def _leg(steps: Steps, first: int, end: int) -> Leg:
    east, north = (float(x[end - 1] - x[first]) for x in (steps.east_m, steps.north_m))
    return Leg(first, end, math.degrees(math.atan2(east, north)), math.hypot(east, north))


def _without_ways(steps: Steps, legs: list[Leg], span: tuple[int, int]) -> list[Leg]:
    """Leave out the first leg where it comes from the take-off, and the last where it leads back there."""
    if legs and _apart(steps, legs[0].first, span[0]) < _HOME_M and not _is_line(legs[:_LEGS_IN_LINE]):
        legs = legs[1:]
    ends = (span[0], span[1] - 1)
    if legs and min(_apart(steps, legs[-1].end - 1, at) for at in ends) < _HOME_M:
        legs = legs[:-1]
    return legs


def _is_line(legs: list[Leg]) -> bool:
    """Whether the first of three legs is flown back and forth by the others: then it is a line, wherever it begins."""
    if len(legs) < _LEGS_IN_LINE or any(_turn(a, b) < 180.0 - _ALIKE_DEG for a, b in pairwise(legs)):
        return False
    lengths = sorted(leg.length_m for leg in legs)
    return lengths[0] >= _AS_LONG * lengths[-1]


def _turn(a: Leg, b: Leg) -> float:
    return abs((b.bearing_deg - a.bearing_deg + 180.0) % 360.0 - 180.0)


def _apart(steps: Steps, a: int, b: int) -> float:
    return math.hypot(steps.east_m[a] - steps.east_m[b], steps.north_m[a] - steps.north_m[b])


def _groups(legs: list[Leg]) -> list[list[Leg]]:
    groups: list[list[Leg]] = []
    for leg in legs:
        if groups and _off_axis(leg.bearing_deg, _axis(groups[-1])) <= leg.unsure_deg:
            groups[-1].append(leg)
        else:
            groups.append([leg])
    return groups


def _axis(legs: list[Leg]) -> float:
    """Give the direction that legs have in common, up to quarter turns: a mean of four times their angles."""
    total = sum(leg.length_m * np.exp(4j * math.radians(leg.bearing_deg)) for leg in legs)
    return math.degrees(float(np.angle(total))) / 4.0


def _off_axis(bearing_deg: float, axis_deg: float) -> float:
    return abs((bearing_deg - axis_deg + 45.0) % 90.0 - 45.0)


def _is_pattern(legs: list[Leg], needed: int) -> bool:
    in_line = all(_turn(a, b) < _SAME_WAY_DEG for a, b in pairwise(legs))
    return len(legs) >= (max(needed, _LEGS_IN_LINE) if in_line else needed)


def _needed(modes: NDArray[np.str_], legs: list[Leg]) -> int:
    """Give how many legs make a pattern: a person at the sticks flies some that agree by chance."""
    flown = modes[legs[0].first : legs[-1].end]
    if _are(UNTOLD, flown).all():
        return _LEGS_UNKNOWN
    return _LEGS_AUTOMATIC if _are(AUTOMATIC, flown).mean() > _MOSTLY else _LEGS_BY_HAND


def _from(legs: list[Leg], first: Leg, wing: bool) -> int:
    before = [leg.end for leg in legs if leg.end <= first.first]
    if not before:
        return first.first
    return before[-1] if wing else (before[-1] + first.first) // 2


def _until(legs: list[Leg], last: Leg, wing: bool) -> int:
    after = [leg.first for leg in legs if leg.first >= last.end]
    return last.end if wing or not after else (last.end + after[0]) // 2
