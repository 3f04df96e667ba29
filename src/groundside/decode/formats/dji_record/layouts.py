"""
The fields of every record type of fixed layout.

Sources: dji-sdk/FlightRecordParsingLib, `fr_protocol.h` (structures; the location of the phone has its
latitude first there); lvauvillier/dji-log-parser, `record/*.rs`; o-gs/dji-firmware-tools,
`dji-dumlv1-flyc.lua` (the flags in OSD bytes 32 to 35). Checked against real files of versions 4 and 11:
velocity x, y, z is north, east, down.
"""

from __future__ import annotations

from math import pi

from groundside.decode.formats.dji_record.fields import Field, flag
from groundside.decode.formats.dji_record.names import (
    CAMERA_MODES,
    DRONE_TYPES,
    FAIL_SAFE_ACTIONS,
    FLIGHT_ACTIONS,
    FLIGHT_MODES,
    GIMBAL_MODES,
    GO_HOME_STATES,
    NON_GPS_CAUSES,
)

OSD = (
    Field("lon", 0, "f8", "deg", radians=pi),
    Field("lat", 8, "f8", "deg", radians=pi / 2),
    Field("height_m", 16, "i2", "m", 10),
    Field("vn_mps", 18, "i2", "m/s", 10),
    Field("ve_mps", 20, "i2", "m/s", 10),
    Field("vd_mps", 22, "i2", "m/s", 10),
    Field("pitch_deg", 24, "i2", "deg", 10),
    Field("roll_deg", 26, "i2", "deg", 10),
    Field("yaw_deg", 28, "i2", "deg", 10),
    Field("flight_mode", 30, "u1", mask=0x7F, names=FLIGHT_MODES),
    flag("rc_lost", 30, 0x80),
    Field("app_command", 31, "u1"),
    flag("can_ioc_work", 32, 0x01),
    Field("ground_or_sky", 32, "u1", mask=0x06),
    flag("motors_on", 32, 0x08),
    flag("ultrasonic_used", 32, 0x10),
    Field("go_home_state", 32, "u1", mask=0xE0, names=GO_HOME_STATES),
    flag("vision_used", 33, 0x01),
    Field("voltage_warning", 33, "u1", mask=0x06),
    flag("imu_preheated", 33, 0x10),
    Field("mode_channel", 33, "u1", mask=0x60),
    flag("gps_used", 33, 0x80),
    flag("compass_error", 34, 0x01),
    flag("ultrasonic_error", 34, 0x02),
    Field("gps_level", 34, "u1", mask=0x3C),
    Field("battery_type", 34, "u1", mask=0xC0),
    flag("accelerometer_over_range", 35, 0x01),
    flag("vibrating", 35, 0x02),
    flag("barometer_dead_in_air", 35, 0x04),
    flag("motor_blocked", 35, 0x08),
    flag("not_enough_force", 35, 0x10),
    flag("propeller_catapult", 35, 0x20),
    flag("go_home_height_modified", 35, 0x40),
    flag("out_of_limit", 35, 0x80),
    Field("satellites", 36, "u1"),
    Field("flight_action", 37, "u1", names=FLIGHT_ACTIONS),
    Field("motor_start_failure", 38, "u1", mask=0x7F),
    flag("motor_start_failed", 38, 0x80),
    Field("non_gps_cause", 39, "u1", mask=0x0F, names=NON_GPS_CAUSES),
    flag("waypoint_limit", 39, 0x10),
    Field("battery_raw", 40, "u1"),
    Field("ultrasonic_height_m", 41, "u1", "m", 10),
    Field("fly_time_s", 42, "u2", "s", 10),
    Field("motor_starts", 44, "u1"),
    Field("controller_version", 47, "u1"),
    Field("drone_type", 48, "u1", names=DRONE_TYPES),
    Field("imu_init_failure", 49, "u1"),
)
OSD_SHORTEST = 44
"""An OSD record that ends before its fly time is no OSD record."""

HOME = (
    Field("lon", 0, "f8", "deg", radians=pi),
    Field("lat", 8, "f8", "deg", radians=pi / 2),
    Field("altitude_raw", 16, "f4"),
    flag("home_recorded", 20, 0x01),
    flag("go_home_at_fixed_height", 20, 0x02),
    Field("head_direction", 20, "u1", mask=0x04),
    flag("dynamic_home_point", 20, 0x08),
    flag("near_distance_limit", 20, 0x10),
    flag("near_height_limit", 20, 0x20),
    flag("multiple_mode_open", 20, 0x40),
    flag("has_go_home", 20, 0x80),
    Field("compass_state", 21, "u1", mask=0x03),
    flag("compass_adjusting", 21, 0x04),
    flag("beginner_mode", 21, 0x08),
    flag("ioc_open", 21, 0x10),
    Field("ioc_mode", 21, "u1", mask=0xE0),
    Field("go_home_height_m", 22, "u2", "m"),
    Field("ioc_course_lock_angle", 24, "i2"),
    Field("recorder_card_state", 26, "u1"),
    Field("recorder_card_percent", 27, "u1", "%"),
    Field("recorder_time_left", 28, "u2"),
    Field("recorder_index", 30, "u2"),
    Field("height_limit_m", 37, "f4", "m"),
)

GIMBAL = (
    Field("pitch_deg", 0, "i2", "deg", 10),
    Field("roll_deg", 2, "i2", "deg", 10),
    Field("yaw_deg", 4, "i2", "deg", 10),
    Field("mode", 6, "u1", mask=0xC0, names=GIMBAL_MODES),
    Field("reset", 6, "u1", mask=0x20),
    Field("roll_adjust_deg", 7, "i1", "deg", 10),
    Field("yaw_to_aircraft_deg", 8, "i2", "deg", 10),
    flag("pitch_at_limit", 10, 0x01),
    flag("roll_at_limit", 10, 0x02),
    flag("yaw_at_limit", 10, 0x04),
    flag("auto_calibration", 10, 0x08),
    flag("auto_calibration_result", 10, 0x10),
    flag("install_direction", 10, 0x20),
    flag("stuck", 10, 0x40),
    Field("params_version", 11, "u1", mask=0x0F),
)

_STICKS = ("aileron", "elevator", "throttle", "rudder", "gimbal")
RC = (
    *(Field(name, 2 * k, "u2") for k, name in enumerate(_STICKS)),
    flag("wheel_pressed", 10, 0x01),
    Field("wheel_offset", 10, "u1", mask=0x3E),
    Field("wheel_polarity", 10, "u1", mask=0x40),
    Field("wheel_change", 10, "u1", mask=0x80),
    flag("go_home_pressed", 11, 0x08),
    Field("mode_switch", 11, "u1", mask=0x30),
    Field("gear_switch", 11, "u1", mask=0xC0),
    flag("custom_4_pressed", 12, 0x02),
    flag("custom_3_pressed", 12, 0x04),
    flag("custom_2_pressed", 12, 0x08),
    flag("custom_1_pressed", 12, 0x10),
    flag("playback_pressed", 12, 0x20),
    flag("shutter_pressed", 12, 0x40),
    flag("record_pressed", 12, 0x80),
    Field("bandwidth", 13, "u1"),
    Field("gimbal_control_enable", 14, "u1"),
)
RC_DISPLAY = tuple(Field(name, 7 + 2 * k, "u2") for k, name in enumerate(_STICKS))

CUSTOM = (
    Field("photo", 0, "u1"),
    Field("video", 1, "u1"),
    Field("horizontal_speed_mps", 2, "f4", "m/s"),
    Field("distance_m", 6, "f4", "m"),
    Field("time_ms", 10, "i8", "ms since 1970"),
)

DEFORM = (
    flag("protected", 0, 0x01),
    Field("status", 0, "u1", mask=0x0E),
    Field("mode", 0, "u1", mask=0x30),
)

_NO_CELL = (2, 10_000)
CENTER_BATTERY = (
    Field("percent", 0, "u1", "%"),
    Field("voltage_v", 1, "u2", "V", 1000),
    Field("capacity_mah", 3, "u2", "mAh"),
    Field("full_capacity_mah", 5, "u2", "mAh"),
    Field("life_percent", 7, "u1", "%"),
    Field("discharges", 8, "u2"),
    Field("error_bits", 10, "u4"),
    Field("current_a", 14, "i2", "A", 1000),
    *(Field(f"cell_{k + 1}_v", 16 + 2 * k, "u2", "V", 1000, absent=_NO_CELL) for k in range(6)),
    Field("serial_number", 28, "u2"),
    Field("product_date", 30, "u2"),
    Field("temperature_c", 32, "u2", "degC", 10, -273.15, absent=(0, 1 << 16)),
    Field("connect_state", 34, "u1"),
    Field("learn_count", 35, "u2"),
    Field("latest_learn_cycle", 37, "u2"),
    flag("charging", 39, 0x01),
)
SMART_BATTERY = (
    Field("fly_time_left_s", 0, "u2", "s"),
    Field("go_home_time_s", 2, "u2", "s"),
    Field("land_time_s", 4, "u2", "s"),
    Field("go_home_percent", 6, "u2", "%"),
    Field("land_percent", 8, "u2", "%"),
    Field("safe_radius_m", 10, "f4", "m"),
    Field("consumption", 14, "f4"),
    Field("status_bits", 18, "u4"),
    Field("go_home_state", 22, "u1"),
    Field("go_home_countdown", 23, "u1"),
    Field("voltage_v", 24, "u2", "V", 1000),
    Field("percent", 26, "u1", "%"),
    Field("low_warning_percent", 27, "u1", "%", mask=0x7F),
    flag("low_warning_go_home", 27, 0x80),
    Field("serious_warning_percent", 28, "u1", "%", mask=0x7F),
    flag("serious_warning_landing", 28, 0x80),
)
BATTERY_STATIC = (
    Field("index", 1, "u1"),
    Field("design_capacity_mah", 2, "u4", "mAh"),
    Field("discharges", 6, "u2"),
    Field("full_voltage_v", 8, "u4", "V", 1000),
    Field("serial_number", 14, "u2"),
    Field("life_percent", 39, "u1", "%"),
    Field("battery_type", 40, "u1"),
)
BATTERY_DYNAMIC = (
    Field("index", 1, "u1"),
    Field("voltage_v", 2, "i4", "V", 1000),
    Field("current_a", 6, "i4", "A", 1000),
    Field("full_capacity_mah", 10, "u4", "mAh"),
    Field("capacity_mah", 14, "u4", "mAh"),
    Field("temperature_c", 18, "i2", "degC", 10),
    Field("cell_count", 20, "u1"),
    Field("percent", 21, "u1", "%"),
    Field("state_bits", 22, "u8"),
)
BATTERY_CELLS = (
    Field("index", 1, "u1"),
    Field("cell_count", 2, "u1"),
    *(Field(f"cell_{k + 1}_v", 3 + 2 * k, "u2", "V", 1000, absent=_NO_CELL) for k in range(12)),
)

RC_GPS = (
    Field("hour", 0, "u1"),
    Field("minute", 1, "u1"),
    Field("second", 2, "u1"),
    Field("year", 3, "u2"),
    Field("month", 5, "u1"),
    Field("day", 6, "u1"),
    Field("lat", 7, "i4", "deg", 1e7),
    Field("lon", 11, "i4", "deg", 1e7),
    Field("vx_mps", 15, "i4", "m/s", 1000),
    Field("vy_mps", 19, "i4", "m/s", 1000),
    Field("satellites", 23, "u1"),
    Field("accuracy_m", 24, "f4", "m"),
    Field("valid_bits", 28, "u2"),
)
APP_GPS = (
    Field("lat", 0, "f8", "deg"),
    Field("lon", 8, "f8", "deg"),
    Field("accuracy_m", 16, "f4", "m"),
)
MC_PARAM = (
    Field("fail_safe_action", 0, "u1", names=FAIL_SAFE_ACTIONS),
    flag("vision_positioning", 1, 0x01),
    flag("obstacle_avoidance", 1, 0x02),
    flag("user_avoidance", 1, 0x04),
)
CAMERA = (
    flag("connected", 0, 0x01),
    flag("usb_connected", 0, 0x02),
    flag("time_synchronised", 0, 0x04),
    Field("capture_state", 0, "u1", mask=0x38),
    Field("recording_state", 0, "u1", mask=0xC0),
    flag("has_card", 1, 0x02),
    Field("card_state", 1, "u1", mask=0x3C),
    flag("upgrading", 1, 0x40),
    Field("work_mode", 4, "u1", names=CAMERA_MODES),
    Field("card_capacity_mb", 5, "u4", "MB"),
    Field("card_left_mb", 9, "u4", "MB"),
    Field("photos_left", 13, "u4"),
    Field("video_left_s", 17, "u4", "s"),
    Field("record_time_s", 21, "u2", "s"),
    Field("camera_type", 23, "u1"),
)
OFDM = (Field("signal_percent", 0, "u1", "%", mask=0x7F), flag("uplink", 0, 0x80))

FIXED: dict[int, tuple[str, tuple[Field, ...], int]] = {
    1: ("OSD", OSD, OSD_SHORTEST),
    2: ("HOME", HOME, 20),
    3: ("GIMBAL", GIMBAL, 6),
    4: ("RC", RC, 10),
    5: ("CUSTOM", CUSTOM, 18),
    6: ("DEFORM", DEFORM, 1),
    7: ("CENTER_BATTERY", CENTER_BATTERY, 16),
    8: ("SMART_BATTERY", SMART_BATTERY, 27),
    11: ("RC_GPS", RC_GPS, 15),
    14: ("APP_GPS", APP_GPS, 16),
    19: ("MC_PARAM", MC_PARAM, 2),
    25: ("CAMERA", CAMERA, 5),
    49: ("OFDM", OFDM, 1),
    62: ("RC_DISPLAY", RC_DISPLAY, 17),
}
"""Record type to table name, fields, and the fewest bytes that make such a record."""

BATTERY_GROUP = 22
BATTERY_PARTS: dict[int, tuple[str, tuple[Field, ...], int]] = {
    1: ("BATTERY_STATIC", BATTERY_STATIC, 16),
    2: ("BATTERY_DYNAMIC", BATTERY_DYNAMIC, 22),
    3: ("BATTERY_CELLS", BATTERY_CELLS, 3),
}
"""First byte of a battery group record to table name, fields, and fewest bytes."""
