"""
What a PX4 vehicle publishes of a flight, topic by topic.

Numbers of navigation states, arming states, vehicle types and battery warnings from msg/versioned/VehicleStatus.msg and
msg/BatteryStatus.msg of PX4-Autopilot. Times are microseconds since boot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from groundside.simulate.missions import Phase
from groundside.simulate.truth import Truth
from groundside.simulate.writers import mavlink_state as state
from groundside.simulate.writers.mavlink_state import Floats, Rows
from groundside.simulate.writers.ulog_layout import REPORT, payload_dtype
from groundside.simulate.writers.ulog_motion import acceleration, local_position, quaternions

NAV_STATES = {
    Phase.GROUND: 4, Phase.TAKEOFF: 17, Phase.MISSION: 3, Phase.HOVER: 4, Phase.RETURN: 5, Phase.LANDING: 18,
}  # fmt: skip
"""3 is mission, 4 hold, 5 return, 17 take-off, 18 land."""
ARMED, DISARMED = 2, 1
ROTARY_WING, FIXED_WING, ROVER = 1, 2, 3
_CELLS = 14


@dataclass(frozen=True, slots=True)
class Published:
    """Data of one topic's instance: at which samples, and field to values, one for each."""

    topic: str
    rows: Rows
    columns: Mapping[str, ArrayLike]
    instance: int = 0
    vital: bool = False
    """Not lost in a dropout."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """The truth, its clock since boot, and what the receivers are like."""

    truth: Truth
    boot_us: NDArray[np.int64]
    receivers: int
    utc: bool

    def timed(self, rows: Rows) -> dict[str, ArrayLike]:
        """When it was published, and sampled a little before."""
        return {"timestamp": self.boot_us[rows], "timestamp_sample": self.boot_us[rows] - 220}


def published(vehicle: Vehicle) -> Iterator[Published]:
    """All data of the flight."""
    every = np.arange(len(vehicle.truth))
    yield from _states(vehicle)
    yield from _motion(vehicle, every)
    for receiver in range(vehicle.receivers):
        yield _receiver(vehicle, every[::2], receiver, "sensor_gps")
    yield _receiver(vehicle, every[::2], 0, "vehicle_gps_position")
    for which in range(len(vehicle.truth.batteries)):
        yield _battery(vehicle, which)
    yield _motors(vehicle, every[::10])
    yield from _airspeed(vehicle, every)


def _states(vehicle: Vehicle) -> Iterator[Published]:
    t = vehicle.truth
    yield _status(vehicle)
    landed = ~t.in_air
    rows = state.rows_of(len(t), 10, state.changes(landed))
    on_ground = landed[rows]
    columns = {"landed": on_ground, "maybe_landed": on_ground, "ground_contact": on_ground, "at_rest": on_ground}
    yield Published("vehicle_land_detected", rows, vehicle.timed(rows) | columns | {"alt_max": np.inf}, vital=True)
    home = np.flatnonzero(t.has_fix)[:1]
    place = {"lat": t.home.lat, "lon": t.home.lon, "alt": t.field.altitude_m, "yaw": np.radians(t.yaw_deg[home])}
    valid = dict.fromkeys(("valid_alt", "valid_hpos", "valid_lpos"), 1) | {"update_count": 1}
    yield Published("home_position", home, vehicle.timed(home) | place | valid, vital=True)


def _status(vehicle: Vehicle) -> Published:
    t = vehicle.truth
    nav, failsafe, lost = state.phase_numbers(t, NAV_STATES), state.failing_safe(t), state.during(t, "link_lost")
    rows = state.rows_of(len(t), 5, state.changes(nav, t.armed, failsafe, lost))
    kind = t.aircraft.kind
    wings = state.on_wings(t) if kind == "vtol" else np.full(len(t), kind == "plane")
    rising = {"armed_time": t.armed, "takeoff_time": t.in_air, "failsafe_timestamp": failsafe}
    began = {k: state.last_change_us(state.changes(f) & f, vehicle.boot_us)[rows] for k, f in rising.items()}
    columns: dict[str, ArrayLike] = {
        "nav_state": nav[rows], "nav_state_user_intention": nav[rows], "failsafe": failsafe[rows],
        "nav_state_timestamp": state.last_change_us(state.changes(nav), vehicle.boot_us)[rows],
        "arming_state": np.where(t.armed, ARMED, DISARMED)[rows], "system_type": state.vehicle_type(t),
        "vehicle_type": ROVER if kind == "rover" else np.where(wings, FIXED_WING, ROTARY_WING)[rows],
        "is_vtol": kind == "vtol", "system_id": 1, "component_id": 1, "pre_flight_checks_pass": 1,
        "data_link_lost": lost[rows], "gcs_connection_lost": lost[rows],
    }  # fmt: skip
    return Published("vehicle_status", rows, vehicle.timed(rows) | began | columns, vital=True)


def _motion(vehicle: Vehicle, every: Rows) -> Iterator[Published]:
    t = vehicle.truth
    yield Published(
        "vehicle_attitude", every, vehicle.timed(every) | {"q": quaternions(t.roll_deg, t.pitch_deg, t.yaw_deg)}
    )
    yield Published("vehicle_acceleration", every, vehicle.timed(every) | {"xyz": acceleration(t)})
    fixed = np.flatnonzero(t.has_fix)
    place = {
        "lat": t.lat[fixed], "lon": t.lon[fixed], "alt": t.altitude_m[fixed],
        "alt_ellipsoid": t.altitude_m[fixed] + state.ELLIPSOID_ABOVE_SEA_M, "eph": 0.4, "epv": 0.7,
        "terrain_alt": t.field.altitude_m, "lat_lon_valid": 1, "alt_valid": 1,
    }  # fmt: skip
    yield Published("vehicle_global_position", fixed, vehicle.timed(fixed) | place)
    yield _local(vehicle, every)


def _local(vehicle: Vehicle, every: Rows) -> Published:
    t = vehicle.truth
    north, east = (np.nan_to_num(x) for x in local_position(t))
    fixed = np.flatnonzero(t.has_fix)[:1]
    known = t.has_fix.astype(np.uint8)
    limits = dict.fromkeys(("vxy_max", "vz_max", "hagl_min", "hagl_max", "hagl_max_z", "hagl_max_xy"), np.inf)
    columns: dict[str, ArrayLike] = {
        "x": north, "y": east, "z": -t.height_m, "vx": t.vn_mps, "vy": t.ve_mps, "vz": t.vd_mps, "z_deriv": t.vd_mps,
        "heading": np.radians(np.mod(t.yaw_deg + 180.0, 360.0) - 180.0), "heading_good_for_control": 1,
        "ref_timestamp": vehicle.boot_us[fixed[0]] if len(fixed) else 0, "ref_lat": t.home.lat, "ref_lon": t.home.lon,
        "ref_alt": t.field.altitude_m, "dist_bottom": np.nan, "eph": 0.4, "epv": 0.7, "evh": 0.1, "evv": 0.1,
        "xy_valid": known, "z_valid": 1, "v_xy_valid": known, "v_z_valid": 1, "xy_global": known, "z_global": 1,
    }  # fmt: skip
    return Published("vehicle_local_position", every, vehicle.timed(every) | columns | limits)


def _receiver(vehicle: Vehicle, rows: Rows, receiver: int, topic: str) -> Published:
    t = vehicle.truth
    fix = t.has_fix[rows]
    lat, lon, sea = (np.where(fix, x[rows], 0.0) for x in (t.lat + receiver * 6e-6, t.lon, t.altitude_m))
    above = sea + np.where(fix, state.ELLIPSOID_ABOVE_SEA_M, 0.0)
    columns: dict[str, ArrayLike] = {
        "latitude_deg": lat, "longitude_deg": lon, "altitude_msl_m": sea, "altitude_ellipsoid_m": above,
        "lat": np.round(lat * 1e7), "lon": np.round(lon * 1e7), "alt": np.round(sea * 1e3),
        "alt_ellipsoid": np.round(above * 1e3), "fix_type": t.fix[rows],
        "time_utc_usec": np.where(fix & vehicle.utc, t.time_us[rows], 0), "device_id": 11_468_804 + receiver,
        "satellites_used": np.clip(t.satellites[rows] - receiver, 0, 255), **_velocity(t, rows),
        "s_variance_m_s": 0.3, "c_variance_rad": 0.1, "eph": np.where(fix, 0.9, 99.0), "epv": np.where(fix, 1.8, 99.0),
        "hdop": np.where(fix, 0.7, 99.99), "vdop": np.where(fix, 1.1, 99.99), "vel_ned_valid": fix,
    }  # fmt: skip
    unknown = dict.fromkeys(("heading", "heading_offset", "heading_accuracy"), np.nan)
    return Published(topic, rows, vehicle.timed(rows) | columns | unknown, receiver)


def _velocity(truth: Truth, rows: Rows) -> dict[str, Floats]:
    vn, ve, vd = (v[rows] for v in (truth.vn_mps, truth.ve_mps, truth.vd_mps))
    names = ("vel_m_s", "vel_n_m_s", "vel_e_m_s", "vel_d_m_s", "cog_rad")
    return dict(zip(names, (np.hypot(vn, ve), vn, ve, vd, np.arctan2(ve, vn)), strict=True))


def _battery(vehicle: Vehicle, which: int) -> Published:
    t = vehicle.truth
    warning = state.battery_warning(t, which)
    rows = state.rows_of(len(t), 5, state.changes(warning))
    volts, amps = t.battery_voltage_v[which][rows], t.battery_current_a[which][rows]
    cells = np.zeros((len(rows), _CELLS))
    cells[:, : t.cells] = (volts / t.cells)[:, None]
    columns: dict[str, ArrayLike] = {
        "voltage_v": volts, "voltage_filtered_v": volts, "current_a": amps, "current_filtered_a": amps,
        "current_average_a": amps, "discharged_mah": state.used_mah(t, which)[rows], "scale": 1.0,
        "remaining": t.battery_percent[which][rows] / 100.0, "temperature": t.battery_temperature_c[which][rows],
        "cell_count": t.cells, "voltage_cell_v": cells, "capacity": min(65_535, round(t.capacity_ah * 1000.0)),
        "serial_number": state.number_in(t.batteries[which].serial), "connected": 1, "id": which + 1,
        "priority": which, "warning": warning[rows], "time_remaining_s": np.nan,
    }  # fmt: skip
    return Published("battery_status", rows, vehicle.timed(rows) | columns, which)


def _motors(vehicle: Vehicle, rows: Rows) -> Published:
    t = vehicle.truth
    reports = np.zeros((len(rows), 8), payload_dtype(REPORT, nested=True))
    reports["timestamp"][:, :4] = vehicle.boot_us[rows][:, None]
    reports["esc_rpm"][:, :4] = np.where(t.in_air, 5200, np.where(t.armed, 1400, 0))[rows][:, None]
    reports["esc_voltage"][:, :4] = t.battery_voltage_v[0][rows][:, None]
    columns = {"counter": np.arange(len(rows)) % 65_536, "esc_count": 4, "esc_online_flags": 15, "esc": reports}
    return Published("esc_status", rows, vehicle.timed(rows) | columns)


def _airspeed(vehicle: Vehicle, every: Rows) -> Iterator[Published]:
    speed = state.airspeed(vehicle.truth)
    if speed is not None:
        names = ("indicated_airspeed_m_s", "calibrated_airspeed_m_s", "true_airspeed_m_s")
        valid = {"airspeed_sensor_measurement_valid": np.isfinite(speed), "airspeed_source": 1}
        yield Published("airspeed_validated", every, vehicle.timed(every) | dict.fromkeys(names, speed) | valid)
