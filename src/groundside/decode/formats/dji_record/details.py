"""
The details block: what the application noted of the whole flight. It is never encrypted.

Sources: dji-sdk/FlightRecordParsingLib, `fr_protocol.h` (`DJIFlightRecordDetailDataEndStruct`);
mikeemoo/dji-log-parser, `lib/model/details.js`, for versions up to 5.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from groundside.decode.formats.dji_record.layout import FIRST_ENCRYPTED, FIRST_MS, LAST_MS
from groundside.decode.formats.dji_record.names import PLATFORMS, PRODUCTS
from groundside.decode.formats.dji_record.variable import serial_of, text_of
from groundside.model.decoded import Fact
from groundside.model.place import LonLat

LAST_WITH_SHORT_SERIALS = 5
CHECK = 12345


@dataclass(frozen=True, slots=True)
class _Where:
    """Where the fields lie that moved between versions: offsets, and lengths of name and serials."""

    take_off: int
    product: int
    name: int
    name_bytes: int
    serials: tuple[int, int, int, int]
    serial_bytes: int
    app: int


_NEW = _Where(267, 271, 280, 32, (312, 328, 344, 360), 16, 376)
_OLD = _Where(352, 277, 278, 24, (267, 318, 328, 338), 10, 348)
_ADDRESS = (("sub_street", 0), ("street", 20), ("city", 40), ("area", 60))
_ADDRESS_BYTES = 20
_NO_ADDRESS = "Map Loading"
_NOT_STATED = "The unit of the stated distance is not in the file"
_HARDEST_ACCELERATION = 15.0
_KILOMETRES_FROM = frozenset({3, 7})


def details_of(block: bytes, version: int) -> dict[str, Fact]:
    """
    Read the details block.

    Args:
        block: the block in plain; may be cut short.
        version: of the format.

    Returns:
        What it says, by name with units in the names; what is not there or makes no sense is None or empty.
    """
    where = _OLD if version <= LAST_WITH_SHORT_SERIALS else _NEW
    found: dict[str, Fact] = {
        "record_lines": _number(block, "<i", 83),
        "checked": _number(block, "<i", 87) == CHECK,
        "start_ms": _time(block),
        "home": _home(block),
        "distance_raw": _positive(block, "<f", 115),
        "duration_s": _scaled(_positive(block, "<i", 119), 1e-3),
        "max_height_m": _number(block, "<f", 123),
        "max_speed_mps": _positive(block, "<f", 127),
        "max_vertical_speed_mps": _positive(block, "<f", 131),
        "photos": _positive(block, "<i", 135),
        "take_off_altitude_raw": _number(block, "<f", where.take_off),
    }
    return found | _names(block, where) | _address(block)


def distance_m(details: Mapping[str, Fact], version: int, department: int | None) -> tuple[float | None, str]:
    """
    Say how far the aircraft flew in metres, and on what ground the unit was chosen.

    The same field holds metres in some files and kilometres in others: real records of versions 4 and 11,
    and one of version 14 by GS Pro, state metres; records of version 14 by DJI Pilot state kilometres
    (measured against AirData). No file says which. The unit is the one that agrees with the greatest speed
    and the duration; where both do, the one those applications use.
    """
    raw, top, seconds = (details.get(name) for name in ("distance_raw", "max_speed_mps", "duration_s"))
    if not isinstance(raw, int | float) or raw == 0:
        return (None if raw is None else 0.0), ""
    by_habit = 1000.0 if version >= FIRST_ENCRYPTED and department in _KILOMETRES_FROM else 1.0
    habit = f"{_NOT_STATED}: {_unit(by_habit)}, as this application writes it."
    if not isinstance(top, int | float) or not isinstance(seconds, int | float):
        return raw * by_habit, habit
    least, most = top * top / _HARDEST_ACCELERATION, top * seconds * 1.1 + 10
    possible = [factor for factor in (1.0, 1000.0) if least <= raw * factor <= most]
    if len(possible) != 1:
        return raw * by_habit, habit
    why = "the only one that its greatest speed and duration allow"
    return raw * possible[0], f"{_NOT_STATED}: {_unit(possible[0])}, {why}."


def _unit(factor: float) -> str:
    return "kilometres" if factor == 1000.0 else "metres"


def _number(block: bytes, code: str, at: int) -> int | float | None:
    if at + struct.calcsize(code) > len(block):
        return None
    value = struct.unpack_from(code, block, at)[0]
    return value if math.isfinite(value) else None


def _positive(block: bytes, code: str, at: int) -> int | float | None:
    value = _number(block, code, at)
    return value if value is not None and 0 <= value < 1e10 else None


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else round(value * factor, 6)


def _time(block: bytes) -> int | None:
    value = _number(block, "<q", 91)
    return int(value) if value is not None and FIRST_MS <= value < LAST_MS else None


def _home(block: bytes) -> list[Fact] | None:
    lon, lat = _number(block, "<d", 99), _number(block, "<d", 107)
    if lon is None or lat is None or not LonLat(lon, lat).is_position:
        return None
    return [lon, lat]


def _names(block: bytes, where: _Where) -> dict[str, Fact]:
    product, app = block[where.product :][:1], block[where.app :][:4]
    serial, camera, rc, battery = (serial_of(block[at : at + where.serial_bytes]) for at in where.serials)
    return {
        "product": PRODUCTS.get(product[0], f"unknown {product[0]}") if product and product[0] else "",
        "name": text_of(block[where.name : where.name + where.name_bytes]),
        "serial": serial,
        "camera_serial": camera,
        "rc_serial": rc,
        "battery_serial": battery,
        "platform": PLATFORMS.get(app[0], f"unknown {app[0]}") if app else "",
        "app_version": ".".join(str(part) for part in app[1:]),
    }


def _address(block: bytes) -> dict[str, Fact]:
    parts = {name: text_of(block[at : at + _ADDRESS_BYTES]) for name, at in _ADDRESS}
    return {name: "" if text == _NO_ADDRESS else text for name, text in parts.items()}
