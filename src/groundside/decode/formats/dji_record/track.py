"""
The one track of a flight record: a row for each OSD record, other records held at their latest value.

Ten times a second the application writes an OSD record and behind it what else it has received; so what lies
between one OSD record and the next belongs to the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.decode.formats.dji_record.summary import CLOCK_ERROR_S
from groundside.decode.formats.dji_record.tables import HOME, said_of, times_of
from groundside.model.decoded import Decoded, Fact
from groundside.model.recording import TimeBasis
from groundside.model.table import Column, origin_of, unit_of
from groundside.model.track import Track, track_of

GNSS_USED = 3
_GROUND, _AIR = 1, 2
_PLAIN = ("lon", "lat", "height_m", "vn_mps", "ve_mps", "vd_mps", "roll_deg", "pitch_deg")

F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Source:
    """Rows of another table, which is the latest before the next OSD record, and before how many of those none is."""

    name: str
    table: pa.Table
    latest: NDArray[np.int64]
    without: int

    def held(self, column: str, sign: float = 1.0) -> Column:
        values = _floats(self.table, column)
        held = (values if sign == 1.0 else values * sign)[self.latest]
        held[: self.without] = np.nan
        unit, origin = _said(self.table, self.name, column)
        return Column(held, unit, origin + (", sign turned" if sign < 0 else "") + ", held")


class _Beside:
    """The tables beside that of the OSD records."""

    def __init__(self, osd: pa.Table, tables: Mapping[str, pa.Table]) -> None:
        self.tables = tables
        self._following = np.append(osd.column("record").to_numpy()[1:], np.iinfo(np.int64).max)

    def source(self, name: str, table: pa.Table | None = None) -> _Source | None:
        """Give the rows of a table, or of part of it; None where there are none."""
        table = self.tables.get(name) if table is None else table
        if table is None or not table.num_rows:
            return None
        latest = np.searchsorted(table.column("record").to_numpy(), self._following) - 1
        return _Source(name, table, latest, int(np.searchsorted(latest, 0)))


def track(decoded: Decoded) -> Track | None:
    """Make the track; see `groundside.decode.format.Format.track`."""
    osd = decoded.tables.get("OSD")
    if osd is None or decoded.facts.get("track_locked"):
        return None
    times = times_of(decoded.tables, cast(Mapping[str, Fact], decoded.facts.get("details") or {}))
    if times is None:
        return None
    origin = "CUSTOM byte 10" + (", without its jumps" if times.jumps else "") if times.read else "inferred"
    columns = {"time_us": Column(times.time_us, "us", origin)}
    columns |= {name: Column(_floats(osd, name), *said_of("OSD", name)) for name in _PLAIN}
    columns["yaw_deg"] = Column(_floats(osd, "yaw_deg") % 360, "deg", f"{_origin('yaw_deg')}, modulo 360")
    beside = _Beside(osd, decoded.tables)
    columns |= _state(osd) | _held(beside) | _altitude(osd, beside)
    basis = TimeBasis.UTC_DEVICE if times.utc else TimeBasis.BOOT
    return track_of(columns, basis, CLOCK_ERROR_S if times.utc else None)


def _said(table: pa.Table, name: str, column: str) -> tuple[str, str]:
    """Say the unit and the origin of a column; the altitude of the home point has another in other files."""
    return (unit_of(table, column), origin_of(table, column)) if name == HOME else said_of(name, column)


def _origin(column: str) -> str:
    return said_of("OSD", column)[1]


def _state(osd: pa.Table) -> dict[str, Column]:
    ground = osd.column("ground_or_sky").to_numpy()
    motors = osd.column("motors_on").to_numpy()
    unknown = ~((ground == _GROUND) | (ground >= _AIR) | ~motors.astype(np.bool_))
    gps = osd.column("gps_used").to_numpy().astype(np.bool_)
    return {
        "mode": Column(_whole(osd, "flight_mode"), "", _origin("flight_mode")),
        "armed": Column(_whole(osd, "motors_on"), "", _origin("motors_on")),
        "in_air": Column(pa.array(ground >= _AIR, mask=unknown), "", _origin("ground_or_sky")),
        "satellites": Column(_whole(osd, "satellites"), "", _origin("satellites")),
        "fix": Column(
            pa.array(np.full(osd.num_rows, GNSS_USED, np.int8), mask=~gps),
            "",
            f"{GNSS_USED} where {_origin('gps_used')} says that satellites are used; else unknown",
        ),
    }


def _held(beside: _Beside) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    gimbal = beside.source("GIMBAL")
    if gimbal is not None:
        yaw = gimbal.held("yaw_deg")
        columns["gimbal_pitch_deg"] = gimbal.held("pitch_deg")
        columns["gimbal_yaw_deg"] = Column(np.asarray(yaw.values, np.float64) % 360, "deg", f"{yaw.origin}, modulo 360")
    link = _link(beside)
    if link is not None:
        columns["link_percent"] = link.held("signal_percent")
    return columns | _batteries(beside)


def _link(beside: _Beside) -> _Source | None:
    """Take the way up to the aircraft where it is recorded, which must not fail; else the way down."""
    signal = beside.tables.get("OFDM")
    if signal is None:
        return None
    up = signal.filter(signal.column("uplink"))
    return beside.source("OFDM", up if up.num_rows else signal)


def _batteries(beside: _Beside) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for slot, suffix in ((1, ""), (2, "_2")):
        dynamic = _slot(beside.tables.get("BATTERY_DYNAMIC"), slot)
        own = [beside.source("BATTERY_DYNAMIC", dynamic)] if dynamic is not None else []
        common = [beside.source(name) for name in ("CENTER_BATTERY", "SMART_BATTERY")] if slot == 1 else []
        for source in (*own, *common):
            columns = (_battery(source, suffix) if source is not None else {}) | columns
    return columns


def _battery(source: _Source, suffix: str) -> dict[str, Column]:
    """Current counts positive while discharging; the aircraft counts it negative."""
    names = {"percent": 1.0, "voltage_v": 1.0, "current_a": -1.0, "temperature_c": 1.0}
    there = {name: sign for name, sign in names.items() if name in source.table.column_names}
    return {f"battery_{name}{suffix}": source.held(name, sign) for name, sign in there.items()}


def _slot(dynamic: pa.Table | None, slot: int) -> pa.Table | None:
    """
    Give the rows of one battery.

    Aircraft with one battery number it 0; those with several number them from 1, and 0 is all of them
    together (dji-sdk/FlightRecordParsingLib, `fr_standardization_battery_filler.cpp`).
    """
    if dynamic is None:
        return None
    index = dynamic.column("index").to_numpy()
    wanted = slot if (index > 0).any() else slot - 1
    return dynamic.filter(pa.array(index == wanted))


def _altitude(osd: pa.Table, beside: _Beside) -> dict[str, Column]:
    home = beside.source(HOME)
    if home is None:
        return {}
    take_off = home.held("altitude_m")
    altitude = np.asarray(take_off.values, np.float64) + _floats(osd, "height_m")
    return {"altitude_m": Column(altitude, "m", f"{take_off.origin}, + {_origin('height_m')}")}


def _floats(table: pa.Table, name: str) -> F64:
    return table.column(name).to_numpy().astype(np.float64)


def _whole(table: pa.Table, name: str) -> pa.Array[Any]:
    values: Any = table.column(name)
    return values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()
