"""
DJI flight records, `DJIFlightRecord_*.txt`, versions 1 to 14.

Versions 1 to 6 are plain, 7 to 12 scrambled, 13 and 14 encrypted under keys that only the maker's service
hands out; what the application noted of the whole flight is readable in all of them.
"""

from __future__ import annotations

from groundside.decode.format import Coverage, Format
from groundside.decode.formats.dji_record.decoding import decode
from groundside.decode.formats.dji_record.keychain import key_request, keychains_from_answer
from groundside.decode.formats.dji_record.log import log
from groundside.decode.formats.dji_record.recognition import recognises
from groundside.decode.formats.dji_record.summary import recording
from groundside.decode.formats.dji_record.track import track
from groundside.model.decoded import Decoded
from groundside.model.source import Source


def _same_clock(decoded: Decoded) -> int:
    """Tables are cut by the time of their rows in the track."""
    return 0


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
    version=2,
    key_request=key_request,
    keys_from_answer=keychains_from_answer,
    log=log,
    own_clock_us=_same_clock,
    coverage=Coverage(
        reads=(
            "Versions 1 to 6 (plain), 7 to 12 (scrambled), 13 and 14 (encrypted: details, serials and counts without "
            "keys, all else with the keys of the maker's service).",
            "Position, home point, gimbal, sticks, batteries, camera state, link, parameters, firmware, serials, "
            "texts shown by the application, pictures (counted).",
            "Damaged and unclosed files: every whole record before and after, also where the details moved.",
        ),
        infers=(
            "The unit of the stated distance, which is metres or kilometres.",
            "Times of rows where no record states the wall clock.",
            "That the application's clock was set in flight, where the aircraft's flying time goes on: times keep to"
            " the clock of the beginning.",
            "The unit of the home point's altitude, by the version of the flight controller.",
            "Events: changes of what position records state of mode, motors, ground or air, satellites and control.",
            "Low battery: charge at or under the level at which the application was set to warn.",
        ),
        leaves=(
            "Types that nobody describes: vision, missions, agriculture, navigation, health; counted as unknown.",
            "The two bits of battery warning in position records: no public source says what each level means.",
            "The status bits of the smart battery, and wind warnings in the home record.",
        ),
        checked_on=(
            "Real records of versions 4 and 11 against dji-log-parser-js 0.5.7, field by field.",
            "Ten encrypted records of version 14 against the AirData CSV of the same flights (header and row counts).",
            "Simulated records of versions 4 to 14, whole and damaged, against dji-log-parser-js 0.5.7.",
        ),
    ),
)
