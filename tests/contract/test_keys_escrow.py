"""Escrow: the root key for two people or more, and back again on a bare machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyrage import decrypt, x25519

from groundside.errors import BadRequest, Conflict, NotFound, Refused, Tampered
from groundside.keep.archive_folder import open_folder
from groundside.keep.keys.escrow import FILE, in_escrow, put_in_escrow, restore_root
from groundside.keep.keys.keyring import Keyring
from groundside.keep.keys.rotation import drop_older, replace_root
from groundside.settings import Settings
from tests.sealed import Sealed, home_in, opened

ANNA, BORIS, EVE = (x25519.Identity.generate() for _ in range(3))
TWO = [str(who.to_public()) for who in (ANNA, BORIS)]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sealed]:
    home_in(tmp_path / "home", monkeypatch)
    with opened(tmp_path / "archive") as it:
        it.add()
        yield it


def bare_machine(archive: Sealed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """The archive's folder on another machine, without any key."""
    home_in(tmp_path / "bare", monkeypatch)
    shutil.copytree(archive.folder.path, tmp_path / "copy", dirs_exist_ok=True)
    return Keyring(open_folder(tmp_path / "copy", create=False), Settings())


@pytest.mark.parametrize("who", [ANNA, BORIS])
def test_either_of_two_people_restores_the_root_key_on_a_bare_machine(
    who: x25519.Identity, archive: Sealed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    put_in_escrow(archive.keyring, TWO)
    seed, growing = archive.keyring.signing_seed(), archive.keyring.growing_key()
    there = bare_machine(archive, tmp_path, monkeypatch)
    with pytest.raises(Refused, match="not there"):
        there.signing_seed()
    path = restore_root(there, f"# created: today\n# public key: {who.to_public()}\n{who}\n")
    assert path == tmp_path / "bare" / "groundside" / "keys" / f"{archive.folder.id}.key"
    assert (there.signing_seed(), there.growing_key()) == (seed, growing)
    assert restore_root(there, str(who)) == path, "once more changes nothing"
    with opened(tmp_path / "copy") as it:
        it.add()


def test_the_escrow_is_a_file_of_age_that_says_of_which_archive_it_is(archive: Sealed):
    content = put_in_escrow(archive.keyring, TWO)
    assert content == (archive.folder.path / FILE).read_bytes()
    assert in_escrow(archive.folder.path)
    assert archive.folder.id in decrypt(content, [ANNA]).decode()
    assert decrypt(content, [BORIS]) == archive.key_file.read_bytes()


def test_whom_it_is_for_is_kept_and_changes_no_secret(archive: Sealed, tmp_path: Path):
    assert archive.keyring.checked_ring().stated.recipients == ()
    before = archive.keyring.fresh()
    put_in_escrow(archive.keyring, TWO)
    assert archive.keyring.checked_ring().stated.recipients == tuple(TWO)
    archive.key_file.unlink()
    assert archive.keyring.fresh() == before, "nobody is asked for the root key because of that"


@pytest.mark.parametrize(
    ("people", "why"),
    [
        ([], "two different people"),
        (TWO[:1], "two different people"),
        ([TWO[0], f" {TWO[0]} "], "two different people"),
        ([TWO[0], "age1nobody"], "no recipient"),
        ([TWO[0], str(EVE)], "no recipient"),
    ],
)
def test_one_person_is_too_few_and_who_is_no_recipient_is_refused(archive: Sealed, people: list[str], why: str):
    with pytest.raises(BadRequest, match=why) as caught:
        put_in_escrow(archive.keyring, people)
    assert str(EVE) not in str(caught.value)
    assert not in_escrow(archive.folder.path)


def test_who_is_not_meant_cannot_open_it(archive: Sealed):
    put_in_escrow(archive.keyring, TWO)
    with pytest.raises(Refused, match="not for the person"):
        restore_root(archive.keyring, str(EVE))


@pytest.mark.parametrize(
    "text",
    ["", "hello", TWO[0], "AGE-SECRET-KEY-1QQQQ", f"AGE-SECRET-KEY-1{'Q' * 58}"],
    ids=["nothing", "a word", "a recipient", "too short", "a wrong checksum"],
)
def test_what_is_no_identity_is_refused_without_being_shown(archive: Sealed, text: str):
    put_in_escrow(archive.keyring, TWO)
    with pytest.raises(BadRequest, match="no identity") as caught:
        restore_root(archive.keyring, text)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-70], lambda b: b[:50], lambda _: b"", lambda b: b.replace(b"A", b"B")]
)
def test_a_truncated_or_damaged_escrow_is_said_to_be_so(archive: Sealed, damage: object):
    content = put_in_escrow(archive.keyring, TWO)
    (archive.folder.path / FILE).write_bytes(damage(content))  # type: ignore[operator]
    with pytest.raises(Tampered, match="damaged"):
        restore_root(archive.keyring, str(ANNA))


def test_a_copy_of_the_escrow_will_do(archive: Sealed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    content = put_in_escrow(archive.keyring, TWO)
    (archive.folder.path / FILE).unlink()
    there = bare_machine(archive, tmp_path, monkeypatch)
    with pytest.raises(NotFound, match="no escrow"):
        restore_root(there, str(ANNA))
    restore_root(there, str(ANNA), content)
    assert there.signing_seed() == archive.keyring.signing_seed()


def test_the_escrow_of_another_archive_or_of_an_older_root_key_is_refused(archive: Sealed, tmp_path: Path):
    old = put_in_escrow(archive.keyring, TWO)
    with opened(tmp_path / "other") as other:
        stranger = put_in_escrow(other.keyring, TWO)
    drop_older(archive.keyring, replace_root(archive.keyring))
    for content, why in ((stranger, "another archive"), (old, "not the root key")):
        with pytest.raises(Refused, match=why):
            restore_root(archive.keyring, str(ANNA), content)


def test_a_rotation_renews_the_escrow_for_the_same_people(
    archive: Sealed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    old = put_in_escrow(archive.keyring, TWO)
    drop_older(archive.keyring, replace_root(archive.keyring))
    assert (archive.folder.path / FILE).read_bytes() != old
    there = bare_machine(archive, tmp_path, monkeypatch)
    restore_root(there, str(BORIS))
    assert there.signing_seed() == archive.keyring.signing_seed()


def test_another_key_in_its_place_is_never_overwritten(
    archive: Sealed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    put_in_escrow(archive.keyring, TWO)
    archive.key_file.write_text("something else")
    with pytest.raises(Conflict, match="another root key"):
        restore_root(archive.keyring, str(ANNA))
    assert archive.key_file.read_text() == "something else"


def test_a_forgotten_passphrase_is_no_loss_where_there_is_an_escrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home_in(tmp_path / "home", monkeypatch)
    monkeypatch.setenv("GROUNDSIDE_PASSPHRASE", "five words that are unrelated")
    with opened(tmp_path / "archive", Settings(root_key="passphrase")) as it:
        put_in_escrow(it.keyring, TWO)
        seed = it.keyring.signing_seed()
    monkeypatch.delenv("GROUNDSIDE_PASSPHRASE")
    for settings in (Settings(root_key="passphrase"), Settings()):
        keyring = Keyring(it.folder, settings)
        restore_root(keyring, str(ANNA))
    assert Keyring(it.folder, Settings()).signing_seed() == seed


def test_a_plain_archive_without_any_keyring_may_be_put_in_escrow_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home_in(tmp_path / "home", monkeypatch)
    with opened(tmp_path / "archive", Settings(encrypt=False)) as it:
        put_in_escrow(it.keyring, TWO)
        it.key_file.unlink()
        restore_root(it.keyring, str(BORIS))
        assert it.key_file.exists()
