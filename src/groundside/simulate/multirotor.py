"""Fly with rotors: legs, and what a failsafe makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import hypot

import numpy as np

from groundside.simulate.course import BENCH_S, SPIN_DOWN_S, SPIN_UP_S, Course, Order, Plan, joined
from groundside.simulate.missions import Leg, Phase, bearing_deg, descent, stay, whole_flight
from groundside.simulate.motion import ACCELERATION_MPS2, STEP_S, Motion, fly

STILL_MPS = 0.05
_PHASES = {"return": Phase.RETURN, "land": Phase.LANDING}


def course(plan: Plan, orders: Sequence[Order] = ()) -> Course:
    """Fly a plan, and leave it where a failsafe orders."""
    way = grounded(on_rotors(list(_legs(plan)), plan.yaw_deg))
    for order in orders:
        if way.heeds(order):
            way = _diverted(way, order, plan)
    return way


def on_rotors(legs: list[Leg], yaw_deg: float, entry_mps: float = 0.0) -> Course:
    """Fly legs from (0, 0, 0) with rotors."""
    return _course(legs, fly(legs, yaw_deg, entry_mps))


def grounded(way: Course) -> Course:
    """Keep it from going into the ground, which is where a hard landing is planned to end."""
    return replace(way, height_m=np.maximum(way.height_m, 0.0))


def _course(legs: list[Leg], motion: Motion) -> Course:
    count = len(motion.east_m)
    phases = np.array([g.phase.value for g in legs])[motion.leg]
    on_way = np.array([g.on_way for g in legs])[motion.leg]
    return Course(
        motion.east_m, motion.north_m, motion.height_m, motion.yaw_deg, np.zeros(count), np.zeros(count),
        motion.gimbal_deg, np.ones(count), phases, on_way,
    )  # fmt: skip


def _legs(plan: Plan) -> Iterator[Leg]:
    yield stay(plan.before_s + SPIN_UP_S)
    for sortie in range(plan.sorties):
        if sortie:
            yield stay(plan.before_s + SPIN_UP_S + SPIN_DOWN_S)
        yield from whole_flight(plan.mission, plan.speed_mps, plan.touchdown_mps)
    if not plan.sorties:
        yield stay(BENCH_S)
    yield stay(SPIN_DOWN_S + plan.after_s)


def _diverted(way: Course, order: Order, plan: Plan) -> Course:
    before = way.until(order.sample)
    east, north, height = before.last
    speed, stop = _braking(before)
    stopped = (east + stop[0], north + stop[1])
    brake = Leg(*stop, max(speed, 1.0), _PHASES[order.action], -10.0, 1.0, float(before.yaw_deg[-1]))
    after = _way_down(order, plan, stopped, height + stop[2])
    legs = [brake, *(_seen_from(g, east, north, height) for g in [*after, stay(SPIN_DOWN_S + plan.after_s)])]
    if order.action == "land":
        legs[-1] = replace(legs[-1], east_m=stop[0], north_m=stop[1])
    rest = on_rotors(legs, float(before.yaw_deg[-1]), speed)
    return grounded(joined([before, rest.moved(east, north, height)]))


def _braking(way: Course) -> tuple[float, tuple[float, float, float]]:
    """Give the speed at the end of a way, and how far from there it comes to rest: on for a second, then braking."""
    velocity = [float(x[-1] - x[-2]) / STEP_S for x in (way.east_m, way.north_m, way.height_m)]
    speed = hypot(*velocity)
    if speed < STILL_MPS:
        return 0.0, (0.0, 0.0, 0.0)
    seconds = 1.0 + speed / (2.0 * ACCELERATION_MPS2)
    return speed, (velocity[0] * seconds, velocity[1] * seconds, velocity[2] * seconds)


def _way_down(order: Order, plan: Plan, at: tuple[float, float], height_m: float) -> Iterator[Leg]:
    back = (bearing_deg(*at, None) + 360.0) % 360.0
    where = at if order.action == "land" else (0.0, 0.0)
    if order.action == "return":
        yield Leg(0.0, 0.0, max(height_m, 15.0), plan.speed_mps, Phase.RETURN, -10.0, 2.0)
    lower = [leg for leg in descent(back, plan.touchdown_mps) if leg.height_m < height_m]
    for leg in lower:
        yield replace(leg, east_m=where[0], north_m=where[1])


def _seen_from(leg: Leg, east_m: float, north_m: float, height_m: float) -> Leg:
    return replace(leg, east_m=leg.east_m - east_m, north_m=leg.north_m - north_m, height_m=leg.height_m - height_m)
