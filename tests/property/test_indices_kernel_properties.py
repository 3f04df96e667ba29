"""The kernel of indices and its NumPy twin store the same numbers, whatever the bands hold."""

from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from groundside import native
from groundside.native.indices import (
    BANDS,
    KINDS,
    NAMES,
    NODATA,
    Band,
    Fate,
    Storing,
    differences,
    index,
    index_plainly,
    tally,
    undo_differences,
)
from groundside.produce.crop.indices.known import named


@st.composite
def runs(draw: st.DrawFn) -> tuple[dict[str, Band], np.ndarray | None]:
    count = draw(st.integers(0, 40))
    bands = {}
    for name in BANDS:
        kind = np.dtype(draw(st.sampled_from(KINDS)))
        whole = {} if kind.kind == "f" else {"elements": st.sampled_from([0, 1, 100, 127]) | hnp.from_dtype(kind)}
        raw = draw(hnp.arrays(kind, count, **whole))
        number = st.sampled_from([float("nan"), 0.0, 1.0, 255.0, 65535.0])
        bands[name] = Band(
            raw,
            draw(st.sampled_from([1.0, 1e-4, 1 / 65535])),
            draw(st.sampled_from([0.0, -0.1])),
            draw(number),
            draw(number),
        )
    valid = draw(st.none() | hnp.arrays(np.uint8, count, elements=st.integers(0, 2)))
    return bands, valid


@given(
    st.sampled_from(NAMES), runs(), st.sampled_from([Storing(), Storing(1000.0), Storing(10_000.0, -10_000, 10_000)])
)
@settings(max_examples=100, deadline=None)
def test_kernel_and_twin_agree_on_every_number_and_every_fate(name, run, storing):
    bands, valid = run
    count = len(bands["red"].raw)
    by_kernel, by_twin = np.empty(count, np.int16), np.empty(count, np.int16)
    one, other = tally(), tally()
    index(name, bands, storing, by_kernel, one, valid)
    index_plainly(name, bands, storing, by_twin, other, valid)
    assert by_kernel.tolist() == by_twin.tolist()
    assert one.fates.tolist() == other.fates.tolist()
    assert np.array_equal(one.histogram, other.histogram)
    assert one.fates.sum() == count
    assert (by_kernel == NODATA).sum() == count - one.fates[Fate.GIVEN]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("numbers", "limits"),
    [
        ({}, (1, 60_000)), ({"nodata": 0.0}, (0, 4000)), ({"nodata": 7.0, "saturated": 3999.5}, (0, 4000)),
        ({"saturated": 65535.0}, (65_000, 65_535)), ({"scale": 1e-4}, (0, 9000)), ({"nodata": -1.0}, (0, 3)),
        ({"nodata": 0.5, "saturated": 0.0}, (0, 3)), ({"saturated": 1e9, "nodata": 65535.0}, (65_534, 65_535)),
    ],
)  # fmt: skip
def test_pictures_in_whole_numbers_take_the_quick_way_to_the_same(name, numbers, limits):
    rng = np.random.default_rng(len(name) + limits[1])
    drawn = {band: rng.integers(*limits, 1600, endpoint=True).astype(np.uint16) for band in BANDS}
    drawn["nir"][600:] = np.maximum(drawn["nir"][600:], drawn["red"][600:])
    every = {band: Band(raw, **numbers) for band, raw in drawn.items()}
    needed = {band: every[band] for band in named(name).bands}
    limits = (Storing(), Storing(10_000.0, -10_000, 10_000), Storing(10_000.0, -9000, 10_000), Storing(-10_000.0))
    for bands, storing in product((every, needed), limits):
        (by_kernel, one), (by_twin, other) = ((np.empty(1600, np.int16), tally()) for _ in range(2))
        index(name, bands, storing, by_kernel, one, None)
        index_plainly(name, bands, storing, by_twin, other, None)
        assert by_kernel.tolist() == by_twin.tolist()
        assert one.fates.tolist() == other.fates.tolist()
        assert np.array_equal(one.histogram, other.histogram)


@given(st.integers(0, 65534), st.integers(0, 65534))
@example(100, 200)
@settings(deadline=None)
def test_whole_numbers_without_sign_never_wrap(nir, red):
    out, into = np.empty(1, np.int16), tally()
    bands = {"nir": Band(np.array([nir], np.uint16)), "red": Band(np.array([red], np.uint16))}
    index("ndvi", bands, Storing(), out, into, None)
    if nir + red == 0:
        assert out[0] == NODATA
    else:
        assert out[0] == np.rint((nir - red) / (nir + red) * 10_000.0)


@pytest.mark.parametrize("count", [1023, 1024, 1025, 5000])
def test_the_ends_of_a_chunk_are_computed_like_its_middle(count):
    raw = np.arange(count, dtype=np.uint16) + 1
    bands = {"nir": Band(raw[::-1].copy()), "red": Band(raw)}
    one, other = np.empty(count, np.int16), np.empty(count, np.int16)
    index("ndvi", bands, Storing(), one, tally(), None)
    index_plainly("ndvi", bands, Storing(), other, tally(), None)
    assert np.array_equal(one, other)


def test_arrays_that_do_not_belong_together_are_a_defect_of_the_caller():
    out = np.empty(3, np.int16)
    bands = {"nir": Band(np.ones(3, np.uint16)), "red": Band(np.ones(2, np.uint16))}
    with pytest.raises(ValueError, match="same shape"):
        index("ndvi", bands, Storing(), out, tally(), None)
    with pytest.raises(ValueError, match="cannot be stored"):
        good = {"nir": Band(np.ones(3, np.uint16)), "red": Band(np.ones(3, np.uint16))}
        index("ndvi", good, Storing(low=-40_000.0), out, tally(), None)


@given(
    st.sampled_from(["uint8", "int16", "uint16", "uint32"]), st.integers(0, 5), st.integers(0, 9), st.integers(1, 5),
    st.randoms(use_true_random=False),
)  # fmt: skip
@settings(deadline=None)
def test_kernel_and_twin_undo_the_same_differences_in_every_band(kind, rows, columns, apart, chance):
    limits = np.iinfo(kind)
    flat = [chance.randint(limits.min, limits.max) for _ in range(rows * columns * apart)]
    numbers = np.array(flat, kind).reshape(rows, columns * apart)
    by_kernel, by_twin = numbers.copy(), numbers.copy()
    undo_differences(by_kernel, apart)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "PLAIN", True)
        undo_differences(by_twin, apart)
    assert by_kernel.tolist() == by_twin.tolist()
    back = by_kernel.astype(np.int64).reshape(rows, columns, apart)
    again = np.diff(back, axis=1, prepend=0).astype(kind).reshape(numbers.shape)
    assert again.tolist() == numbers.tolist()


@given(hnp.arrays(np.int16, hnp.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=70)))
@settings(deadline=None)
def test_differences_are_undone_by_their_undoing_and_the_twin_makes_the_same(block):
    made, by_twin = np.empty_like(block), np.empty_like(block)
    differences(block, made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "PLAIN", True)
        differences(block, by_twin)
    assert made.tolist() == by_twin.tolist()
    undo_differences(made, 1)
    assert made.tolist() == block.tolist()


def test_rows_that_are_none_are_a_defect_of_the_caller():
    for numbers, apart in (
        (np.zeros(4, np.uint16), 1), (np.zeros((2, 4)), 1), (np.zeros((2, 4), np.uint16)[:, ::2], 1),
        (np.zeros((2, 4), np.uint16), 0), (np.zeros((2, 4), np.uint64), 1),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"needed|bytes"):
            undo_differences(numbers, apart)
    with pytest.raises(ValueError, match="belong together"):
        differences(np.zeros((2, 3), np.int16), np.zeros((3, 2), np.int16))
