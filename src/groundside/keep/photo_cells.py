"""Squares of longitude and latitude by which footprints are found: few for each, whatever its size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from groundside.model.place import LonLat

FINEST = 24
"""At this level a square is 2.4 m wide at the equator."""
_TURN = 360.0
_POLE = 90.0
_LEVEL_BITS, _AXIS_BITS = 58, 29


def cells_of_outline(outline: Sequence[LonLat]) -> list[int]:
    """
    Name the squares that the bounds of an outline touch, at the finest level whose squares are as large as the bounds.

    That makes four at most, and eight where it lies across the antimeridian.

    Args:
        outline: its longitudes are in one piece and may go past 180 or -180.
    """
    if not outline:
        return []
    lons, lats = [place.lon for place in outline], [place.lat for place in outline]
    west, east, south, north = min(lons), max(lons), min(lats), max(lats)
    level = _level(max(east - west, north - south))
    size = _TURN / (1 << level)
    columns = range(math.floor((west + 180.0) / size), math.floor((east + 180.0) / size) + 1)
    rows = range(math.floor((south + _POLE) / size), math.floor((north + _POLE) / size) + 1)
    around = 1 << level
    return sorted({_name(level, column % around, row) for column in columns for row in rows})


def cells_at(place: LonLat) -> list[int]:
    """Name the squares of all levels that hold a place: every outline that holds it has one of them."""
    return [_at(place, level) for level in range(FINEST + 1)]


def _level(extent_deg: float) -> int:
    if extent_deg <= _TURN / (1 << FINEST):
        return FINEST
    return max(0, math.floor(math.log2(_TURN / extent_deg)))


def _at(place: LonLat, level: int) -> int:
    size = _TURN / (1 << level)
    column = math.floor((place.lon + 180.0) / size) % (1 << level)
    return _name(level, column, math.floor((place.lat + _POLE) / size))


def _name(level: int, column: int, row: int) -> int:
    return level << _LEVEL_BITS | column << _AXIS_BITS | row


def rows_of(original_id: str, outline: Iterable[LonLat]) -> list[dict[str, object]]:
    """Give the rows of `photo_cell` of one footprint."""
    return [{"cell": cell, "original_id": original_id} for cell in cells_of_outline(list(outline))]
