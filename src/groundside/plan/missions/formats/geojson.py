"""
Missions as GeoJSON: a point for each waypoint, lines and areas that any map shows, and all the rest in properties.

A FeatureCollection. `groundside` on it says what a mission says besides its places; `role` in the properties of a
feature says what it is: waypoint, home, rally, fence, fence_return, or path, which is only to look at. Without any of
these, points in order, or the corners of one line, are taken as waypoints.

Source: RFC 7946.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from groundside.model.decoded import Problem
from groundside.model.mission import Above, Fence, FenceCircle, FencePolygon, Kept, Mission, Place, Waypoint
from groundside.model.source import Source
from groundside.plan.missions.format import MissionFormat, Said, Written, no_mission
from groundside.plan.missions.from_shape import NotAShape, fence_of, mission_from, place_of, waypoint_of
from groundside.plan.missions.json_file import json_object
from groundside.plan.missions.normal import normal
from groundside.plan.missions.shape import Shape, fence_shape, frame_shape, place_shape, waypoint_shape

_KIND = "GeoJSON mission"
_TYPES = (b'"FeatureCollection"', b'"Feature"', b'"LineString"', b'"MultiPoint"', b'"Point"')
_PLACES = ("home", "rally", "fence_return")


def recognises(data: bytes) -> bool:
    """Say whether this begins like GeoJSON."""
    head = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:4096]
    tail = data[-4096:]
    return (
        head.startswith(b"{")
        and b'"fileType"' not in head + tail
        and any(each in head or each in tail for each in _TYPES)
    )


def read(data: bytes) -> tuple[Mission, tuple[Problem, ...]]:
    """Read a mission; points or a line without roles are taken as waypoints."""
    whole = json_object(data, _KIND)
    said = Said()
    features = _features(whole)
    try:
        mission = mission_from(whole.get("groundside") or {})
        reader = _Reading(mission, said)
        for nth, feature in enumerate(features):
            reader.take(feature, f"features[{nth}]")
    except NotAShape as error:
        raise no_mission(_KIND, str(error)) from error
    found = reader.mission()
    if not found.waypoints and not found.fences and not found.rally:
        raise no_mission(_KIND, "no point and no line in it is a way to fly", "draw a line, or points in order")
    return found, said.all


def _features(whole: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    kind = whole.get("type")
    if kind == "FeatureCollection":
        listed = whole.get("features")
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in cast("list[Any]", listed)):
            raise no_mission(_KIND, "its 'features' are no list of features")
        return cast("list[Mapping[str, Any]]", listed)
    return [whole if kind == "Feature" else {"type": "Feature", "geometry": whole, "properties": {}}]


class _Reading:
    """Features on their way into a mission."""

    def __init__(self, mission: Mission, said: Said) -> None:
        self._mission, self._said = mission, said
        self._points: list[Waypoint] = []
        self._bare: list[Waypoint] = []
        self._lines: list[list[Waypoint]] = []
        self._fences: list[Fence] = []
        self._rally: list[Place] = []
        self._kept: list[Kept] = []

    def take(self, feature: Mapping[str, Any], where: str) -> None:
        role, said = _role(feature)
        if role == "waypoint":
            self._points.append(waypoint_of({**said, **_at(feature, where, said)}))
        elif role in _PLACES:
            self._place(role, place_of({**said, **_at(feature, where, said)}))
        elif role == "fence":
            self._fences.append(fence_of(said))
        elif role != "path":
            self._plain(feature, where)

    def _place(self, role: str, place: Place) -> None:
        if role == "rally":
            self._rally.append(place)
        elif role == "home":
            self._mission = replace(self._mission, home=place)
        else:
            self._mission = replace(self._mission, fence_return=place)

    def _plain(self, feature: Mapping[str, Any], where: str) -> None:
        geometry = feature.get("geometry")
        it = cast("dict[str, Any]", geometry) if isinstance(geometry, dict) else {}
        kind, coordinates = it.get("type"), it.get("coordinates")
        if kind == "Point":
            self._bare.append(self._at_sea(coordinates, where))
        elif kind in ("LineString", "MultiPoint") and isinstance(coordinates, list):
            self._lines.append([self._at_sea(each, where) for each in cast("list[Any]", coordinates)])
        else:
            self._kept.append(Kept(where, json.dumps(feature, ensure_ascii=False)[:2000]))

    def _at_sea(self, position: object, where: str) -> Waypoint:
        lon, lat, height = _position(position, where)
        if height is None:
            self._said.say(f"{where} has no height: 0 m above home is taken.")
            return Waypoint(lon=lon, lat=lat, height_m=0.0)
        return Waypoint(lon=lon, lat=lat, height_m=height, above=Above.ELLIPSOID)

    def mission(self) -> Mission:
        points = self._points or (self._lines[0] if self._lines else self._bare)
        if not self._points and len(self._lines) > 1:
            self._said.say(f"It holds {len(self._lines)} lines: only the first is taken as a way to fly.")
        return replace(
            self._mission,
            waypoints=tuple(points),
            fences=tuple(self._fences),
            rally=tuple(self._rally),
            not_understood=(*self._mission.not_understood, *self._kept),
        )


def _role(feature: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    properties = feature.get("properties")
    it = cast("dict[str, Any]", properties) if isinstance(properties, dict) else {}
    role = it.get("role")
    return (role if isinstance(role, str) else ""), it


def _at(feature: Mapping[str, Any], where: str, said: Mapping[str, Any]) -> dict[str, Any]:
    geometry = feature.get("geometry")
    it = cast("dict[str, Any]", geometry) if isinstance(geometry, dict) else {}
    lon, lat, height = _position(it.get("coordinates"), where)
    return {"lon": lon, "lat": lat, "height_m": said.get("height_m", height)}


def _position(said: object, where: str) -> tuple[float, float, float | None]:
    numbers = cast("list[Any]", said) if isinstance(said, list) else []
    if len(numbers) < 2:
        what = f"{where} is no point: a position is longitude, latitude and perhaps a height"
        raise NotAShape(what)
    place = place_of(dict(zip(("lon", "lat", "height_m"), numbers[:3], strict=False)))
    return place.lon, place.lat, place.height_m


def write(mission: Mission, _time_ms: int) -> Written:
    """Write a mission; nothing of it is lost."""
    mission = normal(mission)
    features: list[Shape] = []
    if mission.home:
        features.append(_point("home", place_shape(mission.home)))
    features += [_point("waypoint", {"index": nth, **waypoint_shape(p)}) for nth, p in enumerate(mission.waypoints)]
    if len(mission.waypoints) > 1:
        features.append(_path(mission))
    features += [_point("rally", place_shape(each)) for each in mission.rally]
    if mission.fence_return:
        features.append(_point("fence_return", place_shape(mission.fence_return)))
    features += [_fence(each) for each in mission.fences]
    whole = {"type": "FeatureCollection", "groundside": frame_shape(mission), "features": features}
    return Written((json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode())


def _point(role: str, shape: Shape) -> Shape:
    """Heights above the ellipsoid are GeoJSON's own; others stand in the properties only."""
    place = [shape["lon"], shape["lat"]]
    if shape["above"] == Above.ELLIPSOID and shape["height_m"] is not None:
        place.append(shape["height_m"])
    properties = {name: value for name, value in shape.items() if name not in ("lon", "lat")}
    return _feature(role, {"type": "Point", "coordinates": place}, properties)


def _path(mission: Mission) -> Shape:
    line: Shape = {"type": "LineString", "coordinates": [[p.lon, p.lat] for p in mission.waypoints]}
    return _feature("path", line, {})


def _fence(fence: Fence) -> Shape:
    shape = fence_shape(fence)
    if isinstance(fence, FenceCircle):
        return _feature("fence", {"type": "Point", "coordinates": [fence.centre.lon, fence.centre.lat]}, shape)
    assert isinstance(fence, FencePolygon)
    ring = [*fence.corners, fence.corners[0]]
    polygon: Shape = {"type": "Polygon", "coordinates": [[[at.lon, at.lat] for at in ring]]}
    return _feature("fence", polygon, shape)


def _feature(role: str, geometry: Shape, properties: Shape) -> Shape:
    return {"type": "Feature", "geometry": geometry, "properties": {"role": role, **properties}}


FORMAT = MissionFormat(
    name="geojson",
    title="GeoJSON",
    suffixes=(".geojson", ".json"),
    recognises=recognises,
    read=read,
    write=write,
    loses=(),
    source=Source("The GeoJSON Format", "https://www.rfc-editor.org/rfc/rfc7946"),
    media_type="application/geo+json",
)
