"""
What is known of the bytes: one database, one writer at a time, each change with the event of it.

`Catalogue.commit` is the sequencer of the whole archive: whoever changes anything goes through it, so events
are numbered without a gap in the order in which the changes can be seen.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, make_url

from groundside.errors import BadSetting
from groundside.keep import sqlite
from groundside.keep.derived import DerivedReads
from groundside.keep.events import EventReads, EventWrites
from groundside.keep.flight_lookup import LookupReads
from groundside.keep.flight_query import FlightQueries
from groundside.keep.jobs import JobReads, JobWrites
from groundside.keep.merges import MergeReads, MergeWrites
from groundside.keep.notes import NoteReads, NoteWrites
from groundside.keep.offers import OfferReads, OfferWrites
from groundside.keep.originals import Duplicate, OriginalReads, OriginalWrites
from groundside.keep.readings import ReadingReads, ReadingWrites
from groundside.keep.unclocked import UnclockedReads
from groundside.keep.upgrade import bring_up_to_date
from groundside.model.caller import Caller

__all__ = ["Catalogue", "Duplicate", "Reader", "Writer"]


class Reader(
    FlightQueries,
    MergeReads,
    NoteReads,
    UnclockedReads,
    LookupReads,
    OfferReads,
    ReadingReads,
    OriginalReads,
    DerivedReads,
    JobReads,
    EventReads,
):
    """Questions to one consistent view of the catalogue. Each takes the scope of whoever asks."""

    def inconsistencies(self) -> list[str]:
        """Say what the database itself finds wrong: damaged pages, references to rows that are gone."""
        return sqlite.inconsistencies(self.connection)


class Writer(MergeWrites, OfferWrites, NoteWrites, ReadingWrites, OriginalWrites, JobWrites, EventWrites, Reader):
    """
    Changes, all of which are committed together or not at all; and all questions of a `Reader`.

    What is outside the scope of `caller` is not found, and so not changed.
    """

    def __init__(self, connection: Connection, caller: Caller) -> None:
        super().__init__(connection)
        self.caller = caller


class Catalogue:
    """Got by `Catalogue.open`. Threads may share it; processes open their own, after a fork."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self._holder: int | None = None

    @classmethod
    def open(cls, url: str | URL, *, backup_folder: Path | None) -> Catalogue:
        """
        Open a catalogue; make or migrate it first where that is needed.

        Args:
            url: "sqlite:////folder/catalogue.sqlite".
            backup_folder: where a copy goes before an existing catalogue is migrated.

        Raises:
            BadSetting: a kind of database that is not supported.
            WrongArchive: written by a newer program.
            Tampered: damaged.
        """
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            what = f"A catalogue cannot be kept in {parsed.get_backend_name()!r}."
            raise BadSetting(what, try_this="leave the catalogue in the archive folder")
        engine = sqlite.open_engine(parsed)
        try:
            with sqlite.database_errors():
                bring_up_to_date(engine, backup_folder)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    @contextmanager
    def commit(self, caller: Caller) -> Generator[Writer]:
        """
        Hold the one turn to write; at the end all of it is durable or, where anything was raised, none is.

        Raises:
            Conflict: another process kept its turn for too long.
            NoSpace: the disk is full.
        """
        with self._one_thread(), sqlite.database_errors(), sqlite.writing(self._engine) as connection:
            yield Writer(connection, caller)

    @contextmanager
    def read(self) -> Generator[Reader]:
        """Hold one consistent view; it does not see what is committed meanwhile."""
        with sqlite.database_errors(), sqlite.reading(self._engine) as connection:
            yield Reader(connection)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _one_thread(self) -> Generator[None]:
        if self._holder == threading.get_ident():
            what = "a commit inside a commit would wait for itself"
            raise RuntimeError(what)
        with self._turn:
            self._holder = threading.get_ident()
            try:
                yield
            finally:
                self._holder = None
