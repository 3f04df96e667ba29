"""Reports from the shell: the logbook, a flight and a mission as PDF, from a real archive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from groundside.archive.archive import Archive
from groundside.archive.assigning import Which
from groundside.archive.people import PersonChange
from groundside.archive.plan_checking import Conditions
from groundside.errors import BadRequest
from groundside.model.assignment import Field
from groundside.model.mission import Mission
from groundside.model.query import FlightQuery
from groundside.see.cli import main
from groundside.see.cli.planning_briefing import write_briefing
from tests.logbooks import NOBODY, WHO, entered, many, with_people
from tests.reports import HOSTILE, pages
from tests.simulated import craft_files

FIELD = [[8.0, 47.0], [8.003, 47.0], [8.003, 47.002], [8.0015, 47.001], [8.0, 47.002], [8.0, 47.0]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An archive with a few simulated files and 45 flights of Ann's."""
    root = tmp_path_factory.mktemp("reports")
    (root / "card").mkdir()
    for name, data in craft_files((6,)):
        (root / "card" / name).write_bytes(data)
    with with_people(root, "Ann") as it:
        it.ingest(WHO, [root / "card"])
        entered(it, many(45, ("Ann",)))
    yield root


def run(built: Path, *words: object) -> Result:
    done = CliRunner().invoke(main.app, [*map(str, words), "--archive", str(built / "archive")])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def ids(built: Path) -> list[str]:
    with Archive.open(built / "archive") as it:
        return [f.id for f in it.flights(WHO, FlightQuery()).flights if f.track_object]


def test_the_logbook_of_a_pilot_is_written_as_pdf(built: Path, tmp_path: Path):
    out = tmp_path / "ann.pdf"
    run(built, "logbook", "--pilot", "Ann", "--pdf", out)
    assert out.read_bytes().startswith(b"%PDF-1.7")
    assert pages(out.read_bytes()) == 4  # 45 lines of 20 a page, and a summary
    shorter = tmp_path / "later.pdf"
    run(built, "logbook", "--pilot", "Ann", "--from", "2024-06-01", "--pdf", shorter)
    assert pages(shorter.read_bytes()) == 2


def test_json_goes_beside_the_pdf_and_a_folder_that_is_not_there_is_an_error(built: Path, tmp_path: Path):
    told = json.loads(run(built, "logbook", "--pilot", "Ann", "--json", "--pdf", tmp_path / "a.pdf").stdout)
    assert len(told["flights"]) == 45
    with pytest.raises(Exception, match="cannot be written"):
        run(built, "logbook", "--pilot", "Ann", "--pdf", tmp_path / "none" / "a.pdf")


def test_a_flight_is_reported_with_what_the_ledger_binds(built: Path, tmp_path: Path):
    out = tmp_path / "flight.pdf"
    one = ids(built)[0]
    told = json.loads(run(built, "report", one, "--pdf", out, "--json").stdout)
    assert told["flight"] == one
    assert told["bytes"] == out.stat().st_size
    assert pages(out.read_bytes()) >= 2
    with Archive.open(built / "archive") as it:
        custody = it.flight_custody(WHO, one)
        detail = it.flight(WHO, one)
        assert [f.sha256 for f in custody.files] == [s.sha256 for s in detail.flight.sources]
        assert all(f.entry is not None and f.entry < custody.size for f in custody.files)
        assert custody.key == it.ledger(WHO).key
        assert "ingest" in {what for _, what, _, _ in custody.happened}


def test_a_flight_without_a_track_and_of_a_hostile_pilot_is_reported(built: Path, tmp_path: Path):
    with Archive.open(built / "archive") as it:
        without = next(f for f in it.flights(WHO, FlightQuery()).flights if f.track_object is None)
        name = HOSTILE[0][:50].strip()
        it.add_person(WHO, name, PersonChange())
        it.assign(WHO, Which(ids=(without.id,)), {Field.PIC: name, Field.PURPOSE: HOSTILE[1][:90].strip()})
        it.annotate(WHO, without.id, HOSTILE[2] + HOSTILE[3].replace("\x00", "").replace("\udc80", ""))
    run(built, "report", without.id, "--pdf", tmp_path / "flight.pdf")
    assert pages((tmp_path / "flight.pdf").read_bytes()) >= 1


def test_custody_of_a_flight_of_another_case_is_not_told(built: Path):
    with Archive.open(built / "archive") as it, pytest.raises(Exception, match="no flight"):
        it.flight_custody(NOBODY, ids(built)[0])


def drawn(folder: Path) -> Path:
    (folder / "field.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [FIELD]}))
    return folder / "field.geojson"


def plan(*words: object) -> Result:
    done = CliRunner().invoke(main.app, ["plan", *map(str, words)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_a_plan_is_written_as_briefing_and_so_is_a_file(tmp_path: Path):
    area, out, file = drawn(tmp_path), tmp_path / "briefing.pdf", tmp_path / "field.plan"
    made = ["survey", area, "--camera", "DJI Phantom 4 RTK", "--gsd", 2, "--keep-out"]
    hole = [[8.001, 47.0003], [8.0013, 47.0003], [8.0013, 47.0006], [8.001, 47.0003]]
    (tmp_path / "keep.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [hole]}))
    plan(*made, tmp_path / "keep.geojson", "--out", out)
    assert pages(out.read_bytes()) >= 2
    plan(*made, tmp_path / "keep.geojson", "--out", file)
    told = json.loads(
        plan("briefing", file, "--out", tmp_path / "again.pdf", "--at", "2026-06-01T09:30", "--json").stdout
    )
    assert told["failed"] == []
    assert pages((tmp_path / "again.pdf").read_bytes()) >= 2


def test_a_plan_that_fails_a_check_is_briefed_only_as_failed(tmp_path: Path):
    file = tmp_path / "field.plan"
    plan("survey", drawn(tmp_path), "--camera", "DJI Phantom 4 RTK", "--gsd", 2, "--out", file)
    told = json.loads(plan("briefing", file, "--height-limit", 30, "--out", tmp_path / "b.pdf", "--json").stdout)
    assert "height" in told["failed"]
    with pytest.raises(BadRequest, match="no waypoint"):
        write_briefing([Mission()], Conditions(), (), {}, tmp_path / "c.pdf")
