"""What is asked for is worked out, nothing else; and a stretch of time is as good as the rows picked by hand."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from groundside.decode.ardupilot.groups import narrow, wide
from groundside.decode.format import Options
from groundside.decode.formats.dataflash import FORMAT, columns
from groundside.decode.formats.dataflash.definitions import MAX_DEFINITIONS, definitions
from groundside.decode.formats.dataflash.walk import walk
from groundside.model.decoded import Decoded
from groundside.model.late import LateTables, TimedTable
from tests.dataflash_builder import LogBuilder, decoded, fmt_record, with_gps
from tests.simulated import files_of

WRAP_MS = 2**32


def late(log: LogBuilder | bytes) -> tuple[Decoded, LateTables]:
    result = decoded(log)
    assert isinstance(result.tables, LateTables)
    return result, result.tables


def numbers() -> LogBuilder:
    log = LogBuilder().define("NUM", "QH", "TimeUS,Value").define("EV", "B", "Id")
    for n in range(10):
        log.add("NUM", 1_000_000 + n * 100_000, n).add("EV", n)
    return log


@contextmanager
def gathers_counted() -> Iterator[list[int]]:
    """Rows of each table that is made meanwhile."""
    made: list[int] = []
    whole = columns.gathered

    def counting(data, offsets, plan, lengths=None):
        made.append(len(offsets))
        return whole(data, offsets, plan, lengths)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "gathered", counting)
        yield made


def test_no_table_is_made_before_it_is_asked_for_and_each_is_made_once():
    with gathers_counted() as made:
        result, tables = late(numbers())
        assert set(tables) == {"FMT", "NUM", "EV"} and result.account.skipped == 0
        assert made == []
        assert tables["NUM"] is tables["NUM"]
        assert made == [10]


def test_a_stretch_of_time_gathers_only_its_rows():
    with gathers_counted() as made:
        _, tables = late(numbers())
        part = tables.between(1_200_000, 1_500_000)
        assert made == []
        assert part["NUM"]["Value"].to_pylist() == [2, 3, 4]
        assert made == [3]


def test_a_stretch_of_time_has_its_start_and_not_its_end_and_may_be_empty():
    _, tables = late(numbers())
    assert tables.between(1_000_000, 1_000_001)["NUM"]["Value"].to_pylist() == [0]
    assert tables.between(1_000_001, 1_100_000)["NUM"].num_rows == 0
    assert tables.between(1_000_001, 1_100_000)["NUM"].schema == tables["NUM"].schema
    assert tables.between(-(10**18), 10**18)["NUM"].num_rows == 10
    assert tables.between(5, 4)["NUM"].num_rows == 0


def test_a_table_without_a_clock_is_whole_in_any_stretch():
    _, tables = late(numbers())
    assert tables.between(0, 1)["EV"].num_rows == 10


def test_times_out_of_order_are_found_and_damaged_ones_are_in_no_stretch():
    log = LogBuilder().define("NUM", "QH", "TimeUS,Value")
    for n, time_us in enumerate((5, 1, 4, 2**63, 2**64 - 1, 2)):
        log.add("NUM", time_us, n)
    _, tables = late(log)
    assert tables.between(1, 5)["NUM"]["Value"].to_pylist() == [1, 2, 5]
    assert tables.between(0, 2**70)["NUM"]["Value"].to_pylist() == [0, 1, 2, 5]


def test_a_clock_of_milliseconds_is_cut_in_microseconds_and_its_wraps_are_undone():
    log = LogBuilder().define("OLD", "IH", "TimeMS,Value").define("LATE", "IH", "TimeMS,Value")
    for n in range(6):
        log.add("OLD", (WRAP_MS - 3 + n) % WRAP_MS, n)
    log.add("LATE", 1, 77)
    _, tables = late(log)
    wrap_us = WRAP_MS * 1000
    assert tables.between(wrap_us - 2000, wrap_us + 2000)["OLD"]["Value"].to_pylist() == [1, 2, 3, 4]
    assert tables.between(wrap_us - 1999, wrap_us + 1001)["OLD"]["Value"].to_pylist() == [2, 3, 4]
    assert tables.between(wrap_us, wrap_us + 2000)["LATE"]["Value"].to_pylist() == [77]


def test_each_instance_is_cut_by_time_by_itself():
    log = LogBuilder().define("BAT", "QBf", "TimeUS,Inst,Volt").units("BAT", "s#v", "F--")
    for n in range(6):
        log.add("BAT", 10 + n, n % 2, 12.0 + n)
    _, tables = late(log)
    part = tables.between(11, 14)
    assert part["BAT[0]"]["Volt"].to_pylist() == [14.0]
    assert part["BAT[1]"]["Volt"].to_pylist() == [13.0, 15.0]


def test_every_table_of_a_log_can_be_cut_by_time():
    _, tables = late(files_of((19,), size=0.04)[1].content)
    assert all(isinstance(maker, TimedTable) for maker in tables._makers.values())


@pytest.mark.parametrize("log", [with_gps(LogBuilder(), rows=5), numbers(), LogBuilder().add("FMT", 1, 2, "", "", "")])
def test_the_clock_of_the_tables_is_behind_that_of_the_track_by_what_is_said(log: LogBuilder):
    result = decoded(log)
    assert FORMAT.own_clock_us is not None
    behind = FORMAT.own_clock_us(decoded(log))
    clock = result.facts["clock"]
    assert isinstance(clock, dict)
    assert behind == (clock["utc_offset_us"] or 0)


def test_the_clock_is_found_without_working_out_all_other_facts():
    with gathers_counted() as made:
        result, tables = late(with_gps(numbers(), rows=5))
        assert FORMAT.own_clock_us is not None and FORMAT.own_clock_us(result) > 0
        assert made == [tables["GPS"].num_rows]


def test_instances_numbered_below_zero_come_first_and_keep_their_sign():
    log = LogBuilder().define("ESC", "Qbf", "TimeUS,Inst,Volt").units("ESC", "s#v", "F--")
    for n in (1, -2, 0, -1):
        log.add("ESC", 10, n, float(n))
    _, tables = late(log)
    assert [name for name in tables if name.startswith("ESC")] == ["ESC[-2]", "ESC[-1]", "ESC[0]", "ESC[1]"]
    assert tables["ESC[-2]"]["Volt"].to_pylist() == [-2.0]


def test_a_list_of_numbers_marked_as_instance_is_none():
    log = LogBuilder().define("ISB", "Qa", "TimeUS,Samples").units("ISB", "s#", "F-")
    log.add("ISB", 1, bytes(range(64))).add("ISB", 2, bytes(64))
    result, tables = late(log)
    assert tables["ISB"].num_rows == 2
    assert result.facts["records"]


def test_what_was_read_can_be_handed_to_another_process():
    result = decoded(with_gps(numbers(), rows=3))
    again = pickle.loads(pickle.dumps(result))
    assert again.tables["NUM"].equals(result.tables["NUM"])
    assert (again.facts, again.problems, again.account) == (result.facts, result.problems, result.account)


def test_more_records_than_there_was_room_for_are_all_found():
    log = LogBuilder().define("BIT", "", "")
    kind = log.kinds["BIT"][0]
    log.raw((b"\xa3\x95" + bytes([kind])) * 50_000)
    view = memoryview(log.bytes)
    offsets = walk(view, definitions(view)).offsets
    assert len(offsets) == 50_000 + 2
    assert np.all(np.diff(offsets[2:]) == 3)


def test_very_many_definitions_that_leave_out_the_header_cost_no_more_than_their_bytes():
    record = [fmt_record(n % 100 + 1, f"A{n % 100}", "QB", f"a{n},b", length=9) for n in range(MAX_DEFINITIONS)]
    result = FORMAT.decode(memoryview(b"".join(record) + b"x"), Options())
    assert result.account.total == MAX_DEFINITIONS * 89 + 1


def test_offsets_are_kept_in_four_bytes_where_the_file_allows_it_and_in_eight_where_not():
    offsets = np.array([0, 2**32 - 1], np.int64)
    assert narrow(offsets, 2**32).dtype == np.uint32
    assert narrow(offsets, 2**32 + 1) is offsets
    assert wide(narrow(offsets, 2**32)).tolist() == [0, 2**32 - 1]
    assert wide(narrow(offsets, 2**32)).dtype == np.int64


def test_what_begins_with_the_magic_of_a_log_is_recognised_whatever_follows():
    assert numbers().bytes.startswith(FORMAT.magic)
    assert len(FORMAT.magic) == 25
    assert FORMAT.recognises(FORMAT.magic + bytes(64))
    assert FORMAT.recognises(FORMAT.magic + b"\xff" * 500)
