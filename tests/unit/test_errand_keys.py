"""What a worker is told of keys: those of the objects that it is to read, and nothing else."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.archive.errands import Done, Errand, asked, run
from groundside.archive.handling import Handling
from groundside.errors import NotFound
from groundside.keep.rows import Stored
from groundside.keep.sealing.keys import GivenKeys, NoSecrets
from groundside.model.caller import Caller
from groundside.model.digest import Digest
from groundside.settings import Settings
from groundside.workers import Parcel

WHO = Caller("tester", "test")
CSV = b"a,b\n1,2\n"


@pytest.fixture
def archive(tmp_path: Path):
    with Archive.open(tmp_path / "archive", Settings(workers="0"), create=True) as opened:
        opened.receive(WHO, "first.txt", [CSV])
        opened.receive(WHO, "second.txt", [b"another file"])
        yield opened


def originals(archive: Archive):
    with archive.catalogue.read() as reader:
        return sorted(reader.originals(WHO.scope), key=lambda each: each.file_name)


def read_with(archive: Archive, errand: Errand) -> Done:
    parcel = asked([errand], archive.settings, archive.folder.path)
    again = Parcel(json.loads(json.dumps(parcel.values)))
    return Done.of(run(again, lambda at: None).values["done"][0])


def test_a_worker_reads_what_it_was_given_the_key_of_and_sends_back_those_of_what_it_put(archive: Archive):
    first = originals(archive)[0]
    key = archive.key_to_lend(first.object_id)
    assert len(bytes.fromhex(key)) == 32
    done = read_with(archive, Errand(object_id=first.object_id, size=first.size, key=key))
    assert done.made is not None
    assert not done.refused
    taken = archive.folder.path.parent / "new.txt"
    taken.write_bytes(b"a new file")
    done = read_with(archive, Errand(path=taken, size=10))
    assert done.stored
    [stored] = [each for each in done.stored if each.size == 10]
    assert GivenKeys({stored.object_id: stored.key}).key_of(stored.object_id) == stored.key
    with archive.catalogue.commit(WHO) as writer:
        writer.add_original(stored, fingerprint="new", case="general", received_us=1)
    assert archive.vault.read(stored.object_id) == b"a new file"


def test_a_worker_cannot_read_with_the_key_of_another_object_or_without_one(archive: Archive):
    first, second = originals(archive)
    for key in ("", archive.key_to_lend(second.object_id)):
        done = read_with(archive, Errand(object_id=first.object_id, size=first.size, key=key))
        assert done.made is None
        assert first.object_id in done.refused
        assert key == "" or key not in done.refused


def test_keys_are_shown_nowhere():
    key = "ab" * 32
    assert key not in repr(Errand(object_id="0" * 32, key=key))
    assert "\\xab" not in repr(Stored("0" * 32, 1, Digest("0" * 64), bytes.fromhex(key)))
    stored = (Stored("0" * 32, 1, Digest("0" * 64), bytes.fromhex(key)),)
    done = Done(Digest("0" * 64), 1, stored)
    assert "\\xab" not in repr(done)
    assert Done.of(json.loads(json.dumps(done.values()))) == done


def test_workers_are_not_told_where_the_root_key_or_the_catalogue_is():
    settings = Settings(root_key="command:secret-tool", catalogue="postgresql://nobody:hush@/x")
    for folder in (None, Path("/archive")):
        told = json.dumps(asked([], settings, folder).values)
        assert "secret-tool" not in told
        assert "hush" not in told
    assert {"root_key", "catalogue"} <= {each.name for each in fields(Settings)}


@pytest.mark.parametrize("ask", ["fingerprint_key", "growing_key"])
def test_a_worker_has_no_secret_of_the_archive(ask: str):
    with pytest.raises(RuntimeError, match="worker"):
        getattr(NoSecrets(), ask)()


def test_to_workers_that_may_not_see_this_machine_no_key_travels(archive: Archive):
    class Elsewhere:
        here, hands = False, 1

    from groundside.archive.slots import Slot

    handling = Handling(archive, WHO, 1 << 20, None)
    handling.begin([Slot(each) for each in originals(archive)])
    packed = handling.next_parcel(Elsewhere())  # type: ignore[arg-type]
    assert packed is not None
    assert [bytes(blob) for blob in packed[1].blobs] == [CSV, b"another file"]
    told = json.dumps(packed[1].values)
    assert packed[1].values["folder"] is None
    for each in originals(archive):
        assert archive.key_to_lend(each.object_id) not in told
        assert each.object_id not in told


def test_of_an_object_without_a_key_nothing_is_lent_and_its_bytes_say_nothing(archive: Archive):
    assert archive.key_to_lend("0" * 32) == ""
    with pytest.raises(NotFound, match="key"):
        GivenKeys({}).key_of("0" * 32)


def test_an_archive_that_is_not_sealed_lends_no_keys(tmp_path: Path):
    with Archive.open(tmp_path / "plain", Settings(workers="0", encrypt=False), create=True) as plain:
        plain.receive(WHO, "first.txt", [CSV])
        [original] = originals(plain)
        assert plain.key_to_lend(original.object_id) == ""
        path = next((plain.folder.path / "objects").glob("*/*"))
        assert path.read_bytes() == CSV
