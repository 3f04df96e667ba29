"""
Seals of rows: a keyed digest of what a row says, so that whoever alters the database without the key is found out.

A seal says that this program wrote the row as it stands, not that the row is the newest: rows that were taken out or
put back are noticed by what refers to them, and by the ledger.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Table,
    Update,
    bindparam,
    select,
    update,
)

from groundside.keep import custody_tables, logbook_tables, photo_tables, schema
from groundside.keep.canonical import storable
from groundside.keep.connection import insert_rows
from groundside.keep.raw_rows import is_of_its_kind, raw_rows

SEAL = "seal"
SEALED: Sequence[Table] = (
    schema.original,
    schema.arrival,
    schema.keychain,
    schema.derived_object,
    schema.reading,
    schema.cut,
    schema.flight,
    schema.flight_source,
    schema.merge,
    schema.note,
    custody_tables.legal_hold,
    logbook_tables.statement,
    logbook_tables.assignment_batch,
    logbook_tables.assignment,
    photo_tables.photo,
)
"""Tables whose rows bear a seal: all that flights, hours and lineage are worked out from, and what people said."""
_UNSAID: Mapping[str, Collection[str]] = {
    "flight": ("merged_into", "placed", "track_object", "chosen_original", "chosen_ordinal")
}
"""
Columns that no seal is over: references that the database itself empties when what they lead to is removed.

`flight_checks` compares them with rows that are sealed. `placed` only says which cells were entered.
"""
_MOST_SHOWN = 200
_WRITER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True, allow_nan=False)
RowKey = bytes
"""Secret of the archive, 32 bytes."""


def insert_sealed(
    connection: Connection, key: RowKey | None, table: Table, rows: Iterable[Mapping[str, object]]
) -> None:
    """
    Insert rows of one shape with their seals; no harm where there are none.

    Args:
        connection: of a commit.
        key: what seals; None leaves the seals out.
        table: one of `SEALED`.
        rows: values by column. A column that is left out must be one that may be null, or numbered by the database.
    """
    ready = [dict(row) for row in rows]
    if key is not None:
        for row in ready:
            row[SEAL] = seal_of(key, table, row)
    insert_rows(connection, table, ready)


def reseal(connection: Connection, key: RowKey | None, table: Table, *where: ColumnElement[bool]) -> None:
    """Seal rows anew that were just changed, or were written before rows had seals."""
    if key is None:
        return
    names = [column.name for column in table.primary_key]
    anew: list[dict[str, object]] = []
    for row in connection.execute(select(table).where(*where)).mappings().all():
        values = {str(name): value for name, value in row.items()}
        own: dict[str, object] = {f"own_{name}": values[name] for name in names}
        anew.append({**own, "new_seal": seal_of(key, table, values)})
    if anew:
        connection.execute(_resealing(table), anew)


@lru_cache(64)
def _resealing(table: Table) -> Update:
    same = [column == bindparam(f"own_{column.name}") for column in table.primary_key]
    return update(table).where(*same).values({SEAL: bindparam("new_seal")})


def seal_all(connection: Connection, key: RowKey) -> None:
    """Seal every row: once, of a catalogue whose rows were written before there were seals."""
    for table in (*SEALED, schema.event):
        reseal(connection, key, table)


def seal_of(key: RowKey, table: Table, values: Mapping[str, object]) -> bytes:
    """
    Compute the seal of a row: HMAC-SHA256 over its table's name and its values, in the order of the columns.

    Numbers that the database gives itself are not part of it.
    """
    said = [None if (value := values.get(name)) is None else plain(value) for name, plain in _said(table)]
    text = _WRITER.encode([table.name, *said])
    return hmac.digest(key, text.encode("ascii"), "sha256")


@dataclass(frozen=True, slots=True)
class RowFault:
    """
    A row that is not as it was written.

    Args:
        table: its name.
        key: what its primary key says now.
        object_id: what it says now of which object it tells, where it is a row of one.
    """

    table: str
    key: str
    object_id: str = ""

    @property
    def about(self) -> str:
        """Name the row: "note 5f…/remark"."""
        return f"{self.table} {self.key}"

    @property
    def what(self) -> str:
        """Say what is wrong, in one sentence."""
        return f"A row of the table {self.table!r} was altered: {self.key}."


def seal_faults(connection: Connection, key: RowKey, tables: Iterable[Table] = SEALED) -> Iterator[RowFault]:
    """
    Compare every sealed row with its seal.

    Args:
        connection: read as `raw_rows.tolerant` says.
        key: what seals.
        tables: of `SEALED`.
    """
    for table in tables:
        for row in raw_rows(connection, table):
            if not is_as_sealed(key, table, row):
                name = "/".join(_shown(row[column.name]) for column in table.primary_key)
                yield RowFault(table.name, name, _shown(row.get("object_id", "")))


def is_as_sealed(key: RowKey, table: Table, row: Mapping[str, Any]) -> bool:
    """Whether a row, as it lies in the database, bears the seal of what it says."""
    seal = row[SEAL]
    if not isinstance(seal, bytes | memoryview):
        return False
    if not all(is_of_its_kind(column, row[column.name]) for column in table.columns):
        return False
    try:
        return hmac.compare_digest(bytes(seal), seal_of(key, table, row))
    except (TypeError, ValueError, UnicodeError):
        return False


def _shown(value: object) -> str:
    return str(value).encode(errors="backslashreplace").decode()[:_MOST_SHOWN]


def _is_said(table: Table, column: Column[object]) -> bool:
    by_database = column.autoincrement is not False
    numbered = by_database and column.primary_key and isinstance(column.type, Integer) and len(table.primary_key) == 1
    return column.name != SEAL and not numbered and column.name not in _UNSAID.get(table.name, ())


@lru_cache(64)
def _said(table: Table) -> Sequence[tuple[str, Callable[..., object]]]:
    """List what a seal is over: each column's name, and what gives its values as they come back from any database."""
    return [(column.name, _plainly(column)) for column in table.columns if _is_said(table, column)]


def _plainly(column: Column[object]) -> Callable[..., object]:
    return next((each for kind, each in _CONVERT if isinstance(column.type, kind)), _text)


def _text(value: object) -> str:
    return storable(str(value))


def _float(value: float) -> float:
    return float(value) + 0.0  # SQLite keeps no negative zero


_CONVERT: Sequence[tuple[type, Callable[..., object]]] = ((Boolean, bool), (Float, _float), (Integer, int))
