"""What flies on a wing keeps to what a wing can do: turns, stall, climb, wind, ground."""

import numpy as np
import pytest

from groundside.simulate.course import Wing
from groundside.simulate.failing import Mishap
from groundside.simulate.missions import Phase
from groundside.simulate.truth import Truth
from tests.flown import flown

GRAVITY = 9.80665
STEP_S = 0.1
WINGED = ("plane", "vtol")
WINDS = (0.0, 4.0, 8.0)


def speed_of(truth: Truth) -> np.ndarray:
    return np.hypot(truth.vn_mps, truth.ve_mps)


def on_the_wing(truth: Truth) -> np.ndarray:
    """Samples of steady flight: at mission height, well away from take-off and landing."""
    return np.isin(truth.mode, [Phase.MISSION, Phase.HOVER, Phase.RETURN]) & (truth.height_m > 40.0)


def gaps(flags: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


@pytest.mark.parametrize("kind", WINGED)
def test_it_turns_as_a_coordinated_turn_of_its_bank_does(kind):
    truth = flown(kind, wind_mps=0.0)
    steady = on_the_wing(truth)
    course = np.unwrap(np.arctan2(truth.ve_mps, truth.vn_mps))
    rate = np.convolve(np.gradient(course, STEP_S), np.ones(11) / 11, "same")
    bank = np.convolve(np.radians(truth.roll_deg), np.ones(11) / 11, "same")
    wanted = GRAVITY * np.tan(bank) / speed_of(truth)
    assert np.abs(wanted[steady]).max() > 0.3
    assert np.abs(rate - wanted)[steady].mean() < 0.03
    assert np.corrcoef(rate[steady], wanted[steady])[0, 1] > 0.97


def test_no_turn_is_tighter_than_its_steepest_bank_allows():
    truth = flown("plane", wind_mps=0.0)
    steady = on_the_wing(truth)
    turning = np.hypot(np.gradient(truth.vn_mps, STEP_S), np.gradient(truth.ve_mps, STEP_S))
    radius = speed_of(truth) ** 2 / np.maximum(turning, 1e-6)
    tightest = 17.0**2 / (GRAVITY * np.tan(np.radians(Wing().bank_deg)))
    assert radius[steady].min() > 0.9 * tightest


@pytest.mark.parametrize("wind", WINDS)
def test_it_stays_clear_of_the_stall_also_in_turns(wind):
    truth = flown("plane", wind_mps=wind)
    high = truth.height_m > 5.0
    load = 1.0 / np.cos(np.radians(truth.roll_deg))
    smooth = np.convolve(truth.airspeed_mps, np.ones(21) / 21, "same")
    assert (smooth > 1.1 * Wing().stall_mps * np.sqrt(load) - 0.35 * wind)[high].all()


@pytest.mark.parametrize("kind", WINGED)
@pytest.mark.parametrize("wind", WINDS)
def test_airspeed_heading_and_wind_add_up_to_the_speed_over_ground(kind, wind):
    truth = flown(kind, wind_mps=wind)
    steady = on_the_wing(truth)
    yaw = np.radians(truth.yaw_deg)
    air = truth.ve_mps - truth.airspeed_mps * np.sin(yaw), truth.vn_mps - truth.airspeed_mps * np.cos(yaw)
    blown = np.hypot(air[0][steady].mean(), air[1][steady].mean())
    assert blown == pytest.approx(wind, abs=0.6)


def test_it_takes_off_into_the_wind_and_lands_into_the_wind():
    truth = flown("plane", wind_mps=7.0)
    (begin, end), *_ = gaps(truth.in_air)
    away = np.radians(truth.yaw_deg[begin] - truth.yaw_deg[end - 1])
    assert np.cos(away) > 0.98
    assert truth.airspeed_mps[begin : begin + 10].mean() > speed_of(truth)[begin : begin + 10].mean() + 4.0


@pytest.mark.parametrize(("launch", "shortest", "longest"), [("roll", 10.0, 80.0), ("hand", 0.0, 9.0)])
def test_it_rolls_before_it_flies_unless_thrown(launch, shortest, longest):
    truth = flown("plane", wind_mps=1.0, wing=Wing(launch=launch))
    (begin, _), *_ = gaps(truth.in_air)
    rolled = (speed_of(truth)[:begin] * STEP_S).sum()
    assert shortest <= rolled <= longest + 3.0
    assert not truth.in_air[:begin].any() and truth.armed[begin]


def test_it_rolls_out_on_the_ground_after_landing():
    truth = flown("plane")
    (_, end), *_ = gaps(truth.in_air)
    assert speed_of(truth)[end] > 3.0
    assert speed_of(truth)[-20:].max() < 0.5
    assert not truth.in_air[end:].any() and np.abs(truth.height_m[end:]).max() < 0.12


@pytest.mark.parametrize("kind", WINGED)
def test_it_climbs_and_sinks_within_its_limits_and_never_below_the_ground(kind):
    truth = flown(kind)
    assert (-truth.vd_mps).max() < Wing().climb_mps + 0.3
    assert truth.vd_mps.max() < Wing().sink_mps + 0.3
    assert truth.height_m.min() > -0.01


def test_the_nose_is_up_in_the_climb_and_wings_are_level_near_the_ground():
    truth = flown("plane")
    climbing = (-truth.vd_mps > 3.0) & (truth.height_m > 5.0)
    assert truth.pitch_deg[climbing].mean() > 8.0
    low = truth.in_air & (truth.height_m < 2.0)
    assert np.abs(truth.roll_deg[low]).max() < 12.0


def test_a_vtol_goes_straight_up_and_straight_down():
    truth = flown("vtol", wind_mps=5.0)
    low = truth.in_air & (truth.height_m < 20.0)
    away = np.hypot((truth.lat - truth.home.lat) * 111_000.0, (truth.lon - truth.home.lon) * 95_000.0)
    assert away[low].max() < 6.0
    assert speed_of(truth)[low].max() < 1.5
    assert speed_of(truth).max() > 15.0


def test_a_vtol_takes_more_current_on_its_rotors_than_on_its_wing():
    truth = flown("vtol")
    hovering = truth.in_air & (truth.height_m < 20.0)
    amps = truth.battery_current_a[0]
    assert amps[hovering].mean() > 1.5 * amps[on_the_wing(truth)].mean()


@pytest.mark.parametrize("kind", WINGED)
def test_a_failsafe_brings_it_home_early(kind):
    calm, lost = flown(kind), flown(kind, Mishap("link_lost", at=0.35))
    ordered = next(f for f in lost.faults if f.kind == "failsafe")
    row = int(np.searchsorted(lost.time_us, ordered.start_us))
    assert lost.airborne_s < calm.airborne_s - 10.0
    assert set(lost.mode[row + 1 :]) <= {Phase.RETURN.value, Phase.LANDING.value, Phase.GROUND.value}
    assert np.array_equal(lost.mode[:row], calm.mode[:row])


def test_a_plane_flies_one_sortie_at_most_and_a_vtol_any_number():
    assert len(flown("plane", sorties=2).sorties) == 1
    assert len(flown("vtol", sorties=2).sorties) == 2


@pytest.mark.parametrize("kind", WINGED)
def test_a_bench_run_never_leaves_the_ground(kind):
    truth = flown(kind, sorties=0)
    assert truth.armed.any() and not truth.in_air.any() and truth.max_speed_mps < 0.5
