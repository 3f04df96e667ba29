"""The recording, the track and the log of a decoded AirData CSV."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from groundside.decode.csv_rows.column_track import meaning, plain_columns, satellites, track_in_order, turned_round
from groundside.decode.csv_rows.columns import floats, greatest_of, integers, last_of, texts
from groundside.decode.csv_rows.times import Counter, Times, Wall, times_of
from groundside.decode.csv_rows.told import events_at_changes, jump_events, messages_at_changes
from groundside.decode.remembered import once_a_table
from groundside.model.decoded import Decoded
from groundside.model.log import EVENTS, MESSAGES, Log, rows_of
from groundside.model.place import LonLat
from groundside.model.recording import Recording
from groundside.model.table import Column, origin_of
from groundside.model.track import Track

_AT_HOME_M = 0.5
_ROUNDED = (
    "Date and time are taken as rounded to the nearest second: so the start agrees within 0.1 s with the"
    " aircraft's own record in all ten flights that have both."
)

# Column of the track: the columns of the file it can come from, best first.
_FLOATS = {
    "lon": ("longitude",),
    "lat": ("latitude",),
    "height_m": ("height_above_takeoff_m", "ascent_m"),
    "altitude_m": ("altitude_above_sea_level_m", "altitude_m"),
    "vn_mps": ("x_speed_mps",),
    "ve_mps": ("y_speed_mps",),
    "vd_mps": ("z_speed_mps",),
    "roll_deg": ("roll_deg",),
    "pitch_deg": ("pitch_deg",),
    "yaw_deg": ("compass_heading_deg",),
    "battery_percent": ("battery_percent",),
    "battery_temperature_c": ("battery_temperature_degc",),
}
_SAID = {
    "vn_mps": ": north, by comparison with the positions",
    "ve_mps": ": east, by comparison with the positions",
    "vd_mps": ": down, by comparison with the height",
    "yaw_deg": ", brought to 0 to 360",
}


def make_recording(decoded: Decoded) -> Recording:
    """
    Sum the file up.

    Start is the first row, duration to the last row, distance the last value of the mileage, height and speed
    the recorder's own maxima, home the first position (where the file says that the distance from home is 0).
    """
    rows = decoded.tables["rows"]
    times = read_times(rows)
    said = decoded.facts.get("inferences")
    home, why = _home(rows)
    return Recording(
        time_basis=times.basis,
        start_us=times.start_us,
        duration_s=times.duration_s,
        time_error_s=times.error_s,
        local_start=times.local_start,
        home=home,
        distance_m=last_of(rows, "mileage_m"),
        max_height_m=greatest_of(rows, "max_ascent_m", "height_above_takeoff_m"),
        max_speed_mps=greatest_of(rows, "max_speed_mps", "speed_mps"),
        rows_expected=rows.num_rows,
        inferences=(*(map(str, said) if isinstance(said, list) else ()), *times.inferences, *why),
    )


def make_track(decoded: Decoded) -> Track | None:
    """Make the track, one row of it for each row that has a time; None where there is none."""
    rows = decoded.tables["rows"]
    columns = plain_columns(rows, _FLOATS, _SAID) | _gimbal(rows) | _battery(rows) | satellites(rows, "satellites")
    return track_in_order(columns | _states(rows), read_times(rows))


def make_log(decoded: Decoded) -> Log:
    """
    Give messages and changes of mode, on the clock of the track.

    AirData states no severity, and has no warning but what is in the messages.
    """
    rows = decoded.tables["rows"]
    times = read_times(rows)
    modes = events_at_changes(times, texts(rows, "flyc_state"), "mode", "rows.flyc_state")
    return Log(
        times.basis,
        messages=rows_of(MESSAGES, messages_at_changes(times, texts(rows, "message"))),
        events=rows_of(EVENTS, [*modes, *jump_events(times, "datetime against time(millisecond)")]),
    )


@once_a_table
def read_times(rows: pa.Table) -> Times:
    """
    Find out when each row was, from the counter of milliseconds and the date and time of each row.

    Rows without the counter have no time: the date alone shows whole seconds.
    """
    counter = floats(rows, "time_ms")
    if counter is None:
        return times_of(None, None)
    name = next((n for n in rows.column_names if n.startswith("datetime")), "")
    wall = Wall(*integers(rows, name), name == "datetime_utc", name) if name else None
    times = times_of(Counter(counter, "time(millisecond)"), wall)
    if not times.basis.is_utc and not times.local_start:
        return times
    return replace(times, inferences=(*times.inferences, _ROUNDED))


def _home(rows: pa.Table) -> tuple[LonLat | None, tuple[str, ...]]:
    lon, lat = floats(rows, "longitude"), floats(rows, "latitude")
    if lon is None or lat is None:
        return None, ()
    points = (LonLat(float(x), float(y)) for x, y in zip(lon, lat, strict=True))
    first = next(((i, p) for i, p in enumerate(points) if p.is_position), None)
    away = floats(rows, "distance_m")
    if first is None or (away is not None and not away[first[0]] <= _AT_HOME_M):
        return None, ()
    return first[1], ("Home is taken to be the first position, where the file gives a distance from home of 0.",)


def _gimbal(rows: pa.Table) -> dict[str, Column]:
    """Angles that are 0 in every row are those of an aircraft without a gimbal."""
    names = ("gimbal_heading_deg", "gimbal_pitch_deg", "gimbal_roll_deg")
    angles = {n: v for n in names if (v := floats(rows, n)) is not None}
    if not any(np.nan_to_num(v).any() for v in angles.values()):
        return {}
    yaw, pitch = angles.get("gimbal_heading_deg"), angles.get("gimbal_pitch_deg")
    columns: dict[str, Column] = {}
    if yaw is not None:
        columns["gimbal_yaw_deg"] = Column(turned_round(yaw), "deg", "gimbal_heading(degrees)")
    if pitch is not None:
        columns["gimbal_pitch_deg"] = Column(pitch, "deg", "gimbal_pitch(degrees)")
    return columns


def _battery(rows: pa.Table) -> dict[str, Column]:
    """A battery of 0 V has not been read yet: nor has its current."""
    voltage, origin = floats(rows, "voltage_v"), "voltage(v), unknown where 0"
    if voltage is None or not np.nan_to_num(voltage).any():
        cells = [v for n in rows.column_names if n.startswith("voltage_cell") and (v := floats(rows, n)) is not None]
        voltage, origin = (np.nansum(cells, axis=0), "sum of voltageCell1.., unknown where 0") if cells else (None, "")
    if voltage is None:
        return {}
    read = np.nan_to_num(voltage) > 0
    current = floats(rows, "current_a")
    columns = {"battery_voltage_v": Column(np.where(read, voltage, np.nan), "V", origin)}
    if current is not None:
        columns["battery_current_a"] = Column(np.where(read, current, np.nan), "A", "current(A)")
    return columns


def _states(rows: pa.Table) -> dict[str, Column]:
    mode: pa.Array[Any] | None = texts(rows, "flyc_state")
    if mode is None:
        return {}
    return {
        "mode": Column(mode, "", origin_of(rows, "flyc_state")),
        "armed": Column(meaning(mode, _MOTORS_RUN), "", "flycState: motors run in it; unknown in others"),
        "in_air": Column(meaning(mode, _ON_GROUND), "", "flycState: on the ground in it; unknown in others"),
    }


_MOTORS_RUN = {"Motors_Started": True, "Assisted_Takeoff": True, "Confirm_Landing": True}
_ON_GROUND = {"Motors_Started": False}
