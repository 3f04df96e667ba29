"""What a photo shows of the ground: its outline, centre and corners, each with how wrong it may be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from groundside.model.photo import Photo
from groundside.model.place import LonLat

CONFIDENCE = 0.95
"""How much of what may be an error ellipse holds."""


class Miss(StrEnum):
    """Why a ray through a pixel gives no place on the ground."""

    FAR = "far"
    """It rises, or meets the ground only so far away and so flat that no place can be told."""
    UNKNOWN_GROUND = "unknown-ground"
    """It leaves the elevation model before it meets the ground."""
    BELOW = "below-ground"
    """The camera's own height is below the ground: heights of photo and ground do not go together."""
    NO_RAY = "no-ray"
    """The lens model has no answer for this pixel."""


class LensSource(StrEnum):
    """Where the numbers of a lens are from, best first."""

    DEWARP = "dewarp"
    """The calibration of this one camera: DJI's `DewarpData`."""
    LENS_MODEL = "lens-model"
    """The calibration of this one camera, in Pix4D's tags."""
    CALIBRATED = "calibrated-focal-length"
    """The focal length in pixels that the maker states for the model."""
    TABLE = "camera-table"
    """The focal length and the size of the sensor, from the maker's data sheet or the file's own pixel pitch."""
    FILM_35MM = "focal-length-in-35mm"
    """The equivalent focal length, which makers count by diagonal or by width."""


@dataclass(frozen=True, slots=True)
class ErrorEllipse:
    """
    Where a place may be instead, in 95 of 100 cases if the uncertainties that went in are right.

    Args:
        major_m, minor_m: half the axes, metres on the ground.
        azimuth_deg: of the long axis, 0 to 180 clockwise from true north.
    """

    major_m: float
    minor_m: float
    azimuth_deg: float


@dataclass(frozen=True, slots=True)
class GroundPoint:
    """
    Where the ray through a pixel meets the ground.

    Args:
        place: longitude and latitude.
        height_m: of the ground there, above what the footprint's `ground` says.
        range_m: from the camera, along the ray.
        meets_deg: between the ray and the ground: 90 is straight on, under 20 is grazing and rarely to be trusted.
        error: None where some of the rays that lie within the uncertainties miss the ground.
    """

    place: LonLat
    height_m: float
    range_m: float
    meets_deg: float
    error: ErrorEllipse | None


@dataclass(frozen=True, slots=True)
class Sight:
    """
    One pixel, and what it sees of the ground.

    Args:
        x_px, y_px: from the image's upper left corner, in pixels of the full image as stored.
        ground: None where the ray meets none; `miss` says why.
        miss: None where there is ground.
    """

    x_px: float
    y_px: float
    ground: GroundPoint | None
    miss: Miss | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """
    What was taken for the ground.

    Args:
        kind: "surface" for an elevation model, "plane" for level ground.
        what: in words: "plane at take-off height", "elevation model".
        above: what its heights are above.
        height_m: of the plane; None of a surface.
        error_m: one standard deviation of its height.
    """

    kind: str
    what: str
    above: str
    height_m: float | None
    error_m: float


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """
    How wrong what went in may be: one standard deviation each.

    Args:
        horizontal_m: of the camera's position, along east and along north.
        vertical_m: of the camera's height over the ground that was taken: the ground's own included.
        yaw_deg, pitch_deg, roll_deg: of the way it looked.
        focal: of the focal length, as a share of it.
    """

    horizontal_m: float
    vertical_m: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    focal: float


@dataclass(frozen=True, slots=True)
class Footprint:
    """
    What a photo shows of the ground.

    Args:
        outline: the edge of what is seen, counter-clockwise, its first place not repeated at the end; at least three.
            Longitudes go on past 180 or -180 where the outline crosses that meridian, so that it stays in one piece.
        complete: the whole edge of the image meets the ground; else `outline` ends where it still does.
        centre: the middle of the image.
        corners: upper left, upper right, lower right, lower left, of the image as stored.
        camera: where the camera was.
        camera_height_m: above what `ground.above` says.
        off_nadir_deg: between the middle of the image and straight down, 0 to 180.
        azimuth_deg: where the middle of the image looks, clockwise from true north; where that is straight down within
            half a degree, the top of the image.
        gsd_m: size of a pixel in the middle of the image on level ground: across the view, and along it; None where the
            middle meets no ground.
        area_m2: within the outline.
        ground: what was taken for the ground.
        lens: where the numbers of the lens are from.
        uncertainty: what the error ellipses are made of.
        notes: what was assumed, in sentences.
    """

    outline: tuple[LonLat, ...]
    complete: bool
    centre: Sight
    corners: tuple[Sight, Sight, Sight, Sight]
    camera: LonLat
    camera_height_m: float
    off_nadir_deg: float
    azimuth_deg: float
    gsd_m: tuple[float, float] | None
    area_m2: float
    ground: Ground
    lens: LensSource
    uncertainty: Uncertainty
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoFootprint:
    """
    A photo that cannot be placed on the ground.

    Args:
        why: one sentence.
    """

    why: str


@dataclass(frozen=True, slots=True)
class Pinpoint:
    """
    Where one pixel of a photo is on the ground.

    Args:
        point: the place, with its error.
        ground: what was taken for the ground.
        notes: what was assumed, in sentences.
    """

    point: GroundPoint
    ground: Ground
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedPhoto:
    """
    A photo on its way into a list or a catalogue.

    Args:
        id: distinct among those it is listed with.
        name: of the file, for people.
        photo: what the file says.
        footprint: what it shows of the ground, or why that is not known.
        href: where the image is, relative to the catalogue or absolute; empty where it is not told.
    """

    id: str
    name: str
    photo: Photo
    footprint: Footprint | NoFootprint
    href: str = ""
