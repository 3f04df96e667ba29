"""
How one track lies on another: by how much its clock must be moved, and how far apart they then are.

The offset is searched on a grid of one second over all that is possible, then ever finer around the
best places. What is made least is the median distance between positions at the same time, which a few
bad positions do not move.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from groundside.model.flight import Cut
from groundside.model.place import LonLat
from groundside.model.track import Track
from groundside.native.fitting import Followed, apart
from groundside.native.outlines import JUDGED, thinned_rows
from groundside.produce.flight.signals import Floats, resolution_m
from groundside.reference.geodesy import local_metres

COVERED = 0.8
"""Share of the positions of the shorter track that must lie inside the time of the longer one."""
MOSTLY = 0.85
"""Share of the positions inside the time of the longer track by which it is said how far off it lies as a whole; what
one lost on the way, the other may have."""
_MOST_WHOLE = 400
"""At so many offsets at the most it is looked whether the track lies on the other as a whole."""
_ANY = (-math.inf, math.inf)
_COARSE_S, _FINEST_S = 1.0, 0.01
_MOST_OFFSETS = 20_000
_COARSE_POINTS = 64
_APART_S = 5.0
_REACH_S = np.concatenate((np.linspace(0.05, 5.0, 100), np.linspace(5.5, 60.0, 110)))
_FIRST_TRIED = 16
"""So many are tried first when it is asked how far an offset may be off, then twice as many, and so on."""
_SURE = 3.0
"""The coarse search sees few positions; only past so many times the limit is what it finds taken for the answer."""


@dataclass(frozen=True, slots=True)
class Path:
    """
    Positions over time, those that are known only.

    Args:
        t_s: seconds on the clock of the track.
        east_m: metres from an origin that the paths compared share.
        north_m: the same.
        height_m: above take-off, else altitude; NaN where unknown.
        above_takeoff: whether `height_m` is that.
        resolution_m: how coarsely positions are rounded; 0 where finer than a metre.
    """

    t_s: Floats
    east_m: Floats
    north_m: Floats
    height_m: Floats
    above_takeoff: bool
    resolution_m: float

    @property
    def reach_m(self) -> float:
        """The diagonal of the smallest rectangle around all positions."""
        return float(np.hypot(np.ptp(self.east_m), np.ptp(self.north_m))) if self.t_s.size else 0.0

    @property
    def length_s(self) -> float:
        """From the first known position to the last."""
        return float(self.t_s[-1] - self.t_s[0]) if self.t_s.size else 0.0


@dataclass(frozen=True, slots=True)
class Fit:
    """
    The best way to lay one path on another.

    Args:
        offset_s: to be added to the clock of the first to meet that of the second.
        width: works out `error_s`, which costs as much as all else and is mostly not asked.
        apart_m: median distance between them at that offset.
        far_m: such a share (`MOSTLY`) of the positions inside the time of the other is no further from it there;
            infinite where that was not worked out.
        next_m: the median distance at the best offset that is another one; infinite where there is none.
        height_apart_m: median difference of heights, both above take-off; None where that is not known
            of both.
        height_shape_m: median deviation from their median difference; None where heights are unknown.
    """

    offset_s: float
    width: Callable[[], float] = field(repr=False, compare=False)
    apart_m: float
    far_m: float
    next_m: float
    height_apart_m: float | None
    height_shape_m: float | None

    @property
    def error_s(self) -> float:
        """How far the offset may be off before the paths lie clearly worse, seconds."""
        return self.width()


def rows_of(cut: Cut, track: Track) -> tuple[int, int]:
    """Say which rows of a track are the flight's; the track may be the recording's or the flight's own."""
    count = track.table.num_rows
    length = cut.end_row - cut.first_row
    return (cut.first_row, cut.end_row) if length > 0 and cut.end_row <= count else (0, count)


def middle_of(cut: Cut, track: Track) -> LonLat | None:
    """Give a position of the flight, to measure from; None where none is known."""
    first, end = rows_of(cut, track)
    lon, lat = track.floats("lon")[first:end], track.floats("lat")[first:end]
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if not known.size:
        return None
    at = known[known.size // 2]
    return LonLat(float(lon[at]), float(lat[at]))


def path_of(cut: Cut, track: Track, origin: LonLat) -> Path:
    """Take the positions of a flight out of its track, in metres from an origin."""
    first, end = rows_of(cut, track)
    lon, lat = track.floats("lon")[first:end], track.floats("lat")[first:end]
    east, north = local_metres(lon, lat, origin)
    height = track.floats("height_m")[first:end]
    above_takeoff = bool(np.isfinite(height).any())
    if not above_takeoff:
        height = track.floats("altitude_m")[first:end]
    t_s = track.time_us[first:end] / 1e6
    known = np.isfinite(east) & np.isfinite(north) & (np.diff(t_s, prepend=-np.inf) > 0)
    rounding = resolution_m(lon, lat)
    return Path(t_s[known], east[known], north[known], height[known], above_takeoff, rounding)


def fit(
    clip: Path, flight: Path, between: tuple[float, float] = _ANY, most_m: float = math.inf, far_m: float = math.inf
) -> Fit | None:
    """
    Find the offset of the clock at which a path lies best on another.

    Args:
        clip: the shorter path.
        flight: the longer one.
        between: least and greatest offset to try.
        most_m: of paths further apart than this nothing else matters: what is then said of them is that alone.
        far_m: the same, where more than `1 - MOSTLY` of the clip lies further off.

    Returns:
        None where no offset lets enough of the clip lie inside the time of the flight.
    """
    if clip.t_s.size < 2 or flight.t_s.size < 2:
        return None
    slack = (1.0 - COVERED) * clip.length_s
    low = max(between[0], flight.t_s[0] - clip.t_s[0] - slack)
    high = min(between[1], flight.t_s[-1] - clip.t_s[-1] + slack)
    if not low <= high:
        return None
    step = max(_COARSE_S, (high - low) / _MOST_OFFSETS)
    offsets = np.linspace(low, high, max(math.ceil((high - low) / step), 1) + 1)
    there = Followed(_positions(flight))
    coarse = _apart(_positions(_thinned(clip, _COARSE_POINTS)), there, offsets)
    if not np.isfinite(coarse).any():
        return None
    if coarse.min() - _between_steps_m(flight, step) > _SURE * most_m:
        return _far_off(float(offsets[coarse.argmin()]), float(coarse.min()))
    few = _thinned(clip, JUDGED)
    fine = _positions(few)
    best, apart = _refined(fine, there, float(offsets[coarse.argmin()]), step, (low, high))
    if apart > most_m:
        return _far_off(best, apart)
    far = _far(fine, flight, best)
    if far > far_m:  # who hovers for half of the time lies near at many offsets; the rest says which it is
        lies = offsets[coarse <= most_m + _between_steps_m(flight, step)]
        whole, whole_far = _as_a_whole(fine, flight, lies, step, (low, high))
        whole_apart = float(_apart(fine, there, np.array([whole]))[0])
        if whole_far > far_m or whole_apart > most_m:
            return _far_off(best, apart, far)
        best, apart, far = whole, whole_apart, whole_far
    elsewhere = np.where(np.abs(offsets - best) > _APART_S, coarse, np.inf)
    another = _refined(fine, there, float(offsets[elsewhere.argmin()]), step, (low, high))[1]
    next_m = another if np.isfinite(elsewhere).any() else math.inf
    return Fit(best, partial(_width, fine, there, best, apart), apart, far, next_m, *_heights(few, flight, best))


def _far_off(offset: float, apart: float, far: float = math.inf) -> Fit:
    """Say only how far off paths lie that are too far off."""
    return Fit(offset, _unknown, apart, far, math.inf, None, None)


def _far(clip: Floats, flight: Path, offset: float) -> float:
    """Say within how far of a path most of a clip lies, of what is inside its time; infinite where nothing is."""
    t_s, east_m, north_m = clip
    t_s = t_s + offset
    inside = (t_s >= flight.t_s[0]) & (t_s <= flight.t_s[-1])
    east, north = (np.interp(t_s[inside], flight.t_s, axis) for axis in (flight.east_m, flight.north_m))
    off = np.hypot(east - east_m[inside], north - north_m[inside])
    last = math.ceil(MOSTLY * off.size - 1e-9) - 1
    return float(np.partition(off, last)[last]) if off.size else math.inf


def _as_a_whole(
    clip: Floats, flight: Path, offsets: Floats, step: float, between: tuple[float, float]
) -> tuple[float, float]:
    """Find the offset at which most of a clip lies least far off, at some or between them; and how far that is."""
    every = max(math.ceil(offsets.size / _MOST_WHOLE), 1)
    tried, step = offsets[::every], step * every
    best, far = 0.0, math.inf
    while tried.size and step > _FINEST_S:
        found = [_far(clip, flight, float(each)) for each in tried]
        if min(found) <= far:
            best, far = float(tried[np.argmin(found)]), min(found)
        step /= 4.0
        tried = np.clip(best + step * np.arange(-3.0, 4.0), *between)
    return best, far


def _unknown() -> float:
    return math.inf


def _between_steps_m(flight: Path, step: float) -> float:
    """Say how much nearer paths may lie at an offset between two that were tried: as far as one flies meanwhile."""
    speed = np.hypot(np.diff(flight.east_m), np.diff(flight.north_m)) / np.diff(flight.t_s)
    return float(speed.max()) * step / 2.0


def _thinned(path: Path, most: int) -> Path:
    rows = thinned_rows(path.t_s.size, most)
    return Path(
        path.t_s[rows],
        path.east_m[rows],
        path.north_m[rows],
        path.height_m[rows],
        path.above_takeoff,
        path.resolution_m,
    )


def _apart(clip: Floats, flight: Followed, offsets: Floats) -> Floats:
    """Give the median distance at each offset; infinite where too little of the clip is covered."""
    return apart(clip, flight, offsets, COVERED - 1e-9)


def _positions(path: Path) -> Floats:
    return np.vstack((path.t_s, path.east_m, path.north_m))


def _refined(
    clip: Floats, flight: Followed, offset: float, step: float, between: tuple[float, float]
) -> tuple[float, float]:
    """Search around an offset ever finer; give the best one and how far apart the paths are there."""
    best, apart = offset, math.inf
    while step > _FINEST_S:
        tried = np.clip(best + np.linspace(-step, step, 21), *between)
        found = _apart(clip, flight, tried)
        if found.min() <= apart:
            best, apart = float(tried[found.argmin()]), float(found.min())
        step /= 8.0
    return best, apart


def _width(clip: Floats, flight: Followed, best: float, apart: float) -> float:
    """Say how far the offset may be moved before the paths lie worse by half, and half a metre."""
    limit = 1.5 * apart + 0.5
    return max(_worse_from(clip, flight, best, sign, limit) for sign in (-1.0, 1.0))


def _worse_from(clip: Floats, flight: Followed, best: float, sign: float, limit: float) -> float:
    """Say how far off an offset they first lie worse than a limit; mostly that is near, so that few are tried."""
    done, some = 0, _FIRST_TRIED
    while done < _REACH_S.size:
        tried = _REACH_S[done : done + some]
        worse = np.flatnonzero(_apart(clip, flight, best + sign * tried) > limit)
        if worse.size:
            return float(tried[worse[0]])
        done, some = done + some, 2 * some
    return float(_REACH_S[-1])


def _heights(clip: Path, flight: Path, offset: float) -> tuple[float | None, float | None]:
    known = np.isfinite(flight.height_m)
    mine = np.isfinite(clip.height_m)
    if known.sum() < 2 or not mine.any():
        return None, None
    at = np.interp(clip.t_s[mine] + offset, flight.t_s[known], flight.height_m[known])
    difference = clip.height_m[mine] - at
    middle = float(np.median(difference))
    both = clip.above_takeoff and flight.above_takeoff
    return abs(middle) if both else None, float(np.median(np.abs(difference - middle)))
