"""What a log says of the vehicle: firmware, kind, board, and what its mode numbers mean."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from groundside.reference.ardupilot import mode_name

_FIRMWARE = re.compile(r"(?:apm:?|ardu|antenna)?(copter|plane|rover|sub|tracker|blimp)2? v\d", re.IGNORECASE)
_BOARD = re.compile(r"(.{1,40}?) ([0-9A-F]{8} [0-9A-F]{8} [0-9A-F]{8})")
_BUILDS = {1: "rover", 2: "copter", 3: "plane", 4: "tracker", 7: "sub", 12: "blimp", 13: "copter"}
"""VER.BU, as ArduPilot's libraries/AP_Vehicle/AP_Vehicle_Type.h numbers its builds; 13 is a helicopter."""
_SOFTWARE = {0: "plane", 4: "tracker", 10: "copter", 20: "rover", 40: "sub"}
"""Parameter SYSID_SW_TYPE, as its description in ArduPilot's Parameters.cpp lists them."""
_HELICOPTERS = frozenset({6, 11, 13})
"""Parameter FRAME_CLASS of a copter: Heli, Heli_Dual, HeliQuad."""
_BUILD_HELICOPTER = 13


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


def vehicle_of(tables: Mapping[str, pa.Table], parameters: Mapping[str, float], banner: Sequence[str] = ()) -> Vehicle:
    """
    Read what the messages, the version record and the parameters say of the vehicle.

    Args:
        tables: of the log.
        parameters: name to value.
        banner: what the firmware prints before the first record.
    """
    said = [*texts(tables), *banner]
    firmware = next((text for text in said if _FIRMWARE.match(text)), "")
    build = whole(tables.get("VER"), "BU")
    board = next((match for text in said if (match := _BOARD.fullmatch(text))), None)
    frame = next((text.removeprefix("Frame: ") for text in said if text.startswith("Frame: ")), "")
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
    names, values = table["Name"], table["Value"]
    if pa.types.is_floating(values.type) and not names.null_count + values.null_count:
        pairs = zip(names.to_pylist(), values.to_numpy().tolist(), strict=True)
        return {name: value for name, value in pairs if isinstance(name, str) and math.isfinite(value)}
    return {
        name: float(value)
        for name, value in zip(names.to_pylist(), values.to_pylist(), strict=True)
        if isinstance(name, str) and isinstance(value, int | float) and math.isfinite(value)
    }


def texts(tables: Mapping[str, pa.Table]) -> list[str]:
    """List the text messages of a log, as they were written."""
    found: list[str] = []
    for name in tables:
        if (name == "MSG" or name.startswith("MSG[")) and "Message" in tables[name].column_names:
            found += [text for text in tables[name]["Message"].to_pylist() if isinstance(text, str)]
    return found


def whole(table: pa.Table | None, column: str) -> int | None:
    """Give the whole number in the first row of a column; None where there is none."""
    if table is None or column not in table.column_names or not table.num_rows:
        return None
    value = table[column][0].as_py()
    return value if isinstance(value, int) else None


def _word(table: pa.Table | None, column: str) -> str:
    if table is None or column not in table.column_names or not table.num_rows:
        return ""
    value = table[column][0].as_py()
    return value if isinstance(value, str) else ""
