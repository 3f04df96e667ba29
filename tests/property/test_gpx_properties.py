"""GPX: whatever the bytes are, they are accounted for and nothing fails."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.decode.format import Options
from groundside.decode.formats.gpx import FORMAT

PIECES = (
    b'<?xml version="1.0"?>', b"<gpx>", b"</gpx>", b"<trk>", b"</trk>", b"<trkseg>", b"</trkseg>", b'<trkpt lat="1" lon="2">',
    b"</trkpt>", b"<ele>3</ele>", b"<time>2025-06-15T12:00:00Z</time>", b"<time>2025-06-15T12:00:01</time>", b"<extensions>",
    b"</extensions>", b"<x:y>z</x:y>", b'<wpt lat="0" lon="0"/>', b"<rte>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"&lt;", b"<",
)  # fmt: skip
Piece = st.sampled_from(PIECES) | st.binary(max_size=12)


@given(st.lists(Piece, max_size=60).map(b"".join))
@settings(deadline=None, max_examples=150)
def test_any_bytes_are_accounted_for_and_make_a_sound_track(content: bytes):
    FORMAT.recognises(content)
    decoded = FORMAT.decode(memoryview(content), Options())
    assert decoded.account.total == len(content)
    assert sum(p.length for p in decoded.problems) == decoded.account.skipped
    offsets = [p.offset for p in decoded.problems if p.offset is not None]
    assert offsets == sorted(offsets)
    assert isinstance(decoded.facts["inferences"], list)
    track, recording = FORMAT.track(decoded), FORMAT.recording(decoded)
    assert track is None or (np.diff(track.time_us) > 0).all()
    assert (recording.start_us is not None) == (recording.time_basis.is_utc and track is not None)
    if FORMAT.log is not None:
        FORMAT.log(decoded)
