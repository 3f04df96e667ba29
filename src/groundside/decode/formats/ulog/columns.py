"""Messages into Arrow tables, a column for each field under its full name."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.formats.ulog.kept import Kept
from groundside.decode.formats.ulog.layout import BASIC, MAX_EXPANDED, SIZES, Layout, Leaf
from groundside.decode.formats.ulog.records import Group
from groundside.decode.formats.ulog.search import Offsets
from groundside.native.gather import Field, Op, Plan, gathered
from groundside.native.ulog import is_text

_SUFFIXES = (
    ("_m_s2", "m/s^2"), ("_m_s", "m/s"), ("_rad_s", "rad/s"), ("_deg_s", "deg/s"), ("_rad", "rad"), ("_deg", "deg"),
    ("_usec", "us"), ("_us", "us"), ("_ms", "ms"), ("_s", "s"), ("_mah", "mAh"), ("_wh", "Wh"), ("_pa", "Pa"),
    ("_celcius", "deg C"), ("_celsius", "deg C"), ("_meter", "m"), ("_m", "m"),
)  # fmt: skip
"""Ends of field names that PX4 uses for units (PX4 developer guide, "uORB messages"); the longest first."""

_METRES = {"x": "m", "y": "m", "z": "m", "vx": "m/s", "vy": "m/s", "vz": "m/s", "z_deriv": "m/s"}
UNITS: dict[str, dict[str, str]] = {
    "vehicle_local_position": {
        **_METRES, "ax": "m/s^2", "ay": "m/s^2", "az": "m/s^2", "heading": "rad", "yaw": "rad", "ref_lat": "deg",
        "ref_lon": "deg", "ref_alt": "m", "dist_bottom": "m", "eph": "m", "epv": "m", "evh": "m/s", "evv": "m/s",
    },
    "vehicle_global_position": {
        "lat": "deg", "lon": "deg", "alt": "m", "alt_ellipsoid": "m", "eph": "m", "epv": "m", "terrain_alt": "m",
    },
    "home_position": {"lat": "deg", "lon": "deg", "alt": "m", "x": "m", "y": "m", "z": "m", "yaw": "rad"},
    "vehicle_gps_position": {"eph": "m", "epv": "m"},
    "sensor_gps": {"eph": "m", "epv": "m"},
    "battery_status": {"temperature": "deg C"},
}  # fmt: skip
"""Units that no name tells, from the comments in PX4-Autopilot's msg/*.msg; those of `_OLD_GPS` for whole numbers."""
_OLD_GPS = {"lat": "1e-7 deg", "lon": "1e-7 deg", "alt": "mm", "alt_ellipsoid": "mm"}
_INDEX = re.compile(r"(\[\d+\])+\Z")
_BOOL, _CHAR = "bool", "char"
_ARROW: dict[str, Any] = {name: pa.from_numpy_dtype(np.dtype(kind)) for name, kind in BASIC.items()}
_MOST_TEXT = (1 << 31) - 1
_COLUMNS_KEPT = 16_384
"""About 1 kB each."""
_STAMP = Plan([Field("timestamp", pa.uint64(), Op.COPY, 0, 8)])
_PLANS: Kept[tuple[str, Layout, tuple[bool, ...]], Plan] = Kept(_COLUMNS_KEPT)


def table_of(data: memoryview, group: Group, rows: slice | Offsets = slice(None)) -> pa.Table:
    """
    Make the table of one instance of a topic.

    Args:
        data: the file.
        group: its messages.
        rows: which of them.
    """
    places, texts = group.places[rows], texts_of(data, group)
    plan = _plan(group.topic, group.layout, texts)
    # No column of text may hold more than 2 GiB.
    most = max(1, _MOST_TEXT // max((leaf.length for leaf in group.layout.leaves if _is_array(leaf)), default=1))
    parts = [gathered(data, places[n : n + most], plan) for n in range(0, max(len(places), 1), most)]
    return pa.Table.from_batches(parts, plan.schema)


def texts_of(data: memoryview, group: Group) -> tuple[bool, ...]:
    """Say for each array of characters whether all of it is text, up to the first NUL."""
    arrays = [leaf for leaf in group.layout.leaves if _is_array(leaf)]
    return tuple(is_text(data, group.places, leaf.at, leaf.length) for leaf in arrays)


def times_of(data: memoryview, group: Group) -> npt.NDArray[np.uint64] | None:
    """Read the timestamp of each message, as stored (microseconds, modulo 2^64); None where there is none."""
    return None if group.timestamp is None else stamps(data, group.places + group.timestamp)


def stamps(data: memoryview, places: Offsets) -> npt.NDArray[np.uint64]:
    """Read 64 bits from each of some places."""
    return gathered(data, places, _STAMP).column(0).to_numpy()


def _plan(topic: str, layout: Layout, texts: tuple[bool, ...]) -> Plan:
    key = (topic, layout, texts)
    known = _PLANS.get(key)
    if known is not None:
        return known
    fields: dict[str, Field] = {}
    is_text = iter(texts)
    for leaf in layout.leaves:
        for field in _fields(leaf, topic, _is_array(leaf) and next(is_text)):
            name = _free(field.name, fields)
            fields[name] = field if name == field.name else replace(field, name=name)
    return _PLANS.put(key, Plan(tuple(fields.values())), len(fields))


def _is_array(leaf: Leaf) -> bool:
    """Whether a field is an array of characters."""
    return leaf.type == _CHAR and leaf.length > 0


def _fields(leaf: Leaf, topic: str, is_text: bool) -> list[Field]:
    """Say which columns a field becomes."""
    if _is_array(leaf):
        return _characters(leaf, is_text)
    unit = unit_of(topic, leaf.name, leaf.type)
    metadata = (("unit", unit),) if unit else ()
    kind = _ARROW[leaf.type]
    width = SIZES[leaf.type]
    if leaf.length:
        listed = pa.list_(kind, leaf.length)
        return [Field(leaf.name, listed, Op.LIST, leaf.at, width, leaf.length, metadata=metadata)]
    if leaf.type == _BOOL:
        return [Field(leaf.name, pa.bool_(), Op.BOOL, leaf.at, metadata=metadata)]
    return [Field(leaf.name, kind, Op.COPY, leaf.at, width, metadata=metadata)]


def _characters(leaf: Leaf, is_text: bool) -> list[Field]:
    """Make text of an array of characters where all of it is text, else numbers."""
    if is_text:
        return [Field(leaf.name, pa.string(), Op.TEXT, leaf.at, leaf.length)]
    if leaf.length > MAX_EXPANDED:
        return [Field(leaf.name, pa.list_(pa.int8(), leaf.length), Op.LIST, leaf.at, 1, leaf.length)]
    return [Field(f"{leaf.name}[{n}]", pa.int8(), Op.COPY, leaf.at + n, 1) for n in range(leaf.length)]


def _free(name: str, taken: dict[str, Any]) -> str:
    """Give a second column of the same name a number that no other has."""
    return f"{name}~{len(taken)}" if name in taken else name


@lru_cache(maxsize=16_384)
def unit_of(topic: str, name: str, kind: str) -> str:
    """Say the unit of a field, or an empty text where neither its name nor PX4's messages tell."""
    plain = _INDEX.sub("", name).rpartition(".")[2]
    if plain.startswith("timestamp"):
        return "us"
    if topic in {"vehicle_gps_position", "sensor_gps"} and kind == "int32_t" and plain in _OLD_GPS:
        return _OLD_GPS[plain]
    if kind == _BOOL:
        return ""
    known = UNITS.get(topic, {}).get(plain)
    if known is not None:
        return known
    if plain.endswith("_v") and "volt" in plain:
        return "V"
    if plain.endswith("_a") and "current" in plain:
        return "A"
    return next((unit for end, unit in _SUFFIXES if plain.endswith(end)), "")
