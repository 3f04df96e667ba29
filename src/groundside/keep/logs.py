"""What logs say besides their tracks, as Parquet objects of the vault: the same log always gives the same bytes."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from groundside.keep.canonical import canonical
from groundside.keep.parquet import opened_parquet, parquet_bytes
from groundside.keep.rows import Stored
from groundside.keep.vault import Putting, Vault
from groundside.model import compute as pc
from groundside.model.log import EVENTS, MESSAGES, PARAMETERS, Log
from groundside.model.recording import TimeBasis

KIND = "log"
"""As `DerivedObject.kind` names such an object."""
_OF = "of"
_REPEATING = (_OF, "kind", "component", "origin")
_BASIS, _IDENTITY = b"time_basis", b"identity"
_TABLES = {"parameters": PARAMETERS, "messages": MESSAGES, "events": EVENTS}


def log_bytes(log: Log) -> bytes:
    """Write a log as Parquet: its three tables below each other, the column `of` says which a row is of."""
    parts = [_marked(getattr(log, name), name) for name in _TABLES]
    metadata = {_BASIS: log.time_basis.value.encode(), _IDENTITY: canonical(log.identity).encode()}
    table = pa.concat_tables(parts, promote_options="default").replace_schema_metadata(metadata)
    return parquet_bytes(table, dictionaries=_REPEATING, statistics=())


def put_log(where: Putting, log: Log) -> Stored:
    """Keep a log as one object of a vault, or of a batch of it; see `log_bytes`."""
    return where.put([log_bytes(log)])


def get_log(vault: Vault, object_id: str) -> Log:
    """
    Read a log back.

    Raises:
        NotFound: no such object.
        Tampered: the object is not a whole log, or its bytes changed.
    """
    with opened_parquet(vault, object_id, "log") as parquet:
        table = parquet.read(use_threads=False)
        metadata: dict[bytes, bytes] = table.schema.metadata or {}
        tables = {name: _rows(table, name) for name in _TABLES}
        identity = json.loads(metadata[_IDENTITY])
        return Log(TimeBasis(metadata[_BASIS].decode()), identity=identity, **tables)


def _marked(rows: pa.Table, name: str) -> pa.Table:
    return rows.add_column(0, _OF, pa.array([name] * rows.num_rows, pa.string()))


def _rows(table: pa.Table, name: str) -> pa.Table:
    mine: Any = pc.equal(table[_OF], pa.scalar(name))
    return table.filter(mine).select(list(_TABLES[name]))
