"""For any bytes, in any pieces: what goes in comes out."""

import hashlib
import json
import math
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.keep.bucket import Bucket
from groundside.keep.bucket_address import address_of
from groundside.keep.canonical import canonical, noun, storable
from groundside.keep.store_disk import DiskStore
from groundside.keep.store_s3 import BucketStore
from groundside.keep.vault import Vault
from groundside.model.flight import Cut
from groundside.model.place import LonLat
from groundside.model.recording import Aircraft, Battery, TimeBasis
from tests.keep_builders import KeyBook, cut, open_vault, plain_vault, sealed_vault

pieces = st.lists(st.binary(max_size=200), max_size=8)
numbers = st.floats(allow_nan=True, allow_infinity=True)


@pytest.fixture(scope="module", params=["folder", "sealed folder", pytest.param("bucket", marks=pytest.mark.service)])
def vault(request: pytest.FixtureRequest) -> Iterator[Vault]:
    with tempfile.TemporaryDirectory() as name:
        if request.param == "folder":
            yield open_vault(Path(name))
        elif request.param == "sealed folder":
            yield sealed_vault(DiskStore(Path(name)), KeyBook())
        else:
            address = address_of(request.getfixturevalue("seaweed").settings())
            yield plain_vault(BucketStore(Path(name), Bucket(address)))


@settings(max_examples=60, deadline=None)
@given(parts=pieces, start=st.integers(0, 2000), length=st.none() | st.integers(0, 2000))
def test_a_range_is_what_slicing_gives(vault: Vault, parts: list[bytes], start: int, length: int | None):
    whole = b"".join(parts)
    kept = vault.put(parts)
    end = None if length is None else start + length
    assert vault.read(kept.object_id, start, length) == whole[start:end]
    assert kept.digest.hex == hashlib.sha256(whole).hexdigest()
    with vault.view(kept.object_id) as view:
        assert view == whole
    vault.discard(kept.object_id)


@settings(max_examples=40, deadline=None)
@given(parts=pieces, start=st.integers(0, 2000), length=st.integers(0, 2000))
def test_a_file_reads_wherever_one_goes_in_it(vault: Vault, parts: list[bytes], start: int, length: int):
    whole = b"".join(parts)
    kept = vault.put(parts)
    with vault.open(kept.object_id) as file:
        file.seek(start)
        assert file.read(length) == whole[start : start + length]
        file.seek(0)
        assert file.read() == whole
    vault.discard(kept.object_id)


@settings(max_examples=40, deadline=None)
@given(files=st.lists(pieces, max_size=6), flushes=st.sets(st.integers(0, 6)), unwanted=st.sets(st.integers(0, 6)))
def test_a_batch_keeps_what_putting_one_by_one_would(
    vault: Vault, files: list[list[bytes]], flushes: set[int], unwanted: set[int]
):
    wanted: dict[str, bytes] = {}
    with vault.batch() as batch:
        for number, parts in enumerate(files):
            kept = batch.put(parts)
            assert kept.digest.hex == hashlib.sha256(b"".join(parts)).hexdigest()
            if number in unwanted:
                batch.discard(kept.object_id)
            else:
                wanted[kept.object_id] = b"".join(parts)
            if number in flushes:
                batch.flush()
    assert {each: vault.read(each) for each in vault.ids()} == wanted
    for each in wanted:
        vault.discard(each)


@settings(max_examples=40, deadline=None)
@given(parts=pieces, stops=st.sets(st.integers(0, 8)))
def test_appending_with_any_interruptions_is_the_same_as_putting(vault: Vault, parts: list[bytes], stops: set[int]):
    growing = vault.append()
    for number, part in enumerate(parts):
        if number in stops:
            growing.close()
            growing = vault.append(growing.object_id)
        growing.write(part)
    kept = growing.seal()
    assert vault.read(kept.object_id) == b"".join(parts)
    assert (kept.size, kept.digest) == (vault.size(kept.object_id), vault.digest(kept.object_id))
    vault.discard(kept.object_id)


cuts = st.builds(
    cut,
    recording_s=st.none() | numbers,
    distance_m=st.none() | numbers,
    home=st.none() | st.builds(LonLat, st.floats(-180, 180), st.floats(-90, 90)),
    time_basis=st.sampled_from(TimeBasis),
    aircraft=st.builds(Aircraft, name=st.text(), serial=st.text()),
    batteries=st.lists(st.builds(Battery, serial=st.text()), max_size=2).map(tuple),
    inferences=st.lists(st.text(), max_size=3).map(tuple),
)


@settings(max_examples=80)
@given(summary=cuts)
def test_a_noun_comes_back_from_its_text_with_what_json_has_no_word_for_unknown(summary: Cut):
    text = canonical(summary)
    again = noun(Cut, text)
    assert canonical(again) == text
    for name in ("recording_s", "distance_m"):
        value = getattr(summary, name)
        assert getattr(again, name) == (value if value is not None and math.isfinite(value) else None)
    assert (again.home, again.time_basis, len(again.batteries)) == (
        summary.home,
        summary.time_basis,
        len(summary.batteries),
    )


@given(text=st.text(st.characters(codec=None)))  # surrogates too
def test_any_text_becomes_such_as_a_database_can_hold(text: str):
    held = storable(text)
    assert "\0" not in held
    assert held.encode("utf-8").decode("utf-8") == held
    assert json.loads(canonical({"name": text})) == {"name": held}
