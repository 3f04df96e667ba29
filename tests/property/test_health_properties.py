"""Whatever was flown and moved: hours add up; whatever was recorded: a finding, never an exception."""

import json
from dataclasses import asdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from groundside.model.health import BatteryKey, Estimate
from groundside.model.maintenance import Carried, Installation, Use
from groundside.produce.health.ageing import robust_line
from groundside.produce.health.battery import battery_flight
from groundside.produce.health.components import moved, overlaps, usage
from groundside.produce.health.history import battery_health
from groundside.produce.health.series import BatterySeries, PercentBasis

AIRCRAFT, PARTS = ("A", "B", "C"), ("p", "q")
WHEN = st.integers(0, 1000)
USES = st.lists(
    st.builds(
        lambda a, t, s, c: (a, t, s, c), st.sampled_from(AIRCRAFT), WHEN | st.none(),
        st.integers(0, 7200) | st.none(), st.floats(0, 1) | st.none(),
    ),
    max_size=30,
).map(
    lambda rows: [
        Use(flight_id=str(i), aircraft_id=a, start_us=t, airborne_s=None if s is None else float(s), full_cycles=c)
        for i, (a, t, s, c) in enumerate(rows)
    ]
)  # fmt: skip
MOVES = st.lists(st.tuples(st.sampled_from(PARTS), st.sampled_from((*AIRCRAFT, None)), WHEN), max_size=12).map(
    lambda moves: sorted(moves, key=lambda m: m[2])
)


def history(moves) -> tuple[Installation, ...]:
    where: tuple[Installation, ...] = ()
    for part, aircraft, at in moves:
        on_any = any(i.component_id == part and i.until_us is None for i in where)
        if aircraft is not None or on_any:
            where = moved(where, part, aircraft, at)
    return where


def located(moves, part: str, at: int) -> str | None:
    """Where the last move up to a time put it: told by walking the moves, not the installations."""
    spot = None
    for mover, aircraft, when in moves:
        if mover == part and when <= at:
            spot = aircraft
    return spot


@given(MOVES, USES)
@settings(deadline=None)
def test_hours_of_a_component_are_those_of_its_aircraft_while_it_was_on_it(moves, uses: list[Use]):
    where = history(moves)
    assert overlaps(where) == ()
    for part in PARTS:
        mine = [u for u in uses if u.start_us is not None and located(moves, part, u.start_us) == u.aircraft_id]
        told = usage(part, where, uses)
        assert told.flights == len(mine)
        assert told.airborne_s == sum(u.airborne_s or 0.0 for u in mine)
        assert told.airborne_unknown == sum(u.airborne_s is None for u in mine)


@given(MOVES, USES, WHEN)
@settings(deadline=None)
def test_hours_before_and_after_any_moment_add_up(moves, uses: list[Use], cut: int):
    where = history(moves)
    whole, after = usage("p", where, uses), usage("p", where, uses, since_us=cut)
    before = usage("p", where, [u for u in uses if u.start_us is not None and u.start_us < cut])
    assert whole.airborne_s == before.airborne_s + after.airborne_s
    assert whole.flights == before.flights + after.flights


@given(MOVES, USES, WHEN)
@settings(deadline=None)
def test_what_is_carried_over_replaces_what_was_flown_before_and_nothing_else(moves, uses: list[Use], cut: int):
    where = history(moves)
    before = usage("p", where, [u for u in uses if u.start_us is not None and u.start_us < cut])
    carried = Carried(component_id="p", as_of_us=cut, airborne_s=before.airborne_s, flights=before.flights)
    told, whole = usage("p", where, uses, carried), usage("p", where, uses)
    assert (told.airborne_s, told.flights) == (whole.airborne_s, whole.flights)


@given(USES)
@settings(deadline=None)
def test_an_airframe_has_every_flight_of_its_aircraft(uses: list[Use]):
    told = [usage(f"frame {a}", (Installation(f"frame {a}", a),), uses) for a in AIRCRAFT]
    assert sum(t.flights for t in told) == len(uses)
    assert sum(t.airborne_s for t in told) == sum(u.airborne_s or 0.0 for u in uses)


def columns(count: int):
    values = st.floats(-1e3, 1e3) | st.just(np.nan) | st.sampled_from([0.0, 12.6, 50.0])
    return arrays(np.float64, (4, count), elements=values)


@st.composite
def recorded(draw) -> BatterySeries:
    count = draw(st.integers(0, 40))
    steps = draw(arrays(np.float64, count, elements=st.sampled_from([0.0, 0.1, 1.0, 7.0, 40.0])))
    volts, amps, percent, warm = draw(columns(count))
    working = draw(arrays(np.bool_, count))
    cells = draw(arrays(np.float64, (draw(st.integers(0, 3)), count), elements=st.floats(0, 5) | st.just(np.nan)))
    return BatterySeries(np.cumsum(steps), volts, amps, percent, warm, working, cells, PercentBasis.GAUGE)


@given(recorded())
@settings(deadline=None, max_examples=150)
def test_whatever_was_recorded_there_is_a_finding_with_an_interval_or_a_reason(series: BatterySeries):
    told = battery_flight(BatteryKey("B"), "f", series, None, None)
    for finding in (told.resistance, told.capacity, told.drawn_ah, told.spread_load, told.spread_rest):
        if isinstance(finding, Estimate):
            assert finding.low <= finding.value <= finding.high
            assert finding.evidence
            assert finding.count > 0
        else:
            assert finding.why
    json.dumps(asdict(battery_health([told])), allow_nan=False)


@given(
    st.floats(-5, 5), st.floats(-100, 100), arrays(np.float64, 12, elements=st.integers(0, 50).map(float), unique=True)
)
@settings(deadline=None)
def test_a_true_line_is_found_again(slope: float, level: float, x: np.ndarray):
    line = robust_line(x, slope * x + level)
    assert line is not None
    assert np.isclose(line.slope, slope, atol=1e-9)
    assert line.low <= line.slope <= line.high
