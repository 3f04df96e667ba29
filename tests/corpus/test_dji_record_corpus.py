"""Real flight records: against AirData's account of the same flights, and against dji-log-parser-js."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pytest

from groundside.decode.format import Options
from groundside.decode.formats.dji_record import FORMAT
from groundside.decode.formats.dji_record.names import PRODUCTS
from groundside.model.decoded import Decoded
from groundside.model.recording import Recording, TimeBasis
from tests.plain_kernels import same_by_both

pytestmark = pytest.mark.corpus
PEER = Path(__file__).resolve().parents[1] / "peers" / "dji-log-parser"
FEET = 0.3048
PAIRS = 10
V4, V11 = "dji-log-parser__DJIFlightRecord_2015*", "dji-log-parser-js__DJIFlightRecord_2018*"


def read(path: Path) -> Decoded:
    return FORMAT.decode(memoryview(path.read_bytes()), Options())


def one(corpus: Path, pattern: str) -> Path:
    (path,) = (corpus / "flights" / "dji_txt").glob(pattern + ".txt")
    return path


@dataclass
class AirData:
    """What an AirData CSV says of a whole flight."""

    rows: int
    first_second: float
    start: float
    duration_s: float
    distance_m: float
    height_m: float
    speed_mps: float
    lon: float
    lat: float


def airdata(path: Path) -> AirData | None:
    """
    Sum a CSV up; None where it has no mileage, which is no flight of the truth set.

    `time(millisecond)` does not always start at 0, and `datetime(utc)` is rounded to whole seconds: the start is the
    median of the differences between the two, plus the first time.
    """
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = [{name.strip(): value for name, value in row.items()} for row in csv.DictReader(lines)]
    if "mileage(feet)" not in rows[0]:
        return None
    times = [float(row["time(millisecond)"]) / 1e3 for row in rows]
    seconds = [datetime.fromisoformat(row["datetime(utc)"]).replace(tzinfo=UTC).timestamp() for row in rows]
    return AirData(
        rows=len(rows),
        first_second=seconds[0],
        start=median(s - t for s, t in zip(seconds, times, strict=True)) + times[0],
        duration_s=times[-1] - times[0],
        distance_m=float(rows[-1]["mileage(feet)"]) * FEET,
        height_m=max(float(row["height_above_takeoff(feet)"]) for row in rows) * FEET,
        speed_mps=max(float(row["speed(mph)"]) for row in rows) * 0.44704,
        lon=float(rows[0]["longitude"]),
        lat=float(rows[0]["latitude"]),
    )


@cache
def twins(corpus: Path) -> list[tuple[Path, Recording, AirData]]:
    """Every encrypted record with the CSV that starts within a minute of it."""
    return list(_twins(corpus))


def _twins(corpus: Path) -> Iterator[tuple[Path, Recording, AirData]]:
    sheets = [sheet for path in sorted((corpus / "flights" / "dji_csv").glob("*.csv")) if (sheet := airdata(path))]
    for path in sorted((corpus / "flights" / "dji_txt").glob("dji-flight-log__*.txt")):
        recording = FORMAT.recording(read(path))
        assert recording.start_us is not None
        for sheet in sheets:
            if abs(recording.start_us / 1e6 - sheet.first_second) < 60:
                yield path, recording, sheet


def test_every_flight_record_is_recognised_read_and_accounted_for(corpus: Path):
    for path in sorted((corpus / "flights" / "dji_txt").iterdir()):
        data = path.read_bytes()
        assert FORMAT.recognises(data[:65536]), path.name
        decoded = FORMAT.decode(memoryview(data), Options())
        assert decoded.account.total == len(data)
        explained = (
            decoded.account.unknown
            + decoded.account.locked
            + sum(p.length for p in decoded.problems if "belong to neither" in p.what)
        )
        assert decoded.account.skipped == explained, path.name


def test_no_other_file_of_the_corpus_is_taken_for_a_flight_record(corpus: Path):
    for path in sorted((corpus / "flights").rglob("*")):
        if path.is_file() and path.parent.name != "dji_txt":
            with path.open("rb") as stream:
                assert not FORMAT.recognises(stream.read(65536)), path.name


def test_encrypted_records_agree_with_the_airdata_csv_of_the_same_flight(corpus: Path):
    pairs = twins(corpus)
    assert len(pairs) == PAIRS
    for path, recording, sheet in pairs:
        assert recording.track_locked, path.name
        assert recording.time_basis is TimeBasis.UTC_DEVICE
        assert recording.start_us is not None
        start = recording.start_us / 1e6
        assert abs(start - sheet.first_second) <= 0.5, path.name
        assert -0.15 <= start - sheet.start <= 0.05, path.name
        assert recording.duration_s == pytest.approx(sheet.duration_s, abs=0.15), path.name
        assert recording.distance_m == pytest.approx(sheet.distance_m, abs=0.05), path.name
        assert recording.rows_expected == sheet.rows, path.name
        assert recording.max_height_m == float(int(sheet.height_m)), "stated in whole metres, rounded down"
        assert recording.max_speed_mps == pytest.approx(sheet.speed_mps, abs=0.15)
        assert recording.home is not None
        assert abs(recording.home.lat - sheet.lat) < 1e-3
        assert abs(recording.home.lon - sheet.lon) < 1e-3
        assert recording.aircraft.model == PRODUCTS[170]
        assert recording.aircraft.serial
        assert recording.batteries


def test_encrypted_records_give_the_request_that_the_service_expects(corpus: Path):
    assert FORMAT.key_request is not None
    for path, _, _ in twins(corpus):
        request = FORMAT.key_request(memoryview(path.read_bytes()))
        assert request is not None
        assert (request["version"], request["department"]) == (4, 7)
        groups: Any = request["keychainsArray"]
        assert [len(group) for group in groups] == [9]
        assert all(re.fullmatch(r"FR_Standardization_Feature_\w+_\d+", key["featurePoint"]) for key in groups[0])
        assert {len(key["aesCiphertext"]) for key in groups[0]} == {344}


@pytest.mark.parametrize(("pattern", "rows"), [(V4, 872), (V11, 7972)])
def test_the_track_of_a_real_record_hangs_together(corpus: Path, pattern: str, rows: int):
    decoded = read(one(corpus, pattern))
    recording, track = FORMAT.recording(decoded), FORMAT.track(decoded)
    assert track is not None
    assert recording.start_us is not None
    assert recording.duration_s is not None
    assert track.table.num_rows == rows == recording.rows_expected
    assert not any("no position" in problem.what for problem in decoded.problems)
    times = track.time_us
    assert (np.diff(times) > 0).all()
    assert abs(times[0] - recording.start_us) < 100_000
    assert abs((times[-1] - times[0]) / 1e6 - recording.duration_s) < 0.3
    lat, lon = np.radians(track.floats("lat")), np.radians(track.floats("lon"))
    north, east = np.gradient(lat) * 6_371_000, np.gradient(lon) * 6_371_000 * np.cos(lat)
    assert np.nansum(np.hypot(north, east)) == pytest.approx(recording.distance_m, rel=0.35)
    assert np.nanmax(track.floats("height_m")) == pytest.approx(recording.max_height_m, abs=0.6)
    assert (np.isfinite(track.floats("battery_percent"))).mean() > 0.9
    assert track.floats("yaw_deg").min() >= 0


def test_velocities_of_a_real_record_are_north_east_and_down(corpus: Path):
    track = FORMAT.track(read(one(corpus, V11)))
    assert track is not None
    seconds = np.arange(track.table.num_rows) / 10
    lat = np.radians(track.floats("lat"))
    lon = np.radians(track.floats("lon"))
    moved = {
        "vn_mps": np.gradient(lat, seconds) * 6_371_000,
        "ve_mps": np.gradient(lon, seconds) * 6_371_000 * np.cos(lat),
        "vd_mps": -np.gradient(track.floats("height_m"), seconds),
    }
    for name, velocity in moved.items():
        slope, correlation = (
            np.polyfit(track.floats(name), velocity, 1)[0],
            np.corrcoef(track.floats(name), velocity),
        )
        assert slope == pytest.approx(1, abs=0.03), name
        assert correlation[0, 1] > 0.85, name


# --- dji-log-parser-js -------------------------------------------------------------------------------------------


@cache
def peer_records(path: Path) -> dict[str, list[dict[str, Any]]]:
    """What dji-log-parser-js reads in a file, by record type."""
    node = shutil.which("node")
    if node is None or not (PEER / "node_modules").is_dir():
        reason = "dji-log-parser-js is not installed: run npm ci in tests/peers/dji-log-parser"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    done = subprocess.run([node, str(PEER / "records.mjs"), str(path)], capture_output=True, check=True)
    found: dict[str, list[dict[str, Any]]] = {}
    for line in done.stdout.splitlines():
        record = json.loads(line)
        content = record.get("content") or {}
        kind = content.get("type", record["type"]) if record["type"] == "SmartBatteryGroup" else record["type"]
        found.setdefault(kind, []).append(content)
    return found


def plain(name: object) -> object:
    """Compare names without regard to spaces and case; the peer gives unnamed values as numbers."""
    text = str(name)
    unnamed = re.fullmatch(r"unknown (\d+)", text)
    return unnamed[1] if unnamed else re.sub(r"[ _]", "", text).lower()


def nested(member: str, at: int) -> Callable[[dict[str, Any]], Any]:
    return lambda content: content[member][at] if at < len(content[member]) else None


Peer = str | Callable[[dict[str, Any]], Any]
COMMON: dict[str, tuple[str, dict[str, Peer]]] = {
    "OSD": ("OSD", {
        "lon": "longitude", "lat": "latitude", "height_m": "altitude", "vn_mps": "speedX", "ve_mps": "speedY",
        "vd_mps": "speedZ", "pitch_deg": "pitch", "roll_deg": "roll", "yaw_deg": "yaw", "flight_mode": "flightMode",
        "rc_lost": "rcOutcontrol", "can_ioc_work": "canIocWork", "motors_on": "isMotorUp",
        "ultrasonic_used": "isSwaveWork", "go_home_state": "goHomeStatus", "vision_used": "isVisionUsed",
        "voltage_warning": "voltageWarning", "imu_preheated": "isImuPreheated", "mode_channel": "modeChannel",
        "gps_used": "isGpsValid", "compass_error": "isCompassError", "ultrasonic_error": "waveError",
        "gps_level": "gpsLevel", "accelerometer_over_range": "isAcceletorOverRange", "vibrating": "isVibrating",
        "barometer_dead_in_air": "isBarometerDeadInAir", "motor_blocked": "isMotorBlocked",
        "not_enough_force": "isNotEnoughForce", "propeller_catapult": "isPropellerCatapult",
        "go_home_height_modified": "isGoHomeHeightModified", "out_of_limit": "isOutOfLimit", "satellites": "gpsNum",
        "flight_action": "flightAction", "non_gps_cause": "nonGpsCause", "waypoint_limit": "waypointLimitMode",
        "battery_raw": "battery", "ultrasonic_height_m": "sWaveHeight", "fly_time_s": "flyTime",
        "motor_starts": "motorRevolution", "controller_version": "versionC", "drone_type": "droneType",
        "ground_or_sky": lambda c: {"Ground": (0, 1), "Sky": (2, 3)}[c["groundOrSky"]],
        "motor_start_failure": lambda c: {"None": 0}.get(c["motorStartFailedCause"]),
        "battery_type": lambda c: {"NonSmart": 1, "Smart": 2}.get(c["batteryType"], c["batteryType"]),
    }),
    "HOME": ("Home", {
        "lon": "longitude", "lat": "latitude", "home_recorded": "isHomeRecord",
        "go_home_at_fixed_height": lambda c: c["goHomeMode"] == "FixedHeight", "head_direction": "aircraftHeadDirection",
        "dynamic_home_point": "isDynamicHomePointEnabled", "near_distance_limit": "isNearDistanceLimit",
        "near_height_limit": "isNearHeightLimit", "multiple_mode_open": "isMultipleModeOpen",
        "has_go_home": "hasGoHome", "compass_adjusting": "isCompassAdjust", "beginner_mode": "isBeginnerMode",
        "ioc_open": "isIocOpen", "go_home_height_m": "goHomeHeight", "ioc_course_lock_angle": "iocCourseLockAngle",
        "recorder_card_state": "flightRecordSdState", "recorder_card_percent": "recordSdCapacityPercent",
        "recorder_time_left": "recordSdLeftTime", "recorder_index": "currentFlightRecordIndex",
        "height_limit_m": "maxAllowedHeight",
    }),
    "GIMBAL": ("Gimbal", {
        "pitch_deg": "pitch", "roll_deg": "roll", "yaw_deg": "yaw", "mode": "mode", "reset": "reset",
        "roll_adjust_deg": "rollAdjust", "yaw_to_aircraft_deg": "yawAngle", "pitch_at_limit": "isPitchAtLimit",
        "roll_at_limit": "isRollAtLimit", "yaw_at_limit": "isYawAtLimit", "auto_calibration": "isAutoCalibration",
        "auto_calibration_result": "autoCalibrationResult", "install_direction": "installDirection",
        "stuck": "isStuck", "params_version": "version",
    }),
    "RC": ("RC", {
        "aileron": "aileron", "elevator": "elevator", "throttle": "throttle", "rudder": "rudder", "gimbal": "gimbal",
        "wheel_pressed": "wheelBtnDown", "wheel_offset": "wheelOffset", "wheel_polarity": "wheelPolarity",
        "wheel_change": "wheelChange", "go_home_pressed": "returnBtn", "gear_switch": "transformSwitch",
        "mode_switch": lambda c: {"One": 0, "Two": 1, "Three": 2}.get(c["flightModeSwitch"], 3),
        "custom_1_pressed": "customFunctionBtn1Down", "custom_2_pressed": "customFunctionBtn2Down",
        "custom_3_pressed": "customFunctionBtn3Down", "custom_4_pressed": "customFunctionBtn4Down",
        "playback_pressed": "playbackBtnDown", "shutter_pressed": "shutterBtnDown", "record_pressed": "recordBtnDown",
        "bandwidth": "bandwidth", "gimbal_control_enable": "gimbalControlEnable",
    }),
    "CUSTOM": ("Custom", {
        "horizontal_speed_mps": "hSpeed", "distance_m": "distance",
        "time_ms": lambda c: round(datetime.fromisoformat(c["updateTimestamp"]).timestamp() * 1000),
    }),
    "DEFORM": ("Deform", {"protected": "isDeformProtected"}),
    "CENTER_BATTERY": ("CenterBattery", {
        "percent": "relativeCapacity", "voltage_v": "voltage", "capacity_mah": "currentCapacity",
        "full_capacity_mah": "fullCapacity", "life_percent": "life", "discharges": "numberOfDischarges",
        "error_bits": "errorType", "current_a": "current", "serial_number": "serialNumber",
        "product_date": "productDate", **{f"cell_{k}_v": f"voltageCell{k}" for k in range(1, 7)},
    }),
    "SMART_BATTERY": ("SmartBattery", {
        "fly_time_left_s": "usefulTime", "go_home_time_s": "goHomeTime", "land_time_s": "landTime",
        "go_home_percent": "goHomeBattery", "land_percent": "landBattery", "safe_radius_m": "safeFlyRadius",
        "consumption": "volumeConsume", "status_bits": "status", "go_home_countdown": "goHomeCountdown",
        "voltage_v": "voltage", "percent": "percent", "low_warning_percent": "lowWarning",
        "serious_warning_percent": "seriousLowWarning", "low_warning_go_home": lambda c: c["lowWarningGoHome"] == 1,
        "serious_warning_landing": lambda c: c["seriousLowWarningLanding"] == 1,
    }),
    "BATTERY_STATIC": ("SmartBatteryStatic", {
        "index": "index", "design_capacity_mah": "designed_capacity", "discharges": "loop_times",
        "full_voltage_v": lambda c: c["full_voltage"] / 1000, "serial_number": "serial_number",
        "life_percent": "battery_life", "battery_type": "battery_type",
    }),
    "BATTERY_CELLS": ("SmartBatterySingleVoltage", {
        "index": "index", "cell_count": "cell_count",
        **{f"cell_{k}_v": nested("cell_voltages", k - 1) for k in range(1, 13)},
    }),
    "RC_GPS": ("RCGPS", {
        "hour": "hour", "minute": "minute", "second": "second", "year": "year", "month": "month", "day": "day",
        "lat": lambda c: c["latitude"] / 1e7, "lon": lambda c: c["longitude"] / 1e7, "satellites": "gpsNum",
        "accuracy_m": "accuracy", "valid_bits": "validData",
    }),
    "APP_GPS": ("AppGPS", {"lat": "longitude", "lon": "latitude"}),
    "MC_PARAM": ("MCParams", {
        "fail_safe_action": "failSafeProtection", "vision_positioning": "mvoFuncEnabled",
        "obstacle_avoidance": "avoidObstacleEnabled", "user_avoidance": "userAvoidEnabled",
    }),
    "CAMERA": ("Camera", {
        "connected": "isConnect", "usb_connected": "isUsbConnect", "has_card": "hasSdCard", "work_mode": "workMode",
        "card_capacity_mb": "sdCardTotalCapacity", "card_left_mb": "sdCardRemainCapacity",
        "photos_left": "remainPhotoNum", "video_left_s": "remainVideoTimer", "record_time_s": "recordTime",
        "camera_type": "cameraType",
    }),
    "APP_TIP": ("AppTip", {"message": "message"}),
    "APP_WARN": ("AppWarn", {"message": "message"}),
    "RECOVER": ("Recover", {
        "platform": "appPlatform", "app_version": "appVersion", "name": "aircraftName", "serial": "aircraftSn",
        "camera_serial": "cameraSn", "rc_serial": "rcSn",
    }),
    "COMPONENT_SERIAL": ("ComponentSerial", {"component": "componentType", "serial": "serial"}),
}  # fmt: skip
"""
Table to the peer's record type, and column to the peer's member.

The peer reads the phone's position with longitude first: the maker's own header has latitude first, and only so the
real record lies near its aircraft; the two are compared crosswise.
"""


TEXTS = ("APP_TIP", "APP_WARN")


def same(ours: object, theirs: object) -> bool:
    if isinstance(theirs, tuple):
        return ours in theirs
    if isinstance(ours, float) and np.isnan(ours):
        return theirs is None or theirs == 0 or (isinstance(theirs, float) and theirs > 10)
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return bool(ours) == bool(theirs)
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return abs(ours - theirs) <= 1e-6 * max(1.0, abs(theirs))
    return plain(ours) == plain(theirs)


@pytest.mark.peer
@pytest.mark.parametrize(("pattern", "kinds"), [(V4, 12), (V11, 16)])
def test_every_record_equals_what_dji_log_parser_reads(corpus: Path, pattern: str, kinds: int):
    path = one(corpus, pattern)
    tables, peer = read(path).tables, peer_records(path)
    compared = 0
    for name, table in tables.items():
        if name == "FIRMWARE" or (pattern == V11 and name in TEXTS):
            continue
        kind, members = COMMON[name]
        theirs = peer[kind]
        assert table.num_rows == len(theirs), name
        for column, member in members.items():
            ours = table.column(column).to_pylist()
            wanted = [member(c) if callable(member) else c[member] for c in theirs]
            differ = [k for k, (a, b) in enumerate(zip(ours, wanted, strict=True)) if a is not None and not same(a, b)]
            assert not differ, f"{name}.{column}: {len(differ)} of {len(ours)} differ, first in row {differ[0]}"
            compared += len(ours)
    assert len(tables) == kinds
    if pattern == V11:
        texts = sum(tables[name].num_rows for name in TEXTS)
        assert len(peer["Unknown"]) == texts + 4257, "the peer gives up on scrambled texts; the rest is type 17"
    assert compared > 50_000


@pytest.mark.peer
@pytest.mark.parametrize("pattern", [V4, V11])
def test_the_first_entry_of_every_firmware_record_equals_the_peers(corpus: Path, pattern: str):
    path = one(corpus, pattern)
    rows, theirs = read(path).tables["FIRMWARE"].to_pylist(), peer_records(path)["Firmware"]
    first = {row["record"]: row for row in reversed(rows)}
    ours = [first[record] for record in sorted(first)][: len(theirs)]
    assert [r["sender"] for r in ours] == [t["senderType"] for t in theirs]
    assert [r["version"].rsplit(".", 1)[0] for r in ours] == [t["version"] for t in theirs]
    assert len(first) - len(theirs) == (1 if pattern == V11 else 0), "the peer stops before a record behind the details"


@pytest.mark.peer
@pytest.mark.parametrize(("pattern", "scale"), [(V4, 0.1), (V11, 1.0)])
def test_the_altitude_of_home_equals_the_peers_but_for_old_controllers(corpus: Path, pattern: str, scale: float):
    """The peer divides by 10 always; the application itself did so from controller version 8 on only."""
    path = one(corpus, pattern)
    ours = read(path).tables["HOME"].column("altitude_m").to_numpy()
    theirs = np.array([c["altitude"] for c in peer_records(path)["Home"]])
    np.testing.assert_allclose(ours * scale, theirs, rtol=1e-6)


@pytest.mark.peer
@pytest.mark.parametrize("pattern", [V4, V11])
def test_the_details_equal_the_peers(corpus: Path, pattern: str):
    path = one(corpus, pattern)
    recording, theirs = FORMAT.recording(read(path)), peer_records(path)["Details"][0]
    assert recording.start_us is not None
    assert recording.home is not None
    assert recording.start_us == round(datetime.fromisoformat(theirs["startTime"]).timestamp() * 1e6)
    assert recording.duration_s == pytest.approx(theirs["totalTime"])
    assert recording.distance_m == pytest.approx(theirs["totalDistance"])
    assert recording.max_height_m == pytest.approx(theirs["maxHeight"])
    assert recording.max_speed_mps == pytest.approx(theirs["maxHorizontalSpeed"])
    assert (recording.home.lon, recording.home.lat) == (theirs["longitude"], theirs["latitude"])
    assert (recording.aircraft.name, recording.aircraft.serial) == (
        theirs["aircraftName"],
        theirs["aircraftSn"],
    )


def test_real_records_say_the_same_with_and_without_the_kernels(corpus: Path):
    for path in sorted((corpus / "flights" / "dji_txt").glob("*.txt")):
        same_by_both(lambda path=path: read(path))
