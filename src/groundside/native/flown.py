"""What is asked of the columns of every track: positions that count, jumps, rates, and medians of stretches of time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from groundside import native
from groundside.native import _flown
from groundside.native.flown_plain import (
    LAND_PIECES,
    Bools,
    Floats,
    Lifting,
    Places,
    Rate,
    aloft_plainly,
    anchors_plainly,
    jumps_plainly,
    later_plainly,
    means_plainly,
    medians_plainly,
    off_plainly,
    rate_plainly,
    runs_of_time_plainly,
)
from groundside.reference.paths import MAX_GAP_S, NOWHERE, Path, path_of

__all__ = [
    "LAND_PIECES",
    "Lifting",
    "Rate",
    "aloft",
    "anchors",
    "jumps",
    "later",
    "means",
    "medians",
    "off",
    "path",
    "rate",
    "runs_of_time",
]


def aloft(pieces: tuple[Floats, Bools, Bools, Bools], by: Lifting, flying: bool, level: float) -> tuple[Bools, Floats]:
    """
    Tell air from ground, piece by piece, with hysteresis; on the ground the level follows slow drift of the height.

    Args:
        pieces: heights, NaN where unknown; whether it stands still; whether any row of it is on the ground as the
            recorder says, and whether all are. n of each, at least one.
        by: how far heights may be off.
        flying: whether the first one begins in the air.
        level: how high the ground is there; NaN where that is not known.

    Returns:
        Whether each is in the air, and how high the ground is that was last stood on.
    """
    if native.PLAIN:
        return aloft_plainly(pieces, by, flying, level)
    height, flags = pieces[0], [each.view(np.uint8) for each in pieces[1:]]
    in_air, levels = np.empty(height.size, np.uint8), np.empty(height.size)
    _flown.aloft(height, flags, (by.level_m, by.land_m, by.drop_m, by.drift_m), (flying, level), in_air, levels)
    return in_air.view(np.bool_), levels


def anchors(east: Floats, north: Floats, least_m: float) -> Places:
    """
    List the positions that are `least_m` or more from the one listed before, and the first.

    Args:
        east, north: metres of n >= 1 positions, all known.
        least_m: metres.
    """
    if native.PLAIN:
        return anchors_plainly(east, north, least_m)
    rows = np.empty(east.size, np.int64)
    return rows[: _flown.anchors(east, north, least_m * least_m, rows)]


def jumps(t_s: Floats, east: Floats, north: Floats, top_mps: float, slack_m: float) -> Bools:
    """
    Mark each known position that cannot have been reached from the known one before.

    A receiver slower than the log repeats its position, so that time counts from when it last changed.

    Args:
        t_s: seconds, never falling; n of them.
        east, north: metres; NaN where unknown.
        top_mps: nothing is faster.
        slack_m: what a step may be longer than that.
    """
    if native.PLAIN or not t_s.size:
        return jumps_plainly(t_s, east, north, top_mps, slack_m)
    jumped = np.zeros(t_s.size, np.uint8)
    _flown.jumps(t_s, east, north, top_mps, slack_m, jumped)
    return jumped.view(np.bool_)


def rate(t_s: Floats, values: Floats, by: Rate, jumped: Bools | None = None) -> Floats:
    """
    Differentiate over a window around each row.

    Args:
        t_s: seconds, never falling; n of them.
        values: n of them; NaN where unknown.
        by: how wide the window is.
        jumped: at which rows values of before and after do not belong together.

    Returns:
        n of them, a second; NaN where too little or too much time lies between the values, or a jump.
    """
    known = np.isfinite(values).nonzero()[0]
    if native.PLAIN or known.size < 2:
        return rate_plainly(t_s, values, by, jumped)
    out = np.full(values.size, np.nan)
    jumps = None if jumped is None else jumped[known].cumsum(dtype=np.int64)
    _flown.rate(known, t_s[known], values[known], jumps, (by.window_s, by.least_s, by.most_s), out)
    return out


def runs_of_time(t_s: Floats, width_s: float) -> Places:
    """
    Cut rows into runs by multiples of a width of time.

    Args:
        t_s: seconds, never falling; at least one.
        width_s: of time; one in which no row is makes no run.

    Returns:
        The first row of each run, ascending from 0.
    """
    if native.PLAIN:
        return runs_of_time_plainly(t_s, width_s)
    first = np.empty(t_s.size, np.int64)
    return first[: _flown.runs_of_time(t_s, width_s, first)]


def medians(values: Floats, first: Places) -> Floats:
    """
    Give the median of the known values of each run, the lower of two that are in the middle; NaN where none is known.

    Args:
        values: at least one; NaN where unknown.
        first: the first row of each run, ascending from 0.
    """
    if native.PLAIN:
        return medians_plainly(values, first)
    out = np.empty(first.size)
    _flown.medians(values, first, np.empty(2 * values.size), out)
    return out


def means(values: Floats, first: Places) -> Floats:
    """Give the mean of the known values of each run; see `medians`."""
    if native.PLAIN:
        return means_plainly(values, first)
    out = np.empty(first.size)
    _flown.means(values, first, out)
    return out


def path(lon: Floats, lat: Floats, time_us: npt.NDArray[np.int64], max_gap_s: float = MAX_GAP_S) -> Path:
    """
    Take the path out of a track, as `groundside.reference.paths.path_of` does.

    Args:
        lon, lat: degrees, NaN where unknown.
        time_us: as many times, in microseconds.
        max_gap_s: longest time that a step may take.
    """
    if native.PLAIN or not lon.size:
        return path_of(lon, lat, time_us, max_gap_s)
    out, starts = np.empty((2, lon.size)), np.empty(lon.size, np.int64)
    count, runs = _flown.path(lon, lat, time_us, max_gap_s * 1e6, out, starts)
    return Path(out[0, :count], out[1, :count], starts[:runs]) if count else NOWHERE


def later(t_s: Floats, lon: Floats, lat: Floats) -> Places:
    """List the rows whose position is known and whose time is later than that of the row before."""
    if native.PLAIN or not t_s.size:
        return later_plainly(t_s, lon, lat)
    rows = np.empty(t_s.size, np.int64)
    return rows[: _flown.later(t_s, lon, lat, rows)]


def off(outline: Floats, scale: tuple[float, float], t_s: Floats, lon: Floats, lat: Floats) -> Floats:
    """
    Measure how far positions are from where an outline has them.

    Args:
        outline: three rows: seconds (never falling), longitude, latitude; at least two positions.
        scale: metres east and north to a degree.
        t_s: seconds, ascending; n of them, at least one.
        lon, lat: degrees, n of each.

    Returns:
        n lengths in metres.
    """
    if native.PLAIN:
        return off_plainly(outline, scale, t_s, lon, lat)
    off_m = np.empty(t_s.size)
    _flown.off(outline, scale, t_s, lon, lat, off_m)
    return off_m
