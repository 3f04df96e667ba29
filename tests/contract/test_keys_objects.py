"""The key of each object: written with its row, gone with it, and of use for nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from groundside.errors import NotFound, Tampered
from groundside.keep.archive_folder import open_folder
from groundside.keep.bulk import NewObject, NewOriginal
from groundside.keep.custody_tables import case_key, object_key
from groundside.keep.keys import cases as cases_module
from groundside.keep.keys.cases import CaseKey
from groundside.keep.keys.custody import Custody
from groundside.keep.keys.keyring import Keyring
from groundside.keep.keys.memory import Remembered
from groundside.keep.keys.wrapping import Wrapping
from groundside.keep.pairing import open_catalogue
from groundside.keep.rows import Stored
from groundside.model.caller import GENERAL
from groundside.model.lineage import Derived
from groundside.settings import Settings
from tests.keep_builders import T0, TESTER, add_original, guest, reading, stored
from tests.sealed import Sealed, home_in, opened, with_key


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sealed]:
    home_in(tmp_path / "home", monkeypatch)
    with opened(tmp_path / "archive") as it:
        yield it


def ids_with_keys(archive: Sealed) -> set[str]:
    with archive.catalogue.read() as reader:
        return set(reader.connection.scalars(select(object_key.c.object_id)))


def found(archive: Sealed, *objects: Stored) -> bool:
    """Whether each object's key is found in the catalogue, not in memory, and is the right one."""
    archive.custody.forget()
    return all(archive.keys.key_of(each.object_id) == each.key for each in objects)


def test_the_key_of_an_original_is_kept_with_it(archive: Sealed):
    new = archive.add()
    assert archive.keys.key_of(new.object_id) == new.key
    assert found(archive, new)
    with archive.catalogue.read() as reader:
        wrapped = reader.connection.scalar(select(object_key.c.wrapped))
    assert new.key not in wrapped


def test_a_key_is_found_by_the_commit_that_wrote_it_and_is_gone_when_that_is_undone(archive: Sealed):
    new = with_key()
    with pytest.raises(ZeroDivisionError), archive.catalogue.commit(TESTER) as writer:
        add_original(writer, what=new)
        assert found(archive, new)
        raise ZeroDivisionError
    archive.custody.forget()
    with pytest.raises(NotFound):
        archive.keys.key_of(new.object_id)


def test_the_key_of_a_case_that_was_never_committed_stands_for_nothing(archive: Sealed, tmp_path: Path):
    with pytest.raises(ZeroDivisionError), archive.catalogue.commit(TESTER) as writer:
        for _ in range(2):
            add_original(writer, what=with_key(), case="harbour")
        raise ZeroDivisionError
    with opened(tmp_path / "archive") as other:
        theirs = other.add("harbour")
    mine = archive.add("harbour")
    assert found(archive, theirs, mine)


def test_each_case_has_a_key_of_its_own(archive: Sealed):
    new = [archive.add(case) for case in ("harbour", "bridge", "harbour")]
    assert found(archive, *new)
    with archive.catalogue.commit(TESTER) as writer:
        assert writer.connection.scalar(select(func.count()).select_from(case_key)) == 2
        writer.connection.execute(delete(case_key).where(case_key.c.case_name == "harbour"))
    assert found(archive, new[1])
    for gone in (new[0], new[2]):
        with pytest.raises(NotFound, match="erased"):
            archive.keys.key_of(gone.object_id)


def test_the_same_wrapped_key_opens_no_other_object_case_or_version(archive: Sealed):
    one, two, other = archive.add(), archive.add(), archive.add("harbour")
    rows = {
        "another object's": {"object_id": one.object_id, "case_name": GENERAL, "case_version": 1},
        "another case's": {"object_id": other.object_id, "case_name": "harbour", "case_version": 1},
    }
    with archive.catalogue.read() as reader:
        wrapped = reader.connection.scalar(select(object_key.c.wrapped).where(object_key.c.object_id == two.object_id))
    for of in rows.values():
        with archive.catalogue.commit(TESTER) as writer:
            writer.connection.execute(
                update(object_key).where(object_key.c.object_id == of["object_id"]).values(wrapped=wrapped)
            )
        archive.custody.forget()
        with pytest.raises(Tampered):
            archive.keys.key_of(str(of["object_id"]))
    assert found(archive, two)


def test_a_key_is_bound_to_its_archive_case_version_and_object_even_where_the_same_key_wraps():
    wrapping = Wrapping(bytes(32))
    row = CaseKey("archive", "harbour", 2, wrapping).wrap("object", b"k" * 32)
    wrapped = bytes(row["wrapped"])  # type: ignore[arg-type]
    assert CaseKey("archive", "harbour", 2, wrapping).unwrap("object", wrapped) == b"k" * 32
    for archive, case, version, name in (
        ("other", "harbour", 2, "object"),
        ("archive", "bridge", 2, "object"),
        ("archive", "harbour", 1, "object"),
        ("archive", "harbour", 2, "other"),
    ):
        with pytest.raises(Tampered):
            CaseKey(archive, case, version, wrapping).unwrap(name, wrapped)


@pytest.mark.parametrize("change", [{"case_name": "bridge"}, {"version": 2}])
def test_the_key_of_a_case_is_that_of_no_other(archive: Sealed, change: dict[str, object]):
    archive.add("harbour")
    with archive.catalogue.commit(TESTER) as writer:
        writer.connection.execute(update(case_key).values(change))
        with pytest.raises(Tampered):
            archive.custody.cases.forget()
            archive.custody.cases.in_use(writer.connection, str(change.get("case_name", "harbour")))


def test_a_damaged_key_is_said_to_be_so(archive: Sealed):
    new = archive.add()
    with archive.catalogue.commit(TESTER) as writer:
        writer.connection.execute(update(object_key).values(wrapped=b"\0" * 60))
    archive.custody.forget()
    with pytest.raises(Tampered):
        archive.keys.key_of(new.object_id)


def test_many_keys_are_got_at_once_and_those_that_are_gone_left_out(archive: Sealed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cases_module, "_MOST", 1)
    new = [archive.add(case) for case in ("a", "b", "a", "c")]
    archive.custody.forget()
    ids = [each.object_id for each in new]
    assert archive.keys.keys_of([*ids, "f" * 32]) == {each.object_id: each.key for each in new}


def test_an_original_that_is_kept_anew_has_the_new_key_and_not_the_old_one(archive: Sealed):
    old = with_key(b"the same bytes")
    new = replace(with_key(b"the same bytes"), digest=old.digest)
    with archive.catalogue.commit(TESTER) as writer:
        original = add_original(writer, what=old)
        writer.point_original(original, new)
    assert ids_with_keys(archive) == {new.object_id}
    assert found(archive, new)


def test_the_keys_of_what_was_made_of_an_original_come_and_go_with_it(archive: Sealed):
    own, track, product = with_key(), with_key(), with_key()
    with archive.catalogue.commit(TESTER) as writer:
        original = add_original(writer, what=own, case="harbour")
        writer.set_reading(reading(original, track=track))
        writer.add_derived(product, "thumbnail", Derived(original, "thumb/1"))
    assert found(archive, own, track, product)
    with archive.catalogue.commit(guest("bridge")) as writer:
        writer.drop_derived([product.object_id])
    assert found(archive, product), "who may not see it cannot destroy its key"
    with archive.catalogue.commit(TESTER) as writer:
        writer.drop_derived([product.object_id, own.object_id])
    assert ids_with_keys(archive) == {own.object_id, track.object_id}
    with archive.catalogue.commit(TESTER) as writer:
        writer.clear_derived(original)
    assert ids_with_keys(archive) == {own.object_id}


def test_the_keys_of_many_files_at_once_come_and_go_with_them(archive: Sealed):
    own, made = [with_key() for _ in range(3)], [with_key() for _ in range(3)]
    new = [
        NewOriginal(stored=s, fingerprint=f"fp{n}", case=case, file_name="a", origin="card", job_id=None)
        for n, (s, case) in enumerate(zip(own, ("a", "b", "a"), strict=True))
    ]
    with archive.catalogue.commit(TESTER) as writer:
        originals = writer.add_originals(new, at_us=T0)
        objects = [
            NewObject(stored=s, original_id=o, kind="track", code="x/1") for s, o in zip(made, originals, strict=True)
        ]
        writer.add_readings([], [], objects)
        writer.add_readings([], [], [])
    assert found(archive, *own, *made)
    with archive.catalogue.commit(TESTER) as writer:
        writer.forget_readings(originals[:2])
    assert ids_with_keys(archive) == {s.object_id for s in (*own, made[2])}


def test_an_object_whose_key_would_be_lost_is_never_recorded(archive: Sealed, tmp_path: Path):
    with pytest.raises(RuntimeError, match="without a key"), archive.catalogue.commit(TESTER) as writer:
        add_original(writer, what=stored())
    archive.catalogue.custody = None
    with pytest.raises(RuntimeError, match="no custody"), archive.catalogue.commit(TESTER) as writer:
        add_original(writer, what=with_key())
    plain = open_folder(tmp_path / "plain", create=True)
    catalogue = open_catalogue(plain, None)
    catalogue.custody = Custody(Keyring(plain, Settings()))
    with pytest.raises(RuntimeError, match="with a key"), catalogue.commit(TESTER) as writer:
        add_original(writer, what=with_key())
    catalogue.close()


def test_a_plain_archive_has_no_rows_of_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home_in(tmp_path / "home", monkeypatch)
    with opened(tmp_path / "archive", Settings(encrypt=False)) as it:
        with it.catalogue.commit(TESTER) as writer:
            add_original(writer, what=stored())
        assert ids_with_keys(it) == set()
        it.catalogue.custody = None
        with it.catalogue.commit(TESTER) as writer:
            add_original(writer, what=stored())
        assert ids_with_keys(it) == set()


def test_the_ledger_is_signed_under_the_archives_own_name(archive: Sealed):
    signer = archive.custody.signer()
    assert signer.name == f"groundside/{archive.folder.id}"
    assert signer.verifier == archive.custody.verifier()
    assert archive.keyring.signing_seed().hex() not in repr(signer)


def test_keys_are_remembered_few_and_not_for_long():
    memory = Remembered(most=2, seconds=1000.0)
    for name in "abc":
        memory.put(name, name.encode())
        assert memory.get("a") or name == "c"
    assert [memory.get(name) for name in "abc"] == [b"a", None, b"c"]
    memory.forget()
    assert memory.get("a") is None
    late = Remembered(seconds=-1.0)
    late.put("a", os.urandom(32))
    assert late.get("a") is None
