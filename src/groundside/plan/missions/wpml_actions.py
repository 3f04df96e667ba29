"""DJI's action groups, read: what is done at which waypoint."""

from __future__ import annotations

from dataclasses import dataclass, field

from groundside.model.mission import (
    Action,
    Gimbal,
    Hover,
    Kept,
    StartVideo,
    StopTrigger,
    StopVideo,
    TakePhoto,
    TriggerByDistance,
    TriggerByTime,
)
from groundside.plan.missions.format import Said
from groundside.plan.missions.text_rows import number
from groundside.reference.xml_tree import Document, Node

_AT_POINT = ("reachPoint", "")
_BY_DISTANCE, _BY_TIME = "multipleDistance", "multipleTiming"
_PARTLY = ("orientedShoot", "gimbalEvenlyRotate")
"""Read as the nearest actions there are, and kept as well."""
_BARE = {"startRecord": StartVideo(), "stopRecord": StopVideo()}


@dataclass(frozen=True, slots=True)
class _Run:
    """Photos by distance or by time, from one waypoint to another."""

    first: int
    last: int
    trigger: TriggerByDistance | TriggerByTime


@dataclass(slots=True)
class Groups:
    """The action groups of one wayline."""

    document: Document
    kept: list[Kept]
    said: Said
    _done: dict[int, list[Action]] = field(default_factory=dict[int, "list[Action]"])
    _runs: list[_Run] = field(default_factory=list[_Run])

    def take(self, group: Node) -> None:
        """Take in one group; what is in it that has no noun here is kept."""
        first, last = (_whole(group, f"actionGroup{which}Index") for which in ("Start", "End"))
        trigger = group.child("actionTrigger")
        kind = trigger.said("actionTriggerType") if trigger else ""
        if first is None:
            self.said.say(
                "An action group does not say at which waypoint it begins: it is kept and not done.", group.offset
            )
            self._keep(group)
        elif kind in _AT_POINT:
            self._done.setdefault(first, []).extend(self.actions(group))
        elif kind in (_BY_DISTANCE, _BY_TIME) and trigger is not None:
            self._run(group, first, first if last is None else last, _number(trigger, "actionTriggerParam"), kind)
        else:
            self._keep(group)

    def _run(self, group: Node, first: int, last: int, step: float | None, kind: str) -> None:
        actions = self.actions(group)
        if step is None or step <= 0.0 or not any(isinstance(each, TakePhoto) for each in actions):
            self._keep(group)
            return
        self._done.setdefault(first, []).extend(each for each in actions if not isinstance(each, TakePhoto))
        trigger = TriggerByDistance(step) if kind == _BY_DISTANCE else TriggerByTime(step)
        self._runs.append(_Run(first, last, trigger))

    def _keep(self, node: Node) -> None:
        self.kept.append(Kept(f"byte {node.offset:,}", self.document.verbatim(node)))

    def actions(self, group: Node) -> list[Action]:
        """Give the actions of a group, whatever begins them."""
        found: list[Action] = []
        for each in group.all("action"):
            made = _action(each.said("actionActuatorFunc"), each.child("actionActuatorFuncParam") or each)
            found += made
            if not made or each.said("actionActuatorFunc") in _PARTLY:
                self._keep(each)
        return found

    def placed(self, numbers: list[int]) -> dict[int, tuple[Action, ...]]:
        """
        Give the actions at each waypoint.

        Args:
            numbers: of the waypoints that there are, in order.
        """
        starts = {run.first for run in self._runs}
        for run in sorted(self._runs, key=lambda each: each.first):
            self._done.setdefault(run.first, []).append(run.trigger)
            last = min(run.last, numbers[-1] if numbers else run.last)
            if last not in starts or last == run.first:
                at = self._done.setdefault(last, [])
                at.insert(len(at) if last == run.first else 0, StopTrigger())
        missing = sorted(set(self._done) - set(numbers))
        if missing:
            self.said.say(f"There are actions for waypoints that are not there: {str(missing[:5])[1:-1]}.")
        return {nth: tuple(actions) for nth, actions in self._done.items()}


def _action(name: str, params: Node) -> list[Action]:
    if name in _BARE:
        return [_BARE[name]]
    if name == "takePhoto":
        return [TakePhoto(params.said("fileSuffix"))]
    if name == "hover":
        seconds = _number(params, "hoverTime")
        return [Hover(seconds)] if seconds is not None and seconds > 0.0 else []
    if name == "gimbalRotate":
        return _gimbal(params)
    if name == "gimbalEvenlyRotate":
        pitch = _number(params, "gimbalPitchRotateAngle")
        return [] if pitch is None else [Gimbal(pitch)]
    if name == "orientedShoot":
        pitch, yaw = _number(params, "gimbalPitchRotateAngle"), _number(params, "gimbalYawRotateAngle")
        return [Gimbal(pitch, yaw, from_north=True), TakePhoto()]
    return []


def _gimbal(params: Node) -> list[Action]:
    if params.said("gimbalRotateMode") not in ("", "absoluteAngle"):
        return []
    turns = [params.said(f"gimbal{axis}RotateEnable") == "1" for axis in ("Pitch", "Roll", "Yaw")]
    if turns[1] and _number(params, "gimbalRollRotateAngle"):
        return []
    pitch = _number(params, "gimbalPitchRotateAngle") if turns[0] else None
    yaw = _number(params, "gimbalYawRotateAngle") if turns[2] else None
    if pitch is None and yaw is None:
        return []
    return [Gimbal(pitch, yaw, from_north=yaw is not None and params.said("gimbalHeadingYawBase") == "north")]


def _number(node: Node, name: str) -> float | None:
    value = number(node.said(name))
    return None if value is None or value != value else value


def _whole(node: Node, name: str) -> int | None:
    value = _number(node, name)
    return None if value is None else int(value)
