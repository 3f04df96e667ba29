"""
An independent check that photos cover an area: shares no code and no formula with the planner.

Photos are placed along the legs as a controller places them: the first where the leg begins, then one each trigger distance.
What a photo shows is found by casting the rays of the sensor's corners onto flat ground. A sample of points of the area then
counts in how many photos each lies. Places are laid out by geodesics (azimuth and distance), not by a projection.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Geod
from shapely import LineString, Point, Polygon

_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Flown:
    """A leg as it would be flown: both ends as lon, lat, and whether photos are taken."""

    start: tuple[float, float]
    end: tuple[float, float]
    photographs: bool


@dataclass(frozen=True)
class Optics:
    sensor_mm: tuple[float, float]
    focal_mm: float
    height_m: float
    tilt_deg: float = 0.0


@dataclass(frozen=True)
class Coverage:
    """Shares of sampled points: in enough photos, away from what may not be flown; and in one photo at least, anywhere."""

    enough: float
    seen: float
    away: int
    sampled: int


def flat(origin: tuple[float, float], lon_lat: np.ndarray) -> np.ndarray:
    """Lay places out around an origin, by azimuth and distance of the geodesic from there."""
    points = np.asarray(lon_lat, dtype=float).reshape(-1, 2)
    azimuth, _, distance = _GEOD.inv(
        np.full(len(points), origin[0]), np.full(len(points), origin[1]), points[:, 0], points[:, 1]
    )
    angle = np.radians(azimuth)
    return np.column_stack([np.sin(angle) * distance, np.cos(angle) * distance])


def photo_outline(optics: Optics) -> Polygon:
    """Cast the sensor's corners onto the ground: x to the right of the flight, y ahead, from straight below."""
    wide, high = optics.sensor_mm
    tilt = np.radians(optics.tilt_deg)
    corners = []
    for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        right, up, forward = u * wide / 2, v * high / 2, optics.focal_mm
        # The camera's axis points down, tilted ahead; "up" on the sensor's view points ahead.
        ahead = forward * np.sin(tilt) + up * np.cos(tilt)
        down = forward * np.cos(tilt) - up * np.sin(tilt)
        corners.append((right / down * optics.height_m, ahead / down * optics.height_m))
    return Polygon(corners)


def photos_of(legs: Sequence[Flown], trigger_m: float, origin: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Place all photos: (n, 2) east and north, and (n,) the course in radians clockwise from north."""
    places, courses = [np.empty((0, 2))], [np.empty(0)]
    for leg in legs:
        if leg.photographs:
            start, end = flat(origin, np.array([leg.start, leg.end]))
            length = float(np.hypot(*(end - start)))
            at = np.arange(0.0, length + trigger_m * 1e-3, trigger_m)
            places.append(start + (end - start) / max(length, 1e-9) * at[:, None])
            courses.append(np.full(len(at), np.arctan2(*(end - start))))
    return np.concatenate(places), np.concatenate(courses)


def sample(area: shapely.Geometry, count: int, seed: int = 0) -> np.ndarray:
    """Draw points of an area: as many as asked, and its outer corners moved inside by a hair."""
    chance = np.random.default_rng(seed)
    west, south, east, north = area.bounds
    found: list[np.ndarray] = []
    while sum(map(len, found)) < count:
        points = chance.uniform((west, south), (east, north), (count, 2))
        found.append(points[shapely.contains_xy(area, points)])
    corners = shapely.get_coordinates(shapely.get_exterior_ring(shapely.get_parts(area.buffer(-0.01))))
    return np.concatenate([*found, corners])


def counts(points: np.ndarray, photos: tuple[np.ndarray, np.ndarray], outline: Polygon) -> np.ndarray:
    """Say in how many photos each point lies."""
    total = np.zeros(len(points), dtype=int)
    corners = np.asarray(outline.exterior.coords)[:-1]
    edges = np.roll(corners, -1, axis=0) - corners
    turn = np.sign(outline.exterior.is_ccw - 0.5)
    for place, course in zip(*photos, strict=True):
        away = points - place
        near = np.flatnonzero((np.abs(away) < outline.length).all(axis=1))
        c, s = np.cos(course), np.sin(course)
        right, ahead = away[near] @ np.array([c, -s]), away[near] @ np.array([s, c])
        inside = np.ones(len(near), dtype=bool)
        for corner, edge in zip(corners, edges, strict=True):
            side = edge[0] * (ahead - corner[1]) - edge[1] * (right - corner[0])
            inside &= turn * side >= -1e-3 * np.hypot(*edge)
        total[near[inside]] += 1
    return total


def coverage(
    area: shapely.Geometry,
    barred: shapely.Geometry,
    margin_m: float,
    demanded: int,
    points: np.ndarray,
    seen: np.ndarray,
) -> Coverage:
    """Judge counts: `barred` is what may not be flown, all in metres."""
    away = (
        shapely.distance(shapely.points(points), barred) > margin_m
        if not barred.is_empty
        else np.ones(len(points), bool)
    )
    enough = float((seen[away] >= demanded).mean()) if away.any() else 1.0
    return Coverage(enough, float((seen >= 1).mean()), int(away.sum()), len(points))


def trespass_m(legs: Sequence[Flown], barred: shapely.Geometry, origin: tuple[float, float]) -> float:
    """Add up how far legs run through what may not be flown, a millimetre at its border left out."""
    inside = barred.buffer(-1e-3)
    lines = [LineString(flat(origin, np.array([leg.start, leg.end]))) for leg in legs]
    return sum(line.intersection(inside).length for line in lines)


def outside(legs: Sequence[Flown], limits: shapely.Geometry, origin: tuple[float, float]) -> list[tuple[float, float]]:
    """Find the turns outside of limits."""
    wide = limits.buffer(1e-3)
    ends = [end for leg in legs for end in (leg.start, leg.end)]
    return [end for end in ends if not wide.contains(Point(*flat(origin, np.array([end]))[0]))]


def gaps_m(legs: Sequence[Flown], origin: tuple[float, float]) -> float:
    """Say how far apart at most one leg's end and the next one's start are."""
    ends = [flat(origin, np.array([one.end, other.start])) for one, other in itertools.pairwise(legs)]
    return max((float(np.hypot(*(b - a))) for a, b in ends), default=0.0)
