"""DJI subtitles (`.SRT` beside a video): every known way in which DJI's models write position into cues."""

from groundside.decode.format import Coverage, Format
from groundside.decode.formats.dji_srt.decode import decode, recognises
from groundside.decode.formats.dji_srt.summary import make_recording, make_track
from groundside.model.decoded import Decoded
from groundside.model.source import Source

COVERAGE = Coverage(
    reads=(
        "Cues with `[key: value]` in brackets, with `GPS(lon,lat,N)` or `GPS(lat,lon,altM)`, and with bare positions.",
        "Names as models misspell them, fractions of seconds behind commas or points, a first cue of 0 or 1.",
        "UTF-8 and UTF-16, cues without an arrow line, files cut within a cue.",
    ),
    infers=(
        "The order of longitude and latitude in GPS(...), once for a file and never for a line.",
        "What the third number of GPS(...) is.",
        "That the time in a cue is the local time of the aircraft: no file states its zone.",
    ),
    leaves=(
        "Parameters, messages and events: no subtitle file holds any.",
        "Exposure, colour and focal length are in the table and not in the track.",
    ),
    checked_on=("20 files of as many ways of writing: 18 are read; one has no bytes and one has two.",),
)


def _same_clock(decoded: Decoded) -> int:
    """The table is cut by the time of its rows in the track."""
    return 0


FORMAT = Format(
    name="dji-srt",
    title="DJI video subtitles",
    kind="log",
    suffixes=(".srt",),
    recognises=recognises,
    decode=decode,
    recording=make_recording,
    track=make_track,
    source=Source(
        "DJI_SRT_Parser samples; SkyComb Analyst flight logs; dji-drone-metadata-embedder SRT_FORMATS",
        "https://github.com/JuanIrache/DJI_SRT_Parser",
        "samples; no description by DJI is public",
    ),
    version=3,
    own_clock_us=_same_clock,
    coverage=COVERAGE,
)
