"""What logs say besides their tracks, as Parquet objects of the vault: the same log always gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from groundside.errors import Tampered
from groundside.keep.canonical import canonical
from groundside.keep.rows import Stored
from groundside.keep.vault import Vault
from groundside.model.log import EVENTS, MESSAGES, PARAMETERS, Log
from groundside.model.recording import TimeBasis

KIND = "log"
"""As `DerivedObject.kind` names such an object."""
_OF = "of"
_PIECE = 1 << 20
_BASIS, _IDENTITY = b"time_basis", b"identity"
_TABLES = {"parameters": PARAMETERS, "messages": MESSAGES, "events": EVENTS}


def put_log(vault: Vault, log: Log) -> Stored:
    """Keep a log as one Parquet object: its three tables below each other, the column `of` says which a row is of."""
    parts = [_marked(getattr(log, name), name) for name in _TABLES]
    metadata = {_BASIS: log.time_basis.value.encode(), _IDENTITY: canonical(log.identity).encode()}
    table = pa.concat_tables(parts, promote_options="default").combine_chunks().replace_schema_metadata(metadata)
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="zstd", write_page_checksum=True)
    return vault.put(_pieces(buffer.getvalue()))


def get_log(vault: Vault, object_id: str) -> Log:
    """
    Read a log back.

    Raises:
        NotFound: no such object.
        Tampered: the object is not a whole log, or its bytes changed.
    """
    with vault.open(object_id) as file:
        try:
            table = pq.ParquetFile(file, page_checksum_verification=True).read()
            metadata: dict[bytes, bytes] = table.schema.metadata or {}
            tables = {name: _rows(table, name) for name in _TABLES}
            identity = json.loads(metadata[_IDENTITY])
            return Log(TimeBasis(metadata[_BASIS].decode()), identity=identity, **tables)
        except (pa.ArrowException, OSError, KeyError, ValueError) as error:
            what = f"The log in object {object_id} cannot be read: {error}."
            raise Tampered(what, try_this="groundside rebuild") from error


def _marked(rows: pa.Table, name: str) -> pa.Table:
    return rows.add_column(0, _OF, pa.array([name] * rows.num_rows, pa.string()))


def _rows(table: pa.Table, name: str) -> pa.Table:
    mine: Any = pc.equal(table[_OF], pa.scalar(name))
    return table.filter(mine).select(list(_TABLES[name]))


def _pieces(buffer: pa.Buffer) -> Iterator[bytes]:
    for start in range(0, buffer.size, _PIECE):
        yield buffer.slice(start, min(_PIECE, buffer.size - start)).to_pybytes()
