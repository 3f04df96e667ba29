"""Which way a column of speeds points, by comparison with the positions and heights of the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from groundside.decode.csv_rows.columns import F64, floats
from groundside.decode.csv_rows.times import Times
from groundside.model.table import Column, origin_of

_OVER_US = 1_000_000
_LONGEST_US = 3_000_000
_ENOUGH = 20
_MOVES_MPS = 0.3
_SURE = 0.9
_M_PER_DEG = 111_195.0
"""Of a sphere with the Earth's mean radius, 6,371.0088 km (IUGG 1980; Moritz, Bulletin Geodesique 1980)."""

_WAYS = {"vn_mps": "north", "ve_mps": "east", "vd_mps": "down"}


def velocities(
    rows: pa.Table, times: Times, names: Sequence[str], position: Mapping[str, str]
) -> tuple[dict[str, Column], tuple[str, ...]]:
    """
    Find north, east and down among columns of speeds.

    A column is one of them (or its opposite) where its mean over a second goes with the change of the
    positions over that second, correlated at 0.9 and more; no column is taken for two. The others are left out.

    Args:
        rows: the table.
        times: when each row was.
        names: columns of speeds that may be any of them.
        position: "lon", "lat" and "height" to columns of the table.

    Returns:
        Columns of the track, a value for each row of the table; and what was inferred.
    """
    moved = _moved(rows, times, position)
    left = {name: values for name in names if (values := floats(rows, name)) is not None}
    found: dict[str, Column] = {}
    said: list[str] = []
    for way, change in moved.items():
        signs = {name: _agreement(values[times.rows], change, times) for name, values in left.items()}
        name = next((name for name, sign in signs.items() if sign), None)
        if name is not None:
            what = f"{_WAYS[way]}{', its sign turned' if signs[name] < 0 else ''}, by comparison with the positions"
            found[way] = Column(left.pop(name) * signs[name], "m/s", f"{origin_of(rows, name)}: {what}")
            said.append(f"{origin_of(rows, name)} is the speed {what}.")
    return found, tuple(said)


def _moved(rows: pa.Table, times: Times, position: Mapping[str, str]) -> dict[str, F64]:
    """North, east and down in metres from the first position, a value for each row in order of time."""
    lon, lat, height = (floats(rows, position[name]) for name in ("lon", "lat", "height"))
    moved: dict[str, F64] = {}
    if lon is not None and lat is not None:
        lat, lon = lat[times.rows], lon[times.rows]
        none = (lat == 0) & (lon == 0)
        lat, lon = np.where(none, np.nan, lat), np.where(none, np.nan, lon)
        moved["vn_mps"] = lat * _M_PER_DEG
        middle = np.nanmedian(lat) if np.isfinite(lat).any() else 0.0
        moved["ve_mps"] = lon * _M_PER_DEG * np.cos(np.radians(middle))
    if height is not None:
        moved["vd_mps"] = -height[times.rows]
    return moved


def _agreement(speed: F64, moved: F64, times: Times) -> int:
    """Say 1 where the speed goes with the change, -1 where it goes against it, 0 where neither is sure."""
    ends = np.searchsorted(times.time_us, times.time_us + _OVER_US)
    begins = np.flatnonzero(ends < len(moved))
    ends = ends[begins]
    took = (times.time_us[ends] - times.time_us[begins]) / 1e6
    sums = np.concatenate([[0.0], np.cumsum(np.nan_to_num(speed))])
    mean = (sums[ends + 1] - sums[begins]) / (ends + 1 - begins)
    with np.errstate(invalid="ignore"):
        rate = (moved[ends] - moved[begins]) / took
        usable = np.isfinite(rate) & (took < _LONGEST_US / 1e6) & (np.abs(rate) < 100)
    if usable.sum() < _ENOUGH or np.std(rate[usable]) < _MOVES_MPS or np.std(mean[usable]) < _MOVES_MPS / 10:
        return 0
    agreement = float(np.corrcoef(mean[usable], rate[usable])[0, 1])
    return int(np.sign(agreement)) if abs(agreement) >= _SURE else 0
