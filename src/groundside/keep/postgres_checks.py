"""What a PostgreSQL database finds wrong in a catalogue: what it lacks, what refers to nothing, what is damaged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
    exists,
    literal,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from groundside.keep import schema

MOST_NAMED = 100
"""Of more rows than that in one table, the first are named."""
_HELD = text("""
SELECT conname FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid
WHERE pg_table_is_visible(t.oid) AND convalidated
""")
_BROKEN_INDEXES = text("""
SELECT i.relname FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_class AS t ON t.oid = x.indrelid
WHERE pg_table_is_visible(t.oid) AND t.relname = ANY(:tables) AND NOT (indisvalid AND indisready AND indislive)
""")
_DAMAGED_PAGES = text("SELECT coalesce(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()")
_CHECKERS = text("""
SELECT coalesce(bool_and(has_function_privilege(to_regprocedure(name), 'execute')), false)
FROM unnest(cast(:names AS text[])) AS name HAVING bool_and(to_regprocedure(name) IS NOT NULL)
""")
_AMCHECK = ["bt_index_check(regclass, boolean)", "verify_heapam(regclass, boolean, boolean, text, bigint, bigint)"]
_TREES = text("""
SELECT i.oid, i.relname FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid
JOIN pg_class AS t ON t.oid = x.indrelid JOIN pg_am AS a ON a.oid = i.relam
WHERE pg_table_is_visible(t.oid) AND t.relname = ANY(:tables) AND amname = 'btree' AND indisvalid
""")
_DAMAGE = ("XX001", "XX002")


def inconsistencies(connection: Connection) -> list[str]:
    """
    Say what is wrong with the database itself; empty where nothing is found.

    Pages are looked at only where the extension amcheck is installed and the role may use it; what the server's own
    checksums met so far is told in any case.
    """
    return [
        *_lacking(connection),
        *_orphans(connection),
        *(f"index {name} is not whole" for name in connection.scalars(_BROKEN_INDEXES, {"tables": _tables()})),
        *_damaged_pages(connection),
        *_damaged_trees(connection),
    ]


def _tables() -> list[str]:
    return list(schema.metadata.tables)


def _lacking(connection: Connection) -> Iterator[str]:
    held = set(connection.scalars(_HELD))
    for table in schema.metadata.sorted_tables:
        for each in table.constraints:
            counted = isinstance(each, (PrimaryKeyConstraint, ForeignKeyConstraint, UniqueConstraint))
            if counted and str(each.name) not in held:
                yield f"table {table.name} is not held to {each.name}"


def _orphans(connection: Connection) -> Iterator[str]:
    # The server holds references itself, but not while its triggers are off, as they are where a dump is restored.
    for table in schema.metadata.sorted_tables:
        for each in table.foreign_keys:
            child, parent = each.parent, each.column.table.alias()
            there = exists(literal(1)).where(parent.c[each.column.name] == child).correlate(table)
            lost = select(*table.primary_key.columns).where(child.is_not(None), ~there).limit(MOST_NAMED)
            yield from _named(connection.execute(lost), table.name, each.column)


def _named(rows: Iterable[Iterable[object]], table: str, target: Column[object]) -> Iterator[str]:
    for row in rows:
        key = ", ".join(str(value)[:80] for value in row)
        yield f"row {key} of table {table} refers to a row of {target.table.name} that is not there"


def _damaged_pages(connection: Connection) -> Iterator[str]:
    if failures := connection.scalar(_DAMAGED_PAGES):
        yield f"the server met {failures} damaged pages in this database"


def _damaged_trees(connection: Connection) -> Iterator[str]:
    if not connection.scalar(_CHECKERS, {"names": _AMCHECK}):
        return
    heap = text("SELECT blkno, msg FROM verify_heapam(cast(:relation AS regclass))")
    for name in _tables():
        for row in connection.execute(heap, {"relation": f'"{name}"'}):
            yield f"page {row.blkno} of table {name}: {row.msg}"
    for oid, name in connection.execute(_TREES, {"tables": _tables()}).all():
        yield from _damaged_tree(connection, oid, name)


def _damaged_tree(connection: Connection, oid: int, name: str) -> Iterator[str]:
    try:
        with connection.begin_nested():
            connection.execute(text("SELECT bt_index_check(cast(:oid AS oid), true)"), {"oid": oid})
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) not in _DAMAGE:
            raise
        yield f"index {name}: {str(error.orig).splitlines()[0]}"
