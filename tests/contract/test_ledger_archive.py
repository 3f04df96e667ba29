"""What was done to an archive is in its ledger, and `verify` says what was altered in either."""

import shutil
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import Float, Integer, delete, insert, select, update

from groundside.archive.archive import Archive
from groundside.archive.assigning import Which
from groundside.archive.people import PersonChange
from groundside.errors import Tampered
from groundside.keep import schema
from groundside.keep.actions import SEGMENT_EVENTS, begin
from groundside.keep.custody_tables import ledger_checkpoint, ledger_entry, ledger_tile
from groundside.keep.events import bound
from groundside.keep.ledger.log import read, size_of
from groundside.keep.row_seals import SEALED
from groundside.model.assignment import Field
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery
from groundside.simulate.fleet import demo_files
from tests.photo_flights import photo

WHO = Caller("tester", "test")
_E = schema.event


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ledger")
    with Archive.open(root / "archive", create=True) as it:
        name, data = next((name, data) for name, data, _ in demo_files(3) if name.endswith(".csv"))
        it.receive(WHO, name, [data])
        flight = it.flights(WHO, FlightQuery()).flights[0].id
        it.annotate(WHO, flight, "windy")
    return root / "archive"


@pytest.fixture
def archive(built: Path, tmp_path: Path):
    shutil.copytree(built, tmp_path / "archive")
    with Archive.open(tmp_path / "archive") as it:
        yield it


def faults(archive: Archive) -> list[str]:
    return sorted(each.what for each in archive.verify(WHO).faults)


def verbs(archive: Archive) -> list[str]:
    with archive.catalogue.read() as reader:
        return [each.verb for each in read(reader.connection, 0, 1000)]


def change(archive: Archive, statement: object) -> None:
    with archive.catalogue.commit(WHO) as writer:
        writer.connection.execute(statement)


def test_each_call_of_a_verb_is_an_entry_over_its_events(archive: Archive):
    assert verbs(archive) == ["receive", "flights", "annotate"]
    with archive.catalogue.read() as reader:
        rows = reader.connection.execute(select(_E.c.what, _E.c.entry).order_by(_E.c.seq)).all()
    assert [tuple(row) for row in rows] == [("ingest", 0), ("read", 0), ("revealed.flights", 1), ("note", 2)]
    assert faults(archive) == []


def test_a_verb_that_failed_leaves_an_entry_only_where_it_did_something(archive: Archive):
    before = len(verbs(archive))
    with pytest.raises(Exception, match="no flight"):
        archive.annotate(WHO, "f" * 32, "nowhere")
    assert len(verbs(archive)) == before


@pytest.mark.parametrize("column", ["who", "what", "details", "at_us", "about", "salt", "commitment"])
def test_an_altered_event_is_named(archive: Archive, column: str):
    new = {"at_us": 1, "salt": b"0" * 32, "commitment": b"1" * 32}.get(column, "someone else")
    change(archive, update(_E).where(_E.c.seq == 2).values({column: new}))
    assert faults(archive) == [
        f"Event 2 ({'someone else' if column == 'what' else 'read'!r}) is not what was recorded."
    ]


def test_an_event_taken_out_or_slipped_in_is_noticed(archive: Archive):
    with archive.catalogue.read() as reader:
        row = reader.connection.execute(select(_E).where(_E.c.seq == 4)).one()
    change(archive, delete(_E).where(_E.c.seq == 4))
    assert faults(archive) == ["The events of entry 2 of the ledger are not those that it was sealed over."]
    change(archive, insert(_E).values({**row._mapping, "entry": 1}))
    assert faults(archive) == [
        "Event 4 ('note') is not what was recorded.",
        "The events of entry 2 of the ledger are not those that it was sealed over.",
    ]


def test_an_event_that_was_emptied_by_nobody_is_a_fault(archive: Archive):
    gone = {"who": "", "how": "", "why": "", "about": "", "details": "{}", "salt": None}
    change(archive, update(_E).where(_E.c.seq == 2).values(gone))
    assert faults(archive) == ["Event 2 was emptied, and not by an erasure."]


@pytest.mark.parametrize("bound_to_itself", [False, True])
def test_a_forged_event_is_never_signed(archive: Archive, bound_to_itself: bool):
    said = {
        "seq": 5,
        "case_name": "general",
        "at_us": 5,
        "what": "note",
        "who": "judge",
        "how": "",
        "why": "",
        "about": "",
    }
    forged = bound({**said, "details": "{}"}) if bound_to_itself else {**said, "details": "{}"}
    change(archive, insert(_E).values({**forged, "action": ""}))
    with pytest.raises(Tampered, match="Event 5"):
        archive.flights(WHO, FlightQuery())
    assert any("Event 5" in each for each in faults(archive))


def test_an_emptied_ledger_is_not_begun_anew(archive: Archive):
    for table in (ledger_entry, ledger_tile, ledger_checkpoint):
        change(archive, delete(table))
    with pytest.raises(Tampered, match="ledger of this archive is gone"):
        archive.flights(WHO, FlightQuery())
    change(archive, update(_E).values(entry=None))
    with pytest.raises(Tampered, match="is not what was recorded"):
        archive.flights(WHO, FlightQuery())


def test_an_altered_entry_or_tile_is_named(archive: Archive):
    with archive.catalogue.read() as reader:
        leaf = reader.connection.scalar(select(ledger_entry.c.leaf).where(ledger_entry.c.seq == 1))
        tile = reader.connection.scalar(select(ledger_tile.c.hashes).where(ledger_tile.c.level == 0))
    change(
        archive, update(ledger_entry).where(ledger_entry.c.seq == 1).values(leaf=leaf.replace(b"flights", b"flighty"))
    )
    assert [each.about for each in archive.verify(WHO).faults] == ["entry 1"]
    change(archive, update(ledger_entry).where(ledger_entry.c.seq == 1).values(leaf=leaf))
    change(archive, update(ledger_tile).values(hashes=bytes([tile[0] ^ 1]) + tile[1:]))
    assert [each.about for each in archive.verify(WHO).faults] == ["tile 0 0"]


def test_what_a_process_left_that_is_gone_is_sealed_by_the_next(archive: Archive):
    lost = "ingest/999999999/1/abcd/" + begin("x").split("/", 4)[4]
    with archive.catalogue.commit(Caller("tester", "test", action=lost)) as writer:
        writer.event("ingest", about="x", at_us=5)
    living = begin("merge")
    with archive.catalogue.commit(Caller("tester", "test", action=living)) as writer:
        writer.event("merge", about="x", at_us=6)
    archive.flights(WHO, FlightQuery())
    assert verbs(archive)[3:] == ["ingest", "flights"]
    with archive.catalogue.read() as reader:
        waiting = reader.connection.scalars(select(_E.c.what).where(_E.c.entry.is_(None))).all()
    assert waiting == ["merge"]
    assert faults(archive) == []


def test_a_long_action_is_sealed_in_segments(archive: Archive):
    action = begin("ingest")
    caller = Caller("tester", "test", action=action)
    for _ in range(3):
        with archive.catalogue.commit(caller) as writer:
            happened = {"case_name": "general", "at_us": 7, "what": "ingest", "about": "", "details": "{}"}
            writer.record([happened] * (SEGMENT_EVENTS // 2))
    with archive.catalogue.read() as reader:
        assert size_of(reader.connection) == 4
        assert reader.connection.scalar(select(_E.c.seq).where(_E.c.entry.is_(None)).limit(1)) == 4 + SEGMENT_EVENTS + 1


def test_an_altered_row_is_named_whatever_its_table(archive: Archive):
    csv = [(name, data) for name, data, _ in islice(demo_files(3), 8) if name.endswith(".csv")]
    archive.receive(WHO, csv[1][0], [csv[1][1]])
    one, two = (each.id for each in archive.flights(WHO, FlightQuery()).flights)
    archive.merge(WHO, one, two)
    archive.receive(WHO, "DJI_0001.JPG", [photo(1, 1_700_000_000_000_000, (7.5, 46.9))])
    archive.hold(WHO, "claim", case="general")
    archive.add_person(WHO, "Ann", PersonChange())
    archive.assign(WHO, Which((one,)), {Field.PIC: "Ann"})
    with archive.catalogue.commit(WHO) as writer:
        writer.set_keychain(writer.originals(WHO.scope)[0].id, "{}", at_us=1)
    assert faults(archive) == []
    for table in SEALED:
        left_out = {"seal", "placed", "chosen_ordinal"}  # worked out again, and not evidence
        column = next(c for c in reversed(table.columns) if not (c.primary_key or c.foreign_keys or c.name in left_out))
        with archive.catalogue.read() as reader:
            names = [table.c[c.name] for c in table.primary_key]
            first = reader.connection.execute(select(*names, column)).first()
        assert first is not None, table.name
        here = [name == value for name, value in zip(names, first, strict=False)]
        was = first[-1]
        other = not was if isinstance(was, bool) else 12345 if isinstance(column.type, (Integer, Float)) else "[]"
        change(archive, update(table).where(*here).values({column.name: other}))
        about = [each.about for each in archive.verify(WHO).faults if "/" in each.about or " " in each.about]
        assert about == [f"{table.name} {'/'.join(map(str, first[:-1]))}"]
        change(archive, update(table).where(*here).values({column.name: was}))
    assert faults(archive) == []


def test_rows_and_events_of_an_archive_older_than_its_ledger_are_sealed_once(archive: Archive):
    for table in (ledger_entry, ledger_tile, ledger_checkpoint):
        change(archive, delete(table))
    for table in SEALED:
        change(archive, update(table).values(seal=None))
    change(archive, update(_E).values(entry=None, salt=None, commitment=None, seal=None))
    archive.catalogue.adopt()  # as is done for archives without a keyring, and for no others
    archive.flights(WHO, FlightQuery())
    assert verbs(archive) == ["adopted", "flights"]
    assert faults(archive) == []
    change(archive, update(schema.original).values(seal=None))
    archive.catalogue.adopt()
    assert len(faults(archive)) == 1


def test_a_sealed_archive_is_never_taken_for_an_older_one(archive: Archive):
    for table in (ledger_entry, ledger_tile, ledger_checkpoint):
        change(archive, delete(table))
    change(archive, update(schema.original).values(seal=None))
    change(archive, update(_E).values(entry=None, salt=None, commitment=None, seal=None))
    with Archive.open(archive.folder.path) as again, pytest.raises(Tampered):
        again.flights(WHO, FlightQuery())
