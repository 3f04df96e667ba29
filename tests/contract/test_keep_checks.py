"""Verifying: exactly what is wrong is named, and nothing else."""

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from groundside.archive.store import Store
from groundside.keep.catalogue import Catalogue
from groundside.keep.checks import Fault, FaultKind, Verification, verify
from groundside.keep.rows import CutRef, Fit
from groundside.keep.tracks import put_track
from groundside.keep.vault import Vault
from groundside.model.caller import EVERYTHING
from tests.keep_builders import (
    T0,
    TESTER,
    add_flight,
    add_original,
    facts,
    kept_cut,
    open_parts,
    open_vault,
    reading,
    track,
)


@pytest.fixture
def catalogue(catalogue_url: str, tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(catalogue_url, backup_folder=tmp_path / "backups")
    yield opened
    opened.close()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return open_vault(tmp_path)


def keep(vault: Vault, catalogue: Catalogue, count: int) -> list[str]:
    """Keep originals called log-0, log-1, ...; give their object ids."""
    kept = [vault.put([f"content {n}".encode() * 50]) for n in range(count)]
    with catalogue.commit(TESTER) as writer:
        for number, each in enumerate(kept):
            add_original(writer, f"log-{number}", what=each)
            writer.event("ingest", at_us=T0)
    return [each.object_id for each in kept]


def flip_a_bit(tmp_path: Path, object_id: str, chance: random.Random) -> None:
    (file,) = (tmp_path / "objects").rglob(object_id)
    content = bytearray(file.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content)


def corrupt(catalogue: Catalogue, *statements: str) -> None:
    with catalogue.commit(TESTER) as writer:
        for each in statements:
            writer.connection.execute(text(each))


def the_fault(found: Verification) -> Fault:
    (fault,) = found.faults
    return fault


def test_an_archive_that_is_whole_has_no_faults_and_each_object_is_counted(vault: Vault, catalogue: Catalogue):
    keep(vault, catalogue, 3)
    told: list[tuple[int, ...]] = []
    found = verify(vault, catalogue, progress=lambda *done: told.append(done))
    assert (found.faults, found.leftovers, found.objects, found.size) == ((), (), 3, 3 * 9 * 50)
    assert told == [(1, 3, 450, 1350), (2, 3, 900, 1350), (3, 3, 1350, 1350)]


@pytest.mark.parametrize("count", [1, 2, 10, 100])
def test_exactly_the_corrupted_objects_are_named_with_their_files(
    vault: Vault, catalogue: Catalogue, tmp_path: Path, count: int
):
    kept, chance = keep(vault, catalogue, 120), random.Random(count)
    chosen = chance.sample(range(120), count)
    for number in chosen:
        flip_a_bit(tmp_path, kept[number], chance)
    faults = verify(vault, catalogue).faults
    assert {f.about for f in faults} == {kept[n] for n in chosen}
    assert {f.kind for f in faults} == {FaultKind.TAMPERED}
    for number in chosen:
        assert any(f.what.startswith(f"log-{number} was kept as ") for f in faults)


def test_an_object_that_is_gone_or_of_another_size_is_named(vault: Vault, catalogue: Catalogue, tmp_path: Path):
    gone, longer, _ = keep(vault, catalogue, 3)
    vault.discard(gone)
    (file,) = (tmp_path / "objects").rglob(longer)
    with file.open("ab") as end:
        end.write(b"x")
    faults = {f.about: f for f in verify(vault, catalogue).faults}
    assert faults[gone].kind is FaultKind.MISSING
    assert faults[longer].what == f"log-1: 450 bytes were kept, 451 are there now (object {longer})."
    assert len(faults) == 2


def test_a_damaged_track_is_named_with_its_original(vault: Vault, catalogue: Catalogue, tmp_path: Path):
    kept = vault.put([b"abc"])
    made = put_track(vault, track(50))
    with catalogue.commit(TESTER) as writer:
        original = add_original(writer, what=kept)
        writer.set_reading(reading(original, track=made))
    flip_a_bit(tmp_path, made.object_id, random.Random(1))
    fault = the_fault(verify(vault, catalogue))
    assert fault.about == made.object_id
    assert original in fault.what


def test_what_nothing_refers_to_is_a_leftover_and_no_fault(vault: Vault, catalogue: Catalogue):
    keep(vault, catalogue, 1)
    loose = vault.put([b"loose"])
    found = verify(vault, catalogue)
    assert (found.faults, found.leftovers) == ((), (loose.object_id,))


def test_a_sample_reads_only_so_many_but_sees_whatever_is_gone(vault: Vault, catalogue: Catalogue):
    kept = keep(vault, catalogue, 10)
    vault.discard(kept[4])
    for sample in (0, 3, 50):
        found = verify(vault, catalogue, sample)
        assert found.objects == min(sample, 10)
        assert the_fault(found).about == kept[4]


def test_an_event_that_was_taken_out_leaves_a_gap_that_is_named(vault: Vault, catalogue: Catalogue):
    keep(vault, catalogue, 5)
    corrupt(catalogue, "DELETE FROM event WHERE seq = 3")
    assert the_fault(verify(vault, catalogue)).about == "2"
    corrupt(catalogue, "DELETE FROM event WHERE seq <= 2")
    assert the_fault(verify(vault, catalogue)).about == "0"


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("DELETE FROM flight_source", "no file tells of it"),
        ("DELETE FROM cut", "a source of it is not among the cuts"),
        ("UPDATE flight_source SET ordinal = 7", "the file its track was chosen from is none of its sources"),
    ],
)
def test_a_flight_that_does_not_fit_its_sources_is_named(vault: Vault, catalogue: Catalogue, statement: str, what: str):
    kept = vault.put([b"abc"])
    with catalogue.commit(TESTER) as writer:
        original, flight = add_flight(writer)
        writer.update_flight(flight, facts(chosen=CutRef(original, 0)))
        writer.connection.execute(
            text(f"UPDATE original SET object_id='{kept.object_id}', digest='{kept.digest}', size=3")
        )
    assert verify(vault, catalogue).faults == ()
    corrupt(catalogue, statement)
    faults = verify(vault, catalogue).faults
    assert f"Flight {flight}: {what}." in {f.what for f in faults}
    assert {f.about for f in faults} == {flight}


def test_while_a_rebuild_is_under_way_nothing_is_at_fault(vault: Vault, catalogue: Catalogue):
    kept = vault.put([b"abc"])
    with catalogue.commit(TESTER) as writer:
        original = add_original(writer, what=kept)
        writer.set_reading(reading(original))
        flight = writer.add_flight("general", facts(), at_us=T0)
        writer.attach_source(flight, CutRef(original, 0), Fit(chosen=True))
        writer.clear_derived()
    assert verify(vault, catalogue).faults == ()


def test_a_reference_to_a_row_that_is_gone_is_named(
    vault: Vault, catalogue: Catalogue, catalogue_url: str, request: pytest.FixtureRequest
):
    keep(vault, catalogue, 1)
    statement = "INSERT INTO note (flight_id, key, text, author, at_us) VALUES ('nobody', 'remark', 'x', 'someone', 1)"
    if make_url(catalogue_url).get_backend_name() == "sqlite":
        with sqlite3.connect(make_url(catalogue_url).database or "") as connection:
            connection.execute(statement)
        connection.close()
    else:
        unchecked = f"SET session_replication_role = replica; {statement}"
        request.getfixturevalue("postgres").execute(unchecked, make_url(catalogue_url).database)
    assert "table note refers to a row of flight" in the_fault(verify(vault, catalogue)).what


def test_what_is_dropped_and_discarded_while_we_look_is_no_fault(vault: Vault, catalogue: Catalogue):
    kept = vault.put([b"abc"])
    made = put_track(vault, track(5))
    with catalogue.commit(TESTER) as writer:
        original = add_original(writer, what=kept)
        writer.set_reading(reading(original, track=made))

    def meanwhile(done: int, *_: int) -> None:
        if done == 1:
            with catalogue.commit(TESTER) as writer:
                writer.drop_derived([made.object_id])
            vault.discard(made.object_id)

    assert verify(vault, catalogue, progress=meanwhile).faults == ()
    with catalogue.read() as reader:
        assert reader.derived_objects(EVERYTHING) == []


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[tuple[Store, list[str]]]:
    """A sealed archive with one small object and one of more than two chunks; and their ids."""
    opened = open_parts(tmp_path / "sealed", None, sealed=True)
    kept = [opened.vault.put([content]) for content in (b"small", bytes(5 << 19))]
    with opened.catalogue.commit(TESTER) as writer:
        for number, each in enumerate(kept):
            add_original(writer, f"log-{number}", what=each)
    yield opened, [each.object_id for each in kept]
    opened.close()


def look(opened: Store) -> Verification:
    return verify(opened.vault, opened.catalogue)


def test_of_an_altered_object_the_chunks_and_what_can_still_be_read_are_named(sealed: tuple[Store, list[str]]):
    opened, (_, large) = sealed
    [file] = opened.folder.path.rglob(large)
    content = bytearray(file.read_bytes())
    content[16 + (1 << 20) + 16 + 5] ^= 1
    file.write_bytes(content)
    assert the_fault(look(opened)).what == (
        "log-1: altered in chunk 1 (bytes 1,048,576 to 2,097,151); the other 1,572,864 of its 2,621,440 bytes can be "
        f"read (object {large})"
    )


def test_an_object_without_its_key_is_told_from_one_whose_bytes_are_gone(sealed: tuple[Store, list[str]]):
    opened, (small, large) = sealed
    corrupt(opened.catalogue, f"DELETE FROM object_key WHERE object_id = '{small}'")
    opened.vault.discard(large)
    opened.custody.forget()
    faults = {each.about: each for each in look(open_again(opened)).faults}
    assert faults[small].kind is FaultKind.KEY
    assert "its key is gone" in faults[small].what
    assert faults[large].kind is FaultKind.MISSING
    assert "its bytes are gone" in faults[large].what


def open_again(opened: Store) -> Store:
    """As another process would, which remembers no key."""
    return open_parts(opened.folder.path, None, sealed=True)


@pytest.mark.parametrize(
    ("statement", "about"),
    [
        ("UPDATE object_key SET wrapped = zeroblob(60) WHERE object_id = '{small}'", "object_key {small}"),
        ("UPDATE case_key SET wrapped = zeroblob(64)", "case_key general/1"),
        ("DELETE FROM case_key", "case_key general/1"),
        ("UPDATE original SET size = size + 1 WHERE object_id = '{small}'", "original {original}"),
        ("UPDATE original SET digest = 'x' WHERE object_id = '{small}'", "original {original}"),
        (
            "INSERT INTO object_key SELECT '{ghost}', case_name, 1, wrapped FROM object_key LIMIT 1",
            "object_key {ghost}",
        ),
    ],
)
def test_one_altered_row_is_one_fault(sealed: tuple[Store, list[str]], statement: str, about: str):
    opened, (small, _) = sealed
    with opened.catalogue.read() as reader:
        original = next(each.id for each in reader.originals(EVERYTHING) if each.object_id == small)
    names = {"small": small, "original": original, "ghost": "0" * 32}
    corrupt(opened.catalogue, statement.format(**names))
    faults = look(open_again(opened)).faults
    assert {each.about for each in faults} == {about.format(**names)}


def test_altered_hours_of_a_flight_are_found_in_its_row_and_in_the_sums(sealed: tuple[Store, list[str]]):
    opened, _ = sealed
    with opened.catalogue.commit(TESTER) as writer:
        kept = opened.vault.put([b"abc"])
        original = add_original(writer, what=kept)
        writer.set_reading(reading(original))
        flight = writer.add_flight("general", facts(), at_us=T0)
        writer.attach_source(flight, CutRef(original, 0), Fit(chosen=True))
        writer.set_cuts(original, [kept_cut(original)])
    assert look(opened).faults == ()
    corrupt(opened.catalogue, "UPDATE flight SET airborne_s = airborne_s * 10")
    assert the_fault(look(opened)).about == f"flight {flight}"
    corrupt(opened.catalogue, "UPDATE flight SET airborne_s = airborne_s / 10")
    corrupt(opened.catalogue, "UPDATE flight_sum SET airborne_us = airborne_us * 10")
    assert the_fault(look(opened)).about.startswith("flight_sum general/")


def test_a_keyring_that_was_damaged_is_named_and_ends_the_search(sealed: tuple[Store, list[str]]):
    opened, _ = sealed
    assert look(opened).faults == ()
    ring = opened.folder.path / "keys" / "keyring.json"
    ring.write_bytes(ring.read_bytes().replace(b'"secrets"', b'"secretz"'))
    fault = the_fault(look(opened))
    assert (fault.kind, fault.about) == (FaultKind.KEY, "keys/keyring.json")
