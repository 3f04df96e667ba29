"""What goes on between waypoints: photos by distance or time, and the place that is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from groundside.model.mission import (
    Action,
    LookAhead,
    LookAt,
    Mission,
    StopTrigger,
    TriggerByDistance,
    TriggerByTime,
)
from groundside.plan.missions.format import Said

Trigger = TriggerByDistance | TriggerByTime
_STARTS, _STOPS, _LOOKS = (TriggerByDistance, TriggerByTime), StopTrigger, (LookAt, LookAhead)


@dataclass(frozen=True, slots=True)
class Going:
    """What goes on from a waypoint to the next."""

    trigger: Trigger | None = None
    target: LookAt | None = None


def going(mission: Mission, said: Said) -> list[Going]:
    """
    Say for each waypoint what goes on from it; for formats that say so, and do not keep the order among actions.

    Args:
        mission: as `normal` gives it.
        said: told where an order is lost.
    """
    now = Going()
    found: list[Going] = []
    for nth, point in enumerate(mission.waypoints):
        if not _in_order(point.actions):
            said.say(
                f"Where photos or looking at a place begin or end among the actions at waypoint {nth} is not kept."
            )
        for action in point.actions:
            now = _next(now, action)
        found.append(now)
    return found


def _next(now: Going, action: Action) -> Going:
    match action:
        case TriggerByDistance() | TriggerByTime():
            return Going(action, now.target)
        case StopTrigger():
            return Going(None, now.target)
        case LookAt():
            return Going(now.trigger, action)
        case LookAhead():
            return Going(now.trigger, None)
        case _:
            return now


def _in_order(actions: tuple[Action, ...]) -> bool:
    """First where to look, then the end of photos, then all others, then the start of photos; each at most once."""
    ranks = [_rank(each) for each in actions]
    once = all(ranks.count(rank) <= 1 for rank in (0, 1, 3))
    return ranks == sorted(ranks) and once and not (1 in ranks and 3 in ranks)


def _rank(action: Action) -> int:
    if isinstance(action, _LOOKS):
        return 0
    if isinstance(action, _STOPS):
        return 1
    return 3 if isinstance(action, _STARTS) else 2
