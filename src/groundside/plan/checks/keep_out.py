"""Out of keep-outs, and inside what the plan's own fence keeps it in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from groundside.model.mission import FenceCircle, FencePolygon
from groundside.plan.checks.check import Check, Finding, Planned, judged
from groundside.reference.geodesy import local_metres

NAME = "keep_out"
CIRCLE_QUARTER = 64


def run(planned: Planned) -> Finding:
    """Look at the whole way over ground, with climb and return, against every keep-out with its buffer."""
    way = shapely.LineString(np.stack([planned.path.east_m, planned.path.north_m], axis=1))
    for name, shape in _kept_out(planned):
        if (inside := shapely.intersection(way, shape)) and not inside.is_empty:
            where = f"{inside.length:.0f} m of the way are" if inside.length > 0.0 else "The way is"
            reason = f"{where} inside {name}."
            return judged(NAME, planned, ok=False, reason=reason, at=_nearest(planned, inside))
    outside = _outside(planned, way)
    if not outside.is_empty:
        reason = f"{outside.length:.0f} m of the way are outside the plan's own fence."
        return judged(NAME, planned, ok=False, reason=reason, at=_nearest(planned, outside))
    count = sum(1 for _ in _kept_out(planned))
    return judged(NAME, planned, ok=True, reason=f"The whole way keeps out of {count} keep-outs.")


def _kept_out(planned: Planned) -> Iterator[tuple[str, BaseGeometry]]:
    for each in planned.keep_outs:
        yield each.name, planned.in_metres(each.shape).buffer(each.buffer_m)
    for i, fence in enumerate(planned.mission.fences):
        if not fence.stay_in:
            yield f"fence {i} of the plan", _fence(planned, fence)


def _outside(planned: Planned, way: BaseGeometry) -> BaseGeometry:
    """Give what of the way lies in none of the fences that it must stay in; nothing where there are none."""
    fences = [_fence(planned, each) for each in planned.mission.fences if each.stay_in]
    return shapely.difference(way, shapely.union_all(fences)) if fences else shapely.LineString()


def _fence(planned: Planned, fence: FencePolygon | FenceCircle) -> BaseGeometry:
    if isinstance(fence, FencePolygon):
        return planned.in_metres(shapely.Polygon([(at.lon, at.lat) for at in fence.corners]))
    east, north = local_metres([fence.centre.lon], [fence.centre.lat], planned.home)
    return shapely.Point(east[0], north[0]).buffer(fence.radius_m, quad_segs=CIRCLE_QUARTER)


def _nearest(planned: Planned, shape: BaseGeometry) -> int:
    at = shape.representative_point()
    return int(np.hypot(planned.steps.east_m - at.x, planned.steps.north_m - at.y).argmin())


CHECK = Check(NAME, "Where nobody may fly, climb and return may not lead either.", run)
