"""DJI's action groups, written."""

from __future__ import annotations

from groundside.model.mission import (
    Action,
    Gimbal,
    Hover,
    StartVideo,
    StopVideo,
    TakePhoto,
    TriggerByDistance,
    Waypoint,
)
from groundside.plan.missions.going import Going, Trigger
from groundside.plan.missions.wpml_elements import Element, holding, text

_PLAIN = (TakePhoto, Gimbal, Hover, StartVideo, StopVideo)
_PAYLOAD = text("payloadPositionIndex", 0)
_LENS = (text("useGlobalPayloadLensIndex", 0), text("payloadLensIndex", "wide"))


def start_group(action: Action) -> bool:
    """Say whether an action can be done before the first waypoint."""
    return isinstance(action, _PLAIN)


def groups_at(points: tuple[Waypoint, ...], states: list[Going]) -> list[list[Element]]:
    """Give the action groups that begin at each waypoint, with numbers that are unique in all."""
    found: list[list[Element]] = []
    number = 0
    for nth, point in enumerate(points):
        done: list[Action] = [each for each in point.actions if isinstance(each, _PLAIN)]
        here: list[Element] = []
        begins = states[nth].trigger if nth == 0 or states[nth].trigger != states[nth - 1].trigger else None
        if done and not (begins and _only_turns(done)):
            here.append(
                _group(
                    number + len(here),
                    nth,
                    nth,
                    holding("actionTrigger", text("actionTriggerType", "reachPoint")),
                    done,
                )
            )
            done = []
        if begins:
            trigger = _trigger(begins)
            here.append(_group(number + len(here), nth, _end(states, nth), trigger, [*done, TakePhoto()]))
        number += len(here)
        found.append(here)
    return found


def _only_turns(done: list[Action]) -> bool:
    return all(isinstance(each, Gimbal) for each in done)


def _end(states: list[Going], first: int) -> int:
    """Photos end at the waypoint from which they no longer go on."""
    trigger = states[first].trigger
    ends = (nth for nth in range(first + 1, len(states)) if states[nth].trigger != trigger)
    return next(ends, len(states) - 1)


def _trigger(trigger: Trigger) -> Element:
    by_distance = isinstance(trigger, TriggerByDistance)
    step = trigger.distance_m if isinstance(trigger, TriggerByDistance) else trigger.interval_s
    kind = text("actionTriggerType", "multipleDistance" if by_distance else "multipleTiming")
    return holding("actionTrigger", kind, text("actionTriggerParam", step))


def before_group(actions: tuple[Action, ...]) -> list[Element]:
    """Give the group of what is done before the first waypoint; none where nothing is."""
    done = [each for each in actions if isinstance(each, _PLAIN)]
    return [holding("startActionGroup", *(_action(nth, each) for nth, each in enumerate(done)))] if done else []


def _group(number: int, first: int, last: int, trigger: Element, actions: list[Action]) -> Element:
    return holding(
        "actionGroup",
        text("actionGroupId", number),
        text("actionGroupStartIndex", first),
        text("actionGroupEndIndex", last),
        text("actionGroupMode", "sequence"),
        trigger,
        *(_action(nth, each) for nth, each in enumerate(actions)),
    )


def _action(nth: int, action: Action) -> Element:
    name, params = _told(action)
    inside = holding("actionActuatorFuncParam", *params)
    return holding("action", text("actionId", nth), text("actionActuatorFunc", name), inside)


def _told(action: Action) -> tuple[str, tuple[Element, ...]]:
    match action:
        case TakePhoto(name):
            return "takePhoto", (_PAYLOAD, text("fileSuffix", name), *_LENS)
        case StartVideo():
            return "startRecord", (_PAYLOAD, text("fileSuffix", ""), *_LENS)
        case StopVideo():
            return "stopRecord", (_PAYLOAD, *_LENS)
        case Hover(seconds):
            return "hover", (text("hoverTime", seconds),)
        case _:
            assert isinstance(action, Gimbal)
            return "gimbalRotate", _gimbal(action)


def _gimbal(action: Gimbal) -> tuple[Element, ...]:
    return (
        _PAYLOAD,
        text("gimbalHeadingYawBase", "aircraft" if action.yaw_deg is not None and not action.from_north else "north"),
        text("gimbalRotateMode", "absoluteAngle"),
        text("gimbalPitchRotateEnable", int(action.pitch_deg is not None)),
        text("gimbalPitchRotateAngle", action.pitch_deg or 0.0),
        text("gimbalRollRotateEnable", 0),
        text("gimbalRollRotateAngle", 0),
        text("gimbalYawRotateEnable", int(action.yaw_deg is not None)),
        text("gimbalYawRotateAngle", action.yaw_deg or 0.0),
        text("gimbalRotateTimeEnable", 0),
        text("gimbalRotateTime", 0),
    )
