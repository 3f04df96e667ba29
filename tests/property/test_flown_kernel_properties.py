"""The kernels that pass over a track's columns and their plain twins say the same, to the last bit."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.model.place import LonLat
from groundside.native import flown, flown_plain
from groundside.native.flown import Lifting, Rate
from groundside.native.outlines import thinned_rows
from groundside.reference import naming
from groundside.reference.cells import cells_of
from groundside.reference.geodesy import distances_m
from groundside.reference.paths import Path, path_of
from groundside.reference.towns import Towns

SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.integers(1, 220)


def times(rng: np.random.Generator, count: int) -> np.ndarray:
    """Seconds that never fall: now and then a moment told twice, or a gap."""
    steps = rng.choice([0.0, 0.1, 0.2, 1.0, 9.0], count, p=[0.15, 0.35, 0.3, 0.15, 0.05])
    return np.cumsum(steps) - steps[0]


def values(rng: np.random.Generator, count: int, unknown: float = 0.1) -> np.ndarray:
    """Numbers that repeat and leap; some are unknown, and some are a zero with a sign."""
    moves = rng.normal(0.0, 3.0, count) * rng.choice([0.0, 1.0, 300.0], count, p=[0.4, 0.58, 0.02])
    found = np.cumsum(moves)
    found[rng.random(count) < unknown] = np.nan
    found[rng.random(count) < 0.05] = -0.0
    return found


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.dtype == other.dtype and one.tobytes() == other.tobytes()


@given(SEEDS, SIZES, st.sampled_from([0.0, 0.5, 40.0, 1e9]))
@settings(max_examples=150, deadline=None)
def test_positions_that_count_are_the_same(seed, count, least_m):
    rng = np.random.default_rng(seed)
    east, north = values(rng, count, 0.0), values(rng, count, 0.0)
    assert same(flown.anchors(east, north, least_m), flown_plain.anchors_plainly(east, north, least_m))


@given(SEEDS, SIZES, st.sampled_from([0.0, 30.0, 150.0]))
@settings(max_examples=150, deadline=None)
def test_jumps_are_the_same(seed, count, top_mps):
    rng = np.random.default_rng(seed)
    t_s, east, north = times(rng, count), values(rng, count), values(rng, count, 0.0)
    north[np.isnan(east)] = np.nan
    found = flown.jumps(t_s, east, north, top_mps, 1.0)
    assert same(found, flown_plain.jumps_plainly(t_s, east, north, top_mps, 1.0))


@given(SEEDS, st.integers(0, 220), st.sampled_from([0.3, 2.0, 30.0]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_rates_are_the_same(seed, count, window_s, with_jumps):
    rng = np.random.default_rng(seed)
    t_s, told = (times(rng, count), values(rng, count)) if count else (np.empty(0), np.empty(0))
    jumped = rng.random(count) < 0.05 if with_jumps else None
    by = Rate(window_s, 0.4 * window_s, window_s + 10.0)
    assert same(flown.rate(t_s, told, by, jumped), flown_plain.rate_plainly(t_s, told, by, jumped))


@given(SEEDS, SIZES, st.sampled_from([0.1, 2.0, 5.0, 1e6]), st.sampled_from([0.0, 0.3, 1.0]))
@settings(max_examples=150, deadline=None)
def test_medians_and_means_of_stretches_are_the_same(seed, count, width_s, unknown):
    rng = np.random.default_rng(seed)
    t_s, told = times(rng, count), values(rng, count, unknown)
    first = flown.runs_of_time(t_s, width_s)
    assert same(first, flown_plain.runs_of_time_plainly(t_s, width_s))
    assert same(flown.medians(told, first), flown_plain.medians_plainly(told, first))
    assert same(flown.means(told, first), flown_plain.means_plainly(told, first))


@given(SEEDS, st.integers(1, 120), st.booleans(), st.sampled_from([np.nan, -1.0, 0.0, 2.0]))
@settings(max_examples=200, deadline=None)
def test_what_is_in_the_air_is_the_same(seed, count, flying, level):
    rng = np.random.default_rng(seed)
    height = np.cumsum(rng.choice([-2.0, -0.3, 0.0, 0.3, 2.0], count, p=[0.15, 0.2, 0.3, 0.2, 0.15]))
    height[rng.random(count) < 0.1] = np.nan
    still, grounded = rng.random(count) < 0.7, rng.random(count) < 0.15
    settled = grounded & (rng.random(count) < 0.5)
    by = Lifting(level_m=0.7, land_m=0.6, drop_m=1.5, drift_m=0.04)
    told = (height, still, grounded, settled)
    found, twin = flown.aloft(told, by, flying, level), flown_plain.aloft_plainly(told, by, flying, level)
    assert all(same(one, other) for one, other in zip(found, twin, strict=True))


@given(SEEDS, st.integers(0, 220))
@settings(max_examples=150, deadline=None)
def test_paths_are_the_same(seed, count):
    rng = np.random.default_rng(seed)
    time_us = (times(rng, count) * 1e6).astype(np.int64) if count else np.empty(0, np.int64)
    lon, lat = values(rng, count), values(rng, count)
    found, twin = flown.path(lon, lat, time_us, 5.0), path_of(lon, lat, time_us, 5.0)
    assert all(same(getattr(found, name), getattr(twin, name)) for name in ("lon", "lat", "starts"))


@given(SEEDS, SIZES)
@settings(max_examples=150, deadline=None)
def test_distances_from_an_outline_are_the_same(seed, count):
    rng = np.random.default_rng(seed)
    lon, lat = values(rng, count + 1, 0.2), values(rng, count + 1, 0.2)
    t_s = times(rng, count + 1)
    rows = flown.later(t_s, lon, lat)
    assert same(rows, flown_plain.later_plainly(t_s, lon, lat))
    if rows.size < 2:
        return
    t_s, lon, lat = t_s[rows] - t_s[rows[0]], lon[rows], lat[rows]
    some = np.unique(rng.integers(0, rows.size, 20))
    outline = np.ascontiguousarray(np.round(np.vstack((t_s, lon, lat))[:, some if some.size > 1 else [0, -1]], 1))
    scale = (70_000.0, 111_000.0)
    assert same(flown.off(outline, scale, t_s, lon, lat), flown_plain.off_plainly(outline, scale, t_s, lon, lat))


@given(st.integers(1, 100_000), st.sampled_from([400, 1600]))
def test_rows_are_thinned_as_evenly_as_may_be(count, most):
    assert same(thinned_rows(count, most), np.unique(np.linspace(0, count - 1, min(most, count)).astype(np.int64)))


@given(SEEDS, st.integers(1, 300), st.sampled_from([1e-4, 0.05, 3.0]))
@settings(max_examples=60, deadline=None)
def test_few_cells_are_numbered_as_many_are(seed, count, spread_deg):
    rng = np.random.default_rng(seed)
    lon, lat = (
        rng.uniform(-170, 170) + rng.normal(0, spread_deg, count),
        rng.uniform(-60, 60) + rng.normal(0, 1e-3, count),
    )
    reach = rng.choice([10.0, 3_000.0, 1e5, 1e6], count)
    once = Path(lon, lat, np.zeros(1, np.int64))
    again = Path(np.tile(lon, 100), np.tile(lat, 100), np.zeros(1, np.int64))
    assert same(cells_of(once, reach), cells_of(again, np.tile(reach, 100)))


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_place_is_named_as_if_every_town_had_been_measured(seed):
    rng = np.random.default_rng(seed)
    known = _towns(rng, 4000)
    for _ in range(5):
        point = LonLat(float(rng.uniform(-180, 180)), float(rng.uniform(-90, 90)))
        again = LonLat(point.lon + 1e-3, point.lat)  # of a square that was looked at before
        assert naming._choose(known, point) == _measured(known, point)
        assert naming._choose(known, again) == _measured(known, again)


def _measured(known: Towns, point: LonLat) -> tuple[int, float]:
    for reach in (1.0, 5.0, 180.0):
        rows = np.flatnonzero((known.lat >= point.lat - reach) & (known.lat < point.lat + reach))
        if not rows.size:
            continue
        away, radius = distances_m(point, known.lon[rows], known.lat[rows]), known.radius_m[rows]
        inside = away <= radius
        score = np.where(inside, away / radius, np.inf) if inside.any() else away - radius
        best = int(score.argmin())
        if score[best] <= reach * 110_500.0:
            return int(rows[best]), float(away[best])
    raise AssertionError


def _towns(rng: np.random.Generator, count: int) -> Towns:
    nothing, numbers = np.zeros(count, np.int16), np.zeros(count + 1, np.int32)
    lat, lon = np.sort(rng.uniform(-90, 90, count)), rng.uniform(-180, 180, count)
    radius = rng.choice([1_000.0, 20_000.0, 70_000.0], count).astype(np.float32)
    return Towns(lat, lon, radius, nothing, numbers, np.zeros(0, np.uint8), np.array(["X"]))
