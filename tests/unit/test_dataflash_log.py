"""Parameters, messages, events and hardware: what a log says besides the track."""

from __future__ import annotations

import math
from typing import Any

import pytest

from groundside.decode.formats.dataflash import FORMAT
from groundside.model.log import EVENT_KINDS, Log
from groundside.model.recording import TimeBasis
from groundside.reference.ardupilot import ERRORS, EVENTS, MODES, error, event, mode_name, mode_number
from tests.dataflash_builder import LogBuilder, decoded, with_gps

UTC_OF_BOOT = 1_525_564_782_000_000 - 10_000_000
"""The logs of `with_gps` begin at boot second 10 with the start of GPS week 2000."""


def log_of(log: LogBuilder) -> Log:
    assert FORMAT.log is not None
    return FORMAT.log(decoded(log))


def copter(log: LogBuilder | None = None) -> LogBuilder:
    log = (log or LogBuilder()).define("MSG", "QZ", "TimeUS,Message")
    return log.add("MSG", 9_000_000, "ArduCopter V4.5.7 (51a51a5e)")


def events(log: Log, *columns: str) -> list[tuple[Any, ...]]:
    rows = log.events.to_pylist()
    return [tuple(row[column] for column in columns or ("kind", "text")) for row in rows]


def test_parameters_are_listed_once_with_their_default_and_again_where_they_change():
    log = copter(with_gps(LogBuilder())).define("PARM", "QNff", "TimeUS,Name,Value,Default")
    for time_us, value in ((1_000_000, 1.5), (2_000_000, 1.5), (10_500_000, 2.5)):
        log.add("PARM", time_us, "WPNAV_SPEED", value, 5.0)
    log.add("PARM", 1_100_000, "RTL_ALT", 1500.0, math.nan)
    found = log_of(log)
    rows = [(r["time_us"], r["name"], r["value"], r["component"]) for r in found.parameters.to_pylist()]
    assert rows == [
        (None, "WPNAV_SPEED", 1.5, ""),
        (None, "RTL_ALT", 1500.0, ""),
        (UTC_OF_BOOT + 10_500_000, "WPNAV_SPEED", 2.5, ""),
    ]
    defaults = found.parameters["default"].to_numpy()
    assert defaults[0] == 5.0
    assert math.isnan(defaults[1])
    assert found.time_basis is TimeBasis.UTC_GNSS


def test_parameters_of_old_logs_have_no_default_and_those_that_change_the_time_of_the_record_before():
    log = LogBuilder().define("PARM", "Nf", "Name,Value").define("IMU", "If", "TimeMS,AccX")
    log.add("IMU", 1_000, 0.0).add("PARM", "RTL_ALT", 10.0).add("IMU", 7_000, 0.0).add("PARM", "RTL_ALT", 20.0)
    rows = log_of(log).parameters.to_pylist()
    assert [(r["time_us"], r["value"]) for r in rows] == [(None, 10.0), (7_000_000, 20.0)]
    assert all(math.isnan(r["default"]) for r in rows)


def test_messages_are_on_the_clock_of_the_track_and_state_no_severity():
    found = log_of(copter(with_gps(LogBuilder())))
    assert found.messages.to_pylist() == [
        {"time_us": UTC_OF_BOOT + 9_000_000, "severity": None, "text": "ArduCopter V4.5.7 (51a51a5e)", "component": ""}
    ]


def test_events_and_errors_say_what_they_mean_and_those_unknown_their_numbers():
    log = copter().define("EV", "QB", "TimeUS,Id").define("ERR", "QBB", "TimeUS,Subsys,ECode")
    for n, number in enumerate((10, 28, 18, 11, 200)):
        log.add("EV", 10_000_000 + n, number)
    pairs = ((5, 1), (5, 0), (6, 1), (9, 6), (9, 0), (10, 5), (12, 1), (16, 2), (17, 1), (2, 2), (24, 1), (77, 3))
    for n, (subsystem, code) in enumerate(pairs):
        log.add("ERR", 20_000_000 + n, subsystem, code)
    assert events(log_of(log)) == [
        ("armed", "Armed"),
        ("takeoff", "Not landed any more"),
        ("landing", "Landed"),
        ("disarmed", "Disarmed"),
        ("other", "event 200"),
        ("failsafe", "Radio failsafe"),
        ("failsafe_cleared", "Radio failsafe ended"),
        ("failsafe", "Battery failsafe"),
        ("geofence", "Fence breached: circle, polygon"),
        ("geofence", "Back inside the fence"),
        ("error", "Mode Loiter could not be entered"),
        ("crash", "Crash detected"),
        ("error", "EKF variance is bad"),
        ("failsafe", "EKF failsafe"),
        ("link_lost", "Radio receiver is late"),
        ("other", "EKF core 1 became the primary one"),
        ("error", "subsystem 77 code 3"),
    ]


def test_modes_are_events_where_they_change():
    log = copter().define("MODE", "QMBB", "TimeUS,Mode,ModeNum,Rsn")
    for n, mode in enumerate((0, 0, 5, 99)):
        log.add("MODE", 10_000_000 + n, mode, mode, 1)
    assert events(log_of(log), "kind", "text", "origin") == [
        ("mode", "Stabilize", "MODE.ModeNum"), ("mode", "Loiter", "MODE.ModeNum"), ("mode", "mode 99", "MODE.ModeNum"),
    ]  # fmt: skip


def test_a_fix_that_is_lost_and_found_is_an_event_but_not_the_first_one():
    log = LogBuilder().define("GPS", "QBIHBLLffff", "TimeUS,Status,GMS,GWk,NSats,Lat,Lng,Alt,Spd,GCrs,VZ")
    for n, status in enumerate((1, 1, 3, 4, 1, 0, 3)):
        log.add("GPS", 10_000_000 + n, status, n, 2000, 9, 1, 1, 0.0, 0.0, 0.0, 0.0)
    assert events(log_of(log), "kind", "origin") == [("gnss_lost", "GPS.Status"), ("gnss_regained", "GPS.Status")]


def test_arming_and_flying_are_read_from_arm_and_stat_where_no_event_states_them():
    log = copter().define("ARM", "QB", "TimeUS,ArmState").define("STAT", "QBB", "TimeUS,isFlying,Armed")
    log.add("ARM", 1_000, 1)
    for n, flying in enumerate((0, 0, 1, 1, 0)):
        log.add("STAT", 2_000 + n, flying, 1)
    log.add("ARM", 3_000, 0)
    assert [kind for kind, _ in events(log_of(log))] == ["armed", "takeoff", "landing", "disarmed"]
    log.define("EV", "QB", "TimeUS,Id").add("EV", 1_000, 10)
    assert [kind for kind, _ in events(log_of(log))] == ["armed", "takeoff", "landing"]


def test_low_batteries_and_rejected_writes_are_events():
    log = copter().add("MSG", 10_000_000, "Battery 1 is low 13.20V used 2400 mAh")
    log.add("MSG", 11_000_000, "Battery 2 is critical 12.00V used 3000 mAh").add("MSG", 12_000_000, "Battery 1 is fine")
    log.define("DSF", "QI", "TimeUS,Dp")
    for n, rejected in enumerate((0, 3, 3, 4)):
        log.add("DSF", 13_000_000 + n, rejected)
    assert events(log_of(log)) == [
        ("battery_low", "Battery 1 is low 13.20V used 2400 mAh"),
        ("battery_critical", "Battery 2 is critical 12.00V used 3000 mAh"),
        ("dropout", "3 writes to the log were rejected, 3 since it began"),
        ("dropout", "1 writes to the log were rejected, 4 since it began"),
    ]


def test_events_without_a_clock_have_the_time_of_the_record_before_them_or_none():
    log = LogBuilder().define("EV", "B", "Id").add("EV", 10).define("IMU", "If", "TimeMS,AccX")
    log.add("IMU", 1_000, 0.0).add("EV", 11)
    assert events(log_of(log), "time_us", "kind") == [(None, "armed"), (1_000_000, "disarmed")]


def test_identity_is_what_the_log_states_of_firmware_and_hardware():
    log = copter().add("MSG", 1, "ChibiOS: 6a85082c").add("MSG", 2, "fmuv5 00290019 32375118 32363435")
    log.add("MSG", 3, "Frame: QUAD/X")
    assert log_of(log).identity == {
        "firmware": "ArduCopter V4.5.7 (51a51a5e)",
        "firmware_hash": "51a51a5e",
        "os": "ChibiOS: 6a85082c",
        "hardware": "fmuv5",
        "board_id": "00290019 32375118 32363435",
        "vehicle": "copter",
        "frame": "QUAD/X",
    }
    version = LogBuilder().define("VER", "QIZB", "TimeUS,GH,FWS,BU").add("VER", 1, 0x0A089F00, "Custom", 3)
    assert log_of(version).identity == {"firmware": "Custom", "firmware_hash": "0a089f00", "vehicle": "plane"}


def test_a_log_that_says_nothing_of_the_kind_gives_empty_tables():
    found = log_of(LogBuilder())
    assert (found.parameters.num_rows, found.messages.num_rows, found.events.num_rows) == (0, 0, 0)
    assert (dict(found.identity), found.time_basis) == ({}, TimeBasis.NONE)


@pytest.mark.parametrize("name", ["PARM", "MSG", "EV", "ERR", "MODE", "DSF", "GPS", "ARM", "VER"])
def test_familiar_messages_with_unfamiliar_columns_are_left_alone(name: str):
    log = LogBuilder().define(name, "QfZ", "TimeUS,Odd,Text").add(name, 1, 1.0, "x").add(name, 2, math.nan, "y")
    found = log_of(log)
    assert found.parameters.num_rows == found.events.num_rows == found.messages.num_rows == 0


def test_every_meaning_has_a_kind_that_there_is():
    meanings = [*EVENTS.values(), *(meaning for codes in ERRORS.values() for meaning in codes.values())]
    meanings += [event(250), error(9, 0), error(9, 15), error(9, 16), error(10, 3), error(24, 0), error(250, 1)]
    assert {meaning.kind for meaning in meanings} <= set(EVENT_KINDS)
    assert error(9, 16).text == "Fence breached: subsystem 9 code 16"


def test_modes_are_found_by_name_however_it_is_written():
    assert mode_number("copter", "ALT_HOLD") == mode_number("copter", "AltHold") == 2
    assert mode_number("copter", "nonsense") is None
    assert mode_name("plane", 5) == "FBWA"
    assert mode_name("submarine", 5) == "mode 5"


@pytest.mark.peer
def test_all_modes_of_pymavlink_are_known_by_the_same_name():
    from pymavlink import mavutil

    peers = {
        "copter": mavutil.mode_mapping_acm, "plane": mavutil.mode_mapping_apm, "rover": mavutil.mode_mapping_rover,
        "sub": mavutil.mode_mapping_sub, "tracker": mavutil.mode_mapping_tracker, "blimp": mavutil.mode_mapping_blimp,
    }  # fmt: skip
    for kind, mapping in peers.items():
        assert {number: mode_number(kind, name) for number, name in mapping.items()} == {n: n for n in mapping}
        assert set(mapping) == set(MODES[kind])


def test_a_parameter_damaged_into_a_signalling_nan_is_unknown_and_nothing_warns():
    log = copter(with_gps(LogBuilder())).define("PARM", "QNf", "TimeUS,Name,Value")
    record = log.record("PARM", 1_000_000, "RTL_ALT", 1.0)
    log.raw(record[:-4] + b"\x01\x00\x80\x7f")
    values = log_of(log.add("PARM", 1_000_000, "WPNAV_SPEED", 2.5)).parameters["value"].to_pylist()
    assert [v for v in values if v is not None and math.isfinite(v)] == [2.5]
