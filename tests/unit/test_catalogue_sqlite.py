"""What is particular to a catalogue in SQLite: how it is made, migrated, refused, copied, and asked without sorting."""

import sqlite3
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    create_engine,
    event,
    select,
)
from sqlalchemy.exc import IntegrityError

from groundside.errors import BadSetting, Conflict, NoSpace, Tampered, WrongArchive
from groundside.keep import flight_pages, schema, sqlite, upgrade
from groundside.keep.catalogue import Catalogue
from groundside.keep.connection import insert_rows
from groundside.keep.stored_text import Text
from groundside.model.caller import EVERYTHING, Scope
from groundside.model.query import FlightOrder, FlightQuery
from tests.keep_builders import (
    MIGRATIONS,
    TESTER,
    add_flight,
    add_migration,
    add_original,
    cut,
    facts,
    open_catalogue,
)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = open_catalogue("sqlite", tmp_path)
    yield opened
    opened.close()


def tables_of(file: Path) -> dict[str, list[str]]:
    """What each table and index is made of; in which order its columns and constraints are told does not matter."""
    with sqlite3.connect(file) as connection:
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'alembic%' AND sql IS NOT NULL"
        )
        found = {name: sorted(part.strip("() \n\t") for part in sql.split(",")) for name, sql in rows}
    connection.close()
    return found


def test_the_migrations_make_exactly_the_tables_of_the_schema(tmp_path: Path):
    migrated = tmp_path / "migrated.sqlite"
    catalogue = Catalogue.open(f"sqlite:///{migrated}", backup_folder=None)
    plain = create_engine(f"sqlite:///{tmp_path}/plain.sqlite")
    schema.metadata.create_all(plain)
    plain.dispose()
    assert tables_of(migrated) == tables_of(tmp_path / "plain.sqlite")
    with catalogue.read() as reader:
        context = MigrationContext.configure(reader.connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
    catalogue.close()


def test_the_program_reads_the_newest_migration():
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == schema.HEAD


def test_every_connection_is_durable_and_holds_references(catalogue: Catalogue):
    for way in (catalogue.read, lambda: catalogue.commit(TESTER)):
        with way() as reader:
            pragma = lambda name: reader.connection.exec_driver_sql(f"PRAGMA {name}").scalar()  # noqa: E731
            assert (pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys")) == ("wal", 2, 1)
            assert pragma("busy_timeout") == sqlite.WAIT_S * 1000


def test_opening_again_finds_what_was_kept_and_makes_no_copy(tmp_path: Path):
    first = open_catalogue("sqlite", tmp_path)
    with first.commit(TESTER) as writer:
        original = add_original(writer)
    first.close()
    again = open_catalogue("sqlite", tmp_path)
    with again.read() as reader:
        assert reader.original(original, EVERYTHING).id == original
    again.close()
    assert not (tmp_path / "backups").exists()


def test_opening_what_is_up_to_date_does_not_load_the_migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    open_catalogue("sqlite", tmp_path).close()
    monkeypatch.setitem(sys.modules, "alembic.command", None)
    monkeypatch.setitem(sys.modules, "alembic.script", None)
    open_catalogue("sqlite", tmp_path).close()


@pytest.fixture
def newer_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_migration(tmp_path / "scripts", monkeypatch)


def older_archive(folder: Path) -> Path:
    opened = open_catalogue("sqlite", folder)
    with opened.commit(TESTER) as writer:
        add_original(writer)
    opened.close()
    return folder / "catalogue.sqlite"


@pytest.fixture
def older(tmp_path: Path) -> Path:
    return older_archive(tmp_path)


def test_an_upgrade_keeps_what_there_was_and_leaves_a_copy_of_it_from_before(
    older: Path, newer_program: None, tmp_path: Path
):
    upgraded = open_catalogue("sqlite", tmp_path)
    with upgraded.read() as reader:
        assert len(reader.originals(EVERYTHING)) == 1
    upgraded.close()
    assert "more" in tables_of(older)
    (copy,) = (tmp_path / "backups").iterdir()
    assert "more" not in tables_of(copy)
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT count(*) FROM original").fetchone() == (1,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_where_no_copy_can_be_made_nothing_is_upgraded(
    older: Path, newer_program: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise NoSpace("full")

    monkeypatch.setattr(sqlite, "_copy", full)
    with pytest.raises(NoSpace):
        open_catalogue("sqlite", tmp_path)
    assert "more" not in tables_of(older)
    assert list((tmp_path / "backups").iterdir()) == []


def test_an_upgrade_that_fails_leaves_the_catalogue_as_it_was(
    older: Path, newer_program: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    step = Path(upgrade.SCRIPTS) / "versions" / "9999_more.py"
    step.write_text(step.read_text() + "    raise ZeroDivisionError\n")
    before = tables_of(older)
    with pytest.raises(ZeroDivisionError):
        open_catalogue("sqlite", tmp_path)
    assert tables_of(older) == before


def test_a_catalogue_of_a_newer_program_is_refused_untouched_with_advice(older: Path, tmp_path: Path):
    with sqlite3.connect(older) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(WrongArchive, match="newer") as caught:
        open_catalogue("sqlite", tmp_path)
    assert caught.value.try_this
    assert not (tmp_path / "backups").exists()


def test_the_database_of_something_else_is_refused(tmp_path: Path):
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    with pytest.raises(WrongArchive):
        open_catalogue("sqlite", tmp_path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path):
    (tmp_path / "catalogue.sqlite").write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(Tampered):
        open_catalogue("sqlite", tmp_path)


def test_a_database_that_is_not_supported_is_a_bad_setting():
    with pytest.raises(BadSetting):
        Catalogue.open("mysql://host/name", backup_folder=None)


def test_who_waits_too_long_for_the_turn_to_write_is_told_so(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sqlite, "WAIT_S", 0.05)
    impatient = open_catalogue("sqlite", tmp_path)
    with catalogue.commit(TESTER), pytest.raises(Conflict), impatient.commit(TESTER):
        pass
    impatient.close()


def plans(catalogue: Catalogue, asked: FlightQuery, scope: Scope) -> list[str]:
    """How each statement about flights was answered."""
    said: list[tuple[str, object]] = []

    def heard(_connection: object, _cursor: object, statement: str, given: object, *_: object) -> None:
        said.append((statement, given))

    with catalogue.read() as reader:
        event.listen(reader.connection, "before_cursor_execute", heard)
        reader.page(asked, scope)
        event.remove(reader.connection, "before_cursor_execute", heard)
        explained = [
            reader.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {s}", g).all()
            for s, g in said
            if "FROM flight " in s
        ]
    return ["; ".join(row[3] for row in rows) for rows in explained]


@pytest.mark.parametrize("order", list(FlightOrder))
def test_a_page_of_flights_is_read_from_an_index_in_its_order_and_never_sorted(
    catalogue: Catalogue, order: FlightOrder, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(flight_pages, "_DEEP", 1)
    with catalogue.commit(TESTER) as writer:
        for number in range(8):
            add_flight(writer, of=facts(cut(distance_m=1.0 * number, max_height_m=2.0)))
    for descending, scope, offset, bench in product(
        (True, False), (EVERYTHING, Scope(frozenset({"general", "other"}))), (0, 3, 6), (True, False)
    ):
        asked = FlightQuery(order=order, descending=descending, limit=2, offset=offset, bench=bench)
        pages = [each for each in plans(catalogue, asked, scope) if "ix_flight_by_" in each]
        assert pages
        assert all("COVERING INDEX ix_flight_by_" in each for each in pages), pages
        assert not any("TEMP B-TREE" in each for each in pages), pages


def test_single_flights_sources_and_duplicates_are_found_by_an_index(catalogue: Catalogue):
    tables = (
        "flight",
        "flight_source",
        "original",
        "cut",
        "arrival",
        "event",
        "derived_object",
        "note",
        "reading",
    )
    questions = [
        "SELECT * FROM flight_source WHERE flight_id = 'x'",
        "SELECT * FROM flight_source WHERE original_id = 'x'",
        "SELECT * FROM original WHERE fingerprint = 'x' AND case_name = 'general'",
        "SELECT * FROM arrival WHERE original_id = 'x'",
        "SELECT * FROM derived_object WHERE original_id = 'x'",
        "SELECT * FROM flight WHERE merged_into = 'x'",
        "SELECT * FROM flight WHERE track_object = 'x'",
        "SELECT max(seq) FROM event",
        "SELECT max(recording_s) FROM flight",
        "SELECT * FROM event WHERE seq > 5 ORDER BY seq",
    ]
    assert set(tables) <= set(schema.metadata.tables)
    with catalogue.read() as reader:
        for each in questions:
            steps = "; ".join(row[3] for row in reader.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}"))
            assert "SEARCH" in steps, (each, steps)


def test_no_column_has_a_default_that_only_python_would_fill_in():
    """Many rows at once are handed to the driver as they are: see `insert_rows`."""
    columns = [column for table in schema.metadata.tables.values() for column in table.columns]
    assert len(columns) > 100
    assert not [str(column) for column in columns if column.default is not None or column.onupdate is not None]


def test_rows_that_go_to_the_driver_come_back_as_they_were():
    engine = create_engine("sqlite://")
    table = Table("some", MetaData(), Column("id", Integer, primary_key=True), *_columns())
    rows: list[dict[str, object]] = [
        {"told": None, "text": "é\u2028'", "number": 2.5, "flag": True, "raw": b"\0\xff"},
        {"told": 1, "text": "", "number": None, "flag": False, "raw": b""},
        {"told": 2, "text": "\0 and \udcff", "number": 0.0, "flag": False, "raw": b"\0"},
    ]
    with engine.begin() as connection:
        table.create(connection)
        insert_rows(connection, table, [])
        insert_rows(connection, table, rows)
        found = connection.execute(select(table).order_by(table.c.id)).mappings().all()
        with pytest.raises(IntegrityError):
            insert_rows(connection, table, [{"id": 1, "text": "again"}])
    rows[2]["text"] = r"\x00 and \udcff"  # as `Text` has what no database can hold
    assert [dict(row) for row in found] == [{"id": n, **row} for n, row in enumerate(rows, 1)]


def _columns() -> list[Column[Any]]:
    kinds = {"told": Integer, "text": Text, "number": Float, "flag": Boolean, "raw": LargeBinary}
    return [Column(name, kind) for name, kind in kinds.items()]
