"""
Phases of a flight, told from its track.

Take-off and landing reach up to 10.7 m (35 ft), as in CAST/ICAO Common Taxonomy Team, Phase of Flight: Definitions and
Usage Notes, version 1.3 (2013), which also counts the runs on the ground to them. The other limits are choices, made so
that a phase is what a person would call it: a climb or a descent is steeper than 1 m/s (it lasts until slower than half
that) and changes the height by 8 m; a stay is slower than 1 m/s for 3 s; nothing else is shorter than 2 s.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from groundside.model.happening import Phase, PhaseSpan
from groundside.model.track import Track
from groundside.produce.flight.air import Air, Span, air_of
from groundside.produce.flight.phases_ground import on_ground, rolled_from, rolled_to
from groundside.produce.flight.phases_pattern import MOVING_MPS, pattern
from groundside.produce.flight.phases_steps import STEP_S, Steps, gaps, modes_at, smooth, steps_of
from groundside.produce.flight.pieces import runs_of
from groundside.produce.flight.signals import Bools, Signals, signals_of

LOW_M = 10.7
"""35 ft: see the source above."""
STEEP_MPS, LESS_STEEP_MPS, CHANGE_M = 1.0, 0.5, 8.0
STAY_S, SHORTEST_S = 3.0, 2.0
_SINKING_MPS, _STEP_UP_M = -0.2, 0.8
_SLOW_MPS = 6.0
_CIRCLE_DEG, _CIRCLING_DEG_S = 540.0, 3.0
_CODES = tuple(Phase)
Codes = NDArray[np.int8]


def phases_of(track: Track, kind: str = "") -> tuple[PhaseSpan, ...]:
    """
    Tell the phases of a flight.

    Args:
        track: of a recording or of one flight.
        kind: of aircraft, as in `Aircraft.kind`: on a wing alone it cannot hover.

    Returns:
        Spans in order of time that follow each other without a gap and together are the whole track; none where it has
        no rows. `Phase.UNKNOWN` where rows are far apart in the air, or nothing tells whether it flew.
    """
    if track.table.num_rows == 0:
        return ()
    s = signals_of(track)
    if s.rows == 1:
        return (PhaseSpan(Phase.UNKNOWN, int(s.time_us[0]), int(s.time_us[0]), 0, 1),)
    air = air_of(s, kind)
    steps, between = steps_of(s, air)
    labels = _labels(_Flight(steps, modes_at(track, steps.row), air, s), kind)[between]
    labels[gaps(s) & (_flying(air, s.rows)[:-1] | (not air.known))] = _code(Phase.UNKNOWN)
    return tuple(_spans(labels, s))


@dataclass(frozen=True, slots=True)
class _Flight:
    """A track in steps, the mode of each, and its times in the air in rows."""

    steps: Steps
    modes: NDArray[np.str_]
    air: Air
    signals: Signals

    def span(self, number: int) -> tuple[int, int]:
        """Give the steps of a time in the air, counted from 1, half open."""
        found = np.flatnonzero(self.steps.air == number)
        return (int(found[0]), int(found[-1]) + 1) if found.size else (0, 0)


def _code(phase: Phase) -> int:
    return _CODES.index(phase)


def _flying(air: Air, rows: int) -> Bools:
    flying = np.zeros(rows, np.bool_)
    for span in air.spans:
        flying[max(span.first - 1, 0) : span.end] = True
    return flying


def _labels(flight: _Flight, kind: str) -> Codes:
    steps = flight.steps
    if not steps.known:
        return np.full(len(steps), _code(Phase.UNKNOWN), np.int8)
    labels = np.where(on_ground(steps), _code(Phase.TAXI), _code(Phase.GROUND)).astype(np.int8)
    for number, span in enumerate(flight.air.spans, 1):
        begin, end = flight.span(number)
        if begin == end:
            continue
        labels[begin:end] = _in_air(flight, (begin, end), kind)
        first, last = _near_ground(steps, (begin, end), span)
        if span.takeoff:
            labels[rolled_from(steps, begin, kind) : first] = _code(Phase.TAKEOFF)
        if span.landing:
            labels[last : rolled_to(steps, end, kind)] = _code(Phase.LANDING)
    return labels


def _in_air(flight: _Flight, span: tuple[int, int], kind: str) -> Codes:
    """Label a time in the air, as yet without take-off and landing."""
    steps, (begin, end) = flight.steps, span
    labels = np.full(len(steps), _code(Phase.TRANSIT), np.int8)
    wing = kind in {"plane", "vtol"} or (kind == "" and _flies_on_a_wing(steps, span))
    labels[pattern(steps, span, flight.modes, wing)] = _code(Phase.SURVEY)
    if kind != "plane":
        labels[_stays(steps)] = _code(Phase.HOVER)
    if kind not in {"multirotor", "helicopter"}:
        labels[_circles(steps, span)] = _code(Phase.HOVER)
    for phase, up in ((Phase.CLIMB, steps.up_mps), (Phase.DESCENT, -steps.up_mps)):
        labels[_steep(up)] = _code(phase)
    return _settled(labels[begin:end])


def _flies_on_a_wing(steps: Steps, span: tuple[int, int]) -> bool:
    """Guess it where no file says so: amid the flight it is hardly ever slow, as rotors are at each corner."""
    begin, end = span
    fifth = (end - begin) // 5
    amid = steps.speed_mps[begin + fifth : end - fifth]
    return bool(amid.size) and float(np.percentile(amid, 20)) > _SLOW_MPS


def _stays(steps: Steps) -> Bools:
    return _at_least(steps.speed_mps < MOVING_MPS, STAY_S)


def _steep(up_mps: NDArray[np.float64]) -> Bools:
    """Mark climbs (or descents, upside down): with hysteresis, and only those that change the height enough."""
    marked = np.zeros(up_mps.size, np.bool_)
    for a, b in runs_of(up_mps > LESS_STEEP_MPS):
        steep = np.flatnonzero(up_mps[a:b] > STEEP_MPS)
        if steep.size and float(up_mps[a:b].sum()) * STEP_S >= CHANGE_M:
            marked[a + steep[0] : a + steep[-1] + 1] = True
    return marked


def _circles(steps: Steps, span: tuple[int, int]) -> Bools:
    """Mark turns one way that go around one and a half times: more than any turn between two lines."""
    marked = np.zeros(len(steps), np.bool_)
    begin, end = span
    if end - begin < 3 or not np.isfinite(steps.east_m[begin:end]).all():
        return marked
    ve, vn = (np.gradient(x[begin:end], STEP_S) for x in (steps.east_m, steps.north_m))
    turn = smooth(np.degrees(np.gradient(np.unwrap(np.arctan2(ve, vn)), STEP_S)))
    for way in (turn, -turn):
        for a, b in runs_of((way > _CIRCLING_DEG_S) & (np.hypot(ve, vn) > MOVING_MPS)):
            marked[begin + a : begin + b] |= float(way[a:b].sum()) * STEP_S >= _CIRCLE_DEG
    return marked


def _near_ground(steps: Steps, span: tuple[int, int], told: Span) -> tuple[int, int]:
    """Say at which step the take-off ends, and at which the landing begins."""
    begin, end = span
    height, up = steps.height_m[begin:end], steps.up_mps[begin:end]
    if not np.isfinite(height).all():
        return begin, end
    above, below = height - _ground_m(steps, begin - 1), height - _ground_m(steps, end)
    high = np.flatnonzero(above >= LOW_M)
    level = runs_of(_at_least(up < STEEP_MPS / 4.0, STAY_S) & (above > _STEP_UP_M))
    first = min(int(high[0]) if high.size else end - begin, level[0][0] if level else end - begin)
    high = np.flatnonzero(below >= LOW_M)
    level = runs_of(_at_least(up > _SINKING_MPS, STAY_S) & (below > _STEP_UP_M))
    last = max(int(high[-1]) + 1 if high.size else 0, level[-1][1] if level else 0, first if told.takeoff else 0)
    return begin + first, begin + last


def _ground_m(steps: Steps, at: int) -> float:
    """Give the height of the ground beside a time in the air; 0 where the track does not reach there."""
    on_it = 0 <= at < len(steps) and steps.air[at] == 0
    return float(steps.height_m[at]) if on_it else 0.0


def _at_least(flags: Bools, seconds: float) -> Bools:
    kept = np.zeros(flags.size, np.bool_)
    for a, b in runs_of(flags):
        kept[a:b] = (b - a) * STEP_S >= seconds
    return kept


def _settled(labels: Codes) -> Codes:
    """Give each stretch that is too short to the longer of its neighbours, the shortest first."""
    edges = np.concatenate([[0], np.flatnonzero(np.diff(labels)) + 1])
    runs = [[int(code), int(n)] for code, n in zip(labels[edges], np.diff([*edges, labels.size]), strict=True)]
    for short in range(1, int(SHORTEST_S / STEP_S)):
        runs = _without(runs, short)
    codes, lengths = np.array(runs).T
    return np.repeat(codes, lengths).astype(np.int8)


def _without(runs: list[list[int]], short: int) -> list[list[int]]:
    """Leave runs of code and length out that are no longer than so many steps; their neighbours grow."""
    kept: list[list[int]] = []
    for number, (code, length) in enumerate(runs):
        left = kept[-1][1] if kept else 0
        right = runs[number + 1][1] if number + 1 < len(runs) else 0
        if length <= short and right > left:
            runs[number + 1][1] += length
        elif kept and (length <= short or kept[-1][0] == code):
            kept[-1][1] += length
        else:
            kept.append([code, length])
    return kept


def _spans(labels: Codes, s: Signals) -> list[PhaseSpan]:
    edges = [0, *(np.flatnonzero(np.diff(labels)) + 1).tolist(), labels.size]
    times, last = s.time_us, s.rows
    return [
        PhaseSpan(_CODES[labels[a]], int(times[a]), int(times[b]), a, last if b == labels.size else b)
        for a, b in pairwise(edges)
    ]
