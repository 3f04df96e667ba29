"""
Names of positions by the towns around them.

Data: GeoNames (https://www.geonames.org), licence CC BY 4.0.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from groundside.model.place import LonLat
from groundside.reference.geodesy import ROUGHLY, bearing_deg, distances_m, sphere_m
from groundside.reference.towns import Towns, towns

_SEARCH_DEG = (1.0, 5.0, 180.0)
_METRES_PER_DEGREE = 110_500.0
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
        first, end = np.searchsorted(known.lat, (point.lat - reach, point.lat + reach))
        if first == end:
            continue
        rows = int(first) + _may_be_best(known, slice(first, end), point)
        away, radius = distances_m(point, known.lon[rows], known.lat[rows]), known.radius_m[rows]
        inside = away <= radius
        score = np.where(inside, away / radius, np.inf) if inside.any() else away - radius
        best = int(score.argmin())
        if score[best] <= reach * _METRES_PER_DEGREE or reach == _SEARCH_DEG[-1]:
            return int(rows[best]), float(away[best])
    return 0, math.nan


def _may_be_best(known: Towns, some: slice, point: LonLat) -> NDArray[np.int64]:
    """Leave out the towns that are too far away by any measure: exact distances to all would cost milliseconds."""
    rough, radius = sphere_m(point, known.lon[some], known.lat[some]), known.radius_m[some]
    least, most = rough / ROUGHLY - radius, rough * ROUGHLY - radius
    return np.flatnonzero((least <= most.min()) | (least <= 0.0))
