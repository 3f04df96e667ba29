"""One bit turned over anywhere in an archive is found, and named by where it is."""

import json
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table

from groundside.archive.archive import Archive
from groundside.archive.assigning import Which
from groundside.archive.people import PersonChange
from groundside.errors import GroundsideError
from groundside.keep import custody_tables, schema
from groundside.keep.checks import Fault, row_faults
from groundside.keep.event_checks import event_faults
from groundside.keep.flight_checks import flight_faults, sum_faults
from groundside.keep.key_checks import key_faults
from groundside.keep.ledger.check import check
from groundside.keep.object_checks import kept_objects, object_fault
from groundside.keep.raw_rows import tolerant
from groundside.keep.row_seals import SEALED, seal_faults
from groundside.model.assignment import Field
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery
from tests.conftest import Figure
from tests.photo_flights import photo
from tests.simulated import craft_files

WHO = Caller("tester", "test")
ROWS, ROWS_IN_FULL = 60, 7_000
OBJECTS, OBJECTS_IN_FULL = 25, 2_000
RAW, RAW_IN_FULL = 12, 1_000
DERIVED = {"flight_text", "flight_cell", "track_path", "change"}
"""Tables that are made again from others at any time, and that say nothing of their own."""
UNSEALED = {"job", "offer", "archive", "alembic_version"}
"""Tables that are not evidence: how long work went, what was proposed; and the names of archive and revision."""
NUMBERED = {("arrival", "id"), ("case_key", "made_us"), ("flight", "placed")}
"""Columns that prove nothing: a number that the database gave, when a key was made, which cells were entered."""
OF_ITS_OWN = {"chosen_original", "chosen_ordinal", "track_object"}
"""Columns of a flight that say nothing while it is merged into another, and are computed anew when it is not."""
_L = custody_tables
MOST_MISSED = 5000
"""A value that is null or empty has no bit to flip; a table without a row never has one."""
PROVED = (*SEALED, schema.event, _L.ledger_entry, _L.ledger_tile, _L.ledger_checkpoint, _L.object_key, _L.case_key)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with something in every table that matters, and all of it in the one file of the catalogue."""
    root = tmp_path_factory.mktemp("flips")
    (root / "card").mkdir()
    for name, data in craft_files((0, 2, 6, 7, 17)):
        (root / "card" / name).write_bytes(data)
    with Archive.open(root / "archive", create=True) as it:
        it.ingest(WHO, [root / "card"])
        first, second, *_ = [each.id for each in it.flights(WHO, FlightQuery()).flights]
        it.annotate(WHO, first, "Grüße vom Deich")
        it.add_person(WHO, "Ann", PersonChange())
        it.assign(WHO, Which((first,)), {Field.PIC: "Ann"})
        it.merge(WHO, first, second)
        it.hold(WHO, "claim 4711", flight=first)
        it.receive(WHO, "DJI_0001.JPG", [photo(1, 1_700_000_000_000_000, (7.5, 46.9))])
        assert it.verify(WHO).faults == ()
    settle(root / "archive")
    return root / "archive"


@pytest.fixture
def archive(built: Path, tmp_path: Path) -> Iterator[Archive]:
    shutil.copytree(built, tmp_path / "archive")
    with Archive.open(tmp_path / "archive") as it:
        yield it


def settle(folder: Path) -> None:
    with sqlite3.connect(folder / "catalogue.sqlite") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def flipped(content: bytes, chance: random.Random) -> bytes:
    altered = bytearray(content)
    altered[chance.randrange(len(altered))] ^= 1 << chance.randrange(8)
    return bytes(altered)


def flipped_value(value: object, chance: random.Random) -> object:
    """Turn over one bit of a value as it is stored, so that it stays one of its kind; None where there is no bit."""
    if isinstance(value, str):
        return flipped(value.encode(), chance) if value else None
    if isinstance(value, bytes):
        return flipped(value, chance) if value else None
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(1 if value in {0, 1} else 40))
    if isinstance(value, float):
        [altered] = struct.unpack("<d", flipped(struct.pack("<d", value), chance))
        return altered if altered == altered else None
    return None


@dataclass(frozen=True)
class Flip:
    """A bit of one value of one row; `about` are the names that the row has, before and after."""

    table: Table
    column: str
    about: tuple[str, ...]


@contextmanager
def one_flip(raw: sqlite3.Connection, table: Table, chance: random.Random) -> Iterator[Flip | None]:
    """Turn over one bit of a row inside the block; None where the chosen value has none, or the database refuses it."""
    raw.execute("BEGIN")
    try:
        raw.execute("PRAGMA ignore_check_constraints=ON")
        yield _turned(raw, table, chance)
    finally:
        raw.rollback()


def _turned(raw: sqlite3.Connection, table: Table, chance: random.Random) -> Flip | None:
    names = [column.name for column in table.columns]
    rows = raw.execute(f"SELECT {', '.join(names)} FROM {table.name}").fetchall()
    if not rows:
        return None
    row = dict(zip(names, chance.choice(rows), strict=True))
    column = chance.choice([name for name in names if (table.name, name) not in NUMBERED])
    value = flipped_value(row[column], chance)
    if value is None or (row.get("merged_into") and column in OF_ITS_OWN):
        return None
    key = [each.name for each in table.primary_key]
    said = "CAST(? AS TEXT)" if isinstance(row[column], str) else "?"
    where = " AND ".join(f"{name} IS ?" for name in key)
    try:
        raw.execute(f"UPDATE {table.name} SET {column} = {said} WHERE {where}", [value, *(row[each] for each in key)])
    except sqlite3.IntegrityError:
        return None  # so is a copy of another row's name
    shown = (
        value.decode(errors="surrogateescape") if isinstance(value, bytes) and isinstance(row[column], str) else value
    )
    after = {**row, column: shown}
    return Flip(table, column, tuple("/".join(_text(each[name]) for name in key) for each in (row, after)))


def _text(value: object) -> str:
    return str(value).encode(errors="backslashreplace").decode()


def looked_at(archive: Archive, connection: Connection, table: Table) -> list[Fault | tuple[str, str]]:
    """Look at one table with the very functions that `verify` looks at all of them with."""
    custody = archive.custody
    looks: dict[str, Callable[[], object]] = {
        "event": lambda: event_faults(connection, custody.row_key()),
        "object_key": lambda: key_faults(connection, custody),
        "case_key": lambda: key_faults(connection, custody),
    }
    if table in SEALED:
        found = [(each.about, each.what) for each in seal_faults(connection, custody.row_key(), [table])]
        return found or [*flight_faults(connection), *sum_faults(connection)]
    if table.name.startswith("ledger_"):
        return [(each.about, str(each)) for each in check(connection, custody.verifier())]
    return list(looks[table.name]())  # pyright: ignore


def abouts(found: list[Fault | tuple[str, str]]) -> list[str]:
    return [each.about if isinstance(each, Fault) else each[0] for each in found]


def names_it(flip: Flip, found: list[str]) -> bool:
    """Whether what was found names that very row, and nothing else of the same table."""
    kind = flip.table.name.removeprefix("ledger_")
    own = {f"{kind} {each}" for each in flip.about} | {f"{kind} {each.replace('/', ' ')}" for each in flip.about}
    if flip.table is schema.flight:
        own |= set(flip.about)
    if flip.table is schema.event and flip.column in {"entry", "seq"}:
        return any(each in own for each in found) or any(each.startswith("entry") for each in found)
    if flip.column in {each.name for each in flip.table.primary_key}:
        return bool(set(found) & own)
    return bool(found) and set(found) <= own


def test_a_bit_of_any_row_that_matters_is_found_and_named_by_its_row(archive: Archive, full: bool, figure: Figure):
    chance, wrong, done, missed = random.Random(5), [], 0, Counter[str]()
    wanted = ROWS_IN_FULL if full else ROWS
    tables = [each for each in PROVED if each is not schema.keychain]
    while done < wanted:
        table = tables[done % len(tables)]
        with archive.catalogue.read() as reader, tolerant(reader.connection):
            raw = reader.connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            raw.rollback()
            raw.execute("PRAGMA foreign_keys=OFF")
            with one_flip(raw, table, chance) as flip:
                if flip is None:
                    missed[table.name] += 1
                    assert missed[table.name] < MOST_MISSED, f"{table.name} has nothing to flip"
                    continue
                done += 1
                found = abouts(looked_at(archive, reader.connection, table))
        if not names_it(flip, found):
            wrong.append((flip.table.name, flip.column, flip.about, found))
    figure("flips of rows", {"flips": done, "not named": len(wrong)})
    assert wrong == []


def test_a_bit_of_any_object_is_found_and_named_by_its_object_and_its_chunk(
    archive: Archive, full: bool, figure: Figure
):
    chance, wrong = random.Random(6), []
    wanted = OBJECTS_IN_FULL if full else OBJECTS
    with archive.catalogue.read() as reader:
        kept, faults = kept_objects(reader.connection, ())
    assert not faults
    for _ in range(wanted):
        each = chance.choice(kept)
        file = object_file(archive, each.stored.object_id)
        content = file.read_bytes()
        file.write_bytes(flipped(content, chance))
        fault = object_fault(archive.vault, each, read=True, sealed=True)
        file.write_bytes(content)
        if fault is None or fault.about != each.stored.object_id or "altered in chunk" not in fault.what:
            wrong.append((each, fault))
        assert object_fault(archive.vault, each, read=True, sealed=True) is None
    figure("flips of objects", {"flips": wanted, "not named": len(wrong)})
    assert wrong == []


def object_file(archive: Archive, object_id: str) -> Path:
    return archive.folder.path / "objects" / object_id[:2] / object_id


@pytest.mark.parametrize("count", [1, 2, 10])
def test_exactly_the_objects_that_were_altered_are_named_by_the_verb(archive: Archive, count: int):
    with archive.catalogue.read() as reader:
        kept, _ = kept_objects(reader.connection, ())
    chance = random.Random(count)
    chosen = chance.sample(kept, min(count, len(kept)))
    for each in chosen:
        file = object_file(archive, each.stored.object_id)
        file.write_bytes(flipped(file.read_bytes(), chance))
    faults = archive.verify(WHO).faults
    assert sorted(each.about for each in faults) == sorted(each.stored.object_id for each in chosen)


def contents(file: Path) -> dict[str, list[object]]:
    """All rows of all tables that are evidence, as they lie there."""
    connection = sqlite3.connect(f"file:{file}?immutable=1", uri=True)
    connection.text_factory = bytes
    try:
        named = [row[0].decode() for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for name in named
            if name not in DERIVED | UNSEALED
        }
    finally:
        connection.close()


def told_of(folder: Path) -> list[str]:
    """What is said of an archive: what opening it raises, or what verifying it finds."""
    try:
        with Archive.open(folder) as it:
            return [f"{each.about}: {each.what}" for each in it.verify(WHO).faults]
    except GroundsideError as error:
        return [error.what]


def test_a_bit_anywhere_in_the_catalogues_file_is_found_or_changes_no_evidence(
    built: Path, tmp_path: Path, full: bool, figure: Figure
):
    shutil.copytree(built, tmp_path / "archive")
    file = tmp_path / "archive" / "catalogue.sqlite"
    whole, before, chance = file.read_bytes(), contents(file), random.Random(7)
    found = harmless = 0
    for number in range(RAW_IN_FULL if full else RAW):
        for more in tmp_path.glob("archive/catalogue.sqlite-*"):
            more.unlink()
        file.write_bytes(flipped(whole, chance))
        damaged = file.read_bytes()
        if told_of(tmp_path / "archive"):
            found += 1
            continue
        file.write_bytes(damaged)
        assert contents(file) == before, f"flip {number} changed evidence, and nobody said so"
        harmless += 1
    figure("flips of the catalogue's file", {"found": found, "harmless": harmless})
    assert found


@pytest.mark.parametrize("name", ["groundside-archive.json", "keys/keyring.json"])
def test_a_bit_of_the_marker_or_the_keyring_is_found_or_says_the_same(built: Path, tmp_path: Path, name: str):
    shutil.copytree(built, tmp_path / "archive")
    file, chance = tmp_path / "archive" / name, random.Random(8)
    whole, found = file.read_bytes(), 0
    for _ in range(6):
        file.write_bytes(flipped(whole, chance))
        found += bool(told_of(tmp_path / "archive"))
    file.write_bytes(whole)
    assert told_of(tmp_path / "archive") == []
    assert found >= 4


def test_rows_alone_are_clean_where_nothing_was_touched(archive: Archive):
    assert row_faults(archive.catalogue) == []


def test_the_command_names_exactly_the_hundred_files_that_were_altered(tmp_path: Path):
    (tmp_path / "card").mkdir()
    for number in range(120):
        (tmp_path / "card" / f"{number}.txt").write_text(f"what somebody wrote, {number}")
    with Archive.open(tmp_path / "archive", create=True) as it:
        it.ingest(WHO, [tmp_path / "card"], workers="0")
        with it.catalogue.read() as reader:
            kept, _ = kept_objects(reader.connection, ())
        chance = random.Random(9)
        chosen = chance.sample(kept, 100)
        for each in chosen:
            file = object_file(it, each.stored.object_id)
            file.write_bytes(flipped(file.read_bytes(), chance))
    command = [Path(sys.executable).with_name("groundside"), "verify", "--json", "--archive", tmp_path / "archive"]
    said = subprocess.run(command, capture_output=True, check=False)
    assert said.returncode == 11
    faults = json.loads(said.stdout)["faults"]
    assert sorted(each["about"] for each in faults) == sorted(each.stored.object_id for each in chosen)
