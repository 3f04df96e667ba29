"""
DJI flight records, `DJIFlightRecord_*.txt`, versions 1 to 14.

Versions 1 to 6 are plain, 7 to 12 scrambled, 13 and 14 encrypted under keys that only the maker's service
hands out; what the application noted of the whole flight is readable in all of them.
"""

from __future__ import annotations

from groundside.decode.format import Format
from groundside.decode.formats.dji_record.decoding import decode
from groundside.decode.formats.dji_record.keychain import key_request, keychains_from_answer
from groundside.decode.formats.dji_record.recognition import recognises
from groundside.decode.formats.dji_record.summary import recording
from groundside.decode.formats.dji_record.track import track
from groundside.model.source import Source

FORMAT = Format(
    name="dji-flight-record",
    title="DJI flight record",
    kind="log",
    suffixes=(".txt",),
    recognises=recognises,
    decode=decode,
    recording=recording,
    track=track,
    source=Source(
        "DJI FlightRecordParsingLib",
        "https://github.com/dji-sdk/FlightRecordParsingLib",
        "dji-flightrecordengine/source/model/protocol/fr_protocol.h",
    ),
    key_request=key_request,
    keys_from_answer=keychains_from_answer,
)
