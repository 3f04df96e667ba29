"""The walk over subtitles finds what the pattern alone finds, and decimal numbers are those that Python reads."""

import math
import struct

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundside.decode.format import Options
from groundside.decode.formats.dji_srt import FORMAT
from groundside.model.late import LateTables
from groundside.native.decimals import SPAN, number, numbers, numbers_plainly
from groundside.native.srt import iso_texts
from groundside.simulate.writers.dji_srt import Dialect, Video, write
from tests.flown import flown
from tests.plain_kernels import assert_same_table, plain_kernels, same_by_both

FILES = {dialect: write(flown(), Video(dialect, 20.0, 23.0, 10.0)).content for dialect in Dialect}
PIECES = st.sampled_from(
    [
        b"\n\n2\n00:00:01,000 --> 00:00:02,000\n", b"2020-02-03 04:05:06,789,012", b"[iso : 100] ", b"[rel_alt: 1.3 abs_alt: 132.86] ",
        b"[latitude: 10.5]", b"GPS(1.5,2.5,16)", b"GPS (1.5, 2.5, 0.0M)", b"HOME(1.5,2.5)", b"BAROMETER(1.5M)", b"BAROMETER: 1.5M ,",
        b"BAROMETER:1.9M \n", b"F/2.8, SS 30.5, ISO 100, EV -1/3, ", b"D 1.5m, H 2.5m/s, H.S n/a", b"ISO:100 EV: Fnum:F2.8 ",
        b"<font size=\"28\">", b"</font>", b"FrameCnt: 5, DiffTime: 33ms", b"[a b: 1]", b"[iso: 1", b"]", b"[", b" ", b"\t\t\t\t\t\t\t\t\t",
        b"G.PRY (-27.3\xc2\xb0, 0.0\xc2\xb0, -76.0\xc2\xb0), ", b"F.PRY(1.5,2,-3\xb0)", b"G.PRY (1.5, 2.5)", b"F.PRY (1., 2, 3)",
        b"F.PRY (1, 2, 3, 4)", b"G.PRY ( 1 \xc2\xb0 ,\t2, 3 )", b"F.PRY (1234567890.5, 2, 3)", b"[drone_roll: 1.5]", b"[gb_yaw: 2.5]",
        b"[fnum: 280]", b"[focal_len: 240]", b"[new_key: text]", b"[new_key: \xc3\xa9]", b"12345678901234567890", b"\r", b"\x0b", b"\xbf", b"M",
        b"BAROMETER: ", b"Hb: 2.5 ", b"\n3\n2020-02-03 04:05:06 ", b"[shutter: 1/0]", b"[ct: 12345678901234567.5]", b"[iso: 99999999999999999999]", b"[" + b"k" * 33 + b": 1]", b"[k: " + b"9" * 65 + b"]",
    ]
)  # fmt: skip
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.one_of(PIECES, st.binary(max_size=3))), max_size=8)
TEXTS = st.lists(
    st.one_of(
        st.floats(-1e6, 1e6).map(lambda x: f"{x:.6f}".encode()),
        st.from_regex(rb"[-+]?[0-9]{1,17}(\.[0-9]{0,17})?", fullmatch=True),
        st.from_regex(rb"[Ff/]{0,2}[0-9]{1,3}\.?[0-9]{0,2}", fullmatch=True),
        st.from_regex(rb"-?[0-9.]{1,5}/[0-9.]{0,6}", fullmatch=True),
        st.sampled_from([b"", b"n/a", b"nan", b"-0", b"-0.0", b"1e5", b"9007199254740993", b"0.000000000000001", b"+", b"."]),
        st.binary(max_size=6),
    ),
    max_size=30,
)  # fmt: skip


def edited(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    made = bytearray(data)
    for where, length, piece in edits:
        at = int(where * len(made))
        made[at : at + length] = piece
    return bytes(made)


@given(st.sampled_from(list(FILES)), EDITS)
@settings(max_examples=120, deadline=None)
def test_damaged_subtitles_say_the_same_by_both(dialect: Dialect, edits: list[tuple[float, int, bytes]]):
    raw = edited(FILES[dialect][:6000], edits)
    same_by_both(lambda: FORMAT.decode(memoryview(raw), Options()))


@given(st.lists(PIECES, max_size=60).map(b"".join))
@settings(max_examples=200, deadline=None)
@example(b"1\n00:00:01,000 --> 00:00:02,000\n" + b"[iso: 1] [iso: 1] " * 3)
def test_a_heap_of_pieces_says_the_same_by_both(raw: bytes):
    same_by_both(lambda: FORMAT.decode(memoryview(b"1\n00:00:00,000 --> 00:00:01,000\n" + raw), Options()))


def test_whole_subtitles_of_every_dialect_say_the_same_by_both():
    for raw in FILES.values():
        found = same_by_both(lambda raw=raw: FORMAT.decode(memoryview(raw), Options()))
        assert found.tables["cues"].num_rows > 20


@given(st.sampled_from(list(FILES)), st.integers(-1_000_000, 4_000_000), st.integers(-1_000_000, 4_000_000))
@settings(max_examples=30, deadline=None)
def test_a_stretch_of_time_is_those_cues_of_the_whole(dialect: Dialect, first: int, last: int):
    whole = FORMAT.decode(memoryview(FILES[dialect]), Options())
    track = FORMAT.track(whole)
    assert track is not None
    assert isinstance(whole.tables, LateTables)
    start, table = int(track.time_us[0]), whole.tables["cues"]
    assert len(track.time_us) == table.num_rows
    inside = (track.time_us >= start + first) & (track.time_us < start + last)
    assert_same_table(whole.tables.between(start + first, start + last)["cues"], table.filter(inside))


@given(TEXTS, st.sampled_from([b"", b"Ff/"]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_numbers_are_read_as_python_reads_them_bit_by_bit(texts: list[bytes], skip: bytes, ratios: bool):
    spans = np.zeros(len(texts), SPAN)
    spans["length"] = [len(text) for text in texts]
    spans["begin"] = np.cumsum(spans["length"]) - spans["length"]
    read, plainly = (each(b"".join(texts), spans, skip, ratios=ratios) for each in (numbers, numbers_plainly))
    assert read.values.tobytes() == plainly.values.tobytes()
    assert read.below.tobytes() == plainly.below.tobytes()
    assert read.how.tolist() == plainly.how.tolist()
    if not skip and not ratios:
        for text, value in zip(texts, read.values.tolist(), strict=True):
            wanted = number(text)
            assert struct.pack("d", value) == struct.pack("d", wanted) or (math.isnan(value) and math.isnan(wanted))


YEARS_1_TO_9999 = st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999)


@given(st.lists(st.tuples(YEARS_1_TO_9999, st.booleans()), max_size=20))
@settings(max_examples=100, deadline=None)
@example([(-62_135_596_800_000_000, True), (253_402_300_799_999_999, True), (951_782_400_000_000, True)])
def test_times_are_written_as_numpy_writes_them(times: list[tuple[int, bool]]):
    us, known = np.array([us for us, _ in times], np.int64), np.array([there for _, there in times], np.bool_)
    written = iso_texts(us, known)
    written.validate(full=True)
    with plain_kernels():
        assert written.equals(iso_texts(us, known))
