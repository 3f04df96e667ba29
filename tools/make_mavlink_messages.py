"""
Write `src/groundside/reference/data/mavlink_messages.json` anew from pymavlink 2.4.50 (a development dependency).

Only facts are taken: numbers, names, types, units. Run: `.venv/bin/python tools/make_mavlink_messages.py`
"""

from __future__ import annotations

import json
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pymavlink
from pymavlink.dialects import v20

OUT = Path(__file__).resolve().parents[1] / "src/groundside/reference/data/mavlink_messages.json"
FIRST = ("all", "ardupilotmega", "common")
NOT_FLOWN = frozenset({"test", "python_array_test"})
"""Dialects that exist to test the generator."""
SIZES = {
    "char": 1, "int8_t": 1, "uint8_t": 1, "int16_t": 2, "uint16_t": 2, "int32_t": 4, "uint32_t": 4, "int64_t": 8,
    "uint64_t": 8, "float": 4, "double": 8,
}  # fmt: skip
ENUMS = ("MAV_TYPE", "MAV_AUTOPILOT", "MAV_STATE", "FIRMWARE_VERSION_TYPE")


def dialects() -> list[str]:
    """List the dialects, the most complete first: of two definitions alike, the first one met is kept."""
    names = {m.name for m in pkgutil.iter_modules(v20.__path__)} - NOT_FLOWN
    return [*FIRST, *sorted(names - set(FIRST))]


def base_counts() -> dict[tuple[str, int], set[int]]:
    """Count the fields before the extensions, by name and id of the message; the parsed classes do not say."""
    counts: dict[tuple[str, int], set[int]] = {}
    for path in Path(v20.__path__[0]).glob("*.xml"):
        for message in ElementTree.parse(path).iter("message"):
            tags = [child.tag for child in message if child.tag in {"field", "extensions"}]
            base = tags.index("extensions") if "extensions" in tags else len(tags)
            counts.setdefault((message.attrib["name"], int(message.attrib["id"])), set()).add(base)
    return counts


def described(message: Any, base: int) -> list[Any]:
    """Give `[id, crc_extra, base size, size, name, base fields, [[field, type, array length, unit], ...]]`."""
    wire = list(message.ordered_fieldnames)
    fields: list[list[Any]] = []
    for name in message.fieldnames:
        at = wire.index(name)
        unit = message.fieldunits_by_name.get(name, "")
        fields.append([name, message.fieldtypes[message.fieldnames.index(name)], message.array_lengths[at], unit])
    sizes = [SIZES[kind] * max(1, count) for _, kind, count, _ in fields]
    return [message.id, message.crc_extra, sum(sizes[:base]), sum(sizes), message.msgname, base, fields]


def collected() -> list[list[Any]]:
    """Collect every definition once; more than one for an id only where their CRC_EXTRA differ."""
    bases = base_counts()
    found: dict[tuple[int, int], list[Any]] = {}
    for dialect in dialects():
        module = import_module(f"{v20.__name__}.{dialect}")
        for message in module.mavlink_map.values():
            counts = bases[message.msgname, message.id]
            (base,) = counts if len(counts) == 1 else ({len(message.fieldnames)} & counts or {min(counts)})
            found.setdefault((message.id, message.crc_extra), described(message, base))
    by_id: dict[int, list[list[Any]]] = {}
    for (number, _), row in found.items():
        by_id.setdefault(number, []).append(row)
    return [row for number in sorted(by_id) for row in by_id[number]]


def labels_of() -> dict[str, dict[int, str]]:
    """Give the names of the numbers of the enumerations that are shown to people."""
    module = import_module(f"{v20.__name__}.all")
    return {
        name: {value: entry.name for value, entry in module.enums[name].items() if not entry.name.endswith("_ENUM_END")}
        for name in ENUMS
    }


def text() -> str:
    """Give the file: one message a line, so that a change can be read."""
    rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in collected())
    source = json.dumps(f"pymavlink {pymavlink.__version__}, pymavlink/dialects/v20")
    enums = json.dumps(labels_of(), separators=(",", ":"))
    return f'{{"source":{source},\n"enums":{enums},\n"messages":[\n{rows}\n]}}\n'


if __name__ == "__main__":
    OUT.write_text(text())
