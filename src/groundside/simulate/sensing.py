"""From where an aircraft goes to what its sensors say of it, sample by sample."""

from __future__ import annotations

from dataclasses import dataclass
from math import radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from groundside.model.place import LonLat
from groundside.simulate.course import Course
from groundside.simulate.motion import STEP_S, attitude, smoothed, wander
from groundside.simulate.wind import Wind

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

HEIGHT_WANDER_M = 0.12
AIRSPEED_NOISE_MPS = 0.12
WITHOUT_FIX = 4
WGS84_A_M, WGS84_E2 = 6_378_137.0, 0.006_694_379_990_14
"""Semi-major axis and first eccentricity squared: NIMA TR8350.2, third edition, table 3.1 and 3.3."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """
    How well a satellite receiver knows where it is.

    Args:
        wander_m: standard deviation of the slowly changing error, east and north each.
        every_s: how long that takes to change.
        white_m: standard deviation of the error that is new with each sample.
    """

    wander_m: float = 0.25
    every_s: float = 20.0
    white_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Felt:
    """Motion as sensors feel it: metres, m/s and degrees; angles as in `Truth`."""

    east_m: Floats
    north_m: Floats
    height_m: Floats
    vn_mps: Floats
    ve_mps: Floats
    up_mps: Floats
    roll_deg: Floats
    pitch_deg: Floats
    airspeed_mps: Floats


def feel(rng: np.random.Generator, way: Course, wind: Wind, receiver: Receiver, in_air: Flags) -> Felt:
    """Add slow errors to a way, and derive velocity, attitude and airspeed from it."""
    count = len(way)
    east = way.east_m + wander(rng, count, receiver.wander_m, receiver.every_s)
    north = way.north_m + wander(rng, count, receiver.wander_m, receiver.every_s)
    height = way.height_m + wander(rng, count, HEIGHT_WANDER_M) * np.clip(way.height_m, 0.0, 1.0)
    vn, ve, up = (np.gradient(x, STEP_S) for x in (north, east, height))
    moving = wind.at(count)
    roll, pitch = _attitude(way, (vn, ve), moving, in_air)
    north_air, east_air = vn - moving[0], ve - moving[1]
    return Felt(
        east, north, height, vn, ve, up, roll + rng.normal(0.0, 0.15, count), pitch + rng.normal(0.0, 0.15, count),
        np.sqrt(north_air**2 + east_air**2 + (up * in_air) ** 2),
    )  # fmt: skip


def _attitude(
    way: Course, velocity: tuple[Floats, Floats], air: tuple[Floats, Floats], in_air: Flags
) -> tuple[Floats, Floats]:
    lift = smoothed(way.rotors, 5) * in_air
    if not lift.any():
        return way.roll_deg, way.pitch_deg
    roll, pitch = attitude(velocity, air, way.yaw_deg)
    return roll * lift + way.roll_deg, pitch * lift + way.pitch_deg


def measured_airspeed(rng: np.random.Generator, felt: Felt) -> Floats:
    """Give what a pitot tube says."""
    ahead = felt.airspeed_mps + rng.normal(0.0, AIRSPEED_NOISE_MPS, len(felt.airspeed_mps))
    return np.maximum(ahead, 0.0)


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


def fixed_positions(
    rng: np.random.Generator, home: LonLat, felt: Felt, fix: NDArray[np.int8], receiver: Receiver
) -> tuple[Floats, Floats]:
    """Give longitude and latitude where there is a fix, with the receiver's white noise."""
    noise = rng.normal(0.0, receiver.white_m, (2, len(fix)))
    lon, lat = positions(home, felt.east_m + noise[0], felt.north_m + noise[1])
    lon[fix == 0], lat[fix == 0] = np.nan, np.nan
    return lon, lat


def satellites(rng: np.random.Generator, fix: NDArray[np.int8]) -> NDArray[np.int16]:
    """Count satellites in view: few where there is no fix."""
    seen = np.round(17.0 + wander(rng, len(fix), 1.6, 30.0))
    return np.where(fix == 0, WITHOUT_FIX, np.clip(seen, 9, 28)).astype(np.int16)


def link(rng: np.random.Generator, felt: Felt, lost: Flags) -> Floats:
    """Give the quality of the link, in percent: less with distance, none where it is lost."""
    away = np.sqrt(felt.east_m**2 + felt.north_m**2 + felt.height_m**2)
    quality = np.clip(np.round(100.0 - away / 40.0 + wander(rng, len(away), 2.0, 5.0)), 25.0, 100.0)
    return np.where(lost, 0.0, quality)
