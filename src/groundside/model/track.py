"""One track shape for every format: fixed columns, fixed types, units in the names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from groundside.model.recording import TimeBasis
from groundside.model.table import Column

_FLOATS = (
    "lon", "lat", "height_m", "altitude_m", "vn_mps", "ve_mps", "vd_mps", "roll_deg", "pitch_deg", "yaw_deg",
    "gimbal_pitch_deg", "gimbal_yaw_deg", "battery_percent", "battery_voltage_v", "battery_current_a",
    "battery_temperature_c", "battery_percent_2", "battery_voltage_v_2", "battery_current_a_2",
    "battery_temperature_c_2", "link_percent",
)  # fmt: skip
_FLOATING = frozenset(_FLOATS)
COLUMNS: dict[str, pa.DataType] = {
    "time_us": pa.int64(),
    **dict.fromkeys(_FLOATS, pa.float64()),
    "satellites": pa.int16(),
    "fix": pa.int8(),
    "mode": pa.string(),
    "armed": pa.bool_(),
    "in_air": pa.bool_(),
}
"""
Column name to Arrow type, in the order in which a track is written.

`time_us` is UTC microseconds, or microseconds of boot time where UTC is unknown (`Track.time_basis` says which);
`height_m` is above take-off, `altitude_m` above mean sea level; `yaw_deg` is 0 to 360 clockwise from true north;
`fix` is 0 none, 1 time only, 2 two-dimensional, 3 three-dimensional, 4 differential, 5 RTK float, 6 RTK fixed.
Floats are NaN where unknown, all others null. (0, 0) is no position: it is NaN.
"""
_NAMES = list(COLUMNS)
_PLACES = {name: at for at, name in enumerate(_NAMES)}


@dataclass(frozen=True, slots=True)
class Track:
    """
    Where an aircraft was, row by row in order of time.

    Args:
        table: all columns of `COLUMNS` in that order; each field's metadata says `origin`: where it came from.
        time_basis: what `time_us` counts.
        time_error_s: bound on how wrong `time_us` may be as UTC; None where it is not UTC.
    """

    table: pa.Table
    time_basis: TimeBasis
    time_error_s: float | None = None
    _arrays: dict[str, np.ndarray] = field(default_factory=dict[str, np.ndarray], init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.table.column_names != _NAMES:
            what = f"a track has exactly the columns {_NAMES}, not {self.table.column_names}"
            raise ValueError(what)

    def __reduce__(self) -> tuple[type[Track], tuple[pa.Table, TimeBasis, float | None]]:
        return Track, (self.table, self.time_basis, self.time_error_s)

    def floats(self, name: str) -> np.ndarray:
        """Give one float column as a contiguous NumPy array, which is not to be written to."""
        found = self._arrays.get(name)
        if found is None:
            found = np.ascontiguousarray(self.table.column(_PLACES[name]).to_numpy())
            found.flags.writeable = False
            self._arrays[name] = found
        return found

    @property
    def time_us(self) -> np.ndarray:
        """The times as int64 microseconds."""
        return self.floats("time_us")


def track_of(columns: Mapping[str, Column], basis: TimeBasis, error_s: float | None = None) -> Track:
    """
    Fill up a track from the columns that are known; all others become NaN or null.

    Args:
        columns: some of `COLUMNS`; `time_us` must be there. Positions of (0, 0), out of range, or of which
            one half is not there become NaN, and so does whatever is infinite.
        basis: what `time_us` counts.
        error_s: bound on how wrong `time_us` may be as UTC.

    Raises:
        ValueError: a column that no track has, or none called `time_us`; a defect in the caller.
    """
    unknown = set(columns) - set(COLUMNS)
    if unknown or "time_us" not in columns:
        what = f"not columns of a track: {sorted(unknown)}" if unknown else "a track needs time_us"
        raise ValueError(what)
    rows = len(columns["time_us"].values)  # pyright: ignore[reportArgumentType]
    known = _without_false_positions(columns)
    unknown_floats = pa.array(np.full(rows, np.nan))
    arrays = [
        _array(known[name], kind) if name in known else unknown_floats if name in _FLOATING else _nulls(rows, kind)
        for name, kind in COLUMNS.items()
    ]
    schema = _schema(tuple(known[name].origin if name in known else "" for name in COLUMNS))
    return Track(pa.Table.from_arrays(arrays, schema=schema), basis, error_s)


def _nulls(rows: int, kind: pa.DataType) -> pa.Array[Any]:
    return pa.nulls(rows, kind)  # pyright: ignore[reportCallIssue, reportArgumentType] - the stubs know extension types only


@lru_cache(256)
def _schema(origins: tuple[str, ...]) -> pa.Schema:
    """Give the schema of tracks whose columns come from the same places: making one costs more than a short track."""
    return pa.schema(
        [
            pa.field(name, kind, metadata={"origin": origin} if origin else None)
            for (name, kind), origin in zip(COLUMNS.items(), origins, strict=True)
        ]
    )


def _without_false_positions(columns: Mapping[str, Column]) -> dict[str, Column]:
    known = dict(columns)
    if "lon" not in known or "lat" not in known:  # one without the other is no position
        return {name: column for name, column in known.items() if name not in {"lon", "lat"}}
    lon = np.array(known["lon"].values, dtype=np.float64)
    lat = np.array(known["lat"].values, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        bad = ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90)) | ((lon == 0) & (lat == 0))
    lon[bad] = np.nan
    lat[bad] = np.nan
    known["lon"] = Column(lon, "deg", known["lon"].origin)
    known["lat"] = Column(lat, "deg", known["lat"].origin)
    return known


def _array(column: Column, kind: pa.DataType) -> pa.Array[Any]:
    values = column.values
    if isinstance(values, pa.Array):
        return values if values.type == kind else values.cast(kind)
    if isinstance(values, list):
        return pa.array(values, type=kind)
    plain = np.asarray(values)
    if pa.types.is_floating(kind):
        plain = plain.astype(np.float64)
        infinite = np.isinf(plain)
        return pa.array(np.where(infinite, np.nan, plain) if infinite.any() else plain)
    made = pa.array(plain)
    return made if made.type == kind else made.cast(kind)
