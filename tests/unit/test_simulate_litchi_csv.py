"""What the simulator writes as Litchi's flight log, read with `csv` alone."""

import csv
import io
from datetime import UTC, datetime

import numpy as np
import pytest

from groundside.simulate import places
from groundside.simulate.writers import litchi_csv
from groundside.simulate.writers.litchi_csv import Export
from tests.surveyed import LOST, TIP, WARNING, flown


def rows(data: bytes) -> list[dict[str, str]]:
    found = list(csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True))
    assert all(None not in row and None not in row.values() for row in found)
    return found


def column(found: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in found])


def clock(found: list[dict[str, str]], name: str) -> np.ndarray:
    texts = [row[name] for row in found]
    return np.array([datetime.strptime(t, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC).timestamp() for t in texts])


@pytest.mark.parametrize(("metric", "length", "speed", "metres", "mps"), [
    (True, "m", "mps", 1.0, 1.0), (False, "feet", "mph", 0.3048, 0.44704),
])  # fmt: skip
@pytest.mark.parametrize("field", [places.SALT_FLAT, places.PLAIN])
def test_the_columns_say_what_happened_in_the_units_of_their_names(field, metric, length, speed, metres, mps):
    truth = flown(field)
    found = rows(litchi_csv.write(truth, 0, Export(metric=metric)))
    known = truth.has_fix
    assert len(found) == len(truth)
    for name, values in (("latitude", truth.lat), ("longitude", truth.lon)):
        assert np.abs(column(found, name) - values)[known].max() <= 0.51e-8
        assert not column(found, name)[~known].any()
    assert np.abs(column(found, f"altitude({length})") * metres - truth.height_m).max() <= 0.0052
    for axis, values in (("X", truth.vn_mps), ("Y", truth.ve_mps), ("Z", truth.vd_mps)):
        assert np.abs(column(found, f"velocity{axis}({speed})") * mps - values).max() <= 0.0052
    assert np.abs(column(found, f"speed({speed})") * mps - np.hypot(truth.vn_mps, truth.ve_mps)).max() <= 0.0052
    assert column(found, f"max_altitude({length})")[-1] * metres == pytest.approx(truth.max_height_m, abs=0.02)


@pytest.mark.parametrize(("field", "hours"), [(places.SALT_FLAT, -6.0), (places.PLAIN, 9.5)])
def test_the_clocks_are_utc_and_local_and_count_from_the_start(field, hours):
    truth = flown(field)
    found = rows(litchi_csv.write(truth))
    assert np.abs(clock(found, "datetime(utc)") - truth.time_us / 1e6).max() < 1e-3
    assert np.abs(clock(found, "datetime(local)") - truth.time_us / 1e6 - hours * 3600.0).max() < 1e-3
    assert column(found, "time(millisecond)").tolist() == ((truth.time_us - truth.start_us) // 1000).tolist()
    assert column(found, "timestamp").tolist() == (truth.time_us // 1000).tolist()


def test_raw_values_are_tenths_and_the_battery_is_in_thousandths():
    truth = flown()
    found = rows(litchi_csv.write(truth))
    assert np.abs(column(found, "pitchRaw") / 10.0 - truth.pitch_deg).max() <= 0.051
    assert np.abs(column(found, "gimbalPitchRaw") / 10.0 - truth.gimbal_pitch_deg).max() <= 0.051
    assert np.abs(np.mod(column(found, "yawRaw") / 10.0, 360.0) - truth.yaw_deg).max() <= 0.051
    assert np.abs(column(found, "altitudeRaw") / 10.0 - truth.height_m).max() <= 0.051
    assert np.abs(column(found, "velocityYRaw") / 10.0 - truth.ve_mps).max() <= 0.051
    assert np.abs(column(found, "currentVoltage") / 1000.0 - truth.battery_voltage_v[0]).max() <= 0.00051
    assert np.abs(column(found, "currentCurrent") / 1000.0 + truth.battery_current_a[0]).max() <= 0.00051
    assert np.abs(column(found, "Battery_Cell1") / 1000.0 * truth.cells - truth.battery_voltage_v[0]).max() < 0.003
    assert np.abs(column(found, "remainPowerPercent") - truth.battery_percent[0]).max() < 1.0
    assert np.abs(column(found, "batteryTemperature") - truth.battery_temperature_c[0]).max() <= 0.051


def test_flags_follow_the_flight():
    truth = flown()
    found = rows(litchi_csv.write(truth))
    assert column(found, "isflying").astype(bool).tolist() == truth.in_air.tolist()
    assert column(found, "isMotorsOn").astype(bool).tolist() == truth.armed.tolist()
    assert column(found, "satellites").tolist() == truth.satellites.tolist()


def test_names_and_serial_numbers_stand_in_the_first_row_only():
    first, *rest = rows(litchi_csv.write(flown()))
    assert first["Planename"] == "SIMULATED Quad 3" and first["FlyControllerSerialNumber"] == "SIM0003"
    assert first["BatterySerialNumber"] == "SIMB0101" and first["CENTER_BATTERY.fullCapacity"]
    assert {row["Planename"] + row["BatterySerialNumber"] for row in rest} == {""}


def test_faults_and_messages_are_tips_and_warnings_in_the_row_of_their_time():
    found = rows(litchi_csv.write(flown(loses_fix=True)))
    warned = {i: row["App_Warning"] for i, row in enumerate(found) if row["App_Warning"]}
    assert list(warned) == [LOST.start] and set(warned[LOST.start].split("; ")) == {"Gnss lost.", WARNING}
    tips = {i: row["App_Tip"] for i, row in enumerate(found) if row["App_Tip"]}
    assert tips == {0: "SIMULATED by Groundside", LOST.start + 20: TIP}
    assert {(r["latitude"], r["longitude"]) for r in found[LOST]} == {("0", "0")}
    assert {r["home_longitude"] for r in found[LOST]} == {"-113.86"}


def test_the_head_is_litchis():
    head = litchi_csv.write(flown()).decode().split("\n", 1)[0].split(",")
    assert head[:4] == ["latitude", "longitude", "altitude(m)", "ultrasonicHeight(m)"]
    assert head[10:13] == ["time(millisecond)", "datetime(utc)", "datetime(local)"]
    assert head[58] == "CENTER_BATTERY.fullCapacity" and head[63] == "gimbalPitchRaw" and len(head) == 79
    assert litchi_csv.write(flown(), 1) == litchi_csv.write(flown(), 2)
