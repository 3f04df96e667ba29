"""
Write a flight as AirData's CSV export does.

Columns, their order, the blanks inside some names and the way numbers are printed after real exports in
feet and miles; the metric names after public programs that read metric exports. Values are those that a DJI
record of the same flight rounds to: tenths of metres, of m/s, of degrees.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import ArrayLike, NDArray

from groundside.simulate import MARK
from groundside.simulate.missions import Phase
from groundside.simulate.truth import Truth
from groundside.simulate.writers.dji_layout import mode_numbers, travelled_m

Floats = NDArray[np.float64]

FEET_PER_M, MPH_PER_MPS = 3.28084, 2.23694
STATES = {
    Phase.GROUND: "Motors_Started", Phase.TAKEOFF: "AutoTakeoff", Phase.MISSION: "Waypoint",
    Phase.HOVER: "Waypoint", Phase.RETURN: "Go_Home", Phase.LANDING: "AutoLanding",
}  # fmt: skip
_FEET, _SPEED, _TEMPERATURE = "feet", "mph", "f"
_CELLS = 6
_WARNING = 4


@dataclass(frozen=True, slots=True)
class Export:
    """
    How to export.

    Args:
        metric: metres, m/s and degrees Celsius instead of feet, miles an hour and Fahrenheit.
        first_ms: what the first row says in time(millisecond); real exports do not always begin at 0.
    """

    metric: bool = False
    first_ms: int = 0


def write(truth: Truth, export: Export | None = None) -> bytes:
    """Write the export: one row for each sample; the first row's message says that it is simulated."""
    export = export or Export()
    columns = _columns(truth, export)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return out.getvalue().encode()


@dataclass(frozen=True, slots=True)
class _Units:
    metric: bool

    def named(self, name: str, unit: str) -> str:
        metric = {_FEET: "meters", _SPEED: "m/s", _TEMPERATURE: "c"}
        return f"{name}({metric[unit] if self.metric else unit})"

    def length(self, metres: Floats) -> list[str]:
        tenths = np.round(metres, 1)
        return texts(tenths if self.metric else tenths * FEET_PER_M)

    def speed(self, mps: Floats) -> list[str]:
        tenths = np.round(mps, 1)
        return texts(tenths if self.metric else tenths * MPH_PER_MPS)

    def temperature(self, celsius: Floats) -> list[str]:
        return texts(np.round(celsius if self.metric else celsius * 1.8 + 32.0, 2))


def texts(values: ArrayLike) -> list[str]:
    """Print numbers as briefly as they are: whole ones without a point."""
    plain = np.asarray(values, np.float64) + 0.0  # no "-0"
    return [f"{x:.15g}" for x in plain.tolist()]


def _columns(truth: Truth, export: Export) -> dict[str, list[str]]:
    units = _Units(export.metric)
    ms = (truth.time_us - truth.time_us[0]) // 1000 + export.first_ms
    # Real exports round: beside the DJI records of the same flights they tick half a second early.
    seconds = ((truth.recorder_clock_us + 500_000) // 1_000_000).tolist()
    whole = [datetime.fromtimestamp(s, UTC).strftime("%Y-%m-%d %H:%M:%S") for s in seconds]
    head = {"time(millisecond)": texts(ms), "datetime(utc)": whole}
    place = {"latitude": _degrees(truth.lat), "longitude": _degrees(truth.lon)}
    return head | place | _heights(truth, units) | _speeds(truth, units) | _sticks(truth) | _power(truth, units)


def _degrees(values: Floats) -> list[str]:
    return texts(np.nan_to_num(np.round(values, 13)))


def _blank(truth: Truth) -> list[str]:
    return [""] * len(truth)


def _zero(truth: Truth) -> list[str]:
    return ["0"] * len(truth)


def _away_m(truth: Truth) -> Floats:
    metres = 111_320.0
    east = (truth.lon - truth.home.lon) * metres * np.cos(np.radians(truth.home.lat))
    return np.nan_to_num(np.hypot(east, (truth.lat - truth.home.lat) * metres))


def _heights(truth: Truth, units: _Units) -> dict[str, list[str]]:
    height, altitude, away = (
        np.round(truth.height_m, 1),
        truth.field.altitude_m + np.round(truth.height_m, 1),
        _away_m(truth),
    )
    return {
        units.named("height_above_takeoff", _FEET): units.length(height),
        units.named("height_above_ground_at_drone_location", _FEET): _blank(truth),
        units.named("ground_elevation_at_drone_location", _FEET): _blank(truth),
        units.named("altitude_above_seaLevel", _FEET): units.length(altitude),
        units.named("height_sonar", _FEET): _zero(truth),
        units.named("speed", _SPEED): units.speed(np.hypot(truth.vn_mps, truth.ve_mps)),
        units.named("distance", _FEET): units.length(away),
        units.named("mileage", _FEET): units.length(travelled_m(truth)),
        "satellites": texts(truth.satellites),
        "gpslevel": texts(np.where(truth.has_fix, 5, 0)),
        "voltage(v)": texts(np.round(truth.battery_voltage_v[0], 3)),
        units.named("max_altitude", _FEET): units.length(np.maximum.accumulate(altitude)),
        units.named("max_ascent", _FEET): units.length(np.maximum.accumulate(height)),
    }


def _speeds(truth: Truth, units: _Units) -> dict[str, list[str]]:
    fastest = np.maximum.accumulate(np.hypot(truth.vn_mps, truth.ve_mps))
    return {
        units.named("max_speed", _SPEED): units.speed(fastest),
        units.named("max_distance", _FEET): units.length(np.maximum.accumulate(_away_m(truth))),
        units.named(" xSpeed", _SPEED): units.speed(truth.vn_mps),
        units.named(" ySpeed", _SPEED): units.speed(truth.ve_mps),
        units.named(" zSpeed", _SPEED): units.speed(truth.vd_mps),
        " compass_heading(degrees)": texts(np.mod(np.round(truth.yaw_deg, 1), 360.0)),
        " pitch(degrees)": [f" {x:.1f}" for x in truth.pitch_deg.tolist()],
        " roll(degrees)": [f" {x:.1f}" for x in truth.roll_deg.tolist()],
    }


def _sticks(truth: Truth) -> dict[str, list[str]]:
    sticks = ("elevator", "aileron", "throttle", "rudder")
    middle, percent = ["1024"] * len(truth), _zero(truth)
    return {
        "isPhoto": _zero(truth), "isVideo": texts(truth.in_air), **{f"rc_{s}": middle for s in sticks},
        **{f"rc_{s}(percent)": percent for s in sticks},
        "gimbal_heading(degrees)": texts(np.mod(np.round(truth.gimbal_yaw_deg, 1), 360.0)),
        "gimbal_pitch(degrees)": texts(np.round(truth.gimbal_pitch_deg, 1)),
        "gimbal_roll(degrees)": _zero(truth),
    }  # fmt: skip


def _power(truth: Truth, units: _Units) -> dict[str, list[str]]:
    per_cell = texts(np.round(truth.battery_voltage_v[0] / truth.cells, 3))
    cells = {f"voltageCell{i + 1}": per_cell if i < truth.cells else _blank(truth) for i in range(_CELLS)}
    height = np.round(truth.height_m, 1)
    return {
        "battery_percent": texts(truth.battery_percent[0]), **cells,
        "current(A)": texts(np.round(truth.battery_current_a[0], 3)),
        units.named("battery_temperature", _TEMPERATURE): units.temperature(truth.battery_temperature_c[0]),
        units.named("altitude", _FEET): units.length(truth.field.altitude_m + height),
        units.named("ascent", _FEET): units.length(height),
        "flycStateRaw": texts(mode_numbers(truth)),
        "flycState": _states(truth),
        "message": _messages(truth),
    }  # fmt: skip


def _messages(truth: Truth) -> list[str]:
    """Give what warns, in the row where it was said; several in a row one after another."""
    said = _blank(truth)
    said[0] = MARK
    for message in truth.messages:
        if message.severity <= _WARNING:
            row = int(np.searchsorted(truth.time_us, message.time_us))
            said[row] = " ".join(filter(None, [said[row], message.text]))
    return said


def _states(truth: Truth) -> list[str]:
    pairs = zip(truth.mode.tolist(), truth.armed.tolist(), strict=True)
    return [STATES[Phase(mode)] if armed else "P-GPS" for mode, armed in pairs]
