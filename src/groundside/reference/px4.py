"""
PX4's names of flight modes, and its release numbers.

Names as PX4 shows them to people: `nav_state_names` in src/lib/modes/ui.hpp of PX4-Autopilot; numbers from
msg/versioned/VehicleStatus.msg and src/modules/commander/px4_custom_mode.h there. Releases: PX4 user guide, "ULog File
Format", information message.
"""

from __future__ import annotations

from collections.abc import Mapping

NAV_STATES: Mapping[int, str] = {
    0: "Manual",
    1: "Altitude",
    2: "Position",
    3: "Mission",
    4: "Hold",
    5: "Return",
    6: "Position Slow",
    7: "Guided Course",
    8: "Altitude Cruise",
    10: "Acro",
    12: "Descend",
    13: "Termination",
    14: "Offboard",
    15: "Stabilized",
    17: "Takeoff",
    18: "Land",
    19: "Follow Target",
    20: "Precision Landing",
    21: "Orbit",
    22: "VTOL Takeoff",
    **{23 + n: f"External {n + 1}" for n in range(8)},
}
"""`vehicle_status.nav_state` to name, as PX4 numbers them today; numbers that are free have none."""

_OLD_NAV_STATES: Mapping[int, str] = {
    6: "RC Recover",
    7: "Return to Ground Station",
    8: "Land, engine failure",
    9: "Land, GPS failure",
    16: "Rattitude",
}
"""What numbers meant that have been given back since: msg/vehicle_status.msg of PX4 1.5 to 1.11."""
_RENUMBERED = (1, 13)
"""By PX4 1.13 these numbers were free; what they mean today came later."""

_MAIN_MODES: Mapping[int, str] = {
    1: "Manual",
    2: "Altitude",
    3: "Position",
    4: "Auto",
    5: "Acro",
    6: "Offboard",
    7: "Stabilized",
    8: "Rattitude",
    9: "Simple",
    10: "Termination",
}
_MAIN_POSITION, _MAIN_AUTO = 3, 4
_AUTO_MODES: Mapping[int, str] = {
    1: "Ready",
    2: "Takeoff",
    3: "Hold",
    4: "Mission",
    5: "Return",
    6: "Land",
    7: "Return to Ground Station",
    8: "Follow Target",
    9: "Precision Landing",
    10: "VTOL Takeoff",
    **{11 + n: f"External {n + 1}" for n in range(8)},
}
_POSITION_MODES: Mapping[int, str] = {0: "Position", 1: "Orbit", 2: "Position Slow"}
_STAGES = ((255, ""), (192, " (RC)"), (128, " (beta)"), (64, " (alpha)"), (0, " (development)"))


def nav_state_name(number: int, release: tuple[int, int] | None) -> str:
    """
    Name a `vehicle_status.nav_state`.

    Args:
        number: as logged.
        release: major and minor number of the firmware; None where unknown.

    Returns:
        The name, or "mode 27" where the number has none, or one that depends on a release that is unknown.
    """
    unknown = f"mode {number}"
    if number not in _OLD_NAV_STATES:
        return NAV_STATES.get(number, unknown)
    if release is None:
        return unknown
    return (_OLD_NAV_STATES if release < _RENUMBERED else NAV_STATES).get(number, unknown)


def custom_mode_name(main: int, sub: int) -> str:
    """
    Name a mode as PX4 states it in MAVLink's `custom_mode`.

    Args:
        main: bits 16 to 23 of `custom_mode`.
        sub: bits 24 to 31 of it; counts in the automatic and in the position modes only.

    Returns:
        The name, or "mode 4.30" (main and sub) where there is none.
    """
    if main == _MAIN_AUTO and sub:
        return _AUTO_MODES.get(sub, f"mode {main}.{sub}")
    if main == _MAIN_POSITION:
        return _POSITION_MODES.get(sub, f"mode {main}.{sub}")
    return _MAIN_MODES.get(main, f"mode {main}.{sub}")


def release_text(number: int) -> str:
    """Say a release number, 0xAABBCCTT, in words: "1.12.0 (RC)"; TT tells how far the release had come."""
    stage = next(text for least, text in _STAGES if number & 0xFF >= least)
    return f"{number >> 24 & 0xFF}.{number >> 16 & 0xFF}.{number >> 8 & 0xFF}{stage}"
