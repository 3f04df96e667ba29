"""The recording, the track and the log of a decoded Litchi flight log."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from groundside.decode.csv_rows.column_track import plain_columns, satellites, track_in_order, turned_round
from groundside.decode.csv_rows.columns import first_text, flags, floats, greatest_of, integers, texts
from groundside.decode.csv_rows.times import Counter, Times, Wall, times_of
from groundside.decode.csv_rows.told import (
    armed_events,
    events_at_changes,
    first_position,
    jump_events,
    messages_at_changes,
    said_of,
)
from groundside.decode.csv_rows.velocities import velocities
from groundside.decode.remembered import once_a_table
from groundside.model.decoded import Decoded
from groundside.model.log import EVENTS, MESSAGES, Log, rows_of
from groundside.model.recording import Aircraft, Battery, Recording
from groundside.model.table import Column, origin_of
from groundside.model.track import Track

_CLOCKS = ("datetime_utc", "datetime_local", "datetime")
_SPEEDS = ("velocity_x_mps", "velocity_y_mps", "velocity_z_mps")
_TENTHS = {"gimbal_pitch_deg": "gimbal_pitch_raw", "gimbal_yaw_deg": "gimbal_yaw_raw"}
_HOTTEST_C = 150.0
_WARNING = 4
_FLOATS = {
    "lon": ("longitude",),
    "lat": ("latitude",),
    "roll_deg": ("roll_deg",),
    "pitch_deg": ("pitch_deg",),
    "yaw_deg": ("yaw_deg",),
    "battery_percent": ("remain_power_percent",),
    "link_percent": ("uplink_signal_quality",),
}
_SAID = {"yaw_deg": ", brought to 0 to 360"}


def make_recording(decoded: Decoded) -> Recording:
    """Sum the file up: start and duration by its rows, the home point, greatest height and speed it states."""
    rows = decoded.tables["rows"]
    times = read_times(rows)
    _, how = _velocities(rows)
    height, why = _heights(rows)
    serial = first_text(rows, "battery_serial_number")
    second = first_text(rows, "battery2_serial_number")
    return Recording(
        time_basis=times.basis,
        start_us=times.start_us,
        duration_s=times.duration_s,
        time_error_s=times.error_s,
        local_start=times.local_start,
        home=first_position(rows, "home_longitude", "home_latitude"),
        max_height_m=greatest_of(rows, "max_ascent_m", height),
        max_speed_mps=greatest_of(rows, "max_speed_mps", "speed_mps"),
        aircraft=Aircraft(
            name=first_text(rows, "planename"),
            model=first_text(rows, "dronetype"),
            serial=first_text(rows, "fly_controller_serial_number"),
        ),
        batteries=tuple(Battery(slot=n, serial=s) for n, s in ((1, serial), (2, second)) if s),
        rows_expected=rows.num_rows,
        inferences=(*said_of(decoded), *times.inferences, *why, *how),
    )


def make_track(decoded: Decoded) -> Track | None:
    """Make the track, one row of it for each row that has a time; None where there is none."""
    rows = decoded.tables["rows"]
    times = read_times(rows)
    height, _ = _heights(rows)
    sources = {**_FLOATS, "height_m": (height,), "altitude_m": ("altitude_m",) if height == "ascent_m" else ()}
    columns = plain_columns(rows, sources, _SAID) | _gimbal(rows) | _battery(rows) | satellites(rows, "satellites")
    return track_in_order(columns | _states(rows) | _velocities(rows)[0], times)


def make_log(decoded: Decoded) -> Log:
    """Give tips and warnings, changes of mode and of the motors, on the clock of the track."""
    rows = decoded.tables["rows"]
    times = read_times(rows)
    messages = [
        *messages_at_changes(times, texts(rows, "app_tip"), "App_Tip"),
        *messages_at_changes(times, texts(rows, "app_warning"), "App_Warning", _WARNING),
    ]
    events = [
        *events_at_changes(times, texts(rows, "flightmode"), "mode", "rows.flightmode"),
        *armed_events(times, flags(rows, "is_motors_on"), "rows.is_motors_on"),
        *jump_events(times, "datetime against time(millisecond)"),
    ]
    version = first_text(rows, "app_version")
    identity = {"app_version": version} if version else {}
    return Log(times.basis, messages=rows_of(MESSAGES, messages), events=rows_of(EVENTS, events), identity=identity)


@once_a_table
def read_times(rows: pa.Table) -> Times:
    """Find out when each row was: UTC where the file has it, else local time, else the counter of milliseconds."""
    counter = floats(rows, "time_ms")
    walls = [Wall(*integers(rows, n), n == "datetime_utc", n) for n in _CLOCKS if n in rows.column_names]
    wall = next((w for w in walls if w.known.any()), None)
    return times_of(None if counter is None else Counter(counter, "time(millisecond)"), wall)


def _heights(rows: pa.Table) -> tuple[str, tuple[str, ...]]:
    if floats(rows, "ascent_m") is not None:
        return "ascent_m", ("ascent is taken to be the height above take-off and altitude that above sea level.",)
    return "altitude_m", ("altitude is taken to be the height above take-off, as no other height is given.",)


@once_a_table
def _velocities(rows: pa.Table) -> tuple[dict[str, Column], tuple[str, ...]]:
    height, _ = _heights(rows)
    return velocities(rows, read_times(rows), _SPEEDS, {"lon": "longitude", "lat": "latitude", "height": height})


def _gimbal(rows: pa.Table) -> dict[str, Column]:
    """Tenths of degrees, as open-dronelog and fish-tracking read them."""
    columns: dict[str, Column] = {}
    for name, source in _TENTHS.items():
        tenths = floats(rows, source)
        if tenths is not None and np.nan_to_num(tenths).any():
            degrees = turned_round(tenths / 10) if name == "gimbal_yaw_deg" else tenths / 10
            columns[name] = Column(degrees, "deg", f"{origin_of(rows, source)} / 10")
    return columns


def _battery(rows: pa.Table) -> dict[str, Column]:
    """A battery of 0 V has not been read yet. A current that is mostly negative counts discharge so."""
    columns: dict[str, Column] = {}
    for source in ("voltage_v", "current_voltage_v"):
        voltage = floats(rows, source)
        if voltage is not None and np.nan_to_num(voltage).any():
            read = np.nan_to_num(voltage) > 0
            origin = f"{origin_of(rows, source)}, unknown where 0"
            columns["battery_voltage_v"] = Column(np.where(read, voltage, np.nan), "V", origin)
            break
    current = floats(rows, "current_current_a")
    if current is not None and np.nan_to_num(current).any():
        sign = -1 if np.sum(current < 0) > np.sum(current > 0) else 1
        origin = origin_of(rows, "current_current_a") + (", sign turned" if sign < 0 else "")
        columns["battery_current_a"] = Column(current * sign, "A", origin)
    degrees = floats(rows, "battery_temperature_degc")
    if degrees is not None:
        known = np.where(np.nan_to_num(degrees, nan=np.inf) < _HOTTEST_C, degrees, np.nan)
        columns["battery_temperature_c"] = Column(known, "degC", origin_of(rows, "battery_temperature_degc"))
    return columns


def _states(rows: pa.Table) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    mode = texts(rows, "flightmode")
    if mode is not None:
        columns["mode"] = Column(mode, "", origin_of(rows, "flightmode"))
    for name, source in (("armed", "is_motors_on"), ("in_air", "isflying")):
        said = flags(rows, source)
        if said is not None:
            columns[name] = Column(said, "", origin_of(rows, source))
    return columns
