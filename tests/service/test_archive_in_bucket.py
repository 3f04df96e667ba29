"""An archive whose objects are in a bucket of a real server: never split, never another's, verified as any other."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.errors import BadSetting, Tampered, WrongArchive
from groundside.keep.bucket import Bucket
from groundside.keep.bucket_address import address_of
from groundside.keep.object_id import place_of
from groundside.keep.storage import BOUND
from groundside.settings import Settings
from tests.keep_builders import TESTER
from tests.service.seaweedfs import SECRET, SeaweedFS

pytestmark = pytest.mark.service


def test_an_archive_keeps_its_objects_in_the_bucket_and_opens_only_with_it(seaweed: SeaweedFS, tmp_path: Path):
    settings, folder = seaweed.settings(), tmp_path / "archive"
    with Archive.open(folder, settings, create=True) as archive:
        received = archive.receive(TESTER, "note.txt", [b"no log at all"])
    assert received.state
    assert [path for path in (folder / "objects").rglob("*") if path.is_file()] == []
    with Archive.open(folder, settings) as archive:
        assert archive.verify(TESTER).faults == ()
        assert len(list(archive.vault.ids())) == 1
    assert SECRET not in (folder / BOUND).read_text()
    with pytest.raises(WrongArchive, match="not in its folder but in a bucket") as caught:
        Archive.open(folder, Settings())
    assert "GROUNDSIDE_STORAGE" in caught.value.try_this
    with pytest.raises(WrongArchive, match="nothing there says whose"):
        Archive.open(folder, seaweed.settings())


def test_two_archives_cannot_share_a_prefix(seaweed: SeaweedFS, tmp_path: Path):
    settings = seaweed.settings()
    Archive.open(tmp_path / "one", settings, create=True).close()
    with pytest.raises(WrongArchive, match="another archive"):
        Archive.open(tmp_path / "other", settings, create=True)


def test_an_archive_that_holds_objects_in_its_folder_is_not_split(seaweed: SeaweedFS, tmp_path: Path):
    with Archive.open(tmp_path / "archive", create=True) as archive:
        archive.vault.put([b"x"])
    with pytest.raises(WrongArchive, match="in its folder"):
        Archive.open(tmp_path / "archive", seaweed.settings())


def test_objects_without_their_catalogue_are_said_to_be_and_no_other_is_made(seaweed: SeaweedFS, tmp_path: Path):
    settings, folder = seaweed.settings(), tmp_path / "archive"
    with Archive.open(folder, settings, create=True) as archive:
        archive.vault.put([b"x"])
    (folder / "catalogue.sqlite").rename(tmp_path / "aside")
    with pytest.raises(Tampered, match="catalogue is gone"):
        Archive.open(folder, settings)
    (tmp_path / "aside").rename(folder / "catalogue.sqlite")
    Archive.open(folder, settings).close()


def test_verify_names_what_is_gone_from_the_bucket_or_changed_in_it(seaweed: SeaweedFS, tmp_path: Path):
    settings = seaweed.settings()
    bucket = Bucket(address_of(settings))
    with Archive.open(tmp_path / "archive", settings, create=True) as archive:
        for name in ("gone.txt", "changed.txt", "whole.txt"):
            archive.receive(TESTER, name, [name.encode()])
        with archive.catalogue.read() as reader:
            held = {each.file_name: each.object_id for each in reader.originals(TESTER.scope)}
        bucket.delete(f"objects/{place_of(held['gone.txt'])}")
        bucket.delete(f"objects/{place_of(held['changed.txt'])}")
        bucket.create(f"objects/{place_of(held['changed.txt'])}", b"CHANGED.txt")
        found = archive.verify(TESTER).faults
    assert sorted((each.kind.value, each.what.split(":")[0].split(" ")[0]) for each in found) == [
        ("missing", "gone.txt"),
        ("tampered", "changed.txt"),
    ]


def test_a_damaged_note_of_where_the_objects_are_is_said_to_be(seaweed: SeaweedFS, tmp_path: Path):
    settings, folder = seaweed.settings(), tmp_path / "archive"
    Archive.open(folder, settings, create=True).close()
    (folder / BOUND).write_text("[]")
    with pytest.raises(Tampered, match=BOUND):
        Archive.open(folder, settings)


def test_where_the_bucket_moves_to_another_name_the_archive_goes_with_it(seaweed: SeaweedFS, tmp_path: Path):
    settings, folder = seaweed.settings(), tmp_path / "archive"
    with Archive.open(folder, settings, create=True) as archive:
        kept = archive.vault.put([b"x"]).object_id
    before = (folder / BOUND).read_text()
    renamed = seaweed.endpoint.replace("127.0.0.1", "localhost")
    with Archive.open(folder, replace(settings, storage_endpoint=renamed)) as archive:
        assert archive.vault.holds(kept)
    assert (folder / BOUND).read_text() == before.replace("127.0.0.1", "localhost")


def test_without_what_speaks_to_buckets_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "obstore", None)
    for name in [each for each in sys.modules if each.startswith("groundside.keep.bucket")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(BadSetting) as caught:
        Archive.open(tmp_path / "archive", Settings(storage="s3://x"), create=True)
    assert "groundside[s3]" in caught.value.try_this
