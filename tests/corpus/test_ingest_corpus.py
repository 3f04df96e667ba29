"""The main job on real files: a folder of logs becomes a logbook."""

import csv
import json
import statistics
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery
from groundside.see.shapes import file_shape, flight_shape
from tests.conftest import REPOSITORY, Figure

pytestmark = pytest.mark.corpus
WHO = Caller("tester", "test")
FOLDERS = ("bin", "dji_txt", "dji_csv", "srt", "tlog", "tlog_raw", "ulog", "sitl", "track", "kmz", "litchi", "dji_dat")
NO_LOGS = {
    "broken_empty.SRT", "broken_empty2.SRT",  # no bytes, and two
    "litchi.csv", "d4d7d5e9.kmz", "mapping3d.kmz", "mission.kmz", "waypoint.kmz",  # plans, which nobody flew yet
    "FLY013.DAT",  # DJI's own, of which there is no description
}  # fmt: skip
TABLE = REPOSITORY / "docs" / "reference" / "real-files.md"
FOOT_M = 0.3048


@pytest.fixture(scope="module")
def archive(corpus: Path, tmp_path_factory: pytest.TempPathFactory):
    with Archive.open(tmp_path_factory.mktemp("a") / "archive", create=True) as it:
        it.ingest(WHO, [corpus / "flights" / name for name in FOLDERS])
        yield it


@pytest.fixture(scope="module")
def flights(archive: Archive) -> list[dict[str, object]]:
    return [dict(flight_shape(f)) for f in archive.flights(WHO, FlightQuery(bench=True)).flights]


def test_every_file_is_accounted_for(archive: Archive, corpus: Path):
    there = sorted(p.name for name in FOLDERS for p in (corpus / "flights" / name).iterdir())
    listed = [file_shape(f) for f in archive.files(WHO)]
    assert sorted(f["file"] for f in listed) == there
    assert {f["state"] for f in listed} == {"read", "locked", "not-understood"}
    left = [f["file"] for f in listed if f["state"] == "not-understood"]
    assert sorted(n for name in left for n in NO_LOGS if name.endswith(n)) == sorted(NO_LOGS)
    assert len(left) == len(NO_LOGS)
    assert archive.verify(WHO).faults == ()


def test_the_table_in_the_documentation_is_what_happens(archive: Archive):
    listed = [file_shape(f) for f in archive.files(WHO)]
    rows = Counter((f["format"] or "not understood", f["state"]) for f in listed)
    table = [
        f"| {kind} | {state} | {count} | {len(told(listed, kind, state))} | {problems(listed, kind, state)} |"
        for (kind, state), count in sorted(rows.items())
    ]
    missing = [row for row in table if row not in TABLE.read_text()]
    assert missing == [], "docs/reference/real-files.md should say:\n" + "\n".join(table)


def told(listed: list[dict[str, object]], kind: str, state: str) -> set[str]:
    return {x for f in listed if (f["format"] or "not understood", f["state"]) == (kind, state) for x in f["flights"]}


def problems(listed: list[dict[str, object]], kind: str, state: str) -> int:
    return sum(f["problems"] for f in listed if (f["format"] or "not understood", f["state"]) == (kind, state))


def twins(corpus: Path) -> list[tuple[str, datetime, float, float, int]]:
    """For each AirData file: name, start, duration, distance, rows; read here by means of their own."""
    return [about_csv(path) for path in sorted((corpus / "flights" / "dji_csv").glob("dji-flight-log__*.csv"))]


def about_csv(path: Path) -> tuple[str, datetime, float, float, int]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ms = [int(r["time(millisecond)"]) for r in rows]
    stamps = [datetime.fromisoformat(r["datetime(utc)"]).replace(tzinfo=UTC).timestamp() for r in rows]
    zero = statistics.median(s - m / 1000 for s, m in zip(stamps, ms, strict=True))
    start = datetime.fromtimestamp(zero + ms[0] / 1000, UTC)
    return path.name, start, (ms[-1] - ms[0]) / 1000, max(float(r["mileage(feet)"]) for r in rows) * FOOT_M, len(rows)


def test_each_encrypted_record_with_an_airdata_twin_is_one_flight_with_it(
    corpus: Path, flights: list[dict[str, object]], figure: Figure
):
    deltas = []
    for name, start, duration, distance, rows in twins(corpus):
        [flight] = [f for f in flights if name in {s["file"] for s in f["sources"]}]
        formats = sorted(s["format"] for s in flight["sources"])
        assert formats == ["airdata-csv", "dji-flight-record"], name
        began = datetime.fromisoformat(flight["recording_start"])
        assert abs((began - start).total_seconds()) <= 1.0, name
        assert abs(flight["recording_s"] - duration) <= 0.2, name
        assert abs(flight["distance_m"] - distance) <= 1.0, name
        assert flight["track_rows"] == rows, name
        assert not flight["track_locked"]
        deltas.append(
            {
                "start_s": round((began - start).total_seconds(), 3),
                "duration_s": round(flight["recording_s"] - duration, 3),
                "distance_m": round(flight["distance_m"] - distance, 3),
                "rows": flight["track_rows"] - rows,
            }
        )
    assert len(deltas) == 10
    figure("dji_records_with_an_airdata_twin", deltas)


def test_no_latitude_is_past_90_and_no_flight_begins_in_the_sea_of_zero(archive: Archive):
    for flight in archive.flights(WHO, FlightQuery(bench=True)).flights:
        home = flight.summary.home
        assert home is None or (abs(home.lat) <= 90 and (home.lon, home.lat) != (0, 0))
        if flight.track_object:
            lat = archive.track(WHO, flight.id).floats("lat")
            assert not (abs(lat) > 90).any()


def test_a_second_ingest_changes_nothing(archive: Archive, corpus: Path, flights: list[dict[str, object]]):
    results = archive.ingest(WHO, [corpus / "flights" / name for name in FOLDERS])
    assert {r.duplicate for r in results} == {True}
    again = [dict(flight_shape(f)) for f in archive.flights(WHO, FlightQuery(bench=True)).flights]
    assert json.dumps(again, sort_keys=True) == json.dumps(flights, sort_keys=True)


def test_a_rebuild_gives_the_same_flights_under_the_same_ids(archive: Archive, flights: list[dict[str, object]]):
    archive.rebuild(WHO)
    again = [dict(flight_shape(f)) for f in archive.flights(WHO, FlightQuery(bench=True)).flights]
    for was, now in zip(flights, again, strict=True):
        assert json.dumps(now, sort_keys=True) == json.dumps(was, sort_keys=True)
    assert archive.verify(WHO).faults == ()
