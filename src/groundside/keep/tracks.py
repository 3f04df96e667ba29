"""Tracks as Parquet objects of the vault: the same track always gives the same bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from groundside.errors import Tampered
from groundside.keep.canonical import canonical, noun
from groundside.keep.rows import Stored
from groundside.keep.vault import Vault
from groundside.model.recording import TimeBasis
from groundside.model.track import COLUMNS, Track

_ROWS_A_GROUP = 1 << 16
_PIECE = 1 << 20
_BASIS, _ERROR = b"time_basis", b"time_error_s"


def put_track(vault: Vault, track: Track) -> Stored:
    """
    Keep a track as one Parquet object: zstd, pages with checksums, time basis and its error in the metadata.

    How the table's columns are divided into chunks makes no difference to the bytes.
    """
    metadata = {_BASIS: track.time_basis.value.encode(), _ERROR: canonical(track.time_error_s).encode()}
    table = track.table.combine_chunks().replace_schema_metadata(metadata)
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="zstd", row_group_size=_ROWS_A_GROUP, write_page_checksum=True)
    return vault.put(_pieces(buffer.getvalue()))


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
    with vault.open(object_id) as file:
        try:
            table = pq.ParquetFile(file, page_checksum_verification=True).read(wanted)
        except (pa.ArrowException, OSError) as error:
            what = f"The track in object {object_id} cannot be read: {error}."
            raise Tampered(what, try_this="groundside rebuild") from error
    return _track(table, object_id)


def _pieces(buffer: pa.Buffer) -> Iterator[bytes]:
    for start in range(0, buffer.size, _PIECE):
        yield buffer.slice(start, min(_PIECE, buffer.size - start)).to_pybytes()


def _track(table: pa.Table, object_id: str) -> Track:
    metadata: dict[bytes, bytes] = table.schema.metadata or {}
    if _BASIS not in metadata or not set(table.column_names) <= set(COLUMNS):
        what = f"Object {object_id} is not a track."
        raise Tampered(what, try_this="groundside rebuild")
    fields = [_field(table, name) for name in COLUMNS]
    arrays = [_column(table, name) for name in COLUMNS]
    error_s = noun(float, metadata[_ERROR].decode()) if metadata.get(_ERROR, b"null") != b"null" else None
    filled = pa.Table.from_arrays(arrays, schema=pa.schema(fields))
    return Track(filled, TimeBasis(metadata[_BASIS].decode()), error_s)


def _field(table: pa.Table, name: str) -> pa.Field[Any]:
    return table.schema.field(name) if name in table.column_names else pa.field(name, COLUMNS[name])


def _column(table: pa.Table, name: str) -> pa.ChunkedArray[Any] | pa.Array[Any]:
    if name in table.column_names:
        return table.column(name)
    if pa.types.is_floating(COLUMNS[name]):
        return pa.array(np.full(table.num_rows, np.nan), type=COLUMNS[name])
    return pa.array([None] * table.num_rows, type=COLUMNS[name])
