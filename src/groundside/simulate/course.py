"""Where an aircraft goes, before any sensor looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from groundside.simulate.missions import TOUCHDOWN_MPS, Leg, Phase
from groundside.simulate.wind import Wind

Floats = NDArray[np.float64]
Action = Literal["return", "land"]

SPIN_UP_S, SPIN_DOWN_S = 4.0, 2.5
BENCH_S = 60.0
COMING_DOWN = frozenset({Phase.RETURN.value, Phase.LANDING.value, Phase.GROUND.value})


@dataclass(frozen=True, slots=True)
class Order:
    """What a failsafe demands: from which sample on, and to return or to land at once."""

    sample: int
    action: Action


@dataclass(frozen=True, slots=True)
class Course:
    """
    The way of an aircraft on the plane of its take-off point, ten samples a second.

    Args:
        east_m, north_m, height_m: from the take-off point.
        yaw_deg: of the nose, not wrapped.
        roll_deg, pitch_deg: what the wing asks for; 0 on rotors, whose tilt follows from the motion.
        gimbal_deg: camera pitch.
        rotors: share of the weight that rotors carry: 1 hovering, 0 on the wing.
        phase: a `Phase`.
        on_way: whether it is yet on its way to where the mission begins.
    """

    east_m: Floats
    north_m: Floats
    height_m: Floats
    yaw_deg: Floats
    roll_deg: Floats
    pitch_deg: Floats
    gimbal_deg: Floats
    rotors: Floats
    phase: NDArray[np.str_]
    on_way: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.east_m)

    def until(self, sample: int) -> Course:
        """Give the way before a sample."""
        return Course(*(getattr(self, f.name)[:sample] for f in fields(Course)))

    def moved(self, east_m: float, north_m: float, height_m: float) -> Course:
        """Give the same way, begun elsewhere."""
        return replace(
            self, east_m=self.east_m + east_m, north_m=self.north_m + north_m, height_m=self.height_m + height_m
        )

    def heeds(self, order: Order) -> bool:
        """Whether an order changes anything: what comes down already goes on, but can be told to land at once."""
        if order.sample >= len(self):
            return False
        phase = str(self.phase[order.sample])
        return phase not in COMING_DOWN or (order.action == "land" and phase == Phase.RETURN)

    @property
    def last(self) -> tuple[float, float, float]:
        """Where it ends."""
        return float(self.east_m[-1]), float(self.north_m[-1]), float(self.height_m[-1])


def joined(parts: Sequence[Course]) -> Course:
    """Put courses one after another; each begins where the one before ended."""
    return Course(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Course)))


@dataclass(frozen=True, slots=True)
class Wing:
    """
    What a fixed wing can do.

    Args:
        cruise_mps, stall_mps: airspeed.
        bank_deg: never more than this.
        climb_mps, sink_mps: never more than this, up and down.
        acceleration_mps2: along the flight, and on the ground.
        launch: a run on wheels, or thrown.
    """

    cruise_mps: float = 17.0
    stall_mps: float = 10.0
    bank_deg: float = 40.0
    climb_mps: float = 4.0
    sink_mps: float = 3.0
    acceleration_mps2: float = 2.5
    launch: Literal["roll", "hand"] = "roll"


USUAL_WING = Wing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    What is flown, as a pilot needs it.

    Args:
        mission: the legs, without the ways there and back.
        speed_mps: on these ways, with rotors.
        sorties: 0 is a bench run.
        before_s, after_s: on the ground with the motors off.
        wind: of the day.
        yaw_deg: where the nose points at first, with rotors; a wing stands into the wind.
        touchdown_mps: speed down at landing.
        wing: where there is one.
    """

    mission: list[Leg]
    speed_mps: float
    sorties: int
    before_s: float
    after_s: float
    wind: Wind
    yaw_deg: float = 0.0
    touchdown_mps: float = TOUCHDOWN_MPS
    wing: Wing = USUAL_WING

    @property
    def hard(self) -> bool:
        """Whether it lands harder than it should."""
        return self.touchdown_mps > TOUCHDOWN_MPS
