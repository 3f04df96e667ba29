"""Videos that are played, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundside.model.kept_photo import ListedPhoto
from groundside.model.photo import Above, Sample
from groundside.see.kept_photo_shapes import listed_shape
from groundside.see.text import iso, shown_text
from groundside.see.video_schema import VideoSampleShape, VideoShape

if TYPE_CHECKING:
    from groundside.archive.videos import VideoShown


def video_shape(of: VideoShown) -> VideoShape:
    """What a player needs."""
    return {
        "photo": listed_shape(ListedPhoto(of.kept)),
        "duration_s": of.video.duration_s,
        "frames_per_s": of.video.frames_per_s,
        "codec": shown_text(of.video.codec),
        "media_type": of.media_type,
        "starts": iso(of.starts_us),
        "error_s": None if of.error_s is None else round(of.error_s, 3),
        "time_zone": of.time_zone or None,
        "telemetry": shown_text(of.video.telemetry),
        "samples": [_sample_shape(each) for each in of.video.samples],
    }


def _sample_shape(of: Sample) -> VideoSampleShape:
    height = next((each.value_m for each in of.altitudes if each.above is Above.TAKE_OFF), None)
    return {
        "at_s": round(of.at_s, 3),
        "position": None if of.place is None else [round(of.place.lon, 9), round(of.place.lat, 9)],
        "height_m": height,
    }
