"""What ArduPilot's numbers mean: flight modes, events and errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MODES: Mapping[str, Mapping[int, str]] = {
    "copter": {
        0: "Stabilize", 1: "Acro", 2: "Alt Hold", 3: "Auto", 4: "Guided", 5: "Loiter", 6: "RTL", 7: "Circle",
        8: "Position", 9: "Land", 10: "OF Loiter", 11: "Drift", 13: "Sport", 14: "Flip", 15: "AutoTune",
        16: "PosHold", 17: "Brake", 18: "Throw", 19: "Avoid ADSB", 20: "Guided NoGPS", 21: "Smart RTL",
        22: "FlowHold", 23: "Follow", 24: "ZigZag", 25: "SystemID", 26: "Autorotate", 27: "Auto RTL",
        28: "Turtle", 29: "Rate Acro",
    },
    "plane": {
        0: "Manual", 1: "Circle", 2: "Stabilize", 3: "Training", 4: "Acro", 5: "FBWA", 6: "FBWB", 7: "Cruise",
        8: "AutoTune", 10: "Auto", 11: "RTL", 12: "Loiter", 13: "Takeoff", 14: "Avoid ADSB", 15: "Guided",
        16: "Initialising", 17: "QStabilize", 18: "QHover", 19: "QLoiter", 20: "QLand", 21: "QRTL",
        22: "QAutoTune", 23: "QAcro", 24: "Thermal", 25: "Loiter Alt QLand", 26: "AutoLand",
    },
    "rover": {
        0: "Manual", 1: "Acro", 2: "Learning", 3: "Steering", 4: "Hold", 5: "Loiter", 6: "Follow",
        7: "Simple", 8: "Dock", 9: "Circle", 10: "Auto", 11: "RTL", 12: "Smart RTL",
        15: "Guided", 16: "Initialising",
    },
    "sub": {
        0: "Stabilize", 1: "Acro", 2: "Alt Hold", 3: "Auto", 4: "Guided", 7: "Circle", 9: "Surface",
        16: "PosHold", 19: "Manual",
    },
    "tracker": {0: "Manual", 1: "Stop", 2: "Scan", 4: "Guided", 10: "Auto", 16: "Initialising"},
    "blimp": {0: "Land", 1: "Manual", 2: "Velocity", 3: "Loiter", 4: "RTL", 5: "Auto", 6: "Hold"},
}  # fmt: skip
"""
Vehicle to mode number to name.

Source: enum `Mode::Number` in mode.h of ArduCopter, ArduPlane, Rover and ArduSub (github.com/ArduPilot);
modes 8, 10 and 29 of the copter, and those of
the tracker and the blimp, as in pymavlink 2.4.50's `mode_mapping_acm`, `mode_mapping_tracker`, `mode_mapping_blimp`.
"""


def mode_name(kind: str, number: int) -> str:
    """
    Name a flight mode.

    Args:
        kind: "copter", "plane", "rover", "sub", "tracker" or "blimp".
        number: as the autopilot counts the modes of that kind.

    Returns:
        The name, or "mode 27" where it has none here.
    """
    return MODES.get(kind, {}).get(number, f"mode {number}")


def mode_number(kind: str, name: str) -> int | None:
    """Find the number of a mode by its name, whatever its case, spaces and underscores; None where it is not known."""
    wanted = _bare(name)
    return next((number for number, known in MODES.get(kind, {}).items() if _bare(known) == wanted), None)


def _bare(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


@dataclass(frozen=True, slots=True)
class Meaning:
    """
    What a number says happened.

    Args:
        kind: one of `groundside.model.log.EVENT_KINDS`.
        text: for a person.
    """

    kind: str
    text: str


EVENTS: Mapping[int, Meaning] = {
    10: Meaning("armed", "Armed"),
    11: Meaning("disarmed", "Disarmed"),
    18: Meaning("landing", "Landed"),
    19: Meaning("gnss_lost", "GPS lost"),
    28: Meaning("takeoff", "Not landed any more"),
    **{
        number: Meaning("other", text)
        for number, text in {
            8: "System time set",
            15: "Throttle raised: automatic modes may act",
            16: "Take-off complete",
            17: "Perhaps landed",
            21: "Flip started", 22: "Flip ended",
            25: "Home set",
            26: "Simple mode on", 27: "Simple mode off", 29: "Super simple mode on",
            30: "Autotune initialised", 31: "Autotune off", 32: "Autotune restarted", 33: "Autotune succeeded",
            34: "Autotune failed", 35: "Autotune reached a limit", 36: "Autotune: pilot is testing",
            37: "Autotune gains saved",
            38: "Trim saved", 39: "Waypoint added",
            43: "Acro trainer off", 44: "Acro trainer levelling", 45: "Acro trainer limited",
            46: "Gripper closed", 47: "Gripper opened",
            49: "Parachute disabled", 50: "Parachute enabled", 51: "Parachute released",
            52: "Landing gear deployed", 53: "Landing gear retracted",
            54: "Motors stopped in an emergency", 55: "Emergency stop of the motors lifted",
            56: "Motor interlock disabled", 57: "Motor interlock enabled",
            58: "Rotor run-up complete", 59: "Rotor speed below critical",
            60: "EKF altitude reset", 61: "Landing cancelled by the pilot", 62: "EKF yaw reset",
            63: "ADS-B avoidance enabled", 64: "ADS-B avoidance disabled",
            65: "Proximity avoidance enabled", 66: "Proximity avoidance disabled",
            67: "Primary GPS changed",
            71: "ZigZag point A stored", 72: "ZigZag point B stored",
            73: "Landing repositioned by the pilot",
            74: "Standby on", 75: "Standby off",
            85: "EKF3 uses its primary sources", 86: "EKF3 uses its secondary sources",
            87: "EKF3 uses its tertiary sources",
            90: "Primary airspeed sensor changed",
            163: "Surfaced", 164: "Left the surface", 165: "At the bottom", 166: "Left the bottom",
        }.items()
    },
    **{
        number: Meaning("geofence", text)
        for number, text in {
            41: "Fence enabled", 42: "Fence disabled",
            76: "Maximum altitude fence enabled", 77: "Maximum altitude fence disabled",
            78: "Circle fence enabled", 79: "Circle fence disabled",
            80: "Minimum altitude fence enabled", 81: "Minimum altitude fence disabled",
            82: "Polygon fence enabled", 83: "Polygon fence disabled",
        }.items()
    },
}  # fmt: skip
"""
`EV.Id` to what it means.

Source: enum `LogEvent` in libraries/AP_Logger/AP_Logger.h of ArduPilot, where a number is never used again for
something else; so that it holds for older logs too, from ArduCopter 3.1 on.
"""


def event(number: int) -> Meaning:
    """Say what an `EV.Id` means; "event 8" where it is not known here."""
    return EVENTS.get(number, Meaning("other", f"event {number}"))


_FAILSAFES = {
    5: "Radio failsafe", 6: "Battery failsafe", 7: "GPS failsafe", 8: "Ground station failsafe",
    17: "EKF failsafe", 19: "CPU failsafe: the main loop stopped", 23: "Terrain data failsafe",
    26: "Sensor failsafe", 27: "Leak failsafe", 28: "Pilot input failsafe", 29: "Vibration failsafe",
    31: "Dead reckoning failsafe",
}  # fmt: skip
_ADSB = {
    0: Meaning("failsafe_cleared", "ADS-B failsafe ended"),
    1: Meaning("failsafe", "ADS-B failsafe: reported to the pilot"),
    2: Meaning("failsafe", "ADS-B failsafe: climbs or descends"),
    3: Meaning("failsafe", "ADS-B failsafe: moves sideways"),
    4: Meaning("failsafe", "ADS-B failsafe: moves away at right angles"),
    5: Meaning("failsafe", "ADS-B failsafe: returns to launch"),
}
ERRORS: Mapping[int, Mapping[int, Meaning]] = {
    **{
        subsystem: {0: Meaning("failsafe_cleared", f"{name} ended"), 1: Meaning("failsafe", name)}
        for subsystem, name in _FAILSAFES.items()
    },
    1: {1: Meaning("error", "Inertial sensor samples are late")},
    2: {
        0: Meaning("link_regained", "Radio receiver is heard again"),
        2: Meaning("link_lost", "Radio receiver is late"),
    },
    3: {
        0: Meaning("other", "Compass error resolved"),
        1: Meaning("error", "Compass failed to initialise"),
        4: Meaning("error", "Compass unhealthy"),
    },
    11: {0: Meaning("other", "GPS glitch ended"), 2: Meaning("error", "GPS glitch")},
    12: {1: Meaning("crash", "Crash detected"), 2: Meaning("crash", "Loss of control detected")},
    13: {2: Meaning("other", "Flip abandoned")},
    15: {
        2: Meaning("error", "Parachute not released: too low"),
        3: Meaning("error", "Parachute not released: landed"),
    },
    16: {0: Meaning("other", "EKF variance is good again"), 2: Meaning("error", "EKF variance is bad")},
    18: {
        0: Meaning("other", "Barometer error resolved"),
        2: Meaning("error", "Barometer glitch"),
        3: Meaning("error", "Depth sensor is bad"),
        4: Meaning("error", "Barometer unhealthy"),
    },
    20: _ADSB,
    21: {2: Meaning("error", "Terrain data are missing")},
    22: {
        2: Meaning("error", "Navigation: destination could not be set"),
        3: Meaning("other", "Navigation: return to launch restarted"),
        4: Meaning("error", "Navigation: circle failed to initialise"),
        5: Meaning("geofence", "Navigation: destination outside the fence"),
        6: Meaning("error", "Navigation: return to launch lacks its rangefinder"),
    },
    25: {0: Meaning("other", "Thrust restored"), 1: Meaning("error", "Thrust loss detected")},
    30: {1: Meaning("error", "Internal errors detected")},
}
"""
`ERR.Subsys`, then `ERR.ECode`, to what it means; the fence (9), the flight mode (10) and the EKF core (24) apart.

Source: enums `LogErrorSubsystem` and `LogErrorCode` in libraries/AP_Logger/AP_Logger.h of ArduPilot, and the table
under "Unexpected ERRORS including Failsafes" of https://ardupilot.org/copter/docs/common-diagnosing-problems-using-logs.html.
"""
_FENCE, _FLIGHT_MODE, _EKF_PRIMARY = 9, 10, 24
_FENCES = {1: "maximum altitude", 2: "circle", 4: "polygon", 8: "minimum altitude"}
"""Bits of ERR.ECode of the fence: AC_FENCE_TYPE_* in libraries/AC_Fence/AC_Fence.h of ArduPilot."""


def error(subsystem: int, code: int, kind: str = "") -> Meaning:
    """
    Say what an ERR record means.

    Args:
        subsystem: `ERR.Subsys`.
        code: `ERR.ECode`.
        kind: of vehicle, as in `MODES`; it names the mode that could not be entered.

    Returns:
        Its meaning; "subsystem 99 code 1" where it is not known here.
    """
    if subsystem == _FENCE:
        return _fence(code)
    if subsystem == _FLIGHT_MODE:
        return Meaning("error", f"Mode {mode_name(kind, code)} could not be entered")
    if subsystem == _EKF_PRIMARY:
        return Meaning("other", f"EKF core {code} became the primary one")
    return ERRORS.get(subsystem, {}).get(code, Meaning("error", f"subsystem {subsystem} code {code}"))


def _fence(code: int) -> Meaning:
    if code == 0:
        return Meaning("geofence", "Back inside the fence")
    known = [name for bit, name in _FENCES.items() if code & bit]
    if code >= 2 * max(_FENCES) or not known:
        return Meaning("geofence", f"Fence breached: subsystem {_FENCE} code {code}")
    return Meaning("geofence", f"Fence breached: {', '.join(known)}")
