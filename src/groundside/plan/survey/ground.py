"""From areas in longitude and latitude to the ground to cover and the region that may be flown, in metres."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely

from groundside.errors import BadRequest, TooLarge
from groundside.model.place import LonLat
from groundside.plan.survey.planned import SurveyOrder
from groundside.reference.local_plane import LocalPlane

_WIDEST_M = 50_000.0
_MOST_CORNERS = 20_000
_PIECES = 8
_ROUND = 1 / math.cos(1.5 * math.pi / 4 / _PIECES)
"""Round corners of a buffer are of straight pieces, some half as long again, whose middles must still be so far
away."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The plane, what is to be covered on it, and where it may be flown."""

    plane: LocalPlane
    target: shapely.Geometry
    flyable: shapely.Geometry
    notes: tuple[str, ...]


def ground_of(order: SurveyOrder, room_m: float) -> Ground:
    """
    Lay an order out on a plane.

    Args:
        room_m: where no limits are given, lines may go so far beyond the area, and ways around keep-outs farther.

    Raises:
        BadRequest: no area, or one that keep-outs or limits leave nothing of.
        TooLarge: an area wider than 50 km, or of more than 20,000 corners.
    """
    corners = shapely.get_coordinates(order.area)
    if shapely.is_empty(order.area) or shapely.get_dimensions(order.area) != 2 or not np.isfinite(corners).all():
        what = "the area holds no polygon"
        raise BadRequest(what, try_this="draw one, or name a file with a polygon in it")
    if len(corners) + sum(shapely.count_coordinates(each) for each in order.keep_outs) > _MOST_CORNERS:
        what = f"areas and keep-outs of more than {_MOST_CORNERS} corners"
        raise TooLarge(what, try_this="simplify them, or plan in parts")
    plane = LocalPlane.around(corners[:, 0], corners[:, 1])
    area = _on(plane, order.area)
    west, south, east, north = shapely.bounds(area)
    if max(east - west, north - south) > _WIDEST_M:
        what = f"an area {max(east - west, north - south) / 1000:.0f} km wide"
        raise TooLarge(what, try_this=f"plan parts of at most {_WIDEST_M / 1000:.0f} km")
    closed = _closed(order, plane, area)
    open_sky = _open_sky(order, plane, [area, closed], room_m)
    return _reachable(order, plane, shapely.difference(area, closed), shapely.difference(open_sky, closed))


def _closed(order: SurveyOrder, plane: LocalPlane, area: shapely.Geometry) -> shapely.Geometry:
    """Unite keep-outs, each with its buffer, and holes."""
    outs = [shapely.buffer(_on(plane, each), order.buffer_m * _ROUND, quad_segs=_PIECES) for each in order.keep_outs]
    solid = shapely.union_all(shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(area))))
    return shapely.union_all([*outs, shapely.difference(solid, area)])


def _open_sky(order: SurveyOrder, plane: LocalPlane, shapes: list[shapely.Geometry], room_m: float) -> shapely.Geometry:
    if order.limits is not None:
        return _on(plane, order.limits)
    home = [] if order.home is None else [shapely.points(plane.to_metres([order.home.lon], [order.home.lat])[0])]
    west, south, east, north = shapely.total_bounds(np.array([*shapes, *home]))
    away = room_m + 0.1 * max(east - west, north - south) + 10.0
    return shapely.box(west - away, south - away, east + away, north + away)


def _reachable(order: SurveyOrder, plane: LocalPlane, target: shapely.Geometry, flyable: shapely.Geometry) -> Ground:
    """Of a sky in several parts take the one with home, or the one with most of the area."""
    parts = shapely.get_parts(flyable)
    parts = parts[shapely.get_dimensions(parts) == 2]
    if not len(parts) or shapely.area(target) <= 0:
        what = "keep-outs and limits leave nothing of the area"
        raise BadRequest(what, try_this="make the keep-outs or their buffers smaller, or the limits wider")
    if len(parts) == 1:
        return Ground(plane, _whole(target), parts[0], ())
    own = parts[int(shapely.area(shapely.intersection(parts, target)).argmax())]
    if order.home is not None:
        home = shapely.points(plane.to_metres([order.home.lon], [order.home.lat])[0])
        own = parts[int(shapely.distance(parts, home).argmin())]
    reached = shapely.intersection(target, own)
    lost = float(shapely.area(target) - shapely.area(reached))
    if shapely.area(reached) <= 0:
        what = "the area cannot be reached from home without crossing a keep-out or a limit"
        raise BadRequest(what, try_this="move home, or open a way")
    note = (f"{lost:.0f} m² cannot be reached without crossing a keep-out or a limit",) if lost > 1.0 else ()
    return Ground(plane, _whole(reached), own, note)


def _whole(target: shapely.Geometry) -> shapely.Geometry:
    """Leave out lines and slivers that cutting left behind."""
    parts = shapely.get_parts(target)
    parts = parts[shapely.get_dimensions(parts) == 2]
    big = parts[shapely.area(parts) > 1e-6 * shapely.area(target)]
    return shapely.MultiPolygon(list(big)) if len(big) > 1 else big[0]


def _on(plane: LocalPlane, shape: shapely.Geometry) -> shapely.Geometry:
    """Lay a shape onto the plane; a border that crosses itself is put right."""
    flat: shapely.Geometry = shapely.transform(shapely.force_2d(shape), lambda xy: plane.to_metres(xy[:, 0], xy[:, 1]))
    return flat if shapely.is_valid(flat) else shapely.make_valid(flat)


def places(plane: LocalPlane, east_north_m: np.ndarray) -> list[LonLat]:
    """Turn points of the plane into places."""
    return [LonLat(lon, lat) for lon, lat in plane.to_lon_lat(east_north_m).tolist()]
