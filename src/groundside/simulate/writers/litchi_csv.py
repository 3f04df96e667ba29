"""
Write a flight as Litchi's flight log CSV.

Names and order of the columns from a header quoted in a public program that writes them, metric; the feet and miles of
others, and what the numbers mean, after public programs that read them (open-dronelog's among these): altitude is
height above take-off; velocities go north, east and down, though one program takes X for east; times are UTC and
local, with milliseconds, by the phone's clock; what "Raw" says is in tenths of degrees, of metres, of m/s; volts and
amperes of the battery in thousandths.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.simulate import MARK
from groundside.simulate.truth import Truth
from groundside.simulate.writers.dji_csv import (
    FEET_PER_M,
    MPH_PER_MPS,
    Cells,
    Floats,
    ahead_us,
    away_m,
    lines,
    quoted,
    tips_and_warnings,
)
from groundside.simulate.writers.dji_layout import mode_numbers, signed

END = "\n"
_CELLS = 6
_NAMES = """latitude;longitude;altitude({length});ultrasonicHeight({length});speed({speed});distance({length});
max_altitude({length});max_ascent({length});max_speed({speed});max_distance({length});time(millisecond);datetime(utc);
datetime(local);satellites;pressure(Pa);temperature(F);voltage(v);home_latitude;home_longitude;velocityX({speed});
velocityY({speed});velocityZ({speed});pitch(deg);roll(deg);yaw(deg);powerlevel;isflying;istakingphoto;
remainPowerPercent;remainLifePercent;currentCurrent;currentElectricity;currentVoltage;batteryTemperature;
dischargeCount;flightmode;isMotorsOn;isTakingVideo;Rc_elevator;Rc_aileron;Rc_throttle;Rc_rudder;Rc_gyro;timestamp;
Battery_Cell1;Battery_Cell2;Battery_Cell3;Battery_Cell4;Battery_Cell5;Battery_Cell6;Dronetype;AppVersion;Planename;
FlyControllerSerialNumber;RemoteSerialNumber;BatterySerialNumber;CENTER_BATTERY.productDate;CENTER_BATTERY.serialNo;
CENTER_BATTERY.fullCapacity;CENTER_BATTERY.productDateRaw;pitchRaw;rollRaw;yawRaw;gimbalPitchRaw;gimbalRollRaw;
gimbalYawRaw;flyState;altitudeRaw;speedRaw;distanceRaw;velocityXRaw;velocityYRaw;velocityZRaw;data_reuse;App_Tip;
App_Warning;downlinkSignalQuality;uplinkSignalQuality;transmissionChannel""".replace("\n", "").split(";")
_ONCE = ("AppVersion", "Planename", "FlyControllerSerialNumber", "RemoteSerialNumber", "BatterySerialNumber",
         "CENTER_BATTERY.fullCapacity")  # fmt: skip
"""Columns that say something in the first row only."""


@dataclass(frozen=True, slots=True)
class Export:
    """
    How to export.

    Args:
        metric: metres and m/s; else feet and miles an hour.
        drone_type: Litchi's number of the aircraft type; 14 is a Mavic 2 Pro, say those who read it.
    """

    metric: bool = True
    drone_type: int = 14


def write(truth: Truth, seed: int = 0, options: Export | None = None) -> bytes:
    """
    Write the log: one row for each sample; the first tip says that it is simulated.

    Args:
        truth: what happened.
        seed: says nothing here: nothing in the file is drawn by lot.
        options: how to export.
    """
    chosen = options or Export()
    units = {"length": "m", "speed": "mps"} if chosen.metric else {"length": "feet", "speed": "mph"}
    known = _where(truth, chosen) | _when(truth) | _raw(truth) | _power(truth) | _about(truth, chosen)
    columns = {name: known.get(name.partition("(")[0], "") for name in _NAMES}
    columns |= {"datetime(utc)": known["utc"], "datetime(local)": known["local"]}
    head = ",".join(name.format(**units) for name in _NAMES)
    return (END.join([head, *lines(columns, len(truth))]) + END).encode()


def _length(metres: Floats, chosen: Export) -> Floats:
    return np.round(metres, 2) if chosen.metric else np.round(metres * FEET_PER_M, 2)


def _speed(mps: Floats, chosen: Export) -> Floats:
    return np.round(mps if chosen.metric else mps * MPH_PER_MPS, 2)


def _where(truth: Truth, chosen: Export) -> dict[str, Cells]:
    known, ever = truth.has_fix, np.maximum.accumulate
    home = np.logical_or.accumulate(known)
    speed, away = np.hypot(truth.vn_mps, truth.ve_mps), away_m(truth)
    return {
        "latitude": np.where(known, np.round(truth.lat, 8), 0.0),
        "longitude": np.where(known, np.round(truth.lon, 8), 0.0),
        "altitude": _length(truth.height_m, chosen), "speed": _speed(speed, chosen), "distance": _length(away, chosen),
        "ultrasonicHeight": _length(np.clip(truth.height_m, 0.0, 10.0), chosen),
        "max_altitude": _length(ever(truth.height_m), chosen), "max_ascent": _length(ever(truth.height_m), chosen),
        "max_speed": _speed(ever(speed), chosen), "max_distance": _length(ever(away), chosen),
        "satellites": truth.satellites, "home_latitude": np.where(home, truth.home.lat, 0.0),
        "home_longitude": np.where(home, truth.home.lon, 0.0), "velocityX": _speed(truth.vn_mps, chosen),
        "velocityY": _speed(truth.ve_mps, chosen), "velocityZ": _speed(truth.vd_mps, chosen),
        "pitch": _whole(truth.pitch_deg), "roll": _whole(truth.roll_deg), "yaw": _whole(signed(truth.yaw_deg)),
        "isflying": truth.in_air.astype(np.int64), "isMotorsOn": truth.armed.astype(np.int64),
    }  # fmt: skip


def _whole(values: Floats) -> NDArray[np.int64]:
    return np.round(values).astype(np.int64)


def _when(truth: Truth) -> dict[str, Cells]:
    clocks = (truth.recorder_clock_us, truth.recorder_clock_us + ahead_us(truth))
    utc, local = (np.datetime_as_string(c.astype("datetime64[us]"), unit="ms").tolist() for c in clocks)
    return {
        "time": (truth.time_us - truth.time_us[0]) // 1000,
        "utc": [t.replace("T", " ") for t in utc],
        "local": [t.replace("T", " ") for t in local],
        "timestamp": truth.recorder_clock_us // 1000,
    }


def _raw(truth: Truth) -> dict[str, Cells]:
    tenths = {
        "pitchRaw": truth.pitch_deg, "rollRaw": truth.roll_deg, "yawRaw": signed(truth.yaw_deg),
        "gimbalPitchRaw": truth.gimbal_pitch_deg, "gimbalYawRaw": signed(truth.gimbal_yaw_deg),
        "altitudeRaw": truth.height_m, "velocityXRaw": truth.vn_mps, "velocityYRaw": truth.ve_mps,
        "velocityZRaw": truth.vd_mps,
    }  # fmt: skip
    plain = {"speedRaw": np.hypot(truth.vn_mps, truth.ve_mps), "distanceRaw": away_m(truth)}
    out: dict[str, Cells] = {name: _whole(values * 10.0) for name, values in tenths.items()}
    out |= {name: np.round(values, 2) for name, values in plain.items()}
    return out | {"gimbalRollRaw": "0", "flyState": mode_numbers(truth), "data_reuse": "0"}


def _power(truth: Truth) -> dict[str, Cells]:
    percent = truth.battery_percent[0].astype(np.int64)
    volts = truth.battery_voltage_v[0]
    per_cell = _whole(volts * 1000.0 / truth.cells)
    cells: dict[str, Cells] = {f"Battery_Cell{i + 1}": per_cell if i < truth.cells else "0" for i in range(_CELLS)}
    return cells | {
        "voltage": np.round(volts, 3), "powerlevel": percent, "remainPowerPercent": percent, "remainLifePercent": "97",
        "currentCurrent": -_whole(truth.battery_current_a[0] * 1000.0), "currentVoltage": _whole(volts * 1000.0),
        "currentElectricity": _whole(truth.battery_percent[0] * truth.capacity_ah * 10.0),
        "batteryTemperature": np.round(truth.battery_temperature_c[0], 1), "dischargeCount": "21",
    }  # fmt: skip


def _about(truth: Truth, chosen: Export) -> dict[str, Cells]:
    tips, warnings = tips_and_warnings(truth)
    link = truth.link_percent.astype(np.int64)
    once = (MARK, truth.aircraft.name, truth.aircraft.serial, "SIMREMOTE1", truth.batteries[0].serial,
            f"{truth.capacity_ah * 1000.0:.0f}")  # fmt: skip
    rest = [""] * (len(truth) - 1)
    first: dict[str, Cells] = {name: [quoted(text), *rest] for name, text in zip(_ONCE, once, strict=True)}
    return first | {
        "App_Tip": tips, "App_Warning": warnings, "flightmode": "P-GPS", "Dronetype": str(chosen.drone_type),
        "istakingphoto": "0", "isTakingVideo": truth.in_air.astype(np.int64), "downlinkSignalQuality": link,
        "uplinkSignalQuality": link, "transmissionChannel": "0",
        **dict.fromkeys(("Rc_elevator", "Rc_aileron", "Rc_throttle", "Rc_rudder", "Rc_gyro"), "1024"),
    }  # fmt: skip
