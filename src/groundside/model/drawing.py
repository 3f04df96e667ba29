"""What people draw on a map and keep in a file: areas, lines and points."""

from __future__ import annotations

from dataclasses import dataclass

from groundside.model.decoded import Problem
from groundside.model.place import LonLat
from groundside.model.query import Area

Line = tuple[LonLat, ...]
"""Two positions or more, in order."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """
    What a vector file holds, in longitude and latitude of WGS 84.

    Args:
        format: of the file: "geojson", "kml", "shapefile" or "geopackage".
        area: all polygons in it, which may be none.
        lines: in order.
        points: in order.
        problems: what was passed over, or mended.
    """

    format: str
    area: Area
    lines: tuple[Line, ...] = ()
    points: tuple[LonLat, ...] = ()
    problems: tuple[Problem, ...] = ()
