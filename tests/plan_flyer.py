"""Fly a mission with the simulator's dynamics, wind and battery: nothing of it is shared with the planner."""

from dataclasses import dataclass, replace
from math import cos, hypot, radians

import numpy as np

from groundside.model.mission import Finish, Mission
from groundside.simulate.missions import CLIMB_MPS, DESCENT_MPS, Leg, Phase, descent
from groundside.simulate.motion import STEP_S, Motion, fly
from groundside.simulate.power import Load, Pack, discharge
from groundside.simulate.wind import Wind, blow

METRES_PER_DEGREE = 111_195.0
MOST_AIRSPEED = 15.0
FRESH = Pack()


@dataclass(frozen=True)
class Flown:
    """What a flight left: seconds, the share of charge after landing, and each sample."""

    seconds: float
    left: float
    time_s: np.ndarray
    remaining: np.ndarray
    airspeed: np.ndarray
    climb: np.ndarray
    motion: Motion


def flown(mission: Mission, wind: Wind, pack: Pack = FRESH, return_height: float = 30.0) -> Flown:
    motion = fly(list(_legs(mission, wind, return_height)))
    velocity = [np.gradient(x, STEP_S) for x in (motion.north_m, motion.east_m, motion.height_m)]
    north, east = wind.at(len(motion.east_m))
    air = np.hypot(velocity[0] - north, velocity[1] - east)
    up = np.ones(len(air), bool)
    load = Load(up, up, velocity[2], air, np.ones(len(air)))
    run = discharge(pack, load, 20.0)
    time = np.arange(len(air)) * STEP_S
    return Flown(float(time[-1]), float(run.charge[-1]), time, run.percent / 100.0, air, velocity[2], motion)


def _legs(mission: Mission, wind: Wind, return_height: float):
    home = mission.home or mission.waypoints[0].place
    speed = mission.speed_m_s or 8.0
    here = [0.0, 0.0]

    def leg(east, north, height, wished, phase=Phase.MISSION, hold=0.0):
        made = Leg(east, north, height, _possible(here, (east, north), wished, wind), phase, hold_s=hold)
        here[:] = [east, north]
        return made

    yield Leg(0.0, 0.0, mission.take_off_height_m or mission.waypoints[0].height_m, CLIMB_MPS, Phase.TAKEOFF)
    for point in mission.waypoints:
        east = (point.lon - home.lon) * METRES_PER_DEGREE * cos(radians(home.lat))
        north = (point.lat - home.lat) * METRES_PER_DEGREE
        yield leg(east, north, point.height_m, speed, hold=point.hold_s)
        speed = point.speed_m_s or speed
        height = point.height_m
    assert mission.finish is Finish.RETURN
    up = max(height, return_height)
    yield Leg(here[0], here[1], up, CLIMB_MPS, Phase.RETURN)
    yield leg(0.0, 0.0, up, speed, Phase.RETURN)
    yield from (replace(each, speed_mps=min(each.speed_mps, DESCENT_MPS)) for each in descent(0.0))


def _possible(a, b, wished: float, wind: Wind) -> float:
    """Find the greatest speed over ground that the airspeed allows, by halving."""
    length = hypot(b[0] - a[0], b[1] - a[1])
    if length == 0.0:
        return wished
    along = ((b[0] - a[0]) / length, (b[1] - a[1]) / length)
    low, high = 0.3, wished
    for _ in range(30):
        middle = (low + high) / 2.0
        air = hypot(along[0] * middle - wind.east_mps, along[1] * middle - wind.north_mps)
        low, high = (middle, high) if air <= MOST_AIRSPEED else (low, middle)
    return high if high > wished - 1e-6 else low


def breeze(rng: np.random.Generator, speed: float, from_deg: float, seconds: float = 3000.0) -> Wind:
    return blow(rng, speed, from_deg + 180.0, seconds, STEP_S)
