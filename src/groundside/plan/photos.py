"""Where a plan takes photos, and what they show of level ground: rectangles, their long side across the heading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import overload

import numpy as np
import shapely
from numpy.typing import NDArray

from groundside.errors import BadRequest
from groundside.model.mission import Mission, StopTrigger, TakePhoto, TriggerByDistance, TriggerByTime
from groundside.model.place import LonLat
from groundside.plan.flight_path import heights_m, home_of
from groundside.reference.geodesy import local_metres

Floats = NDArray[np.float64]

MOST_PHOTOS = 50_000
NEARLY_M = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """
    What one photo shows from one metre above, looking straight down.

    Args:
        across, along: metres of ground for each metre of height, across the heading and along it.
        pixels_across: of the photo; gives the resolution.
    """

    across: float
    along: float
    pixels_across: int

    def gsd_cm(self, height_m: Floats | float) -> Floats:
        """Say how many centimetres of ground a pixel shows."""
        return np.asarray(height_m, np.float64) * self.across / self.pixels_across * 100.0


@dataclass(frozen=True, slots=True)
class Photos:
    """
    Where photos were taken, or shall be, in order.

    Args:
        lon, lat: degrees.
        height_m: above the ground below.
        heading_deg: of the top of the photo.
    """

    lon: Floats
    lat: Floats
    height_m: Floats
    heading_deg: Floats

    def __len__(self) -> int:
        return len(self.lon)


@dataclass(frozen=True, slots=True)
class PlannedPhoto:
    """Where a photo is planned: after which waypoint, how far on the leg from it, and how high."""

    after: int
    share: float
    lon: float
    lat: float
    height_m: float
    heading_deg: float


class PlannedPhotos(Sequence[PlannedPhoto]):
    """
    All photos of a plan in order, column by column: there may be thousands, of which few are looked at one by one.

    Args:
        after: number of the waypoint before each.
        share: how far on the leg from it.
        photos: the same photos; their height is above the ground at home.
    """

    __slots__ = ("after", "photos", "share")

    def __init__(self, after: NDArray[np.int64], share: Floats, photos: Photos) -> None:
        self.after, self.share, self.photos = after, share, photos

    def __len__(self) -> int:
        return len(self.after)

    @overload
    def __getitem__(self, at: int) -> PlannedPhoto: ...
    @overload
    def __getitem__(self, at: slice) -> list[PlannedPhoto]: ...
    def __getitem__(self, at: int | slice) -> PlannedPhoto | list[PlannedPhoto]:
        """Give one, or some in a list."""
        if isinstance(at, int):
            return next(self._each(slice(at, at + 1 or None)))
        return list(self._each(at))

    def __iter__(self) -> Iterator[PlannedPhoto]:
        return self._each(slice(None))

    def _each(self, at: slice) -> Iterator[PlannedPhoto]:
        of = self.photos
        columns = (self.after, self.share, of.lon, of.lat, of.height_m, of.heading_deg)
        return map(PlannedPhoto, *(column[at].tolist() for column in columns))


NO_PHOTOS = PlannedPhotos(np.empty(0, np.int64), np.empty(0), Photos(*np.empty((4, 0))))


def planned_photos(mission: Mission) -> PlannedPhotos:
    """
    List where a mission takes photos: at waypoints, and by distance or time along its legs.

    Raises:
        BadRequest: it takes none, or more than 50,000; photos by time need a speed.
    """
    heights = heights_m(mission, None)
    lon, lat = np.array([w.lon for w in mission.waypoints]), np.array([w.lat for w in mission.waypoints])
    east, north = local_metres(lon, lat, home_of(mission))
    lengths = np.hypot(np.diff(east), np.diff(north))
    runs = list(_runs(mission, lengths.tolist()))
    total = sum(run.count for run in runs)
    if total > MOST_PHOTOS:
        what = f"This plan takes more than {MOST_PHOTOS:,} photos."
        raise BadRequest(what, try_this="compare it part by part")
    if not total:
        raise BadRequest("This plan takes no photos.", try_this="groundside plan read FILE shows its actions")
    after, share = _laid_out(runs, lengths)
    to = np.minimum(after + 1, len(lon) - 1)
    lon, lat, height = (column[after] + (column[to] - column[after]) * share for column in (lon, lat, heights))
    return PlannedPhotos(after, share, Photos(lon, lat, height, _headings(mission, east, north)[after]))


@dataclass(frozen=True, slots=True)
class _Run:
    """Photos after a waypoint: how far from it the first is, how far apart they are, how many."""

    after: int
    first_m: float
    spacing_m: float
    count: int


def _runs(mission: Mission, lengths: Sequence[float]) -> Iterator[_Run]:
    spacing, since, speed = _after_actions(mission.actions, 0.0, mission.speed_m_s), 0.0, mission.speed_m_s
    for i, each in enumerate(mission.waypoints):
        speed = each.speed_m_s or speed
        if each.actions:
            begun = _after_actions(each.actions, spacing, speed)
            if begun != spacing or any(isinstance(a, TriggerByDistance | TriggerByTime) for a in each.actions):
                spacing, since = begun, 0.0
                if spacing > 0.0:
                    yield _Run(i, 0.0, 0.0, 1)
            if any(isinstance(a, TakePhoto) for a in each.actions):
                yield _Run(i, 0.0, 0.0, 1)
        if i < len(lengths) and spacing > 0.0:
            first, length = spacing - since, lengths[i]
            yield _Run(i, first, spacing, max(0, ceil((length + NEARLY_M - first) / spacing)))
            since = (since + length) % spacing if length > 0.0 else since


def _laid_out(runs: Sequence[_Run], lengths: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Give for each photo of runs the waypoint before it, and its share of the leg from there."""
    after, count = np.array([run.after for run in runs]), np.array([run.count for run in runs])
    first, spacing = np.array([run.first_m for run in runs]), np.array([run.spacing_m for run in runs])
    of = np.repeat(np.arange(len(runs)), count)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    length = np.append(lengths, 0.0)[after[of]]
    metres = first[of] + nth * spacing[of]
    return after[of], np.minimum(np.divide(metres, length, out=np.zeros_like(metres), where=length > 0.0), 1.0)


def _after_actions(actions: Sequence[object], before: float, speed: float | None) -> float:
    for action in actions:
        if isinstance(action, TriggerByDistance):
            before = action.distance_m
        elif isinstance(action, TriggerByTime):
            if not speed:
                raise BadRequest("Photos by time need a speed.", try_this="give the plan a speed")
            before = action.interval_s * speed
        elif isinstance(action, StopTrigger):
            before = 0.0
    return before


def _headings(mission: Mission, east: Floats, north: Floats) -> Floats:
    """Say where the nose points after each waypoint: as the plan says, else along the leg; at the end as before it."""
    along = np.degrees(np.arctan2(np.diff(east), np.diff(north))) % 360.0
    along = np.append(along, along[-1:] if along.size else 0.0)
    said = np.array([np.nan if w.heading_deg is None else w.heading_deg for w in mission.waypoints])
    return np.where(np.isnan(said), along, said)


def as_photos(planned: PlannedPhotos, ground_m: float = 0.0) -> Photos:
    """Give planned photos as photos; `ground_m` is the ground's height above that at home."""
    return replace(planned.photos, height_m=planned.photos.height_m - ground_m)


def footprints(photos: Photos, frame: Frame, origin: LonLat) -> NDArray[np.object_]:
    """Give what each photo shows, as rectangles in metres from a place."""
    east, north = local_metres(photos.lon, photos.lat, origin)
    angle = np.radians(photos.heading_deg)
    ahead = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    right = np.stack([np.cos(angle), -np.sin(angle)], axis=1)
    height = np.maximum(np.nan_to_num(photos.height_m), 0.0)[:, None] / 2.0
    middle = np.stack([east, north], axis=1)
    corners = [
        middle + a * frame.along * height * ahead + r * frame.across * height * right
        for a, r in ((1, -1), (1, 1), (-1, 1), (-1, -1))
    ]
    return np.asarray(shapely.polygons(np.stack(corners, axis=1)), object)
