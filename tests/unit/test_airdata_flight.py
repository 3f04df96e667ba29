"""What an AirData CSV says of the flight: clock, home, distance, states, battery."""

import math

import numpy as np
import pytest

from groundside.decode.csv_rows.clock import fit_clock
from groundside.decode.format import Options
from groundside.decode.formats.airdata_csv import FORMAT
from groundside.model.decoded import Decoded
from groundside.model.recording import TimeBasis

SECOND = 1_000_000
T0 = 1_900_000_000 * SECOND


def text_of(us: int) -> str:
    return str(np.datetime64(us, "us").astype("datetime64[s]")).replace("T", " ")


def rounded(us: int) -> int:
    return (us + SECOND // 2) // SECOND * SECOND


def flight(start_us: int, seconds: int = 5, first_ms: int = 0, clock: str = "datetime(utc)") -> bytes:
    """Rows every 100 ms, the clock rounded to the second, the counter cut down to 100 ms, as AirData has them."""
    lines = [f"time(millisecond),{clock},latitude,longitude"]
    for i in range(seconds * 10):
        exact_us = start_us + i * 100_000
        lines.append(f"{first_ms + i * 100},{text_of(rounded(exact_us))},10.5,20.25")
    return "\n".join(lines).encode() + b"\n"


def read(raw: bytes) -> Decoded:
    return FORMAT.decode(memoryview(raw), Options())


def table(*rows: str) -> Decoded:
    header, *body = rows
    return read("\n".join([f"time(millisecond),{header}", *body, ""]).encode())


@pytest.mark.parametrize("fraction_ms", [0, 18, 230, 499, 500, 562, 994])
@pytest.mark.parametrize("first_ms", [0, 143_400])
def test_the_start_is_found_to_a_tenth_of_a_second_in_a_clock_that_shows_whole_seconds(fraction_ms, first_ms):
    start = T0 + fraction_ms * 1000
    recording = FORMAT.recording(read(flight(start, first_ms=first_ms)))
    assert recording.time_basis is TimeBasis.UTC_DEVICE
    assert abs(recording.start_us - start) <= 100_000
    assert recording.time_error_s <= 0.1
    assert recording.duration_s == pytest.approx(4.9)
    assert any("rounded" in text for text in recording.inferences)


def test_the_track_has_a_row_for_each_row_and_its_clock_is_the_counters():
    decoded = read(flight(T0 + 230_000, first_ms=143_400))
    track = FORMAT.track(decoded)
    assert track.table.num_rows == 50
    assert set(np.diff(track.time_us)) == {100_000}
    assert track.time_us[0] == FORMAT.recording(decoded).start_us
    assert track.time_basis is TimeBasis.UTC_DEVICE


def test_a_recording_of_less_than_a_second_has_a_wide_error():
    recording = FORMAT.recording(read(flight(T0 + 100_000).rsplit(b"\n", 48)[0] + b"\n"))
    assert 0.3 < recording.time_error_s <= 0.6


def test_rows_whose_clock_stood_still_are_outvoted():
    steady = np.arange(0, 60_000, 100)
    walls = np.array([rounded(T0 + t * 1000) for t in steady])
    walls[100:120] = walls[99]
    fit = fit_clock(steady.astype(float), walls)
    assert abs(fit.zero_us - T0) <= 100_000
    assert 0 < fit.rows - fit.agreeing <= 20


def test_a_local_clock_is_not_utc():
    decoded = read(flight(T0, clock="datetime(local)"))
    recording, track = FORMAT.recording(decoded), FORMAT.track(decoded)
    assert recording.time_basis is track.time_basis is TimeBasis.LOCAL
    assert recording.start_us is None and track.time_us[0] == 0
    assert abs(int(np.datetime64(recording.local_start, "us").astype(np.int64)) - T0) <= 100_000


@pytest.mark.parametrize("clock", ["datetime(local)", "datetime(utc)"])
@pytest.mark.parametrize(
    ("first_ms", "last_ms", "wall"),
    [
        (0, 5000, "0001-01-01 00:00:00"),
        (0, 5000, "9999-12-31 23:59:60"),
        (0, 9_000_000_000_000, "9900-01-01 00:00:00"),
        (9_000_000_000_000, -5000, "0100-01-01 00:00:00"),
    ],
)
def test_a_clock_outside_the_calendar_is_not_used_and_it_is_said(clock, first_ms, last_ms, wall):
    decoded = table(f"{clock},latitude,longitude", f"{first_ms},{wall},1.5,2.5", f"{last_ms},,1.5,2.5")
    recording, track = FORMAT.recording(decoded), FORMAT.track(decoded)
    assert recording.local_start == "" and recording.start_us is None
    assert recording.time_basis is track.time_basis is TimeBasis.BOOT
    assert any("years before 1 or after 9999" in text for text in recording.inferences)


def test_without_a_clock_times_count_from_the_start():
    decoded = table("latitude,longitude", "500,1.5,2.5", "700,1.5,2.5")
    assert FORMAT.recording(decoded).time_basis is TimeBasis.BOOT
    assert FORMAT.track(decoded).time_us.tolist() == [0, 200_000]


def test_times_that_run_backwards_are_sorted_and_said():
    decoded = table("latitude,longitude", "300,3.5,1", "100,1.5,1", "200,2.5,1", ",9.5,1")
    track = FORMAT.track(decoded)
    assert track.floats("lat").tolist() == [1.5, 2.5, 3.5]
    text = " ".join(FORMAT.recording(decoded).inferences)
    assert "backwards" in text and "1 rows have no time" in text


def test_zero_zero_is_no_position_and_home_is_the_first_that_is_one():
    decoded = table("latitude,longitude,distance(feet)", "0,0,0,0", "100,1.5,2.5,0", "200,1.6,2.5,90")
    track, recording = FORMAT.track(decoded), FORMAT.recording(decoded)
    assert np.isnan(track.floats("lat")).tolist() == [True, False, False]
    assert (recording.home.lon, recording.home.lat) == (2.5, 1.5)


def test_the_first_position_is_not_home_where_the_file_says_it_is_far_from_it():
    assert FORMAT.recording(table("latitude,longitude,distance(feet)", "0,1.5,2.5,900")).home is None


def test_distance_height_and_speed_are_the_recorders_own():
    decoded = table(
        "latitude,longitude,mileage(feet),max_ascent(feet),max_speed(mph)", "0,1,2,0,0,0", "100,1,2,100,50,10"
    )
    recording = FORMAT.recording(decoded)
    assert recording.distance_m == pytest.approx(30.48)
    assert recording.max_height_m == pytest.approx(15.24)
    assert recording.max_speed_mps == pytest.approx(4.4704)
    assert recording.rows_expected == 2


def test_distance_is_unknown_where_the_export_has_no_mileage():
    assert FORMAT.recording(table("latitude,longitude", "0,1,2")).distance_m is None


def test_speeds_are_north_east_down_and_heading_is_0_to_360():
    track = FORMAT.track(
        table("latitude,longitude, xSpeed(m/s), ySpeed(m/s), zSpeed(m/s), compass_heading(degrees)", "0,1,2,3,4,5,-90")
    )
    assert [track.floats(n)[0] for n in ("vn_mps", "ve_mps", "vd_mps", "yaw_deg")] == [3.0, 4.0, 5.0, 270.0]


def test_a_battery_that_was_not_read_yet_is_unknown_not_empty():
    track = FORMAT.track(
        table("latitude,longitude,voltage(v),current(A),battery_percent", "0,1,2,0,0,90", "100,1,2,24.5,3,90")
    )
    assert math.isnan(track.floats("battery_voltage_v")[0]) and math.isnan(track.floats("battery_current_a")[0])
    assert track.floats("battery_voltage_v")[1] == 24.5 and track.floats("battery_percent")[0] == 90.0


def test_where_the_sum_is_missing_the_cells_are_added_up():
    track = FORMAT.track(table("latitude,longitude,voltageCell1,voltageCell2", "0,1,2,4.1,4.2"))
    assert track.floats("battery_voltage_v")[0] == pytest.approx(8.3)


def test_states_say_of_motors_and_air_only_what_they_mean():
    decoded = table(
        "latitude,longitude,flycState,satellites",
        *(f"{i}00,1,2,{s},9" for i, s in enumerate(["Motors_Started", "P-GPS", "Confirm_Landing", ""])),
    )
    track = FORMAT.track(decoded).table
    assert track.column("mode").to_pylist() == ["Motors_Started", "P-GPS", "Confirm_Landing", None]
    assert track.column("armed").to_pylist() == [True, None, True, None]
    assert track.column("in_air").to_pylist() == [False, None, None, None]
    assert track.column("satellites").to_pylist() == [9] * 4


def test_a_gimbal_that_is_0_in_every_row_is_none():
    none = FORMAT.track(
        table("latitude,longitude,gimbal_heading(degrees),gimbal_pitch(degrees)", "0,1,2,0,0", "100,1,2,0,0")
    )
    some = FORMAT.track(
        table("latitude,longitude,gimbal_heading(degrees),gimbal_pitch(degrees)", "0,1,2,0,0", "100,1,2,0,-90")
    )
    assert np.isnan(none.floats("gimbal_pitch_deg")).all()
    assert some.floats("gimbal_pitch_deg").tolist() == [0.0, -90.0]


@pytest.mark.parametrize("by_s", [37, -600, 1218])
def test_a_clock_set_in_mid_flight_moves_nothing_and_is_an_event(by_s):
    lines = flight(T0 + 230_000, seconds=60).splitlines()
    for i in range(200, 600):
        before = text_of(rounded(T0 + 230_000 + i * 100_000)).encode()
        after = text_of(rounded(T0 + 230_000 + i * 100_000 + by_s * SECOND)).encode()
        lines[i + 1] = lines[i + 1].replace(before, after)
    decoded = read(b"\n".join(lines) + b"\n")
    recording, track = FORMAT.recording(decoded), FORMAT.track(decoded)
    assert abs(recording.start_us - T0 - 230_000) <= 100_000 and recording.duration_s == pytest.approx(59.9)
    assert set(np.diff(track.time_us)) == {100_000}
    way = "forward" if by_s > 0 else "back"
    assert any(f"jumps {way} by {abs(by_s)}.0 s" in text for text in recording.inferences)
    events = FORMAT.log(decoded).events.to_pylist()
    assert [(e["kind"], e["text"]) for e in events] == [
        ("clock_jump", f"The wall clock jumped {way} by {abs(by_s)}.0 s")
    ]
    assert abs(events[0]["time_us"] - int(track.time_us[200])) <= 500_000
