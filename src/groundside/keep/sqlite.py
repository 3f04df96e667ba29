"""All that is particular to SQLite: how it is opened, how one writer at a time is had, how it is copied."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from groundside.errors import Conflict, GroundsideError, NoSpace, Tampered, Unreadable
from groundside.keep.durable import FILE_MODE, disk_errors, make_folder, sync_folder

WAIT_S = 60.0
"""How long a writer waits for another before it gives up."""
_WRITES = "groundside_writes"
_PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "trusted_schema=OFF", "secure_delete=ON")


def open_engine(url: URL) -> Engine:
    """
    Open, or make, a database file that only its owner can read, in write-ahead mode.

    Raises:
        Tampered: the file is no database.
        Unreadable, NoSpace: the disk says so.
    """
    with disk_errors():
        _make_private(Path(url.database or ""))
    engine = create_engine(url, connect_args={"timeout": WAIT_S}, hide_parameters=True)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    with database_errors():
        _write_ahead(engine)
    return engine


@contextmanager
def writing(engine: Engine) -> Generator[Connection]:
    """Hold the one transaction that may write; committed at the end, undone where anything raises."""
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Generator[Connection]:
    """Hold one consistent view; writers go on meanwhile."""
    with engine.connect() as connection, connection.begin():
        yield connection


def tables(connection: Connection) -> set[str]:
    """Name the tables that are there."""
    return set(inspect(connection).get_table_names())


def back_up(connection: Connection, copy: Path) -> None:
    """
    Copy the database as it is now, whole and durable, while a transaction of `connection` keeps writers out.

    Raises:
        NoSpace: no room for a copy; none is left half-written.
    """
    part = copy.with_name(f"{copy.name}.part")
    with disk_errors():
        make_folder(copy.parent)
        _make_private(part)
    try:
        with database_errors():
            _copy(str(connection.engine.url.database), part)
        with disk_errors():
            part.replace(copy)
            sync_folder(copy.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def scrub(engine: Engine) -> None:
    """
    Leave nothing in the file, nor in what was written ahead, of rows that are gone.

    Raises:
        Conflict: another process is reading or writing, and would not stop.
        NoSpace: there is no room for the new file.
    """
    raw = engine.raw_connection()
    try:
        connection = cast("sqlite3.Connection", raw.driver_connection)
        _truncate_log(connection)
        connection.execute("VACUUM").close()
        _truncate_log(connection)
    finally:
        raw.close()


def close_log(url: URL) -> None:
    """
    Bring what was written ahead into the file itself, which then is all there is of the database.

    Raises:
        Conflict: another process is using it.
    """
    with closing(sqlite3.connect(str(url.database), timeout=WAIT_S)) as connection:
        _truncate_log(connection)


def _truncate_log(connection: sqlite3.Connection) -> None:
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        what = "Another process is using the archive, so what was erased may still stand in its write-ahead log."
        advice = "groundside erase --finish, once no other command and no page has the archive open"
        raise Conflict(what, try_this=advice)


def inconsistencies(connection: Connection) -> list[str]:
    """Say what SQLite itself finds wrong in the file; empty where it finds nothing."""
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return found + [f"row {row[1]} of table {row[0]} refers to a row of {row[2]} that is not there" for row in orphans]


@contextmanager
def database_errors() -> Generator[None]:
    """Turn what SQLite says of its file into errors that a person can act on; others pass through."""
    try:
        yield
    except UnicodeDecodeError as error:  # of SQLite's own words about a damaged file
        what = "The catalogue is damaged: it holds text that is none."
        raise Tampered(what, try_this="put back a copy from the folder backups") from error
    except DBAPIError as error:
        if found := _translated(error.orig):
            raise found from error
        raise
    except sqlite3.Error as error:
        if found := _translated(error):
            raise found from error
        raise


def _translated(error: BaseException | None) -> GroundsideError | None:
    name = cast("str", getattr(error, "sqlite_errorname", ""))
    if name.startswith("SQLITE_FULL"):
        what = "The archive's disk is full; nothing half-written was left."
        return NoSpace(what, try_this="free space on the archive's disk, then run the same command again")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        what = f"Another process has been writing in this archive for {WAIT_S:.0f} s."
        return Conflict(what, try_this="groundside jobs")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return Tampered(f"The catalogue is damaged: {error}.", try_this="put back a copy from the folder backups")
    if name.startswith(("SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        what = f"The catalogue would not be read or written: {error}."
        return Unreadable(what, try_this="check the disk and who may write in the archive folder")
    return None


def _make_private(file: Path) -> None:
    # SQLite gives its write-ahead files the same mode as this one has.
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))


def _on_connect(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # or the driver would begin transactions of its own, and later than we want
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _write_ahead(engine: Engine) -> None:
    raw = engine.raw_connection()
    try:
        _set_write_ahead(cast("sqlite3.Connection", raw.driver_connection), time.monotonic() + WAIT_S)
    finally:
        raw.close()


def _set_write_ahead(connection: sqlite3.Connection, deadline: float) -> None:
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except (
            sqlite3.OperationalError
        ) as error:  # SQLite does not wait here when two processes change the mode at once
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _copy(database: str, part: Path) -> None:
    with (
        closing(sqlite3.connect(database, timeout=WAIT_S)) as source,
        closing(sqlite3.connect(part)) as target,
    ):
        target.execute("PRAGMA synchronous=FULL").close()
        source.backup(target)
