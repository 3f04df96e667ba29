"""Frames: found by checksum, taken on the chain, and every byte accounted for."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from groundside.decode.formats import mavlink_raw, mavlink_tlog
from groundside.model.decoded import Decoded
from groundside.native._mavlink import checksum
from groundside.native.mavlink_checksum import checksums, missing_byte, with_byte
from groundside.native.mavlink_plain import chain
from groundside.reference.mavlink import labels, messages, numbers
from tests.mavlink_builder import START_US, Stream, crc, decoded, flight, frame_of, payload_of

ATTITUDES = 12


def small(clock: bool = True, version: int = 2) -> Stream:
    stream = Stream(clock, version).heartbeat()
    for n in range(ATTITUDES):
        stream.attitude(roll=n / 10)
    return stream


def rolls(result: Decoded) -> list[float]:
    return [round(v, 3) for v in result.tables["ATTITUDE"]["roll"].to_pylist()] if "ATTITUDE" in result.tables else []


def all_rolls(*without: int) -> list[float]:
    return [n / 10 for n in range(ATTITUDES) if n not in without]


def lost(result: Decoded) -> list[tuple[int | None, int]]:
    return [(p.offset, p.length) for p in result.problems]


@pytest.mark.parametrize("length", [0, 1, 2, 3, 40, 255])
def test_the_checksum_of_many_stretches_is_that_of_each_alone(length: int):
    data = np.random.default_rng(length).integers(0, 256, 600).astype(np.uint8)
    starts = np.arange(0, 300, 7)
    lengths = np.full(len(starts), length)
    lengths[::3] = length // 2
    sums = checksums(data, starts, lengths)
    alone = [crc(data[a : a + n].tobytes()) for a, n in zip(starts.tolist(), lengths.tolist(), strict=True)]
    assert sums.tolist() == alone


def test_the_checksum_is_the_one_of_the_catalogue_of_checksums():
    text = np.frombuffer(b"123456789", np.uint8)
    assert checksums(text, np.array([0]), np.array([9])).tolist() == [0x6F91]  # reveng: CRC-16/MCRF4XX, check
    assert checksum(b"123456789") == 0x6F91


def test_the_kernel_sums_stretches_of_every_length_up():
    data = np.random.default_rng(3).integers(0, 256, 300).astype(np.uint8).tobytes()
    assert [checksum(data[:n]) for n in range(265)] == [crc(data[:n]) for n in range(265)]


def test_the_byte_that_is_missing_from_a_checksum_is_found_again():
    sums = np.arange(0, 65536, 251).astype(np.uint16)
    for byte in (0, 1, 77, 255):
        after = with_byte(sums, np.full(len(sums), byte))
        assert (missing_byte(sums, after) == byte).all()
    none = missing_byte(np.full(65536, 0x1234, np.uint16), np.arange(65536).astype(np.uint16))
    assert (none >= 0).sum() == 256


def test_a_chain_goes_from_each_record_to_the_first_that_does_not_begin_inside_it():
    assert chain([0, 4, 10, 20], [2, 3, 3, 4]).tolist() == [0, 2, 3]


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("clock", [True, False])
def test_a_log_without_damage_is_read_to_the_last_byte(version: int, clock: bool):
    result = small(clock, version).decoded()
    assert rolls(result) == all_rolls()
    assert result.problems == ()
    assert result.account.decoded == result.account.total
    assert result.facts["frames_of_version"] == {"1": 13 * (version == 1), "2": 13 * (version == 2)}


def test_versions_and_senders_mix_in_one_file():
    stream = small()
    stream.version = 1
    stream.attitude(9.0).heartbeat(sender=(2, 1))
    stream.version = 2
    result = stream.attitude(10.0).decoded()
    assert rolls(result) == [*all_rolls(), 9.0, 10.0]
    assert {"HEARTBEAT[1/1]", "HEARTBEAT[2/1]", "ATTITUDE"} == set(result.tables)
    assert result.facts["senders"] == {"1/1": {"frames": 15, "lost": 0}, "2/1": {"frames": 1, "lost": 0}}


def test_zeros_that_the_sender_left_out_are_put_back():
    result = Stream().add("GLOBAL_POSITION_INT", 7, 0, 0, 0, 0, 0, 0, 0, 0).heartbeat().decoded()
    row = result.tables["GLOBAL_POSITION_INT"].to_pylist()[0]
    assert (row["time_boot_ms"], row["lat"], row["hdg"]) == (7, 0, 0)


def test_extensions_that_mavlink_1_does_not_send_are_zero():
    result = Stream(version=1).add("STATUSTEXT", 4, "Hello", 9, 9).decoded()
    row = result.tables["STATUSTEXT"].to_pylist()[0]
    assert (row["severity"], row["text"], row["id"], row["chunk_seq"]) == (4, "Hello", 0, 0)


def test_time_comes_first_and_the_place_in_the_file_last():
    stream = small()
    table = stream.decoded().tables["ATTITUDE"]
    assert (table.column_names[0], table.column_names[-1]) == ("time_us", "frame_offset")
    assert table["time_us"].to_pylist()[0] == START_US + 100_000
    assert table["frame_offset"].to_pylist() == [start + 8 for start, _ in stream.records[1:]]


def test_units_and_arrays_are_those_of_the_definition():
    cells = [4100, 4110, *[0xFFFF] * 8]
    result = Stream().add("BATTERY_STATUS", 10, 20, 2500, *cells, 150, 3, 0, 1, 80, 60, 1).decoded()
    table = result.tables["BATTERY_STATUS"]
    assert table["voltages"].to_pylist() == [cells]
    assert table.schema.field("voltages").metadata == {b"unit": b"mV"}
    assert table["charge_state"].to_pylist() == [1]


def test_a_signed_frame_is_read_and_said_not_to_be_checked():
    result = small().add("ATTITUDE", 1, 5.0, 0, 0, 0, 0, 0, signature=bytes(13)).attitude(6.0).decoded()
    assert rolls(result)[-2:] == [5.0, 6.0]
    assert result.account.skipped == 0
    assert result.facts["signed_frames"] == 1
    assert any("signatures of 1 frames were not checked" in str(s) for s in result.facts["inferences"])


def test_a_signature_cut_off_does_not_swallow_the_record_behind_it():
    before = small().add("ATTITUDE", 1, 5.0, 0, 0, 0, 0, 0, signature=bytes(13))
    behind = len(before.bytes)
    data = before.attitude(6.0).attitude(7.0).bytes
    result = decoded(data[: behind - 9] + data[behind:])
    assert rolls(result)[-3:] == [5.0, 6.0, 7.0]


def test_a_frame_with_flags_that_nobody_knows_is_not_understood():
    stream = small()
    frame = bytearray(stream.frame("ATTITUDE", 1, 5.0, 0, 0, 0, 0, 0))
    frame[2] = 0x02
    frame[-2:] = crc(bytes(frame[1:-2]) + bytes([39])).to_bytes(2, "little")
    result = stream.record(bytes(frame)).attitude(6.0).decoded()
    assert rolls(result) == [*all_rolls(), 6.0]
    assert lost(result) == [(stream.records[-2][0], 8 + len(frame))]


def test_one_number_with_two_meanings_is_told_apart_by_its_checksum():
    result = (
        Stream()
        .add("SENSOR_OFFSETS", 1.5, *range(2, 4), *[0.0] * 6, 0, 0, 1)
        .add("FLEXIFUNCTION_SET", 3, 4, sender=(2, 1))
        .heartbeat()
        .decoded()
    )
    assert result.tables["SENSOR_OFFSETS"]["mag_declination"].to_pylist() == [1.5]
    assert result.tables["FLEXIFUNCTION_SET"]["target_component"].to_pylist() == [4]


@pytest.mark.parametrize("clock", [True, False])
@pytest.mark.parametrize("version", [1, 2])
def test_messages_not_known_here_are_kept_as_bytes_and_counted_as_unknown(clock: bool, version: int):
    stream = small(clock, version)
    name = "SMALL_UNKNOWN" if version == 1 else "BIG_UNKNOWN"
    result = stream.add(name, 7, 8).add(name, 9, 8).attitude(9.0).decoded()
    assert rolls(result) == [*all_rolls(), 9.0]
    table = result.tables["UNKNOWN"]
    assert [raw[0] for raw in table["payload"].to_pylist()] == [7, 9]
    assert set(table["crc_extra"].to_pylist()) == {99 if version == 1 else 77}
    size = sum(end - start for start, end in stream.records[-3:-1])
    assert result.account.unknown == result.account.skipped == size
    assert sum(p.length for p in result.problems) == size
    assert result.facts["unknown_messages"] == {str(204 if version == 1 else 61_234): 2}


def test_an_unknown_message_counts_only_where_another_frame_follows():
    stream = small().add("BIG_UNKNOWN", 7, 8)
    whole = stream.attitude(9.0).bytes
    broken = whole[: stream.records[-2][1]] + b"no frame" * 3 + whole[stream.records[-1][0] :]
    assert decoded(broken).facts["unknown_messages"] == {}
    assert rolls(decoded(broken)) == [*all_rolls(), 9.0]


def test_another_definition_of_a_known_message_is_kept_as_bytes_when_enough_frames_agree():
    stream = small()
    for n in range(4):
        stream.record(frame_of(30, 200, payload_of("ATTITUDE", n, 1, 1, 1, 1, 1, 1), sequence=n))
    result = stream.attitude(9.0).decoded()
    assert rolls(result) == [*all_rolls(), 9.0]
    assert result.facts["unknown_messages"] == {"30": 4}
    assert result.tables["UNKNOWN"]["crc_extra"].to_pylist() == [200] * 4


def test_a_frame_of_a_known_message_with_a_wrong_checksum_is_damaged_and_not_taken():
    stream = small()
    data = bytearray(stream.bytes)
    data[stream.records[5][1] - 1] ^= 0xFF
    result = decoded(bytes(data))
    assert rolls(result) == all_rolls(4)
    start, end = stream.records[5]
    assert lost(result) == [(start, end - start)]
    assert "ATTITUDE" in result.problems[0].what
    assert result.facts["skipped_bytes"] == {"checksum does not fit": end - start}


@pytest.mark.parametrize("clock", [True, False])
@pytest.mark.parametrize("version", [1, 2])
def test_one_changed_byte_anywhere_costs_that_record_only(clock: bool, version: int):
    stream = small(clock, version)
    for index in (1, 5, ATTITUDES):
        start, end = stream.records[index]
        for at in range(start + (8 if clock else 0), end):
            data = bytearray(stream.bytes)
            data[at] ^= 0x55
            result = decoded(bytes(data), clock)
            assert rolls(result) == all_rolls(index - 1), at - start
            assert lost(result) == [(start, end - start)]


@pytest.mark.parametrize("clock", [True, False])
def test_a_log_cut_anywhere_keeps_every_record_that_is_whole(clock: bool):
    stream = small(clock)
    for size in {*range(0, len(stream.bytes), 5), *(end for _, end in stream.records)}:
        result = decoded(stream.bytes[:size], clock)
        whole = sum(end <= size for _, end in stream.records)
        assert rolls(result) == all_rolls()[: max(0, whole - 1)], size
        assert result.account.decoded == (stream.records[whole - 1][1] if whole else 0)
        assert sum(p.length for p in result.problems) == result.account.skipped


@pytest.mark.parametrize("clock", [True, False])
def test_bytes_put_between_records_cost_none_of_them(clock: bool):
    stream = small(clock)
    at = stream.records[6][0]
    for junk in (b"\xfe", b"\xfd\x10", b"some words", bytes(50), b"\xfe\x09\xfd\x1c" * 20, stream.bytes[5:40]):
        result = decoded(stream.bytes[:at] + junk + stream.bytes[at:], clock)
        assert rolls(result) == all_rolls(), junk
        assert lost(result) == [(at, len(junk))]


def test_a_frame_between_two_damaged_ones_is_kept():
    for clock in (True, False):
        stream = small(clock)
        data = bytearray(stream.bytes)
        for index in (5, 7):
            data[stream.records[index][1] - 1] ^= 0xFF
        assert rolls(decoded(bytes(data), clock)) == all_rolls(4, 6)


def test_a_false_start_inside_a_payload_is_no_frame():
    inner = frame_of(30, 39, payload_of("ATTITUDE", 1, 9.0, 0, 0, 0, 0, 1.0), version=1)
    stream = small()
    stream.add("STATUSTEXT", 6, inner.ljust(50, b"x"), 0, 0)
    result = stream.attitude(2.0).decoded()
    assert rolls(result) == [*all_rolls(), 2.0]
    assert result.problems == ()


def test_a_frame_without_its_clock_is_not_a_record_of_a_log_with_clocks():
    stream = small()
    start, end = stream.records[4]
    data = stream.bytes[:start] + stream.bytes[start + 5 : end] + stream.bytes[end:]
    result = decoded(data)
    assert rolls(result) == all_rolls(3)


def test_a_file_without_any_frame_says_so():
    result = decoded(b"\xfe" * 500)
    assert result.tables == {}
    assert (result.account.decoded, result.account.skipped) == (0, 500)
    assert "No frame" in result.problems[-1].what


def test_an_empty_file_says_so():
    assert decoded(b"").problems[0].what == "The file is empty."


def test_frames_that_are_missing_are_counted_by_sequence_numbers():
    stream = small()
    stream.sequences[1, 1] += 5
    result = stream.attitude(9.0).decoded()
    assert result.facts["senders"] == {"1/1": {"frames": 14, "lost": 5}}


def test_fields_that_a_newer_definition_added_are_passed_over():
    stream = small()
    longer = frame_of(30, 39, payload_of("ATTITUDE", 1, 7.0, 0, 0, 0, 0, 0) + b"more!")
    result = stream.record(longer).decoded()
    assert rolls(result)[-1] == 7.0
    assert result.account.unknown == result.account.skipped == 5


def test_very_many_senders_make_no_table_each():
    stream = Stream()
    for n in range(600):
        stream.heartbeat(mode=n, sender=(n // 250 + 1, n % 250 + 1))
    tables = stream.decoded().tables
    assert list(tables) == ["HEARTBEAT"]
    assert tables["HEARTBEAT"]["custom_mode"].to_pylist() == list(range(600))
    assert tables["HEARTBEAT"]["sender_system"].to_pylist()[-1] == 3


def test_recognition_tells_logs_from_streams_by_what_is_between_the_frames():
    log, stream = small(clock=True).bytes, small(clock=False).bytes
    for data in (log, stream, b"\nInit ArduCopter V4.5.7\n\n" + stream, b"\xff" * 700 + log, log[11:], log[20:]):
        clock = log[100:150] in data
        assert mavlink_tlog.FORMAT.recognises(data) == clock
        assert mavlink_raw.FORMAT.recognises(data) != clock


@pytest.mark.parametrize(
    "data",
    [b"", b"\xfe", b"\xfd" * 40, b"PK\x03\x04" + flight().bytes, b"\xa3\x95\x80" * 90, b"OSD, GPS\n1,2\n", bytes(3000)],
    ids=["empty", "one", "starts", "zip", "dataflash", "csv", "zeros"],
)
def test_what_is_not_mavlink_is_not_recognised(data: bytes):
    assert not mavlink_tlog.FORMAT.recognises(data)
    assert not mavlink_raw.FORMAT.recognises(data)


def test_one_frame_alone_is_a_log_only_after_a_clock():
    one = Stream().heartbeat().bytes
    assert mavlink_tlog.FORMAT.recognises(one)
    assert not mavlink_tlog.FORMAT.recognises(one[8:])
    assert not mavlink_raw.FORMAT.recognises(one[8:])


@pytest.mark.peer
def test_every_definition_is_laid_out_as_pymavlink_lays_it_out():
    from pymavlink.dialects.v20 import all as dialect

    ours = {(m.id, m.crc_extra): m for m in messages()}
    for theirs in dialect.mavlink_map.values():
        message = ours[theirs.id, theirs.crc_extra]
        assert [f.name for f in message.wire] == theirs.ordered_fieldnames
        assert [f.name for f in message.fields] == theirs.fieldnames
        assert message.size == theirs.unpacker.size
        assert [f.array for f in message.wire] == theirs.array_lengths
        assert {f.name: f.unit for f in message.fields if f.unit} == theirs.fieldunits_by_name


@pytest.mark.peer
def test_the_definitions_are_what_the_tool_makes_of_pymavlinks():
    path = Path(__file__).parents[2] / "tools" / "make_mavlink_messages.py"
    spec = spec_from_file_location("make_mavlink_messages", path)
    assert spec is not None and spec.loader is not None
    tool = module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.OUT.read_text() == tool.text()


def test_sizes_and_numbers_are_those_of_the_fields():
    for told, message in zip(numbers(), messages(), strict=True):
        assert told == (message.id, message.crc_extra, message.base_size, message.size)
        assert message.size == sum(f.size for f in message.fields)
        assert message.base_size == sum(f.size for f in message.fields[: message.base])


def test_the_definitions_of_one_number_have_different_checksums():
    keys = [(m.id, m.crc_extra) for m in messages()]
    assert len(keys) == len(set(keys))
    assert labels("MAV_TYPE")[2] == "QUADROTOR"
    assert labels("NO_SUCH") == {}
