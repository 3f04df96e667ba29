"""Tables of telemetry are made when they are asked for, and only the rows that are."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest

import groundside
from groundside.decode.formats.mavlink_raw import FORMAT as RAW
from groundside.decode.formats.mavlink_tlog import FORMAT as TLOG
from groundside.decode.mavlink import columns
from groundside.decode.mavlink.clock import clock_of
from groundside.decode.mavlink.grouping import grouped
from groundside.decode.mavlink.series import stream_of
from groundside.decode.mavlink.tables import MessageTables, ends_in, moments_in, rows_in, sender_in, sheet_in
from groundside.model.decoded import Decoded
from groundside.model.late import LateTables
from groundside.native import gather
from tests.mavlink_builder import START_US, Stream, flight


def tables_of(result: Decoded) -> LateTables:
    assert isinstance(result.tables, LateTables)
    return result.tables


def gathered_columns(work: object) -> list[str]:
    """Say which columns are gathered while something is worked out."""
    names: list[str] = []

    def listening(data: memoryview, offsets: np.ndarray, plan: gather.Plan, *more: object) -> pa.RecordBatch:
        names.extend(field.name for field in plan.fields)
        return gather.gathered(data, offsets, plan, *more)  # pyright: ignore[reportArgumentType]

    assert callable(work)
    with patch.object(columns, "gathered", listening):
        work()
    return names


def test_decoding_gathers_nothing_and_a_table_only_its_own_columns():
    stream = flight()
    assert gathered_columns(stream.decoded) == []
    result = stream.decoded()
    assert result.account.decoded == len(stream.bytes)
    made = gathered_columns(lambda: result.tables["GPS_RAW_INT"])
    assert "fix_type" in made and "roll" not in made
    assert gathered_columns(lambda: result.tables["GPS_RAW_INT"]) == []


@pytest.mark.parametrize("clock", [True, False])
def test_a_stretch_of_time_gives_the_rows_that_the_whole_tables_have_in_it(clock: bool):
    result = flight(clock, ahead_us=7_000_000).add("BIG_UNKNOWN", 1, 2).add("BIG_UNKNOWN", 2, 2).decoded()
    times = np.sort(np.concatenate([table["time_us"].to_numpy() for table in result.tables.values()]))
    stretch = int(times[len(times) // 3]), int(times[len(times) // 2])
    cut = tables_of(result).between(*stretch)
    assert list(cut) == list(result.tables)
    for name, table in result.tables.items():
        inside = [stretch[0] <= time < stretch[1] for time in table["time_us"].to_pylist()]
        assert cut[name].equals(table.filter(inside), check_metadata=True), name
    assert 0 < cut["ATTITUDE"].num_rows < result.tables["ATTITUDE"].num_rows


def test_a_stretch_of_time_gathers_the_rows_in_it_alone():
    stream = flight()
    cut = tables_of(stream.decoded()).between(START_US, START_US + 2_000_000)
    rows: list[int] = []

    def listening(data: memoryview, offsets: np.ndarray, *more: object) -> pa.RecordBatch:
        rows.append(len(offsets))
        return gather.gathered(data, offsets, *more)  # pyright: ignore[reportArgumentType]

    with patch.object(columns, "gathered", listening):
        made = cut["ATTITUDE"]
    assert rows == [made.num_rows] == [8]


def test_rows_out_of_order_are_found_wherever_they_stand():
    stream = Stream().heartbeat()
    for n in range(12):
        stream.now_us = START_US + (n * 5 % 12) * 1_000_000
        stream.attitude(n)
    cut = tables_of(stream.decoded()).between(START_US + 3_000_000, START_US + 6_000_000)
    assert sorted(cut["ATTITUDE"]["time_us"].to_pylist()) == [START_US + n * 1_000_000 for n in (3, 4, 5)]


def test_a_stream_that_tells_no_time_is_not_cut():
    result = Stream(clock=False).heartbeat().heartbeat().text("hello").decoded()
    assert tables_of(result).between(0, 1)["HEARTBEAT"].num_rows == 2


@pytest.mark.parametrize("clock", [True, False])
def test_the_clock_of_the_tables_is_behind_that_of_the_track_by_what_the_format_says(clock: bool):
    form = TLOG if clock else RAW
    result = flight(clock, ahead_us=7_000_000).decoded()
    track = form.track(result)
    assert track is not None and form.own_clock_us is not None
    behind = form.own_clock_us(result)
    if clock:
        assert behind == pytest.approx(-7_000_000, abs=1000)
    rows = result.tables["GLOBAL_POSITION_INT"]["time_us"].to_numpy()
    assert np.abs(track.time_us - rows - behind).max() < 1000


def test_without_utc_both_clocks_are_the_same():
    stream = Stream(clock=False).heartbeat()
    for _ in range(5):
        stream.position()
    assert RAW.own_clock_us is not None
    assert RAW.own_clock_us(stream.decoded()) == 0
    assert RAW.own_clock_us(Stream(clock=False).heartbeat().decoded()) == 0


def test_a_log_is_read_by_table_and_by_time_on_the_clock_of_the_track():
    stream = flight(ahead_us=5_000_000)
    stretch = START_US - 5_000_000 + 3_000_000, START_US - 5_000_000 + 6_000_000
    cut = groundside.read(stream.bytes, tables=["ATTITUDE"], between=stretch)
    assert list(cut.tables) == ["ATTITUDE"]
    assert cut.tables["ATTITUDE"].num_rows == 12
    track = cut.track()
    assert track is not None and track.num_rows == 12


def test_what_is_told_of_tables_that_are_not_made_is_what_the_tables_tell():
    result = flight().add("BIG_UNKNOWN", 1, 2).heartbeat().decoded()
    late, made = result.tables, dict(flight().add("BIG_UNKNOWN", 1, 2).heartbeat().decoded().tables)
    assert isinstance(late, MessageTables)
    for name, table in made.items():
        assert sender_in(late, name) == sender_in(made, name)
        assert rows_in(late, name) == rows_in(made, name) == table.num_rows
        for told in (moments_in(late, name), moments_in(made, name)):
            assert told.at.tolist() == table["frame_offset"].to_pylist(), name
            assert told.time_us is not None and told.time_us.tolist() == table["time_us"].to_pylist(), name
            boot = None if told.boot_ms is None else told.boot_ms.tolist()
            assert boot == (table["time_boot_ms"].to_pylist() if "time_boot_ms" in table.column_names else None), name


def test_the_first_and_the_last_rows_of_tables_that_are_not_made_are_those_of_the_tables():
    result = flight().add("BIG_UNKNOWN", 1, 2).heartbeat().decoded()
    late, made = result.tables, dict(flight().add("BIG_UNKNOWN", 1, 2).heartbeat().decoded().tables)

    def rows(tables: Mapping[str, pa.Table]) -> set[tuple[int, int, int]]:
        found: set[tuple[int, int, int]] = set()
        for told in ends_in(tables, list(tables)):
            assert told.time_us is not None
            boot = [-1] * len(told.at) if told.boot_ms is None else told.boot_ms.tolist()
            found |= set(zip(told.at.tolist(), told.time_us.tolist(), boot, strict=True))
        return found

    expected = {
        (row["frame_offset"], row["time_us"], row.get("time_boot_ms", -1))
        for table in made.values()
        for row in table.take(sorted({0, table.num_rows - 1})).to_pylist()
    }
    assert rows(late) == rows(made) == expected


def test_fields_are_the_same_from_payloads_and_from_tables():
    result = flight().add("BATTERY_STATUS", 10, 20, 2500, *range(10), 150, 3, 0, 1, 80, 60, 1).text("caf\xe9").decoded()
    made = dict(result.tables)
    for name in names_in(made):
        ours, theirs = sheet_in(result.tables, name), sheet_in(made, name)
        assert len(ours) == len(theirs) == made[name].num_rows
        for field in made[name].column_names[1:-1]:
            assert field in ours and field in theirs
            if pa.types.is_string(made[name].schema.field(field).type):
                assert ours.texts(field) == theirs.texts(field) == made[name][field].to_pylist()
            else:
                assert str(ours[field].tolist()) == str(theirs[field].tolist()) == str(made[name][field].to_pylist())
        assert "no such field" not in ours and "no such field" not in theirs


def names_in(tables: Mapping[str, pa.Table]) -> list[str]:
    return [name for name in tables if sender_in(tables, name)]


@pytest.mark.parametrize("restarts", [False, True])
def test_a_stream_without_clocks_is_timed_as_if_its_clock_were_found_anew_in_its_timed_tables(restarts: bool):
    stream = flight(clock=False)
    if restarts:
        stream.now_us = START_US
        for _ in range(30):
            stream.gps().utc().position()
    kept = stream_of(stream.decoded())
    found, anew = kept.clock, clock_of(dict(stream.decoded().tables), kept.vehicle, device=False)
    assert len(found.starts) == 1 + restarts
    for name in ("at", "boot_us", "device_us", "starts", "base_us"):
        assert getattr(found, name).tolist() == getattr(anew, name).tolist(), name
    assert (found.basis, found.error_s, found.jumps) == (anew.basis, anew.error_s, anew.jumps)


def test_a_log_sent_to_another_process_says_the_same():
    result = flight(ahead_us=3_000_000).decoded()
    sent: Decoded = pickle.loads(pickle.dumps(result))
    assert TLOG.log is not None
    assert {n: t.to_pylist() for n, t in sent.tables.items()} == {n: t.to_pylist() for n, t in result.tables.items()}
    one, other = TLOG.track(result), TLOG.track(sent)
    assert one is not None and other is not None
    assert str(one.table.to_pylist()) == str(other.table.to_pylist())
    assert TLOG.recording(sent) == TLOG.recording(result)
    assert TLOG.log(sent).events.equals(TLOG.log(result).events)


@pytest.mark.parametrize("raw", [b"caf\xc3\xa9", b"caf\xe9", b"\xff\xfe", b"plain\0\xff"])
def test_text_is_utf_8_or_else_ascii_with_marks(raw: bytes):
    stream = Stream().heartbeat().add("STATUSTEXT", 4, raw, 0, 0).text("next")
    word = raw.split(b"\0")[0]
    try:
        expected = word.decode()
    except UnicodeDecodeError:
        expected = word.decode("ascii", errors="replace")
    assert stream.decoded().tables["STATUSTEXT"]["text"].to_pylist() == [expected, "next"]


def test_more_rows_of_text_than_an_array_can_hold_come_in_pieces():
    stream = Stream().heartbeat().add("BIG_UNKNOWN", 1, 2).add("BIG_UNKNOWN", 2, 2)
    for n in range(7):
        stream.text(f"text {n}")
    with patch("groundside.decode.mavlink.tables._ROWS_OF_TEXT", 3):
        tables = dict(stream.heartbeat().decoded().tables)
    assert tables["STATUSTEXT"]["text"].to_pylist() == [f"text {n}" for n in range(7)]
    assert tables["STATUSTEXT"]["text"].num_chunks == 3
    assert tables["HEARTBEAT"]["type"].num_chunks == 1


@pytest.mark.parametrize("numbers", [[], [5], [3, 3], [7, -1, 7, 0, 7, -1], list(range(40))[::-1]])
def test_equal_numbers_are_put_together(numbers: list[int]):
    found, which, counts = grouped(np.array(numbers, np.int64))
    assert found.tolist() == sorted(set(numbers))
    assert found[which].tolist() == numbers
    assert counts.tolist() == [numbers.count(n) for n in sorted(set(numbers))]
