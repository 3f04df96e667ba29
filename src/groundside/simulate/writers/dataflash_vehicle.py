"""
What an ArduCopter or ArduPlane says of itself in any generation of its logs: modes, events, parameters, GPS time.

Numbers of modes from ArduCopter/mode.h and ArduPlane/mode.h, of events, errors and their subsystems from
libraries/AP_Logger/AP_Logger.h, of reasons for a change of mode from libraries/AP_Vehicle/ModeReason.h.
Satellite time is ahead of UTC by the 18 leap seconds in force since 2017 (IERS Bulletin C 52).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundside.simulate import MARK
from groundside.simulate.missions import Phase
from groundside.simulate.truth import Truth

COPTER_MODES = {
    Phase.GROUND: 5, Phase.TAKEOFF: 3, Phase.MISSION: 3, Phase.HOVER: 5, Phase.RETURN: 6, Phase.LANDING: 9,
}  # fmt: skip
"""3 is AUTO, 5 LOITER, 6 RTL, 9 LAND."""
PLANE_MODES = {
    Phase.GROUND: 0, Phase.TAKEOFF: 13, Phase.MISSION: 10, Phase.HOVER: 12, Phase.RETURN: 11, Phase.LANDING: 10,
}  # fmt: skip
"""0 is MANUAL, 10 AUTO, which lands too, 11 RTL, 12 LOITER, 13 TAKEOFF."""
VTOL_MODES = {
    Phase.GROUND: 19, Phase.TAKEOFF: 10, Phase.MISSION: 10, Phase.HOVER: 12, Phase.RETURN: 11, Phase.LANDING: 20,
}  # fmt: skip
"""19 is QLOITER, 20 QLAND."""
MODES = {"plane": PLANE_MODES, "vtol": VTOL_MODES}
BY_PILOT, BY_BATTERY, BY_LINK = 1, 4, 5
"""Why the mode changed."""
FAILSAFE_BATTERY, FAILSAFE_GCS, GPS = 6, 8, 11
OCCURRED, RESOLVED, GLITCH = 1, 0, 2
ARMED, DISARMED, LAND_COMPLETE, SET_HOME, NOT_LANDED = 10, 11, 18, 25, 28
GPS_EPOCH_US, WEEK_US, LEAP_S = 315_964_800_000_000, 604_800_000_000, 18


def gps_time(time_us: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give GPS week and millisecond of week of UTC microseconds."""
    since = time_us - GPS_EPOCH_US + LEAP_S * 1_000_000
    return since // WEEK_US, since % WEEK_US // 1000


def parameters(truth: Truth) -> dict[str, float]:
    """What the vehicle is set to at the start, with its serial numbers as numbers."""
    serials = {"BRD_SERIAL_NUM": number_in(truth.aircraft.serial)}
    for slot, battery in enumerate(truth.batteries):
        serials[f"BATT{slot + 1 if slot else ''}_SERIAL_NUM"] = number_in(battery.serial)
    if len(truth.batteries) == 1:
        serials |= {"BATT2_MONITOR": 0.0, "BATT2_SERIAL_NUM": -1.0}
    given = {s.name: s.value for s in truth.settings if s.time_us is None}
    return {"FORMAT_VERSION": 120.0 if is_copter(truth) else 13.0, **given, **serials}


def is_copter(truth: Truth) -> bool:
    """Whether ArduCopter flies it; otherwise ArduPlane does."""
    return truth.aircraft.kind not in MODES


def number_in(serial: str) -> float:
    """Take the digits of a serial number as a number; 0 where there are none."""
    return float("".join(c for c in serial if c.isdigit()) or 0)


def messages(truth: Truth, version: str) -> tuple[str, ...]:
    """What the vehicle says as it starts."""
    frame = ("Frame: QUAD/X",) if is_copter(truth) else ()
    return (
        f"{'ArduCopter' if is_copter(truth) else 'ArduPlane'} V{version} (51a51a5e)",
        MARK,
        f"{truth.aircraft.name} {truth.aircraft.serial}",
        "ChibiOS: 51a51a5e",
        *frame,
    )


def mode_numbers(truth: Truth) -> NDArray[np.int64]:
    """The vehicle's number of the mode at each sample."""
    numbers = MODES.get(truth.aircraft.kind, COPTER_MODES)
    names, which = np.unique(truth.mode, return_inverse=True)
    return np.array([numbers[Phase(name)] for name in names], np.int64)[which]


def reasons(truth: Truth, rows: NDArray[np.intp]) -> NDArray[np.int64]:
    """Why the mode changed at some samples: by a failsafe, or by whoever flies."""
    out = np.full(len(rows), BY_PILOT)
    for fault in truth.faults:
        if fault.kind == "failsafe":
            out[truth.time_us[rows] == fault.start_us] = BY_LINK if _by_link(truth, fault.start_us) else BY_BATTERY
    return out


def _by_link(truth: Truth, time_us: int) -> bool:
    """Whether the last thing that went wrong before a failsafe was the link."""
    causes = [f for f in truth.faults if f.start_us < time_us and f.kind.startswith(("battery", "link"))]
    return bool(causes) and max(causes, key=lambda f: f.start_us).kind == "link_lost"


def errors(truth: Truth) -> list[tuple[int, int, int]]:
    """What is logged as an error: UTC, subsystem and code, in order of time."""
    found: list[tuple[int, int, int]] = []
    for fault in truth.faults:
        over = fault.end_us < truth.time_us[-1]
        if fault.kind == "gnss_lost":
            found += [(fault.start_us, GPS, GLITCH), *([(fault.end_us, GPS, RESOLVED)] if over else [])]
        elif fault.kind.startswith("battery"):
            found.append((fault.start_us, FAILSAFE_BATTERY, OCCURRED))
        elif fault.kind == "link_lost":
            found += [
                (fault.start_us, FAILSAFE_GCS, OCCURRED),
                *([(fault.end_us, FAILSAFE_GCS, RESOLVED)] if over else []),
            ]
    return sorted(found)


def row_at(truth: Truth, times_us: list[int]) -> NDArray[np.intp]:
    """Give the samples at some times."""
    return np.searchsorted(truth.time_us, np.array(times_us, np.int64)).astype(np.intp)
