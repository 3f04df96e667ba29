"""Whatever the rates: what is allowed is never passed, pieces are large enough, and grids come back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.ndimage import label

from groundside.model.agronomy import Limits
from groundside.produce.crop.prescribe.shaping import NONE, by_share, by_size, smoothed, without_small
from groundside.produce.crop.prescribe.zones import Shaping, of_rates
from groundside.produce.crop.products import PRODUCTS
from groundside.see.exports.prescriptions.isoxml import rates_grid, zones_grid
from tests.prescriptions import grid, prescription

SHAPES = arrays.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12)
RATES = SHAPES.flatmap(
    lambda shape: arrays.arrays(np.float64, shape, elements=st.one_of(st.floats(0, 300), st.just(float("nan"))))
)
CLASSES = SHAPES.flatmap(lambda shape: arrays.arrays(np.int64, shape, elements=st.integers(NONE, 3)))


@settings(deadline=None)
@given(RATES, st.floats(1, 200), st.floats(0, 60), st.floats(0, 40), st.integers(1, 6), st.sampled_from(list(PRODUCTS)))
def test_no_cell_gets_more_than_is_allowed_or_less_than_the_machine_can(
    rates: np.ndarray, cap: float, least: float, width: float, zones: int, product: str
):
    within = np.ones(rates.shape, bool)
    if not np.isfinite(rates).any():
        return
    shaping = Shaping(width, 0.02, zones, Limits(cap, "law", least, 400.0), PRODUCTS[product])
    made = of_rates(rates, within, grid(*rates.shape), shaping)
    for zone in made.zones:
        assert zone.nitrogen_kg_ha <= cap + 1e-9
        assert zone.rate == 0.0 or least - 0.01 <= zone.rate <= 400.0
        assert zone.cells == (made.codes == zone.code).sum() > 0
    assert ((made.codes > 0) == np.isfinite(rates)).all()


@settings(deadline=None)
@given(CLASSES, st.integers(1, 8))
def test_after_merging_only_pieces_without_a_neighbour_are_small(classes: np.ndarray, least: int):
    found, count = without_small(classes, least, range(4))
    assert ((found == NONE) == (classes == NONE)).all()
    assert set(np.unique(found)) <= set(np.unique(classes))
    assert (count == 0) == (found == classes).all()
    apart, islands = label(classes != NONE)
    for kind in range(4):
        pieces, many = label(found == kind)
        for n in range(1, many + 1):
            size = (pieces == n).sum()
            assert size >= least or size == (apart == apart[pieces == n][0]).sum()
    assert islands == label(found != NONE)[1]


@settings(deadline=None)
@given(RATES, st.integers(1, 8))
def test_classes_rise_with_the_values_and_have_no_gap(values: np.ndarray, count: int):
    for classed in (by_share, by_size):
        classes, spans = classed(values, count)
        assert ((classes == NONE) == np.isnan(values)).all()
        assert sorted(set(classes[classes != NONE].tolist())) == list(range(len(spans)))
        assert all(low <= high for low, high in spans)
        assert all(one[1] < other[0] for one, other in pairwise(spans))
        assert len(spans) <= count + 1


@settings(deadline=None)
@given(RATES, st.floats(0, 8))
def test_what_is_smoothed_stays_between_the_least_and_the_most(values: np.ndarray, width: float):
    found = smoothed(values, width)
    assert (np.isnan(found) == np.isnan(values)).all()
    if np.isfinite(values).any():
        assert np.nanmin(found) >= np.nanmin(values) - 1e-5
        assert np.nanmax(found) <= np.nanmax(values) + 1e-5


@settings(deadline=None)
@given(SHAPES.flatmap(lambda s: arrays.arrays(np.int64, s, elements=st.integers(-1, 40))))
def test_a_grid_read_from_south_to_north_is_what_was_meant(hundreds: np.ndarray):
    rates = np.where(hundreds < 0, np.nan, hundreds / 4)
    made = prescription(rates.tolist())
    back = np.frombuffer(rates_grid(made), "<i4").reshape(rates.shape)[::-1] / 100
    assert (back == np.nan_to_num(rates)).all()
    codes = np.frombuffer(zones_grid(made), np.uint8).reshape(rates.shape)[::-1]
    assert (np.array([0.0, *(zone.rate for zone in made.zones)])[codes] == back).all()
