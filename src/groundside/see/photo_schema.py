"""What the API says of photos of the archive, as typed shapes; the OpenAPI document is made of them."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict


class PhotoJoinShape(TypedDict):
    """Which flight a photo was taken in, and how that is known."""

    flight: str | None
    how: str
    """"places", "clock", "same-camera", or empty."""
    clock_offset_s: float | None
    """The camera's clock minus UTC."""
    clock_error_s: float | None
    """One standard deviation of that."""
    away_m: float | None
    why: str


class KeptPhotoShape(TypedDict):
    """One photo or video of the archive."""

    id: str
    file: str
    kind: str
    format: str
    utc: str | None
    camera_clock: str | None
    """As the camera wrote it, without a zone; null where that was UTC."""
    position: list[float] | None
    """Longitude, latitude of the camera."""
    placed_by: str
    """"file", "track", or empty."""
    camera: str
    width_px: int | None
    height_px: int | None
    off_nadir_deg: float | None
    gsd_m: float | None
    """Size of a pixel in the middle of the image, on the ground."""
    outline: list[list[list[float]]] | None
    """Closed rings of longitude and latitude: two where it crosses the antimeridian."""
    why_no_footprint: str | None
    join: PhotoJoinShape
    away_m: float | None
    """From the place that was asked about; along the ray where it was asked what sees it."""
    seen_off_nadir_deg: float | None
    """Of the ray to the place that was asked about: 0 is straight down."""


class PhotosShape(TypedDict):
    """One page of photos."""

    photos: list[KeptPhotoShape]
    total: int


class PhotoDetailShape(TypedDict):
    """One photo, and what its file says, in the fields of `groundside photo --json`."""

    photo: KeptPhotoShape
    said: dict[str, Any]
    footprint: dict[str, Any] | None


class JoinedShape(TypedDict):
    """How many photos were looked at."""

    looked_at: int


class PhotoBarShape(TypedDict):
    """The photos of one step of time."""

    utc: str | None
    """When it begins."""
    photos: int


class PhotoTimesShape(TypedDict):
    """How many photos were taken when; steps without photos are left out."""

    step_s: float
    bars: list[PhotoBarShape]
    undated: int
