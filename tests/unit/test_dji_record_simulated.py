"""
The decoder against the simulator, which shares no table with it: every version, to the rounding of the format.

Disagreements are settled from the public descriptions, never by bending one to the other.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from groundside.decode.format import Options
from groundside.decode.formats.dji_record import FORMAT
from groundside.model.recording import Aircraft, Battery
from groundside.simulate.missions import Area
from groundside.simulate.places import SALT_FLAT
from groundside.simulate.scenario import Scenario, simulate
from groundside.simulate.truth import Truth
from groundside.simulate.writers.dji_record import Record, Recorder, write

BATTERIES = (Battery(slot=1, serial="SIMBATT0001"), Battery(slot=2, serial="SIMBATT0002"))
ENCRYPTED = [
    Recorder(version=13),
    Recorder(version=14),
    Recorder(version=13, switch_row=150),
    Recorder(version=14, switch_row=150),
    Recorder(version=14, details_offset=False),
    Recorder(version=14, product=170),
]
PLAIN = [Recorder(version=version) for version in (4, 6, 7, 8, 9, 10, 11, 12)]


@cache
def flight() -> Truth:
    area = Area(east_m=20, north_m=20, width_m=30, depth_m=20, height_m=25)
    aircraft = Aircraft(name="Simulated", model="Mavic 3", serial="SIM0001")
    return simulate(
        Scenario(
            name="small",
            field=SALT_FLAT,
            mission="survey",
            area=area,
            start_us=1_750_000_000_123_000,
            aircraft=aircraft,
            batteries=BATTERIES,
            fix_after_s=3.0,
        ),
        seed=3,
    )


@cache
def written(recorder: Recorder) -> Record:
    return write(flight(), recorder, seed=5)


@pytest.mark.parametrize("recorder", PLAIN + ENCRYPTED)
def test_every_row_is_the_one_that_was_flown(recorder: Recorder):
    assert FORMAT.keys_from_answer is not None
    truth, record = flight(), written(recorder)
    assert FORMAT.recognises(record.content[:65536])
    chains = FORMAT.keys_from_answer(record.answer) if record.answer else ()
    decoded = FORMAT.decode(memoryview(record.content), Options(chains))
    assert decoded.account.skipped == 0
    track = FORMAT.track(decoded)
    assert track is not None
    np.testing.assert_array_equal(track.time_us, truth.time_us)
    for name in ("lon", "lat"):
        np.testing.assert_allclose(track.floats(name), getattr(truth, name), atol=1e-12)
    for name in (
        "height_m",
        "altitude_m",
        "vn_mps",
        "ve_mps",
        "vd_mps",
        "roll_deg",
        "pitch_deg",
        "gimbal_pitch_deg",
    ):
        np.testing.assert_allclose(track.floats(name), getattr(truth, name), atol=0.0501, err_msg=name)
    for name in ("yaw_deg", "gimbal_yaw_deg"):
        turned = (track.floats(name) - getattr(truth, name) + 180) % 360 - 180
        assert np.abs(turned).max() < 0.0501, name
    assert track.table.column("armed").to_pylist() == truth.armed.tolist()
    assert track.table.column("in_air").to_pylist() == truth.in_air.tolist()
    assert track.table.column("satellites").to_pylist() == truth.satellites.tolist()
    percent = track.floats("battery_percent")
    assert np.abs(percent - truth.battery_percent[0])[np.isfinite(percent)].max() <= 1.0
    assert np.isfinite(percent).mean() > 0.95


@pytest.mark.parametrize("recorder", ENCRYPTED)
def test_a_locked_record_says_all_that_its_details_hold(recorder: Recorder):
    truth, record = flight(), written(recorder)
    assert FORMAT.key_request is not None
    recording = FORMAT.recording(FORMAT.decode(memoryview(record.content), Options()))
    assert recording.track_locked
    assert recording.rows_expected == len(truth.time_us)
    assert recording.start_us == int(truth.time_us[0])
    assert recording.duration_s == pytest.approx((truth.time_us[-1] - truth.time_us[0]) / 1e6, abs=1e-3)
    assert recording.distance_m == pytest.approx(truth.sorties[0].distance_m, abs=0.01)
    assert recording.home is not None
    assert recording.home.lat == pytest.approx(truth.field.home.lat, abs=1e-9)
    assert recording.aircraft.serial == truth.aircraft.serial
    assert FORMAT.key_request(memoryview(record.content)) == record.request


def test_both_batteries_of_an_aircraft_with_two_are_in_the_track():
    assert FORMAT.keys_from_answer is not None
    truth, record = flight(), written(Recorder(version=14, product=170))
    chains = FORMAT.keys_from_answer(record.answer)
    track = FORMAT.track(FORMAT.decode(memoryview(record.content), Options(chains)))
    assert track is not None
    for slot, suffix in ((0, ""), (1, "_2")):
        voltage = track.floats(f"battery_voltage_v{suffix}")
        assert np.abs(voltage - truth.battery_voltage_v[slot]).max() < 1.5, "held for a second"
        assert np.abs(track.floats(f"battery_percent{suffix}") - truth.battery_percent[slot]).max() <= 1.0
