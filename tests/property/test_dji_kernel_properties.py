"""The kernels of flight records give what their twins give: on records, on damaged ones, and on any bytes."""

from itertools import pairwise
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundside.decode.format import Options
from groundside.decode.formats.dji_record import FORMAT
from groundside.model.decoded import Decoded
from groundside.model.late import LateTables
from groundside.native import _dji, dji_columns
from groundside.native.dji import Chain, copied, unscrambled, walk_plainly
from groundside.native.dji_columns import Ask, Op, Plan, table
from groundside.native.dji_rows import Limits, Rows, Source, by_kind, firsts, steady, texts
from groundside.native.dji_words import Words
from tests.dji_record_builders import flown
from tests.plain_kernels import assert_same_table, plain_kernels, same_by_both

FILES = {version: flown(version, rows=12).build() for version in (4, 6, 11, 12, 13, 14)}
KEYS = {version: flown(version, rows=12).answer() for version in (13, 14)}
BYTES = st.one_of(
    st.binary(max_size=400), st.lists(st.sampled_from([b"\x01\x01a\xff", b"\x02\x02ab\xff", b"\xff"])).map(b"".join)
)
WORDS = (Words([f"word {n}" * (n % 4) for n in range(256)]), Words([f"no {n} ü" for n in range(256)]))
SCALED = st.sampled_from(["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"])
ASKS = st.one_of(
    st.builds(Ask, st.just(Op.WHOLE), st.integers(0, 12), SCALED),
    st.builds(Ask, st.sampled_from([Op.WHOLE, Op.FLAG]), st.integers(0, 12), st.just("u1"), st.sampled_from([1, 6, 0xC0])),
    st.builds(Ask, st.just(Op.NUMBER), st.integers(0, 12), SCALED, st.just(0), st.sampled_from([1.0, 10.0, 1e7]), st.sampled_from([0.0, -273.15])),
    st.builds(Ask, st.just(Op.NUMBER), st.integers(0, 12), SCALED, least=st.just(2.0), most=st.just(10_000.0)),
    st.builds(Ask, st.just(Op.WORDS), st.integers(0, 12), st.just("u1"), st.sampled_from([0, 7, 0xC0]), words=st.sampled_from(WORDS)),
    st.builds(Ask, st.sampled_from([Op.ROW, Op.PLACE])),
    st.builds(Ask, st.just(Op.ANGLE), st.integers(0, 12), st.sampled_from(["f4", "f8"]), most=st.just(np.pi)),
)  # fmt: skip


def decoded(data: bytes, version: int) -> Decoded:
    assert FORMAT.keys_from_answer is not None
    chains = FORMAT.keys_from_answer(KEYS[version]) if version in KEYS else ()
    return FORMAT.decode(memoryview(data), Options(chains))


@given(st.sampled_from(sorted(FILES)), st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_record_says_the_same_by_both(version: int, draw: st.DataObject):
    data = bytearray(FILES[version])
    for _ in range(draw.draw(st.integers(0, 6))):
        at = draw.draw(st.integers(0, len(data) - 1))
        piece = draw.draw(st.binary(max_size=8))
        data[at : at + draw.draw(st.integers(0, 12))] = piece
        data += b"\xff"
    same_by_both(lambda: decoded(bytes(data), version))


def test_whole_records_of_every_kind_of_version_say_the_same_by_both():
    for version, data in FILES.items():
        assert same_by_both(lambda data=data, version=version: decoded(data, version)).tables


@given(st.sampled_from(sorted(FILES)), st.integers(0, 1_300_000), st.integers(0, 1_300_000))
@settings(max_examples=30, deadline=None)
def test_a_stretch_of_time_is_those_rows_of_the_whole(version: int, first: int, last: int):
    whole = decoded(FILES[version], version)
    tables = whole.tables
    assert isinstance(tables, LateTables)
    track = FORMAT.track(whole)
    assert track is not None
    start = int(track.time_us[0])
    cut = tables.between(start + first, start + last)
    owners = tables["OSD"].column("record").to_numpy()
    for name in ("OSD", "HOME", "GIMBAL", "CUSTOM", "APP_TIP"):
        if name not in tables:
            continue
        records = tables[name].column("record").to_numpy()
        times = track.time_us[np.maximum(np.searchsorted(owners, records, side="right") - 1, 0)]
        expected = tables[name].filter((times >= start + first) & (times < start + last))
        assert_same_table(cut[name], expected)


@given(BYTES, st.booleans(), st.integers(1, 40))
@settings(max_examples=150, deadline=None)
@example(b"\x01\x01a\xff" * 30, False, 3)
def test_the_walk_takes_what_its_twin_takes(data: bytes, wide: bool, room: int):
    rows = [(np.zeros(room, np.uint8), np.zeros(room, np.int64), np.zeros(room, np.int32)) for _ in range(2)]
    view = memoryview(data)
    ends = [
        walk(view, 0, len(data), wide, *into, 0) for walk, into in zip((_dji.walk, walk_plainly), rows, strict=True)
    ]
    assert ends[0] == ends[1]
    for one, other in zip(*rows, strict=True):
        assert one.tolist() == other.tolist()


@given(BYTES, st.booleans())
@settings(max_examples=50, deadline=None)
def test_a_chain_grows_as_far_as_it_must(data: bytes, wide: bool):
    small, large = Chain(0), Chain(1000)
    assert small.walk(memoryview(data), 0, len(data), wide=wide) == large.walk(
        memoryview(data), 0, len(data), wide=wide
    )
    assert small.starts.tolist() == large.starts.tolist()


PAYLOADS = st.lists(st.binary(max_size=40), max_size=20)


def rows_of(payloads: list[bytes], kind: int | None, which: list[int] | None = None) -> Rows:
    """Those of some payloads that lie one behind the other, as they would from byte 100 of a file on."""
    lengths = np.array([len(payload) for payload in payloads], np.int32)
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    source = Source(np.frombuffer(b"".join(payloads), np.uint8), starts, lengths, starts + 100, 2)
    return Rows(source, np.arange(len(payloads)) if which is None else np.array(which, np.int64), kind)


def unscrambled_rows(rows: Rows) -> Rows:
    """The same with the scrambling undone before, and all of it copied."""
    held, kinds = rows.source, np.full(len(rows.source.starts), rows.kind, np.uint8)
    opened = unscrambled(held.data, kinds, held.starts, held.lengths)
    moved = np.zeros(len(opened.buffer), np.uint8)
    copied(opened.buffer, opened.starts, opened.sizes, moved, opened.starts)
    return Rows(Source(moved, opened.starts, opened.sizes, held.places, held.head), rows.which)


@given(PAYLOADS, st.integers(0, 255), st.lists(ASKS, min_size=1, max_size=6), st.data())
@settings(max_examples=200, deadline=None)
def test_tables_and_scrambling_are_those_of_the_twins(
    payloads: list[bytes], kind: int, asked: list[Ask], draw: st.DataObject
):
    which = draw.draw(st.lists(st.integers(0, len(payloads) - 1), max_size=30)) if payloads else []
    plan = Plan(asked)
    scrambled = rows_of(payloads, kind, which)
    found = [table(rows, plan) for rows in (rows_of(payloads, None, which), scrambled, unscrambled_rows(scrambled))]
    assert_same_table(found[1], found[2])
    with plain_kernels():
        twins = [table(rows, plan) for rows in (rows_of(payloads, None, which), scrambled, unscrambled_rows(scrambled))]
    for one, twin in zip(found, twins, strict=True):
        assert_same_table(one, twin)


def test_a_record_that_ends_before_has_no_text_behind_its_null():
    column = table(rows_of([b"", b"\x05"], None), Plan([Ask(Op.WORDS, words=WORDS[1])])).column(0).chunk(0)
    assert column.to_pylist() == [None, "no 5 ü"]
    assert np.frombuffer(column.buffers()[1], np.int32).tolist() == [0, 0, len("no 5 ü".encode())]


@given(PAYLOADS, st.one_of(st.none(), st.integers(0, 255)))
@settings(max_examples=100, deadline=None)
def test_what_records_hold_and_begin_with_is_that_of_the_twins(payloads: list[bytes], kind: int | None):
    rows = rows_of(payloads, kind)
    held, first = texts(rows), firsts(rows).tolist()
    with plain_kernels():
        assert (texts(rows), firsts(rows).tolist()) == (held, first)
    assert first == [text[0] if text else 0 for text in held]
    if kind is None:
        assert held == payloads


ANGLES = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, 1.0005, -1.0, 1.6, 3.1, 3.2, 1e-12, 8e5, float("nan"), float("inf")]), st.floats(0.9999, 1.0001)
)  # fmt: skip


@given(st.lists(st.tuples(ANGLES, ANGLES), max_size=8), st.integers(0, 3), st.one_of(st.none(), st.integers(0, 255)))
@settings(max_examples=300, deadline=None)
@example([(1.0, 1.0)] * 3, 0, None)
@example([(1.0, 1.0), (1.0, 1.0), (1.001, 1.0)], 0, None)
@example([(1.0, 1.0), (1.0, 1.0), (1.0, 1.001)], 0, None)
@example([(1.0, 1.0), (1.0006, 1.0), (1.0006, 1.0006)], 0, None)
@example([(1.0, 1.0), (1.0, 1.0), (1.0009, 1.0), (0.0, 0.0), (8e5, 8e5)], 0, None)
def test_records_are_steady_where_the_twin_says_so(angles: list[tuple[float, float]], cut: int, kind: int | None):
    more = b"" if kind is None else b"?"
    payloads = [more + np.array(pair).tobytes() + more for pair in angles]
    if cut == 1 and payloads:
        payloads[-1] = payloads[-1][:-1]
    limits = Limits((np.pi, np.pi / 2), 1e-9, 8e5, 1e-3)
    rows = rows_of(payloads, kind)
    found = steady(rows, limits)
    with plain_kernels():
        assert steady(rows, limits) == found
    if kind is None and not cut and all(pair == (1.0, 1.0) for pair in angles):
        assert found


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 99), st.booleans())), st.booleans())
@settings(max_examples=100, deadline=None)
def test_records_are_brought_together_as_the_twin_does_it(records: list[tuple[int, int, bool]], some: bool):
    kinds, lengths, left_out = (
        np.array([record[k] for record in records], kind) for k, kind in enumerate((np.uint8, np.int32, np.bool_))
    )
    found = by_kind(kinds, left_out if some else None, lengths)
    with plain_kernels():
        twin = by_kind(kinds, left_out if some else None, lengths)
    assert [(kind, which.tolist(), least) for kind, which, least in found] == [
        (kind, which.tolist(), least) for kind, which, least in twin
    ]
    assert sorted(n for _, which, _ in found for n in which) == [
        n for n, record in enumerate(records) if not (some and record[2])
    ]


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=400), st.lists(ASKS, min_size=1, max_size=5), st.integers(1, 4000)
)
@settings(max_examples=40, deadline=None)
def test_a_table_made_window_by_window_is_the_one_made_at_once(sizes: list[int], asks: list[Ask], window: int):
    data = np.random.default_rng(3).integers(0, 256, sum(sizes) + 1, np.uint8).tobytes()
    ends = np.cumsum([0, *sizes]).tolist()
    rows, plan = rows_of([data[a:b] for a, b in pairwise(ends)], None), Plan(asks)
    whole = table(rows, plan)
    with patch.multiple(dji_columns, is_mapped=lambda _: True, WINDOW_BYTES=window):
        assert len(list(dji_columns._windows(rows))) == 1 or max(ends[:-1]) > window
        assert_same_table(table(rows, plan), whole)


@pytest.mark.parametrize(
    "wrong", [{"which": [3]}, {"which": [-1]}, {"start": 5}, {"start": -1}, {"length": 9}, {"length": -1}]
)
def test_a_record_outside_of_the_data_is_refused_by_both(wrong: dict[str, Any]):
    start, length = wrong.get("start", 0), wrong.get("length", 4)
    starts, lengths = np.array([0, start, 0]), np.array([1, length, 1], np.int32)
    rows = Rows(Source(np.zeros(8, np.uint8), starts, lengths, starts, 2), np.array(wrong.get("which", [0, 1])))
    for asked in (lambda: table(rows, Plan([Ask(Op.WHOLE)])), lambda: texts(rows), lambda: firsts(rows)):
        with pytest.raises(ValueError, match="runs past the end"):
            asked()
        with plain_kernels(), pytest.raises(ValueError, match="runs past the end"):
            asked()


@pytest.mark.parametrize(
    "ask",
    [Ask(Op.ANGLE, 0, "u4"), Ask(Op.NUMBER, -1), Ask(Op.WHOLE, 0, "u2", 1), Ask(Op.WORDS, 0), Ask(Op.NUMBER, 70000)],
)
def test_a_column_that_makes_no_sense_is_refused(ask: Ask):
    with pytest.raises(ValueError, match="cannot be made"):
        table(rows_of([b"abcdefgh"], None), Plan([ask]))
