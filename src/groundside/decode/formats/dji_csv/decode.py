"""Read a DJI flight record that another program has turned into CSV: one table of rows in SI units."""

from __future__ import annotations

import re

from groundside.decode.csv_rows.dialect import Dialect
from groundside.decode.csv_rows.header import names_at_head
from groundside.decode.csv_rows.sheet import read_sheet
from groundside.decode.format import Options
from groundside.model.decoded import Decoded

_GROUPS = (
    "APP", "APPGPS", "BATTERY", "BATTERY1", "BATTERY2", "CALC", "CAMERA", "CAMERA_INFO", "CENTER_BATTERY", "CUSTOM",
    "DETAILS", "FIRMWARE", "GIMBAL", "HEALTH", "HOME", "MC", "MC_PARAM", "OSD", "RC", "RCGPS", "RC_GPS", "RECOVER",
    "RTK", "SERIAL", "SMART_BATTERY", "VISION", "WEATHER",
)  # fmt: skip
"""Before the dot of a name: kinds of record, after the readers named in `FORMAT.source`."""
_NAME = re.compile(rf"({'|'.join(_GROUPS)})\.[A-Za-z]\w*( \[[^\[\]]+\])?\Z", re.IGNORECASE)
_POSITION = {"osd.latitude", "osd.lalitude", "osd.longitude"}
_NAMES = (
    "OSD.latitude", "OSD.longitude", "OSD.height", "OSD.altitude", "OSD.flyTime", "OSD.xSpeed", "OSD.ySpeed",
    "OSD.zSpeed", "OSD.pitch", "OSD.roll", "OSD.yaw", "OSD.flycState", "OSD.gpsNum", "CUSTOM.date",
    "CUSTOM.updateTime", "CUSTOM.dateTime", "GIMBAL.pitch", "GIMBAL.yaw", "HOME.latitude", "HOME.longitude",
    "BATTERY.chargeLevel", "BATTERY.voltage", "BATTERY.current", "BATTERY.temperature", "DETAILS.aircraftSerial",
)  # fmt: skip
_ENOUGH_NAMES = 3
_PLENTY_OF_NAMES = 8
_TEXT = re.compile(
    r"app_.*|custom_date(_local|_utc|_time.*)?|custom_update_time(_local|_utc)?|details_start_time.*|serial_.*"
    r"|.*(_serial|_sn|_name|_version|_state|_command|_status|_mode|_type|_platform)|health_.*"
)
_METRES = (
    "osd_height", "osd_height_max", "osd_vps_height", "osd_altitude", "home_altitude", "home_height_limit",
    "details_total_distance", "details_max_height",
)  # fmt: skip
_METRES_PER_SECOND = (
    "osd_x_speed", "osd_y_speed", "osd_z_speed", "osd_x_speed_max", "osd_y_speed_max", "osd_z_speed_max", "osd_h_speed",
    "custom_h_speed", "details_max_horizontal_speed", "details_max_vertical_speed",
)  # fmt: skip
_DEGREES = (
    "osd_latitude", "osd_longitude", "home_latitude", "home_longitude", "osd_pitch", "osd_roll", "osd_yaw",
    "gimbal_pitch", "gimbal_roll", "gimbal_yaw",
)  # fmt: skip
_BATTERIES = ("battery", "battery1", "battery2")

DIALECT = Dialect(
    is_name=lambda name: _NAME.match(name) is not None,
    names=_NAMES,
    is_text=lambda name: _TEXT.fullmatch(name) is not None,
    units={
        **dict.fromkeys(_METRES, "m"),
        **dict.fromkeys(_METRES_PER_SECOND, "m/s"),
        **dict.fromkeys(_DEGREES, "deg"),
        **{f"{battery}_charge_level": "%" for battery in _BATTERIES},
        **{f"{battery}_voltage": "v" for battery in _BATTERIES},
        **{f"{battery}_current": "a" for battery in _BATTERIES},
        **{f"{battery}_temperature": "c" for battery in _BATTERIES},
    },
    spelled={"osd_lalitude": "osd_latitude"},
    clock="osd_fly_time_ms",
    position=("osd_longitude_deg", "osd_latitude_deg"),
)
"""A name without a unit is one of dji-log-parser, which writes metres, metres a second, volts and amperes."""


def recognises(head: bytes) -> bool:
    """Names of the header are those of kinds of record and fields in them, a position among them."""
    names = set(names_at_head(head))
    known = sum(_NAME.match(name) is not None for name in names)
    place = names & _POSITION
    both = bool(place & {"osd.latitude", "osd.lalitude"}) and "osd.longitude" in place
    return (both and known >= _ENOUGH_NAMES) or (bool(place) and known >= _PLENTY_OF_NAMES)


def decode(data: memoryview, options: Options) -> Decoded:
    """
    Read all rows of a DJI flight record as CSV.

    One table, `rows`: every column of the file, its name with the SI unit; dates and times as they stand. A row
    whose number of cells is not that of the others is a problem and is left out; the rows after it are read.
    """
    sheet = read_sheet(data, DIALECT)
    plain = {"osd_height_m", "osd_altitude_m"} & {n.name for n in sheet.names if not n.unit_text}
    said = ["Heights and speeds without a unit in their names are metres, as dji-log-parser writes them."]
    return sheet.decoded({}, sheet.odd, said if plain else ())
