"""The folder of an archive: made once, opened by many, refused where it is none."""

import json
import shutil
import stat
import threading
from pathlib import Path

import pytest

from groundside.errors import Tampered, WrongArchive
from groundside.keep.archive_folder import FORMAT_VERSION, MARKER, ArchiveFolder, open_folder
from groundside.keep.catalogue import Catalogue
from groundside.keep.pairing import open_catalogue
from tests.keep_builders import open_vault


def test_an_archive_is_made_where_there_is_nothing_and_opened_again_the_same(tmp_path: Path):
    made = open_folder(tmp_path / "far" / "archive", create=True)
    again = open_folder(tmp_path / "far" / "archive", create=False)
    assert made == again == open_folder(tmp_path / "far" / "archive", create=True)
    assert len(made.key) == 32
    assert made.key.hex() not in repr(made)
    assert str(made.key) not in repr(made)


def test_only_the_owner_gets_in(tmp_path: Path):
    at = open_folder(tmp_path / "archive", create=True).path
    assert stat.S_IMODE(at.stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in at.rglob("*") if p.is_dir()} == {0o700}
    assert {stat.S_IMODE(p.stat().st_mode) for p in at.rglob("*") if p.is_file()} == {0o600}


@pytest.mark.parametrize("name", ["a?b#c", "per%20cent", "b\xe4ume und b\xfcsche", "log\udcff"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str):
    at = open_folder(tmp_path / name, create=True)
    Catalogue.open(at.catalogue_url, backup_folder=at.backups).close()
    open_vault(at.path).put([b"x"])
    assert {p.name for p in (tmp_path / name).iterdir()} >= {
        "catalogue.sqlite",
        "objects",
        "keys",
        "backups",
        "cache",
        MARKER,
    }


def test_what_is_no_archive_is_not_opened_as_one(tmp_path: Path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(WrongArchive) as caught:
            open_folder(folder, create=False)
        assert caught.value.try_this
        assert str(tmp_path) not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_no_archive_is_made_among_other_things(tmp_path: Path):
    (tmp_path / "thesis.odt").write_text("mine")
    with pytest.raises(WrongArchive):
        open_folder(tmp_path, create=True)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.odt"]


def test_making_goes_on_where_it_was_broken_off(tmp_path: Path):
    made = open_folder(tmp_path / "archive", create=True)
    (made.path / MARKER).unlink()
    (made.path / f"{MARKER}.part").write_text("{")
    again = open_folder(made.path, create=True)
    assert again.key == made.key


def test_an_archive_of_a_newer_program_is_refused(tmp_path: Path):
    at = open_folder(tmp_path / "archive", create=True)
    (at.path / MARKER).write_text(json.dumps({"id": at.id, "format": FORMAT_VERSION + 1}))
    with pytest.raises(WrongArchive, match="newer"):
        open_folder(at.path, create=True)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "x", "id": "y"}', "\x00\xff"])
def test_a_damaged_marker_is_said_to_be_so(tmp_path: Path, content: str):
    at = open_folder(tmp_path / "archive", create=True)
    (at.path / MARKER).write_text(content)
    with pytest.raises(Tampered):
        open_folder(at.path, create=True)


@pytest.mark.parametrize("content", [None, b"", b"short"])
def test_a_key_that_is_gone_is_never_made_anew_for_an_archive_that_is_there(tmp_path: Path, content: bytes | None):
    at = open_folder(tmp_path / "archive", create=True)
    key = at.path / "keys" / "fingerprint.key"
    key.unlink() if content is None else key.write_bytes(content)
    with pytest.raises(Tampered):
        open_folder(at.path, create=True)


def test_any_number_that_make_it_at_once_get_the_same_archive(tmp_path: Path):
    got: list[ArchiveFolder] = []
    ready = threading.Barrier(8)

    def make() -> None:
        ready.wait()
        got.append(open_folder(tmp_path / "archive", create=True))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(got) == 8
    assert len({(each.id, each.key) for each in got}) == 1


def test_the_catalogue_of_another_archive_is_refused(tmp_path: Path):
    mine, other = (open_folder(tmp_path / name, create=True) for name in ("mine", "other"))
    for each in (mine, other):
        open_catalogue(each, None).close()
    shutil.copy(str(other.catalogue_url.database), str(mine.catalogue_url.database))
    with pytest.raises(WrongArchive, match="another archive"):
        open_catalogue(mine, None)


def test_a_catalogue_from_before_archives_were_written_into_it_belongs_to_the_folder_it_lies_in(tmp_path: Path):
    at = open_folder(tmp_path / "archive", create=True)
    Catalogue.open(at.catalogue_url, backup_folder=None).close()
    open_catalogue(at, None).close()
    catalogue = open_catalogue(at, None)
    with pytest.raises(WrongArchive):
        catalogue.belong_to("another", new=True)
    catalogue.close()
