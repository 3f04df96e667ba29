"""MAVLink telemetry logs, `.tlog`: what a ground station received and sent, with its own clock before each frame."""

from __future__ import annotations

from groundside.decode.format import Coverage, Format, Options
from groundside.decode.mavlink import decode as mavlink
from groundside.decode.mavlink.coverage import INFERS, LEAVES, READS
from groundside.decode.mavlink.log import log
from groundside.decode.mavlink.recognition import begins_tlog, recognises_tlog
from groundside.decode.mavlink.series import own_clock_us
from groundside.decode.mavlink.summary import recording
from groundside.decode.mavlink.track import track
from groundside.model.decoded import Decoded
from groundside.model.source import Source


def decode(data: memoryview, options: Options) -> Decoded:
    """Read a log: a table for each message of each sender. Options are unused."""
    del options
    return mavlink.decode(data, device=True)


FORMAT = Format(
    name="mavlink-tlog",
    title="MAVLink telemetry log",
    kind="log",
    suffixes=(".tlog",),
    recognises=recognises_tlog,
    begins=begins_tlog,
    decode=decode,
    recording=recording,
    track=track,
    log=log,
    own_clock_us=own_clock_us,
    coverage=Coverage(
        reads=(
            *READS,
            "Logs of ground stations: 8 bytes of clock, the greatest first, then a frame; its lowest two bits, in which"
            " MAVProxy counts links, are not taken off",
        ),
        infers=INFERS,
        leaves=(*LEAVES, "Logs with Planner's times in text between the frames (`planner_format` of pymavlink)"),
        checked_on=(
            "4 real logs of ArduCopter and ArduPlane and a sample of one frame, MAVLink 1 and 2: every field and every"
            " time of 117,632 frames equals pymavlink 2.4.50's; 1,314 of a message nobody knows are kept as bytes",
        ),
    ),
    source=Source(
        "MAVLink Developer Guide: Packet Serialization; pymavlink 2.4.50: mavutil.py, mavlogfile",
        "https://mavlink.io/en/guide/serialization.html",
    ),
)
