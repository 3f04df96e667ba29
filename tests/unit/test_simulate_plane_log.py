"""What goes wrong, what is said and what a plane does stand in DataFlash, DJI and AirData files where they have a place."""

import csv
import io
import struct
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from pymavlink.DFReader import DFReader_binary

from groundside.model.recording import Battery
from groundside.simulate.failing import Mishap
from groundside.simulate.truth import Truth
from groundside.simulate.writers import airdata_csv, dataflash, dji_record
from tests.flown import flown
from tests.unit.test_simulate_dji import contents

ALL = tuple(Mishap(k) for k in ("gnss_lost", "link_lost", "battery_low", "hard_landing", "clock_jump"))
MODES = {
    "multirotor": {"AUTO", "LOITER", "RTL", "LAND"},
    "plane": {"MANUAL", "TAKEOFF", "AUTO", "RTL"},
    "vtol": {"QLOITER", "AUTO", "RTL", "QLAND"},
}
RECORDER = dataflash.Recorder()


def read(truth: Truth, folder: Path, *wanted: str, generation: str = "4.5") -> dict[str, list]:
    path = folder / "log.bin"
    path.write_bytes(dataflash.write(truth, dataflash.Recorder(generation)))
    reader, found = DFReader_binary(str(path)), {name: [] for name in wanted}
    while (message := reader.recv_match(type=list(wanted))) is not None:
        found[message.get_type()].append((message, reader.flightmode))
    reader.filehandle.close()
    reader.data_map.close()
    return found


def at(truth: Truth, message) -> int:
    return message.TimeUS - RECORDER.boot_us + truth.start_us


@pytest.mark.parametrize("generation", ["4.5", "4.7"])
@pytest.mark.parametrize("kind", sorted(MODES))
def test_pymavlink_names_the_modes_of_each_vehicle(kind, generation, tmp_path):
    found = read(flown(kind, Mishap("link_lost", at=0.4)), tmp_path, "MSG", "MODE", generation=generation)
    assert {mode for _, mode in found["MODE"]} <= MODES[kind] and "RTL" in {mode for _, mode in found["MODE"]}
    vehicle = "ArduCopter" if kind == "multirotor" else "ArduPlane"
    assert found["MSG"][0][0].Message.startswith(f"{vehicle} V{generation}")


def test_a_plane_says_when_it_flies_and_how_fast_through_the_air(tmp_path):
    truth = flown("plane")
    found = read(truth, tmp_path, "STAT", "ARSP", "EV")
    assert [m.isFlying for m, _ in found["STAT"]] == truth.in_air[::5].astype(int).tolist()
    assert np.abs([m.Airspeed for m, _ in found["ARSP"]] - truth.airspeed_mps[::5]).max() < 1e-4
    assert {m.Id for m, _ in found["EV"]} == {10, 11, 25}


@pytest.mark.parametrize("kind", sorted(MODES))
def test_messages_and_changed_parameters_come_when_they_were(kind, tmp_path):
    truth = flown(kind, *ALL)
    found = read(truth, tmp_path, "MSG", "PARM")
    said = [(at(truth, m), m.Message) for m, _ in found["MSG"] if at(truth, m) > truth.start_us]
    assert said == [(m.time_us, m.text) for m in truth.messages if m.time_us > truth.start_us]
    changed = [(at(truth, m), m.Name, m.Value) for m, _ in found["PARM"] if at(truth, m) > truth.start_us]
    assert changed == [(s.time_us, s.name, s.value) for s in truth.settings if s.time_us is not None] != []
    initial = {m.Name: m.Value for m, _ in found["PARM"] if at(truth, m) == truth.start_us}
    assert all(initial[s.name] == s.value for s in truth.settings if s.time_us is None)


def test_errors_name_the_subsystem_at_the_time_of_each_fault(tmp_path):
    truth = flown("multirotor", *ALL)
    found = [(at(truth, m), m.Subsys, m.ECode) for m, _ in read(truth, tmp_path, "ERR")["ERR"]]
    codes = {"gnss_lost": (11, 2), "battery_low": (6, 1), "link_lost": (8, 1)}
    for fault in truth.faults:
        if fault.kind in codes:
            assert (fault.start_us, *codes[fault.kind]) in found
    gone = next(f for f in truth.faults if f.kind == "gnss_lost")
    assert (gone.end_us, 11, 0) in found


@pytest.mark.parametrize(("mishap", "reason"), [("battery_low", 4), ("link_lost", 5)])
def test_a_mode_changed_by_a_failsafe_says_why(mishap, reason, tmp_path):
    truth = flown("multirotor", Mishap(mishap))
    order = next(f for f in truth.faults if f.kind == "failsafe")
    modes = [(at(truth, m), m.Rsn) for m, _ in read(truth, tmp_path, "MODE")["MODE"]]
    assert (order.start_us, reason) in modes
    assert {r for t, r in modes if t != order.start_us} == {1}


def test_without_satellites_the_receiver_says_so_and_no_position_is_logged(tmp_path):
    truth = flown("multirotor", Mishap("gnss_lost", lasts_s=10.0))
    found = read(truth, tmp_path, "GPS", "POS")
    lost = truth.during("gnss_lost")
    first = [m for m, _ in found["GPS"] if m.I == 0]
    assert [m.Status >= 3 for m in first] == (~lost[::2]).tolist()
    assert all((m.Lat, m.NSats) == (0.0, 4) for m in first if m.Status < 3)
    assert len(found["POS"]) == (~lost).sum()


def test_two_unequal_packs_are_two_batteries(tmp_path):
    two = (Battery(slot=1, serial="SIMB1"), Battery(slot=2, serial="SIMB2"))
    truth = flown("multirotor", batteries=two, worn=0.3)
    found = [m for m, _ in read(truth, tmp_path, "BAT")["BAT"]]
    last = [[m.RemPct for m in found if m.Inst == i][-1] for i in (0, 1)]
    assert last == truth.battery_percent[:, ::5][:, -1].tolist() and last[0] > last[1]


def test_the_old_log_has_errors_and_texts_too():
    truth = flown("multirotor", Mishap("gnss_lost"), Mishap("link_lost"))
    data = dataflash.write(truth, dataflash.Recorder("3.1"))
    assert data.count(b"\xa3\x95\x13") >= 4
    assert b"GPS Glitch or Compass error" in data


def test_a_dji_record_warns_of_a_low_battery_a_lost_link_and_why_it_flies_home():
    truth = flown("multirotor", Mishap("battery_low", at=0.3), Mishap("gnss_lost", at=0.6), autopilot="dji")
    record = dji_record.write(truth, dji_record.Recorder(12), 1)
    found = list(contents(record))
    osd = [c for k, c in found if k == 1]
    warning = np.array([c[33] >> 1 & 3 for c in osd])
    assert np.array_equal(warning >= 1, truth.during("battery_low") | truth.during("battery_critical"))
    valid, level = np.array([c[33] >> 7 for c in osd]), np.array([c[34] >> 2 & 15 for c in osd])
    assert np.array_equal(valid == 1, truth.has_fix) and np.array_equal(level > 0, truth.has_fix)
    action = np.array([c[37] for c in osd])
    order = next(f for f in truth.faults if f.kind == "failsafe")
    assert np.array_equal(action == 1, (truth.time_us >= order.start_us) & truth.in_air)
    tips = [c.rstrip(b"\0").decode() for k, c in found if k == 9]
    assert {m.text for m in truth.messages} <= set(tips)


def test_a_lost_link_is_flagged_in_a_dji_record_and_sends_it_home():
    truth = flown("multirotor", Mishap("link_lost", lasts_s=9.0), autopilot="dji")
    osd = [c for k, c in contents(dji_record.write(truth, dji_record.Recorder(11), 1)) if k == 1]
    assert np.array_equal(np.array([c[30] >> 7 for c in osd]) == 1, truth.during("link_lost"))
    assert {c[37] for c in osd} == {0, 15}


def test_a_jumping_clock_is_in_the_wall_clock_of_dji_and_airdata_files():
    truth = flown("multirotor", Mishap("clock_jump", value=120.0), autopilot="dji")
    clock = [
        struct.unpack_from("<BBffq", c)[4]
        for k, c in contents(dji_record.write(truth, dji_record.Recorder(12), 1))
        if k == 5
    ]
    assert max(np.diff(clock)) >= 120_000
    rows = list(csv.DictReader(io.StringIO(airdata_csv.write(truth).decode())))
    assert rows[-1]["datetime(utc)"] > rows[0]["datetime(utc)"]
    assert {int(b["time(millisecond)"]) - int(a["time(millisecond)"]) for a, b in pairwise(rows)} == {100}


def test_warnings_stand_in_the_airdata_row_they_were_given_in():
    truth = flown("multirotor", Mishap("battery_low"), Mishap("gnss_lost", lasts_s=7.0), autopilot="dji")
    rows = list(csv.DictReader(io.StringIO(airdata_csv.write(truth).decode())))
    warned = {i: r["message"] for i, r in enumerate(rows) if r["message"] and i}
    expected = {int(np.searchsorted(truth.time_us, m.time_us)): m.text for m in truth.messages if m.severity <= 4}
    assert warned == expected != {}
    assert [r["gpslevel"] == "0" for r in rows] == truth.during("gnss_lost").tolist()
