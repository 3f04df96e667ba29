"""The keyring: opened by its root key alone, and only as it was written."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from groundside.errors import BadSetting, Refused, Tampered, WrongArchive
from groundside.keep.archive_folder import MARKER, open_folder
from groundside.keep.durable import disk_errors
from groundside.keep.keys.keyring import Keyring, sealing
from groundside.keep.keys.ring import FILE, Secrets, Stated, closed, read_ring, write_ring
from groundside.keep.keys.root import Given, default_file
from groundside.keep.keys.wrapping import WRAPPED_BYTES, Wrapping, about, derived
from groundside.settings import Settings
from tests.sealed import home_in

ID = "0123456789abcdef" * 2
ROOT = bytes(range(32))
PASSPHRASE = "five words that are unrelated"


def ring_of(root: bytes = ROOT, archive: str = ID):
    return closed(Stated(archive, True, Given.FILE), root, Secrets.new())


def made_in(folder: Path, **settings: object) -> Keyring:
    told = Settings(**settings)  # type: ignore[arg-type]
    return Keyring(open_folder(folder, True, sealing(told)), told)


def test_a_wrapped_key_is_unwrapped_only_for_what_it_was_wrapped_for():
    wrapping = Wrapping(ROOT)
    wrapped = wrapping.wrap(b"k" * 32, about("object", 1))
    assert len(wrapped) == WRAPPED_BYTES
    assert wrapping.unwrap(wrapped, about("object", 1)) == b"k" * 32
    for stranger, text, whose in (
        (Wrapping(b"x" * 32), wrapped, about("object", 1)),
        (wrapping, wrapped, about("object", 2)),
        (wrapping, wrapped, about("object1")),
        (wrapping, wrapped[:-1], about("object", 1)),
        (wrapping, b"", about("object", 1)),
    ):
        with pytest.raises(Tampered):
            stranger.unwrap(text, whose)


def test_keys_for_different_purposes_and_archives_have_nothing_in_common():
    keys = {derived(ROOT, archive, label) for archive in ("a", "b") for label in ("a", "b", "ab")}
    assert len(keys) == 6
    assert ROOT not in keys


def test_the_secrets_come_back_as_they_were_put_in(tmp_path: Path):
    plain = Secrets.new().with_new_cases()
    write_ring(tmp_path, closed(Stated(ID, True, Given.COMMAND, recipients=("age1x",)), ROOT, plain))
    back = read_ring(tmp_path)
    assert back is not None
    assert back.opened(ROOT) == plain
    assert back.stated.recipients == ("age1x",)


def test_no_secret_is_in_the_file_or_shown(tmp_path: Path):
    plain = Secrets.new()
    ring = closed(Stated(ID, True, Given.FILE), ROOT, plain)
    for secret in (ROOT, plain.signing, plain.fingerprint, plain.growing, plain.rows, plain.cases[1]):
        assert secret.hex() not in ring.text()
        assert str(secret)[2:-1] not in repr(plain)


def test_a_wrong_root_key_says_so_at_once():
    with pytest.raises(Refused, match="not the root key"):
        ring_of().opened(ROOT[::-1])


@pytest.mark.parametrize(
    "change",
    [
        {"sealed": False},
        {"recipients": ["age1mine"]},
        {"given": "passphrase"},
        {"stretching": {"salt": "00" * 16, "iterations": 1, "lanes": 1, "memory_kib": 8}},
    ],
)
def test_nothing_that_the_file_states_can_be_changed(tmp_path: Path, change: dict[str, object]):
    write_ring(tmp_path, ring_of())
    text = json.loads((tmp_path / FILE).read_text())
    (tmp_path / FILE).write_text(json.dumps(text | change))
    changed = read_ring(tmp_path)
    assert changed is not None
    with pytest.raises(Tampered, match=r"keyring\.json"):
        changed.opened(ROOT)


def test_no_secret_can_be_swapped_left_out_or_taken_from_another_keyring():
    ring, other = ring_of(), ring_of()
    w = dict(ring.wrapped)
    for wrapped in (
        w | {"signing": w["growing"], "growing": w["signing"]},
        w | {"signing": other.wrapped["signing"]},
        w | {"case-2": w["case-1"]},
    ):
        with pytest.raises(Tampered):
            replace(ring, wrapped=wrapped).opened(ROOT)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '{"format":1}', "\x00\xff", "[" * 100_000]
    + [
        json.dumps(json.loads(ring_of().text()) | change)
        for change in (
            {"secrets": {}},
            {"secrets": []},
            {"given": "magic"},
            {"check": "zz"},
            {"stretching": {"salt": "00"}},
            {"stretching": {"pepper": 1}},
            {"secrets": json.loads(ring_of().text())["secrets"] | {"more": "00"}},
        )
    ],
)
def test_a_damaged_keyring_is_said_to_be_so(tmp_path: Path, content: str):
    (tmp_path / "keys").mkdir()
    (tmp_path / FILE).write_text(content)
    with pytest.raises(Tampered, match="damaged"):
        read_ring(tmp_path)


def test_every_flipped_bit_of_a_keyring_is_noticed(tmp_path: Path):
    write_ring(tmp_path, ring_of())
    whole = (tmp_path / FILE).read_bytes()
    for at in range(0, 8 * len(whole), 59):
        flipped = bytearray(whole)
        flipped[at // 8] ^= 1 << at % 8
        (tmp_path / FILE).write_bytes(flipped)
        try:
            ring = read_ring(tmp_path)
            same = ring is not None and ring.opened(ROOT) and ring == read_back(whole, tmp_path)
        except (Tampered, WrongArchive, Refused):
            continue
        assert same, "a flip of a letter's case in hexadecimal changes nothing"


def read_back(content: bytes, folder: Path):
    (folder / FILE).write_bytes(content)
    return read_ring(folder)


def test_a_keyring_of_a_newer_program_is_refused(tmp_path: Path):
    write_ring(tmp_path, ring_of())
    text = json.loads((tmp_path / FILE).read_text())
    (tmp_path / FILE).write_text(json.dumps(text | {"format": 2}))
    with pytest.raises(WrongArchive, match="newer"):
        read_ring(tmp_path)


def test_a_new_archive_is_sealed_and_has_no_key_in_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home_in(tmp_path / "home", monkeypatch)
    keyring = made_in(tmp_path / "archive")
    at = keyring.folder
    assert at.sealed
    assert not (at.path / "keys" / "fingerprint.key").exists()
    marker = json.loads((at.path / MARKER).read_text())
    assert (marker["format"], marker["sealed"]) == (3, True)
    key = default_file(at.id).read_text().split()[2]
    assert not any(key.encode() in p.read_bytes() or bytes.fromhex(key) in p.read_bytes() for p in files_of(at.path))
    with pytest.raises(RuntimeError):
        _ = at.key
    again = Keyring(open_folder(at.path, False), Settings())
    secrets = [k.fingerprint_key() + k.growing_key() + k.signing_seed() + k.row_key() for k in (keyring, again)]
    assert secrets[0] == secrets[1]
    assert len(secrets[0]) == 128


def files_of(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file()]


def test_opening_an_archive_asks_for_no_key_until_one_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home_in(tmp_path / "home", monkeypatch)
    at = made_in(tmp_path / "archive").folder
    default_file(at.id).unlink()
    keyring = Keyring(open_folder(at.path, False), Settings())
    assert keyring.ring() is not None
    with pytest.raises(Refused, match="not there"):
        keyring.growing_key()


def test_a_plain_archive_keeps_its_own_file_and_gets_a_keyring_when_something_is_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    home_in(tmp_path / "home", monkeypatch)
    keyring = made_in(tmp_path / "archive", encrypt=False)
    at = keyring.folder
    assert not at.sealed
    assert keyring.fingerprint_key() == at.key == (at.path / "keys" / "fingerprint.key").read_bytes()
    assert keyring.ring() is None
    seed = keyring.signing_seed()
    assert Keyring(open_folder(at.path, False), Settings()).signing_seed() == seed
    assert json.loads((at.path / MARKER).read_text())["format"] == 1
    (at.path / FILE).unlink()
    with pytest.raises(Tampered, match="gone"):
        Keyring(open_folder(at.path, False), Settings()).signing_seed()


def test_two_that_need_the_first_keyring_at_once_get_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home_in(tmp_path / "home", monkeypatch)
    one = made_in(tmp_path / "archive", encrypt=False)
    two = Keyring(one.folder, Settings())
    late = type("Late", (Keyring,), {"ring": lambda self: None})(one.folder, Settings())
    seed = one.signing_seed()
    assert two.signing_seed() == seed
    monkeypatch.setattr(late, "ring", iter([None, one.ring()]).__next__)
    assert late.signing_seed() == seed


def test_the_keyring_of_a_sealed_archive_is_never_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home_in(tmp_path / "home", monkeypatch)
    at = made_in(tmp_path / "archive").folder
    (at.path / FILE).unlink()
    with pytest.raises(Tampered, match="gone"):
        Keyring(at, Settings()).signing_seed()


def test_the_keyring_of_another_archive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home_in(tmp_path / "home", monkeypatch)
    mine, other = (made_in(tmp_path / name) for name in ("mine", "other"))
    shutil.copy(other.folder.path / FILE, mine.folder.path / FILE)
    with pytest.raises(WrongArchive, match="another archive"):
        mine.signing_seed()


def test_a_marker_that_was_changed_cannot_make_a_sealed_archive_plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home_in(tmp_path / "home", monkeypatch)
    at = made_in(tmp_path / "archive").folder
    (at.path / MARKER).write_text(json.dumps({"id": at.id, "format": 1}))
    with pytest.raises(Tampered, match=r"fingerprint\.key"):
        open_folder(at.path, False)
    (at.path / "keys" / "fingerprint.key").write_bytes(os.urandom(32))
    with pytest.raises(Tampered, match="sealed"):
        Keyring(open_folder(at.path, False), Settings()).signing_seed()


def made_plain(folder: Path) -> Path:
    """Do to a sealed archive's folder what somebody would who can write there and wants it to go on unsealed."""
    at = made_in(folder).folder
    (at.path / MARKER).write_text(json.dumps({"id": at.id, "format": 1}))
    (at.path / "keys" / "fingerprint.key").write_bytes(os.urandom(32))
    (at.path / FILE).unlink()
    return default_file(at.id)


def test_no_keyring_is_begun_under_a_root_key_that_the_archive_had_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    home_in(tmp_path / "home", monkeypatch)
    key = made_plain(tmp_path / "archive")
    before = key.read_bytes()
    elsewhere = tmp_path / "elsewhere.key"
    elsewhere.write_bytes(before)
    elsewhere.chmod(0o600)
    at = open_folder(tmp_path / "archive", False)
    for setting in (None, f"file:{elsewhere}", f"command:echo {'00' * 32}"):
        with pytest.raises(Tampered, match="had one, or was sealed"):
            Keyring(at, Settings(root_key=setting)).signing_seed()
    key.unlink()
    with pytest.raises(Tampered, match=r"elsewhere\.key"):
        Keyring(at, Settings(root_key=f"file:{elsewhere}")).signing_seed()
    assert not (at.path / FILE).exists()
    assert elsewhere.read_bytes() == before


def test_a_keyring_may_begin_under_a_key_that_somebody_laid_out_for_it(tmp_path: Path):
    laid_out = tmp_path / "mine.key"
    laid_out.write_text(ROOT.hex())
    laid_out.chmod(0o600)
    keyring = made_in(tmp_path / "archive", encrypt=False, root_key=f"file:{laid_out}")
    keyring.signing_seed()
    ring = keyring.ring()
    assert ring is not None
    assert ring.fits(ROOT)


@pytest.mark.parametrize("killed_at", ["write_ring", "settle", "record_keyring"])
def test_a_first_keyring_goes_on_where_it_was_broken_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_at: str
):
    home_in(tmp_path / "home", monkeypatch)
    at = made_in(tmp_path / "archive", encrypt=False).folder
    with monkeypatch.context() as patch:
        patch.setattr(f"groundside.keep.keys.keyring.{killed_at}", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            Keyring(at, Settings()).signing_seed()
    seed = Keyring(at, Settings()).signing_seed()
    assert Keyring(open_folder(at.path, False), Settings()).signing_seed() == seed
    assert default_file(at.id).is_file()
    assert not default_file(at.id).with_name(f"{at.id}.key.next").exists()


@pytest.mark.parametrize("archive_id", ["../../etc/x", "", 5, "0" * 31])
def test_an_id_that_could_be_a_path_is_no_id(tmp_path: Path, archive_id: object, monkeypatch: pytest.MonkeyPatch):
    home_in(tmp_path / "home", monkeypatch)
    at = made_in(tmp_path / "archive").folder
    (at.path / MARKER).write_text(json.dumps({"id": archive_id, "format": 3, "sealed": True}))
    with pytest.raises(Tampered):
        open_folder(at.path, False)


def test_making_a_sealed_archive_goes_on_where_it_was_broken_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home_in(tmp_path / "home", monkeypatch)
    made = made_in(tmp_path / "archive")
    (made.folder.path / MARKER).unlink()
    again = made_in(tmp_path / "archive")
    assert again.folder.id == made.folder.id
    assert again.signing_seed() == made.signing_seed()


def test_a_root_key_inside_the_archive_is_refused(tmp_path: Path):
    (tmp_path / "link").symlink_to(tmp_path / "archive")
    for place in ("archive/keys/root.key", "link/x/../root.key"):
        with pytest.raises(Refused, match="own folder"):
            made_in(tmp_path / "archive", root_key=f"file:{tmp_path / place}")
    assert not (tmp_path / "archive" / MARKER).exists()


def test_the_same_key_may_move_from_a_file_to_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home_in(tmp_path / "home", monkeypatch)
    made = made_in(tmp_path / "archive")
    moved = Keyring(made.folder, Settings(root_key=f"command:cat '{default_file(made.folder.id)}'"))
    assert moved.signing_seed() == made.signing_seed()
    assert moved.source(moved.ring()).given is Given.COMMAND


def test_another_key_than_the_right_one_is_refused(tmp_path: Path):
    made = made_in(tmp_path / "archive")
    wrong = Keyring(made.folder, Settings(root_key=f"command:echo {'00' * 32}"))
    with pytest.raises(Refused, match="not the root key"):
        wrong.signing_seed()


def test_a_passphrase_opens_without_any_setting_once_the_archive_was_made_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    home_in(tmp_path / "home", monkeypatch)
    monkeypatch.setenv("GROUNDSIDE_PASSPHRASE", PASSPHRASE)
    made = made_in(tmp_path / "archive", root_key="passphrase")
    assert not default_file(made.folder.id).exists()
    again = Keyring(made.folder, Settings())
    assert again.signing_seed() == made.signing_seed()
    monkeypatch.setenv("GROUNDSIDE_PASSPHRASE", f"{PASSPHRASE}!")
    for setting in (None, "passphrase"):
        with pytest.raises(Refused, match="not the root key"):
            Keyring(made.folder, Settings(root_key=setting)).signing_seed()


def test_a_passphrase_does_not_open_what_was_made_with_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home_in(tmp_path / "home", monkeypatch)
    made = made_in(tmp_path / "archive")
    with pytest.raises(BadSetting, match="passphrase"):
        Keyring(made.folder, Settings(root_key="passphrase")).signing_seed()


def test_a_disk_that_cannot_be_read_is_no_missing_keyring(tmp_path: Path):
    with disk_errors():
        (tmp_path / FILE).mkdir(parents=True)
    with pytest.raises(Exception, match="disk"):
        read_ring(tmp_path)
