"""Which of many photos see a place: exact, from boxes of boxes, and the best view first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.model.place import LonLat
from groundside.reference.geodesy import distances_m

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

BLOCK = 256
"""Footprints in one box of boxes."""
_BITS = 24


@dataclass(frozen=True, slots=True)
class Rings:
    """
    Outlines of many footprints, one after the other.

    Args:
        lon, lat: degrees, the corners of all outlines; no outline repeats its first. Longitudes of one outline are in
            one piece, past 180 or -180 where it crosses that meridian.
        starts: where each of n outlines begins, and after the last one how many corners there are; n + 1 numbers. An
            outline without corners sees nothing.
    """

    lon: Floats
    lat: Floats
    starts: Rows

    @property
    def count(self) -> int:
        """How many outlines there are."""
        return self.starts.size - 1

    def taken(self, rows: Rows) -> Rings:
        """Give some of the outlines, in the order of `rows`."""
        sizes = self.starts[rows + 1] - self.starts[rows]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        at = np.repeat(self.starts[rows] - starts[:-1], sizes) + np.arange(starts[-1])
        return Rings(self.lon[at], self.lat[at], starts)


def rings_of(outlines: Sequence[Sequence[LonLat]]) -> Rings:
    """Put outlines of footprints one after the other."""
    starts = np.concatenate([[0], np.cumsum([len(each) for each in outlines], dtype=np.int64)]).astype(np.int64)
    lon = np.array([place.lon for each in outlines for place in each], np.float64)
    lat = np.array([place.lat for each in outlines for place in each], np.float64)
    return Rings(lon, lat, starts)


def holding(rings: Rings, place: LonLat) -> Rows:
    """
    Say which outlines hold a place, looking at every one.

    A place is inside where a line from it to the east crosses the outline an odd number of times; edges are straight in
    longitude and latitude, as GeoJSON and GeoParquet have them. On an edge it may be either.

    Source: M. Shimrat 1962, "Algorithm 112: Position of point relative to polygon", Communications of the ACM 5, 434.
    """
    filled = np.flatnonzero(np.diff(rings.starts) > 0)
    if not filled.size:
        return np.empty(0, np.int64)
    begins, ends = rings.starts[filled], rings.starts[filled + 1]
    following = np.arange(1, rings.lon.size + 1)
    following[ends - 1] = begins
    x1, y1, x2, y2 = rings.lon, rings.lat, rings.lon[following], rings.lat[following]
    spans = (y1 > place.lat) != (y2 > place.lat)
    inside = np.zeros(filled.size, dtype=bool)
    for turn in _turns(float(rings.lon.min()), float(rings.lon.max()), place.lon):
        with np.errstate(divide="ignore", invalid="ignore"):
            crossed = spans & (place.lon + turn < (x2 - x1) * (place.lat - y1) / (y2 - y1) + x1)
        inside |= np.add.reduceat(crossed.astype(np.int64), begins) % 2 == 1
    return filled[inside].astype(np.int64)


def _turns(west: float, east: float, lon: float) -> list[float]:
    """Give the whole turns to add to a longitude so that it falls among outlines that may go past 180 degrees."""
    return [turn for turn in (0.0, 360.0, -360.0) if west <= lon + turn <= east]


class FootprintIndex:
    """
    Finds the outlines that hold a place.

    They are put in the order of a curve that keeps neighbours together, and boxes are kept of each and of every 256 in
    a row. A question looks at the large boxes, then at the small ones in those that hold the place, then at the corners
    of what is left. It takes 40 bytes and 16 a corner for each outline, and a second to make for a million.

    Args:
        rings: the outlines.

    Source: G. M. Morton 1966, "A computer oriented geodetic data base and a new technique in file sequencing", IBM.
    """

    def __init__(self, rings: Rings) -> None:
        self.count = rings.count
        filled = np.flatnonzero(np.diff(rings.starts) > 0).astype(np.int64)
        boxes = _boxes(rings.taken(filled)) if filled.size else np.empty((4, 0))
        order = np.argsort(_curve(boxes), kind="stable")
        self._rows = filled[order]
        self._rings = rings.taken(self._rows)
        self._boxes = np.ascontiguousarray(boxes[:, order])
        begins = np.arange(0, self._rows.size, BLOCK)
        least, most = np.minimum.reduceat, np.maximum.reduceat
        self._blocks = (
            np.vstack([how(each, begins) for how, each in zip((least, least, most, most), self._boxes, strict=True)])
            if begins.size
            else np.empty((4, 0))
        )

    def seeing(self, place: LonLat) -> Rows:
        """Give the numbers of the outlines that hold a place, ascending; the same as `holding` over all of them."""
        if not self._rows.size:
            return np.empty(0, np.int64)
        turns = _turns(float(self._blocks[0].min()), float(self._blocks[2].max()), place.lon)
        found = [self._seeing(LonLat(place.lon + turn, place.lat)) for turn in turns]
        return np.unique(np.concatenate([np.empty(0, np.int64), *found]))

    def _seeing(self, place: LonLat) -> Rows:
        blocks = np.flatnonzero(_in_box(self._blocks, place))
        rows = (blocks[:, None] * BLOCK + np.arange(BLOCK)).ravel()
        rows = rows[rows < self._rows.size]
        rows = rows[_in_box(self._boxes[:, rows], place)]
        return self._rows[rows[holding(self._rings.taken(rows), place)]]


def _in_box(boxes: Floats, place: LonLat) -> NDArray[np.bool_]:
    west, south, east, north = boxes
    return (west <= place.lon) & (place.lon <= east) & (south <= place.lat) & (place.lat <= north)


def _boxes(rings: Rings) -> Floats:
    begins = rings.starts[:-1]
    least, most = np.minimum.reduceat, np.maximum.reduceat
    return np.vstack(
        [least(rings.lon, begins), least(rings.lat, begins), most(rings.lon, begins), most(rings.lat, begins)]
    )


def _curve(boxes: Floats) -> NDArray[np.uint64]:
    """Give each box's place on a curve of squares within squares, by the bits of its middle taken in turn."""
    code = np.zeros(boxes.shape[1], np.uint64)
    if not code.size:
        return code
    for shift, (low, high) in enumerate(((boxes[0], boxes[2]), (boxes[1], boxes[3]))):
        middle = (low + high) / 2.0
        span = float(np.ptp(middle)) or 1.0
        bits = ((middle - middle.min()) / span * (2**_BITS - 1)).astype(np.uint64)
        for bit in range(_BITS):
            code |= ((bits >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + shift)
    return code


@dataclass(frozen=True, slots=True)
class Views:
    """
    How cameras look at a place, the best view first.

    Args:
        order: numbers of the cameras.
        range_m: from each camera to the place, in that order.
        off_nadir_deg: of the line from each camera to the place: 0 is straight down.
    """

    order: Rows
    range_m: Floats
    off_nadir_deg: Floats


def photo_order(place: LonLat, lon: Floats, lat: Floats, height_m: Floats) -> Views:
    """
    Put cameras in the order in which they see a place best: nearest and most nadir first.

    What counts is the range divided by the sine of the angle at which the line of sight meets level ground: as that
    grows, a pixel covers more ground. Equals stay in order; cameras not above the ground come last.

    Args:
        place: on the ground.
        lon, lat: where n cameras were.
        height_m: how high each was above the ground of its footprint.

    Returns:
        All n, in order.
    """
    level = distances_m(place, lon, lat) if lon.size else np.empty(0)
    away = np.hypot(level, height_m)
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = np.where(height_m > 0.0, away * away / height_m, np.inf)
    order = np.argsort(worth, kind="stable").astype(np.int64)
    off_nadir = np.degrees(np.arctan2(level, height_m))
    return Views(order, away[order], off_nadir[order])
