"""A backup that somebody else put together stops nothing, leads nowhere and is read no further than it may be long."""

import json
import os
import shutil
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.archive.backing_up import From, rehearse, restore
from groundside.errors import GroundsideError, Tampered
from groundside.keep.archive_folder import MARKER, open_folder
from groundside.keep.backup.place import OWNER
from groundside.keep.keys.ring import FILE as KEYRING
from groundside.keep.keys.ring import read_ring
from groundside.keep.small_files import MOST_BYTES, read_small
from groundside.model.caller import Caller
from groundside.settings import Settings
from tests.sealed import home_in

ANNA = Caller("anna", "test")
SPARSE_BYTES = 1 << 40
"""Longer than any memory; on the disk it takes nothing."""
SMALL = (OWNER, f"generations/00000001/{MARKER}", f"generations/00000001/{KEYRING}", "generations/00000001/manifest")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        home_in(root / "home", patch)
        with Archive.open(root / "archive", create=True) as it:
            it.receive(ANNA, "a.txt", [b"what a file says" * 100])
            it.backup(ANNA, str(root / "copy"))
    return root


@pytest.fixture
def root(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home_in(built / "home", monkeypatch)
    shutil.copytree(built / "copy", tmp_path / "copy")
    return tmp_path


def rehearsed(root: Path):
    return rehearse(From(place=str(root / "copy")), Settings())


def sparse(path: Path) -> None:
    path.unlink()
    with path.open("wb") as file:
        file.truncate(SPARSE_BYTES)


def link(path: Path) -> None:
    path.rename(path.with_name("aside"))
    path.symlink_to("aside")


def endless(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def test_what_was_backed_up_is_restored(root: Path):
    assert rehearsed(root).faults == ()


@pytest.mark.parametrize("become", [sparse, link, endless, pipe])
@pytest.mark.parametrize("name", SMALL)
def test_a_small_file_that_is_long_a_link_or_a_pipe_is_refused(root: Path, name: str, become):
    become(root / "copy" / name)
    with pytest.raises(GroundsideError):
        rehearsed(root)
    assert not (root / "back").exists()


def test_a_folder_of_the_backup_that_is_a_link_is_refused(root: Path):
    keys = root / "copy" / "generations" / "00000001" / "keys"
    keys.rename(root / "elsewhere")
    keys.symlink_to(root / "elsewhere")
    with pytest.raises(GroundsideError):
        rehearsed(root)


@pytest.mark.parametrize("become", [sparse, link, endless, pipe])
def test_an_object_that_is_long_a_link_or_a_pipe_is_named_and_never_read_to_its_end(root: Path, become):
    copy = json.loads((root / "copy" / SMALL[-1]).read_bytes().partition(b"\n")[2])["catalogue"]["id"]
    hit = next(each for each in (root / "copy" / "objects").glob("??/*") if each.name != copy)
    become(hit)
    for found in (rehearsed(root), restore(ANNA, From(place=str(root / "copy")), root / "back", Settings())):
        assert [fault.about for fault in found.faults] == [hit.name]
    assert not (root / "back").exists()


@pytest.mark.parametrize("name", [OWNER, SMALL[1]])
def test_json_nested_without_end_is_damage(root: Path, name: str):
    (root / "copy" / name).write_text("[" * 200_000)
    with pytest.raises(Tampered):
        rehearsed(root)


@pytest.mark.parametrize("become", [sparse, link, pipe])
@pytest.mark.parametrize("name", [MARKER, str(KEYRING)])
def test_the_folder_of_an_archive_is_read_with_the_same_care(built: Path, tmp_path: Path, name: str, become):
    shutil.copytree(built / "archive", tmp_path / "archive")
    become(tmp_path / "archive" / name)
    with pytest.raises(GroundsideError):
        open_folder(tmp_path / "archive", False)
        read_ring(tmp_path / "archive")


def test_a_file_may_be_exactly_as_long_as_it_may_and_no_longer(tmp_path: Path):
    for size in (0, MOST_BYTES):
        (tmp_path / "a").write_bytes(bytes(size))
        assert read_small(tmp_path / "a") == bytes(size)
    (tmp_path / "a").write_bytes(bytes(MOST_BYTES + 1))
    with pytest.raises(Tampered, match="1,048,576"):
        read_small(tmp_path / "a")
    with pytest.raises(FileNotFoundError):
        read_small(tmp_path / "b")
    with pytest.raises(Tampered):
        read_small(Path("/dev/zero"))
