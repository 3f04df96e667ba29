"""Rebuild a plan from what an autopilot logged of it, and find the photos that a flight must have taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from groundside.errors import BadRequest
from groundside.model.mission import (
    Above,
    Finish,
    Gimbal,
    Kind,
    Mission,
    Place,
    StopTrigger,
    TakePhoto,
    TriggerByDistance,
    Waypoint,
)
from groundside.model.place import LonLat
from groundside.plan.flight_path import home_of
from groundside.plan.photos import Photos
from groundside.reference.geodesy import local_metres

Floats = NDArray[np.float64]

WAYPOINT, RETURN, TAKE_OFF, TRIGGER_DISTANCE = 16, 20, 22, 206
"""Numbers of MAV_CMD. Source: https://mavlink.io/en/messages/common.html#mav_commands."""
NEAR_M = 20.0
"""A line counts as begun, or a photo as taken, where the flight comes as near as this."""


def mission_of_items(rows: Sequence[Mapping[str, object]], trigger_m: float) -> Mission:
    """
    Rebuild a mission from the rows of a PX4 log's `navigator_mission_item`.

    Args:
        rows: in order of time, with `nav_cmd`, `latitude`, `longitude` (degrees), `altitude` (metres),
            `altitude_is_relative`, `sequence_current`; an item that is told again counts once.
        trigger_m: distance between photos, which these rows do not hold. The first camera-trigger item begins it, the
            next ends it.

    Raises:
        BadRequest: there is no waypoint among them.
    """
    waypoints: list[Waypoint] = []
    home: Place | None = None
    triggering, finish = False, None
    for row in _once(rows):
        command = int(_number(row, "nav_cmd"))
        if command == TRIGGER_DISTANCE:
            if triggering and waypoints:
                waypoints[-1] = _with(waypoints[-1], StopTrigger())
            triggering = not triggering
            if triggering and waypoints:
                waypoints[-1] = _with(waypoints[-1], Gimbal(-90.0), TriggerByDistance(trigger_m))
        elif command == RETURN:
            finish = Finish.RETURN
        elif command == TAKE_OFF:
            home = Place(_number(row, "longitude"), _number(row, "latitude"))
        elif command == WAYPOINT:
            waypoints.append(_waypoint(row))
    if not waypoints:
        raise BadRequest("This log holds no mission.", try_this="name the plan's own file")
    return Mission(name="rebuilt from the log", waypoints=tuple(waypoints), home=home, finish=finish)


def _once(rows: Sequence[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
    said: set[tuple[object, ...]] = set()
    for row in rows:
        key = (row.get("sequence_current"), row.get("nav_cmd"), row.get("latitude"), row.get("longitude"))
        if key not in said:
            said.add(key)
            yield row


def _number(row: Mapping[str, object], name: str) -> float:
    value = row.get(name)
    return float(value) if isinstance(value, int | float) else float("nan")


def _waypoint(row: Mapping[str, object]) -> Waypoint:
    above = Above.HOME if row.get("altitude_is_relative") else Above.SEA
    return Waypoint(
        lon=_number(row, "longitude"), lat=_number(row, "latitude"), height_m=_number(row, "altitude"), above=above,
        kind=Kind.FLY,
    )  # fmt: skip


def _with(waypoint: Waypoint, *actions: Gimbal | TriggerByDistance | StopTrigger) -> Waypoint:
    return replace(waypoint, actions=(*waypoint.actions, *actions))


@dataclass(frozen=True, slots=True)
class Flown:
    """
    Where an aircraft was, at n times in order.

    Args:
        lon, lat: degrees; NaN where unknown.
        height_m: above the place of take-off.
        yaw_deg: of the nose.
    """

    lon: Floats
    lat: Floats
    height_m: Floats
    yaw_deg: Floats

    def known(self) -> Flown:
        """Leave out where the position is not known."""
        ok = np.isfinite(self.lon) & np.isfinite(self.lat) & np.isfinite(self.height_m)
        return Flown(self.lon[ok], self.lat[ok], self.height_m[ok], self.yaw_deg[ok])


def photos_of(mission: Mission, flown: Flown) -> Photos:
    """
    Find where a flight took the photos of its plan, for a log that does not say it.

    Photos by distance are counted from where the flight was nearest to the waypoint that begins them until where it was
    nearest to the one that ends them; each in the order of the plan, and only where the flight came within 20 m of the
    first. Photos at waypoints were taken where it came within 20 m.

    Raises:
        BadRequest: the log has no position.
    """
    track = flown.known()
    if not len(track.lon):
        raise BadRequest("This log has no position.", try_this="groundside decode FILE shows what it holds")
    east, north = local_metres(track.lon, track.lat, home_of(mission))
    taken: list[int] = []
    at = 0
    for begin, end, spacing in _stretches(mission):
        first = _nearest(mission.waypoints[begin], (east, north), mission, at)
        if first is None:
            continue
        last = first if end == begin else _passed(mission, begin, end, (east, north), first)
        taken.extend(_each(east, north, (first, last), spacing))
        at = last
    rows = np.array(taken, np.int64)
    return Photos(track.lon[rows], track.lat[rows], track.height_m[rows], track.yaw_deg[rows])


def _stretches(mission: Mission) -> Iterator[tuple[int, int, float]]:
    begun: tuple[int, float] | None = None
    for i, waypoint in enumerate(mission.waypoints):
        for action in waypoint.actions:
            if isinstance(action, TriggerByDistance) and begun is None:
                begun = (i, action.distance_m)
            elif isinstance(action, StopTrigger) and begun is not None:
                yield begun[0], i, begun[1]
                begun = None
            elif isinstance(action, TakePhoto):
                yield i, i, 0.0
    if begun is not None:
        yield begun[0], len(mission.waypoints) - 1, begun[1]


def _passed(mission: Mission, begin: int, end: int, track: tuple[Floats, Floats], first: int) -> int:
    """Follow the waypoints in between, so that a line flown near the end of a later one is not taken for it."""
    at = first
    for i in range(begin + 1, end + 1):
        found = _nearest(mission.waypoints[i], track, mission, at)
        at = at if found is None else found
    return at


def _nearest(waypoint: Waypoint, track: tuple[Floats, Floats], mission: Mission, since: int) -> int | None:
    """Find the sample of the first time from `since` on that the flight comes nearest, within 20 m."""
    x, y = local_metres([waypoint.lon], [waypoint.lat], home_of(mission))
    away = np.hypot(track[0][since:] - x[0], track[1][since:] - y[0])
    near = np.flatnonzero(away <= NEAR_M)
    if not near.size:
        return None
    gaps = np.flatnonzero(np.diff(near) > 1)
    visit = near[: gaps[0] + 1] if gaps.size else near
    return since + int(visit[int(away[visit].argmin())])


def _each(east: Floats, north: Floats, rows: tuple[int, int], spacing: float) -> Iterator[int]:
    """Give the first sample at or after each whole number of spacings along the way."""
    first, last = rows
    if spacing <= 0.0 or last <= first:
        yield first
        return
    steps = np.hypot(np.diff(east[first : last + 1]), np.diff(north[first : last + 1]))
    along = np.concatenate([[0.0], np.cumsum(steps)])
    for metres in np.arange(0.0, along[-1] + 1e-9, spacing):
        yield first + min(int(np.searchsorted(along, metres)), last - first)


def from_events(lon: Floats, lat: Floats, flown: Flown, home: LonLat) -> Photos:
    """Give photos at the places that a camera's own events name; height and heading are the flight's nearest there."""
    track = flown.known()
    east, north = local_metres(track.lon, track.lat, home)
    x, y = local_metres(lon, lat, home)
    rows = np.array([int(np.hypot(east - a, north - b).argmin()) for a, b in zip(x, y, strict=True)], np.int64)
    return Photos(lon, lat, track.height_m[rows], track.yaw_deg[rows])
