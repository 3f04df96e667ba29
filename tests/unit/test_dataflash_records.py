"""Framing, definitions and values: what a log's bytes mean."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from groundside.decode.formats.dataflash import FORMAT
from groundside.model.decoded import Problem
from groundside.model.table import unit_of
from tests.dataflash_builder import LogBuilder, decoded, fmt_record, with_gps


def numbers(n: int = 6, log: LogBuilder | None = None) -> LogBuilder:
    log = log or LogBuilder()
    log.define("NUM", "QH", "TimeUS,Value")
    for i in range(n):
        log.add("NUM", 1_000_000 + i * 100_000, i)
    return log


def lengths(problems: tuple[Problem, ...]) -> list[tuple[int | None, int]]:
    return [(p.offset, p.length) for p in problems]


def test_every_format_character_is_read_and_scaled():
    log = LogBuilder().define("ALL", "abBhHiIgfdnNZcC", "a,b,B,h,H,i,I,g,f,d,n,N,Z,c,C")
    log.define("EXT", "eELMqQ", "e,E,L,M,q,Q")
    ints = struct.pack("<32h", *range(-16, 16))
    texts = ("ab", "sixteen is enoug", "\u00e9cole")
    log.add("ALL", ints, -1, 255, -2, 65535, -3, 2**32 - 1, 0.5, 1.5, 2.5, *texts, -1234, 54321)
    log.add("EXT", -12345, 2**32 - 1, -353632621, 200, -(2**60), 2**63 + 1)
    row = decoded(log).tables["ALL"].to_pylist()[0]
    assert row == {
        "a": list(range(-16, 16)), "b": -1, "B": 255, "h": -2, "H": 65535, "i": -3, "I": 2**32 - 1, "g": 0.5,
        "f": 1.5, "d": 2.5, "n": "ab", "N": "sixteen is enoug", "Z": "\u00e9cole", "c": -12.34, "C": 543.21,
    }  # fmt: skip
    assert decoded(log).tables["EXT"].to_pylist()[0] == {
        "e": -123.45, "E": 42949672.95, "L": -35.3632621, "M": 200, "q": -(2**60), "Q": 2**63 + 1,
    }  # fmt: skip


def test_text_that_is_not_utf_8_is_read_as_latin_1_and_ends_at_the_first_nul():
    log = LogBuilder().define("MSG", "Z", "Message").add("MSG", b"\xe9cole\0garbage")
    assert decoded(log).tables["MSG"]["Message"].to_pylist() == ["\u00e9cole"]


def test_pieces_of_files_stay_bytes():
    log = LogBuilder().define("FILE", "NIBZ", "FileName,Offset,Length,Data").add("FILE", "a.txt", 0, 3, b"\xff\0z")
    assert decoded(log).tables["FILE"]["Data"].to_pylist() == [b"\xff\0z" + bytes(61)]


def test_columns_are_contiguous_and_the_account_holds_every_byte():
    log = numbers()
    result = decoded(log)
    assert result.tables["NUM"]["Value"].num_chunks == 1
    assert result.tables["NUM"]["Value"].to_pylist() == [0, 1, 2, 3, 4, 5]
    assert (result.account.decoded, result.account.skipped) == (len(log.bytes), 0)
    assert result.problems == ()


def test_instances_become_tables_of_their_own():
    log = LogBuilder().define("BAT", "QBf", "TimeUS,Inst,Volt").units("BAT", "s#v", "F--")
    for i in (1, 0, 1):
        log.add("BAT", 10, i, 12.0 + i)
    tables = decoded(log).tables
    assert [name for name in tables if name.startswith("BAT")] == ["BAT[0]", "BAT[1]"]
    assert tables["BAT[1]"]["Volt"].to_pylist() == [13.0, 13.0]


def test_instances_named_by_text_become_tables_of_their_own():
    log = LogBuilder().define("NVF", "QNf", "TimeUS,Name,Value").units("NVF", "s#-", "F--").add("NVF", 1, "temp", 3.0)
    assert "NVF[temp]" in decoded(log).tables


def test_more_instances_than_there_can_be_stay_one_table():
    log = LogBuilder().define("BAD", "QH", "TimeUS,I").units("BAD", "s#", "F-")
    for i in range(300):
        log.add("BAD", 1, i)
    assert decoded(log).tables["BAD"].num_rows == 300


def test_units_take_the_multiplier_as_a_prefix_but_not_where_the_character_scales():
    log = LogBuilder().define("UNI", "QHcCHH", "TimeUS,mv,roll,yaw,odd,none").units("UNI", "svdhv-", "FCBBx-")
    log.add("UNI", 5, 1200, -100, 100, 3, 4)
    table = decoded(log).tables["UNI"]
    units = {name: unit_of(table, name) for name in table.column_names}
    assert units == {"TimeUS": "µs", "mv": "mV", "roll": "deg", "yaw": "deg", "odd": "0.25 V", "none": ""}
    assert table.to_pylist()[0] == {"TimeUS": 5, "mv": 1200, "roll": -1.0, "yaw": 1.0, "odd": 3, "none": 4}


def test_a_log_cut_short_keeps_what_came_before_and_says_where_it_broke():
    log = numbers()
    result = decoded(log.bytes[:-5])
    assert result.tables["NUM"]["Value"].to_pylist() == [0, 1, 2, 3, 4]
    assert lengths(result.problems) == [(len(log.bytes) - 13, 8)]
    assert "NUM, is cut short after 8 of 13 bytes" in result.problems[0].what


def test_a_tail_of_zeros_is_one_problem_that_says_so():
    log = numbers()
    result = decoded(log.bytes + bytes(5_000_000))
    assert result.tables["NUM"].num_rows == 6
    assert lengths(result.problems) == [(len(log.bytes), 5_000_000)]
    assert "0x00 at the end of the file" in result.problems[0].what


def test_zeros_that_belong_to_the_last_record_are_not_cut_off_with_the_tail():
    log = LogBuilder().define("ZER", "QZ", "TimeUS,Text").add("ZER", 1, "").add("ZER", 0, "")
    for tail in (b"", bytes(300), bytes(10)):
        assert decoded(log.bytes + tail).tables["ZER"].num_rows == 2


def test_bytes_of_no_record_in_the_middle_are_skipped_and_stated_from_where_to_where():
    log = numbers()
    start = len(log.bytes)
    junk = b"junk \xa3\x95\x01 and \xa3\x95\x80 more"
    log.raw(junk)
    for i in range(5):
        log.add("NUM", 2_000_000 + i, 100 + i)
    result = decoded(log)
    assert result.tables["NUM"]["Value"].to_pylist()[-5:] == [100, 101, 102, 103, 104]
    assert lengths(result.problems) == [(start, len(junk))]
    assert result.account.skipped == len(junk)


def test_a_record_that_the_next_one_cuts_short_is_not_read_as_if_it_were_whole():
    log = numbers(3)
    whole = log.record("NUM", 1_400_000, 0xAAAA)
    broken_at = len(log.bytes)
    log.raw(whole[:7])
    for i in range(5):
        log.add("NUM", 1_500_000 + i, 50 + i)
    result = decoded(log)
    assert result.tables["NUM"]["Value"].to_pylist() == [0, 1, 2, 50, 51, 52, 53, 54]
    assert lengths(result.problems) == [(broken_at, 7)]


def test_a_definition_inside_a_payload_is_not_believed():
    log = LogBuilder().define("BLB", "QZZ", "TimeUS,One,Two")
    trap = fmt_record(9, "TRAP", "B", "x")
    for i in range(4):
        log.add("BLB", 1_000_000 + i, trap[:64], trap[64:])
    result = decoded(log)
    assert result.tables["BLB"].num_rows == 4
    assert "TRAP" not in result.tables
    assert result.problems == ()


def test_a_false_definition_of_a_type_in_use_does_not_break_the_chain():
    log = LogBuilder().define("BLB", "QZZ", "TimeUS,One,Two")
    log = numbers(3, log)
    trap = fmt_record(log.kinds["NUM"][0], "NUM", "B", "x")
    log.add("BLB", 1_000_000, trap[:64], trap[64:]).add("NUM", 2_000_000, 77)
    result = decoded(log)
    assert result.tables["NUM"]["Value"].to_pylist() == [0, 1, 2, 77]
    assert result.problems == ()


def test_data_before_its_definition_are_read_all_the_same():
    log = numbers(2)
    later = fmt_record(60, "LAT", "QB", "TimeUS,Value")
    late = b"\xa3\x95" + bytes([60]) + struct.pack("<QB", 2_000_000, 7)
    result = decoded(log.raw(late + later + late).bytes)
    assert result.tables["LAT"]["Value"].to_pylist() == [7, 7]
    assert result.problems == ()


def test_a_definition_sent_again_unchanged_is_no_problem():
    log = numbers(2)
    log.raw(fmt_record(log.kinds["NUM"][0], "NUM", "QH", "TimeUS,Value")).add("NUM", 2_000_000, 9)
    result = decoded(log)
    assert result.tables["NUM"]["Value"].to_pylist() == [0, 1, 9]
    assert result.problems == ()


def test_a_definition_sent_again_with_other_columns_holds_from_there_on():
    log = numbers(2)
    kind, at = log.kinds["NUM"][0], len(log.bytes)
    log.define("NUM", "QHH", "TimeUS,Value,More", kind=kind).add("NUM", 3_000_000, 4, 5)
    result = decoded(log)
    assert result.tables["NUM"]["Value"].to_pylist() == [0, 1]
    assert result.tables["NUM~2"].to_pylist() == [{"TimeUS": 3_000_000, "Value": 4, "More": 5}]
    assert [(p.offset, p.what.split(",")[0]) for p in result.problems] == [(at, f"Type {kind} is defined again")]


def test_columns_after_a_character_nobody_knows_are_bytes_of_an_unknown_kind():
    log = LogBuilder().define("FUT", "QyH", "TimeUS,what,Value", length=3 + 8 + 4 + 2)
    for _ in range(3):
        log.raw(b"\xa3\x95" + bytes([log.kinds["FUT"][0]]) + struct.pack("<QIH", 5, 6, 7))
    result = decoded(log)
    assert result.tables["FUT"].to_pylist() == [{"TimeUS": 5}] * 3
    assert (result.account.skipped, result.account.unknown) == (18, 18)
    assert "nobody here knows format 'y'" in result.problems[0].what


def test_a_length_beyond_the_format_leaves_bytes_that_are_accounted_for():
    log = LogBuilder().define("LON", "QB", "TimeUS,Value", length=15)
    for _ in range(2):
        log.raw(b"\xa3\x95" + bytes([log.kinds["LON"][0]]) + struct.pack("<QB", 5, 6) + b"xyz")
    result = decoded(log)
    assert result.tables["LON"]["Value"].to_pylist() == [6, 6]
    assert result.account.unknown == 6
    assert "3 bytes that no column describes" in result.problems[0].what


def test_a_length_short_of_the_format_leaves_columns_out():
    log = LogBuilder().define("SHO", "QBI", "TimeUS,Value,More", length=12)
    for _ in range(3):
        log.raw(b"\xa3\x95" + bytes([log.kinds["SHO"][0]]) + struct.pack("<QB", 5, 6))
    result = decoded(log)
    assert result.tables["SHO"].to_pylist() == [{"TimeUS": 5, "Value": 6}] * 3
    assert "up to number 2: its length of 12 ends there" in result.problems[0].what


def test_a_length_counted_without_the_header_is_put_right_and_stated():
    log = LogBuilder().define("TST", "QB", "TimeUS,Val", length=9)
    for i in range(3):
        log.raw(b"\xa3\x95" + bytes([log.kinds["TST"][0]]) + struct.pack("<QB", i, i))
    result = decoded(log)
    assert result.tables["TST"]["Val"].to_pylist() == [0, 1, 2]
    assert result.account.skipped == 0
    assert "without its 3 header bytes" in result.problems[0].what


def test_an_undefined_type_is_counted_and_its_bytes_are_called_unknown():
    log = numbers(3)
    at = len(log.bytes)
    stranger = b"\xa3\x95\xc8" + b"payload"
    log.raw(stranger * 2)
    for i in range(5):
        log.add("NUM", 2_000_000 + i, i)
    result = decoded(log)
    assert result.facts["unknown_types"] == {"200": 2}
    assert result.account.unknown == result.account.skipped == 20
    assert lengths(result.problems) == [(None, 20)]
    assert f"type 200, 20 bytes in all from byte {at} on" in result.problems[0].what


def test_a_definition_that_cannot_be_meant_is_skipped_and_the_chain_goes_on():
    log = numbers(2)
    at = len(log.bytes)
    log.raw(b"\xa3\x95\x80" + b"\x07\x02" + bytes(84))
    for i in range(4):
        log.add("NUM", 2_000_000, i)
    result = decoded(log)
    assert result.tables["NUM"].num_rows == 6
    assert (at, 89) in lengths(result.problems)


def test_columns_without_a_name_and_twice_the_same_get_names_of_their_own():
    log = LogBuilder().define("DUP", "BBB", "x,x").add("DUP", 1, 2, 3)
    assert decoded(log).tables["DUP"].to_pylist() == [{"x": 1, "x_": 2, "column_3": 3}]


def test_two_types_of_one_name_stay_two_tables():
    log = LogBuilder().define("ONE", "QB", "TimeUS,x").add("ONE", 1, 2).define("ONE", "QB", "TimeUS,x").add("ONE", 3, 4)
    result = decoded(log)
    assert [result.tables[name]["x"].to_pylist() for name in ("ONE", "ONE~2")] == [[2], [4]]
    assert result.facts["messages"] == {"FMT": 3, "ONE": 2}


def test_problems_past_the_limit_are_summed_up_and_no_byte_is_lost():
    log = numbers(4)
    for i in range(300):
        log.raw(b"zz")
        for k in range(4):
            log.add("NUM", 2_000_000 + i, k)
    result = decoded(log)
    assert result.tables["NUM"].num_rows == 4 + 1200
    assert result.account.skipped == 600 == sum(p.length for p in result.problems)
    assert len(result.problems) == 201
    assert "100 more problems" in result.problems[-1].what


def test_facts_are_plain_json_even_where_the_log_holds_nan():
    log = with_gps(
        LogBuilder().define("PARM", "QNf", "TimeUS,Name,Value").add("PARM", 1, "BATT_CAPACITY", float("nan"))
    )
    assert json.loads(json.dumps(decoded(log).facts, allow_nan=False))["records"] == 6 + 3


def test_an_empty_file_is_a_result_not_an_error():
    result = decoded(b"")
    assert (result.tables, result.account.total) == ({}, 0)
    assert FORMAT.track(result) is None
    assert FORMAT.recording(result).start_us is None


@pytest.mark.parametrize("fill", [b"\x00", b"\xff", b"\xa3\x95", b"\xa3\x95\x80"])
def test_a_file_of_nothing_but_filler_or_magic_gives_no_table(fill: bytes):
    data = fill * (300_000 // len(fill))
    result = decoded(data)
    assert not result.tables
    assert result.account.skipped == len(data)
    assert len(result.problems) <= 2


def test_a_log_is_recognised_by_its_first_definition():
    log = numbers().bytes
    assert FORMAT.recognises(log)
    assert FORMAT.recognises(bytes(512) + log)
    assert FORMAT.recognises(b"\xff" * 4096 + log)
    assert FORMAT.recognises(b"?" + log[1:])
    assert FORMAT.recognises(log[-26:] + log)


def test_what_only_holds_a_log_or_looks_like_one_is_not_recognised():
    log = numbers().bytes
    for other in (
        b"",
        b"\xa3",
        b"\xa3\x95\x80",
        b"PK\x03\x04" + bytes(30) + log,
        b"x" * 600 + log,
        log[1:80],
    ):
        assert not FORMAT.recognises(other)
    assert not FORMAT.recognises(np.random.default_rng(1).bytes(65536))
