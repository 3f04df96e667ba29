"""Messages of a ULog file, their layout, and what damage does to them."""

from __future__ import annotations

import struct

import numpy as np
import pyarrow as pa
import pytest

from groundside.decode.formats.ulog import FORMAT
from groundside.decode.known import recognise
from groundside.model.decoded import Decoded
from groundside.model.table import unit_of
from tests.ulog_builder import START_US, UlogBuilder, decoded, file_header, flag_bits, message


def one_topic(rows: int = 8) -> UlogBuilder:
    log = UlogBuilder().topic("num", "uint64_t timestamp;uint32_t value;")
    for n in range(rows):
        log.add("num", START_US + n, n)
    return log


def values(result: Decoded, name: str = "num", column: str = "value") -> list[object]:
    return result.tables[name][column].to_pylist() if name in result.tables else []


def account(result: Decoded) -> tuple[int, int, int]:
    return result.account.decoded, result.account.skipped, result.account.unknown


def test_a_file_is_recognised_by_its_magic_and_no_other_format_claims_it():
    assert recognise(one_topic().bytes) is FORMAT
    assert recognise(b"\x00" + one_topic().bytes) is not FORMAT
    assert not FORMAT.recognises(b"")


def test_a_file_whose_magic_is_damaged_in_two_bytes_is_recognised_by_the_definitions_that_follow():
    good = one_topic().bytes
    assert FORMAT.recognises(b"xx" + good[2:])
    assert not FORMAT.recognises(b"xxx" + good[3:])
    assert not FORMAT.recognises(b"xx" + good[2:16] + bytes(100))
    assert values(decoded(b"xx" + good[2:])) == list(range(8))


@pytest.mark.parametrize("version", [0, 1, 9])
def test_all_versions_are_read_and_an_unknown_one_is_said(version: int):
    log = UlogBuilder(version, flags=b"" if version == 0 else None)
    result = decoded(log.topic("num", "uint64_t timestamp;uint32_t value;").add("num", START_US, 7).bytes)
    assert values(result) == [7]
    assert result.facts["version"] == version
    assert any("version 9" in p.what for p in result.problems) == (version == 9)
    assert result.account.skipped == 0


def test_every_basic_type_is_read_with_its_own_width_and_sign():
    fields = "uint64_t timestamp;int8_t a;uint8_t b;int16_t c;uint16_t d;int32_t e;uint32_t f;int64_t g;float h;double i;bool j;"
    log = UlogBuilder().topic("all", fields)
    log.add("all", START_US, -1, 255, -2, 65535, -3, 2**32 - 1, -4, 0.5, 0.1, True)
    row = decoded(log.bytes).tables["all"].to_pylist()[0]
    assert list(row.values()) == [START_US, -1, 255, -2, 65535, -3, 2**32 - 1, -4, 0.5, 0.1, True]
    assert decoded(log.bytes).tables["all"]["h"].type == pa.float32()


def test_nested_types_arrays_and_padding_become_columns_with_full_names():
    log = UlogBuilder()
    # Used before it is defined; padding inside a nested type is logged, that at the end of a topic is not.
    log.topic("esc", "uint64_t timestamp;report[2] esc;uint8_t[3] _padding0;", "QBxHBxH")
    log.format("report:uint8_t n;uint8_t _padding0;uint16_t[1] rpm;").add("esc", START_US, 1, 1000, 2, 2000)
    table = decoded(log.bytes).tables["esc"]
    assert table.column_names == ["timestamp", "esc[0].n", "esc[0].rpm[0]", "esc[1].n", "esc[1].rpm[0]"]
    assert table.to_pylist()[0]["esc[1].rpm[0]"] == 2000


def test_padding_at_the_end_may_also_be_logged():
    log = UlogBuilder().topic("num", "uint64_t timestamp;uint32_t value;uint8_t[4] _padding0;", "QI4x")
    log.add("num", START_US, 1).add("num", START_US + 1, 2)
    assert values(decoded(log.bytes)) == [1, 2]
    assert decoded(log.bytes).account.skipped == 0


def test_instances_are_tables_of_their_own():
    log = UlogBuilder().topic("num", "uint64_t timestamp;uint32_t value;", instances=3)
    log.add("num", START_US, 1).add("num", START_US, 3, multi_id=2).add("num", START_US, 4)
    result = decoded(log.bytes)
    assert values(result) == [1, 4]
    assert values(result, "num[2]") == [3]
    assert "num[1]" not in result.tables


def test_characters_are_one_column_where_they_are_text_and_one_each_where_they_are_not():
    log = UlogBuilder().topic("txt", "uint64_t timestamp;char[4] word;char[2] code;", "Q4s2s")
    log.add("txt", START_US, b"ab\0x", b"\x01\xff").add("txt", START_US + 1, b"abcd", b"\0\0")
    table = decoded(log.bytes).tables["txt"]
    assert table["word"].to_pylist() == ["ab", "abcd"]
    assert table["code[0]"].to_pylist() == [1, 0]
    assert table["code[1]"].to_pylist() == [-1, 0]


def test_a_long_array_stays_one_column_of_lists():
    log = UlogBuilder().topic("big", "uint64_t timestamp;uint8_t[600] raw;")
    log.add("big", START_US, *(n % 256 for n in range(600)))
    column = decoded(log.bytes).tables["big"]["raw"]
    assert column.to_pylist()[0] == [n % 256 for n in range(600)]


def test_units_are_told_by_names_and_by_what_px4_says_of_its_topics():
    log = UlogBuilder().topic("sensor_gps", "uint64_t timestamp;int32_t lat;float vel_m_s;float heading;")
    log.topic("vehicle_local_position", "uint64_t timestamp;float z;float heading;")
    tables = decoded(log.add("sensor_gps", 1, 1, 1, 1).add("vehicle_local_position", 1, 1, 1).bytes).tables
    units = {c: unit_of(tables["sensor_gps"], c) for c in tables["sensor_gps"].column_names}
    assert units == {"timestamp": "us", "lat": "1e-7 deg", "vel_m_s": "m/s", "heading": ""}
    assert unit_of(tables["vehicle_local_position"], "heading") == "rad"


def test_a_format_that_makes_no_sense_is_refused_and_its_data_counted_as_unknown():
    bombs = "".join(f"b{n}:b{n + 1}[60000] x;b{n + 1}[60000] y;\n" for n in range(30)).split("\n")[:-1]
    for formats in (["num:num x;"], ["num:other x;", "other:num x;"], [f.replace("b0:", "num:") for f in bombs]):
        log = UlogBuilder()
        for text in (*formats, "good:uint64_t timestamp;"):
            log.format(text)
        log.packed("num", "uint64_t timestamp;").packed("good", "uint64_t timestamp;").subscribe("num").subscribe(
            "good"
        )
        log.add("num", 1).add("good", 2).add("num", 3)
        result = decoded(log.bytes)
        assert list(result.tables) == ["good"]
        assert result.account.unknown == result.account.skipped == 2 * 13
        assert any("format of num is missing or makes no sense" in p.what for p in result.problems)


def test_unknown_features_that_forbid_reading_are_obeyed_and_said():
    for bits in (b"\x02", b"\x01\x01", b"\0\0\0\0\0\0\0\x80"):
        log = UlogBuilder(flags=flag_bits(incompatible=bits)).topic("num", "uint64_t timestamp;").add("num", 1)
        result = decoded(log.bytes)
        assert not result.tables
        assert [p.length for p in result.problems] == [len(log.bytes)]
        assert FORMAT.track(result) is None


def test_unknown_compatible_features_and_a_longer_message_of_flags_are_passed_over():
    log = UlogBuilder(flags=flag_bits(compatible=b"\xff" * 8, more=b"more"))
    assert decoded(log.topic("num", "uint64_t timestamp;").add("num", 1).bytes).account.skipped == 0


def test_appended_data_is_read_behind_a_message_that_was_cut():
    whole = one_topic(3)
    cut = whole.bytes + whole.data("num", START_US + 3, 3)[:9]
    flags = flag_bits(incompatible=b"\x01", appended=(len(cut),))
    log = cut[:16] + flags + cut[16 + len(flags) :] + whole.data("num", START_US + 4, 4) + message("S", b"")[:0]
    result = decoded(log)
    assert values(result) == [0, 1, 2, 4]
    assert [(p.offset, p.length) for p in result.problems] == [(len(cut) - 9, 9)]


def test_a_place_of_appended_data_past_the_end_is_said_and_costs_nothing():
    log = one_topic().bytes
    flags = flag_bits(incompatible=b"\x01", appended=(10**12,))
    result = decoded(log[:16] + flags + log[16 + len(flags) :])
    assert values(result) == list(range(8))
    assert any("past the end" in p.what for p in result.problems)


def test_a_later_subscription_takes_an_id_over():
    log = (
        one_topic(2)
        .format("other:uint64_t timestamp;uint8_t small;")
        .packed("other", "uint64_t timestamp;uint8_t small;")
    )
    log.subscribe("other", msg_id=0).add("other", START_US + 5, 9)
    result = decoded(log.bytes)
    assert values(result) == [0, 1]
    assert values(result, "other", "small") == [9]


def test_a_message_of_an_unknown_kind_is_passed_over_and_counted():
    log = one_topic(4).raw(message("z", b"what is this")).add("num", START_US + 9, 9)
    result = decoded(log.bytes)
    assert values(result) == [0, 1, 2, 3, 9]
    assert account(result)[1:] == (15, 15)
    assert "nobody here knows" in result.problems[0].what


def test_data_that_nothing_subscribed_is_counted_and_does_not_hide_what_follows():
    lost = one_topic(0)
    for n in range(40):
        lost.raw(message("D", struct.pack("<HQB", 77, START_US + n, 1))).add("num", START_US + n, n)
    result = decoded(lost.bytes)
    assert values(result) == list(range(40))
    assert result.account.unknown == 40 * 14
    assert ["no subscription says what id 77" in p.what for p in result.problems] == [True]


def test_data_before_its_subscription_is_read():
    log = UlogBuilder().packed("num", "uint64_t timestamp;uint32_t value;")
    log.ids["num", 0] = 3
    for n in range(10):
        log.add("num", START_US + n, n)
    log.format("num:uint64_t timestamp;uint32_t value;").subscribe("num", msg_id=3).add("num", START_US + 10, 10)
    assert values(decoded(log.bytes)) == list(range(11))


def test_a_format_defined_again_differently_is_said_and_the_first_holds():
    log = one_topic(2).format("num:uint64_t timestamp;float value;").add("num", START_US + 2, 2)
    result = decoded(log.bytes)
    assert values(result) == [0, 1, 2]
    assert any("defined again" in p.what for p in result.problems)


def test_a_wrong_size_costs_that_message_only():
    log = one_topic(12).bytes
    at = log.index(struct.pack("<HQI", 0, START_US + 5, 5)) - 3
    for size in (b"\x00\x00", b"\xff\x00", b"\xff\xff", b"\x10\x00"):
        result = decoded(log[:at] + size + log[at + 2 :])
        assert values(result) == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11], size
        assert [(p.offset, p.length) for p in result.problems] == [(at, 17)]


def test_a_text_whose_size_swallows_data_does_not_keep_it():
    log = one_topic(4).text(START_US, "hello")
    at = len(log.bytes) - 17
    for n in range(4, 12):
        log.add("num", START_US + n, n)
    damaged = log.bytes[:at] + struct.pack("<H", 14 + 3 * 17) + log.bytes[at + 2 :]
    assert values(decoded(damaged)) == list(range(12))


def test_bytes_missing_from_a_message_cost_neither_the_one_before_nor_the_one_after():
    log = one_topic(12).bytes
    at = log.index(struct.pack("<HQI", 0, START_US + 5, 5)) + 6
    result = decoded(log[:at] + log[at + 4 :])
    assert values(result) == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]
    assert result.account.skipped == 13


def test_a_single_message_between_two_damaged_places_is_kept():
    log = bytearray(one_topic(12).bytes)
    first = bytes(log).index(struct.pack("<HQI", 0, START_US + 4, 4)) - 3
    log[first : first + 5] = b"\xee" * 5
    log[first + 34 : first + 39] = b"\xee" * 5
    assert values(decoded(bytes(log))) == [0, 1, 2, 3, 5, 7, 8, 9, 10, 11]


def test_a_log_cut_short_keeps_what_came_before_and_says_where():
    log = one_topic(3).bytes
    result = decoded(log[:-4])
    assert values(result) == [0, 1]
    assert [(p.offset, p.length) for p in result.problems] == [(len(log) - 17, 13)]
    assert "cut short after 13 of 17 bytes" in result.problems[0].what


def test_space_that_was_never_written_is_called_that():
    for filler in (b"\0", b"\xff"):
        result = decoded(one_topic(3).bytes + filler * 5000)
        assert values(result) == [0, 1, 2]
        assert "never written" in result.problems[0].what


def test_nothing_at_all_and_a_header_alone_say_why_there_is_nothing():
    for data in (b"", file_header(), file_header()[:9], file_header() + flag_bits()):
        result = decoded(data)
        assert not result.tables
        assert result.problems
        assert sum(p.length for p in result.problems) == result.account.skipped


def test_data_whose_time_is_damaged_is_kept_but_not_timed():
    log = one_topic(20)
    log.add("num", 2**63 + 5, 20).add("num", START_US + 10**12, 21)
    for n in range(22, 60):
        log.add("num", START_US + n, n)
    result = decoded(log.bytes)
    assert values(result) == list(range(60))
    assert FORMAT.recording(result).duration_s == pytest.approx(59e-6)
    assert any("far from all around" in p.what for p in result.problems)


def test_many_columns_of_the_same_name_are_told_apart():
    log = UlogBuilder().topic("num", "uint64_t timestamp;uint8_t a;uint8_t a;uint8_t a;").add("num", 1, 2, 3, 4)
    table = decoded(log.bytes).tables["num"]
    assert len(set(table.column_names)) == 4
    assert np.array_equal([table.column(n).to_pylist()[0] for n in range(4)], [1, 2, 3, 4])
