"""Fly straight up on rotors, on a wing through the mission, and straight down again."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, radians, sin

import numpy as np

from groundside.simulate.aerofoil import LOOK_AHEAD_S, STALL_MARGIN, Flyer
from groundside.simulate.course import BENCH_S, SPIN_DOWN_S, SPIN_UP_S, Course, Order, Plan, joined
from groundside.simulate.fixed_wing import PATTERN_M, Trip, called_at, parked
from groundside.simulate.missions import CLIMB_MPS, Leg, Phase, descent
from groundside.simulate.motion import RATE_HZ, STEP_S, smoothed
from groundside.simulate.multirotor import grounded, on_rotors

FINAL_M = 260.0
"""How far downwind of the take-off point it turns in."""
BACK_MPS2 = 1.6
HOVERING_MPS = 0.7
BLEND_TAPS = 15


def course(plan: Plan, orders: Sequence[Order] = ()) -> Course:
    """Fly a plan, and leave it for the way back where a failsafe orders while it is on the wing."""
    heading = plan.wind.from_deg
    parts = [parked(plan.before_s + SPIN_UP_S, heading)]
    for sortie in range(plan.sorties):
        if sortie:
            parts.append(parked(plan.before_s + SPIN_UP_S + SPIN_DOWN_S, heading))
        parts += _sortie(plan, heading, called_at(orders), sum(map(len, parts)))
    rest_s = SPIN_DOWN_S + plan.after_s + (0.0 if plan.sorties else BENCH_S)
    return _blended(joined([*parts, parked(rest_s, heading)]))


def _sortie(plan: Plan, heading_deg: float, called: int | None, skipped: int) -> list[Course]:
    up = on_rotors([Leg(0.0, 0.0, PATTERN_M, CLIMB_MPS, Phase.TAKEOFF, 0.0, 1.5, heading_deg)], heading_deg)
    flyer = Flyer(plan.wing, plan.wind, up.last)
    trip = Trip(plan, flyer, called)
    trip.skipped = skipped + len(up)
    _transition(trip)
    trip.mission()
    trip.approach(FINAL_M)
    _back_transition(trip)
    wing = flyer.course()
    return [up, wing, _down(plan, wing)]


def _transition(trip: Trip) -> None:
    """Speed up straight into the wind; the rotors carry until the wing does."""
    flyer, wing = trip.flyer, trip.plan.wing
    flyer.phase = Phase.TAKEOFF
    while flyer.airspeed < wing.cruise_mps:
        flyer.rotors = _rotor_share(flyer)
        flyer.step(0.0, 0.5 * (PATTERN_M - flyer.height), wing.cruise_mps)
    flyer.rotors = 0.0


def _rotor_share(flyer: Flyer) -> float:
    """Give what the wing does not carry: lift grows with the square of airspeed, up to all the weight."""
    return 1.0 - min(1.0, (flyer.airspeed / (STALL_MARGIN * flyer.wing.stall_mps)) ** 2)


def _back_transition(trip: Trip) -> None:
    """Slow down towards the take-off point, into the wind, until it hovers over ground."""
    flyer = trip.flyer
    into = radians(trip.plan.wind.from_deg)
    flyer.phase, flyer.gimbal = Phase.LANDING, 0.0
    while (speed := hypot(*flyer.ground_velocity())) > HOVERING_MPS:
        along = flyer.east * sin(into) + flyer.north * cos(into)
        ahead = max(speed * LOOK_AHEAD_S, 20.0)
        bank = flyer.steer((along + ahead) * sin(into), (along + ahead) * cos(into))
        braking = -along <= speed * speed / (2.0 * BACK_MPS2)
        wanted = max(flyer.airspeed - BACK_MPS2 * STEP_S, flyer.wind.speed_mps) if braking else flyer.wing.cruise_mps
        flyer.rotors = _rotor_share(flyer) if braking else 0.0
        flyer.step(bank, 0.5 * (PATTERN_M - flyer.height), wanted)
        if braking and flyer.airspeed <= flyer.wind.speed_mps + 0.1:
            break


def _down(plan: Plan, wing: Course) -> Course:
    """Hover to the take-off point and come down on rotors, facing the wind."""
    east, north, height = wing.last
    velocity = [float(x[-1] - x[-2]) / STEP_S for x in (wing.east_m, wing.north_m)]
    speed, yaw = hypot(*velocity), float(wing.yaw_deg[-1])
    legs = [
        Leg(velocity[0] * 1.5, velocity[1] * 1.5, 0.0, max(speed, 0.5), Phase.LANDING, 0.0, 0.5, yaw),
        Leg(-east, -north, 0.0, 3.0, Phase.LANDING, 0.0, 1.0, yaw),
        *(Leg(-east, -north, g.height_m - height, g.speed_mps, g.phase, 0.0, 0.0, yaw)
          for g in descent(yaw, plan.touchdown_mps)),
        Leg(-east, -north, -height, 1.0, Phase.GROUND, hold_s=1.0, yaw_deg=yaw),
    ]  # fmt: skip
    return grounded(on_rotors(legs, yaw, speed).moved(east, north, height))


def _blended(way: Course) -> Course:
    """Let attitude and the share of the rotors change over a second and a half where wing and rotors meet."""
    smooth = {n: smoothed(getattr(way, n), BLEND_TAPS) for n in ("roll_deg", "pitch_deg", "rotors")}
    yaw = smoothed(np.unwrap(way.yaw_deg, period=360.0), RATE_HZ | 1)
    names = ("east_m", "north_m", "height_m", "gimbal_deg", "phase", "on_way")
    return Course(yaw_deg=yaw, **smooth, **{n: getattr(way, n) for n in names})
