"""Where a root key may come from, and what is refused."""

import os
import stat
import sys
from pathlib import Path

import pytest

from groundside.errors import BadRequest, BadSetting, GroundsideError, Refused
from groundside.keep.keys import key_command, key_file, passphrase, root
from groundside.keep.keys.key_command import output_of
from groundside.keep.keys.key_file import finish, pending, read_secret, write_secret
from groundside.keep.keys.passphrase import Stretching, ask, ask_new
from groundside.keep.keys.root import (
    Given,
    Source,
    candidates,
    default_file,
    made,
    parsed,
    replacement,
    settle,
    source_of,
)

ID = "0123456789abcdef" * 2
KEY = bytes(range(32))
PASSPHRASE = "five words that are unrelated"


def key_in(folder: Path, content: bytes = root.written(KEY, ID), mode: int = 0o600) -> Path:
    path = folder / "a.key"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def root_of(setting: str) -> bytes:
    return next(candidates(source_of(setting, ID), ID, None))


def python(code: str) -> str:
    return f"command:{sys.executable} -c '{code}'"


def test_without_a_setting_the_key_is_in_a_file_in_the_owners_data_folder(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert source_of(None, ID) == Source(Given.FILE, f"/data/groundside/keys/{ID}.key")
    monkeypatch.setenv("XDG_DATA_HOME", "not/absolute")
    monkeypatch.setenv("HOME", "/home/pilot")
    assert default_file(ID) == Path(f"/home/pilot/.local/share/groundside/keys/{ID}.key")


@pytest.mark.parametrize("setting", ["", "file", "file:", "command: ", "credential:", "passphrase:secret", "vault:x"])
def test_a_setting_that_names_no_source_is_refused(setting: str):
    with pytest.raises(BadSetting, match="root_key") as caught:
        source_of(setting, ID)
    assert "secret" not in str(caught.value)


def test_a_key_file_is_made_for_its_owner_only_and_read_back(tmp_path: Path):
    path = tmp_path / "far" / "away" / "a.key"
    source = Source(Given.FILE, str(path))
    key, stretching = made(source, ID)
    assert stretching is None
    assert not path.exists(), "it waits until the keyring is durable"
    assert made(source, ID)[0] == root_of(f"file:{path}") == key, "whoever was killed then goes on with it"
    settle(source)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700
    assert root_of(f"file:{path}") == key
    assert made(source, ID)[0] == key, "what is there already is taken"


@pytest.mark.parametrize("text", [f"{KEY.hex()}\n", f"groundside-root-key-1 {ID} {KEY.hex()}", f" {KEY.hex()} "])
def test_a_key_is_64_digits_or_the_line_of_a_key_file(text: str):
    assert parsed(text.encode(), ID) == KEY


@pytest.mark.parametrize("content", [b"", b"\xff" * 32, KEY, KEY.hex()[1:].encode(), KEY.hex().upper().encode() + b"0"])
def test_what_is_no_key_is_refused_without_showing_it(content: bytes):
    with pytest.raises(BadSetting) as caught:
        parsed(content, ID)
    assert KEY.hex()[2:20] not in str(caught.value).lower()


def test_the_key_of_another_archive_is_refused(tmp_path: Path):
    with pytest.raises(Refused, match="another archive"):
        root_of(f"file:{key_in(tmp_path, root.written(KEY, ID[::-1]))}")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660, 0o644, 0o601])
def test_a_key_file_that_others_can_read_or_change_is_refused(tmp_path: Path, mode: int):
    with pytest.raises(Refused, match="others") as caught:
        root_of(f"file:{key_in(tmp_path, mode=mode)}")
    assert caught.value.try_this == "chmod 600 it"


def test_a_key_file_in_a_folder_that_others_may_write_is_refused_also_for_writing(tmp_path: Path):
    path = key_in(tmp_path)
    tmp_path.chmod(0o770)
    with pytest.raises(Refused, match="folder"):
        read_secret(path)
    with pytest.raises(Refused, match="folder"):
        write_secret(tmp_path / "b.key", b"x")
    tmp_path.chmod(0o1777)  # as /tmp: nobody can replace another's file
    assert read_secret(path)


def test_a_key_file_of_another_account_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = key_in(tmp_path)
    os.chown(path, 12345, -1) if os.geteuid() == 0 else monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(Refused, match="another account"):
        read_secret(path)


def test_what_is_no_file_or_too_large_is_refused(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(Refused, match="not a file"):
            read_secret(path)
    with pytest.raises(Refused, match="too large"):
        read_secret(key_in(tmp_path, b"x" * 5000))


def test_a_key_file_that_is_gone_says_what_that_means_and_what_to_do(tmp_path: Path):
    with pytest.raises(Refused, match="not there") as caught:
        root_of(f"file:{tmp_path / 'gone.key'}")
    assert "restore-root" in caught.value.try_this
    assert str(tmp_path) not in str(caught.value)


def test_a_key_file_that_cannot_be_written_is_said_to_be_so(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="cannot be written"):
        write_secret(tmp_path / "file" / "a.key", b"x")


def test_a_new_key_waits_beside_the_old_one_and_takes_its_place_once(tmp_path: Path):
    path = key_in(tmp_path)
    source = Source(Given.FILE, str(path))
    new, _ = replacement(source, ID, KEY)
    assert list(candidates(source, ID, None)) == [KEY, new]
    path.unlink()
    assert list(candidates(source, ID, None)) == [new]
    finish(path)
    finish(path)
    assert list(candidates(source, ID, None)) == [new]
    assert not pending(path).exists()


def test_a_key_that_a_program_tells_is_taken():
    source = source_of(python(f'print("{KEY.hex()}")'), ID)
    assert next(candidates(source, ID, None)) == made(source, ID)[0] == KEY
    assert replacement(source, ID, b"o" * 32)[0] == KEY
    with pytest.raises(BadRequest, match="old one"):
        replacement(source, ID, KEY)


def test_no_shell_reads_the_command(tmp_path: Path):
    code = "import sys; sys.exit(sys.argv[1:] != [chr(36) + chr(40) + chr(108) + chr(115) + chr(41), chr(59)])"
    assert output_of(f"{sys.executable} -c '{code}' '$(ls)' ';'") == b""


@pytest.mark.parametrize(
    ("code", "longest_s", "why"),
    [
        ('print("hunter2"); raise SystemExit(3)', 60.0, "exit code 3"),
        ('print("hunter2" * 1000)', 60.0, "more than a key"),
        ('import time; print("hunter2", flush=True); time.sleep(60)', 0.5, "too long"),
        ("import os, time; os.close(1); time.sleep(60)", 0.5, "too long"),
    ],
)
def test_a_program_that_fails_is_refused_and_what_it_wrote_is_not_shown(code: str, longest_s: float, why: str):
    with pytest.raises(Refused, match=why) as caught:
        output_of(source_of(python(code), ID).place, longest_s)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("command", ["'open", "''", "/no/such/program"])
def test_a_command_that_cannot_be_run_is_said_to_be_so(command: str):
    with pytest.raises(BadSetting, match="cannot be run"):
        output_of(command)


def test_a_credential_of_systemd_is_taken_also_where_its_mode_shows_an_access_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    key_in(tmp_path, mode=0o440)
    assert source_of("credential:a.key", ID) == Source(Given.CREDENTIAL, "a.key")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert root_of("credential:a.key") == KEY
    (tmp_path / "a.key").chmod(0o444)
    with pytest.raises(Refused, match="others"):
        root_of("credential:a.key")


@pytest.mark.parametrize("name", ["../a.key", "/etc/passwd", ".."])
def test_a_credential_is_never_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "inner"))
    key_in(tmp_path)
    with pytest.raises(GroundsideError):
        root_of(f"credential:{name}")


def test_without_systemd_there_is_no_credential(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(Refused, match="systemd"):
        root_of("credential:a.key")


def test_a_passphrase_becomes_the_key_that_the_reference_program_of_argon2_makes():
    known = "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"  # phc-winner-argon2, src/test.c
    made_of = Stretching(salt=b"somesalt".hex(), iterations=2, lanes=1, memory_kib=1 << 16)
    assert made_of.stretched("password").hex() == known


def test_a_passphrase_is_the_same_however_its_accents_are_typed():
    small = Stretching(salt="02" * 16, memory_kib=32)
    assert small.stretched("caf\u00e9") == small.stretched("cafe\u0301") != small.stretched("cafe")


def test_a_passphrase_is_stretched_as_the_rfc_recommends():
    new = Stretching.new()
    assert (new.iterations, new.lanes, new.memory_kib, len(new.salt)) == (3, 4, 65536, 32)
    assert new.salt != Stretching.new().salt


@pytest.mark.parametrize(
    "damaged",
    [
        {"iterations": 0},
        {"iterations": 17},
        {"iterations": 16, "memory_kib": 1 << 20},
        {"lanes": 17},
        {"lanes": 16, "memory_kib": 127},
        {"memory_kib": 1 << 21},
        {"memory_kib": 1 << 40},
        {"salt": "00"},
        {"salt": "zz"},
        {"iterations": True},
    ],
)
def test_numbers_that_would_stop_the_machine_are_taken_for_damage(damaged: dict[str, object]):
    with pytest.raises(ValueError, match=r"stretching|hex"):
        Stretching(**({"salt": "00" * 16} | damaged)).checked()  # type: ignore[arg-type]


def test_a_passphrase_comes_from_the_environment_where_it_is_set(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GROUNDSIDE_PASSPHRASE", PASSPHRASE)
    key, stretching = made(Source(Given.PASSPHRASE), ID)
    assert next(candidates(Source(Given.PASSPHRASE), ID, stretching)) == key
    monkeypatch.setenv("GROUNDSIDE_NEW_PASSPHRASE", PASSPHRASE)
    assert replacement(Source(Given.PASSPHRASE), ID, key)[0] != key, "another salt is another key"


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", None)
    for asking in (ask, ask_new):
        with pytest.raises(Refused, match="no terminal"):
            asking()


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    said = list(answers)
    monkeypatch.setattr(sys, "stdin", type("Terminal", (), {"isatty": staticmethod(lambda: True)})())
    monkeypatch.setattr(passphrase.getpass, "getpass", lambda _: said.pop(0))


def test_a_person_types_a_new_passphrase_twice_and_a_known_one_once(monkeypatch: pytest.MonkeyPatch):
    at_a_terminal(monkeypatch, PASSPHRASE, PASSPHRASE, PASSPHRASE)
    assert (ask_new(), ask()) == (PASSPHRASE, PASSPHRASE)


@pytest.mark.parametrize(("first", "second", "why"), [("too short", "too short", "12"), (PASSPHRASE, "x", "same")])
def test_a_new_passphrase_that_is_short_or_mistyped_is_refused(
    monkeypatch: pytest.MonkeyPatch, first: str, second: str, why: str
):
    at_a_terminal(monkeypatch, first, second)
    with pytest.raises(BadRequest, match=why):
        ask_new()


def test_a_key_that_was_not_made_of_a_passphrase_is_not_asked_for():
    with pytest.raises(BadSetting, match="not made of a passphrase"):
        next(candidates(Source(Given.PASSPHRASE), ID, None))


def test_the_limits_are_as_documented():
    assert (key_command.LONGEST_S, key_file.MOST_BYTES, passphrase.SHORTEST) == (60.0, 4096, 12)
