"""
What the records of a DJI flight record say, as bytes.

Field order from lvauvillier/dji-log-parser (record/osd.rs, home.rs, gimbal.rs, rc.rs, custom.rs,
center_battery.rs, smart_battery.rs, smart_battery_group.rs, ofdm.rs, recover.rs, component_serial.rs).
Lengths, the values of flag bytes in flight, and the unit of take-off altitude (decimetres) as measured on
real records of versions 4, 11 and 14. Positions are radians here; angles and heights tenths; speeds tenths
of m/s to north, east and down.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from groundside.simulate.missions import Phase
from groundside.simulate.truth import Truth
from groundside.simulate.writers.dji_faults import actions, tips
from groundside.simulate.writers.interleave import SLOTS, Block, Bytes, matrix, rows_of

OSD, HOME, GIMBAL, RC, CUSTOM, CENTER_BATTERY, SMART_BATTERY, APP_TIP = 1, 2, 3, 4, 5, 7, 8, 9
RECOVER, BATTERY_GROUP, COMPONENT, LINK, KEY_SWITCH, KEY_STORAGE = 13, 22, 40, 49, 50, 56

RAW, WIDE = 6, 13
"""Last version without scrambling; first version with two-byte lengths."""

MODES = {
    Phase.GROUND: 41,
    Phase.TAKEOFF: 11,
    Phase.MISSION: 14,
    Phase.HOVER: 14,
    Phase.RETURN: 15,
    Phase.LANDING: 12,
}
"""Phase to flight mode: 41 motors started, 11 auto take-off, 14 waypoints, 15 going home, 12 auto landing."""


def _layout(fields: str) -> np.dtype[np.void]:
    """Read "name:type name:type ..." with NumPy's short types; little-endian."""
    pairs = (field.split(":") for field in fields.split())
    return np.dtype([(name, kind if kind.startswith("(") else f"<{kind}") for name, kind in pairs])


_OSD = _layout(
    "lon:f8 lat:f8 height:i2 vn:i2 ve:i2 vd:i2 pitch:i2 roll:i2 yaw:i2 mode:u1 command:u1 state:u1 "
    "validity:u1 "
    "level:u1 warnings:u1 satellites:u1 action:u1 motor_failure:u1 no_gps_cause:u1 percent:u1 sonar:u1 "
    "fly_time:u2 revolutions:u1 unknown:u2 version:u1 drone:u1 imu:u1"
)
_HOME = _layout(
    "lon:f8 lat:f8 altitude:f4 flags:u1 flags2:u1 return_height:u2 course:i2 card:u1 card_percent:u1 "
    "card_left:u2 "
    "record_index:u2 unknown:V5 height_limit:f4"
)
_GIMBAL = _layout("pitch:i2 roll:i2 yaw:i2 mode:u1 adjust:i1 angle:i2")
_RC = _layout("aileron:u2 elevator:u2 throttle:u2 rudder:u2 gimbal:u2 buttons:(3,)u1")
_CUSTOM = _layout("photo:u1 video:u1 speed:f4 distance:f4 time_ms:i8")
_CENTER = _layout(
    "percent:u1 mv:u2 mah:u2 full_mah:u2 life:u1 discharges:u2 error:u4 ma:i2 cells:(6,)<u2 serial:u2 "
    "date:u2 "
    "decikelvin:u2 connected:u1 learned:u2 cycle:u2 charging:u1"
)
_SMART = _layout(
    "useful_s:u2 return_s:u2 land_s:u2 return_percent:u2 land_percent:u2 radius_m:f4 consumed:f4 status:u4 "
    "returning:u1 countdown:u1 mv:u2 percent:u1 low:u1 very_low:u1 reserve:u1"
)
_STATIC = _layout(
    "kind:u1 index:u1 design_mah:u4 loops:u2 full_mv:u4 unknown:u2 serial:u2 unknown2:V15 version:V8 life:u1 type:u1"
)
_DYNAMIC = _layout("kind:u1 index:u1 mv:i4 ma:i4 full_mah:u4 mah:u4 decicelsius:i2 cells:u1 percent:u1 state:u8")

_LENGTHS = {
    OSD: (50, 55), HOME: (32, 74), GIMBAL: (12, 24), RC: (13, 28), CUSTOM: (18, 18), CENTER_BATTERY: (35, 40),
    SMART_BATTERY: (30, 30),
}  # fmt: skip
"""Content of a record in version 4, and from version 6 on (measured on version 11)."""


def contents(truth: Truth, version: int, product: int) -> Iterator[tuple[int, Block]]:
    """
    Give the records of a flight.

    Args:
        truth: what happened.
        version: of the record format.
        product: DJI's number of the aircraft type.

    Yields:
        Record type, and its records' contents in the clear with their places in the file.
    """
    every = np.arange(len(truth), dtype=np.int64)
    yield from _once(truth, version, product)
    yield OSD, _block(_osd(truth), OSD, every, 8, version)
    clocked = every[every % 40 != 39]
    yield CUSTOM, _block(_custom(truth)[clocked], CUSTOM, clocked, 9, version)
    yield GIMBAL, _block(_gimbal(truth), GIMBAL, every, 10, version)
    yield RC, _block(_rc(truth)[::3], RC, every[::3], 11, version)
    yield HOME, _block(_home(truth)[::20], HOME, every[::20], 12, version)
    yield from _batteries(truth, version)
    if version >= WIDE:
        percent = truth.link_percent.astype(np.uint8)
        yield LINK, Block(every * SLOTS + 20, percent[:, None])
        yield LINK, Block(every * SLOTS + 21, percent[:, None] | np.uint8(0x80))


def _block(records: NDArray[np.void], kind: int, rows: NDArray[np.int64], slot: int, version: int) -> Block:
    short, usual = _LENGTHS[kind]
    length = short if version < RAW else usual
    return Block(
        rows * SLOTS + slot,
        matrix(records)[:, :length] if records.dtype.itemsize > length else matrix(records, length),
    )


def _once(truth: Truth, version: int, product: int) -> Iterator[tuple[int, Block]]:
    serials = ((2, truth.aircraft.serial), (4, truth.batteries[0].serial))
    if version > RAW:
        for kind, serial in serials:
            text = kind.to_bytes(2, "little") + b"\x0f" + padded(serial, 15)
            yield COMPONENT, Block(np.array([-2]), rows_of(text))
    yield RECOVER, Block(np.array([8 + SLOTS]), rows_of(recover(truth, version, product)))
    for row, text in tips(truth):
        yield APP_TIP, Block(np.array([row * SLOTS + 30]), rows_of(text.encode() + b"\0"))


def padded(text: str, length: int) -> bytes:
    """Cut or fill a text up with zeros."""
    return text.encode()[:length].ljust(length, b"\0")


def recover(truth: Truth, version: int, product: int) -> bytes:
    """Say what is flown and since when: what an app needs to go on with a record after a crash."""
    wide = 10 if version <= 7 else 16
    serial = padded(truth.aircraft.serial, wide)
    others = padded("SIMCAMERA1", wide) + padded("SIMREMOTE1", wide) + padded(truth.batteries[0].serial, wide)
    seconds = (int(truth.recorder_clock_us[0]) // 1_000_000).to_bytes(8, "little")
    return bytes([product, 2, 1, 9, 0]) + serial + padded(truth.aircraft.name, 32) + seconds + others


def _radians(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.nan_to_num(np.radians(degrees))


def _tenths(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(values * 10.0)


def signed(yaw_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn 0 to 360 into -180 to 180."""
    return np.mod(yaw_deg + 180.0, 360.0) - 180.0


def _osd(truth: Truth) -> NDArray[np.void]:
    out = np.zeros(len(truth), _OSD)
    out["lon"], out["lat"] = _radians(truth.lon), _radians(truth.lat)
    out["height"] = _tenths(truth.height_m)
    out["vn"], out["ve"], out["vd"] = (_tenths(v) for v in (truth.vn_mps, truth.ve_mps, truth.vd_mps))
    out["pitch"], out["roll"], out["yaw"] = (
        _tenths(truth.pitch_deg),
        _tenths(truth.roll_deg),
        _tenths(signed(truth.yaw_deg)),
    )
    out["mode"] = mode_numbers(truth) | truth.during("link_lost") * 0x80
    going_home = np.where(truth.mode == Phase.RETURN, 4 << 5, 0)
    on = np.where(truth.in_air, 2 << 1, truth.armed * (1 << 1)) | truth.armed * 0x08
    out["state"] = on | going_home
    critical = truth.during("battery_critical")
    warning = np.where(critical, 2, truth.during("battery_low") * 1)
    out["validity"] = np.where(truth.has_fix, 0xD0, 0x50) | warning << 1
    out["action"] = actions(truth)
    out["level"] = np.where(truth.has_fix, 5 << 2, 0) | 2 << 6
    out["satellites"], out["percent"] = truth.satellites, truth.battery_percent[0]
    out["fly_time"] = np.cumsum(truth.armed)
    out["revolutions"], out["version"], out["drone"] = truth.armed * 90, 31, 41
    return out


def mode_numbers(truth: Truth) -> NDArray[np.int64]:
    """DJI's number of the mode at each sample: 6 is P-GPS, where the motors are off."""
    names, which = np.unique(truth.mode, return_inverse=True)
    numbers = np.array([MODES[Phase(name)] for name in names], np.int64)[which]
    return np.where(truth.armed, numbers, 6)


def _home(truth: Truth) -> NDArray[np.void]:
    out = np.zeros(len(truth), _HOME)
    known = truth.has_fix
    out["lon"] = np.where(known, np.radians(truth.home.lon), 0.0)
    out["lat"] = np.where(known, np.radians(truth.home.lat), 0.0)
    out["altitude"] = truth.field.altitude_m * 10.0
    out["flags"], out["flags2"], out["return_height"], out["height_limit"] = known * 0x47, 0x20, 60, 120.0
    return out


def _gimbal(truth: Truth) -> NDArray[np.void]:
    out = np.zeros(len(truth), _GIMBAL)
    out["pitch"], out["yaw"] = _tenths(truth.gimbal_pitch_deg), _tenths(signed(truth.gimbal_yaw_deg))
    out["mode"] = 2 << 6
    return out


def _rc(truth: Truth) -> NDArray[np.void]:
    out = np.zeros(len(truth), _RC)
    for stick in ("aileron", "elevator", "throttle", "rudder", "gimbal"):
        out[stick] = 1024
    return out


def _custom(truth: Truth) -> NDArray[np.void]:
    out = np.zeros(len(truth), _CUSTOM)
    out["speed"] = np.hypot(truth.vn_mps, truth.ve_mps)
    out["distance"] = travelled_m(truth)
    out["time_ms"] = truth.recorder_clock_us // 1000
    return out


def travelled_m(truth: Truth) -> NDArray[np.float64]:
    """Path over ground so far, while in the air."""
    return np.cumsum(np.hypot(truth.vn_mps, truth.ve_mps) * truth.in_air) / 10.0


def _batteries(truth: Truth, version: int) -> Iterator[tuple[int, Block]]:
    rows = np.arange(0, len(truth), 10, dtype=np.int64)
    yield SMART_BATTERY, _block(_smart(truth)[rows], SMART_BATTERY, rows, 14, version)
    if version <= 13:
        yield CENTER_BATTERY, _block(_center(truth, version)[rows], CENTER_BATTERY, rows, 13, version)
    if version == 14 or len(truth.batteries) > 1:
        for which in range(len(truth.batteries)):
            # A lone battery is number 0 in real records; of two, dji-log-parser takes 1 for the first.
            yield from _group(truth, which, which + (len(truth.batteries) > 1), rows)


def _smart(truth: Truth) -> NDArray[np.void]:
    out = np.zeros(len(truth), _SMART)
    out["useful_s"], out["return_s"], out["land_s"] = truth.battery_percent[0] * 12, 90, 60
    out["return_percent"], out["land_percent"], out["radius_m"] = 22, 10, 3000.0
    out["mv"], out["percent"] = np.round(truth.battery_voltage_v[0] * 1000.0), truth.battery_percent[0]
    out["low"], out["very_low"] = 30, 10
    return out


def _center(truth: Truth, version: int) -> NDArray[np.void]:
    out = np.zeros(len(truth), _CENTER)
    full = truth.capacity_ah * 1000.0
    out["percent"], out["mv"] = truth.battery_percent[0], np.round(truth.battery_voltage_v[0] * 1000.0)
    out["mah"], out["full_mah"], out["life"], out["discharges"] = (
        truth.battery_percent[0] * full / 100.0,
        full,
        97,
        21,
    )
    out["ma"] = -np.round(truth.battery_current_a[0] * 1000.0)
    cells = min(truth.cells, 6)
    out["cells"][:, :cells] = np.round(truth.battery_voltage_v[0] * 1000.0 / truth.cells)[:, None]
    if version > 7:
        out["decikelvin"] = np.round((truth.battery_temperature_c[0] + 273.15) * 10.0)
        out["connected"] = 1
    return out


def _group(truth: Truth, which: int, index: int, rows: NDArray[np.int64]) -> Iterator[tuple[int, Block]]:
    slot = 22 + 4 * which
    design = int(truth.capacity_ah * 1000)
    static = np.zeros(1, _STATIC)
    static["kind"], static["index"], static["design_mah"], static["loops"] = 1, index, design, 21
    static["full_mv"], static["serial"], static["life"] = truth.cells * 4200, 1 + which, 97
    yield BATTERY_GROUP, Block(np.array([slot]), matrix(static))
    volts, amps = truth.battery_voltage_v[which][rows], truth.battery_current_a[which][rows]
    out = np.zeros(len(rows), _DYNAMIC)
    out["kind"], out["index"], out["cells"] = 2, index, truth.cells
    out["mv"], out["ma"] = np.round(volts * 1000.0), -np.round(amps * 1000.0)
    out["full_mah"], out["mah"] = design, truth.battery_percent[which][rows] * design / 100.0
    out["decicelsius"] = _tenths(truth.battery_temperature_c[which][rows])
    out["percent"] = truth.battery_percent[which][rows]
    yield BATTERY_GROUP, Block(rows * SLOTS + slot + 1, matrix(out))
    yield BATTERY_GROUP, Block(rows * SLOTS + slot + 2, _cells(volts, index, truth.cells))


def _cells(volts: NDArray[np.float64], index: int, cells: int) -> Bytes:
    out = np.zeros(len(volts), np.dtype([("kind", "u1"), ("index", "u1"), ("cells", "u1"), ("mv", f"({cells},)<u2")]))
    out["kind"], out["index"], out["cells"] = 3, index, cells
    out["mv"] = np.round(volts * 1000.0 / cells)[:, None]
    return matrix(out)
