"""Whose telemetry it is: the autopilot among ground stations, radios, cameras and other vehicles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from groundside.decode.mavlink.sheets import Sheet
from groundside.decode.mavlink.tables import names_of, rows_in, sender_in, sheet_in
from groundside.reference.ardupilot import mode_name
from groundside.reference.mavlink import labels
from groundside.reference.px4 import custom_mode_name

ARDUPILOT, PX4 = 3, 12
"""MAV_AUTOPILOT, of the message definitions."""
_NO_AUTOPILOT = 8
_NOT_VEHICLES = frozenset({6, 18, 26, 27, 30, 31, 32, 33, 34, 36, 37, 38, 39, 40, 41, 42, 44, 48})
"""MAV_TYPE of ground stations, onboard computers, gimbals, cameras and other parts."""
_MULTIROTORS = frozenset({2, 13, 14, 15, 29, 35, 43})
_VTOLS = frozenset({19, 20, 21, 22, 23, 24, 25, 47})
_COPTERS = _MULTIROTORS | {3, 4}
_ARDUPILOT_KINDS: Mapping[int, str] = {
    **dict.fromkeys(_COPTERS, "copter"),
    **dict.fromkeys(_VTOLS | {1}, "plane"),
    5: "tracker",
    7: "blimp",
    10: "rover",
    11: "rover",
    12: "sub",
}
"""MAV_TYPE to the firmware whose modes it counts, as pymavlink 2.4.50's `AP_MAV_TYPE_MODE_MAP_DEFAULT` has it."""
POSITIONS = ("GLOBAL_POSITION_INT", "GPS_RAW_INT")
_NO_VEHICLE_SYSTEMS = frozenset({51, 255})
"""System ids that SiK radios (51, component 68) and ground stations take; pymavlink's mavutil.py does so too."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """
    The vehicle that a log is of.

    Args:
        system, component: its MAVLink address.
        type: MAV_TYPE; None where no heartbeat says so.
        autopilot: MAV_AUTOPILOT; None where no heartbeat says so.
        others: addresses of other vehicles in the same log.
    """

    system: int
    component: int
    type: int | None = None
    autopilot: int | None = None
    others: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """System and component: "1/1"."""
        return f"{self.system}/{self.component}"

    @property
    def ardupilot_kind(self) -> str:
        """Which of ArduPilot's firmwares it runs; empty where it is none."""
        return _ARDUPILOT_KINDS.get(self.type or 0, "") if self.autopilot == ARDUPILOT else ""

    @property
    def aircraft_kind(self) -> str:
        """The kind in the words of `groundside.model.recording.Aircraft`, by MAV_TYPE."""
        number = self.type or 0
        if number in _VTOLS:
            return "vtol"
        return "multirotor" if number in _MULTIROTORS else {1: "plane", 10: "rover"}.get(number, "")

    @property
    def type_name(self) -> str:
        """MAV_TYPE in words: "quadrotor"; empty where unknown."""
        return labels("MAV_TYPE").get(self.type if self.type is not None else -1, "").lower().replace("_", " ")

    def mode(self, base_mode: int, custom_mode: int) -> str | None:
        """
        Name a flight mode; None where its autopilot's modes are not known here.

        ArduPilot counts the modes of each firmware; PX4 has a main mode in bits 16 to 23 and a mode below it in bits
        24 to 31 (px4_custom_mode.h). The flag MAV_MODE_FLAG_CUSTOM_MODE_ENABLED (1) says that there is one at all.
        """
        if not base_mode & 1:
            return None
        if self.ardupilot_kind:
            return mode_name(self.ardupilot_kind, custom_mode)
        if self.autopilot == PX4:
            return custom_mode_name(custom_mode >> 16 & 0xFF, custom_mode >> 24 & 0xFF)
        return None


def vehicle_of(tables: Mapping[str, pa.Table]) -> Vehicle | None:
    """
    Choose the vehicle: of all senders whose heartbeat is that of an autopilot the one with the most positions.

    Where no heartbeat was logged, any sender of positions, but no ground station and no radio.
    """
    beats = {sender_in(tables, name): name for name in names_of(tables, "HEARTBEAT")}
    natures = {sender: _nature(sheet_in(tables, name)) for sender, name in beats.items() if sender}
    autopilots = {sender: nature for sender, nature in natures.items() if _is_vehicle(*nature)}
    positions: dict[tuple[int, int], int] = {}
    for message in POSITIONS:
        for name in names_of(tables, message):
            sender = sender_in(tables, name)
            if sender and sender[0] not in _NO_VEHICLE_SYSTEMS:
                positions[sender] = positions.get(sender, 0) + rows_in(tables, name)
    candidates = sorted(autopilots or positions, key=lambda s: (-positions.get(s, 0), s[1] != 1, s))
    if not candidates:
        return None
    system, component = candidates[0]
    kind, autopilot = autopilots.get(candidates[0], (None, None))
    others = tuple(f"{s}/{c}" for s, c in candidates[1:] if s != system)
    return Vehicle(system, component, kind, autopilot, others)


def _is_vehicle(kind: int, autopilot: int) -> bool:
    return autopilot != _NO_AUTOPILOT and kind not in _NOT_VEHICLES


def _nature(beats: Sheet) -> tuple[int, int]:
    """Give type and autopilot as most of the heartbeats say."""
    return _most(beats, "type"), _most(beats, "autopilot")


def _most(beats: Sheet, field: str) -> int:
    return int(np.bincount(beats[field]).argmax())
