"""Drawings in GeoJSON (RFC 7946)."""

from __future__ import annotations

import json
import math
from typing import Any, cast

from groundside.decode.areas.found import Found, position, refusal, ring
from groundside.errors import BadRequest
from groundside.model.place import LonLat
from groundside.model.query import Ring

MOST_NESTED = 16
_INNER = {
    "Feature": ("geometry", False),
    "FeatureCollection": ("features", True),
    "GeometryCollection": ("geometries", True),
}


def read(text: str | bytes, found: Found) -> None:
    """
    Read a drawing.

    Raises:
        BadRequest: it is no GeoJSON.
    """
    try:
        said = json.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text)
    except (ValueError, RecursionError) as error:
        what = "The area is not JSON."
        raise BadRequest(what, try_this="give GeoJSON, KML, a Shapefile or a GeoPackage") from error
    _take(said, found, 0)


def _take(said: Any, found: Found, depth: int) -> None:  # noqa: ANN401  # whatever JSON holds
    if not isinstance(said, dict) or depth > MOST_NESTED:
        raise refusal("It is not GeoJSON.")
    it = cast("dict[str, Any]", said)
    kind = it.get("type")
    if isinstance(kind, str) and kind in _INNER:
        name, several = _INNER[kind]
        for each in _listed(it.get(name)) if several else [it.get(name)]:
            _take(each, found, depth + 1)
    else:
        _geometry(kind, it.get("coordinates"), found)


def _geometry(kind: object, said: Any, found: Found) -> None:  # noqa: ANN401
    match kind:
        case "Polygon":
            found.polygons.append(_rings(said))
        case "MultiPolygon":
            found.polygons += [_rings(each) for each in _listed(said)]
        case "LineString":
            found.lines.append(_line(said))
        case "MultiLineString":
            found.lines += [_line(each) for each in _listed(said)]
        case "Point":
            found.points.append(_position(said))
        case "MultiPoint":
            found.points += [_position(each) for each in _listed(said)]
        case _:
            why = f"A {str(kind)[:40]!r} has no inside."
            raise refusal(why)


def _rings(said: Any) -> tuple[Ring, ...]:  # noqa: ANN401
    rings = tuple(ring([_position(at) for at in _listed(each)]) for each in _listed(said))
    if not rings:
        raise refusal("A polygon has no ring.")
    return rings


def _line(said: Any) -> tuple[LonLat, ...]:  # noqa: ANN401
    places = tuple(_position(each) for each in _listed(said))
    if len(places) < 2:
        raise refusal("A line has at least two positions.")
    return places


def _position(said: Any) -> LonLat:  # noqa: ANN401
    numbers = _listed(said)[:2]
    if len(numbers) < 2 or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers):
        raise refusal("A position is not two numbers.")
    try:
        return position(float(numbers[0]), float(numbers[1]))
    except OverflowError:
        return position(math.inf, math.inf)


def _listed(said: Any) -> list[Any]:  # noqa: ANN401
    if not isinstance(said, list):
        raise refusal("It is not GeoJSON.")
    return cast("list[Any]", said)
