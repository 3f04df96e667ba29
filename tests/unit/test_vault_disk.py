"""When the disk fails: full, broken at any step, too small for the file."""

import errno
import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from groundside.errors import GroundsideError, NoSpace, TooLarge, Unreadable
from groundside.keep import durable
from groundside.keep.catalogue import Catalogue
from tests.keep_builders import TESTER, add_original, open_catalogue, open_vault

ONE_MIB = 1 << 20


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 1 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {made.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_said_so_and_leaves_nothing_behind_and_room_for_what_fits(small_disk: Path):
    vault = open_vault(small_disk)
    with pytest.raises(NoSpace):
        vault.put(bytes(100_000) for _ in range(40))
    assert files_in(small_disk) == []
    assert vault.put([bytes(100_000)]).size == 100_000


def test_what_no_longer_fits_into_a_batch_leaves_what_did(small_disk: Path):
    vault = open_vault(small_disk)
    with vault.batch() as batch:
        kept = batch.put([bytes(500_000)])
        with pytest.raises(NoSpace):
            batch.put([bytes(ONE_MIB)])
    assert [path.name for path in files_in(small_disk)] == [kept.object_id]
    assert vault.digest(kept.object_id) == kept.digest


def test_appending_to_a_full_disk_keeps_what_was_whole_and_can_go_on(small_disk: Path):
    vault = open_vault(small_disk)
    growing = vault.append()
    growing.write(b"a" * 500_000)
    with pytest.raises(NoSpace):
        growing.write(b"b" * ONE_MIB)
    assert growing.size == 500_000
    growing.write(b"c")
    kept = growing.seal()
    assert vault.digest(kept.object_id) == kept.digest
    assert vault.read(kept.object_id, 499_999) == b"ac"


def test_a_commit_on_a_full_disk_changes_nothing_and_the_next_one_goes_through(small_disk: Path):
    catalogue = open_catalogue("sqlite", small_disk / "archive")
    ballast = small_disk / "ballast"
    with pytest.raises(NoSpace), catalogue.commit(TESTER) as writer:
        add_original(writer)
        with pytest.raises(OSError, match="No space"):
            ballast.write_bytes(bytes(2 * ONE_MIB))
        for number in range(2000):
            writer.event("filler", details="x" * 1000, at_us=number)
    ballast.unlink()
    with catalogue.commit(TESTER) as writer:
        assert writer.event("after", at_us=1) == 1
    catalogue.close()


def failing(call: Callable[..., object], at: int, code: int) -> Callable[..., object]:
    """The same call, which fails the `at`-th time."""
    calls = iter(range(1, 1000))

    def instead(*args: object, **kwargs: object) -> object:
        if next(calls) == at:
            raise OSError(code, os.strerror(code))
        return call(*args, **kwargs)

    return instead


@pytest.mark.parametrize(
    ("code", "error"),
    [(errno.ENOSPC, NoSpace), (errno.EDQUOT, NoSpace), (errno.EFBIG, TooLarge), (errno.EIO, Unreadable)],
)
@pytest.mark.parametrize(("call", "times"), [("write", 3), ("fsync", 3), ("open", 3)])
def test_whichever_call_fails_nothing_half_written_is_left(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    times: int,
    code: int,
    error: type[GroundsideError],
):
    vault = open_vault(tmp_path)
    for at in range(1, times + 1):
        with monkeypatch.context() as patch:
            patch.setattr(os, call, failing(getattr(os, call), at, code))
            with pytest.raises(error) as caught:
                vault.put([b"a", b"b", b"c"])
        assert str(tmp_path) not in str(caught.value)
        assert files_in(tmp_path) == []
    assert vault.read(vault.put([b"abc"]).object_id) == b"abc"


def test_a_rename_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    vault = open_vault(tmp_path)
    monkeypatch.setattr(os, "rename", failing(os.rename, 1, errno.EIO))
    with pytest.raises(Unreadable):
        vault.put([b"abc"])
    assert files_in(tmp_path) == []


def test_bytes_that_the_system_takes_in_pieces_all_arrive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, bytes(data)[:7]))
    vault = open_vault(tmp_path)
    assert vault.read(vault.put([bytes(range(256))]).object_id) == bytes(range(256))


def test_an_object_is_durable_before_its_name_and_its_name_before_it_is_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    done: list[str] = []
    fsync, rename = os.fsync, os.rename

    def note_sync(handle: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def note_rename(*args: object) -> None:
        done.append("rename")
        rename(*args)  # type: ignore[arg-type]

    vault = open_vault(tmp_path)
    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(os, "rename", note_rename)
    vault.put([b"abc"])
    assert done[0] == "file"
    assert done[-2:] == ["rename", "folder"]


def test_only_the_owner_can_read_what_is_kept(tmp_path: Path):
    old = os.umask(0)
    try:
        vault = open_vault(tmp_path)
        vault.put([b"abc"])
        vault.append().close()
        Catalogue.open(f"sqlite:///{tmp_path}/catalogue.sqlite", backup_folder=None).close()
    finally:
        os.umask(old)
    assert {stat.S_IMODE(f.stat().st_mode) for f in files_in(tmp_path)} == {durable.FILE_MODE}
    folders = [f for name in ("objects", "incoming") for f in [tmp_path / name, *(tmp_path / name).glob("*/")]]
    assert {stat.S_IMODE(f.stat().st_mode) for f in folders if f.is_dir()} == {durable.FOLDER_MODE}
