"""What a survey is planned from, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import shapely

from groundside.model.place import LonLat
from groundside.plan.survey.motion import Motion
from groundside.reference.cameras import Camera


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyOrder:
    """
    What shall be surveyed, and how.

    Args:
        area: polygon or polygons in longitude and latitude. Holes are neither surveyed nor flown over.
        camera: of the camera library, or described by its owner.
        height_m: above ground; or leave it out and say `gsd_cm`.
        gsd_cm: ground that one pixel shall cover; counts where no height is given.
        frontlap, sidelap: shares of a photo that the next photo of the line, and the next line, shows again.
        keep_outs: polygons in longitude and latitude that nothing flies over, within `buffer_m` of them either.
        buffer_m: around keep-outs.
        limits: polygons that are not left; None is no limit.
        heading_deg: of the lines, clockwise from north; None lets the planner choose, for every part its own.
        crosshatch: fly all a second time, across.
        tilt_deg: of the camera, forwards from straight down.
        turnaround_m: lines begin so much earlier and end so much later than photos need, where that may be flown.
        motion: of the aircraft, with the wind.
        exposure_s, blur_px: shutter time, and how far the ground may move in it; no time, no such limit.
        home: where it takes off and lands; None leaves where the lines begin and end open.
        quick: take the first good order, as while somebody drags a corner.
    """

    area: shapely.Geometry
    camera: Camera
    height_m: float | None = None
    gsd_cm: float | None = None
    frontlap: float = 0.8
    sidelap: float = 0.7
    keep_outs: tuple[shapely.Geometry, ...] = ()
    buffer_m: float = 0.0
    limits: shapely.Geometry | None = None
    heading_deg: float | None = None
    crosshatch: bool = False
    tilt_deg: float = 0.0
    turnaround_m: float = 0.0
    motion: Motion = field(default_factory=lambda: Motion(speed_m_s=10.0, acceleration_m_s2=2.0))
    exposure_s: float | None = None
    blur_px: float = 1.0
    home: LonLat | None = None
    quick: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyLeg:
    """
    One straight leg.

    Args:
        start, end: places.
        start_m, end_m: the same, east and north of the path's origin.
        photographs: whether photos are taken, the first at its start.
        photos: how many.
        heading_deg: course over ground, clockwise from north.
        length_m, time_s: `time_s` from standing to standing, or its share of a line with turn-arounds.
        region: number of the region that the line belongs to; None between lines.
    """

    start: LonLat
    end: LonLat
    start_m: tuple[float, float]
    end_m: tuple[float, float]
    photographs: bool
    photos: int
    heading_deg: float
    length_m: float
    time_s: float
    region: int | None


@dataclass(frozen=True, slots=True)
class SweptRegion:
    """Ground swept in one direction: heading of the lines (0 up to 180, clockwise from north), border, how many."""

    heading_deg: float
    corners: tuple[LonLat, ...]
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyPath:
    """
    A planned survey.

    Args:
        origin: of the local plane.
        legs: in the order in which they are flown, end to end; those from and to home among them, if home is known.
        regions: what is swept in which direction.
        height_m, gsd_cm: above ground; ground covered by a pixel in the middle of a photo.
        line_spacing_m, trigger_m: between lines, and between photos.
        footprint_m: of a photo, across the flight and along it.
        lines_seen, photos_seen: each point is shown by photos of so many lines, so many of each, at least; twice that
        in
            a crosshatch.
        speed_m_s, speed_limited_by: over ground on lines, and why no faster.
        length_m, time_s, photos: of all legs.
        margin_m: nearer than this to keep-outs, their buffers, holes and limits, ground may be in fewer photos.
        notes: what could not be planned, in words.
    """

    origin: LonLat
    legs: tuple[SurveyLeg, ...]
    regions: tuple[SweptRegion, ...]
    height_m: float
    gsd_cm: float
    line_spacing_m: float
    trigger_m: float
    footprint_m: tuple[float, float]
    lines_seen: int
    photos_seen: int
    speed_m_s: float
    speed_limited_by: str
    margin_m: float
    notes: tuple[str, ...] = ()

    @property
    def length_m(self) -> float:
        """How long the whole way is."""
        return sum(leg.length_m for leg in self.legs)

    @property
    def time_s(self) -> float:
        """How long it takes, hovering and climbing left out."""
        return sum(leg.time_s for leg in self.legs)

    @property
    def photos(self) -> int:
        """How many photos are taken."""
        return sum(leg.photos for leg in self.legs)
