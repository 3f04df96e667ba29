"""ArduPilot DataFlash logs as text, `.log`: as ground stations write them, and as old autopilots sent them."""

from __future__ import annotations

import re

from groundside.decode.ardupilot.log import log
from groundside.decode.ardupilot.summary import recording
from groundside.decode.ardupilot.track import track
from groundside.decode.format import Coverage, Format
from groundside.decode.formats.dataflash_text.decode import decode
from groundside.decode.formats.dataflash_text.definitions import layouts_in
from groundside.model.source import Source

_RECORD = re.compile(rb"\n([A-Z][A-Z0-9]{1,3}), ?-?\d[^\r\n,]*(?:,[^\r\n,]{1,64})*(?=[\r\n])")
_WELL_KNOWN = frozenset({b"ATT", b"GPS", b"CTUN", b"NTUN", b"IMU", b"RAW", b"CURR", b"CMD", b"PM", b"MAG", b"MODE"})
_SOME, _FEW = 10, 3


def recognises(head: bytes) -> bool:
    """A definition that can be believed at the start of a line; or without any, lines of several familiar messages."""
    if b"\0" in head[:16]:
        return False
    if next(layouts_in(head), None) is not None:
        return True
    lines = b"\n" + head.removeprefix(b"\xef\xbb\xbf")  # so that every record begins with the same byte
    names = [match[1] for match in _RECORD.finditer(lines)]
    return len(names) >= _SOME and len(_WELL_KNOWN.intersection(names)) >= _FEW


FORMAT = Format(
    name="ardupilot-dataflash-text",
    title="ArduPilot DataFlash log as text",
    kind="log",
    suffixes=(".log",),
    recognises=recognises,
    decode=decode,
    recording=recording,
    track=track,
    log=log,
    experimental=True,
    source=Source(
        "ArduPilot: AP_Logger, its record structures and README",
        "https://github.com/ArduPilot/ardupilot/tree/master/libraries/AP_Logger",
        "LogStructure.h, README.md",
    ),
    coverage=Coverage(
        reads=(
            "FMT lines, and lines of every message that one defines, wherever the FMT line stands",
            "lines that end in LF or CR LF, with or without a byte order mark, in UTF-8 or Latin-1",
            "what old firmware prints before the first record",
        ),
        infers=(
            "flight modes written as names are matched with the known modes, whatever their case and underscores",
            "whatever the binary decoder infers of clock, home and vehicle",
        ),
        leaves=(
            "the names of columns where no FMT line states them, as in very old logs: values are kept",
            "arrays of 32 numbers (format character `a`): kept as the text that is written",
            "other texts made of a log: CSV of one message, and the lines that mavlogdump prints",
        ),
        checked_on=(
            "the real binary logs of the corpus, written out as text and compared with pymavlink's DFReader_text and"
            " with the binary decoder; no text log as such",
        ),
    ),
)
