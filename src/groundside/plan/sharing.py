"""Several aircraft at once on one mission, kept apart in height or in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from groundside.model.mission import Mission
from groundside.plan.endurance import use
from groundside.plan.flight_path import FlightPath, flight_path
from groundside.plan.sorties import Battery, Sortie

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Assigned:
    """A flight, the aircraft that flies it (from 1), when it takes off (seconds after the first), how much higher."""

    aircraft: int
    sortie: Sortie
    start_s: float
    higher_m: float = 0.0


def shared_in_height(sorties: Sequence[Sortie], aircraft: int, step_m: float, change_s: float) -> tuple[Assigned, ...]:
    """
    Give flights to several aircraft in turn, each in a layer of its own: the n-th flies (n - 1) steps higher.

    Every height of a flight is raised, so no two are ever nearer than a step except on the ground and in the climb
    above home. Photos from higher layers show more ground, coarser.

    Args:
        sorties: in order.
        aircraft: how many.
        step_m: between layers.
        change_s: between landing and the next take-off of one aircraft.
    """
    free, given = [0.0] * aircraft, list[Assigned]()
    for each in sorties:
        k = int(np.argmin(free))
        higher = k * step_m
        given.append(Assigned(k + 1, replace(each, mission=raised(each.mission, higher)), free[k], higher))
        free[k] += each.seconds + change_s
    return tuple(given)


def raised(mission: Mission, by_m: float) -> Mission:
    """Give the same mission, all of it so much higher."""
    if by_m == 0.0:
        return mission
    take_off = None if mission.take_off_height_m is None else mission.take_off_height_m + by_m
    waypoints = tuple(replace(w, height_m=w.height_m + by_m) for w in mission.waypoints)
    return replace(mission, waypoints=waypoints, take_off_height_m=take_off)


def shared_in_time(
    sorties: Sequence[Sortie], aircraft: int, battery: Battery, apart_m: float, change_s: float
) -> tuple[Assigned, ...]:
    """
    Give flights to several aircraft in turn, each taking off as early as keeps all of them apart at every second.

    Args:
        sorties: in order.
        aircraft: how many.
        battery: gives speeds and wind.
        apart_m: no two in the air come nearer, over ground, but for those above home one after the other.
        change_s: between landing and the next take-off of one aircraft.
    """
    free, given, flown = [0.0] * aircraft, list[Assigned](), list[tuple[float, Floats]]()
    for each in sorties:
        k = int(np.argmin(free))
        way = _each_second(flight_path(each.mission, battery.usual), battery)
        start = free[k]
        while any(_too_near(start, way, other_start, other, apart_m) for other_start, other in flown):
            start += 5.0
        flown.append((start, way))
        given.append(Assigned(k + 1, each, start))
        free[k] = start + len(way) + change_s
    return tuple(given)


def _each_second(path: FlightPath, battery: Battery) -> Floats:
    """Give east and north of each second from take-off to landing, from home; shape (seconds, 2)."""
    times = np.concatenate([[0.0], np.cumsum(use(path, battery.endurance, battery.wind).seconds)])
    at = np.arange(0.0, times[-1] + 1.0)
    return np.stack([np.interp(at, times, path.east_m), np.interp(at, times, path.north_m)], axis=1)


def _too_near(start: float, way: Floats, other_start: float, other: Floats, apart_m: float) -> bool:
    first, last = max(start, other_start), min(start + len(way), other_start + len(other))
    if last - first < 1.0:
        return False
    seconds = np.arange(int(last - first))
    a = way[np.minimum(seconds + int(first - start), len(way) - 1)]
    b = other[np.minimum(seconds + int(first - other_start), len(other) - 1)]
    return bool((np.hypot(*(a - b).T) < apart_m).any())
