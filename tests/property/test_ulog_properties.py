"""Whatever the bytes are, decoding gives a result, and every byte of it is accounted for."""

from __future__ import annotations

import json
import struct
from array import array

from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.decode.formats.ulog import FORMAT
from groundside.decode.formats.ulog.messages import Definitions
from groundside.model.decoded import Decoded
from groundside.native.ulog import DataMessages, follow
from tests.ulog_builder import (
    ATTITUDE,
    BATTERY,
    GPS,
    HOME,
    LANDED,
    LOCAL,
    POSITION,
    START_US,
    STATUS,
    UlogBuilder,
    decoded,
    file_header,
    flag_bits,
    message,
)


def value(n: int) -> int:
    """Give a number that differs from each other in every byte, so that a damaged one is none of them."""
    return (n + 1) * 0x0B0B0B0B


def small_log() -> tuple[bytes, list[int]]:
    """Give a log, and where each of its data messages ends."""
    log = UlogBuilder(flags=flag_bits(compatible=b"\x01")).information("sys_name", "PX4").parameter("A", 1)
    log.topic("num", "uint64_t timestamp;uint32_t value;").topic("other", "uint64_t timestamp;float[2] f;bool b;")
    ends: list[int] = []
    for n in range(20):
        log.add("num", START_US + n, value(n))
        ends.append(len(log.bytes))
        if n % 4 == 1:
            log.add("other", START_US + n, n, -n, True)
        if n % 7 == 3:
            log.text(START_US + n, f"line {n}").sync().dropout(n)
    return log.bytes, ends


LOG, ENDS = small_log()
DATA_FROM = ENDS[0] - 17
KNOWN = {
    "vehicle_global_position": POSITION, "vehicle_status": STATUS, "vehicle_land_detected": LANDED,
    "vehicle_attitude": ATTITUDE, "battery_status": BATTERY, "sensor_gps": GPS, "vehicle_local_position": LOCAL,
    "home_position": HOME,
}  # fmt: skip
SIZES = {
    "int8_t": 1, "uint8_t": 1, "int16_t": 2, "uint16_t": 2, "int32_t": 4, "uint32_t": 4, "int64_t": 8, "uint64_t": 8,
    "float": 4, "double": 8, "bool": 1, "char": 1,
}  # fmt: skip


def hold(result: Decoded, size: int) -> None:
    """Fail where a promise that every result makes is broken."""
    account = result.account
    assert account.total == size == account.decoded + account.skipped
    assert all(p.offset is None or 0 <= p.offset <= size for p in result.problems)
    assert sum(p.length for p in result.problems) == account.skipped
    offsets = [p.offset for p in result.problems if p.offset is not None]
    assert offsets == sorted(offsets)
    json.dumps(result.facts, allow_nan=False)
    FORMAT.recording(result)
    track = FORMAT.track(result)
    if track is not None:
        assert (track.time_us[1:] > track.time_us[:-1]).all()
    assert FORMAT.log is not None
    FORMAT.log(result)


def numbers(result: Decoded) -> list[int]:
    """Give the rows of topic `num` by their number, -1 for one that was altered."""
    known = {value(n): n for n in range(20)}
    rows = result.tables["num"]["value"].to_pylist() if "num" in result.tables else []
    return [known.get(row, -1) for row in rows]  # pyright: ignore[reportArgumentType]


@given(st.binary(max_size=2000), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_result(some: bytes, with_header: bool):
    data = file_header() + some if with_header else some
    FORMAT.recognises(data)
    hold(decoded(data), len(data))


@given(
    st.lists(
        st.sampled_from(
            [LOG[:16], LOG[16:59], b"\x00" * 30, b"D", LOG[DATA_FROM : DATA_FROM + 34], b"\x0b\x00F", LOG[:400]]
        ),
        max_size=20,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_heap_of_pieces_of_a_log_gives_a_result(pieces: list[bytes]):
    data = b"".join(pieces)
    hold(decoded(data), len(data))


@given(st.lists(st.tuples(st.integers(0, len(LOG) - 1), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_a_log_with_bytes_changed_gives_a_result(changes: list[tuple[int, int]]):
    data = bytearray(LOG)
    for at, value in changes:
        data[at] = value
    hold(decoded(bytes(data)), len(data))


@given(st.integers(DATA_FROM, len(LOG)), st.integers(0, 60), st.binary(max_size=60))
@settings(max_examples=150, deadline=None)
def test_a_piece_replaced_costs_no_message_that_it_does_not_touch_and_invents_none(at: int, removed: int, put: bytes):
    data = LOG[:at] + put + LOG[at + removed :]
    result = decoded(data)
    hold(result, len(data))
    touched = [n for n, end in enumerate(ENDS) if end - 17 < at + removed and at < end and (removed or end - 17 < at)]
    kept = numbers(result)
    assert [n for n in kept if n >= 0 and n not in touched] == [n for n in range(20) if n not in touched]
    assert len(kept) <= 20


def test_a_log_cut_anywhere_keeps_every_message_that_is_whole():
    for size in range(len(LOG) + 1):
        result = decoded(LOG[:size])
        hold(result, size)
        assert numbers(result) == list(range(sum(end <= size for end in ENDS))), f"cut at {size}"


def test_one_changed_byte_in_a_header_costs_that_message_only():
    for index, end in enumerate(ENDS[1:], start=1):
        for byte in range(5):
            at = end - 17 + byte
            data = LOG[:at] + bytes([LOG[at] ^ 0x5A]) + LOG[at + 1 :]
            assert numbers(decoded(data)) == [n for n in range(20) if n != index], (index, byte)


def test_two_blocks_swapped_cost_only_what_their_edges_cut():
    block = 60
    for first in range(DATA_FROM, len(LOG) - 2 * block, 7):
        second = first + block
        data = LOG[:first] + LOG[second : second + block] + LOG[first:second] + LOG[second + block :]
        edges = (first, second, second + block)
        cut = {n for n, end in enumerate(ENDS) if any(end - 17 < edge < end for edge in edges)}
        found = numbers(decoded(data))
        # A message whose bytes were cut apart may be altered, but there are no more of them.
        assert set(range(20)) - cut <= set(found), first
        assert len(found) <= 20, first


@st.composite
def formats(draw: st.DrawFn) -> tuple[dict[str, str], bytes]:
    """Give formats that may nest, repeat or miss each other, and data of any size."""
    kinds = [*SIZES, "a", "b", "c", "nowhere"]
    field = st.tuples(
        st.sampled_from(kinds), st.integers(0, 70_000), st.sampled_from(["x", "y", "_padding0", "timestamp"])
    )
    texts = {
        name: "".join(
            f"{kind}{f'[{count}]' if 0 < count < 99_999 and count % 3 else ''} {label};"
            for kind, count, label in draw(st.lists(field, min_size=1, max_size=4))
        )
        for name in "abc"
    }
    return texts, draw(st.binary(min_size=2, max_size=300))


@given(formats())
@settings(max_examples=150, deadline=None)
def test_any_formats_give_a_result_of_bounded_size(given_formats: tuple[dict[str, str], bytes]):
    texts, body = given_formats
    log = UlogBuilder()
    for name, text in texts.items():
        log.format(f"{name}:{text}").subscribe(name)
    for size in {len(body), 12, 20}:
        log.raw(message("D", struct.pack("<H", size % 3) + body[:size]) * 3)
    result = decoded(log.bytes)
    hold(result, len(log.bytes))
    assert sum(table.nbytes for table in result.tables.values()) <= 16 * len(log.bytes)


@st.composite
def confused_logs(draw: st.DrawFn) -> bytes:
    """Logs whose topics have familiar names and fields, of types that PX4 would not give them."""
    log = UlogBuilder()
    for msg_id, name in enumerate(draw(st.lists(st.sampled_from(sorted(KNOWN)), min_size=1, max_size=5))):
        labels = [field.split(" ")[1] for field in KNOWN[name].split(";") if field]
        kinds = [draw(st.sampled_from([*SIZES, "uint64_t"])) for _ in labels]
        kinds[0] = draw(st.sampled_from(["uint64_t", "uint64_t", "int64_t", "double"]))
        log.format(f"{name}:" + "".join(f"{k} {n};" for k, n in zip(kinds, labels, strict=True)))
        log.subscribe(name, draw(st.integers(0, 2)), msg_id)
        size = sum(SIZES[k] for k in kinds)
        for _ in range(draw(st.integers(1, 4))):
            values = draw(st.binary(min_size=0, max_size=size)).ljust(
                size, draw(st.sampled_from([b"\0", b"\1", b"\xff"]))
            )
            log.raw(message("D", struct.pack("<H", msg_id) + values))
    return log.bytes


@given(confused_logs())
@settings(max_examples=150, deadline=None)
def test_familiar_topics_of_the_wrong_types_give_a_result(data: bytes):
    hold(decoded(data), len(data))


@given(st.binary(max_size=400), st.integers(0, 30))
@settings(max_examples=150, deadline=None)
def test_the_hot_loop_takes_only_whole_messages_of_the_right_size(some: bytes, start: int):
    known = Definitions()
    known.sizes[0] = known.sizes[68] = 2
    data = b"\x02\x00D\x00\x00" * 3 + some
    taken, others = DataMessages(), array("q")
    chain = follow(memoryview(data), min(start, len(data)), len(data), known.sizes, taken, others)
    for offset in taken.offsets:
        assert data[offset : offset + 5] in {b"\x02\x00D\x00\x00", b"\x02\x00D\x44\x00"}
    ends = {at + 3 + int.from_bytes(data[at : at + 2], "little") for at in (*taken.offsets.tolist(), *others)}
    assert chain.at == max(ends, default=min(start, len(data)))
    assert chain.at <= len(data)
