"""Records into Arrow tables, a column for each field under its full name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.formats.ulog.layout import MAX_EXPANDED, Leaf
from groundside.decode.formats.ulog.records import Group, Records
from groundside.model.table import Column, table

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
_TEXT = re.compile(rb"[^\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]*\Z")
_BOOL = "bool"


def table_of(records: Records, group: Group) -> pa.Table:
    """Make the table of one instance of a topic."""
    columns: dict[str, Column] = {}
    for index, leaf in enumerate(group.layout.leaves):
        _add(columns, records[f"f{index}"], leaf, group.topic)
    return table(columns)


def _add(columns: dict[str, Column], raw: npt.NDArray[np.generic], leaf: Leaf, topic: str) -> None:
    unit = unit_of(topic, leaf.name, leaf.type)
    if leaf.type == "char" and leaf.length:
        _add_text(columns, raw, leaf)
    elif leaf.length:
        flat = np.ascontiguousarray(raw).reshape(-1)
        columns[_free(leaf.name, columns)] = Column(
            pa.FixedSizeListArray.from_arrays(pa.array(flat), leaf.length), unit
        )
    elif leaf.type == _BOOL:
        columns[_free(leaf.name, columns)] = Column(raw != 0, unit)
    else:
        columns[_free(leaf.name, columns)] = Column(np.ascontiguousarray(raw), unit)


def _add_text(columns: dict[str, Column], raw: npt.NDArray[np.generic], leaf: Leaf) -> None:
    """Add an array of characters: as text where all of it is text up to the first NUL, else as numbers."""
    distinct, rows = np.unique(raw, return_inverse=True)
    words = [_word(field) for field in distinct.tolist()]
    if all(word is not None for word in words):
        columns[_free(leaf.name, columns)] = Column(pa.array(words, pa.string()).take(pa.array(rows, pa.int64())))
        return
    numbers = np.ascontiguousarray(raw).view(np.int8).reshape(len(raw), leaf.length)
    if leaf.length > MAX_EXPANDED:
        columns[_free(leaf.name, columns)] = Column(
            pa.FixedSizeListArray.from_arrays(pa.array(numbers.reshape(-1)), leaf.length)
        )
        return
    for n in range(leaf.length):
        columns[_free(f"{leaf.name}[{n}]", columns)] = Column(np.ascontiguousarray(numbers[:, n]))


def _word(field: bytes) -> str | None:
    word = field.split(b"\0", 1)[0]
    if not _TEXT.match(word):
        return None
    try:
        return word.decode("utf-8")
    except UnicodeDecodeError:
        return None


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
