"""What an opened mission does at its waypoints, laid onto the plan that is made anew from it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from groundside.errors import TooLarge
from groundside.model.mission import (
    Action,
    Finish,
    Gimbal,
    Kind,
    LostLink,
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
from groundside.reference.geodesy import local_metres

SAME_PLACE_M = 1.0
"""A waypoint that moved no further is the same one."""
MOST_CARRIED = 5_000
CAMERA_WORK = TakePhoto | TriggerByDistance | TriggerByTime | StopTrigger | StartVideo | StopVideo | Gimbal


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """
    What an opened mission does that a plan made anew from it would not do by itself.

    Args:
        waypoints: those at which something is done or that have a speed, heading or turn of their own, with their
            numbers from 0; where several followed each other at one place, all of their actions in one.
        actions: before the first waypoint.
        finish, lost_link: as the mission says.
        camera_work: whether it says itself what the camera does; what the new pattern would do with it gives way.
        planned_anew: actions on the lines of a survey, for which the new survey has its own.
    """

    waypoints: tuple[tuple[int, Waypoint], ...]
    actions: tuple[Action, ...] = ()
    finish: Finish | None = None
    lost_link: LostLink | None = None
    camera_work: bool = False
    planned_anew: int = 0


@dataclass(frozen=True, slots=True)
class Carrying:
    """How much was kept: actions at waypoints that remain, and the waypoints that do not, with their numbers."""

    kept: int
    lost: tuple[tuple[int, Waypoint], ...]


def carried_from(mission: Mission) -> Carried:
    """
    Gather what a mission does at its waypoints.

    Raises:
        TooLarge: at more than 5,000 of them.
    """
    found = [(i, _own(mission, i)) for i in range(len(mission.waypoints))]
    kept = tuple(_together([(i, each) for i, each in found if _says_something(each)]))
    if len(kept) > MOST_CARRIED:
        what = f"This mission does something at {len(kept):,} waypoints; at most {MOST_CARRIED:,} are kept."
        raise TooLarge(what, try_this="plan it in parts")
    every = [*mission.actions, *(action for _, each in kept for action in each.actions)]
    before = sum(len(each.actions) for each in mission.waypoints)
    return Carried(
        waypoints=kept, actions=() if mission.surveys else mission.actions, finish=mission.finish,
        lost_link=mission.lost_link,
        camera_work=not mission.surveys and any(isinstance(each, CAMERA_WORK) for each in every),
        planned_anew=before - sum(len(each.actions) for _, each in kept),
    )  # fmt: skip


def _own(mission: Mission, number: int) -> Waypoint:
    """Leave of a waypoint what a plan made anew has not anyway."""
    it = mission.waypoints[number]
    if any(each.first <= number <= each.last for each in mission.surveys):
        others = tuple(each for each in it.actions if not isinstance(each, CAMERA_WORK))
        return Waypoint(lon=it.lon, lat=it.lat, height_m=it.height_m, actions=others, kind=it.kind)
    return replace(it, speed_m_s=None) if it.speed_m_s == mission.speed_m_s else it


def _says_something(it: Waypoint) -> bool:
    said = (it.speed_m_s, it.heading_deg, it.turn, it.turn_radius_m, it.command)
    return bool(it.actions) or it.kind is not Kind.FLY or any(each is not None for each in said)


def _together(found: Sequence[tuple[int, Waypoint]]) -> Iterator[tuple[int, Waypoint]]:
    """Put waypoints that follow each other at one place into one: redrawn, they are one corner."""
    last: tuple[int, int, Waypoint] | None = None
    for number, each in found:
        if last and number == last[1] + 1 and (each.lon, each.lat) == (last[2].lon, last[2].lat):
            last = last[0], number, replace(each, actions=(*last[2].actions, *each.actions))
            continue
        if last:
            yield last[0], last[2]
        last = number, number, each
    if last:
        yield last[0], last[2]


def carried_onto(mission: Mission, carried: Carried) -> Mission:
    """Give a plan what the opened mission did, at every waypoint that remains."""
    same = dict(_same_places(mission, carried))
    if carried.camera_work and same:
        mission = replace(mission, waypoints=tuple(_without_camera_work(each) for each in mission.waypoints))
    of = {new: carried.waypoints[old][1] for old, new in same.items()}
    waypoints = tuple(_laid_on(each, of[i]) if i in of else each for i, each in enumerate(mission.waypoints))
    if any(each.speed_m_s is not None for each in of.values()):
        # Else a speed would go on to waypoints after it.
        waypoints = tuple(replace(w, speed_m_s=w.speed_m_s or mission.speed_m_s) for w in waypoints)
    return replace(
        mission, waypoints=waypoints, actions=(*mission.actions, *carried.actions),
        finish=carried.finish or mission.finish, lost_link=carried.lost_link or mission.lost_link,
    )  # fmt: skip


def _without_camera_work(it: Waypoint) -> Waypoint:
    return replace(it, actions=tuple(each for each in it.actions if not isinstance(each, CAMERA_WORK)))


def _laid_on(new: Waypoint, old: Waypoint) -> Waypoint:
    return replace(
        new, actions=(*new.actions, *old.actions), kind=new.kind if old.kind is Kind.FLY else old.kind,
        speed_m_s=new.speed_m_s if old.speed_m_s is None else old.speed_m_s,
        heading_deg=new.heading_deg if old.heading_deg is None else old.heading_deg,
        turn=old.turn or new.turn, command=old.command or new.command,
        turn_radius_m=new.turn_radius_m if old.turn_radius_m is None else old.turn_radius_m,
    )  # fmt: skip


def carrying(mission: Mission, carried: Carried) -> Carrying:
    """Say what of an opened mission a plan made anew keeps, and what it cannot keep."""
    same = {old for old, _ in _same_places(mission, carried)}
    kept = sum(len(each.actions) for i, (_, each) in enumerate(carried.waypoints) if i in same)
    lost = tuple(each for i, each in enumerate(carried.waypoints) if i not in same)
    return Carrying(kept + len(carried.actions), lost)


def _same_places(mission: Mission, carried: Carried) -> list[tuple[int, int]]:
    """Pair waypoints at the same places, in the order of both: as many as can be."""
    if not (carried.waypoints and mission.waypoints):
        return []
    first = carried.waypoints[0][1]
    old, new = (_points(some, LonLat(first.lon, first.lat))
                for some in ([each for _, each in carried.waypoints], mission.waypoints))  # fmt: skip
    olds, news = shapely.STRtree(new).query(old, predicate="dwithin", distance=SAME_PLACE_M)
    # Of each old one the latest new one first, so that it is paired once.
    order = np.lexsort((-news, olds))
    return _longest_rise(list(zip(olds[order].tolist(), news[order].tolist(), strict=True)))


def _points(waypoints: Sequence[Waypoint], origin: LonLat) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    east, north = local_metres([w.lon for w in waypoints], [w.lat for w in waypoints], origin)
    return np.asarray(shapely.points(east, north), object)


def _longest_rise(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """
    Choose the most pairs whose second numbers rise.

    C. Schensted 1961, "Longest increasing and decreasing subsequences", Canadian Journal of Mathematics 13, 179.
    """
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for at, (_, new) in enumerate(pairs):
        length = bisect_left(tails, new)
        before.append(last[length - 1] if length else -1)
        tails[length : length + 1], last[length : length + 1] = [new], [at]
    chosen: list[tuple[int, int]] = []
    at = last[-1] if last else -1
    while at >= 0:
        chosen.append(pairs[at])
        at = before[at]
    return chosen[::-1]
