"""MAVLink streams without times, `.raw`: the bytes of a link as they came, as MAVProxy keeps them beside its log."""

from __future__ import annotations

from groundside.decode.format import Coverage, Format, Options
from groundside.decode.mavlink import decode as mavlink
from groundside.decode.mavlink.coverage import INFERS, LEAVES, READS
from groundside.decode.mavlink.log import log
from groundside.decode.mavlink.recognition import begins_raw, recognises_raw
from groundside.decode.mavlink.series import own_clock_us
from groundside.decode.mavlink.summary import recording
from groundside.decode.mavlink.track import track
from groundside.model.decoded import Decoded
from groundside.model.source import Source


def decode(data: memoryview, options: Options) -> Decoded:
    """Read a stream: a table for each message of each sender. Options are unused."""
    del options
    return mavlink.decode(data, device=False)


FORMAT = Format(
    name="mavlink-raw",
    title="MAVLink stream without times",
    kind="log",
    suffixes=(".raw",),
    recognises=recognises_raw,
    begins=begins_raw,
    decode=decode,
    recording=recording,
    track=track,
    log=log,
    own_clock_us=own_clock_us,
    coverage=Coverage(
        reads=(*READS, "Streams of frames one after the other, also with text between them, as a vehicle boots"),
        infers=(*INFERS, "When a record was received that has no time of its own: the last boot time before it"),
        leaves=LEAVES,
        checked_on=(
            "2 real streams of ArduCopter and ArduPlane, 16,434 frames of MAVLink 1 and 2: every field equals pymavlink"
            " 2.4.50's",
        ),
    ),
    source=Source(
        "MAVLink Developer Guide: Packet Serialization",
        "https://mavlink.io/en/guide/serialization.html",
    ),
)
