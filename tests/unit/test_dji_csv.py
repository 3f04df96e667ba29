"""DJI flight records that other programs wrote as CSV: columns, units, clocks and damage, with invented flights."""

from dataclasses import replace

import numpy as np
import pytest

from groundside.decode.known import recognise
from groundside.decode.reading import Reading, read_bytes
from groundside.model.recording import TimeBasis
from tests.csv_flights import HOME_LAT, HOME_LON, START, dji_log_parser, flight_reader, moments

ROWS = moments()
START_US = int(START.timestamp() * 1e6)


def read(raw: bytes) -> Reading:
    reading = read_bytes(memoryview(raw))
    assert reading.format == "dji-csv"
    return reading


def track(raw: bytes):
    return read(raw).timed_track()


@pytest.mark.parametrize("feet", [True, False])
def test_units_in_square_brackets_become_si_units(feet):
    ours = track(flight_reader(ROWS, feet=feet))
    np.testing.assert_allclose(ours.floats("height_m"), [r.up for r in ROWS], atol=0.01)
    np.testing.assert_allclose(ours.floats("altitude_m"), [r.up + 100 for r in ROWS], atol=0.01)
    np.testing.assert_allclose(ours.floats("lat"), [r.lat for r in ROWS], atol=1e-7)
    np.testing.assert_allclose(ours.floats("lon"), [r.lon for r in ROWS], atol=1e-7)


@pytest.mark.parametrize("raw", [flight_reader(ROWS), dji_log_parser(ROWS)], ids=["flight-reader", "dji-log-parser"])
def test_north_east_and_down_are_found_by_the_positions(raw):
    ours = track(raw)
    for name in ("vn", "ve", "vd"):
        np.testing.assert_allclose(ours.floats(f"{name}_mps"), [getattr(r, name) for r in ROWS], atol=0.01)
    assert "is the speed north" in " ".join(read(raw).recording().inferences)


def test_a_speed_whose_sign_goes_against_the_height_is_turned_and_it_is_said():
    turned = [r.__class__(**{**r.__dict__, "vd": -r.vd}) for r in ROWS]
    reading = read(flight_reader(turned))
    np.testing.assert_allclose(reading.timed_track().floats("vd_mps"), [r.vd for r in ROWS], atol=0.01)
    assert "down, its sign turned" in " ".join(reading.recording().inferences)


def test_speeds_of_an_aircraft_that_does_not_move_are_left_out():
    still = [r.__class__(r.index, r.t, 1, 1, 2, 0, 0, 0) for r in ROWS]
    assert np.isnan(track(flight_reader(still)).floats("vn_mps")).all()


def test_a_local_clock_is_not_utc():
    recording = read(flight_reader(ROWS)).recording()
    assert recording.time_basis is TimeBasis.LOCAL and recording.start_us is None
    assert recording.local_start == "2031-02-13T14:05:06.250000"
    assert track(flight_reader(ROWS)).time_us[0] == 0


@pytest.mark.parametrize("raw", [flight_reader(ROWS, zone="UTC"), dji_log_parser(ROWS)], ids=["column", "offset"])
def test_utc_is_utc_where_the_column_or_the_cell_says_so(raw):
    recording = read(raw).recording()
    assert recording.time_basis is TimeBasis.UTC_DEVICE
    assert recording.start_us == START_US and recording.time_error_s <= 0.1
    assert recording.duration_s == pytest.approx(29.9)


def test_a_clock_of_seconds_since_1970_is_utc():
    lines = [
        b"CUSTOM.updateTime [epoch],OSD.latitude,OSD.longitude",
        *(b"%d.%d,10.5,20.5" % (1_928_757_906 + i // 10, i % 10) for i in range(30)),
    ]
    recording = read(b"\n".join(lines)).recording()
    assert recording.start_us == 1_928_757_906_000_000 and recording.time_basis is TimeBasis.UTC_DEVICE


def test_dates_whose_order_nothing_tells_are_not_read_and_it_is_said():
    raw = flight_reader(ROWS, zone="UTC").replace(b"2/13/2031", b"2/3/2031")
    recording = read(raw).recording()
    assert recording.time_basis is TimeBasis.BOOT and recording.start_us is None
    assert any("Nothing tells whether dates have the day or the month first" in text for text in recording.inferences)
    assert track(raw).table.num_rows == len(ROWS)


def test_one_damaged_date_does_not_decide_the_order_of_the_others():
    raw = flight_reader(ROWS, zone="UTC").replace(b"2/13/2031", b"2/3/2031").replace(b"2/3/2031", b"2/23/2031", 1)
    assert read(raw).recording().time_basis is TimeBasis.BOOT


def test_rows_of_one_second_are_spread_over_it():
    raw = dji_log_parser(ROWS)
    whole = b"\n".join(line[:19] + line[line.index(b"Z") :] if line[:2] == b"20" else line for line in raw.split(b"\n"))
    bare = whole.replace(b"OSD.flyTime", b"OSD.something")
    ours = track(bare)
    assert (np.diff(ours.time_us) > 0).all() and ours.table.num_rows == len(ROWS)
    assert abs(int(ours.time_us[0]) - START_US) <= 1_000_000


def test_what_the_file_says_of_aircraft_battery_and_home_is_told():
    recording = read(flight_reader(ROWS)).recording()
    assert (recording.aircraft.name, recording.aircraft.serial) == ("Bee", "0SERIAL1")
    assert recording.batteries[0].serial == "BAT7"
    assert (recording.home.lat, recording.home.lon) == (HOME_LAT, HOME_LON)
    assert read(dji_log_parser(ROWS)).recording().distance_m == 360.0


def test_discharge_counts_positive_and_angles_go_from_0_to_360():
    ours = track(flight_reader(ROWS))
    assert [ours.floats(n)[0] for n in ("battery_current_a", "yaw_deg", "gimbal_yaw_deg")] == [7.5, 270.0, 270.0]
    assert ours.floats("battery_percent")[0] == 88.0


def test_messages_are_told_at_changes_and_modes_and_motors_as_events():
    log = read(flight_reader(ROWS, zone="UTC")).log()
    said = [(row["text"], row["severity"], row["time_us"]) for row in log.messages.to_pylist()]
    assert said == [("Take care, wind", None, START_US + 500_000), ("Low battery", 4, START_US + 10_000_000)]
    assert [row["kind"] for row in log.events.to_pylist()] == ["mode", "mode", "disarmed"]


def test_motors_and_ground_are_read_where_they_are_stated():
    ours = track(dji_log_parser(ROWS)).table
    assert ours.column("in_air").to_pylist()[20:22] == [False, True]
    assert ours.column("armed").to_pylist()[0] is True and ours.column("fix").to_pylist()[0] == 3


def test_the_misspelt_latitude_of_one_program_is_the_latitude():
    assert "osd_latitude_deg" in read(dji_log_parser(ROWS)).tables["rows"].column_names


@pytest.mark.parametrize("separator", [",", ";"])
def test_decimal_commas_are_read_between_semicolons_and_in_quotes(separator):
    lines = [["CUSTOM.dateTime", "OSD.latitude", "OSD.longitude", "OSD.height [m]"]]
    lines += [[f"2031-02-03T04:05:0{i}Z", "10,5", "-20,25", f"{i},75"] for i in range(5)]
    quoted = [[f'"{cell}"' for cell in line] if separator == "," else line for line in lines]
    raw = "\n".join(separator.join(line) for line in quoted).encode()
    assert track(raw).floats("height_m").tolist() == [0.75, 1.75, 2.75, 3.75, 4.75]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_as_a_spreadsheet_saves_it_is_the_same_flight(encoding):
    reading = read(flight_reader(ROWS).decode().encode(encoding))
    assert reading.tables["rows"].equals(read(flight_reader(ROWS)).tables["rows"]) and not reading.problems


def test_a_bad_row_of_utf_16_is_named_by_its_bytes_in_the_file():
    lines = flight_reader(ROWS).decode().split("\n")
    lines[10] = "é,too short"
    raw = "\n".join(lines).encode("utf-16")
    problem = read(raw).problems[0]
    assert raw[problem.offset : problem.offset + problem.length].decode("utf-16-le") == lines[10] + "\n"
    assert "Row 9 has 2 cells" in problem.what


def test_utf_16_out_of_step_gives_the_rows_behind_the_missing_byte_too():
    raw = flight_reader(ROWS).decode().encode("utf-16-le")
    cut = raw[: len(raw) // 2] + raw[len(raw) // 2 + 1 :]
    reading = read(cut)
    assert reading.timed_track().table.num_rows >= len(ROWS) - 1
    assert any("bytes missing" in text for text in reading.facts["inferences"])


def test_a_stray_quote_costs_its_own_row_at_most():
    raw = flight_reader(ROWS)
    for place in range(len(raw) // 3, len(raw) // 3 + 400, 7):
        reading = read(raw[:place] + b'"' + raw[place:])
        assert reading.tables["rows"].num_rows >= len(ROWS) - 1


def test_a_header_of_which_a_part_is_missing_keeps_the_rows_and_the_names_on_both_sides():
    raw = flight_reader(ROWS, stated=False).replace(b"OSD.pitch,OSD.roll", b"OSD.piOSD.roll", 1)
    reading = read(raw)
    assert "header" in reading.problems[0].what and reading.timed_track().table.num_rows == len(ROWS)
    assert np.isfinite(reading.timed_track().floats("battery_percent")).all()


def test_a_damaged_name_is_known_by_likeness():
    reading = read(flight_reader(ROWS).replace(b"OSD.longitude", b"OSD.lon#itude", 1))
    assert np.isfinite(reading.timed_track().floats("lon")).all()
    assert "'OSD.lon#itude' is taken to be 'OSD.longitude'" in reading.problems[0].what


def test_other_tables_are_not_taken_for_djis():
    for raw in (b"", b"latitude,longitude\n1,2\n", b"OSD.latitude\n1\n", b"time(millisecond),latitude,longitude\n"):
        kind = recognise(raw)
        assert kind is None or kind.name != "dji-csv"


@pytest.mark.parametrize("waits", [0, 60])
def test_a_clock_set_in_mid_flight_moves_nothing_and_is_an_event(waits):
    """With and without a time in flight that stands still on the ground before."""
    shown = [replace(r, t=r.t + (37 if r.index >= 150 else 0)) for r in ROWS]
    lines = [line.split(b",") for line in flight_reader(shown).splitlines()]
    counter = lines[1].index(b"OSD.flyTime [s]")
    for row, cells in zip(ROWS, lines[2:], strict=True):
        cells[counter] = b"%.1f" % max(row.t - waits / 10, 0)
        cells[counter - 1] = b"0m %.1fs" % max(row.t - waits / 10, 0)
    reading = read(b"\n".join(map(b",".join, lines)) + b"\n")
    recording, track = reading.recording(), reading.timed_track()
    assert recording.duration_s == pytest.approx(29.9, abs=0.05)
    assert abs(int(track.time_us[150] - track.time_us[149]) - 100_000) <= 50_000
    jumps = [e for e in reading.log().events.to_pylist() if e["kind"] == "clock_jump"]
    assert [e["time_us"] for e in jumps] == [int(track.time_us[150])]
