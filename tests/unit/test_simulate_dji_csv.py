"""What the simulator writes as a flight record's CSV, in the ways of three programs, read with `csv` alone."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from groundside.simulate import places
from groundside.simulate.truth import Fault
from groundside.simulate.writers import dji_csv
from groundside.simulate.writers.dji_csv import Export
from tests.surveyed import LOST, TIP, WARNING, flown

FEET_M, MPH_MPS = 0.3048, 0.44704
BEFORE_LOCAL_MIDNIGHT_US = 1_779_947_940_000_000
"""2026-05-28 05:59:00 UTC."""
STYLES = ("flight_reader", "txtlog", "log_parser")


def rows(data: bytes) -> list[dict[str, str]]:
    text = data.decode().removeprefix("sep=,\r\n")
    found = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert all(None not in row and None not in row.values() for row in found)
    return found


def column(found: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in found])


def seconds(texts: list[str], pattern: str, ahead: timedelta = timedelta(0)) -> np.ndarray:
    return np.array([(datetime.strptime(t, pattern).replace(tzinfo=UTC) - ahead).timestamp() for t in texts])


@pytest.mark.parametrize(("metric", "units"), [(False, ("ft", "MPH", FEET_M, MPH_MPS)), (True, ("m", "m/s", 1.0, 1.0))])
@pytest.mark.parametrize("field", [places.SALT_FLAT, places.PLAIN])
def test_flight_readers_columns_say_what_happened_in_the_units_of_their_names(field, metric, units):
    truth, (length, speed, metres, mps) = flown(field), units
    found = rows(dji_csv.write(truth, 0, Export(metric=metric)))
    known = truth.has_fix
    assert len(found) == len(truth)
    for name, values in (("OSD.latitude", truth.lat), ("OSD.longitude", truth.lon)):
        assert np.abs(column(found, name) - values)[known].max() <= 0.51e-8
        assert not column(found, name)[~known].any()
    assert np.abs(column(found, f"OSD.height [{length}]") * metres - truth.height_m).max() < 0.07
    altitude = truth.field.altitude_m + truth.height_m
    assert np.abs(column(found, f"OSD.altitude [{length}]") * metres - altitude).max() < 0.07
    for axis, values in (("x", truth.vn_mps), ("y", truth.ve_mps), ("z", truth.vd_mps)):
        assert np.abs(column(found, f"OSD.{axis}Speed [{speed}]") * mps - values).max() < 0.08
    flat = np.hypot(truth.vn_mps, truth.ve_mps)
    assert np.abs(column(found, f"OSD.hSpeed [{speed}]") * mps - flat).max() < 0.06
    total = float(found[0][f"DETAILS.totalDistance [{length}]"]) * metres
    assert total == pytest.approx(truth.distance_m, abs=0.06)


def test_angles_and_battery_are_those_of_the_truth():
    truth = flown()
    found = rows(dji_csv.write(truth, 0, Export(metric=True)))
    assert np.abs(column(found, "OSD.pitch") - truth.pitch_deg).max() <= 0.051
    assert np.abs(column(found, "OSD.yaw [360]") - truth.yaw_deg).max() <= 0.051
    assert np.abs(np.mod(column(found, "OSD.yaw"), 360.0) - truth.yaw_deg).max() <= 0.051
    assert np.abs(column(found, "GIMBAL.pitch") - truth.gimbal_pitch_deg).max() <= 0.051
    assert np.abs(column(found, "BATTERY.voltage [V]") - truth.battery_voltage_v[0]).max() <= 0.00051
    assert np.abs(column(found, "BATTERY.temperature [C]") - truth.battery_temperature_c[0]).max() <= 0.051
    assert np.abs(column(found, "BATTERY.chargeLevel [%]") - truth.battery_percent[0]).max() < 1.0
    cells = sum(column(found, f"BATTERY.cellVoltage{i + 1} [V]") for i in range(truth.cells))
    assert np.abs(cells - truth.battery_voltage_v[0]).max() < 0.003
    fahrenheit = column(rows(dji_csv.write(truth)), "BATTERY.temperature [F]")
    assert np.abs((fahrenheit - 32.0) / 1.8 - truth.battery_temperature_c[0]).max() < 0.03


@pytest.mark.parametrize(("field", "hours"), [(places.SALT_FLAT, -6.0), (places.PLAIN, 9.5)])
def test_flight_readers_wall_clock_is_local_to_a_hundredth_of_a_second(field, hours):
    truth = flown(field)
    found = rows(dji_csv.write(truth))
    texts = [f"{r['CUSTOM.date [local]']} {r['CUSTOM.updateTime [local]']}" for r in found]
    said = seconds(texts, "%m/%d/%Y %I:%M:%S.%f %p", timedelta(hours=hours))
    behind = truth.time_us / 1e6 - said
    assert behind.min() > -1e-6 and behind.max() < 0.0101
    assert not texts[0].startswith("0")


def test_midnight_is_twelve_in_the_morning_of_the_next_day():
    found = rows(dji_csv.write(flown(start_us=BEFORE_LOCAL_MIDNIGHT_US)))
    said = [(r["CUSTOM.date [local]"], r["CUSTOM.updateTime [local]"]) for r in found]
    assert said[0] == ("5/27/2026", "11:59:00.00 PM") and said[600] == ("5/28/2026", "12:00:00.00 AM")


def test_flight_readers_wall_clock_may_be_utc_and_then_says_so():
    found = rows(dji_csv.write(flown(), 0, Export(utc=True)))
    assert "CUSTOM.date [local]" not in found[0]
    text = f"{found[0]['CUSTOM.date [UTC]']} {found[0]['CUSTOM.updateTime [UTC]']}"
    assert text == "5/28/2026 8:26:40.12 PM"


def test_flight_time_counts_while_the_motors_turn_and_has_two_forms():
    truth = flown()
    found = rows(dji_csv.write(truth))
    count = column(found, "OSD.flyTime [s]")
    assert count[-1] == pytest.approx(truth.armed.sum() / 10.0, abs=1e-9)
    minutes, rest = found[-1]["OSD.flyTime"].removesuffix("s").split("m ")
    assert int(minutes) * 60 + float(rest) == pytest.approx(count[-1])


def test_txtlogs_columns_are_metric_and_its_clock_is_one():
    truth = flown()
    found = rows(dji_csv.write(truth, 0, Export(style="txtlog")))
    said = seconds([r["CUSTOM.updateTime"] for r in found], "%Y/%m/%d %H:%M:%S.%f")
    assert np.abs(said - truth.time_us / 1e6).max() < 1e-3
    assert np.abs(column(found, "OSD.height [m]") - truth.height_m).max() <= 0.051
    assert np.abs(column(found, "CUSTOM.hSpeed [m/s]") - np.hypot(truth.vn_mps, truth.ve_mps)).max() <= 0.051
    assert column(found, "CUSTOM.distance [m]")[-1] == pytest.approx(truth.distance_m, rel=0.01)
    assert (
        np.abs(column(found, "CENTER_BATTERY.voltageCell1 [V]") * truth.cells - truth.battery_voltage_v[0]).max()
        < 0.003
    )
    assert [r["CUSTOM.isVideo"] == "Recording" for r in found] == truth.in_air.tolist()
    assert [r["OSD.isMotorUp"] == "True" for r in found] == truth.armed.tolist()


def test_log_parsers_columns_say_no_unit_and_write_truth_values_small():
    truth = flown()
    found = rows(dji_csv.write(truth, 0, Export(style="log_parser")))
    said = np.array([datetime.fromisoformat(r["CUSTOM.dateTime"]).timestamp() for r in found])
    assert np.abs(said - truth.time_us / 1e6).max() < 1e-3
    assert np.abs(column(found, "OSD.height") - truth.height_m).max() <= 0.051
    assert np.abs(column(found, "OSD.latitude") - truth.lat)[truth.has_fix].max() <= 0.51e-8
    assert np.abs(column(found, "BATTERY.current") - truth.battery_current_a[0]).max() <= 0.00051
    assert [r["OSD.isMotorOn"] for r in found] == ["true" if x else "false" for x in truth.armed]
    assert {r["OSD.isVibrating"] for r in found} == {"false"}
    assert found[0]["OSD.height"] == "0.0" and found[0]["DETAILS.aircraftSerial"] == "SIM0003"
    assert len([n for n in found[0] if n.startswith("BATTERY.cellVoltage") and n[-1].isdigit()]) == truth.cells


@pytest.mark.parametrize(("style", "tip", "warning"), [
    ("flight_reader", "APP.tip", "APP.warning"), ("txtlog", "APP_TIP.tip", "APP_WARN.warn"),
    ("log_parser", "APP.tip", "APP.warn"),
])  # fmt: skip
def test_faults_and_messages_are_tips_and_warnings_in_the_row_of_their_time(style, tip, warning):
    found = rows(dji_csv.write(flown(loses_fix=True), 0, Export(style=style)))
    warned = {i: row[warning] for i, row in enumerate(found) if row[warning]}
    assert warned == {LOST.start: f"Gnss lost.; {WARNING}"}
    assert {i: row[tip] for i, row in enumerate(found) if row[tip]} == {
        0: "SIMULATED by Groundside",
        LOST.start + 20: TIP,
    }


def test_without_a_fix_the_place_is_zero_and_home_stays():
    found = rows(dji_csv.write(flown(loses_fix=True), 0, Export(metric=True)))
    lost = found[LOST]
    assert {(r["OSD.latitude"], r["OSD.longitude"], r["OSD.gpsLevel"]) for r in lost} == {("0", "0", "0")}
    assert {r["HOME.latitude"] for r in lost} == {"40.79"} and found[0]["HOME.latitude"] == "0"


def test_the_wall_clock_is_the_controllers_also_where_that_is_wrong():
    truth = flown()
    jump = replace(truth, faults=(Fault("clock_jump", int(truth.time_us[900]), int(truth.time_us[-1]), 37.0),))
    found = rows(dji_csv.write(jump, 0, Export(style="log_parser")))
    said = np.array([datetime.fromisoformat(r["CUSTOM.dateTime"]).timestamp() for r in found]) - truth.time_us / 1e6
    assert np.abs(said[:900]).max() < 1e-3 and np.abs(said[900:] - 37.0).max() < 1e-3
    assert not any(row["APP.warn"] for row in found)


def test_the_head_of_a_flight_reader_file_has_several_forms():
    plain = dji_csv.write(flown()).split(b"\r\n")
    assert plain[0] == b"sep=," and plain[1].startswith(b"CUSTOM.date [local],CUSTOM.updateTime [local],OSD.flyTime,")
    spaced = dji_csv.write(flown(), 0, Export(spaced=True, separator_line=False, charge_unit=False)).split(b"\r\n")
    assert spaced[0].startswith(b"CUSTOM.date [local], CUSTOM.updateTime [local], OSD.flyTime,")
    assert b", BATTERY.chargeLevel," in spaced[0] and len(plain) == len(spaced) + 1


@pytest.mark.parametrize("style", STYLES)
def test_each_file_says_that_it_is_simulated_and_is_the_same_again(style):
    data = dji_csv.write(flown(), 1, Export(style=style))
    assert b"SIMULATED by Groundside" in data
    assert data == dji_csv.write(flown(), 2, Export(style=style))
