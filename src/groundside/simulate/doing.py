"""
What an aircraft really did, second by second: the truth that phases of flight are compared with.

Told from the plan and from the way without any sensor's error. The plan says what is pattern, what is the way there and
back, what is a stay. The true way says when it left the ground, when it was 10.7 m (35 ft) above it, and when it rose
or sank by 8 m or more at more than 1 m/s; that counts before what the plan wanted meanwhile. A circle on a wing is a
stay once it goes around one and a half times, else part of the pattern.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from groundside.simulate.course import Course
from groundside.simulate.missions import Phase
from groundside.simulate.motion import STEP_S

Flags = NDArray[np.bool_]
DOING = ("ground", "takeoff", "climb", "transit", "survey", "hover", "descent", "landing")
LOW_M, CHANGE_M, STEEP_MPS, STILL_MPS, SLOW_MPS = 10.7, 8.0, 1.0, 0.5, 1.0

CIRCLE_DEG, CIRCLING_DEG_S = 540.0, 3.0


def doing(way: Course, in_air: Flags) -> NDArray[np.str_]:
    """Say of each sample what the aircraft did, as one of `DOING`."""
    up = np.gradient(way.height_m, STEP_S)
    over_ground = np.hypot(np.gradient(way.east_m, STEP_S), np.gradient(way.north_m, STEP_S))
    found = np.where(in_air, "transit", "ground").astype("<U8")
    pattern = in_air & np.isin(way.phase, [Phase.MISSION.value, Phase.HOVER.value]) & ~way.on_way
    found[pattern] = "survey"
    looks = (way.phase == Phase.HOVER.value) & (over_ground < SLOW_MPS)
    stays = looks | (~pattern & (over_ground < STILL_MPS) & (np.abs(up) < STILL_MPS))
    found[in_air & stays & (way.rotors > STILL_MPS)] = "hover"
    found[in_air & _circling(way)] = "hover"
    for word, steep in (("climb", up > STEEP_MPS), ("descent", up < -STEEP_MPS)):
        for begin, end in _runs(steep & in_air):
            if abs(way.height_m[end - 1] - way.height_m[begin]) >= CHANGE_M:
                found[begin:end] = word
    for begin, end in _runs(in_air):
        high = np.flatnonzero(way.height_m[begin:end] >= LOW_M)
        if high.size:
            found[begin : begin + high[0]] = "takeoff"
            low = slice(begin + high[-1] + 1, end)
            found[low][way.phase[low] == Phase.LANDING.value] = "landing"
    found[~in_air & (way.phase == Phase.TAKEOFF.value)] = "takeoff"
    found[~in_air & (way.phase == Phase.LANDING.value) & (over_ground > STILL_MPS)] = "landing"
    return found


def _circling(way: Course) -> Flags:
    """Tell where it turns one way on its wing, and goes around one and a half times."""
    ve, vn = np.gradient(way.east_m, STEP_S), np.gradient(way.north_m, STEP_S)
    turn = np.degrees(np.gradient(np.unwrap(np.arctan2(ve, vn)), STEP_S)) * (way.rotors < STILL_MPS)
    marked = np.zeros(len(way), np.bool_)
    for rate in (turn, -turn):
        for begin, end in _runs(rate > CIRCLING_DEG_S):
            marked[begin:end] |= float(rate[begin:end].sum()) * STEP_S >= CIRCLE_DEG
    return marked


def stretches(words: NDArray[np.str_]) -> list[tuple[str, int, int]]:
    """List what was done, with its first sample and the first one after it."""
    if not len(words):
        return []
    edges = [0, *(np.flatnonzero(words[1:] != words[:-1]) + 1).tolist(), len(words)]
    return [(str(words[a]), a, b) for a, b in pairwise(edges)]


def _runs(flags: Flags) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
