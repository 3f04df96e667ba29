"""Samples of a value brought to other times: interpolated, or held until the next."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from groundside import native
from groundside.native import _mavlink

Times = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


class Shown(IntEnum):
    """How values are shown: as they are, or as degrees from 0 to 360 or from -180 to 180."""

    AS_IS = 0
    FULL_TURN = 1
    HALF_TURNS = 2


def linear(time_us: Times, values: Values, at: Times, max_gap_us: int, shown: Shown = Shown.AS_IS) -> Values:
    """
    Interpolate linearly; angles along the shorter way round.

    Args:
        time_us: of the samples, ascending, microseconds below 2^53.
        values: of the samples, finite.
        at: the times to interpolate at.
        max_gap_us: nothing is interpolated between samples further apart.
        shown: not `AS_IS` for angles in degrees.

    Returns:
        One value for each time: NaN before the first and after the last sample, and between samples too far apart; a
        sample's own value at its own time.
    """
    if native.PLAIN:
        return linear_plainly(time_us, values, at, max_gap_us, shown)
    if shown is not Shown.AS_IS:
        angles, values = values, np.empty(len(values))
        _mavlink.unwrap(angles, values)
    to = np.empty(len(at))
    _mavlink.linear(time_us, values, at, max_gap_us, shown, to)
    return to


def held(time_us: Times, at: Times, max_age_us: int) -> Times:
    """
    Say which sample holds at some times: the last one.

    Args:
        time_us: of the samples, ascending.
        at: the times.
        max_age_us: an older sample holds no more.

    Returns:
        An index for each time; -1 before the first sample, and where it is too old.
    """
    if native.PLAIN:
        return held_plainly(time_us, at, max_age_us)
    to = np.empty(len(at), np.int64)
    _mavlink.held(time_us, at, max_age_us, to)
    return to


def linear_plainly(time_us: Times, values: Values, at: Times, max_gap_us: int, shown: Shown = Shown.AS_IS) -> Values:
    """Do the same as `linear`, in NumPy: its definition."""
    if not len(time_us):
        return np.full(len(at), np.nan)
    if shown is not Shown.AS_IS:
        values = np.unwrap(values, period=360.0)
    found = np.interp(at, time_us, values, left=np.nan, right=np.nan)
    after = np.minimum(np.searchsorted(time_us, at, side="left"), len(time_us) - 1)
    before = np.maximum(np.searchsorted(time_us, at, side="right") - 1, 0)
    found[(time_us[after] - time_us[before]) > max_gap_us] = np.nan
    if shown is not Shown.AS_IS:
        found %= 360.0
    return (found + 180.0) % 360.0 - 180.0 if shown is Shown.HALF_TURNS else found


def held_plainly(time_us: Times, at: Times, max_age_us: int) -> Times:
    """Do the same as `held`, in NumPy: its definition."""
    if not len(time_us):
        return np.full(len(at), -1, np.int64)
    index = np.searchsorted(time_us, at, side="right") - 1
    index[at - time_us[np.maximum(index, 0)] > max_age_us] = -1
    return index
