"""Whatever the bytes, subtitles give a result in which every byte is accounted for."""

from datetime import UTC, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.decode.format import Options
from groundside.decode.formats.dji_srt import FORMAT
from groundside.model.decoded import Decoded

PIECES = st.sampled_from(
    [
        b"1\n00:00:01,000 --> 00:00:02,000\n", b"2\n2019.03.07 14:11:51,393\n", b"[latitude: 10.5] ", b"[longtitude : 200.25]",
        b"GPS(149.5,-20.25,16) ", b"GPS (-1.5, 100.25, 0.0M)", b"HOME(1.5,2.5)", b"BAROMETER(91.2)", b"BAROMETER:1.9", b"[a: b",
        b"F/2.8, SS 30, ISO 100, EV -1/3, ", b"F.PRY (1, 2, 3)", b"[x y: 1, z: 2]", b"9999-99-99 25:61:61", b"\r\n\r\n", b"\xff\xfe",
        b"1.5,2.5,3\n", b"0\n[", b"<font size=\"28\">", b"FrameCnt: 99999999999999", b"[iso: 1e400]", b"[fnum: 1/0]", b"SS 0, ",
    ]
)  # fmt: skip
TEXT = st.lists(st.one_of(PIECES, st.binary(max_size=8)), max_size=40).map(b"".join)


WALLS = st.sampled_from(
    [b"0001.01.01 00:00:00", b"9999-12-31 23:59:60", b"0000.00.00 00:00:00", b"2031.01.01 01:02:03"]
)
CLOCKED = st.lists(
    st.tuples(st.sampled_from([b"", b"00:00:05,000 --> 900:00:06,000\n"]), WALLS), min_size=1, max_size=6
)
MARKS = st.sampled_from([b"\xff\xfe", b"\xfe\xff"])


def check(decoded: Decoded, size: int) -> None:
    account = decoded.account
    assert account.total == size
    assert sum(p.length for p in decoded.problems) == account.skipped
    assert all(p.offset is None or 0 <= p.offset <= p.offset + p.length <= size for p in decoded.problems)
    cues = decoded.tables["cues"]
    for name, most in (("lat", 90.0), ("lon", 180.0), ("home_lat", 90.0), ("home_lon", 180.0)):
        values = np.asarray(cues.column(name).to_numpy())
        assert not (np.abs(values[np.isfinite(values)]) > most).any()
    FORMAT.recording(decoded)
    track = FORMAT.track(decoded)
    if track is not None:
        assert (np.diff(track.time_us) >= 0).all()


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_any_mixture_of_pieces_is_a_result(raw):
    FORMAT.recognises(raw)
    check(FORMAT.decode(memoryview(raw), Options()), len(raw))


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_result(raw):
    FORMAT.recognises(raw)
    check(FORMAT.decode(memoryview(raw), Options()), len(raw))


@settings(max_examples=120, deadline=None)
@given(TEXT, MARKS, st.binary(max_size=3))
def test_any_mixture_after_a_mark_of_utf_16_is_a_result(raw, mark, tail):
    encoding = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    for body in (raw, raw.decode("latin-1").encode(encoding), raw.decode("utf-8", "replace").encode(encoding)):
        whole = mark + body + tail
        FORMAT.recognises(whole)
        check(FORMAT.decode(memoryview(whole), Options()), len(whole))


@settings(max_examples=60, deadline=None)
@given(CLOCKED)
def test_a_local_start_is_a_time_of_the_calendar_or_empty(cues):
    raw = b"\n".join(
        b"%d\n%s%s\nGPS(149.5,-20.25,16)\n" % (n, arrow, wall) for n, (arrow, wall) in enumerate(cues, start=1)
    )
    decoded = FORMAT.decode(memoryview(raw), Options())
    check(decoded, len(raw))
    start = FORMAT.recording(decoded).local_start
    assert not start or datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp() < 253_402_300_800


LATITUDES = st.floats(-90, 90).map(lambda v: round(v, 6)).filter(lambda v: v != 0)
LONGITUDES = st.floats(-180, 180).map(lambda v: round(v, 6)).filter(lambda v: v != 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(LONGITUDES, LATITUDES), min_size=1, max_size=8), st.booleans())
def test_whichever_way_they_are_written_positions_come_out_the_right_way_round(places, latitude_first):
    """The way of writing agrees with the order here, so that the order must be found whatever the values are."""
    bodies = [
        f"GPS({lat:.6f},{lon:.6f},1.5M) BAROMETER:3.0M"
        if latitude_first
        else f"GPS({lon:.6f},{lat:.6f},16) BAROMETER:3.0"
        for lon, lat in places
    ]
    text = "\n".join(f"{i}\n00:00:0{i},000 --> 00:00:0{i + 1},000\n{body}\n" for i, body in enumerate(bodies))
    cues = FORMAT.decode(memoryview(text.encode()), Options()).tables["cues"]
    np.testing.assert_array_equal(cues.column("lon").to_numpy(), [p[0] for p in places])
    np.testing.assert_array_equal(cues.column("lat").to_numpy(), [p[1] for p in places])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 600), st.binary(min_size=1, max_size=60))
def test_damage_in_the_middle_leaves_the_other_cues_alone(at, damage):
    cues = [
        f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n[latitude: {n}.5] [longitude: {n}.25] [rel_alt: 1.0 abs_alt: 2.0]\n\n"
        for n in range(1, 11)
    ]
    raw = bytearray("".join(cues).encode())
    at = min(at, len(raw) - len(damage))
    raw[at : at + len(damage)] = damage
    decoded = FORMAT.decode(memoryview(bytes(raw)), Options())
    check(decoded, len(raw))
    found = dict(
        zip(
            decoded.tables["cues"].column("lat").to_pylist(),
            decoded.tables["cues"].column("lon").to_pylist(),
            strict=True,
        )
    )
    ends = np.cumsum([len(c) for c in cues])
    for n, end in enumerate(ends.tolist(), start=1):
        if end <= at or end - len(cues[n - 1]) > at + len(damage):
            assert found.get(n + 0.5) == n + 0.25
