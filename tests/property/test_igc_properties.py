"""IGC: whatever the bytes are, they are accounted for and nothing fails."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.decode.format import Options
from groundside.decode.formats.igc import FORMAT

PIECES = (
    b"AXXXABC\r\n", b"HFDTE160701\r\n", b"HFALG:GEO\r\n", b"I023638FXA3940SIU\r\n", b"B1602405407121N00249342WA002800042120509\r\n",
    b"B1602415407121N00249342WV002800000020509\r\n", b"B2359595407121S00249342EA-02800042120509\n", b"B0000005407121N00249342WA0028000421",
    b"E160245PEV\r\n", b"F160240040609\r\n", b"K16024800090\r\n", b"LXXXhello\r\n", b"GABC\r\n", b"B16", b"\r\n", b"\n", b"Zx\n",
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
