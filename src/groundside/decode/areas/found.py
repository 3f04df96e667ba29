"""What is found on the way through a vector file, and the words for what is none."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

from groundside.errors import BadRequest
from groundside.model.decoded import Problem
from groundside.model.drawing import Drawing, Line
from groundside.model.place import LonLat
from groundside.model.query import Area, Ring

TRY = "give a GeoJSON Polygon or MultiPolygon, or a Feature or FeatureCollection of such; or KML, Shapefile, GeoPackage"
_CUT = "cut it at the antimeridian into two polygons, or write longitudes on beyond 180: 179, then 181"
_MEND = "mend the polygon: its rings may not cross themselves or each other"


def refusal(why: str, try_this: str = TRY) -> BadRequest:
    """Say that something is no area, and why."""
    return BadRequest(f"This is no area. {why}", try_this=try_this)


@dataclass(slots=True)
class Found:
    """Shapes as they are found."""

    format: str
    most_positions: int
    polygons: list[tuple[Ring, ...]] = field(default_factory=list[tuple[Ring, ...]])
    lines: list[Line] = field(default_factory=list[Line])
    points: list[LonLat] = field(default_factory=list[LonLat])
    problems: list[Problem] = field(default_factory=list[Problem])

    def say(self, what: str, offset: int | None = None) -> None:
        """Note what was passed over or mended."""
        self.problems.append(Problem(offset, 0, what))

    def drawing(self) -> Drawing:
        """
        Give all that was found.

        Raises:
            BadRequest: nothing was, it is too much, or a polygon crosses itself.
        """
        count = (
            sum(len(ring) for rings in self.polygons for ring in rings) + sum(map(len, self.lines)) + len(self.points)
        )
        if count > self.most_positions:
            what = f"The area has more than {self.most_positions:,} positions."
            raise BadRequest(what, try_this="simplify the area")
        area = Area(tuple(self.polygons))
        if self.polygons:
            from groundside.reference.areas import fault_in  # late: shapely takes 60 ms

            if fault := fault_in(area):
                why = f"{fault}."
                raise refusal(why, _MEND)
        return Drawing(self.format, area, tuple(self.lines), tuple(self.points), tuple(self.problems))


def position(lon: float, lat: float) -> LonLat:
    """
    Take a position.

    Raises:
        BadRequest: it is not on the ground.
    """
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 360.0 and abs(lat) <= 90.0):
        why = f"{str(lon)[:20]}, {str(lat)[:20]} is not on the ground."
        raise refusal(why, "write longitude first, then latitude")
    return LonLat(lon, lat)


def ring(places: list[LonLat]) -> Ring:
    """
    Take a closed ring.

    Raises:
        BadRequest: it is not closed, has fewer than four positions, or an edge goes half around the world.
    """
    if len(places) < 4 or places[0] != places[-1]:
        raise refusal("A ring has at least four positions, of which the last is the first again.")
    for one, other in pairwise(places):
        if 180.0 < abs(other.lon - one.lon) < 360.0:
            why = f"An edge runs over {abs(other.lon - one.lon):.0f} degrees of longitude."
            raise refusal(why, _CUT)
    return tuple(places)
