"""
How an aircraft on a wing moves in a tenth of a second: it banks to turn, and climbs and speeds up within limits.

A coordinated turn has radius v²/(g tan(bank)), so it turns by g tan(bank)/v a second; in it the wing carries
1/cos(bank) times the weight and stalls at the square root of that times the speed (FAA-H-8083-25, Pilot's Handbook of
Aeronautical Knowledge, chapter on aerodynamics of flight). It steers for a point ahead on its path with the lateral
acceleration 2 v²/L sin(eta), L being the distance to the point and eta the angle to it (Park, Deyst and How, A New
Nonlinear Guidance Logic for Trajectory Tracking, AIAA 2004-4900). Time constants are plausible, not measured.
"""

from __future__ import annotations

from math import acos, asin, atan, atan2, cos, degrees, hypot, pi, radians, sin, tan

import numpy as np

from groundside.simulate.course import Course, Wing
from groundside.simulate.missions import Phase
from groundside.simulate.motion import GRAVITY_MPS2, STEP_S
from groundside.simulate.wind import Wind

STALL_MARGIN = 1.2
"""It never turns so steeply that it would be slower than this many times its stall speed there."""
ROLL_S, CLIMB_S = 0.45, 0.8
"""Time constants of bank and of vertical speed."""
CRUISE_ALPHA_DEG = 3.0
"""Angle of attack at cruise speed, level; it grows with the lift needed and falls with the square of the speed."""
LOOK_AHEAD_S = 2.4


class Flyer:
    """An aircraft on a wing at one moment, and the samples of where it was."""

    def __init__(self, wing: Wing, wind: Wind, at: tuple[float, float, float]) -> None:
        """Let it stand at a place, nose into the wind."""
        self.wing, self.wind = wing, wind
        self.east, self.north, self.height = at
        self.heading = radians(wind.from_deg)
        self.airspeed = wind.speed_mps
        self.bank, self.climb, self.rotors = 0.0, 0.0, 0.0
        self.gimbal, self.phase, self.on_way = 0.0, Phase.TAKEOFF, False
        self.samples: list[tuple[float, ...]] = []
        self.phases: list[str] = []
        self.ways: list[bool] = []

    def ground_velocity(self) -> tuple[float, float]:
        """Give east and north, m/s."""
        flat = self.airspeed if abs(self.climb) < 1e-9 else (max(self.airspeed**2 - self.climb**2, 0.0)) ** 0.5
        return flat * sin(self.heading) + self.wind.east_mps, flat * cos(self.heading) + self.wind.north_mps

    def bank_limit(self) -> float:
        """Give the steepest bank, in radians, at which it keeps its margin above the stall."""
        slowest = STALL_MARGIN * self.wing.stall_mps / max(self.airspeed, 1.0)
        return min(radians(self.wing.bank_deg), acos(min(1.0, slowest * slowest)))

    def steer(self, east_m: float, north_m: float) -> float:
        """Give the bank that leads to a point ahead."""
        ve, vn = self.ground_velocity()
        de, dn = east_m - self.east, north_m - self.north
        eta = (atan2(de, dn) - atan2(ve, vn) + pi) % (2.0 * pi) - pi
        eta = min(max(eta, -pi / 2.0), pi / 2.0)
        wanted = 2.0 * (ve * ve + vn * vn) / max(hypot(de, dn), 10.0) * sin(eta)
        return atan(wanted / GRAVITY_MPS2)

    def step(self, bank: float, climb_mps: float, airspeed_mps: float) -> None:
        """Fly on for one sample towards a bank, a vertical speed and an airspeed, as far as limits allow."""
        limit = self.bank_limit()
        self.bank += (min(max(bank, -limit), limit) - self.bank) * STEP_S / ROLL_S
        self.heading += GRAVITY_MPS2 * tan(self.bank) / max(self.airspeed, 3.0) * STEP_S
        self.climb += (min(max(climb_mps, -self.wing.sink_mps), self.wing.climb_mps) - self.climb) * STEP_S / CLIMB_S
        most = self.wing.acceleration_mps2 * STEP_S
        self.airspeed += min(max(airspeed_mps - self.airspeed, -most), most)
        ve, vn = self.ground_velocity()
        self.move(ve, vn, self.climb)

    def move(self, ve_mps: float, vn_mps: float, up_mps: float) -> None:
        """Go on for one sample at a velocity over ground, and note where that leads."""
        self.east += ve_mps * STEP_S
        self.north += vn_mps * STEP_S
        self.height = max(self.height + up_mps * STEP_S, 0.0)
        self.note()

    def note(self) -> None:
        """Note the present as the next sample."""
        self.samples.append(
            (
                self.east, self.north, self.height, degrees(self.heading), degrees(self.bank), self.pitch_deg(),
                self.gimbal, self.rotors,
            )
        )  # fmt: skip
        self.phases.append(self.phase.value)
        self.ways.append(self.on_way)

    def pitch_deg(self) -> float:
        """Give the nose above the horizon: the way it climbs, and the angle of attack where the wing carries."""
        if self.height <= 0.0 or self.airspeed < self.wing.stall_mps:
            return 0.0
        lift = (self.wing.cruise_mps / self.airspeed) ** 2 / max(cos(self.bank), 0.3)
        return degrees(asin(min(max(self.climb / self.airspeed, -1.0), 1.0))) + CRUISE_ALPHA_DEG * lift

    def course(self) -> Course:
        """Give all samples noted."""
        columns = np.array(self.samples).T
        return Course(*columns, phase=np.array(self.phases), on_way=np.array(self.ways))
