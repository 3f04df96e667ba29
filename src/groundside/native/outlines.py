"""Outlines of tracks: thinned so far that comparing two costs microseconds, with how far off that may be."""

from __future__ import annotations

import struct
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from groundside.model.place import LonLat
from groundside.native.fitting import WIDTHS_MS, Floats, Layout, Places, joined, lay_out
from groundside.native.flown import later, off
from groundside.reference.geodesy import local_metres

Whole = npt.NDArray[np.int32]
JUDGED = 400
"""So many positions of a track decide how far it lies from another."""
MOST_POSITIONS = 4 * JUDGED
_HEAD = struct.Struct("<HHddd")
_PER_DEGREE = 1e7
_PER_SECOND = 1e3
_STEPS = (_PER_SECOND, _PER_DEGREE, _PER_DEGREE)
_COLUMN_OF_STEPS = np.array(_STEPS)[:, None]
_LEAST, _FEW = 2, 8
_NEAR_ENOUGH_M = 2.0
"""With more slack than this an outline takes more positions."""
_HALF_A_STEP_M = 0.01
"""No position of an outline is rounded by more."""
_BANDS = 10
"""Maps to a degree of latitude: within one, lengths are off by less than half a percent."""
_FURTHEST_DEG = 75.0
_MOST_SLACK_M = 500.0
_HALF_TURN_DEG = 180.0
_APART_LON_DEG, _APART_LAT_DEG = 0.05, 0.02
"""Tracks whose bounds are further apart lie more than a kilometre from each other."""
_LONGEST_MS = 12 * 3600 * 1000
_ROUNDINGS = ((10_000, 1e-3), (1000, 1e-4), (100, 1e-5))
"""How coarsely positions may be rounded: in steps of an outline, and in degrees."""


def thinned_rows(count: int, most: int) -> npt.NDArray[np.int64]:
    """Choose positions of a track, as evenly as may be: those that decide how far it lies from another."""
    if count <= most:
        return np.arange(count)
    rows = np.arange(most) * ((count - 1) / (most - 1))  # as `linspace` has them, which costs several times as much
    rows[-1] = count - 1
    return rows.astype(np.int64)


class Outline:
    """
    Where a track went, thinned, and how far it may have been off that.

    Args:
        t_ms: milliseconds from the first position on.
        lon, lat: ten-millionths of a degree at these times.
        judged: places of those positions that decide how far it lies from another.
        slack_m: how far the track may be off the straight lines between these positions.
        origin: longitude and latitude of a position amid the track.
    """

    __slots__ = (
        *("_judged", "_laid", "_lat", "_lon", "_t_ms"),
        *("band", "bounds", "count", "origin", "rounding_deg", "slack_m"),
    )

    def __init__(
        self, t_ms: Floats, lon: Whole, lat: Whole, judged: Places, slack_m: float, origin: tuple[float, float]
    ) -> None:
        self._t_ms, self._lon, self._lat, self._judged, self.slack_m = t_ms, lon, lat, judged, slack_m
        self._laid: dict[tuple[int, bool], Layout | None] = {}
        self.origin = origin
        self.count = t_ms.size
        self.rounding_deg = _rounding_deg(lon, lat)
        """To what its positions may be rounded, the whole track not more coarsely; 0 where to less than 1e-5."""
        west, east, south, north = (int(each) for each in (lon.min(), lon.max(), lat.min(), lat.max()))
        fits = abs(origin[1]) <= _FURTHEST_DEG and slack_m <= _MOST_SLACK_M
        self.band = round(origin[1] * _BANDS) if fits else None
        """Which map it is laid out on, with whoever is compared with it; None where none would do."""
        self.bounds = west / _PER_DEGREE, south / _PER_DEGREE, east / _PER_DEGREE, north / _PER_DEGREE

    @property
    def nbytes(self) -> int:
        """About how much memory it takes."""
        return (
            16 * self.count
            + 8 * self._judged.size
            + sum(each.nbytes for each in self._laid.values() if each is not None)
        )

    def laid_out(self, band: int, *, closer: bool) -> Layout | None:
        """Lay it out for `may_lie` on the map of a band, if `closer` in narrow cells too; None where it cannot be."""
        if (band, closer) not in self._laid:
            self._laid[band, closer] = self._lay_out(band / _BANDS, closer=closer)
        return self._laid[band, closer]

    def _lay_out(self, lat: float, *, closer: bool) -> Layout | None:
        if self._t_ms[-1] > _LONGEST_MS:
            return None
        east_m, north_m = _metres_per_degree(lat)
        scale = 100.0 / _PER_DEGREE
        positions = np.empty((3, self.count))
        positions[0] = self._t_ms
        np.multiply(self._lon, east_m * scale, out=positions[1])
        np.multiply(self._lat, north_m * scale, out=positions[2])
        widths = WIDTHS_MS if closer else WIDTHS_MS[:-1]
        laid = [lay_out(positions, self._judged, width, self.slack_m * 100.0) for width in widths]
        if any(each is None for each in laid):
            return None
        return joined(int(self._t_ms[-1]), self._judged.size, laid if closer else [*laid, None])


def _rounding_deg(lon: Whole, lat: Whole) -> float:
    for steps, degrees in _ROUNDINGS:
        if all(_are_whole(each, steps) for each in (lon, lat)):
            return degrees
    return 0.0


def _are_whole(axis: Whole, steps: int) -> bool:
    """Whether all are multiples of so many steps, within a ten-thousandth: as `signals.resolution_m` sees the track."""
    most = steps // 10_000
    if any(min(each % steps, -each % steps) > most for each in axis[:_FEW].tolist()):
        return False  # as of most tracks
    over = axis % steps
    return bool((np.minimum(over, steps - over) <= most).all())


def are_far(one: Outline, other: Outline) -> bool:
    """Whether two, both with a `band`, are so far from each other that no layout need say so."""
    west, south, east, north = one.bounds
    from_west, from_south, to_east, to_north = other.bounds
    if south - to_north > _APART_LAT_DEG or from_south - north > _APART_LAT_DEG:
        return True
    lon = from_west - east if from_west > east else west - to_east
    return _APART_LON_DEG < lon < _HALF_TURN_DEG


def may_wrap(one: Outline, other: Outline) -> bool:
    """Whether the 180th meridian may lie between positions of two and the origin of the first."""
    west, east, lon = one.bounds[0], one.bounds[2], one.origin[0]
    from_west, to_east = other.bounds[0], other.bounds[2]
    return max(east, to_east, lon) - min(west, from_west, lon) >= _HALF_TURN_DEG


@lru_cache(256)
def _metres_per_degree(lat: float) -> tuple[float, float]:
    east, north = local_metres([1.0], [lat + 1.0], LonLat(0.0, lat))
    return float(east[0]), float(north[0])


def outline_bytes(time_us: npt.NDArray[np.int64], lon: Floats, lat: Floats) -> bytes:
    """
    Write the outline of a track, little-endian.

    Args:
        time_us: microseconds.
        lon, lat: degrees, NaN where unknown.

    Returns:
        Nothing where fewer than two positions are known, one is none on Earth, or it lasts for more than 49 days.
    """
    t_s = time_us / 1e6
    rows = later(t_s, lon, lat)
    if rows.size < _LEAST:
        return b""
    middle = _middle(lon, lat)
    origin = float(lon[middle]), float(lat[middle])
    t_s, lons, lats = t_s[rows], lon[rows], lat[rows]
    t_s -= t_s[0]
    if t_s[-1] * _PER_SECOND >= 2.0**32 or np.abs(lons).max() > 180.0 or np.abs(lats).max() > 90.0:
        return b""
    judged = thinned_rows(t_s.size, JUDGED)
    rows, scale = judged, _metres_per_degree(origin[1])
    columns, off_m = _off_m(t_s, lons, lats, rows, scale)
    most_m = float(off_m.max())
    if most_m > _NEAR_ENOUGH_M:
        rows = np.union1d(judged, _where_off(off_m))
        columns, off_m = _off_m(t_s, lons, lats, rows, scale)
        most_m = float(off_m.max())
    columns = (*columns, rows.searchsorted(judged).astype("<u2"))
    head = _HEAD.pack(rows.size, judged.size, most_m + _HALF_A_STEP_M, *origin)
    return head + b"".join([each.tobytes() for each in columns])


def outline_in(content: bytes | memoryview) -> Outline:
    """
    Read an outline that `outline_bytes` wrote.

    Raises:
        ValueError: it is none.
    """
    if len(content) < _HEAD.size:
        what = "no outline"
        raise ValueError(what)
    count, judged, slack_m, *origin = _HEAD.unpack_from(content)
    if len(content) != _HEAD.size + 12 * count + 2 * judged or count < _LEAST or not judged:
        what = "no outline"
        raise ValueError(what)
    t = np.frombuffer(content, "<u4", count, _HEAD.size).astype(np.float64)
    lon, lat = (np.frombuffer(content, "<i4", count, _HEAD.size + 4 * count * k).astype(np.int32) for k in (1, 2))
    places = np.frombuffer(content, "<u2", judged, _HEAD.size + 12 * count).astype(np.int64)
    return Outline(t, lon, lat, places, slack_m, (origin[0], origin[1]))


def _middle(lon: Floats, lat: Floats) -> int:
    """Choose a row amid those whose position is known, of which there is at least one."""
    known = (np.isfinite(lon) & np.isfinite(lat)).nonzero()[0]
    return int(known[known.size // 2])


def _where_off(off_m: Floats) -> Places:
    """Choose positions that an outline should have besides: those far off it, with their neighbours."""
    odd = np.flatnonzero(off_m > _NEAR_ENOUGH_M)
    if 3 * odd.size > MOST_POSITIONS - JUDGED:
        return thinned_rows(off_m.size, MOST_POSITIONS)
    return np.clip(np.concatenate((odd - 1, odd, odd + 1)), 0, off_m.size - 1)


def _off_m(
    t_s: Floats, lon: Floats, lat: Floats, rows: Places, scale: tuple[float, float]
) -> tuple[tuple[npt.NDArray[np.generic], ...], Floats]:
    """Round positions as they are kept, and measure how far each position is from where these rows alone put it."""
    whole = np.empty((3, rows.size))
    for values, per, out in zip((t_s, lon, lat), _STEPS, whole, strict=True):
        np.rint(values[rows] * per, out=out)
    kept = (whole[0].astype("<u4"), whole[1].astype("<i4"), whole[2].astype("<i4"))
    whole /= _COLUMN_OF_STEPS
    return kept, off(whole, scale, t_s, lon, lat)
