"""Missions as KML or KMZ, read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any, cast

from groundside.model.decoded import Problem
from groundside.model.mission import Above, Fence, Kept, Mission, Place, Waypoint
from groundside.plan.missions.format import MOST_BYTES, MOST_WAYPOINTS, Said, no_mission
from groundside.plan.missions.from_shape import NotAShape, fence_of, mission_from, place_of, waypoint_of
from groundside.plan.missions.kml_write import DATA
from groundside.plan.missions.text_rows import number
from groundside.reference.packed import MAGIC, BadArchive, unpacked
from groundside.reference.xml_tree import BadXml, Document, Node, document_in

_KIND = "KML mission"
_ROOT = re.compile(rb"<(?:\w{1,20}:)?kml[\s>]")
_MODES = {"absolute": Above.SEA, "relativeToGround": Above.TERRAIN}


def recognises(data: bytes) -> bool:
    """Say whether this is KML, or an archive with KML in it."""
    if data.startswith(MAGIC):
        return b".kml" in data.lower()
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"<") and _ROOT.search(head) is not None


def read(data: bytes) -> tuple[Mission, tuple[Problem, ...]]:
    """
    Read a mission.

    Raises:
        NotUnderstood: it is no KML, or nothing in it is a way to fly.
    """
    said = Said()
    try:
        document = document_in(_document(data))
        reader = _Reading(said, document)
        for node in document.root.walk():
            reader.take(node)
    except BadXml as error:
        raise no_mission(_KIND, f"at byte {error.offset:,}: {error.why}") from error
    except NotAShape as error:
        raise no_mission(_KIND, str(error)) from error
    mission = reader.mission()
    if not (mission.waypoints or mission.fences or mission.rally):
        raise no_mission(_KIND, "no line and no point in it is a way to fly", "draw a line in it")
    return mission, said.all


def _document(data: bytes) -> bytes:
    if not data.startswith(MAGIC):
        return data
    try:
        found = unpacked(data, lambda name: name.lower().endswith(".kml"), MOST_BYTES)
    except BadArchive as error:
        raise no_mission(_KIND, str(error)) from error
    if not found:
        raise no_mission(_KIND, "there is no .kml in the archive")
    return next((each for name, each in found.items() if name.lower() == "doc.kml"), next(iter(found.values())))


@dataclass(slots=True)
class _Reading:
    """Placemarks on their way into a mission."""

    said: Said
    document: Document
    frame: Mission = field(default_factory=Mission)
    points: list[Waypoint] = field(default_factory=list[Waypoint])
    plain: list[Waypoint] = field(default_factory=list[Waypoint])
    lines: list[tuple[Node, list[Waypoint]]] = field(default_factory=list[tuple[Node, list[Waypoint]]])
    fences: list[Fence] = field(default_factory=list[Fence])
    rally: list[Place] = field(default_factory=list[Place])
    home: Place | None = None
    fence_return: Place | None = None
    kept: list[Kept] = field(default_factory=list[Kept])
    name: str = ""
    ours: bool = False

    def take(self, node: Node) -> None:
        if node.name == "Document":
            self.name = self.name or node.said("name")
        if node.name in ("Document", "Folder", "Placemark"):
            shape = _shape(node)
            if shape is not None:
                self._told(shape, node)
            elif node.name == "Placemark":
                self._bare(node)

    def _told(self, shape: dict[str, Any], node: Node) -> None:
        match shape.get("role"):
            case "mission":
                self.frame, self.ours = mission_from(shape), True
            case "waypoint":
                self.points.append(waypoint_of({**shape, **self._at(node, shape)}))
            case "home":
                self.home = place_of({**shape, **self._at(node, shape)})
            case "rally":
                self.rally.append(place_of({**shape, **self._at(node, shape)}))
            case "fence_return":
                self.fence_return = place_of({**shape, **self._at(node, shape)})
            case "fence":
                self.fences.append(fence_of(shape))
            case _:
                pass

    def _at(self, node: Node, shape: dict[str, Any]) -> dict[str, Any]:
        """A point may have been dragged in another program: what KML itself says goes first."""
        places = [at for each in node.all("Point") for at in self._places(each)]
        if not places:
            return {}
        lon, lat, height = places[0]
        return {"lon": lon, "lat": lat, "height_m": shape.get("height_m") if height is None else height}

    def _bare(self, node: Node) -> None:
        found = False
        for each in node.walk():
            if each.name in ("Point", "LineString", "LinearRing"):
                points = [_waypoint(at, _mode(each)) for at in self._places(each)]
                found = True
                if each.name == "Point":
                    self.plain += points
                else:
                    self.lines.append((node, points))
        if not found:
            self.kept.append(self._kept(node))

    def _places(self, node: Node) -> list[tuple[float, float, float | None]]:
        places: list[tuple[float, float, float | None]] = []
        for text in node.said("coordinates").split()[:MOST_WAYPOINTS]:
            numbers = [number(each) for each in text.split(",")]
            if len(numbers) not in (2, 3) or any(each is None or each != each for each in numbers):
                self.said.say(
                    f"{text[:60]!r} is no position (longitude,latitude,height): it is passed over.", node.offset
                )
                continue
            lon, lat = numbers[0] or 0.0, numbers[1] or 0.0
            if abs(lon) > 360.0 or abs(lat) > 90.0:
                self.said.say(f"{text[:60]!r} is not on the ground: it is passed over.", node.offset)
                continue
            places.append((lon, lat, numbers[2] if len(numbers) == 3 else None))
        return places

    def _kept(self, node: Node) -> Kept:
        return Kept(f"byte {node.offset:,}", self.document.verbatim(node))

    def mission(self) -> Mission:
        if not self.points and len(self.lines) > 1:
            self.said.say(
                f"It holds {len(self.lines)} lines: the first is taken as the way to fly, the others are kept."
            )
        lines = [line for line in self.lines if line[1]]
        points = self.points or (lines[0][1] if lines else self.plain)
        others = () if self.points else tuple(self._kept(node) for node, _ in lines[1:])
        if not self.points and any(each.height_m == 0.0 for each in points):
            self.said.say("Some waypoints have no height, or 0 m.")
        return replace(
            self.frame,
            name=self.frame.name if self.ours else self.name,
            waypoints=tuple(points),
            home=self.home,
            fences=tuple(self.fences),
            fence_return=self.fence_return,
            rally=tuple(self.rally),
            not_understood=(*self.frame.not_understood, *others, *self.kept),
        )


def _shape(node: Node) -> dict[str, Any] | None:
    extended = node.child("ExtendedData")
    for data in extended.all("Data") if extended else []:
        if data.attributes.get("name") == DATA:
            try:
                said: object = json.loads(data.said("value"))
            except (ValueError, RecursionError) as error:
                what = f"the extended data at byte {data.offset:,} is no JSON"
                raise NotAShape(what) from error
            return cast("dict[str, Any]", said) if isinstance(said, dict) else None
    return None


def _mode(node: Node) -> Above:
    return _MODES.get(node.said("altitudeMode"), Above.TERRAIN)


def _waypoint(at: tuple[float, float, float | None], above: Above) -> Waypoint:
    return Waypoint(lon=at[0], lat=at[1], height_m=at[2] or 0.0, above=above)
