"""The kernels of flight records give what their twins give: on records, on damaged ones, and on any bytes."""

from unittest.mock import patch

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundside.decode.format import Options
from groundside.decode.formats.dji_record import FORMAT
from groundside.model.decoded import Decoded
from groundside.model.late import LateTables
from groundside.native import _dji, dji_columns
from groundside.native.dji import Chain, Contents, copied, unscrambled, walk_plainly
from groundside.native.dji_columns import Ask, Op, Plan, columns
from groundside.native.dji_words import Words
from tests.dji_record_builders import flown
from tests.plain_kernels import assert_same_table, plain_kernels, same_by_both

FILES = {version: flown(version, rows=12).build() for version in (4, 6, 11, 12, 13, 14)}
KEYS = {version: flown(version, rows=12).answer() for version in (13, 14)}
BYTES = st.one_of(
    st.binary(max_size=400), st.lists(st.sampled_from([b"\x01\x01a\xff", b"\x02\x02ab\xff", b"\xff"])).map(b"".join)
)
SCALED = st.sampled_from(["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"])
ASKS = st.one_of(
    st.builds(Ask, st.just(Op.WHOLE), st.integers(0, 12), SCALED),
    st.builds(Ask, st.sampled_from([Op.WHOLE, Op.FLAG]), st.integers(0, 12), st.just("u1"), st.sampled_from([1, 6, 0xC0])),
    st.builds(Ask, st.just(Op.NUMBER), st.integers(0, 12), SCALED, st.just(0), st.sampled_from([1.0, 10.0, 1e7]), st.sampled_from([0.0, -273.15])),
    st.builds(Ask, st.just(Op.NUMBER), st.integers(0, 12), SCALED, least=st.just(2.0), most=st.just(10_000.0)),
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


@given(st.lists(st.binary(max_size=40), max_size=20), st.integers(0, 255), st.lists(ASKS, min_size=1, max_size=5))
@settings(max_examples=150, deadline=None)
def test_columns_and_scrambling_are_those_of_the_twins(payloads: list[bytes], kind: int, asked: list[Ask]):
    data = np.frombuffer(b"".join(payloads), np.uint8)
    lengths = np.array([len(payload) for payload in payloads], np.int32)
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    kinds = np.full(len(payloads), kind, np.uint8)
    scrambled = Contents(data, starts, np.maximum(lengths - 2, 0), kind)
    made = [_all_of(data, kinds, scrambled, lengths, asked)]
    with plain_kernels():
        made.append(_all_of(data, kinds, scrambled, lengths, asked))
    assert_same_table(made[0], made[1])


def _all_of(data: np.ndarray, kinds: np.ndarray, scrambled: Contents, lengths: np.ndarray, asked: list[Ask]):
    """The columns of plain payloads, of scrambled ones, and of those whose scrambling was undone before."""
    opened = unscrambled(data, kinds, scrambled.starts, lengths)
    moved = Contents(np.zeros(len(opened.buffer), np.uint8), opened.starts, opened.sizes)
    copied(opened.buffer, opened.starts, opened.sizes, moved.buffer, moved.starts)
    plan = Plan(asked)
    found = [columns(each, plan) for each in (Contents(data, scrambled.starts, lengths), scrambled, opened, moved)]
    for scrambled_column, opened_column, moved_column in zip(*found[1:], strict=True):
        one = pa.table({"column": scrambled_column})
        assert_same_table(one, pa.table({"column": opened_column}))
        assert_same_table(one, pa.table({"column": moved_column}))
    return pa.table({f"{n}": column for n, column in enumerate(found[0] + found[1])})


@given(
    st.lists(st.text(max_size=9), min_size=256, max_size=256),
    st.lists(st.one_of(st.none(), st.integers(0, 255)), max_size=70),
    st.integers(0, 3),
)
@settings(max_examples=60, deadline=None)
def test_words_are_those_that_arrow_takes(texts: list[str], numbers: list[int | None], first: int):
    words, asked = Words(texts), pa.array(numbers, pa.uint8())
    assert words.of(asked).equals(words.texts.take(asked))
    assert words.of(asked.slice(first)).equals(words.texts.take(asked.slice(first)))
    with plain_kernels():
        assert words.of(asked).equals(words.texts.take(asked))


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=400), st.lists(ASKS, min_size=1, max_size=5), st.integers(1, 4000)
)
@settings(max_examples=40, deadline=None)
def test_columns_made_window_by_window_are_those_made_at_once(sizes: list[int], asks: list[Ask], window: int):
    starts = np.cumsum([0, *sizes[:-1]]).astype(np.int64)
    data = np.random.default_rng(3).integers(0, 256, sum(sizes) + 1, np.uint8)
    contents, plan = Contents(data, starts, np.array(sizes, np.int32)), Plan(asks)
    whole = columns(contents, plan)
    with patch.multiple(dji_columns, is_mapped=lambda _: True, WINDOW_BYTES=window):
        assert len(list(dji_columns._windows(contents))) == 1 or max(starts) > window
        parts = columns(contents, plan)
    for part, at_once in zip(parts, whole, strict=True):
        assert_same_table(pa.table({"of": part}), pa.table({"of": at_once}))
