"""Parquet, as tables are exchanged between programs: exact, typed, with where each column came from."""

from __future__ import annotations

from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from groundside.model.flight import Flight
from groundside.model.track import Track
from groundside.see.exports.export import Export
from groundside.see.exports.labels import SIMULATED, about_times, flight_title


def write(flight: Flight, track: Track, out: BinaryIO) -> None:
    """
    Write the table of a track as it is; the metadata of the file say which flight and what its times are.

    Source: Apache Parquet, format version 2.6.
    """
    metadata = {
        "flight": flight.id,
        "name": flight_title(flight),
        "time_basis": track.time_basis.value,
        "about_times": about_times(track),
        "time_error_s": "" if track.time_error_s is None else repr(track.time_error_s),
        "label": SIMULATED if flight.simulated else "",
    }
    buffer = pa.BufferOutputStream()
    pq.write_table(track.table.replace_schema_metadata(metadata), buffer, compression="zstd")
    out.write(buffer.getvalue())


EXPORT = Export(
    name="parquet",
    title="Apache Parquet",
    suffix=".parquet",
    media_type="application/vnd.apache.parquet",
    write=write,
)
