"""For any content in any pieces: what was sealed comes back, whichever range is asked for, and nothing else does."""

import io
import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.errors import Tampered
from groundside.keep.sealing.opening import open_sealed, view_sealed
from groundside.keep.sealing.stream import CHUNK, TAG, chunks_of, content_size, seal, sealed_size

OBJECT, KEY = "c" * 32, b"k" * 32
MAKING = random.Random(17).randbytes(3 * CHUNK + 17)
near = st.sampled_from([0, CHUNK, 2 * CHUNK, 3 * CHUNK]).flatmap(lambda place: st.integers(place - 3, place + 3))
places = st.one_of(near, st.integers(0, len(MAKING))).map(lambda place: min(max(place, 0), len(MAKING)))


def cut(content: bytes, at: list[int]) -> list[memoryview]:
    ends = [0, *sorted(each for each in at if each <= len(content)), len(content)]
    return [memoryview(content)[a:b] for a, b in itertools.pairwise(ends)]


@settings(max_examples=60, deadline=None)
@given(size=places, at=st.lists(places, max_size=6), ranges=st.lists(st.tuples(places, places), max_size=5))
def test_any_pieces_in_give_any_range_out(size: int, at: list[int], ranges: list[tuple[int, int]]):
    content = MAKING[:size]
    raw = b"".join(bytes(piece) for piece in seal(cut(content, at), KEY, OBJECT))
    assert len(raw) == sealed_size(size)
    with open_sealed(OBJECT, KEY, io.BytesIO(raw)) as file:
        for start, length in ranges:
            file.seek(start)
            assert file.read(length) == content[start : start + length]
        file.seek(0)
        assert file.read() == content
    with view_sealed(OBJECT, KEY, memoryview(raw)) as view:
        assert view == content


@settings(max_examples=60, deadline=None)
@given(size=st.integers(0, 2000), place=st.integers(0, 1 << 30), change=st.integers(1, 255), length=st.integers(0, 3))
def test_no_other_bytes_open(size: int, place: int, change: int, length: int):
    raw = b"".join(bytes(piece) for piece in seal([MAKING[:size]], KEY, OBJECT))
    at = place % len(raw)
    for other in (
        raw[:at] + bytes([raw[at] ^ change]) + raw[at + 1 :],
        raw[:at],
        raw[:at] + raw[at + 1 + length :],
        raw[:at] + bytes(1 + length) + raw[at:],
    ):
        with pytest.raises(Tampered), view_sealed(OBJECT, KEY, memoryview(other)):
            pass


@given(size=st.integers(0, 1 << 52))
def test_the_size_of_a_content_follows_from_that_of_the_object_and_back(size: int):
    assert content_size(OBJECT, sealed_size(size)) == size


@settings(max_examples=500)
@given(sealed=st.integers(0, 1 << 30) | st.integers(0, 300).map(lambda n: n * (CHUNK + TAG) + 16))
def test_a_size_is_either_that_of_exactly_one_content_or_refused(sealed: int):
    try:
        size = content_size(OBJECT, sealed)
    except Tampered:
        rest = (sealed - 16) % (CHUNK + TAG)
        assert sealed < 32 or rest <= TAG
    else:
        assert sealed == 16 + size + 16 * chunks_of(size)
