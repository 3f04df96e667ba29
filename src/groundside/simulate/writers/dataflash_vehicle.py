"""
What an ArduCopter says of itself in any generation of its logs: modes, events, parameters, GPS time.

Numbers of modes from ArduCopter/mode.h, of events from libraries/AP_Logger/AP_Logger.h (enum LogEvent).
Satellite time is ahead of UTC by the 18 leap seconds in force since 2017 (IERS Bulletin C 52).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundside.simulate import MARK
from groundside.simulate.missions import Phase
from groundside.simulate.truth import Truth

MODES = {
    Phase.GROUND: 5,
    Phase.TAKEOFF: 3,
    Phase.MISSION: 3,
    Phase.HOVER: 5,
    Phase.RETURN: 6,
    Phase.LANDING: 9,
}
"""Phase to ArduCopter mode: 3 is AUTO, 5 LOITER, 6 RTL, 9 LAND."""
ARMED, DISARMED, LAND_COMPLETE, SET_HOME, NOT_LANDED = 10, 11, 18, 25, 28
GPS_EPOCH_US, WEEK_US, LEAP_S = 315_964_800_000_000, 604_800_000_000, 18


def gps_time(time_us: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give GPS week and millisecond of week of UTC microseconds."""
    since = time_us - GPS_EPOCH_US + LEAP_S * 1_000_000
    return since // WEEK_US, since % WEEK_US // 1000


def parameters(truth: Truth) -> dict[str, float]:
    """Some of what the vehicle is set to, with its serial numbers as numbers."""
    return {
        "FORMAT_VERSION": 120.0, "SYSID_THISMAV": 1.0, "FRAME_CLASS": 1.0, "FRAME_TYPE": 1.0,
        "LOG_DISARMED": 1.0,
        "BRD_SERIAL_NUM": number_in(truth.aircraft.serial), "BATT_MONITOR": 4.0,
        "BATT_SERIAL_NUM": number_in(truth.batteries[0].serial), "BATT_CAPACITY": truth.capacity_ah * 1000.0,
        "BATT2_MONITOR": 4.0 if len(truth.batteries) > 1 else 0.0,
        "BATT2_SERIAL_NUM": number_in(truth.batteries[1].serial) if len(truth.batteries) > 1 else -1.0,
        "WPNAV_SPEED": 1000.0, "WPNAV_ACCEL": 180.0, "RTL_ALT": 6000.0, "LAND_SPEED": 70.0, "EK3_ENABLE": 1.0,
    }  # fmt: skip


def number_in(serial: str) -> float:
    """Take the digits of a serial number as a number; 0 where there are none."""
    return float("".join(c for c in serial if c.isdigit()) or 0)


def messages(truth: Truth, version: str) -> tuple[str, ...]:
    """What the vehicle says as it starts."""
    return (
        f"ArduCopter V{version} (51a51a5e)",
        MARK,
        f"{truth.aircraft.name} {truth.aircraft.serial}",
        "ChibiOS: 51a51a5e",
        "Frame: QUAD/X",
    )


def mode_numbers(truth: Truth) -> NDArray[np.int64]:
    """ArduCopter's number of the mode at each sample."""
    names, which = np.unique(truth.mode, return_inverse=True)
    return np.array([MODES[Phase(name)] for name in names], np.int64)[which]
