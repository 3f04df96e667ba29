"""The one track of a log: rows where a position was logged, everything else brought to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.ardupilot.battery import battery_columns
from groundside.decode.ardupilot.clock import Times
from groundside.decode.ardupilot.states import arming, flying, state_columns
from groundside.decode.ardupilot.timed import (
    MAX_GAP_US,
    Series,
    TimedTables,
    Values,
    held,
    linear,
    linear_angle,
    timed_tables,
)
from groundside.decode.remembered import once_a_log
from groundside.model.decoded import Decoded
from groundside.model.table import Column
from groundside.model.track import Track, track_of

_INTERPOLATED = "interpolated linearly within 2 s"
_FIX_2D, _FIX_3D = 2, 3
_MOST_SATELLITES = 255
_FIXES = np.array([0, 0, 2, 3, 4, 5, 6, 3, 3], np.int8)
"""GPS.Status (enum `GPS_Status` of ArduPilot's AP_GPS.h; 7 static, 8 precise point) to `fix` of a track."""
_EKF2, _EKF3 = 2.0, 3.0


@dataclass(frozen=True, slots=True)
class Base:
    """
    The rows of a track: boot time, position and altitude, and the table they come from.

    Args:
        rows: row of the table; of a row added for a change of state, that before it.
        fix: whether the position is one; False in rows added.
        added: rows without a position, for a change of state where none was being logged.
    """

    table: str
    rows: npt.NDArray[np.int64]
    time_us: Times
    fix: npt.NDArray[np.bool_]
    added: npt.NDArray[np.bool_]

    def values(self, log: TimedTables, column: str) -> Values:
        """Give a column of the same table, NaN in rows without a fix."""
        values = log.raw(self.table, column)[self.rows]
        return np.where(self.fix & np.isfinite(values), values, np.nan)


def track(decoded: Decoded) -> Track | None:
    """Make the track; None where the log holds no position record with a clock."""
    log = timed_tables(decoded)
    base = base_of(log)
    # Damaged values may overflow on the way; what is not finite is unknown in the end.
    with np.errstate(all="ignore"):
        return None if base is None else _track(decoded, log, _with_changes(log, base))


def _with_changes(log: TimedTables, base: Base) -> Base:
    """
    Add a row without a position for each arming, take-off and landing that no row is near.

    A log pauses when the vehicle is disarmed: without them, who was in the air in the last row before the pause would
    seem to be so all through it.
    """
    times = np.concatenate([_changes(arming(log)), _changes(flying(log))])
    after = np.searchsorted(base.time_us, times)
    padded = np.concatenate([[base.time_us[0] - MAX_GAP_US - 1], base.time_us, [base.time_us[-1] + MAX_GAP_US + 1]])
    paused = (padded[after + 1] - padded[after] > MAX_GAP_US) & (times >= 0) & ~np.isin(times, base.time_us)
    more, first = np.unique(times[paused], return_index=True)
    places = after[paused][first]
    return Base(
        base.table,
        np.insert(base.rows, places, base.rows[np.maximum(places - 1, 0)]),
        np.insert(base.time_us, places, more),
        np.insert(base.fix, places, values=False),
        np.insert(base.added, places, values=True),
    )


def _changes(series: Series | None) -> Times:
    if series is None or not len(series):
        return np.zeros(0, np.int64)
    return series.time_us[np.diff(series.values, prepend=series.values[0] - 1) != 0]


def _track(decoded: Decoded, log: TimedTables, base: Base) -> Track:
    at = base.time_us
    vehicle = decoded.facts.get("vehicle")
    columns = {
        "time_us": Column(at + (log.clock.utc_offset_us or 0), "us", _clock_origin(log, base)),
        "lon": Column(base.values(log, "Lng"), "deg", f"{base.table}.Lng"),
        "lat": Column(base.values(log, "Lat"), "deg", f"{base.table}.Lat"),
        "altitude_m": Column(base.values(log, "Alt"), "m", f"{base.table}.Alt"),
        **_height(log, base),
        **_velocity(log, at),
        **_attitude(log, at),
        **_gimbal(log, at),
        **_satellites(log, at),
        **_link(log, at),
        **battery_columns(log, at, log.parameters()),
        **state_columns(log, at, vehicle if isinstance(vehicle, str) else ""),
    }
    return track_of(columns, log.clock.basis, log.clock.error_s)


@once_a_log
def base_of(log: TimedTables) -> Base | None:
    """
    Choose the position records that are the rows of the track.

    In this order: the estimate that flies the vehicle (POS), the receiver with the most fixes (GPS), the
    backup estimate (AHR2); and where nothing ever had a fix, the receiver all the same.
    """
    estimates = [_base(log, name) for name in log.named("POS")]
    backups = [_base(log, name) for name in log.named("AHR2")]
    receivers = [_base(log, name) for name in gps_tables(log)]
    for choice in (*estimates, *receivers, *backups):
        if choice is not None and choice.fix.any():
            return choice
    return next((receiver for receiver in receivers if receiver is not None), None)


@once_a_log
def gps_tables(log: TimedTables) -> list[str]:
    """List the tables of the receivers, the one with the most three-dimensional fixes first."""
    names = [name for message in ("GPS", "GPS2") for name in log.named(message) if log.has(name, "Status")]
    return sorted(names, key=lambda name: -int((log.raw(name, "Status") >= _FIX_3D).sum()))


def _base(log: TimedTables, name: str) -> Base | None:
    times = log.times(name) if log.has(name, "Lat", "Lng", "Alt") else None
    if times is None:
        return None
    order = np.argsort(times, kind="stable")
    # Each row later than the one before; rows without a time come first in the order and go.
    later = np.diff(times[order], prepend=np.int64(-1)) > 0
    rows = order[later]
    if not len(rows):
        return None
    lat, lon = log.raw(name, "Lat")[rows], log.raw(name, "Lng")[rows]
    fix = (lat != 0) | (lon != 0)
    if log.has(name, "Status"):
        fix &= log.raw(name, "Status")[rows] >= _FIX_2D
    return Base(name, rows, times[rows], fix, np.zeros(len(rows), bool))


def _clock_origin(log: TimedTables, base: Base) -> str:
    clock = f"clock of {base.table}"
    return f"{clock}, boot time" if log.clock.utc_offset_us is None else f"{clock}, to UTC by satellite time"


def _height(log: TimedTables, base: Base) -> dict[str, Column]:
    at = base.time_us
    for column in ("RelHomeAlt", "RelAlt"):
        if log.has(base.table, column):
            values = log.raw(base.table, column)[base.rows]
            known = np.where(np.isfinite(values) & ~base.added, values, np.nan)
            return {"height_m": Column(known, "m", f"{base.table}.{column}, above home")}
    names = [*log.named("CTUN"), *log.named("BARO")]
    series = next((s for name in names if (s := log.series(name, "Alt"))), None)
    if series is not None and len(series) > 1:
        reference = "above where the autopilot set its height to zero"
        return {"height_m": Column(linear(series, at), "m", f"{series.origin}, {reference}, {_INTERPOLATED}")}
    return _height_over_start(log, base)


def _height_over_start(log: TimedTables, base: Base) -> dict[str, Column]:
    altitude = base.values(log, "Alt")
    armed = arming(log)
    from_us = armed.time_us[0] if armed is not None and armed.values[0] > 0 else base.time_us[0]
    start = altitude[(base.time_us >= from_us) & np.isfinite(altitude)]
    if not len(start):
        return {}
    origin = f"{base.table}.Alt less its value where the log was armed or began"
    return {"height_m": Column(altitude - start[0], "m", origin)}


def _velocity(log: TimedTables, at: Times) -> dict[str, Column]:
    name = _filter(log)
    found = [log.series(name, column) for column in ("VN", "VE", "VD")] if name else []
    if not found or any(series is None for series in found):
        found = _gps_velocity(log)
    return {
        key: Column(linear(series, at), "m/s", f"{series.origin}, {_INTERPOLATED}")
        for key, series in zip(("vn_mps", "ve_mps", "vd_mps"), found, strict=False)
        if series is not None
    }


def _filter(log: TimedTables) -> str | None:
    """Name the table of the Kalman filter whose velocity to take: the active one, its most used core."""
    second, third = log.named("NKF1"), log.named("XKF1")
    kind = log.parameters().get("AHRS_EKF_TYPE")
    chosen, status = (second, "NKF4") if second and (not third or kind == _EKF2) else (third, "XKF4")
    if not chosen:
        return next(iter(log.named("EKF1")), None)
    primary = next((s for name in log.named(status) if (s := log.series(name, "PI"))), None)
    if primary is not None:
        cores, counts = np.unique(primary.values, return_counts=True)
        name = f"{chosen[0].split('[')[0]}[{int(cores[counts.argmax()])}]"
        return name if name in chosen else chosen[0]
    return chosen[0]


def _gps_velocity(log: TimedTables) -> list[Series | None]:
    name = next(iter(gps_tables(log)), "")
    fixed = log.series(name, "Status") if log.has(name, "Status", "Spd", "GCrs") else None
    if fixed is None:
        return []
    times = log.times(name)
    speed, course = log.raw(name, "Spd"), np.radians(log.raw(name, "GCrs"))
    good = (log.raw(name, "Status") >= _FIX_3D) & np.isfinite(speed * course)
    if times is None or not (good := good & (times >= 0)).any():
        return []
    origin = f"{name}.Spd and {name}.GCrs"
    north = Series(times[good], (speed * np.cos(course))[good], origin)
    east = Series(times[good], (speed * np.sin(course))[good], origin)
    down = Series(times[good], log.raw(name, "VZ")[good], f"{name}.VZ") if log.has(name, "VZ") else None
    return [_ordered(north), _ordered(east), _ordered(down) if down else None]


def _ordered(series: Series) -> Series:
    order = np.argsort(series.time_us, kind="stable")
    return Series(series.time_us[order], series.values[order], series.origin)


def _attitude(log: TimedTables, at: Times) -> dict[str, Column]:
    name = next(iter([*log.named("ATT"), *log.named("AHR2")]), "")
    columns: dict[str, Column] = {}
    for key, column in (("roll_deg", "Roll"), ("pitch_deg", "Pitch"), ("yaw_deg", "Yaw")):
        series = log.series(name, column)
        if series is not None:
            values = linear_angle(series, at)
            signed = values if key == "yaw_deg" else _signed(values)
            columns[key] = Column(signed, "deg", f"{series.origin}, {_INTERPOLATED}")
    return columns


def _signed(degrees: Values) -> Values:
    return (degrees + 180.0) % 360.0 - 180.0


def _gimbal(log: TimedTables, at: Times) -> dict[str, Column]:
    name = next(iter(log.named("MNT")), "")
    pitch, yaw = log.series(name, "Pitch"), log.series(name, "YawE")
    columns: dict[str, Column] = {}
    if pitch is not None:
        columns["gimbal_pitch_deg"] = Column(
            _signed(linear_angle(pitch, at)), "deg", f"{pitch.origin}, {_INTERPOLATED}"
        )
    if yaw is not None:
        origin = f"{yaw.origin}, from true north, {_INTERPOLATED}"
        columns["gimbal_yaw_deg"] = Column(linear_angle(yaw, at), "deg", origin)
    return columns


def _satellites(log: TimedTables, at: Times) -> dict[str, Column]:
    name = next(iter(gps_tables(log)), "")
    columns: dict[str, Column] = {}
    for key, column in (("satellites", "NSats"), ("fix", "Status")):
        series = log.series(name, column)
        if series is not None:
            values = held(series, at, MAX_GAP_US)
            known = np.nan_to_num(values).clip(0, _MOST_SATELLITES).astype(np.int64)
            numbers = known if key == "satellites" else _FIXES[np.minimum(known, len(_FIXES) - 1)].astype(np.int64)
            array = pa.array(numbers, mask=np.isnan(values))
            columns[key] = Column(array, origin=f"{series.origin}, held for up to 2 s")
    return columns


def _link(log: TimedTables, at: Times) -> dict[str, Column]:
    """Receiver strength, which ArduPilot's AP_RSSI gives as 0 to 1; none where parameter RSSI_TYPE is 0."""
    series = next((s for name in log.named("RSSI") if (s := log.series(name, "RXRSSI"))), None)
    if series is None or log.parameters().get("RSSI_TYPE") == 0 or series.values.max() > 1:
        return {}
    percent = series.scaled(100.0, "x 100")
    return {"link_percent": Column(linear(percent, at), "%", f"{percent.origin}, {_INTERPOLATED}")}
