"""
Lengths and distances on the WGS 84 ellipsoid, for arrays; longitude comes first, in degrees.

Long distances are solved by Karney's method as PROJ has it: C. F. F. Karney 2013, "Algorithms for geodesics",
Journal of Geodesy 87, 43-55, doi 10.1007/s00190-012-0578-z.
"""

from __future__ import annotations

import heapq
import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from groundside.model.place import LonLat

if TYPE_CHECKING:
    from pyproj import Geod

Floats = NDArray[np.float64]

A_M = 6_378_137.0
"""Half the major axis of WGS 84."""
_FLATTENING = 1.0 / 298.257223563
B_M = A_M * (1.0 - _FLATTENING)
"""Half the minor axis of WGS 84. Source: NGA.STND.0036_1.0.0_WGS84 (2014), table 3.1."""
EARTH_RADIUS_M = 6_371_008.8
"""Mean radius (2a + b) / 3 of WGS 84, for estimates."""
_E2 = _FLATTENING * (2.0 - _FLATTENING)
_SHORT_M = 1000.0
ROUGHLY = 1.01
"""More than a sphere and the ellipsoid ever differ over one distance (0.56 %)."""


@cache
def geod() -> Geod:
    """Give PROJ's geodesics on WGS 84; loaded on first use, for it takes 19 MB and most files need none."""
    from pyproj import Geod

    return Geod(ellps="WGS84")


def distance_m(a: LonLat, b: LonLat) -> float:
    """Measure the geodesic from one position to another, in metres; NaN where a number is missing."""
    return geod().inv(float(a.lon), float(a.lat), float(b.lon), float(b.lat))[2]


def distances_m(point: LonLat, lon: ArrayLike, lat: ArrayLike) -> Floats:
    """Measure from one point to each of many, in metres; NaN where a position is missing."""
    lons, lats = _pair(lon, lat)
    return _inverse(np.full_like(lons, point.lon), np.full_like(lats, point.lat), lons, lats)[2]


def step_lengths_m(lon: ArrayLike, lat: ArrayLike) -> Floats:
    """
    Measure each step of a path.

    Args:
        lon: degrees, n positions in order.
        lat: the same n.

    Returns:
        n - 1 lengths in metres (none for fewer than two positions); NaN where either end is missing.
    """
    lons, lats = _pair(lon, lat)
    lengths = _short_steps_m(lons, lats)
    far = np.flatnonzero(~(lengths < _SHORT_M))
    if far.size:
        lengths[far] = _inverse(lons[far], lats[far], lons[far + 1], lats[far + 1])[2]
    return lengths


def _short_steps_m(lons: Floats, lats: Floats) -> Floats:
    """
    Measure the chord of each step through the ellipsoid, and add what the arc over it is longer.

    Within 1e-8 m of the geodesic for steps under a kilometre, anywhere, and several times as fast.
    """
    x, y, z = earth_centred_m(lons, lats)
    chord = np.sqrt(np.diff(x) ** 2 + np.diff(y) ** 2 + np.diff(z) ** 2)
    return chord + chord**3 / (24.0 * EARTH_RADIUS_M**2)


def earth_centred_m(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """
    Give positions on the ellipsoid as metres from the Earth's centre: x to (0, 0), y to (90 E, 0), z to the north pole.

    Source: NGA.STND.0036_1.0.0_WGS84 (2014), section 4.2, with height 0.
    """
    lons, lats = _pair(lon, lat)
    phi, lam = np.radians(lats), np.radians(lons)
    normal = A_M / np.sqrt(1.0 - _E2 * np.sin(phi) ** 2)
    across = normal * np.cos(phi)
    return across * np.cos(lam), across * np.sin(lam), (1.0 - _E2) * normal * np.sin(phi)


def path_length_m(lon: ArrayLike, lat: ArrayLike) -> float:
    """
    Measure a path along its known positions, in metres.

    Missing positions are passed over: the path goes straight on to the next one that is known. 0 for one
    position, NaN for none.
    """
    lons, lats = _pair(lon, lat)
    known = np.isfinite(lons) & np.isfinite(lats)
    return float(step_lengths_m(lons[known], lats[known]).sum()) if known.any() else math.nan


def local_metres(lon: ArrayLike, lat: ArrayLike, origin: LonLat) -> tuple[Floats, Floats]:
    """
    Project positions near an origin to metres east and north of it.

    Good to 1 part in 150 within 20 km of the origin and 75 degrees of latitude: for comparing and drawing,
    not for lengths that are reported. Safe across the antimeridian.

    Source: radii of curvature, P. Richardus and R. K. Adler 1972, "Map Projections", p. 16.
    """
    lons, lats = _pair(lon, lat)
    phi = math.radians(origin.lat)
    w = 1.0 - _E2 * math.sin(phi) ** 2
    across = A_M / math.sqrt(w) * math.cos(phi)
    along = A_M * (1.0 - _E2) / w**1.5
    return across * np.radians(_wrap(lons - origin.lon)), along * np.radians(lats - origin.lat)


def distance_to_path_m(
    point: LonLat, lon: ArrayLike, lat: ArrayLike, time_us: ArrayLike, max_gap_s: float = 5.0
) -> float:
    """
    Measure how near a path came to a point.

    Neighbouring known positions are joined by the geodesic between them unless more than `max_gap_s` lies
    between: then only the positions themselves count, since nobody knows the way in between.

    Args:
        point: where from.
        lon: degrees, n positions in order; NaN where unknown.
        lat: the same n.
        time_us: n times in microseconds.
        max_gap_s: longest time that a segment may span.

    Returns:
        Metres along the ellipsoid, better than 1 mm; NaN where no position is known.
    """
    lons, lats = _pair(lon, lat)
    known = np.isfinite(lons) & np.isfinite(lats)
    lons, lats, times = lons[known], lats[known], np.asarray(time_us, dtype=np.int64)[known]
    if not lons.size or not (math.isfinite(point.lon) and math.isfinite(point.lat)):
        return math.nan
    rough = sphere_m(point, lons, lats)
    near = rough <= rough.min() * ROUGHLY**2 + 1.0
    best = float(distances_m(point, lons[near], lats[near]).min())
    segments = np.flatnonzero((np.diff(times) <= max_gap_s * 1e6) & _may_beat(best, rough, lons, lats))
    if segments.size:
        best = min(best, _to_segments_m(point, lons, lats, segments))
    return best


def _may_beat(best: float, rough: Floats, lons: Floats, lats: Floats) -> NDArray[np.bool_]:
    """A segment of length L whose ends are p and q away comes no nearer than (p + q - L) / 2."""
    length = _sphere_step_m(lons, lats)
    moved = length > 0
    return moved & ((rough[:-1] + rough[1:]) / ROUGHLY - length * ROUGHLY <= 2.0 * best)


def _to_segments_m(point: LonLat, lons: Floats, lats: Floats, segments: NDArray[np.intp]) -> float:
    """Measure from a point to geodesic segments of a path, and give the least."""
    ends = segments + 1
    return float(segment_distances_m(point, lons[segments], lats[segments], lons[ends], lats[ends]).min())


def segment_distances_m(point: LonLat, lon0: Floats, lat0: Floats, lon1: Floats, lat1: Floats) -> Floats:
    """
    Measure from a point to each of many geodesic segments.

    Walks along each segment to the foot of the perpendicular, which a spherical right-angled triangle
    predicts ever better.

    Args:
        point: where from.
        lon0, lat0: where each of n segments begins, degrees.
        lon1, lat1: where each ends.

    Returns:
        n distances in metres along the ellipsoid.

    Source: S. Baselga and J. C. Martinez-Llario 2018, "Intersection and point-to-line solutions for
    geodesics on the ellipsoid", Studia Geophysica et Geodaetica 62, 353-363, doi 10.1007/s11200-017-1020-z.
    """
    heading, _, length = _inverse(lon0, lat0, lon1, lat1)
    p_lon, p_lat = np.full_like(lon0, point.lon), np.full_like(lat0, point.lat)
    along = np.zeros_like(length)
    for _ in range(10):
        x_lon, x_lat, back = geod().fwd(lon0, lat0, heading, along)
        bearing, _, away = _inverse(x_lon, x_lat, p_lon, p_lat)
        turn = np.radians(bearing - (np.asarray(back) + 180.0))
        step = EARTH_RADIUS_M * np.arctan2(np.cos(turn) * np.sin(away / EARTH_RADIUS_M), np.cos(away / EARTH_RADIUS_M))
        reached = np.clip(along + step, 0.0, length)
        if np.max(np.abs(reached - along), initial=0.0) < 1e-4:
            break
        along = reached
    x_lon, x_lat, _ = geod().fwd(lon0, lat0, heading, along)
    return _inverse(np.asarray(x_lon), np.asarray(x_lat), p_lon, p_lat)[2]


def simplify(lon: ArrayLike, lat: ArrayLike, tolerance_m: float, keep_max: int) -> NDArray[np.int64]:
    """
    Choose the positions that keep the shape of a path when it is drawn.

    The position that lies furthest off the simplified path is added, again and again, until none is off by
    more than the tolerance or `keep_max` are kept.

    Args:
        lon: degrees, n positions in order; NaN where unknown.
        lat: the same n.
        tolerance_m: how far the drawn line may lie off the path, in metres.
        keep_max: most positions to keep; the first and the last known ones are always kept.

    Returns:
        Rows to keep, ascending; empty where no position is known. Rows of unknown position are never kept.

    Source: U. Ramer 1972, "An iterative procedure for the polygonal approximation of plane curves", Computer
    Graphics and Image Processing 1, 244-256.
    """
    lons, lats = _pair(lon, lat)
    rows = np.flatnonzero(np.isfinite(lons) & np.isfinite(lats))
    if rows.size <= 2:
        return rows.astype(np.int64)
    middle = LonLat(float(lons[rows[0]]), float(np.median(lats[rows])))
    x, y = local_metres(lons[rows], lats[rows], middle)
    kept = {0, rows.size - 1}
    heap = [_furthest(x, y, 0, rows.size - 1)]
    while heap and len(kept) < keep_max:
        off, first, split, last = heapq.heappop(heap)
        if -off <= tolerance_m:
            break
        kept.add(split)
        for a, b in ((first, split), (split, last)):
            if b - a > 1:
                heapq.heappush(heap, _furthest(x, y, a, b))
    return rows[sorted(kept)].astype(np.int64)


def _furthest(x: Floats, y: Floats, first: int, last: int) -> tuple[float, int, int, int]:
    """Find the point furthest from the segment between two others; its distance comes negated, for a heap."""
    px, py = x[first + 1 : last] - x[first], y[first + 1 : last] - y[first]
    dx, dy = x[last] - x[first], y[last] - y[first]
    square = dx * dx + dy * dy
    t = np.clip((px * dx + py * dy) / square, 0.0, 1.0) if square > 0 else np.zeros_like(px)
    off = (px - t * dx) ** 2 + (py - t * dy) ** 2
    if not off.size:
        return 0.0, first, first, last
    at = int(off.argmax())
    return -math.sqrt(float(off[at])), first, first + 1 + at, last


def bearing_deg(a: LonLat, b: LonLat) -> float:
    """Say in which direction one sets out from `a` to reach `b`: 0 to 360 clockwise from true north."""
    return geod().inv(float(a.lon), float(a.lat), float(b.lon), float(b.lat))[0] % 360.0


def _inverse(lon0: Floats, lat0: Floats, lon1: Floats, lat1: Floats) -> tuple[Floats, Floats, Floats]:
    forward, back, length = geod().inv(lon0, lat0, lon1, lat1)
    return np.asarray(forward), np.asarray(back), np.asarray(length)


def _pair(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    return np.ascontiguousarray(lon, dtype=np.float64), np.ascontiguousarray(lat, dtype=np.float64)


def _wrap(degrees: Floats) -> Floats:
    return (degrees + 180.0) % 360.0 - 180.0


def sphere_m(point: LonLat, lons: Floats, lats: Floats) -> Floats:
    """
    Estimate distances from a point on a sphere, in metres; within 0.6 % of the ellipsoid's (`ROUGHLY`).

    Source: R. W. Sinnott 1984, "Virtues of the Haversine", Sky and Telescope 68 (2), 159.
    """
    return _haversine_m(point.lon, point.lat, lons, lats)


def _sphere_step_m(lons: Floats, lats: Floats) -> Floats:
    return _haversine_m(lons[:-1], lats[:-1], lons[1:], lats[1:])


def _haversine_m(lon0: ArrayLike, lat0: ArrayLike, lon1: Floats, lat1: Floats) -> Floats:
    phi0, phi1 = np.radians(lat0), np.radians(lat1)
    half = np.sin((phi1 - phi0) / 2.0) ** 2
    half = half + np.cos(phi0) * np.cos(phi1) * np.sin(np.radians(lon1 - np.asarray(lon0)) / 2.0) ** 2
    return 2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
