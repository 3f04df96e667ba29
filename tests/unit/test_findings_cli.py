"""`groundside finding` and `groundside redaction`, as a person types them."""

import json
from pathlib import Path

import pytest
import typer

from groundside.archive.archive import Archive
from groundside.errors import BadRequest, Conflict
from groundside.model.caller import Caller
from groundside.see.cli import findings, reviewing
from tests.picture_verbs import NAME, nadir_photo


@pytest.fixture
def run(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    app = typer.Typer()
    findings.add_to(app)
    reviewing.add_to(app)
    (tmp_path / NAME).write_bytes(nadir_photo())
    with Archive.open(tmp_path / "archive", create=True) as it:
        it.receive(Caller("ann", "test"), "another name.jpg", [nadir_photo()])

    def ask(*args: object) -> object:
        capfd.readouterr()
        app([*map(str, args), "--archive", str(tmp_path / "archive")], standalone_mode=False)
        said = capfd.readouterr().out
        return json.loads(said) if "--json" in args else said

    return ask


def test_a_finding_is_added_by_its_file_told_changed_closed_and_exported(run, tmp_path: Path):
    run("finding", "asset", "Tower 12", "--type", "tower")
    said = ("--type", "rust", "--severity", "major", "--asset", "tower 12")
    made = run("finding", "add", tmp_path / NAME, "--at", "32,24", *said, "--json")
    assert made["ground"]["lon_lat"] == pytest.approx([11.5, 48.25], abs=1e-8)
    assert (made["file"], made["asset"], made["ground"]["height_above"]) == ("another name.jpg", "Tower 12", "take-off")
    run("finding", "edit", made["id"], "--assign", "Carl")
    run("finding", "close", made["id"], "--note", "painted")
    shown = run("finding", "show", made["id"][:5], "--json")
    assert [each["status"] for each in shown["history"]] == ["open", "open", "closed"]
    assert run("finding", "list", "--status", "open", "--json") == []
    assert run("finding", "assets", "--json")[0]["findings"] == [made["id"]]
    run("finding", "export", tmp_path / "f.geojson", "--type", "rust")
    [feature] = json.loads((tmp_path / "f.geojson").read_text())["features"]
    assert (feature["properties"]["note"], feature["geometry"]["type"]) == ("painted", "Point")
    assert "painted" in run("finding", "list")


def test_what_makes_no_sense_is_refused(run, tmp_path: Path):
    for bad in ("1", "1,2,3", "a,b", "nan,2", "-1,2", "inf,0"):
        with pytest.raises(BadRequest):
            findings.pin_of(bad)
    with pytest.raises(BadRequest, match="nothing to change"):
        run("finding", "edit", "abcd")
    with pytest.raises(BadRequest, match="twice"):
        run("finding", "add", tmp_path / NAME, "--at", "1,1", "--type", "x", "--ground", "3", "--terrain", "dem.tif")


def test_a_photo_is_reviewed_and_its_derivative_written_once(run, tmp_path: Path):
    run("redaction", "propose", tmp_path / NAME)
    run("redaction", "edit", tmp_path / NAME, "--box", "4,4,20,8,plate")
    [waiting] = run("redaction", "list", "--unconfirmed", "--json")
    assert [box["shown"] for box in waiting["boxes"]] == ["plate"]
    run("redaction", "confirm", tmp_path / NAME)
    told = run("redaction", "export", tmp_path / NAME, "--out", tmp_path / "out", "--json")
    assert [Path(each["written"]).read_bytes()[:2] for each in told["files"]] == [b"\xff\xd8"]
    with pytest.raises(Conflict, match="nothing is overwritten"):
        run("redaction", "export", tmp_path / NAME, "--out", tmp_path / "out")
    assert "plate at 4,4" in run("redaction", "list", tmp_path / NAME)
