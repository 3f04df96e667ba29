"""A map without tiles: what the owner has drawn, planned or flown, with grid, scale and north."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple

import numpy as np

from groundside.model.place import LonLat
from groundside.reference.local_plane import LocalPlane
from groundside.see.report import drawing
from groundside.see.report.drawing import BAND, HAIR, INK, QUIET, STRONG, Point

MARGIN = 20.0
SIZE = (560.0, 330.0)
LEAST_M = 30.0
"""A map shows at least so much, or a hover would look like a journey."""
GRID_LINES = 5
SCALE_SHARE = 0.28


@dataclass(frozen=True, slots=True)
class Line:
    """A way, as (lon, lat) in degrees."""

    places: Sequence[Point]
    colour: str = STRONG
    width: float = 1.6
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """An area with its holes, as rings of (lon, lat)."""

    rings: Sequence[Sequence[Point]]
    fill: str = BAND
    edge: str = QUIET
    opacity: float = 0.6


@dataclass(frozen=True, slots=True)
class Dot:
    """A place with words beside it: to the right and above, or to the left and below."""

    place: Point
    words: str = ""
    colour: str = INK
    radius: float = 3.0
    left: bool = False


class _Frame(NamedTuple):
    """How metres become points of the picture."""

    plane: LocalPlane
    west: float
    north: float
    scale: float

    def put(self, places: Iterable[Point]) -> list[Point]:
        known = np.array([p for p in places if isfinite(p[0]) and isfinite(p[1])], dtype=np.float64).reshape(-1, 2)
        metres = self.plane.to_metres(known[:, 0], known[:, 1])
        x = MARGIN + (metres[:, 0] - self.west) * self.scale
        y = MARGIN + (self.north - metres[:, 1]) * self.scale
        return list(zip(x.tolist(), y.tolist(), strict=True))


def map_svg(
    areas: Sequence[Area] = (), lines: Sequence[Line] = (), dots: Sequence[Dot] = (), size: Point = SIZE
) -> str:
    """
    Draw a map, north up, in true proportion; empty text where there is nothing to draw.

    Args:
        areas, lines, dots: from the lowest to the topmost.
        size: of the picture.
    """
    places = [p for area in areas for ring in area.rings for p in ring]
    places += [p for line in lines for p in line.places] + [dot.place for dot in dots]
    places = [p for p in places if isfinite(p[0]) and isfinite(p[1])]
    if not places:
        return ""
    frame = _framed(places, size)
    shown = [drawing.polygon([frame.put(r) for r in a.rings], a.fill, a.edge, a.opacity) for a in areas]
    shown += [drawing.polyline(frame.put(line.places), line.colour, line.width, dashed=line.dashed) for line in lines]
    shown += [_dot(frame.put([dot.place])[0], dot) for dot in dots]
    edge = drawing.box((MARGIN, MARGIN), (size[0] - 2 * MARGIN, size[1] - 2 * MARGIN), "none", QUIET)
    return drawing.svg(size, [*_grid(frame, size), *shown, edge, *_north(size), *_scale(frame, size)])


def _framed(places: Sequence[Point], size: Point) -> _Frame:
    array = np.array(places, dtype=np.float64)
    plane = LocalPlane.around(array[:, 0], array[:, 1])
    metres = plane.to_metres(array[:, 0], array[:, 1])
    low, high = metres.min(axis=0), metres.max(axis=0)
    middle, span = (low + high) / 2, np.maximum((high - low) * 1.12, LEAST_M)
    room = np.array(size) - 2 * MARGIN
    scale = float((room / span).min())
    return _Frame(plane, float(middle[0] - room[0] / scale / 2), float(middle[1] + room[1] / scale / 2), scale)


def _dot(at: Point, dot: Dot) -> str:
    circle = (
        f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{dot.radius:g}" fill="{dot.colour}" '
        'stroke="white" stroke-width="0.8"/>'
    )
    if not dot.words:
        return circle
    if dot.left:
        return circle + drawing.text((at[0] - 6.0, at[1] + 8.0), dot.words, colour=INK, anchor="end")
    return circle + drawing.text((at[0] + 5.0, at[1] - 3.0), dot.words, colour=INK)


def _grid(frame: _Frame, size: Point) -> Iterable[str]:
    """Lines of round longitude and latitude, with their values at the edge."""
    right, bottom = size[0] - MARGIN, size[1] - MARGIN
    corners = frame.plane.to_lon_lat(_metres(frame, [(MARGIN, MARGIN), (right, bottom)]))
    (west, north), (east, south) = corners.tolist()
    yield drawing.box((MARGIN, MARGIN), (right - MARGIN, bottom - MARGIN), "#fcfdfd")
    east += 360.0 if east < west else 0.0
    lons, digits = drawing.ticks(west, east, GRID_LINES)
    for lon in lons:
        [(x, _)] = frame.put([(lon, (north + south) / 2)])
        yield drawing.polyline([(x, MARGIN), (x, bottom)], HAIR, 0.4)
        yield drawing.text((x, bottom + 11), f"{(lon + 180.0) % 360.0 - 180.0:.{digits}f}°", anchor="middle", size=8)
    lats, digits = drawing.ticks(south, north, GRID_LINES)
    for lat in lats:
        [(_, y)] = frame.put([((west + east) / 2, lat)])
        yield drawing.polyline([(MARGIN, y), (right, y)], HAIR, 0.4)
        turned = f'transform="rotate(-90 {MARGIN - 4:.1f} {y:.1f})"'
        yield drawing.text((MARGIN - 4, y), f"{lat:.{digits}f}°", anchor="middle", size=8).replace(
            "<text ", f"<text {turned} "
        )


def _metres(frame: _Frame, points: Sequence[Point]) -> np.ndarray:
    return np.array(
        [(frame.west + (x - MARGIN) / frame.scale, frame.north - (y - MARGIN) / frame.scale) for x, y in points]
    )


def _north(size: Point) -> Iterable[str]:
    x, y = size[0] - MARGIN - 16.0, MARGIN + 14.0
    yield drawing.polygon([[(x, y), (x - 5, y + 16), (x, y + 12), (x + 5, y + 16)]], INK, INK, 1.0)
    yield drawing.text((x, y - 2.5), "N", anchor="middle", colour=INK, size=10)


def _scale(frame: _Frame, size: Point) -> Iterable[str]:
    most = (size[0] - 2 * MARGIN) / frame.scale * SCALE_SHARE
    metres = drawing.round_down(most)
    long, x, y = metres * frame.scale, MARGIN + 10.0, size[1] - MARGIN - 10.0
    yield drawing.box((x - 5, y - 15), (long + 10, 20), "#ffffff")
    yield drawing.polyline([(x, y - 4), (x, y), (x + long, y), (x + long, y - 4)], INK, 1.2)
    words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    yield drawing.text((x + long / 2, y - 4), words, anchor="middle", colour=INK, size=8.5)


def places_of(points: Iterable[LonLat]) -> list[Point]:
    """Give places as pairs."""
    return [(each.lon, each.lat) for each in points]
