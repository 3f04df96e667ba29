"""The columns of a track that tell whether, where and how fast an aircraft flew, as NumPy arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.model.place import LonLat
from groundside.model.track import Track
from groundside.native.flown import Rate, jumps, rate
from groundside.reference.geodesy import local_metres

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Flags = NDArray[np.int8]
"""1 yes, 0 no, -1 unknown."""

GAP_S = 5.0
"""Longer without a sample, and nobody knows what was in between."""
TOP_SPEED_MPS = 150.0
"""Faster than any aircraft that keeps such logs: a position that would need it is a fault of the receiver."""
_FAR_M = 10_000.0
_NO_FIX = 2
_LEAST_SPAN = 0.4
_WHOLE = 1e-4
_SAMPLE = 64
METRES_PER_DEGREE = 111_132.0
_UNKNOWN = pa.scalar(-1, pa.int8())


@dataclass(frozen=True, slots=True)
class Signals:
    """
    One value a row, n rows in order of time.

    Args:
        time_us: as in the track.
        t_s: seconds since the first row, never falling.
        lon: degrees; NaN where unknown, without a fix, or out of reach of the other positions.
        lat: the same.
        east_m: metres from `origin`.
        north_m: the same.
        jumped: whether no aircraft can have come here from the position before.
        origin: a position amid the track; None where no position is known.
        resolution_m: how coarsely positions are rounded; 0 where finer than a metre.
        height_m: above take-off; where the track has none, `altitude_m`.
        above_takeoff: whether `height_m` is that, and not an altitude.
        speed_mps: horizontal; NaN where unknown.
        speed_from: where the speed is from: "velocity", "positions" or empty.
        climb_mps: upward; NaN where unknown.
        in_air: as the recorder says.
        armed: as the recorder says.
    """

    time_us: NDArray[np.int64]
    t_s: Floats
    lon: Floats
    lat: Floats
    east_m: Floats
    north_m: Floats
    jumped: Bools
    origin: LonLat | None
    resolution_m: float
    height_m: Floats
    above_takeoff: bool
    speed_mps: Floats
    speed_from: str
    climb_mps: Floats
    in_air: Flags
    armed: Flags

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.t_s.size)


def signals_of(track: Track) -> Signals:
    """Take the signals out of a track; any column may be all unknown."""
    time_us = track.time_us
    t_s = np.maximum.accumulate((time_us - time_us[:1]) / 1e6)
    fixes = _fixes(track, t_s)
    height = track.floats("height_m")
    above_takeoff = bool(np.isfinite(height).any())
    if not above_takeoff:
        height = track.floats("altitude_m")
    speed, speed_from = _speed(track, t_s, fixes)
    down = track.floats("vd_mps")
    climb = -down if np.isfinite(down).any() else rate(t_s, height, _over(2.0))
    flags = {name: _flags(track, name) for name in ("in_air", "armed")}
    return Signals(
        time_us,
        t_s,
        fixes.lon,
        fixes.lat,
        fixes.east_m,
        fixes.north_m,
        fixes.jumped,
        fixes.origin,
        fixes.resolution_m,
        height,
        above_takeoff,
        speed,
        speed_from,
        climb,
        **flags,
    )


def _flags(track: Track, name: str) -> Flags:
    column = track.table.column(name)
    if column.null_count == len(column):  # as most of these columns are, or else wholly known
        return np.full(len(column), -1, dtype=np.int8)
    if column.null_count:
        column = column.cast(pa.int8()).fill_null(_UNKNOWN)
    return np.ascontiguousarray(column.to_numpy(), dtype=np.int8)


def held(flags: Flags) -> Flags:
    """Fill unknown rows with the last known value, those before the first with the first."""
    is_known = flags >= 0
    if is_known.all():
        return flags
    known = is_known.nonzero()[0]
    if not known.size:
        return flags
    last = np.searchsorted(known, np.arange(flags.size), side="right") - 1
    return flags[known[np.maximum(last, 0)]]


@dataclass(frozen=True, slots=True)
class _Fixes:
    """Positions that can be believed; see `Signals`."""

    lon: Floats
    lat: Floats
    east_m: Floats
    north_m: Floats
    jumped: Bools
    origin: LonLat | None
    resolution_m: float


def _fixes(track: Track, t_s: Floats) -> _Fixes:
    lon, lat = track.floats("lon").copy(), track.floats("lat").copy()
    fix = _flags(track, "fix")
    known = np.isfinite(lon) & np.isfinite(lat) & ~((fix >= 0) & (fix < _NO_FIX))
    lon[~known] = lat[~known] = np.nan
    if not known.any():
        return _Fixes(lon, lat, lon.copy(), lat.copy(), np.zeros(t_s.size, dtype=np.bool_), None, 0.0)
    rows = known.nonzero()[0]
    origin = LonLat(float(lon[rows[rows.size // 2]]), middle_of(lat[rows]))
    rounding = resolution_m(lon, lat)
    east, north = local_metres(lon, lat, origin)
    jumped = _jumps(t_s, (east, north), rounding)
    if jumped.any():
        outside = _out_of_reach(t_s, east, north, jumped)
        for column in (lon, lat, east, north):
            column[outside] = np.nan
        jumped = _jumps(t_s, (east, north), rounding)
    return _Fixes(lon, lat, east, north, jumped, origin, rounding)


def _out_of_reach(t_s: Floats, east: Floats, north: Floats, jumped: Bools) -> Bools:
    """
    Mark positions to leave out: stretches between jumps that are brief or far off.

    A longer stretch nearby stays, as where two recordings were put together; the jump to it is not flown.
    """
    outside = np.zeros(east.size, dtype=np.bool_)
    known = np.flatnonzero(np.isfinite(east))
    first = np.flatnonzero(jumped[known] | (np.arange(known.size) == 0))
    last = np.append(first[1:], known.size) - 1
    main = int((last - first).argmax())
    t, x, y = t_s[known], east[known], north[known]
    for stretch, (a, b) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        near, end = (b, first[main]) if stretch < main else (a, last[main])
        apart_m = float(np.hypot(x[near] - x[end], y[near] - y[end]))
        odd = t[b] - t[a] < GAP_S or apart_m > _FAR_M
        if stretch != main and odd and apart_m > TOP_SPEED_MPS * max(abs(t[near] - t[end]), 0.1):
            outside[known[a : b + 1]] = True
    return outside


def resolution_m(lon: Floats, lat: Floats) -> float:
    """
    Find how coarsely positions are rounded: to how many decimals of a degree all of them are whole.

    Returns:
        The step northward in metres for 3, 4 or 5 decimals; 0 where it is finer, or no position is known.
    """
    known = np.isfinite(lon) & np.isfinite(lat)
    values = np.concatenate((lon[known], lat[known]))
    for decimals in (3, 4, 5) if values.size else ():
        # A few values tell that most tracks are not rounded.
        if _are_whole(values[:_SAMPLE] * 10.0**decimals) and _are_whole(values * 10.0**decimals):
            return METRES_PER_DEGREE / 10.0**decimals
    return 0.0


def _are_whole(scaled: Floats) -> bool:
    return bool((np.abs(scaled - np.rint(scaled)) < _WHOLE).all())


def middle_of(values: Floats) -> float:
    """Give the median of some numbers, at least one and none of them NaN: what `np.median` does, without its price."""
    ordered, half = np.sort(values), values.size // 2
    return float(ordered[half] if values.size % 2 else (ordered[half - 1] + ordered[half]) / 2.0)


def _speed(track: Track, t_s: Floats, fixes: _Fixes) -> tuple[Floats, str]:
    north, east = track.floats("vn_mps"), track.floats("ve_mps")
    if np.isfinite(north).any() and np.isfinite(east).any():
        return np.hypot(north, east), "velocity"
    if fixes.origin is None:
        return north, ""
    # Rounding by r over a window of w seconds looks like a speed of up to r / w.
    window_s = float(np.clip(2.0 * fixes.resolution_m, 2.0, 30.0))
    axes = (fixes.east_m, fixes.north_m)
    speed = np.hypot(*(rate(t_s, axis, _over(window_s), fixes.jumped) for axis in axes))
    return speed, "positions"


def _over(window_s: float) -> Rate:
    """Differentiate over a window that is not mostly empty and spans no gap."""
    return Rate(window_s, _LEAST_SPAN * window_s, window_s + 2 * GAP_S)


def _jumps(t_s: Floats, fixes: tuple[Floats, Floats], rounding_m: float) -> Bools:
    """Mark each known position that no aircraft can have reached from the known one before."""
    return jumps(t_s, *fixes, TOP_SPEED_MPS, 2.0 * rounding_m)
