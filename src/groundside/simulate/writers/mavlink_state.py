"""
The state of a vehicle sample by sample, as autopilots that speak MAVLink count it; PX4's logs use the same numbers.

Numbers of vehicle types from MAVLink's minimal.xml (MAV_TYPE).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from groundside.simulate.missions import Phase
from groundside.simulate.motion import RATE_HZ
from groundside.simulate.truth import Truth

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.intp]

MAV_TYPES = {"plane": 1, "multirotor": 2, "rover": 10, "vtol": 20}
"""Kind of aircraft to MAV_TYPE; anything else is a quadrotor."""
QUADROTOR = 2
ELLIPSOID_ABOVE_SEA_M = 31.5
"""By what heights above the ellipsoid exceed those above the sea: made up, so that the two cannot be mistaken."""
_LARGEST_NUMBER = 65_535


def vehicle_type(truth: Truth) -> int:
    """MAV_TYPE of the aircraft."""
    return MAV_TYPES.get(truth.aircraft.kind, QUADROTOR)


def during(truth: Truth, kind: str) -> Flags:
    """Which samples lie within a fault of that kind."""
    out = np.zeros(len(truth), np.bool_)
    for fault in truth.faults:
        if fault.kind == kind:
            out |= (truth.time_us >= fault.start_us) & (truth.time_us <= fault.end_us)
    return out


def failing_safe(truth: Truth) -> Flags:
    """Which samples a failsafe has the vehicle: from its beginning until the vehicle is on the ground or it ends."""
    out = during(truth, "failsafe")
    for at, _ in moments(truth, "failsafe"):
        ground = np.flatnonzero(~truth.in_air[at:])
        out[at : at + int(ground[0]) if len(ground) else len(out)] = True
    return out


def moments(truth: Truth, kind: str) -> list[tuple[int, float]]:
    """First sample and value of each fault of that kind."""
    return [(sample_at(truth, f.start_us), f.value) for f in truth.faults if f.kind == kind]


def sample_at(truth: Truth, time_us: int) -> int:
    """The last sample that is not after a time; the first where all are."""
    return max(0, int(np.searchsorted(truth.time_us, time_us, side="right")) - 1)


def changes(*columns: NDArray[np.generic]) -> Flags:
    """Where any column differs from the sample before; the first sample always does."""
    out = np.zeros(len(columns[0]), np.bool_)
    for column in columns:
        out[1:] |= column[1:] != column[:-1]
    out[:1] = True
    return out


def rows_of(count: int, every: int, flags: Flags | None = None) -> Rows:
    """Every so many samples, and those with a flag."""
    wanted = np.zeros(count, np.bool_)
    wanted[::every] = True
    return np.flatnonzero(wanted if flags is None else wanted | flags)


def last_change_us(flags: Flags, time_us: NDArray[np.int64]) -> NDArray[np.int64]:
    """Time of the last flagged sample up to each; 0 before the first."""
    last = np.maximum.accumulate(np.where(flags, np.arange(len(flags)), -1))
    return np.where(last >= 0, time_us[last], 0)


def phase_numbers(truth: Truth, numbers: Mapping[Phase, int]) -> NDArray[np.int64]:
    """Number of the phase at each sample; what has none counts as hovering."""
    names, which = np.unique(truth.mode, return_inverse=True)
    known = {str(phase.value): number for phase, number in numbers.items()}
    return np.array([known.get(str(n), numbers[Phase.HOVER]) for n in names], np.int64)[which]


def battery_warning(truth: Truth, which: int) -> NDArray[np.int64]:
    """
    How urgent a battery's warning is: 0 none, 1 low, 2 critical.

    A warning stays to the end of the recording, and is that of the battery with the least charge.
    """
    out = np.zeros(len(truth), np.int64)
    for level, kind in ((1, "battery_low"), (2, "battery_critical")):
        for at, _ in moments(truth, kind):
            if int(np.argmin(truth.battery_percent[:, at])) == which:
                out[at:] = np.maximum(out[at:], level)
    return out


def used_mah(truth: Truth, which: int) -> Floats:
    """Charge drawn from a battery since the first sample."""
    return np.cumsum(truth.battery_current_a[which]) / (3.6 * RATE_HZ)


def number_in(serial: str) -> int:
    """The digits of a serial number, as far as 16 bits hold them; 0 where there are none."""
    return min(_LARGEST_NUMBER, int("".join(c for c in serial if c.isdigit()) or 0))


def on_wings(truth: Truth) -> Flags:
    """Which samples a VTOL aircraft flies on its wings: all that are neither take-off, landing, hovering nor ground."""
    return truth.in_air & np.isin(truth.mode, [Phase.MISSION.value, Phase.RETURN.value])


def airspeed(truth: Truth) -> Floats | None:
    """Airspeed of each sample; None where no sensor ever measured it."""
    speed = truth.airspeed_mps
    return speed if len(speed) == len(truth) and bool(np.isfinite(speed).any()) else None
