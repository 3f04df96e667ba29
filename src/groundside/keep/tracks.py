"""Tracks as Parquet objects of the vault: the same track always gives the same bytes."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any, cast

import numpy as np
import pyarrow as pa

from groundside.errors import Tampered
from groundside.keep.canonical import canonical, noun
from groundside.keep.parquet import encodings_of, opened_parquet, parquet_bytes
from groundside.keep.rows import Stored
from groundside.keep.vault import Putting, Vault
from groundside.model.recording import TimeBasis
from groundside.model.track import COLUMNS, Track

_BASIS, _ERROR = b"time_basis", b"time_error_s"
_REPEATING = ("mode",)
_FLOATING = frozenset(name for name, kind in COLUMNS.items() if pa.types.is_floating(kind))
_ASKED_BY_RANGE = ("time_us", "lon", "lat")
_ENCODED = encodings_of(pa.schema(list(COLUMNS.items())))


def track_bytes(track: Track) -> bytes:
    """
    Write a track as Parquet, its time basis and error in the metadata.

    Columns of which nothing is known, not even an origin, are left out: they come back unknown. A track gives the
    same bytes however its columns are divided into chunks. Statistics are kept of time and position.
    """
    metadata = {_BASIS: track.time_basis.value.encode(), _ERROR: canonical(track.time_error_s).encode()}
    known = _known(track)
    table = track.table.select(known).replace_schema_metadata(metadata)
    encodings = {name: _ENCODED[name] for name in known if name in _ENCODED}
    return parquet_bytes(table, dictionaries=_REPEATING, statistics=_ASKED_BY_RANGE, encodings=encodings)


def put_track(where: Putting, track: Track) -> Stored:
    """Keep a track as one object of a vault, or of a batch of it; see `track_bytes`."""
    return where.put([track_bytes(track)])


def get_track(vault: Vault, object_id: str, columns: Collection[str] | None = None) -> Track:
    """
    Read a track back.

    Args:
        vault: where it is.
        object_id: as `put_track` gave it.
        columns: only these (and `time_us`) are read; all others are NaN or null. None reads all.

    Raises:
        NotFound: no such object.
        Tampered: the object is not a whole track, or its bytes changed.
        ValueError: a column that no track has.
    """
    wanted = list(COLUMNS) if columns is None else [n for n in COLUMNS if n in {*columns, "time_us"}]
    if unknown := set(columns or ()) - set(COLUMNS):
        what = f"not columns of a track: {sorted(unknown)}"
        raise ValueError(what)
    with opened_parquet(vault, object_id, "track") as parquet:
        there = {*parquet.schema_arrow.names}
        table = parquet.read([n for n in wanted if n in there], use_threads=False)
    return _track(table, object_id)


def _known(track: Track) -> list[str]:
    """Name the columns of which a value or an origin is known, and that of times."""
    schema = track.table.schema
    return [name for at, name in enumerate(COLUMNS) if at == 0 or _has_value(track, name) or schema.field(at).metadata]


def _has_value(track: Track, name: str) -> bool:
    if name in _FLOATING:
        return not math.isnan(np.fmin.reduce(track.floats(name), initial=math.nan))
    column = track.table.column(name)
    return column.null_count < len(column)


def _track(table: pa.Table, object_id: str) -> Track:
    metadata: dict[bytes, bytes] = table.schema.metadata or {}
    if _BASIS not in metadata or not set(table.column_names) <= set(COLUMNS):
        what = f"Object {object_id} is not a track."
        raise Tampered(what, try_this="groundside rebuild")
    fields = [_field(table, name) for name in COLUMNS]
    unknown = pa.array(np.full(table.num_rows, np.nan))
    arrays = [_column(table, name, unknown) for name in COLUMNS]
    error_s = noun(float, metadata[_ERROR].decode()) if metadata.get(_ERROR, b"null") != b"null" else None
    filled = pa.Table.from_arrays(arrays, schema=pa.schema(fields))
    return Track(filled, TimeBasis(metadata[_BASIS].decode()), error_s)


def _field(table: pa.Table, name: str) -> pa.Field[Any]:
    return table.schema.field(name) if name in table.column_names else pa.field(name, COLUMNS[name])


def _column(table: pa.Table, name: str, unknown: pa.Array[Any]) -> pa.ChunkedArray[Any] | pa.Array[Any]:
    if name in table.column_names:
        return table.column(name)
    if name in _FLOATING:
        return unknown
    return pa.nulls(table.num_rows, cast("Any", COLUMNS[name]))
