"""What a log says of itself as a whole: facts, and the recording made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundside.decode.ardupilot.battery import battery_tables
from groundside.decode.ardupilot.clock import Timeline, Utc, time_column
from groundside.decode.ardupilot.groups import Group
from groundside.decode.ardupilot.states import arming
from groundside.decode.ardupilot.timed import Clock, TimedTables, clock_of
from groundside.decode.ardupilot.track import base_of, gps_tables
from groundside.decode.ardupilot.vehicle import Vehicle
from groundside.model.decoded import Decoded, Fact
from groundside.model.place import LonLat
from groundside.model.recording import Aircraft, Battery, Recording, TimeBasis

_EVENT_MESSAGES = frozenset({"MODE", "EV", "ARM", "CMD", "MSG", "ERR", "PARM"})
_MAX_PLACED = 10_000
_HOME = 1
"""ORGN.Type: `ahrs_home`, from enum `LogOriginType` of ArduPilot's libraries/AP_AHRS/AP_AHRS.h."""
_ARMING_SETS_HOME_US = 2_000_000
_FIX_3D = 3


@dataclass(frozen=True, slots=True)
class Home:
    """A home point and how it was found."""

    point: LonLat
    origin: str


def clock_from(timeline: Timeline, groups: Sequence[Group], utc: Utc | None) -> Clock:
    """Sum the clock of a log up, and give times to the few event records that have none of their own."""
    untimed = [g for g in groups if g.layout.name in _EVENT_MESSAGES and time_column(g.layout) is None]
    # Of two layouts of one name only the table of the first has the plain name.
    placed = {
        group.layout.name: [None if t < 0 else t for t in timeline.at(group.offsets).tolist()]
        for group in reversed(untimed)
        if len(group) <= _MAX_PLACED
    }
    offset, error = (utc.offset_us, utc.error_s) if utc else (None, None)
    return Clock(timeline.first_us, timeline.last_us, offset, error, placed)


def home_of(log: TimedTables) -> Home | None:
    """
    Find the home point.

    In this order: the home the autopilot held when it was first armed (ORGN), mission item 0 (CMD), the first
    three-dimensional fix once armed, the first one at all.
    """
    armed = arming(log)
    on = armed.time_us[armed.values > 0] if armed is not None else np.empty(0, np.int64)
    armed_us = int(on[0]) if len(on) else None
    return _origin_home(log, armed_us) or _mission_home(log) or _fix_home(log, armed_us)


def _origin_home(log: TimedTables, armed_us: int | None) -> Home | None:
    for name in log.named("ORGN"):
        times = log.times(name) if log.has(name, "Type", "Lat", "Lng") else None
        if times is None:
            continue
        rows = np.flatnonzero(log.raw(name, "Type") == _HOME)
        before = rows[times[rows] <= armed_us + _ARMING_SETS_HOME_US] if armed_us is not None else rows[:1]
        chosen = before[-1:] if len(before) else rows[:1]
        home = _point(log, name, chosen, f"{name}, home when first armed" if len(before) else f"{name}, first home")
        if home:
            return home
    return None


def _mission_home(log: TimedTables) -> Home | None:
    for name in log.named("CMD"):
        if log.has(name, "CNum", "Lat", "Lng"):
            rows = np.flatnonzero(log.raw(name, "CNum") == 0)
            home = _point(log, name, rows[-1:], f"{name}, mission item 0, which is home")
            if home:
                return home
    return None


def _fix_home(log: TimedTables, armed_us: int | None) -> Home | None:
    for name in gps_tables(log):
        times = log.times(name) if log.has(name, "Lat", "Lng") else None
        if times is None:
            continue
        fixes = np.flatnonzero((log.raw(name, "Status") >= _FIX_3D) & (times >= 0))
        after = fixes[times[fixes] >= armed_us] if armed_us is not None else fixes
        what = "first fix once armed" if armed_us is not None and len(after) else "first fix"
        home = _point(log, name, (after if len(after) else fixes)[:1], f"{name}, {what}")
        if home:
            return home
    return None


def _point(log: TimedTables, name: str, rows: np.ndarray, origin: str) -> Home | None:
    if not len(rows):
        return None
    point = LonLat(float(log.raw(name, "Lng")[rows[0]]), float(log.raw(name, "Lat")[rows[0]]))
    return Home(point, origin) if point.is_position else None


def facts_of(log: TimedTables, vehicle: Vehicle, home: Home | None, parameters: int) -> dict[str, Fact]:
    """Say in plain JSON values what the log says of itself."""
    base = base_of(log)
    batteries: list[Fact] = list(battery_tables(log))
    return {
        "firmware": vehicle.firmware or None,
        "vehicle": vehicle.kind or None,
        "aircraft_kind": vehicle.aircraft_kind or None,
        "frame": vehicle.frame or None,
        "board": vehicle.board or None,
        "board_id": vehicle.board_id or None,
        "parameters": parameters,
        "home": [home.point.lon, home.point.lat] if home else None,
        "home_origin": home.origin if home else None,
        "simulated": "SIM" in log.tables,
        "position_table": base.table if base else None,
        "position_rows": len(base.rows) if base else None,
        "batteries": batteries,
        "time_basis": log.clock.basis.value,
        "time_error_s": log.clock.error_s,
        "clock": log.clock.fact(),
    }


def recording(decoded: Decoded) -> Recording:
    """Sum a decoded log up."""
    facts, clock = decoded.facts, clock_of(decoded)
    start = clock.first_us if clock.utc_offset_us is not None else None
    home, batteries, rows, said = (facts.get(k) for k in ("home", "batteries", "position_rows", "inferences"))
    return Recording(
        time_basis=clock.basis if clock.first_us is not None else TimeBasis.NONE,
        start_us=None if start is None else start + (clock.utc_offset_us or 0),
        duration_s=_seconds(clock),
        time_error_s=clock.error_s,
        home=_lon_lat(home),
        aircraft=Aircraft(
            serial=_text(facts, "board_id"),
            kind=_text(facts, "aircraft_kind"),
            firmware=_text(facts, "firmware"),
        ),
        batteries=tuple(Battery(slot=n + 1) for n in range(len(batteries))) if isinstance(batteries, list) else (),
        rows_expected=rows if isinstance(rows, int) else None,
        inferences=tuple(text for text in said if isinstance(text, str)) if isinstance(said, list) else (),
    )


def _seconds(clock: Clock) -> float | None:
    if clock.first_us is None or clock.last_us is None:
        return None
    return (clock.last_us - clock.first_us) / 1e6


def _lon_lat(home: Fact) -> LonLat | None:
    match home:
        case [float() as lon, float() as lat]:
            return LonLat(lon, lat)
        case _:
            return None


def _text(facts: object, key: str) -> str:
    value = facts.get(key) if isinstance(facts, dict) else None
    return value if isinstance(value, str) else ""


def inferences_of(log: TimedTables, vehicle: Vehicle, home: Home | None, utc: Utc | None) -> list[Fact]:
    """List in sentences what was inferred and not read."""
    said: list[Fact] = []
    if utc is not None:
        said.append(f"UTC is boot time plus the median over {utc.rows} fixes of {utc.table}, leap seconds taken off.")
    elif log.clock.first_us is not None:
        said.append("UTC is unknown: no three-dimensional fix with a known GPS week. Times count from power-on.")
    if utc is not None and utc.rolled_over:
        said.append("GPS weeks before 2009 were taken as reduced modulo 1024 and put right.")
    if home is not None:
        said.append(f"Home is from {home.origin}.")
    if vehicle.board_id:
        said.append("The serial number is that of the autopilot's processor, as it states it itself.")
    if log.clock.placed_us:
        names = ", ".join(sorted(log.clock.placed_us))
        said.append(f"Records of {names} have no clock: each is given the time of the record before it.")
    return said
