"""For any bytes, in any pieces: what goes in comes out."""

import hashlib
import json
import math
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.keep.canonical import canonical, noun, storable
from groundside.model.flight import Cut
from groundside.model.place import LonLat
from groundside.model.recording import Aircraft, Battery, TimeBasis
from tests.keep_builders import cut, open_vault

pieces = st.lists(st.binary(max_size=200), max_size=8)
numbers = st.floats(allow_nan=True, allow_infinity=True)


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@settings(max_examples=60)
@given(parts=pieces, start=st.integers(0, 2000), length=st.none() | st.integers(0, 2000))
def test_a_range_is_what_slicing_gives(folder: Path, parts: list[bytes], start: int, length: int | None):
    vault, whole = open_vault(folder), b"".join(parts)
    kept = vault.put(parts)
    end = None if length is None else start + length
    assert vault.read(kept.object_id, start, length) == whole[start:end]
    assert kept.digest.hex == hashlib.sha256(whole).hexdigest()
    with vault.view(kept.object_id) as view:
        assert view == whole
    vault.discard(kept.object_id)


@settings(max_examples=40)
@given(parts=pieces, stops=st.sets(st.integers(0, 8)))
def test_appending_with_any_interruptions_is_the_same_as_putting(folder: Path, parts: list[bytes], stops: set[int]):
    vault = open_vault(folder)
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
