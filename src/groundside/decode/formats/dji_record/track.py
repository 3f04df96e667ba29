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
from groundside.decode.formats.dji_record.tables import times_of
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
    """Rows of another table, and which is the latest before the next OSD record (-1: none yet)."""

    name: str
    table: pa.Table
    latest: NDArray[np.int64]

    def held(self, column: str, sign: float = 1.0) -> Column:
        values = _floats(self.table, column) * sign
        held = np.append(values, np.nan)[self.latest]
        origin = origin_of(self.table, column) + (", sign turned" if sign < 0 else "") + ", held"
        return Column(held, unit_of(self.table, column), origin)


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
    columns |= {name: Column(_floats(osd, name), unit_of(osd, name), origin_of(osd, name)) for name in _PLAIN}
    columns["yaw_deg"] = Column(_floats(osd, "yaw_deg") % 360, "deg", origin_of(osd, "yaw_deg") + ", modulo 360")
    columns |= _state(osd) | _held(osd, decoded.tables) | _altitude(osd, decoded)
    basis = TimeBasis.UTC_DEVICE if times.utc else TimeBasis.BOOT
    return track_of(columns, basis, CLOCK_ERROR_S if times.utc else None)


def _state(osd: pa.Table) -> dict[str, Column]:
    ground = osd.column("ground_or_sky").to_numpy()
    motors = osd.column("motors_on").to_numpy()
    unknown = ~((ground == _GROUND) | (ground >= _AIR) | ~motors.astype(np.bool_))
    gps = osd.column("gps_used").to_numpy().astype(np.bool_)
    return {
        "mode": Column(_whole(osd, "flight_mode"), "", origin_of(osd, "flight_mode")),
        "armed": Column(_whole(osd, "motors_on"), "", origin_of(osd, "motors_on")),
        "in_air": Column(pa.array(ground >= _AIR, mask=unknown), "", origin_of(osd, "ground_or_sky")),
        "satellites": Column(_whole(osd, "satellites"), "", origin_of(osd, "satellites")),
        "fix": Column(
            pa.array(np.full(osd.num_rows, GNSS_USED, np.int8), mask=~gps),
            "",
            f"{GNSS_USED} where {origin_of(osd, 'gps_used')} says that satellites are used; else unknown",
        ),
    }


def _held(osd: pa.Table, tables: Mapping[str, pa.Table]) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    gimbal = _source(osd, tables, "GIMBAL")
    if gimbal is not None:
        yaw = gimbal.held("yaw_deg")
        columns["gimbal_pitch_deg"] = gimbal.held("pitch_deg")
        columns["gimbal_yaw_deg"] = Column(np.asarray(yaw.values, np.float64) % 360, "deg", f"{yaw.origin}, modulo 360")
    link = _link(osd, tables)
    if link is not None:
        columns["link_percent"] = link.held("signal_percent")
    return columns | _batteries(osd, tables)


def _link(osd: pa.Table, tables: Mapping[str, pa.Table]) -> _Source | None:
    """Take the way up to the aircraft where it is recorded, which must not fail; else the way down."""
    signal = tables.get("OFDM")
    if signal is None:
        return None
    up = signal.filter(signal.column("uplink"))
    return _source(osd, {"OFDM": up if up.num_rows else signal}, "OFDM")


def _batteries(osd: pa.Table, tables: Mapping[str, pa.Table]) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for slot, suffix in ((1, ""), (2, "_2")):
        dynamic = _slot(tables.get("BATTERY_DYNAMIC"), slot)
        own = {"BATTERY_DYNAMIC": dynamic} if dynamic is not None and dynamic.num_rows else {}
        for source in _battery_sources(osd, own, tables if slot == 1 else {}):
            columns = _battery(source, suffix) | columns
    return columns


def _battery_sources(osd: pa.Table, own: Mapping[str, pa.Table], common: Mapping[str, pa.Table]) -> list[_Source]:
    found = [_source(osd, own, "BATTERY_DYNAMIC")]
    found += [_source(osd, common, name) for name in ("CENTER_BATTERY", "SMART_BATTERY")]
    return [source for source in found if source is not None]


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


def _altitude(osd: pa.Table, decoded: Decoded) -> dict[str, Column]:
    home = _source(osd, decoded.tables, "HOME")
    if home is None:
        return {}
    take_off = home.held("altitude_m")
    altitude = np.asarray(take_off.values, np.float64) + _floats(osd, "height_m")
    return {"altitude_m": Column(altitude, "m", f"{take_off.origin}, + {origin_of(osd, 'height_m')}")}


def _source(osd: pa.Table, tables: Mapping[str, pa.Table], name: str) -> _Source | None:
    table = tables.get(name)
    if table is None or not table.num_rows:
        return None
    following = np.append(osd.column("record").to_numpy()[1:], np.iinfo(np.int64).max)
    latest = np.searchsorted(table.column("record").to_numpy(), following) - 1
    return _Source(name, table, latest.astype(np.int64))


def _floats(table: pa.Table, name: str) -> F64:
    values = table.column(name)
    if values.type != pa.float64():
        values = values.cast(pa.float64())
    return values.to_numpy().astype(np.float64)


def _whole(table: pa.Table, name: str) -> pa.Array[Any]:
    return table.column(name).combine_chunks()
