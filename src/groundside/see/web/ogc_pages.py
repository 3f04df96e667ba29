"""Pages of items for the OGC API and the STAC search: which photos, and how many there are."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from groundside.errors import TooLarge
from groundside.model.footprint import Footprint, PlacedPhoto
from groundside.model.kept_photo import PhotoQuery
from groundside.see.web.asked import Asked
from groundside.see.web.ogc_asked import MOST, MOST_IDS, USUAL, ItemsAsked

MOST_LOOKED_AT = 20_000
"""Photos in the box around a geometry, whose outlines are looked at one by one."""


def _parameter(name: str, what: str, schema: dict[str, Any]) -> dict[str, Any]:
    about = {"name": name, "in": "query", "required": False, "description": what}
    return {**about, "schema": schema, "style": "form", "explode": False}


def _list(of: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - what JSON Schema takes
    return {"type": "array", "items": of, **more}


PARAMETERS = [
    _parameter(
        "limit", "Most items of a page.", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    ),
    _parameter("offset", "Items to pass over.", {"type": "integer", "minimum": 0, "default": 0}),
    _parameter(
        "bbox", "West, south, east, north in degrees; six numbers with heights, which are passed over.",
        {"oneOf": [_list({"type": "number"}, minItems=n, maxItems=n) for n in (4, 6)]},
    ),
    _parameter("datetime", "A moment or an interval, RFC 3339; either end may be open.", {"type": "string"}),
    _parameter("ids", "Only these items.", _list({"type": "string"}, maxItems=MOST_IDS)),
    _parameter("collections", "Only items of these collections.", _list({"type": "string"})),
]  # fmt: skip
"""What a request for items takes, as OGC 17-069r4, 7.15, words it, for the OpenAPI document."""
INTERSECTS = _parameter("intersects", "Only what meets this geometry of GeoJSON.", {"type": "string"})


def page_of(ask: Asked, asked: ItemsAsked) -> tuple[list[PlacedPhoto], int]:
    """
    Give the photos of one page, and how many there are on all of them.

    Raises:
        TooLarge: too many photos lie around a geometry.
    """
    if asked.elsewhere:
        return [], 0
    if asked.ids is not None:
        queries = [replace(asked.query, only=each, limit=1, offset=0) for each in asked.ids]
        return _part([each for query in queries for each in ask.archive.placed_photos(ask.caller, query)], asked)
    if asked.intersects is not None:
        return _part(_meeting(ask, asked.query, asked.intersects), asked)
    total = ask.archive.photos(ask.caller, replace(asked.query, limit=0, offset=0)).total
    return list(ask.archive.placed_photos(ask.caller, asked.query)), total


def _part(every: list[PlacedPhoto], asked: ItemsAsked) -> tuple[list[PlacedPhoto], int]:
    meets = every if asked.intersects is None or asked.ids is None else _only(every, asked.intersects)
    return meets[asked.offset : asked.offset + asked.limit], len(meets)


def _meeting(ask: Asked, query: PhotoQuery, geometry: dict[str, Any]) -> list[PlacedPhoto]:
    import shapely

    box = shapely.bounds(shapely.from_geojson(json.dumps(geometry))).tolist()
    around = replace(query, box=(box[0], box[1], box[2], box[3]), limit=MOST_LOOKED_AT, offset=0)
    if ask.archive.photos(ask.caller, replace(around, limit=0)).total > MOST_LOOKED_AT:
        what = f"More than {MOST_LOOKED_AT:,} photos lie around this geometry."
        raise TooLarge(what, try_this="ask for a smaller one, or for less time")
    return _only(ask.archive.placed_photos(ask.caller, around), geometry)


def _only(every: list[PlacedPhoto], geometry: dict[str, Any]) -> list[PlacedPhoto]:
    import shapely

    wanted = shapely.from_geojson(json.dumps(geometry))
    return [each for each in every if isinstance(each.footprint, Footprint) and _meets(each.footprint, wanted)]


def _meets(of: Footprint, wanted: Any) -> bool:  # noqa: ANN401 - shapely has no types here
    import shapely

    outline = [(place.lon, place.lat) for place in of.outline]
    turns = (0.0, 360.0, -360.0)
    return any(
        shapely.intersects(shapely.Polygon([(lon + turn, lat) for lon, lat in outline]), wanted) for turn in turns
    )
