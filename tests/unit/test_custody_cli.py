"""What a person meets at the shell while looking after an archive: what is said, what is refused, and what stays undone."""

from __future__ import annotations

import json
import shutil
from itertools import islice
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from groundside.archive.archive import Archive
from groundside.errors import BadRequest, Conflict, GroundsideError, NoSpace, Refused
from groundside.keep.keys.root import default_file
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery
from groundside.see.cli import erasing, main, people, retention
from groundside.simulate.fleet import demo_files
from tests.sealed import home_in

WHO = Caller("tester", "test")


def run(*words: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(main.app, list(words), input=answer)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("custody")
    with pytest.MonkeyPatch.context() as patch:
        home_in(root / "home", patch)
        (root / "card").mkdir()
        for name, data, _ in islice(demo_files(11), 3):
            (root / "card" / name).write_bytes(data)
        with Archive.open(root / "archive", create=True) as it:
            it.ingest(WHO, [root / "card"], workers="0")
    return root


@pytest.fixture
def folder(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home_in(built / "home", monkeypatch)
    shutil.copytree(built / "archive", tmp_path / "archive")
    return tmp_path / "archive"


def flight(folder: Path) -> str:
    with Archive.open(folder) as it:
        return it.flights(WHO, FlightQuery(bench=True)).flights[0].id


def events(folder: Path, what: str) -> int:
    with Archive.open(folder) as it:
        return sum(each.what == what for each in it.events(WHO, 0, 10_000))


def error_of(result: Result, of: type[GroundsideError]) -> GroundsideError:
    assert isinstance(result.exception, of), result.output
    return result.exception


def test_the_first_ingest_says_where_the_root_key_is_and_advises_escrow(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    home_in(tmp_path / "home", monkeypatch)
    words = ("ingest", str(built / "card"), "--workers", "0", "--archive", str(tmp_path / "new"))
    first = run(*words)
    assert first.exit_code == 0, first.output
    with Archive.open(tmp_path / "new") as it:
        key = default_file(it.folder.id)
    assert key.is_file()
    assert str(key) in first.stderr.replace("\n", "")
    assert "keys escrow --to" in first.stderr
    assert "escrow" not in run(*words).stderr, "only once"


def test_the_first_ingest_into_an_archive_that_is_not_sealed_says_nothing_of_keys(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    home_in(tmp_path / "home", monkeypatch)
    monkeypatch.setenv("GROUNDSIDE_ENCRYPT", "false")
    first = run("ingest", str(built / "card"), "--workers", "0", "--archive", str(tmp_path / "new"))
    assert first.exit_code == 0, first.output
    assert "root key" not in first.stderr


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("archive/claim", Refused),
        ("archive/objects/claim.zip", Refused),
        ("link/claim.zip", Refused),
        ("there.zip", Conflict),
        ("no/such/claim.zip", NoSpace),
        ("there.zip/claim", NoSpace),
    ],
)
def test_evidence_that_cannot_be_written_where_it_should_leaves_no_event(
    folder: Path, tmp_path: Path, place: str, error: type[GroundsideError]
):
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "there.zip").write_text("of somebody else")
    before = sorted(folder.iterdir())
    result = run("evidence", flight(folder), "--to", str(tmp_path / place), "--why", "claim", "--archive", str(folder))
    error_of(result, error)
    assert events(folder, "evidence") == 0
    assert sorted(folder.iterdir()) == before
    assert (tmp_path / "there.zip").read_text() == "of somebody else"


def test_evidence_that_can_be_written_leaves_one(folder: Path, tmp_path: Path):
    to = tmp_path / "claim.zip"
    result = run("evidence", flight(folder), "--to", str(to), "--why", "claim", "--archive", str(folder))
    assert result.exit_code == 0, result.output
    assert to.is_file()
    assert events(folder, "evidence") == 1


@pytest.mark.parametrize("place", ["https://example.org/backups", "sftp://host/x", "file:///media/disk", "S3://bucket"])
def test_a_backup_to_an_address_that_it_does_not_know_is_refused_in_words(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    for words in (("backup", "--to", place, "--archive", str(folder)), ("restore", "--from", place, "--check")):
        error = error_of(run(*words), BadRequest)
        assert "folder, or to a bucket" in error.what
        assert "s3://" in error.try_this
    assert sorted(tmp_path.iterdir()) == before


def test_erasing_that_is_finished_says_so_in_json(folder: Path):
    result = run("erase", "--finish", "--json", "--archive", str(folder))
    assert json.loads(result.stdout) == {"finished": True, "objects": 0}
    assert "left" in run("erase", "--finish", "--archive", str(folder)).stderr


def test_erasing_that_was_broken_off_says_how_much_it_removed(folder: Path, capsys: pytest.CaptureFixture[str]):
    erasing._write_finished(3, as_json=False)
    assert "Removed 3 objects" in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "code"), [("n\n", 1), ("\n", 1), ("y\n", 0)])
def test_whoever_says_no_at_a_question_gets_an_exit_code_of_its_own_and_nothing_changes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
):
    class Terminal:
        stdin = type("Terminal", (), {"isatty": staticmethod(lambda: True)})()

    for module in (erasing, people, retention):
        monkeypatch.setattr(module, "sys", Terminal)
    going = flight(folder)
    for words in (
        ("retention", "set", "all", "--days", "1", "--why", "policy", "--archive", str(folder)),
        ("people", "add", "Ann", "--archive", str(folder)),
    ):
        assert run(*words).exit_code == 0
    for words in (
        ("retention", "apply", "--archive", str(folder)),
        ("people", "forget", "Ann", "--archive", str(folder)),
    ):
        result = run(*words, answer=answer)
        assert result.exit_code == code, result.output
        assert ("answer was no" in result.stderr) is bool(code)
    if code:
        result = run("erase", going, "--why", "over", "--archive", str(folder), answer=answer)
        assert result.exit_code == code
        assert flight(folder) == going


def test_verify_shows_an_example_in_its_help():
    assert "groundside verify --sample" in " ".join(run("verify", "--help").stdout.split())


def test_what_an_erasure_would_take_is_told_flight_by_flight(folder: Path):
    going = flight(folder)
    told = run("erase", going, "--dry-run", "--archive", str(folder)).stdout
    assert f"  {going[:8]}  2" in told, "a flight is named by its date"
    [named] = json.loads(run("erase", going, "--dry-run", "--json", "--archive", str(folder)).stdout)["named"]
    assert named["id"] == going
    assert named["start"].endswith("Z")


def test_a_flight_that_was_entered_by_hand_can_be_erased(folder: Path):
    words = ("flight", "add", "--start", "2026-05-01T10:00", "--minutes", "12", "--archive", str(folder), "--json")
    result = run(*words)
    assert result.exit_code == 0, (result.output, result.exception)
    added = json.loads(result.stdout)["flight"]
    done = json.loads(run("erase", added, "--why", "a slip", "--yes", "--json", "--archive", str(folder)).stdout)
    assert (done["flights"], done["files"]) == (1, 1)
    with Archive.open(folder) as it:
        assert added not in {each.id for each in it.flights(WHO, FlightQuery(bench=True)).flights}
        assert it.verify(WHO).faults == ()


def test_times_of_holds_are_written_in_one_form(folder: Path):
    one = flight(folder)
    placed = json.loads(run("holds", "place", "--flight", one, "--why", "x", "--json", "--archive", str(folder)).stdout)
    [listed] = json.loads(run("holds", "--json", "--archive", str(folder)).stdout)
    assert listed == placed
    assert placed["placed"].endswith("Z")
    assert (placed["asked"], placed["lifted"]) == (None, None)


def test_a_new_root_key_without_escrow_says_what_backups_need(
    folder: Path, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copytree(built / "home", tmp_path / "home")  # where the root key is, which others need as it is
    home_in(tmp_path / "home", monkeypatch)
    result = run("keys", "rotate", "--root", "--archive", str(folder))
    assert result.exit_code == 0, result.output
    assert "Backups made before are opened by the old one only" in result.stderr
    assert "There is no escrow" in result.stderr
    told = json.loads(run("keys", "rotate", "--root", "--json", "--archive", str(folder)).stdout)
    assert "no escrow" in told["warning"]


def test_evidence_that_broke_off_after_it_was_entered_says_so(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        what = "The disk is full."
        raise NoSpace(what)

    monkeypatch.setattr("groundside.see.evidence.package.write_package", full)
    to = tmp_path / "claim.zip"
    result = run("evidence", flight(folder), "--to", str(to), "--why", "claim", "--archive", str(folder))
    error_of(result, NoSpace)
    assert "nothing of it was" in result.stderr
    assert events(folder, "evidence") == 1
