"""A flight record summed up in normalised terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pyarrow as pa

from groundside.model.decoded import Decoded, Fact
from groundside.model.place import LonLat
from groundside.model.recording import Aircraft, Battery, Recording, TimeBasis

CLOCK_ERROR_S = 2.0
"""
Nothing in the file bounds the clock of the phone or controller; both set it by network or satellite when
they can.
"""

_NO_AIRCRAFT = ("Osmo", "A3", "A2", "N3", "")
_MAIN_CONTROLLER = ("MC", 6)


def recording(decoded: Decoded) -> Recording:
    """Sum a decoded flight record up; see `groundside.decode.format.Format.recording`."""
    details = cast(Mapping[str, Fact], decoded.facts.get("details") or {})
    inferences = [str(text) for text in cast(list[Fact], decoded.facts.get("inferences") or [])]
    start = _start_us(decoded.facts, details, inferences)
    return Recording(
        time_basis=TimeBasis.UTC_DEVICE if start is not None else TimeBasis.BOOT,
        start_us=start,
        duration_s=_first_number(details.get("duration_s"), decoded.facts.get("span_s")),
        time_error_s=CLOCK_ERROR_S if start is not None else None,
        home=_home(details, decoded.tables.get("HOME")),
        distance_m=_number(details.get("distance_m")),
        max_height_m=_number(details.get("max_height_m")),
        max_speed_mps=_number(details.get("max_speed_mps")),
        aircraft=aircraft_of(details, decoded.tables),
        batteries=_batteries(details, decoded.tables),
        track_locked=bool(decoded.facts.get("track_locked")),
        rows_expected=_rows_expected(decoded),
        inferences=tuple(inferences),
    )


def _start_us(facts: Mapping[str, Fact], details: Mapping[str, Fact], inferences: list[str]) -> int | None:
    start = details.get("start_ms")
    if isinstance(start, int):
        return start * 1000
    first = facts.get("first_row_us")
    if isinstance(first, int) and first > 0:
        inferences.append("The details state no start: it is the time of the first position record.")
        return first
    return None


def _rows_expected(decoded: Decoded) -> int | None:
    osd = decoded.tables.get("OSD")
    if osd is not None and not decoded.facts.get("track_locked"):
        return osd.num_rows
    count = decoded.facts.get("osd_records")
    return count if isinstance(count, int) else None


def _home(details: Mapping[str, Fact], home: pa.Table | None) -> LonLat | None:
    stated = details.get("home")
    if isinstance(stated, list):
        lon, lat = stated
        return LonLat(cast(float, lon), cast(float, lat))
    if home is None:
        return None
    lons, lats = (home.column(name).to_numpy().tolist() for name in ("lon", "lat"))
    places = (LonLat(lon, lat) for lon, lat in zip(lons, lats, strict=True))
    return next((place for place in places if place.is_position), None)


def aircraft_of(details: Mapping[str, Fact], tables: Mapping[str, pa.Table]) -> Aircraft:
    """Say which aircraft it was: as the details state it, or else the records in case they never are."""
    model = _text(details, "product") or _recovered(tables, "product")
    flies = model not in _NO_AIRCRAFT and not model.startswith("unknown")
    return Aircraft(
        name=_text(details, "name") or _recovered(tables, "name"),
        model=model,
        serial=_text(details, "serial") or _recovered(tables, "serial"),
        kind="multirotor" if flies else "",
        firmware=_firmware(tables.get("FIRMWARE")),
    )


def _firmware(table: pa.Table | None) -> str:
    rows = table.select(["sender", "sub_sender", "version"]).to_pylist() if table is not None else []
    return next((str(row["version"]) for row in rows if (row["sender"], row["sub_sender"]) == _MAIN_CONTROLLER), "")


def _batteries(details: Mapping[str, Fact], tables: Mapping[str, pa.Table]) -> tuple[Battery, ...]:
    """Serials by slot: those the parts state, else the one in the details."""
    parts = tables.get("COMPONENT_SERIAL")
    rows = parts.select(["component", "sequence", "serial"]).to_pylist() if parts is not None else []
    serials = {row["sequence"]: str(row["serial"]) for row in rows if row["component"] == "Battery" and row["serial"]}
    stated = _text(details, "battery_serial") or _recovered(tables, "battery_serial")
    if stated and stated not in serials.values():
        serials = {-1: stated} | serials
    return tuple(Battery(slot=slot, serial=serials[key]) for slot, key in enumerate(sorted(serials), 1))


def _recovered(tables: Mapping[str, pa.Table], name: str) -> str:
    """Give what a RECOVER record states; they are written in case the details never are."""
    recover = tables.get("RECOVER")
    values = recover.column(name).to_pylist() if recover is not None else []
    return next((value for value in values if value), "")


def _text(details: Mapping[str, Fact], name: str) -> str:
    value = details.get(name)
    return value if isinstance(value, str) else ""


def _number(value: Fact) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _first_number(*values: Fact) -> float | None:
    return next((number for number in map(_number, values) if number is not None), None)
