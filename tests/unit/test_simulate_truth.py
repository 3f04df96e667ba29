"""The simulator's truth agrees with itself and with what a multirotor can do."""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pyproj import Geod

from groundside.errors import BadRequest
from groundside.model.recording import Aircraft, Battery
from groundside.simulate import places
from groundside.simulate.missions import MISSIONS, Area, powerline
from groundside.simulate.scenario import Scenario, simulate
from groundside.simulate.truth import Truth

STEP_S = 0.1
TWO = (Battery(slot=1, serial="SIMB1"), Battery(slot=2, serial="SIMB2"))


@cache
def flown(mission: str = "survey", seed: int = 7, **changes) -> Truth:
    usual = {
        "name": "t",
        "field": places.PLAIN,
        "area": Area(width_m=150.0, depth_m=100.0),
        "start_us": 1_780_000_000_000_000,
    }
    craft = {"aircraft": Aircraft(name="SIMULATED Quad 1"), "batteries": TWO}
    return simulate(Scenario(mission=mission, **(usual | craft | changes)), seed)


def speed_of(truth: Truth) -> np.ndarray:
    return np.hypot(truth.vn_mps, truth.ve_mps)


@pytest.mark.parametrize("mission", sorted(MISSIONS))
def test_the_path_is_as_long_as_the_integral_of_the_speed(mission):
    truth = flown(mission)
    integral = (speed_of(truth) * truth.in_air).sum() * STEP_S
    assert truth.distance_m == pytest.approx(integral, rel=0.01)
    assert truth.distance_m > 300


@pytest.mark.parametrize("field", places.FIELDS, ids=lambda f: f.name)
def test_the_distance_is_what_a_geodesic_library_measures_along_the_positions(field):
    truth = flown("powerline", field=field)
    air = truth.in_air
    measured = Geod(ellps="WGS84").line_length(truth.lon[air], truth.lat[air])
    assert truth.distance_m == pytest.approx(measured, rel=2e-4)


def test_east_is_east_and_north_is_north():
    truth = flown()
    metres = 111_000.0
    north = np.gradient(truth.lat, STEP_S) * metres
    east = np.gradient(truth.lon, STEP_S) * metres * np.cos(np.radians(truth.home.lat))
    assert np.abs(north - truth.vn_mps).max() < 0.1
    assert np.abs(east - truth.ve_mps).max() < 0.1


@pytest.mark.parametrize("mission", sorted(MISSIONS))
def test_it_takes_off_flies_above_the_ground_and_lands_where_it_started(mission):
    truth = flown(mission)
    assert truth.takeoff_us < truth.landing_us
    assert not truth.in_air[0] and not truth.in_air[-1]
    assert truth.height_m.min() > -0.01
    assert truth.height_m[truth.in_air].min() > 0.0
    assert truth.max_height_m == pytest.approx(truth.height_m.max())
    gap = Geod(ellps="WGS84").inv(truth.lon[0], truth.lat[0], truth.lon[-1], truth.lat[-1])[2]
    assert gap < 3.0
    assert truth.airborne_s == pytest.approx(truth.in_air.sum() * STEP_S, abs=0.15)


def test_it_is_armed_before_it_flies_and_disarmed_after():
    truth = flown()
    armed, air = np.flatnonzero(truth.armed), np.flatnonzero(truth.in_air)
    assert armed[0] < air[0] and armed[-1] > air[-1]
    assert not truth.armed[0] and not truth.armed[-1]


@pytest.mark.parametrize("mission", sorted(MISSIONS))
def test_no_acceleration_or_speed_is_beyond_a_multirotor(mission):
    truth = flown(mission)
    acceleration = np.hypot(*(np.gradient(v, STEP_S) for v in (truth.vn_mps, truth.ve_mps)))
    assert acceleration.max() < 4.0
    assert speed_of(truth).max() < 12.0
    assert np.abs(truth.vd_mps).max() < 3.0
    assert np.abs(truth.roll_deg).max() < 35.0


def test_the_nose_goes_down_to_speed_up():
    truth = flown("powerline")
    yaw = np.radians(truth.yaw_deg)
    ahead = np.gradient(truth.vn_mps, STEP_S) * np.cos(yaw) + np.gradient(truth.ve_mps, STEP_S) * np.sin(yaw)
    assert truth.pitch_deg[(ahead > 1.2) & truth.in_air].mean() < -5.0
    assert truth.pitch_deg[(ahead < -1.2) & truth.in_air].mean() > 3.0


def test_a_powerline_flight_stops_at_every_pylon():
    area = Area(width_m=600.0, depth_m=100.0, spacing_m=100.0)
    truth = flown("powerline", area=area)
    still = (speed_of(truth) < 0.5) & (truth.mode == "hover")
    stops = (np.diff(still.astype(int)) == 1).sum()
    assert stops == len({(round(g.east_m, 3), round(g.north_m, 3)) for g in powerline(area)}) == 7


def test_batteries_only_empty_sag_under_load_and_are_two():
    truth = flown()
    assert truth.battery_percent.shape == (2, len(truth))
    assert (np.diff(truth.battery_percent, axis=1) <= 0).all()
    climbing, idle = truth.vd_mps < -2.0, ~truth.armed
    assert truth.battery_voltage_v[0][climbing].mean() < truth.battery_voltage_v[0][idle][0]
    assert truth.battery_current_a[0][climbing].mean() > 10 * truth.battery_current_a[0][idle].mean()
    assert not np.array_equal(truth.battery_percent[0], truth.battery_percent[1])


def test_the_same_seed_gives_the_same_flight_and_another_seed_another():
    a, b, c = flown(seed=1), simulate(again(), 1), flown(seed=2)
    assert a.lon.tobytes() == b.lon.tobytes() and a.roll_deg.tobytes() == b.roll_deg.tobytes()
    assert a.lon.tobytes() != c.lon[: len(a)].tobytes()


def again() -> Scenario:
    area = Area(width_m=150.0, depth_m=100.0)
    return Scenario(
        name="t", field=places.PLAIN, mission="survey", area=area, start_us=1_780_000_000_000_000,
        aircraft=Aircraft(name="SIMULATED Quad 1"), batteries=TWO,
    )  # fmt: skip


def test_a_log_of_two_flights_has_two_sorties_apart():
    truth = flown(sorties=2)
    first, second = truth.sorties
    assert first.landing_us < second.takeoff_us
    assert first.distance_m == pytest.approx(second.distance_m, rel=0.02)


def test_a_bench_run_is_armed_and_never_flies():
    truth = flown(sorties=0)
    assert truth.armed.any() and not truth.in_air.any()
    assert truth.sorties == () and truth.takeoff_us is None and truth.airborne_s == 0
    assert truth.max_height_m == 0.0


def test_there_is_no_position_before_the_first_fix():
    truth = flown(fix_after_s=5.0)
    assert np.isnan(truth.lon[:50]).all() and np.isfinite(truth.lon[50:]).all()
    assert (truth.fix[:50] == 0).all() and (truth.satellites[:50] < 5).all()


def test_times_are_ten_a_second_and_whole_milliseconds():
    truth = flown(start_us=1_780_000_000_123_000)
    assert set(np.diff(truth.time_us)) == {100_000}
    assert truth.start_us == 1_780_000_000_123_000


def test_a_mission_nobody_knows_is_refused_with_those_there_are():
    with pytest.raises(BadRequest, match="survey"):
        flown("picnic")


def test_a_start_between_milliseconds_is_refused():
    with pytest.raises(BadRequest, match="millisecond"):
        flown(start_us=1)


def test_the_places_lie_in_several_time_zones_one_at_a_half_hour():
    day = datetime(2026, 5, 4)
    offsets = {ZoneInfo(f.zone).utcoffset(day) for f in places.FIELDS}
    assert len(offsets) >= 5
    assert any(o % timedelta(hours=1) for o in offsets if o is not None)
    assert all(f.home.is_position for f in places.FIELDS)
