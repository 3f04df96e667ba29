"""How long a straight leg takes, from standing to standing, with or without wind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from groundside.errors import BadRequest

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """
    How an aircraft moves along straight legs that begin and end standing still.

    A leg of length l takes l/v + v/a, or 2 sqrt(l/a) where it is too short to reach v: the model of Bähnemann and
    others 2019, "Revisiting Boustrophedon Coverage Path Planning as a Generalized Traveling Salesman Problem", and of
    their benchmark (v = 3 m/s, a = 1 m/s²). With wind, v is what is left of the speed through the air over ground on
    that course, the drift being held.

    Args:
        speed_m_s: through the air, the most.
        acceleration_m_s2: and braking.
        ground_speed_m_s: the most over ground, whatever the wind.
        wind_east_m_s, wind_north_m_s: where the air moves to.
    """

    speed_m_s: float = 3.0
    acceleration_m_s2: float = 1.0
    ground_speed_m_s: float = float("inf")
    wind_east_m_s: float = 0.0
    wind_north_m_s: float = 0.0

    def __post_init__(self) -> None:
        if min(self.speed_m_s, self.acceleration_m_s2, self.ground_speed_m_s) <= 0:
            what = "speed and acceleration of an aircraft must be above zero"
            raise BadRequest(what, try_this="give both in metres and seconds, as --speed 10")
        if np.hypot(self.wind_east_m_s, self.wind_north_m_s) >= self.speed_m_s:
            what = f"a wind as fast as the aircraft ({self.speed_m_s:g} m/s): it could not fly against it"
            raise BadRequest(what, try_this="wait for less wind, or give the aircraft's real --speed")

    @property
    def windy(self) -> bool:
        """Whether the way there takes another time than the way back."""
        return bool(self.wind_east_m_s or self.wind_north_m_s)

    def at_most(self, ground_speed_m_s: float) -> Motion:
        """Move the same way, but no faster over ground."""
        limit = min(self.ground_speed_m_s, ground_speed_m_s)
        return Motion(
            speed_m_s=self.speed_m_s,
            acceleration_m_s2=self.acceleration_m_s2,
            ground_speed_m_s=limit,
            wind_east_m_s=self.wind_east_m_s,
            wind_north_m_s=self.wind_north_m_s,
        )

    def leg_s(self, east_m: ArrayLike, north_m: ArrayLike) -> Floats:
        """Say how long legs take, given how far each goes east and north."""
        east, north = np.asarray(east_m, dtype=np.float64), np.asarray(north_m, dtype=np.float64)
        return self.ramp_s(np.hypot(east, north), self.speed_over_ground(east, north))

    def both_ways_s(self, east_m: ArrayLike, north_m: ArrayLike) -> Floats:
        """Say the mean of the time there and the time back."""
        east, north = np.asarray(east_m, dtype=np.float64), np.asarray(north_m, dtype=np.float64)
        there = self.leg_s(east, north)
        return (there + self.leg_s(-east, -north)) / 2 if self.windy else there

    def ramp_s(self, length_m: ArrayLike, speed_m_s: ArrayLike) -> Floats:
        """Say how long a length takes at a speed over ground, from standing to standing."""
        length, a = np.asarray(length_m, dtype=np.float64), self.acceleration_m_s2
        speed = np.asarray(speed_m_s, dtype=np.float64)
        return np.where(length * a >= speed * speed, length / speed + speed / a, 2 * np.sqrt(length / a))

    def speed_over_ground(self, east: ArrayLike, north: ArrayLike) -> Floats:
        """Say how fast it gets along a course, while its nose holds against the wind."""
        if not self.windy:
            return np.full(np.shape(east), min(self.speed_m_s, self.ground_speed_m_s))
        course = np.arctan2(np.asarray(north, dtype=np.float64), np.asarray(east, dtype=np.float64))
        along = self.wind_east_m_s * np.cos(course) + self.wind_north_m_s * np.sin(course)
        across = self.wind_north_m_s * np.cos(course) - self.wind_east_m_s * np.sin(course)
        return np.minimum(along + np.sqrt(self.speed_m_s**2 - across**2), self.ground_speed_m_s)
