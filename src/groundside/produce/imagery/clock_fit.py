"""How much a camera's clock differs from a flight's: found by laying the places of its photos on the flight's track."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.reference.local_plane import LocalPlane

Floats = NDArray[np.float64]

REACH_M = 25.0
"""A photo may have been taken where the track comes this near to what the photo says."""
LEAST_PHOTOS, LEAST_SHARE = 3, 0.5
"""So many photos, and this share of them, must lie on the track at one and the same offset."""
_BIN_S = 1.0
_RIVAL_SHARE = 0.9
"""Another offset that explains nearly as many photos leaves it open which is right."""
_MOST_LOOKED_AT = 200
_LONGEST_STEP_S = 5.0
_STEPS = 12
_WORST_ERROR_S = 5.0
_APART_S = 10.0


@dataclass(frozen=True, slots=True)
class Course:
    """
    Where an aircraft was, on a flat map.

    Args:
        time_s: ascending; n of them.
        at_m: east and north, (n, 2).
        plane: the map.
    """

    time_s: Floats
    at_m: Floats
    plane: LocalPlane

    @classmethod
    def of(cls, time_us: NDArray[np.int64], lon: Floats, lat: Floats) -> Course | None:
        """Make one of a track's columns; None where fewer than two rows have a position."""
        known = np.isfinite(lon) & np.isfinite(lat)
        if int(known.sum()) < 2:
            return None
        plane = LocalPlane.around(lon[known], lat[known])
        return cls(time_us[known] / 1e6, plane.to_metres(lon[known], lat[known]), plane)

    def at(self, time_s: Floats) -> Floats:
        """Give where it was, (n, 2); NaN outside of the track and in its gaps."""
        x, y = (np.interp(time_s, self.time_s, self.at_m[:, axis]) for axis in (0, 1))
        after = np.clip(np.searchsorted(self.time_s, time_s), 1, self.time_s.size - 1)
        gap = self.time_s[after] - self.time_s[after - 1] > _LONGEST_STEP_S
        outside = (time_s < self.time_s[0]) | (time_s > self.time_s[-1]) | gap
        return np.where(outside[:, None], np.nan, np.column_stack([x, y]))

    def velocity(self, time_s: Floats) -> Floats:
        """Give metres a second, east and north, over the second around each time; NaN where that is not known."""
        return self.at(time_s + 0.5) - self.at(time_s - 0.5)


@dataclass(frozen=True, slots=True)
class ClockFit:
    """
    The offset of a camera's clock.

    Args:
        offset_s: the camera's clock minus that of the track.
        error_s: one standard deviation.
        photos: how many lie on the track with it.
        of: out of how many that were laid on it.
        away_m: the middle one of their distances from the track.
    """

    offset_s: float
    error_s: float
    photos: int
    of: int
    away_m: float


def fit_clock(course: Course, clock_s: Floats, at_m: Floats, most_s: float) -> ClockFit | None:
    """
    Find at which offset photos lie on a track.

    Every photo votes for all offsets at which the aircraft was within `REACH_M` of where the photo says it was; the
    offset with the most votes is then made exact by least squares along the track.

    Args:
        course: of the flight.
        clock_s: what the camera's clock said, seconds since 1970; n of them.
        at_m: where the photos say they were taken, east and north on the map of the course, (n, 2).
        most_s: larger offsets are not looked for.

    Returns:
        None where the evidence is not enough: too few photos, an aircraft that stood still, several offsets that
        explain the photos as well.
    """
    if clock_s.size < LEAST_PHOTOS:
        return None
    chosen = np.unique(np.linspace(0, clock_s.size - 1, min(clock_s.size, _MOST_LOOKED_AT)).astype(int))
    start = _voted(course, clock_s[chosen], at_m[chosen], most_s)
    return None if start is None else _refined(course, clock_s, at_m, start)


def _voted(course: Course, clock_s: Floats, at_m: Floats, most_s: float) -> float | None:
    times = np.arange(course.time_s[0], course.time_s[-1] + _BIN_S / 2, _BIN_S / 2)
    where = course.at(times)
    times, where = times[np.isfinite(where[:, 0])], where[np.isfinite(where[:, 0])]
    votes: dict[int, int] = {}
    for clock, place in zip(clock_s.tolist(), at_m, strict=True):
        near = np.hypot(*(where - place).T) <= REACH_M
        offsets = clock - times[near]
        bins = np.unique(np.floor(offsets[np.abs(offsets) <= most_s] / _BIN_S).astype(np.int64))
        for each in bins.tolist():
            votes[each] = votes.get(each, 0) + 1
    if not votes:
        return None
    numbers = np.array(sorted(votes), np.int64)
    counts = np.array([votes[int(each)] for each in numbers])
    most = int(counts.max())
    if most < max(LEAST_PHOTOS, math.ceil(LEAST_SHARE * clock_s.size)):
        return None
    best = numbers[counts >= _RIVAL_SHARE * most]
    return _sharpest(course, clock_s, at_m, np.asarray((best + 0.5) * _BIN_S, np.float64))


def _sharpest(course: Course, clock_s: Floats, at_m: Floats, offsets: Floats) -> float | None:
    """Choose of several offsets the one at which photos lie nearest; None where one far from it is nearly as good."""
    away = np.array([_spread(course, clock_s, at_m, each) for each in offsets.tolist()])
    first = int(np.argmin(away))
    rivals = np.abs(offsets - offsets[first]) > _APART_S
    if np.any(away[rivals] < 1.5 * away[first] + 1.0):
        return None
    return float(offsets[first])


def _spread(course: Course, clock_s: Floats, at_m: Floats, offset_s: float) -> float:
    off = np.hypot(*(at_m - course.at(clock_s - offset_s)).T)
    return float(np.median(np.where(np.isfinite(off), off, 10.0 * REACH_M)))


def _refined(course: Course, clock_s: Floats, at_m: Floats, offset_s: float) -> ClockFit | None:
    for _ in range(_STEPS):
        off, speed, kept = _residuals(course, clock_s, at_m, offset_s)
        power = float(np.sum(speed[kept] ** 2))
        if int(kept.sum()) < LEAST_PHOTOS or power <= 0.0:
            return None
        step = -float(np.sum(off[kept] * speed[kept])) / power
        offset_s += max(-2.0, min(2.0, step))
        if abs(step) < 1e-4:
            break
    off, speed, kept = _residuals(course, clock_s, at_m, offset_s)
    count, power = int(kept.sum()), float(np.sum(speed[kept] ** 2))
    if count < max(LEAST_PHOTOS, LEAST_SHARE * clock_s.size) or power <= 0.0:
        return None
    scatter = float(np.sum(off[kept] ** 2)) / (2 * count - 1)
    step_s = float(np.median(np.diff(course.time_s))) / math.sqrt(12.0)
    written_s = _resolution_s(clock_s) / math.sqrt(12.0)
    error = math.hypot(math.sqrt(scatter / power), step_s / math.sqrt(count), written_s)
    if error > _WORST_ERROR_S:
        return None
    away = float(np.median(np.hypot(off[kept, 0], off[kept, 1])))
    return ClockFit(offset_s, error, count, int(clock_s.size), away)


def _resolution_s(clock_s: Floats) -> float:
    """
    Say how finely a clock is written: most cameras cut off what is less than a second.

    What is cut off is the same each time where photos are taken every so many whole seconds: it does not average out.
    """
    return 1.0 if np.allclose(clock_s, np.round(clock_s), atol=1e-6) else 0.0


def _residuals(
    course: Course, clock_s: Floats, at_m: Floats, offset_s: float
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Give how far each photo is off the track, the velocity there, and which photos count."""
    off = at_m - course.at(clock_s - offset_s)
    speed = course.velocity(clock_s - offset_s)
    away = np.hypot(off[:, 0], off[:, 1])
    kept = np.isfinite(away) & np.isfinite(speed[:, 0]) & (away <= 2.0 * REACH_M)
    return off, speed, kept
