"""Comma-separated values, all columns, units in the names."""

from __future__ import annotations

from typing import Any, BinaryIO, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from groundside.model.flight import Flight
from groundside.model.track import Track
from groundside.see.exports.export import Export
from groundside.see.exports.labels import SIMULATED, iso_times, spreadsheet_text

Cells: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any]"
_WITH_UNIT = {"lon": "lon_deg", "lat": "lat_deg"}


def write(flight: Flight, track: Track, out: BinaryIO) -> None:
    """
    Write every row and every column of a track; empty where unknown.

    The first column is `time_utc` (ISO 8601) where times are UTC, else `time_s`: seconds since the first row.
    A simulated flight has a last column `label` that says so in every row. No text can run as a formula.

    Source: Shafranovich 2005, RFC 4180.
    """
    columns: dict[str, Cells] = _time(track)
    for name in track.table.column_names:
        columns[_WITH_UNIT.get(name, name)] = _cells(track.table.column(name))
    if flight.simulated:
        columns["label"] = pa.array([SIMULATED] * track.table.num_rows, pa.string())
    buffer = pa.BufferOutputStream()
    arrow_csv.write_csv(pa.table(columns), buffer)
    out.write(buffer.getvalue())


def _time(track: Track) -> dict[str, Cells]:
    times = track.time_us
    if track.time_basis.is_utc:
        return {"time_utc": pa.array(iso_times(times), pa.string())}
    return {"time_s": pa.array((times - times[0]) / 1e6 if len(times) else times.astype(np.float64))}


def _cells(column: pa.ChunkedArray[Any]) -> Cells:
    if pa.types.is_floating(column.type):
        values = np.asarray(column.to_numpy(), np.float64)
        return pa.array(values, mask=~np.isfinite(values))
    if pa.types.is_string(column.type):
        return pa.array([spreadsheet_text(text) for text in column.to_pylist()], pa.string())
    return column


EXPORT = Export(name="csv", title="CSV", suffix=".csv", media_type="text/csv", write=write)
