"""What an AirData CSV tells besides the track, and files that programs saved in their own way or that are damaged."""

import numpy as np
import pytest

from groundside.decode.format import Options
from groundside.decode.formats.airdata_csv import FORMAT
from groundside.model.decoded import Decoded
from groundside.model.recording import TimeBasis

HEADER = (
    "time(millisecond),datetime(utc),latitude,longitude,height_above_takeoff(feet),speed(mph),distance(feet),satellites,"
    "gpslevel,voltage(v),max_altitude(feet),battery_percent,flycState,message"
)


def rows(count: int = 40, clock: str = "2031-02-13 04:05:{s:02d}", message: str = "") -> list[str]:
    return [
        f"{i * 100},{clock.format(s=6 + i // 10)},{10 + i / 1e5:.6f},20.5,100,5,3,12,5,15.2,90,80,"
        f"{'P-GPS' if i < 30 else 'Go_Home'},{message if 10 <= i < 13 else ''}"
        for i in range(count)
    ]


def read(lines: list[str] | bytes, header: str = HEADER) -> Decoded:
    raw = lines if isinstance(lines, bytes) else "\n".join([header, *lines, ""]).encode()
    assert FORMAT.recognises(raw[:65536])
    return FORMAT.decode(memoryview(raw), Options())


def test_a_message_is_told_once_where_it_begins_and_modes_where_they_change():
    decoded = read(rows(message="Strong wind"))
    log, track = FORMAT.log(decoded), FORMAT.track(decoded)
    assert log.messages.to_pylist() == [
        {"time_us": int(track.time_us[10]), "severity": None, "text": "Strong wind", "component": ""}
    ]
    assert [(e["kind"], e["text"], e["time_us"]) for e in log.events.to_pylist()] == [
        ("mode", "P-GPS", int(track.time_us[0])),
        ("mode", "Go_Home", int(track.time_us[30])),
    ]
    assert log.time_basis is track.time_basis


@pytest.mark.parametrize(
    "clock",
    ["13/02/2031 04:05:{s:02d}", "2/13/2031 4:05:{s:02d} AM", "13.02.2031 04:05:{s:02d}", "2031/2/13 4:05:{s:02d}"],
)
def test_dates_that_a_spreadsheet_wrote_are_read_where_a_day_above_12_tells_their_order(clock):
    assert FORMAT.recording(read(rows(clock=clock))).start_us == FORMAT.recording(read(rows())).start_us


def test_dates_without_seconds_give_the_minute():
    recording = FORMAT.recording(read(rows(clock="2/13/2031 4:05")))
    exact = FORMAT.recording(read(rows())).start_us
    assert recording.time_basis is TimeBasis.UTC_DEVICE
    assert abs(recording.start_us - exact) <= recording.time_error_s * 1e6 + 500_000 <= 31_000_000


def test_dates_of_no_certain_order_leave_the_clock_unknown_and_it_is_said():
    recording = FORMAT.recording(read(rows(clock="3/2/2031 4:05:{s:02d}")))
    assert recording.time_basis is TimeBasis.BOOT and recording.start_us is None
    assert any("Nothing tells whether dates have the day" in text for text in recording.inferences)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_text_that_a_spreadsheet_saved_is_the_same_table(encoding, separator):
    raw = "\r\n".join([HEADER, *rows(), ""]).replace(",", separator).encode(encoding)
    assert read(raw).tables["rows"].equals(read(rows()).tables["rows"])


def test_rows_of_one_time_are_spread_up_to_the_next_and_it_is_said():
    lines = rows()
    lines[20] = lines[20].replace("2000,", "1900,", 1)
    decoded = read(lines)
    time_us = FORMAT.track(decoded).time_us
    assert (np.diff(time_us) > 0).all() and time_us[20] - time_us[19] == 100_000
    assert any("spread evenly" in text for text in FORMAT.recording(decoded).inferences)


def test_a_quote_in_the_middle_costs_its_own_row_at_most():
    raw = "\n".join([HEADER, *rows(message='"Wind, ""strong"""'), ""]).encode()
    begin = len(HEADER) + 1
    for place in range(begin, len(raw), 11):
        assert read(raw[:place] + b'"' + raw[place:]).tables["rows"].num_rows >= 39


def test_a_cell_that_cannot_be_read_is_named_by_its_row_and_byte():
    lines = rows()
    lines[7] = lines[7].replace("15.2", "1#.2")
    raw = "\n".join([HEADER, *lines, ""]).encode()
    problem = read(raw).problems[0]
    assert "row 8" in problem.what and "1#.2" in problem.what
    assert raw[problem.offset :].startswith(lines[7].encode()) and problem.length == 0


def test_a_row_whose_counter_and_date_belong_to_two_rows_is_left_out():
    lines = rows()
    front, back = lines[4].split(","), lines[34].split(",")
    lines[4] = ",".join([back[0], *front[1:]])
    decoded = read(lines)
    assert decoded.tables["rows"].num_rows == 39 and "Row 5 is glued" in decoded.problems[0].what


def test_a_damaged_name_is_known_by_likeness_and_its_unit_is_its_own():
    header = HEADER.replace("longitude", "lon#itude").replace(
        "height_above_takeoff(feet)", "height_ab#ve_takeoff(meters)"
    )
    decoded = read(rows(), header)
    assert decoded.tables["rows"].column("height_above_takeoff_m").to_pylist()[0] == 100
    assert decoded.tables["rows"].column("longitude").to_pylist()[0] == 20.5
    assert "taken to be 'longitude'" in " ".join(p.what for p in decoded.problems)


def test_a_header_that_fits_in_no_way_leaves_the_columns_without_names_but_keeps_them():
    header = HEADER.replace(",speed(mph),distance(feet)", "")
    decoded = read(rows(), header)
    assert decoded.tables["rows"].num_rows == 40 and "columns are without names" in decoded.problems[0].what
    assert FORMAT.track(decoded) is None


def test_an_empty_line_and_a_stated_separator_before_the_header_are_passed_over():
    for front in ("sep=,\n", "\n\n", '"sep=,"\r\n'):
        raw = front.encode() + "\n".join([HEADER, *rows(), ""]).encode()
        assert read(raw).tables["rows"].num_rows == 40


def test_a_quote_in_the_header_costs_no_row():
    for place in range(0, len(HEADER), 9):
        header = HEADER[:place] + '"' + HEADER[place:]
        raw = "\n".join([header, *rows(), ""]).encode()
        assert FORMAT.decode(memoryview(raw), Options()).tables["rows"].num_rows == 40
