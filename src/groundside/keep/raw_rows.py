"""Rows as they lie in the database, whatever somebody made of them: reading one never raises for what it says."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Float, Integer, LargeBinary, Select, Table, select, type_coerce
from sqlalchemy.types import NullType

_AT_ONCE = 2_000


@contextmanager
def tolerant(connection: Connection) -> Generator[None]:
    """Have text that is no UTF-8 read as lone surrogates inside the block; other databases than SQLite hold none."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    driver.text_factory = _text
    try:
        yield
    finally:
        driver.text_factory = str


def raw_rows(connection: Connection, table: Table) -> Iterator[Mapping[str, Any]]:
    """Give all rows of a table by name of column, each value as the driver gives it."""
    result = connection.execute(raw(table), execution_options={"yield_per": _AT_ONCE})
    return ({str(name): value for name, value in row.items()} for row in result.mappings())


def raw(table: Table) -> Select[*tuple[Any, ...]]:
    """Ask for all columns of a table, without a type that would raise at what lies there."""
    return select(*(type_coerce(column, NullType()).label(column.name) for column in table.columns))


def is_of_its_kind(column: Column[Any], value: object) -> bool:
    """Whether a value is what its column is for; SQLite keeps values of any kind in any column."""
    if value is None:
        return bool(column.nullable)
    if isinstance(column.type, Boolean):
        return isinstance(value, int) and value in {0, 1}
    if isinstance(column.type, Integer):
        return isinstance(value, int)
    if isinstance(column.type, Float):
        return isinstance(value, float)
    return isinstance(value, bytes | memoryview if isinstance(column.type, LargeBinary) else str)


def _text(found: bytes) -> str:
    return found.decode(errors="surrogateescape")
