"""An archive whose catalogue is in PostgreSQL: backed up like any other, and restored into a folder or a database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from groundside.archive.archive import Archive
from groundside.archive.backing_up import From, rehearse, restore
from groundside.errors import Conflict
from groundside.keep import schema
from groundside.keep.ledger.checkpoint import Checkpoint
from groundside.keep.ledger.log import newest
from groundside.keep.ledger.merkle import root_at
from groundside.keep.ledger.note import Note
from groundside.keep.ledger.tiles import Tiles
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery
from groundside.settings import Settings
from tests.service.postgres import Server
from tests.simulated import craft_files

pytestmark = pytest.mark.service
WHO = Caller("tester", "test")
HERE = Settings()


@pytest.fixture
def settings(postgres: Server, database: str) -> Settings:
    return Settings(catalogue=postgres.url(database))


def build(at: Path, settings: Settings) -> None:
    (at / "card").mkdir()
    for name, data in craft_files((6, 17)):
        (at / "card" / name).write_bytes(data)
    with Archive.open(at / "archive", settings, create=True) as it:
        it.ingest(WHO, [at / "card"], workers="0")
        first, second, *_ = (each.id for each in it.flights(WHO, FlightQuery(bench=True)).flights)
        it.annotate(WHO, first, "Grüße vom Deich \\ 1")
        it.merge(WHO, first, second)
        it.backup(WHO, str(at / "copy"))


def signed(it: Archive) -> Checkpoint:
    with it.catalogue.read() as reader:
        return Checkpoint.parse(Note.parse(newest(reader.connection) or "").text)


def rows(it: Archive) -> dict[str, list[tuple]]:
    """Every row of every table, but for what the restore itself added to the ledger."""
    with it.catalogue.read() as reader:
        return {
            table.name: [tuple(row) for row in reader.connection.execute(select(table).order_by(*table.primary_key))]
            for table in schema.metadata.sorted_tables
            if not table.name.startswith("ledger_") and table.name != "event"
        }


def is_the_same(old: Archive, it: Archive, checkpoint: str) -> None:
    before = Checkpoint.parse(Note.parse(checkpoint).text)
    with it.catalogue.read() as reader:
        assert root_at(before.size, Tiles(reader.connection).hash_of) == before.root
    assert signed(it).size == before.size + 1, "one entry says that it was restored"
    assert rows(it) == rows(old)
    assert it.verify(WHO).faults == ()
    it.receive(WHO, "note.txt", [b"the work goes on"])  # numbers of arrivals go on, too
    assert it.verify(WHO).faults == ()


@pytest.fixture
def other(postgres: Server) -> Iterator[str]:
    made = postgres.new_database()
    yield made
    postgres.drop(made)


def test_a_catalogue_in_postgresql_is_restored_into_a_folder_and_into_another_database(
    postgres: Server, settings: Settings, other: str, tmp_path: Path
):
    build(tmp_path, settings)
    source = From(place=str(tmp_path / "copy"))
    assert rehearse(source, HERE).faults == ()
    found = restore(WHO, source, tmp_path / "folder", HERE)
    assert (found.faults, found.made) == ((), True)
    there = replace(settings, catalogue=postgres.url(other))
    found = restore(WHO, source, tmp_path / "there", there)
    assert (found.faults, found.made) == ((), True)
    assert not list((tmp_path / "there").glob("catalogue*"))
    with Archive.open(tmp_path / "archive", settings) as old:
        with Archive.open(tmp_path / "folder", HERE) as it:
            is_the_same(old, it, found.checkpoint)
        with Archive.open(tmp_path / "there", there) as it:
            is_the_same(old, it, found.checkpoint)
            assert it.backup(WHO, str(tmp_path / "copy")).generation == 2
    with pytest.raises(Conflict, match="holds a catalogue already"):
        restore(WHO, source, tmp_path / "again", there)
    assert not (tmp_path / "again").exists()
