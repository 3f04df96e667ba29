"""Gather the points of a GPX document as its elements go by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from groundside.decode.xml_scan import Plan, Texts, local_name
from groundside.model.decoded import Fact

TRACK_POINT, ROUTE_POINT, WAYPOINT = "trkpt", "rtept", "wpt"
POINTS = frozenset({TRACK_POINT, ROUTE_POINT, WAYPOINT})
PLAN = Plan(
    resume={
        TRACK_POINT: ("gpx", "trk", "trkseg"),
        "trkseg": ("gpx", "trk"),
        "trk": ("gpx",),
        ROUTE_POINT: ("gpx", "rte"),
        "rte": ("gpx",),
        WAYPOINT: ("gpx",),
    },
    records=POINTS,
)
EXTENSIONS = "extensions"
_MOST_TEXT = 1000
_SAID = frozenset({"name", "desc", "cmt", "src", "type", "time", "keywords"})

I64 = NDArray[np.int64]
Cells = tuple[list[int] | I64, list[str] | Texts]
"""Rows and texts of a column that not every point has."""


class AnyPoints(Protocol):
    """Points of one kind, however they were gathered; see `Points`."""

    @property
    def lat(self) -> list[str] | Texts: ...  # noqa: D102

    @property
    def lon(self) -> list[str] | Texts: ...  # noqa: D102

    @property
    def offset(self) -> list[int] | I64: ...  # noqa: D102

    @property
    def track(self) -> list[int] | I64: ...  # noqa: D102

    @property
    def segment(self) -> list[int] | I64: ...  # noqa: D102

    @property
    def columns(self) -> Mapping[str, Cells]: ...  # noqa: D102


@dataclass(slots=True)
class Points:
    """Points of one kind, as columns of text."""

    lat: list[str] = field(default_factory=list[str])
    lon: list[str] = field(default_factory=list[str])
    offset: list[int] = field(default_factory=list[int])
    track: list[int] = field(default_factory=list[int])
    segment: list[int] = field(default_factory=list[int])
    columns: dict[str, tuple[list[int], list[str]]] = field(default_factory=dict[str, tuple[list[int], list[str]]])


@dataclass(slots=True)
class _Open:
    """The point that is being read."""

    kind: str
    lat: str
    lon: str
    offset: int
    values: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


class Gatherer:
    """Takes in the elements of a GPX document; see `groundside.decode.xml_scan.Reader`."""

    def __init__(self) -> None:
        self.points: dict[str, Points] = {kind: Points() for kind in sorted(POINTS)}
        self.root: dict[str, str] = {}
        self.said: dict[str, Fact] = {}
        self.tracks: list[dict[str, Fact]] = []
        self.routes = 0
        self.segments = 0
        self._open: _Open | None = None
        self._leaf = ""
        self._extended = 0
        self._where = ""

    def begin(self, name: str, attributes: Mapping[str, str], offset: int) -> None:
        """Take in the start of an element."""
        self._leaf = name
        if self._open is not None:
            self._inside(name, attributes, self._open)
            return
        local = local_name(name)
        if local in POINTS:
            self._open = _Open(local, attributes.get("lat", ""), attributes.get("lon", ""), offset)
            self._extended = 0
        else:
            self._outside(local, attributes)

    def _inside(self, name: str, attributes: Mapping[str, str], point: _Open) -> None:
        if self._extended or local_name(name) == EXTENSIONS:
            self._extended += 1
            point.values.extend((f"{column_of(name)}@{key}", value) for key, value in attributes.items())

    def _outside(self, local: str, attributes: Mapping[str, str]) -> None:
        if local == "gpx":
            self.root = {key: attributes.get(key, "")[:_MOST_TEXT] for key in ("version", "creator")}
        elif local == "trk":
            self.tracks.append({"name": "", "segments": 0})
            self._where = local
        elif local == "trkseg":
            self.segments += 1
            if self.tracks:
                self.tracks[-1]["segments"] = int(str(self.tracks[-1]["segments"])) + 1
        elif local in {"rte", "metadata"}:
            self._where = local
            self.routes += local == "rte"

    def finish(self, name: str, text: str, offset: int) -> None:
        """Take in the end of an element."""
        del offset
        point, leaf = self._open, self._leaf == name
        self._leaf = ""
        if point is None:
            self._say(local_name(name), text, leaf=leaf)
        elif self._extended:
            self._extended -= 1
            if leaf and self._extended:
                point.values.append((column_of(name), text))
        elif local_name(name) == point.kind:
            self._close(point)
        elif leaf:
            point.values.append((local_name(name), text))

    def _say(self, local: str, text: str, *, leaf: bool) -> None:
        if local in {"trk", "rte", "metadata"}:
            self._where = ""
        elif leaf and local in _SAID and text.strip():
            said = self.tracks[-1] if self._where == "trk" and self.tracks else self.said
            if self._where != "rte":
                said[local] = text.strip()[:_MOST_TEXT]

    def _close(self, point: _Open) -> None:
        self._open = None
        points = self.points[point.kind]
        row = len(points.offset)
        points.lat.append(point.lat)
        points.lon.append(point.lon)
        points.offset.append(point.offset)
        points.track.append(max(len(self.tracks) - 1, 0) if point.kind == TRACK_POINT else max(self.routes - 1, 0))
        points.segment.append(max(self.segments - 1, 0))
        for name, text in point.values:
            cells = points.columns.get(name)
            if cells is None:
                cells = points.columns[name] = ([], [])
            if not cells[0] or cells[0][-1] != row:
                cells[0].append(row)
                cells[1].append(text)

    def torn(self, name: str, text: str, lost: bytes) -> None:
        """Forget the point that broke."""
        del name, text, lost
        self._open, self._leaf, self._extended = None, "", 0


def column_of(name: str) -> str:
    """Name the column of an extension: its tag with the prefix; a tag without one would pass for an element of GPX."""
    return name if ":" in name else f"{EXTENSIONS}/{name}"
