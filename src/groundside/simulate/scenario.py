"""Fly a scenario: the same seed gives the same flight, to the last bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from groundside.errors import BadRequest
from groundside.model.recording import Aircraft, Battery
from groundside.simulate import failing, fixed_wing, multirotor, sensing, vtol
from groundside.simulate.course import SPIN_DOWN_S, SPIN_UP_S, USUAL_WING, Action, Course, Order, Plan, Wing
from groundside.simulate.doing import doing
from groundside.simulate.failing import MISHAPS, Happened, Mishap, airborne, runs
from groundside.simulate.missions import MISSIONS, TOUCHDOWN_MPS, Area, Phase
from groundside.simulate.motion import RATE_HZ, STEP_S
from groundside.simulate.parameters import settings
from groundside.simulate.places import Field
from groundside.simulate.power import Discharge, Load, Pack, discharge
from groundside.simulate.sensing import Felt, Receiver
from groundside.simulate.speaking import Autopilot, said
from groundside.simulate.truth import Fault, Sortie, Truth
from groundside.simulate.wind import blow

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Vehicle = Literal["multirotor", "plane", "vtol"]

VEHICLES: dict[str, Vehicle] = {"multirotor": "multirotor", "plane": "plane", "vtol": "vtol", "": "multirotor"}
PILOTS = {"multirotor": multirotor.course, "plane": fixed_wing.course, "vtol": vtol.course}
GUSTS_S = 600.0
HARD_MPS = 3.2
USUAL_PACK, USUAL_RECEIVER = Pack(), Receiver()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """
    What to fly.

    Args:
        name: unique name of the recording.
        field: where.
        mission: one of `groundside.simulate.missions.MISSIONS`.
        area: where the mission lies and how it is flown.
        start_us: UTC of the first sample, a whole millisecond.
        aircraft, batteries: what is flown; one or two batteries. Its kind says how it flies: "multirotor" (or
            empty), "plane", "vtol".
        pack: the kind of battery. worn: share of capacity that the second of two has lost.
        wing: where there is one.
        sorties: flights in the one log; 0 is a bench run: armed, never flown. A plane flies one at most.
        before_s, after_s: on the ground with the motors off, at either end and (before_s) between sorties.
        fix_after_s: no satellite position before this.
        autopilot: in whose words messages and parameters are.
        wind_mps: mean wind; None draws one that is usual at the field.
        ambient_c: how warm the air is; None as it is usual there.
        receiver: how well it knows where it is.
        mishaps: what goes wrong.
    """

    name: str
    field: Field
    mission: str
    area: Area
    start_us: int
    aircraft: Aircraft
    batteries: tuple[Battery, ...] = (Battery(slot=1, serial="SIMBATT0001"),)
    pack: Pack = USUAL_PACK
    worn: float = 0.0
    wing: Wing = USUAL_WING
    sorties: int = 1
    before_s: float = 12.0
    after_s: float = 8.0
    fix_after_s: float = 0.0
    autopilot: Autopilot = "ardupilot"
    wind_mps: float | None = None
    ambient_c: float | None = None
    receiver: Receiver = USUAL_RECEIVER
    mishaps: tuple[Mishap, ...] = ()

    @property
    def vehicle(self) -> Vehicle:
        """How it flies."""
        return VEHICLES[self.aircraft.kind]


def simulate(scenario: Scenario, seed: int) -> Truth:
    """
    Fly it.

    Raises:
        BadRequest: no such mission, vehicle or mishap, or the start is not a whole millisecond.
    """
    _check(scenario)
    trip = _Trip(scenario, _plan(scenario, np.random.default_rng([seed, 1])))
    flight = trip.flown()
    return _truth(trip, flight, np.random.default_rng(seed))


def _check(scenario: Scenario) -> None:
    known = (
        ("mission", scenario.mission, MISSIONS),
        ("kind of aircraft", scenario.aircraft.kind, VEHICLES),
        *(("mishap", m.kind, MISHAPS) for m in scenario.mishaps),
    )
    for what, named, names in known:
        if named not in names:
            message = f"There is no {what} {named!r}."
            raise BadRequest(message, try_this="one of: " + ", ".join(filter(None, names)))
    if scenario.start_us % 1000:
        raise BadRequest("A simulated recording starts at a whole millisecond, as DJI records count no finer.")


def _plan(scenario: Scenario, rng: np.random.Generator) -> Plan:
    usual = scenario.field.wind_mps * float(rng.uniform(0.5, 1.3))
    speed = usual if scenario.wind_mps is None else scenario.wind_mps
    towards, yaw = float(rng.uniform(0.0, 360.0)), float(rng.uniform(0.0, 360.0))
    hard = failing.wanted(scenario.mishaps, "hard_landing")
    return Plan(
        mission=MISSIONS[scenario.mission](scenario.area), speed_mps=scenario.area.speed_mps + 2.0,
        sorties=scenario.sorties if scenario.vehicle != "plane" else min(scenario.sorties, 1),
        before_s=scenario.before_s, after_s=scenario.after_s, wind=blow(rng, speed, towards, GUSTS_S, STEP_S),
        yaw_deg=yaw, wing=scenario.wing, touchdown_mps=(hard.value or HARD_MPS) if hard else TOUCHDOWN_MPS,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Flight:
    """A way that was flown, with what led to it."""

    way: Course
    packs: tuple[Pack, ...]
    orders: tuple[Order, ...] = ()
    link_sample: int | None = None


@dataclass(frozen=True, slots=True)
class _Trip:
    """A scenario and the plan made of it."""

    scenario: Scenario
    plan: Plan

    def flown(self) -> _Flight:
        """Fly the plan, and again with each order that a failsafe gives: what came before it stays the same."""
        flight = _Flight(self._way(()), self._packs())
        lost = failing.wanted(self.scenario.mishaps, "link_lost")
        if lost and self.plan.sorties:
            sample = failing.sample_at(flight.way, lost.at)
            order = Order(sample + int(failing.LINK_PATIENCE_S * RATE_HZ), "return")
            flight = replace(self._ordered(flight, order), link_sample=sample)
        return self._drained(flight)

    def _drained(self, flight: _Flight) -> _Flight:
        mishaps = self.scenario.mishaps
        critical, low = failing.wanted(mishaps, "battery_critical"), failing.wanted(mishaps, "battery_low")
        planned = critical or low
        if planned is None or not self.plan.sorties:
            return flight
        thresholds = failing.thresholds(mishaps)
        flight = replace(flight, packs=self._uncharged(flight, planned.at, thresholds[0]))
        actions: tuple[Action, Action] = ("return", "land" if critical else "return")
        for threshold, action in zip(thresholds, actions, strict=True):
            percent = np.stack([p.percent for p in self.discharges(flight)])
            order = failing.battery_order(flight.way, percent, threshold, action)
            flight = self._ordered(flight, order) if order else flight
        return flight

    def _ordered(self, flight: _Flight, order: Order) -> _Flight:
        """Let an order take the place of those that would have come after it; a wing heeds its first one only."""
        before = tuple(o for o in flight.orders if o.sample < order.sample)
        if not flight.way.heeds(order) or (before and self.scenario.vehicle != "multirotor"):
            return flight
        return replace(flight, way=self._way((*before, order)), orders=(*before, order))

    def _way(self, orders: Sequence[Order]) -> Course:
        return PILOTS[self.scenario.vehicle](self.plan, orders)

    def _packs(self) -> tuple[Pack, ...]:
        first = self.scenario.pack
        return (first, first.aged(self.scenario.worn))[: len(self.scenario.batteries)]

    def _uncharged(self, flight: _Flight, share: float, threshold: float) -> tuple[Pack, ...]:
        sample = failing.sample_at(flight.way, share)
        used = [p.full - float(d.charge[sample]) for p, d in zip(flight.packs, self.discharges(flight), strict=True)]
        least = max(used)
        return tuple(replace(p, full=failing.uncharged(p.full, least, threshold)) for p in flight.packs)

    def discharges(self, flight: _Flight) -> list[Discharge]:
        """Run the batteries down along a flight."""
        way, wind = flight.way, self.plan.wind
        velocity = [np.gradient(x, STEP_S) for x in (way.north_m, way.east_m, way.height_m)]
        airspeed = np.hypot(velocity[0] - wind.north_mps, velocity[1] - wind.east_mps)
        air = airborne(way)
        load = Load(
            _armed(air, self.scenario), air | (way.phase == Phase.TAKEOFF.value), velocity[2], airspeed, way.rotors
        )
        warm = self.scenario.field.ambient_c if self.scenario.ambient_c is None else self.scenario.ambient_c
        return [discharge(p, load, warm) for p in flight.packs]


def _armed(in_air: Flags, scenario: Scenario) -> Flags:
    armed = in_air.copy()
    for start, end in runs(in_air):
        armed[max(0, start - int(SPIN_UP_S * RATE_HZ)) : end + int(SPIN_DOWN_S * RATE_HZ)] = True
    if not in_air.any():
        armed[int(scenario.before_s * RATE_HZ) : -int(scenario.after_s * RATE_HZ)] = True
    return armed


def _truth(trip: _Trip, flight: _Flight, rng: np.random.Generator) -> Truth:
    scenario, way = trip.scenario, flight.way
    count = len(way)
    time_us = scenario.start_us + np.arange(count, dtype=np.int64) * (1_000_000 // RATE_HZ)
    air = airborne(way)
    felt = sensing.feel(rng, way, trip.plan.wind, scenario.receiver, air)
    packs = trip.discharges(flight)
    percent = np.stack([p.percent for p in packs])
    happened = Happened(time_us, air, -felt.up_mps, percent, flight.link_sample, flight.orders, way)
    found = failing.faults(scenario.mishaps, happened)
    blind = failing.in_window(time_us, found, "gnss_lost") | (np.arange(count) * STEP_S < scenario.fix_after_s)
    fix = np.where(blind, 0, 3).astype(np.int8)
    lon, lat = sensing.fixed_positions(rng, scenario.field.home, felt, fix, scenario.receiver)
    yaw = np.mod(way.yaw_deg, 360.0)
    truth = Truth(
        name=scenario.name, mission=scenario.mission, field=scenario.field,
        aircraft=scenario.aircraft, batteries=scenario.batteries,
        cells=scenario.pack.cells, capacity_ah=scenario.pack.capacity_ah,
        time_us=time_us, lon=lon, lat=lat, height_m=felt.height_m,
        altitude_m=scenario.field.altitude_m + felt.height_m,
        vn_mps=felt.vn_mps, ve_mps=felt.ve_mps, vd_mps=-felt.up_mps,
        roll_deg=felt.roll_deg, pitch_deg=felt.pitch_deg, yaw_deg=yaw,
        gimbal_pitch_deg=way.gimbal_deg, gimbal_yaw_deg=yaw, battery_percent=percent,
        battery_voltage_v=np.stack([p.voltage_v for p in packs]),
        battery_current_a=np.stack([p.current_a for p in packs]),
        battery_temperature_c=np.stack([p.temperature_c for p in packs]),
        satellites=sensing.satellites(rng, fix), fix=fix,
        link_percent=sensing.link(rng, felt, failing.in_window(time_us, found, "link_lost")),
        mode=way.phase, armed=_armed(air, scenario), in_air=air, sorties=_sorties(felt, air, time_us), faults=found,
        autopilot=scenario.autopilot, doing=doing(way, air), wind_north_mps=trip.plan.wind.north_mps,
        wind_east_mps=trip.plan.wind.east_mps,
        airspeed_mps=sensing.measured_airspeed(rng, felt) if scenario.vehicle != "multirotor" else np.empty(0),
    )  # fmt: skip
    return _with_words(truth, scenario, found)


def _with_words(truth: Truth, scenario: Scenario, found: Sequence[Fault]) -> Truth:
    limits = failing.thresholds(scenario.mishaps)
    told = settings(truth, scenario.autopilot, limits)
    return replace(truth, messages=said(truth, scenario.autopilot), settings=told, faults=tuple(found))


def _sorties(felt: Felt, in_air: Flags, time_us: NDArray[np.int64]) -> tuple[Sortie, ...]:
    steps = np.hypot(np.diff(felt.east_m), np.diff(felt.north_m))
    return tuple(
        Sortie(int(time_us[a]), int(time_us[b - 1]), float(steps[a : b - 1].sum()), float(felt.height_m[a:b].max()))
        for a, b in runs(in_air)
    )
