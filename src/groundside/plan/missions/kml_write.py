"""Missions as KML, written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from groundside.model.mission import Above, Fence, FenceCircle, Mission, Place
from groundside.plan.missions.format import Written
from groundside.plan.missions.normal import normal
from groundside.plan.missions.shape import Shape, fence_shape, frame_shape, place_shape, waypoint_shape

DATA = "groundside"
"""Name of the extended data that holds what KML itself cannot say, as JSON."""
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MODES = {
    Above.HOME: "relativeToGround",
    Above.TERRAIN: "relativeToGround",
    Above.SEA: "absolute",
    Above.ELLIPSOID: "absolute",
}


def xml_text(text: str) -> str:
    """Make a text safe as the content of an element; what XML 1.0 cannot hold is left out."""
    return escape(_NOT_IN_XML.sub("", text))


def write(mission: Mission, _time_ms: int) -> Written:
    """Write a mission; nothing of it is lost."""
    return Written(("\n".join(_lines(normal(mission))) + "\n").encode())


def _lines(mission: Mission) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    yield f"<name>{xml_text(mission.name or 'Mission')}</name>"
    yield _data({"role": "mission", **frame_shape(mission)})
    if mission.home:
        yield _point("Home", mission.home, {"role": "home", **place_shape(mission.home)})
    for nth, point in enumerate(mission.waypoints):
        yield _point(f"Waypoint {nth}", point.place, {"role": "waypoint", **waypoint_shape(point)})
    if len(mission.waypoints) > 1:
        yield _path(mission)
    for nth, place in enumerate(mission.rally):
        yield _point(f"Rally point {nth}", place, {"role": "rally", **place_shape(place)})
    if mission.fence_return:
        yield _point(
            "Fence return", mission.fence_return, {"role": "fence_return", **place_shape(mission.fence_return)}
        )
    for fence in mission.fences:
        yield _fence(fence)
    yield "</Document></kml>"


def _data(shape: Shape) -> str:
    value = xml_text(json.dumps(shape, ensure_ascii=True, allow_nan=False))
    return f'<ExtendedData><Data name="{DATA}"><value>{value}</value></Data></ExtendedData>'


def _placemark(name: str, geometry: str, shape: Shape) -> str:
    return f"<Placemark><name>{xml_text(name)}</name>{_data(shape)}{geometry}</Placemark>"


def _point(name: str, place: Place, shape: Shape) -> str:
    mode = f"<altitudeMode>{_MODES[place.above]}</altitudeMode>" if place.height_m is not None else ""
    return _placemark(name, f"<Point>{mode}<coordinates>{_position(place)}</coordinates></Point>", shape)


def _position(place: Place) -> str:
    numbers = (place.lon, place.lat) if place.height_m is None else (place.lon, place.lat, place.height_m)
    return ",".join(repr(float(each)) for each in numbers)


def _path(mission: Mission) -> str:
    places = " ".join(_position(each.place) for each in mission.waypoints)
    mode = f"<altitudeMode>{_MODES[mission.waypoints[0].above]}</altitudeMode>"
    return _placemark("Path", f"<LineString>{mode}<coordinates>{places}</coordinates></LineString>", {"role": "path"})


def _fence(fence: Fence) -> str:
    shape: Shape = {"role": "fence", **fence_shape(fence)}
    name = "Stay in" if fence.stay_in else "Keep out"
    if isinstance(fence, FenceCircle):
        return _point(name, Place(fence.centre.lon, fence.centre.lat), shape)
    ring = " ".join(f"{at.lon!r},{at.lat!r}" for at in (*fence.corners, fence.corners[0]))
    line = f"<LinearRing><coordinates>{ring}</coordinates></LinearRing>"
    return _placemark(name, f"<Polygon><outerBoundaryIs>{line}</outerBoundaryIs></Polygon>", shape)
