"""
What was planned against what was flown: gaps, and the overlap and resolution that were had.

Photos look straight down on level ground; oblique ones are not compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from groundside.model.mission import Mission
from groundside.model.place import LonLat
from groundside.plan.flight_path import home_of
from groundside.plan.photos import Frame, Photos, PlannedPhotos, as_photos, footprints, planned_photos
from groundside.reference.geodesy import local_metres

Floats = NDArray[np.float64]

SMALLEST_GAP_M2 = 1.0


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of the area that no photo shows: its outline (lon, lat) and area."""

    outline: tuple[LonLat, ...]
    area_m2: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    What came of a plan.

    Args:
        area_m2: that the plan's photos show, of the area that was surveyed where the plan says which.
        covered: share of it that the photos taken show.
        gaps: each part that they do not, largest first.
        planned_photos, flown_photos: how many.
        frontlap: share that photos of a line show of the next: mean and least.
        sidelap: share that photos show of the nearest photo on a neighbouring line, in the mean.
        gsd_cm: least, median, and greatest.
        off_m: how far photos lie off the planned lines: median and greatest.
    """

    area_m2: float
    covered: float
    gaps: tuple[Gap, ...]
    planned_photos: int
    flown_photos: int
    frontlap: tuple[float, float] | None
    sidelap: float | None
    gsd_cm: tuple[float, float, float] | None
    off_m: tuple[float, float] | None

    @property
    def gap_m2(self) -> float:
        """All gaps together."""
        return sum(each.area_m2 for each in self.gaps)


def compared(mission: Mission, flown: Photos, frame: Frame) -> Comparison:
    """
    Compare the photos of a plan with those that were taken.

    Args:
        mission: with heights above home.
        flown: taken, in order.
        frame: of the camera that took them.

    Raises:
        BadRequest: the plan takes no photos.
    """
    planned, origin = planned_photos(mission), home_of(mission)
    target = target_area(mission, planned, frame)
    shown = footprints(flown, frame, origin)
    missing = shapely.difference(target, shapely.union_all(shown)) if len(flown) else target
    parts = [part for part in shapely.get_parts(missing) if part.area >= SMALLEST_GAP_M2]
    gaps = sorted((_gap(part, origin) for part in parts), key=lambda gap: -gap.area_m2)
    lost = sum(part.area for part in parts)
    return Comparison(
        float(target.area), 1.0 - lost / target.area if target.area else 0.0, tuple(gaps), len(planned), len(flown),
        _frontlap(flown, shown), _sidelap(flown, shown, origin), _gsd(flown, frame), _off(mission, flown),
    )  # fmt: skip


def target_area(mission: Mission, planned: PlannedPhotos, frame: Frame) -> BaseGeometry:
    """Give the area to cover, in metres from home: what planned photos show, inside surveyed areas if any are named."""
    origin = home_of(mission)
    shown = shapely.union_all(footprints(as_photos(planned), frame, origin))
    areas = [shapely.Polygon(_in_metres(each.corners, origin)) for each in mission.surveys]
    if not areas:
        return shown
    return shapely.intersection(shown, shapely.union_all([shapely.make_valid(area) for area in areas]))


def _in_metres(corners: Sequence[LonLat], origin: LonLat) -> Floats:
    east, north = local_metres([c.lon for c in corners], [c.lat for c in corners], origin)
    return np.stack([east, north], axis=1)


def _gap(part: BaseGeometry, origin: LonLat) -> Gap:
    ring = shapely.get_coordinates(shapely.get_exterior_ring(part))
    east_deg, north_deg = local_metres([origin.lon + 0.01], [origin.lat + 0.01], origin)
    lon, lat = origin.lon + ring[:-1, 0] / east_deg[0] * 0.01, origin.lat + ring[:-1, 1] / north_deg[0] * 0.01
    outline = tuple(LonLat(float(x), float(y)) for x, y in zip(lon, lat, strict=True))
    return Gap(outline, float(part.area))


def _frontlap(flown: Photos, shown: NDArray[np.object_]) -> tuple[float, float] | None:
    """Measure overlap of each photo with the next on the same line: mean and least."""
    if len(flown) < 2:
        return None
    turn = np.abs((np.diff(flown.heading_deg) + 180.0) % 360.0 - 180.0)
    both = shapely.area(shapely.intersection(shown[:-1], shown[1:]))
    area = shapely.area(shown[:-1])
    same = (turn < 20.0) & (area > 0.0) & (both > 0.0)
    if not same.any():
        return None
    lap = both[same] / area[same]
    return float(lap.mean()), float(lap.min())


def _sidelap(flown: Photos, shown: NDArray[np.object_], origin: LonLat) -> float | None:
    """Measure overlap of each photo with the nearest that lies abeam of it and is of another line; the mean."""
    if len(flown) < 2:
        return None
    east, north = local_metres(flown.lon, flown.lat, origin)
    middle = np.stack([east, north], axis=1)
    size = float(np.sqrt(np.median(shapely.area(shown)))) * 2.0
    points = np.asarray(shapely.points(east, north), object)
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=size)
    between = middle[other] - middle[one]
    angle = np.radians(flown.heading_deg[one])
    ahead = between[:, 0] * np.sin(angle) + between[:, 1] * np.cos(angle)
    aside = between[:, 0] * np.cos(angle) - between[:, 1] * np.sin(angle)
    abeam = np.abs(aside) > 3.0 * np.abs(ahead)
    one, other, aside = one[abeam], other[abeam], np.abs(aside[abeam])
    if not one.size:
        return None
    order = np.lexsort((aside, one))
    first = np.unique(one[order], return_index=True)[1]
    a, b = one[order][first], other[order][first]
    return float(np.mean(shapely.area(shapely.intersection(shown[a], shown[b])) / shapely.area(shown[a])))


def _gsd(flown: Photos, frame: Frame) -> tuple[float, float, float] | None:
    heights = flown.height_m[np.isfinite(flown.height_m)]
    if not heights.size:
        return None
    each = frame.gsd_cm(heights)
    return float(each.min()), float(np.median(each)), float(each.max())


def _off(mission: Mission, flown: Photos) -> tuple[float, float] | None:
    if not len(flown) or len(mission.waypoints) < 2:
        return None
    origin = home_of(mission)
    way = shapely.LineString(_in_metres([LonLat(w.lon, w.lat) for w in mission.waypoints], origin))
    east, north = local_metres(flown.lon, flown.lat, origin)
    off = shapely.distance(shapely.points(east, north), way)
    return float(np.median(off)), float(off.max())
