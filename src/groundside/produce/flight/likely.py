"""
Whether two cuts may tell of one flight, as far as little of each says: nothing that `compare` would find is ruled out.

Comparing two tracks takes a millisecond and both of them; what is asked here takes microseconds and their outlines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from groundside.model.recording import TimeBasis
from groundside.native.fitting import Near, Said, may_lie
from groundside.native.outlines import Outline, are_far, may_wrap
from groundside.produce.flight.clockless import EXACT_FAR_M, ROUTE_M, most_apart_m, most_far_m
from groundside.produce.flight.fit import COVERED, MOSTLY
from groundside.produce.flight.signals import METRES_PER_DEGREE
from groundside.produce.flight.timed import LENGTH_S, may_be_timed
from groundside.produce.flight.view import LEAST_POSITIONS, UNSTATED_ERROR_S, wall_s

_RULED_OUT, _OPEN = False, True
_BY_TRACK = None
_BAND_ERROR = 1.01
"""More than the map of a band makes any distance longer or shorter."""
_CM = 100.0


def _in_the_median(most_m: float) -> Near:
    return Near(most_m * _CM * _BAND_ERROR, 0.5)


def _mostly(far_m: float) -> Near:
    return Near(far_m * _CM * _BAND_ERROR, MOSTLY * COVERED, MOSTLY)


_EXACT = (_mostly(EXACT_FAR_M), _in_the_median(ROUTE_M))


@dataclass(slots=True, eq=False)
class Sketch:
    """
    A cut, as far as it takes to rule out that it tells of a flight.

    Args:
        time_basis: of its clock.
        start_s: UTC of its recording; None where unknown.
        length_s: of its recording; None where it is not said.
        error_s: how far `start_s` may be off; None where it is not said.
        local_start: its wall clock; empty where there is none.
        has_track: whether there is a track of it.
        outline: of that track; None where it is not known.
        track_is_utc: whether the clock of the track is UTC.
    """

    time_basis: TimeBasis
    start_s: float | None
    length_s: float | None
    error_s: float | None
    local_start: str
    has_track: bool
    outline: Outline | None
    track_is_utc: bool
    is_utc: bool = field(init=False)
    has_path: bool = field(init=False)
    """Whether it is known to have positions enough to be compared by."""

    def __post_init__(self) -> None:
        """Work out what is asked again and again."""
        self.is_utc = self.time_basis.is_utc
        on_its_clock = self.track_is_utc or not self.is_utc
        self.has_path = on_its_clock and self.outline is not None and self.outline.count >= LEAST_POSITIONS


@dataclass(frozen=True, slots=True)
class _Lasting:
    start_s: float | None
    length_s: float | None
    error_s: float

    @property
    def end_s(self) -> float | None:
        return None if self.start_s is None or self.length_s is None else self.start_s + self.length_s


def may_match(one: Sketch, others: Sequence[Sketch]) -> list[bool]:
    """
    Say of each of some cuts whether comparing it with `one` may find anything but two flights.

    Args:
        one: as the first of `compare`.
        others: as the second.
    """
    by_head = [_by_head(one, other) for other in others]
    asked = [n for n, said in enumerate(by_head) if said is _BY_TRACK]
    found = [said is not _RULED_OUT for said in by_head]
    for n, may in zip(asked, _may_lie(one, [others[n] for n in asked]), strict=True):
        found[n] = may
    return found


def _may_lie(one: Sketch, others: Sequence[Sketch], needed: tuple[Near, ...] | None = None) -> list[bool]:
    """Rule out what never lies on one, at any offset of the clock; None for `needed` is as `compare_clockless` does."""
    found, mine = [True] * len(others), one.outline
    band = None if mine is None else mine.band
    if mine is None or band is None:
        return found
    by_limits: dict[tuple[Near, ...], list[int]] = {}
    for n, each in enumerate(others):
        other = each.outline
        if other is None or other.band is None:
            continue
        if are_far(mine, other):
            found[n] = False
        elif not may_wrap(mine, other):
            by_limits.setdefault(_needed(one, each, mine, other) if needed is None else needed, []).append(n)
    for limits, asked in by_limits.items():
        for near in limits:
            left = [n for n in asked if found[n]]
            for n, may in zip(left, _laid_on(mine, [others[n].outline for n in left], band, near), strict=True):
                found[n] = may
    return found


def _needed(one: Sketch, other: Sketch, mine: Outline, theirs: Outline) -> tuple[Near, ...]:
    """Say how near one must lie to the other; where a wall clock may agree, only in the median."""
    flight, clip = (one, other) if one.is_utc else (other, one)
    checked = flight.is_utc and bool(clip.local_start)
    return _limits(max(mine.rounding_deg, theirs.rounding_deg), checked=checked)


@lru_cache(16)
def _limits(rounding_deg: float, *, checked: bool) -> tuple[Near, ...]:
    resolution_m = rounding_deg * METRES_PER_DEGREE
    median = _in_the_median(most_apart_m(resolution_m))
    return (median,) if checked else (_mostly(most_far_m(resolution_m)), median)


def _laid_on(one: Outline, others: Sequence[Outline | None], band: int, near: Near) -> list[bool]:
    found, asked = [True] * len(others), list(range(len(others)))
    for closer in (False, True):
        said = _said(one, [others[n] for n in asked], band, near, closer=closer)
        for n, each in zip(asked, said, strict=True):
            found[n] = each is not Said.NEVER
        asked = [n for n, each in zip(asked, said, strict=True) if each is Said.CLOSER]
    return found


def _said(one: Outline, others: Sequence[Outline | None], band: int, near: Near, *, closer: bool) -> list[Said]:
    found = [Said.MAY] * len(others)
    own = one.laid_out(band, closer=closer) if others else None
    if own is None:
        return found
    laid = [None if each is None else each.laid_out(band, closer=closer) for each in others]
    asked = [(n, each) for n, each in enumerate(laid) if each is not None]
    said = may_lie(own, [each for _, each in asked], near)
    for (n, _), each in zip(asked, said, strict=True):
        found[n] = each
    return found


def _by_head(one: Sketch, other: Sketch) -> bool | None:
    """Rule out by what two cuts say of themselves, or leave it open; None where their tracks decide."""
    if one.is_utc and other.is_utc:
        return _by_utc(one, other)
    if not one.has_track or not other.has_track:
        return _without_track(one, other)
    if not one.has_path or not other.has_path:
        return _OPEN
    if one.time_basis is other.time_basis is TimeBasis.LOCAL:
        return _by_wall_clocks(one, other)
    return _BY_TRACK


def _by_wall_clocks(one: Sketch, other: Sketch) -> bool | None:
    a, b = (_lasting(each, wall_s(each.local_start)) for each in (one, other))
    if a is None or b is None:
        return _OPEN
    return _BY_TRACK if a.start_s is None or b.start_s is None else may_be_timed(a, b)


def _by_utc(one: Sketch, other: Sketch) -> bool:
    a, b = _lasting(one, one.start_s), _lasting(other, other.start_s)
    if a is None or b is None or a.start_s is None or b.start_s is None or may_be_timed(a, b):
        return _OPEN
    if TimeBasis.UTC_DEVICE not in {one.time_basis, other.time_basis} or not one.has_track or not other.has_track:
        return _RULED_OUT
    if not one.has_path or not other.has_path:
        return _OPEN
    return _may_lie(one, [other], _EXACT)[0]


def _lasting(sketch: Sketch, start_s: float | None) -> _Lasting | None:
    """Say when it was recorded; None where only its track says for how long."""
    if sketch.length_s is None and sketch.has_track:
        return None
    return _Lasting(start_s, sketch.length_s, UNSTATED_ERROR_S if sketch.error_s is None else sketch.error_s)


def _without_track(one: Sketch, other: Sketch) -> bool:
    """Rule out by length, which must agree where there is no clock to compare."""
    flight, clip = (other, one) if other.is_utc else (one, other)
    if flight.is_utc and clip.local_start:
        return _OPEN
    if any(each.length_s is None and each.has_track for each in (one, other)):
        return _OPEN
    if one.length_s is None or other.length_s is None:
        return _RULED_OUT
    return abs(one.length_s - other.length_s) <= LENGTH_S
