"""Whatever is done to a CSV or MRK file, the undamaged rows come back, none is lost unsaid, and every byte is told of."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.decode.format import Format, Options
from groundside.decode.formats import dji_csv, litchi_csv, ppk_mrk
from groundside.model.decoded import Decoded
from tests.csv_flights import dji_log_parser, flight_reader, litchi, moments, mrk

ROWS = moments(60)
FILES = {
    "flight-reader": (dji_csv.FORMAT, flight_reader(ROWS), "osd_latitude_deg"),
    "dji-log-parser": (dji_csv.FORMAT, dji_log_parser(ROWS), "osd_latitude_deg"),
    "litchi": (litchi_csv.FORMAT, litchi(ROWS), "latitude"),
    "mrk": (ppk_mrk.FORMAT, mrk(ROWS), "latitude"),
}
PIECES = st.sampled_from([b'"', b",", b";", b"\n", b"\r", b"\r\n", b"\0", b"\xff\xfe", b"1e400", b"-5", b"12:00:00 PM", b"13/13/2031",
                          b"2031-02-03 04:05:06", b",Lat", b",Q\n", b"\t", b'"a\nb"', b"sep=;\n"])  # fmt: skip


def check(kind: Format, data: bytes) -> Decoded:
    decoded = kind.decode(memoryview(data), Options())
    assert decoded.account.total == len(data)
    assert sum(p.length for p in decoded.problems) == decoded.account.skipped
    offsets = [p.offset for p in decoded.problems if p.offset is not None]
    assert offsets == sorted(offsets)
    kind.recognises(data[:65536])
    kind.recording(decoded)
    track = kind.track(decoded)
    if track is not None:
        assert (np.diff(track.time_us) > 0).all()
    if kind.log:
        assert kind.log(decoded).messages.num_rows <= 10_000
    return decoded


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=60, deadline=None)
@given(pieces=st.lists(st.one_of(PIECES, st.binary(max_size=6)), max_size=30).map(b"".join), with_header=st.booleans())
def test_any_bytes_after_any_or_no_header_are_a_result(name, pieces, with_header):
    kind, raw, _ = FILES[name]
    lines = raw.split(b"\n", 3)
    check(kind, b"\n".join(lines[:2]) + b"\n" + pieces if with_header else pieces)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_rows_whose_bytes_are_whole_come_back_after_any_damage(name, data):
    kind, raw, latitude = FILES[name]
    first = raw.index(b"\n", raw.index(b"CUSTOM")) if name == "flight-reader" else raw.index(b"\n")
    place = data.draw(st.integers(first + 1, len(raw)))
    length = data.draw(st.integers(0, 900))
    put = data.draw(st.one_of(st.just(b""), st.just(b'"'), st.binary(max_size=200)))
    damaged = raw[:place] + put + raw[place + length :]
    decoded = check(kind, damaged)
    table = next(iter(decoded.tables.values()))
    found = set(table.column(latitude).to_pylist())
    whole = set(damaged.split(b"\n")) & set(raw.split(b"\n"))
    for line in whole:
        row = _latitude(name, line)
        assert row is None or row in found


def _latitude(name: str, line: bytes) -> float | None:
    cells = line.split(b"\t") if name == "mrk" else line.split(b",")
    place = {"flight-reader": 4, "dji-log-parser": 2, "litchi": 0, "mrk": 6}[name]
    try:
        return float(cells[place].split(b",")[0])
    except (IndexError, ValueError):
        return None
