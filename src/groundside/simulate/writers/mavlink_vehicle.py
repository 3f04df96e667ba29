"""
What an autopilot sends of a flight as streams of MAVLink messages.

Modes from MAVLink's ardupilotmega.xml (COPTER_MODE, PLANE_MODE, ROVER_MODE) and PX4's
src/modules/commander/px4_custom_mode.h; other numbers from MAVLink's minimal.xml and common.xml. Milliseconds count
since boot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from groundside.simulate.missions import Phase
from groundside.simulate.truth import Truth
from groundside.simulate.writers import mavlink_messages as messages
from groundside.simulate.writers import mavlink_state as state
from groundside.simulate.writers.interleave import SLOTS
from groundside.simulate.writers.mavlink_frames import Sent
from groundside.simulate.writers.mavlink_messages import Message, payloads
from groundside.simulate.writers.mavlink_state import Floats, Rows

Autopilot = Literal["ardupilot", "px4"]
Phases = Mapping[Phase, int]

AUTOPILOTS: dict[Autopilot, int] = {"ardupilot": 3, "px4": 12}
"""MAV_AUTOPILOT."""


def _modes(*numbers: int) -> Phases:
    order = (Phase.GROUND, Phase.TAKEOFF, Phase.MISSION, Phase.HOVER, Phase.RETURN, Phase.LANDING)
    return dict(zip(order, numbers, strict=True))


ARDUPILOT_MODES = {
    "multirotor": _modes(5, 3, 3, 5, 6, 9),
    "plane": _modes(0, 13, 10, 12, 11, 10),
    "vtol": _modes(19, 10, 10, 12, 11, 20),
    "rover": _modes(4, 10, 10, 5, 11, 4),
}
"""Copter: 3 AUTO, 5 LOITER, 6 RTL, 9 LAND. Plane: 0 MANUAL, 10 AUTO, which lands too, 11 RTL, 12 LOITER,
13 TAKEOFF, 19 QLOITER, 20 QLAND. Rover: 4 HOLD, 5 LOITER, 10 AUTO, 11 RTL."""
PX4_AUTO = 4
PX4_MODES = {phase: PX4_AUTO << 16 | sub << 24 for phase, sub in _modes(3, 2, 4, 3, 5, 6).items()}
"""Main mode AUTO with 2 take-off, 3 loiter, 4 mission, 5 return, 6 land."""
LANDED_STATES = _modes(1, 3, 2, 2, 2, 4)
"""1 on ground, 2 in air, 3 taking off, 4 landing; on the ground whatever the phase where it is not in the air."""
ON_WINGS, ON_ROTORS = 4, 3
ARMED_FLAG, STABILIZED_FLAG, GUIDED_FLAG, AUTO_FLAG, CUSTOM_FLAG = 128, 16, 8, 4, 1
STANDBY, ACTIVE, CRITICAL = 3, 4, 5
NO_FIX, UNKNOWN = 1, 0xFFFF
SYSTEM, COMPONENT = 1, 1
_CELLS_FIRST, _CELLS_MORE = 10, 4


@dataclass(frozen=True, slots=True)
class Vehicle:
    """
    The truth as its autopilot sends it.

    Args:
        truth: what happened.
        autopilot: whose numbers.
        boot_ms: milliseconds since boot of each sample.
        utc: whether the autopilot ever learns UTC.
    """

    truth: Truth
    autopilot: Autopilot
    boot_ms: NDArray[np.int64]
    utc: bool

    def sent(self, message: Message, rows: Rows, slot: int, columns: Mapping[str, ArrayLike]) -> Sent:
        """Send a message at some samples, with the time since boot."""
        timed = {"time_boot_ms": self.boot_ms[rows], **columns}
        order = rows.astype(np.int64) * SLOTS + slot
        return Sent(SYSTEM, COMPONENT, message, order, payloads(message, timed, len(rows), 2))


def streams(vehicle: Vehicle) -> Iterator[Sent]:
    """All that the autopilot sends again and again."""
    every = np.arange(len(vehicle.truth))
    yield _heartbeat(vehicle, every[::10])
    yield _clock(vehicle, every[::10])
    yield _status(vehicle, every[::5])
    yield from _motion(vehicle, every)
    yield _receiver(vehicle, every[::2])
    yield _extended(vehicle)
    for which in range(len(vehicle.truth.batteries)):
        yield _battery(vehicle, every[::5], which)
    yield _sticks(vehicle, every[::10])
    yield _home(vehicle)


def modes(vehicle: Vehicle) -> NDArray[np.int64]:
    """custom_mode of each sample."""
    of_kind = ARDUPILOT_MODES.get(vehicle.truth.aircraft.kind, ARDUPILOT_MODES["multirotor"])
    return state.phase_numbers(vehicle.truth, PX4_MODES if vehicle.autopilot == "px4" else of_kind)


def _heartbeat(vehicle: Vehicle, rows: Rows) -> Sent:
    t = vehicle.truth
    automatic = ~np.isin(t.mode, [Phase.GROUND.value, Phase.HOVER.value])
    flags = CUSTOM_FLAG | STABILIZED_FLAG | t.armed * ARMED_FLAG | automatic * (AUTO_FLAG | GUIDED_FLAG)
    health = np.where(t.in_air, ACTIVE, STANDBY)
    health[state.failing_safe(t)] = CRITICAL
    columns = {
        "type": state.vehicle_type(t), "autopilot": AUTOPILOTS[vehicle.autopilot], "base_mode": flags[rows],
        "custom_mode": modes(vehicle)[rows], "system_status": health[rows], "mavlink_version": 3,
    }  # fmt: skip
    return vehicle.sent(messages.HEARTBEAT, rows, 0, columns)


def _clock(vehicle: Vehicle, rows: Rows) -> Sent:
    t = vehicle.truth
    known = np.maximum.accumulate(t.has_fix) & vehicle.utc
    return vehicle.sent(messages.SYSTEM_TIME, rows, 1, {"time_unix_usec": np.where(known, t.time_us, 0)[rows]})


def _status(vehicle: Vehicle, rows: Rows) -> Sent:
    t = vehicle.truth
    sensors = dict.fromkeys((f"onboard_control_sensors_{x}" for x in ("present", "enabled", "health")), 0x1120_002F)
    columns = {
        "load": 412, "voltage_battery": t.battery_voltage_v[0][rows] * 1e3,
        "current_battery": t.battery_current_a[0][rows] * 1e2, "battery_remaining": t.battery_percent[0][rows],
    }  # fmt: skip
    return vehicle.sent(messages.SYS_STATUS, rows, 2, sensors | columns)


def _motion(vehicle: Vehicle, every: Rows) -> Iterator[Sent]:
    t = vehicle.truth
    roll, pitch, yaw = (np.radians(x) for x in (t.roll_deg, t.pitch_deg, np.mod(t.yaw_deg + 180.0, 360.0) - 180.0))
    yield vehicle.sent(messages.ATTITUDE, every, 3, {"roll": roll, "pitch": pitch, "yaw": yaw})
    yield _position(vehicle)
    rows, speed = every[::2], state.airspeed(t)
    columns: dict[str, ArrayLike] = {
        "airspeed": 0.0 if speed is None else np.nan_to_num(speed[rows]), "alt": t.altitude_m[rows],
        "groundspeed": np.hypot(t.vn_mps, t.ve_mps)[rows], "heading": np.floor(t.yaw_deg[rows]) % 360.0,
        "throttle": np.where(t.in_air, 48, 0)[rows], "climb": -t.vd_mps[rows],
    }  # fmt: skip
    yield vehicle.sent(messages.VFR_HUD, rows, 4, columns)


def _position(vehicle: Vehicle) -> Sent:
    """Only with a fix; ArduPilot also says zero, zero before the first."""
    t = vehicle.truth
    early = ~np.maximum.accumulate(t.has_fix) & (vehicle.autopilot == "ardupilot")
    rows = np.flatnonzero(t.has_fix | early)
    columns = {
        "lat": np.where(early, 0.0, t.lat)[rows] * 1e7, "lon": np.where(early, 0.0, t.lon)[rows] * 1e7,
        "alt": t.altitude_m[rows] * 1e3, "relative_alt": t.height_m[rows] * 1e3, "vx": t.vn_mps[rows] * 1e2,
        "vy": t.ve_mps[rows] * 1e2, "vz": t.vd_mps[rows] * 1e2, "hdg": np.round(t.yaw_deg[rows] * 1e2) % 36_000,
    }  # fmt: skip
    return vehicle.sent(messages.GLOBAL_POSITION_INT, rows, 5, columns)


def _receiver(vehicle: Vehicle, rows: Rows) -> Sent:
    t = vehicle.truth
    fix = t.has_fix[rows]
    lat, lon, above_sea = (np.where(fix, x[rows], 0.0) for x in (t.lat, t.lon, t.altitude_m))
    course = np.mod(np.degrees(np.arctan2(t.ve_mps, t.vn_mps)), 360.0)[rows]
    columns = {
        "time_usec": vehicle.boot_ms[rows] * 1000, "fix_type": np.maximum(t.fix[rows], NO_FIX), "lat": lat * 1e7,
        "lon": lon * 1e7, "alt": above_sea * 1e3,
        "alt_ellipsoid": (above_sea + fix * state.ELLIPSOID_ABOVE_SEA_M) * 1e3,
        "eph": np.where(fix, 70, UNKNOWN), "epv": np.where(fix, 110, UNKNOWN), "cog": np.round(course * 1e2) % 36_000,
        "vel": np.hypot(t.vn_mps, t.ve_mps)[rows] * 1e2, "satellites_visible": t.satellites[rows],
        "h_acc": 900, "v_acc": 1800, "vel_acc": 300,
    }  # fmt: skip
    return vehicle.sent(messages.GPS_RAW_INT, rows, 6, columns)


def _extended(vehicle: Vehicle) -> Sent:
    t = vehicle.truth
    landed = np.where(t.in_air, np.maximum(state.phase_numbers(t, LANDED_STATES), 2), LANDED_STATES[Phase.GROUND])
    rows = state.rows_of(len(t), 5, state.changes(landed))
    wings = np.where(state.on_wings(t), ON_WINGS, ON_ROTORS) * (t.aircraft.kind == "vtol")
    return vehicle.sent(messages.EXTENDED_SYS_STATE, rows, 7, {"vtol_state": wings[rows], "landed_state": landed[rows]})


def _battery(vehicle: Vehicle, rows: Rows, which: int) -> Sent:
    t = vehicle.truth
    each = np.round(t.battery_voltage_v[which][rows] / t.cells * 1e3)[:, None]
    cells: Floats = np.where(np.arange(_CELLS_FIRST) < t.cells, each, UNKNOWN)
    more: Floats = np.where(np.arange(_CELLS_FIRST, _CELLS_FIRST + _CELLS_MORE) < t.cells, each, 0)
    columns = {
        "id": which, "battery_function": 1, "type": 1, "voltages": cells, "voltages_ext": more,
        "temperature": t.battery_temperature_c[which][rows] * 1e2, "energy_consumed": -1,
        "current_battery": t.battery_current_a[which][rows] * 1e2,
        "current_consumed": state.used_mah(t, which)[rows], "battery_remaining": t.battery_percent[which][rows],
        "charge_state": state.battery_warning(t, which)[rows] + 1,
    }  # fmt: skip
    return vehicle.sent(messages.BATTERY_STATUS, rows, 8 + which, columns)


def _sticks(vehicle: Vehicle, rows: Rows) -> Sent:
    middle = {f"chan{i}_raw": 1500 if i <= 8 else 0 for i in range(1, 19)}
    return vehicle.sent(
        messages.RC_CHANNELS, rows, 12, middle | {"chancount": 8, "rssi": vehicle.truth.link_percent[rows] * 2.54}
    )


def _home(vehicle: Vehicle) -> Sent:
    """Once it is known, then each minute."""
    t = vehicle.truth
    place = {"latitude": t.home.lat * 1e7, "longitude": t.home.lon * 1e7, "altitude": t.field.altitude_m * 1e3}
    columns = {"q": np.array([1.0, 0.0, 0.0, 0.0])}
    return vehicle.sent(messages.HOME_POSITION, np.flatnonzero(t.has_fix)[::600], 13, place | columns)
