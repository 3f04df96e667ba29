"""Along a line and around an area: corridors (power lines, railways, pipelines) and perimeters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, ceil, degrees

import numpy as np
import shapely

from groundside.errors import BadRequest
from groundside.plan.patterns.station import (
    STRAIGHT_DOWN_DEG,
    Point,
    Station,
    bearing_deg,
    stations_along,
)

MITRE_LIMIT = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """
    How a line is followed.

    Args:
        height_m: to fly at.
        width_m: of the strip that is to be covered, half of it to each side of the line.
        across_m: what one photo covers across the flight.
        sidelap: share that photos of neighbouring passes show of each other.
        trigger_m: between photos along a pass.
    """

    height_m: float
    width_m: float
    across_m: float
    sidelap: float
    trigger_m: float


def passes_m(how: Corridor) -> list[float]:
    """
    Say how far to the right of the line each pass lies; together they cover the strip.

    Raises:
        BadRequest: the overlap leaves no progress, or a photo shows nothing.
    """
    if not (how.across_m > 0.0 and 0.0 <= how.sidelap < 1.0 and how.width_m >= 0.0):
        what = f"Photos {how.across_m:g} m wide with {how.sidelap:.0%} sidelap cannot cover a strip."
        raise BadRequest(what, try_this="fly higher, or ask for less sidelap")
    missing = how.width_m - how.across_m
    if missing <= 0.0:
        return [0.0]
    spaces = ceil(missing / (how.across_m * (1.0 - how.sidelap)) - 1e-9)
    return [missing * (i / spaces - 0.5) for i in range(spaces + 1)]


def corridor(line: Sequence[Point], how: Corridor) -> tuple[Station, ...]:
    """
    Follow a line in parallel passes, there and back, camera straight down.

    Args:
        line: two points or more.
        how: heights and overlaps.

    Raises:
        BadRequest: the line has no length, or a strip this wide cannot follow its bends.
    """
    stations: list[Station] = []
    for i, aside in enumerate(passes_m(how)):
        points = beside(line, aside)
        stations.extend(
            stations_along(
                points if i % 2 == 0 else points[::-1], how.height_m,
                gimbal_deg=STRAIGHT_DOWN_DEG, trigger_m=how.trigger_m,
            )
        )  # fmt: skip
    return tuple(stations)


@dataclass(frozen=True, slots=True, kw_only=True)
class BothSides:
    """
    How a power line or the like is looked at from both sides.

    Args:
        height_m: to fly at.
        aside_m: how far from the line.
        aim_m: height of what is looked at.
        trigger_m: between photos.
    """

    height_m: float
    aside_m: float
    aim_m: float
    trigger_m: float


def both_sides(line: Sequence[Point], how: BothSides) -> tuple[Station, ...]:
    """
    Fly along one side of a line and back along the other, nose and camera towards it.

    Raises:
        BadRequest: the line has no length, or nothing lies between it and the aircraft.
    """
    if not how.aside_m > 0.0:
        raise BadRequest("A line is looked at from beside it.", try_this="add --aside M")
    gimbal = -degrees(atan2(how.height_m - how.aim_m, how.aside_m))
    right, left = beside(line, how.aside_m), beside(line, -how.aside_m)[::-1]
    return (*_towards(right, -90.0, gimbal, how), *_towards(left, -90.0, gimbal, how))


def _towards(points: Sequence[Point], turn_deg: float, gimbal_deg: float, how: BothSides) -> list[Station]:
    """Point the nose aside on each leg; at the end of the last one as on it."""
    headings = [(bearing_deg(a, b) + turn_deg) % 360.0 for a, b in pairwise(points)]
    headings.append(headings[-1])
    last = len(points) - 1
    return [
        Station(
            east_m=x, north_m=y, height_m=how.height_m, heading_deg=heading, gimbal_deg=gimbal_deg if i == 0 else None,
            trigger_m={0: how.trigger_m, last: 0.0}.get(i),
        )
        for i, ((x, y), heading) in enumerate(zip(points, headings, strict=True))
    ]  # fmt: skip


def beside(line: Sequence[Point], aside_m: float) -> list[Point]:
    """
    Give the line that runs so far to the right of another (left where negative), corners mitred.

    Raises:
        BadRequest: the line has no length, or its bends are too tight.
    """
    centre = shapely.LineString(line) if len(line) > 1 else shapely.LineString()
    if not centre.length > 0.0:
        raise BadRequest("A corridor needs a line of some length.", try_this="draw it as a LineString")
    if aside_m == 0.0:
        return [(float(x), float(y)) for x, y in centre.coords]
    curve = shapely.offset_curve(centre, -aside_m, join_style="mitre", mitre_limit=MITRE_LIMIT)
    parts = [part for part in shapely.get_parts(curve) if part.length > 0.0]
    if not parts:
        what = f"The line bends too tightly to fly {abs(aside_m):.0f} m beside it."
        raise BadRequest(what, try_this="make the strip narrower, or smooth the line")
    parts.sort(key=lambda part: centre.project(part.interpolate(0.5, normalized=True)))
    points = np.concatenate([shapely.get_coordinates(part) for part in parts])
    return [(float(x), float(y)) for x, y in points]


@dataclass(frozen=True, slots=True, kw_only=True)
class Perimeter:
    """
    How the edge of an area is flown.

    Args:
        heights_m: one lap at each.
        outside_m: how far outside the edge; negative flies inside.
        look: where the camera points: "down", "in" or "out".
        gimbal_deg: pitch where it looks in or out.
        trigger_m: between photos; 0 takes none.
    """

    heights_m: tuple[float, ...]
    outside_m: float = 0.0
    look: str = "down"
    gimbal_deg: float = -30.0
    trigger_m: float = 0.0


LOOKS = {"down": None, "out": -90.0, "in": 90.0}
"""How far the nose is turned from the way; clockwise the area lies to the right."""


def perimeter(area: shapely.Polygon | shapely.MultiPolygon, how: Perimeter) -> tuple[Station, ...]:
    """
    Fly along the outer edge of an area, clockwise, once at each height.

    Raises:
        BadRequest: nothing is left of the area so far inside its edge, or the look is none.
    """
    if how.look not in LOOKS:
        what = f"The camera cannot look {how.look!r}."
        raise BadRequest(what, try_this="one of: " + ", ".join(LOOKS))
    moved_edge = area.buffer(how.outside_m, join_style="mitre", mitre_limit=MITRE_LIMIT) if how.outside_m else area
    rings = [part.exterior for part in shapely.get_parts(moved_edge) if not part.is_empty]
    if not rings:
        what = f"Nothing of the area is left {-how.outside_m:g} m inside its edge."
        raise BadRequest(what, try_this="fly nearer to the edge")
    turn = LOOKS[how.look]
    stations: list[Station] = []
    for ring in rings:
        points = [(float(x), float(y)) for x, y in shapely.LinearRing(ring).coords]
        points = points[::-1] if shapely.is_ccw(ring) else points
        for height in how.heights_m:
            stations.extend(_lap(points, height, turn, how))
    return tuple(stations)


def _lap(points: Sequence[Point], height_m: float, turn_deg: float | None, how: Perimeter) -> Sequence[Station]:
    trigger = how.trigger_m or None
    if turn_deg is None:
        return stations_along(points, height_m, gimbal_deg=STRAIGHT_DOWN_DEG, trigger_m=trigger)
    last = len(points) - 1
    headings = [(bearing_deg(a, b) + turn_deg) % 360.0 for a, b in pairwise(points)]
    headings.append(headings[-1])
    return [
        Station(
            east_m=x, north_m=y, height_m=height_m, heading_deg=heading, gimbal_deg=how.gimbal_deg if i == 0 else None,
            trigger_m=None if trigger is None else {0: trigger, last: 0.0}.get(i),
        )
        for i, ((x, y), heading) in enumerate(zip(points, headings, strict=True))
    ]  # fmt: skip
