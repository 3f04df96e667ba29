"""Backup and restore: the same archive again on a bare machine, or exactly what is wrong with the backup."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pyrage import x25519

from groundside.archive.archive import Archive
from groundside.archive.backing_up import From, Restored, rehearse, restore
from groundside.errors import BadRequest, Conflict, GroundsideError, NotFound, Refused, Tampered, WrongArchive
from groundside.keep.archive_folder import MARKER
from groundside.keep.backup import carrying, making
from groundside.keep.backup.manifest import read_manifest
from groundside.keep.backup.place import open_place
from groundside.keep.ledger.checkpoint import Checkpoint
from groundside.keep.ledger.log import newest
from groundside.keep.ledger.merkle import root_at
from groundside.keep.ledger.note import Note
from groundside.keep.ledger.tiles import Tiles
from groundside.model.caller import Caller, Scope
from groundside.model.query import FlightQuery
from groundside.settings import Settings
from groundside.simulate.fleet import demo_files
from tests.sealed import home_in

ANNA = Caller("anna", "test")
PEOPLE = [x25519.Identity.generate() for _ in range(2)]
FILES = 5
GROUNDSIDE = Path(sys.executable).with_name("groundside")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("backup")
    (root / "card").mkdir()
    for (name, data, _), _ in zip(demo_files(11), range(FILES), strict=False):
        (root / "card" / f"CANARY{name}").write_bytes(data)
    with Archive.open(root / "archive", create=True) as it:
        it.ingest(ANNA, [root / "card"], workers="0")
        it.escrow_root(ANNA, [str(who.to_public()) for who in PEOPLE])
        it.backup(ANNA, str(root / "copy"))
    return root


@pytest.fixture
def root(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path


def back_up(root: Path, **more: object):
    with Archive.open(root / "archive") as it:
        return it.backup(ANNA, str(root / "copy"), **more)


def checked(root: Path, **more: object) -> Restored:
    return rehearse(From(place=str(root / "copy"), **more), Settings())


def restored(root: Path, **more: object) -> Restored:
    return restore(ANNA, From(place=str(root / "copy"), **more), root / "back", Settings())


def objects(root: Path) -> list[Path]:
    return sorted((root / "copy" / "objects").glob("??/*"))


def flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def manifest(root: Path, number: int) -> Path:
    return root / "copy" / "generations" / f"{number:08}" / "manifest"


def said(root: Path, number: int) -> dict:
    return json.loads(manifest(root, number).read_bytes().partition(b"\n")[2])


def everything(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def test_a_restored_archive_has_the_same_root_and_no_fault_and_goes_on(root: Path):
    found = restored(root)
    assert (found.faults, found.made) == ((), True)
    signed = Checkpoint.parse(Note.parse(found.checkpoint).text)
    with Archive.open(root / "archive") as old, Archive.open(root / "back") as it:
        with it.catalogue.read() as reader:
            assert root_at(signed.size, Tiles(reader.connection).hash_of) == signed.root
            now = Checkpoint.parse(Note.parse(newest(reader.connection) or "").text)
        assert now.size == signed.size + 1, "one entry says that it was restored"
        assert it.events(ANNA, 0, 10_000)[-1].what == "restore"
        assert it.verify(ANNA).faults == ()
        assert [f.id for f in it.flights(ANNA, FlightQuery()).flights] == [
            f.id for f in old.flights(ANNA, FlightQuery()).flights
        ]
        it.receive(ANNA, "note.txt", [b"the work goes on"])
        assert it.verify(ANNA).faults == ()
        assert it.backup(ANNA, str(root / "copy")).generation == 2


@pytest.mark.parametrize("who", PEOPLE, ids=["first", "second"])
def test_either_person_of_the_escrow_restores_on_a_bare_machine(
    who: x25519.Identity, root: Path, monkeypatch: pytest.MonkeyPatch
):
    home_in(root / "bare", monkeypatch)
    with pytest.raises(Refused):
        checked(root)
    assert checked(root, identity=str(who)).faults == ()
    assert not (root / "bare").exists() or not any((root / "bare").rglob("*.key")), "a rehearsal leaves no key"
    assert restored(root, identity=str(who)).made
    with Archive.open(root / "back") as it:
        assert it.verify(ANNA).faults == ()


def test_a_stranger_restores_nothing(root: Path, monkeypatch: pytest.MonkeyPatch):
    home_in(root / "bare", monkeypatch)
    with pytest.raises(GroundsideError):
        restored(root, identity=str(x25519.Identity.generate()))
    assert sorted(each.name for each in root.iterdir() if "back" in each.name or each.name[0] == ".") == []


def test_a_backup_holds_no_plaintext(root: Path):
    with Archive.open(root / "archive") as it:
        serials = {f.summary.aircraft.serial for f in it.flights(ANNA, FlightQuery()).flights} - {None}
    words = [b"CANARY", b"SQLite format", *(str(each).encode() for each in serials)]
    for name, content in everything(root / "copy").items():
        for word in words:
            assert word not in content, (name, word)


def test_a_second_backup_copies_only_what_is_new_and_rewrites_nothing(root: Path):
    before = everything(root / "copy")
    with Archive.open(root / "archive") as it:
        it.receive(ANNA, "note.txt", [b"something new"])
    done = back_up(root)
    assert (done.generation, done.copied, done.generations) == (2, 1, (1, 2))
    after = everything(root / "copy")
    assert {name: after[name] for name in before} == before
    assert checked(root).faults == checked(root, generation=1).faults == ()


def test_a_backup_leaves_one_entry_that_says_where_it_went(root: Path):
    with Archive.open(root / "archive") as it:
        last = len(it.events(ANNA, 0, 10_000))
        it.backup(ANNA, str(root / "copy"))
        told = it.events(ANNA, last, 100)
    assert [each.what for each in told] == ["backup.begun", "backup"]
    assert str(root / "copy") in told[0].details


@pytest.mark.parametrize(("reduced", "whole"), [(1, 2), (10, 100)])
def test_flipped_objects_are_named_exactly(reduced: int, whole: int, root: Path, full: bool):
    k = whole if full else reduced
    if k > 1:
        with Archive.open(root / "archive") as it:
            for number in range(k):
                it.receive(ANNA, f"note-{number}.txt", [b"note %d" % number])
        back_up(root, keep=1)
    chance = random.Random(k)
    copy = said(root, said_newest(root))["catalogue"]["id"]
    hit = chance.sample([each for each in objects(root) if each.name != copy], k)
    for each in hit:
        flip(each, chance)
    names = {each.name for each in hit}
    assert {fault.about for fault in checked(root).faults} == names
    found = restored(root)
    assert {fault.about for fault in found.faults} == names
    assert not found.made
    assert not (root / "back").exists()
    assert not list(root.glob(".*"))


def test_what_is_whole_can_be_restored_without_the_rest(root: Path):
    copy = said(root, 1)["catalogue"]["id"]
    hit = next(each for each in objects(root) if each.name != copy)
    hit.unlink()
    found = restore(ANNA, From(place=str(root / "copy")), root / "back", Settings(), partial=True)
    assert [fault.about for fault in found.faults] == [hit.name]
    assert found.made
    with Archive.open(root / "back") as it:
        assert {fault.about for fault in it.verify(ANNA).faults} == {hit.name}


def test_any_flip_in_keys_manifest_or_catalogue_is_refused(root: Path):
    chance = random.Random(7)
    generation = manifest(root, 1).parent
    copy = next(each for each in objects(root) if each.name == said(root, 1)["catalogue"]["id"])
    targets = [manifest(root, 1), generation / "keys" / "keyring.json", generation / MARKER, copy]
    for target in targets * 5:
        right = target.read_bytes()
        flip(target, chance)
        with pytest.raises(GroundsideError):
            checked(root)
        target.write_bytes(right)
    assert checked(root).faults == ()


def test_a_catalogue_of_an_older_generation_is_refused_in_the_place_of_the_newer(root: Path):
    back_up(root)
    old, new = said(root, 1)["catalogue"]["id"], said(root, 2)["catalogue"]["id"]
    paths = {each.name: each for each in objects(root)}
    shutil.copy(paths[old], paths[new])
    with pytest.raises(Tampered):
        checked(root)
    assert checked(root, generation=1).faults == ()


def test_an_older_manifest_is_refused_under_a_newer_number(root: Path):
    back_up(root)
    shutil.copy(manifest(root, 1), manifest(root, 2))
    with pytest.raises(Tampered, match="generation 1"):
        checked(root)


def test_a_generation_of_another_archive_is_refused(root: Path):
    with Archive.open(root / "other", create=True) as it:
        it.backup(ANNA, str(root / "theirs"))
        with pytest.raises(WrongArchive, match="another archive"):
            it.backup(ANNA, str(root / "copy"))
    shutil.rmtree(root / "copy" / "generations")
    shutil.copytree(root / "theirs" / "generations", root / "copy" / "generations")
    shutil.copytree(root / "theirs" / "objects", root / "copy" / "objects", dirs_exist_ok=True)
    with pytest.raises(Tampered, match="another archive"):
        checked(root)


def test_pruning_leaves_the_newest_and_erased_objects_leave_with_the_older(root: Path):
    with Archive.open(root / "archive") as it:
        one = it.flights(ANNA, FlightQuery()).flights[0].id
        taken = it.erasure(ANNA, [one]).objects
        it.erase(ANNA, [one], "the client asked")
    done = back_up(root, keep=2)
    assert (done.generations, done.removed) == ((1, 2), 0)
    assert done.outdated == taken, "it says what older generations still hold"
    assert checked(root, generation=1).faults == ()
    before = len(objects(root))
    pruned = back_up(root, keep=1)
    assert (pruned.generations, pruned.dropped, pruned.outdated) == ((3,), (1, 2), 0)
    assert before + 1 - len(objects(root)) == pruned.removed == taken + 2
    assert {each.name for each in objects(root)} == set(said(root, 3)["objects"])
    assert checked(root).faults == ()
    with pytest.raises(NotFound):
        checked(root, generation=1)


def test_what_was_damaged_in_the_archive_is_not_taken_and_stays_whole_where_it_was(root: Path):
    with Archive.open(root / "archive") as it:
        new = it.receive(ANNA, "note.txt", [b"something new"])
        with it.catalogue.read() as reader:
            held = {each.file_name: each.object_id for each in reader.originals(ANNA.scope)}
    assert new.state
    chance = random.Random(3)
    paths = {each.name: each for each in (root / "archive" / "objects").glob("??/*")}
    flip(paths[held["note.txt"]], chance)
    flip(paths[next(v for k, v in held.items() if k != "note.txt")], chance)
    done = back_up(root, keep=1)
    assert done.faults == (held["note.txt"],)
    assert [fault.about for fault in checked(root).faults] == [held["note.txt"]]


def test_a_full_folder_is_never_restored_into(root: Path):
    (root / "back").mkdir()
    (root / "back" / "thesis.txt").write_text("mine")
    with pytest.raises(Conflict, match="not empty"):
        restored(root)
    assert everything(root / "back") == {"thesis.txt": b"mine"}
    (root / "back" / "thesis.txt").unlink()
    assert restored(root).made, "an empty one will do"


def test_no_backup_is_made_where_other_things_are(root: Path):
    with Archive.open(root / "archive") as it:
        for to in (root / "card", root / "archive" / "copy", root / "archive"):
            with pytest.raises((WrongArchive, Refused)):
                it.backup(ANNA, str(to))
        with pytest.raises(BadRequest):
            it.backup(ANNA, str(root / "copy"), keep=0)
        with pytest.raises(Refused):
            it.backup(Caller("eve", "test", scope=Scope(frozenset())), str(root / "copy"))
    with pytest.raises(NotFound, match="no backup"):
        rehearse(From(place=str(root / "nowhere")), Settings())
    assert not (root / "nowhere").exists()


def test_a_plain_archive_is_backed_up_too(root: Path):
    plain = Settings(encrypt=False)
    with Archive.open(root / "plain", plain, create=True) as it:
        it.receive(ANNA, "note.txt", [b"hello"])
        it.backup(ANNA, str(root / "second"))
    assert restore(ANNA, From(place=str(root / "second")), root / "again", plain).made
    with Archive.open(root / "again") as it:
        assert it.verify(ANNA).faults == ()
        assert it.receive(ANNA, "note.txt", [b"hello"]).duplicate


KILLED = """
import os, sys
from pathlib import Path
from groundside.archive.archive import Archive
from groundside.archive.backing_up import From, rehearse, restore
from groundside.keep.archive_folder import MARKER
from groundside.model.caller import Caller
from groundside.settings import Settings
import groundside.keep.backup.place, groundside.keep.checks
root, who = Path(sys.argv[1]), Caller("anna", "test")
source = From(place=str(root / "copy"))
def backup():
    with Archive.open(root / "archive") as it:
        it.backup(who, str(root / "copy"), keep=1)
def back():
    restore(who, source, root / "back", Settings())
def whole():
    assert rehearse(source, Settings()).faults == ()
def no_half():
    if (root / "back").exists():
        with Archive.open(root / "back") as it:
            assert it.verify(who).faults == ()
        (root / "back").rename(root / f"back-{os.getpid()}")
work, check = {"backup": (backup, whole), "restore": (back, no_half)}[sys.argv[2]]
def counted(left):
    def counting(real):
        def call(*args, **kwargs):
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), 9)
            return real(*args, **kwargs)
        return call
    for name in ("fsync", "rename", "replace", "unlink", "open"):
        setattr(os, name, counting(getattr(os, name)))
def in_fork(do):
    pid = os.fork()
    if not pid:
        try:
            do()
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
kills = 0
for after in range(int(sys.argv[3]), 1000, int(sys.argv[4])):
    ended = in_fork(lambda: (counted(after), work()))
    assert ended in (0, -9), ended
    assert in_fork(check) == 0, after
    kills += ended != 0
    if not ended:
        break
print(kills)
"""


def kills(root: Path, what: str, first: int, every: int) -> int:
    """Run a command in one process after the other, each killed a little later than the one before, until one ends."""
    command = [sys.executable, "-c", KILLED, str(root), what, str(first), str(every)]
    ended = subprocess.run(command, env=os.environ, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    return int(ended.stdout)


def test_a_backup_killed_at_any_moment_leaves_a_whole_one_and_is_gone_on_with(root: Path, full: bool):
    with Archive.open(root / "archive") as it:
        it.receive(ANNA, "note.txt", [b"something new"])
    assert kills(root, "backup", 3, 1 if full else 17) >= 3
    assert back_up(root, keep=1).faults == ()
    assert {each.name for each in objects(root)} == set(said(root, said_newest(root))["objects"])


def test_what_a_killed_backup_had_begun_to_write_is_written_anew(root: Path):
    with Archive.open(root / "archive") as it:
        it.receive(ANNA, "note.txt", [b"something new"])
    begun = {each.name for each in (root / "archive" / "objects").glob("??/*")} - {each.name for each in objects(root)}
    for name in begun:
        (root / "copy" / "incoming" / f"{name}.part").write_bytes(b"some")
    assert back_up(root).faults == ()
    assert checked(root).faults == ()
    assert begun
    assert begun <= {each.name for each in objects(root)}


def said_newest(root: Path) -> int:
    return max(int(each.name) for each in (root / "copy" / "generations").iterdir())


def test_a_restore_killed_at_any_moment_leaves_nothing_that_looks_like_an_archive(root: Path, full: bool):
    assert kills(root, "restore", 5, 1 if full else 29) >= 3
    assert restored(root).made
    assert not list(root.glob(".*"))


def test_a_ledger_that_is_not_the_one_that_was_signed_is_a_fault(root: Path):
    old = said(root, 1)["checkpoint"]
    back_up(root)
    with Archive.open(root / "archive") as it:
        place = open_place(str(root / "copy"), Settings(), root)
        key = it.keyring.backup_key()
    right = read_manifest(place, 2).proved(key)
    manifest(root, 2).write_bytes(replace(right, checkpoint=old).written(key))
    assert [fault.about for fault in checked(root).faults] == ["checkpoint"]
    assert not restored(root).made


@pytest.mark.parametrize("what", ["erase", "rebuild"])
def test_what_goes_while_a_backup_is_made_is_not_in_it(what: str, root: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.rmtree(root / "copy")
    real, times = making.carry, []

    def erasing_first(*args: object):
        times.append(1)
        if len(times) == 1:
            with Archive.open(root / "archive") as other:
                if what == "erase":
                    other.erase(ANNA, [other.flights(ANNA, FlightQuery()).flights[0].id], "meanwhile")
                else:
                    other.rebuild(ANNA)
        return real(*args)

    monkeypatch.setattr(making, "carry", erasing_first)
    assert back_up(root).faults == ()
    assert len(times) == 2
    assert checked(root).faults == ()


def test_an_interrupted_backup_goes_on_with_what_was_copied(root: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.rmtree(root / "copy")
    monkeypatch.setattr(carrying, "_OBJECTS_AT_ONCE", 1)
    looked: list[int] = []

    def stop(step: object) -> None:
        looked.append(1)
        if len(looked) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(root, progress=stop)
    there = len(objects(root))
    assert there == 3
    with pytest.raises(NotFound, match="ever finished"):
        checked(root)
    done = back_up(root)
    assert done.copied == done.objects - 1 - there
    assert checked(root).faults == ()


def test_the_shell_backs_up_rehearses_and_restores(root: Path):
    def run(*words: str, code: int = 0) -> dict:
        ended = subprocess.run([GROUNDSIDE, *words, "--json"], capture_output=True, check=False, text=True)
        assert ended.returncode == code, ended.stderr
        return json.loads(ended.stdout) if ended.stdout else {}

    copy, at = str(root / "copy"), str(root / "archive")
    assert run("backup", "--to", copy, "--keep", "1", "--archive", at)["pruned"] == [1]
    assert run("restore", "--from", copy, "--check")["restored"] is False
    next(each for each in objects(root) if each.name != said(root, 2)["catalogue"]["id"]).unlink()
    assert run("restore", "--from", copy, "--to", str(root / "back"), "--partial", code=13)["restored"] is True
