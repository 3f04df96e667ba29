"""
When an aircraft was in the air, from whatever a track tells of it.

In order of preference: the recorder's own `in_air`; heights and speeds between arming and disarming; heights
and speeds alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from groundside.produce.flight.ends import late_s
from groundside.produce.flight.motion import runs_in_motion
from groundside.produce.flight.pieces import runs_of
from groundside.produce.flight.signals import Signals, held

TOUCH_DOWN_S = 10.0
"""
A shorter time on the ground does not end a flight, unless the motors were stopped.

ArduCopter disarms by itself after 10 s on the ground (DISARM_DELAY, by default AUTO_DISARMING_DELAY of its
config.h), so a shorter touch-down is a bounce or a touch-and-go.
"""
SHORTEST_S = 3.0
"""In the air for less, with ground on both sides, is no flight."""
_STOPPED_ROWS = 5
_STANDING_M = 1.0
_STANDING_MPS = 1.0
_STANDING_S = 10.0
_BENCH_M = 0.5
_BENCH_REACH_M = 5.0


@dataclass(frozen=True, slots=True)
class Span:
    """
    One time in the air: rows `first` to `end`, half open.

    Args:
        first: first row in the air.
        end: first row on the ground again; the number of rows where there is none.
        takeoff: whether the take-off was seen.
        landing: whether the landing was seen.
        notes: what was inferred of this one.
    """

    first: int
    end: int
    takeoff: bool
    landing: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Air:
    """All times in the air; `known` is False where the track cannot tell. Notes concern the whole track."""

    known: bool
    spans: tuple[Span, ...] = ()
    notes: tuple[str, ...] = ()


def air_of(s: Signals, kind: str = "") -> Air:
    """
    Find all times in the air.

    Args:
        s: the signals of a track.
        kind: of aircraft, as in `Aircraft.kind`; a rover does not fly.
    """
    if s.rows == 0:
        return Air(known=False)
    if kind in {"rover", "boat"}:
        return Air(known=True, notes=(f"a {kind} does not fly",))
    if (s.in_air == 1).any() or (s.in_air == 0).all():
        return _from_recorder(s)
    if np.isfinite(s.height_m).any() or (s.speed_from and (s.armed == 1).any()):
        return _from_motion(s)
    return Air(known=False, notes=("nothing in the file tells whether the aircraft was in the air",))


def duration_s(span: Span, s: Signals) -> float:
    """Say how long a time in the air was recorded, in seconds."""
    late = late_s(s, span.end) if span.landing else 0.0
    return float(s.t_s[min(span.end, s.rows - 1)] - s.t_s[span.first]) + late


def _from_recorder(s: Signals) -> Air:
    spans = _joined(runs_of(held(s.in_air) == 1), s)
    flown = [span for span in spans if not _never_left(span, s)]
    notes: tuple[str, ...] = ()
    if len(flown) < len(spans):
        notes = ("the recorder says in the air, but height and position stood still: held to be on the ground",)
    return Air(known=True, spans=tuple(_with_ends(span, s) for span in flown), notes=notes)


def _never_left(span: Span, s: Signals) -> bool:
    """Whether height and position are known for a time "in the air", and both stood still."""
    height = s.height_m[span.first : span.end]
    east, north = s.east_m[span.first : span.end], s.north_m[span.first : span.end]
    known, placed = np.isfinite(height), np.isfinite(east)
    if not s.above_takeoff or not known.any() or not placed.any():
        return False
    reach = float(np.hypot(np.ptp(east[placed]), np.ptp(north[placed])))
    return float(np.ptp(height[known])) < _BENCH_M and reach < _BENCH_REACH_M


def _from_motion(s: Signals) -> Air:
    runs, doubtful = runs_in_motion(s)
    spans = tuple(_with_ends(span, s) for span in _joined(runs, s))
    what = [("height above take-off" if s.above_takeoff else "altitude")] if np.isfinite(s.height_m).any() else []
    what += [f"speed (from {s.speed_from})"] if s.speed_from else []
    what += ["arming"] if (s.armed >= 0).any() else []
    if not spans and (doubtful or not _tells_standing(s)):
        return Air(known=False, notes=(f"{' and '.join(what)} do not tell whether the aircraft was in the air",))
    return Air(known=True, spans=spans, notes=(f"take-off and landing were inferred from {' and '.join(what)}",))


def _tells_standing(s: Signals) -> bool:
    """Whether no flight found means that there was none: a hover differs from standing by its height only."""
    if (s.armed >= 0).any():
        return True
    if float(s.t_s[-1]) < _STANDING_S:
        return False
    return s.above_takeoff and float(np.nanpercentile(np.abs(s.height_m), 99)) <= _STANDING_M


def _stopped(s: Signals, landed: int, lifted: int) -> bool:
    """Whether the motors stood in a time on the ground, however short: some clocks stand still meanwhile."""
    return int((s.armed[landed:lifted] == 0).sum()) >= _STOPPED_ROWS


def _joined(runs: list[tuple[int, int]], s: Signals) -> list[Span]:
    """Make times in the air of runs: join over brief touch-downs, then drop what is too brief."""
    spans: list[Span] = []
    for first, end in runs:
        span = Span(first, end, takeoff=first > 0, landing=end < s.rows)
        down_s = float(s.t_s[first] - s.t_s[spans[-1].end]) if spans else TOUCH_DOWN_S
        if down_s >= TOUCH_DOWN_S or _stopped(s, spans[-1].end, first):
            spans.append(span)
            continue
        note = f"a touch-down of {down_s:.1f} s was counted as part of the flight"
        spans[-1] = replace(spans[-1], end=end, landing=span.landing, notes=(*spans[-1].notes, note))
    return [x for x in spans if not (x.takeoff and x.landing and duration_s(x, s) < SHORTEST_S)]


def _with_ends(span: Span, s: Signals) -> Span:
    """See a take-off in the first row, or a landing in the last, where the aircraft stands there, low."""
    if not span.takeoff and _stands(s, 0):
        note = "the recording begins at take-off: its first row is taken as the take-off"
        span = replace(span, takeoff=True, notes=(*span.notes, note))
    if not span.landing and _stands(s, s.rows - 1):
        note = "the recording ends as the aircraft lands: its last row is taken as the landing"
        span = replace(span, landing=True, notes=(*span.notes, note))
    return span


def _stands(s: Signals, row: int) -> bool:
    low = s.above_takeoff and abs(s.height_m[row]) <= _STANDING_M
    moves = abs(s.climb_mps[row]) > _STANDING_MPS or s.speed_mps[row] > _STANDING_MPS
    return bool(low and not moves)
