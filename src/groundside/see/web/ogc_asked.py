"""What a request to the OGC API asks: a box, a time, a page."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams

from groundside.errors import BadRequest
from groundside.model.kept_photo import PhotoQuery
from groundside.see.questions import time_us

KNOWN = ("limit", "offset", "bbox", "datetime", "ids", "collections")
SEARCH = (*KNOWN, "intersects")
COLLECTION = "photos"
MOST_IDS = 100
_ID = re.compile(r"[0-9a-f]{32}")
USUAL, MOST = 10, 1000
_OPEN = ("", "..")
_MOST_OFFSET = 10**9


@dataclass(frozen=True, slots=True)
class ItemsAsked:
    """
    One page of items, and the question in the archive's words.

    Args:
        query: the question without ids and geometry.
        limit, offset: the page.
        ids: only these; None for all.
        elsewhere: only collections were asked for that are not here.
        intersects: only what meets this geometry, as GeoJSON has it; None for all.
    """

    query: PhotoQuery
    limit: int
    offset: int
    ids: tuple[str, ...] | None = None
    elsewhere: bool = False
    intersects: dict[str, Any] | None = None


def items_asked(given: QueryParams, known: tuple[str, ...] = KNOWN) -> ItemsAsked:
    """
    Read the parameters of a request for items.

    Args:
        given: the request's.
        known: which there are; `SEARCH` for a search over all collections.

    Raises:
        BadRequest: one that is not known, or whose value makes no sense (OGC 17-069r4, 7.4 and 7.15; STAC API 1.0.0,
            "Item Search").
    """
    if unknown := sorted(set(given) - set(known)):
        what = f"There is no parameter {unknown[0][:40]!r}."
        raise BadRequest(what, try_this=f"one of {', '.join(known)}")
    if "bbox" in given and "intersects" in given:
        raise BadRequest("A box and a geometry are asked for at once.", try_this="bbox or intersects")
    limit = min(_whole(given.get("limit", str(USUAL)), "limit", 1), MOST)
    offset = min(_whole(given.get("offset", "0"), "offset", 0), _MOST_OFFSET)
    from_us, to_us = _span(given.get("datetime", ""))
    query = PhotoQuery(
        box=_box(given["bbox"]) if "bbox" in given else None,
        from_us=from_us,
        to_us=to_us,
        timed=True,
        limit=limit,
        offset=offset,
    )
    collections = _names(given.get("collections", COLLECTION))
    ids = _names(given["ids"]) if "ids" in given else None
    if ids is not None and len(ids) > MOST_IDS:
        what = f"At most {MOST_IDS} ids are asked for at once, not {len(ids)}."
        raise BadRequest(what, try_this="ask several times")
    return ItemsAsked(
        query,
        limit,
        offset,
        ids=None if ids is None else tuple(each for each in ids if _ID.fullmatch(each)),
        elsewhere=COLLECTION not in collections,
        intersects=_geometry(given["intersects"]) if "intersects" in given else None,
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _geometry(text: str) -> dict[str, Any]:
    """Check a geometry of GeoJSON: one that shapely reads, and that is not empty."""
    import shapely

    try:
        read = shapely.from_geojson(text)
        if shapely.is_empty(read) or not shapely.is_valid(read):
            what = "empty or not valid"
            raise ValueError(what)
        return json.loads(shapely.to_geojson(read))
    except (shapely.errors.ShapelyError, ValueError) as error:
        what = f"intersects={text[:60]} is no geometry of GeoJSON."
        raise BadRequest(what, try_this='write {"type": "Point", "coordinates": [8.2, 47.4]}') from error


def _whole(text: str, name: str, least: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18) or int(text) < least:
        what = f"{name}={text[:40]} is no whole number from {least} on."
        raise BadRequest(what, try_this=f"{name}={USUAL}")
    return int(text)


def _box(text: str) -> tuple[float, float, float, float]:
    """Read west, south, east, north; heights of a box of six numbers are passed over, for footprints have none."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[0:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)) or not _is_box(*numbers):
        what = f"bbox={text[:60]} is no box."
        raise BadRequest(what, try_this="write west,south,east,north in degrees: bbox=8.1,47.3,8.2,47.4")
    west, south, east, north = numbers
    return west, south, east + (360.0 if east < west else 0.0), north


def _is_box(west: float, south: float, east: float, north: float) -> bool:
    return max(abs(west), abs(east)) <= 180.0 and -90.0 <= south <= north <= 90.0


def _span(text: str) -> tuple[int | None, int | None]:
    """Read a moment or an interval, RFC 3339, either end open; half open in the archive's words."""
    if not text:
        return None, None
    first, slash, last = text.partition("/")
    ends = (first, last) if slash else (first, first)
    if "/" in last or (slash and all(each in _OPEN for each in ends)):
        return _refused(text)
    from_us, to_us = (None if each in _OPEN else _moment(each, text) for each in ends)
    if from_us is not None and to_us is not None and to_us < from_us:
        return _refused(text)
    return from_us, None if to_us is None else to_us + 1


def _moment(part: str, text: str) -> int:
    found = time_us(part) if "T" in part.upper() else None
    return _refused(text) if found is None else found


def _refused(text: str):  # noqa: ANN202 - never returns
    what = f"datetime={text[:60]} is no moment or interval."
    raise BadRequest(what, try_this="write 2026-05-01T00:00:00Z/.. or 2026-05-01T00:00:00Z/2026-05-02T00:00:00Z")
