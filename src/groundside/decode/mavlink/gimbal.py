"""Where the camera looks: MOUNT_ORIENTATION, or the attitude that a gimbal tells itself."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from groundside.decode.mavlink.anchors import Times
from groundside.decode.mavlink.series import Series, Stream, linear_angle, series_of, signed
from groundside.decode.mavlink.tables import named, sender_of
from groundside.model import compute as pc
from groundside.model.table import Column

_YAW_LOCK, _IN_VEHICLE_FRAME, _IN_EARTH_FRAME = 16, 32, 64
"""GIMBAL_DEVICE_FLAGS: with neither frame stated, a locked yaw is from north (definition of the message)."""


def gimbal_columns(stream: Stream, at: Times) -> dict[str, Column]:
    """Make the columns of the camera mount: pitch over the horizon, and yaw where it is told from north."""
    found = _by_mount(stream) or _by_device(stream)
    columns: dict[str, Column] = {}
    for name, series in found.items():
        values = linear_angle(series, at)
        shown = signed(values) if name == "gimbal_pitch_deg" else values
        columns[name] = Column(shown, "deg", f"{series.origin}, interpolated linearly within 2 s")
    return columns


def _by_mount(stream: Stream) -> dict[str, Series]:
    pitch, yaw = (stream.series("MOUNT_ORIENTATION", field) for field in ("pitch", "yaw_absolute"))
    if yaw is not None and not yaw.values.any():
        yaw = None  # an extension that was not sent
    return {k: s for k, s in (("gimbal_pitch_deg", pitch), ("gimbal_yaw_deg", yaw)) if s is not None}


def _by_device(stream: Stream) -> dict[str, Series]:
    system = stream.vehicle.system if stream.vehicle else None
    tables = named(stream.tables, "GIMBAL_DEVICE_ATTITUDE_STATUS")
    table = next((t for t in tables if (sender_of(t) or (None,))[0] == system), None)
    return {} if table is None else _angles(stream, table)


def _angles(stream: Stream, table: pa.Table) -> dict[str, Series]:
    """
    Turn quaternions (w, x, y, z) into pitch and yaw.

    Angles are those of the rotation yaw, then pitch, then roll, as in pymavlink 2.4.50's quaternion.py.
    """
    w, x, y, z = pc.list_flatten(table["q"]).to_numpy().astype(np.float64).reshape(-1, 4).T
    pitch = np.degrees(np.arcsin(np.clip(2.0 * (w * y - z * x), -1.0, 1.0)))
    yaw = np.degrees(np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z)))
    flags = table["flags"].to_numpy()
    stated = flags & (_IN_VEHICLE_FRAME | _IN_EARTH_FRAME)
    from_north = (stated == _IN_EARTH_FRAME) | ((stated == 0) & ((flags & _YAW_LOCK) != 0))
    times, origin = stream.times(table), "GIMBAL_DEVICE_ATTITUDE_STATUS.q"
    series = {
        "gimbal_pitch_deg": series_of(times, pitch, np.isfinite(pitch), f"{origin} as pitch"),
        "gimbal_yaw_deg": series_of(times, yaw, np.isfinite(yaw) & from_north, f"{origin} as yaw"),
    }
    return {k: s for k, s in series.items() if s is not None}
