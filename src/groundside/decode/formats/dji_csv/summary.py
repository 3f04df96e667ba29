"""The recording, the track and the log of a decoded DJI flight CSV."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from groundside.decode.csv_rows.column_track import meaning, plain_columns, satellites, track_in_order
from groundside.decode.csv_rows.columns import first_text, flags, floats, greatest_of, last_of, texts
from groundside.decode.csv_rows.told import (
    armed_events,
    events_at_changes,
    first_position,
    jump_events,
    messages_at_changes,
    said_of,
)
from groundside.decode.csv_rows.velocities import velocities
from groundside.decode.formats.dji_csv.battery import batteries
from groundside.decode.formats.dji_csv.clock import read_times
from groundside.decode.remembered import once_a_table
from groundside.model import compute as pc
from groundside.model.decoded import Decoded
from groundside.model.log import EVENTS, MESSAGES, Log, rows_of
from groundside.model.recording import Aircraft, Battery, Recording
from groundside.model.table import Column, origin_of
from groundside.model.track import Track

_SPEEDS = ("osd_x_speed_mps", "osd_y_speed_mps", "osd_z_speed_mps")
_POSITION = {"lon": "osd_longitude_deg", "lat": "osd_latitude_deg", "height": "osd_height_m"}
_WARNING = 4
_GNSS_USED = 3
_FLOATS = {
    "lon": ("osd_longitude_deg",),
    "lat": ("osd_latitude_deg",),
    "height_m": ("osd_height_m",),
    "altitude_m": ("osd_altitude_m",),
    "roll_deg": ("osd_roll_deg",),
    "pitch_deg": ("osd_pitch_deg",),
    "yaw_deg": ("osd_yaw_deg", "osd_yaw_360", "osd_direction_yaw_deg"),
    "gimbal_pitch_deg": ("gimbal_pitch_deg",),
    "gimbal_yaw_deg": ("gimbal_yaw_deg", "gimbal_yaw_360"),
    "link_percent": ("rc_uplink_signal", "rc_uplink_signal_percent"),
}
_SAID = {
    "altitude_m": ", as the file states it",
    "yaw_deg": ", brought to 0 to 360",
    "gimbal_yaw_deg": ", brought to 0 to 360",
}
_MESSAGES = {
    "app_tip": ("APP.tip", None),
    "app_message": ("APP.message", None),
    "app_warning": ("APP.warning", _WARNING),
    "app_warn": ("APP.warn", _WARNING),
}
_APP = ("details_app_name", "details_app_platform", "recover_app_platform")
_VERSION = ("details_app_version", "recover_app_version")


def make_recording(decoded: Decoded) -> Recording:
    """Sum the file up: start and duration by its rows, the home point, greatest values and serials it states."""
    rows = decoded.tables["rows"]
    times = read_times(rows)
    _, how = _velocities(rows)
    height = ("The altitude above sea level is that of the file; DJI adds the height to that of the take-off point.",)
    return Recording(
        time_basis=times.basis,
        start_us=times.start_us,
        duration_s=times.duration_s,
        time_error_s=times.error_s,
        local_start=times.local_start,
        home=first_position(rows, "home_longitude_deg", "home_latitude_deg"),
        distance_m=_distance(rows),
        max_height_m=greatest_of(rows, "details_max_height_m", "osd_height_max_m", "osd_height_m"),
        max_speed_mps=greatest_of(
            rows, "details_max_horizontal_speed_mps", "osd_h_speed_max_mps", "osd_h_speed_mps", "custom_h_speed_mps"
        ),
        aircraft=_aircraft(rows),
        batteries=_batteries(rows),
        rows_expected=rows.num_rows,
        inferences=(
            *said_of(decoded), *times.inferences, *(height if floats(rows, "osd_altitude_m") is not None else ()), *how
        ),
    )  # fmt: skip


def make_track(decoded: Decoded) -> Track | None:
    """Make the track, one row of it for each row that has a time; None where there is none."""
    rows = decoded.tables["rows"]
    times = read_times(rows)
    columns = plain_columns(rows, _FLOATS, _SAID) | satellites(rows, "osd_gps_num") | _states(rows)
    return track_in_order(columns | batteries(rows) | _velocities(rows)[0], times)


def make_log(decoded: Decoded) -> Log:
    """Give tips and warnings, changes of mode and of the motors, on the clock of the track."""
    rows = decoded.tables["rows"]
    times = read_times(rows)
    messages = [
        message
        for name, (component, severity) in _MESSAGES.items()
        for message in messages_at_changes(times, texts(rows, name), component, severity)
    ]
    motors, origin = _motors(rows)
    events = [
        *events_at_changes(times, texts(rows, "osd_flyc_state"), "mode", "rows.osd_flyc_state"),
        *(armed_events(times, flags(rows, motors), origin) if motors else []),
        *jump_events(times, "CUSTOM.updateTime against OSD.flyTime"),
    ]
    identity = {
        "vehicle": first_text(rows, "details_aircraft_name", "recover_aircraft_name"),
        "app": first_text(rows, *_APP),
        "app_version": first_text(rows, *_VERSION),
    }
    said = {name: text for name, text in identity.items() if text}
    return Log(times.basis, messages=rows_of(MESSAGES, messages), events=rows_of(EVENTS, events), identity=said)


@once_a_table
def _velocities(rows: pa.Table) -> tuple[dict[str, Column], tuple[str, ...]]:
    return velocities(rows, read_times(rows), _SPEEDS, _POSITION)


def _distance(rows: pa.Table) -> float | None:
    said = greatest_of(rows, "details_total_distance_m")
    return said if said is not None else last_of(rows, "osd_mileage_m")


def _aircraft(rows: pa.Table) -> Aircraft:
    return Aircraft(
        name=first_text(rows, "details_aircraft_name", "recover_aircraft_name"),
        model=first_text(rows, "details_drone_type", "osd_drone_type"),
        serial=first_text(
            rows, "details_aircraft_serial", "details_aircraft_sn", "recover_aircraft_serial", "serial_aircraft_sn",
            "serial_aircraft",
        ),
    )  # fmt: skip


def _batteries(rows: pa.Table) -> tuple[Battery, ...]:
    serial = first_text(
        rows, "details_battery_sn", "details_battery_serial", "recover_battery_serial", "serial_battery"
    )
    return (Battery(serial=serial),) if serial else ()


def _motors(rows: pa.Table) -> tuple[str, str]:
    name = next((n for n in ("osd_is_motor_on", "osd_is_motor_up") if n in rows.column_names), "")
    return name, f"rows.{name}"


def _states(rows: pa.Table) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    mode = texts(rows, "osd_flyc_state")
    if mode is not None:
        columns["mode"] = Column(mode, "", origin_of(rows, "osd_flyc_state"))
    motors, _ = _motors(rows)
    said = flags(rows, motors) if motors else None
    if said is not None:
        columns["armed"] = Column(said, "", origin_of(rows, motors))
    ground = texts(rows, "osd_is_on_ground")
    if ground is not None:
        in_air = meaning(ground, {"true": False, "True": False, "false": True, "False": True})
        columns["in_air"] = Column(in_air, "", f"not {origin_of(rows, 'osd_is_on_ground')}")
    return columns | _fix(rows)


def _fix(rows: pa.Table) -> dict[str, Column]:
    name = next((n for n in ("osd_is_gpsused", "osd_is_gps_used") if n in rows.column_names), "")
    used = flags(rows, name) if name else None
    if used is None:
        return {}
    known: Any = pc.fill_null(used, pa.scalar(False, pa.bool_()))
    given: Any = pc.if_else(known, pa.scalar(_GNSS_USED, pa.int8()), pa.scalar(None, pa.int8()))
    return {"fix": Column(given, "", f"{_GNSS_USED} where {origin_of(rows, name)}")}
