"""Finding files: whatever state they are in, the rest of the folder goes on."""

import errno
import os
from pathlib import Path

import pytest

from groundside.arrive.folder import Arrival, NotTaken, contents, walk
from groundside.arrive.watching import settled
from groundside.errors import Conflict, TooLarge, Unreadable


def arrival(path: Path) -> Arrival:
    return Arrival(path, path.name, path.stat().st_size)


def test_files_come_in_order_of_name_and_folders_are_entered(tmp_path: Path):
    for name in ("b.bin", "a/z.bin", "a/y.bin"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [found.name for found in walk([tmp_path])] == ["y.bin", "z.bin", "b.bin"]


def test_a_loop_of_links_ends(tmp_path: Path):
    (tmp_path / "log.bin").write_bytes(b"x")
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    found = list(walk([tmp_path]))
    assert [f.name for f in found if isinstance(f, Arrival)] == ["log.bin"]
    assert ["levels of symbolic links" in f.why for f in found if isinstance(f, NotTaken)] == [True]


def test_a_name_that_is_not_utf8_is_taken_and_shown_with_a_replacement(tmp_path: Path):
    (tmp_path / os.fsdecode(b"caf\xe9.bin")).write_bytes(b"x")
    [found] = walk([tmp_path])
    assert isinstance(found, Arrival)
    assert found.name == "caf\ufffd.bin"
    assert b"".join(contents(found, 10)) == b"x"


def test_pipes_sockets_and_missing_files_are_listed_and_passed_over(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    found = list(walk([tmp_path, tmp_path / "nothing"]))
    assert [f.why for f in found if isinstance(f, NotTaken)] == [
        "not a regular file (a device, socket or pipe)",
        "No such file or directory",
    ]


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO])
def test_a_file_the_system_refuses_is_refused_with_the_reason(number: int, tmp_path: Path, monkeypatch):
    path = tmp_path / "log.bin"
    path.write_bytes(b"x")

    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refuse)  # root, who runs CI, may read everything
    with pytest.raises(Unreadable, match=os.strerror(number)):
        list(contents(Arrival(path, "log.bin", 1), 10))


def test_a_file_that_goes_away_is_refused_with_the_reason(tmp_path: Path):
    with pytest.raises(Unreadable, match=r"gone\.bin cannot be read: No such file"):
        list(contents(Arrival(tmp_path / "gone.bin", "gone.bin", 1), 10))


def test_a_file_past_the_limit_is_refused_before_it_is_read(tmp_path: Path):
    path = tmp_path / "sparse.bin"
    with path.open("wb") as file:
        file.truncate(10 << 30)
    with pytest.raises(TooLarge, match="10,737,418,240") as caught:
        next(contents(arrival(path), 1 << 30))
    assert "--max-bytes 10737418240" in caught.value.try_this


def test_a_file_that_grows_while_it_is_read_is_refused_at_its_end(tmp_path: Path):
    path = tmp_path / "log.bin"
    path.write_bytes(b"x" * (1 << 20))
    reading = contents(arrival(path), 1 << 30)
    next(reading)
    with path.open("ab") as file:
        file.write(b"more")
    with pytest.raises(Conflict, match="changed while it was read"):
        list(reading)


def test_a_file_that_was_empty_when_it_was_found_is_not_read_byte_by_byte(tmp_path: Path):
    path = tmp_path / "log.bin"
    path.touch()
    found = arrival(path)
    path.write_bytes(b"x" * (3 << 20))
    assert [len(piece) for piece in contents(found, 1 << 30, found.size + 1)] == [1, 1 << 20, 1 << 20, (1 << 20) - 1]


def test_a_file_that_is_as_large_as_when_it_was_found_comes_in_one_piece(tmp_path: Path):
    path = tmp_path / "log.bin"
    path.write_bytes(b"x" * (3 << 20))
    found = arrival(path)
    assert [len(piece) for piece in contents(found, 1 << 30, found.size + 1)] == [3 << 20]


def test_a_watched_file_is_given_once_it_stopped_changing_and_again_when_it_changes(tmp_path: Path):
    path = tmp_path / "log.bin"
    path.write_bytes(b"1")
    looks = iter(["grow", "rest", "rest", "change", "rest", "rest", "end"])

    def wait() -> None:
        act = next(looks)
        if act in {"grow", "change"}:
            path.write_bytes(path.read_bytes() + b"+")
        if act == "end":
            raise KeyboardInterrupt

    given = []
    with pytest.raises(KeyboardInterrupt):
        for found in settled([tmp_path], wait, lambda _: False, once=False):
            given.append(path.read_bytes())
            assert found.path == path
    assert given == [b"1+", b"1++"]
