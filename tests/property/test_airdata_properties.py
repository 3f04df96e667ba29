"""Whatever the bytes, an AirData CSV gives a result; and what was written is read back."""

import csv
import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.decode.format import Options
from groundside.decode.formats.airdata_csv import FORMAT
from groundside.model.decoded import Decoded

HEADER = b"time(millisecond),datetime(utc),latitude,longitude,satellites,voltage(v),flycState,message\n"
PIECES = st.sampled_from(
    [b"100,2031-01-01 00:00:00,1.5,2.5,9,24,P-GPS,\n", b"9,0001-01-01 00:00:00,1,2,9,24,,\n", b'"', b",", b"\n", b"\r\n", b"\r", b"1e400", b"-5", b"99999999999999999999", b"\0",
     b"2031-13-45 99:99:99", b'"a,b\nc"', b"\xff", b"nan", b"Available with any HD 360 subscription", b",,,,,,,\n"]
)  # fmt: skip


def check(decoded: Decoded, size: int) -> None:
    assert decoded.account.total == size
    assert sum(p.length for p in decoded.problems) == decoded.account.skipped
    FORMAT.recording(decoded)
    track = FORMAT.track(decoded)
    if track is not None:
        assert (np.diff(track.time_us) >= 0).all()
        assert track.table.num_rows <= decoded.tables["rows"].num_rows


@settings(max_examples=120, deadline=None)
@given(st.lists(st.one_of(PIECES, st.binary(max_size=6)), max_size=40).map(b"".join), st.booleans())
def test_any_bytes_after_any_or_no_header_are_a_result(raw, with_header):
    whole = HEADER + raw if with_header else raw
    for data in (whole, whole.replace(b",", b";"), whole.replace(b",", b";").replace(b".", b",")):
        FORMAT.recognises(data)
        check(FORMAT.decode(memoryview(data), Options()), len(data))


TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), max_size=20)
NUMBER = st.floats(-1e6, 1e6).map(lambda v: round(v, 9))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(NUMBER, TEXT), min_size=1, max_size=12))
def test_numbers_and_messages_come_back_as_they_were_written(rows):
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["time(millisecond)", "latitude", "longitude", "ascent(meters)", "message"])
    for i, (number, message) in enumerate(rows):
        writer.writerow([i * 100, 1.5, 2.5, repr(number), message])
    decoded = FORMAT.decode(memoryview(text.getvalue().encode()), Options())
    table = decoded.tables["rows"]
    assert not decoded.problems
    np.testing.assert_array_equal(np.asarray(table.column("ascent_m").to_numpy(), float), [r[0] for r in rows])
    for ours, (_, theirs) in zip(table.column("message").to_pylist(), rows, strict=True):
        assert (ours or "").strip() == theirs.strip()
