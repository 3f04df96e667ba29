"""Videos in ISO containers: MP4 and MOV."""

from __future__ import annotations

from groundside.decode.format import Coverage, Format, Options
from groundside.decode.photos.facts import decoded, no_recording, no_track
from groundside.decode.photos.isobmff import is_movie
from groundside.model.decoded import Decoded
from groundside.model.source import Source

_ENOUGH = 16


def recognises(head: bytes) -> bool:
    """Its first box is one that MP4 and MOV files begin with."""
    return is_movie(head[:_ENOUGH])


def decode(data: memoryview, options: Options) -> Decoded:
    """Read what the container says; no tables. Options are unused."""
    del options
    return decoded(data)


FORMAT = Format(
    name="video",
    title="Video (MP4, MOV)",
    kind="video",
    suffixes=(".mp4", ".mov", ".m4v"),
    recognises=recognises,
    decode=decode,
    recording=no_recording,
    track=no_track,
    source=Source("ISO/IEC 14496-12:2022, ISO base media file format", "https://www.iso.org/standard/83102.html"),
    coverage=Coverage(
        reads=("Time, length, codec, the kinds of its tracks, and the position that the container states.",),
        leaves=("Picture, sound and telemetry tracks: they stay in the original and are not joined to a flight.",),
    ),
    experimental=True,
)
