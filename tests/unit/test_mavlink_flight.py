"""Clock, track, recording and log of MAVLink telemetry."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from groundside.decode.formats.mavlink_raw import FORMAT as RAW
from groundside.decode.formats.mavlink_tlog import FORMAT as TLOG
from groundside.model.decoded import Decoded
from groundside.model.recording import Recording, TimeBasis
from groundside.model.track import Track
from tests.mavlink_builder import BOOT_AT_START_MS, LAT, LON, START_US, Stream, decoded, flight, payload_of


def track_of(result: Decoded) -> Track:
    track = TLOG.track(result)
    assert track is not None
    return track


def recording_of(result: Decoded) -> Recording:
    return TLOG.recording(result)


def events_of(result: Decoded) -> list[tuple[str, str]]:
    assert TLOG.log is not None
    return [(e["kind"], e["text"]) for e in TLOG.log(result).events.to_pylist()]


def said(result: Decoded) -> str:
    return " ".join(recording_of(result).inferences)


def test_utc_is_that_of_satellites_and_the_recorders_clock_is_put_right():
    result = flight(ahead_us=7_300_000).decoded()
    recording, track = recording_of(result), track_of(result)
    assert recording.time_basis is track.time_basis is TimeBasis.UTC_GNSS
    first = result.tables["GLOBAL_POSITION_INT"]["time_us"][0].as_py()
    assert track.time_us[0] == pytest.approx(first - 7_300_000, abs=1000)
    assert recording.start_us == pytest.approx(START_US - 7_300_000, abs=1000)
    assert result.facts["device_clock_ahead_s"] == pytest.approx(7.3, abs=0.01)
    assert 0.2 < (recording.time_error_s or 0) < 0.3
    assert "7.3 s ahead" in said(result)


def test_without_satellite_time_utc_is_by_the_recorder_and_said_to_be():
    stream = Stream().heartbeat()
    for _ in range(20):
        stream.position()
    recording = recording_of(stream.decoded())
    assert recording.time_basis is TimeBasis.UTC_DEVICE
    assert recording.start_us == pytest.approx(START_US, abs=1000)
    assert (recording.time_error_s or 0) >= 2.0
    assert "nothing in the log confirms it" in said(stream.decoded())


def test_time_that_the_vehicle_tells_before_it_has_a_fix_is_not_believed():
    stream = Stream().heartbeat()
    for _ in range(10):
        stream.gps(fix=1).utc(ahead_us=3_600_000_000).position()
    assert recording_of(stream.decoded()).time_basis is TimeBasis.UTC_DEVICE


def test_a_recorder_whose_clock_was_never_set_gives_no_utc():
    stream = Stream()
    stream.now_us = 47_000_000
    stream.heartbeat()
    for n in range(20):
        stream.add("ATTITUDE", 1000 + 100 * n, 0.1, 0, 0, 0, 0, 0)
    recording = recording_of(stream.decoded())
    assert recording.time_basis is TimeBasis.BOOT
    assert recording.start_us is None
    assert recording.duration_s == pytest.approx(2.0, abs=0.2)


def test_positions_stand_at_the_time_the_vehicle_sent_them_not_when_they_came():
    stream = Stream(step_us=0)
    stream.heartbeat().gps()
    for n in range(40):
        stream.now_us = START_US + n * 250_000 + (n * 7919 % 200) * 1000  # late by up to 0.2 s
        boot = BOOT_AT_START_MS + n * 250
        stream.add("SYSTEM_TIME", START_US + n * 250_000, boot)
        stream.add("GLOBAL_POSITION_INT", boot, LAT + n, LON, 0, 0, 0, 0, 0, 0)
    assert set(np.diff(track_of(stream.decoded()).time_us).tolist()) == {250_000}


def test_a_stream_without_times_counts_from_the_start_of_the_vehicle_until_it_tells_utc():
    stream = Stream(clock=False).heartbeat()
    for _ in range(20):
        stream.position().text("hello")
    result = stream.decoded()
    assert RAW.recording(result).time_basis is TimeBasis.BOOT
    track = track_of(result)
    assert track.time_basis is TimeBasis.BOOT
    assert track.time_us[0] == (BOOT_AT_START_MS + 100) * 1000
    texts = result.tables["STATUSTEXT"]["time_us"].to_pylist()
    assert texts == result.tables["GLOBAL_POSITION_INT"]["time_us"].to_pylist()
    assert result.tables["HEARTBEAT"]["time_us"].to_pylist() == track.time_us[:1].tolist()

    with_utc = flight(clock=False, ahead_us=5_000_000).decoded()
    recording = RAW.recording(with_utc)
    assert recording.time_basis is TimeBasis.UTC_GNSS
    assert recording.start_us == pytest.approx(START_US - 5_000_000, abs=100_000)


def test_a_stream_in_which_nothing_tells_a_time_has_none():
    result = Stream(clock=False).heartbeat().heartbeat().text("hello").decoded()
    assert result.tables["HEARTBEAT"]["time_us"].to_pylist() == [None, None]
    assert RAW.recording(result).time_basis is TimeBasis.NONE
    assert RAW.track(result) is None
    assert RAW.log is not None
    assert RAW.log(result).time_basis is TimeBasis.NONE


def two_starts(clock: bool) -> Stream:
    stream = Stream(clock, step_us=100_000).heartbeat()
    for boot in (100_000, 3000):
        for n in range(30):
            stream.add("GLOBAL_POSITION_INT", boot + n * 100, LAT + n, LON, 0, 0, 0, 0, 0, 0)
        stream.now_us += 20_000_000
    return stream


@pytest.mark.parametrize("clock", [True, False])
def test_a_vehicle_that_was_started_anew_keeps_all_its_positions_in_order(clock: bool):
    result = two_starts(clock).decoded()
    track = track_of(result)
    assert len(track.time_us) == 60
    assert (np.diff(track.time_us) > 0).all()
    steps = np.diff(track.time_us).tolist()
    assert steps[:29] == steps[30:] == [100_000] * 29
    assert steps[29] == (20_100_000 if clock else 1)
    assert "started 2 times" in said(result)


@pytest.mark.parametrize("by_s", [-3600, 600, 6])
def test_a_recorders_clock_that_jumps_is_reported_and_moves_no_position(by_s: int):
    stream = Stream().heartbeat()
    for n in range(40):
        if n == 20:
            stream.now_us += by_s * 1_000_000
        values = (BOOT_AT_START_MS + 100 * n, LAT + n, LON, 0, 0, 0, 0, 0, 0)
        stream.add("GLOBAL_POSITION_INT", *values)
    result = stream.decoded()
    assert set(np.diff(track_of(result).time_us).tolist()) == {100_000}
    word = "back" if by_s < 0 else "forward"
    assert ("clock_jump", f"The recorder's clock jumped {word} by {abs(by_s):.1f} s") in events_of(result)
    assert result.tables["GLOBAL_POSITION_INT"]["lat"].to_pylist() == [LAT + n for n in range(40)]


def test_a_single_damaged_clock_moves_nothing():
    whole = flight()
    data = bytearray(whole.bytes)
    heartbeats = [start for start, _ in whole.records[26::13]]
    for start in heartbeats[:3]:
        data[start : start + 8] = b"\x7f" * 8
    damaged = decoded(bytes(data))
    assert damaged.account.skipped == 0
    assert [(p.offset, p.what[:9]) for p in damaged.problems] == [(heartbeats[0], "3 records")]
    assert track_of(damaged).time_us.tolist() == track_of(whole.decoded()).time_us.tolist()
    assert track_of(damaged).table["armed"].to_pylist() == track_of(whole.decoded()).table["armed"].to_pylist()


def test_a_message_that_always_says_zero_since_the_start_is_no_clock():
    stream = Stream().heartbeat()
    for n in range(20):
        stream.add("ATTITUDE", 0, 0.1, 0, 0, 0, 0, 0).add("GLOBAL_POSITION_INT", 0, LAT + n, LON, 0, 0, 0, 0, 0, 0)
    track = track_of(stream.decoded())
    assert set(np.diff(track.time_us).tolist()) == {200_000}
    assert track.time_us[0] == START_US + 200_000


def test_what_came_late_over_a_second_link_is_put_in_its_place():
    stream = Stream().heartbeat()
    for boot in (1000, 1200, 1400, 1600, 1100, 1300, 1800):
        stream.add("GLOBAL_POSITION_INT", boot, LAT + boot, LON, 0, 0, 0, 0, 0, 0)
    lat = track_of(stream.decoded()).floats("lat")
    assert np.round(lat * 1e7).astype(int).tolist() == [LAT + n for n in (1000, 1100, 1200, 1300, 1400, 1600, 1800)]


def test_the_track_has_every_quantity_in_its_unit():
    track = track_of(flight().decoded())
    row = {name: track.table[name].to_pylist()[45] for name in track.table.column_names}
    assert row["lat"] == pytest.approx((LAT + 4500) / 1e7)
    assert row["lon"] == pytest.approx(LON / 1e7)
    assert (row["height_m"], row["altitude_m"]) == (10.0, 410.0)
    assert (row["vn_mps"], row["ve_mps"], row["vd_mps"]) == pytest.approx((1.5, -0.5, 0.2))
    assert row["roll_deg"] == pytest.approx(np.degrees(0.1), abs=1e-4)
    assert row["pitch_deg"] == pytest.approx(np.degrees(-0.2), abs=1e-4)
    assert row["yaw_deg"] == pytest.approx(np.degrees(1.5), abs=1e-4)
    assert row["battery_voltage_v"] == pytest.approx(11.89, abs=0.01)
    assert row["battery_current_a"] == pytest.approx(5.0)
    assert row["battery_percent"] == pytest.approx(79, abs=1)
    assert (row["satellites"], row["fix"], row["mode"], row["armed"], row["in_air"]) == (9, 3, "Loiter", True, True)
    assert track.table["in_air"].to_pylist()[0] is False


@pytest.mark.parametrize(("flags", "yaw"), [(64, 120.0), (16, 120.0), (32, None), (0, None), (48, None)])
def test_a_gimbal_tells_its_pitch_and_its_yaw_where_that_is_from_north(flags: int, yaw: float | None):
    half_yaw, half_pitch = np.radians(60.0), np.radians(-15.0)
    q = (
        np.cos(half_yaw) * np.cos(half_pitch), -np.sin(half_yaw) * np.sin(half_pitch),
        np.cos(half_yaw) * np.sin(half_pitch), np.sin(half_yaw) * np.cos(half_pitch),
    )  # fmt: skip
    stream = Stream().heartbeat()
    for _ in range(4):
        values = (stream.boot_ms, *q, 0.0, 0.0, 0.0, 0, flags, 0, 0)
        stream.add("GIMBAL_DEVICE_ATTITUDE_STATUS", *values, sender=(1, 154)).position()
    row = track_of(stream.decoded()).table.slice(1, 1).to_pylist()[0]
    assert row["gimbal_pitch_deg"] == pytest.approx(-30.0, abs=1e-3)
    assert row["gimbal_yaw_deg"] == pytest.approx(yaw if yaw is not None else np.nan, abs=1e-3, nan_ok=True)


def test_no_position_is_made_of_zero_north_zero_east():
    stream = Stream().heartbeat().add("GLOBAL_POSITION_INT", 1, 0, 0, 0, 0, 0, 0, 0, 0).position()
    track = track_of(stream.decoded())
    assert np.isnan(track.floats("lat")).tolist() == [True, False]
    assert np.isnan(track.floats("height_m")).tolist() == [True, False]


def test_where_the_estimate_was_not_sent_the_receiver_gives_the_track():
    stream = Stream().heartbeat().attitude()
    for n in range(10):
        stream.add("GPS_RAW_INT", 0, LAT + n, LON, 400_000 + 1000 * n, 0, 0, 300, 9000, 3, 8).attitude()
    track = track_of(stream.decoded())
    assert track.floats("height_m").tolist() == pytest.approx(list(range(10)))
    assert track.floats("ve_mps")[3] == pytest.approx(3.0)
    assert track.floats("vn_mps")[3] == pytest.approx(0.0, abs=1e-9)


def test_of_several_vehicles_the_one_with_most_positions_is_taken_and_the_others_are_named():
    stream = Stream()
    for n in range(20):
        stream.heartbeat().heartbeat(sender=(2, 1)).position(sender=(2, 1))
        if n % 2:
            stream.position()
        stream.heartbeat(kind=6, autopilot=8, sender=(255, 190))
    result = stream.decoded()
    assert result.facts["vehicle"] == "2/1"
    assert len(track_of(result).time_us) == 20
    assert "several vehicles" in said(result) and "also there: 1/1" in said(result)


def test_ground_stations_radios_and_cameras_are_no_vehicles():
    stream = Stream().heartbeat(kind=6, autopilot=8, sender=(255, 190)).heartbeat(kind=30, autopilot=0, sender=(1, 100))
    result = stream.position(sender=(51, 68)).decoded()
    assert result.facts["vehicle"] is None
    assert TLOG.track(result) is None


def test_two_batteries_are_told_apart_by_their_ids():
    stream = Stream().heartbeat().position()
    cells = [4000, 4000, *[0xFFFF] * 8]
    for n in range(6):
        stream.add("BATTERY_STATUS", 0, 0, 2500, *cells, 1000, 0, 0, 1, 80, 0, 1)
        stream.add("BATTERY_STATUS", 0, 0, 0x7FFF, *[3000] * 10, -1, 1, 0, 1, 70 - n, 0, 2).position()
    result = stream.decoded()
    row = track_of(result).table.slice(3, 1).to_pylist()[0]
    assert (row["battery_voltage_v"], row["battery_current_a"], row["battery_temperature_c"]) == (8.0, 10.0, 25.0)
    assert row["battery_voltage_v_2"] == 30.0
    assert np.isnan(row["battery_current_a_2"]) and np.isnan(row["battery_temperature_c_2"])
    assert len(recording_of(result).batteries) == 2
    assert ("battery_low", "Battery 2: its charge is low") in events_of(result)


@pytest.mark.parametrize(
    ("kind", "autopilot", "custom", "name"),
    [
        (2, 3, 5, "Loiter"),
        (1, 3, 11, "RTL"),
        (10, 3, 4, "Hold"),
        (2, 12, 4 << 16 | 4 << 24, "Mission"),
        (2, 4, 5, None),
    ],
)
def test_modes_are_named_as_their_autopilot_counts_them(kind: int, autopilot: int, custom: int, name: str | None):
    stream = Stream()
    for _ in range(3):
        stream.heartbeat(custom, kind=kind, autopilot=autopilot).position()
    assert track_of(stream.decoded()).table["mode"].to_pylist()[-1] == name


def test_a_landed_state_is_believed_before_a_heartbeat():
    stream = Stream()
    for landed in (0, 1, 3, 2, 4, 1):
        stream.heartbeat(status=4).add("EXTENDED_SYS_STATE", 0, landed).position()
    assert track_of(stream.decoded()).table["in_air"].to_pylist() == [None, False, True, True, True, False]
    assert [kind for kind, _ in events_of(stream.decoded()) if kind != "mode"] == ["takeoff", "landing"]


def test_a_planes_heartbeat_does_not_say_whether_it_flies():
    stream = Stream().heartbeat(kind=1, status=4).position().position()
    assert track_of(stream.decoded()).table["in_air"].to_pylist() == [None, None]


def test_events_tell_the_flight_in_order():
    stream = flight()
    stream.heartbeat(9, 209, status=5).gps(fix=1).add("FENCE_STATUS", 0, 1, 1, 0).heartbeat(9, 209, status=4).gps()
    stream.now_us += 8_000_000
    events = events_of(stream.heartbeat(9, 81, status=3).position().decoded())
    kinds = [kind for kind, _ in events]
    assert sorted(kinds) == sorted([
        "mode", "armed", "takeoff", "mode", "disarmed", "landing", "mode", "armed", "mode", "failsafe", "gnss_lost",
        "takeoff", "failsafe_cleared", "gnss_regained", "link_lost", "disarmed", "landing", "link_regained",
    ])  # fmt: skip
    for before, after in (("armed", "disarmed"), ("failsafe", "failsafe_cleared"), ("link_lost", "link_regained")):
        assert kinds.index(before) < kinds.index(after)
    assert ("link_lost", "Nothing received for 8.0 s") in events


def test_a_fence_is_reported_when_it_is_breached_and_when_not_any_more():
    stream = Stream().heartbeat().position()
    for breached in (0, 1, 0):
        stream.add("FENCE_STATUS", 0, breached, breached, 0).position()
    assert [text for kind, text in events_of(stream.decoded()) if kind == "geofence"] == [
        "Fence breached",
        "Inside the fence again",
    ]


def test_long_texts_are_joined_and_missing_pieces_marked():
    assert TLOG.log is not None
    first, second = "a" * 50, "b" * 50
    stream = Stream().heartbeat().position()
    stream.text(first, 3, 0).text("other").text(second, 3, 1).text("end", 3, 2)
    stream.text(first, 4, 0).text("end", 4, 2).text("tail", 5, 1).text("again", 3, 0)
    messages = TLOG.log(stream.decoded()).messages
    assert messages["text"].to_pylist() == [
        first + second + "end", "other", first + "…end", "…tail", "again",
    ]  # fmt: skip
    assert set(messages["severity"].to_pylist()) == {6}


def test_texts_are_utf_8_and_what_is_not_is_marked():
    assert TLOG.log is not None
    stream = Stream().heartbeat().position().text("Höhe 3 m").add("STATUSTEXT", 9, b"caf\xe9", 0, 0)
    messages = TLOG.log(stream.text("ä" * 25, 1, 0).text("end", 1, 1).decoded()).messages
    assert messages["text"].to_pylist() == ["Höhe 3 m", "caf\ufffd", "ä" * 25 + "end"]
    assert messages["severity"].to_pylist() == [6, None, 6]


def test_texts_of_several_senders_say_whose_they_are():
    assert TLOG.log is not None
    stream = Stream().heartbeat().position().text("mine").text("ours", sender=(255, 190))
    messages = TLOG.log(stream.decoded()).messages
    assert messages["component"].to_pylist() == ["1/1", "255/190"]


def test_parameters_are_listed_at_first_and_at_each_change():
    assert TLOG.log is not None
    stream = Stream().heartbeat().position()
    for value in (1.5, 1.5, 2.5, 1.5):
        stream.parameter("RTL_ALT", value)
    parameters = TLOG.log(stream.parameter("SIXTEEN_LETTERS_", 7.0).decoded()).parameters
    assert parameters["name"].to_pylist() == ["RTL_ALT"] * 3 + ["SIXTEEN_LETTERS_"]
    assert parameters["value"].to_pylist() == [1.5, 2.5, 1.5, 7.0]
    assert parameters["time_us"].null_count == 0


def as_float(packed: bytes) -> float:
    return struct.unpack("<f", packed.ljust(4, b"\0"))[0]


def version(capabilities: int) -> tuple[object, ...]:
    none = bytes(8)
    release = 4 << 24 | 5 << 16 | 7 << 8 | 255
    return (capabilities, 0xABCDEF, release, 0, 0, 50 << 16, 0, 0, b"1234abcd", none, none, bytes(18))


@pytest.mark.parametrize(
    ("autopilot", "capabilities", "as_bytes"),
    [(12, None, True), (3, None, False), (12, 0x20000, False), (3, 0x10, True)],
)
def test_whole_numbered_parameters_are_read_as_the_autopilot_sends_them(
    autopilot: int, capabilities: int | None, as_bytes: bool
):
    assert TLOG.log is not None
    stream = Stream().heartbeat(autopilot=autopilot).position()
    if capabilities is not None:
        stream.add("AUTOPILOT_VERSION", *version(capabilities))
    numbers = ((6, "<i", -5), (2, "<b", -3), (4, "<h", 300), (1, "<B", 200))
    for kind, packing, value in numbers:
        stored = as_float(struct.pack(packing, value)) if as_bytes else float(value)
        stream.parameter(f"P{kind}", stored, kind)
    stream.parameter("REAL", 2.25)
    values = TLOG.log(stream.decoded()).parameters["value"].to_pylist()
    assert values == [-5.0, -3.0, 300.0, 200.0, 2.25]


def test_firmware_and_hardware_are_stated():
    assert TLOG.log is not None
    stream = Stream().heartbeat().position().add("AUTOPILOT_VERSION", *version(0))
    result = stream.decoded()
    identity = TLOG.log(result).identity
    assert identity["firmware"] == "ArduPilot 4.5.7"
    assert identity["firmware_hash"] == "1234abcd"
    assert identity["uid"] == "0000000000abcdef"
    assert (identity["vehicle"], identity["autopilot"], identity["board_type"]) == ("quadrotor", "ARDUPILOTMEGA", "50")
    assert recording_of(result).aircraft.serial == "0000000000abcdef"
    named = stream.text("ArduCopter V4.5.7 (1234abcd)").text("CubeOrange 003B0025 33325110 31363738").decoded()
    assert recording_of(named).aircraft.firmware == "ArduCopter V4.5.7 (1234abcd)"
    assert TLOG.log(named).identity["hardware"] == "CubeOrange"


def test_a_plane_with_lifting_motors_is_a_vtol():
    stream = Stream().heartbeat(kind=1).position()
    assert recording_of(stream.decoded()).aircraft.kind == "plane"
    assert recording_of(stream.parameter("Q_ENABLE", 1.0, 2).decoded()).aircraft.kind == "vtol"


def home(lat: int) -> tuple[object, ...]:
    return (lat, LON, 400_000, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)


def test_home_is_where_it_was_when_the_vehicle_was_first_armed():
    stream = Stream().heartbeat().position().add("HOME_POSITION", *home(LAT + 1))
    stream.add("HOME_POSITION", *home(LAT + 2)).heartbeat(base=209)
    stream.now_us += 60_000_000
    stream.position().add("HOME_POSITION", *home(LAT + 3))
    found = recording_of(stream.decoded()).home
    assert found is not None
    assert found.lat == pytest.approx((LAT + 2) / 1e7, abs=1e-9)


def test_home_is_the_first_item_of_ardupilots_mission_where_it_was_not_sent():
    item = (0.0, 0.0, 0.0, 0.0, 10.5, 20.5, 400.0, 0, 16, 255, 190, 0, 0, 1)
    for autopilot, lat in ((3, 10.5), (12, LAT / 1e7)):
        stream = Stream().heartbeat(autopilot=autopilot).position().add("MISSION_ITEM", *item)
        found = recording_of(stream.decoded()).home
        assert found is not None
        assert found.lat == pytest.approx(lat)


def test_the_recording_sums_the_flight_up():
    result = flight().decoded()
    recording = recording_of(result)
    assert recording.aircraft.kind == "multirotor"
    assert recording.duration_s == pytest.approx(19.3, abs=0.2)
    assert recording.rows_expected == 80 == len(track_of(result).time_us)
    assert len(recording.batteries) == 1
    assert recording.home is not None
    assert recording.home.lat == pytest.approx((LAT + 800) / 1e7, abs=1e-6)


def test_both_versions_of_mavlink_tell_the_same_flight():
    one, other = track_of(flight(version=1).decoded()), track_of(flight(version=2).decoded())
    for name in one.table.column_names:
        assert str(one.table[name].to_pylist()) == str(other.table[name].to_pylist()), name


def test_a_payload_of_the_builder_is_as_long_as_its_definition():
    assert len(payload_of("ATTITUDE", 1, 0, 0, 0, 0, 0, 0)) == 28
