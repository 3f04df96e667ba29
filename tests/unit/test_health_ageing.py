"""How a battery ages, and whether it is done."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from groundside.model.health import (
    BatteryKey,
    BatteryLimits,
    Estimate,
    Limit,
    NotEnough,
    Rated,
    Span,
    Trend,
    Verdict,
)
from groundside.produce.health.ageing import robust_line, trend
from groundside.produce.health.battery import battery_flight as told_flight
from groundside.produce.health.battery import battery_key, drawn_ah
from groundside.produce.health.history import battery_health, recent
from groundside.produce.health.intervals import averaged, student_t
from groundside.produce.health.sources import USUAL_LIMITS
from tests.health_batteries import HERE, battery_flight, flown, found

RATED = Rated(capacity_ah=5.0, resistance_ohm=0.03, source=HERE)


def flights(count: int, capacity_ah=lambda n: 5.0, resistance_ohm=lambda n: 0.03, reach: float = 0.02, **changes):
    return [
        battery_flight(
            n,
            capacity=found("capacity_ah", capacity_ah(n), reach),
            resistance=found("resistance_ohm", resistance_ohm(n), reach),
            **changes,
        )
        for n in range(count)
    ]


@pytest.mark.parametrize(("freedom", "value"), [(1, 12.7062), (2, 4.3027), (5, 2.5706), (30, 2.0423), (120, 1.9799)])
def test_students_t_is_that_of_the_tables(freedom: int, value: float):
    assert student_t(freedom) == pytest.approx(value, rel=2e-4)


def test_the_line_of_sen_in_an_example_worked_by_hand():
    x, y = np.array([1.0, 2, 3, 4, 10, 12, 18]), np.array([9.0, 15, 19, 20, 45, 55, 78])
    line = robust_line(x, y)
    assert line is not None
    assert (line.slope, line.pairs) == (4.0, 21)
    assert (line.low, line.high) == pytest.approx((26 / 7, 35 / 8))  # the 4th and the 18th: (21 -+ 13.05) / 2, one more


def test_fewer_than_five_points_make_no_interval():
    assert robust_line(np.arange(4.0), np.arange(4.0)) is None
    assert robust_line(np.arange(5.0), np.arange(5.0)) is not None
    assert robust_line(np.zeros(9), np.arange(9.0)) is None


def test_one_wild_flight_does_not_turn_the_line():
    x = np.arange(20.0)
    y = 5.0 - 0.01 * x
    y[7] = 50.0
    line = robust_line(x, y)
    assert line is not None
    assert line.slope == pytest.approx(-0.01)


def test_the_interval_of_a_trend_holds_the_truth_about_as_often_as_it_says():
    rng, held = np.random.default_rng(2), 0
    for _ in range(300):
        x = np.sort(rng.uniform(0, 100, 15))
        line = robust_line(x, 5.0 - 0.004 * x + rng.normal(0, 0.1, 15))
        assert line is not None
        held += line.low <= -0.004 <= line.high
    assert 0.92 <= held / 300 <= 0.99


def test_a_trend_counts_full_cycles_where_the_capacity_is_rated_and_flights_where_not():
    fading = flights(12, capacity_ah=lambda n: 5.0 - 0.008 * n)
    by_cycle, by_flight = trend("capacity_ah", fading, 5.0), trend("capacity_ah", fading, None)
    assert isinstance(by_cycle, Trend)
    assert isinstance(by_flight, Trend)
    assert (by_cycle.per, by_flight.per) == ("full cycle", "flight")
    assert by_cycle.slope == pytest.approx(-0.01)
    assert by_flight.slope == pytest.approx(-0.008)
    assert by_cycle.span == pytest.approx(11 * 0.8)


def test_the_interval_of_a_trend_widens_with_fewer_flights():
    rng = np.random.default_rng(3)
    noisy = flights(40, capacity_ah=lambda n: 5.0 - 0.01 * n + float(rng.normal(0, 0.05)))
    many, few = trend("capacity_ah", noisy, None), trend("capacity_ah", noisy[:7], None)
    assert isinstance(many, Trend)
    assert isinstance(few, Trend)
    assert many.high - many.low < few.high - few.low


def test_flights_in_the_cold_are_not_taken_for_age():
    warm = flights(10)
    cold = [replace(f, temperature_c=Span(0, 2, 5), resistance=found("resistance_ohm", 0.06)) for f in flights(3)]
    line = trend("resistance_ohm", warm + cold, None)
    assert isinstance(line, Trend)
    assert (line.slope, line.count) == (0.0, 10)
    assert "3 flights were left out" in line.evidence[1]


def test_without_temperatures_it_is_said_that_cold_and_warm_are_compared():
    line = trend("resistance_ohm", flights(6, temperature_c=None), None)
    assert isinstance(line, Trend)
    assert "temperature is not recorded" in line.evidence[1]


def test_too_few_flights_tell_no_trend():
    line = trend("capacity_ah", flights(4), 5.0)
    assert line == NotEnough(
        quantity="capacity_ah", why="4 flights tell it at about the same temperature, 5 are needed"
    )


def test_flights_that_agree_narrow_the_interval_and_those_that_do_not_widen_it():
    one = found("capacity_ah", 5.0)
    agreed = averaged([one, one, one, one])
    torn = averaged([one, found("capacity_ah", 4.0)])
    assert agreed.high - agreed.low == pytest.approx((one.high - one.low) / 2.0)
    assert torn.high - torn.low > 5.0
    assert "disagree" in torn.evidence[1]
    assert averaged([one]) is one


def test_what_only_reaches_one_way_is_not_averaged_away():
    one = replace(found("resistance_ohm", 0.03), high=0.04)
    joined = averaged([one] * 9)
    assert joined.high > 0.039
    assert joined.low > one.low


def test_the_last_ten_flights_tell_what_a_battery_is_like_now():
    now = recent("capacity_ah", flights(30, capacity_ah=lambda n: 5.0 if n < 20 else 4.0))
    assert isinstance(now, Estimate)
    assert now.value == pytest.approx(4.0)


def test_a_battery_whose_whole_interval_lies_below_four_fifths_is_to_be_retired_and_why():
    advice = battery_health(flights(12, capacity_ah=lambda n: 3.8), RATED).advice
    assert advice.verdict is Verdict.RETIRE
    assert advice.reasons[0].says.startswith("capacity by the rated one is 0.76 (0.75")
    assert advice.reasons[0].says.endswith("at least 0.8 is asked for")
    assert advice.reasons[0].source is not None
    assert "TWAICE" in advice.reasons[0].source.title


def test_one_flight_alone_retires_no_battery():
    advice = battery_health(flights(2, capacity_ah=lambda n: 3.0), RATED).advice
    assert advice.verdict is Verdict.WATCH
    assert advice.reasons[0].says.endswith("by 2 flights, 3 are needed to retire it")


def test_a_battery_of_which_that_is_not_sure_is_to_be_watched():
    advice = battery_health(flights(3, capacity_ah=lambda n: 3.9, reach=0.2), RATED).advice
    assert advice.verdict is Verdict.WATCH


def test_a_good_battery_is_kept_and_says_what_could_not_be_compared():
    health = battery_health([*flights(4)], replace(RATED, resistance_ohm=None))
    assert health.advice.verdict is Verdict.KEEP
    assert [r.verdict for r in health.advice.reasons] == [Verdict.KEEP, Verdict.NOT_ENOUGH]
    assert "too few to compare" in health.advice.reasons[1].says


def test_without_a_rated_capacity_there_is_no_share_no_cycles_and_no_advice():
    health = battery_health(flights(4))
    assert health.full_cycles == NotEnough(quantity="full_cycles", why="the rated capacity is not known")
    assert health.advice.verdict is Verdict.NOT_ENOUGH
    assert {r.verdict for r in health.advice.reasons} == {Verdict.NOT_ENOUGH}


def test_resistance_is_compared_with_the_first_flights_where_none_is_rated():
    grown = flights(20, resistance_ohm=lambda n: 0.03 if n < 8 else 0.09)
    advice = battery_health(grown, Rated(capacity_ah=5.0)).advice
    assert advice.verdict is Verdict.RETIRE
    assert advice.reasons[0].says.startswith("resistance by what it was is 3 (")


def test_a_limit_that_nobody_set_is_not_compared():
    health = battery_health(flights(4), RATED, BatteryLimits())
    assert health.advice.verdict is Verdict.NOT_ENOUGH
    assert health.advice.reasons == ()


def test_the_owners_limits_on_cycles_age_and_spread_are_held():
    limits = BatteryLimits(
        most_full_cycles=Limit(3.0, HERE), most_age_days=Limit(30.0, HERE), most_spread_v=Limit(0.05, HERE)
    )
    flown_by = flights(4, spread_rest=found("spread_rest_v", 0.02))
    now_us = 40 * 86_400_000_000
    health = battery_health(flown_by, RATED, limits, now_us)
    assert [(r.verdict.name, r.says.split(" is ")[0]) for r in health.advice.reasons] == [
        ("RETIRE", "full cycles"), ("RETIRE", "age"), ("KEEP", "spread of the cells at rest"),
    ]  # fmt: skip
    assert battery_health(flown_by, RATED, limits).advice.reasons[-1].verdict is Verdict.NOT_ENOUGH


def test_cycles_are_charge_by_rated_capacity_and_flights_without_a_current_widen_them():
    known = flights(10)
    health = battery_health(known, RATED)
    assert isinstance(health.full_cycles, Estimate)
    assert health.full_cycles.value == pytest.approx(10 * 4.0 / 5.0)
    lost = [*known, replace(known[0], flight_id="x", drawn_ah=NotEnough(quantity="drawn_ah", why="no current"))]
    wider = battery_health(lost, RATED).full_cycles
    assert isinstance(wider, Estimate)
    assert wider.value == pytest.approx(health.full_cycles.value)
    assert wider.high == pytest.approx(health.full_cycles.high + 4.0 * 1.02 / 5.0)


def test_hours_flights_and_unknown_times_are_told_apart():
    mixed = [*flights(3), replace(battery_flight(9), airborne_s=None, start_us=None)]
    health = battery_health(mixed, RATED)
    assert (health.flights, health.airborne_s, health.airborne_unknown) == (4, 1800.0, 1)
    assert (health.first_us, health.last_us) == (0, 2 * 86_400_000_000)


def test_flights_of_two_batteries_are_refused():
    with pytest.raises(ValueError, match="one battery"):
        battery_health([battery_flight(1), replace(battery_flight(2), battery=BatteryKey("other"))])


def test_a_battery_without_a_serial_is_known_by_its_slot_and_says_so():
    assert battery_key("B7", "A1", 2) == BatteryKey("B7")
    nameless = battery_key("", "A1", 2)
    assert nameless == BatteryKey("", "A1", 2)
    assert "it may be several" in nameless.known_by


def test_flights_of_which_neither_battery_nor_aircraft_is_named_make_no_health_of_one_battery():
    nobody = battery_key("", "", 1)
    health = battery_health([replace(each, battery=nobody) for each in flights(8)], RATED)
    assert (health.flights, health.airborne_s) == (8, 8 * 600.0)
    for said in (health.resistance, health.capacity, health.resistance_trend, health.capacity_trend):
        assert isinstance(said, NotEnough)
        assert "different batteries" in said.why
    assert health.advice.verdict is not Verdict.RETIRE
    assert isinstance(battery_health([replace(flights(1)[0], battery=nobody)], RATED).resistance, Estimate)


def test_one_flight_is_summed_up_with_its_charge_and_temperature():
    series = flown(seconds=400.0)
    told = told_flight(battery_key("B7", "", 1), "f1", series, None, 380.0)
    assert isinstance(told.drawn_ah, Estimate)
    assert told.drawn_ah.value == pytest.approx(np.trapezoid(series.current_a, series.time_s) / 3600.0)
    assert told.temperature_c == Span(30.0, 30.0, 30.0)
    assert told.percent_first == pytest.approx(98.0, abs=1.0)
    assert isinstance(told.spread_load, NotEnough)


def test_a_current_of_nothing_but_zero_was_not_measured():
    series = replace(flown(), current_a=np.zeros(4500))
    assert isinstance(drawn_ah(series), NotEnough)


def test_what_is_found_can_be_written_as_json():
    health = battery_health(flights(12), RATED, USUAL_LIMITS, 86_400_000_000 * 20)
    one = told_flight(battery_key("B7", "", 1), "f1", flown(seconds=400.0), None, 380.0)
    for noun in (health, one):
        assert json.loads(json.dumps(asdict(noun), allow_nan=False))["battery"]["serial"]


def test_a_sure_flight_counts_more_than_an_unsure_one():
    joined = averaged([found("capacity_ah", 5.0, 0.01), found("capacity_ah", 4.0, 0.5)])
    assert joined.value == pytest.approx(5.0, abs=0.01)


def test_a_resistance_of_which_it_is_not_sure_that_it_doubled_is_watched():
    advice = battery_health(flights(4, resistance_ohm=lambda n: 0.066, reach=0.4), RATED).advice
    assert [(r.verdict, r.says[:10]) for r in advice.reasons if r.says.startswith("resistance")] == [
        (Verdict.WATCH, "resistance")
    ]


def test_a_ratio_to_the_first_flights_is_as_unsure_as_both():
    grown = flights(20, resistance_ohm=lambda n: 0.03 if n < 8 else 0.0605, reach=0.06)
    (reason,) = [r for r in battery_health(grown, Rated(capacity_ah=5.0)).advice.reasons if r.says.startswith("res")]
    low, high = 0.0605 * (1 - 0.06 / 10**0.5), 0.0605 * (1 + 0.06 / 10**0.5)
    first = (0.03 * (1 - 0.06 / 3**0.5), 0.03 * (1 + 0.06 / 3**0.5))
    assert f"({low / first[1]:.3g} to {high / first[0]:.3g})" in reason.says
