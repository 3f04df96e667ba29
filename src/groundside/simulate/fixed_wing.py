"""Fly on a wing: take-off run or throw, legs and circles, the way back, and a landing into the wind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import atan2, cos, hypot, radians, sin, tan

import numpy as np

from groundside.simulate.aerofoil import LOOK_AHEAD_S, STALL_MARGIN, Flyer
from groundside.simulate.course import BENCH_S, SPIN_DOWN_S, SPIN_UP_S, Course, Order, Plan, joined
from groundside.simulate.missions import Leg, Phase
from groundside.simulate.motion import GRAVITY_MPS2, RATE_HZ, STEP_S

CLIMB_OUT_M = 25.0
THROW_MPS2 = 18.0
PATTERN_M, SLOPE, FLARE_M, FLARE_MPS = 28.0, 0.11, 2.0, 0.45
"""Height of the approach, its slope, and where and how gently it is ended."""
BRAKES_MPS2 = 3.0
HEIGHT_GAIN_PER_S = 0.5
PATIENCE = 3.0
"""A leg that takes this many times longer than it should is left."""


def course(plan: Plan, orders: Sequence[Order] = ()) -> Course:
    """Fly a plan, and leave it for the way back where a failsafe orders. A wing flies one sortie at most."""
    heading = plan.wind.from_deg
    before = parked(plan.before_s + SPIN_UP_S, heading)
    after_s = SPIN_DOWN_S + plan.after_s
    if not plan.sorties:
        return joined([before, parked(BENCH_S + after_s, heading)])
    wing = replace(plan.wing, sink_mps=max(plan.wing.sink_mps, plan.touchdown_mps))
    trip = Trip(plan, Flyer(wing, plan.wind, (0.0, 0.0, 0.0)), called_at(orders))
    trip.skipped = len(before)
    take_off(trip)
    trip.mission()
    trip.approach()
    land(trip)
    way = trip.flyer.course()
    return joined([before, way, parked(after_s, float(way.yaw_deg[-1])).moved(*way.last)])


def called_at(orders: Sequence[Order]) -> int | None:
    """Give the sample of the first order; a wing returns, whatever is ordered."""
    return min((o.sample for o in orders), default=None)


def parked(seconds: float, yaw_deg: float) -> Course:
    """Stand at the take-off point."""
    count = int(seconds * RATE_HZ)
    none = np.zeros(count)
    phase, on_way = np.full(count, Phase.GROUND.value), np.zeros(count, np.bool_)
    return Course(none, none, none, np.full(count, yaw_deg), none, none, none, none, phase, on_way)


class Trip:
    """A flight on a wing, leg by leg, until a failsafe calls it back."""

    def __init__(self, plan: Plan, flyer: Flyer, called_at: int | None) -> None:
        """Begin it; `called_at` is the sample of the whole recording at which it is called back."""
        self.plan, self.flyer, self.called_at, self.skipped = plan, flyer, called_at, 0

    @property
    def called(self) -> bool:
        """Whether it has been called back."""
        return self.called_at is not None and self.skipped + len(self.flyer.samples) >= self.called_at

    def mission(self) -> None:
        """Fly the legs; a leg with a stay is a circle."""
        for number, leg in enumerate(self.plan.mission):
            self.flyer.on_way = number == 0
            self.fly_to(leg)
            self.flyer.on_way = False
            if leg.hold_s > 0.0:
                self.circle(leg)

    def fly_to(self, leg: Leg, airspeed_mps: float | None = None) -> None:
        """Follow the line from here to the end of a leg."""
        flyer = self.flyer
        begin = (flyer.east, flyer.north)
        line = (leg.east_m - begin[0], leg.north_m - begin[1])
        length = hypot(*line)
        if length < 1.0:
            return
        unit = (line[0] / length, line[1] / length)
        patience = int(PATIENCE * RATE_HZ * (length / flyer.wing.stall_mps + 10.0))
        for _ in range(patience):
            ahead = hypot(*flyer.ground_velocity()) * LOOK_AHEAD_S
            along = (flyer.east - begin[0]) * unit[0] + (flyer.north - begin[1]) * unit[1]
            if along >= length - 0.6 * ahead or self._off(leg):
                return
            at = along + 0.85 * ahead
            bank = flyer.steer(begin[0] + unit[0] * at, begin[1] + unit[1] * at)
            self._step(leg, bank, airspeed_mps)

    def circle(self, leg: Leg, down_to_m: float | None = None) -> None:
        """Fly around the end of a leg for as long as it says, or until low enough."""
        flyer = self.flyer
        fast = flyer.wing.cruise_mps + self.plan.wind.speed_mps
        radius = fast * fast / (GRAVITY_MPS2 * tan(radians(0.7 * flyer.wing.bank_deg)))
        for _ in range(int(RATE_HZ * (leg.hold_s if down_to_m is None else 120.0))):
            if self._off(leg) or (down_to_m is not None and flyer.height <= down_to_m):
                return
            ahead = hypot(*flyer.ground_velocity()) * LOOK_AHEAD_S
            angle = atan2(flyer.east - leg.east_m, flyer.north - leg.north_m) + ahead / radius
            bank = flyer.steer(leg.east_m + radius * sin(angle), leg.north_m + radius * cos(angle))
            self._step(leg, bank, None)

    def approach(self, begin_m: float | None = None) -> None:
        """Return to downwind of the take-off point, low and into the wind."""
        into = radians(self.plan.wind.from_deg)
        away = PATTERN_M / SLOPE if begin_m is None else begin_m
        side = 90.0 if begin_m is None else 60.0
        entry = Leg(-away * sin(into), -away * cos(into), PATTERN_M, 0.0, Phase.RETURN, -10.0)
        # A base leg beside the final one, so that the turn onto it is flown and not jumped.
        base = replace(
            entry, east_m=1.25 * entry.east_m + side * cos(into), north_m=1.25 * entry.north_m - side * sin(into)
        )
        self.fly_to(base)
        self.circle(replace(base, hold_s=1.0), PATTERN_M + 4.0)
        self.fly_to(entry)

    def _off(self, leg: Leg) -> bool:
        return self.called and leg.phase not in {Phase.RETURN, Phase.LANDING}

    def _step(self, leg: Leg, bank: float, airspeed_mps: float | None) -> None:
        flyer = self.flyer
        flyer.phase, flyer.gimbal = leg.phase, leg.gimbal_deg
        flyer.step(bank, HEIGHT_GAIN_PER_S * (leg.height_m - flyer.height), airspeed_mps or flyer.wing.cruise_mps)


def take_off(trip: Trip) -> None:
    """Roll into the wind until the wing carries, or be thrown; then climb straight out."""
    flyer, wing = trip.flyer, trip.plan.wing
    thrown = wing.launch == "hand"
    gain = (THROW_MPS2 if thrown else wing.acceleration_mps2) * STEP_S
    flyer.phase = Phase.TAKEOFF
    while flyer.airspeed < STALL_MARGIN * wing.stall_mps:
        flyer.airspeed += gain
        ve, vn = flyer.ground_velocity()
        flyer.move(ve, vn, 0.0)
    while flyer.height < CLIMB_OUT_M and not trip.called:
        flyer.step(0.0, wing.climb_mps, wing.cruise_mps)


def land(trip: Trip) -> None:
    """Come down along a slope into the wind, flare unless it goes wrong, and roll to a stop."""
    flyer, wing = trip.flyer, trip.plan.wing
    into = radians(trip.plan.wind.from_deg)
    aim = -40.0
    flyer.phase, flyer.gimbal = Phase.LANDING, 0.0
    while flyer.height > 0.0:
        along = flyer.east * sin(into) + flyer.north * cos(into)
        ahead = max(hypot(*flyer.ground_velocity()) * LOOK_AHEAD_S, 15.0)
        bank = flyer.steer((along + ahead) * sin(into), (along + ahead) * cos(into))
        flyer.step(_near_ground(bank, flyer), _sink(trip, (aim - along) * SLOPE), 1.3 * wing.stall_mps)
    flyer.bank = flyer.climb = 0.0
    _roll_out(flyer)


def _near_ground(bank: float, flyer: Flyer) -> float:
    most = radians(min(3.0 + 3.0 * flyer.height, 90.0))
    return min(max(bank, -most), most)


def _sink(trip: Trip, slope_m: float) -> float:
    flyer = trip.flyer
    if trip.plan.hard and flyer.height < 2.5 * trip.plan.touchdown_mps:
        flyer.climb = max(flyer.climb - 0.4, -trip.plan.touchdown_mps)
        return -trip.plan.touchdown_mps
    if flyer.height < FLARE_M:
        return -FLARE_MPS
    return min(HEIGHT_GAIN_PER_S * (slope_m - flyer.height), -0.3)


def _roll_out(flyer: Flyer) -> None:
    speed = hypot(*flyer.ground_velocity())
    direction = flyer.heading
    while speed > 0.0:
        speed = max(speed - BRAKES_MPS2 * STEP_S, 0.0)
        flyer.move(speed * sin(direction), speed * cos(direction), 0.0)
    flyer.airspeed = flyer.wind.speed_mps
