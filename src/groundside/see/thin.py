"""Fewer rows of a track, for looking at: every peak a chart would show is still there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundside.model.track import Track

HOW = (
    "The first and the last row are kept, and of each equal run of rows those in which position, height,"
    " altitude, battery or speed is least or greatest; rows in which the mode or being in the air changes"
    " are kept where they are few; what room is left is filled with rows spread evenly."
    " No value was averaged or invented."
)
"""How `rows` chooses, in words for whoever looks at the result."""

FEWEST = 2
_PEAKS = ("lon", "lat", "height_m", "altitude_m", "battery_percent", "battery_voltage_v", "vn_mps", "ve_mps")
_CHANGES = ("mode", "armed", "in_air")
_SHARE_OF_CHANGES = 4


def rows(track: Track, most: int) -> NDArray[np.int64]:
    """
    Choose which rows of a track to show.

    Args:
        track: the track.
        most: no more rows than this, at least 2.

    Returns:
        Row numbers, ascending; all of them where there are no more than `most`.

    Raises:
        ValueError: `most` is less than 2.
    """
    if most < FEWEST:
        what = f"a track cannot be shown in fewer than {FEWEST} rows, and {most} were asked for"
        raise ValueError(what)
    total = track.table.num_rows
    if total <= most:
        return np.arange(total, dtype=np.int64)
    ends = np.array([0, total - 1])
    changes = _changes(track)
    changes = changes if len(changes) <= most // _SHARE_OF_CHANGES else changes[:0]
    left = most - len(ends) - len(changes)
    kept = np.unique(np.concatenate([ends, changes, _peaks(track, left)]))
    spread = np.linspace(0, total - 1, most - len(kept)).astype(np.int64)
    return np.union1d(kept, spread)


def _changes(track: Track) -> NDArray[np.int64]:
    """Rows whose text or flag differs from the row before."""
    found = np.zeros(track.table.num_rows, dtype=bool)
    for name in _CHANGES:
        column = track.table.column(name)
        codes = column.combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
        found[1:] |= codes[1:] != codes[:-1]
    return np.flatnonzero(found)


def _peaks(track: Track, most: int) -> NDArray[np.int64]:
    """Rows of the least and greatest values in as many equal runs as `most` allows."""
    known = [values for name in _PEAKS if np.isfinite(values := track.floats(name)).any()]
    runs = most // (2 * len(known)) if known else 0
    if runs == 0:
        return np.empty(0, dtype=np.int64)
    return np.concatenate([_extremes(values, runs) for values in known])


def _extremes(values: NDArray[np.float64], runs: int) -> NDArray[np.int64]:
    """Rows of the least and the greatest finite value of each equal run; a run may have none."""
    each = -(-len(values) // runs)
    square = np.full(runs * each, np.nan)
    square[: len(values)] = np.where(np.isfinite(values), values, np.nan)
    square = square.reshape(runs, each)
    some = np.isfinite(square).any(axis=1)
    first = np.arange(runs)[some] * each
    least = np.where(np.isnan(square[some]), np.inf, square[some]).argmin(axis=1)
    greatest = np.where(np.isnan(square[some]), -np.inf, square[some]).argmax(axis=1)
    return np.concatenate([first + least, first + greatest])
