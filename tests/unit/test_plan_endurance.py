"""What a flight takes: against the simulator's battery, of which the planner knows only logs."""

from functools import cache

import numpy as np
import pytest

from groundside.errors import BadRequest, Refused
from groundside.model.mission import Hover
from groundside.plan.checks.battery import CHECK as BATTERY
from groundside.plan.checks.check import Outcome, Planned
from groundside.plan.endurance import Endurance, FlownSamples, Wind, fitted, from_maker, use
from groundside.plan.flight_path import Usual, flight_path
from groundside.plan.sorties import Battery, split
from groundside.simulate.power import Pack
from tests.plan_flyer import Flown, breeze, flown
from tests.plan_missions import lawnmower, mission, point

LIKE = Endurance(
    hover_per_s=1.0, acceleration_m_s2=1.8, climb_m_s=2.5, descent_m_s=2.0, airspeed_m_s=15.0, told_by="test"
)
PACK = Pack()


def samples(flight: Flown) -> FlownSamples:
    return FlownSamples(flight.time_s, flight.remaining, flight.airspeed, flight.climb)


@cache
def learnt() -> Endurance:
    """Fit to four flights of the owner's own logs, in little wind, at different speeds."""
    rng = np.random.default_rng(3)
    flights = []
    for speed, lines in ((3.0, 6), (6.0, 12), (9.0, 16), (13.0, 20)):
        plan = lawnmower(lines, 350.0, 30.0, speed=speed, height=60.0)
        flights.append(samples(flown(plan, breeze(rng, 1.0, 90.0), PACK)))
    return fitted(flights, LIKE)


def test_what_is_fitted_to_logs_tells_hovering_and_flying_as_the_battery_has_them():
    told = learnt()
    volts, full = 15.0, PACK.capacity_ah * 3600.0
    for airspeed in (0.0, 5.0, 10.0, 14.0):
        watts = 6.0 + PACK.hover_w * (1.0 + 0.0016 * airspeed**2)
        assert float(told.per_s(airspeed)) == pytest.approx(watts / volts / full, rel=0.08)
    assert told.told_by == "fitted to 4 own flights"


def test_a_plan_flown_by_the_simulator_in_wind_lands_with_the_reserve_it_promised(full, figure):
    """Five hundred random cases with --full: a lawnmower anywhere, any wind, any reserve."""
    rng = np.random.default_rng(20261123)
    cases, off, refused, flights = (500 if full else 10), [], 0, 0
    for _ in range(cases):
        plan = lawnmower(
            int(rng.integers(3, 24)), float(rng.uniform(120, 700)), float(rng.uniform(15, 60)), speed=float(rng.uniform(4, 13)),
            begin=tuple(rng.uniform(-500, 500, 2)), heading=float(rng.uniform(0, 360)), height=float(rng.uniform(30, 110)),
        )  # fmt: skip
        wind, from_deg = float(rng.uniform(0, 13)), float(rng.uniform(0, 360))
        battery = Battery(
            endurance=learnt(),
            wind=Wind(wind, from_deg),
            reserve=float(rng.uniform(0.2, 0.35)),
            full=PACK.full,
            usual=Usual(),
        )
        try:
            sorties = split(plan, battery, overlap_m=24.0)
        except Refused:
            refused += 1
            continue
        for sortie in sorties:
            assert BATTERY.run(Planned(mission=sortie.mission, battery=battery)).outcome is Outcome.PASSED
            real = flown(sortie.mission, breeze(rng, wind, from_deg), PACK)
            off.append(real.left - (PACK.full - sortie.share))
            assert real.left >= battery.reserve - 0.05
            flights += 1
    assert max(abs(each) for each in off) <= 0.05
    assert flights > cases / 2 and refused < cases / 2
    figure(
        "plan.flown_by_simulator",
        {
            "cases": cases,
            "flights": flights,
            "refused": refused,
            "worst_off": max(map(abs, off)),
            "mean_off": float(np.mean(off)),
        },
    )


def test_time_of_a_leg_is_that_of_a_trapezoid_of_speed():
    plan = mission(point(0.0, 200.0), speed=8.0)
    taken = use(flight_path(plan, Usual()), Endurance(hover_per_s=0.001, acceleration_m_s2=2.0), Wind())
    assert taken.seconds[1] == pytest.approx(200.0 / 8.0 + 8.0 / 2.0, rel=1e-3)
    assert taken.seconds[0] == pytest.approx(50.0 / 3.0)


def test_a_straight_way_through_a_waypoint_costs_no_stop_and_a_corner_does():
    straight = use(flight_path(mission(point(0, 100), point(0, 200), point(0, 300)), Usual()), LIKE, Wind())
    corner = use(flight_path(mission(point(0, 100), point(0, 200), point(100, 200)), Usual()), LIKE, Wind())
    assert corner.seconds[2:4].sum() - straight.seconds[2:4].sum() == pytest.approx(8.0 / 1.8, rel=0.02)


def test_a_way_looked_at_in_small_steps_takes_as_long_as_the_whole():
    path = flight_path(lawnmower(6, 200.0, 30.0), Usual())
    whole, steps = (use(each, LIKE, Wind(5.0, 40.0)) for each in (path, path.dense(3.0)))
    assert steps.seconds.sum() == pytest.approx(whole.seconds.sum(), rel=2e-3)
    assert steps.share.sum() == pytest.approx(whole.share.sum(), rel=1e-2)


def test_wind_ahead_slows_and_wind_that_is_too_strong_lets_nothing_be_flown():
    path = flight_path(mission(point(0.0, 400.0), speed=10.0), Usual())
    calm, ahead = (use(path, LIKE, Wind(speed, 0.0)) for speed in (0.0, 9.0))
    assert ahead.seconds[1] > calm.seconds[1] and ahead.airspeed_m_s[1] == pytest.approx(15.0)
    storm = Planned(mission=mission(point(0.0, 400.0)), battery=Battery(endurance=LIKE, wind=Wind(16.0, 0.0)))
    found = BATTERY.run(storm)
    assert found.outcome is Outcome.FAILED and "16 m/s" in found.reason


def test_what_is_held_at_a_waypoint_counts():
    short, long = (mission(point(0, 100, actions=(Hover(s),)) if s else point(0, 100)) for s in (0.0, 60.0))
    a, b = (use(flight_path(each, Usual()), LIKE, Wind()) for each in (short, long))
    assert b.seconds.sum() - a.seconds.sum() == pytest.approx(60.0, abs=0.01)


def test_makers_figures_lean_to_the_safe_side():
    told = from_maker(1800.0, 16.0, 5.0, 3.0, "a maker")
    assert 1.0 / float(told.per_s(0.0)) == pytest.approx(1350.0)
    assert float(told.per_s(16.0)) == pytest.approx(2.0 * float(told.per_s(0.0)))


def test_logs_without_enough_are_refused():
    few = FlownSamples(np.arange(5.0), np.linspace(1, 0.9, 5), np.zeros(5), np.zeros(5))
    with pytest.raises(BadRequest, match="minute"):
        fitted([few], LIKE)
    still = FlownSamples(np.arange(100.0), np.ones(100), np.zeros(100), np.zeros(100))
    with pytest.raises(BadRequest, match="does not go down"):
        fitted([still], LIKE)
