"""Things that happen to archives: lost bytes, lost catalogues, interrupts, defects, keys that come late."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from groundside.archive import committing, taking
from groundside.archive.archive import Archive
from groundside.archive.brought import Made
from groundside.errors import BadRequest, Tampered
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery
from groundside.settings import Settings
from tests.simulated import craft_files

WHO = Caller("tester", "test")
ALL = FlightQuery(bench=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("built")
    (root / "card").mkdir()
    for name, data in craft_files((0, 2, 6)):
        (root / "card" / name).write_bytes(data)
    with Archive.open(root / "archive", create=True) as it:
        it.ingest(WHO, [root / "card"])
    return root


@pytest.fixture
def root(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def archive(root: Path):
    with Archive.open(root / "archive") as it:
        yield it


def ids(archive: Archive) -> list[str]:
    return [f.id for f in archive.flights(WHO, ALL).flights]


def object_of(archive: Archive, name: str) -> Path:
    with archive.catalogue.read() as reader:
        [found] = [o for o in reader.originals(WHO.scope) if o.file_name.endswith(name)]
    return archive.folder.path / "objects" / found.object_id[:2] / found.object_id


def test_an_archive_whose_catalogue_is_gone_is_refused_and_nothing_of_it_is_removed(root: Path):
    objects = sorted(p.name for p in (root / "archive" / "objects").rglob("*") if p.is_file())
    for part in (root / "archive").glob("catalogue.sqlite*"):
        part.unlink()
    with pytest.raises(Tampered, match="its catalogue is gone"):
        Archive.open(root / "archive", create=True)
    assert sorted(p.name for p in (root / "archive" / "objects").rglob("*") if p.is_file()) == objects


def test_originals_newer_than_a_restored_catalogue_are_never_removed(root: Path):
    shutil.copytree(root / "archive", root / "backup")
    with Archive.open(root / "archive") as archive:
        archive.receive(WHO, "later.txt", [b"came after the backup"])
    (root / "archive" / "catalogue.sqlite").rename(root / "newer.sqlite")
    for part in (root / "archive").glob("catalogue.sqlite*"):
        part.unlink()
    shutil.copy(root / "backup" / "catalogue.sqlite", root / "archive")
    for path in (root / "archive" / "objects").rglob("*"):
        os.utime(path, (0, 0))
    with Archive.open(root / "archive") as archive:
        archive.ingest(WHO, [root / "card"])
        report = archive.verify(WHO)
    assert (report.faults, report.leftovers) == ((), 1)
    for part in (root / "archive").glob("catalogue.sqlite*"):
        part.unlink()
    (root / "newer.sqlite").rename(root / "archive" / "catalogue.sqlite")
    with Archive.open(root / "archive") as archive:
        with archive.catalogue.read() as reader:
            [original] = [o for o in reader.originals(WHO.scope) if o.file_name == "later.txt"]
        assert archive.vault.read(original.object_id) == b"came after the backup"


def test_lost_bytes_are_healed_by_the_same_file_coming_again(archive: Archive, root: Path):
    object_of(archive, ".BIN").unlink()
    assert len(archive.verify(WHO).faults) == 1
    archive.ingest(WHO, [root / "card"])
    assert archive.verify(WHO).faults == ()


def test_a_rebuild_goes_on_past_an_original_whose_bytes_are_gone_and_says_which(archive: Archive):
    object_of(archive, ".BIN").unlink()
    results = archive.rebuild(WHO)
    assert [r.file.endswith(".BIN") for r in results if r.state == "failed"] == [True]
    assert len(results) == len(archive.files(WHO))


def test_lost_tracks_are_made_again_by_a_rebuild(archive: Archive):
    before = archive.flights(WHO, ALL)
    with archive.catalogue.read() as reader:
        tracks = [d.stored.object_id for d in reader.derived_objects(WHO.scope)]
    for object_id in tracks:
        archive.vault.discard(object_id)
    archive.rebuild(WHO)
    assert archive.verify(WHO).faults == ()
    after = archive.flights(WHO, ALL)
    assert [replace(f, track_object=None) for f in after.flights] == [
        replace(f, track_object=None) for f in before.flights
    ]


def test_an_interrupt_after_the_commit_loses_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch):
    catalogued = taking._catalogued

    def interrupted(*args: object) -> object:
        catalogued(*args)  # pyright: ignore
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(taking, "_catalogued", interrupted)
        with pytest.raises(KeyboardInterrupt):
            archive.receive(WHO, "x.txt", [b"committed, then interrupted"])
    assert archive.verify(WHO).faults == ()
    assert archive.receive(WHO, "x.txt", [b"committed, then interrupted"]).duplicate


def test_whatever_one_file_brings_about_the_others_are_read(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
):
    cut_of_columns = committing.cut_of_columns

    def poisoned(columns: dict[str, str]) -> object:
        if columns["code"].startswith("ardupilot-dataflash/"):
            raise ValueError("year 0 is out of range")
        return cut_of_columns(columns)

    monkeypatch.setattr(committing, "cut_of_columns", poisoned)
    with Archive.open(tmp_path / "new", create=True) as archive:
        results = archive.ingest(WHO, [root / "card"])
        assert {r.state for r in results if r.file.endswith(".BIN")} == {"failed"}
        assert all("year 0" in r.message for r in results if r.state == "failed")
        without = archive.flights(WHO, ALL).total
        assert without > 0
        monkeypatch.undo()
        archive.ingest(WHO, [root / "card"])
        assert archive.flights(WHO, ALL).total == without + 1


def test_a_reading_that_cannot_be_done_now_does_not_replace_one_that_was(root: Path):
    with Archive.open(root / "archive") as archive:
        before = ids(archive)
    with Archive.open(root / "archive", Settings(max_decode_bytes=1000)) as archive:
        results = archive.rebuild(WHO)
        assert {r.state for r in results if r.flights} == {"too-large"}
        assert ids(archive) == before


def test_what_was_too_large_is_read_once_the_limit_is_raised(tmp_path: Path, root: Path):
    with Archive.open(tmp_path / "new", Settings(max_decode_bytes=1000), create=True) as archive:
        archive.ingest(WHO, [root / "card"])
        assert archive.flights(WHO, ALL).total == 0
        assert "too-large" in {f.state for f in archive.files(WHO)}
    with Archive.open(tmp_path / "new") as archive:
        archive.ingest(WHO, [root / "card"])
        assert archive.flights(WHO, ALL).total > 2


def locked(archive: Archive, root: Path) -> tuple[str, str, object]:
    """Id, file and keys of the locked flight."""
    [flight] = [f for f in archive.flights(WHO, ALL).flights if f.summary.track_locked]
    [keys] = (root / "card").glob("*.keys.json")
    return flight.id, flight.sources[0].file, json.loads(keys.read_text())


def test_keys_unlock_a_track_under_the_same_flight_id_and_stay(archive: Archive, root: Path):
    flight_id, file, keys = locked(archive, root)
    archive.annotate(WHO, flight_id, "written while it was locked")
    archive.add_keys(WHO, Path(file), keys)
    archive.rebuild(WHO)
    detail = archive.flight(WHO, flight_id)
    assert not detail.flight.summary.track_locked
    assert archive.track(WHO, flight_id).table.num_rows == detail.flight.summary.track_rows > 100
    assert [n.text for n in detail.notes] == ["written while it was locked"]


def test_keys_that_come_while_the_record_is_read_without_them_are_not_lost(
    archive: Archive, root: Path, monkeypatch: pytest.MonkeyPatch
):
    flight_id, file, keys = locked(archive, root)
    made_of, came = taking.made_of, []

    def meanwhile(*args: object) -> Made:
        made = made_of(*args)  # pyright: ignore
        if not came:
            came.append(True)
            archive.add_keys(WHO, Path(file), keys)
        return made

    monkeypatch.setattr(taking, "made_of", meanwhile)
    with archive.catalogue.read() as reader:
        [original] = [o for o in reader.originals(WHO.scope) if o.file_name == file]
    taking.read_kept(archive, WHO, original)
    assert not archive.flight(WHO, flight_id).flight.summary.track_locked


def test_wrong_and_empty_keys_are_refused_and_those_held_stay(archive: Archive, root: Path):
    flight_id, file, keys = locked(archive, root)
    archive.add_keys(WHO, Path(file), keys)
    for wrong in ([], [[]], [keys[0][:1]], "no answer", {"data": None}):
        with pytest.raises(BadRequest):
            archive.add_keys(WHO, Path(file), wrong)
    archive.rebuild(WHO)
    assert not archive.flight(WHO, flight_id).flight.summary.track_locked


def test_what_a_person_parted_stays_parted(archive: Archive, root: Path):
    """The record and its export are united by us; a person says no, and no rebuild says yes again."""
    [flight] = [f for f in archive.flights(WHO, ALL).flights if len(f.sources) > 1]
    with archive.catalogue.commit(WHO) as writer:
        sources = {s.format: s.recording_id for s in flight.sources}
        attached = {a.ref.original_id: a for a in writer.attached_to(flight.id, WHO.scope)}
        told = [each.kept for each in writer.told_by(flight.id, WHO.scope)]
        [kept] = [c for c in told if c.ref.original_id == sources["airdata-csv"]]
        from groundside.archive.composing import Composer, facts_of

        writer.detach_source(kept.ref)
        other = writer.add_flight("general", facts_of(kept), at_us=1)
        writer.attach_source(other, kept.ref, attached[kept.ref.original_id].fit)
        for each in (flight.id, other):
            Composer(archive, writer).recompose(each)
    archive.merge(WHO, flight.id, other)
    archive.unmerge(WHO, other)
    apart = sorted(ids(archive))
    assert {flight.id, other} <= set(apart)
    archive.rebuild(WHO)
    assert sorted(ids(archive)) == apart
    offers = {o.flight for o in archive.flight(WHO, other).offers}
    assert flight.id in offers


def test_the_order_in_which_files_come_makes_no_difference(root: Path, tmp_path: Path):
    from tests.contract.test_kills import told

    files = sorted((root / "card").iterdir())
    tellings = []
    for number, order in enumerate((files, files[::-1], files[3:] + files[:3])):
        with Archive.open(tmp_path / str(number), create=True) as archive:
            for file in order:
                archive.receive(WHO, file.name, [file.read_bytes()])
        tellings.append(told(tmp_path / str(number)))
    assert tellings[0] == tellings[1] == tellings[2]


def test_a_job_that_is_done_says_all_of_all(archive: Archive):
    [job] = [j for j in archive.jobs(WHO) if j.kind == "ingest"]
    assert (job.state.value, job.done, job.note) == ("done", job.total, "")
    assert job.total
    assert archive.cancel(WHO, job.id[:8]).id == job.id


def test_watching_what_is_no_folder_is_refused(archive: Archive, tmp_path: Path):
    with pytest.raises(BadRequest, match="is not a folder"):
        next(archive.watch(WHO, tmp_path / "nothing", 0.0, lambda _: None))
