"""Litchi missions, written."""

from __future__ import annotations

from dataclasses import replace

from groundside.model.mission import (
    Above,
    Action,
    Command,
    Gimbal,
    Hover,
    Kind,
    LookAhead,
    LookAt,
    Mission,
    StartVideo,
    StopTrigger,
    StopVideo,
    TakePhoto,
    TriggerByDistance,
    TriggerByTime,
    Waypoint,
)
from groundside.model.place import LonLat
from groundside.plan.missions import litchi_columns as columns
from groundside.plan.missions.course import courses_deg
from groundside.plan.missions.format import Said, Written, not_held
from groundside.plan.missions.going import Going, going
from groundside.plan.missions.litchi_columns import ACTIONS, COLUMNS
from groundside.plan.missions.losses import say_losses
from groundside.plan.missions.normal import normal

_MODES = {Above.HOME: columns.ABOVE_HOME, Above.TERRAIN: columns.ABOVE_GROUND}


def write(mission: Mission, _time_ms: int) -> Written:
    """
    Write a mission, in metres.

    Raises:
        BadRequest: it has no waypoint, or a height is above sea level or the ellipsoid.
    """
    said = Said()
    say_losses(mission, "a Litchi mission", frozenset({"speed_m_s"}), said)
    if mission.speed_m_s is not None and any(each.speed_m_s is not None for each in mission.waypoints):
        said.say("A Litchi mission does not hold the mission's speed: it is written for each waypoint.")
    plain = normal(replace(mission, actions=()))
    if not plain.waypoints:
        raise not_held("A Litchi mission", "it has no waypoint", "write it as .geojson")
    courses = courses_deg([LonLat(each.lon, each.lat) for each in plain.waypoints])
    rows = [
        _row(point, course, plain.speed_m_s, state, nth, said)
        for nth, (point, course, state) in enumerate(zip(plain.waypoints, courses, going(plain, said), strict=True))
    ]
    text = "\n".join((",".join(COLUMNS), *(",".join(_text(each) for each in row) for row in rows)))
    return Written((text + "\n").encode(), said.all)


def _text(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def _row(  # a row is made of all that holds at a waypoint
    point: Waypoint, course: float, speed: float | None, state: Going, nth: int, said: Said
) -> list[float]:
    _say_lost(point, nth, said)
    actions = [pair for each in point.actions if (pair := _action(each, said)) is not None]
    if len(actions) > ACTIONS:
        said.say(f"Waypoint {nth} has more than {ACTIONS} actions: the rest is left out.")
    room = (*actions[:ACTIONS], *[(float(columns.NO_ACTION), 0.0)] * ACTIONS)[:ACTIONS]
    look = state.target.place if state.target else None
    trigger = state.trigger
    return [
        *(point.lat, point.lon, point.height_m),
        course if point.heading_deg is None else point.heading_deg,
        *(point.turn_radius_m or 0.0, 0.0),
        float(columns.GIMBAL_ON_PLACE if look else columns.GIMBAL_FREE),
        0.0,
        *(each for pair in room for each in pair),
        float(_mode(point.above, f"waypoint {nth}")),
        point.speed_m_s or speed or 0.0,
        *(
            (look.lat, look.lon, look.height_m or 0.0, float(_mode(look.above, "a place to look at")))
            if look
            else (0.0,) * 4
        ),
        trigger.interval_s if isinstance(trigger, TriggerByTime) else columns.OFF,
        trigger.distance_m if isinstance(trigger, TriggerByDistance) else columns.OFF,
    ]


def _mode(above: Above, what: str) -> int:
    if above not in _MODES:
        why = f"{what} has a height above {above.value.replace('_', ' ')}"
        raise not_held("A Litchi mission", why, "give heights above home or terrain")
    return _MODES[above]


def _say_lost(point: Waypoint, nth: int, said: Said) -> None:
    if point.kind is not Kind.FLY:
        said.say(
            f"A Litchi mission has no {point.kind.value.replace('_', '-')}: waypoint {nth} is flown to like others."
        )
    if point.turn is not None:
        said.say("A Litchi mission does not say how a waypoint is passed, but for the size of its curve.")
    if point.command is not None:
        said.say(f"Waypoint {nth} is MAVLink command {point.command.number}: it is flown to like others.")


def _action(action: Action, said: Said) -> tuple[float, float] | None:
    match action:
        case Hover(seconds):
            return float(columns.STAY), round(seconds * 1000.0, 6)
        case TakePhoto(name):
            if name:
                said.say("A Litchi mission does not name photos: the names are left out.")
            return float(columns.PHOTO), 0.0
        case StartVideo():
            return float(columns.START_VIDEO), 0.0
        case StopVideo():
            return float(columns.STOP_VIDEO), 0.0
        case Gimbal():
            return _gimbal(action, said)
        case Command():
            said.say(f"MAVLink command {action.number} has no place in a Litchi mission: left out.")
            return None
        case _:
            assert isinstance(action, TriggerByDistance | TriggerByTime | StopTrigger | LookAt | LookAhead)
            return None


def _gimbal(action: Gimbal, said: Said) -> tuple[float, float] | None:
    if action.yaw_deg is not None:
        said.say("A Litchi mission does not turn the camera sideways: its yaw is left out.")
    return None if action.pitch_deg is None else (float(columns.TILT), action.pitch_deg)
