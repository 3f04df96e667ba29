"""What a ULog file says of a flight: clock, track, recording, parameters, messages, events."""

from __future__ import annotations

import calendar

import numpy as np
import pytest

from groundside.decode.formats.ulog import FORMAT
from groundside.model.place import LonLat
from groundside.model.recording import TimeBasis
from groundside.model.table import origin_of
from groundside.model.track import Track
from groundside.reference.px4 import NAV_STATES, custom_mode_name, nav_state_name, release_text
from tests.ulog_builder import (
    ATTITUDE,
    GPS,
    LANDED,
    POSITION,
    START_US,
    STATUS,
    UlogBuilder,
    decoded,
    flight,
)

UTC_US = calendar.timegm((2024, 5, 6, 7, 8, 9)) * 1_000_000


def track_of(log: UlogBuilder) -> Track:
    track = FORMAT.track(decoded(log.bytes))
    assert track is not None
    return track


def row(track: Track, seconds: float) -> dict[str, object]:
    boot = track.time_us - track.time_us[0]
    return track.table.slice(int(np.searchsorted(boot, seconds * 1e6)), 1).to_pylist()[0]


def test_the_estimate_is_the_track_and_home_the_ground():
    track = track_of(flight())
    assert track.time_basis is TimeBasis.BOOT
    assert track.table.num_rows == 101
    middle = row(track, 5)
    assert (middle["lon"], middle["lat"], middle["altitude_m"]) == (2.0, pytest.approx(1.00005), 110.0)
    assert middle["height_m"] == 11.0
    assert row(track, 0)["height_m"] == 1.0
    assert "home_position" in origin_of(track.table, "height_m")


def test_velocity_attitude_battery_and_satellites_are_brought_to_the_track():
    middle = row(track_of(flight()), 6)
    assert (middle["vn_mps"], middle["ve_mps"], middle["vd_mps"]) == (1.0, 2.0, -0.5)
    assert (middle["roll_deg"], middle["pitch_deg"], middle["yaw_deg"]) == (0.0, 0.0, 0.0)
    assert (middle["battery_voltage_v"], middle["battery_percent"]) == (16.0, 50.0)
    assert np.isnan(middle["battery_current_a"]), "-1 A is unknown"  # pyright: ignore[reportArgumentType, reportCallIssue]
    assert (middle["battery_voltage_v_2"], middle["battery_current_a_2"]) == (12.0, 3.0)
    assert (middle["battery_percent_2"], middle["battery_temperature_c_2"]) == (25.0, 20.0)
    assert (middle["satellites"], middle["fix"]) == (12, 3)


def test_a_velocity_that_is_not_valid_is_not_known():
    assert np.isnan(row(track_of(flight()), 3)["vd_mps"])  # pyright: ignore[reportArgumentType, reportCallIssue]


def test_states_hold_from_row_to_row():
    track = track_of(flight())
    assert [row(track, s)["armed"] for s in (0.5, 1.5, 8.5, 9.5)] == [False, True, True, False]
    assert [row(track, s)["in_air"] for s in (1.5, 2.5, 7.5, 8.5)] == [False, True, True, False]
    assert [row(track, s)["mode"] for s in (4, 6)] == ["Mission", "Return"]


@pytest.mark.parametrize(
    ("roll", "pitch", "yaw"), [(0, 0, 90), (30, 0, 0), (0, 20, 0), (10, -40, 250), (-170, 5, 359), (25, 80, 123)]
)
def test_attitude_follows_from_the_quaternion(roll: float, pitch: float, yaw: float):
    # An independent way: the product of three rotations about single axes, yaw first.
    def turn(axis: int, degrees: float) -> np.ndarray:
        half = np.radians(degrees) / 2
        q = np.zeros(4)
        q[0], q[axis] = np.cos(half), np.sin(half)
        return q

    def product(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        scalar = p[0] * q[0] - p[1:] @ q[1:]
        return np.array([scalar, *(p[0] * q[1:] + q[0] * p[1:] + np.cross(p[1:], q[1:]))])

    q = product(product(turn(3, yaw), turn(2, pitch)), turn(1, roll))
    log = UlogBuilder().topic("vehicle_global_position", POSITION).topic("vehicle_attitude", ATTITUDE)
    for n in range(3):
        log.add("vehicle_global_position", START_US + n, 1, 2, 3).add("vehicle_attitude", START_US + n, *q)
    last = track_of(log).table.to_pylist()[-1]
    assert [last["roll_deg"], last["pitch_deg"], last["yaw_deg"]] == pytest.approx([roll, pitch, yaw], abs=1e-3)


def receiver(fields: str, *rows: tuple[object, ...]) -> UlogBuilder:
    log = UlogBuilder().topic("sensor_gps", fields)
    for values in rows:
        log.add("sensor_gps", *values)
    return log


def test_without_an_estimate_the_receiver_is_the_track_in_both_of_its_units():
    old = receiver(GPS, (START_US, 0, 10_000_000, 20_000_000, 123_456, 0, 3, 5), (START_US + 9, 0, 0, 0, 0, 0, 0, 0))
    new = receiver(
        "uint64_t timestamp;double latitude_deg;double longitude_deg;double altitude_msl_m;uint8_t fix_type;",
        (START_US, 1.0, 2.0, 123.456, 3),
    )
    for log in (old, new):
        first = track_of(log).table.to_pylist()[0]
        assert (first["lat"], first["lon"], first["altitude_m"], first["fix"]) == (1.0, 2.0, 123.456, 3)
    assert np.isnan(track_of(old).floats("lat")[1])


def test_every_fix_type_maps_to_the_scale_of_a_track():
    rows = [(START_US + n, 0, 10_000_000, 20_000_000, 0, 0, n, 5) for n in range(9)]
    fixes = track_of(receiver(GPS, *rows)).table["fix"].to_pylist()
    assert fixes == [0, 0, 2, 3, 4, 5, 6, None, None]


def test_a_receivers_own_utc_is_the_clock_and_its_relative_time_counts():
    rows = [(START_US + n * 100_000, UTC_US + n * 100_000, 10_000_000, 20_000_000, 0, -40_000, 3, 5) for n in range(50)]
    recording = FORMAT.recording(decoded(receiver(GPS, *rows).bytes))
    assert recording.time_basis is TimeBasis.UTC_GNSS
    assert recording.start_us == UTC_US + 40_000
    assert recording.time_error_s == pytest.approx(0.2)


def test_a_few_wrong_fixes_do_not_move_the_clock_and_are_said():
    rows = [
        (START_US + n * 100_000, UTC_US + n * 100_000 + (9_000_000 if n < 3 else 0), 1, 1, 0, 0, 3, 5)
        for n in range(50)
    ]
    result = decoded(receiver(GPS, *rows).bytes)
    assert FORMAT.recording(result).start_us == UTC_US
    assert any("3 fixes disagree on the time, by up to 9.0 s" in p.what for p in result.problems)


def test_utc_without_a_fix_or_before_px4s_own_limit_is_none():
    for utc, fix in ((UTC_US, 2), (1_000_000_000_000_000, 3), (0, 3)):
        result = decoded(receiver(GPS, (START_US, utc, 1, 1, 0, 0, fix, 5)).bytes)
        assert FORMAT.recording(result).time_basis is TimeBasis.BOOT


def named(folder: str, zone_s: int | None = None, replay: bool = False) -> UlogBuilder:
    log = UlogBuilder()
    if zone_s is not None:
        log.information("time_ref_utc", zone_s)
    if replay:
        log.information("replay", "log.ulg")
    log.text(START_US - 2000, "[logger] Start file log (type: full)")
    log.text(START_US, f"[logger] Opened full log file: ./log/{folder}.ulg")
    return log.topic("num", "uint64_t timestamp;").add("num", START_US).add("num", START_US + 5_000_000)


@pytest.mark.parametrize(("zone_s", "shift_s"), [(None, 0), (0, 0), (3600, 3600), (-5400, -5400)])
def test_the_name_of_the_file_tells_utc_by_the_autopilots_own_clock(zone_s: int | None, shift_s: int):
    result = decoded(named("2024-05-06/07_08_09", zone_s).bytes)
    recording = FORMAT.recording(result)
    assert recording.time_basis is TimeBasis.UTC_DEVICE
    assert recording.start_us == UTC_US - shift_s * 1_000_000 + 501_000
    assert recording.time_error_s == pytest.approx(0.501)
    assert any("named its file" in said for said in recording.inferences)


@pytest.mark.parametrize(
    "folder", ["sess001/log001", "1999-12-31/07_08_09", "2024-13-06/07_08_09", "2024-02-30/25_08_09"]
)
def test_a_name_without_a_time_that_can_be_tells_no_utc(folder: str):
    assert FORMAT.recording(decoded(named(folder).bytes)).time_basis is TimeBasis.BOOT


def test_a_replayed_log_is_not_dated_by_its_name():
    assert FORMAT.recording(decoded(named("2024-05-06/07_08_09", replay=True).bytes)).time_basis is TimeBasis.BOOT


def test_a_recording_says_what_the_log_says_of_the_aircraft():
    recording = FORMAT.recording(decoded(flight(UTC_US).bytes))
    assert (recording.start_us, recording.duration_s) == (UTC_US, pytest.approx(10.0))
    assert recording.home == LonLat(2.5, 1.5)
    craft = recording.aircraft
    assert (craft.kind, craft.firmware) == ("multirotor", "PX4 1.12.0 (development)")
    assert (craft.model, craft.serial) == ("PX4FMU_V5", "00ff")
    assert [battery.slot for battery in recording.batteries] == [1, 2]
    assert recording.rows_expected == 101


@pytest.mark.parametrize(
    ("system_type", "is_vtol", "kind"),
    [
        (1, False, "plane"),
        (13, False, "multirotor"),
        (10, False, "rover"),
        (2, True, "vtol"),
        (22, False, "vtol"),
        (4, False, ""),
    ],
)
def test_the_kind_of_aircraft_is_what_mavlink_calls_it(system_type: int, is_vtol: bool, kind: str):
    log = (
        UlogBuilder().topic("vehicle_status", STATUS).add("vehicle_status", START_US, 0, 1, system_type, False, is_vtol)
    )
    assert FORMAT.recording(decoded(log.bytes)).aircraft.kind == kind


def test_parameters_tell_the_first_value_each_change_and_the_default():
    assert FORMAT.log is not None
    log = FORMAT.log(decoded(flight(UTC_US).bytes))
    rows = {(p["name"], p["value"]): (p["time_us"], p["default"]) for p in log.parameters.to_pylist()}
    assert rows["MPC_Z_P", 1.5] == (None, 1.0)
    assert rows["MPC_Z_P", 2.0] == (UTC_US + 3_000_000, 1.0)
    assert rows["MAV_TYPE", 2.0][0] is None
    assert np.isnan(rows["MAV_TYPE", 2.0][1])


def test_of_two_defaults_that_of_the_setup_counts():
    assert FORMAT.log is not None
    log = UlogBuilder().parameter("A", 5).parameter("A", 1, default=1).parameter("A", 2, default=2)
    assert FORMAT.log(decoded(log.bytes)).parameters["default"].to_pylist() == [2.0]


def test_messages_keep_their_severity_time_and_tag():
    assert FORMAT.log is not None
    log = UlogBuilder().text(5, "plain", "3").text(7, "tagged", "6", tag=9).topic("num", "uint64_t timestamp;")
    messages = FORMAT.log(decoded(log.add("num", 5).bytes)).messages.to_pylist()
    assert messages == [
        {"time_us": 5, "severity": 3, "text": "plain", "component": ""},
        {"time_us": 7, "severity": 6, "text": "tagged", "component": "9"},
    ]


def test_events_tell_what_happened_in_order():
    assert FORMAT.log is not None
    log = FORMAT.log(decoded(flight().bytes))
    assert [((e["time_us"] - START_US) / 1e6, e["kind"]) for e in log.events.to_pylist()] == [
        (0.0, "mode"), (1.0, "armed"), (2.0, "takeoff"), (3.0, "dropout"), (4.0, "gnss_lost"), (4.1, "gnss_regained"),
        (5.0, "mode"), (5.5, "battery_low"), (6.0, "failsafe"), (7.0, "failsafe_cleared"), (8.0, "landing"),
        (9.0, "disarmed"),
    ]  # fmt: skip
    assert [e["text"] for e in log.events.to_pylist() if e["kind"] == "dropout"] == ["The logger lost 7 ms of data"]


def test_what_held_before_the_log_began_is_told_at_its_beginning():
    assert FORMAT.log is not None
    log = UlogBuilder().topic("vehicle_status", STATUS).topic("vehicle_land_detected", LANDED)
    log.add("vehicle_status", 5, 0, 2, 2, False, False).add("vehicle_land_detected", 6, True)
    log.add("vehicle_status", START_US + 9, 0, 2, 2, False, False)
    events = FORMAT.log(decoded(log.bytes)).events.to_pylist()
    assert [(e["time_us"], e["kind"]) for e in events] == [(START_US, "armed"), (START_US, "mode")]


def test_identity_names_firmware_and_board():
    assert FORMAT.log is not None
    identity = FORMAT.log(decoded(flight().bytes)).identity
    assert identity["firmware"] == "PX4 1.12.0 (development)"
    assert (identity["firmware_hash"], identity["hardware"], identity["board_id"]) == ("abc", "PX4FMU_V5", "00ff")


def test_pieces_of_long_information_are_kept_with_what_continues_what():
    log = UlogBuilder().piece("boot", "one", False).piece("boot", "two", True).piece("boot", "three", False)
    pieces = decoded(log.bytes).tables["M"].to_pylist()
    assert [(p["text"], p["continued"]) for p in pieces] == [("one", False), ("two", True), ("three", False)]


def test_mode_names_depend_on_the_release_only_where_px4_gave_a_number_anew():
    assert nav_state_name(3, None) == "Mission"
    assert [nav_state_name(7, release) for release in ((1, 11), (1, 17), None)] == [
        "Return to Ground Station", "Guided Course", "mode 7",
    ]  # fmt: skip
    assert nav_state_name(16, (1, 17)) == "mode 16"
    assert nav_state_name(99, (1, 12)) == "mode 99"
    assert NAV_STATES[30] == "External 8"


def test_custom_modes_of_mavlink_have_the_same_names():
    assert [custom_mode_name(*pair) for pair in ((1, 0), (4, 4), (3, 1), (4, 11), (4, 99), (77, 0))] == [
        "Manual", "Mission", "Orbit", "External 1", "mode 4.99", "mode 77.0",
    ]  # fmt: skip


def test_release_numbers_say_how_far_the_release_had_come():
    numbers = (0x010402FF, 0x010402C0, 0x01040280, 0x01040240, 0x01040200)
    assert [release_text(n) for n in numbers] == [
        "1.4.2", "1.4.2 (RC)", "1.4.2 (beta)", "1.4.2 (alpha)", "1.4.2 (development)",
    ]  # fmt: skip
