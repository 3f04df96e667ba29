"""Inertial sensors at full rate: logged besides, they change nothing of what the rest of a log says."""

import numpy as np
import pytest

import groundside
from groundside.archive.reading import Reading
from groundside.simulate.fleets import Wish, flight
from groundside.simulate.truth import Truth
from groundside.simulate.writers import dataflash, ulog

RATE_HZ = 50


@pytest.fixture(scope="module")
def truth() -> Truth:
    return flight(3, 0, Wish(("multirotor",), ("ardupilot",)))


def assert_same_way(one: Reading, other: Reading) -> None:
    for name in ("time_us", "lon", "lat", "height_m", "yaw_deg"):
        a, b = (each.track()[name].to_numpy() for each in (one, other))
        assert np.array_equal(a, b, equal_nan=True), name


def test_a_dataflash_log_has_three_sensors_at_their_rate_and_the_same_track(truth: Truth):
    plain, fast = (
        groundside.read(dataflash.write(truth, dataflash.Recorder(inertial_hz=rate))) for rate in (0, RATE_HZ)
    )
    assert not fast.problems
    assert_same_way(fast, plain)
    for sensor in range(3):
        times = fast.tables[f"IMU[{sensor}]"]["TimeUS"].to_numpy()
        assert set(np.diff(times)) == {1_000_000 // RATE_HZ}


def test_a_ulog_has_the_sensor_at_its_rate_and_the_same_track(truth: Truth):
    plain, fast = (groundside.read(ulog.write(truth, 1, ulog.Recorder(inertial_hz=rate))) for rate in (0, RATE_HZ))
    assert not fast.problems
    assert_same_way(fast, plain)
    [name] = [each for each in fast.tables if each.startswith("sensor_combined")]
    assert set(np.diff(fast.tables[name]["timestamp"].to_numpy())) == {1_000_000 // RATE_HZ}


def test_longer_flights_are_longer(truth: Truth):
    longer = flight(3, 0, Wish(("multirotor",), ("ardupilot",), lasts_s=(600.0, 1500.0)))
    assert longer.duration_s > 2.0 * truth.duration_s
