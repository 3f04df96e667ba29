"""A sealed archive holds no byte of what it keeps in the clear: not whole, not half arrived, not after a kill."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from groundside.settings import Settings
from tests.simulated import craft_files

WHO = Caller("tester", "test")
CANARY = b"CANARY-7f3a91"
ROOT = Path(__file__).resolve().parents[2]
PIECE = CANARY * 5000
INTERRUPTED = """
import pathlib, sys, time
from groundside.archive.archive import Archive
from groundside.model.caller import Caller
canary = sys.argv[2].encode() * 5000
def slowly():
    for _ in range(1000):
        yield canary
        print("writing", flush=True)
        time.sleep(0.01)
with Archive.open(pathlib.Path(sys.argv[1])) as archive:
    growing = archive.vault.append()
    growing.write(canary)
    growing.flush()
    with archive.vault.batch() as batch:
        batch.put([canary])
        archive.vault.put(slowly())
"""


def where_it_lies(needle: bytes, *folders: Path) -> list[str]:
    """Files below some folders in which it is found."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files
    return [str(path) for path in files if needle in path.read_bytes()]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this process and its children put temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    (folder / "so that it is not empty").touch()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture
def card(tmp_path: Path) -> Path:
    folder = tmp_path / "card"
    folder.mkdir()
    (folder / "unknown.dat").write_bytes(PIECE)
    (folder / "large.dat").write_bytes(PIECE * 40)
    for name, data in craft_files((0,)):
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize("workers", ["0", "1"])
def test_what_is_ingested_lies_nowhere_in_the_clear(card: Path, tmp_path: Path, temporary: Path, workers: str):
    folder = tmp_path / "archive"
    with Archive.open(folder, Settings(workers=workers), create=True) as archive:
        archive.ingest(WHO, [card])
        archive.receive(WHO, "handed over.dat", [CANARY * 10])
        archive.rebuild(WHO)
        with archive.vault.append() as growing:
            growing.write(PIECE)
            growing.flush()
            assert where_it_lies(CANARY, folder, temporary) == []
            growing.seal()
        with archive.catalogue.read() as reader:
            largest = max(reader.originals(WHO.scope), key=lambda each: each.size)
        with archive.vault.view(largest.object_id) as view:
            assert CANARY in bytes(view[:1000])
            assert where_it_lies(CANARY, folder, temporary) == []
        assert archive.verify(WHO).faults == ()
    assert where_it_lies(CANARY, folder, temporary) == []
    for magic in (b"PAR1", *[path.read_bytes()[:64] for path in card.iterdir()]):
        assert where_it_lies(magic, folder / "objects", folder / "incoming") == []


def test_what_a_killed_process_left_half_written_is_not_in_the_clear(tmp_path: Path, temporary: Path):
    folder = tmp_path / "archive"
    Archive.open(folder, create=True).close()
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", INTERRUPTED, str(folder), CANARY.decode()]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    assert process.stdout
    for _ in range(40):
        assert process.stdout.readline() == b"writing\n"
    time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    left = [path.suffix for path in (folder / "incoming").iterdir()]
    assert sorted(left) == [".growing", ".part", ".part"]
    assert sum(path.stat().st_size for path in (folder / "incoming").iterdir()) > 20 * len(PIECE)
    assert where_it_lies(CANARY, folder, temporary) == []


def test_an_archive_that_is_not_sealed_would_be_found_out(card: Path, tmp_path: Path, temporary: Path):
    folder = tmp_path / "plain"
    with Archive.open(folder, Settings(workers="0", encrypt=False), create=True) as archive:
        archive.ingest(WHO, [card / "unknown.dat"])
    assert where_it_lies(CANARY, folder, temporary) != []
