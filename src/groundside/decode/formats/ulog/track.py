"""The one track of a log: rows where a position was logged, everything else brought to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.formats.ulog.battery import battery_columns
from groundside.decode.formats.ulog.clock import RECEIVERS, Times
from groundside.decode.formats.ulog.home import height_reference
from groundside.decode.formats.ulog.motion import attitude, velocity
from groundside.decode.formats.ulog.series import MAX_GAP_US, Log, Values, clock_of, held, linear
from groundside.decode.formats.ulog.states import state_columns, takeoff_us
from groundside.model.decoded import Decoded
from groundside.model.table import Column
from groundside.model.track import Track, track_of

ESTIMATE = "vehicle_global_position"
_INTERPOLATED = "interpolated linearly within 2 s"
_FIX_2D, FIX_3D = 2, 3
_MOST_SATELLITES = 255
_FIXES = {0: 0, 1: 0, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6}
"""`fix_type` of msg/SensorGps.msg of PX4-Autopilot to `fix` of a track; 8, extrapolated, has no place there."""
_COLUMNS = (("lat", "lon", "alt", 1.0, 1.0), ("latitude_deg", "longitude_deg", "altitude_msl_m", 1.0, 1.0))
_OLD_RECEIVER = ("lat", "lon", "alt", 1e7, 1e3)
"""Whole numbers until PX4 1.14: 1e-7 degrees and millimetres above mean sea level."""


@dataclass(frozen=True, slots=True)
class Base:
    """
    The rows of a track: boot time and position, and the table they come from.

    Args:
        table: its name.
        time_us: ascending.
        lat, lon: degrees; NaN where there is no fix.
        altitude: metres above mean sea level; NaN where there is no fix.
        names: of the columns of latitude, longitude and altitude.
    """

    table: str
    time_us: Times
    lat: Values
    lon: Values
    altitude: Values
    names: tuple[str, str, str]

    @property
    def fixes(self) -> int:
        """How many rows have a position."""
        return int(np.isfinite(self.lat).sum())


def track(decoded: Decoded) -> Track | None:
    """Make the track; None where the log holds no position with a clock."""
    log = Log(decoded.tables, clock_of(decoded))
    base = base_of(log)
    # Damaged values may overflow on the way; what is not finite is unknown in the end.
    with np.errstate(all="ignore"):
        return None if base is None else _track(decoded, log, base)


def _track(decoded: Decoded, log: Log, base: Base) -> Track:
    at = base.time_us
    columns = {
        "time_us": Column(at + log.clock.shift_us, "us", _clock_origin(log, base)),
        "lat": Column(base.lat, "deg", f"{base.table}.{base.names[0]}"),
        "lon": Column(base.lon, "deg", f"{base.table}.{base.names[1]}"),
        "altitude_m": Column(base.altitude, "m", f"{base.table}.{base.names[2]}"),
        **_height(log, base),
        **velocity(log, at),
        **attitude(log, at),
        **_satellites(log, at),
        **battery_columns(log, at),
        **state_columns(log, at, _release(decoded)),
    }
    return track_of(columns, log.clock.basis, log.clock.error_s)


def _release(decoded: Decoded) -> tuple[int, int] | None:
    match decoded.facts.get("release"):
        case [int() as major, int() as minor]:
            return major, minor
        case _:
            return None


def base_of(log: Log) -> Base | None:
    """
    Choose the position messages that are the rows of the track.

    The estimate that flies the vehicle, or else the receiver with the most fixes; and where nothing ever had a fix,
    the receiver all the same.
    """
    return log.once(("base", log.clock), lambda: _chosen(log))


def _chosen(log: Log) -> Base | None:
    receivers = [base for name in receiver_tables(log) if (base := _base(log, name)) is not None]
    estimate = _base(log, ESTIMATE)
    for choice in (estimate, *receivers):
        if choice is not None and choice.fixes:
            return choice
    return next(iter(receivers), None)


def receiver_tables(log: Log) -> list[str]:
    """List the tables of the receivers, the one with the most three-dimensional fixes first."""
    names = [name for topic in reversed(RECEIVERS) for name in log.named(topic) if log.has(name, "fix_type")]
    return sorted(names, key=lambda name: -int((log.raw(name, "fix_type") >= FIX_3D).sum()))


def _base(log: Log, name: str) -> Base | None:
    found = next((c for c in _COLUMNS if log.has(name, *c[:3])), None)
    times = log.times(name) if found else None
    if found is None or times is None or log.clock.first_us is None:
        return None
    if log.is_whole(name, found[0]):
        found = _OLD_RECEIVER
    times = np.where(times >= log.clock.first_us - MAX_GAP_US, times, np.int64(-1))
    order = np.argsort(times, kind="stable")
    # Each row later than the one before; rows without a time come first in the order and go.
    rows = order[np.diff(times[order], prepend=np.int64(-1)) > 0]
    if not len(rows):
        return None
    with np.errstate(invalid="ignore"):
        lat, lon = (log.raw(name, column)[rows] / found[3] for column in found[:2])
        altitude = log.raw(name, found[2])[rows] / found[4]
    fix = _fixed(log, name, rows, lat, lon)
    level = _flag(log, name, rows, "alt_valid") & fix & np.isfinite(altitude)
    known = (np.where(fix, lat, np.nan), np.where(fix, lon, np.nan), np.where(level, altitude, np.nan))
    return Base(name, times[rows], *known, found[:3])


def _fixed(log: Log, name: str, rows: Times, lat: Values, lon: Values) -> npt.NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        fix = ((lat != 0) | (lon != 0)) & (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
    if log.has(name, "fix_type"):
        fix &= log.raw(name, "fix_type")[rows] >= _FIX_2D
    return fix & _flag(log, name, rows, "lat_lon_valid")


def _flag(log: Log, name: str, rows: Times, column: str) -> npt.NDArray[np.bool_]:
    """Whether a column says so; where there is none, it does."""
    return log.raw(name, column)[rows] > 0 if log.has(name, column) else np.ones(len(rows), np.bool_)


def _clock_origin(log: Log, base: Base) -> str:
    clock = f"{base.table}.timestamp"
    return f"{clock}, boot time" if log.clock.utc_offset_us is None else f"{clock}, to UTC ({log.clock.basis.value})"


def _height(log: Log, base: Base) -> dict[str, Column]:
    start_us = takeoff_us(log)
    reference = height_reference(log, start_us)
    if reference is not None:
        origin = f"{base.table}.{base.names[2]} less {reference.origin}"
        return {"height_m": Column(base.altitude - reference.altitude_m, "m", origin)}
    down = next((s for n in log.named("vehicle_local_position") if (s := log.valid(n, "z", "z_valid"))), None)
    if down is not None:
        at_start = int(np.searchsorted(down.time_us, start_us or base.time_us[0]))
        ground = down.values[min(at_start, len(down) - 1)]
        origin = f"{down.origin}, up, from where the vehicle took off, was armed or the log began; {_INTERPOLATED}"
        return {"height_m": Column(ground - linear(down, base.time_us), "m", origin)}
    known = np.flatnonzero(np.isfinite(base.altitude) & (base.time_us >= (start_us or 0)))
    if not len(known):
        return {}
    origin = f"{base.table}.{base.names[2]} less its value where the vehicle took off, was armed or the log began"
    return {"height_m": Column(base.altitude - base.altitude[known[0]], "m", origin)}


def _satellites(log: Log, at: Times) -> dict[str, Column]:
    name = next(iter(receiver_tables(log)), "")
    columns: dict[str, Column] = {}
    for key, column in (("satellites", "satellites_used"), ("fix", "fix_type")):
        series = log.series(name, column)
        if series is None:
            continue
        values = held(series, at, MAX_GAP_US)
        unknown = np.isnan(values) | (values < 0) | (values > _MOST_SATELLITES)
        numbers = np.where(unknown, 0, values).astype(np.int64)
        if key == "fix":
            unknown |= ~np.isin(numbers, list(_FIXES))
            numbers = np.where(numbers == 1, 0, numbers)
        array = pa.array(np.where(unknown, 0, numbers), mask=unknown)
        columns[key] = Column(array, origin=f"{series.origin}, held for up to 2 s")
    return columns
