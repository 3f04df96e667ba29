"""Flights side by side: what a flight does not have is null, and what two flights state is compared."""

from types import SimpleNamespace as Made

import numpy as np
import pytest

from groundside.model.happening import Severity
from groundside.model.parameters import Parameter
from groundside.model.recording import TimeBasis
from groundside.model.table import Column
from groundside.model.track import Track, track_of
from groundside.see.comparing import batteries, differing_parameters, events, mean_speed, phases

NAN = float("nan")


def a_track(**columns: list[float]) -> Track:
    times = Column(np.array([0, 1_000_000, 2_000_000]))
    known = {name: Column(np.array(values, dtype=float)) for name, values in columns.items()}
    return track_of({"time_us": times, **known}, TimeBasis.UTC_GNSS)


def stated(**values: float) -> dict[str, Parameter]:
    return {name: Parameter(value) for name, value in values.items()}


def test_parameters_differ_only_where_two_flights_state_them_and_by_more_than_a_32_bit_float_rounds():
    flights = [stated(A=1, B=0.1, ONLY=3), stated(A=2, B=0.10000000149), stated(B=0.1, C=1), {}]
    differing, alike = differing_parameters(flights)
    assert [(name, [None if v is None else v.value for v in values]) for name, values in differing] == [
        ("A", [1, 2, None, None])
    ]
    assert alike == 1


def test_the_charge_used_is_from_the_first_to_the_last_that_is_stated():
    (one, two) = batteries(a_track(battery_percent=[NAN, 90, 60], battery_voltage_v_2=[12.5, NAN, 12.1]))
    assert one == {"battery": 1, "used_percent": 30, "percent": (90, 60), "volts": None}
    assert two == {"battery": 2, "used_percent": None, "percent": None, "volts": (12.5, 12.1)}


def test_a_charge_that_rose_was_not_used():
    (one,) = batteries(a_track(battery_percent=[20, 30, 95]))
    assert one["used_percent"] is None


@pytest.mark.parametrize("track", [None, a_track()])
def test_a_flight_whose_track_states_no_battery_has_none(track: Track | None):
    assert batteries(track) == []


def test_no_events_is_a_finding_only_where_something_is_told():
    hover = Made(phase=Made(value="hover"), seconds=4.0)
    nothing, quiet = Made(phases=(), happenings=()), Made(phases=(hover, hover), happenings=())
    assert (events(nothing), events(quiet)) == (None, {})
    assert (phases(nothing), phases(quiet)) == (None, {"hover": 8.0})
    grave = Made(phases=(), happenings=[Made(severity=Severity.INFO), Made(severity=Severity.CRITICAL)])
    assert list(events(grave).items()) == [("critical", 1), ("info", 1)]


@pytest.mark.parametrize(("distance_m", "airborne_s"), [(None, 10.0), (10.0, None), (10.0, 0.0)])
def test_without_a_distance_or_a_time_in_the_air_there_is_no_mean_speed(distance_m, airborne_s):
    assert mean_speed(Made(summary=Made(distance_m=distance_m, airborne_s=airborne_s))) is None
