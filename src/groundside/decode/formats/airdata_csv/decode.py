"""Read a flight exported by AirData: one table of rows in SI units, facts, and an account of every byte."""

from __future__ import annotations

from groundside.decode.csv_rows.dialect import Dialect
from groundside.decode.csv_rows.header import names_at_head
from groundside.decode.csv_rows.sheet import read_sheet
from groundside.decode.format import Options
from groundside.model.decoded import Decoded, Fact

_NEEDED = {"time(millisecond)", "latitude", "longitude"}
_OTHERS = {
    "isflying", "dronetype", "planename", "appversion", "remainpowerpercent", "home_latitude", "flightmode",
    "velocityx(mps)", "datetime(local)",
}  # fmt: skip
"""Names that Litchi and FlyTrex write and AirData does not; they share the needed ones, and begin with a latitude."""
_OWN = {"flycstate", "flycstateraw"}
_NAMES = (
    "time(millisecond)", "datetime(utc)", "latitude", "longitude", "height_above_takeoff",
    "height_above_ground_at_drone_location", "ground_elevation_at_drone_location", "altitude_above_seaLevel",
    "height_sonar", "speed", "distance", "mileage", "satellites", "gpslevel", "voltage(v)", "max_altitude",
    "max_ascent", "max_speed", "max_distance", "xSpeed", "ySpeed", "zSpeed", "compass_heading(degrees)",
    "pitch(degrees)", "roll(degrees)", "isPhoto", "isVideo", "rc_elevator", "rc_aileron", "rc_throttle", "rc_rudder",
    "gimbal_heading(degrees)", "gimbal_pitch(degrees)", "gimbal_roll(degrees)", "battery_percent", "current(A)",
    "battery_temperature", "altitude", "ascent", "flycStateRaw", "flycState", "message",
)  # fmt: skip
_SUBSCRIPTION = "subscription"
_SEEN_AT_LEAST = 12


def _base(name: str) -> str:
    return name.partition("(")[0].strip().lower()


_BASES = {_base(name) for name in _NAMES} | {f"voltagecell{n}" for n in range(1, 25)}

DIALECT = Dialect(
    is_name=lambda name: _base(name) in _BASES,
    names=tuple(name.partition("(")[0] for name in _NAMES),
    is_text=lambda name: name in {"flyc_state", "message"},
    is_datetime=lambda name: name.startswith("datetime"),
    clock="time_ms",
)


def recognises(head: bytes) -> bool:
    """
    The first line names a time in milliseconds, a latitude and a longitude in the way AirData does.

    Of a long header one of the three may be damaged. A table of Litchi or FlyTrex, which share them, is not
    AirData's.
    """
    ordered = names_at_head(head)
    names = set(ordered)
    if not names & _OWN and (names & _OTHERS or ordered[:1] == ("latitude",)):
        return False
    missing = len(_NEEDED - names)
    plenty = sum(_base(name) in _BASES for name in names) >= _SEEN_AT_LEAST
    return missing == 0 or (missing == 1 and plenty)


def decode(data: memoryview, options: Options) -> Decoded:
    """
    Read all rows of an AirData CSV.

    One table, `rows`: every column of the file, its name with the SI unit. A row whose number of cells is not
    that of the others is a problem and is left out; the rows after it are read. A file that a spreadsheet saved
    with semicolons or tabs, in UTF-16, or with decimal commas is read as well.
    """
    sheet = read_sheet(data, DIALECT)
    locked = {o.raw_name: o.count for o in sheet.odd if _SUBSCRIPTION in o.example.lower()}
    facts: dict[str, Fact] = {"not_in_this_account_tier": [*locked]}
    said = [f"{len(locked)} columns hold a note on subscriptions in place of a number: taken as empty."]
    odd = [o for o in sheet.odd if o.raw_name not in locked]
    return sheet.decoded(facts, odd, said if locked else ())
