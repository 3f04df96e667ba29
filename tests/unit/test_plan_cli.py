"""`groundside plan ...` from the shell: made, checked, overridden, compared."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio import Affine
from typer.testing import CliRunner

from groundside.archive.archive import Archive
from groundside.archive.missions import read_mission
from groundside.errors import BadRequest, Refused
from groundside.model.caller import Caller
from groundside.see.cli import main

CAMERA = ["--camera", "DJI Phantom 4 RTK"]
FIELD = [[8.0, 47.0], [8.003, 47.0], [8.003, 47.002], [8.0015, 47.001], [8.0, 47.002], [8.0, 47.0]]


def drawn(folder: Path, kind: str = "Polygon", points: list | None = None) -> str:
    path = folder / f"{kind}.geojson".lower()
    points = FIELD if points is None else points
    path.write_text(json.dumps({"type": kind, "coordinates": {"Polygon": [points]}.get(kind, points)}))
    return str(path)


def run(*words: object) -> dict:
    result = CliRunner().invoke(main.app, ["plan", *map(str, words), "--json"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return json.loads(result.stdout)


LINE = [[8.0, 47.0], [8.002, 47.0005], [8.004, 47.0]]
MADE = {
    "survey": ("Polygon", None, [*CAMERA, "--gsd", 2, "--frontlap", 80, "--sidelap", 70, "--aircraft", "anafi"]),
    "corridor": ("LineString", LINE, [*CAMERA, "--width", 160]),
    "orbit": ("Point", [8.0, 47.0], [*CAMERA, "--radius", 20, "--top", 40]),
    "facade": ("LineString", LINE[:2], [*CAMERA, "--top", 20]),
    "perimeter": ("Polygon", None, ["--look", "in", "--outside", 10, "--lap", 30]),
    "search": ("Polygon", None, ["--pattern", "creeping", "--spacing", 40]),
    "sampling": ("Point", [8.0, 47.0], ["--wind", "4@270", "--distance-limit", 900]),
}


@pytest.mark.parametrize("pattern", MADE)
def test_each_pattern_is_written_to_a_file_that_is_read_back(tmp_path, pattern):
    kind, points, options = MADE[pattern]
    out = tmp_path / "out.geojson"
    told = run(pattern, drawn(tmp_path, kind, points), "--out", out, *options)
    mission = read_mission(out).mission
    assert told["files"][0]["waypoints"] == len(mission.waypoints) > 3
    assert {each["outcome"] for each in told["checks"]} <= {"passed", "not checked"}


@pytest.mark.parametrize("suffix", [".kmz", ".plan", ".waypoints", ".csv", ".kml", ".geojson"])
def test_a_survey_is_written_in_every_format(tmp_path, suffix):
    out = tmp_path / f"out{suffix}"
    run("survey", drawn(tmp_path), "--out", out, *CAMERA, "--height", 60, "--home", "8.0,47.0")
    assert read_mission(out).mission.waypoints


def test_a_pdf_is_a_briefing_of_all_flights(tmp_path):
    out = tmp_path / "out.pdf"
    assert run("search", drawn(tmp_path), "--out", out)["files"][0]["file"] == str(out)
    assert out.read_bytes().startswith(b"%PDF")


def test_a_failed_check_blocks_the_file_unless_it_is_overridden_by_name_and_reason(tmp_path):
    out = tmp_path / "out.geojson"
    words = ["search", drawn(tmp_path), "--height", 150, "--out", out]
    with pytest.raises(Refused, match="height: Highest 150 m"):
        run(*words)
    assert not out.exists()
    with pytest.raises(BadRequest, match="reasons"):
        run(*words, "--override", "height")
    with pytest.raises(BadRequest, match="no check"):
        run(*words, "--override", "heigth", "--reason", "x")
    with pytest.raises(Refused):
        run(*words, "--override", "distance", "--reason", "x")
    told = run(*words, "--override", "height", "--reason", "permit 12")
    assert told["overridden"] == ["height"] and out.exists()


def test_an_override_stands_in_the_archive_s_ledger(tmp_path):
    with Archive.open(tmp_path / "archive", create=True):
        pass
    words = [
        "search",
        drawn(tmp_path),
        "--height",
        150,
        "--out",
        tmp_path / "out.geojson",
        "--archive",
        tmp_path / "archive",
    ]
    run(*words, "--override", "height", "--reason", "permit 12")
    with Archive.open(tmp_path / "archive") as it:
        events = it.events(Caller("tester", "test"), 0, 100)
        noted = [e for e in events if e.what == "plan.override"]
        assert len(noted) == 1 and "permit 12" in noted[0].details and "out.geojson" in noted[0].details


def test_a_large_survey_is_split_into_flights_that_each_pass(tmp_path):
    told = run(
        "survey", drawn(tmp_path), *CAMERA, "--gsd", 1, "--aircraft", "anafi", "--home", "8.0,47.0", "--split",
        "--distance-limit", 600, "--out", tmp_path / "big.plan",
    )  # fmt: skip
    assert [Path(each["file"]).name for each in told["files"]] == ["big-1.plan", "big-2.plan"]
    assert all(each["battery_left"] >= 0.25 for each in told["files"])


def dem(folder: Path) -> Path:
    path = folder / "dem.tif"
    heights = np.add.outer(np.zeros(200), np.arange(200) * 0.5).astype(np.float32)
    shape = {"height": 200, "width": 200, "count": 1, "dtype": "float32", "crs": "EPSG:4326"}
    with rasterio.open(path, "w", driver="GTiff", transform=Affine(5e-5, 0, 7.997, 0, -5e-5, 47.006), **shape) as out:
        out.write(heights, 1)
    return path


def test_over_an_elevation_model_clearance_and_sight_are_checked_too(tmp_path):
    words = ["search", drawn(tmp_path), "--terrain", dem(tmp_path), "--height", 50, "--home", "8.0,47.0"]
    told = run(*words, "--out", tmp_path / "out.plan", "--pattern", "parallel")
    outcome = {each["check"]: each["outcome"] for each in told["checks"]}
    assert outcome["clearance"] == outcome["line_of_sight"] == outcome["height"] == "passed"
    assert len({w.height_m for w in read_mission(tmp_path / "out.plan").mission.waypoints}) > 2


def test_a_plan_is_checked_from_its_file_and_exits_with_12_where_a_check_fails(tmp_path):
    out = tmp_path / "out.plan"
    run("search", drawn(tmp_path), "--out", out)
    assert CliRunner().invoke(main.app, ["plan", "check", str(out), "--aircraft", "anafi"]).exit_code == 0
    with pytest.raises(Refused, match="fails distance"):
        run("check", out, "--distance-limit", 50)
    keep = drawn(tmp_path, "Polygon", [[8.001, 47.0], [8.002, 47.0], [8.002, 47.001], [8.001, 47.001], [8.001, 47.0]])
    with pytest.raises(Refused, match="fails keep_out"):
        run("check", out, "--keep-out", keep)


def test_after_a_battery_change_what_is_left_is_written(tmp_path):
    out, rest = tmp_path / "out.plan", tmp_path / "rest.plan"
    run("search", drawn(tmp_path), "--out", out, "--pattern", "parallel", *CAMERA)
    whole = read_mission(out).mission
    photo = whole.waypoints[3]
    told = run("resume", out, "--after", f"{photo.lon},{photo.lat}", "--out", rest)
    assert told["waypoints"] == len(whole.waypoints) - 3
    assert read_mission(rest).mission.waypoints[-1].lon == pytest.approx(whole.waypoints[-1].lon)


def test_own_logs_teach_what_a_battery_gives(tmp_path):
    from groundside.archive.simulating import simulated_files

    for file in simulated_files(1, 5, formats=["airdata-csv"], vehicles=["multirotor"], faults=()):
        (tmp_path / file.name).write_bytes(file.content)
    log = next(tmp_path.glob("*.csv"))
    told = run(
        "search",
        drawn(tmp_path),
        "--out",
        tmp_path / "out.plan",
        "--own-log",
        log,
        "--pattern",
        "sector",
        "--height",
        30,
    )
    assert told["files"][0]["battery_told_by"].startswith("fitted to")
    assert {each["check"]: each["outcome"] for each in told["checks"]}["battery"] == "passed"


def test_cameras_and_aircraft_are_listed_with_their_sources():
    for kind in ("cameras", "aircraft"):
        told = run(kind)
        assert len(told) >= 3 and all(each["source"].startswith("https://") for each in told)


@pytest.mark.parametrize(
    "words",
    [
        ["--wind", "hard"],
        ["--wind", "5@x"],
        ["--home", "8"],
        ["--at", "noon"],
        ["--camera", "box"],
        ["--aircraft", "kite"],
    ],
)
def test_what_makes_no_sense_is_refused_in_words(tmp_path, words):
    from groundside.errors import GroundsideError

    with pytest.raises(GroundsideError) as refused:
        run("search", drawn(tmp_path), "--out", tmp_path / "out.plan", *words)
    assert refused.value.try_this
