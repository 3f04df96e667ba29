"""The message definitions, in the form in which frames are checked and gathered by them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa

from groundside.native.gather import Field, Op, Plan
from groundside.native.mavlink_frames import IDS, UNKNOWN, Layouts
from groundside.reference import mavlink

_TYPES = {
    "char": pa.uint8(), "int8_t": pa.int8(), "uint8_t": pa.uint8(), "int16_t": pa.int16(), "uint16_t": pa.uint16(),
    "int32_t": pa.int32(), "uint32_t": pa.uint32(), "int64_t": pa.int64(), "uint64_t": pa.uint64(),
    "float": pa.float32(), "double": pa.float64(),
}  # fmt: skip


@cache
def layouts() -> Layouts:
    """Give what the walk needs to know of all definitions."""
    known = mavlink.numbers()
    first, count = np.full(IDS, UNKNOWN, np.int16), np.zeros(IDS, np.uint8)
    for index in range(len(known) - 1, -1, -1):
        first[known[index].id] = index
        count[known[index].id] += 1
    _, *columns = zip(*known, strict=True)
    extra, base, whole = (np.array(column, np.uint8) for column in columns)
    return Layouts(first, count, extra, whole, base)


def name_of(number: int) -> str:
    """Give the name that a message number has first; empty where it has no definition."""
    index = int(layouts().first[number]) if number < IDS else UNKNOWN
    return "" if index == UNKNOWN else mavlink.message(index).name


@cache
def plan_of(definition: int) -> Plan:
    """Say how the fields of a message are gathered from its payload; in the order of the definition."""
    message = mavlink.message(definition)
    places: dict[str, int] = {}
    at = 0
    for field in message.wire:
        places[field.name] = at
        at += field.size
    return Plan([_gathered(field, places[field.name]) for field in message.fields])


@cache
def plan_of_field(definition: int, name: str) -> Plan:
    """Say how one field is gathered alone; without any where the message has no such field."""
    return Plan([field for field in plan_of(definition).fields if field.name == name])


@cache
def plan_of_bytes(definition: int, name: str) -> Plan:
    """Say how the bytes of a text are gathered, to be read with care."""
    (text,) = plan_of_field(definition, name).fields
    return Plan([Field(name, pa.binary(text.width), Op.BYTES, text.at, text.width)])


def _gathered(field: mavlink.Field, at: int) -> Field:
    unit = (("unit", field.unit),) if field.unit else ()
    if field.type == "char":
        return Field(field.name, pa.string(), Op.TEXT, at, field.size, metadata=unit)
    kind = _TYPES[field.type]
    width = mavlink.SIZES[field.type]
    if field.array:
        return Field(field.name, pa.list_(kind, field.array), Op.LIST, at, width, field.array, metadata=unit)
    return Field(field.name, kind, Op.COPY, at, width, metadata=unit)
