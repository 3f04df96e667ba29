"""The DataFlash kernel gives what its twin gives, on logs, on damaged logs and on any bytes."""

from __future__ import annotations

from array import array
from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside import native
from groundside.decode.formats.dataflash import FORMAT
from groundside.model.decoded import Decoded
from groundside.native import dataflash as kernel
from tests.dataflash_builder import LogBuilder, decoded, fmt_record, with_gps
from tests.gathering import bits

MAGIC = b"\xa3\x95"


def log() -> bytes:
    made = LogBuilder().define("NUM", "QHf", "TimeUS,Value,More").define("OLD", "IB", "TimeMS,Value")
    made = (
        made.define("BAT", "QBf", "TimeUS,Inst,Volt").units("BAT", "s#v", "F--").define("MSG", "QZ", "TimeUS,Message")
    )
    made = with_gps(made.add("MSG", 10_000_000, "ArduCopter V4.5.7 (abcd1234)"), rows=2)
    for n in range(8):
        made.add("NUM", 10_300_000 + n, n, n / 2).add("OLD", 2**32 - 4 + n & 0xFFFFFFFF, n)
        made.add("BAT", 10_400_000 + n, n % 2, 12.0)
    return made.bytes


LOG = log()
PIECES = (MAGIC, b"\xa3", b"\x95", MAGIC + b"\x80", fmt_record(7, "ABC", "QB", "TimeUS,V"), LOG[:178], bytes(5))


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A log with bytes changed, pieces cut out and pieces put in; or a heap of pieces; or any bytes."""
    if draw(st.integers(0, 4)) == 0:
        return b"".join(draw(st.lists(st.sampled_from(PIECES) | st.binary(max_size=40), max_size=12)))
    data = bytearray(LOG)
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data)))
        match draw(st.integers(0, 3)):
            case 0:
                data[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
            case 1:
                del data[at : at + draw(st.integers(1, 200))]
            case 2:
                data[at:at] = draw(st.sampled_from(PIECES))
            case _:
                del data[at:]
    return bytes(data)


BY_TYPE = st.binary(min_size=256, max_size=256)
LENGTHS = BY_TYPE.map(lambda some: array("i", [-1 if each == 255 else each for each in some]))
STATED = array("i", [0] * 256)
for _at in [m for m in range(len(LOG) - 89) if LOG[m : m + 3] == MAGIC + b"\x80"]:
    STATED[LOG[_at + 3]] = LOG[_at + 4]


def both(name: str, *arguments: object) -> tuple[object, object]:
    """What kernel and twin make of the same; a refusal in words."""
    found: list[object] = []
    for each in (name, f"{name}_plainly"):
        try:
            found.append(getattr(kernel, each)(*arguments))
        except ValueError as refused:
            found.append(str(refused))
    return found[0], found[1]


def offsets_in(data: bytes) -> np.ndarray:
    return np.array([n for n in range(len(data) - 2) if data[n : n + 2] == MAGIC], np.int64)


def plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value.tolist() if isinstance(value, np.ndarray) else value


@given(damaged(), st.just(STATED) | LENGTHS, st.integers(-2, 300), st.integers(0, 4000), st.integers(0, 40))
@settings(max_examples=250, deadline=None)
def test_both_follow_a_chain_as_far(data: bytes, lengths: array[int], start: int, stop: int, room: int):
    ours, theirs = np.full(room, -1, np.int64), np.full(room, -1, np.int64)
    taken = min(2, room)
    view = memoryview(data)
    found = kernel.follow(view, start, stop, lengths, ours, taken)
    assert found == kernel.follow_plainly(view, start, stop, lengths, theirs, taken)
    assert ours.tolist() == theirs.tolist()


@given(damaged(), st.integers(-2, 400))
@settings(max_examples=200, deadline=None)
def test_both_find_the_same_definitions_and_headers(data: bytes, start: int):
    found, same = both("definition_from", memoryview(data), start)
    assert found == same
    assert kernel.headers(memoryview(data)).tolist() == kernel.headers_plainly(memoryview(data)).tolist()


@given(damaged(), st.just(STATED) | LENGTHS, st.integers(-2, 400))
@settings(max_examples=250, deadline=None)
def test_both_take_a_chain_up_again_at_the_same_place(data: bytes, lengths: array[int], start: int):
    found, same = both("joined_from", memoryview(data), start, lengths)
    assert found == same


def test_many_headers_are_all_found():
    view = memoryview(MAGIC * 200_001)
    assert len(kernel.headers(view)) == 200_000
    assert kernel.headers(view).tolist() == kernel.headers_plainly(view).tolist()


@given(damaged(), st.integers(-1, 12), st.lists(st.integers(-2, 5000), max_size=3))
@settings(max_examples=200, deadline=None)
def test_both_part_records_by_a_byte_alike_or_refuse(data: bytes, at: int, more: list[int]):
    found, same = both("by_byte", memoryview(data), np.append(offsets_in(data), np.array(more, np.int64)), at)
    assert plain(found) == plain(same)
    if isinstance(found, dict):
        assert list(found) == sorted(found)


@given(damaged(), st.data(), st.sampled_from([4, 8]))
@settings(max_examples=200, deadline=None)
def test_both_read_the_same_clocks_and_find_the_same_stretch(data: bytes, draw: st.DataObject, width: int):
    view, offsets = memoryview(data), offsets_in(data)
    places = np.array([(0, 0, 3, 4, 9)[each % 5] for each in draw.draw(BY_TYPE)], np.int32)
    found, same = both("stamps", view, offsets, places, width)
    assert plain(found) == plain(same)
    times = st.integers(0, 2**33) | st.sampled_from([0, 10_300_000, 10_300_004, 2**32, 2**62])
    clock = kernel.Clock(draw.draw(st.sampled_from([3, 4, 9, 200])), width, draw.draw(st.integers(0, 2**34)))
    found, same = both("between", view, offsets, clock, draw.draw(times), draw.draw(times))
    assert plain(found) == plain(same)


def everything(result: Decoded) -> tuple[object, ...]:
    tables = {name: {c: bits(table[c]) for c in table.column_names} for name, table in result.tables.items()}
    return tables, result.facts, result.problems, result.account, FORMAT.log(result).messages.to_pylist()


@given(damaged())
@settings(max_examples=120, deadline=None)
def test_a_log_reads_the_same_with_kernels_and_without(data: bytes):
    with patch.object(native, "PLAIN", True):
        plainly = everything(decoded(data))
    assert everything(decoded(data)) == plainly
