"""A mission, told as MAVLink items."""

from __future__ import annotations

from collections.abc import Iterator

from groundside.model.mission import (
    Above,
    Action,
    Command,
    Fence,
    FenceCircle,
    Finish,
    Gimbal,
    Hover,
    Kind,
    LookAhead,
    LookAt,
    Mission,
    Place,
    StartVideo,
    StopTrigger,
    StopVideo,
    TakePhoto,
    TriggerByDistance,
    TriggerByTime,
    Waypoint,
)
from groundside.plan.missions.format import Said, not_held
from groundside.plan.missions.items import FRAME_OF, YAW_FROM_NORTH, Cmd, Item, Items, no_place
from groundside.plan.missions.normal import normal

_NORTH_DEG = 360.0
"""Written for a heading of 0, as 0 means "none" to ArduPilot."""
_KINDS = {Kind.FLY: Cmd.WAYPOINT, Kind.TAKE_OFF: Cmd.TAKE_OFF, Kind.LAND: Cmd.LAND}
_DEFAULT_SPEED = -2.0
"""MAV_CMD_DO_CHANGE_SPEED: back to the vehicle's own."""


def mission_items(mission: Mission, said: Said | None = None) -> Items:
    """
    Tell a mission in MAVLink items.

    Args:
        mission: any whose heights are above home, sea level or terrain.
        said: takes what items cannot tell.

    Raises:
        BadRequest: a height is above the ellipsoid, which MAVLink has no frame for.
    """
    plain, said = normal(mission), said or Said()
    if not plain.waypoints and (plain.finish or plain.actions or plain.speed_m_s or plain.take_off_height_m):
        said.say("There are no waypoints: speed, take-off, actions and finish are left out.")
    items = tuple(_Telling(plain, said).items()) if plain.waypoints else ()
    return Items(items, tuple(_fences(plain)), tuple(_rally(plain)))


class _Telling:
    """One mission on its way into items."""

    def __init__(self, mission: Mission, said: Said) -> None:
        self._mission, self._said = mission, said
        self._speed: float | None = None
        self._by_time = False

    def items(self) -> Iterator[Item]:
        mission = self._mission
        if mission.take_off_height_m is not None:
            yield self._take_off(mission.take_off_height_m)
        yield from self._speed_to(mission.speed_m_s)
        yield from self._told(mission.actions)
        for nth, point in enumerate(mission.waypoints):
            yield self._flown(point, nth)
            yield from self._speed_to(mission.speed_m_s if point.speed_m_s is None else point.speed_m_s)
            yield from self._told(_after_hold(point))
        yield from self._finish()

    def _take_off(self, height_m: float) -> Item:
        home = self._mission.home
        lat, lon = (home.lat, home.lon) if home else (0.0, 0.0)
        return Item(Cmd.TAKE_OFF, FRAME_OF[Above.HOME], (0.0, 0.0, 0.0, None, lat, lon, height_m))

    def _speed_to(self, speed: float | None) -> Iterator[Item]:
        if speed != self._speed:
            self._speed = speed
            yield no_place(Cmd.CHANGE_SPEED, 1.0, _DEFAULT_SPEED if speed is None else speed, -1.0)

    def _flown(self, point: Waypoint, nth: int) -> Item:
        frame = frame_of(point.above, f"waypoint {nth}")
        if point.turn is not None:
            self._said.say(f"MAVLink items do not say how a waypoint is passed ({point.turn.value}): that is left out.")
        place = (point.lat, point.lon, point.height_m)
        if point.command is not None:
            command = point.command
            return Item(command.number, frame, (*command.params[:4], *place), command.goes_on)
        heading = None if point.heading_deg is None else point.heading_deg or _NORTH_DEG
        first = (_hold(point), point.turn_radius_m or 0.0, 0.0) if point.kind is Kind.FLY else (0.0, 0.0, 0.0)
        if point.kind is not Kind.FLY and point.turn_radius_m is not None:
            self._said.say("MAVLink's take-off and landing have no radius: it is left out.")
        return Item(_KINDS[point.kind], frame, (*first, heading, *place))

    def _told(self, actions: tuple[Action, ...]) -> Iterator[Item]:
        for action in actions:
            if isinstance(action, TriggerByTime):
                self._by_time = True
            elif isinstance(action, TriggerByDistance):
                self._by_time = False
            if isinstance(action, TakePhoto) and action.name:
                self._said.say("MAVLink items do not name photos: the names are left out.")
            yield no_place(Cmd.IMAGE_STOP) if isinstance(action, StopTrigger) and self._by_time else _item(action)

    def _finish(self) -> Iterator[Item]:
        mission = self._mission
        last = mission.waypoints[-1]
        if mission.finish is Finish.RETURN:
            yield no_place(Cmd.RETURN)
        elif mission.finish is Finish.LAND:
            yield Item(Cmd.LAND, FRAME_OF[Above.HOME], (0.0, 0.0, 0.0, None, last.lat, last.lon, 0.0))
        elif mission.finish is Finish.HOVER:
            frame = frame_of(last.above, "the last waypoint")
            yield Item(Cmd.LOITER_UNLIMITED, frame, (0.0, 0.0, 0.0, None, last.lat, last.lon, last.height_m))
        elif mission.finish is Finish.FIRST_WAYPOINT:
            self._said.say("MAVLink items have no flight back to the first waypoint: that finish is left out.")


def frame_of(above: Above, what: str) -> int:
    """
    Give the MAV_FRAME of heights.

    Raises:
        BadRequest: they are above the ellipsoid.
    """
    if above not in FRAME_OF:
        why = f"{what} has a height above the ellipsoid, which MAVLink has no frame for"
        raise not_held("A MAVLink mission", why, "give heights above home, sea level or terrain")
    return FRAME_OF[above]


def _holds_first(point: Waypoint) -> bool:
    plain = point.kind is Kind.FLY and point.command is None
    return plain and bool(point.actions) and isinstance(point.actions[0], Hover)


def _hold(point: Waypoint) -> float:
    first = point.actions[0] if point.actions else None
    return first.seconds if isinstance(first, Hover) and _holds_first(point) else 0.0


def _after_hold(point: Waypoint) -> tuple[Action, ...]:
    return point.actions[1:] if _holds_first(point) else point.actions


def _item(action: Action) -> Item:
    match action:
        case TakePhoto():
            return no_place(Cmd.IMAGE_START, 0.0, 0.0, 1.0)
        case TriggerByTime(interval_s):
            return no_place(Cmd.IMAGE_START, 0.0, interval_s, 0.0)
        case TriggerByDistance(distance_m):
            return no_place(Cmd.TRIGGER_DISTANCE, distance_m, 0.0, 1.0)
        case StopTrigger():
            return no_place(Cmd.TRIGGER_DISTANCE, 0.0, 0.0, 1.0)
        case Hover(seconds):
            return no_place(Cmd.DELAY, seconds, -1.0, -1.0, -1.0)
        case StartVideo():
            return no_place(Cmd.VIDEO_START)
        case StopVideo():
            return no_place(Cmd.VIDEO_STOP)
        case _:
            return _aimed(action)


def _aimed(action: Action) -> Item:
    match action:
        case Gimbal():
            return _gimbal(action)
        case LookAt(place):
            frame = frame_of(place.above, "a place to look at")
            return Item(Cmd.LOOK_AT, frame, (0.0, 0.0, 0.0, 0.0, place.lat, place.lon, place.height_m or 0.0))
        case Command():
            return Item(action.number, action.frame, action.params, action.goes_on)
        case _:
            assert isinstance(action, LookAhead)
            return no_place(Cmd.LOOK_AHEAD)


def _gimbal(action: Gimbal) -> Item:
    if action.pitch_deg is not None and action.yaw_deg is None:
        return no_place(Cmd.MOUNT, action.pitch_deg, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0)
    flags = float(YAW_FROM_NORTH if action.from_north else 0)
    return no_place(Cmd.GIMBAL, action.pitch_deg, action.yaw_deg, None, None, flags)


def _fences(mission: Mission) -> Iterator[Item]:
    if mission.fence_return is not None:
        yield _placed(Cmd.FENCE_RETURN, mission.fence_return)
    for fence in mission.fences:
        yield from _fence(fence)


def _fence(fence: Fence) -> Iterator[Item]:
    if isinstance(fence, FenceCircle):
        command = Cmd.CIRCLE_IN if fence.stay_in else Cmd.CIRCLE_OUT
        yield Item(command, 0, (fence.radius_m, 0.0, 0.0, 0.0, fence.centre.lat, fence.centre.lon, 0.0))
        return
    command = Cmd.FENCE_IN if fence.stay_in else Cmd.FENCE_OUT
    for corner in fence.corners:
        yield Item(command, 0, (float(len(fence.corners)), 0.0, 0.0, 0.0, corner.lat, corner.lon, 0.0))


def _rally(mission: Mission) -> Iterator[Item]:
    for place in mission.rally:
        yield _placed(Cmd.RALLY, place)


def _placed(command: int, place: Place) -> Item:
    frame = frame_of(place.above, "a rally point")
    return Item(command, frame, (0.0, 0.0, 0.0, 0.0, place.lat, place.lon, place.height_m or 0.0))
