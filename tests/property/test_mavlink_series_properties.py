"""What times records and brings values to other times gives what its twin gives, on any numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.native import _mavlink
from groundside.native.mavlink_clock import Anchors, times, times_plainly
from groundside.native.mavlink_series import Shown, held, held_plainly, linear, linear_plainly

FAR = 5
NEAR_TIMES = st.integers(-300, 300)
ANY_TIMES = st.integers(-8, 8) | NEAR_TIMES | st.integers(-(1 << 63), (1 << 63) - 1)
SAMPLE_TIMES = st.lists(st.integers(-200, 200) | st.integers(-(1 << 52), 1 << 52), unique=True, max_size=40).map(sorted)
ANGLES = st.sampled_from([0.0, -0.0, 90.0, 180.0, -180.0, 179.5, 359.0, 360.0, -1e-20, 720.0, 1e300])
FINITE = ANGLES | st.floats(allow_nan=False, allow_infinity=False) | st.floats(-400, 400)


def integers(numbers: Sequence[object]) -> np.ndarray:
    return np.array(numbers, np.int64)


@st.composite
def anchors(draw: st.DrawFn) -> Anchors:
    at = draw(st.lists(st.integers(0, 500), min_size=1, max_size=60, unique=True).map(sorted))
    starts = sorted({0, *draw(st.lists(st.integers(0, len(at) - 1), max_size=8))})
    each = st.lists(ANY_TIMES, min_size=len(at), max_size=len(at))
    base = draw(st.none() | st.lists(ANY_TIMES, min_size=len(starts), max_size=len(starts)).map(integers))
    device = draw(st.none() | each.map(integers))
    return Anchors(integers(at), integers(draw(each)), device, integers(starts), base)


@given(
    anchors(),
    st.lists(st.tuples(st.integers(-5, 505), ANY_TIMES, ANY_TIMES), max_size=60),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_records_are_timed_as_the_twin_times_them(
    known: Anchors, records: list[tuple[int, int, int]], in_order: bool, stated: bool
):
    at, device, boot = integers(sorted(records) if in_order else records).reshape(-1, 3).T.copy()
    given_boot = boot if stated else None
    ours = times(known, at, device, given_boot, FAR)
    with np.errstate(over="ignore"):
        assert ours.tolist() == times_plainly(known, at, device, given_boot, FAR).tolist()


@pytest.mark.parametrize("work", [times, times_plainly])
def test_what_a_record_says_itself_holds_only_near_to_what_the_anchors_say(work: Callable[..., np.ndarray]):
    known = Anchors(integers([0]), integers([1000]), None, integers([0]), integers([7]))
    said = integers([1000 + FAR, 1000 + FAR - 1, 1000 - FAR + 1, 1000 - FAR])
    at = integers([5, 5, 5, 5])
    assert work(known, at, at, said, FAR).tolist() == [1007, 1007 + FAR - 1, 1007 - FAR + 1, 1007]


@given(SAMPLE_TIMES, st.lists(NEAR_TIMES | st.integers(-(1 << 52), 1 << 52), max_size=60), st.integers(0, 300))
@settings(max_examples=200, deadline=None)
def test_what_holds_is_what_the_twin_says(samples: list[int], at: list[int], age: int):
    rows = [*at, *samples]
    ours = held(integers(samples), integers(rows), age)
    assert ours.tolist() == held_plainly(integers(samples), integers(rows), age).tolist()


@given(SAMPLE_TIMES, st.data(), st.sampled_from(Shown), st.integers(0, 400) | st.just(1 << 60))
@settings(max_examples=400, deadline=None)
def test_values_between_samples_are_those_of_the_twin_to_the_last_bit(
    samples: list[int], data: st.DataObject, shown: Shown, gap: int
):
    kind = FINITE if shown is Shown.AS_IS else st.floats(-1e6, 1e6) | ANGLES
    values = np.array(data.draw(st.lists(kind, min_size=len(samples), max_size=len(samples))), np.float64)
    at = integers([*data.draw(st.lists(NEAR_TIMES | st.integers(-(1 << 52), 1 << 52), max_size=60)), *samples])
    with np.errstate(all="ignore"):
        ours = linear(integers(samples), values, at, gap, shown)
        theirs = linear_plainly(integers(samples), values, at, gap, shown)
    assert np.array_equal(ours, theirs, equal_nan=True)


@pytest.mark.parametrize("angle", [0.0, -0.0, 359.999, 360.0, -0.5, -1e-300, 720.5, -1234.5, 1e18])
def test_one_angle_is_shown_as_numpy_shows_it(angle: float):
    one, values = integers([7]), np.array([angle])
    assert linear(one, values, one, 1, Shown.FULL_TURN).tolist() == [angle % 360.0]
    assert linear(one, values, one, 1, Shown.HALF_TURNS).tolist() == [(angle % 360.0 + 180.0) % 360.0 - 180.0]


def test_what_does_not_fit_together_is_refused():
    one, two, none = integers([0]), integers([0, 1]), integers([])
    number = np.zeros(1)
    for anchor in ((none, none, None, one, None), (two, one, None, one, None), (one, one, None, integers([1]), None),
                   (two, two, one, one, None), (two, two, None, two, one)):  # fmt: skip
        with pytest.raises(ValueError, match=r"needed|begins"):
            _mavlink.times(*anchor, one, one, None, 1, integers([0]))
    with pytest.raises(ValueError, match="needed"):
        _mavlink.times(one, one, None, one, None, two, one, None, 1, two.copy())
    with pytest.raises(ValueError, match="needed"):
        _mavlink.times(one, one, None, one, None, one, one, two, 1, one.copy())
    with pytest.raises(ValueError, match="needed"):
        _mavlink.linear(two, number, one, 1, 0, number)
    with pytest.raises(ValueError, match="needed"):
        _mavlink.held(one, two, 1, one.copy())
    with pytest.raises(ValueError, match="needed"):
        _mavlink.unwrap(np.zeros(2), number)
    with pytest.raises(ValueError, match="needed"):
        _mavlink.rows(b"", two, np.zeros(1, np.uint16), 0, np.zeros((2, 4), np.uint8))
    with pytest.raises(ValueError, match="255"):
        _mavlink.rows(b"", one, np.zeros(1, np.uint16), 256, np.zeros((1, 4), np.uint8))
    assert _mavlink.rows(b"", one, np.zeros(1, np.uint16), 0, np.zeros((1, 4), np.uint8)) == 2
    assert _mavlink.rows(bytes(12), integers([5]), np.full(1, 10, np.uint16), 0, np.zeros((1, 4), np.uint8)) == 2
