"""Comparison of two tellings whose clocks are one: both UTC, or both the same wall clock."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from groundside.produce.flight.fit import Fit, Path, fit
from groundside.produce.flight.telling import Match, Verdict, different, offer, same
from groundside.produce.flight.view import LEAST_POSITIONS, View, apart_m, within_reach

SAME_M = 6.0
"""
One aircraft told twice is this near itself at one time, by two receivers too; coarser rounding is
added.
"""
OFFER_M = 30.0
HEIGHT_M = 10.0
MOVED_M = 20.0
"""An aircraft that stayed within this fits any other that did, so that its path tells nothing."""
START_S = 2.0
LENGTH_S = 1.0
HOME_M = 20.0
OVERLAP = 0.5
"""Share of the shorter recording that both must cover."""
_MOST_START_S = 5.0
_CLOCK_S = 1.0
_QUARTER_HOUR_S = 900.0
_ZONES_S = 26 * 3600.0


def compare_timed(a: View, b: View) -> Match:
    """Compare two tellings at the same time; `clock_offset_s` is to be added to the clock of `b`."""
    if a.start_s is None or b.start_s is None:
        return different("the start of one is unknown")
    tolerance_s = a.error_s + b.error_s + _CLOCK_S
    if _shared(a, b, tolerance_s) < OVERLAP:
        return _another_zone(a, b, tolerance_s)
    by_tracks = _by_tracks(a, b, tolerance_s)
    return by_tracks if by_tracks is not None else _by_headers(a, b)


class Lasting(Protocol):
    """When something was recorded, on a clock that two share; see `View`."""

    @property
    def start_s(self) -> float | None:
        """When it begins."""
        ...

    @property
    def length_s(self) -> float | None:
        """How long it is."""
        ...

    @property
    def end_s(self) -> float | None:
        """When it ends."""
        ...

    @property
    def error_s(self) -> float:
        """How far `start_s` may be off."""
        ...


def may_be_timed(a: Lasting, b: Lasting) -> bool:
    """Whether, going by start and length alone, `compare_timed` may find anything but two flights."""
    if a.start_s is None or b.start_s is None:
        return False
    tolerance_s = a.error_s + b.error_s + _CLOCK_S
    if _shared(a, b, tolerance_s) >= OVERLAP:
        return True
    return _quarters_s(a.start_s - b.start_s, tolerance_s) is not None and _as_long(a, b)


def _shared(a: Lasting, b: Lasting, tolerance_s: float) -> float:
    """Say how much of the shorter recording lies within the longer, as far as the clocks can tell."""
    if a.start_s is None or b.start_s is None:
        return 0.0
    if a.end_s is None or b.end_s is None:
        return float(abs(a.start_s - b.start_s) <= tolerance_s + START_S)
    overlap = min(a.end_s, b.end_s) - max(a.start_s, b.start_s)
    shorter = min(a.end_s - a.start_s, b.end_s - b.start_s)
    return (overlap + tolerance_s) / max(shorter, tolerance_s)


def _by_tracks(a: View, b: View, tolerance_s: float) -> Match | None:
    """Compare where both were at one time; None where their tracks do not overlap enough."""
    found = _fit_within(a.path, b.path, tolerance_s)
    if found is None:
        return None
    how, path = found
    limit = SAME_M + 0.75 * path.resolution_m
    level = how.height_apart_m is None or how.height_apart_m <= HEIGHT_M
    why = f"the tracks are {how.apart_m:.1f} m apart in the median at the same time"
    if how.apart_m > max(OFFER_M, limit):
        return different(why)
    if how.apart_m > limit:
        return offer(why)
    if not level:
        return offer(f"{why}, but {how.height_apart_m:.0f} m apart in height")
    if path.reach_m >= MOVED_M or _alike(a, b):
        return same(why)
    return offer(f"{why}, but the aircraft stayed within {path.reach_m:.0f} m, where any other would fit")


def _fit_within(a: Path | None, b: Path | None, tolerance_s: float) -> tuple[Fit, Path] | None:
    """Lay the shorter of two paths on the longer, moving clocks no further than they may be off."""
    if a is None or b is None:
        return None
    clip, flight = (a, b) if a.length_s <= b.length_s else (b, a)
    low, high = flight.t_s[0] - tolerance_s, flight.t_s[-1] + tolerance_s
    within = (clip.t_s >= low) & (clip.t_s <= high)
    if within.sum() < LEAST_POSITIONS:
        return None
    columns = {n: getattr(clip, n)[within] for n in ("t_s", "east_m", "north_m", "height_m")}
    clip = replace(clip, resolution_m=max(clip.resolution_m, flight.resolution_m), **columns)
    most_m = max(OFFER_M, SAME_M + 0.75 * clip.resolution_m)
    how = fit(clip, flight, (-tolerance_s, tolerance_s), most_m)
    return None if how is None else (how, clip)


def _alike(a: View, b: View) -> bool:
    """Whether two recordings begin and end together."""
    if a.start_s is None or b.start_s is None:
        return False
    start_s = max(START_S, min(a.error_s + b.error_s, _MOST_START_S))
    return abs(a.start_s - b.start_s) <= start_s and _as_long(a, b)


def _as_long(a: Lasting, b: Lasting) -> bool:
    return a.length_s is not None and b.length_s is not None and abs(a.length_s - b.length_s) <= LENGTH_S


def _by_headers(a: View, b: View) -> Match:
    """Compare where one has no track to compare: by start, length, home, rows and distance."""
    why = _evidence(a, b)
    if not _alike(a, b):
        return offer(f"one lies within the other in time and place: {why}") if within_reach(a, b) else different(why)
    home = apart_m(a, b)
    if home is not None and not home <= HOME_M:
        return different(why)
    if _distances_differ(a, b):
        return offer(f"{why}; but the distances differ")
    return same(why) if home is not None or _same_rows(a, b) else offer(f"{why}; no home to compare")


def _evidence(a: View, b: View) -> str:
    said = [f"starts {abs((a.start_s or 0.0) - (b.start_s or 0.0)):.1f} s apart"]
    if a.length_s is not None and b.length_s is not None:
        said.append(f"lengths {abs(a.length_s - b.length_s):.1f} s apart")
    home = apart_m(a, b)
    if home is not None:
        said.append(f"homes {home:.1f} m apart")
    if _same_rows(a, b):
        said.append(f"{a.cut.track_rows} positions in each")
    return ", ".join(said)


def _same_rows(a: View, b: View) -> bool:
    return a.cut.track_rows == b.cut.track_rows > 0


def _distances_differ(a: View, b: View) -> bool:
    first, second = a.cut.distance_m, b.cut.distance_m
    if first is None or second is None or a.cut.distance_basis != b.cut.distance_basis:
        return False
    return abs(first - second) > max(20.0, 0.05 * max(first, second))


def _another_zone(a: View, b: View, tolerance_s: float) -> Match:
    """Offer two tellings alike in all but their clocks, which are some quarters of an hour apart."""
    if a.start_s is None or b.start_s is None:
        return different("the start of one is unknown")
    offset_s = a.start_s - b.start_s
    apart = different(f"starts {abs(offset_s):.0f} s apart")
    quarters_s = _quarters_s(offset_s, tolerance_s)
    if quarters_s is None:
        return apart
    moved = None if b.path is None else replace(b.path, t_s=b.path.t_s + offset_s)
    shifted = replace(b, start_s=a.start_s, path=moved)
    if not _alike(a, shifted):
        return apart
    match = _by_tracks(a, shifted, tolerance_s) or _by_headers(a, shifted)
    if match.verdict is not Verdict.SAME:
        return apart
    hours = f"the clocks are {abs(quarters_s) / 3600.0:g} h apart, as by a wrong time zone; else {match.why}"
    return Match(Verdict.OFFER, hours, offset_s, tolerance_s)


def _quarters_s(offset_s: float, tolerance_s: float) -> float | None:
    """Give the quarters of an hour by which clocks are apart; None where that is none, too many, or no whole number."""
    quarters_s = round(offset_s / _QUARTER_HOUR_S) * _QUARTER_HOUR_S
    if quarters_s == 0 or abs(offset_s) > _ZONES_S or abs(offset_s - quarters_s) > tolerance_s + START_S:
        return None
    return quarters_s
