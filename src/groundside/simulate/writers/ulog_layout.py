"""
The topics of a simulated PX4 log and how their fields lie in a record.

Read from the format definitions that a real log of PX4's development towards 1.13 carries ("1.12": positions of
receivers as integers), and from the message files of PX4-Autopilot as they stood around 1.16 ("1.16":
msg/SensorGps.msg, msg/BatteryStatus.msg, msg/versioned/*.msg; fields that only came later are left out).

PX4 writes the fields of a topic by falling size, fills the record up to a multiple of eight bytes and leaves out that
filling where it ends a record.

Source: PX4 Guide 1.16, "ULog File Format", https://docs.px4.io/v1.16/en/dev_log/ulog_file_format
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from groundside.simulate.writers.interleave import Bytes, matrix

Generation = Literal["1.12", "1.16"]

STORAGE = {
    "int8_t": "i1", "uint8_t": "u1", "bool": "u1", "int16_t": "<i2", "uint16_t": "<u2", "int32_t": "<i4",
    "uint32_t": "<u4", "float": "<f4", "double": "<f8", "uint64_t": "<u8",
}  # fmt: skip
_ARRAY = re.compile(r"(\w+?)(?:\[(\d+)\])?")
_ALIGNMENT, _HEAD_BYTES = 8, 3


@dataclass(frozen=True, slots=True)
class Field:
    """One field: a type of `STORAGE` or the name of another topic, and how many of it (0 is one, no array)."""

    type: str
    name: str
    count: int = 0

    @property
    def text(self) -> str:
        """As a format definition writes it."""
        return f"{self.type}[{self.count}] {self.name}" if self.count else f"{self.type} {self.name}"


@dataclass(frozen=True, slots=True)
class Topic:
    """
    One topic.

    Args:
        name: of the topic.
        layout: "type name name; type name[count]", in the order of the record, filling left out.
        part: a topic within this one, and the field that it is: "esc[8]".
    """

    name: str
    layout: str
    part: tuple[Topic, str] | None = None

    @property
    def definition(self) -> str:
        """The text of the format message."""
        return f"{self.name}:" + "".join(f"{f.text};" for f in fields(self))


@cache
def fields(topic: Topic) -> tuple[Field, ...]:
    """List all fields of a topic, filling included."""
    own = [
        _field(kind, word) for group in topic.layout.split(";") for kind, *words in [group.split()] for word in words
    ]
    size = sum(np.dtype(STORAGE[f.type]).itemsize * max(1, f.count) for f in own)
    missing = -size % _ALIGNMENT
    padding = [Field("uint8_t", "_padding0", missing)] if missing else []
    return (*own, *padding, *([_field(topic.part[0].name, topic.part[1])] if topic.part else []))


def _field(kind: str, word: str) -> Field:
    found = _ARRAY.fullmatch(word)
    name, count = found.groups() if found else (word, None)
    return Field(kind, name, int(count or 0))


@cache
def payload_dtype(topic: Topic, nested: bool = False) -> np.dtype[np.void]:
    """How the fields lie in a record; only within another topic is the filling at the end written."""
    of = fields(topic)
    written = of[:-1] if of[-1].name.startswith("_padding") and not nested else of
    return np.dtype([(f.name, _storage(f, topic), *([(f.count,)] if f.count else [])) for f in written])


def _storage(field: Field, topic: Topic) -> str | np.dtype[np.void]:
    return STORAGE.get(field.type) or payload_dtype(topic.part[0], nested=True) if topic.part else STORAGE[field.type]


def data_rows(topic: Topic, msg_id: int, columns: Mapping[str, ArrayLike], count: int) -> Bytes:
    """
    Fill in data messages ('D'); what is not given is zero.

    Args:
        topic: which.
        msg_id: number of its subscription.
        columns: field to values, in the unit of the field.
        count: how many.
    """
    payload = payload_dtype(topic)
    record = np.dtype([("size", "<u2"), ("kind", "S1"), ("msg_id", "<u2"), ("payload", payload)])
    out: NDArray[np.void] = np.zeros(count, record)
    out["size"], out["kind"], out["msg_id"] = record.itemsize - _HEAD_BYTES, b"D", msg_id
    inside = out["payload"]
    for name, values in columns.items():
        if name in (payload.names or ()):
            inside[name] = values
    return matrix(out)


_SAMPLED = "uint64_t timestamp timestamp_sample"
REPORT = Topic(
    "esc_report",
    "uint64_t timestamp; uint32_t esc_errorcount; int32_t esc_rpm; float esc_voltage esc_current; "
    "uint8_t esc_temperature esc_address esc_state failures",
)
_COMMON = (
    Topic("vehicle_attitude", f"{_SAMPLED}; float q[4] delta_q_reset[4]; uint8_t quat_reset_counter"),
    Topic("vehicle_acceleration", f"{_SAMPLED}; float xyz[3]"),
    REPORT,
    Topic(
        "esc_status",
        "uint64_t timestamp; uint16_t counter; uint8_t esc_count esc_connectiontype esc_online_flags esc_armed_flags",
        (REPORT, "esc[8]"),
    ),
)
_GPS_INTEGERS = (
    "int32_t lat lon alt alt_ellipsoid; float s_variance_m_s c_variance_rad eph epv hdop vdop; int32_t noise_per_ms "
    "jamming_indicator; float vel_m_s vel_n_m_s vel_e_m_s vel_d_m_s cog_rad; int32_t timestamp_time_relative; "
    "float heading heading_offset"
)
_GPS_DOUBLES = (
    "uint64_t timestamp timestamp_sample; double latitude_deg longitude_deg altitude_msl_m altitude_ellipsoid_m; "
    "uint64_t time_utc_usec; uint32_t device_id; float s_variance_m_s c_variance_rad eph epv hdop vdop; "
    "int32_t noise_per_ms jamming_indicator; float vel_m_s vel_n_m_s vel_e_m_s vel_d_m_s cog_rad; "
    "int32_t timestamp_time_relative; float heading heading_offset heading_accuracy rtcm_injection_rate; "
    "uint16_t automatic_gain_control; uint8_t fix_type jamming_state spoofing_state; bool vel_ned_valid; "
    "uint8_t satellites_used selected_rtcm_instance; bool rtcm_crc_failed; uint8_t rtcm_msg_used"
)

_PX4_1_12 = (
    *_COMMON,
    Topic(
        "vehicle_global_position",
        f"{_SAMPLED}; double lat lon; float alt alt_ellipsoid delta_alt eph epv terrain_alt; "
        "uint8_t lat_lon_reset_counter alt_reset_counter; bool terrain_alt_valid dead_reckoning",
    ),
    Topic(
        "vehicle_gps_position",
        f"uint64_t timestamp time_utc_usec; {_GPS_INTEGERS}; uint8_t fix_type jamming_state; bool vel_ned_valid; "
        "uint8_t satellites_used selected",
    ),
    Topic(
        "sensor_gps",
        f"uint64_t timestamp time_utc_usec; uint32_t device_id; {_GPS_INTEGERS}; uint16_t automatic_gain_control; "
        "uint8_t fix_type jamming_state; bool vel_ned_valid; uint8_t satellites_used",
    ),
    Topic(
        "vehicle_local_position",
        "uint64_t timestamp timestamp_sample ref_timestamp; double ref_lat ref_lon; float x y z delta_xy[2] delta_z "
        "vx vy vz z_deriv delta_vxy[2] delta_vz ax ay az heading delta_heading ref_alt dist_bottom eph epv evh evv "
        "vxy_max vz_max hagl_min hagl_max; bool xy_valid z_valid v_xy_valid v_z_valid; uint8_t xy_reset_counter "
        "z_reset_counter vxy_reset_counter vz_reset_counter heading_reset_counter; bool xy_global z_global "
        "dist_bottom_valid; uint8_t dist_bottom_sensor_bitfield",
    ),
    Topic(
        "vehicle_status",
        "uint64_t timestamp nav_state_timestamp failsafe_timestamp armed_time takeoff_time; uint32_t "
        "onboard_control_sensors_present onboard_control_sensors_enabled onboard_control_sensors_health; uint8_t "
        "nav_state arming_state hil_state; bool failsafe; uint8_t system_type system_id component_id vehicle_type; "
        "bool is_vtol is_vtol_tailsitter vtol_fw_permanent_stab in_transition_mode in_transition_to_fw "
        "rc_signal_lost; uint8_t rc_input_mode; bool data_link_lost; uint8_t data_link_lost_counter; bool "
        "high_latency_data_link_lost engine_failure mission_failure geofence_violated; uint8_t "
        "failure_detector_status latest_arming_reason latest_disarming_reason",
    ),
    Topic(
        "vehicle_land_detected",
        "uint64_t timestamp; float alt_max; bool freefall ground_contact maybe_landed landed in_ground_effect "
        "in_descend has_low_throttle vertical_movement horizontal_movement close_to_ground_or_skipped_check",
    ),
    Topic(
        "battery_status",
        "uint64_t timestamp; float voltage_v voltage_filtered_v current_a current_filtered_a current_average_a "
        "discharged_mah remaining scale temperature; int32_t cell_count; float voltage_cell_v[14] "
        "max_cell_voltage_delta average_power available_energy remaining_capacity design_capacity nominal_voltage; "
        "uint16_t capacity cycle_count run_time_to_empty average_time_to_empty serial_number manufacture_date "
        "state_of_health max_error interface_error average_time_to_full over_discharge_count; bool connected; "
        "uint8_t source priority id; bool is_powering_off; uint8_t warning",
    ),
    Topic(
        "home_position",
        "uint64_t timestamp; double lat lon; float alt x y z yaw; bool valid_alt valid_hpos valid_lpos manual_home",
    ),
    Topic(
        "airspeed_validated",
        "uint64_t timestamp; float indicated_airspeed_m_s calibrated_airspeed_m_s true_airspeed_m_s "
        "calibrated_ground_minus_wind_m_s true_ground_minus_wind_m_s; bool airspeed_sensor_measurement_valid; "
        "int8_t selected_airspeed_index",
    ),
)
_PX4_1_16 = (
    *_COMMON,
    Topic(
        "vehicle_global_position",
        f"{_SAMPLED}; double lat lon; float alt alt_ellipsoid delta_alt delta_terrain eph epv terrain_alt; bool "
        "lat_lon_valid alt_valid; uint8_t lat_lon_reset_counter alt_reset_counter terrain_reset_counter; bool "
        "terrain_alt_valid dead_reckoning",
    ),
    Topic("vehicle_gps_position", _GPS_DOUBLES),
    Topic("sensor_gps", _GPS_DOUBLES),
    Topic(
        "vehicle_local_position",
        "uint64_t timestamp timestamp_sample ref_timestamp; double ref_lat ref_lon; float x y z delta_xy[2] delta_z "
        "vx vy vz z_deriv delta_vxy[2] delta_vz ax ay az heading heading_var unaided_heading delta_heading tilt_var "
        "ref_alt dist_bottom dist_bottom_var delta_dist_bottom eph epv evh evv vxy_max vz_max hagl_min hagl_max_z "
        "hagl_max_xy; bool xy_valid z_valid v_xy_valid v_z_valid; uint8_t xy_reset_counter z_reset_counter "
        "vxy_reset_counter vz_reset_counter heading_reset_counter; bool heading_good_for_control xy_global z_global "
        "dist_bottom_valid; uint8_t dist_bottom_reset_counter dist_bottom_sensor_bitfield; bool dead_reckoning",
    ),
    Topic(
        "vehicle_status",
        "uint64_t timestamp armed_time takeoff_time nav_state_timestamp; uint32_t valid_nav_states_mask "
        "can_set_nav_states_mask; uint16_t failure_detector_status; uint8_t arming_state latest_arming_reason "
        "latest_disarming_reason nav_state_user_intention nav_state executor_in_charge hil_state vehicle_type; bool "
        "failsafe failsafe_and_user_took_over; uint8_t failsafe_defer_state; bool gcs_connection_lost; uint8_t "
        "gcs_connection_lost_counter; bool high_latency_data_link_lost is_vtol is_vtol_tailsitter in_transition_mode "
        "in_transition_to_fw; uint8_t system_type system_id component_id; bool safety_button_available safety_off "
        "power_input_valid usb_connected open_drone_id_system_present open_drone_id_system_healthy "
        "parachute_system_present parachute_system_healthy avoidance_system_required avoidance_system_valid "
        "rc_calibration_in_progress calibration_enabled pre_flight_checks_pass",
    ),
    Topic(
        "vehicle_land_detected",
        "uint64_t timestamp; bool freefall ground_contact maybe_landed landed in_ground_effect in_descend "
        "has_low_throttle vertical_movement horizontal_movement rotational_movement "
        "close_to_ground_or_skipped_check at_rest",
    ),
    Topic(
        "battery_status",
        "uint64_t timestamp; float voltage_v voltage_filtered_v current_a current_filtered_a current_average_a "
        "discharged_mah remaining scale time_remaining_s temperature voltage_cell_v[14] max_cell_voltage_delta; "
        "uint32_t custom_faults; uint16_t capacity cycle_count average_time_to_empty serial_number manufacture_date "
        "state_of_health max_error interface_error faults; bool connected; uint8_t cell_count source priority id; "
        "bool is_powering_off is_required; uint8_t warning mode",
    ),
    Topic(
        "home_position",
        "uint64_t timestamp; double lat lon; float alt x y z roll pitch yaw; uint32_t update_count; bool valid_alt "
        "valid_hpos valid_lpos manual_home",
    ),
    Topic(
        "airspeed_validated",
        "uint64_t timestamp; float indicated_airspeed_m_s calibrated_airspeed_m_s true_airspeed_m_s "
        "calibrated_ground_minus_wind_m_s; int8_t airspeed_source",
    ),
)
INERTIAL = Topic(
    "sensor_combined",
    "uint64_t timestamp; float gyro_rad[3]; uint32_t gyro_integral_dt; int32_t accelerometer_timestamp_relative; "
    "float accelerometer_m_s2[3]; uint32_t accelerometer_integral_dt; uint8_t accelerometer_clipping gyro_clipping "
    "accel_calibration_count gyro_calibration_count",
)
"""Written where inertial sensors are logged."""
TOPICS: dict[Generation, dict[str, Topic]] = {
    "1.12": {t.name: t for t in _PX4_1_12},
    "1.16": {t.name: t for t in _PX4_1_16},
}
