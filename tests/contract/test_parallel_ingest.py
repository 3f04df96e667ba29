"""Any number of workers makes the same flights, and what happens to a worker happens to one file at most."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from groundside.archive import bringing, compared
from groundside.archive.archive import Archive
from groundside.archive.errands import run
from groundside.archive.store import Store
from groundside.errors import NoSpace
from groundside.keep import positions
from groundside.model.caller import Caller
from groundside.model.track import Track
from groundside.settings import Settings
from groundside.workers import Began, Parcel
from tests.contract.test_kills import told
from tests.simulated import craft_files

WHO = Caller("tester", "test")
GROUNDSIDE = Path(sys.executable).with_name("groundside")
MIB = 1 << 20


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of which several tell of one flight, one twice, one of no known format, an empty one."""
    folder = tmp_path_factory.mktemp("card")
    for name, data in craft_files((0, 2, 6, 7, 17)):
        (folder / name).write_bytes(data)
        if name.endswith(".BIN"):
            (folder / f"copy of {name}").write_bytes(data)
    (folder / "empty").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def alone(card: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the card, made by one process."""
    folder = tmp_path_factory.mktemp("alone") / "archive"
    with Archive.open(folder, create=True) as archive:
        archive.ingest(WHO, [card], workers="0")
    return folder


def digests(folder: Path, settings: Settings | None = None) -> list[tuple[str, str]]:
    """Every object made of an original, by its kind and the digest of its bytes."""
    with Archive.open(folder, settings) as archive, archive.catalogue.read() as reader:
        made = reader.derived_objects(WHO.scope)
        return sorted((each.kind, archive.vault.digest(each.stored.object_id).hex) for each in made)


def described(folder: Path) -> list[tuple[object, ...]]:
    """What is said of each file, and the events of it, without what is random."""
    with Archive.open(folder) as archive:
        files = [
            (f.file, f.size, f.format, f.state, f.problems, f.sha256.hex, len(f.flights)) for f in archive.files(WHO)
        ]
        events = [
            (e.what, e.details) for e in archive.events(WHO, 0, 10_000) if not e.what.startswith(("job", "reveal"))
        ]
    return [*files, *events]


def faultless(folder: Path) -> bool:
    with Archive.open(folder) as archive:
        report = archive.verify(WHO)
    return (report.faults, report.leftovers) == ((), 0)


@pytest.mark.parametrize("workers", ["1", "2", "3"])
def test_any_number_of_workers_makes_the_same_flights_files_events_and_bytes(
    workers: str, card: Path, alone: Path, tmp_path: Path
):
    with Archive.open(tmp_path / "archive", create=True) as archive:
        results = archive.ingest(WHO, [card], workers=workers)
        assert [r.file for r in results] == sorted(p.name for p in card.iterdir())
        assert sum(r.duplicate for r in results) == len(list(card.glob("copy of *"))) > 0
    assert told(tmp_path / "archive") == told(alone) != []
    assert described(tmp_path / "archive") == described(alone)
    assert digests(tmp_path / "archive") == digests(alone) != []
    assert faultless(tmp_path / "archive")


def test_flights_are_compared_by_what_workers_send_along_and_by_the_same_where_they_do_not(
    card: Path, alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    read: list[str | None] = []
    track_of = compared.track_of

    def noted(store: Store, object_id: str | None, columns: Sequence[str] | None = None) -> Track | None:
        read.append(object_id)
        return track_of(store, object_id, columns)

    monkeypatch.setattr(compared, "track_of", noted)
    for sent in (True, False):
        if not sent:
            monkeypatch.setattr(positions, "MOST_ROWS", 0)
        with Archive.open(tmp_path / str(sent), create=True) as archive:
            archive.ingest(WHO, [card], workers="0")
        assert bool(read) is not sent
        assert told(tmp_path / str(sent)) == told(alone) != []


@pytest.mark.parametrize("number", [999, -1, "0", None])
def test_a_worker_that_answers_nonsense_of_one_file_costs_that_file_and_no_other(
    number: object, card: Path, alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def taken_over(parcel: Parcel, began: Began) -> Parcel:
        answer = run(parcel, began)
        for done in answer.values["done"]:
            if done["made"] and done["made"]["format"] == "dji-srt":
                wrong = {"content": None} if number is None else {"positions": number}
                done["made"]["products"] = [{**each, **wrong} for each in done["made"]["products"]]
        return answer

    monkeypatch.setattr(bringing, "run", taken_over)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        results = {each.file: each for each in archive.ingest(WHO, [card], workers="0")}
    with Archive.open(alone) as archive:
        states = {each.file: each.state for each in archive.files(WHO)}
    subtitles = {name for name in results if name.endswith(".SRT")}
    assert subtitles
    assert all(results[name].state == "failed" for name in subtitles)
    assert {n: r.state for n, r in results.items() if n not in subtitles and n in states} == {
        n: state for n, state in states.items() if n not in subtitles
    }


def test_a_second_ingest_changes_nothing_and_says_so(card: Path, alone: Path):
    before = told(alone), digests(alone)
    with Archive.open(alone) as archive:
        results = archive.ingest(WHO, [card], workers="2")
    assert all(r.duplicate and "nothing changed" in r.message for r in results)
    assert (told(alone), digests(alone)) == before
    assert faultless(alone)


def test_a_rebuild_by_several_workers_makes_the_same_again(card: Path, alone: Path):
    before = told(alone), digests(alone)
    with Archive.open(alone, Settings(workers="2")) as archive:
        assert "failed" not in {r.state for r in archive.rebuild(WHO)}
    assert (told(alone), digests(alone)) == before
    assert faultless(alone)


def children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for each in listed for child in each.read_text().split()]


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(card: Path, alone: Path, tmp_path: Path):
    command = [GROUNDSIDE, "ingest", card, "--archive", tmp_path / "archive", "--workers", "2"]
    ingest = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    killed: set[int] = set()
    while ingest.poll() is None:
        time.sleep(0.1)
        for child in set(children(ingest.pid)) - killed if len(killed) < 2 else ():
            time.sleep(0.5)
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
                killed.add(child)
    assert ingest.wait() == 0
    assert killed, "some worker was killed"
    assert told(tmp_path / "archive") == told(alone)
    assert digests(tmp_path / "archive") == digests(alone)
    assert faultless(tmp_path / "archive")


HOSTILE = """
import os, signal, time
from groundside.decode.format import Format
from groundside.model.decoded import ByteAccount, Decoded
from groundside.model.recording import Recording, TimeBasis
from groundside.model.source import Source

def decode(data, options):
    if data[:5] == b"CRASH":
        os.kill(os.getpid(), signal.SIGSEGV)
    if data[:5] == b"HANGS":
        time.sleep(1000.0)
    if data[:5] == b"GROWS":
        bytearray(2 << 30)
    return Decoded({}, {}, (), ByteAccount(len(data), len(data), 0))

FORMAT = Format(name="hostile", title="Hostile", kind="log", suffixes=(), decode=decode,
    recognises=lambda head: head[:5] in (b"CRASH", b"HANGS", b"GROWS"),
    recording=lambda decoded: Recording(time_basis=TimeBasis.NONE), track=lambda decoded: None, source=Source("", ""))
"""


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a plug-in that crashes, hangs or grows on what is in a file; workers find it, this process does not."""
    site = tmp_path / "site"
    (site / "hostile-1.dist-info").mkdir(parents=True)
    (site / "hostile.py").write_text(HOSTILE)
    (site / "hostile-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile\nVersion: 1\n")
    (site / "hostile-1.dist-info" / "entry_points.txt").write_text("[groundside.formats]\nhostile = hostile:FORMAT\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH")))))
    folder = tmp_path / "card"
    folder.mkdir()
    for word in ("CRASH", "GROWS", "HANGS"):
        (folder / f"{word}.log").write_text(f"{word} and that is all")
    return folder


def test_files_that_crash_hang_or_grow_are_kept_and_the_others_are_read(hostile: Path, card: Path, tmp_path: Path):
    for path in card.glob("*.SRT"):
        (hostile / path.name).write_bytes(path.read_bytes())
    limits = Settings(worker_memory_bytes=512 * MIB, worker_seconds=12.0)
    with Archive.open(tmp_path / "archive", limits, create=True) as archive:
        results = {r.file: r for r in archive.ingest(WHO, [hostile], workers="2")}
        said = {word: results.pop(f"{word}.log") for word in ("CRASH", "GROWS", "HANGS")}
        assert {r.state for r in said.values()} == {"failed"}
        assert "its worker ended with SIGSEGV" in said["CRASH"].message
        assert "worker_memory_bytes" in said["GROWS"].message
        assert "worker_seconds" in said["HANGS"].message
        assert {r.state for r in results.values()} == {"read"}
        assert {f.sha256.hex for f in archive.files(WHO)} == {
            hashlib.sha256(path.read_bytes()).hexdigest() for path in hostile.iterdir()
        }
        assert all(r.duplicate for r in archive.ingest(WHO, [hostile], workers="2"))
    assert faultless(tmp_path / "archive")


def test_what_no_worker_survived_is_read_with_other_limits(hostile: Path, tmp_path: Path):
    [grows] = hostile.glob("GROWS*")
    with Archive.open(tmp_path / "archive", Settings(worker_memory_bytes=513 * MIB), create=True) as archive:
        assert [r.state for r in archive.ingest(WHO, [grows])] == ["failed"]
    with Archive.open(tmp_path / "archive", Settings(worker_memory_bytes=3000 * MIB)) as archive:
        assert archive.ingest(WHO, [grows])[0].state == "read"


def test_what_is_handed_over_is_read_within_limits_too(hostile: Path, tmp_path: Path):
    with Archive.open(tmp_path / "archive", Settings(worker_memory_bytes=514 * MIB), create=True) as archive:
        for word in ("CRASH", "GROWS"):
            received = archive.receive(WHO, f"{word}.log", [(hostile / f"{word}.log").read_bytes()])
            assert received.state == "failed"
            assert "its worker" in received.message
        assert archive.receive(WHO, "note.txt", [b"no log at all"]).state == "not-understood"
        assert len(archive.files(WHO)) == 3
    assert faultless(tmp_path / "archive")


def test_a_full_disk_ends_the_ingest_and_what_was_said_to_be_kept_is(card: Path, tmp_path: Path, monkeypatch):
    from groundside.keep.batch_disk import DiskBatch

    flush, flushes = DiskBatch.flush, []

    def full(batch: DiskBatch) -> None:
        flushes.append(batch)
        if len(flushes) > 1:
            raise NoSpace("The archive's disk is full; nothing half-written was left.")
        flush(batch)

    many = tmp_path / "many"
    many.mkdir()
    for number in range(80):
        (many / f"{number:03}").write_bytes(b"no log at all, number %d" % number)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        with monkeypatch.context() as patched:
            patched.setattr(DiskBatch, "flush", full)
            with pytest.raises(NoSpace):
                archive.ingest(WHO, [many], workers="0")
        report = archive.verify(WHO)
        assert (report.faults, report.leftovers) == ((), 0)
        assert len(archive.ingest(WHO, [many], workers="0")) == 80
        assert len(archive.files(WHO)) == 80
