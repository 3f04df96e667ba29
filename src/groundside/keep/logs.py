"""What logs say besides their tracks, as objects of the vault: the same log always gives the same bytes."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

import pyarrow as pa

from groundside.errors import Tampered
from groundside.keep.canonical import canonical
from groundside.keep.parquet import opened_parquet, parquet_bytes
from groundside.keep.rows import Stored
from groundside.keep.vault import Putting, Vault
from groundside.model import compute as pc
from groundside.model.log import EVENTS, MESSAGES, PARAMETERS, Log
from groundside.model.recording import TimeBasis

KIND = "log"
"""As `DerivedObject.kind` names such an object."""
MOST_AS_TEXT = 4096
"""A log of more rows is written as Parquet, whose cost for each row is less, and whose cost for each log is more."""
_OF = "of"
_REPEATING = (_OF, "kind", "component", "origin")
_BASIS, _IDENTITY = b"time_basis", b"identity"
_TABLES = {"parameters": PARAMETERS, "messages": MESSAGES, "events": EVENTS}
_HEAD = struct.Struct("<4sIQ")
_MARK = b"GSL\x01"
_MOST_TEXT_BYTES = 1 << 30


def log_bytes(log: Log) -> bytes:
    """
    Write a log.

    As JSON of whole columns, compressed, behind a mark, the CRC-32 of the text and its length; one of more than
    `MOST_AS_TEXT` rows as Parquet.
    """
    rows = sum(getattr(log, name).num_rows for name in _TABLES)
    return _text(log) if rows <= MOST_AS_TEXT else _parquet(log)


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
    with vault.view(object_id) as data:
        if bytes(data[: len(_MARK)]) == _MARK:
            return _of_text(data, object_id)
    with opened_parquet(vault, object_id, "log") as parquet:
        table = parquet.read(use_threads=False)
        metadata: dict[bytes, bytes] = table.schema.metadata or {}
        tables = {name: _rows(table, name) for name in _TABLES}
        identity = json.loads(metadata[_IDENTITY])
        return Log(TimeBasis(metadata[_BASIS].decode()), identity=identity, **tables)


def _text(log: Log) -> bytes:
    tables = {name: getattr(log, name).to_pydict() for name in _TABLES}
    said = {**tables, "identity": dict(log.identity), "time_basis": log.time_basis.value}
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    compressed: bytes = pa.compress(text, codec="zstd", asbytes=True)
    return _HEAD.pack(_MARK, zlib.crc32(text), len(text)) + compressed


def _of_text(data: memoryview, object_id: str) -> Log:
    try:
        _, crc, size = _HEAD.unpack_from(data)
        text = _plain(data[_HEAD.size :], size)
        if zlib.crc32(text) == crc:
            said = json.loads(text)
            tables = {n: pa.table(said[n], schema=pa.schema(list(c.items()))) for n, c in _TABLES.items()}
            return Log(TimeBasis(said["time_basis"]), identity=said["identity"], **tables)
        why = "its checksum is another"
    except (pa.ArrowException, OSError, KeyError, ValueError, TypeError, struct.error) as error:
        why = str(error)
    what = f"The log in object {object_id} cannot be read: {why}."
    raise Tampered(what, try_this="groundside rebuild")


def _plain(compressed: memoryview, size: int) -> bytes:
    if size > _MOST_TEXT_BYTES:
        what = f"it would be {size:,} bytes"
        raise ValueError(what)
    return pa.decompress(compressed, decompressed_size=size, codec="zstd", asbytes=True)


def _parquet(log: Log) -> bytes:
    """Write its three tables below each other; the column `of` says which a row is of."""
    parts = [_marked(getattr(log, name), name) for name in _TABLES]
    metadata = {_BASIS: log.time_basis.value.encode(), _IDENTITY: canonical(log.identity).encode()}
    table = pa.concat_tables(parts, promote_options="default").replace_schema_metadata(metadata)
    return parquet_bytes(table, dictionaries=_REPEATING, statistics=())


def _marked(rows: pa.Table, name: str) -> pa.Table:
    return rows.add_column(0, _OF, pa.array([name] * rows.num_rows, pa.string()))


def _rows(table: pa.Table, name: str) -> pa.Table:
    mine: Any = pc.equal(table[_OF], pa.scalar(name))
    return table.filter(mine).select(list(_TABLES[name]))
