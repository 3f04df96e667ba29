"""All that is particular to PostgreSQL: how it is reached, how one writer at a time is had, what it says went wrong."""

from __future__ import annotations

import logging
import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from groundside.errors import BadSetting, Conflict, GroundsideError, NoSpace, Tampered, Unreachable
from groundside.keep.location import parse, permit_servers, refuse_open_network
from groundside.keep.postgres_checks import inconsistencies

if TYPE_CHECKING:
    import psycopg

__all__ = ["back_up", "database_errors", "inconsistencies", "open_engine", "reading", "tables", "writing"]

WAIT_S = 60.0
"""How long a writer waits for another before it gives up."""
OLDEST = 150_000
"""PostgreSQL 15, as `server_version_num` has it: the oldest that is tested."""
log = logging.getLogger("groundside.keep.postgres")

_TURN = text(f"SELECT pg_advisory_xact_lock({int.from_bytes(b'groundsi')})")
_WRITES = {"isolation_level": "READ COMMITTED", "postgresql_readonly": False}
_READS = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
# A peer whose machine died must not keep its turn for ever, nor let us wait for its answer for ever.
_DEFAULTS = {
    "application_name": "groundside",
    "client_encoding": "utf8",
    "connect_timeout": "10",
    "gssencmode": "disable",  # or libpq asks a ticket server, which nobody allowed
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
_SESSION = """
SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
       set_config('lock_timeout', %s, false),
       set_config('extra_float_digits', '1', false),
       set_config('jit', 'off', false),
       set_config('synchronous_commit', CASE current_setting('synchronous_commit')
           WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false),
       CASE WHEN inet_client_addr() IS NULL THEN NULL ELSE set_config('tcp_keepalives_idle', '30', false)
           || set_config('tcp_keepalives_interval', '10', false) || set_config('tcp_keepalives_count', '3', false) END
"""
_TABLES = text("""
SELECT relname FROM pg_class AS t JOIN pg_namespace AS n ON n.oid = t.relnamespace
WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_table_is_visible(t.oid)
  AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = t.oid AND deptype = 'e')
""")


def open_engine(url: URL) -> Engine:
    """
    Reach a database and see that it can hold a catalogue.

    Raises:
        BadSetting: no URL of a PostgreSQL database, or one that is too old or not in UTF-8.
        Refused: it is on another machine, and the URL does not ask for TLS that proves who answers, or the setting
            `outbound` does not allow it.
        Unreachable: it cannot be reached, or does not let us in.
    """
    found = parse(url.render_as_string(hide_password=False))
    defaults = _from_environment()
    refuse_open_network(found, defaults)
    permit_servers(found, defaults)
    known = {name: value for name, value in _DEFAULTS.items() if name not in found.query}
    engine = create_engine(
        found.update_query_dict(known),
        pool_pre_ping=True,  # a server that was started again meanwhile is nobody's error
        max_overflow=20,
        pool_timeout=WAIT_S,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _on_connect)
    try:
        with database_errors(), engine.connect():
            return engine
    except BaseException:
        engine.dispose()
        raise


@contextmanager
def writing(engine: Engine) -> Generator[Connection]:
    """Hold the one transaction that may write; committed at the end, undone where anything raises."""
    with engine.connect().execution_options(**_WRITES) as connection, connection.begin():
        # Every statement after this one sees what the writer before committed: READ COMMITTED looks anew each time.
        connection.execute(_TURN)
        yield connection


@contextmanager
def reading(engine: Engine) -> Generator[Connection]:
    """Hold one consistent view; writers go on meanwhile."""
    with engine.connect().execution_options(**_READS) as connection, connection.begin():
        yield connection


def tables(connection: Connection) -> set[str]:
    """Name the tables that are there, those of extensions left out."""
    return set(connection.scalars(_TABLES))


def back_up(connection: Connection, copy: Path) -> None:
    """Say that no copy is made: there is no file to copy, and a migration that fails leaves everything as it was."""
    log.warning(
        "The catalogue %s is migrated now, in one transaction and without a copy: a PostgreSQL database is no file "
        "that could be copied. Take copies with pg_dump.",
        connection.engine.url.database,
    )


def scrub(engine: Engine) -> None:
    """
    Write every table anew, without the rows that are gone. The server's write-ahead log and its archives are its own.

    Raises:
        Conflict: another process holds a table.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM FULL")
        connection.exec_driver_sql("CHECKPOINT")


@contextmanager
def database_errors() -> Generator[None]:
    """Turn what PostgreSQL says into errors that a person can act on; others pass through."""
    try:
        yield
    except DBAPIError as error:
        if found := _translated(error):
            raise found from error
        raise
    except PoolTimeout as error:
        what = f"No connection to the catalogue came free in {WAIT_S:.0f} s."
        raise Conflict(what, try_this="groundside jobs") from error


def _translated(error: DBAPIError) -> GroundsideError | None:
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state == "55P03":
        what = f"Another process has been writing in this archive for {WAIT_S:.0f} s."
        return Conflict(what, try_this="groundside jobs")
    if error.connection_invalidated or state.startswith(("08", "57P")):
        what = f"The connection to the catalogue was lost: {_reason(error)}. The last change may or may not be made."
        return Unreachable(what, try_this="see that PostgreSQL runs, then run the same command again")
    if not state:
        return _not_connected(error)
    for states, kind, what, advice in _MEANINGS:
        if state.startswith(states):
            return kind(f"{what}: {_reason(error)}.", try_this=advice)
    return None


_MEANINGS: tuple[tuple[tuple[str, ...], type[GroundsideError], str, str], ...] = (
    (("53100",), NoSpace, "The disk of the database is full", "free space on it, then run the same command again"),
    (("53",), Conflict, "The database is at its limits", "let other programs end, or raise its limits"),
    (("40", "57014"), Conflict, "The database broke this off", "run the same command again"),
    (("XX001", "XX002", "42P01", "42703"), Tampered, "The catalogue is damaged", "put back a copy made with pg_dump"),
    (("42501", "28"), Unreachable, "The database does not permit this", "let the role of the setting own the database"),
    (("25006",), Unreachable, "The database can only be read", "name the primary server in the setting 'catalogue'"),
    (("58", "XX"), Unreachable, "The database failed", "look into the server's own log"),
)


def _not_connected(error: DBAPIError) -> GroundsideError | None:
    kind = type(error.orig).__name__
    advice = "see that PostgreSQL runs and what the setting 'catalogue' says (docs/how-to/postgresql.md)"
    if kind == "OperationalError":
        return Unreachable(f"The catalogue cannot be reached: {_reason(error)}.", try_this=advice)
    if kind == "ProgrammingError" and "connection option" in str(error.orig):
        return BadSetting(f"The setting 'catalogue' cannot be used: {_reason(error)}.", try_this=advice)
    return None


def _reason(error: DBAPIError) -> str:
    """Give what the server or libpq says, without paths: their last words on the first line."""
    line = (str(error.orig).strip().splitlines() or ["no reason was given"])[0]
    said = line.rpartition("failed: ")[2].removeprefix("FATAL:").strip().rstrip(".")
    return re.sub(r'"/(?:[^"/]*/)*([^"/]*)"', r'"\1"', said)


def _on_connect(connection: psycopg.Connection[tuple[object, ...]], _: ConnectionPoolEntry) -> None:
    row = connection.execute(_SESSION, (f"{WAIT_S * 1000:.0f}",)).fetchone()
    connection.commit()  # or the settings would go with the transaction
    version, encoding = (row or (0, ""))[:2]
    if version >= OLDEST and encoding == "UTF8":  # pyright: ignore[reportOperatorIssue]
        return
    connection.close()
    what = f"A catalogue needs PostgreSQL {OLDEST // 10_000} and UTF8; this database has {version} and {encoding}."
    raise BadSetting(what, try_this="make another with: createdb --encoding=UTF8 --template=template0")


def _from_environment() -> dict[str, str]:
    """Ask libpq for what it takes where the URL is silent: variables like PGHOST, a service file named by one."""
    try:
        from psycopg.pq import Conninfo
    except ImportError as error:
        what = "The catalogue is in PostgreSQL, and the package psycopg is not installed."
        raise BadSetting(what, try_this="pip install 'groundside[postgresql]'") from error
    return {each.keyword.decode(): each.val.decode() for each in Conninfo.get_defaults() if each.val}
