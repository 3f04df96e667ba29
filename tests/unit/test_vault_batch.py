"""Batches on a disk: durable before they are to be seen, and all of a flush or none of it."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from groundside.errors import NoSpace, Unreadable
from groundside.keep import barrier, shelf
from groundside.keep.barrier import Barrier, can_flush_at_once, start_writing
from tests.keep_builders import open_vault


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture(params=["one flush for all", "file by file"])
def at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the file system is trusted with one flush for all that was written."""
    at_once = request.param == "one flush for all"
    monkeypatch.setattr(shelf, "can_flush_at_once", lambda _: at_once)
    return at_once


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done to the disk, in order."""
    done: list[str] = []

    def note(name: Callable[..., str], call: Callable[..., object]) -> Callable[..., object]:
        def instead(*args: object) -> object:
            done.append(name(*args))
            return call(*args)

        return instead

    def kind(handle: int) -> str:
        return "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"

    monkeypatch.setattr(os, "fsync", note(kind, os.fsync))
    monkeypatch.setattr(os, "rename", note(lambda *_: "rename", os.rename))
    monkeypatch.setattr(Barrier, "wait", note(lambda *_: "all", Barrier.wait))
    return done


def test_data_is_durable_before_any_name_and_names_before_the_flush_returns(
    tmp_path: Path, at_once: bool, done: list[str]
):
    vault = open_vault(tmp_path)
    done.clear()
    with vault.batch() as batch:
        for number in range(10):
            batch.put([bytes([number])])
        assert "rename" not in done
        batch.flush()
        first, last = done.index("rename"), len(done) - done[::-1].index("rename")
        assert done[first:last] == ["rename"] * 10
        assert set(done[:first]) == ({"all"} if at_once else {"file"})
        assert set(done[last:]) == ({"all"} if at_once else {"folder"})
        assert done[:first].count("file") == (0 if at_once else 10)


def test_where_one_flush_will_do_a_hundred_files_take_two(tmp_path: Path, done: list[str], monkeypatch):
    monkeypatch.setattr(shelf, "can_flush_at_once", lambda _: True)
    vault = open_vault(tmp_path)
    done.clear()
    with vault.batch() as batch:
        for number in range(100):
            batch.put([bytes([number])])
    assert done.count("all") == 2
    assert set(done) == {"all", "rename"}


def test_a_batch_in_which_nothing_was_put_does_nothing_to_the_disk(tmp_path: Path, at_once: bool, done: list[str]):
    vault = open_vault(tmp_path)
    done.clear()
    with vault.batch() as batch:
        batch.flush()
    assert done == []


def failing(call: Callable[..., object], at: int, code: int) -> Callable[..., object]:
    """The same call, which fails the `at`-th time."""
    calls = iter(range(1, 1000))

    def instead(*args: object, **kwargs: object) -> object:
        if next(calls) == at:
            raise OSError(code, os.strerror(code))
        return call(*args, **kwargs)

    return instead


@pytest.mark.parametrize(("code", "error"), [(errno.ENOSPC, NoSpace), (errno.EIO, Unreadable)])
def test_whatever_fails_in_a_flush_all_of_it_is_lost_and_said_so_and_what_was_flushed_before_stays(
    tmp_path: Path, at_once: bool, code: int, error: type[Exception], monkeypatch: pytest.MonkeyPatch
):
    flush = (Barrier, "wait", 2) if at_once else (os, "fsync", 3)
    vault = open_vault(tmp_path)
    for owner, call, times in (flush, (os, "rename", 3)):
        for at in range(1, times + 1):
            with pytest.raises(error) as caught, vault.batch() as batch:
                before = batch.put([b"before"])
                batch.flush()
                after = [batch.put([bytes([number])]) for number in range(3)]
                with monkeypatch.context() as patch:
                    patch.setattr(owner, call, failing(getattr(owner, call), at, code))
                    batch.flush()
            assert str(tmp_path) not in str(caught.value)
            assert set(batch.lost) == {each.object_id for each in after}
            assert [path.name for path in files_in(tmp_path)] == [before.object_id]
            vault.discard(before.object_id)


def test_a_flush_that_is_interrupted_acknowledges_nothing(
    tmp_path: Path, at_once: bool, monkeypatch: pytest.MonkeyPatch
):
    rename, calls = os.rename, iter(range(1000))

    def interrupted(*args: object) -> None:
        if next(calls) == 2:
            raise KeyboardInterrupt
        rename(*args)  # type: ignore[arg-type]

    with pytest.raises(KeyboardInterrupt), open_vault(tmp_path).batch() as batch:
        for number in range(5):
            batch.put([bytes([number])])
        monkeypatch.setattr(os, "rename", interrupted)
        batch.flush()
    assert len(batch.lost) == 5
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("call", ["open", "write"])
def test_a_file_that_cannot_be_written_leaves_the_others(
    tmp_path: Path, at_once: bool, call: str, monkeypatch: pytest.MonkeyPatch
):
    with open_vault(tmp_path).batch() as batch:
        kept = [batch.put([b"one"])]
        with monkeypatch.context() as patch, pytest.raises(Unreadable):
            patch.setattr(os, call, failing(getattr(os, call), 1, errno.EIO))
            batch.put([b"two"])
        kept.append(batch.put([b"three"]))
    assert {path.name for path in files_in(tmp_path)} == {each.object_id for each in kept}


@pytest.fixture
def mounts(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, object]]:
    """What the kernel says of itself and of what is mounted where."""
    told: dict[str, object] = {"release": "6.1.0", "lines": "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"}
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", "here", str(told["release"]), "", "")))
    read = Path.read_text
    monkeypatch.setattr(
        Path,
        "read_text",
        lambda path, *a, **k: told["lines"] if str(path) == "/proc/self/mountinfo" else read(path, *a, **k),
    )
    return told


def test_only_a_local_file_system_under_a_kernel_that_tells_of_failures_is_trusted(mounts: dict[str, object]):
    assert can_flush_at_once(Path("/"))
    mounts["release"] = "5.7.19"
    assert not can_flush_at_once(Path("/"))
    mounts["release"] = "strange"
    assert not can_flush_at_once(Path("/"))


@pytest.mark.parametrize("kind", ["nfs4", "fuse.sshfs", "cifs", "overlay", "tmpfs", "9p"])
def test_a_file_system_that_may_only_pass_on_the_wish_is_not_trusted(kind: str, mounts: dict[str, object], tmp_path):
    place = str(tmp_path / "a share").replace(" ", "\\040")
    mounts["lines"] = f"{mounts['lines']}2 1 0:44 / {place} rw shared:1 - {kind} server:/x rw\n"
    assert can_flush_at_once(tmp_path)
    assert not can_flush_at_once(tmp_path / "a share" / "archive")


def test_what_is_mounted_over_another_counts(mounts: dict[str, object]):
    mounts["lines"] = f"{mounts['lines']}2 1 0:44 / / rw - tmpfs none rw\n"
    assert not can_flush_at_once(Path("/"))


def test_where_the_kernel_does_not_say_what_is_mounted_nothing_is_trusted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(barrier, "_MOUNTS", Path("/nonexistent"))
    assert not can_flush_at_once(Path("/"))


def test_a_failed_flush_is_an_error_with_the_kernels_number(tmp_path: Path):
    waiting = Barrier(tmp_path)
    waiting.wait()
    waiting.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        waiting.wait()


def test_a_hint_to_begin_writing_never_fails():
    start_writing(-1)
