"""Where the camera looks: MOUNT_ORIENTATION, or the attitude that a gimbal tells itself."""

from __future__ import annotations

import numpy as np

from groundside.decode.mavlink.anchors import Times
from groundside.decode.mavlink.series import Series, Stream, linear, series_of
from groundside.decode.mavlink.sheets import Sheet
from groundside.decode.mavlink.tables import names_of, sender_in, sheet_in
from groundside.model.table import Column
from groundside.native.mavlink_series import Shown

_YAW_LOCK, _IN_VEHICLE_FRAME, _IN_EARTH_FRAME = 16, 32, 64
"""GIMBAL_DEVICE_FLAGS: with neither frame stated, a locked yaw is from north (definition of the message)."""


def gimbal_columns(stream: Stream, at: Times) -> dict[str, Column]:
    """Make the columns of the camera mount: pitch over the horizon, and yaw where it is told from north."""
    found = _by_mount(stream) or _by_device(stream)
    columns: dict[str, Column] = {}
    for name, series in found.items():
        values = linear(series, at, Shown.HALF_TURNS if name == "gimbal_pitch_deg" else Shown.FULL_TURN)
        columns[name] = Column(values, "deg", f"{series.origin}, interpolated linearly within 2 s")
    return columns


def _by_mount(stream: Stream) -> dict[str, Series]:
    pitch, yaw = (stream.series("MOUNT_ORIENTATION", field) for field in ("pitch", "yaw_absolute"))
    if yaw is not None and not yaw.values.any():
        yaw = None  # an extension that was not sent
    return {k: s for k, s in (("gimbal_pitch_deg", pitch), ("gimbal_yaw_deg", yaw)) if s is not None}


def _by_device(stream: Stream) -> dict[str, Series]:
    system = stream.vehicle.system if stream.vehicle else None
    names = names_of(stream.tables, "GIMBAL_DEVICE_ATTITUDE_STATUS")
    name = next((n for n in names if (sender_in(stream.tables, n) or (None,))[0] == system), None)
    return {} if name is None else _angles(sheet_in(stream.tables, name), stream.times(name))


def _angles(sheet: Sheet, times: Times) -> dict[str, Series]:
    """
    Turn quaternions (w, x, y, z) into pitch and yaw.

    Angles are those of the rotation yaw, then pitch, then roll, as in pymavlink 2.4.50's quaternion.py.
    """
    w, x, y, z = sheet["q"].astype(np.float64).T
    pitch = np.degrees(np.arcsin(np.clip(2.0 * (w * y - z * x), -1.0, 1.0)))
    yaw = np.degrees(np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z)))
    flags = sheet["flags"]
    stated = flags & (_IN_VEHICLE_FRAME | _IN_EARTH_FRAME)
    from_north = (stated == _IN_EARTH_FRAME) | ((stated == 0) & ((flags & _YAW_LOCK) != 0))
    origin = "GIMBAL_DEVICE_ATTITUDE_STATUS.q"
    series = {
        "gimbal_pitch_deg": series_of(times, pitch, np.isfinite(pitch), f"{origin} as pitch"),
        "gimbal_yaw_deg": series_of(times, yaw, np.isfinite(yaw) & from_north, f"{origin} as yaw"),
    }
    return {k: s for k, s in series.items() if s is not None}
