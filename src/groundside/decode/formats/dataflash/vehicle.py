"""What a log says of the vehicle: firmware, kind, board, and what its mode numbers mean."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

_FIRMWARE = re.compile(r"(?:apm:?|ardu|antenna)?(copter|plane|rover|sub|tracker|blimp)2? v\d", re.IGNORECASE)
_BOARD = re.compile(r"(.{1,40}?) ([0-9A-F]{8} [0-9A-F]{8} [0-9A-F]{8})")
_BUILDS = {1: "rover", 2: "copter", 3: "plane", 4: "tracker", 7: "sub", 12: "blimp", 13: "copter"}
"""VER.BU, as ArduPilot's libraries/AP_Vehicle/AP_Vehicle_Type.h numbers its builds; 13 is a helicopter."""
_SOFTWARE = {0: "plane", 4: "tracker", 10: "copter", 20: "rover", 40: "sub"}
"""Parameter SYSID_SW_TYPE, as its description in ArduPilot's Parameters.cpp lists them."""
_HELICOPTERS = frozenset({6, 11, 13})
"""Parameter FRAME_CLASS of a copter: Heli, Heli_Dual, HeliQuad."""
_BUILD_HELICOPTER = 13

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
}  # fmt: skip
"""
Vehicle to mode number to name.

Source: enum `Mode::Number` in mode.h of ArduCopter, ArduPlane, Rover and ArduSub (github.com/ArduPilot);
modes 8, 10 and 29 of the copter as in pymavlink 2.4.50's `mode_mapping_acm`.
"""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """
    What a log says of the vehicle; empty where it says nothing.

    Args:
        kind: "copter", "plane", "rover", "sub", "tracker", "blimp".
        firmware: the firmware's own name and version.
        frame: as the firmware states it.
        board: kind of autopilot board.
        board_id: the unique number of its processor.
        helicopter: a copter of one or two large rotors.
        vtol: a plane that takes off and lands like a copter.
    """

    kind: str = ""
    firmware: str = ""
    frame: str = ""
    board: str = ""
    board_id: str = ""
    helicopter: bool = False
    vtol: bool = False

    @property
    def aircraft_kind(self) -> str:
        """The kind in the words of `groundside.model.recording.Aircraft`."""
        if self.kind == "copter":
            return "" if self.helicopter else "multirotor"
        if self.kind == "plane":
            return "vtol" if self.vtol else "plane"
        return self.kind if self.kind == "rover" else ""

    def mode(self, number: int) -> str:
        """Name a mode, or say its number where it has no name here."""
        return mode_name(self.kind, number)


def mode_name(kind: str, number: int) -> str:
    """Name a mode of a kind of vehicle, or say its number where it has no name here: "mode 27"."""
    return MODES.get(kind, {}).get(number, f"mode {number}")


def vehicle_of(tables: Mapping[str, pa.Table], parameters: Mapping[str, float]) -> Vehicle:
    """Read what the messages, the version record and the parameters say of the vehicle."""
    texts = _texts(tables)
    firmware = next((text for text in texts if _FIRMWARE.match(text)), "")
    build = _number(tables.get("VER"), "BU")
    board = next((match for text in texts if (match := _BOARD.fullmatch(text))), None)
    frame = next((text.removeprefix("Frame: ") for text in texts if text.startswith("Frame: ")), "")
    return Vehicle(
        kind=_kind(firmware, build, parameters),
        firmware=firmware or _word(tables.get("VER"), "FWS"),
        frame=frame,
        board=board[1] if board else "",
        board_id=board[2] if board else "",
        helicopter=build == _BUILD_HELICOPTER or parameters.get("FRAME_CLASS") in _HELICOPTERS,
        vtol=bool(parameters.get("Q_ENABLE")),
    )


def _kind(firmware: str, build: int | None, parameters: Mapping[str, float]) -> str:
    match = _FIRMWARE.match(firmware)
    if match:
        return match[1].lower()
    return _BUILDS.get(build or 0, "") or _SOFTWARE.get(int(parameters.get("SYSID_SW_TYPE", -1)), "")


def parameters_of(tables: Mapping[str, pa.Table]) -> dict[str, float]:
    """Read the parameters; where one is written several times the last value holds."""
    table = tables.get("PARM")
    if table is None or not {"Name", "Value"} <= set(table.column_names):
        return {}
    values = table["Value"].to_pylist()
    return {
        name: float(value)
        for name, value in zip(table["Name"].to_pylist(), values, strict=True)
        if isinstance(name, str) and isinstance(value, int | float) and math.isfinite(value)
    }


def _texts(tables: Mapping[str, pa.Table]) -> list[str]:
    found: list[str] = []
    for name, table in tables.items():
        if (name == "MSG" or name.startswith("MSG[")) and "Message" in table.column_names:
            found += [text for text in table["Message"].to_pylist() if isinstance(text, str)]
    return found


def _number(table: pa.Table | None, column: str) -> int | None:
    if table is None or column not in table.column_names or not table.num_rows:
        return None
    value = table[column][0].as_py()
    return value if isinstance(value, int) else None


def _word(table: pa.Table | None, column: str) -> str:
    if table is None or column not in table.column_names or not table.num_rows:
        return ""
    value = table[column][0].as_py()
    return value if isinstance(value, str) else ""
