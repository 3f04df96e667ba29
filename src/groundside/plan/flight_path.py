"""The whole way of a mission, from the ground back to it, as checks and estimates need it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from groundside.errors import BadRequest
from groundside.model.mission import Above, Finish, Kind, Mission, Place, Waypoint
from groundside.model.place import LonLat
from groundside.model.surface import Surface
from groundside.reference.geodesy import local_metres

Floats = NDArray[np.float64]
NO_WAYPOINT = -1


@dataclass(frozen=True, slots=True)
class FlightPath:
    """
    Points of a way, in order; the aircraft flies straight from each to the next.

    Args:
        lon, lat: degrees.
        east_m, north_m: from home.
        height_m: above the ground at home.
        speed_m_s: over ground, wished on the way to this point.
        hold_s: stays here so long.
        waypoint: number of the mission's waypoint, from 0; -1 for take-off, climb, return and landing.
    """

    lon: Floats
    lat: Floats
    east_m: Floats
    north_m: Floats
    height_m: Floats
    speed_m_s: Floats
    hold_s: Floats
    waypoint: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lon)

    def dense(self, step_m: float) -> FlightPath:
        """Put points between, so that no two are further apart than that over ground or in height; holds stay."""
        count = self._parts(step_m)
        leg = np.repeat(np.arange(len(count)), count)
        nth = np.arange(1, len(leg) + 1) - np.repeat(np.cumsum(count) - count, count)
        at = np.concatenate([[0.0], leg + nth / count[leg]])
        from_, share = np.minimum(at.astype(np.int64), len(self) - 1), at % 1.0
        to = np.minimum(from_ + 1, len(self) - 1)
        ahead = np.where(share > 0.0, to, from_)
        values = {
            name: getattr(self, name)[from_] * (1.0 - share) + getattr(self, name)[to] * share
            for name in ("lon", "lat", "east_m", "north_m", "height_m")
        }
        return FlightPath(
            **values, speed_m_s=self.speed_m_s[ahead], hold_s=np.where(share > 0.0, 0.0, self.hold_s[from_]),
            waypoint=self.waypoint[ahead],
        )  # fmt: skip

    def _parts(self, step_m: float) -> NDArray[np.int64]:
        longest = np.maximum(self.lengths_m, np.abs(np.diff(self.height_m)))
        return np.maximum(np.ceil(longest / step_m), 1.0).astype(np.int64)

    @property
    def lengths_m(self) -> Floats:
        """Length over ground of each leg."""
        return np.hypot(np.diff(self.east_m), np.diff(self.north_m))

    def part(self, first: int, last: int) -> FlightPath:
        """Give the points from one to another, both included."""
        return FlightPath(*(getattr(self, f.name)[first : last + 1] for f in fields(FlightPath)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """
    What holds where a mission does not say.

    Args:
        speed_m_s: over ground.
        return_height_m: above home, to which the aircraft climbs before it flies home, if it is lower.
    """

    speed_m_s: float = 8.0
    return_height_m: float = 30.0


@dataclass(frozen=True, slots=True)
class _Point:
    lon: float
    lat: float
    height_m: float
    speed_m_s: float
    hold_s: float = 0.0
    waypoint: int = NO_WAYPOINT


def home_of(mission: Mission) -> LonLat:
    """
    Say where a mission takes off: at its home, else where its first waypoint is.

    Raises:
        BadRequest: it has neither.
    """
    if mission.home is not None:
        return LonLat(mission.home.lon, mission.home.lat)
    if not mission.waypoints:
        raise BadRequest("This plan has no waypoint and no home.", try_this="groundside plan read FILE")
    return LonLat(mission.waypoints[0].lon, mission.waypoints[0].lat)


def heights_m(mission: Mission, surface: Surface | None) -> Floats:
    """
    Give the height of each waypoint above the ground at home.

    Args:
        mission: whose.
        surface: the ground, where heights are above terrain, or above sea level with no such height of home.

    Raises:
        BadRequest: a height cannot be told without the ground there, or is above the ellipsoid and home's is not.
    """
    home = _ground_at_home(mission, surface)
    return np.array([_above_home(i, each, home, surface) for i, each in enumerate(mission.waypoints)])


@dataclass(frozen=True, slots=True)
class _Ground:
    """Heights of home: as the surface has it, and as the mission says it."""

    surface_m: float
    said: Place | None


def _ground_at_home(mission: Mission, surface: Surface | None) -> _Ground:
    at = home_of(mission)
    height = float(surface.heights_m(at.lon, at.lat)) if surface is not None else float("nan")
    return _Ground(height, mission.home)


def _above_home(number: int, waypoint: Waypoint, home: _Ground, surface: Surface | None) -> float:
    if waypoint.above is Above.HOME:
        return waypoint.height_m
    if waypoint.above is Above.TERRAIN and surface is not None:
        ground = float(surface.heights_m(waypoint.lon, waypoint.lat))
        return _known(ground + waypoint.height_m - home.surface_m, number, waypoint)
    said = home.said
    if said is not None and said.height_m is not None and said.above is waypoint.above is not Above.TERRAIN:
        return waypoint.height_m - said.height_m
    if waypoint.above is Above.SEA and surface is not None:
        return _known(waypoint.height_m - home.surface_m, number, waypoint)
    return _known(float("nan"), number, waypoint)


def _known(height_m: float, number: int, waypoint: Waypoint) -> float:
    if not np.isfinite(height_m):
        above = waypoint.above.value.replace("_", " ")
        what = f"Waypoint {number} stands {waypoint.height_m:g} m above {above}, which is not known there."
        raise BadRequest(what, try_this="add --terrain DEM.tif that covers the area and home")
    return height_m


def flight_path(mission: Mission, usual: Usual, surface: Surface | None = None) -> FlightPath:
    """
    Lay out the whole way: up from home, through the waypoints, back, and down.

    Args:
        mission: at least one waypoint.
        usual: what holds where it does not say.
        surface: the ground, where heights need it.

    Raises:
        BadRequest: there is nothing to fly, or a height that cannot be told.
    """
    if not mission.waypoints:
        raise BadRequest("This plan has no waypoints.", try_this="groundside plan read FILE shows what is in it")
    points = list(_points(mission, usual, heights_m(mission, surface)))
    lon, lat = np.array([p.lon for p in points]), np.array([p.lat for p in points])
    east, north = local_metres(lon, lat, home_of(mission))
    return FlightPath(
        lon, lat, east, north, np.array([p.height_m for p in points]), np.array([p.speed_m_s for p in points]),
        np.array([p.hold_s for p in points]), np.array([p.waypoint for p in points], np.int64),
    )  # fmt: skip


def _points(mission: Mission, usual: Usual, heights: Floats) -> Iterator[_Point]:
    home = home_of(mission)
    speed = mission.speed_m_s or usual.speed_m_s
    yield _Point(home.lon, home.lat, 0.0, speed)
    yield _Point(home.lon, home.lat, _first_climb(mission, heights), speed)
    leg_speed, landed = speed, False
    for i, each in enumerate(mission.waypoints):
        yield _Point(each.lon, each.lat, float(heights[i]), leg_speed, each.hold_s, i)
        leg_speed = each.speed_m_s or leg_speed
        landed = each.kind is Kind.LAND
        if landed:
            yield _Point(each.lon, each.lat, 0.0, leg_speed, 0.0, i)
    if not landed:
        yield from _finish(mission, usual, float(heights[-1]), leg_speed)


def _first_climb(mission: Mission, heights: Floats) -> float:
    if mission.take_off_height_m is not None:
        return mission.take_off_height_m
    return float(max(heights[0], 0.0))


def _finish(mission: Mission, usual: Usual, height_m: float, speed: float) -> Iterator[_Point]:
    last, home = mission.waypoints[-1], home_of(mission)
    if mission.finish is Finish.LAND:
        yield _Point(last.lon, last.lat, 0.0, speed)
    elif mission.finish is Finish.FIRST_WAYPOINT:
        first = mission.waypoints[0]
        yield _Point(first.lon, first.lat, height_m, speed)
    elif mission.finish is not Finish.HOVER:
        up = max(height_m, usual.return_height_m)
        yield _Point(last.lon, last.lat, up, speed)
        yield _Point(home.lon, home.lat, up, speed)
        yield _Point(home.lon, home.lat, 0.0, speed)
