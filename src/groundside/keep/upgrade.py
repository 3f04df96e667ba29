"""Bring a catalogue to the form that this program reads: make it, migrate it, or refuse it."""

from __future__ import annotations

import secrets
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from groundside.errors import WrongArchive
from groundside.keep import custody_tables as custody_tables
from groundside.keep import logbook_tables as logbook_tables
from groundside.keep import photo_tables as photo_tables
from groundside.keep import schema
from groundside.keep.engines import database_of

SCRIPTS = "groundside.keep:migrations"


def bring_up_to_date(engine: Engine, backup_folder: Path | None) -> None:
    """
    Make or migrate the tables, in one transaction, with a copy taken before where there is something to lose.

    Args:
        engine: of the database.
        backup_folder: where the copy goes; None for none.

    Raises:
        WrongArchive: written by a newer program, or the database of something else.
        NoSpace: no room for the copy; nothing was changed.
    """
    database = database_of(engine.dialect.name)
    with database.reading(engine) as connection:
        if _revision(connection) == schema.HEAD:
            return
    with database.writing(engine) as connection:
        found = _revision(connection)  # again: another process may have done it while we waited
        if found == schema.HEAD:
            return
        _refuse_unknown(connection, found)
        if found and backup_folder:
            database.back_up(connection, backup_folder / f"catalogue-{found}-{secrets.token_hex(4)}.sqlite")
        _migrate(connection)


def _revision(connection: Connection) -> str:
    tables = database_of(connection.dialect.name).tables(connection)
    if "alembic_version" in tables:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
    if tables:
        what = "The catalogue is a database of something else."
        raise WrongArchive(what, try_this="give the folder of an archive with --archive")
    return ""


def _refuse_unknown(connection: Connection, found: str) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config(connection)).walk_revisions()}
    if found and found not in known:
        what = f"This archive was written by a newer Groundside (its catalogue is of revision {found[:40]!r})."
        raise WrongArchive(what, try_this="install the newer version of groundside")


def _migrate(connection: Connection) -> None:
    from alembic import command

    command.upgrade(_config(connection), "head")


def _config(connection: Connection):  # noqa: ANN202
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.attributes["connection"] = connection
    return config
