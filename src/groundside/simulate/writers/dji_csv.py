"""
Write a DJI flight record as the CSV of the programs that convert it.

"flight_reader" is the verbose export of Flight Reader and Phantom Help: a first line "sep=,", units in the names,
feet and miles an hour or metric, a wall clock in two columns ("4/13/2022", "2:22:59.45 PM"), "True" and "False",
numbers as briefly as they are. "txtlog" is TXTlogToCSVtool's: metric, one clock ("2018/07/04 11:19:31.123"),
"Recording" while it films. "log_parser" is dji-log-parser's: metric and no units said, UTC in ISO 8601, "true" and
"false", a point in every number that may have one. The forms are those of published files and programs; see
`dji_csv_columns`. Whether TXTlogToCSVtool's clock is UTC, none of them says; here it is.

Values are those that the record of the same flight rounds to, so nothing is finer than a tenth but places and volts.
Where there is no fix, latitude and longitude are zero, as they are in the record. The wall clock is the controller's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from groundside.simulate import MARK
from groundside.simulate.missions import Phase
from groundside.simulate.truth import Truth
from groundside.simulate.writers.dji_csv_columns import ALIASES, FLIGHT_READER, LOG_PARSER, TXTLOG
from groundside.simulate.writers.dji_layout import signed, travelled_m

Floats = NDArray[np.float64]
Cells = str | list[str] | NDArray[np.generic]
"""The same text in each row, a text for each row, or a number or truth value for each."""

FEET_PER_M, MPH_PER_MPS, END = 3.28084, 2.23694, "\r\n"
STATES = {
    Phase.GROUND: "EngineStart", Phase.TAKEOFF: "AutoTakeoff", Phase.MISSION: "GPSWaypoint",
    Phase.HOVER: "GPSWaypoint", Phase.RETURN: "GoHome", Phase.LANDING: "AutoLanding",
}  # fmt: skip
"""dji-log-parser's names of modes (record/osd.rs)."""
SHOWN = {"EngineStart": "EngineStart", "GPSWaypoint": "Waypoints", "GPSAtti": "P-GPS"}
"""Names that Flight Reader has for them; where no published file shows one, that of dji-log-parser."""
_DECIMALS = {
    "OSD.latitude": 8, "OSD.longitude": 8, "HOME.latitude": 8, "HOME.longitude": 8, "BATTERY.voltage": 3,
    "BATTERY.cellVoltage": 3, "BATTERY.current": 3,
}  # fmt: skip
_WARNING = 4
_METRIC, _IMPERIAL = ("m", "m/s", "C"), ("ft", "MPH", "F")


@dataclass(frozen=True, slots=True)
class Export:
    """
    How to export.

    Args:
        style: whose columns; see above.
        metric: metres, m/s and degrees Celsius; "flight_reader" only, the others always are.
        utc: the wall clock is UTC, and its columns say so; else local time. "log_parser" always has UTC.
        charge_unit: BATTERY.chargeLevel has "[%]" in its name, as newer files do; "flight_reader" only.
        separator_line: a first line "sep=,"; "flight_reader" only.
        spaced: a blank before all names but the first, as some files have it; "flight_reader" only.
    """

    style: Literal["flight_reader", "txtlog", "log_parser"] = "flight_reader"
    metric: bool = False
    utc: bool = False
    charge_unit: bool = True
    separator_line: bool = True
    spaced: bool = False


def write(truth: Truth, seed: int = 0, options: Export | None = None) -> bytes:
    """
    Write the export: one row for each sample; the tip of the first row says that it is simulated.

    Args:
        truth: what happened.
        seed: says nothing here: nothing in the file is drawn by lot.
        options: how to export.
    """
    chosen = options or Export()
    names = _names(truth, chosen)
    known = _said(truth) | _flown(truth) | _power(truth)
    columns = {name: _cells(name, known, truth, chosen) for name in names}
    head = (", " if chosen.spaced and chosen.style == "flight_reader" else ",").join(names)
    first = ["sep=,"] if chosen.separator_line and chosen.style == "flight_reader" else []
    number = "%r" if chosen.style == "log_parser" else "%.12g"
    return (END.join([*first, head, *lines(columns, len(truth), number)]) + END).encode()


def lines(columns: Mapping[str, Cells], count: int, number: str = "%.12g") -> list[str]:
    """
    Print rows of CSV.

    Args:
        columns: of each, what all rows say.
        count: of rows.
        number: how a floating-point number is printed.
    """
    parts, moving = list[str](), list[list[str]]()
    for cells in columns.values():
        texts = [quoted(cells)] if isinstance(cells, str) else _printed(cells, number)
        if isinstance(cells, str) or texts.count(texts[0]) == count:
            parts.append(texts[0].replace("%", "%%"))
        else:
            parts.append("%s")
            moving.append(texts)
    template = ",".join(parts)
    return [template % row for row in zip(*moving, strict=True)] if moving else [template % ()] * count


def _printed(cells: list[str] | NDArray[np.generic], number: str) -> list[str]:
    """Print each different number but once: most columns have few."""
    if isinstance(cells, list):
        return cells
    different, which = np.unique(cells, return_inverse=True)
    if cells.dtype.kind == "f":
        texts = [number % x for x in (np.asarray(different, np.float64) + 0.0).tolist()]  # no "-0"
    else:
        texts = [str(x) for x in different.tolist()]
    return np.array(texts, object)[which].tolist()


def quoted(text: str) -> str:
    """Quote a text for CSV where it needs it (RFC 4180)."""
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text


def ahead_us(truth: Truth) -> int:
    """Say what local time was ahead of UTC as the recording began, microseconds."""
    start = datetime.fromtimestamp(truth.start_us // 1_000_000, UTC)
    offset = start.astimezone(ZoneInfo(truth.field.zone)).utcoffset()
    return round(offset.total_seconds()) * 1_000_000 if offset is not None else 0


def by_row(truth: Truth, said: list[tuple[int, str]]) -> list[str]:
    """Put texts into the rows of their time, or the first after it; several in one row are parted by "; "."""
    out = [""] * len(truth)
    for time_us, text in said:
        row = min(int(np.searchsorted(truth.time_us, time_us)), len(truth) - 1)
        out[row] = f"{out[row]}; {text}" if out[row] else text
    return [quoted(text) if text else "" for text in out]


def tips_and_warnings(truth: Truth) -> tuple[list[str], list[str]]:
    """Give what the app shows in each row: tips, the first of which says that it is simulated, and warnings."""
    tips = [(truth.start_us, MARK)] + [(m.time_us, m.text) for m in truth.messages if m.severity > _WARNING]
    noticed = [f for f in truth.faults if f.kind != "clock_jump"]
    warnings = [(f.start_us, f"{f.kind.replace('_', ' ').capitalize()}.") for f in noticed]
    warnings += [(m.time_us, m.text) for m in truth.messages if m.severity <= _WARNING]
    return by_row(truth, tips), by_row(truth, warnings)


def away_m(truth: Truth) -> Floats:
    """Give the distance from home; 0 without a fix."""
    metres = 111_320.0
    east = (truth.lon - truth.home.lon) * metres * np.cos(np.radians(truth.home.lat))
    return np.nan_to_num(np.hypot(east, (truth.lat - truth.home.lat) * metres))


def states(truth: Truth) -> list[str]:
    """Give dji-log-parser's name of the mode in each row."""
    pairs = zip(truth.mode.tolist(), truth.armed.tolist(), strict=True)
    return [STATES[Phase(mode)] if armed else "GPSAtti" for mode, armed in pairs]


def _names(truth: Truth, chosen: Export) -> list[str]:
    length, speed, temperature = _METRIC if chosen.metric else _IMPERIAL
    units = {"length": length, "speed": speed, "temperature": temperature, "clock": "UTC" if chosen.utc else "local"}
    charge = "BATTERY.chargeLevel [%]" if chosen.charge_unit else "BATTERY.chargeLevel"
    lists = {"flight_reader": FLIGHT_READER, "txtlog": TXTLOG, "log_parser": LOG_PARSER}
    cell = {"flight_reader": "BATTERY.cellVoltage%d [V]", "txtlog": "CENTER_BATTERY.voltageCell%d [V]"}
    names: list[str] = []
    for name in lists[chosen.style]:
        if name == "{cells}":
            names += [cell.get(chosen.style, "BATTERY.cellVoltage%d") % (i + 1) for i in range(truth.cells)]
        else:
            names.append(name.format(charge=charge, **units))
    return names


def _cells(name: str, known: Mapping[str, Cells], truth: Truth, chosen: Export) -> Cells:
    stem, _, unit = name.partition(" [")
    if stem.startswith("CUSTOM.") and stem not in ALIASES:
        return _custom(stem, truth, chosen)
    if name == "OSD.flyTime" and chosen.style == "flight_reader":
        return [f"{int(x // 60)}m {x % 60:.10g}s" for x in np.round(_fly_time(truth), 1).tolist()]
    stem = "BATTERY.cellVoltage" if stem[-1].isdigit() else ALIASES.get(stem, stem)
    cells = known.get(stem, _unsaid(stem, len(truth)))
    if unit == "360]":
        cells = np.mod(np.asarray(cells, np.float64), 360.0)
    if isinstance(cells, np.ndarray) and cells.dtype.kind == "b":
        return _truth_values(cells, chosen)
    if isinstance(cells, np.ndarray) and cells.dtype.kind == "f":
        return np.round(_in_unit(cells, unit.rstrip("]")), _DECIMALS.get(stem, 1))
    return _shown(cells) if stem == "OSD.flycState" and chosen.style == "flight_reader" else cells


def _unsaid(stem: str, count: int) -> Cells:
    """Nothing, or no, where that is the only thing that the column can say."""
    asks = stem.partition(".")[2].startswith(("is", "waveError", "canIOCWork"))
    return np.zeros(count, np.bool_) if asks else ""


def _in_unit(values: NDArray[np.generic], unit: str) -> Floats:
    plain = np.asarray(values, np.float64)
    if unit == "F":
        return plain * 1.8 + 32.0
    return plain * {"ft": FEET_PER_M, "MPH": MPH_PER_MPS}.get(unit, 1.0)


def _truth_values(values: NDArray[np.generic], chosen: Export) -> list[str]:
    no, yes = ("false", "true") if chosen.style == "log_parser" else ("False", "True")
    return [yes if x else no for x in values.tolist()]


def _shown(cells: Cells) -> Cells:
    return [SHOWN.get(x, x) for x in cells] if isinstance(cells, list) else cells


def _custom(stem: str, truth: Truth, chosen: Export) -> Cells:
    if stem in {"CUSTOM.isVideo", "CUSTOM.isPhoto"}:
        return ["Recording" if x and stem.endswith("Video") else "" for x in truth.in_air.tolist()]
    utc = chosen.utc or chosen.style != "flight_reader"
    wall = (truth.recorder_clock_us + (0 if utc else ahead_us(truth))).astype("datetime64[us]")
    iso = np.datetime_as_string(wall, unit="ms").tolist()
    if stem == "CUSTOM.dateTime":
        return [f"{t}Z" for t in iso]
    if stem == "CUSTOM.updateTime" and chosen.style == "txtlog":
        return [t.replace("-", "/").replace("T", " ") for t in iso]
    if stem == "CUSTOM.date":
        return [f"{int(t[5:7])}/{int(t[8:10])}/{t[:4]}" for t in iso]
    return [f"{int(t[11:13]) % 12 or 12}{t[13:22]} {'AM' if t[11:13] < '12' else 'PM'}" for t in iso]


def _fly_time(truth: Truth) -> Floats:
    return np.cumsum(truth.armed) / 10.0


def _said(truth: Truth) -> dict[str, Cells]:
    tips, warnings = tips_and_warnings(truth)
    return {
        "APP.tip": tips, "APP.warning": warnings, "OSD.droneType": truth.aircraft.model,
        "OSD.goHomeStatus": "Standby", "OSD.batteryType": "Smart", "OSD.ctrlDevice": "RC", "OSD.voltageWarning": "0",
        "OSD.flycState": states(truth), "GIMBAL.mode": "FollowYaw", "CAMERA.sdCardState": "Normal",
        "RC.mode": "0", "BATTERY.goHomeStatus": "Idle", "BATTERY.lowWarning": "30",
        "BATTERY.seriousLowWarning": "10", "BATTERY.timesCharged": "21", "MC.failSafeAction": "Go Home",
        "HOME.goHomeMode": "Normal", "RECOVER.appVersion": "1.0.0", "DETAILS.appVersion": "1.0.0",
        "DETAILS.appName": MARK, "DETAILS.aircraftName": truth.aircraft.name, "DETAILS.photoNum": "0",
        "DETAILS.aircraftSerial": truth.aircraft.serial, "DETAILS.batterySerial": truth.batteries[0].serial,
    }  # fmt: skip


def _flown(truth: Truth) -> dict[str, Cells]:
    known, height = truth.has_fix, np.round(truth.height_m, 1)
    home = np.logical_or.accumulate(known)
    north, east, down = (np.round(v, 1) for v in (truth.vn_mps, truth.ve_mps, truth.vd_mps))
    speed = np.hypot(truth.vn_mps, truth.ve_mps)
    ever = np.maximum.accumulate
    each = np.ones(len(truth))
    return {
        "OSD.flyTime": _fly_time(truth), "OSD.latitude": np.where(known, truth.lat, 0.0),
        "OSD.longitude": np.where(known, truth.lon, 0.0), "OSD.height": height, "OSD.heightMax": ever(height),
        "OSD.vpsHeight": np.clip(height, 0.0, 10.0), "OSD.altitude": truth.field.altitude_m + height,
        "OSD.mileage": travelled_m(truth), "OSD.hSpeed": speed, "OSD.hSpeedMax": ever(speed), "OSD.xSpeed": north,
        "OSD.xSpeedMax": ever(np.abs(north)), "OSD.ySpeed": east, "OSD.ySpeedMax": ever(np.abs(east)),
        "OSD.zSpeed": down, "OSD.zSpeedMax": ever(np.abs(down)), "OSD.pitch": truth.pitch_deg,
        "OSD.roll": truth.roll_deg, "OSD.yaw": signed(truth.yaw_deg), "OSD.gpsNum": truth.satellites,
        "OSD.gpsLevel": np.where(known, 5, 0), "OSD.isGPSUsed": known, "OSD.isOnGround": ~truth.in_air,
        "OSD.isMotorOn": truth.armed, "OSD.isImuPreheated": each.astype(bool),
        "GIMBAL.pitch": truth.gimbal_pitch_deg, "GIMBAL.roll": 0.0 * each, "GIMBAL.yaw": signed(truth.gimbal_yaw_deg),
        "CAMERA.isVideo": truth.in_air,
        "CAMERA.sdCardIsInserted": each.astype(bool), "RC.downlinkSignal": truth.link_percent.astype(np.int64),
        "RC.uplinkSignal": truth.link_percent.astype(np.int64), **dict.fromkeys(
            ("RC.aileron", "RC.elevator", "RC.throttle", "RC.rudder"), "1024"),
        "HOME.latitude": np.where(home, truth.home.lat, 0.0), "HOME.longitude": np.where(home, truth.home.lon, 0.0),
        "HOME.distance": away_m(truth), "HOME.height": truth.field.altitude_m * each, "HOME.heightLimit": 120.0 * each,
        "HOME.isHomeRecord": home, "HOME.goHomeHeight": 60.0 * each, "DETAILS.totalTime": truth.duration_s * each,
        "DETAILS.totalDistance": truth.distance_m * each, "DETAILS.maxHeight": truth.max_height_m * each,
        "DETAILS.maxHorizontalSpeed": truth.max_speed_mps * each,
        "DETAILS.maxVerticalSpeed": float(np.abs(down).max()) * each,
    }  # fmt: skip


def _power(truth: Truth) -> dict[str, Cells]:
    full = truth.capacity_ah * 1000.0
    volts, celsius = truth.battery_voltage_v[0], truth.battery_temperature_c[0]
    return {
        "BATTERY.chargeLevel": truth.battery_percent[0].astype(np.int64),
        "BATTERY.currentCapacity": np.round(truth.battery_percent[0] * full / 100.0).astype(np.int64),
        "BATTERY.fullCapacity": f"{full:.0f}", "BATTERY.voltage": np.round(volts, 3),
        "BATTERY.current": np.round(truth.battery_current_a[0], 3),
        "BATTERY.cellVoltage": np.round(volts / truth.cells, 3), "BATTERY.cellNum": str(truth.cells),
        "BATTERY.temperature": celsius, "BATTERY.minTemperature": np.minimum.accumulate(celsius),
        "BATTERY.maxTemperature": np.maximum.accumulate(celsius),
    }  # fmt: skip
