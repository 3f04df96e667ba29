"""`groundside keys`, as a person types it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pyrage import decrypt, x25519
from typer.testing import CliRunner, Result

from groundside.archive.archive import Archive
from groundside.archive.verb import VERBS
from groundside.errors import BadRequest, GroundsideError, NotFound, Refused
from groundside.keep.keys import rotation
from groundside.keep.keys.root import default_file
from groundside.model.caller import Caller, Scope
from groundside.see.cli import main
from groundside.settings import Settings
from tests.sealed import home_in

WHO = Caller("tester", "test")
GUEST = Caller("guest", "test", scope=Scope(frozenset({"harbour"})))
PEOPLE = [x25519.Identity.generate() for _ in range(2)]
TWO = [word for who in PEOPLE for word in ("--to", str(who.to_public()))]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive with one file that nothing can read."""
    home_in(tmp_path / "home", monkeypatch)
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "note.txt").write_text("hello")
    with Archive.open(tmp_path / "archive", Settings(workers="0"), create=True) as it:
        it.ingest(WHO, [tmp_path / "card"])
    return tmp_path / "archive"


def run(*words: str, archive: Path) -> Result:
    return CliRunner().invoke(main.app, ["keys", *words, "--archive", str(archive)])


def said(*words: str, archive: Path) -> dict[str, object]:
    result = run(*words, "--json", archive=archive)
    assert result.exception is None, result.output
    return json.loads(result.stdout)


def key_file(folder: Path) -> Path:
    with Archive.open(folder) as it:
        return default_file(it.folder.id)


def test_without_an_escrow_it_says_plainly_that_losing_the_key_loses_everything(folder: Path):
    result = run(archive=folder)
    assert "Sealed" in result.stdout
    assert str(key_file(folder)) in result.stdout.replace("\n", "")
    assert "loses everything" in result.stderr
    shape = said(archive=folder)
    assert shape["sealed"]
    assert "loses everything" in str(shape["warning"])
    assert shape["root_key"] == {"given": "file", "place": str(key_file(folder)), "present": True}
    assert shape["cases"] == [{"case": "general", "version": 1, "objects": 1, "waiting": 0}]


def test_a_key_that_is_not_where_it_should_be_is_shown_without_asking_for_it(folder: Path):
    key_file(folder).unlink()
    assert "NOT THERE" in run(archive=folder).stdout
    assert said(archive=folder)["root_key"]["present"] is False


def test_no_secret_is_ever_shown(folder: Path, monkeypatch: pytest.MonkeyPatch):
    secret = key_file(folder).read_text().split()[2]
    monkeypatch.setenv("GROUNDSIDE_ROOT_KEY", f"command:echo {secret}")
    for words in ((), ("escrow", *TWO), ("rotate",), ("rotate", "--root")):
        result = run(*words, archive=folder)
        assert secret not in result.output + str(result.exception)


def test_escrow_and_back_as_a_person_does_it(folder: Path, tmp_path: Path):
    copy, me = tmp_path / "escrow.age", tmp_path / "me.txt"
    result = run("escrow", *TWO, "--copy", str(copy), archive=folder)
    assert "2 people" in result.stderr
    assert "Rehearse" in result.stderr
    assert decrypt(copy.read_bytes(), PEOPLE[:1]) == key_file(folder).read_bytes()
    assert said(archive=folder)["warning"] == ""
    assert "Escrow: for 2 people." in run(archive=folder).stdout
    me.write_text(f"# mine\n{PEOPLE[1]}\n")
    for more in ((), ("--escrow", str(copy))):
        key_file(folder).unlink()
        assert "is in" in run("restore-root", "--identity", str(me), *more, archive=folder).stderr
        with Archive.open(folder) as it:
            assert it.verify(WHO).faults == ()
    assert said("restore-root", "--identity", str(me), archive=folder) == {"place": str(key_file(folder))}
    (folder / "keys" / "escrow.age").unlink()
    assert "its file is gone" in run(archive=folder).stdout
    assert said("escrow", *TWO, archive=folder) == {"recipients": TWO[1::2], "copy": None}


def test_one_recipient_is_refused(folder: Path):
    result = run("escrow", *TWO[:2], archive=folder)
    assert isinstance(result.exception, BadRequest)
    assert "two different people" in str(result.exception)


def test_an_identity_that_cannot_be_read_is_said_to_be_so(folder: Path, tmp_path: Path):
    result = run("restore-root", "--identity", str(tmp_path / "nothing"), archive=folder)
    assert isinstance(result.exception, BadRequest)


def test_keys_are_rotated_and_everything_can_be_read_as_before(folder: Path, tmp_path: Path):
    assert said("rotate", archive=folder) == {"wrapped": 1}
    assert said("rotate", "--case", "general", archive=folder) == {"wrapped": 1}
    old = key_file(folder).read_bytes()
    assert "new root key" in run("rotate", "--root", archive=folder).stderr
    assert key_file(folder).read_bytes() != old
    moved = tmp_path / "elsewhere" / "root.key"
    assert "Set root_key" in run("rotate", "--root", "--to", f"file:{moved}", archive=folder).stderr
    assert said(archive=folder)["cases"] == [{"case": "general", "version": 3, "objects": 1, "waiting": 0}]
    with Archive.open(folder, Settings(root_key=f"file:{moved}")) as it:
        assert it.verify(WHO).faults == ()
        happened = [e.what for e in it.events(WHO, 0, 1000) if e.what.startswith("key.")]
    assert happened == ["key.rotating", "key.rotated"] * 4


@pytest.mark.parametrize("words", [("--case", "general", "--root"), ("--to", "passphrase"), ("--case", "nowhere")])
def test_what_makes_no_sense_is_refused_with_advice(folder: Path, words: tuple[str, ...]):
    result = run("rotate", *words, archive=folder)
    assert isinstance(result.exception, GroundsideError)
    assert result.exception.try_this


def test_a_rotation_that_was_broken_off_is_shown(folder: Path):
    with Archive.open(folder) as it, it.catalogue.commit(WHO) as writer:
        rotation.begin_case(writer.connection, it.custody.cases, "general")
    assert "broken off" in run(archive=folder).stderr
    assert said("rotate", archive=folder) == {"wrapped": 1}
    with Archive.open(folder) as it:
        rotation.replace_root(it.keyring)
    assert said(archive=folder)["rotating"] is True


def test_a_plain_archive_says_that_it_is_not_sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home_in(tmp_path / "home", monkeypatch)
    Archive.open(tmp_path / "plain", Settings(encrypt=False), create=True).close()
    result = run(archive=tmp_path / "plain")
    assert "Not sealed" in result.stdout
    assert "loses" not in result.output
    assert said(archive=tmp_path / "plain")["escrow"] == {"present": False, "recipients": []}


def test_a_command_that_tells_the_key_is_not_shown_and_a_credential_is(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GROUNDSIDE_ROOT_KEY", "command:vault read -token hunter2")
    assert "by command" in run(archive=folder).stdout
    assert "hunter2" not in run(archive=folder).output + json.dumps(said(archive=folder))
    monkeypatch.setenv("GROUNDSIDE_ROOT_KEY", "credential:root")
    assert "credential root" in run(archive=folder).stdout


def test_who_may_not_see_everything_gets_nowhere_near_the_root(folder: Path):
    with Archive.open(folder) as it:
        assert it.key_status(GUEST).cases == ()
        for refused in (
            lambda: it.escrow_root(GUEST, TWO[1::2]),
            lambda: it.restore_root(GUEST, str(PEOPLE[0])),
            lambda: it.rotate_keys(GUEST, root=True),
        ):
            with pytest.raises(Refused, match="root"):
                refused()
        with pytest.raises(NotFound, match="no case"):
            it.rotate_keys(GUEST, case="general")
        assert it.rotate_keys(GUEST) == 0


def test_listing_needs_no_key_and_taking_in_does(folder: Path, tmp_path: Path):
    key_file(folder).unlink()
    with Archive.open(folder, Settings(workers="0")) as it:
        assert it.about(WHO).files == 1
        (tmp_path / "card" / "more.txt").write_text("more")
        with pytest.raises(Refused, match="root key is not there"):
            it.ingest(WHO, [tmp_path / "card"])
    assert not key_file(folder).exists()


def test_the_verbs_of_keys_are_verbs():
    verbs = {"key_status", "escrow_root", "restore_root", "rotate_keys"}
    assert all(callable(getattr(Archive, each)) for each in verbs)
    assert verbs <= set(VERBS)
    assert os.environ["XDG_DATA_HOME"], "or tests would write into the home folder of who runs them"
