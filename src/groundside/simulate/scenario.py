"""Fly a scenario: the same seed gives the same flight, to the last bit."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from groundside.errors import BadRequest
from groundside.model.place import LonLat
from groundside.model.recording import Aircraft, Battery
from groundside.simulate.missions import MISSIONS, Area, Leg, Phase, whole_flight
from groundside.simulate.motion import RATE_HZ, STEP_S, Motion, attitude, fly, wander
from groundside.simulate.places import Field
from groundside.simulate.power import Discharge, Load, Pack, discharge
from groundside.simulate.truth import Sortie, Truth

Floats = NDArray[np.float64]

SPIN_UP_S, SPIN_DOWN_S = 4.0, 2.5
OFF_GROUND_M = 0.1
"""The aircraft is in the air when it is higher than this above where it stood."""
USUAL_PACK = Pack()
POSITION_WANDER_M, HEIGHT_WANDER_M = 0.25, 0.12
WGS84_A_M, WGS84_E2 = 6_378_137.0, 0.006_694_379_990_14
"""Semi-major axis and first eccentricity squared: NIMA TR8350.2, third edition, table 3.1 and 3.3."""


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
        aircraft, batteries: what is flown; one or two batteries.
        pack: the kind of battery.
        sorties: flights in the one log; 0 is a bench run: armed, never flown.
        before_s, after_s: on the ground with the motors off, at either end and (before_s) between sorties.
        fix_after_s: no satellite position before this.
    """

    name: str
    field: Field
    mission: str
    area: Area
    start_us: int
    aircraft: Aircraft
    batteries: tuple[Battery, ...] = (Battery(slot=1, serial="SIMBATT0001"),)
    pack: Pack = USUAL_PACK
    sorties: int = 1
    before_s: float = 12.0
    after_s: float = 8.0
    fix_after_s: float = 0.0


def simulate(scenario: Scenario, seed: int) -> Truth:
    """
    Fly it.

    Raises:
        BadRequest: no such mission, or the start is not a whole millisecond.
    """
    _check(scenario)
    rng = np.random.default_rng(seed)
    legs = _legs(scenario)
    motion = fly(legs, float(rng.uniform(0.0, 360.0)))
    in_air = motion.height_m > OFF_GROUND_M
    armed = _armed(in_air, scenario)
    east = motion.east_m + wander(rng, len(in_air), POSITION_WANDER_M)
    north = motion.north_m + wander(rng, len(in_air), POSITION_WANDER_M)
    height = motion.height_m + wander(rng, len(in_air), HEIGHT_WANDER_M) * np.clip(motion.height_m, 0.0, 1.0)
    return _truth(scenario, rng, _Flown(legs, motion, east, north, height, armed, in_air))


@dataclass(frozen=True, slots=True)
class _Flown:
    legs: list[Leg]
    motion: Motion
    east: Floats
    north: Floats
    height: Floats
    armed: NDArray[np.bool_]
    in_air: NDArray[np.bool_]


def _check(scenario: Scenario) -> None:
    if scenario.mission not in MISSIONS:
        what = f"There is no mission {scenario.mission!r}."
        raise BadRequest(what, try_this="one of: " + ", ".join(MISSIONS))
    if scenario.start_us % 1000:
        raise BadRequest("A simulated recording starts at a whole millisecond, as DJI records count no finer.")


def _legs(scenario: Scenario) -> list[Leg]:
    mission = MISSIONS[scenario.mission](scenario.area)
    legs = [_stay(scenario.before_s + SPIN_UP_S)]
    for sortie in range(scenario.sorties):
        if sortie:
            legs.append(_stay(scenario.before_s + SPIN_UP_S + SPIN_DOWN_S))
        legs += whole_flight(mission, scenario.area.speed_mps + 2.0)
    if not scenario.sorties:
        legs.append(_stay(60.0))
    return [*legs, _stay(SPIN_DOWN_S + scenario.after_s)]


def _stay(seconds: float) -> Leg:
    return Leg(0.0, 0.0, 0.0, 1.0, Phase.GROUND, hold_s=seconds)


def _armed(in_air: NDArray[np.bool_], scenario: Scenario) -> NDArray[np.bool_]:
    armed = in_air.copy()
    for start, end in _runs(in_air):
        armed[max(0, start - int(SPIN_UP_S * RATE_HZ)) : end + int(SPIN_DOWN_S * RATE_HZ)] = True
    if not scenario.sorties:
        armed[int(scenario.before_s * RATE_HZ) : -int(scenario.after_s * RATE_HZ)] = True
    return armed


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _truth(scenario: Scenario, rng: np.random.Generator, flown: _Flown) -> Truth:
    n = len(flown.east)
    time_us = scenario.start_us + np.arange(n, dtype=np.int64) * (1_000_000 // RATE_HZ)
    vn, ve, up = (np.gradient(x, STEP_S) for x in (flown.north, flown.east, flown.height))
    wind = _wind(scenario.field, rng)
    shake = flown.in_air * 1.0
    roll, pitch = attitude((vn, ve), wind, flown.motion.yaw_deg)
    yaw = np.mod(flown.motion.yaw_deg, 360.0)
    fix = np.where(np.arange(n) * STEP_S >= scenario.fix_after_s, 3, 0).astype(np.int8)
    lon, lat = positions(scenario.field.home, flown.east, flown.north)
    lost = fix == 0
    lon[lost], lat[lost] = np.nan, np.nan
    packs = _batteries(scenario, flown, np.hypot(vn - wind[0], ve - wind[1]), up)
    return Truth(
        name=scenario.name, mission=scenario.mission, field=scenario.field,
        aircraft=scenario.aircraft, batteries=scenario.batteries,
        cells=scenario.pack.cells, capacity_ah=scenario.pack.capacity_ah,
        time_us=time_us, lon=lon, lat=lat, height_m=flown.height,
        altitude_m=scenario.field.altitude_m + flown.height, vn_mps=vn, ve_mps=ve, vd_mps=-up,
        roll_deg=roll * shake + rng.normal(0.0, 0.15, n), pitch_deg=pitch * shake + rng.normal(0.0, 0.15, n),
        yaw_deg=yaw, gimbal_pitch_deg=flown.motion.gimbal_deg, gimbal_yaw_deg=yaw,
        battery_percent=np.stack([p.percent for p in packs]),
        battery_voltage_v=np.stack([p.voltage_v for p in packs]),
        battery_current_a=np.stack([p.current_a for p in packs]),
        battery_temperature_c=np.stack([p.temperature_c for p in packs]),
        satellites=_satellites(rng, fix), fix=fix, link_percent=_link(rng, flown),
        mode=np.array([g.phase.value for g in flown.legs])[flown.motion.leg],
        armed=flown.armed, in_air=flown.in_air, sorties=_sorties(flown, time_us),
    )  # fmt: skip


def positions(home: LonLat, east_m: Floats, north_m: Floats) -> tuple[Floats, Floats]:
    """
    Turn metres on the plane of a point into longitude and latitude, for flights of a few kilometres.

    Scaled by the radii of curvature of the ellipsoid at its surface, whatever the height, since that is where
    distances between positions are measured.

    Source: Torge, Geodesy, third edition 2001, section 4.1.3 (meridian and prime-vertical radii).
    """
    s = sin(radians(home.lat))
    w = sqrt(1.0 - WGS84_E2 * s * s)
    meridian = WGS84_A_M * (1.0 - WGS84_E2) / w**3
    lat = home.lat + np.degrees(north_m / meridian)
    slat = np.sin(np.radians(lat))
    parallel = WGS84_A_M / np.sqrt(1.0 - WGS84_E2 * slat * slat) * np.cos(np.radians(lat))
    return home.lon + np.degrees(east_m / parallel), lat


def _wind(field: Field, rng: np.random.Generator) -> tuple[float, float]:
    speed, towards = field.wind_mps * rng.uniform(0.5, 1.3), radians(rng.uniform(0.0, 360.0))
    return speed * cos(towards), speed * sin(towards)


def _batteries(scenario: Scenario, flown: _Flown, airspeed: Floats, up: Floats) -> list[Discharge]:
    load = Load(flown.armed, flown.in_air, up, airspeed)
    packs = [
        Pack(
            p.cells,
            p.capacity_ah,
            p.resistance_ohm * (1.0 + 0.08 * i),
            p.hover_w,
            p.mass_kg,
            p.full - 0.02 * i,
        )
        for i, p in enumerate([scenario.pack] * len(scenario.batteries))
    ]
    return [discharge(p, load, scenario.field.ambient_c) for p in packs]


def _satellites(rng: np.random.Generator, fix: NDArray[np.int8]) -> NDArray[np.int16]:
    seen = np.round(17.0 + wander(rng, len(fix), 1.6, 30.0))
    return np.where(fix == 0, 4, np.clip(seen, 9, 28)).astype(np.int16)


def _link(rng: np.random.Generator, flown: _Flown) -> Floats:
    away = np.sqrt(flown.east**2 + flown.north**2 + flown.height**2)
    return np.clip(np.round(100.0 - away / 40.0 + wander(rng, len(away), 2.0, 5.0)), 25.0, 100.0)


def _sorties(flown: _Flown, time_us: NDArray[np.int64]) -> tuple[Sortie, ...]:
    steps = np.hypot(np.diff(flown.east), np.diff(flown.north))
    return tuple(
        Sortie(
            int(time_us[a]),
            int(time_us[b - 1]),
            float(steps[a : b - 1].sum()),
            float(flown.height[a:b].max()),
        )
        for a, b in _runs(flown.in_air)
    )
