"""A catalogue of before there was a logbook is brought up to date, on every database."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from groundside.keep import schema
from groundside.keep.catalogue import Catalogue
from groundside.keep.upgrade import _config
from groundside.model.assignment import Field
from groundside.model.caller import EVERYTHING
from tests.keep_builders import TESTER, add_flight


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/older.sqlite"
    return request.getfixturevalue("postgres").url(request.getfixturevalue("database"))


def test_flights_of_a_catalogue_without_a_logbook_can_be_assigned_after_it_is_opened(empty_url: str, tmp_path: Path):
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        command.upgrade(_config(connection), "0004")
        connection.execute(
            text(
                "INSERT INTO flight (id, case_name, made_us, time_zone, track_rows, track_locked, bench, simulated,"
                " time_basis, summary) VALUES ('a', 'general', 1, '', 0, :no, :no, :no, 'none', '{}')"
            ),
            {"no": False},
        )
    engine.dispose()
    catalogue = Catalogue.open(empty_url, backup_folder=tmp_path / "backups")
    with catalogue.commit(TESTER) as writer:
        context = MigrationContext.configure(writer.connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
        other = add_flight(writer)[1]
        batch, _ = writer.assign("first", {"a": {"purpose": "survey"}, other: {"purpose": "survey"}}, at_us=1)
        assert batch.flights == 2
        again, _ = writer.assign("again", {"a": {"purpose": "survey"}, other: {"purpose": "film"}}, at_us=2)
        assert again.flights == 1, "what says so already is no change"
    with catalogue.read() as reader:
        assert {a.flight_id: a.value for a in reader.assigned(EVERYTHING)} == {"a": "survey", other: "film"}
        assert [f.id for f in reader.logged_flights(EVERYTHING, ["a"])] == ["a"]
        assert [a.flight_id for a in reader.assigned_to(EVERYTHING, "film", [Field.PURPOSE])] == [other]
    with catalogue.commit(TESTER) as writer:
        undone, _, left = writer.undo_assignment(writer.batch("latest", EVERYTHING), at_us=3)
        assert (undone.flights, left) == (1, 0)
    with catalogue.read() as reader:
        assert {a.value for a in reader.assigned(EVERYTHING)} == {"survey"}
    catalogue.close()
