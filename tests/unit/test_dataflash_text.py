"""Text logs: what their lines mean, and what becomes of those that are damaged."""

from __future__ import annotations

import math
from typing import Any

import pytest

from groundside.decode.formats.dataflash_text import FORMAT
from groundside.model.decoded import Decoded
from groundside.model.recording import TimeBasis
from groundside.model.table import unit_of
from tests.dataflash_builder import LogBuilder, decoded, decoded_text, text_of_log, with_gps

FMT = "FMT, 128, 89, FMT, BBnNZ, Type,Length,Name,Format,Columns\n"
NUM = FMT + "FMT, 1, 13, NUM, QH, TimeUS,Value\n"


def lines(*rows: str, head: str = NUM) -> str:
    return head + "".join(f"{row}\n" for row in rows)


def values(result: Decoded, table: str, column: str) -> list[Any]:
    return result.tables[table][column].to_pylist()


def test_every_format_character_is_read_and_none_is_scaled_again():
    text = FMT + (
        "FMT, 2, 100, ALL, bBhHiIgfdnNZcC, b,B,h,H,i,I,g,f,d,n,N,Z,c,C\n"
        "FMT, 3, 100, EXT, eELMqQ, e,E,L,M,q,Q\n"
        "ALL, -1, 255, -2, 65535, -3, 4294967295, 0.5, 1.5, 2.5, ab, sixteen is enoug, école, -12.34, 543.21\n"
        "EXT, -123.45, 42949672.95, -35.3632621, 200, -1152921504606846976, 9223372036854775809\n"
    )
    result = decoded_text(text)
    assert result.tables["ALL"].to_pylist() == [{
        "b": -1, "B": 255, "h": -2, "H": 65535, "i": -3, "I": 2**32 - 1, "g": 0.5, "f": 1.5, "d": 2.5, "n": "ab",
        "N": "sixteen is enoug", "Z": "école", "c": -12.34, "C": 543.21,
    }]  # fmt: skip
    assert result.tables["EXT"].to_pylist() == [
        {"e": -123.45, "E": 42949672.95, "L": -35.3632621, "M": 200, "q": -(2**60), "Q": 2**63 + 1}
    ]
    assert (result.account.skipped, result.problems) == (0, ())


def test_numbers_that_are_none_and_infinite_ones_are_read():
    text = FMT + "FMT, 2, 20, FLO, Qf, TimeUS,Value\nFLO, 1, nan\nFLO, 2, -nan\nFLO, 3, NaN\nFLO, 4, -inf\n"
    found = values(decoded_text(text), "FLO", "Value")
    assert [isinstance(v, float) and math.isnan(v) for v in found] == [True, True, True, False]
    assert found[3] == -math.inf


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n", "\r\n \t\r\n"])
def test_line_ends_blank_lines_and_a_byte_order_mark_change_nothing(end: str):
    plain = lines("NUM, 1, 7", "NUM, 2, 8")
    data = b"\xef\xbb\xbf" + plain.replace("\n", end).encode()
    result = decoded_text(data)
    assert values(result, "NUM", "Value") == [7, 8]
    assert (result.account.decoded, result.problems) == (len(data), ())


def test_commas_without_a_space_are_read_too():
    assert values(decoded_text(NUM.replace(", ", ",") + "NUM,1,7\n"), "NUM", "Value") == [7]


def test_commas_in_a_message_belong_to_it_and_its_own_spaces_stay():
    text = FMT + "FMT, 9, 67, MSG, QZ, TimeUS,Message\nMSG, 5, one, two,three,  four \nMSG, 6, \n"
    assert values(decoded_text(text), "MSG", "Message") == ["one, two,three,  four ", ""]


def test_text_that_is_not_utf_8_is_read_as_latin_1_and_other_lines_of_the_same_message_as_utf_8():
    text = FMT.encode() + b"FMT, 9, 67, MSG, QZ, TimeUS,Message\nMSG, 5, \xe9cole\nMSG, 6, \xc3\xa9cole\n"
    assert values(decoded_text(text), "MSG", "Message") == ["école", "école"]


def test_a_line_before_its_fmt_is_read_and_a_definition_sent_again_holds_from_there_on():
    text = (
        FMT
        + "NUM, 1, 7\nFMT, 1, 13, NUM, QH, TimeUS,Value\nNUM, 2, 8\nFMT, 1, 15, NUM, QHH, TimeUS,Value,More\nNUM, 3, 9, 1\n"
    )
    result = decoded_text(text)
    assert values(result, "NUM", "Value") == [7, 8]
    assert result.tables["NUM~2"].to_pylist() == [{"TimeUS": 3, "Value": 9, "More": 1}]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("NUM, 2", "line 4: it is cut short: num has 2 columns."),
        ("NUM, 2, x8", "line 4: value of num cannot be read."),
        ("NUM, 2, 70000", "line 4: value of num cannot be read."),
        ("NUM, 2, 8, 9", "line 4: value of num cannot be read."),
        ("NUM, 2, 8\x00", "line 4: value of num cannot be read."),
        ("NUN, 2, 8", "line 4: no fmt line defines nun."),
        ("\x01\x02junk", "line 4: it does not begin with the name of a message."),
        ("\x00" * 40, "line 4: 41 bytes of 0x00: space that was never written."),
        ("NUMBERS, 2, 8", "line 4: it does not begin with the name of a message."),
    ],
)
def test_a_bad_line_is_a_problem_with_its_number_and_place_and_the_rest_goes_on(row: str, why: str):
    text = lines("NUM, 1, 7", row, "NUM, 3, 9")
    result = decoded_text(text)
    assert values(result, "NUM", "TimeUS") == [1, 3]
    at, size = len(NUM) + len("NUM, 1, 7\n"), len(row) + 1
    assert [(p.offset, p.length, p.what.lower()) for p in result.problems] == [(at, size, why)]
    assert result.account.skipped == size


def test_a_file_cut_in_the_middle_of_a_line_keeps_the_lines_before():
    text = lines("NUM, 1, 7", "NUM, 20, 8").removesuffix(", 8\n")
    result = decoded_text(text)
    assert values(result, "NUM", "Value") == [7]
    assert result.problems[0].length == len("NUM, 20")


def test_a_last_line_without_an_end_is_read_but_may_be_cut():
    result = decoded_text(lines("NUM, 1, 7", "NUM, 20, 81").removesuffix("\n"))
    assert values(result, "NUM", "Value") == [7, 81]
    assert [(p.length, p.what) for p in result.problems] == [
        (0, "The last line has no end: its last value may be cut short.")
    ]


def test_binary_junk_between_lines_costs_only_the_lines_it_touches():
    junk = bytes(range(256)) * 3
    data = lines("NUM, 1, 7").encode() + junk + lines("", "NUM, 3, 9", head="").encode()
    assert values(decoded_text(data), "NUM", "TimeUS") == [1, 3]


def test_more_bad_lines_than_anyone_reads_are_summed_up_and_no_byte_is_lost_count_of():
    rows = [f"NUM, {n}, 7" if n % 2 else f"NUM, {n}" for n in range(2_000)]
    result = decoded_text(lines(*rows))
    assert result.tables["NUM"].num_rows == 1_000
    assert len(result.problems) <= 201
    assert sum(p.length for p in result.problems) == result.account.skipped


def test_an_fmt_line_that_cannot_be_meant_defines_nothing():
    for fmt in (
        "FMT, x, 13, NUM, QH, TimeUS,Value",
        "FMT, 1, 13, NUM, QH, a,b,c",
        "FMT, 1, 13, NUMBER, QH, a,b",
        "FMT, 1",
    ):
        result = decoded_text(FMT + fmt + "\nNUM, 1, 7\n")
        assert "NUM" not in result.tables, fmt


def test_messages_that_no_fmt_defines_keep_their_values_without_names():
    text = lines("OLD, 1, 2.5, on", "OLD, 2, 3.5, off", "OLD, 3", "NUM, 1, 7")
    result = decoded_text(text)
    assert result.tables["OLD"].to_pylist() == [
        {"column_1": 1, "column_2": 2.5, "column_3": "on"},
        {"column_1": 2, "column_2": 3.5, "column_3": "off"},
    ]
    assert result.facts["unknown_messages"] == {"OLD": 2}
    assert result.account.unknown == len("OLD, 1, 2.5, on\nOLD, 2, 3.5, off\n")
    assert sum(p.length for p in result.problems) == result.account.skipped


def test_a_character_nobody_knows_is_read_as_text():
    text = FMT + "FMT, 2, 20, FUT, QyH, TimeUS,what,Value\nFUT, 1, odd, 7\n"
    assert decoded_text(text).tables["FUT"].to_pylist() == [{"TimeUS": 1, "what": "odd", "Value": 7}]


def test_old_firmware_says_what_it_is_before_the_first_line():
    text = " 1\r\nArduCopter V3.0.1 (5c6503e2)\r\nFree RAM: 1331\r\n" + lines("NUM, 1, 7")
    result = decoded_text(text)
    assert FORMAT.recording(result).aircraft.firmware == "ArduCopter V3.0.1 (5c6503e2)"
    assert FORMAT.recording(result).aircraft.kind == "multirotor"
    assert FORMAT.log is not None
    assert FORMAT.log(result).identity["firmware_hash"] == "5c6503e2"
    assert result.account.skipped == 0


def test_modes_written_as_names_are_the_modes_of_the_track_and_of_the_events():
    log = with_gps(LogBuilder(), rows=10)
    text = text_of_log(log) + (
        "FMT, 60, 77, MSG, QZ, TimeUS,Message\nFMT, 61, 12, MODE, QM, TimeUS,Mode\n"
        "MSG, 9000000, ArduCopter V3.2\nMODE, 9500000, ALT_HOLD\nMODE, 10500000, Mode(5)\nMODE, 11000000, Weird\n"
    )
    result = decoded_text(text)
    track = FORMAT.track(result)
    assert track is not None
    modes = track.table["mode"].to_pylist()
    assert (modes[0], modes[3], modes[-1]) == ("Alt Hold", "Loiter", "Weird")
    assert FORMAT.log is not None
    events = FORMAT.log(result).events
    assert [t for t, k in zip(events["text"].to_pylist(), events["kind"].to_pylist(), strict=True) if k == "mode"] == [
        "Alt Hold", "Loiter", "Weird",
    ]  # fmt: skip


def test_units_and_instances_come_from_the_log_as_in_a_binary_one():
    log = LogBuilder().define("BAT", "QBf", "TimeUS,Inst,Volt").units("BAT", "s#v", "F--")
    for i in (1, 0, 1):
        log.add("BAT", 10, i, 12.0 + i)
    ours = decoded_text(text_of_log(log)).tables
    theirs = decoded(log).tables
    assert list(ours) == list(theirs)
    assert unit_of(ours["BAT[1]"], "Volt") == unit_of(theirs["BAT[1]"], "Volt") == "V"
    assert all(ours[name].equals(theirs[name], check_metadata=True) for name in theirs)


def test_a_text_log_has_the_track_and_the_clock_of_the_binary_one():
    log = with_gps(LogBuilder(), rows=20)
    ours, theirs = decoded_text(text_of_log(log)), decoded(log)
    assert FORMAT.recording(ours) == FORMAT.recording(theirs)
    assert FORMAT.recording(ours).time_basis is TimeBasis.UTC_GNSS
    one, other = FORMAT.track(ours), FORMAT.track(theirs)
    assert one is not None and other is not None
    assert one.time_us.tolist() == other.time_us.tolist()
    assert one.table["lat"].equals(other.table["lat"])


def test_a_file_without_a_single_record_says_so():
    for text in ("", "hello\n", "\n\n\n", "\x00" * 100):
        result = decoded_text(text)
        assert result.tables == {}
        assert result.problems
        assert result.account.total == len(text)


def test_lines_of_a_file_larger_than_one_part_are_counted_on(monkeypatch: pytest.MonkeyPatch):
    from groundside.decode.formats.dataflash_text import lines as module

    monkeypatch.setattr(module, "PART", 64)
    monkeypatch.setattr(module, "MAX_LINE", 48)
    rows = [f"NUM, {n}, 7" for n in range(50)]
    rows[40] = "NUM, x, 7"
    rows[45] = "NUM, " + "9" * 300
    head = "FMT, 1, 13, NUM, QH, TimeUS,Value\n"
    result = decoded_text(lines(*rows, head=head))
    assert values(result, "NUM", "TimeUS") == [n for n in range(50) if n not in {40, 45}]
    assert [p.what.split(":")[0] for p in result.problems] == ["Line 42", "Line 47"]


def test_text_logs_are_recognised_with_and_without_definitions_and_nothing_else_is():
    assert FORMAT.recognises(NUM.encode())
    assert FORMAT.recognises(b"\xef\xbb\xbf" + NUM.encode())
    assert FORMAT.recognises(b" 1\r\nArduCopter V3.0.1\r\n" + NUM.encode())
    old = "".join(f"ATT, {n}, 1\nGPS, {n}, 2\nCTUN, {n}, 3\nIMU, {n}, 4\n" for n in range(5))
    assert FORMAT.recognises(old.encode())
    for other in (
        b"",
        b"FMT",
        b"1\n00:00:00,000 --> 00:00:01,000\nGPS, 1\n",
        b"time,lat,lon\n1,2,3\n" * 20,
        LogBuilder().bytes,
    ):
        assert not FORMAT.recognises(other), other[:20]


def test_of_very_many_definitions_of_one_name_each_has_its_table():
    rows = [row for n in range(200) for row in (f"FMT, 1, 12, N, QB, TimeUS,a{n}", f"N, {n}, {n % 100}")]
    result = decoded_text(lines(*rows))
    assert list(result.tables) == ["FMT", "N", *(f"N~{n}" for n in range(2, 201))]
    assert all(result.tables[f"N~{n}"].column_names == ["TimeUS", f"a{n - 1}"] for n in range(2, 201))


def test_of_very_many_names_that_no_fmt_defines_the_first_are_read_and_the_rest_counted_as_lost():
    names = [f"A{n:03}" for n in range(900)]
    result = decoded_text(lines(*(f"{name}, {n}" for n, name in enumerate(names) for _ in range(2))))
    assert 400 < len(result.facts["unknown_messages"]) < 900  # pyright: ignore[reportArgumentType]
    assert sum(p.length for p in result.problems) == result.account.skipped
