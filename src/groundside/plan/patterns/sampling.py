"""
Around a release of something hazardous: transects across the wind, down-wind of it, never flown to through it.

What the air carries goes with the wind; nothing here models how it spreads. How wide the transects are follows from an
angle that the owner gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, radians, tan

from groundside.errors import BadRequest
from groundside.plan.patterns.station import Point, Station, moved

FEWEST_TRANSECTS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """
    How the air down-wind of a release is sampled.

    Args:
        wind_from_deg: where the wind comes from.
        nearest_m, furthest_m: distance of the nearest and the furthest transect, down-wind of the source.
        transects: how many, evenly.
        half_angle_deg: to each side of the wind as seen from the source, so far transects reach.
        stand_off_m: the aircraft never comes nearer to the source, and begins that far up-wind of it.
        heights_m: each transect is flown at each of these.
    """

    wind_from_deg: float
    nearest_m: float
    furthest_m: float
    transects: int
    half_angle_deg: float
    stand_off_m: float
    heights_m: tuple[float, ...]


def sampling(source: Point, how: Sampling) -> tuple[Station, ...]:
    """
    Begin up-wind, go around the side, and cross the wind from the furthest transect to the nearest.

    The furthest comes first: what is carried there is thinnest, and an aircraft that meets too much of it has the rest
    of the way home clean. It leaves around the same side on which it ended, and ends up-wind where it began.

    Raises:
        BadRequest: the nearest transect is nearer than the stand-off, or the numbers make no transects.
    """
    _must_be(how)
    down = (how.wind_from_deg + 180.0) % 360.0
    step = (how.furthest_m - how.nearest_m) / max(how.transects - 1, 1)
    distances = [how.furthest_m - i * step for i in range(how.transects)]
    widest = _half_m(how.furthest_m, how)
    lane = max(widest, how.stand_off_m)
    top = max(how.heights_m)
    up = moved(source, how.wind_from_deg, how.stand_off_m)
    way: list[tuple[Point, float]] = [(up, top), (moved(up, down - 90.0, lane), top)]
    side = -1.0
    for distance in distances:
        middle = moved(source, down, distance)
        for height in how.heights_m:
            ends = [moved(middle, down + 90.0, side * each * _half_m(distance, how)) for each in (1.0, -1.0)]
            way.extend((end, height) for end in ends)
            side = -side
    out = moved(moved(source, down, distances[-1]), down + 90.0, side * lane)
    way.extend([(out, top), (moved(up, down + 90.0, side * lane), top), (up, top)])
    return tuple(Station(east_m=e, north_m=n, height_m=h) for (e, n), h in way)


def _half_m(distance_m: float, how: Sampling) -> float:
    return distance_m * tan(radians(how.half_angle_deg))


def nearest_to_m(source: Point, stations: tuple[Station, ...]) -> float:
    """Say how near to the source the stations come."""
    return min(hypot(each.east_m - source[0], each.north_m - source[1]) for each in stations)


def _must_be(how: Sampling) -> None:
    if how.transects < FEWEST_TRANSECTS or not how.heights_m or not 0.0 < how.half_angle_deg < 80.0:
        what = "Sampling needs a transect, a height, and an angle above 0 and below 80 degrees."
        raise BadRequest(what)
    if not 0.0 < how.stand_off_m <= how.nearest_m <= how.furthest_m:
        what = (
            f"Transects from {how.nearest_m:g} m to {how.furthest_m:g} m do not keep"
            f" {how.stand_off_m:g} m from the source."
        )
        raise BadRequest(what, try_this="move the nearest transect beyond the stand-off")
