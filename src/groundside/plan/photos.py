"""Where a plan takes photos, and what they show of level ground: rectangles, their long side across the heading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import atan2, ceil, degrees, hypot

import numpy as np
import shapely
from numpy.typing import NDArray

from groundside.errors import BadRequest
from groundside.model.mission import Mission, StopTrigger, TakePhoto, TriggerByDistance, TriggerByTime, Waypoint
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


def planned_photos(mission: Mission) -> list[PlannedPhoto]:
    """
    List where a mission takes photos: at waypoints, and by distance or time along its legs.

    Raises:
        BadRequest: it takes none, or more than 50,000; photos by time need a speed.
    """
    found: list[PlannedPhoto] = []
    for some in _photos(mission):
        found += some
        if len(found) > MOST_PHOTOS:
            what = f"This plan takes more than {MOST_PHOTOS:,} photos."
            raise BadRequest(what, try_this="compare it part by part")
    if not found:
        raise BadRequest("This plan takes no photos.", try_this="groundside plan read FILE shows its actions")
    return found


def _photos(mission: Mission) -> Iterator[list[PlannedPhoto]]:
    heights = heights_m(mission, None).tolist()
    lon, lat = [w.lon for w in mission.waypoints], [w.lat for w in mission.waypoints]
    east, north = (metres.tolist() for metres in local_metres(lon, lat, home_of(mission)))
    spacing, since, speed = _after_actions(mission.actions, 0.0, mission.speed_m_s), 0.0, mission.speed_m_s
    for i, each in enumerate(mission.waypoints):
        speed = each.speed_m_s or speed
        heading = _heading(each, east, north, i)
        begun = _after_actions(each.actions, spacing, speed)
        if begun != spacing or any(isinstance(a, TriggerByDistance | TriggerByTime) for a in each.actions):
            spacing, since = begun, 0.0
            if spacing > 0.0:
                yield [PlannedPhoto(i, 0.0, each.lon, each.lat, heights[i], heading)]
        if any(isinstance(a, TakePhoto) for a in each.actions):
            yield [PlannedPhoto(i, 0.0, each.lon, each.lat, heights[i], heading)]
        if i + 1 < len(mission.waypoints) and spacing > 0.0:
            length = hypot(east[i + 1] - east[i], north[i + 1] - north[i])
            yield _on_leg(mission, i, (length, spacing, since), (heights, heading))
            since = (since + length) % spacing if length > 0.0 else since


def _on_leg(
    mission: Mission, i: int, metres: tuple[float, float, float], how: tuple[list[float], float]
) -> list[PlannedPhoto]:
    length, spacing, since = metres
    heights, heading = how
    a, b = mission.waypoints[i], mission.waypoints[i + 1]
    low, rise = heights[i], heights[i + 1] - heights[i]
    east, north = b.lon - a.lon, b.lat - a.lat
    # Legs over terrain are short and many: plain numbers are quicker here than arrays.
    first = spacing - since
    count = max(0, ceil((length + NEARLY_M - first) / spacing))
    shares = [min((first + k * spacing) / length, 1.0) if length > 0.0 else 0.0 for k in range(count)]
    return [PlannedPhoto(i, s, a.lon + east * s, a.lat + north * s, low + rise * s, heading) for s in shares]


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


def _heading(waypoint: Waypoint, east: list[float], north: list[float], i: int) -> float:
    if waypoint.heading_deg is not None:
        return waypoint.heading_deg
    a, b = (i, i + 1) if i + 1 < len(east) else (i - 1, i)
    if a < 0:
        return 0.0
    return degrees(atan2(east[b] - east[a], north[b] - north[a])) % 360.0


def as_photos(planned: Sequence[PlannedPhoto], ground_m: float = 0.0) -> Photos:
    """Give planned photos as photos; `ground_m` is the ground's height above that at home."""
    return Photos(
        np.array([p.lon for p in planned]), np.array([p.lat for p in planned]),
        np.array([p.height_m - ground_m for p in planned]), np.array([p.heading_deg for p in planned]),
    )  # fmt: skip


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
