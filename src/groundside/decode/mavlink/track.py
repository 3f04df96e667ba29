"""The one track of a log: rows where the vehicle told its position, everything else brought to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.mavlink.anchors import Times
from groundside.decode.mavlink.battery import battery_columns
from groundside.decode.mavlink.columns import known_buffer
from groundside.decode.mavlink.gimbal import gimbal_columns
from groundside.decode.mavlink.series import (
    MAX_GAP_US,
    Rows,
    Stream,
    Values,
    linear,
    once,
    stream_of,
)
from groundside.decode.mavlink.sheets import Sheet
from groundside.decode.mavlink.states import state_columns
from groundside.model.decoded import Decoded
from groundside.model.recording import TimeBasis
from groundside.model.table import Column
from groundside.model.track import Track, track_of
from groundside.native.mavlink_series import Shown, held

_INTERPOLATED = "interpolated linearly within 2 s"
_DEGREES_E7 = 1e-7
_FIX_2D = 2
_UNKNOWN_16, _UNKNOWN_8 = 0xFFFF, 0xFF
_FIXES = np.array([0, 0, 2, 3, 4, 5, 6, 3, 3], np.int8)
"""GPS_FIX_TYPE (7 static, 8 precise point) to `fix` of a track."""
_HELD_US = MAX_GAP_US


@dataclass(frozen=True, slots=True)
class Base:
    """
    The rows of a track.

    Args:
        message: the one that they come from.
        sheet: the vehicle's table of it.
        rows: which of its rows, times ascending.
        time_us: when they were.
        fix: whether the position is one.
        whole: it is one in every row.
    """

    message: str
    sheet: Sheet
    rows: Rows
    time_us: Times
    fix: npt.NDArray[np.bool_]
    whole: bool

    def values(self, field: str, scale: float) -> Values:
        """Give a field of the same table; NaN in rows without a fix."""
        values = self.sheet[field].astype(np.float64)[self.rows] * scale
        return values if self.whole else np.where(self.fix, values, np.nan)


@once
def base_of(stream: Stream) -> Base | None:
    """
    Choose the messages that are the rows of the track.

    GLOBAL_POSITION_INT, the estimate that flies the vehicle; GPS_RAW_INT where that one never told a position.
    """
    found: list[Base] = []
    for message in ("GLOBAL_POSITION_INT", "GPS_RAW_INT"):
        base = _base(stream, message)
        if base is not None and base.fix.any():
            return base
        found += [base] if base is not None else []
    return found[0] if found else None


def _base(stream: Stream, message: str) -> Base | None:
    sheet = stream.sheet(message)
    if sheet is None or stream.clock.basis is TimeBasis.NONE:
        return None
    rows, times = stream.ordered(message)
    if not len(times):
        return None
    fix = (sheet["lat"][rows] != 0) | (sheet["lon"][rows] != 0)
    if "fix_type" in sheet:
        fix &= sheet["fix_type"][rows] >= _FIX_2D
    return Base(message, sheet, rows, times, fix, bool(fix.all()))


def track(decoded: Decoded) -> Track | None:
    """Make the track; None where the log holds no position with a clock."""
    stream = stream_of(decoded)
    base = base_of(stream)
    # Values without a meaning may overflow on the way; what is not finite is unknown in the end.
    with np.errstate(all="ignore"):
        return None if base is None else _track(stream, base)


def _track(stream: Stream, base: Base) -> Track:
    at = base.time_us
    columns = {
        "time_us": Column(at, "us", _clock_origin(stream, base)),
        "lon": Column(base.values("lon", _DEGREES_E7), "deg", f"{base.message}.lon x 1e-7"),
        "lat": Column(base.values("lat", _DEGREES_E7), "deg", f"{base.message}.lat x 1e-7"),
        "altitude_m": Column(base.values("alt", 1e-3), "m", f"{base.message}.alt x 0.001"),
        **_height(stream, base),
        **_velocity(stream, base),
        **_attitude(stream, at),
        **gimbal_columns(stream, at),
        **_satellites(stream, at),
        **battery_columns(stream, at),
        **state_columns(stream, at),
    }
    return track_of(columns, stream.clock.basis, stream.clock.error_s)


def _clock_origin(stream: Stream, base: Base) -> str:
    own = f"{base.message}.time_boot_ms" if "time_boot_ms" in base.sheet else "place in the file"
    meaning = {
        TimeBasis.UTC_GNSS: "to UTC by SYSTEM_TIME",
        TimeBasis.UTC_DEVICE: "to UTC by the recorder's clock",
    }
    return f"{own}, {meaning.get(stream.clock.basis, 'time since the vehicle started')}"


def _height(stream: Stream, base: Base) -> dict[str, Column]:
    if "relative_alt" in base.sheet:
        height = base.values("relative_alt", 1e-3)
        return {"height_m": Column(height, "m", f"{base.message}.relative_alt x 0.001, above home")}
    altitude = base.values("alt", 1e-3)
    known = altitude[np.isfinite(altitude)]
    if not len(known):
        return {}
    return {"height_m": Column(altitude - known[0], "m", f"{base.message}.alt less its first value with a fix")}


def _velocity(stream: Stream, base: Base) -> dict[str, Column]:
    if "vx" in base.sheet:
        fields = (("vn_mps", "vx"), ("ve_mps", "vy"), ("vd_mps", "vz"))
        return {k: Column(base.values(f, 0.01), "m/s", f"{base.message}.{f} x 0.01") for k, f in fields}
    speed, course = base.sheet["vel"][base.rows], base.sheet["cog"][base.rows]
    known = base.fix & (speed != _UNKNOWN_16) & (course != _UNKNOWN_16)
    metres, radians = np.where(known, speed * 0.01, np.nan), np.radians(course * 0.01)
    origin = f"{base.message}.vel x 0.01 and cog x 0.01"
    columns = {
        "vn_mps": Column(metres * np.cos(radians), "m/s", origin),
        "ve_mps": Column(metres * np.sin(radians), "m/s", origin),
    }
    climb = stream.series("VFR_HUD", "climb", -1.0)
    if climb is not None:
        columns["vd_mps"] = Column(linear(climb, base.time_us), "m/s", f"{climb.origin}, {_INTERPOLATED}")
    return columns


def _attitude(stream: Stream, at: Times) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for key, field in (("roll_deg", "roll"), ("pitch_deg", "pitch"), ("yaw_deg", "yaw")):
        series = stream.series("ATTITUDE", field, 180.0 / np.pi)
        if series is not None:
            values = linear(series, at, Shown.FULL_TURN if key == "yaw_deg" else Shown.HALF_TURNS)
            columns[key] = Column(values, "deg", f"ATTITUDE.{field} in degrees, {_INTERPOLATED}")
    if "yaw_deg" not in columns:
        heading = stream.series("GLOBAL_POSITION_INT", "hdg", 0.01, _UNKNOWN_16)
        if heading is not None:
            values = linear(heading, at, Shown.FULL_TURN)
            columns["yaw_deg"] = Column(values, "deg", f"{heading.origin}, {_INTERPOLATED}")
    return columns


def _satellites(stream: Stream, at: Times) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for key, field, invalid in (("satellites", "satellites_visible", _UNKNOWN_8), ("fix", "fix_type", None)):
        series = stream.series("GPS_RAW_INT", field, 1.0, invalid)
        if series is not None:
            rows = held(series.time_us, at, _HELD_US)
            known = rows >= 0
            told = np.where(known, series.values[rows], 0).astype(np.intp)
            numbers = told.astype(np.int16) if key == "satellites" else _FIXES[np.minimum(told, len(_FIXES) - 1)]
            kind = pa.int16() if key == "satellites" else pa.int8()
            array = pa.Array.from_buffers(kind, len(at), [known_buffer(known), pa.py_buffer(numbers.data)])
            columns[key] = Column(array, origin=f"{series.origin}, held for up to 2 s")
    return columns
