"""Areas as people draw them: GeoJSON (RFC 7946), read at the edge, with limits and in words where it is none."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from groundside.errors import BadRequest, TooLarge, Unreadable
from groundside.model.place import LonLat
from groundside.model.query import Area, Ring

MOST_BYTES = 4 << 20
MOST_POSITIONS = 100_000
MOST_NESTED = 16
_TRY = "give a GeoJSON Polygon or MultiPolygon, or a Feature or FeatureCollection of such"
_CUT = "cut it at the antimeridian into two polygons, or write longitudes on beyond 180: 179, then 181"


def area_in(path: Path) -> Area:
    """
    Read the area in a file.

    Raises:
        Unreadable: the operating system refuses.
        TooLarge: past 4 MB.
        BadRequest: it holds no area.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        what = f"{path} cannot be read: {error.strerror}."
        raise Unreadable(what, try_this="check the spelling and the permissions") from error
    if len(content) > MOST_BYTES:
        what = f"{path} is larger than {MOST_BYTES >> 20} MB, which no area needs."
        raise TooLarge(what, try_this="simplify the area")
    return area_of(content)


def area_of(text: str | bytes) -> Area:
    """
    Read an area from GeoJSON text.

    Raises:
        BadRequest: it is no area: not GeoJSON, no polygon in it, a ring that is not closed or crosses itself.
    """
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        what = "The area is not JSON."
        raise BadRequest(what, try_this=_TRY) from error
    area = Area(tuple(_polygons(said, 0)))
    if not area.polygons:
        raise _refusal("There is no polygon in it.")
    if sum(len(ring) for rings in area.polygons for ring in rings) > MOST_POSITIONS:
        what = f"The area has more than {MOST_POSITIONS:,} positions."
        raise BadRequest(what, try_this="simplify the area")
    from groundside.reference.areas import fault_in  # late: shapely takes 60 ms

    if fault := fault_in(area):
        why = f"{fault}."
        raise _refusal(why, "mend the polygon: its rings may not cross themselves or each other")
    return area


def _polygons(said: Any, depth: int) -> list[tuple[Ring, ...]]:  # noqa: ANN401  # whatever JSON holds
    if not isinstance(said, dict) or depth > MOST_NESTED:
        raise _refusal("It is not GeoJSON.")
    it = cast("dict[str, Any]", said)
    inner: dict[str, tuple[str, bool]] = {
        "Feature": ("geometry", False),
        "FeatureCollection": ("features", True),
        "GeometryCollection": ("geometries", True),
    }
    kind = it.get("type")
    if kind == "Polygon":
        return [_rings(it.get("coordinates"))]
    if kind == "MultiPolygon":
        return [_rings(each) for each in _listed(it.get("coordinates"))]
    if not isinstance(kind, str) or kind not in inner:
        why = f"A {str(kind)[:40]!r} has no inside."
        raise _refusal(why)
    name, several = inner[kind]
    each_one = _listed(it.get(name)) if several else [it.get(name)]
    return [found for each in each_one for found in _polygons(each, depth + 1)]


def _rings(said: Any) -> tuple[Ring, ...]:  # noqa: ANN401
    rings = tuple(_ring(each) for each in _listed(said))
    if not rings:
        raise _refusal("A polygon has no ring.")
    return rings


def _ring(said: Any) -> Ring:  # noqa: ANN401
    ring = tuple(_position(each) for each in _listed(said))
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise _refusal("A ring has at least four positions, of which the last is the first again.")
    for one, other in pairwise(ring):
        if 180.0 < abs(other.lon - one.lon) < 360.0:
            why = f"An edge runs over {abs(other.lon - one.lon):.0f} degrees of longitude."
            raise _refusal(why, _CUT)
    return ring


def _position(said: Any) -> LonLat:  # noqa: ANN401
    numbers = _listed(said)[:2]
    if len(numbers) < 2 or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers):
        raise _refusal("A position is not two numbers.")
    try:
        lon, lat = float(numbers[0]), float(numbers[1])
    except OverflowError:
        lon = lat = math.inf
    if not (abs(lon) <= 360.0 and abs(lat) <= 90.0):
        why = f"{str(lon)[:20]}, {str(lat)[:20]} is not on the ground."
        raise _refusal(why, "write longitude first, then latitude")
    return LonLat(lon, lat)


def _listed(said: Any) -> list[Any]:  # noqa: ANN401
    if not isinstance(said, list):
        raise _refusal("It is not GeoJSON.")
    return cast("list[Any]", said)


def _refusal(why: str, try_this: str = _TRY) -> BadRequest:
    return BadRequest(f"This is no area to look inside of. {why}", try_this=try_this)
