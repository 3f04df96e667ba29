"""AirData CSV: units, account tiers, ragged rows and quoted messages, with invented flights."""

import math

import numpy as np
import pytest

from groundside.decode.format import Options
from groundside.decode.formats.airdata_csv import FORMAT
from groundside.model.decoded import Decoded

LOCKED = "Available with any HD 360 subscription"
HEADER = (
    "time(millisecond),datetime(utc),latitude,longitude,height_above_takeoff(feet),"
    "height_above_ground_at_drone_location(feet),speed(mph),distance(feet),mileage(feet),satellites,voltage(v),"
    " xSpeed(mph), ySpeed(mph), zSpeed(mph), compass_heading(degrees), pitch(degrees),"
    "battery_percent,voltageCell1,current(A),battery_temperature(f),flycState,message"
)
ROW = "{t},2031-02-03 04:05:0{s},10.5,-20.25,100,{locked},10,0,50,12,{volts},20,-10,5,-90.5,1.5,77,4.1,3.5,68,{state},{message}"


def row(t: int, s: int = 6, **changes: object) -> str:
    return ROW.format(**{"t": t, "s": s, "locked": "", "volts": 24.5, "state": "P-GPS", "message": ""} | changes)


def table(*rows: str, header: str = HEADER, line_end: str = "\n") -> bytes:
    return line_end.join([header, *rows, ""]).encode()


def read(raw: bytes) -> Decoded:
    assert FORMAT.recognises(raw[:65536])
    return FORMAT.decode(memoryview(raw), Options())


def column(decoded: Decoded, name: str) -> list:
    return decoded.tables["rows"].column(name).to_pylist()


def test_feet_miles_per_hour_and_fahrenheit_become_si_units():
    decoded = read(table(row(0)))
    assert column(decoded, "height_above_takeoff_m") == [100 * 0.3048]
    assert column(decoded, "speed_mps") == [pytest.approx(4.4704, rel=1e-12)]
    assert column(decoded, "battery_temperature_degc") == [pytest.approx(20.0)]
    assert column(decoded, "compass_heading_deg") == [-90.5]
    assert decoded.tables["rows"].schema.field("speed_mps").metadata[b"origin"].startswith(b"speed(mph) x 0.44704")
    assert decoded.facts["units_in_file"]["height_above_takeoff_m"] == "feet"


@pytest.mark.parametrize(
    ("unit", "text", "si"),
    [
        ("mph", "10", 4.4704),
        ("m/s", "10", 10.0),
        ("km/h", "36", 10.0),
        ("knots", "10", 5.144444444444445),
        ("kph", "36", 10.0),
    ],
)
def test_every_unit_of_speed_is_read_from_the_name(unit, text, si):
    decoded = read(f"time(millisecond),latitude,longitude, xSpeed({unit})\n0,1.5,2.5,{text}\n".encode())
    assert column(decoded, "x_speed_mps") == [pytest.approx(si, rel=1e-12)]


@pytest.mark.parametrize(("unit", "text"), [("f", "95"), ("c", "35"), ("Celsius", "35"), ("fahrenheit", "95")])
def test_every_unit_of_temperature_is_read_from_the_name(unit, text):
    decoded = read(f"time(millisecond),latitude,longitude,battery_temperature({unit})\n0,1.5,2.5,{text}\n".encode())
    assert column(decoded, "battery_temperature_degc") == [pytest.approx(35.0)]


def test_a_metric_and_an_imperial_export_of_one_flight_give_one_track():
    imperial = read(b"time(millisecond),latitude,longitude,ascent(feet),xSpeed(mph)\n0,1.5,2.5,100,10\n")
    metric = read(b"time(millisecond),latitude,longitude,ascent(meters),xSpeed(m/s)\n0,1.5,2.5,30.48,4.4704\n")
    ours, theirs = FORMAT.track(imperial), FORMAT.track(metric)
    for name in ("height_m", "vn_mps"):
        np.testing.assert_allclose(ours.floats(name), theirs.floats(name), rtol=1e-12)


def test_a_unit_nobody_here_knows_is_kept_as_it_stands_and_said():
    decoded = read(b"time(millisecond),latitude,longitude,depth(fathoms)\n0,1.5,2.5,7\n")
    assert column(decoded, "depth_fathoms") == [7]
    assert any("fathoms" in text for text in decoded.facts["inferences"])


def test_what_the_account_does_not_include_is_empty_and_noted_once():
    decoded = read(table(row(0, locked=LOCKED), row(100)))
    assert all(math.isnan(v) for v in column(decoded, "height_above_ground_at_drone_location_m"))
    assert decoded.facts["not_in_this_account_tier"] == ["height_above_ground_at_drone_location(feet)"]
    assert not decoded.problems and decoded.account.skipped == 0


def test_text_where_a_number_should_be_is_a_problem_and_the_column_stays_one_of_numbers():
    decoded = read(table(row(0), row(100).replace("10.5,", "rubbish,"), row(200)))
    assert [math.isnan(v) for v in column(decoded, "latitude")] == [False, True, False]
    assert "rubbish" in decoded.problems[0].what


@pytest.mark.parametrize("word", ["nan", "inf", "-Infinity", "1_000", "0x10", "１"])
def test_words_that_other_programs_take_for_numbers_are_none(word):
    decoded = read(table(row(0), row(100).replace(",10.5,", f",{word},"), row(200)))
    assert math.isnan(column(decoded, "latitude")[1])


def test_a_row_with_too_few_or_too_many_cells_is_left_out_and_the_next_is_read():
    short, long = "100,2031-02-03 04:05:06,10.5", row(200) + ",1,2,3"
    raw = table(row(0), short, long, row(300))
    decoded = read(raw)
    assert column(decoded, "time_ms") == [0, 300]
    first, second = decoded.problems
    assert raw[first.offset : first.offset + first.length] == short.encode() + b"\n"
    assert raw[second.offset : second.offset + second.length] == long.encode() + b"\n"
    assert "Row 2 has 3 cells" in first.what and "Row 3 has 25 cells" in second.what
    assert decoded.account.skipped == first.length + second.length


def test_a_file_cut_inside_a_row_keeps_what_came_before_and_says_where_it_broke():
    whole = table(row(0), row(100), row(200))
    cut = whole[: whole.rindex(b"10.5")]
    decoded = read(cut)
    assert column(decoded, "time_ms") == [0, 100]
    assert decoded.problems[0].offset + decoded.problems[0].length == len(cut)


def test_a_quoted_message_may_hold_commas_quotes_and_line_ends():
    message = 'Careful, "wind"\nReturn, now.'
    quoted = '"' + message.replace('"', '""') + '"'
    decoded = read(table(row(0), row(100, message=quoted), row(200)))
    assert column(decoded, "message") == [None, message, None]
    assert column(decoded, "time_ms") == [0, 100, 200]
    assert decoded.account.skipped == 0 and not decoded.problems


@pytest.mark.parametrize("strays", [1, 2])
def test_a_quote_that_is_never_closed_costs_no_row(strays):
    stray = row(100, message='"never closed')
    decoded = read(table(row(0), *[stray] * strays, row(200), row(300, message='"Fine, thanks."'), row(400)))
    assert column(decoded, "time_ms") == [0, *[100] * strays, 200, 300, 400]
    assert column(decoded, "message")[1] == "never closed" and column(decoded, "message")[-2] == "Fine, thanks."


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_line_ends_a_byte_order_mark_and_blank_lines_do_not_matter(line_end):
    raw = b"\xef\xbb\xbf" + table(row(0), "", row(100), "", line_end=line_end)
    decoded = read(raw)
    assert column(decoded, "time_ms") == [0, 100]
    assert decoded.account.skipped == 0 and not decoded.problems


def test_a_message_that_is_not_utf_8_is_read_all_the_same():
    raw = table(row(0), row(100, message="caf@")).replace(b"caf@", b"caf\xe9")
    assert column(read(raw), "message") == [None, "café"]


def test_a_lone_carriage_return_in_a_cell_does_not_split_the_row():
    decoded = read(table(row(0), row(100, message="one\rtwo"), row(200)))
    assert column(decoded, "time_ms")[::2] == [0, 200] or column(decoded, "time_ms") == [0, 200]
    assert decoded.account.decoded + decoded.account.skipped == decoded.account.total


def test_two_columns_of_one_name_are_both_kept():
    decoded = read(b"time(millisecond),latitude,longitude,latitude\n0,1.5,2.5,3.5\n")
    assert (column(decoded, "latitude"), column(decoded, "latitude_again_2")) == ([1.5], [3.5])


def test_a_header_without_rows_is_a_result():
    decoded = read(table())
    assert decoded.tables["rows"].num_rows == 0 and decoded.problems
    assert FORMAT.track(decoded) is None


def test_other_tables_are_not_taken_for_airdatas():
    for raw in (
        b"",
        b"a,b,c\n1,2,3\n",
        b"latitude,longitude\n1,2\n",
        b"\x00" * 100,
        b"time(millisecond)\n",
        b'"unclosed\n',
    ):
        assert not FORMAT.recognises(raw)
