"""What a log says of the vehicle: firmware, board, kind of aircraft, and what its mode numbers mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groundside.decode.formats.ulog.series import Log
from groundside.model.decoded import Fact
from groundside.reference.px4 import nav_state_name, release_text

_VTOL = frozenset({19, 20, 21, 22, 23, 24, 25, 47})
_MULTIROTOR = frozenset({2, 13, 14, 15, 29, 35, 43})
_PLANE, _ROVER = 1, 10
"""MAV_TYPE of MAVLink's common.xml; PX4 states it as `vehicle_status.system_type`."""
_VEHICLE_TYPES = {1: "multirotor", 2: "plane", 3: "rover"}
"""`vehicle_status.vehicle_type`: msg/versioned/VehicleStatus.msg of PX4-Autopilot."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """
    What a log says of the vehicle; empty where it says nothing.

    Args:
        kind: in the words of `groundside.model.recording.Aircraft`.
        firmware: name and release.
        release: major and minor number of the firmware.
        board: the autopilot board, with its variant.
        board_id: the number that identifies it.
        system: name of the system: "PX4".
        simulated: the board is a simulation.
    """

    kind: str = ""
    firmware: str = ""
    release: tuple[int, int] | None = None
    board: str = ""
    board_id: str = ""
    system: str = ""
    simulated: bool = False


def vehicle_of(log: Log, information: Mapping[str, Fact]) -> Vehicle:
    """Read what the information messages and the status of the vehicle say."""
    number = information.get("ver_sw_release")
    release = (number >> 24 & 0xFF, number >> 16 & 0xFF) if isinstance(number, int) and number > 0 else None
    system = _text(information, "sys_name")
    board = " ".join(part for key in ("ver_hw", "ver_hw_subtype") if (part := _text(information, key)))
    version = release_text(number) if isinstance(number, int) and release else ""
    return Vehicle(
        kind=_kind(log),
        firmware=" ".join(part for part in (system, version) if part) if version else "",
        release=release,
        board=board,
        board_id=_text(information, "sys_uuid"),
        system=system,
        simulated="SITL" in board,
    )


def mode_names(numbers: list[int], release: tuple[int, int] | None) -> dict[int, str]:
    """Name some `nav_state` numbers."""
    return {number: nav_state_name(number, release) for number in numbers}


def _text(information: Mapping[str, Fact], key: str) -> str:
    value = information.get(key)
    return value.strip() if isinstance(value, str) else ""


def _kind(log: Log) -> str:
    if _latest(log, "is_vtol") == 1:
        return "vtol"
    stated = _latest(log, "system_type")
    for types, kind in ((_VTOL, "vtol"), (_MULTIROTOR, "multirotor"), ({_PLANE}, "plane"), ({_ROVER}, "rover")):
        if stated in types:
            return kind
    # A stated type that is none of these, such as a helicopter or a boat, is not called by another name.
    return "" if stated else _VEHICLE_TYPES.get(_latest(log, "vehicle_type") or 0, "")


def _latest(log: Log, column: str) -> int | None:
    """Give what most rows of the vehicle's status say, so that one damaged row changes nothing."""
    series = log.first("vehicle_status", column)
    if series is None:
        return None
    values = series.values.astype(int).tolist()
    return max(set(values), key=values.count) if len(set(values)) < 16 else None
