"""Litchi flight logs: units, clock, heights and damage, with invented flights."""

from dataclasses import replace

import numpy as np
import pytest

from groundside.decode.known import recognise
from groundside.decode.reading import Reading, read_bytes
from groundside.model.recording import TimeBasis
from tests.csv_flights import HOME_LAT, HOME_LON, START, litchi, moments

ROWS = moments()
START_US = int(START.timestamp() * 1e6)
MISSION = (
    b"latitude,longitude,altitude(m),heading(deg),curvesize(m),rotationdir,gimbalmode,gimbalpitchangle,actiontype1,"
    b"actionparam1,altitudemode,speed(m/s)\n1.5,2.5,30,90,0,0,0,0,-1,0,0,5\n"
)
FLYTREX = (
    b"latitude,longitude,altitude(feet),ascent(feet),speed(mph),distance(feet),time(millisecond),datetime(utc),"
    b"satellites,voltage(v)\n"
    b"1.5,2.5,1000,100,20,300,100.0,2031-02-03 04:05:06.288000,19,15.2\n"
    b"1.5,2.5,1001,101,20,300,300.0,2031-02-03 04:05:06.490000,19,15.2\n"
)


def read(raw: bytes) -> Reading:
    reading = read_bytes(memoryview(raw))
    assert reading.format == "litchi-csv"
    return reading


@pytest.mark.parametrize("feet", [True, False])
def test_metric_and_imperial_logs_give_one_track(feet):
    ours = read(litchi(ROWS, feet=feet)).timed_track()
    np.testing.assert_allclose(ours.floats("height_m"), [r.up for r in ROWS], atol=1e-3)
    np.testing.assert_allclose(ours.floats("lat"), [r.lat for r in ROWS], atol=1e-7)
    for name in ("vn", "ve", "vd"):
        np.testing.assert_allclose(ours.floats(f"{name}_mps"), [getattr(r, name) for r in ROWS], atol=1e-3)


def test_the_positions_decide_which_velocity_is_north():
    swapped = litchi(ROWS).replace(b"velocityX", b"velocityQ").replace(b"velocityY", b"velocityX")
    swapped = swapped.replace(b"velocityQ", b"velocityY")
    ours = read(swapped).timed_track()
    np.testing.assert_allclose(ours.floats("vn_mps"), [r.vn for r in ROWS], atol=1e-3)


def test_utc_is_taken_and_not_the_local_time_beside_it():
    recording = read(litchi(ROWS)).recording()
    assert recording.time_basis is TimeBasis.UTC_DEVICE and recording.start_us == START_US


def test_local_time_alone_is_not_utc():
    recording = read(litchi(ROWS).replace(b"datetime(utc)", b"something")).recording()
    assert recording.time_basis is TimeBasis.LOCAL and recording.local_start == "2031-02-13T16:05:06.250000"


def test_a_row_whose_date_alone_disagrees_is_placed_by_its_counter():
    lines = litchi(ROWS).split(b"\n")
    lines[100] = lines[100].replace(b"14:05:16", b"19:05:16")
    reading = read(b"\n".join(lines))
    ours = reading.timed_track()
    assert ours.table.num_rows == len(ROWS) and (ours.time_us[-1] - ours.time_us[0]) == 29_900_000
    assert any("1 rows have a date and time" in text for text in reading.recording().inferences)


def test_what_the_file_says_of_aircraft_battery_and_home_is_told():
    recording = read(litchi(ROWS)).recording()
    assert (recording.aircraft.name, recording.aircraft.model, recording.aircraft.serial) == (
        "Bee",
        "Mavic2",
        "0123456789",
    )
    assert [b.serial for b in recording.batteries] == ["BAT7"]
    assert (recording.home.lat, recording.home.lon) == (HOME_LAT, HOME_LON)


def test_raw_gimbal_angles_are_tenths_and_current_is_milliamperes():
    ours = read(litchi(ROWS)).timed_track()
    assert ours.floats("gimbal_pitch_deg")[0] == -45.5 and ours.floats("gimbal_yaw_deg")[0] == 270.0
    assert ours.floats("battery_current_a")[0] == 4.5


def test_tips_warnings_and_motors_are_told():
    log = read(litchi(ROWS)).log()
    assert [(m["text"], m["severity"]) for m in log.messages.to_pylist()] == [("Signal weak", None), ("Low battery", 4)]
    assert [e["kind"] for e in log.events.to_pylist()] == ["mode", "disarmed"]


def test_where_there_is_an_ascent_the_altitude_is_above_sea_level():
    ours = read(FLYTREX).timed_track()
    assert ours.floats("height_m")[0] == pytest.approx(30.48) and ours.floats("altitude_m")[0] == pytest.approx(304.8)
    assert np.diff(ours.time_us).tolist() == [202_000]


def test_a_mission_is_no_flight():
    assert recognise(MISSION) is None


def test_airdatas_tables_and_litchis_are_told_apart():
    airdata = (
        b"time(millisecond),datetime(utc),latitude,longitude,flycState,message\n0,2031-01-01 00:00:00,1,2,P-GPS,\n"
    )
    assert recognise(airdata).name == "airdata-csv" and recognise(litchi(ROWS)).name == "litchi-csv"


def test_a_row_glued_from_two_is_left_out_and_named():
    raw = litchi(ROWS)
    lines = raw.split(b"\n")
    first, second = lines[20].split(b","), lines[80].split(b",")
    glued = [*second[:5], *first[5:]]
    cut = b"\n".join([*lines[:20], b",".join(glued), *lines[81:]])
    reading = read(cut)
    assert reading.tables["rows"].num_rows == len(ROWS) - 61
    assert (
        "glued from parts of two rows" in reading.problems[0].what
        and reading.problems[0].length == len(b",".join(glued)) + 1
    )


def test_a_row_before_a_gap_in_the_recording_is_kept():
    lines = litchi(ROWS).split(b"\n")
    reading = read(b"\n".join([*lines[:20], *lines[80:]]))
    assert reading.tables["rows"].num_rows == len(ROWS) - 60 and not reading.problems


@pytest.mark.parametrize("by_s", [37, -600])
def test_a_clock_set_in_mid_flight_moves_nothing_and_is_an_event(by_s):
    later = [replace(r, t=r.t + by_s) for r in ROWS[120:]]
    lines = litchi(ROWS).splitlines()
    clocks = [line.split(b",")[6:8] for line in litchi(later).splitlines()[1:]]
    for i, clock in enumerate(clocks, start=121):
        cells = lines[i].split(b",")
        lines[i] = b",".join([*cells[:6], *clock, *cells[8:]])
    reading = read(b"\n".join(lines) + b"\n")
    recording, track = reading.recording(), reading.timed_track()
    assert recording.start_us == START_US and recording.duration_s == pytest.approx(29.9)
    assert set(np.diff(track.time_us)) == {100_000}
    jumps = [e for e in reading.log().events.to_pylist() if e["kind"] == "clock_jump"]
    assert [e["time_us"] for e in jumps] == [int(track.time_us[120])]
    assert any("with which the recording began" in text for text in recording.inferences)
