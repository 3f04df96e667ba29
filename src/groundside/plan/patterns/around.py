"""Around a structure: orbits and spirals, with the camera on it."""

from __future__ import annotations

from dataclasses import dataclass
from math import acos, atan2, ceil, cos, degrees, pi

from groundside.errors import BadRequest
from groundside.plan.patterns.station import Point, Station, bearing_deg, evenly, moved

FEWEST_SIDES = 8
INSIDE_SHARE = 0.02
"""Flying from station to station cuts inside the circle, by no more than this share of its radius."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """
    What is flown around.

    Args:
        centre: on the plane of the area.
        radius_m: of the circle that is flown.
        bottom_m, top_m: between which heights it is to be seen; the camera never aims above or below.
    """

    centre: Point
    radius_m: float
    bottom_m: float
    top_m: float


def orbit(structure: Structure, heights_m: list[float], photo_spacing_m: float) -> tuple[Station, ...]:
    """
    Fly a circle at each height, lowest first, with a photo at each station and the camera on the structure.

    Raises:
        BadRequest: there is no radius, no height, or no spacing.
    """
    if not heights_m:
        raise BadRequest("An orbit needs a height.", try_this="add --height M")
    sides = _sides(structure.radius_m, photo_spacing_m)
    return tuple(
        _looking(structure, 360.0 * i / sides, height) for height in sorted(heights_m) for i in range(sides + 1)
    )


def spiral(structure: Structure, rise_m: float, photo_spacing_m: float) -> tuple[Station, ...]:
    """
    Climb around a structure from its bottom to its top, and once around at the top.

    Args:
        structure: what is flown around.
        rise_m: at most so much climb on each turn.
        photo_spacing_m: between photos along the circle.

    Raises:
        BadRequest: there is no radius, no rise, no spacing, or nothing to climb.
    """
    climb = structure.top_m - structure.bottom_m
    if not (rise_m > 0.0 and climb > 0.0):
        what = f"A spiral climbs; from {structure.bottom_m:g} m to {structure.top_m:g} m by {rise_m:g} m it does not."
        raise BadRequest(what, try_this="give a top above the bottom and a rise above 0")
    sides = _sides(structure.radius_m, photo_spacing_m)
    turns = ceil(climb / rise_m - 1e-9)
    climbing = list(evenly(structure.bottom_m, structure.top_m, climb / (turns * sides)))
    heights = climbing + [structure.top_m] * sides
    return tuple(_looking(structure, 360.0 * i / sides, height) for i, height in enumerate(heights))


def _sides(radius_m: float, photo_spacing_m: float) -> int:
    if not (radius_m > 0.0 and photo_spacing_m > 0.0):
        what = f"A circle of {radius_m:g} m with photos every {photo_spacing_m:g} m cannot be flown."
        raise BadRequest(what, try_this="give a radius and a spacing above 0")
    by_photos = ceil(2.0 * pi * radius_m / photo_spacing_m)
    return max(FEWEST_SIDES, by_photos, ceil(pi / acos(1.0 - INSIDE_SHARE)))


def _looking(structure: Structure, from_deg: float, height_m: float) -> Station:
    east, north = moved(structure.centre, from_deg, structure.radius_m)
    aim = min(max(height_m, structure.bottom_m), structure.top_m)
    return Station(
        east_m=east, north_m=north, height_m=height_m, photo=True,
        heading_deg=bearing_deg((east, north), structure.centre),
        gimbal_deg=-degrees(atan2(height_m - aim, structure.radius_m)),
    )  # fmt: skip


def nearest_m(structure: Structure, photo_spacing_m: float) -> float:
    """Say how near to the centre the path comes between stations."""
    return structure.radius_m * cos(pi / _sides(structure.radius_m, photo_spacing_m))
