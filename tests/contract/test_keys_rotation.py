"""New keys in place of old ones: everything can be read before, after and, whatever is killed, in between."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from groundside.errors import BadRequest, Conflict, NotFound, Refused, Tampered
from groundside.keep.custody_tables import case_key, object_key
from groundside.keep.keys import escrow
from groundside.keep.keys.key_file import pending
from groundside.keep.keys.keyring import Keyring
from groundside.keep.keys.rotation import (
    begin_case,
    drop_older,
    is_under_way,
    replace_root,
    rewrap_cases,
    rewrap_some,
)
from groundside.keep.keys.status import CaseKeyStatus, case_statuses
from groundside.keep.rows import Stored
from groundside.model.caller import EVERYTHING, Scope
from groundside.settings import Settings
from tests.keep_builders import TESTER
from tests.sealed import Sealed, home_in, opened

PASSPHRASE = "five words that are unrelated"


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sealed]:
    home_in(tmp_path / "home", monkeypatch)
    with opened(tmp_path / "archive") as it:
        yield it


def rotate_case(it: Sealed, case: str, at_once: int = 100) -> int:
    with it.catalogue.commit(TESTER) as writer:
        version = begin_case(writer.connection, it.custody.cases, case)
    while True:
        with it.catalogue.commit(TESTER) as writer:
            if rewrap_some(writer.connection, it.custody.cases, case, at_once) < at_once:
                return version


def rotate_root(it: Sealed, to: str | None = None) -> None:
    new = replace_root(it.keyring, to)
    with it.catalogue.commit(TESTER) as writer:
        rewrap_cases(writer.connection, it.custody.cases, it.keyring)
    drop_older(it.keyring, new)


def readable(path: Path, objects: list[Stored], settings: Settings | None = None) -> None:
    """See that a process that begins now reads every object's key, and can add more."""
    with opened(path, settings) as it:
        assert it.keys.keys_of([o.object_id for o in objects]) == {o.object_id: o.key for o in objects}
        it.add()
        it.add(f"new {len(objects)}")


def statuses(it: Sealed, scope: Scope = EVERYTHING) -> tuple[CaseKeyStatus, ...]:
    with it.catalogue.read() as reader:
        return case_statuses(reader.connection, scope)


def test_a_case_gets_a_new_key_and_the_old_one_is_destroyed(archive: Sealed, tmp_path: Path):
    objects = [archive.add(case) for case in ("harbour", "harbour", "harbour", "bridge")]
    assert rotate_case(archive, "harbour", at_once=2) == 2
    assert statuses(archive) == (CaseKeyStatus("bridge", 1, 1, 0), CaseKeyStatus("harbour", 2, 3, 0))
    assert statuses(archive, Scope(frozenset({"bridge"}))) == (CaseKeyStatus("bridge", 1, 1, 0),)
    with archive.catalogue.read() as reader:
        assert reader.connection.scalar(select(func.count()).select_from(case_key)) == 2
    readable(tmp_path / "archive", objects)


def test_a_case_without_objects_is_rotated_and_an_unknown_one_is_not(archive: Sealed):
    with archive.catalogue.commit(TESTER) as writer:
        archive.custody.cases.in_use(writer.connection, "empty")
    assert rotate_case(archive, "empty") == 2
    with pytest.raises(NotFound, match="no case"):
        rotate_case(archive, "nowhere")


def test_a_rotation_of_a_case_that_was_broken_off_goes_on_and_makes_no_third_key(archive: Sealed, tmp_path: Path):
    objects = [archive.add("harbour") for _ in range(5)]
    with archive.catalogue.commit(TESTER) as writer:
        begin_case(writer.connection, archive.custody.cases, "harbour")
    with archive.catalogue.commit(TESTER) as writer:
        assert rewrap_some(writer.connection, archive.custody.cases, "harbour", 2) == 2
    assert statuses(archive) == (CaseKeyStatus("harbour", 2, 5, 3),)
    with opened(tmp_path / "archive") as other:
        new = other.add("harbour")
        assert statuses(other) == (CaseKeyStatus("harbour", 2, 6, 3),)
        assert rotate_case(other, "harbour") == 2
        assert statuses(other) == (CaseKeyStatus("harbour", 2, 6, 0),)
    readable(tmp_path / "archive", [*objects, new])


def test_after_a_rotation_the_old_root_key_opens_nothing(archive: Sealed, tmp_path: Path):
    objects = [archive.add(case) for case in ("harbour", "bridge")]
    old, seed = archive.key_file.read_bytes(), archive.keyring.signing_seed()
    rotate_root(archive)
    assert archive.key_file.read_bytes() != old
    assert not pending(archive.key_file).exists()
    readable(tmp_path / "archive", objects)
    assert Keyring(archive.folder, Settings()).signing_seed() == seed, "the ledger is signed by the same key"
    archive.key_file.write_bytes(old)
    with pytest.raises(Refused, match="not the root key"):
        readable(tmp_path / "archive", objects)


def test_what_the_old_keyring_held_does_not_open_the_rows_of_after(archive: Sealed):
    archive.add("harbour")
    before = archive.keyring.fresh().cases
    rotate_root(archive)
    after = archive.keyring.fresh().cases
    assert (list(before), list(after)) == ([1], [2])
    with archive.catalogue.read() as reader:
        wrapped = reader.connection.scalar(select(case_key.c.wrapped))
    thief = type("Thief", (), {"cases_key": staticmethod(lambda _: before[1])})()
    with pytest.raises(Tampered):
        type(archive.custody.cases)(archive.folder.id, thief).of_row("harbour", 1, wrapped)


def test_a_process_that_was_open_meanwhile_goes_on(archive: Sealed, tmp_path: Path):
    old = archive.add("harbour")
    with opened(tmp_path / "archive") as other:
        rotate_root(other)
        rotate_case(other, "harbour")
    new = [archive.add(case) for case in ("harbour", "bridge")]
    archive.custody.forget()
    assert all(archive.keys.key_of(each.object_id) == each.key for each in (old, *new))
    readable(tmp_path / "archive", [old, *new])


def test_a_case_that_begins_while_the_root_is_replaced_keeps_its_key(archive: Sealed, tmp_path: Path):
    archive.keyring.signing_seed()
    with opened(tmp_path / "archive") as other:
        new = replace_root(other.keyring)
        before = archive.add("before")  # by a process that opened the keyring of before
        with other.catalogue.commit(TESTER) as writer:
            assert rewrap_cases(writer.connection, other.custody.cases, other.keyring) == 0, "it was wrapped anew"
        after = archive.add("after")
        drop_older(other.keyring, new)
    readable(tmp_path / "archive", [before, after])


def test_a_rotation_of_the_root_that_was_broken_off_goes_on_and_makes_no_third_key(archive: Sealed, tmp_path: Path):
    objects = [archive.add()]
    new = replace_root(archive.keyring)
    assert is_under_way(archive.keyring.checked_ring())
    with opened(tmp_path / "archive") as other:
        assert replace_root(other.keyring) == new
        with other.catalogue.commit(TESTER) as writer:
            assert rewrap_cases(writer.connection, other.custody.cases, other.keyring) == 1
        drop_older(other.keyring, new)
        assert not is_under_way(other.keyring.checked_ring())
    readable(tmp_path / "archive", objects)


def test_case_keys_of_a_keyring_that_is_gone_are_said_to_be_so(archive: Sealed):
    archive.add("harbour")
    drop_older(
        archive.keyring, replace_root(archive.keyring)
    )  # without wrapping anew: a defect, or a catalogue from another backup
    archive.custody.forget()
    with pytest.raises(Tampered, match="same backup"):
        rotate_case(archive, "harbour")


def test_a_root_key_may_become_a_passphrase_and_a_passphrase_another_one(
    archive: Sealed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    objects = [archive.add()]
    monkeypatch.setenv("GROUNDSIDE_NEW_PASSPHRASE", PASSPHRASE)
    rotate_root(archive, "passphrase")
    monkeypatch.setenv("GROUNDSIDE_PASSPHRASE", PASSPHRASE)
    assert archive.key_file.exists(), "the old file stays, and opens nothing"
    readable(tmp_path / "archive", objects)
    archive.key_file.unlink()
    monkeypatch.setenv("GROUNDSIDE_NEW_PASSPHRASE", f"{PASSPHRASE} too")
    with opened(tmp_path / "archive") as again:
        rotate_root(again)
    with pytest.raises(Refused):
        readable(tmp_path / "archive", objects)
    monkeypatch.setenv("GROUNDSIDE_PASSPHRASE", f"{PASSPHRASE} too")
    readable(tmp_path / "archive", objects)


def test_a_program_that_tells_the_old_key_cannot_be_rotated_to(archive: Sealed, tmp_path: Path):
    old = f"command:cat '{archive.key_file}'"
    with pytest.raises(BadRequest, match="old one"):
        rotate_root(archive, old)
    with pytest.raises(Refused, match="own folder"):
        rotate_root(archive, f"file:{archive.folder.path / 'x.key'}")


def test_a_new_root_key_goes_to_another_file_but_never_over_another_key(archive: Sealed, tmp_path: Path):
    objects = [archive.add()]
    new = tmp_path / "secrets" / "new.key"
    with opened(tmp_path / "other", Settings(root_key=f"file:{new}")) as other:
        theirs = other.add()
    with pytest.raises(Conflict, match="another key"):
        rotate_root(archive, f"file:{new}")
    readable(tmp_path / "other", [theirs], Settings(root_key=f"file:{new}"))
    rotate_root(archive, f"file:{new}er")
    readable(tmp_path / "archive", objects, Settings(root_key=f"file:{new}er"))
    with pytest.raises(Refused, match="not the root key"):
        readable(tmp_path / "archive", objects)


def test_a_rotation_to_another_file_that_was_broken_off_is_gone_on_with(archive: Sealed, tmp_path: Path):
    objects = [archive.add()]
    new = tmp_path / "secrets" / "new.key"

    def rotate() -> None:
        with opened(tmp_path / "archive") as it:
            rotate_root(it, f"file:{new}")

    steps = 0
    while killed_at(steps + 1, rotate):
        steps += 1
    assert steps >= 5
    readable(tmp_path / "archive", objects, Settings(root_key=f"file:{new}"))


def killed_at(number: int, work: Callable[[], None]) -> bool:
    """Do work in a process of its own that is killed at its nth lasting step; whether it came so far."""
    child = os.fork()
    if child == 0:
        left = [number]

        def step(real: Callable[..., object]) -> Callable[..., object]:
            def stepped(*args: object, **kwargs: object) -> object:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*args, **kwargs)

            return stepped

        try:
            os.fsync, os.replace, os.rename = step(os.fsync), step(os.replace), step(os.rename)  # type: ignore[assignment]
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or status == 0
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("escrowed", [False, True])
def test_a_rotation_of_the_root_may_be_killed_at_any_step(
    escrowed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from pyrage import x25519

    home_in(tmp_path / "home", monkeypatch)
    people = [x25519.Identity.generate() for _ in range(2)]
    with opened(tmp_path / "archive") as it:
        objects = [it.add(case) for case in ("harbour", "bridge")]
        if escrowed:
            escrow.put_in_escrow(it.keyring, [str(p.to_public()) for p in people])
        folder = it.folder

    def rotate() -> None:
        with opened(tmp_path / "archive") as it:
            rotate_root(it)

    steps = 0
    while killed_at(steps + 1, rotate):
        steps += 1
        readable(tmp_path / "archive", objects)
        if escrowed:
            restored = Keyring(folder, Settings(root_key=f"file:{tmp_path / 'restored' / f'{steps}.key'}"))
            escrow.restore_root(restored, str(people[1]))
            assert restored.signing_seed()
    assert steps >= 6
    with opened(tmp_path / "archive") as it:
        assert not is_under_way(it.keyring.checked_ring())
    readable(tmp_path / "archive", objects)


def test_a_rotation_of_a_case_may_be_killed_between_its_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home_in(tmp_path / "home", monkeypatch)
    with opened(tmp_path / "archive") as it:
        objects = [it.add("harbour") for _ in range(4)]

    def rotate(commits: int) -> None:
        with opened(tmp_path / "archive") as it:
            with it.catalogue.commit(TESTER) as writer:
                begin_case(writer.connection, it.custody.cases, "harbour")
            for number in range(10):
                with it.catalogue.commit(TESTER) as writer:
                    rewrap_some(writer.connection, it.custody.cases, "harbour", 1)
                    if number == commits:
                        os.kill(os.getpid(), signal.SIGKILL)

    for commits in range(6):
        assert killed_at(1_000_000, lambda n=commits: rotate(n))
        readable(tmp_path / "archive", objects)
    with opened(tmp_path / "archive") as it:
        rotate_case(it, "harbour")
        with it.catalogue.read() as reader:
            harbour = select(func.count()).where(object_key.c.case_name == "harbour", object_key.c.case_version == 1)
            assert reader.connection.scalar(harbour) == 0
