"""What every family of questions and changes stands on: a connection, a caller, a scope."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Dialect, Table, insert, true

from groundside.model.caller import Caller, Scope

if TYPE_CHECKING:
    from groundside.keep.keys.custody import Custody

Each = TypeVar("Each")
AT_ONCE = 500
"""How many values go into one IN (...); SQLite takes 32,766, older ones 999."""


class Asking:
    """Asks questions inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection


class Changing(Asking):
    """Changes rows inside one transaction, for one caller."""

    caller: Caller
    custody: Custody | None
    """What wraps the keys of objects; None where nothing is sealed."""

    @property
    def row_key(self) -> bytes | None:
        """What seals rows (`row_seals`); None where nothing does."""
        return self.custody.row_key() if self.custody else None


def within(column: Column[str], scope: Scope) -> ColumnElement[bool]:
    """Hold a query to the cases of a scope; an empty scope holds nothing."""
    return true() if scope.cases is None else column.in_(sorted(scope.cases))


def new_id() -> str:
    """Make a random id, 32 hexadecimal characters."""
    return secrets.token_hex(16)


def by_hundreds(values: Iterable[Each]) -> Iterator[Sequence[Each]]:
    """Give values in groups small enough for one statement."""
    left = list(values)
    for start in range(0, len(left), AT_ONCE):
        yield left[start : start + AT_ONCE]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """
    Insert rows of one shape; no harm where there are none.

    They are handed to the driver as they are: to prepare each in SQLAlchemy takes as long as writing it.

    Args:
        connection: of a commit.
        table: one without defaults that Python would fill in.
        rows: values by column, of types that the driver knows: text, numbers, truth, bytes, None.
    """
    if not rows:
        return
    statement, order = _inserting(table, tuple(rows[0]), connection.dialect)
    connection.exec_driver_sql(statement, [tuple([row[name] for name in order]) for row in rows] if order else [*rows])


@lru_cache(256)
def _inserting(table: Table, names: tuple[str, ...], dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    """Give the statement that inserts, and the order of its values; no order where they go by name."""
    compiled = insert(table).compile(dialect=dialect, column_keys=list(names), for_executemany=True)
    return str(compiled), tuple(compiled.positiontup or ())
