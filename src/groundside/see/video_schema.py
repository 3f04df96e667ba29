"""What the API says of a video that is played, as typed shapes; the OpenAPI document is made of them."""

from __future__ import annotations

from typing_extensions import TypedDict

from groundside.see.photo_schema import KeptPhotoShape


class VideoSampleShape(TypedDict):
    """Where a video's own telemetry says that it was."""

    at_s: float
    """Since its first picture."""
    position: list[float] | None
    """Longitude, latitude."""
    height_m: float | None
    """Above take-off."""


class VideoShape(TypedDict):
    """What a player needs besides the bytes."""

    photo: KeptPhotoShape
    duration_s: float | None
    frames_per_s: float | None
    codec: str
    media_type: str
    starts: str | None
    """UTC of the first picture; null where no clock tells it."""
    error_s: float | None
    """One standard deviation of that; null where it is not known."""
    time_zone: str | None
    telemetry: str
    """Name of a telemetry track that is there, read or not; or empty."""
    samples: list[VideoSampleShape]
