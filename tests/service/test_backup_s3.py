"""A backup in a bucket of a real server, and archives restored from it."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.archive.backing_up import From, rehearse, restore
from groundside.errors import NotFound, Refused, WrongArchive
from groundside.keep.bucket import Bucket
from groundside.keep.bucket_address import address_of
from groundside.keep.object_id import place_of
from groundside.settings import Settings
from tests.keep_builders import TESTER
from tests.service.seaweedfs import SECRET, SeaweedFS

pytestmark = pytest.mark.service
NAMES = [f"note-{number}.txt" for number in range(5)]
LARGE = 9 << 20


def to_server(settings: Settings) -> tuple[str, Settings]:
    """Where the backup goes, and settings of an archive whose own objects are in its folder."""
    return str(settings.storage), replace(settings, storage=None)


def test_an_archive_is_backed_up_into_a_bucket_and_restored_from_it(seaweed: SeaweedFS, tmp_path: Path):
    place, settings = to_server(seaweed.settings())
    with Archive.open(tmp_path / "archive", settings, create=True) as it:
        for name in NAMES:
            it.receive(TESTER, name, [name.encode()])
        it.receive(TESTER, "large.bin", [random.Random(1).randbytes(LARGE)])
        assert it.backup(TESTER, place).copied == len(NAMES) + 1
        it.receive(TESTER, "more.txt", [b"more"])
        done = it.backup(TESTER, place, keep=1)
        assert (done.generation, done.copied, done.generations, done.removed) == (2, 1, (2,), 1)
    assert SECRET not in repr(done)
    assert rehearse(From(place=place), settings).faults == ()
    found = restore(TESTER, From(place=place), tmp_path / "back", settings)
    assert (found.faults, found.made, found.objects) == ((), True, len(NAMES) + 2)
    with Archive.open(tmp_path / "back", settings) as it:
        assert it.verify(TESTER).faults == ()
        assert it.backup(TESTER, place).copied == 0


def test_what_was_altered_or_lost_in_the_bucket_is_named_exactly(seaweed: SeaweedFS, tmp_path: Path):
    given = seaweed.settings()
    place, settings = to_server(given)
    with Archive.open(tmp_path / "archive", settings, create=True) as it:
        for name in NAMES:
            it.receive(TESTER, name, [name.encode()])
        it.backup(TESTER, place)
        with it.catalogue.read() as reader:
            held = {each.file_name: each.object_id for each in reader.originals(TESTER.scope)}
    bucket = Bucket(address_of(given))
    lost, altered = (f"objects/{place_of(held[name])}" for name in NAMES[:2])
    content = bytearray(bucket.get(altered)[1] or b"")
    content[len(content) // 2] ^= 1
    bucket.delete(lost)
    bucket.delete(altered)
    bucket.create(altered, bytes(content))
    wrong = {held[name] for name in NAMES[:2]}
    assert {each.about for each in rehearse(From(place=place), settings).faults} == wrong
    found = restore(TESTER, From(place=place), tmp_path / "back", settings)
    assert {each.about for each in found.faults} == wrong
    assert not found.made
    assert not (tmp_path / "back").exists()


def test_an_archive_in_a_bucket_is_backed_up_and_restored_into_a_folder(seaweed: SeaweedFS, tmp_path: Path):
    settings = seaweed.settings()
    with Archive.open(tmp_path / "archive", settings, create=True) as it:
        it.receive(TESTER, "note.txt", [b"hello"])
        with pytest.raises(Refused, match="where an archive lies"):
            it.backup(TESTER, str(settings.storage))
        it.backup(TESTER, str(tmp_path / "copy"))
    assert restore(TESTER, From(place=str(tmp_path / "copy")), tmp_path / "back", settings).made
    with Archive.open(tmp_path / "back", replace(settings, storage=None)) as it:
        assert it.verify(TESTER).faults == ()


def test_a_prefix_with_nothing_or_with_another_archives_backup_is_refused(seaweed: SeaweedFS, tmp_path: Path):
    place, settings = to_server(seaweed.settings())
    with pytest.raises(NotFound):
        rehearse(From(place=place), settings)
    with Archive.open(tmp_path / "one", settings, create=True) as it:
        it.backup(TESTER, place)
    with Archive.open(tmp_path / "other", settings, create=True) as it, pytest.raises(WrongArchive):
        it.backup(TESTER, place)
