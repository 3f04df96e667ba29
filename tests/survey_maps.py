"""Areas to plan on, drawn at random: squares with holes as in ETH's benchmark, concave fields, convex fields."""

from __future__ import annotations

import numpy as np
from shapely import MultiPoint, Polygon

SIDE_M = 100.0


def square_with_holes(holes: int, seed: int) -> Polygon:
    """
    Draw a square of 100 m with convex holes that touch neither it nor each other.

    ETH's 320 maps (20 for each of 0 to 15 holes) are not available; theirs are rectangles with random holes too.
    """
    chance = np.random.default_rng([seed, holes])
    square = Polygon([(0, 0), (SIDE_M, 0), (SIDE_M, SIDE_M), (0, SIDE_M)])
    cut: list[Polygon] = []
    while len(cut) < holes:
        centre, radius = chance.uniform(8, SIDE_M - 8, 2), chance.uniform(2.5, 9.0)
        hole = convex_around(chance, centre, radius)
        if square.buffer(-1.0).contains(hole) and all(hole.distance(other) > 1.0 for other in cut):
            cut.append(hole)
    return Polygon(square.exterior, [hole.exterior for hole in cut])


def convex_around(chance: np.random.Generator, centre: np.ndarray, radius: float) -> Polygon:
    while True:
        angles = np.sort(chance.uniform(0, 2 * np.pi, int(chance.integers(4, 9))))
        far = radius * chance.uniform(0.6, 1.0, angles.size)
        hull = MultiPoint(centre + np.column_stack([np.cos(angles), np.sin(angles)]) * far[:, None]).convex_hull
        if isinstance(hull, Polygon) and hull.area > 0.5 * radius**2:
            return hull


def concave_with_holes(holes: int, seed: int, size_m: float = 400.0) -> Polygon:
    """Draw a star-shaped, usually concave field of 6 to 14 corners, with convex holes."""
    chance = np.random.default_rng([7, seed, holes])
    while True:
        count = int(chance.integers(6, 15))
        angles = (np.arange(count) + chance.uniform(-0.35, 0.35, count)) * 2 * np.pi / count
        far = size_m / 2 * chance.uniform(0.45, 1.0, count)
        stretch = np.array([1.0, chance.uniform(0.5, 1.0)])
        field = Polygon(np.column_stack([np.cos(angles), np.sin(angles)]) * far[:, None] * stretch)
        if not field.is_valid:
            continue
        cut: list[Polygon] = []
        west, south, east, north = field.bounds
        for _ in range(400):
            if len(cut) == holes:
                break
            hole = convex_around(
                chance, chance.uniform((west, south), (east, north)), size_m * chance.uniform(0.015, 0.05)
            )
            if field.buffer(-2.0).contains(hole) and all(hole.distance(other) > 2.0 for other in cut):
                cut.append(hole)
        if len(cut) == holes:
            return Polygon(field.exterior, [hole.exterior for hole in cut])


def convex(seed: int, size_m: float = 500.0) -> Polygon:
    """Draw a convex field of 3 to 9 corners, of any direction and stretch."""
    chance = np.random.default_rng([11, seed])
    while True:
        points = chance.uniform(-0.5, 0.5, (int(chance.integers(3, 13)), 2)) * size_m
        points[:, 1] *= chance.uniform(0.4, 1.0)
        turn = chance.uniform(0, np.pi)
        c, s = np.cos(turn), np.sin(turn)
        hull = MultiPoint(points @ np.array([[c, s], [-s, c]])).convex_hull
        if isinstance(hull, Polygon) and hull.area > 0.08 * size_m**2:
            return hull
