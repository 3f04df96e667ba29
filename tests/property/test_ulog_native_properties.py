"""The compiled kernels of ULog say what their plain twins say, whatever the bytes are."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundside import native
from groundside.native.ulog import IDS, DataMessages, by_id, by_id_plainly, follow, is_text, is_text_plainly
from groundside.native.ulog_clock import Clocked, Stamped, clocked, clocked_plainly, latest, latest_plainly
from groundside.native.ulog_rules import KINDS
from tests.ulog_builder import START_US, UlogBuilder, decoded, flight, message

FLIGHT = flight(1_780_000_000_000_000).bytes
WORDS = [
    "int32_t",
    "float",
    "char",
    "char[4]",
    "char[0]",
    "uint8_t[2]",
    "uint8_t[]",
    "x[00012]",
    "y[123456]",
    "a-b",
    "é",
]
NAMES = ["A", "SYS_ID", "a/b-c", "n" * 128, "n" * 129, "", "a b", "a[2]"]
FIELDS = [
    "float x;",
    "uint64_t[3] timestamp;",
    "other[0] y;",
    "nest[99999] z;",
    "double d",
    ";",
    "t[100000] u;",
    "/ /;",
]


def told(plain: bool, data: bytes, sizes: array[int], start: int, stop: int) -> tuple[object, ...]:
    """Follow the chain to its end, from call to call, and say all that came out."""
    taken, others, ends = DataMessages(1), array("q"), []
    with patch.object(native, "PLAIN", plain):
        more, last, effort = True, -1, 0
        while more:
            chain = follow(memoryview(data), start, stop, sizes, taken, others)
            more, start, effort = chain.more, chain.at, effort + chain.effort
            last = chain.last if chain.last >= 0 else last
            ends.append(chain.at)
    return taken.offsets.tolist(), taken.ids.tolist(), others.tolist(), ends[-1], last, effort


def sizes_of(data: bytes, known: dict[int, int] | None = None) -> array[int]:
    """Give the size of each id as its first message in a chain states it."""
    sizes = array("i", bytes(4 * IDS))
    at = 16
    while at + 5 <= len(data):
        size, kind, msg_id = struct.unpack_from("<HBH", data, at)
        sizes[msg_id] = sizes[msg_id] or (size if kind == ord("D") else 0)
        at += 3 + size
    for msg_id, size in (known or {}).items():
        sizes[msg_id] = size
    return sizes


@st.composite
def pairs(draw: st.DrawFn) -> bytes:
    """A key and a value that may fit it."""
    key = f"{draw(st.sampled_from(WORDS))} {draw(st.sampled_from(NAMES))}".encode()[:255]
    value = draw(st.sampled_from([b"", b"abcd", b"\0" * 4, b"\x1b\x07\x7f\xff", b"\x06abc", b"12", bytes(8)]))
    length = draw(st.sampled_from([len(key), len(key), len(key), 0, 255, len(key) - 1]))
    return bytes([length]) + key + value


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """What may stand in a message of some kind."""
    texts = st.sampled_from(
        [b"", b"6", b"6" + bytes(8), b"6" + bytes(10) + b"words", b"9" + bytes(20), b"0" + b"\x06" * 12]
    )
    formats = st.lists(st.sampled_from(FIELDS), max_size=3).map(lambda fields: f"a:{''.join(fields)}".encode())
    several = st.one_of(
        pairs(), pairs().map(lambda p: b"\1" + p), pairs().map(lambda p: b"\2" + p), texts, formats,
        st.sampled_from([b"\0\3\0topic", b"\0\3\0", b"\0\3\0to pic", b"\0\3", b"\0\3\0" + b"t" * 129, b"\3\0",
                         bytes.fromhex("2f731320250cbb12"), bytes(40), b"ab:x y;", b":x y;", b"a" * 129 + b":x y;"]),
        st.binary(max_size=12),
    )  # fmt: skip
    return draw(several)


@given(
    st.lists(st.tuples(st.sampled_from([*KINDS.decode(), "z"]), bodies()), min_size=1, max_size=8),
    st.binary(max_size=6),
    st.integers(-3, 3),
)
@example([("L", b"")], b"", 0)
@example([("F", b"a:float x")], b"\0\0z", 0)
@example([("A", b"\0\3\0topic"), ("D", b"\3\0abc")], b"", 0)
@settings(max_examples=200, deadline=None)
def test_every_kind_of_message_is_held_to_the_same_rules(some: list[tuple[str, bytes]], end: bytes, cut: int):
    data = bytes(16) + b"".join(message(kind, body) for kind, body in some) + end
    stop = min(len(data), len(data) + cut)
    sizes = sizes_of(data, {3: 5})
    for start in range(0, len(data) + 1, 1 + len(data) // 3):
        assert told(False, data, sizes, start, stop) == told(True, data, sizes, start, stop)
    assert told(False, data, sizes, 16, stop) == told(True, data, sizes, 16, stop)


@given(
    st.lists(st.tuples(st.integers(16, len(FLIGHT) - 1), st.binary(max_size=9), st.integers(0, 9)), max_size=6),
    st.integers(0, len(FLIGHT)),
)
@settings(max_examples=60, deadline=None)
def test_the_chain_is_followed_alike_through_damage(changes: list[tuple[int, bytes, int]], start: int):
    data = FLIGHT
    for at, put, removed in changes:
        data = data[:at] + put + data[at + removed :]
    sizes = sizes_of(FLIGHT)
    for first in (16, min(start, len(data))):
        assert told(False, data, sizes, first, len(data)) == told(True, data, sizes, first, len(data))


MESSAGES = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 7, 300, 65_535]),
        st.one_of(
            st.integers(0, 50), st.integers(2**40, 2**40 + 50), st.sampled_from([2**63, 2**64 - 1, 2**63 - 1, 1 << 50])
        ),
    ),
    min_size=1,
    max_size=60,
)


PLACE = (5 + np.arange(IDS) % 3).astype(np.int32)


def stamped(messages: list[tuple[int, int]]) -> Stamped:
    """Make data messages of some ids and times, each after a byte more or less."""
    data, offsets = b"", []
    for msg_id, time in messages:
        offsets.append(len(data))
        data += message("D", struct.pack("<H", msg_id) + bytes(msg_id % 3) + struct.pack("<Q", time))
    ids = np.array([msg_id for msg_id, _ in messages], np.uint16)
    return Stamped(memoryview(data), np.array(offsets, np.int64), ids, PLACE)


@given(MESSAGES)
@settings(max_examples=150, deadline=None)
def test_messages_are_sorted_by_id_as_numpy_sorts_them(messages: list[tuple[int, int]]):
    of = stamped(messages)
    kernel, plain = by_id(of.offsets, of.ids), by_id_plainly(of.offsets, of.ids)
    assert (kernel.present, kernel.ends) == (plain.present, plain.ends)
    assert kernel.places.tolist() == plain.places.tolist()


@given(MESSAGES, st.integers(0, 2**41), st.integers(0, 60), st.lists(st.integers(-1, 1200), max_size=5))
@settings(max_examples=150, deadline=None)
def test_times_are_summed_up_as_numpy_does_it(messages: list[tuple[int, int]], most: int, jump: int, asked: list[int]):
    of, offsets = stamped(messages), np.array(asked, np.int64)
    assert clocked(of, most, jump) == clocked_plainly(of, most, jump)
    assert latest(of, offsets, 3).tolist() == latest_plainly(of, offsets, 3).tolist()


def test_one_time_far_ahead_of_those_around_it_is_found_and_a_step_that_lasts_is_not():
    ahead, step = ([(0, n) for n in range(40)] for _ in range(2))
    ahead[20] = (0, 10_000)
    step[20:] = [(0, 10_000 + n) for n in range(20)]
    assert clocked(stamped(ahead), 2**40, 100) == Clocked(1, 10_000, is_sound=False)
    assert clocked(stamped(step), 2**40, 100) == Clocked(1, 10_019, is_sound=True)


@given(st.lists(st.one_of(st.binary(max_size=12), st.text(max_size=5).map(str.encode)), max_size=8), st.integers(1, 12))
@example([b"\xed\xa0\x80"], 3)
@example([b"\xf4\x90\x80\x80"], 4)
@example([b"ab\0\x01\xff"], 5)
@settings(max_examples=200, deadline=None)
def test_characters_are_text_where_python_can_read_them_as_such(words: list[bytes], width: int):
    fields = [word[:width].ljust(width, b"\0") for word in words]
    data, places = memoryview(b"".join(fields)), np.arange(len(fields), dtype=np.int64) * width
    assert is_text(data, places, 0, width) == is_text_plainly(data, places, 0, width)


def outcome(data: bytes) -> dict[str, Any]:
    """Say all that decoding gives, so that it can be compared."""
    result = decoded(data)
    return {
        "tables": {name: (table.schema.to_string(), bits(table)) for name, table in result.tables.items()},
        "facts": result.facts,
        "problems": result.problems,
        "account": result.account,
    }


def bits(table: pa.Table) -> list[list[object]]:
    """Give every value in a form in which NaN is itself."""
    return [[repr(value) for value in column.to_pylist()] for column in table.columns]


def rich_log() -> bytes:
    """Give a small log with everything that a table may hold."""
    log = UlogBuilder().information("sys_name", "PX4").parameter("A", 1).parameter("B", 0.5, default=3)
    log.topic("all", "uint64_t timestamp;bool b;char[4] word;char[2] code;float[2] f;uint8_t[600] raw;", "QB4s2s2f600B")
    log.topic("num", "uint64_t timestamp;uint32_t value;", instances=2).topic("still", "uint32_t value;")
    for n in range(12):
        code = b"\xff\1" if n == 5 else b"ok"
        log.add("all", START_US + n, n % 2, b"w\xc3\xa9\0", code, 0.5, n, *(n for _ in range(600)))
        log.add("num", START_US + n, n).add("num", START_US + n, n, multi_id=1).add("still", n)
        if n % 4 == 2:
            log.text(START_US + n, "said").dropout(n).parameter("A", n).sync().piece("k", "v", continued=n > 4)
    return log.subscribe("num", 2, msg_id=0).add("num", START_US + 20, 1).bytes


RICH = rich_log()


@given(
    st.sampled_from([RICH, FLIGHT[:6000]]),
    st.lists(st.tuples(st.integers(0, 6000), st.binary(max_size=6), st.integers(0, 6)), max_size=4),
)
@example(RICH, [])
@settings(max_examples=60, deadline=None)
def test_a_log_is_read_the_same_by_kernels_and_twins(data: bytes, changes: list[tuple[int, bytes, int]]):
    for at, put, removed in changes:
        data = data[:at] + put + data[at + removed :]
    ours = outcome(data)
    with patch.object(native, "PLAIN", True):
        assert outcome(data) == ours


def test_what_lies_outside_the_data_is_refused_and_not_read():
    of = stamped([(0, 1), (1, 2)])
    beyond = Stamped(of.data, of.offsets + 10, of.ids, of.place)
    calls: list[Callable[[], object]] = [
        lambda: clocked(beyond, 1, 1),
        lambda: latest(beyond, np.array([10**6], np.int64), 5),
        lambda: is_text(of.data, np.array([0, 10**6], np.int64), 0, 1),
    ]
    for plain in (False, True):
        with patch.object(native, "PLAIN", plain):
            for call in calls:
                assert refused(call), (plain, call)


def refused(call: Callable[[], object]) -> bool:
    try:
        call()
    except ValueError as error:
        return "outside the data" in str(error)
    return False
