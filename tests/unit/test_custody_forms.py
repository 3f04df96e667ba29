"""Both forms in which objects lie answer everything that a vault asks of them."""

from pathlib import Path

import pytest

from groundside.errors import Conflict, Tampered
from groundside.keep.sealing.file_system import sealed_file_system
from groundside.keep.small_files import MOST_BYTES, read_small
from groundside.keep.store_disk import DiskStore
from groundside.keep.vault import Vault
from tests.keep_builders import KeyBook, open_vault, sealed_vault


@pytest.fixture(params=["plain", "sealed"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Vault:
    return open_vault(tmp_path) if request.param == "plain" else sealed_vault(DiskStore(tmp_path), KeyBook())


def test_pyarrow_reads_the_content_of_objects_in_either_form(vault: Vault):
    ids = [vault.put([content]).object_id for content in (b"one", b"two" * 1000)]
    file_system, names = vault.files(ids)
    found = []
    for name in names:
        with file_system.open_input_file(name) as file:
            found.append(file.read())
    assert found == [b"one", b"two" * 1000]


def test_the_file_system_of_sealed_objects_says_what_it_is():
    there = sealed_file_system(lambda _: None)  # type: ignore[arg-type]
    assert there.type_name == "py::groundside-sealed"
    assert there.normalize_path("ab/abcd") == "ab/abcd"


def test_a_growing_file_beside_a_whole_object_goes_in_either_form(vault: Vault, tmp_path: Path):
    with vault.append() as growing:
        growing.write(b"flushed")
    file = tmp_path / "incoming" / f"{growing.object_id}.growing"
    content = file.read_bytes()
    vault.append(growing.object_id).seal()
    file.write_bytes(content)
    with pytest.raises(Conflict, match="sealed"):
        vault.append(growing.object_id)
    assert not file.exists()
    assert vault.read(growing.object_id) == b"flushed"


def test_an_object_that_is_a_link_is_not_followed(vault: Vault, tmp_path: Path):
    kept = vault.put([b"content"])
    path = next((tmp_path / "objects").glob("??/*"))
    path.rename(tmp_path / "aside")
    path.symlink_to(tmp_path / "aside")
    with pytest.raises(Tampered, match="link"):
        vault.read(kept.object_id)


def test_what_is_no_plain_file_or_too_long_is_not_read(tmp_path: Path):
    (tmp_path / "file").write_bytes(bytes(MOST_BYTES))
    assert read_small(tmp_path / "file") == bytes(MOST_BYTES)
    with pytest.raises(Tampered, match="more than 1,048,575 bytes"):
        read_small(tmp_path / "file", MOST_BYTES - 1)
    (tmp_path / "link").symlink_to("file")
    for path in (tmp_path / "link", Path("/dev/zero")):
        with pytest.raises(Tampered, match="no plain file"):
            read_small(path)
    (tmp_path / "dangling").symlink_to("nothing")
    with pytest.raises(Tampered):
        read_small(tmp_path / "dangling")
    with pytest.raises(FileNotFoundError):
        read_small(tmp_path / "gone")
    with pytest.raises(IsADirectoryError):
        read_small(tmp_path)
    with pytest.raises(NotADirectoryError):
        read_small(tmp_path / "file" / "below")
