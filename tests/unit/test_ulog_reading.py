"""Reading a ULog file costs what it gives, and gives the same however little of it is asked for."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest

import groundside
from groundside.decode.formats.ulog import FORMAT, columns, stretch
from groundside.decode.formats.ulog.kept import Kept
from groundside.decode.formats.ulog.layout import Formats
from groundside.decode.known import recognise
from groundside.model.decoded import Decoded
from groundside.model.late import LateTables
from groundside.model.table import unit_of
from tests.ulog_builder import START_US, UlogBuilder, decoded, flight, message

UTC_US = 1_780_000_000_000_000


def one_topic(rows: int = 10, fields: str = "uint64_t timestamp;uint32_t value;") -> UlogBuilder:
    log = UlogBuilder().topic("num", fields)
    for n in range(rows):
        log.add("num", START_US + n, n)
    return log


def between(result: Decoded, start: int, stop: int) -> LateTables:
    assert isinstance(result.tables, LateTables)
    return result.tables.between(START_US + start, START_US + stop)


def values(tables: Mapping[str, pa.Table], name: str = "num", column: str = "value") -> list[Any]:
    return tables[name][column].to_pylist()


def test_a_table_is_made_when_it_is_asked_for_and_once():
    made: list[str] = []
    table_of = columns.table_of

    def watched(data: memoryview, group: columns.Group, rows: slice = slice(None)) -> pa.Table:
        made.append(group.name)
        return table_of(data, group, rows)

    log = UlogBuilder().topic("a", "uint64_t timestamp;").topic("b", "uint64_t timestamp;").add("a", 1).add("b", 2)
    with patch.object(stretch, "table_of", watched):
        result = decoded(log.bytes)
        assert list(result.tables) == ["a", "b"]
        assert result.account.skipped == 0
        assert made == []
        assert result.tables["b"] is result.tables["b"]
    assert made == ["b"]


def test_a_stretch_gives_the_rows_of_that_time_half_open():
    result = decoded(one_topic().bytes)
    assert values(between(result, 3, 6)) == [3, 4, 5]
    assert values(between(result, -(10**9), 10**9)) == list(range(10))
    for start, stop in ((20, 30), (6, 6), (6, 3), (-(10**30), -(10**29))):
        assert values(between(result, start, stop)) == []
        assert between(result, start, stop)["num"].schema.equals(result.tables["num"].schema, check_metadata=True)


def test_a_stretch_of_data_out_of_order_gives_every_row_of_that_time_in_order_of_the_file():
    log = UlogBuilder().topic("num", "uint64_t timestamp;uint32_t value;")
    for time in (5, 1, 6, 9, 3, 2**63 - START_US, 4, -START_US, 4):
        log.add("num", START_US + time, abs(time) % 1000)
    assert values(between(decoded(log.bytes), 3, 6)) == [5, 3, 4, 4]


def test_a_topic_without_a_clock_is_whole_in_any_stretch():
    log = UlogBuilder().topic("still", "uint32_t value;").topic("num", "uint64_t timestamp;uint32_t value;")
    log.add("still", 7).add("num", START_US, 1).add("still", 8)
    assert values(between(decoded(log.bytes), 5, 6), "still") == [7, 8]


def test_what_was_said_is_cut_by_its_time_and_what_has_none_is_kept():
    log = UlogBuilder().parameter("A", 1).piece("k", "v", continued=False)
    log.topic("num", "uint64_t timestamp;uint32_t value;")
    for n in range(10):
        log.add("num", START_US + n, n).text(START_US + n, f"line {n}").dropout(n).parameter("A", n)
    log.text(2**63, "when?")
    part = between(decoded(log.bytes), 3, 5)
    assert values(part, "L", "text") == ["line 3", "line 4", "when?"]
    assert values(part, "O", "duration") == [3, 4]
    assert values(part, "P") == [1.0, 3.0, 4.0]
    assert values(part, "M", "key") == ["k"]


def test_characters_are_text_in_a_stretch_where_they_are_in_the_whole():
    log = UlogBuilder().topic("txt", "uint64_t timestamp;char[2] code;", "Q2s")
    log.add("txt", START_US, b"ok").add("txt", START_US + 1, b"\1\xff")
    result = decoded(log.bytes)
    assert between(result, 0, 1)["txt"].column_names == result.tables["txt"].column_names
    assert values(between(result, 0, 1), "txt", "code[0]") == [ord("o")]


@pytest.mark.parametrize("utc_us", [None, UTC_US])
def test_the_clock_of_the_tables_and_that_of_the_track_are_as_far_apart_as_is_said(utc_us: int | None):
    result = decoded(flight(utc_us).bytes)
    track = FORMAT.track(result)
    assert track is not None
    assert FORMAT.own_clock_us is not None
    boot = result.tables["vehicle_global_position"]["timestamp"].to_numpy().astype(np.int64)
    assert (track.time_us == boot + FORMAT.own_clock_us(result)).all()
    assert (FORMAT.own_clock_us(result) == 0) == (utc_us is None)


def test_a_stretch_of_utc_can_be_asked_of_a_whole_file():
    data = flight(UTC_US).bytes
    whole = groundside.read(data)
    times = whole.decoded.tables["vehicle_status"]["timestamp"].to_numpy().astype(np.int64)
    shift = FORMAT.own_clock_us(whole.decoded) if FORMAT.own_clock_us else 0
    part = groundside.read(data, tables=["vehicle_status"], between=(shift + int(times[3]), shift + int(times[9])))
    assert part.tables["vehicle_status"]["timestamp"].to_pylist() == times[3:9].tolist()


def test_a_file_that_ends_in_the_bare_header_of_a_text_is_read():
    for kind in ("L", "C"):
        result = decoded(one_topic(3).raw(message(kind, b"")).bytes)
        assert values(result.tables) == [0, 1, 2]
        assert result.account.skipped == 3


def test_two_files_may_lay_the_same_topic_out_differently():
    first = decoded(one_topic().bytes)
    second = decoded(one_topic(fields="uint64_t timestamp;float value;").bytes)
    again = decoded(one_topic().bytes)
    assert [d.tables["num"]["value"].type for d in (first, second, again)] == [pa.uint32(), pa.float32(), pa.uint32()]


def test_a_nested_format_may_be_another_in_the_next_file():
    for nested, packing, names in (
        ("uint8_t n;", "QB", ["one.n"]),
        ("uint8_t n;uint8_t m;", "QBB", ["one.n", "one.m"]),
    ):
        log = UlogBuilder().topic("esc", "uint64_t timestamp;report one;", packing).format(f"report:{nested}")
        table = decoded(log.add("esc", START_US, *range(1, len(packing))).bytes).tables["esc"]
        assert table.column_names == ["timestamp", *names]
        assert list(table.to_pylist()[0].values()) == [START_US, *range(1, len(packing))]


def test_the_same_layout_under_another_topic_has_its_own_units():
    fields = "uint64_t timestamp;float z;"
    log = UlogBuilder().topic("vehicle_local_position", fields).topic("other", fields)
    tables = decoded(log.add("vehicle_local_position", 1, 1).add("other", 1, 1).bytes).tables
    assert (unit_of(tables["vehicle_local_position"], "z"), unit_of(tables["other"], "z")) == ("m", "")


def test_a_format_that_nests_others_is_laid_out_by_all_of_them():
    def laid(deepest: bytes) -> list[str]:
        formats = Formats()
        for text in (b"top:a one;b two;", b"a:c x;", b"b:c[2] y;c z;", b"c:" + deepest):
            formats.add(text)
        layout = formats.layout("top")
        return [] if layout is None else [leaf.name for leaf in layout.leaves]

    assert laid(b"float v;") == ["one.x.v", "two.y[0].v", "two.y[1].v", "two.z.v"]
    assert laid(b"float w;") == ["one.x.w", "two.y[0].w", "two.y[1].w", "two.z.w"]
    assert laid(b"nowhere w;") == []


def test_what_is_kept_for_the_next_file_is_forgotten_before_it_fills_memory():
    kept: Kept[str, str] = Kept(10)
    for key in "abc":
        kept.put(key, key.upper(), 4)
    assert [kept.get(key) for key in "abc"] == [None, None, "C"]
    assert kept.put("d", "D", 11) == "D"
    assert [kept.get(key) for key in "cd"] == [None, None]


def test_a_parameter_set_in_flight_is_timed_by_the_data_before_it_whoever_shares_an_id():
    log = one_topic(5).format("other:uint64_t timestamp;uint8_t small;")
    log.packed("other", "uint64_t timestamp;uint8_t small;").subscribe("other", msg_id=0)
    log.add("other", START_US + 70, 1).parameter("A", 1).add("other", START_US + 80, 2).parameter("A", 2)
    result = decoded(log.bytes)
    assert values(result.tables) == [0, 1, 2, 3, 4]
    assert result.tables["P"]["timestamp"].to_pylist() == [START_US + 70, START_US + 80]


def test_messages_without_a_clock_do_not_push_the_time_before_a_parameter_out_of_sight():
    log = one_topic(3).topic("still", "uint32_t value;")
    for n in range(200):
        log.add("still", n)
    assert decoded(log.parameter("A", 1).bytes).tables["P"]["timestamp"].to_pylist() == [START_US + 2]


def test_a_topic_that_two_ids_carry_is_one_table_in_order_of_the_file():
    log = one_topic(2).subscribe("num", msg_id=9).add("num", START_US + 2, 2).subscribe("num", msg_id=0)
    result = decoded(log.add("num", START_US + 3, 3).bytes)
    assert values(result.tables) == [0, 1, 2, 3]
    assert FORMAT.recording(result).duration_s == pytest.approx(3e-6)


def test_data_of_no_size_between_others_is_counted_as_unknown_and_costs_nothing_else():
    # The two bytes behind it, which would be its id, are those of the next message.
    log = one_topic(3).raw(message("D", b"")).add("num", START_US + 3, 3)
    result = decoded(log.bytes)
    assert values(result.tables) == [0, 1, 2, 3]
    assert (result.account.skipped, result.account.unknown) == (3, 3)


def test_an_id_whose_size_changed_gives_each_message_to_the_topic_that_it_fits():
    log = UlogBuilder()
    early = b"".join(message("D", struct.pack("<HQH", 5, START_US + n, n)) for n in range(8))
    log.raw(early).format("num:uint64_t timestamp;uint32_t value;").subscribe("num", msg_id=5)
    log.packed("num", "uint64_t timestamp;uint32_t value;").add("num", START_US + 9, 9)
    result = decoded(log.bytes)
    assert values(result.tables) == [9]
    assert result.account.unknown == len(early)


def test_a_text_too_short_to_be_one_makes_no_table_and_is_counted():
    log = one_topic(3).raw(message("L", b"6abc")).add("num", START_US + 3, 3)
    result = decoded(log.bytes)
    assert list(result.tables) == ["num"]
    assert (result.account.skipped, result.account.unknown) == (7, 7)
    assert ["make no sense" in p.what for p in result.problems] == [True]


def test_the_magic_alone_tells_the_format():
    assert recognise(b"ULog\x01\x12\x35") is FORMAT
    assert recognise(b"ULog\x01\x12\x34" + bytes(100)) is not FORMAT
