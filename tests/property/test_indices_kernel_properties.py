"""The kernel of indices and its NumPy twin store the same numbers, whatever the bands hold."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from groundside.native.indices import BANDS, KINDS, NAMES, NODATA, Band, Fate, Storing, index, index_plainly, tally


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
@settings(max_examples=250, deadline=None)
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
