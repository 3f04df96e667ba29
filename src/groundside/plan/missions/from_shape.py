"""Missions read back from the JSON that `shape` tells."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar, cast

from groundside.model.mission import (
    Above,
    Action,
    Command,
    Fence,
    FenceCircle,
    FencePolygon,
    Finish,
    Gimbal,
    Hover,
    Kept,
    Kind,
    LookAt,
    LostLink,
    Mission,
    Place,
    Survey,
    TakePhoto,
    TriggerByDistance,
    TriggerByTime,
    Turn,
    Waypoint,
)
from groundside.model.place import LonLat
from groundside.plan.missions.shape import BARE

T = TypeVar("T", bound=StrEnum)


class NotAShape(ValueError):  # it is one kind of bad value, told by who reads the file
    """The JSON does not tell what it should: why."""


def action_of(said: object) -> Action:
    """
    Read an action that `action_shape` told.

    Raises:
        NotAShape: it is none.
    """
    it = _mapping(said)
    name = str(it.get("do"))
    if name in BARE:
        return BARE[name]
    read = _ACTIONS.get(name)
    if read is None:
        what = f"there is no action {name[:40]!r}"
        raise NotAShape(what)
    return read(it)


def _gimbal_of(it: Mapping[str, Any]) -> Action:
    return Gimbal(_maybe(it, "pitch_deg"), _maybe(it, "yaw_deg"), from_north=bool(it.get("from_north")))


def command_of(said: object) -> Command:
    """
    Read a command that `command_shape` told.

    Raises:
        NotAShape: it is none.
    """
    it = _mapping(said)
    params = tuple(_maybe({"it": each}, "it") for each in _listed(it.get("params")))
    whole = _number(it, "number"), _number(it, "frame")
    if len(params) not in (4, 7) or not all(each.is_integer() for each in whole):
        what = "a command is a number, a frame and four or seven parameters"
        raise NotAShape(what)
    return Command(int(whole[0]), params, int(whole[1]), goes_on=it.get("goes_on") is not False)


_ACTIONS = {
    "take_photo": lambda it: TakePhoto(_text(it, "name")),
    "trigger_by_distance": lambda it: TriggerByDistance(_number(it, "distance_m")),
    "trigger_by_time": lambda it: TriggerByTime(_number(it, "interval_s")),
    "hover": lambda it: Hover(_number(it, "seconds")),
    "gimbal": _gimbal_of,
    "look_at": lambda it: LookAt(place_of(it.get("place"))),
    "command": command_of,
}


def place_of(said: object) -> Place:
    """
    Read a place that `place_shape` told.

    Raises:
        NotAShape: it is none.
    """
    it = _mapping(said)
    return Place(*_lon_lat(it), _maybe(it, "height_m"), _one_of(Above, it.get("above"), Above.HOME) or Above.HOME)


def waypoint_of(said: object) -> Waypoint:
    """
    Read a waypoint that `waypoint_shape` told.

    Raises:
        NotAShape: it is none.
    """
    it = _mapping(said)
    lon, lat = _lon_lat(it)
    return Waypoint(
        lon=lon,
        lat=lat,
        height_m=_number(it, "height_m"),
        above=_one_of(Above, it.get("above"), Above.HOME) or Above.HOME,
        speed_m_s=_maybe(it, "speed_m_s"),
        heading_deg=_maybe(it, "heading_deg"),
        turn=_one_of(Turn, it.get("turn")),
        turn_radius_m=_maybe(it, "turn_radius_m"),
        actions=tuple(action_of(each) for each in _listed(it.get("actions"))),
        kind=_one_of(Kind, it.get("kind"), Kind.FLY) or Kind.FLY,
        command=command_of(it["command"]) if it.get("command") else None,
    )


def fence_of(said: object) -> Fence:
    """
    Read a fence that `fence_shape` told.

    Raises:
        NotAShape: it is none.
    """
    it = _mapping(said)
    stay_in = it.get("stay_in") is not False
    if "radius_m" in it:
        return FenceCircle(LonLat(*_lon_lat(it)), _number(it, "radius_m"), stay_in)
    return FencePolygon(corners_of(it.get("corners")), stay_in)


def survey_of(said: object) -> Survey:
    """
    Read a survey that `survey_shape` told.

    Raises:
        NotAShape: it is none.
    """
    it = _mapping(said)
    return Survey(
        first=int(_number(it, "first")),
        last=int(_number(it, "last")),
        corners=corners_of(it.get("corners")),
        angle_deg=_number(it, "angle_deg"),
        line_spacing_m=_number(it, "line_spacing_m"),
        photo_spacing_m=_number(it, "photo_spacing_m"),
        turnaround_m=_number(it, "turnaround_m"),
        crosshatch=bool(it.get("crosshatch")),
    )


def mission_from(said: object) -> Mission:
    """
    Read a mission that `mission_shape` told; what is missing is taken as not said.

    Raises:
        NotAShape: it is none.
    """
    it = _mapping(said)
    return Mission(
        name=_text(it, "name"),
        waypoints=tuple(waypoint_of(each) for each in _listed(it.get("waypoints"))),
        actions=tuple(action_of(each) for each in _listed(it.get("actions"))),
        speed_m_s=_maybe(it, "speed_m_s"),
        take_off_height_m=_maybe(it, "take_off_height_m"),
        home=place_of(it["home"]) if it.get("home") else None,
        finish=_one_of(Finish, it.get("finish")),
        lost_link=_one_of(LostLink, it.get("lost_link")),
        fences=tuple(fence_of(each) for each in _listed(it.get("fences"))),
        fence_return=place_of(it["fence_return"]) if it.get("fence_return") else None,
        rally=tuple(place_of(each) for each in _listed(it.get("rally"))),
        aircraft=_text(it, "aircraft"),
        camera=_text(it, "camera"),
        surveys=tuple(survey_of(each) for each in _listed(it.get("surveys"))),
        not_understood=tuple(_kept(each) for each in _listed(it.get("not_understood"))),
    )


def _kept(said: object) -> Kept:
    it = _mapping(said)
    return Kept(_text(it, "where"), _text(it, "text"))


def corners_of(said: object) -> tuple[LonLat, ...]:
    """
    Read corners: lists of longitude and latitude.

    Raises:
        NotAShape: they are none, or fewer than three.
    """
    corners = tuple(LonLat(*_lon_lat(dict(zip(("lon", "lat"), _listed(at), strict=False)))) for at in _listed(said))
    if len(corners) < 3:
        what = "an area has at least three corners"
        raise NotAShape(what)
    return corners


def _mapping(said: object) -> Mapping[str, Any]:
    if not isinstance(said, dict):
        what = "it is no JSON object"
        raise NotAShape(what)
    return cast("dict[str, Any]", said)


def _listed(said: object) -> list[Any]:
    if said is not None and not isinstance(said, list):
        what = "it is no JSON list"
        raise NotAShape(what)
    return cast("list[Any]", said or [])


def _number(it: Mapping[str, Any], name: str) -> float:
    found = _maybe(it, name)
    if found is None:
        what = f"{name!r} is missing"
        raise NotAShape(what)
    return found


def _maybe(it: Mapping[str, Any], name: str) -> float | None:
    said = it.get(name)
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int | float):
        what = f"{name!r} is no number: {str(said)[:40]!r}"
        raise NotAShape(what)
    try:
        number = float(said)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        what = f"{name!r} is not finite"
        raise NotAShape(what)
    return number


def _lon_lat(it: Mapping[str, Any]) -> tuple[float, float]:
    lon, lat = _number(it, "lon"), _number(it, "lat")
    if abs(lon) > 360.0 or abs(lat) > 90.0:
        what = f"longitude {lon}, latitude {lat} is not on the ground"
        raise NotAShape(what)
    return lon, lat


def _text(it: Mapping[str, Any], name: str) -> str:
    said = it.get(name)
    return said if isinstance(said, str) else ""


def _one_of(kind: type[T], said: object, otherwise: T | None = None) -> T | None:
    if said is None:
        return otherwise
    try:
        return kind(cast("str", said))
    except ValueError as error:
        what = f"{str(said)[:40]!r} is none of {', '.join(kind)}"
        raise NotAShape(what) from error
