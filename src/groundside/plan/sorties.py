"""One mission as several flights: as far as a battery goes, and on from the last good photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from groundside.errors import BadRequest, Refused
from groundside.model.mission import (
    Action,
    Finish,
    Gimbal,
    LookAhead,
    LookAt,
    Mission,
    StopTrigger,
    TriggerByDistance,
    TriggerByTime,
    Waypoint,
)
from groundside.model.place import LonLat
from groundside.plan.endurance import Endurance, Wind, ground_share, use
from groundside.plan.flight_path import Usual, flight_path
from groundside.reference.geodesy import local_metres

Floats = NDArray[np.float64]

STEP_M = 25.0
"""Where a line may be cut, at the least."""
MOST_SORTIES = 200
MARGIN = 0.005
"""Of a battery: a part is cut so much short of what may be spent, for breaking it off may take more than its end."""
CALM, USUAL = Wind(), Usual()


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """
    What a flight may take.

    Args:
        endurance: what flying takes.
        wind: of the day.
        reserve: share of a full battery that is left after landing.
        full: share at take-off.
        usual: what holds where the mission does not say.
    """

    endurance: Endurance
    wind: Wind = CALM
    reserve: float = 0.25
    full: float = 1.0
    usual: Usual = USUAL

    @property
    def spendable(self) -> float:
        """Share that may be flown away."""
        return self.full - self.reserve


@dataclass(frozen=True, slots=True)
class Cut:
    """A place on a mission's way: after waypoint `after`, this share of the leg to the next (0 up to but not 1)."""

    after: int
    share: float = 0.0


def part_of(mission: Mission, first: Cut, last: Cut, number: int = 0) -> Mission:
    """
    Give the part of a mission from one place of its way to another, as a mission that returns home by itself.

    What the camera does at the beginning of the part (trigger, pitch, place looked at) is said anew there, and photos
    end with it.
    """
    waypoints = list(mission.waypoints[_next_whole(first) : last.after + 1])
    started = _doing(mission, first)
    if first.share > 0.0:
        waypoints.insert(0, _between(mission, first, started))
    elif waypoints:
        waypoints[0] = replace(waypoints[0], actions=_merged(started, waypoints[0].actions))
    if last.share > 0.0:
        waypoints.append(_between(mission, last, ()))
    if waypoints and last != Cut(len(mission.waypoints) - 1) and _triggers(_doing(mission, Cut(last.after, 0.5))):
        waypoints[-1] = replace(waypoints[-1], actions=(*waypoints[-1].actions, StopTrigger()))
    name = f"{mission.name} {number}".strip() if number else mission.name
    return replace(mission, name=name, waypoints=tuple(waypoints), surveys=())


def _next_whole(cut: Cut) -> int:
    return cut.after if cut.share == 0.0 else cut.after + 1


def _between(mission: Mission, cut: Cut, actions: tuple[Action, ...]) -> Waypoint:
    a, b = mission.waypoints[cut.after], mission.waypoints[cut.after + 1]
    lon = a.lon + (b.lon - a.lon) * cut.share
    lat = a.lat + (b.lat - a.lat) * cut.share
    height = a.height_m + (b.height_m - a.height_m) * cut.share if a.above is b.above else a.height_m
    return Waypoint(
        lon=lon, lat=lat, height_m=height, above=a.above, speed_m_s=a.speed_m_s, heading_deg=a.heading_deg,
        turn=a.turn, turn_radius_m=a.turn_radius_m, actions=actions,
    )  # fmt: skip


def _doing(mission: Mission, cut: Cut) -> tuple[Action, ...]:
    """Say what the camera is doing at a place of the way, before what is done right there."""
    trigger: Action | None = None
    gimbal: Gimbal | None = None
    look: LookAt | None = None
    before = [*mission.actions]
    before += [a for w in mission.waypoints[: _next_whole(cut)] for a in w.actions]
    for action in before:
        if isinstance(action, TriggerByDistance | TriggerByTime | StopTrigger):
            trigger = None if isinstance(action, StopTrigger) else action
        elif isinstance(action, Gimbal):
            gimbal = action
        elif isinstance(action, LookAt | LookAhead):
            look = action if isinstance(action, LookAt) else None
    return tuple(each for each in (gimbal, look, trigger) if each is not None)


def _triggers(actions: tuple[Action, ...]) -> bool:
    return any(isinstance(each, TriggerByDistance | TriggerByTime) for each in actions)


def _merged(started: tuple[Action, ...], own: tuple[Action, ...]) -> tuple[Action, ...]:
    kinds = {type(each) for each in own}
    ended = StopTrigger in kinds
    triggers = (TriggerByDistance, TriggerByTime)
    kept = [each for each in started if type(each) not in kinds and not (ended and isinstance(each, triggers))]
    return (*kept, *own)


@dataclass(frozen=True, slots=True)
class Sortie:
    """
    One flight of a mission.

    Args:
        mission: what is flown.
        first, last: which part of the whole it is.
        seconds, share: how long, and what share of a full battery it takes from take-off to landing.
    """

    mission: Mission
    first: Cut
    last: Cut
    seconds: float
    share: float


def split(mission: Mission, battery: Battery, overlap_m: float = 0.0) -> tuple[Sortie, ...]:
    """
    Cut a mission into as few flights as batteries allow, each as long as it can be, each from home and back.

    Args:
        mission: without a landing of its own; heights above home.
        battery: what a flight may take.
        overlap_m: each flight but the first begins so far before the place where the one before ended.

    Returns:
        The flights in order; one, the mission itself, where one battery is enough.

    Raises:
        Refused: a part cannot be reached and left again with the reserve kept, or only with too many flights.
    """
    whole = _cost(mission, battery)
    if whole[1] <= battery.spendable:
        return (Sortie(mission, Cut(0), Cut(len(mission.waypoints) - 1), *whole),)
    returning = replace(mission, finish=Finish.RETURN)
    cuts, along = _cuts(returning, battery)
    sorties: list[Sortie] = []
    begin = 0
    while begin < len(cuts) - 1:
        end, cost = _furthest(returning, cuts, begin, battery)
        part = part_of(returning, cuts[begin], cuts[end], len(sorties) + 1)
        sorties.append(Sortie(part, cuts[begin], cuts[end], *cost))
        if end == len(cuts) - 1:
            return tuple(sorties)
        if len(sorties) >= MOST_SORTIES:
            break
        back = int(np.searchsorted(along, along[end] - overlap_m, side="right")) - 1
        begin = max(back, begin + 1) if overlap_m > 0.0 else end
    what = f"This mission takes more than {MOST_SORTIES} flights."
    raise Refused(what, try_this="plan a smaller area, or an aircraft that flies longer")


def _furthest(mission: Mission, cuts: Sequence[Cut], begin: int, battery: Battery) -> tuple[int, tuple[float, float]]:
    """Find the last place to which a flight from `begin` can go: what it takes grows with every place further."""
    low, high, best = begin + 1, len(cuts) - 1, (inf, inf)
    while low < high:
        middle = (low + high + 1) // 2
        if _cost(part_of(mission, cuts[begin], cuts[middle]), battery)[1] <= battery.spendable - MARGIN:
            low = middle
        else:
            high = middle - 1
    best = _cost(part_of(mission, cuts[begin], cuts[low]), battery)
    if best[1] > battery.spendable:
        at = mission.waypoints[cuts[begin].after]
        what = (
            f"The part after waypoint {cuts[begin].after} ({at.lat:.6f}, {at.lon:.6f}) cannot be flown:"
            f" there and back takes {_percent(best[1])} of a battery, and {_percent(battery.spendable)} may be spent."
        )
        raise Refused(what, try_this="move home nearer, wait for less wind, or lower --reserve")
    return low, best


def _percent(share: float) -> str:
    return f"{share:.0%}" if np.isfinite(share) else "more than all"


def _cost(mission: Mission, battery: Battery) -> tuple[float, float]:
    """Give the seconds and the share of a battery of a whole flight."""
    taken = use(flight_path(mission, battery.usual), battery.endurance, battery.wind)
    return float(taken.seconds.sum()), float(taken.share.sum()) + ground_share(battery.endurance)


def _cuts(mission: Mission, battery: Battery) -> tuple[list[Cut], Floats]:
    """List where the way may be cut, with the metres to there: at waypoints, and between them at photos."""
    lon = np.array([w.lon for w in mission.waypoints])
    lat = np.array([w.lat for w in mission.waypoints])
    home = mission.home or mission.waypoints[0].place
    east, north = local_metres(lon, lat, LonLat(home.lon, home.lat))
    length = np.hypot(np.diff(east), np.diff(north))
    begins = np.concatenate([[0.0], np.cumsum(length)])
    cuts, along = list[Cut](), list[float]()
    spacing = _photo_spacings(mission)
    for i, metres in enumerate(length):
        steps = max(1, int(metres // spacing[i]))
        for k in range(steps):
            share = min(k * spacing[i] / metres, 0.999) if metres > 0.0 else 0.0
            cuts.append(Cut(i, share))
            along.append(float(begins[i] + metres * share))
    cuts.append(Cut(len(lon) - 1))
    along.append(float(begins[-1]))
    return cuts, np.array(along)


def _photo_spacings(mission: Mission) -> list[float]:
    """Give for each leg how far apart it may be cut: whole numbers of photos, at least `STEP_M`."""
    spacings, photo = list[float](), 0.0
    for action in mission.actions:
        photo = _spacing_after(action, photo)
    for each in mission.waypoints:
        for action in each.actions:
            photo = _spacing_after(action, photo)
        spacings.append(max(1.0, -(-STEP_M // photo)) * photo if photo > 0.0 else STEP_M)
    return spacings


def _spacing_after(action: Action, before: float) -> float:
    if isinstance(action, TriggerByDistance):
        return action.distance_m
    return 0.0 if isinstance(action, StopTrigger | TriggerByTime) else before


def resumed(mission: Mission, last_photo: LonLat, overlap_m: float = 0.0) -> Mission:
    """
    Give what is left of a mission after its last good photo.

    Args:
        mission: as it was begun.
        last_photo: where that photo was taken; the nearest place of the way counts, of two as near the later.
        overlap_m: begin so far before it.

    Raises:
        BadRequest: nothing is left after it.
    """
    lon = np.array([w.lon for w in mission.waypoints])
    lat = np.array([w.lat for w in mission.waypoints])
    east, north = local_metres(lon, lat, last_photo)
    de, dn = np.diff(east), np.diff(north)
    square = np.where(de**2 + dn**2 > 0.0, de**2 + dn**2, 1.0)
    share = np.clip(-(east[:-1] * de + north[:-1] * dn) / square, 0.0, 1.0)
    away = np.hypot(east[:-1] + share * de, north[:-1] + share * dn)
    if not away.size:
        raise BadRequest("Nothing is left of this plan.")
    at = int(np.flatnonzero(away <= away.min() + 0.01)[-1])
    begins = np.concatenate([[0.0], np.cumsum(np.hypot(de, dn))])
    metres = max(float(begins[at] + share[at] * (begins[at + 1] - begins[at])) - overlap_m, 0.0)
    if metres >= begins[-1] - 0.01:
        what = "Nothing is left of this plan after that photo."
        raise BadRequest(what, try_this="groundside plan compare shows gaps")
    leg = int(np.searchsorted(begins, metres, side="right")) - 1
    length = float(begins[leg + 1] - begins[leg])
    cut = Cut(leg, (metres - float(begins[leg])) / length if length > 0.0 else 0.0)
    return part_of(mission, cut, Cut(len(mission.waypoints) - 1))
