"""What every family of questions and changes stands on: a connection, a caller, a scope."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Dialect, Table, insert, true

from groundside.keep.canonical import storable
from groundside.keep.stored_text import Text
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

    They are handed to the driver, text as `Text` has it: to prepare each in SQLAlchemy takes as long as writing it.

    Args:
        connection: of a commit.
        table: one without defaults that Python would fill in.
        rows: values by column: text, numbers, truth, bytes, None.
    """
    if not rows:
        return
    names = tuple(rows[0])
    statement, order, text = _inserting(table, names, connection.dialect)
    ready = [
        {name: storable(v) if isinstance(v := row[name], str) and name in text else v for name in names} for row in rows
    ]
    connection.exec_driver_sql(statement, [tuple([row[name] for name in order]) for row in ready] if order else ready)


@lru_cache(64)
def _inserting(table: Table, names: tuple[str, ...], dialect: Dialect) -> tuple[str, tuple[str, ...], frozenset[str]]:
    """Give the statement that inserts, the order of its values (none where they go by name), and which are text."""
    compiled = insert(table).compile(dialect=dialect, column_keys=list(names), for_executemany=True)
    text = frozenset(name for name in names if isinstance(table.c[name].type, Text))
    return str(compiled), tuple(compiled.positiontup or ()), text
