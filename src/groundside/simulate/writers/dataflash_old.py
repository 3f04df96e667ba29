"""
Write a DataFlash log as ArduCopter 3.1 did: milliseconds, no units, and modes and events without any time.

Layouts from the FMT records of real logs of 2014. In GPS the column TimeMS is the millisecond of the GPS
week and T is the clock since boot; elsewhere TimeMS is the clock since boot. CURR counts hundredths of
volts and amperes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from groundside.simulate.truth import Truth
from groundside.simulate.writers import dataflash_vehicle as vehicle
from groundside.simulate.writers.dataflash_layout import COPTER_3_1, FMT, records
from groundside.simulate.writers.interleave import SLOTS, Block, interleave, matrix


def write(truth: Truth, boot_ms: int) -> bytes:
    """
    Write a log.

    Args:
        truth: what happened.
        boot_ms: what the clock since boot says at the first sample; it wraps at 2**32.
    """
    log = _OldLog(truth, boot_ms)
    return interleave([*_start(log), *_states(log), *_streams(log)]).tobytes()


@dataclass(frozen=True, slots=True)
class _OldLog:
    truth: Truth
    boot_ms: int

    def clock(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        since = (self.truth.time_us[rows] - self.truth.time_us[0]) // 1000 + self.boot_ms
        return np.mod(since, 1 << 32)

    def block(self, name: str, rows: NDArray[np.intp], slot: int, columns: Mapping[str, ArrayLike]) -> Block:
        filled = records(COPTER_3_1[name], columns, len(rows))
        return Block(rows.astype(np.int64) * SLOTS + slot, matrix(filled))


def _start(log: _OldLog) -> Iterator[Block]:
    for message in COPTER_3_1.values():
        about = {"Type": message.type, "Length": message.dtype.itemsize, "Name": message.name.encode(),
                 "Format": message.format.encode(), "Columns": message.labels.encode()}  # fmt: skip
        yield Block(np.array([-3]), matrix(records(FMT, about, 1)))
    for name, value in vehicle.parameters(log.truth).items():
        yield Block(np.array([-2]), matrix(records(COPTER_3_1["PARM"], {"Name": name.encode(), "Value": value}, 1)))
    for text in vehicle.messages(log.truth, "3.1.5"):
        yield Block(np.array([-1]), matrix(records(COPTER_3_1["MSG"], {"Message": text.encode()}, 1)))


def _states(log: _OldLog) -> Iterator[Block]:
    truth = log.truth
    modes = vehicle.mode_numbers(truth)
    changed = np.flatnonzero(np.diff(modes, prepend=-1))
    yield log.block("MODE", changed, 0, {"Mode": modes[changed], "ThrCrs": 460})
    flags = (
        (truth.armed, vehicle.ARMED, vehicle.DISARMED),
        (truth.in_air, vehicle.NOT_LANDED, vehicle.LAND_COMPLETE),
    )
    for slot, (flag, up, down) in enumerate(flags, 1):
        rows = np.flatnonzero(np.diff(flag.astype(np.int8), prepend=0))
        yield log.block("EV", rows, slot, {"Id": np.where(flag[rows], up, down)})
    texts = np.array([m.text.encode() for m in truth.messages], "S64")
    yield log.block("MSG", vehicle.row_at(truth, [m.time_us for m in truth.messages]), 3, {"Message": texts})
    found = np.array(vehicle.errors(truth), np.int64).reshape(-1, 3)
    rows = vehicle.row_at(truth, found[:, 0].tolist())
    yield log.block("ERR", rows, 4, {"Subsys": found[:, 1], "ECode": found[:, 2]})


def _streams(log: _OldLog) -> Iterator[Block]:
    t, every = log.truth, np.arange(len(log.truth))
    angles = {"Roll": t.roll_deg, "Pitch": t.pitch_deg, "Yaw": np.mod(t.yaw_deg, 359.995)}
    wanted = {"DesRoll": t.roll_deg, "DesPitch": t.pitch_deg, "DesYaw": angles["Yaw"]}
    yield log.block("ATT", every, 10, {"TimeMS": log.clock(every), **angles, **wanted})
    tuning = {"Alt": t.height_m, "DAlt": t.height_m, "BarAlt": t.height_m, "CRt": np.round(-100.0 * t.vd_mps)}
    yield log.block("CTUN", every, 11, {"TimeMS": log.clock(every), **tuning})
    yield _receiver(log, every[::2])
    rows, amps = every[::5], t.battery_current_a[0]
    power = {"Volt": np.round(t.battery_voltage_v[0][rows] * 100.0), "Curr": np.round(amps[rows] * 100.0)}
    spent = {"Vcc": 5050, "CurrTot": (np.cumsum(amps) / 36.0)[rows]}
    yield log.block("CURR", rows, 13, {"TimeMS": log.clock(rows), **power, **spent})


def _receiver(log: _OldLog, rows: NDArray[np.intp]) -> Block:
    t = log.truth
    fix = t.has_fix[rows]
    week, ms = (np.where(fix, x, 0) for x in vehicle.gps_time(t.time_us[rows]))
    course = np.mod(np.degrees(np.arctan2(t.ve_mps, t.vn_mps)), 360.0)[rows]
    columns = {
        "Status": np.where(fix, 3, 1), "TimeMS": ms, "Week": week, "NSats": t.satellites[rows],
        "HDop": np.where(fix, 1.2, 99.99), "Lat": np.where(fix, t.lat[rows], 0.0),
        "Lng": np.where(fix, t.lon[rows], 0.0), "RelAlt": t.height_m[rows],
        "Alt": np.where(fix, t.altitude_m[rows], 0.0),
        "Spd": np.hypot(t.vn_mps, t.ve_mps)[rows] * fix, "GCrs": course,
        "VZ": t.vd_mps[rows] * fix, "T": log.clock(rows),
    }  # fmt: skip
    return log.block("GPS", rows, 12, columns)
