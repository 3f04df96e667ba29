"""
MAVLink messages: what each is called, how it is laid out, and the number that tells one definition from another.

Source: the message definitions of MAVLink (https://mavlink.io/en/messages/), as pymavlink 2.4.50 ships them;
`data/mavlink_messages.json` is made of them by `tools/make_mavlink_messages.py` and holds facts only, one message a
line, so that only those are read that a log holds.
Twenty-five message ids mean different things in different dialects (150 to 186: ArduPilot, MatrixPilot, Paparazzi):
all definitions are kept, and the CRC_EXTRA of a frame says which of them its sender had.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

SIZES: Mapping[str, int] = {
    "char": 1, "int8_t": 1, "uint8_t": 1, "int16_t": 2, "uint16_t": 2, "int32_t": 4, "uint32_t": 4, "int64_t": 8,
    "uint64_t": 8, "float": 4, "double": 8,
}  # fmt: skip
"""Bytes of a value of each type of a field; little-endian (MAVLink guide, "Packet Serialization", payload format)."""


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
        return SIZES[self.type] * max(1, self.array)


class Numbers(NamedTuple):
    """
    What tells a definition from others.

    Args:
        id: message number.
        crc_extra: the byte that both sides add to the checksum, made of names and types of the base fields.
        base_size: bytes of the payload without extensions, as MAVLink 1 sends it.
        size: bytes of the payload with all extensions known here.
    """

    id: int
    crc_extra: int
    base_size: int
    size: int


@dataclass(frozen=True, slots=True)
class Message:
    """
    One definition of a message.

    Args:
        id, crc_extra, base_size, size: see `Numbers`.
        name: for example "ATTITUDE".
        base: how many of the fields are base fields; the rest are extensions, which MAVLink 1 does not send.
        fields: in the order of the definition.
    """

    id: int
    crc_extra: int
    base_size: int
    size: int
    name: str
    base: int
    fields: tuple[Field, ...]

    @property
    def wire(self) -> tuple[Field, ...]:
        """
        The fields in the order in which they are sent.

        Base fields by size of their type, largest first, otherwise as defined; then the extensions as defined
        (MAVLink guide, "Packet Serialization", field reordering).
        """
        base = sorted(self.fields[: self.base], key=lambda field: -SIZES[field.type])
        return (*base, *self.fields[self.base :])


@cache
def numbers() -> tuple[Numbers, ...]:
    """Give the numbers of every definition, by ascending id; of the same id, ArduPilot's and the common one first."""
    found = (line.lstrip("[").split(",", len(Numbers._fields)) for line in _lines())
    return tuple(Numbers(*map(int, parts[:-1])) for parts in found)


@cache
def message(index: int) -> Message:
    """Give one definition, by its place among `numbers`."""
    row: list[Any] = json.loads(_lines()[index].rstrip(","))
    number, crc_extra, base_size, size, name, base, fields = row
    return Message(number, crc_extra, base_size, size, name, base, tuple(Field(*field) for field in fields))


@cache
def messages() -> tuple[Message, ...]:
    """Give every definition, in the order of `numbers`."""
    return tuple(message(index) for index in range(len(numbers())))


@cache
def labels(enum: str) -> Mapping[int, str]:
    """
    Give the names of the numbers of an enumeration, without what they all begin with.

    Args:
        enum: "MAV_TYPE", "MAV_AUTOPILOT", "MAV_STATE" or "FIRMWARE_VERSION_TYPE"; none for any other.
    """
    return {int(k): v.removeprefix(f"{enum}_") for k, v in _enums().get(enum, {}).items()}


@cache
def _enums() -> dict[str, dict[str, str]]:
    head, _, _ = _text().partition(',\n"messages":')
    found: dict[str, Any] = json.loads(head + "}")
    return found["enums"]


@cache
def _lines() -> list[str]:
    _, _, rows = _text().partition('"messages":[\n')
    return rows.partition("\n]")[0].split("\n")


@cache
def _text() -> str:
    return files("groundside.reference").joinpath("data/mavlink_messages.json").read_text(encoding="utf-8")
