"""The edge of what an image shows of the ground, also where part of the image shows sky."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.produce.imagery.rays import Meeting

Floats = NDArray[np.float64]

EDGE = 12
"""Rays along each side of an image, its first corner counted and its last not."""
TOLERANCE = 0.003
"""How far the outline that is kept may lie off the one that was followed, as a share of its size."""
_GRID = (9, 7)
_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Outline:
    """
    The edge of what is seen.

    Args:
        ring: metres east, north, up; shape (3, n), counter-clockwise seen from above, not closed.
        complete: the whole edge of the image meets the ground.
        area_m2: of the ring seen from above.
    """

    ring: Floats
    complete: bool
    area_m2: float


def edge_pixels(width_px: float, height_px: float) -> Floats:
    """Give pixels around an image, clockwise from its upper left corner; shape (2, 4 `EDGE`), corners every `EDGE`."""
    along = np.arange(EDGE) / EDGE
    x = np.concatenate([along, np.ones(EDGE), 1.0 - along, np.zeros(EDGE)]) * width_px
    y = np.concatenate([np.zeros(EDGE), along, np.ones(EDGE), 1.0 - along]) * height_px
    return np.vstack([x, y])


def outline_of(meet: Callable[[Floats], Meeting], pixels: Floats, edge: Meeting, middle_meets: bool) -> Outline | None:
    """
    Find the edge of what is seen.

    Where a pixel of the edge meets no ground, the last one that does on the way to it from inside the image is taken.

    Args:
        meet: follows the rays of pixels, shape (2, n).
        pixels: of the edge, in order.
        edge: where these met the ground.
        middle_meets: whether the middle of the image did.

    Returns:
        The outline; None where no part of the image meets the ground, or no area does.
    """
    points, missed = edge.points, np.flatnonzero(~edge.hit)
    if missed.size:
        inside = _inside(meet, pixels, middle_meets)
        if inside is None:
            return None
        points = points.copy()
        points[:, missed] = _last_seen(meet, inside, pixels[:, missed])
    ring = _simple(points)
    return None if ring is None else Outline(ring, not missed.size, abs(_twice_area(ring[:2])) / 2.0)


def _inside(meet: Callable[[Floats], Meeting], pixels: Floats, middle_meets: bool) -> Floats | None:
    """Give a pixel that meets the ground: the middle, else the one of a grid whose ray is shortest."""
    width, height = pixels.max(axis=1)
    if middle_meets:
        return np.array([[width / 2.0], [height / 2.0]])
    x, y = np.meshgrid(np.linspace(0.0, width, _GRID[0]), np.linspace(0.0, height, _GRID[1]))
    grid = np.vstack([x.ravel(), y.ravel()])
    met = meet(grid)
    if not met.hit.any():
        return None
    away = np.where(met.hit, np.linalg.norm(met.points, axis=0), np.inf)
    return grid[:, [int(away.argmin())]]


def _last_seen(meet: Callable[[Floats], Meeting], inside: Floats, outside: Floats) -> Floats:
    """Halve the way from a pixel that meets the ground to others that do not, and give the last places met."""
    near, far = np.repeat(inside, outside.shape[1], axis=1), outside.copy()
    found = np.repeat(meet(inside).points, outside.shape[1], axis=1)
    for _ in range(_ROUNDS):
        between = (near + far) / 2.0
        met = meet(between)
        found = np.where(met.hit, met.points, found)
        near, far = np.where(met.hit, between, near), np.where(met.hit, far, between)
    return found


def _simple(points: Floats) -> Floats | None:
    """Leave out what adds nothing to the shape, undo crossings, and go counter-clockwise."""
    import shapely

    rough = shapely.Polygon(points[:2].T)
    if not rough.is_valid:
        parts = shapely.get_parts(shapely.make_valid(rough))
        areas = [part for part in parts if part.geom_type in {"Polygon", "MultiPolygon"}]
        rough = max((p for a in areas for p in shapely.get_parts(a)), key=lambda p: p.area, default=rough)
    if not rough.area > 0.0:
        return None
    kept = shapely.simplify(rough.exterior, TOLERANCE * rough.area**0.5)
    ring = np.asarray(kept.coords)[:-1].T
    if ring.shape[1] < 3:
        return None
    if _twice_area(ring) < 0.0:
        ring = ring[:, ::-1]
    return np.vstack([ring, _heights(points, ring)])


def _twice_area(ring: Floats) -> float:
    east, north = ring
    following = np.concatenate([ring[:, 1:], ring[:, :1]], axis=1)
    return float(np.sum(east * following[1] - following[0] * north))


def _heights(points: Floats, ring: Floats) -> Floats:
    """Give each corner of the ring the height of the nearest point that was followed."""
    away = (points[0][None, :] - ring[0][:, None]) ** 2 + (points[1][None, :] - ring[1][:, None]) ** 2
    return points[2][away.argmin(axis=1)]
