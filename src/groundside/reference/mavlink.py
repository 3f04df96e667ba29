"""
MAVLink messages: what each is called, how it is laid out, and the number that tells one definition from another.

Source: the message definitions of MAVLink (https://mavlink.io/en/messages/), as pymavlink 2.4.50 ships them;
`data/mavlink_messages.json` is made of them by `tools/make_mavlink_messages.py` and holds facts only.
Twenty-five message ids mean different things in different dialects (150 to 186: ArduPilot, MatrixPilot, Paparazzi):
all definitions are kept, and the CRC_EXTRA of a frame says which of them its sender had.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import numpy as np

NUMPY_TYPES: Mapping[str, str] = {
    "char": "S1", "int8_t": "i1", "uint8_t": "u1", "int16_t": "<i2", "uint16_t": "<u2", "int32_t": "<i4",
    "uint32_t": "<u4", "int64_t": "<i8", "uint64_t": "<u8", "float": "<f4", "double": "<f8",
}  # fmt: skip
"""Type of a field to that of NumPy: little-endian (MAVLink guide, "Packet Serialization", payload format)."""


@dataclass(frozen=True, slots=True)
class Field:
    """
    One field of a message.

    Args:
        name: as the definition calls it.
        type: as the definition says: "uint8_t", "float", "char", ...
        array: how many values; 0 where it is not an array.
        unit: as the definition says: "mV", "degE7"; empty where there is none.
    """

    name: str
    type: str
    array: int
    unit: str

    @property
    def size(self) -> int:
        """Bytes that the field takes."""
        return np.dtype(NUMPY_TYPES[self.type]).itemsize * max(1, self.array)


@dataclass(frozen=True)
class Message:
    """
    One definition of a message.

    Args:
        id: message number.
        name: for example "ATTITUDE".
        crc_extra: the byte that both sides add to the checksum, made of names and types of the base fields.
        base: how many of the fields are base fields; the rest are extensions, which MAVLink 1 does not send.
        fields: in the order of the definition.
    """

    id: int
    name: str
    crc_extra: int
    base: int
    fields: tuple[Field, ...]

    @cached_property
    def wire(self) -> tuple[Field, ...]:
        """
        The fields in the order in which they are sent.

        Base fields by size of their type, largest first, otherwise as defined; then the extensions as defined
        (MAVLink guide, "Packet Serialization", field reordering).
        """
        width = {name: np.dtype(kind).itemsize for name, kind in NUMPY_TYPES.items()}
        base = sorted(self.fields[: self.base], key=lambda field: -width[field.type])
        return (*base, *self.fields[self.base :])

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """The whole payload as a NumPy record; text is one value of fixed length."""
        return np.dtype([(field.name, *_shape(field)) for field in self.wire])

    @cached_property
    def base_size(self) -> int:
        """Bytes of the payload without extensions, as MAVLink 1 sends it."""
        return sum(field.size for field in self.fields[: self.base])

    @property
    def size(self) -> int:
        """Bytes of the payload with all extensions known here."""
        return self.dtype.itemsize


def _shape(field: Field) -> tuple[Any, ...]:
    if field.type == "char":
        return (f"S{max(1, field.array)}",)
    return (NUMPY_TYPES[field.type], (field.array,)) if field.array else (NUMPY_TYPES[field.type],)


@cache
def messages() -> tuple[Message, ...]:
    """Give every definition, by ascending id; of those with the same id, ArduPilot's and the common one first."""
    return tuple(
        Message(number, name, crc_extra, base, tuple(Field(*field) for field in fields))
        for number, name, crc_extra, base, fields in _data()["messages"]
    )


@cache
def labels(enum: str) -> Mapping[int, str]:
    """
    Give the names of the numbers of an enumeration, without what they all begin with.

    Args:
        enum: "MAV_TYPE", "MAV_AUTOPILOT", "MAV_STATE" or "FIRMWARE_VERSION_TYPE"; none for any other.
    """
    return {int(k): v.removeprefix(f"{enum}_") for k, v in _data()["enums"].get(enum, {}).items()}


@cache
def _data() -> dict[str, Any]:
    return json.loads(files("groundside.reference").joinpath("data/mavlink_messages.json").read_text())
