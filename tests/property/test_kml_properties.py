"""KML: whatever the bytes are, they are accounted for and nothing fails."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.decode.format import Options
from groundside.decode.formats.kml import FORMAT

PIECES = (
    b'<?xml version="1.0"?>', b"<kml>", b"</kml>", b"<Placemark>", b"</Placemark>", b"<gx:Track>", b"</gx:Track>",
    b"<when>2025-06-15T12:00:00Z</when>", b"<when>2025-06-15T12:00:01Z</when>", b"<when>", b"</when>", b"<TimeStamp>",
    b"</TimeStamp>", b"<gx:coord>1 2 3</gx:coord>", b"<gx:coord>4 5</gx:coord>", b"<Point><coordinates>1,2,3</coordinates></Point>",
    b"<LineString><coordinates>", b"1,2,3 ", b"</coordinates></LineString>", b"<altitudeMode>absolute</altitudeMode>",
    b"<gx:angles>1 2 3</gx:angles>", b"PK\x03\x04", b"<!--", b"-->", b"<",
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
