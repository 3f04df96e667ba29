"""What goes wrong in a simulated flight shows where, when and as much as the truth says."""

import numpy as np
import pytest

from groundside.errors import BadRequest
from groundside.model.log import EVENT_KINDS
from groundside.model.recording import Battery
from groundside.simulate.failing import MISHAPS, Mishap
from groundside.simulate.missions import Phase
from groundside.simulate.power import Load, Pack, discharge
from groundside.simulate.truth import Fault, Truth
from tests.flown import flown

KINDS = ("multirotor", "plane", "vtol")
TWO = (Battery(slot=1, serial="SIMB1"), Battery(slot=2, serial="SIMB2"))


def fault(truth: Truth, kind: str) -> Fault:
    return next(f for f in truth.faults if f.kind == kind)


def row(truth: Truth, time_us: int) -> int:
    return int(np.searchsorted(truth.time_us, time_us))


def test_nothing_goes_wrong_unless_asked_for():
    for kind in KINDS:
        assert flown(kind).faults == ()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mishap", sorted(MISHAPS))
def test_every_mishap_shows_as_a_fault_within_the_recording(kind, mishap):
    truth = flown(kind, Mishap(mishap))
    found = fault(truth, mishap)
    assert truth.time_us[0] <= found.start_us <= found.end_us <= truth.time_us[-1]
    assert {found.start_us, found.end_us} <= set(truth.time_us.tolist())
    assert list(truth.faults) == sorted(truth.faults, key=lambda f: f.start_us)
    assert {f.kind for f in truth.faults} <= set(EVENT_KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_without_satellites_there_is_no_position_and_the_flight_goes_on(kind):
    calm, blind = flown(kind), flown(kind, Mishap("gnss_lost", lasts_s=12.0))
    lost = blind.during("gnss_lost")
    assert lost.sum() == 121
    assert np.array_equal(np.isnan(blind.lon), lost) and np.array_equal(blind.fix == 0, lost)
    assert blind.satellites[lost].max() < 6 < blind.satellites[~lost].min()
    assert blind.sorties == calm.sorties and np.array_equal(blind.height_m, calm.height_m)


def test_a_lost_link_brings_it_home_after_five_seconds_and_comes_back():
    truth = flown("multirotor", Mishap("link_lost", lasts_s=20.0))
    lost, order = fault(truth, "link_lost"), fault(truth, "failsafe")
    assert order.start_us - lost.start_us == 5_000_000
    assert (truth.link_percent[truth.during("link_lost")] == 0.0).all()
    assert (truth.link_percent[~truth.during("link_lost")] > 20.0).all()
    at = row(truth, order.start_us)
    assert truth.mode[at - 1] == Phase.MISSION and truth.mode[at] == Phase.RETURN


def test_until_a_failsafe_the_flight_is_the_one_without_it_and_no_jump_follows():
    calm, lost = flown("multirotor"), flown("multirotor", Mishap("link_lost"))
    at = row(lost, fault(lost, "failsafe").start_us)
    near = [np.hypot(a.lon[at] - b.lon[at], a.lat[at] - b.lat[at]) for a, b in ((calm, lost),)]
    assert near[0] < 2e-5
    acceleration = np.hypot(*(np.gradient(v, 0.1) for v in (lost.vn_mps, lost.ve_mps)))
    assert acceleration.max() < 4.5
    assert np.abs(lost.lat[-1] - lost.home.lat) * 111_000.0 < 3.0


@pytest.mark.parametrize("threshold", [15.0, 25.0])
def test_a_low_battery_brings_it_home_at_the_percent_that_counts_as_low(threshold):
    truth = flown("multirotor", Mishap("battery_low", value=threshold))
    low = fault(truth, "battery_low")
    at = row(truth, low.start_us)
    assert low.value == threshold and truth.battery_percent[0][at] == threshold < truth.battery_percent[0][at - 1]
    assert truth.mode[row(truth, fault(truth, "failsafe").start_us)] == Phase.RETURN
    assert truth.airborne_s < flown("multirotor").airborne_s


def test_a_critical_battery_lands_it_where_it_is():
    truth = flown("multirotor", Mishap("battery_critical", at=0.4), pack=Pack(4, 0.9, 0.04, 260.0, 1.8))
    first, second = [row(truth, f.start_us) for f in truth.faults if f.kind == "failsafe"]
    assert (truth.mode[first], truth.mode[second]) == (Phase.RETURN, Phase.LANDING)
    assert fault(truth, "battery_low").start_us < fault(truth, "battery_critical").start_us
    metres = (truth.lat[-1] - truth.home.lat) * 111_000.0, (truth.lon[-1] - truth.home.lon) * 95_000.0
    assert np.hypot(*metres) > 10.0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("down", [2.0, 4.0])
def test_a_hard_landing_touches_down_at_the_speed_it_says(kind, down):
    truth = flown(kind, Mishap("hard_landing", value=down))
    found = fault(truth, "hard_landing")
    touch = row(truth, found.start_us)
    assert truth.in_air[touch] and not truth.in_air[touch + 1 :].any()
    assert found.value == pytest.approx(down, abs=0.35)
    assert truth.vd_mps[touch - 10 : touch + 1].max() == pytest.approx(found.value)
    assert np.abs(np.gradient(truth.vd_mps, 0.1))[touch - 2 : touch + 4].max() > 6.0
    soft = flown(kind)
    assert soft.vd_mps[row(soft, soft.landing_us) - 5 :].max() < 1.0


@pytest.mark.parametrize("off", [-40.5, 3600.0])
def test_a_clock_that_jumps_is_the_recorders_and_the_truth_stays_true(off):
    truth = flown("multirotor", Mishap("clock_jump", value=off))
    found = fault(truth, "clock_jump")
    wrong = truth.recorder_clock_us - truth.time_us
    assert set(np.diff(truth.time_us).tolist()) == {100_000}
    assert set(wrong.tolist()) == {0, round(off * 1e6)}
    assert truth.time_us[np.flatnonzero(wrong)[0]] == found.start_us
    assert wrong[-1] == round(off * 1e6)


def test_without_a_jump_the_recorders_clock_is_right():
    assert np.array_equal(flown().recorder_clock_us, flown().time_us)


def test_the_worse_of_two_unequal_packs_decides():
    truth = flown("multirotor", Mishap("battery_low", value=22.0), batteries=TWO, worn=0.3)
    at = row(truth, fault(truth, "battery_low").start_us)
    good, worn = truth.battery_percent
    assert worn[at] == 22.0 and good[at] > worn[at]
    drop = good[0] - good[-1], worn[0] - worn[-1]
    assert drop[1] > 1.2 * drop[0]


def test_in_the_cold_a_pack_sags_more_and_holds_less():
    count = 600
    load = Load(np.ones(count, bool), np.ones(count, bool), np.zeros(count), np.zeros(count), np.ones(count))
    warm, cold = (discharge(Pack(), load, ambient) for ambient in (25.0, -15.0))
    assert cold.voltage_v[-1] < warm.voltage_v[-1] - 0.2
    assert cold.charge[0] - cold.charge[-1] > 1.2 * (warm.charge[0] - warm.charge[-1])
    assert cold.temperature_c.max() < 0.0 < warm.temperature_c.min()


def test_gusts_change_attitude_and_not_the_path():
    calm, windy = flown(wind_mps=0.0), flown(wind_mps=8.0)
    assert np.array_equal(calm.lon, windy.lon)
    hover = calm.in_air & (np.hypot(calm.vn_mps, calm.ve_mps) < 0.5)
    tilt = [np.hypot(t.roll_deg, t.pitch_deg)[hover].mean() for t in (calm, windy)]
    assert tilt[1] > tilt[0] + 2.0


@pytest.mark.parametrize("changes", [{"mishaps": (Mishap("fire"),)}, {"kind": "balloon"}])
def test_what_nobody_can_fly_is_refused_with_what_there_is(changes):
    with pytest.raises(BadRequest, match="one of"):
        flown(changes.get("kind", "multirotor"), *changes.get("mishaps", ()))


def test_faults_of_one_flight_may_be_several():
    truth = flown("multirotor", Mishap("battery_low", at=0.3), Mishap("link_lost", at=0.6), Mishap("hard_landing"))
    assert {f.kind for f in truth.faults} >= {"battery_low", "failsafe", "hard_landing"}
    assert [f.kind for f in truth.faults].count("failsafe") == 1


@pytest.mark.parametrize("autopilot", ["ardupilot", "px4", "dji"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_the_autopilot_says_is_short_ascii_and_in_order(kind, autopilot):
    mishaps = [Mishap(k) for k in ("gnss_lost", "link_lost", "battery_low", "hard_landing")]
    truth = flown(kind, *mishaps, autopilot=autopilot)
    assert len(truth.messages) >= 4
    times = [m.time_us for m in truth.messages]
    assert times == sorted(times) and set(times) <= set(truth.time_us.tolist())
    assert all(m.text.isascii() and 0 < len(m.text) <= 50 and 0 <= m.severity <= 7 for m in truth.messages)
    warned = [m for m in truth.messages if "attery" in m.text]
    assert warned[0].time_us == fault(truth, "battery_low").start_us


@pytest.mark.parametrize("autopilot", ["ardupilot", "px4"])
@pytest.mark.parametrize("kind", KINDS)
def test_settings_are_dozens_with_short_names_exact_values_and_a_few_changes(kind, autopilot):
    truth = flown(kind, autopilot=autopilot, batteries=TWO)
    initial = [s for s in truth.settings if s.time_us is None]
    changes = [s for s in truth.settings if s.time_us is not None]
    assert 30 <= len(initial) <= 100 and 1 <= len(changes) <= 4
    assert len({s.name for s in initial}) == len(initial)
    assert all(len(s.name) <= 16 and s.name.isascii() and np.float32(s.value) == s.value for s in truth.settings)
    assert all(s.value == int(s.value) for s in truth.settings if s.whole)
    known = {s.name: s.value for s in initial}
    assert all(truth.takeoff_us < s.time_us < truth.landing_us and known[s.name] != s.value for s in changes)
