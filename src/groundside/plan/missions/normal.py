"""One way to say each thing, so that two missions that mean the same are equal."""

from __future__ import annotations

from dataclasses import replace

from groundside.model.mission import (
    Above,
    Action,
    FenceCircle,
    Gimbal,
    Hover,
    LookAhead,
    LookAt,
    Mission,
    Place,
    StopTrigger,
    TriggerByDistance,
    TriggerByTime,
    Waypoint,
)

Trigger = TriggerByDistance | TriggerByTime


def normal(mission: Mission) -> Mission:
    """
    Give the same mission, said in the one way in which readers say it.

    A waypoint's speed that is the mission's is None, and one that all waypoints have is the mission's; headings are 0
    up to but not 360; a radius of 0 is None; what would do nothing is left out (a stay of 0 s, an end of photos that
    did not begin); photos that go on past the last waypoint end there; a place to look at has a height; round fences
    come last.
    """
    mission = _with_one_speed(mission)
    state = _State()
    before = state.cleaned(mission.actions)
    waypoints = [_plain(each, mission.speed_m_s, state) for each in mission.waypoints]
    if state.trigger and waypoints:
        waypoints[-1] = replace(waypoints[-1], actions=_stopped(waypoints[-1].actions))
    fences = sorted(mission.fences, key=lambda each: isinstance(each, FenceCircle))
    return replace(mission, actions=before, waypoints=tuple(waypoints), fences=tuple(fences))


def _with_one_speed(mission: Mission) -> Mission:
    speeds = {each.speed_m_s for each in mission.waypoints}
    return replace(mission, speed_m_s=speeds.pop()) if mission.speed_m_s is None and len(speeds) == 1 else mission


def _plain(point: Waypoint, speed: float | None, state: _State) -> Waypoint:
    heading = point.heading_deg
    return replace(
        point,
        speed_m_s=None if point.speed_m_s == speed else point.speed_m_s,
        heading_deg=None if heading is None else turned(heading),
        turn_radius_m=point.turn_radius_m or None,
        actions=state.cleaned(point.actions),
    )


def _stopped(actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """End photos first of all, but for where to look, and not before they begin."""
    begins = any(isinstance(each, TriggerByDistance | TriggerByTime) for each in actions)
    at = len(actions) if begins else sum(isinstance(each, LookAt | LookAhead) for each in actions[:1])
    return (*actions[:at], StopTrigger(), *actions[at:])


def turned(heading_deg: float) -> float:
    """Give a heading as 0 up to but not 360 degrees."""
    return 0.0 if heading_deg % 360.0 == 360.0 else heading_deg % 360.0


class _State:
    """What goes on at this point of the mission."""

    def __init__(self) -> None:
        self.trigger: Trigger | None = None
        self.target: LookAt | None = None

    def cleaned(self, actions: tuple[Action, ...]) -> tuple[Action, ...]:
        kept: list[Action] = []
        for each in actions:
            action = _full(each)
            if action is not None and self._changes(action):
                kept.append(action)
        return tuple(kept)

    def _changes(self, action: Action) -> bool:
        if isinstance(action, TriggerByDistance | TriggerByTime):
            before, self.trigger = self.trigger, action
            return before != action
        if isinstance(action, StopTrigger):
            before, self.trigger = self.trigger, None
            return before is not None
        if isinstance(action, LookAt):
            target, self.target = self.target, action
            return target != action
        if isinstance(action, LookAhead):
            target, self.target = self.target, None
            return target is not None
        return True


def _full(action: Action) -> Action | None:
    """Fill in what an action leaves open; None where it would do nothing."""
    match action:
        case LookAt(Place(lon, lat, None)):
            return LookAt(Place(lon, lat, 0.0, Above.HOME))
        case Hover(seconds):
            return action if seconds > 0.0 else None
        case TriggerByDistance(step) | TriggerByTime(step):
            return action if step > 0.0 else StopTrigger()
        case Gimbal(None, None):
            return None
        case Gimbal(pitch, None):
            return Gimbal(pitch)
        case _:
            return action
