"""Damaged GPX: every point left whole is kept where it lies, and none is made up."""

from __future__ import annotations

from functools import cache

import pytest

from groundside.decode.format import Options
from groundside.decode.formats.gpx import FORMAT
from tests.damaging import KINDS, damaged, place

Row = tuple[str, str, str]
POINT = (
    '<trkpt lat="%.9f" lon="%.9f"><ele>%.3f</ele><time>2025-06-15T15:%02d:%02d.%d00Z</time><fix>3d</fix>'
    "<extensions><gs:height>%.3f</gs:height></extensions></trkpt>\n"
)


@cache
def document() -> tuple[bytes, tuple[tuple[int, int], ...]]:
    """A document of two segments, and from where to where each point is."""
    content = b'<?xml version="1.0"?>\n<gpx version="1.1" creator="T">\n<trk><name>x</name>\n<trkseg>\n'
    spans: list[tuple[int, int]] = []
    for n in range(300):
        content += b"</trkseg>\n<trkseg>\n" if n == 150 else b""
        text = (
            POINT % (40.79 + n / 1e5, -113.86 + n / 1e5, 1300 + n / 7, n // 600, n // 10 % 60, n % 10, n / 7)
        ).encode()
        spans.append((len(content), len(content) + len(text) - 1))
        content += text
    return content + b"</trkseg></trk>\n</gpx>\n", tuple(spans)


def rows(content: bytes) -> dict[int, Row]:
    decoded = FORMAT.decode(memoryview(content), Options())
    assert sum(p.length for p in decoded.problems) == decoded.account.skipped
    offsets = [p.offset for p in decoded.problems if p.offset is not None]
    assert offsets == sorted(offsets)
    FORMAT.track(decoded)
    table = decoded.tables.get("track_points")
    found = [] if table is None else table.select(["offset", "lon", "lat", "time_us"]).to_pylist()
    return {row["offset"]: (str(row["lon"]), str(row["lat"]), str(row["time_us"])) for row in found}


@pytest.mark.parametrize("kind", KINDS)
def test_every_point_that_was_left_whole_is_kept_where_it_lies(kind: str):
    content, spans = document()
    clean = rows(content)
    assert len(clean) == len(spans)
    known, hit = set(clean.values()), 0
    for seed in range(25):
        broken, pieces = damaged(content, kind, str(seed))
        found = rows(broken)
        kept = {now: clean[start] for start, stop in spans if (now := place(pieces, start, stop)) is not None}
        assert all(found.get(now) == row for now, row in kept.items()), seed
        assert len(set(found.values()) - known) <= 4, "only rows whose own bytes were damaged may be altered"
        hit += len(kept) < len(spans)
    assert hit > 15
