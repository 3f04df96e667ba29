"""A flat map around one place, in metres: exact along every line through its middle."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from groundside.model.place import LonLat

if TYPE_CHECKING:
    from pyproj import Proj

Floats = NDArray[np.float64]


class LocalPlane:
    """
    East and north in metres from a place, by the azimuthal equidistant projection of WGS 84.

    Distances through the middle are those of the geodesic. Others are too long by a share of r²/6R² at most, r being
    how far from the middle: less than 0.5 in a million over an area 20 km wide (r = 10 km), 1 in a million at 15 km.
    J. P. Snyder 1987, "Map Projections: A Working Manual" (USGS Professional Paper 1395), chapter 25.

    Args:
        origin: the middle.
    """

    def __init__(self, origin: LonLat) -> None:
        self.origin = origin

    @classmethod
    def around(cls, lon: ArrayLike, lat: ArrayLike) -> LocalPlane:
        """Put the middle of the plane into the middle of some places; they may lie across the antimeridian."""
        lons, lats = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        off = (lons - lons[0] + 180.0) % 360.0 - 180.0
        middle = lons[0] + (off.min() + off.max()) / 2
        return cls(LonLat(float((middle + 180.0) % 360.0 - 180.0), float((lats.min() + lats.max()) / 2)))

    @cached_property
    def _projection(self) -> Proj:
        from pyproj import Proj

        return Proj(proj="aeqd", lon_0=self.origin.lon, lat_0=self.origin.lat, ellps="WGS84")

    def to_metres(self, lon: ArrayLike, lat: ArrayLike) -> Floats:
        """Turn places into metres east and north, (n, 2)."""
        x, y = self._projection(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
        return np.column_stack([x, y])

    def to_lon_lat(self, east_north_m: Floats) -> Floats:
        """Turn metres east and north, (n, 2), into longitude and latitude, (n, 2)."""
        points = np.asarray(east_north_m, dtype=np.float64).reshape(-1, 2)
        lon, lat = self._projection(points[:, 0], points[:, 1], inverse=True)
        return np.column_stack([lon, lat])
