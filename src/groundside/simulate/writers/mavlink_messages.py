"""
The MAVLink messages of a simulated flight: their fields, their order on the wire and their CRC_EXTRA.

Fields from MAVLink's minimal.xml, standard.xml and common.xml; those after the bar are extensions, which version 1 of
the protocol lacks. On the wire fields stand by falling size of their type, extensions at the end as they come.

Source: MAVLink Developer Guide, "Packet Serialization", https://mavlink.io/en/guide/serialization.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from groundside.simulate.writers.interleave import Bytes, matrix
from groundside.simulate.writers.mavlink_crc import crc_of

STORAGE = {
    "uint8_t": "u1", "int8_t": "i1", "char": "S1", "uint16_t": "<u2", "int16_t": "<i2", "uint32_t": "<u4",
    "int32_t": "<i4", "uint64_t": "<u8", "float": "<f4",
}  # fmt: skip
_WORD = re.compile(r"(\w+?)(?:\[(\d+)\])?")


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `count` is 0 where it is no array."""

    type: str
    name: str
    count: int = 0

    @property
    def storage(self) -> tuple[str, str] | tuple[str, str, tuple[int]]:
        """As NumPy wants it; text is one string of fixed length."""
        if self.type == "char":
            return self.name, f"S{max(1, self.count)}"
        return (self.name, STORAGE[self.type], (self.count,)) if self.count else (self.name, STORAGE[self.type])


@dataclass(frozen=True, slots=True)
class Message:
    """
    One kind of message.

    Args:
        id: its number.
        name: as the definitions have it.
        definition: "type name name[count], type name | type name", in the order of the definition.
    """

    id: int
    name: str
    definition: str


@cache
def wire_fields(message: Message) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """Give the fields in the order of the wire: those of version 1, then the extensions."""
    own, _, extensions = message.definition.partition("|")
    base = sorted(_fields(own), key=lambda f: -np.dtype(STORAGE[f.type]).itemsize)
    return tuple(base), tuple(_fields(extensions))


def _fields(text: str) -> list[Field]:
    out: list[Field] = []
    for group in filter(None, map(str.strip, text.split(","))):
        kind, *words = group.split()
        for found in map(_WORD.fullmatch, words):
            if found:
                out.append(Field(kind, found[1], int(found[2] or 0)))
    return out


@cache
def crc_extra(message: Message) -> int:
    """
    Checksum of a message's definition: a receiver with another definition will not accept it.

    Source: MAVLink Developer Guide, "Packet Serialization", section "CRC_EXTRA Calculation".
    """
    text = f"{message.name} ".encode()
    for field in wire_fields(message)[0]:
        text += f"{field.type} {field.name} ".encode() + (bytes([field.count]) if field.count else b"")
    crc = crc_of(text)
    return (crc & 0xFF) ^ (crc >> 8)


@cache
def dtype_of(message: Message, version: int) -> np.dtype[np.void]:
    """How the payload lies on the wire in version 1 or 2 of the protocol."""
    base, extensions = wire_fields(message)
    return np.dtype([f.storage for f in (base if version == 1 else base + extensions)])


def payloads(message: Message, columns: Mapping[str, ArrayLike], count: int, version: int) -> Bytes:
    """
    Fill in payloads, shape (count, length); what is not given is zero.

    Args:
        message: which.
        columns: field to values in the unit of the field; numbers for integer fields are rounded and held within
            the range of the type.
        count: how many.
        version: of the protocol, 1 or 2.
    """
    out: NDArray[np.void] = np.zeros(count, dtype_of(message, version))
    for name, values in columns.items():
        if name in (out.dtype.names or ()):
            kind = out.dtype[name].base
            out[name] = _held(np.asarray(values), kind) if kind.kind in "iu" else values
    return matrix(out)


def _held(values: NDArray[np.generic], kind: np.dtype[np.generic]) -> NDArray[np.generic]:
    if values.dtype.kind != "f":
        return values
    limits = np.iinfo(kind.str)
    return np.clip(np.round(values.astype(np.float64)), limits.min, limits.max)


_CHANNELS = " ".join(f"chan{i}_raw" for i in range(1, 19))
HEARTBEAT = Message(
    0,
    "HEARTBEAT",
    "uint8_t type autopilot base_mode, uint32_t custom_mode, uint8_t system_status mavlink_version",
)
SYS_STATUS = Message(
    1,
    "SYS_STATUS",
    "uint32_t onboard_control_sensors_present onboard_control_sensors_enabled onboard_control_sensors_health, "
    "uint16_t load voltage_battery, int16_t current_battery, int8_t battery_remaining, uint16_t drop_rate_comm "
    "errors_comm errors_count1 errors_count2 errors_count3 errors_count4 | uint32_t "
    "onboard_control_sensors_present_extended onboard_control_sensors_enabled_extended "
    "onboard_control_sensors_health_extended",
)
SYSTEM_TIME = Message(2, "SYSTEM_TIME", "uint64_t time_unix_usec, uint32_t time_boot_ms")
PARAM_VALUE = Message(
    22, "PARAM_VALUE", "char param_id[16], float param_value, uint8_t param_type, uint16_t param_count param_index"
)
GPS_RAW_INT = Message(
    24,
    "GPS_RAW_INT",
    "uint64_t time_usec, uint8_t fix_type, int32_t lat lon alt, uint16_t eph epv vel cog, uint8_t satellites_visible "
    "| int32_t alt_ellipsoid, uint32_t h_acc v_acc vel_acc hdg_acc, uint16_t yaw",
)
ATTITUDE = Message(30, "ATTITUDE", "uint32_t time_boot_ms, float roll pitch yaw rollspeed pitchspeed yawspeed")
GLOBAL_POSITION_INT = Message(
    33, "GLOBAL_POSITION_INT", "uint32_t time_boot_ms, int32_t lat lon alt relative_alt, int16_t vx vy vz, uint16_t hdg"
)
RC_CHANNELS = Message(
    65, "RC_CHANNELS", f"uint32_t time_boot_ms, uint8_t chancount, uint16_t {_CHANNELS}, uint8_t rssi"
)
VFR_HUD = Message(74, "VFR_HUD", "float airspeed groundspeed, int16_t heading, uint16_t throttle, float alt climb")
RADIO_STATUS = Message(109, "RADIO_STATUS", "uint8_t rssi remrssi txbuf noise remnoise, uint16_t rxerrors fixed")
BATTERY_STATUS = Message(
    147,
    "BATTERY_STATUS",
    "uint8_t id battery_function type, int16_t temperature, uint16_t voltages[10], int16_t current_battery, int32_t "
    "current_consumed energy_consumed, int8_t battery_remaining | int32_t time_remaining, uint8_t charge_state, "
    "uint16_t voltages_ext[4], uint8_t mode, uint32_t fault_bitmask",
)
AUTOPILOT_VERSION = Message(
    148,
    "AUTOPILOT_VERSION",
    "uint64_t capabilities, uint32_t flight_sw_version middleware_sw_version os_sw_version board_version, uint8_t "
    "flight_custom_version[8] middleware_custom_version[8] os_custom_version[8], uint16_t vendor_id product_id, "
    "uint64_t uid | uint8_t uid2[18]",
)
HOME_POSITION = Message(
    242,
    "HOME_POSITION",
    "int32_t latitude longitude altitude, float x y z q[4] approach_x approach_y approach_z | uint64_t time_usec",
)
EXTENDED_SYS_STATE = Message(245, "EXTENDED_SYS_STATE", "uint8_t vtol_state landed_state")
STATUSTEXT = Message(253, "STATUSTEXT", "uint8_t severity, char text[50] | uint16_t id, uint8_t chunk_seq")
GIMBAL_DEVICE_ATTITUDE_STATUS = Message(
    285,
    "GIMBAL_DEVICE_ATTITUDE_STATUS",
    "uint8_t target_system target_component, uint32_t time_boot_ms, uint16_t flags, float q[4] angular_velocity_x "
    "angular_velocity_y angular_velocity_z, uint32_t failure_flags | float delta_yaw delta_yaw_velocity, uint8_t "
    "gimbal_device_id",
)
PRIVATE = {v: Message(n, "SIMULATED_PRIVATE", "uint8_t data[24]") for v, n in ((1, 203), (2, 52_428))}
"""A message that no public dialect defines, by version of the protocol (version 1 has numbers to 255 only)."""
MESSAGES = (
    HEARTBEAT, SYS_STATUS, SYSTEM_TIME, PARAM_VALUE, GPS_RAW_INT, ATTITUDE, GLOBAL_POSITION_INT, RC_CHANNELS, VFR_HUD,
    RADIO_STATUS, BATTERY_STATUS, AUTOPILOT_VERSION, HOME_POSITION, EXTENDED_SYS_STATE, STATUSTEXT,
    GIMBAL_DEVICE_ATTITUDE_STATUS,
)  # fmt: skip
