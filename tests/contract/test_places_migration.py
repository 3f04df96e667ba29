"""A catalogue of the program before places were entered: nothing in it is lost, miscounted or left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from groundside.keep.catalogue import Catalogue
from groundside.keep.upgrade import _config
from groundside.model.caller import EVERYTHING
from groundside.model.place import LonLat
from groundside.model.query import FlightQuery, FlightTotal, Near, TotalsBy
from tests.keep_builders import T0

SUMMARY = '{"ordinal":0,"first_row":0,"end_row":0,"time_basis":"utc_gnss","time_error_s":null,"recording_start_us":null,"recording_s":null}'
ROWS = [
    ("a" * 32, T0, 60.5, 10.25, False, "kestrel\nq4", "oslo\nkestrel\nlog.bin", None),
    ("b" * 32, T0, 1e300, None, False, None, "second.bin", None),
    ("c" * 32, None, None, 4.0, True, "kestrel\nq4", "third.bin", None),
    ("d" * 32, T0, 5.0, 5.0, False, "kestrel\nq4", "merged.bin", "a" * 32),
]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/older.sqlite"
    return request.getfixturevalue("postgres").url(request.getfixturevalue("database"))


def older(url: str) -> None:
    """Make a catalogue of revision 0002 with some flights."""
    engine = create_engine(url)
    with engine.begin() as connection:
        command.upgrade(_config(connection), "0002")
        for one, start, airborne, distance, bench, aircraft, found_by, into in ROWS:
            connection.execute(
                text(
                    "INSERT INTO flight (id, case_name, merged_into, made_us, recording_start_us, airborne_s, distance_m,"
                    " time_zone, aircraft_folded, search_text, home_lon, home_lat, track_rows, track_locked, bench,"
                    " simulated, time_basis, summary) VALUES (:id, 'general', :into, 1, :start, :airborne, :distance, '',"
                    " :aircraft, :found_by, 8.5, 47.25, 0, :no, :bench, :no, 'utc_gnss', :summary)"
                ),
                {
                    "id": one, "into": into, "start": start, "airborne": airborne, "distance": distance, "no": False,
                    "aircraft": aircraft, "found_by": found_by, "bench": bench, "summary": SUMMARY,
                },
            )  # fmt: skip
    engine.dispose()


def test_flights_of_an_older_catalogue_are_counted_found_by_text_and_by_place(empty_url: str, tmp_path: Path):
    older(empty_url)
    catalogue = Catalogue.open(empty_url, backup_folder=tmp_path / "backups")
    with catalogue.read() as reader:
        assert reader.count_flights(EVERYTHING) == (2, 2)
        page = reader.page(FlightQuery(bench=True), EVERYTHING)
        assert ({f.id[0] for f in page.flights}, page.total, page.distance_m) == ({"a", "b", "c"}, 3, 10.25)
        by_month = reader.totals(FlightQuery(), EVERYTHING, TotalsBy.MONTH)
        assert by_month == {"2023-11": FlightTotal(2, 60.5 + 1e8, 10.25)}
        assert [f.id[0] for f in reader.page(FlightQuery(text="LOG.bin"), EVERYTHING).flights] == ["a"]
        near = reader.page(FlightQuery(near=Near(LonLat(8.5, 47.25), 1.0), bench=True), EVERYTHING)
        assert {f.id[0] for f in near.flights} == {"a", "b", "c"}
    catalogue.close()
