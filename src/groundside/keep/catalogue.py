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
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, Engine, insert, select

from groundside.errors import Tampered, WrongArchive
from groundside.keep import schema
from groundside.keep.actions import ActionWrites, Segments
from groundside.keep.bulk import BulkReads, BulkWrites
from groundside.keep.bulk_flights import BulkFlightWrites
from groundside.keep.candidates import CandidateReads
from groundside.keep.derived import DerivedReads
from groundside.keep.engines import database_of, located
from groundside.keep.erasing import ErasureReads, ErasureWrites
from groundside.keep.events import EventReads, bind_all
from groundside.keep.flight_lookup import LookupReads
from groundside.keep.heat import HeatReads
from groundside.keep.holds import HoldReads, HoldWrites
from groundside.keep.jobs import JobReads, JobWrites
from groundside.keep.ledger.log import size_of
from groundside.keep.location import shown
from groundside.keep.logbook_assignments import AssignmentReads, AssignmentWrites
from groundside.keep.logbook_flights import LoggedReads
from groundside.keep.logbook_statements import StatementReads, StatementWrites
from groundside.keep.merges import MergeReads, MergeWrites
from groundside.keep.notes import NoteReads, NoteWrites
from groundside.keep.offers import OfferReads, OfferWrites
from groundside.keep.originals import Duplicate, OriginalReads, OriginalWrites
from groundside.keep.owner import now_us
from groundside.keep.photos import PhotoReads, PhotoWrites
from groundside.keep.readings import ReadingReads, ReadingWrites
from groundside.keep.retention import RetentionReads
from groundside.keep.row_seals import seal_all
from groundside.keep.upgrade import bring_up_to_date
from groundside.model.caller import Caller

if TYPE_CHECKING:
    from groundside.keep.keys.custody import Custody

__all__ = ["Catalogue", "Duplicate", "Reader", "Writer"]

_ARCHIVE = select(schema.archive.c.id)
_UNSEALED = select(schema.original.c.id).where(schema.original.c.seal.is_(None)).limit(1)


class Reader(
    BulkReads,
    CandidateReads,
    HeatReads,
    MergeReads,
    NoteReads,
    LookupReads,
    OfferReads,
    ReadingReads,
    OriginalReads,
    DerivedReads,
    JobReads,
    AssignmentReads,
    LoggedReads,
    ErasureReads,
    StatementReads,
    PhotoReads,
    HoldReads,
    RetentionReads,
    EventReads,
):
    """Questions to one consistent view of the catalogue. Each takes the scope of whoever asks."""

    def inconsistencies(self) -> list[str]:
        """Say what the database itself finds wrong: damaged pages, references to rows that are gone."""
        return database_of(self.connection.dialect.name).inconsistencies(self.connection)


class Writer(
    BulkFlightWrites,
    BulkWrites,
    MergeWrites,
    OfferWrites,
    NoteWrites,
    ReadingWrites,
    OriginalWrites,
    JobWrites,
    ActionWrites,
    AssignmentWrites,
    StatementWrites,
    PhotoWrites,
    ErasureWrites,
    HoldWrites,
    Reader,
):
    """
    Changes, all of which are committed together or not at all; and all questions of a `Reader`.

    What is outside the scope of `caller` is not found, and so not changed.
    """

    def __init__(self, connection: Connection, caller: Caller, custody: Custody | None) -> None:
        super().__init__(connection)
        self.caller = caller
        self.custody = custody


class Catalogue:
    """
    Got by `Catalogue.open`. Threads may share it; processes open their own, after a fork.

    `custody` is what wraps the keys of objects and signs; it is set once, before the first commit.
    """

    custody: Custody | None = None

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._database = database_of(engine.dialect.name)
        self._turn = threading.Lock()
        self._holder: int | None = None
        self._held: Connection | None = None
        self._segments = Segments()

    @classmethod
    def open(cls, url: str | URL, *, backup_folder: Path | None) -> Catalogue:
        """
        Open a catalogue; make or migrate it first where that is needed.

        Args:
            url: "sqlite:////folder/catalogue.sqlite", or "postgresql://user@host/name?host=/folder/of/socket".
            backup_folder: where a copy goes before an existing catalogue is migrated, where it is a file.

        Raises:
            BadSetting: no URL, or a kind of database that is not supported.
            WrongArchive: written by a newer program.
            Tampered: damaged.
            Unreachable: it cannot be reached.
        """
        parsed, database = located(url)
        engine = database.open_engine(parsed)
        try:
            with database.database_errors():
                bring_up_to_date(engine, backup_folder)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    @property
    def where(self) -> str:
        """Where it is, for people and logs: a URL without passwords."""
        return shown(self._engine.url)

    def belong_to(self, archive_id: str, *, new: bool) -> None:
        """
        See that this is the catalogue of an archive; write it down where it is not said yet.

        Args:
            archive_id: of the archive's folder.
            new: the archive may have no catalogue yet. Where it must have, one that says nothing is not the one.

        Raises:
            WrongArchive: it is that of another archive.
            Tampered: it is that of none, and must not be new.
        """
        with self.read() as reader:
            found = reader.connection.scalar(_ARCHIVE)
        if found is None and new:
            found = self._claimed(archive_id)
        if found is None:
            what = "The catalogue of this archive is gone: the database that should hold it is empty."
            raise Tampered(what, try_this="put back a copy of the database, or name the right one: setting 'catalogue'")
        if found != archive_id:
            what = "This catalogue is that of another archive."
            raise WrongArchive(what, try_this="name the archive's own database, or give the folder that belongs to it")

    def _claimed(self, archive_id: str) -> str:
        with self._one_thread(), self._writing() as connection:
            if found := connection.scalar(_ARCHIVE):  # another process was first
                return found
            connection.execute(insert(schema.archive).values(id=archive_id, since_us=now_us()))
            return archive_id

    @contextmanager
    def commit(self, caller: Caller) -> Generator[Writer]:
        """
        Hold the one turn to write; at the end all of it is durable or, where anything was raised, none is.

        What a long action did so far is sealed into the ledger now and then, with the commit that makes it much.

        Raises:
            Conflict: another process kept its turn for too long.
            NoSpace: the disk is full.
            Unreachable: the connection was lost; whether the change was made is not known.
        """
        with self._one_thread(), self._writing() as connection:
            self._held = connection
            try:
                writer = Writer(connection, caller, self.custody)
                yield writer
                writer.seal_segment(self._segments)
            finally:
                self._held = None

    @contextmanager
    def read(self) -> Generator[Reader]:
        """Hold one consistent view; it does not see what is committed meanwhile."""
        with self._database.database_errors(), self._database.reading(self._engine) as connection:
            yield Reader(connection)

    @contextmanager
    def read_along(self) -> Generator[Reader]:
        """Hold the view of the commit that this very thread is in, with what it changed so far; else as `read`."""
        if self._held is not None and self._holder == threading.get_ident():
            yield Reader(self._held)
            return
        with self.read() as reader:
            yield reader

    def scrub(self) -> None:
        """
        Leave nothing in the database's files of rows that are gone; takes as long as writing all of it.

        Raises:
            Conflict: another process is using it.
            NoSpace: the disk is full.
        """
        with self._one_thread(), self._database.database_errors():
            self._database.scrub(self._engine)

    def adopt(self) -> None:
        """
        Seal the rows and events of a catalogue that is older than its ledger; from then on one without is a fault.

        For archives that have no keyring yet, and for no others: else whoever can write in the database could empty the
        ledger, and have what he put in its place signed.
        """
        with self.read() as reader:
            if self.custody is None or size_of(reader.connection) or reader.connection.scalar(_UNSEALED) is None:
                return
        with self._one_thread(), self._writing() as connection:
            bind_all(connection)
            seal_all(connection, self.custody.row_key())

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Generator[Connection]:
        with self._database.database_errors(), self._database.writing(self._engine) as connection:
            yield connection

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
