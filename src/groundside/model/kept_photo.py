"""A photo or video in the archive: what it shows, and which flight it was taken in; questions about them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from groundside.model.place import LonLat
from groundside.model.query import Near

if TYPE_CHECKING:
    from groundside.model.footprint import Footprint


class JoinedBy(StrEnum):
    """How it is known in which flight a photo was taken."""

    PLACES = "places"
    """The offset of the camera's clock was found by laying the photos' positions on the flight's track."""
    CLOCK = "clock"
    """The camera's UTC lies in the flight, and what is known of its place agrees; the clock itself was not checked."""
    SAME_CAMERA = "same-camera"
    """By the offset that other photos of the same camera have; this one has no position of its own."""
    NONE = ""
    """It belongs to no flight that is here."""


@dataclass(frozen=True, slots=True)
class PhotoJoin:
    """
    Which flight a photo was taken in.

    Args:
        flight_id: None where it is not known.
        how: what that is known by.
        clock_offset_s: the camera's clock minus UTC; None where it was not found.
        clock_error_s: of that, one standard deviation; None where it is not known.
        away_m: between the photo's own position and the track at that moment; None without a position.
        why: in one sentence.
    """

    flight_id: str | None = None
    how: JoinedBy = JoinedBy.NONE
    clock_offset_s: float | None = None
    clock_error_s: float | None = None
    away_m: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPhoto:
    """
    One photo or video of the archive.

    Args:
        id: of the original.
        file: the name that it came under.
        kind: "photo" or "video".
        format: "jpeg", "dng" and so on.
        taken_us: UTC microseconds; None where the zone of the camera's clock is unknown and no flight tells it.
        clock_us: the camera's clock, counted as if it were UTC where its zone is unknown; None where it has none.
        clock_is_utc: whether that is UTC.
        place: where the camera was; None where that is unknown.
        placed_by: "file", "track" (it has no position of its own, and the flight's track says it), or empty.
        camera: maker and model.
        width_px, height_px: of the image as stored.
        footprint: what it shows of the ground; None where that is unknown.
        why_no_footprint: and then why.
        join: which flight it was taken in.
    """

    id: str
    file: str
    kind: str
    format: str
    taken_us: int | None
    clock_us: int | None
    clock_is_utc: bool
    place: LonLat | None
    placed_by: str
    camera: str
    width_px: int | None
    height_px: int | None
    footprint: Footprint | None
    why_no_footprint: str
    join: PhotoJoin


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoQuery:
    """
    Which photos, in which order: the latest first, or the best view first where `seeing` is asked.

    Args:
        seeing: only those whose footprint holds this place.
        near: only those whose camera was within a distance of a place; the nearest first.
        flight: only of this flight, by its id or the id of one that was merged into it.
        from_us, to_us: taken in this time, half open; the camera's clock counts where UTC is unknown.
        box: only those whose footprint meets a box: west, south, east, north; east may go past 180.
        timed: only those of which some time is known, be it by a clock without a zone.
        only: the id of the one photo that is asked for.
        camera: text that maker or model contains, in any case.
        limit, offset: the page; limit None is all.
    """

    seeing: LonLat | None = None
    near: Near | None = None
    flight: str = ""
    from_us: int | None = None
    to_us: int | None = None
    box: tuple[float, float, float, float] | None = None
    timed: bool = False
    only: str = ""
    camera: str = ""
    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class ListedPhoto:
    """
    One photo of an answer.

    Args:
        photo: the photo.
        away_m: from the place that was asked about to the camera; along the ray where it was asked what sees it.
        off_nadir_deg: of the ray to the place that is seen: 0 is straight down.
    """

    photo: KeptPhoto
    away_m: float | None = None
    off_nadir_deg: float | None = None


@dataclass(frozen=True, slots=True)
class PhotoExtent:
    """
    Where and when photos were taken.

    Args:
        box: west, south, east, north of all footprints; all longitudes where one crosses the antimeridian.
        from_us, to_us: of the first and the last; cameras' clocks count where UTC is unknown. None of none.
    """

    box: tuple[float, float, float, float] | None
    from_us: int | None
    to_us: int | None


@dataclass(frozen=True, slots=True)
class PhotoPage:
    """One page of photos, and how many there are in all."""

    photos: tuple[ListedPhoto, ...]
    total: int


@dataclass(frozen=True, slots=True)
class PhotoTimes:
    """
    How many photos were taken when.

    Args:
        step_us: length of a bar, at least a minute.
        bars: when each begins, UTC microseconds, and how many photos are in it; those without photos are left out.
            Cameras' clocks count where UTC is unknown.
        undated: how many have no time at all.
    """

    step_us: int
    bars: tuple[tuple[int, int], ...]
    undated: int
