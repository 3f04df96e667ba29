"""Which kind of database a catalogue is in: SQLite and PostgreSQL behind the same few functions."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, Engine, make_url

from groundside.keep import postgres, sqlite
from groundside.keep.location import parse


class Database(Protocol):
    """What a kind of database does in its own way; see `sqlite` and `postgres`, which both are one."""

    def open_engine(self, url: URL) -> Engine:
        """Reach or make a database."""
        ...

    def writing(self, engine: Engine) -> AbstractContextManager[Connection]:
        """Hold the one transaction that may write."""
        ...

    def reading(self, engine: Engine) -> AbstractContextManager[Connection]:
        """Hold one consistent view."""
        ...

    def tables(self, connection: Connection) -> set[str]:
        """Name the tables that are there."""
        ...

    def back_up(self, connection: Connection, copy: Path) -> None:
        """Copy the database as it is now, or say why not."""
        ...

    def scrub(self, engine: Engine) -> None:
        """Leave nothing in its files of rows that are gone, as far as it can."""
        ...

    def inconsistencies(self, connection: Connection) -> list[str]:
        """Say what the database itself finds wrong."""
        ...

    def database_errors(self) -> AbstractContextManager[None]:
        """Turn what the database says into errors that a person can act on."""
        ...


def database_of(dialect: str) -> Database:
    """Give the kind of database that SQLAlchemy calls so."""
    return _KINDS[dialect]


def located(url: str | URL) -> tuple[URL, Database]:
    """
    Read the URL of a catalogue.

    Raises:
        BadSetting: a kind of database that is not supported, or no URL.
    """
    # A URL is never taken by way of its text, for a folder may have any name.
    parsed = url if isinstance(url, URL) else make_url(url) if url.startswith("sqlite:") else parse(url)
    return parsed, _KINDS[parsed.get_backend_name()]


_KINDS: dict[str, Database] = {"sqlite": sqlite, "postgresql": postgres}
