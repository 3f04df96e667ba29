"""The edges of sealed reading and writing: files that shrink, disks that fail, keys that are gone, pyarrow's view."""

import errno
import io
import os
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow.fs import FileSelector, FileType

from groundside.errors import NoSpace, NotFound, Tampered
from groundside.keep.sealing import keys
from groundside.keep.sealing.file_system import _Handler, sealed_file_system
from groundside.keep.sealing.keys import GivenKeys, RecentKeys
from groundside.keep.sealing.opening import open_sealed
from groundside.keep.sealing.stream import CHUNK, seal
from groundside.keep.store_disk import DiskStore
from groundside.keep.vault import Vault
from tests.keep_builders import KeyBook, sealed_vault

OBJECT, KEY = "d" * 32, b"k" * 32


def sealed(content: bytes) -> bytes:
    return b"".join(bytes(piece) for piece in seal([content], KEY, OBJECT))


@pytest.fixture
def book() -> KeyBook:
    return KeyBook()


@pytest.fixture
def vault(tmp_path: Path, book: KeyBook) -> Vault:
    return sealed_vault(DiskStore(tmp_path), book)


def test_before_the_beginning_there_is_nothing_and_past_the_end_there_is_nothing():
    with open_sealed(OBJECT, KEY, io.BytesIO(sealed(b"abc"))) as file:
        with pytest.raises((ValueError, OSError)):
            file.seek(-1)
        assert file.seek(10) == 10
        assert file.read() == b""
        assert file.read(1) == b""
    file.raw.close()  # type: ignore[attr-defined]
    assert file.closed


def test_seeking_before_the_beginning_from_the_end_is_refused():
    with open_sealed(OBJECT, KEY, io.BytesIO(sealed(b"abc"))) as file, pytest.raises(ValueError, match="beginning"):
        file.raw.seek(-4, io.SEEK_END)  # type: ignore[attr-defined]


def test_an_object_that_becomes_shorter_while_it_is_read_is_noticed():
    raw = io.BytesIO(sealed(bytes(2 * CHUNK)))
    with open_sealed(OBJECT, KEY, raw) as file:
        assert file.read(10) == bytes(10)
        raw.truncate(CHUNK + 100)
        file.seek(CHUNK)
        with pytest.raises(Tampered, match="shorter"):
            file.read(10)


def test_an_object_whose_key_is_gone_is_there_and_says_nothing(vault: Vault, book: KeyBook, tmp_path: Path):
    kept = vault.put([b"erased"])
    book.clear()
    reopened = sealed_vault(DiskStore(tmp_path), book)
    assert reopened.holds(kept.object_id)
    assert reopened.size(kept.object_id) == 6
    for ask in (reopened.open, reopened.read, reopened.digest, lambda each: reopened.view(each).__enter__()):
        with pytest.raises(NotFound, match="no key"):
            ask(kept.object_id)


def test_keys_of_what_was_just_put_are_few_and_held_for_a_while_only(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keys, "_REMEMBERED", 2)
    recent = RecentKeys(GivenKeys({"old": b"o"}))
    for name in ("a", "b", "c"):
        recent.remember(name, name.encode())
    assert recent.keys_of(["a", "b", "c", "old"]) == {"b": b"b", "c": b"c", "old": b"o"}
    with pytest.raises(NotFound):
        recent.key_of("a")
    now = keys.time.monotonic()
    monkeypatch.setattr(keys.time, "monotonic", lambda: now + 601)
    with pytest.raises(NotFound):
        recent.key_of("c")
    assert recent.keys_of(["c"]) == {}
    recent.remember("d", b"d")
    assert recent.key_of("d") == b"d"
    recent.forget("d")
    with pytest.raises(NotFound):
        recent.key_of("d")


def test_what_is_discarded_takes_its_key_along(tmp_path: Path):
    from groundside.keep.storage import vault_over
    from tests.keep_builders import KnownSecrets

    store = DiskStore(tmp_path)
    vault = vault_over(store, GivenKeys({}), KnownSecrets(), sealed=True)
    kept = vault.put([b"x"])
    assert vault.read(kept.object_id) == b"x"
    raw = next(tmp_path.rglob(kept.object_id)).read_bytes()
    vault.discard(kept.object_id)
    store.put(kept.object_id, [raw])  # as a copy of the disk would still have it
    with pytest.raises(NotFound, match="key"):
        vault.read(kept.object_id)


def test_a_write_that_fails_leaves_a_growing_object_as_it_was(vault: Vault, monkeypatch: pytest.MonkeyPatch):
    write = os.write
    with vault.append() as growing:
        growing.write(b"first ")

        def full(handle: int, data: bytes) -> int:
            write(handle, bytes(data)[:5])
            raise OSError(errno.ENOSPC, "full")

        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full)
            with pytest.raises(NoSpace):
                growing.write(b"lost")
        growing.write(b"second")
        growing.flush()
        assert growing.size == 12
    with vault.append(growing.object_id) as again:
        kept = again.seal()
    assert vault.read(kept.object_id) == b"first second"
    assert vault.digest(kept.object_id) == kept.digest


def test_pyarrow_sees_sealed_objects_as_files_to_read_and_nothing_else():
    contents = {"aa": b"small", "bb": bytes(range(256)) * (CHUNK // 128)}

    def opened(name: str) -> io.BufferedIOBase:
        if name not in contents:
            raise NotFound("no")
        return io.BytesIO(contents[name])

    files = sealed_file_system(opened)  # type: ignore[arg-type]
    assert files.type_name == "py::groundside-sealed"
    for name, content in contents.items():
        with files.open_input_file(f"x/{name}") as file:
            assert file.read() == content
        with files.open_input_stream(f"x/{name}") as stream:
            assert stream.read() == content
    infos = files.get_file_info(["x/aa", "x/cc"])
    assert [(each.type, each.size) for each in infos] == [(FileType.File, 5), (FileType.NotFound, None)]
    with pytest.raises(FileNotFoundError):
        files.open_input_file("x/cc")
    for refused in (
        lambda: files.get_file_info(FileSelector("x")),
        lambda: files.create_dir("x/y"),
        lambda: files.delete_dir("x"),
        lambda: files.delete_dir_contents("x"),
        lambda: files.delete_file("x/aa"),
        lambda: files.move("x/aa", "x/bb"),
        lambda: files.copy_file("x/aa", "x/bb"),
        lambda: files.open_output_stream("x/dd"),
        lambda: files.open_append_stream("x/dd"),
        _Handler(opened).delete_root_dir_contents,  # type: ignore[arg-type]
    ):
        with pytest.raises((NotImplementedError, pa.ArrowNotImplementedError)):
            refused()
    assert _Handler(opened).get_file_info("x/aa")[0].size == 5  # type: ignore[arg-type]
    assert _Handler(opened).get_type_name() in files.type_name  # type: ignore[arg-type]
