"""Along a wall: columns of photos up and down, camera towards it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from groundside.errors import BadRequest
from groundside.plan.patterns.station import Point, Station, bearing_deg, evenly, moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Facade:
    """
    How a wall is photographed.

    Args:
        bottom_m, top_m: lowest and highest height of the wall above take-off.
        stand_off_m: from the wall to the aircraft.
        frame_m: width and height of what one photo shows of the wall at that distance.
        frontlap, sidelap: shares that neighbouring photos of a column, and of neighbouring columns, show of each other.
        lowest_m: the aircraft never flies lower.
        on_right: whether the aircraft flies to the right of the wall, as one goes along it.
    """

    bottom_m: float
    top_m: float
    stand_off_m: float
    frame_m: tuple[float, float]
    frontlap: float = 0.7
    sidelap: float = 0.7
    lowest_m: float = 3.0
    on_right: bool = True


def facade(wall: Sequence[Point], how: Facade) -> tuple[Station, ...]:
    """
    Photograph each straight part of a wall, squarely, in vertical passes by turns up and down.

    Args:
        wall: two points or more, along its foot.
        how: heights, distance, overlaps.

    Returns:
        Stations, each with a photo; the whole of the wall is in a photo, from `bottom_m` to `top_m`, as far as
        `lowest_m` lets the camera see.

    Raises:
        BadRequest: the wall has no length or height, or the overlaps leave no progress.
    """
    _must_be(wall, how)
    stations: list[Station] = []
    for a, b in pairwise(wall):
        length = hypot(b[0] - a[0], b[1] - a[1])
        if length > 0.0:
            stations.extend(_part(a, bearing_deg(a, b), length, how))
    return tuple(stations)


def _part(a: Point, along_deg: float, length_m: float, how: Facade) -> list[Station]:
    out_deg = along_deg + (90.0 if how.on_right else -90.0)
    width, height = how.frame_m
    columns = _positions(0.0, length_m, width, how.sidelap)
    rows = [max(row, how.lowest_m) for row in _positions(how.bottom_m, how.top_m, height, how.frontlap)]
    rows = sorted(set(rows))
    stations: list[Station] = []
    for i, column in enumerate(columns):
        foot = moved(moved(a, along_deg, column), out_deg, how.stand_off_m)
        for row in rows if i % 2 == 0 else rows[::-1]:
            stations.append(
                Station(
                    east_m=foot[0], north_m=foot[1], height_m=row, photo=True,
                    heading_deg=(out_deg + 180.0) % 360.0, gimbal_deg=0.0,
                )
            )  # fmt: skip
    return stations


def _positions(first_m: float, last_m: float, frame_m: float, overlap: float) -> list[float]:
    """Place frames so that they reach from first to last; one in the middle where one is enough."""
    if last_m - first_m <= frame_m:
        return [(first_m + last_m) / 2.0]
    half = frame_m / 2.0
    return list(evenly(first_m + half, last_m - half, frame_m * (1.0 - overlap)))


def _must_be(wall: Sequence[Point], how: Facade) -> None:
    if len(wall) < 2 or not any(a != b for a, b in pairwise(wall)):
        raise BadRequest("A wall needs two points.", try_this="draw it as a line along its foot")
    if not (how.top_m > how.bottom_m and how.stand_off_m > 0.0 and min(how.frame_m) > 0.0):
        what = f"A wall from {how.bottom_m:g} m to {how.top_m:g} m, seen from {how.stand_off_m:g} m, shows nothing."
        raise BadRequest(what, try_this="give a top above the bottom and a distance above 0")
    if not (0.0 <= how.frontlap < 1.0 and 0.0 <= how.sidelap < 1.0):
        raise BadRequest("Overlaps are at least 0 and below 100 %.")
