"""Comparison of two tellings of which one or both have no UTC: by how the one's track lies on the other's."""

from __future__ import annotations

import math
from dataclasses import replace
from enum import Enum

from groundside.produce.flight.fit import MOSTLY, Fit, Path, fit
from groundside.produce.flight.telling import Match, Verdict, different, offer
from groundside.produce.flight.timed import HEIGHT_M, HOME_M, LENGTH_S, MOVED_M
from groundside.produce.flight.view import View, apart_m, wall_s, within_reach
from groundside.reference.places import time_zone_of, utc_of_local

CLIP_M = 5.0
"""How far a clip may lie off the flight it is of, in the median; three quarters of its rounding are added."""
MOST_M = 15.0
ROUTE_M = 1.5
"""
Without a wall clock: a route flown again lies further off than this, the same samples written twice do
not.
"""
FAR_M = 15.0
"""
How far most of a clip (`MOSTLY`) may lie off the flight it is of; three quarters of its rounding are added. Aircraft
that take off from one place lie near each other for half of the time, and go where they go for the other half.
"""
EXACT_FAR_M = 5.0
"""The same of the same samples written twice."""
HEIGHT_SHAPE_M = 3.0
WALL_S = 120.0
"""How far a camera's clock may be off."""
_QUARTER_HOUR_S = 900.0
_ZONES_S = 14 * 3600.0


DEVICE_S = 120.0
"""A device's own clock that states UTC may be off by as much and still be compared; more is offered, if anything."""


class Wall(Enum):
    """How a wall clock agrees with the time that a track fits at."""

    NONE = "there is no wall clock to check it by"
    AGREES = "the wall clock agrees"
    ANOTHER_ZONE = "the wall clock would be of another time zone"
    DISAGREES = "the wall clock disagrees: the same route flown again, or a clock not set"


def compare_clockless(flight: View, clip: View) -> Match:
    """
    Compare where the clock of `clip` is not UTC; `clock_offset_s` is to be added to the clock of its track.

    Args:
        flight: the one with UTC, or either where neither has it.
        clip: the one without.
    """
    if flight.path is None or clip.path is None:
        return _by_wall(flight, clip)
    resolution = max(clip.path.resolution_m, flight.path.resolution_m)
    most_m, far_m = most_apart_m(resolution), most_far_m(resolution)
    how = _laid(clip.path, flight.path, math.inf, most_m, far_m)
    if how is None:
        return different("one does not lie within the time of the other at any offset of the clocks")
    why = f"the track fits at one offset of the clock with {how.apart_m:.1f} m in the median"
    if how.apart_m > most_m:
        return different(f"at no offset of the clock are the tracks nearer than {how.apart_m:.0f} m")
    wall = _wall(flight, clip, how)
    if how.far_m > far_m:
        why = f"{why}, but {1.0 - MOSTLY:.0%} of it lie {how.far_m:.0f} m off and more, and {wall.value}"
        return Match(Verdict.OFFER, why, how.offset_s) if wall is Wall.AGREES else different(why)
    doubt = _doubt(how, min(clip.path.reach_m, flight.path.reach_m), resolution)
    match = _judged(Match(Verdict.SAME, why, how.offset_s), wall, doubt, exact=_exact(how, resolution))
    return replace(match, clock_error_s=how.error_s) if match.verdict is Verdict.SAME else match


def most_apart_m(resolution_m: float) -> float:
    """Say how far one may lie off the other, in the median, where the coarser is rounded to so much."""
    return min(CLIP_M + 0.75 * resolution_m, MOST_M)


def most_far_m(resolution_m: float) -> float:
    """Say how far most of one may lie off the other, where the coarser is rounded to so much."""
    return FAR_M + 0.75 * resolution_m


def compare_device_clocks(flight: View, clip: View) -> Match | None:
    """
    Compare where both clocks state UTC and that of `clip` is a device's own, which may be off by more than it says.

    Args:
        flight: the one whose clock is held to be right.
        clip: the other; `clock_offset_s` is to be added to its clock.

    Returns:
        SAME where the tracks lie on each other, as only the same samples do, at one offset of the clocks within
        `DEVICE_S`; None where they do not, which says nothing.
    """
    if flight.path is None or clip.path is None:
        return None
    resolution = max(clip.path.resolution_m, flight.path.resolution_m)
    if resolution != 0.0:  # never exact then
        return None
    how = _laid(clip.path, flight.path, DEVICE_S, ROUTE_M, EXACT_FAR_M)
    if how is None:
        return None
    if not _exact(how, resolution) or _doubt(how, min(clip.path.reach_m, flight.path.reach_m), resolution):
        return None
    why = (
        f"the tracks lie {how.apart_m:.1f} m apart in the median once a device's clock is moved by {how.offset_s:.1f} s"
    )
    return Match(Verdict.SAME, why, how.offset_s, how.error_s)


def _laid(clip: Path, flight: Path, most_s: float, most_m: float, far_m: float) -> Fit | None:
    """Lay the shorter path on the longer; the offset is to be added to the clock of `clip` either way."""
    if clip.length_s <= flight.length_s:
        return fit(clip, flight, (-most_s, most_s), most_m, far_m)
    how = fit(flight, clip, (-most_s, most_s), most_m, far_m)
    return None if how is None else replace(how, offset_s=-how.offset_s)


def _exact(how: Fit, resolution_m: float) -> bool:
    return how.apart_m <= ROUTE_M and how.far_m <= EXACT_FAR_M and resolution_m == 0.0


def _doubt(how: Fit, reach_m: float, resolution_m: float) -> str:
    """Say why a fit that is near enough may yet be a chance one; empty where it is not."""
    if reach_m < max(MOVED_M, 5.0 * resolution_m):
        return f"the aircraft stayed within {reach_m:.0f} m, where any other would fit"
    if how.next_m < max(3.0 * how.apart_m, how.apart_m + MOVED_M / 2.0):
        return f"another offset fits nearly as well, with {how.next_m:.1f} m"
    if how.height_apart_m is not None and how.height_apart_m > HEIGHT_M:
        return f"the heights are {how.height_apart_m:.0f} m apart"
    if how.height_shape_m is not None and how.height_shape_m > HEIGHT_SHAPE_M:
        return "the heights rise and fall at other times"
    return ""


def _judged(match: Match, wall: Wall, doubt: str, *, exact: bool) -> Match:
    why = f"{match.why}, and {wall.value}"
    if doubt:
        if wall is Wall.DISAGREES:
            return different(f"{why}; {doubt}")
        return replace(match, verdict=Verdict.OFFER, why=f"{why}; but {doubt}")
    certain = wall is Wall.AGREES or (wall is Wall.NONE and exact)
    return replace(match, verdict=Verdict.SAME if certain else Verdict.OFFER, why=why)


def _wall(flight: View, clip: View, how: Fit) -> Wall:
    naive = wall_s(clip.cut.local_start)
    if naive is None or clip.start_s is None or not flight.cut.time_basis.is_utc:
        return Wall.NONE
    fitted_s = clip.start_s + how.offset_s
    if any(abs(found - fitted_s) <= WALL_S for found in _candidates_s(clip, flight)):
        return Wall.AGREES
    ahead_s = naive - fitted_s
    whole = round(ahead_s / _QUARTER_HOUR_S) * _QUARTER_HOUR_S
    another = abs(ahead_s) <= _ZONES_S and abs(ahead_s - whole) <= WALL_S
    return Wall.ANOTHER_ZONE if another else Wall.DISAGREES


def _candidates_s(clip: View, flight: View) -> list[float]:
    """List the UTC times that the clip's wall clock may mean where it was."""
    where = clip.where or flight.where
    if where is None:
        return []
    return [us / 1e6 for us in utc_of_local(clip.cut.local_start, time_zone_of(where))]


def _by_wall(flight: View, clip: View) -> Match:
    """
    Compare where one has no track: by wall clock and place, else by length and home.

    That is never enough to merge.
    """
    if wall_s(clip.cut.local_start) is not None and flight.cut.time_basis.is_utc:
        inside = any(_inside(flight, clip, start_s) for start_s in _candidates_s(clip, flight))
        if inside and within_reach(flight, clip):
            return offer("the wall clock lies within the other recording, and the place is near; no track to fit")
        return different("by wall clock and place one does not lie within the other")
    home = apart_m(flight, clip)
    if flight.length_s is None or clip.length_s is None or home is None:
        return different("neither time nor track to compare")
    if abs(flight.length_s - clip.length_s) <= LENGTH_S and home <= HOME_M:
        return offer("length and home agree; no clock to compare and no track to fit")
    return different("length or home differ")


def _inside(flight: View, clip: View, start_s: float) -> bool:
    if flight.start_s is None or flight.end_s is None:
        return False
    end_s = start_s + (clip.length_s or 0.0)
    return flight.start_s - WALL_S <= start_s and end_s <= flight.end_s + WALL_S
