"""The kernels that lay one track on another and their plain twins say the same, whatever the tracks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.native.fitting import WIDTHS_MS, Followed, Near, apart, joined, lay_out, may_lie
from groundside.native.fitting_plain import Said, apart_plainly, lay_out_plainly, may_lie_plainly

SEEDS = st.integers(0, 2**32 - 1)


def track(rng: np.random.Generator, count: int, scale: float) -> np.ndarray:
    """Seconds, metres east, metres north; now and then a moment told twice, a stop, or a leap."""
    steps = rng.choice([0.0, 0.1, 1.0, 7.0], count, p=[0.1, 0.4, 0.4, 0.1])
    moves = rng.normal(0.0, scale, (2, count)) * rng.choice([0.0, 1.0, 30.0], count, p=[0.3, 0.6, 0.1])
    return np.vstack((np.cumsum(steps) - steps[0], np.cumsum(moves, axis=1)))


@given(SEEDS, st.integers(1, 70), st.integers(2, 90), st.sampled_from([0.0, 3.0, 1e7, 1e300]))
@settings(max_examples=150, deadline=None)
def test_distances_at_every_offset_are_the_same_to_the_last_bit(seed, clip_count, flight_count, scale):
    rng = np.random.default_rng(seed)
    clip, flight = track(rng, clip_count, scale), track(rng, flight_count, scale)
    offsets = rng.uniform(-20.0, flight[0, -1] + 20.0, 40)
    covered = float(rng.choice([0.0, 0.8, 1.0]))
    with np.errstate(all="ignore"):
        found = apart(clip, Followed(flight), offsets, covered)
    with np.errstate(all="ignore"):
        assert found.tolist() == apart_plainly(clip, flight, offsets, covered).tolist()


def laid(rng: np.random.Generator, like: np.ndarray | None, make, closer: bool):
    """Lay out a track; one like another is a stretch of that, a little off."""
    found = track(rng, int(rng.integers(2, 120)), 4.0) if like is None else like[:, int(rng.integers(0, 5)) :].copy()
    found[0] = np.round((found[0] - found[0, 0]) * 1000.0)
    positions = np.vstack((found[:1], found[1:] * 100.0 + rng.normal(0.0, 50.0, (2, found.shape[1]))))
    judged = np.unique(rng.integers(0, found.shape[1], int(rng.integers(1, 80))))
    widths = WIDTHS_MS if closer else WIDTHS_MS[:-1]
    by_width = [make(positions, judged, width, 20.0) for width in widths]
    return joined(int(positions[0, -1]), judged.size, by_width if closer else [*by_width, None])


@given(SEEDS, st.booleans(), st.booleans())
@settings(max_examples=120, deadline=None)
def test_layouts_and_what_is_ruled_out_by_them_are_the_same(seed, alike, closer):
    by = []
    for make in (lay_out, lay_out_plainly):
        rng = np.random.default_rng(seed)
        base = track(rng, 90, 4.0)
        by.append([laid(rng, base, make, closer), laid(rng, base if alike else None, make, closer)])
    for kernel, twin in zip(*by, strict=True):
        assert kernel.tolist() == twin.tolist()
    (one, other), rng = by[0], np.random.default_rng(seed)
    near = Near(*(float(rng.choice(some)) for some in ([10.0, 300.0, 3000.0], [0.5, 0.72, 1.0], [0.0, 0.9, 1.0])))
    assert may_lie(one, [other, one], near) == [may_lie_plainly(one, other, near), may_lie_plainly(one, one, near)]
    assert may_lie(one, [one], near) == [Said.MAY if closer else Said.CLOSER]


@pytest.mark.parametrize("make", [lay_out, lay_out_plainly])
def test_what_does_not_fit_into_whole_centimetres_has_no_layout(make):
    far = np.array([[0.0, 1000.0], [0.0, 3e9], [0.0, 0.0]])
    assert make(far, np.array([0]), 500.0, 1.0) is None
    assert make(far[:, ::-1], np.array([0]), 500.0, 1.0) is None
    assert make(far / 1e3, np.array([1, 0]), 500.0, 1.0) is None
    assert make(far / 1e3, np.array([2]), 500.0, 1.0) is None


def test_arrays_that_do_not_belong_together_are_a_defect_of_the_caller():
    with pytest.raises(ValueError, match="too few"):
        Followed(np.zeros((3, 1)))
    with pytest.raises(ValueError, match="too few"):
        apart(np.zeros((3, 0)), Followed(np.zeros((3, 2))), np.zeros(1), 0.8)
    with pytest.raises(ValueError, match="belong together"):
        Followed(np.zeros((2, 5)))
    with pytest.raises(ValueError, match="no layout"):
        may_lie(np.zeros(4, dtype=np.int32), [np.zeros(5, dtype=np.int32)], Near(1.0, 0.5))
    with pytest.raises(ValueError, match="no layout"):
        may_lie_plainly(np.array([10, 1, 2, 2, 2], dtype=np.int32), np.zeros(5, dtype=np.int32), Near(1.0, 0.5))


@pytest.mark.parametrize("shares", [(0.0, 0.5), (1.1, 0.0), (np.nan, 0.0), (0.5, -0.1), (0.5, np.nan)])
def test_what_is_no_share_of_positions_is_refused(shares):
    by = track(np.random.default_rng(1), 90, 4.0)
    one = laid(np.random.default_rng(2), by, lay_out, closer=True)
    with pytest.raises(ValueError, match="no layout"):
        may_lie(one, [one], Near(1.0, *shares))
    with pytest.raises(ValueError, match="no share"):
        may_lie_plainly(one, one, Near(1.0, *shares))
