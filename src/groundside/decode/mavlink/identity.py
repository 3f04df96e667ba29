"""Which firmware and hardware sent a log."""

from __future__ import annotations

import re
from collections.abc import Mapping

from groundside.decode.mavlink.series import Stream, once
from groundside.decode.mavlink.vehicle import ARDUPILOT, PX4
from groundside.reference.mavlink import labels

_BANNER = re.compile(r"((?:APM:|Ardu)(?:Copter|Plane|Rover|Sub)|AntennaTracker|Blimp) V\d\S*(?: \([0-9a-f]{6,40}\))?")
_FRAME = re.compile(r"Frame: (.{1,40})")
_BOARD = re.compile(r"(.{1,40}?) ([0-9A-F]{8} [0-9A-F]{8} [0-9A-F]{8})")
_STATED = (
    "flight_sw_version", "os_sw_version", "board_version", "flight_custom_version", "os_custom_version", "vendor_id",
    "product_id", "uid", "uid2",
)  # fmt: skip
_NAMES = {ARDUPILOT: "ArduPilot", PX4: "PX4"}
_STAGES = {0: "dev", 64: "alpha", 128: "beta", 192: "rc", 255: ""}
"""FIRMWARE_VERSION_TYPE: the lowest byte of AUTOPILOT_VERSION.flight_sw_version."""


@once
def identity_of(stream: Stream) -> dict[str, str]:
    """Say what the vehicle states of its firmware and hardware, as text; what it does not state is left out."""
    found = {**_by_version(stream), **_by_texts(stream)}
    vehicle = stream.vehicle
    if vehicle is not None:
        found["vehicle"] = vehicle.type_name
        found["autopilot"] = labels("MAV_AUTOPILOT").get(vehicle.autopilot if vehicle.autopilot is not None else -1, "")
        found["mavlink_address"] = vehicle.address
    return {key: text for key, text in found.items() if text}


def _by_texts(stream: Stream) -> dict[str, str]:
    """Read what ArduPilot says in words when a ground station connects (`GCS_MAVLINK::send_banner`)."""
    sheet = stream.sheet("STATUSTEXT")
    found: dict[str, str] = {}
    for text in sheet.texts("text") if sheet is not None else ():
        if match := _BANNER.match(text):
            found["firmware"] = match[0]
        elif match := _FRAME.match(text):
            found["frame"] = match[1]
        elif match := _BOARD.fullmatch(text):
            found["hardware"], found["board_id"] = match[1], match[2]
    return found


def _by_version(stream: Stream) -> dict[str, str]:
    sheet = stream.sheet("AUTOPILOT_VERSION")
    if sheet is None or not len(sheet):
        return {}
    row = {field: sheet[field][-1].tolist() for field in _STATED if field in sheet}
    board = row["board_version"] >> 16
    return {
        "firmware": _release(row["flight_sw_version"], stream.vehicle.autopilot if stream.vehicle else None),
        "firmware_hash": _hash(row["flight_custom_version"]),
        "os": _numbers(row["os_sw_version"]),
        "os_hash": _hash(row["os_custom_version"]),
        "board_type": str(board) if board else "",
        "vendor_id": f"{row['vendor_id']:#06x}" if row["vendor_id"] else "",
        "product_id": f"{row['product_id']:#06x}" if row["product_id"] else "",
        "uid": serial_of(row),
    }


def serial_of(row: Mapping[str, object]) -> str:
    """Give the unique number of the hardware as hexadecimal text: `uid2` where it is not zero, or else `uid`."""
    long = row.get("uid2")
    if isinstance(long, list) and any(long):
        return bytes(long).hex()
    short = row.get("uid")
    return f"{short:016x}" if isinstance(short, int) and short else ""


def _release(number: int, autopilot: int | None) -> str:
    """Say a version: major, minor, patch and stage, one byte each (definition of AUTOPILOT_VERSION)."""
    if not number:
        return ""
    stage = _STAGES.get(number & 0xFF, str(number & 0xFF))
    return " ".join(part for part in (_NAMES.get(autopilot or 0, ""), _numbers(number), stage) if part)


def _numbers(number: int) -> str:
    return f"{number >> 24 & 0xFF}.{number >> 16 & 0xFF}.{number >> 8 & 0xFF}" if number else ""


def _hash(values: list[int]) -> str:
    """
    Give the start of a git hash: its characters (ArduPilot), or its bytes, of which the last comes first (PX4).

    Source: how QGroundControl reads AUTOPILOT_VERSION (src/Vehicle/Vehicle.cc).
    """
    raw = bytes(values)
    if not any(raw):
        return ""
    if re.fullmatch(rb"[0-9a-f]+\0*", raw):
        return raw.rstrip(b"\0").decode()
    return raw[::-1].hex()
