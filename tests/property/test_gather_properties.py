"""The gather kernel gives what its twin gives, whatever the plan, the records and the bytes are."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.native.gather import Field, Op, Plan, gathered, gathered_plainly
from tests.gathering import NUMBERS, SCALED, assert_same

MOST_AT = 40
GIVEN = 3
NUMBER = st.sampled_from([(width, kind) for width, kinds in NUMBERS.items() for kind in kinds])


@st.composite
def fields(draw: st.DrawFn, name: str) -> Field:
    op, at = draw(st.sampled_from(list(Op))), draw(st.integers(0, MOST_AT))
    if op is Op.GIVEN:
        width, kind = draw(NUMBER)
        return Field(name, kind, op, draw(st.integers(0, GIVEN - 1)), width)
    if op in SCALED:
        return Field(name, pa.float64(), op, at, divisor=draw(st.sampled_from([1.0, 10.0, 100.0, 1e7, 0.1])))
    if op is Op.COPY:
        width, kind = draw(NUMBER)
        return Field(name, kind, op, at, width)
    if op is Op.LIST:
        width, kind = draw(NUMBER)
        count = draw(st.integers(1, 9))
        return Field(name, pa.list_(kind, count), op, at, width, count)
    width = draw(st.integers(1, 70))
    kinds = {Op.HALF: pa.float32(), Op.BOOL: pa.bool_(), Op.TEXT: pa.string(), Op.BYTES: pa.binary(width)}
    return Field(name, kinds[op], op, at, width)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    return Plan([draw(fields(f"column_{n}")) for n in range(draw(st.integers(1, 6)))])


def outcome(gather: object, data: bytes, offsets: list[int], plan: Plan, lengths: list[int] | None) -> object:
    try:
        return gather(  # pyright: ignore[reportCallIssue]
            memoryview(data),
            np.array(offsets, np.int64),
            plan,
            None if lengths is None else np.array(lengths, np.int32),
            tuple(np.arange(n, n + len(offsets)) * 0x0102_0304_0506_0708 for n in range(GIVEN)),
        )
    except ValueError as refused:
        return str(refused)


def compare(data: bytes, offsets: list[int], plan: Plan, lengths: list[int] | None) -> bool:
    kernel, twin = (outcome(gather, data, offsets, plan, lengths) for gather in (gathered, gathered_plainly))
    if isinstance(kernel, str) or isinstance(twin, str):
        assert kernel == twin
        return False
    assert_same(kernel, twin)
    return True


@given(plans(), st.binary(min_size=160, max_size=400), st.lists(st.integers(0, 10), max_size=40))
@settings(max_examples=250, deadline=None)
def test_records_that_lie_inside_give_the_same_columns(plan: Plan, data: bytes, offsets: list[int]):
    assert compare(data, offsets, plan, None)


@given(plans(), st.binary(max_size=200), st.data())
@settings(max_examples=250, deadline=None)
def test_records_cut_short_or_outside_give_the_same_columns_or_the_same_refusal(
    plan: Plan, data: bytes, draw: st.DataObject
):
    anywhere = st.integers(-3, len(data) + 3) | st.sampled_from([-(2**63), 2**63 - 1, 2**62])
    offsets = draw.draw(st.lists(anywhere if draw.draw(st.booleans()) else st.integers(0, len(data)), max_size=12))
    lengths = [draw.draw(st.integers(-1, 300)) for _ in offsets]
    within = [max(0, min(length, len(data) - at)) for at, length in zip(offsets, lengths, strict=True)]
    compare(data, offsets, plan, draw.draw(st.sampled_from([lengths, within, None])))


@given(
    st.lists(st.sampled_from([b"a\0b", b"\xc3\xa9", b"\xe9", b"", b"abcdef", "☃".encode(), b"\xf0\x9f"]), max_size=600)
)
@settings(max_examples=60, deadline=None)
def test_text_of_any_encoding_is_the_same(words: list[bytes]):
    data = b"".join(word.ljust(6, b"\0") for word in words)
    plan = Plan([Field("a", pa.string(), Op.TEXT, 0, 6), Field("b", pa.binary(6), Op.BYTES, 0, 6)])
    assert compare(data, list(range(0, len(data), 6)), plan, None)
