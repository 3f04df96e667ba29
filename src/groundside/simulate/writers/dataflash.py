"""
Write an ArduPilot DataFlash log (.bin) as ArduCopter does, or ArduPlane where the aircraft is a plane or a VTOL.

The order of things at the start, the rates and the event numbers follow real logs and ArduPilot's
libraries/AP_Logger/LogFile.cpp. The clock is microseconds since boot (milliseconds before 3.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from groundside.simulate.truth import Truth
from groundside.simulate.writers import dataflash_old
from groundside.simulate.writers.dataflash_layout import (
    COPTER_4_5,
    COPTER_4_7,
    FMT,
    IMU,
    MULTIPLIERS,
    PLANE_4_5,
    PLANE_4_7,
    UNITS,
    Message,
    records,
)
from groundside.simulate.writers.dataflash_vehicle import (
    ARMED,
    DISARMED,
    LAND_COMPLETE,
    NOT_LANDED,
    SET_HOME,
    errors,
    gps_time,
    is_copter,
    messages,
    mode_numbers,
    parameters,
    reasons,
    row_at,
)
from groundside.simulate.writers.inertial import inertial
from groundside.simulate.writers.interleave import SLOTS, Block, interleave, matrix

Generation = Literal["4.5", "4.7", "3.1"]

_HEADER, _FIRST = -SLOTS * 1000, -SLOTS * 10
_AIRSPEED_RATIO = 2.0
"""The square of the airspeed over the pressure, as ARSPD_RATIO has it."""
_SENSORS = 3
_LATE = frozenset({"MNT", "RSSI"})
"""Messages whose FMT comes only when the first of them does, as real logs do it too."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """
    How to log.

    Args:
        generation: which firmware's layouts: "4.5", "4.7" (angles as floats) or "3.1" (milliseconds, no
            units).
        boot_us: what the clock since boot says at the first sample; with "3.1" it wraps at 2**32
            milliseconds.
        receivers: satellite receivers, 1 or 2.
        inertial_hz: how often each of three inertial sensors is logged, a multiple of 10; 0 for not at all. Not with
            "3.1".
    """

    generation: Generation = "4.5"
    boot_us: int = 24_318_000
    receivers: int = 2
    inertial_hz: int = 0


def write(truth: Truth, recorder: Recorder | None = None) -> bytes:
    """
    Write a log.

    Positions are rounded to 1e-7 degree; POS, ATT and XKF1 come ten times a second, GPS five times, BAT and
    RSSI twice.
    """
    recorder = recorder or Recorder()
    if recorder.generation == "3.1":
        return dataflash_old.write(truth, recorder.boot_us // 1000)
    layouts = (COPTER_4_5, COPTER_4_7) if is_copter(truth) else (PLANE_4_5, PLANE_4_7)
    layout = layouts[recorder.generation == "4.7"]
    log = _Log(truth, recorder, {**layout, IMU.name: IMU} if recorder.inertial_hz else layout)
    blocks = [*_definitions(log), *_start(log), *_states(log), *_happenings(log), *_streams(log)]
    if not is_copter(truth):
        blocks += _wing(log)
    if recorder.inertial_hz:
        blocks += [_inertial(log, sensor) for sensor in range(_SENSORS)]
    return interleave(blocks).tobytes()


@dataclass(frozen=True, slots=True)
class _Log:
    truth: Truth
    recorder: Recorder
    layout: Mapping[str, Message]

    def at(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        return self.truth.time_us[rows] - self.truth.time_us[0] + self.recorder.boot_us

    def block(self, name: str, rows: NDArray[np.intp], slot: int, columns: Mapping[str, ArrayLike]) -> Block:
        message = self.layout[name]
        filled = records(message, {"TimeUS": self.at(rows), **columns}, len(rows))
        return Block(rows.astype(np.int64) * SLOTS + slot, matrix(filled))

    def once(self, name: str, order: int, columns: Mapping[str, ArrayLike]) -> Block:
        boot = self.recorder.boot_us
        return Block(np.array([order]), matrix(records(self.layout[name], {"TimeUS": boot, **columns}, 1)))


def _definitions(log: _Log) -> Iterator[Block]:
    for message in log.layout.values():
        order = -1 if message.name in _LATE else _HEADER
        length = message.dtype.itemsize
        about = {"Type": message.type, "Length": length, "Name": message.name.encode(),
                 "Format": message.format.encode(), "Columns": message.labels.encode()}  # fmt: skip
        yield Block(np.array([order]), matrix(records(FMT, about, 1)))
    for char, unit in UNITS.items():
        yield log.once("UNIT", _HEADER + 1, {"Id": ord(char), "Label": unit.encode()})
    for char, value in MULTIPLIERS.items():
        yield log.once("MULT", _HEADER + 2, {"Id": ord(char), "Mult": value})
    for message in log.layout.values():
        about = {
            "FmtType": message.type,
            "UnitIds": message.units.encode(),
            "MultIds": message.multipliers.encode(),
        }
        yield log.once("FMTU", -1 if message.name in _LATE else _HEADER + 3, about)


def _start(log: _Log) -> Iterator[Block]:
    version = f"{log.recorder.generation}.{'0-dev' if log.recorder.generation == '4.7' else '7'}"
    for name, value in parameters(log.truth).items():
        yield log.once("PARM", _FIRST, {"Name": name.encode(), "Value": value, "Default": value})
    for text in messages(log.truth, version):
        yield log.once("MSG", _FIRST + 1, {"Message": text.encode()})
    major, minor = (int(x) for x in log.recorder.generation.split("."))
    about = {
        "BT": 3,
        "Maj": major,
        "Min": minor,
        "FWT": 255,
        "GH": 0x51A51A5E,
        "FWS": messages(log.truth, version)[0].encode(),
    }
    yield log.once("VER", _FIRST + 2, about)


def _states(log: _Log) -> Iterator[Block]:
    truth = log.truth
    modes = mode_numbers(truth)
    changed = np.flatnonzero(np.diff(modes, prepend=-1))
    yield log.block(
        "MODE", changed, 0, {"Mode": modes[changed], "ModeNum": modes[changed], "Rsn": reasons(truth, changed)}
    )
    rows = np.flatnonzero(np.diff(truth.armed.astype(np.int8), prepend=0))
    yield log.block("ARM", rows, 1, {"ArmState": truth.armed[rows], "ArmChecks": 1, "Method": 1})
    flags = [(truth.armed, ARMED, DISARMED)]
    if is_copter(truth):
        flags.append((truth.in_air, NOT_LANDED, LAND_COMPLETE))
    for flag, up, down in flags:
        rows = np.flatnonzero(np.diff(flag.astype(np.int8), prepend=0))
        yield log.block("EV", rows, 2, {"Id": np.where(flag[rows], up, down)})
    fixed = np.flatnonzero(truth.has_fix)[:1]
    yield log.block("EV", fixed, 3, {"Id": SET_HOME})
    home = {"Lat": truth.home.lat, "Lng": truth.home.lon, "Alt": truth.field.altitude_m}
    for kind in (0, 1):
        yield log.block("ORGN", fixed, 4 + kind, {"Type": kind, **home})


def _happenings(log: _Log) -> Iterator[Block]:
    """Write what the vehicle says, what it counts as an error, and the parameters that change, as they come."""
    truth = log.truth
    texts = np.array([m.text.encode() for m in truth.messages], "S64")
    yield log.block("MSG", row_at(truth, [m.time_us for m in truth.messages]), 6, {"Message": texts})
    found = np.array(errors(truth), np.int64).reshape(-1, 3)
    yield log.block("ERR", row_at(truth, found[:, 0].tolist()), 7, {"Subsys": found[:, 1], "ECode": found[:, 2]})
    changes = [(s.time_us, s) for s in truth.settings if s.time_us is not None]
    names, values = np.array([s.name.encode() for _, s in changes], "S16"), [s.value for _, s in changes]
    before = parameters(truth)
    defaults = [before.get(s.name, s.value) for _, s in changes]
    yield log.block(
        "PARM", row_at(truth, [t for t, _ in changes]), 8, {"Name": names, "Value": values, "Default": defaults}
    )


def _wing(log: _Log) -> Iterator[Block]:
    t = log.truth
    rows = np.arange(len(t))[::5]
    flying = t.in_air[rows]
    state = {
        "isFlying": flying,
        "isFlyProb": flying * 1.0,
        "Armed": t.armed[rows],
        "Safety": 2,
        "Still": ~t.armed[rows],
    }
    yield log.block("STAT", rows, 22, state)
    if len(t.airspeed_mps):
        speed = t.airspeed_mps[rows]
        pressure = speed**2 / _AIRSPEED_RATIO
        tube = {"Airspeed": speed, "DiffPress": pressure, "RawPress": pressure, "U": 1, "H": 1, "Hp": 1.0}
        yield log.block("ARSP", rows, 23, tube)


def _streams(log: _Log) -> Iterator[Block]:
    truth = log.truth
    every = np.arange(len(truth))
    yield from _attitude(log, every)
    fixed = np.flatnonzero(truth.has_fix)
    height = truth.height_m[fixed]
    position = {"Lat": truth.lat[fixed], "Lng": truth.lon[fixed], "Alt": truth.altitude_m[fixed]}
    yield log.block("POS", fixed, 13, {**position, "RelHomeAlt": height, "RelOriginAlt": height})
    for receiver in range(log.recorder.receivers):
        yield _receiver(log, every[::2], receiver)
    for battery in range(len(truth.batteries)):
        yield _battery(log, every[::5], battery)
    link = truth.link_percent[::5]
    yield log.block("RSSI", every[::5], 20, {"RXRSSI": link / 100.0, "RXLQ": link})
    gimbal = {"Pitch": truth.gimbal_pitch_deg, "DPitch": truth.gimbal_pitch_deg}
    earth = np.mod(truth.gimbal_yaw_deg + 180.0, 360.0) - 180.0
    yield log.block("MNT", every, 21, {**gimbal, "YawE": earth, "DYawE": earth})


def _attitude(log: _Log, every: NDArray[np.intp]) -> Iterator[Block]:
    t = log.truth
    angles = {"Roll": t.roll_deg, "Pitch": t.pitch_deg, "Yaw": np.mod(t.yaw_deg, 359.995)}
    wanted = {"DesRoll": t.roll_deg, "DesPitch": t.pitch_deg, "DesYaw": angles["Yaw"], "AEKF": 3}
    yield log.block("ATT", every, 10, {**angles, **wanted})
    fixed = np.flatnonzero(t.has_fix)
    north, east = _from_origin(t, fixed)
    state = {"VN": t.vn_mps, "VE": t.ve_mps, "VD": t.vd_mps, "dPD": t.vd_mps, "PD": -t.height_m, **angles}
    for core in (0, 1):
        of_core = {"C": core, "PN": north, "PE": east, "OH": t.field.altitude_m}
        yield log.block("XKF1", fixed, 11 + core, {**{k: v[fixed] for k, v in state.items()}, **of_core})


def _from_origin(truth: Truth, rows: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lat = truth.lat[rows]
    metres = 111_320.0
    return (lat - truth.home.lat) * metres, (truth.lon[rows] - truth.home.lon) * metres * np.cos(np.radians(lat))


def _receiver(log: _Log, rows: NDArray[np.intp], receiver: int) -> Block:
    t = log.truth
    fix = t.has_fix[rows]
    week, ms = (np.where(fix, x, 0) for x in gps_time(t.time_us[rows]))
    aside = receiver * 6e-6
    course = np.mod(np.degrees(np.arctan2(t.ve_mps, t.vn_mps)), 360.0)[rows]
    columns = {
        "I": receiver, "Status": np.where(fix, 3, 1), "GMS": ms, "GWk": week,
        "NSats": t.satellites[rows] - receiver,
        "HDop": np.where(fix, 0.7 + 0.1 * receiver, 99.99), "Lat": np.where(fix, t.lat[rows] + aside, 0.0),
        "Lng": np.where(fix, t.lon[rows], 0.0), "Alt": np.where(fix, t.altitude_m[rows], 0.0),
        "Spd": np.hypot(t.vn_mps, t.ve_mps)[rows] * fix, "GCrs": course, "VZ": t.vd_mps[rows] * fix,
        "U": int(receiver == 0),
    }  # fmt: skip
    return log.block("GPS", rows, 14 + receiver, columns)


def _inertial(log: _Log, sensor: int) -> Block:
    felt = inertial(log.truth, log.recorder.inertial_hz, sensor)
    axes = zip("XYZ", felt.gyro.T, felt.acceleration.T, strict=True)
    measured = {name: v for axis, gyro, force in axes for name, v in ((f"Gyr{axis}", gyro), (f"Acc{axis}", force))}
    about = {"TimeUS": log.at(felt.rows) + felt.since_us, "I": sensor, "T": 41.0, "GH": 1, "AH": 1}
    filled = records(IMU, {**about, **measured}, felt.rows.size)
    return Block(felt.rows.astype(np.int64) * SLOTS + 30 + sensor, matrix(filled))


def _battery(log: _Log, rows: NDArray[np.intp], which: int) -> Block:
    t = log.truth
    volts, amps = t.battery_voltage_v[which], t.battery_current_a[which]
    used_mah, used_wh = np.cumsum(amps) / 36.0, np.cumsum(amps * volts) / 36_000.0
    columns = {
        "Inst": which, "Volt": volts[rows], "VoltR": (volts + 0.045 * amps)[rows], "Curr": amps[rows],
        "CurrTot": used_mah[rows], "EnrgTot": used_wh[rows], "Temp": t.battery_temperature_c[which][rows],
        "Res": 0.045, "RemPct": t.battery_percent[which][rows], "H": 1, "SH": 100,
    }  # fmt: skip
    return log.block("BAT", rows, 16 + which, columns)
