"""
What a flight is for, as legs: metres east and north of the take-off point, and height above it.

Search patterns after IAMSAR Manual volume II, chapter 5: expanding square (each second leg one spacing
longer) and creeping line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import atan2, cos, degrees, hypot, radians, sin

CLIMB_MPS, DESCENT_MPS, TOUCHDOWN_MPS = 2.5, 2.0, 0.7
FLARE_HEIGHT_M = 8.0


class Phase(StrEnum):
    """What the aircraft is doing; each writer has its own number for it."""

    GROUND = "ground"
    TAKEOFF = "takeoff"
    MISSION = "mission"
    HOVER = "hover"
    RETURN = "return"
    LANDING = "landing"


@dataclass(frozen=True, slots=True)
class Leg:
    """
    Fly straight to a point, then stay there for a while.

    Args:
        east_m, north_m, height_m: where to.
        speed_mps: at most this fast, along the leg.
        phase: what this is part of.
        gimbal_deg: camera pitch, 0 ahead, -90 straight down.
        hold_s: how long to stay there; 0 flies on through the point without stopping.
        yaw_deg: where the nose points; None is along the leg.
        on_way: the way from take-off to where the mission begins, and no part of its pattern.
    """

    east_m: float
    north_m: float
    height_m: float
    speed_mps: float
    phase: Phase
    gimbal_deg: float = 0.0
    hold_s: float = 0.0
    yaw_deg: float | None = None
    on_way: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """
    Where a mission lies, seen from the take-off point, and how it is flown.

    Args:
        east_m, north_m: its first corner.
        width_m, depth_m: along its heading, and to the right of that.
        heading_deg: of its long side.
        height_m, speed_mps: how high and how fast.
        spacing_m: between lines, rings or pylons.
    """

    east_m: float = 40.0
    north_m: float = 60.0
    width_m: float = 220.0
    depth_m: float = 150.0
    heading_deg: float = 20.0
    height_m: float = 60.0
    speed_mps: float = 8.0
    spacing_m: float = 25.0

    def point(self, along_m: float, right_m: float) -> tuple[float, float]:
        """Turn a point of the area into metres east and north of the take-off point."""
        a = radians(self.heading_deg)
        east = self.east_m + along_m * sin(a) + right_m * cos(a)
        return east, self.north_m + along_m * cos(a) - right_m * sin(a)


def survey(area: Area) -> list[Leg]:
    """Fly parallel lines over a field, camera straight down, nose along the line."""
    lines = max(2, round(area.depth_m / area.spacing_m) + 1)
    path = [
        area.point(along, i * area.spacing_m)
        for i in range(lines)
        for along in ((0.0, area.width_m) if i % 2 == 0 else (area.width_m, 0.0))
    ]
    return [Leg(e, n, area.height_m, area.speed_mps, Phase.MISSION, -90.0) for e, n in path]


def powerline(area: Area) -> list[Leg]:
    """Follow a line of pylons that bends a little, stopping at each to look at it."""
    count = max(2, round(area.width_m / area.spacing_m) + 1)
    legs: list[Leg] = []
    for i in range(count):
        aside = area.depth_m * 0.1 * sin(i * 0.8)
        east, north = area.point(i * area.spacing_m, aside)
        legs.append(Leg(east, north, area.height_m, area.speed_mps, Phase.MISSION, -15.0))
        look = area.heading_deg + 90.0
        legs.append(Leg(east, north, area.height_m - 6.0, 1.5, Phase.HOVER, -25.0, 9.0, look))
    return legs


def expanding_square(area: Area) -> list[Leg]:
    """Search outward from a point, each second leg one spacing longer."""
    east, north = area.point(0.0, 0.0)
    legs = [Leg(east, north, area.height_m, area.speed_mps, Phase.MISSION, -45.0)]
    length, step = area.spacing_m, 0
    while length <= area.width_m:
        a = radians(area.heading_deg + 90.0 * step)
        east, north = east + length * sin(a), north + length * cos(a)
        legs.append(Leg(east, north, area.height_m, area.speed_mps, Phase.MISSION, -45.0))
        step += 1
        length += area.spacing_m if step % 2 == 0 else 0.0
    return legs


def creeping_line(area: Area) -> list[Leg]:
    """Search across the direction of advance; two looks from a stop, as a crew does at something seen."""
    legs = [Leg(g.east_m, g.north_m, g.height_m, g.speed_mps, g.phase, -45.0) for g in survey(area)]
    for at in (len(legs) // 3, 2 * len(legs) // 3):
        g = legs[at]
        legs[at] = Leg(g.east_m, g.north_m, g.height_m, g.speed_mps, Phase.HOVER, -70.0, 12.0)
    return legs


MISSIONS = {
    "survey": survey,
    "powerline": powerline,
    "expanding square search": expanding_square,
    "creeping line search": creeping_line,
}


def whole_flight(mission: list[Leg], cruise_mps: float, touchdown_mps: float = TOUCHDOWN_MPS) -> Iterator[Leg]:
    """Put take-off, ways there and back, and landing around a mission; starts and ends at (0, 0, 0)."""
    first = mission[0]
    yield Leg(0.0, 0.0, first.height_m, CLIMB_MPS, Phase.TAKEOFF, 0.0, 2.0, bearing_deg(0.0, 0.0, first))
    yield Leg(first.east_m, first.north_m, first.height_m, cruise_mps, Phase.MISSION, -20.0, on_way=True)
    yield from mission[1:]
    last = mission[-1]
    yield Leg(0.0, 0.0, last.height_m, cruise_mps, Phase.RETURN, -10.0, 2.0)
    yield from descent((bearing_deg(last.east_m, last.north_m, None) + 360.0) % 360.0, touchdown_mps)


def descent(yaw_deg: float, touchdown_mps: float = TOUCHDOWN_MPS) -> Iterator[Leg]:
    """
    Come down at (0, 0) with rotors.

    A landing faster than usual ends below the ground, since legs end at rest: whoever flies it stops at 0, and has
    the full speed there.
    """
    yield Leg(0.0, 0.0, FLARE_HEIGHT_M, DESCENT_MPS, Phase.LANDING, 0.0, 0.0, yaw_deg)
    depth = 0.0 if touchdown_mps <= TOUCHDOWN_MPS else touchdown_mps * (touchdown_mps / 3.0 + 1.5)
    yield Leg(0.0, 0.0, -depth, touchdown_mps, Phase.LANDING, 0.0, 0.0, yaw_deg)


def stay(seconds: float) -> Leg:
    """Stand on the ground at the take-off point."""
    return Leg(0.0, 0.0, 0.0, 1.0, Phase.GROUND, hold_s=seconds)


def bearing_deg(east_m: float, north_m: float, to: Leg | None) -> float:
    """Give the direction from a point to the end of a leg, or to take-off, in degrees from north."""
    de = (to.east_m if to else 0.0) - east_m
    dn = (to.north_m if to else 0.0) - north_m
    return degrees(atan2(de, dn))


def length_m(mission: list[Leg]) -> float:
    """Give the length over ground of a mission."""
    return sum(hypot(b.east_m - a.east_m, b.north_m - a.north_m) for a, b in pairwise(mission))
