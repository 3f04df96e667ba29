import math
import struct

import numpy as np
import pytest

from groundside.decode.format import Options
from groundside.decode.formats.dji_record import FORMAT
from groundside.model.decoded import Decoded
from groundside.model.recording import TimeBasis
from groundside.model.table import origin_of, unit_of
from groundside.model.track import Track
from tests.dji_record_builders import (
    HOME,
    START_MS,
    Flight,
    battery_cells,
    battery_dynamic,
    center_battery,
    custom,
    details,
    flown,
    home,
    osd,
    signal,
)

PLAIN_VERSIONS = [1, 4, 5, 6, 7, 8, 11, 12]


def read(data: bytes) -> Decoded:
    return FORMAT.decode(memoryview(data), Options())


def track_of(decoded: Decoded) -> Track:
    track = FORMAT.track(decoded)
    assert track is not None
    return track


@pytest.mark.parametrize("version", PLAIN_VERSIONS)
def test_every_version_without_encryption_is_recognised_and_read(version: int):
    data = flown(version).build()
    assert FORMAT.recognises(data)
    decoded = read(data)
    assert decoded.facts["version"] == version
    assert not decoded.problems
    assert decoded.account.decoded == decoded.account.total == len(data)
    osd_table = decoded.tables["OSD"]
    assert osd_table.num_rows == 20
    assert osd_table.column("lat").to_pylist() == pytest.approx([HOME[1] + k * 1e-5 for k in range(20)], abs=1e-12)
    assert osd_table.column("height_m").to_pylist() == [k / 2 for k in range(20)]
    assert osd_table.column("flight_mode").unique().to_pylist() == ["GPS Atti"]


def test_columns_are_in_si_units_and_say_where_they_came_from():
    table = read(flown(11).build()).tables["OSD"]
    assert table.column("vn_mps")[0].as_py() == 11.1
    assert table.column("pitch_deg")[0].as_py() == -1.2
    assert table.column("roll_deg")[0].as_py() == 3.4
    assert (unit_of(table, "vn_mps"), origin_of(table, "vn_mps")) == ("m/s", "OSD byte 18 / 10")
    assert origin_of(table, "lon") == "OSD byte 0, radians"


@pytest.mark.parametrize("version", [4, 11, 12])
def test_the_recording_is_what_the_details_state(version: int):
    recording = FORMAT.recording(read(flown(version).build()))
    assert recording.start_us == START_MS * 1000
    assert recording.time_basis is TimeBasis.UTC_DEVICE
    assert recording.duration_s == 60.0
    assert recording.distance_m == 120.0
    assert (recording.max_height_m, recording.max_speed_mps) == (30.0, 5.0)
    assert recording.home is not None
    assert (recording.home.lon, recording.home.lat) == HOME
    assert recording.rows_expected == 20
    assert not recording.track_locked
    assert recording.aircraft.model == "Mavic 3"
    assert recording.aircraft.serial == ("OLDSERIAL1" if version == 4 else "AIRCRAFT0000001")
    assert recording.batteries[0].serial == ("BAT0000001" if version == 4 else "BATTERY000001")


def test_a_track_row_is_timed_by_the_clock_record_behind_it():
    track = track_of(read(flown(11).build()))
    assert track.time_us.tolist() == [(START_MS + 100 * k) * 1000 for k in range(20)]
    assert track.time_basis is TimeBasis.UTC_DEVICE
    assert track.time_error_s is not None


def test_rows_before_the_first_and_after_the_last_clock_record_are_a_tenth_of_a_second_apart():
    flight = Flight(8).add(1, osd(0)).add(1, osd(1)).add(5, custom(START_MS)).add(1, osd(2)).add(1, osd(3))
    assert (track_of(read(flight.build())).time_us - START_MS * 1000).tolist() == [
        -100_000,
        0,
        100_000,
        200_000,
    ]


def test_without_clock_records_rows_are_timed_from_the_stated_start_and_the_file_says_so():
    flight = Flight(8, facts={"ms": 300})
    for k in range(4):
        flight.add(1, osd(k))
    decoded = read(flight.build())
    assert (track_of(decoded).time_us - START_MS * 1000).tolist() == [0, 100_000, 200_000, 300_000]
    assert any("wall clock" in text for text in FORMAT.recording(decoded).inferences)


@pytest.mark.parametrize("by_ms", [37_000, -600_000])
def test_a_clock_set_in_mid_flight_moves_nothing_and_is_an_event(by_ms: int):
    flight = Flight(8)
    for k in range(60):
        flight.add(1, osd(k)).add(5, custom(START_MS + 100 * k + (by_ms if k >= 40 else 0)))
    decoded = read(flight.build())
    track = track_of(decoded)
    assert (track.time_us - START_MS * 1000).tolist() == [100_000 * k for k in range(60)]
    assert any("with which the recording began" in text for text in FORMAT.recording(decoded).inferences)
    assert FORMAT.log is not None
    jumps = [e for e in FORMAT.log(decoded).events.to_pylist() if e["kind"] == "clock_jump"]
    assert [(e["time_us"], e["text"].split(" ", 4)[4]) for e in jumps] == [
        (int(track.time_us[40]), f"{'forward' if by_ms > 0 else 'back'} by {abs(by_ms) / 1000:.1f} s")
    ]


def test_one_damaged_clock_far_ahead_costs_only_itself():
    flight = Flight(8)
    for k in range(60):
        flight.add(1, osd(k)).add(5, custom(START_MS + 100 * k + (10**9 if k == 7 else 0)))
    track = track_of(read(flight.build()))
    assert (track.time_us - START_MS * 1000).tolist() == [100_000 * k for k in range(60)]


def test_rows_between_two_times_that_are_close_are_a_microsecond_apart():
    flight = Flight(8).add(1, osd(0)).add(5, custom(START_MS))
    for k in range(1, 1500):
        flight.add(1, osd(k))
    track = track_of(read(flight.add(5, custom(START_MS + 1)).build()))
    assert np.diff(track.time_us).min() == 1


def test_a_clock_that_jumps_back_does_not_turn_the_order_of_rows():
    flight = Flight(8)
    for k, ms in enumerate([0, 100, -5000, 300]):
        flight.add(1, osd(k)).add(5, custom(START_MS + ms))
    assert (track_of(read(flight.build())).time_us - START_MS * 1000).tolist() == [
        0,
        100_000,
        200_000,
        300_000,
    ]


def test_other_records_are_held_at_their_latest_value():
    flight = Flight(8).add(1, osd(0)).add(1, osd(1)).add(7, center_battery(50, 15_000, -2_500)).add(1, osd(2))
    track = track_of(read(flight.build()))
    assert np.isnan(track.floats("battery_percent")[0])
    assert track.floats("battery_percent")[1:].tolist() == [50.0, 50.0]
    assert track.floats("battery_voltage_v")[1:].tolist() == [15.0, 15.0]
    assert track.floats("battery_current_a")[1:].tolist() == [2.5, 2.5], "positive while discharging"
    assert track.floats("battery_temperature_c")[1] == pytest.approx(24.95)
    assert "sign turned" in origin_of(track.table, "battery_current_a")


def test_both_batteries_are_kept_and_their_sum_is_not_taken_for_one():
    flight = Flight(8)
    for index, percent in ((0, 60), (1, 50), (2, 70)):
        flight.add(22, battery_dynamic(index, percent, 44_000 + index, -9_000))
    track = track_of(read(flight.add(1, osd(0)).build()))
    assert (track.floats("battery_percent")[0], track.floats("battery_percent_2")[0]) == (50.0, 70.0)
    assert track.floats("battery_voltage_v_2")[0] == 44.002


def test_a_single_battery_numbered_zero_is_the_first():
    track = track_of(read(Flight(8).add(22, battery_dynamic(0, 42, 15_000, -1)).add(1, osd(0)).build()))
    assert track.floats("battery_percent")[0] == 42.0
    assert np.isnan(track.floats("battery_percent_2")[0])


def test_cells_that_are_not_there_are_no_voltage_of_zero():
    table = read(Flight(8).add(7, center_battery(50, 15_000, 0)).add(22, battery_cells(0, 4000, 4001)).build())
    centre, cells = table.tables["CENTER_BATTERY"], table.tables["BATTERY_CELLS"]
    assert [centre.column(f"cell_{k}_v")[0].as_py() for k in (1, 2, 3)] == [4.1, 4.101, 4.102]
    assert all(math.isnan(centre.column(f"cell_{k}_v")[0].as_py()) for k in (4, 5, 6))
    assert [cells.column(f"cell_{k}_v")[0].as_py() for k in (1, 2)] == [4.0, 4.001]
    assert math.isnan(cells.column("cell_3_v")[0].as_py())


def test_a_field_past_the_end_of_a_record_is_null_and_not_zero():
    flight = Flight(4).add(1, osd(0)[:47])
    table = read(flight.build()).tables["OSD"]
    assert table.column("drone_type")[0].as_py() is None
    assert table.column("controller_version")[0].as_py() is None
    assert table.column("fly_time_s")[0].as_py() == 0.0


def test_height_above_sea_is_take_off_altitude_plus_height_and_its_origin_warns():
    track = track_of(read(flown(11).build()))
    assert track.floats("altitude_m")[:2].tolist() == [150.0, 150.5], "tenths of a metre from controller version 8 on"
    assert "often wrong" in origin_of(track.table, "altitude_m")


def test_old_controllers_wrote_the_altitude_of_home_in_metres():
    track = track_of(read(Flight(4).add(2, home(150.0)).add(1, osd(0, controller=6)).build()))
    assert track.floats("altitude_m")[0] == 150.0


def test_directions_are_clockwise_from_north_and_never_negative():
    track = track_of(read(flown(11).build()))
    assert track.floats("yaw_deg")[0] == 181.0
    assert track.floats("gimbal_yaw_deg")[0] == pytest.approx(190.0), "what follows a position belongs to it"
    assert track.floats("gimbal_pitch_deg")[0] == -90.0


def test_motors_sky_satellites_and_signal_reach_the_track():
    flight = Flight(11).add(49, signal(80, up=False)).add(49, signal(70, up=True))
    row = track_of(read(flight.add(1, osd(0)).add(1, osd(1, flying=0)).build())).table.to_pylist()
    assert [(r["armed"], r["in_air"], r["fix"]) for r in row] == [(True, True, 3), (False, False, None)]
    assert (row[0]["satellites"], row[0]["link_percent"], row[0]["mode"]) == (17, 70.0, "GPS Atti")


def test_no_position_is_no_place_in_the_gulf_of_guinea():
    flight = Flight(8).add(1, osd(0, lon=0.0, lat=0.0)).add(1, osd(1))
    track = track_of(read(flight.build()))
    assert np.isnan(track.floats("lon")).tolist() == [True, False]


def test_the_mark_of_a_missing_fix_keeps_the_row_without_a_position():
    empty = struct.pack("<dd", 800_000.0, 800_000.0) + osd(0)[16:]
    decoded = read(Flight(8).add(1, empty).add(1, osd(1)).build())
    assert decoded.tables["OSD"].num_rows == 2
    assert np.isnan(track_of(decoded).floats("lat")[0])


@pytest.mark.parametrize("garbage", [(1e200, 0.5), (math.nan, 0.5), (0.2, -1.6), (1e-120, 1e-300)])
def test_a_position_no_aircraft_can_have_is_a_problem_and_never_a_row(garbage: tuple[float, float]):
    flight = Flight(8)
    for k in range(5):
        flight.add(1, struct.pack("<dd", *garbage) + osd(k)[16:] if k == 2 else osd(k))
    decoded = read(flight.build())
    assert decoded.tables["OSD"].num_rows == 4
    assert any("no position" in problem.what for problem in decoded.problems)
    assert decoded.account.skipped == len(flight.pieces()[2])


def test_a_lone_jump_of_kilometres_and_back_is_not_believed():
    flight = Flight(8)
    for k in range(6):
        flight.add(1, osd(k, lat=51.0 if k == 3 else 50.0))
    decoded = read(flight.build())
    assert decoded.tables["OSD"].num_rows == 5
    assert decoded.problems


def test_unknown_types_are_counted_and_accounted_for():
    flight = Flight(8).add(1, osd(0)).add(61, b"something").add(61, b"else").add(1, osd(1))
    decoded = read(flight.build())
    assert decoded.facts["unknown_types"] == {"61": 2}
    pieces = flight.pieces()
    assert decoded.account.unknown == len(pieces[1]) + len(pieces[2]) == decoded.account.skipped
    assert any("61" in problem.what for problem in decoded.problems)


def test_pictures_behind_the_records_are_no_records():
    large, small = b"\xff\xd8" + b"\x01\x33\xff" * 40 + b"\xff\xd9", b"\xff\xd8\x01\x02\xff\xd9"
    flight = flown(11)
    flight.facts["pictures"] = [len(large), 0, 0, 0, len(small), 0, 0, 0]
    flight.after = struct.pack("<i", 12345) + large + small
    decoded = read(flight.build())
    assert decoded.facts["pictures"] == 2
    assert decoded.account.skipped == 0
    assert not decoded.problems


def test_a_picture_between_records_is_stepped_over():
    flight = flown(11)
    pieces = flight.pieces()
    picture = b"\xff\xd8\x00\x10\x20\xff\xd9"
    data = flight.build().replace(pieces[10], pieces[10] + picture, 1)
    data = struct.pack("<Q", struct.unpack_from("<Q", data)[0] + len(picture)) + data[8:]
    decoded = read(data)
    assert decoded.tables["OSD"].num_rows == 20
    assert decoded.facts["pictures"] == 1
    assert not decoded.problems


def test_records_behind_the_details_are_read_too():
    flight = flown(11)
    extra = Flight(11).add(9, b"late words").pieces()[0]
    assert read(flight.build() + extra).tables["APP_TIP"].column("message").to_pylist() == ["late words"]


def test_a_record_that_was_never_closed_is_read_to_its_end():
    data = flown(11).build()
    end = struct.unpack_from("<Q", data)[0]
    decoded = read(bytes(8) + data[8:end])
    assert decoded.tables["OSD"].num_rows == 20
    assert "not closed" in decoded.problems[0].what
    recording = FORMAT.recording(decoded)
    assert recording.start_us == START_MS * 1000
    assert recording.duration_s == pytest.approx(1.9)
    assert recording.home is not None


def test_a_log_cut_short_keeps_what_came_before_and_says_where_it_broke():
    data = flown(12).build()
    decoded = read(data[: len(data) - 30])
    assert decoded.tables["OSD"].num_rows == 20 - 1 or decoded.tables["OSD"].num_rows == 20
    broken = decoded.problems[-1]
    assert broken.offset is not None
    assert broken.offset + broken.length == len(data) - 30
    assert decoded.account.skipped == broken.length


@pytest.mark.parametrize("version", [4, 11, 12])
def test_a_hole_in_the_middle_loses_only_what_was_in_it(version: int):
    flight = flown(version, rows=40)
    data, pieces = flight.build(), flight.pieces()
    start = data.index(pieces[30])
    damaged = data[:start] + bytes(len(pieces[30])) + data[start + len(pieces[30]) :]
    decoded = read(damaged)
    assert [(p.offset, p.length) for p in decoded.problems] == [(start, len(pieces[30]))]
    assert sum(t.num_rows for t in decoded.tables.values()) == len(pieces) - 1
    assert decoded.account.skipped == len(pieces[30])


def test_a_record_whose_length_was_damaged_into_a_chance_end_byte_is_taken_back():
    flight = flown(4, rows=40)
    flight.records = [r for r in flight.records if r.kind == 1]
    data, pieces = bytearray(flight.build()), flight.pieces()
    start = data.index(pieces[20])
    data[start + 1] = 39
    data[start + 2 + 39] = 0xFF
    decoded = read(bytes(data))
    assert decoded.tables["OSD"].num_rows == 39
    assert [(p.offset, p.length) for p in decoded.problems] == [(start, len(pieces[20]))]


@pytest.mark.parametrize(
    ("raw", "department", "expected", "unit"),
    [
        (0.05, 7, 50.0, "kilometres"),
        (170.0, 8, 170.0, "metres"),
        (170.0, 3, 170.0, "metres"),
        (0.05, 8, 50.0, "kilometres"),
    ],
)
def test_the_unit_of_the_distance_is_the_one_that_can_be(raw: float, department: int, expected: float, unit: str):
    flight = flown(14, department=department, facts={"distance": raw, "ms": 100_000, "speed": 6.0})
    recording = FORMAT.recording(read(flight.build()))
    assert recording.distance_m == pytest.approx(expected, rel=1e-6)
    assert any(unit in text for text in recording.inferences)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\0" * 4096,
        b"\xff" * 4096,
        b"time(millisecond),datetime(utc),latitude,longitude\n" * 50,
        b"1\n00:00:00,000 --> 00:00:00,033\n<font size=36>FrameCnt: 1</font>\n" * 50,
        b"\xa3\x95\x80" + bytes(range(256)) * 8,
        bytes(10) + b"\x0b" + bytes(4000),
        bytes(10) + b"\x0e" + bytes(4000),
        details(11),
    ],
)
def test_other_files_are_not_taken_for_flight_records(head: bytes):
    assert not FORMAT.recognises(head)


def test_details_that_make_no_sense_are_unknown_and_not_zero():
    flight = flown(11, facts={"start_ms": 5, "home": (900.0, math.nan), "distance": math.inf, "ms": -3})
    recording = FORMAT.recording(read(flight.build()))
    assert recording.start_us == START_MS * 1000, "the first clock record stands in"
    assert recording.distance_m is None
    assert recording.duration_s == pytest.approx(1.9)
    assert recording.home is not None
    assert recording.home.lon == pytest.approx(HOME[0])
