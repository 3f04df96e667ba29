"""Plan searches, after the IAMSAR manual."""

from __future__ import annotations

from collections.abc import Callable
from math import hypot

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from groundside.archive.plan_asked import Asked, drawn_in, finished_of, in_metres, look_of
from groundside.errors import BadRequest
from groundside.model.mission import Mission
from groundside.plan.patterns import search
from groundside.plan.patterns.station import Point, bearing_deg, moved, stations_along


def search_for(
    asked: Asked,
    *,
    pattern: str,
    spacing_m: float,
    heading_deg: float | None = None,
    left: bool = False,
    reach_m: float | None = None,
) -> Mission:
    """
    Search an area, or around a point, after the IAMSAR manual.

    Args:
        asked: the area; its middle is the datum of an expanding square or a sector search.
        pattern: "square", "sector", "parallel" or "creeping".
        spacing_m: between tracks; of a sector search the radius.
        heading_deg: of the first leg, or of the long side; None is north, or the long side of the area as it lies.
        left: turn left where a square or a sector search turns right.
        reach_m: search so far from the middle to every side, whatever was drawn; of a sector search the radius.
    """
    view, drawn = look_of(asked), drawn_in(asked.area)
    origin = drawn.middle
    shape = in_metres(drawn.everything, origin)
    if reach_m is not None:
        shape = _reached(reach_m, heading_deg or 0.0)
        spacing_m, heading_deg = reach_m if pattern == "sector" else spacing_m, heading_deg or 0.0
    points = _searched(pattern, shape, spacing_m, heading_deg, left=left, reach_m=reach_m)
    trigger = view.apart.trigger_m if view.apart else None
    stations = stations_along(points, view.height_m, gimbal_deg=-90.0 if trigger else None, trigger_m=trigger)
    return finished_of(asked, list(stations), origin)


def _reached(reach_m: float, heading_deg: float) -> BaseGeometry:
    """Give a square around the middle, its sides along a heading."""
    ahead, aside = moved((0.0, 0.0), heading_deg, reach_m), moved((0.0, 0.0), heading_deg + 90.0, reach_m)
    return shapely.Polygon([
        (u * ahead[0] + v * aside[0], u * ahead[1] + v * aside[1]) for u, v in ((1, 1), (1, -1), (-1, -1), (-1, 1))
    ])  # fmt: skip


def _searched(
    pattern: str,
    shape: BaseGeometry,
    spacing_m: float,
    heading_deg: float | None,
    *,
    left: bool,
    reach_m: float | None,
) -> list[Point]:
    turn = search.LEFT if left else search.RIGHT
    if pattern == "square":
        reach = reach_m or max(float(shapely.hausdorff_distance(shape, shapely.Point(0, 0))), spacing_m)
        legs = search.square_legs(reach, spacing_m)
        return search.expanding_square((0.0, 0.0), heading_deg or 0.0, spacing_m, legs, turn)
    if pattern == "sector":
        return search.sector((0.0, 0.0), heading_deg or 0.0, spacing_m, turn)
    lanes: dict[str, Callable[..., list[Point]]] = {
        "parallel": search.parallel_track, "creeping": search.creeping_line
    }  # fmt: skip
    if pattern not in lanes:
        what = f"There is no search pattern {pattern[:40]!r}."
        raise BadRequest(what, try_this="one of: square, sector, parallel, creeping")
    return lanes[pattern](*_rectangle(shape, heading_deg), spacing_m)


def _rectangle(shape: BaseGeometry, heading_deg: float | None) -> tuple[Point, float, tuple[float, float]]:
    """Give the corner, heading and sides of the rectangle around a shape: the smallest, or along a heading."""
    if heading_deg is None:
        ring = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))
        if len(ring) < 5:
            raise BadRequest("This search needs an area.", try_this="draw a polygon, or search a square around a point")
        a, b, c = ((float(x), float(y)) for x, y in ring[:3])
        long = (a, b) if hypot(b[0] - a[0], b[1] - a[1]) >= hypot(c[0] - b[0], c[1] - b[1]) else (b, c)
        heading_deg = bearing_deg(*long) % 180.0
    turned = np.array([moved((0.0, 0.0), heading_deg, 1.0), moved((0.0, 0.0), heading_deg + 90.0, 1.0)])
    along, aside = turned @ shapely.get_coordinates(shape).T
    corner = turned.T @ np.array([along.min(), aside.min()])
    return (float(corner[0]), float(corner[1])), heading_deg, (float(np.ptp(along)), float(np.ptp(aside)))
