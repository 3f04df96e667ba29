"""Velocity and attitude, brought to the rows of a track."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from groundside.decode.formats.ulog.clock import RECEIVERS, Times
from groundside.decode.formats.ulog.series import Log, Series, linear, linear_angle
from groundside.model.table import Column

_INTERPOLATED = "interpolated linearly within 2 s"
_VELOCITIES = (
    ("vehicle_local_position", ("vx", "vy", "vz"), ("v_xy_valid", "v_xy_valid", "v_z_valid")),
    ("vehicle_global_position", ("vel_n", "vel_e", "vel_d"), ("", "", "")),
    *((topic, ("vel_n_m_s", "vel_e_m_s", "vel_d_m_s"), ("vel_ned_valid",) * 3) for topic in reversed(RECEIVERS)),
)
"""Topics that state velocity north, east and down, the best first, and what says whether each is valid."""
_KEYS = ("vn_mps", "ve_mps", "vd_mps")


def velocity(log: Log, at: Times) -> dict[str, Column]:
    """Make the columns of velocity: of each, the first topic that ever knew it."""
    columns: dict[str, Column] = {}
    for topic, names, flags in _VELOCITIES:
        for key, column, flag in zip(_KEYS, names, flags, strict=True):
            if key in columns:
                continue
            series = next((s for name in log.named(topic) if (s := log.valid(name, column, flag))), None)
            if series is not None:
                columns[key] = Column(linear(series, at), "m/s", f"{series.origin}, {_INTERPOLATED}")
    return columns


def attitude(log: Log, at: Times) -> dict[str, Column]:
    """
    Make roll, pitch and yaw of `vehicle_attitude.q`, which turns the body (front, right, down) to north, east, down.

    Quaternion, scalar first, Hamilton's: msg/versioned/VehicleAttitude.msg of PX4-Autopilot. Its rotation matrix is
    that of yaw, then pitch, then roll, each about the axis as turned so far: comparing its elements gives the angles.
    """
    name = next(iter(log.named("vehicle_attitude")), "")
    parts = [log.series(name, f"q[{n}]") for n in range(4)]
    if any(part is None for part in parts) or len({len(part) for part in parts if part}) != 1:
        return {}
    w, x, y, z = (part.values for part in parts if part)
    good = np.abs(w * w + x * x + y * y + z * z - 1.0) < 0.1
    first = parts[0]
    if first is None or not good.any():
        return {}
    angles = {
        "roll_deg": np.arctan2(2 * (w * x + y * z), w * w - x * x - y * y + z * z),
        "pitch_deg": np.arcsin(np.clip(2 * (w * y - x * z), -1.0, 1.0)),
        "yaw_deg": np.arctan2(2 * (w * z + x * y), w * w + x * x - y * y - z * z),
    }
    origin = f"{name}.q, {_INTERPOLATED}"
    return {
        key: Column(_at(Series(first.time_us[good], np.degrees(angle)[good], origin), at, key), "deg", origin)
        for key, angle in angles.items()
    }


def _at(series: Series, at: Times, key: str) -> npt.NDArray[np.float64]:
    values = linear_angle(series, at)
    return values if key == "yaw_deg" else (values + 180.0) % 360.0 - 180.0
