"""Read a flight log of the Litchi app: one table of rows in SI units."""

from __future__ import annotations

from groundside.decode.csv_rows.dialect import Dialect
from groundside.decode.csv_rows.header import names_at_head
from groundside.decode.csv_rows.sheet import read_sheet
from groundside.decode.format import Options
from groundside.model.decoded import Decoded

_NAMES = (
    "latitude", "longitude", "altitude", "ascent", "ultrasonicHeight", "speed", "distance", "max_altitude",
    "max_ascent", "max_speed", "max_distance", "time", "datetime", "satellites", "pressure", "temperature", "voltage",
    "home_latitude", "home_longitude", "velocityX", "velocityY", "velocityZ", "pitch", "roll", "yaw", "powerlevel",
    "isflying", "istakingphoto", "remainPowerPercent", "remainLifePercent", "currentCurrent", "currentElectricity",
    "currentVoltage", "batteryTemperature", "dischargeCount", "flightmode", "isMotorsOn", "isTakingVideo",
    "Rc_elevator", "Rc_aileron", "Rc_throttle", "Rc_rudder", "Rc_gyro", "timestamp", "Dronetype", "AppVersion",
    "Planename", "FlyControllerSerialNumber", "RemoteSerialNumber", "BatterySerialNumber", "pitchRaw", "rollRaw",
    "yawRaw", "gimbalPitchRaw", "gimbalRollRaw", "gimbalYawRaw", "flyState", "altitudeRaw", "speedRaw", "distanceRaw",
    "velocityXRaw", "velocityYRaw", "velocityZRaw", "data_reuse", "App_Tip", "App_Warning", "downlinkSignalQuality",
    "uplinkSignalQuality", "transmissionChannel", "rcModeSwitch", "rcHome", "rcPause", "rcTransform",
    "rcJoystickMode", "appMode", "Battery2SerialNumber", "frontAvoidDist", "backAvoidDist", "isBrakingToAvoid",
    "gpslevel",
)  # fmt: skip
"""Of several published headers (see `FORMAT.source`), without the units."""
_CELLS = {f"battery_cell{n}" for n in range(1, 13)}
_MARKS = {
    "isflying", "dronetype", "planename", "appversion", "remainpowerpercent", "home_latitude", "home_longitude",
    "ismotorson", "istakingphoto", "flycontrollerserialnumber", "currentvoltage", "datetime(local)",
}  # fmt: skip
_MISSION = {"rotationdir", "gimbalmode", "actiontype1", "actionparam1", "altitudemode", "gimbalpitchangle"}
"""Names of a mission that Litchi plans: its first columns are called like those of a flight."""
_AIRDATA = {"flycstate", "flycstateraw"}
_CLOCKS = {"time(millisecond)", "datetime(utc)", "datetime(local)"}
_MARKS_ENOUGH = 3
_TEXTS = ("dronetype", "planename", "app_version", "app_tip", "app_warning", "flightmode")


def _base(name: str) -> str:
    return name.partition("(")[0].strip().lower()


_BASES = {name.lower() for name in _NAMES} | _CELLS


def _is_text(name: str) -> bool:
    return name in _TEXTS or "serial_n" in name


DIALECT = Dialect(
    is_name=lambda name: _base(name) in _BASES or _base(name).startswith("center_battery."),
    names=_NAMES,
    is_text=_is_text,
    is_datetime=lambda name: name.startswith("datetime"),
    always_numbers=frozenset({"home_latitude", "home_longitude", "isflying", "is_motors_on"}),
    units={
        "current_voltage": "mv",
        "current_current": "ma",
        "battery_temperature": "c",
        "remain_power_percent": "%",
        "remain_life_percent": "%",
        "pitch": "deg",
        "roll": "deg",
        "yaw": "deg",
    },
    clock="time_ms",
)


def recognises(head: bytes) -> bool:
    """
    The first line names a position, a time, and either what only Litchi names or the position first of all.

    A mission planned in Litchi has no time; AirData's tables have a state of the flight controller.
    """
    ordered = names_at_head(head)
    names = set(ordered)
    if names & _MISSION or names & _AIRDATA or not names & _CLOCKS:
        return False
    marks, missing = len(names & _MARKS), len({"latitude", "longitude"} - names)
    if missing:
        return missing == 1 and marks >= _MARKS_ENOUGH
    first = ordered[0] == "latitude" and any(name.startswith("altitude") for name in names)
    return marks > 0 or first


def decode(data: memoryview, options: Options) -> Decoded:
    """
    Read all rows of a Litchi flight log.

    One table, `rows`: every column of the file, its name with the SI unit. A row whose number of cells is not
    that of the others is a problem and is left out; the rows after it are read.
    """
    sheet = read_sheet(data, DIALECT)
    return sheet.decoded({}, sheet.odd)
