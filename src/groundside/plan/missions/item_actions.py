"""MAVLink items that are no waypoints, understood as actions; what is not is kept as it stands."""

from __future__ import annotations

from collections.abc import Callable

from groundside.model.mission import (
    Action,
    Command,
    Gimbal,
    Hover,
    LookAhead,
    LookAt,
    Place,
    StartVideo,
    StopTrigger,
    StopVideo,
    TakePhoto,
    TriggerByDistance,
    TriggerByTime,
)
from groundside.plan.missions.items import ABOVE_OF, YAW_FROM_NORTH, Cmd, Item

_MAVLINK_TARGETING = 2.0
_ROI_LOCATION, _ROI_NONE = 3.0, 0.0


def action_of(item: Item) -> Action:
    """Understand an item as an action, or keep it as a command."""
    read = _READERS.get(item.command) if item.goes_on else None
    return (read(item) if read else None) or Command(item.command, item.params, item.frame, item.goes_on)


def _image_start(item: Item) -> Action | None:
    interval, count = item.number(2), item.number(3)
    if count == 1.0:
        return TakePhoto()
    return TriggerByTime(interval) if count == 0.0 and interval > 0.0 else None


def _trigger_distance(item: Item) -> Action | None:
    return TriggerByDistance(item.number(1)) if item.number(1) > 0.0 else StopTrigger()


def _trigger_interval(item: Item) -> Action | None:
    return TriggerByTime(item.number(1) / 1000.0) if item.number(1) > 0.0 else StopTrigger()


def _digicam(item: Item) -> Action | None:
    only_shoots = item.number(5) == 1.0 and not any(item.params[:4])
    return TakePhoto() if only_shoots else None


def _mount(item: Item) -> Action | None:
    if item.number(7) != _MAVLINK_TARGETING or item.number(2):
        return None
    return Gimbal(item.number(1), item.params[2] or None)


def _gimbal(item: Item) -> Action | None:
    flags, pitch, yaw = int(item.number(5)), item.params[0], item.params[1]
    if flags & ~YAW_FROM_NORTH or item.number(3) or item.number(4) or (pitch is None and yaw is None):
        return None
    return Gimbal(pitch, yaw, from_north=bool(flags & YAW_FROM_NORTH))


def _delay(item: Item) -> Action | None:
    by_clock = any(item.number(nth) > 0.0 for nth in (2, 3, 4))
    return Hover(item.number(1)) if item.number(1) > 0.0 and not by_clock else None


def _look_at(item: Item) -> Action | None:
    if item.place is None:
        return None
    return LookAt(Place(*item.place, item.number(7), ABOVE_OF[item.frame]))


def _old_look_at(item: Item) -> Action | None:
    if item.number(1) == _ROI_LOCATION or item.place:
        return _look_at(item)
    return LookAhead() if item.number(1) == _ROI_NONE else None


_READERS: dict[int, Callable[[Item], Action | None]] = {
    Cmd.IMAGE_START: _image_start,
    Cmd.IMAGE_STOP: lambda _item: StopTrigger(),
    Cmd.TRIGGER_DISTANCE: _trigger_distance,
    Cmd.TRIGGER_INTERVAL: _trigger_interval,
    Cmd.DIGICAM: _digicam,
    Cmd.MOUNT: _mount,
    Cmd.GIMBAL: _gimbal,
    Cmd.DELAY: _delay,
    Cmd.LOOK_AT: _look_at,
    Cmd.OLD_LOOK_AT: _old_look_at,
    Cmd.LOOK_AHEAD: lambda _item: LookAhead(),
    Cmd.VIDEO_START: lambda _item: StartVideo(),
    Cmd.VIDEO_STOP: lambda _item: StopVideo(),
}
