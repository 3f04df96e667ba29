"""Whatever lies in the folder: a result or a clear message, never a traceback, and the rest goes on."""

import errno
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.errors import NoSpace
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery
from groundside.settings import Settings
from tests.shell import shell
from tests.simulated import craft_files

WHO = Caller("tester", "test")
GROUNDSIDE = Path(sys.executable).with_name("groundside")


def checked(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def groundside(*words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    return checked(shell(*words, **more))


def program(*words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own."""
    done = subprocess.run(
        [GROUNDSIDE, *words],
        capture_output=True,
        text=True,
        errors="replace",
        env={**os.environ, **more},
        check=False,
        timeout=120,
    )
    return checked(done)


@pytest.fixture(scope="module")
def good() -> list[tuple[str, bytes]]:
    return craft_files((0, 6))


@pytest.fixture
def worst(tmp_path: Path, good: list[tuple[str, bytes]]) -> Path:
    """A folder with good files among everything that can be wrong."""
    folder = tmp_path / "worst"
    folder.mkdir()
    for name, data in good:
        (folder / name).write_bytes(data)
    log = next(data for name, data in good if name.endswith(".BIN"))
    (folder / "empty.bin").write_bytes(b"")
    (folder / "cut.bin").write_bytes(log[: len(log) * 2 // 3])
    (folder / "torn.bin").write_bytes(log[:90_000] + os.urandom(3000) + log[93_000:])
    (folder / "really_a_log.jpg").write_bytes(log + b"\0")
    (folder / "noise.ulg").write_bytes(os.urandom(200_000))
    (folder / "zeros.txt").write_bytes(bytes(1 << 20))
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("bomb", bytes(100 << 20))
    with (folder / "sparse.bin").open("wb") as sparse:
        sparse.truncate(10 << 30)
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere").symlink_to(folder / "nothing")
    os.mkfifo(folder / "pipe")
    (folder / os.fsdecode(b"caf\xe9.BIN")).write_bytes(log + b"\1")
    (folder / "evil\x1b[2J\nname.srt").write_bytes(b"1\n")
    return folder


def test_a_folder_of_everything_that_can_be_wrong_is_taken_in_to_its_end(worst: Path, tmp_path: Path):
    done = program("ingest", worst, "--archive", tmp_path / "a", "--json")
    results = {r["file"]: r for r in json.loads(done.stdout)}
    states = {name: r["state"] for name, r in results.items()}
    assert done.returncode == 13, "some could not be taken"
    assert {n for n, s in states.items() if s == "not-taken"} >= {"sparse.bin"}
    assert "10,737,418,240 bytes" in results["sparse.bin"]["message"]
    assert states["empty.bin"] == states["noise.ulg"] == states["zeros.txt"] == states["bomb.zip"] == "not-understood"
    assert states["cut.bin"] == states["torn.bin"] == states["really_a_log.jpg"] == "read"
    assert results["torn.bin"]["problems"]
    assert states["caf\ufffd.BIN"] == "read"
    assert groundside("verify", "--archive", tmp_path / "a").returncode == 0
    listed = json.loads(groundside("files", "--archive", tmp_path / "a", "--json").stdout)
    assert len(listed) == sum(s != "not-taken" for s in states.values())


def test_a_name_cannot_write_to_the_terminal(worst: Path, tmp_path: Path):
    done = groundside("ingest", worst, "--archive", tmp_path / "a")
    shown = done.stdout + done.stderr + groundside("files", "--archive", tmp_path / "a").stdout
    assert "\x1b[2J" not in shown


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\0", b"x" * 100, bytes(500_000)])
def test_decode_of_what_is_no_log_gives_an_account_and_an_exit_code(content: bytes, tmp_path: Path):
    file = tmp_path / "what.bin"
    file.write_bytes(content)
    done = groundside("decode", file, "--json")
    told = json.loads(done.stdout)
    assert (told["format"], told["bytes_total"], told["bytes_skipped"]) == (None, len(content), len(content))
    assert done.returncode == 4
    assert "try:" in done.stderr


def test_decode_of_a_sparse_file_of_ten_gigabytes_answers_at_once(tmp_path: Path, good: list[tuple[str, bytes]]):
    file = tmp_path / "sparse.bin"
    log = next(data for name, data in good if name.endswith(".BIN"))
    with file.open("wb") as sparse:
        sparse.write(log)
        sparse.truncate(10 << 30)
    done = program("decode", file)
    assert done.returncode == 5
    assert "more than the limit" in done.stderr


@pytest.mark.parametrize("name", ["", "missing.bin", "/", "/dev/null", "/dev/full"])
def test_decode_of_what_is_no_file_says_so(name: str, tmp_path: Path):
    done = groundside("decode", tmp_path / name if not name.startswith("/") else name)
    assert done.returncode == 8
    assert "is not a file that can be read" in done.stderr


def test_nothing_half_written_stays_when_the_disk_fills_and_the_rest_is_kept(
    good: list[tuple[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    card = tmp_path / "card"
    card.mkdir()
    for name, data in good:
        (card / name).write_bytes(data)
    here = Settings(workers="0")  # other processes would not meet the full disk that is made up here
    with Archive.open(tmp_path / "a", create=True, settings=here) as archive:
        archive.receive(WHO, "first.txt", [b"kept before"])
        write, left = os.write, [600_000]

        def full(handle: int, data: bytes) -> int:
            left[0] -= len(data)
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return write(handle, data)

        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full)
            with pytest.raises(NoSpace):
                archive.ingest(WHO, [card])
        report = archive.verify(WHO)
        assert (report.faults, report.leftovers) == ((), 0)
        assert "first.txt" in {f.file for f in archive.files(WHO)}
        results = archive.ingest(WHO, [card])
        assert {r.state for r in results} <= {"read", "locked", "not-understood"}
        assert archive.flights(WHO, FlightQuery()).total >= 2


def test_a_folder_that_is_no_archive_is_refused_and_left_alone(tmp_path: Path):
    (tmp_path / "letter.txt").write_text("dear")
    done = groundside("ingest", tmp_path / "letter.txt", "--archive", tmp_path)
    assert done.returncode == 10
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]
    assert groundside("flights", "--archive", tmp_path / "none").returncode == 10


def test_no_archive_named_is_said(tmp_path: Path):
    done = groundside("flights", GROUNDSIDE_ARCHIVE="", HOME=str(tmp_path))
    assert done.returncode == 2
    assert "No archive was named" in done.stderr
