"""
Names of positions by the towns around them.

Data: GeoNames (https://www.geonames.org), licence CC BY 4.0.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from groundside.model.place import LonLat
from groundside.reference.geodesy import ROUGHLY, bearing_deg, distance_m, distances_m, sphere_m
from groundside.reference.towns import Towns, towns

Rows = NDArray[np.int64]

_SEARCH_DEG = (1.0, 5.0, 180.0)
_METRES_PER_DEGREE = 110_500.0
_SQUARE_DEG = 0.1
_OFF_M = 8_000.0
"""More than there is from the middle of a square to any corner of it."""
_ROUNDING_DEG = 1e-9
_SQUARES = 4096
_FEW = 8
_WINDS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


def name_of(point: LonLat) -> str:
    """Say in which town a position lies, or how far it is from which; see `places.place_of`."""
    known = towns()
    row, away_m = _choose(known, point)
    name = known.name(row)
    if away_m <= known.radius_m[row]:
        return name
    town = LonLat(float(known.lon[row]), float(known.lat[row]))
    wind = _WINDS[round(bearing_deg(town, point) / 45.0) % 8]
    return f"{max(round(away_m / 1000.0), 1)} km {wind} of {name}"


def _choose(known: Towns, point: LonLat) -> tuple[int, float]:
    """Choose the town to name a point by, and say how far its middle is away; looks ever wider."""
    for reach in _SEARCH_DEG:
        first, end = known.lat.searchsorted((point.lat - reach, point.lat + reach)).tolist()
        if first == end:
            continue
        rows = _in_question(known, point, first, end) if reach == _SEARCH_DEG[0] else np.arange(first, end)
        rows = rows[_may_be_best(known, rows, point)]
        away, radius = _away_m(known, rows, point), known.radius_m[rows]
        inside = away <= radius
        score = np.where(inside, away / radius, np.inf) if inside.any() else away - radius
        best = int(score.argmin())
        if score[best] <= reach * _METRES_PER_DEGREE or reach == _SEARCH_DEG[-1]:
            return int(rows[best]), float(away[best])
    return 0, math.nan


def _away_m(known: Towns, rows: Rows, point: LonLat) -> NDArray[np.float64]:
    if rows.size > _FEW:
        return distances_m(point, known.lon[rows], known.lat[rows])
    places = zip(known.lon[rows].tolist(), known.lat[rows].tolist(), strict=True)
    return np.array([distance_m(point, LonLat(lon, lat)) for lon, lat in places])


def _may_be_best(known: Towns, rows: Rows, point: LonLat) -> Rows:
    """Leave out the towns that are too far away by any measure: exact distances to all would cost milliseconds."""
    rough, radius = sphere_m(point, known.lon[rows], known.lat[rows]), known.radius_m[rows]
    least, most = rough / ROUGHLY - radius, rough * ROUGHLY - radius
    return ((least <= most.min()) | (least <= 0.0)).nonzero()[0]


def _in_question(known: Towns, point: LonLat, first: int, end: int) -> Rows:
    """Leave out the towns of a span that no point in the same square would be named by: few are left."""
    rows = _of_square(known, math.floor(point.lon / _SQUARE_DEG), math.floor(point.lat / _SQUARE_DEG))
    return rows[rows.searchsorted(first) : rows.searchsorted(end)]


@lru_cache(_SQUARES)
def _of_square(known: Towns, column: int, row: int) -> Rows:
    """List the towns that some point of a square may be named by, going by those less than a degree of latitude off."""
    middle = LonLat((column + 0.5) * _SQUARE_DEG, (row + 0.5) * _SQUARE_DEG)
    half, reach = _SQUARE_DEG / 2.0 + _ROUNDING_DEG, _SEARCH_DEG[0]
    first, inner, inner_end, end = known.lat.searchsorted(
        [middle.lat + off for off in (-reach - half, half - reach, reach - half, reach + half)]
    ).tolist()
    rows = np.arange(first, end)
    rough, radius = sphere_m(middle, known.lon[first:end], known.lat[first:end]), known.radius_m[first:end]
    least, most = (rough - _OFF_M) / ROUGHLY - radius, (rough + _OFF_M) * ROUGHLY - radius
    always = most[inner - first : inner_end - first]  # within reach of every point of the square
    return rows[least <= max(always.min(initial=np.inf), 0.0)]
