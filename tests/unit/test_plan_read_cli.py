"""`groundside plan read` and `plan formats`, as people and programs call them."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from groundside.archive.missions import read_mission, write_mission
from groundside.errors import NotUnderstood
from groundside.see.cli import planning
from tests.mission_builders import a_survey


def _app() -> typer.Typer:
    app = typer.Typer()
    planning.add_to(app)
    return app


def _run(*words: str) -> str:
    result = CliRunner().invoke(_app(), ["plan", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_mission_is_shown_to_programs_whole(tmp_path: Path):
    file = tmp_path / "field.plan"
    write_mission(a_survey(), file)
    shown = json.loads(_run("read", str(file), "--json"))
    assert shown["format"] == "qgc-plan"
    assert shown["name"] == "South field"
    assert [item["height_m"] for item in shown["items"]] == [60.0] * 4
    assert shown["items"][0]["actions"][1] == {"do": "trigger_by_distance", "distance_m": 20.0}
    assert {"length_m", "duration_s", "home", "fences", "rally", "not_understood", "problems"} <= set(shown)


def test_a_mission_is_shown_to_people_and_written_in_another_format(tmp_path: Path):
    file, other = tmp_path / "field.plan", tmp_path / "field.kmz"
    write_mission(a_survey(), file)
    shown = _run("read", str(file), "--out", str(other))
    assert "4 waypoints" in shown
    assert "60 m above home" in shown
    assert read_mission(other).mission == a_survey()


def test_a_drawn_area_is_shown_as_one(tmp_path: Path):
    file = tmp_path / "field.geojson"
    file.write_text('{"type": "Polygon", "coordinates": [[[8, 47], [8.1, 47], [8.1, 47.1], [8, 47]]]}')
    assert json.loads(_run("read", str(file), "--json"))["polygons"] == [[[[8, 47], [8.1, 47], [8.1, 47.1], [8, 47]]]]
    assert "1 polygons" in _run("read", str(file))


def test_what_is_no_mission_is_refused(tmp_path: Path):
    file = tmp_path / "it.plan"
    file.write_text("hello")
    result = CliRunner().invoke(_app(), ["plan", "read", str(file)])
    assert isinstance(result.exception, NotUnderstood)


def test_formats_say_what_they_lose():
    known = json.loads(_run("formats", "--json"))
    assert {each["name"] for each in known} >= {
        "dji-wpml",
        "qgc-plan",
        "ardupilot-waypoints",
        "litchi-csv",
        "kml",
        "geojson",
    }
    assert next(each for each in known if each["name"] == "geojson")["loses"] == []
    assert "QGroundControl" in _run("formats")


def test_the_reference_page_says_what_each_format_loses():
    page = " ".join((Path(__file__).resolve().parents[2] / "docs/reference/missions.md").read_text().split())
    for each in json.loads(_run("formats", "--json")):
        assert f"`{each['name']}`" in page
        assert all(lost in page for lost in each["loses"])
