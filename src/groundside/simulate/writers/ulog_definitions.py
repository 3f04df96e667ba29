"""
The messages of a ULog file that are not data: header, flags, formats, information, parameters, subscriptions, texts.

Source: PX4 Guide 1.16, "ULog File Format", https://docs.px4.io/v1.16/en/dev_log/ulog_file_format
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from groundside.simulate import MARK
from groundside.simulate.truth import Truth
from groundside.simulate.writers.ulog_layout import Generation, Topic

MAGIC = b"ULog\x01\x12\x35"
SYNC = bytes.fromhex("2f731320250cbb12")
FLAG_BITS_BYTES = 43
"""Length of the flag message, its head included."""
_RELEASES: dict[Generation, int] = {"1.12": 0x010C03FF, "1.16": 0x011000FF}
"""Major, minor, patch; 255 is an official release (FIRMWARE_VERSION_TYPE of MAVLink's standard.xml)."""
_COMMIT = "51a51a5e" * 5
_SYSTEM_WIDE, _OF_AIRFRAME = 1, 2
_DEFAULT_EVERY = 5


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: an integer where `whole`; `default` is None where the log does not state it."""

    name: str
    value: float
    whole: bool = False
    default: float | None = None
    airframe: bool = False


def message(kind: str, payload: bytes) -> bytes:
    """Put the head before a payload."""
    return struct.pack("<HB", len(payload), ord(kind)) + payload


def header(version: int, start_us: int) -> bytes:
    """Begin the file."""
    return MAGIC + bytes([version]) + struct.pack("<Q", start_us)


def flag_bits(defaults: bool, appended: Iterable[int]) -> bytes:
    """Say whether default parameters are in the file, and at which offsets data was appended (at most three)."""
    offsets = [*appended]
    compatible, incompatible = bytes([defaults]).ljust(8, b"\0"), bytes([bool(offsets)]).ljust(8, b"\0")
    return message("B", compatible + incompatible + struct.pack("<3Q", *(offsets + [0] * 3)[:3]))


def definition(topic: Topic) -> bytes:
    """Define a format."""
    return message("F", topic.definition.encode())


def subscription(topic: Topic, multi_id: int, msg_id: int) -> bytes:
    """Say which number the data of a topic's instance will have."""
    return message("A", struct.pack("<BH", multi_id, msg_id) + topic.name.encode())


def _keyed(key: str, value: bytes) -> bytes:
    return bytes([len(key)]) + key.encode() + value


def text_information(key: str, text: str) -> bytes:
    """State a text once for the file."""
    value = text.encode()
    return message("I", _keyed(f"char[{len(value)}] {key}", value))


def number_information(key: str, kind: str, value: int) -> bytes:
    """State an integer ("int32_t", "uint32_t") once for the file."""
    return message("I", _keyed(f"{kind} {key}", value.to_bytes(4, "little", signed=kind[0] == "i")))


def continued_information(key: str, parts: Iterable[str]) -> Iterator[bytes]:
    """State a text in several parts of one list."""
    for i, part in enumerate(parts):
        value = part.encode()
        yield message("M", bytes([i > 0]) + _keyed(f"char[{len(value)}] {key}", value))


def parameter(name: str, value: float, whole: bool) -> bytes:
    """State the value of a parameter."""
    return message("P", _parameter(name, value, whole))


def default_parameter(of: Parameter) -> bytes:
    """State the default of a parameter, for all vehicles or for this airframe."""
    value = 0.0 if of.default is None else of.default
    kinds = _OF_AIRFRAME if of.airframe else _SYSTEM_WIDE
    return message("Q", bytes([kinds]) + _parameter(of.name, value, of.whole))


def _parameter(name: str, value: float, whole: bool) -> bytes:
    stored = struct.pack("<i", int(value)) if whole else struct.pack("<f", value)
    return _keyed(f"{'int32_t' if whole else 'float'} {name}", stored)


def said(severity: int, time_us: int, text: str, tag: int | None = None) -> bytes:
    """Log a text; the level is the digit of the severity, as syslog has it. With a tag where one is given."""
    mark = b"" if tag is None else struct.pack("<H", tag)
    level = bytes([ord("0") + severity])
    return message("L" if tag is None else "C", level + mark + struct.pack("<Q", time_us) + text.encode())


def dropout(milliseconds: int) -> bytes:
    """Say that for so long nothing was written."""
    return message("O", struct.pack("<H", milliseconds))


def parameters(truth: Truth) -> list[Parameter]:
    """
    Give what was in force at the start, by name: what the truth says, or a few where it says nothing.

    Every fifth has a default other than its value, every tenth one of the airframe; these are made up.
    """
    given = [(s.name, s.value, s.whole) for s in truth.settings if s.time_us is None]
    frame = 2106 if truth.aircraft.kind == "plane" else 4001
    few = [("BAT1_CAPACITY", truth.capacity_ah * 1000.0, False), ("MAV_SYS_ID", 1.0, True)]
    own = [*few, ("MPC_XY_CRUISE", 7.5, False), ("SYS_AUTOSTART", float(frame), True)]
    return [
        Parameter(name, value, whole, None if i % _DEFAULT_EVERY else value + 1.0, i % (2 * _DEFAULT_EVERY) == 0)
        for i, (name, value, whole) in enumerate(sorted(given or own))
    ]


def identity(truth: Truth, generation: Generation) -> Iterator[bytes]:
    """
    Say what recorded the log.

    The serial number of the aircraft stands where PX4 writes the identifier of the board; the branch says that
    all is simulated.
    """
    yield text_information("ver_sw", _COMMIT)
    yield number_information("ver_sw_release", "uint32_t", _RELEASES[generation])
    yield text_information("ver_hw", "PX4_SITL")
    yield text_information("sys_name", "PX4")
    yield text_information("sys_os_name", "Linux")
    yield text_information("ver_sw_branch", "SIMULATED")
    if truth.aircraft.serial:
        yield text_information("sys_uuid", truth.aircraft.serial.encode()[:18].ljust(18, b"\0").hex())
    yield number_information("ver_data_format", "int32_t", 1)
    yield number_information("time_ref_utc", "int32_t", 0)


def console(truth: Truth) -> Iterator[bytes]:
    """What the vehicle printed as it booted, in two parts."""
    return continued_information(
        "boot_console_output", (f"{MARK}\n", f"{truth.aircraft.name} {truth.aircraft.serial}\n")
    )
