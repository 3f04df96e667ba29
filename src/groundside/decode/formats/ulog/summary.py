"""What a log says of itself as a whole: facts, and the recording made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from groundside.decode.formats.ulog.battery import battery_tables
from groundside.decode.formats.ulog.clock import Utc
from groundside.decode.formats.ulog.home import Home, stated_home
from groundside.decode.formats.ulog.series import Log, clock_of
from groundside.decode.formats.ulog.states import arming, takeoff_us
from groundside.decode.formats.ulog.texts import Said
from groundside.decode.formats.ulog.track import Base, base_of
from groundside.decode.formats.ulog.vehicle import Vehicle, vehicle_of
from groundside.model.decoded import Decoded, Fact
from groundside.model.place import LonLat
from groundside.model.recording import Aircraft, Battery, Recording, TimeBasis

_MAX_TEXT = 4096
_HARDFAULT = "hardfault_plain"


@dataclass(frozen=True, slots=True)
class Summary:
    """What was found out about a log, before it is put into facts."""

    log: Log
    said: Said
    utc: Utc | None
    vehicle: Vehicle
    base: Base | None
    home: Home | None


def summed_up(log: Log, said: Said, utc: Utc | None) -> Summary:
    """Find out what a log is of."""
    base = base_of(log)
    home = stated_home(log, takeoff_us(log)) or _first_fix(log, base)
    return Summary(log, said, utc, vehicle_of(log, information_of(said)), base, home)


def _first_fix(log: Log, base: Base | None) -> Home | None:
    if base is None or not base.fixes:
        return None
    armed = arming(log)
    on = armed.time_us[armed.values > 0] if armed is not None else np.empty(0, np.int64)
    fixes = np.flatnonzero(np.isfinite(base.lat))
    after = fixes[base.time_us[fixes] >= on[0]] if len(on) else fixes[:0]
    what = "first position once armed" if len(after) else "first position"
    row = int(after[0] if len(after) else fixes[0])
    point = LonLat(float(base.lon[row]), float(base.lat[row]))
    return Home(point, f"{base.table}, {what}") if point.is_position else None


def information_of(said: Said) -> dict[str, Fact]:
    """Give the information messages as plain JSON values."""
    return {key: _plain(value) for key, value in said.information.items()}


def _plain(value: float | str) -> Fact:
    if isinstance(value, str):
        return value[:_MAX_TEXT]
    return value if math.isfinite(value) else str(value)


def facts_of(summary: Summary) -> dict[str, Fact]:
    """Say in plain JSON values what the log says of itself."""
    log, said, vehicle, home, base = summary.log, summary.said, summary.vehicle, summary.home, summary.base
    batteries: list[Fact] = list(battery_tables(log))
    inferences: list[Fact] = list(_inferences(summary))
    release: list[Fact] | None = list(vehicle.release) if vehicle.release else None
    return {
        "firmware": vehicle.firmware or None,
        "release": release,
        "aircraft_kind": vehicle.kind or None,
        "system": vehicle.system or None,
        "board": vehicle.board or None,
        "board_id": vehicle.board_id or None,
        "simulated": vehicle.simulated,
        "information": information_of(said),
        "parameters": len(set(said.parameters.names)),
        "dropouts": len(said.dropouts),
        "dropout_ms": sum(lost for _, lost in said.dropouts),
        "hardfault_reports": sum(not continued for continued, _ in said.multi.get(_HARDFAULT, ())),
        "home": [home.point.lon, home.point.lat] if home else None,
        "home_origin": home.origin if home else None,
        "position_table": base.table if base else None,
        "position_rows": len(base.time_us) if base else None,
        "batteries": batteries,
        "time_basis": log.clock.basis.value,
        "time_error_s": log.clock.error_s,
        "clock": log.clock.fact(),
        "inferences": inferences,
    }


def _inferences(summary: Summary) -> list[str]:
    clock, base, vehicle = summary.log.clock, summary.base, summary.vehicle
    said: list[str] = []
    if summary.utc is not None:
        said.append(summary.utc.why)
    elif clock.first_us is not None:
        said.append(
            "UTC is unknown: no receiver with a three-dimensional fix states it, and the logger names no file by the "
            "time of a clock that was set. Times count from power-on."
        )
    if base is None:
        said.append("No position was logged: there is no track.")
    else:
        said.append(f"Positions are those of {base.table}.")
    if summary.home is not None:
        said.append(f"Home is from {summary.home.origin}.")
    if vehicle.board_id:
        said.append("The serial number is that of the autopilot board, as it states it itself.")
    if vehicle.board:
        said.append("The model is that of the autopilot: the log does not name the aircraft.")
    if summary.said.dropouts or len(summary.said.parameters):
        said.append("Changes of parameters and dropouts have no clock: each is given the time of the data before it.")
    return said


def recording(decoded: Decoded) -> Recording:
    """Sum a decoded log up."""
    facts, clock = decoded.facts, clock_of(decoded)
    start = clock.first_us if clock.utc_offset_us is not None else None
    batteries, rows, said = (facts.get(key) for key in ("batteries", "position_rows", "inferences"))
    system, board = _text(facts, "system"), _text(facts, "board")
    model = board if board.startswith(system) else f"{system} {board}".strip()
    return Recording(
        time_basis=clock.basis if clock.first_us is not None else TimeBasis.NONE,
        start_us=None if start is None else start + clock.shift_us,
        duration_s=None if clock.first_us is None or clock.last_us is None else (clock.last_us - clock.first_us) / 1e6,
        time_error_s=clock.error_s,
        home=_lon_lat(facts.get("home")),
        aircraft=Aircraft(
            model=model,
            serial=_text(facts, "board_id"),
            kind=_text(facts, "aircraft_kind"),
            firmware=_text(facts, "firmware"),
        ),
        batteries=tuple(Battery(slot=n + 1) for n in range(len(batteries))) if isinstance(batteries, list) else (),
        rows_expected=rows if isinstance(rows, int) else None,
        inferences=tuple(text for text in said if isinstance(text, str)) if isinstance(said, list) else (),
    )


def _lon_lat(home: Fact) -> LonLat | None:
    match home:
        case [float() as lon, float() as lat]:
            return LonLat(lon, lat)
        case _:
            return None


def _text(facts: object, key: str) -> str:
    value = facts.get(key) if isinstance(facts, dict) else None
    return value if isinstance(value, str) else ""
