"""Damaged logs: all that is whole is read, as much as pymavlink reads, and nothing that was never written."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from groundside.decode.ardupilot.groups import Group
from groundside.decode.formats.dataflash.definitions import definitions
from groundside.decode.formats.dataflash.records import grouped
from groundside.decode.formats.dataflash.walk import walk
from groundside.model.decoded import Decoded
from tests.dataflash_builder import LogBuilder, decoded, fmt_record, with_gps
from tests.dataflash_damage import WAYS, Damage, Row, damaged, rows_of_ours, rows_of_pymavlink
from tests.simulated import files_of

SEEDS = range(8)


@cache
def log() -> bytes:
    return files_of((19,), size=0.04)[1].content


@cache
def intact() -> Decoded:
    return decoded(log())


def groups_of(data: bytes) -> list[Group]:
    view = memoryview(data)
    candidates = definitions(view)
    return list(grouped(view, walk(view, candidates), candidates).groups)


@cache
def spans() -> dict[int, int]:
    """Where each record of the intact log begins and ends."""
    return {at: at + group.layout.length for group in groups_of(log()) for at in group.offsets.tolist()}


def undamaged(damage: Damage) -> int:
    return sum(damage.holds(start, end) for start, end in spans().items())


def common(some: Counter[Row]) -> int:
    return sum((some & rows_of_ours(intact())).values())


@pytest.mark.peer
@pytest.mark.parametrize("way", WAYS)
def test_of_a_damaged_log_as_much_is_read_as_by_pymavlink_and_nearly_all_that_is_whole(
    way: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    ours, theirs, whole = 0, 0, 0
    for seed in SEEDS:
        damage = damaged(log(), way, seed)
        ours += common(rows_of_ours(decoded(damage.data)))
        theirs += common(rows_of_pymavlink(damage.data, tmp_path))
        whole += undamaged(damage)
        capfd.readouterr()  # pymavlink prints what it cannot read
    assert ours >= theirs
    assert ours >= 0.97 * whole


@pytest.mark.parametrize("way", WAYS)
def test_no_record_is_read_where_none_was_written(way: str):
    for seed in SEEDS:
        damage = damaged(log(), way, seed)
        for group in groups_of(damage.data):
            for at in group.offsets.tolist():
                assert damage.was_at(at) in spans(), (seed, group.layout.name, at)


@pytest.mark.parametrize("way", WAYS)
def test_every_byte_of_a_damaged_log_is_accounted_for(way: str):
    for seed in SEEDS:
        damage = damaged(log(), way, seed)
        result = decoded(damage.data)
        assert result.account.total == len(damage.data)
        assert sum(p.length for p in result.problems) == result.account.skipped
        assert result.account.skipped > 0 or way in {"truncate", "delete", "swap"}


def test_records_between_two_breaks_are_read_though_few_follow_each_other():
    log = LogBuilder().define("NUM", "QH", "TimeUS,Value")
    for i in range(4):
        log.add("NUM", 1_000_000 + i, i).add("NUM", 1_000_000 + i, 10 + i).raw(b"damage" * i)
    log.add("NUM", 2_000_000, 99)
    assert decoded(log).tables["NUM"]["Value"].to_pylist() == [0, 10, 1, 11, 2, 12, 3, 13, 99]


def lost_fmt(rows: int = 30) -> tuple[bytes, int]:
    """Two messages in turn, of which the FMT of one is gone."""
    log = LogBuilder().define("ONE", "QH", "TimeUS,Value")
    start = len(log.bytes)
    log.define("TWO", "QHHf", "TimeUS,a,b,c")
    for i in range(rows):
        log.add("ONE", i, i).add("TWO", i, i, i, 0.5)
    return log.bytes[:start] + log.bytes[start + 89 :], 3 + 8 + 4 + 4


def test_records_whose_definition_is_lost_are_passed_over_and_counted():
    data, size = lost_fmt()
    result = decoded(data)
    assert result.tables["ONE"]["Value"].to_pylist() == list(range(30))
    assert result.facts["unknown_types"] == {"2": 30}
    assert result.account.skipped == result.account.unknown == 30 * size
    assert [p.length for p in result.problems] == [30 * size]
    assert "30 records of type 2" in result.problems[0].what


def test_one_lone_record_of_an_unknown_type_does_not_hide_its_neighbours():
    log = LogBuilder().define("NUM", "QH", "TimeUS,Value")
    log.add("NUM", 1, 1).raw(b"\xa3\x95\xc8" + bytes(20))
    for i in range(3):
        log.add("NUM", 2, i)
    assert decoded(log).tables["NUM"]["Value"].to_pylist() == [1, 0, 1, 2]


def test_a_definition_whose_column_names_are_damaged_still_lays_out_its_records():
    log = LogBuilder().define("NUM", "QHf", "TimeUS,Value,More")
    at = log.bytes.rfind(b"Value")
    for i in range(3):
        log.add("NUM", 1_000_000 + i, i, 0.5)
    data = log.bytes[:at] + b"\xff\x01" + log.bytes[at + 2 :]
    result = decoded(data)
    assert result.tables["NUM"].to_pylist()[1] == {"TimeUS": 1_000_001, "column_2": 1, "More": 0.5}
    assert any("of 3 columns the names of 2 are known" in p.what for p in result.problems)


def test_a_definition_with_damaged_names_gives_way_to_a_whole_one():
    log = LogBuilder().define("NUM", "QH", "TimeUS,Value")
    whole = fmt_record(log.kinds["NUM"][0], "NUM", "QH", "TimeUS,Value")
    log.bytes = log.bytes.replace(b"Value", b"Val\xffe")
    log.add("NUM", 1, 5).raw(whole).add("NUM", 2, 6)
    result = decoded(log)
    assert result.tables["NUM"]["Value"].to_pylist() == [5, 6]
    assert not any("defined again" in p.what for p in result.problems)


def test_a_new_definition_holds_also_where_the_record_before_it_lost_some_bytes():
    log = LogBuilder().define("NUM", "QH", "TimeUS,Value").define("BIG", "QN", "TimeUS,Word")
    log.add("NUM", 1, 1).raw(log.record("BIG", 2, "lost")[:-4])
    log.define("NUM", "QHf", "TimeUS,Value,More", kind=log.kinds["NUM"][0])
    result = decoded(log.add("NUM", 3, 3, 0.5).add("NUM", 4, 4, 0.5))
    assert result.tables["NUM"]["Value"].to_pylist() == [1]
    assert result.tables["NUM~2"].to_pylist()[1] == {"TimeUS": 4, "Value": 4, "More": 0.5}
    assert sum(p.length for p in result.problems) == result.account.skipped == 23


def test_a_new_definition_that_was_itself_lost_with_its_end_changes_nothing():
    log = LogBuilder().define("NUM", "QH", "TimeUS,Value").add("NUM", 1, 1)
    again = fmt_record(log.kinds["NUM"][0], "NUM", "QHf", "TimeUS,Value,More")
    old = log.record("NUM", 2, 2)
    result = decoded(log.raw(again[:40] + old * 3 + b"damage").raw(old * 2))
    assert result.tables["NUM"]["Value"].to_pylist() == [1, 2, 2, 2, 2, 2]
    assert sum(p.length for p in result.problems) == result.account.skipped == 40 + len(b"damage")


def test_a_definition_counts_though_damaged_places_hold_others_of_its_type():
    log = LogBuilder().raw(b"damage").raw(fmt_record(1, "NUM", "QH", "TimeUS,Value")[:-9] + b"damage")
    log.raw(fmt_record(1, "NUM", "QHf", "TimeUS,Value,Less") + b"?")
    log.define("NUM", "QHf", "TimeUS,Value,More", kind=1)
    result = decoded(log.add("NUM", 1, 1, 0.5).add("NUM", 2, 2, 0.5))
    assert result.tables["NUM"]["More"].to_pylist() == [0.5, 0.5]
    assert sum(p.length for p in result.problems) == result.account.skipped


def test_a_definition_of_which_more_than_the_names_is_damaged_is_not_believed():
    log = LogBuilder().define("NUM", "QH", "TimeUS,Value")
    log.bytes = log.bytes.replace(b"QH\0\0", b"Q\x01\0\0").replace(b"Value", b"Val\xffe")
    for i in range(3):
        log.add("NUM", i, i)
    result = decoded(log)
    assert "NUM" not in result.tables
    assert result.facts["unknown_types"] == {"1": 3}


def test_many_damages_cost_only_the_records_they_hit():
    log = with_gps(LogBuilder(), rows=400)
    size = len(log.record("GPS", *[0] * 11))
    first = len(log.bytes) - 400 * size
    data = bytearray(log.bytes)
    hit: set[int] = set()
    for at in range(first + 500, len(data) - 500, 700):
        data[at : at + 40] = b"\x5a" * 40
        hit |= {(at - first) // size, (at + 39 - first) // size}
    times = decoded(bytes(data)).tables["GPS"]["TimeUS"].to_pylist()
    expected = {10_000_000 + n * 200_000 for n in range(400) if n not in hit}
    # One that stands alone between two damages has no header after it to vouch for it.
    assert len(expected - set(times)) <= 1
