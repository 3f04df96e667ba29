"""From stations on a plane to a mission."""

from __future__ import annotations

from collections.abc import Sequence

from groundside.errors import BadRequest
from groundside.model.mission import (
    Above,
    Action,
    Finish,
    Gimbal,
    Mission,
    Place,
    StopTrigger,
    TakePhoto,
    TriggerByDistance,
    Waypoint,
)
from groundside.model.place import LonLat
from groundside.plan.patterns.plane import off_plane
from groundside.plan.patterns.station import Station

SAFE_CLIMB_M = 15.0
"""At least so high an aircraft climbs before it flies to a pattern."""


def laid_out(
    stations: Sequence[Station], origin: LonLat, *, name: str, speed_m_s: float, home: LonLat | None = None
) -> Mission:
    """
    Make a mission of stations: heights above home, return home at the end.

    Args:
        stations: at least one.
        origin: of the plane that they lie on.
        name: of the mission.
        speed_m_s: over ground.
        home: where it takes off; None leaves it open.

    Raises:
        BadRequest: there is no station.
    """
    if not stations:
        raise BadRequest("Nothing came of this plan.", try_this="draw a larger area")
    places = off_plane([(s.east_m, s.north_m) for s in stations], origin)
    waypoints: list[Waypoint] = []
    gimbal: float | None = None
    for at, station in zip(places, stations, strict=True):
        waypoints.append(
            Waypoint(
                lon=at.lon, lat=at.lat, height_m=station.height_m, actions=_actions(station, gimbal),
                heading_deg=None if station.heading_deg is None else station.heading_deg % 360.0,
            )
        )  # fmt: skip
        gimbal = gimbal if station.gimbal_deg is None else station.gimbal_deg
    return Mission(
        name=name, waypoints=tuple(waypoints), speed_m_s=speed_m_s, finish=Finish.RETURN,
        take_off_height_m=max(SAFE_CLIMB_M, stations[0].height_m),
        home=None if home is None else Place(home.lon, home.lat, 0.0, Above.HOME),
    )  # fmt: skip


def _actions(station: Station, gimbal_deg: float | None) -> tuple[Action, ...]:
    actions: list[Action] = []
    if station.gimbal_deg is not None and station.gimbal_deg != gimbal_deg:
        actions.append(Gimbal(pitch_deg=station.gimbal_deg))
    if station.trigger_m is not None:
        actions.append(TriggerByDistance(station.trigger_m) if station.trigger_m > 0.0 else StopTrigger())
    if station.photo:
        actions.append(TakePhoto())
    return tuple(actions)
