"""What the API says of findings, assets, and what is hidden in photos, as typed shapes."""

from __future__ import annotations

from typing_extensions import TypedDict


class PixelShape(TypedDict):
    """Where in a photo, in pixels of the image as stored; width and height are 0 for a point."""

    x: float
    y: float
    width: float
    height: float


class EllipseShape(TypedDict):
    """Where a place may be instead, in 95 of 100 cases."""

    major_m: float
    minor_m: float
    azimuth_deg: float


class FindingGroundShape(TypedDict):
    """Where on the ground a pixel looks."""

    lon_lat: list[float]
    height_m: float
    height_above: str | None
    ground: str | None
    range_m: float
    meets_deg: float
    error_95: EllipseShape | None


class FindingShape(TypedDict):
    """What somebody found in a photo."""

    id: str
    photo: str
    file: str
    type: str
    severity: str
    status: str
    note: str | None
    assigned: str | None
    asset: str | None
    """Its name."""
    pixel: PixelShape
    ground: FindingGroundShape | None
    notes: list[str]
    """What was assumed of its place, or why it has none."""


class FindingVersionShape(FindingShape):
    """A finding as it was from some moment on, and who said so."""

    at: str | None
    who: str


class FindingHistoryShape(FindingShape):
    """A finding with its history, the oldest first."""

    history: list[FindingVersionShape]


class FindingsShape(TypedDict):
    """Findings, the worst first."""

    findings: list[FindingShape]


class AssetShape(TypedDict):
    """Something that is inspected, the photos that show it, and the ids of findings on it."""

    id: str
    name: str
    type: str | None
    part_of: str | None
    photos: list[str]
    findings: list[str]


class AssetsShape(TypedDict):
    """Assets by name."""

    assets: list[AssetShape]


class BoxShape(TypedDict):
    """A part of a picture that is to be hidden, in pixels of the picture as shown."""

    x: int
    y: int
    width: int
    height: int
    shown: str
    """"face", "plate" or "other"."""
    score: float | None
    """How sure the detector was; null where a person drew it."""


class ReviewShape(TypedDict):
    """What is to be hidden in one photo."""

    photo: str
    file: str
    confirmed: bool
    boxes: list[BoxShape]
    dismissed: list[BoxShape]
    code: str | None
    """Name and settings of what proposed."""
    why: str | None
    """Why nothing could be proposed."""
    who: str | None
    at: str | None
    at_us: int
    """Say it when you change what you saw; 0 where nothing is said yet."""


class ReviewStepShape(TypedDict):
    """What somebody made of the boxes of a photo."""

    at: str | None
    who: str
    confirmed: bool
    boxes: int
    dismissed: int
    code: str | None


class ReviewHistoryShape(ReviewShape):
    """What is to be hidden in one photo, and who said what of it, the oldest first."""

    history: list[ReviewStepShape]


class ReviewsShape(TypedDict):
    """The review queue."""

    reviews: list[ReviewShape]


class LayoutShape(TypedDict):
    """How a photo is laid out in tiles."""

    width_px: int
    height_px: int
    """Upright, at full size."""
    orientation: int
    """EXIF's: how the stored image was turned for that."""
    tile_px: int
    levels: int
    """Level 0 is full size, each further one half of the one before."""
