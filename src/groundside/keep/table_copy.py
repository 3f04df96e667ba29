"""
All rows of a catalogue from one database into another, of either kind: table by table, each in the order of its key.

What a row says, and so its seal and its place in the ledger, is the same in both.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Column, Connection, Table, func, insert, select, text, update

from groundside.errors import Conflict
from groundside.keep import sqlite
from groundside.keep.engines import located
from groundside.keep.schema import metadata
from groundside.keep.upgrade import bring_up_to_date

_AT_ONCE = 1000
Rows = list[dict[str, Any]]


def leave(connection: Connection, file: Path) -> None:
    """
    Write the catalogue, as a transaction sees it, into a file of SQLite of its own, whole and durable.

    Raises:
        NoSpace: no room for it.
    """
    if connection.dialect.name == "sqlite":
        sqlite.back_up(connection, file)
        return
    url = URL.create("sqlite", database=str(file))
    _fill(connection, url)
    with sqlite.database_errors():
        sqlite.close_log(url)


def enter(connection: Connection, url: URL) -> None:
    """
    Bring all rows that a transaction sees into an empty database; committed as a whole.

    Raises:
        Conflict: it is not empty.
        WrongArchive: it is the database of something else.
        BadSetting, Refused, Unreachable, NoSpace: it cannot be used.
    """
    _fill(connection, url)


def _fill(connection: Connection, url: URL) -> None:
    parsed, database = located(url)
    engine = database.open_engine(parsed)
    try:
        with database.database_errors():
            bring_up_to_date(engine, None)
            with database.writing(engine) as target:
                _refuse_filled(target)
                for table in metadata.sorted_tables:
                    _copy(connection, target, table)
                    _go_on_counting(target, table)
    finally:
        engine.dispose()


def _refuse_filled(target: Connection) -> None:
    if any(target.execute(select(table).limit(1)).first() for table in metadata.sorted_tables):
        what = "The database that the setting 'catalogue' names holds a catalogue already."
        raise Conflict(what, try_this="make an empty one with createdb, and name it in the setting")


def _copy(source: Connection, target: Connection, table: Table) -> None:
    own = _names_rows_of_its_own(table)
    for rows in _rows(source, table):
        target.execute(insert(table), [each | dict.fromkeys(own) for each in rows] if own else rows)
    for name in own:  # once all are there, for a row may name a later one
        [key] = table.primary_key
        named = select(key, table.c[name]).where(table.c[name].is_not(None))
        for found in source.execute(named).all():
            target.execute(update(table).where(key == found[0]).values({name: found[1]}))


def _rows(source: Connection, table: Table) -> Iterator[Rows]:
    query = select(table).order_by(*table.primary_key).execution_options(yield_per=_AT_ONCE)
    for some in source.execute(query).mappings().partitions():
        yield [dict(each) for each in some]


def _names_rows_of_its_own(table: Table) -> list[str]:
    return [each.parent.name for each in table.foreign_keys if each.column.table is table]


def _go_on_counting(target: Connection, table: Table) -> None:
    """Have the database number new rows after those that came with their numbers; SQLite does so by itself."""
    counted: Column[Any] | None = table.autoincrement_column
    if target.dialect.name != "postgresql" or counted is None:
        return
    last = target.scalar(select(func.max(counted)))
    sequence = target.scalar(select(func.pg_get_serial_sequence(table.name, counted.name)))
    if last is not None and sequence is not None:
        target.execute(text("SELECT setval(CAST(:sequence AS regclass), :last)"), {"sequence": sequence, "last": last})
