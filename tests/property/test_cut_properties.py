"""What holds of the flights cut out of any track."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.model.recording import TimeBasis
from groundside.produce.flight.cut import cut
from tests.builders import recording, track

number = st.one_of(st.floats(-200, 200), st.sampled_from([math.nan, math.inf, -math.inf, 1e300, 0.0]))
flag = st.sampled_from([None, True, False])


@st.composite
def columns(draw: st.DrawFn) -> dict[str, Any]:
    rows = draw(st.integers(0, 60))
    steps = st.lists(st.sampled_from([0, 1, 100_000, 1_000_000, 20_000_000]), min_size=rows, max_size=rows)
    found: dict[str, Any] = {"time_us": 10**15 + np.cumsum([0, *draw(steps)])[:rows].astype(np.int64)}
    for name in draw(st.sets(st.sampled_from(["lon", "lat", "height_m", "altitude_m", "vn_mps", "ve_mps", "vd_mps"]))):
        found[name] = np.array(draw(st.lists(number, min_size=rows, max_size=rows)), dtype=np.float64)
    for name in draw(st.sets(st.sampled_from(["in_air", "armed"]))):
        found[name] = draw(st.lists(flag, min_size=rows, max_size=rows))
    return found


@settings(max_examples=100, deadline=None)
@given(columns(), st.sampled_from(list(TimeBasis)))
def test_the_flights_share_out_the_rows_and_state_nothing_impossible(given_columns: dict[str, Any], basis: TimeBasis):
    with np.errstate(all="ignore"):
        of = track(basis=basis, **given_columns)
    found = cut(recording(of), of)
    assert [f.ordinal for f in found] == list(range(len(found)))
    assert found[0].first_row == 0
    assert found[-1].end_row == of.table.num_rows
    assert all(a.end_row == b.first_row for a, b in pairwise(found))
    length = (of.time_us[-1] - of.time_us[0]) / 1e6 if of.table.num_rows else 0.0
    assert sum(f.airborne_s or 0.0 for f in found) <= length + 1e-6
    for f in found:
        assert f.takeoff_us is None or basis.is_utc
        assert f.takeoff_us is None or f.landing_us is None or f.takeoff_us <= f.landing_us
        assert not f.bench or f.airborne_s == 0.0
        for total in (f.distance_m, f.max_speed_mps, f.max_range_m, f.max_height_m, f.recording_s):
            assert total is None or math.isfinite(total)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(15, 60), st.integers(10, 90), st.floats(5, 100)), min_size=1, max_size=4))
def test_every_flight_flown_is_found_as_long_as_it_was(hops: list[tuple[int, int, float]]):
    at, heights = [0.0], [0.0]
    for ground_s, air_s, height in hops:
        for seconds, level in ((ground_s, 0.0), (height / 4, height), (air_s, height), (height / 4, 0.0)):
            at.append(at[-1] + seconds)
            heights.append(level)
    at.append(at[-1] + 15)
    heights.append(0.0)
    of = track(height_m=np.interp(np.arange(0, at[-1], 0.1), at, heights), east=0.0)
    found = cut(recording(of), of)
    assert len(found) == len(hops)
    for f, (_, air_s, height) in zip(found, hops, strict=True):
        assert f.airborne_s is not None
        assert abs(f.airborne_s - (air_s + height / 2)) < 2.0
