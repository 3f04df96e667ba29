"""DJI subtitles (`.SRT` beside a video): every known way in which DJI's models write position into cues."""

from groundside.decode.format import Format
from groundside.decode.formats.dji_srt.decode import decode, recognises
from groundside.decode.formats.dji_srt.summary import make_recording, make_track
from groundside.model.source import Source

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
    version=2,
)
