"""An archive whose catalogue is in PostgreSQL: the same flights as with SQLite, and never the wrong pair."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.errors import BadSetting, GroundsideError, Tampered, Unreachable, WrongArchive
from groundside.keep.archive_folder import MARKER, open_folder
from groundside.keep.pairing import open_catalogue
from groundside.model.caller import Caller
from groundside.model.query import FlightOrder, FlightQuery
from groundside.see.cli import main
from groundside.settings import Settings
from tests.service.postgres import BINARIES, PASSWORD, USER, Server
from tests.simulated import craft_files

pytestmark = pytest.mark.service
WHO = Caller("tester", "test")
ALL = FlightQuery(bench=True)
Shell = Callable[..., tuple[int, str]]


@pytest.fixture
def url(postgres: Server, database: str) -> str:
    """With a password, which must be seen nowhere."""
    return f"postgresql://keyed:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{postgres.port}/{database}"


@pytest.fixture
def settings(url: str) -> Settings:
    return Settings(catalogue=url)


def written(folder: Path, numbers: tuple[int, ...]) -> Path:
    """A folder with the files of some flights of the demonstration."""
    folder.mkdir()
    for name, content in craft_files(numbers):
        (folder / name).write_bytes(content)
    return folder


def told(archive: Archive) -> list[object]:
    """All that the flights are, but for what is random: ids, and the times of the ingest."""
    with archive.catalogue.read() as reader:
        tracks = {d.stored.object_id: d.stored.digest.hex for d in reader.derived_objects(WHO.scope)}
    found = archive.flights(WHO, replace(ALL, order=FlightOrder.PLACE, descending=False)).flights
    rows: list[object] = []
    for flight in found:
        detail = archive.flight(WHO, flight.id)
        sources = sorted(json.dumps(asdict(s) | {"recording_id": ""}, default=str) for s in flight.sources)
        known = {"track": tracks.get(flight.track_object or ""), "aliases": len(flight.aliases), "sources": sources}
        bare = asdict(replace(flight, id="", aliases=(), sources=(), track_object=None))
        rows.append((bare, known, detail.problems, [offer.why for offer in detail.offers]))
    return sorted(rows, key=str)


def test_the_same_files_give_the_same_flights_on_sqlite_and_on_postgresql(tmp_path: Path, settings: Settings):
    card = written(tmp_path / "card", (0, 6, 17))
    with (
        Archive.open(tmp_path / "with-file", create=True) as one,
        Archive.open(tmp_path / "with-server", settings, create=True) as other,
    ):
        for archive in (one, other):
            archive.ingest(WHO, [card])
        assert told(one) == told(other) != []
        for archive in (one, other):
            a, b, *_ = sorted(archive.flights(WHO, ALL).flights, key=lambda f: str(f.sources[0].file))
            archive.annotate(WHO, a.id, "windy ☂ 100%")
            archive.merge(WHO, a.id, b.id)
        assert told(one) == told(other)
        for archive in (one, other):
            assert archive.flights(WHO, replace(ALL, text="☂ 100%")).total == 1
            (merged,) = [f for f in archive.flights(WHO, ALL).flights if f.aliases]
            archive.unmerge(WHO, merged.aliases[0])
            archive.rebuild(WHO)
        assert told(one) == told(other)
        happened = [[(e.seq, e.what) for e in archive.events(WHO, 0, 1000)] for archive in (one, other)]
        assert happened[0] == happened[1]
        assert [archive.verify(WHO).faults for archive in (one, other)] == [(), ()]
        assert replace(one.about(WHO), archive_id="") == replace(other.about(WHO), archive_id="")
    assert not (tmp_path / "with-server" / "catalogue.sqlite").exists()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Run a command as the shell does; gives its exit code and what it wrote."""
    monkeypatch.setenv("GROUNDSIDE_ARCHIVE", str(tmp_path / "archive"))

    def run(setting: str, *words: str) -> tuple[int, str]:
        monkeypatch.setenv("GROUNDSIDE_CATALOGUE", setting)
        monkeypatch.setattr(sys, "argv", ["groundside", *words])
        with pytest.raises(SystemExit) as ended:
            main.run()
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        assert not {"correct", "horrid"} & set(re.findall(r"[a-z]+", told.out + told.err))
        return int(ended.value.code or 0), told.out

    return run


def test_the_shell_works_on_it_from_the_first_file_to_the_last_check(tmp_path: Path, url: str, shell: Shell):
    card = written(tmp_path / "card", (4, 22))
    assert shell(url, "ingest", str(card))[0] == 0
    code, listed = shell(url, "flights", "--json")
    one, other = [flight["id"] for flight in json.loads(listed)]
    assert [code, shell(url, "merge", one, other)[0], shell(url, "verify")[0]] == [0, 0, 0]
    assert len(json.loads(shell(url, "flights", "--json")[1])) == 1
    assert shell(url.replace("correct", "horrid"), "verify")[0] == Unreachable.exit_code
    assert shell(url.replace("postgresql:", "mysql:"), "verify")[0] == BadSetting.exit_code
    kept = b"".join(p.read_bytes() for p in (tmp_path / "archive").rglob("*") if p.is_file())
    assert b"correct%20horse" not in kept
    assert b"correct horse" not in kept


@pytest.fixture
def made(tmp_path: Path, settings: Settings) -> Path:
    with Archive.open(tmp_path / "archive", settings, create=True) as archive:
        archive.receive(WHO, "note.txt", [b"nothing that flies"])
    return tmp_path / "archive"


def test_the_marker_says_where_the_catalogue_is_but_not_its_password(made: Path, postgres: Server, database: str):
    marker = json.loads((made / MARKER).read_text())
    assert marker["catalogue"] == f"postgresql://keyed@127.0.0.1:{postgres.port}/{database}"
    assert "correct" not in (made / MARKER).read_text()


def test_without_the_setting_it_is_refused_and_no_other_catalogue_is_made(made: Path, database: str):
    with pytest.raises(WrongArchive, match=database) as caught:
        Archive.open(made, Settings(), create=True)
    assert "GROUNDSIDE_CATALOGUE" in caught.value.try_this
    assert "correct" not in str(caught.value)
    assert not list(made.glob("catalogue*"))


def test_a_program_that_knows_only_files_refuses_it_too(made: Path):
    assert json.loads((made / MARKER).read_text())["format"] == 3


def test_the_database_of_another_archive_is_refused_by_a_new_folder_and_an_old_one(
    made: Path, tmp_path: Path, settings: Settings, postgres: Server
):
    with pytest.raises(WrongArchive, match="another archive"):
        Archive.open(tmp_path / "new", settings, create=True)
    second = Settings(catalogue=postgres.url(postgres.new_database()))
    Archive.open(tmp_path / "second", second, create=True).close()
    with pytest.raises(WrongArchive, match="another archive"):
        Archive.open(made, second)
    with Archive.open(made, settings) as archive:
        assert archive.about(WHO).files == 1


def test_an_empty_database_in_the_place_of_the_full_one_is_refused(made: Path, postgres: Server):
    empty = postgres.url(postgres.new_database())
    with pytest.raises(Tampered, match="empty"):
        Archive.open(made, Settings(catalogue=empty))
    with pytest.raises(Tampered, match="empty"):  # also now that its tables were made
        Archive.open(made, Settings(catalogue=empty))


def test_a_dump_that_was_put_back_into_another_database_is_the_catalogue(
    made: Path, tmp_path: Path, postgres: Server, database: str
):
    where = ["-h", str(postgres.folder), "-p", str(postgres.port), "-U", "admin"]
    other, dump = postgres.new_database(), str(tmp_path / "catalogue.dump")
    for program, *words in (
        ("pg_dump", "--format", "custom", "--file", dump, database),
        ("pg_restore", "--no-owner", "--role", USER, "--dbname", other, dump),
    ):
        subprocess.run([BINARIES / program, *where, *words], check=True)
    with Archive.open(made, Settings(catalogue=postgres.url(other))) as archive:
        assert archive.about(WHO).files == 1
        assert archive.verify(WHO).faults == ()
        archive.receive(WHO, "later.txt", [b"came after"])


def test_an_archive_that_has_its_catalogue_in_its_folder_does_not_get_another(tmp_path: Path, settings: Settings):
    Archive.open(tmp_path / "archive", create=True).close()
    with pytest.raises(WrongArchive, match="in its folder"):
        Archive.open(tmp_path / "archive", settings)
    Archive.open(tmp_path / "archive").close()


def test_the_same_database_under_another_name_is_the_same(made: Path, postgres: Server, database: str):
    with Archive.open(made, Settings(catalogue=postgres.url(database, "keyed"))) as archive:
        assert archive.about(WHO).files == 1


def test_making_goes_on_where_it_was_broken_off_before_the_marker_was_written(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("groundside.keep.pairing.record_catalogue_place", killed)
        Archive.open(tmp_path / "archive", settings, create=True)
    with Archive.open(tmp_path / "archive", settings, create=True) as archive:
        archive_id = archive.about(WHO).archive_id
    assert open_folder(tmp_path / "archive", create=False).catalogue_place
    assert open_folder(tmp_path / "archive", create=False).id == archive_id


@pytest.fixture
def outcomes(tmp_path: Path, url: str) -> Iterator[list[object]]:
    """What became of eight that made one archive at once, every other one without the setting."""
    ready, results = threading.Barrier(8), list[object]()

    def make(setting: str | None) -> None:
        folder = open_folder(tmp_path / "archive", create=True)
        ready.wait()
        try:
            catalogue = open_catalogue(folder, setting)
        except GroundsideError as error:
            results.append(error)
        else:
            results.append(catalogue.where.partition(":")[0])
            catalogue.close()

    threads = [threading.Thread(target=make, args=(url if number % 2 else None,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    yield results


def test_any_number_that_make_it_at_once_agree_on_one_catalogue(outcomes: list[object], tmp_path: Path):
    opened = [each for each in outcomes if isinstance(each, str)]
    refused = [each for each in outcomes if isinstance(each, WrongArchive)]
    assert (len(opened), len(refused)) == (4, 4)
    assert len(set(opened)) == 1
    assert (tmp_path / "archive" / "catalogue.sqlite").exists() == (opened[0] == "sqlite")
