"""A station: one place of a pattern, in metres on the plane of the area; patterns are made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, ceil, cos, degrees, hypot, radians, sin

from groundside.errors import BadRequest

STRAIGHT_DOWN_DEG = -90.0
MOST_STATIONS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """
    Where to fly, and what to do there.

    Args:
        east_m, north_m: on the plane of the area.
        height_m: above the ground at take-off, or above the ground below where terrain is followed.
        heading_deg: where the nose points; None is along the path.
        gimbal_deg: camera pitch from here on, -90 straight down; None leaves it.
        photo: whether one photo is taken here.
        trigger_m: from here on a photo every so many metres; 0 ends that, None leaves it.
    """

    east_m: float
    north_m: float
    height_m: float
    heading_deg: float | None = None
    gimbal_deg: float | None = None
    photo: bool = False
    trigger_m: float | None = None


Point = tuple[float, float]


def bearing_deg(a: Point, b: Point) -> float:
    """Say in which direction `b` lies from `a`: 0 to 360, clockwise from north."""
    return degrees(atan2(b[0] - a[0], b[1] - a[1])) % 360.0


def moved(a: Point, heading_deg: float, length_m: float) -> Point:
    """Go so far in a direction."""
    angle = radians(heading_deg)
    return a[0] + length_m * sin(angle), a[1] + length_m * cos(angle)


def lengths_m(points: Sequence[Point]) -> list[float]:
    """Measure each leg."""
    return [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]


def stations_along(
    points: Sequence[Point], height_m: float, *, gimbal_deg: float | None = None, trigger_m: float | None = None
) -> tuple[Station, ...]:
    """Fly through points at one height, with photos by distance from the first to the last where that is asked."""
    last = len(points) - 1
    return tuple(
        Station(
            east_m=x, north_m=y, height_m=height_m, gimbal_deg=gimbal_deg if i == 0 else None,
            trigger_m=_trigger(i, last, trigger_m),
        )
        for i, (x, y) in enumerate(points)
    )  # fmt: skip


def _trigger(i: int, last: int, trigger_m: float | None) -> float | None:
    if trigger_m is None:
        return None
    return {0: trigger_m, last: 0.0}.get(i)


def evenly(first: float, last: float, most_apart: float) -> Iterator[float]:
    """
    Give numbers from `first` to `last`, both included, evenly and no further apart than that.

    Raises:
        BadRequest: there would be more of them than any aircraft flies.
    """
    if not most_apart > 0.0:
        what = f"Stations cannot be {most_apart} m apart."
        raise BadRequest(what, try_this="give a spacing above 0")
    steps = ceil(abs(last - first) / most_apart - 1e-9)
    if steps > MOST_STATIONS:
        what = f"{abs(last - first):.0f} m in steps of {most_apart:g} m are more than {MOST_STATIONS:,} stations."
        raise BadRequest(what, try_this="space them wider, or plan a smaller part")
    yield first
    for i in range(1, steps + 1):
        yield first + (last - first) * i / steps
