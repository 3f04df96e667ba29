"""QGroundControl plans, read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from groundside.model.decoded import Problem
from groundside.model.mission import Above, Fence, FenceCircle, FencePolygon, Kept, Mission, Place, Survey
from groundside.model.place import LonLat
from groundside.plan.missions.format import Said, no_mission
from groundside.plan.missions.from_items import mission_of
from groundside.plan.missions.from_shape import NotAShape
from groundside.plan.missions.items import Item
from groundside.plan.missions.json_file import json_object
from groundside.plan.missions.plan_extra import with_extra
from groundside.plan.missions.plan_json import finite, lat_lon, listed, mapping
from groundside.plan.missions.plan_survey import Complex, complex_item

_KIND = "QGroundControl plan"
_VERSIONS = {"mission": (1, 2), "geoFence": (1, 2), "rallyPoints": (1, 2)}
_PARAMS = 7


def read(data: bytes) -> tuple[Mission, tuple[Problem, ...]]:
    """
    Read a plan.

    Raises:
        NotUnderstood: it is none, has no mission, or has a version that is not known.
    """
    whole = json_object(data, _KIND)
    said = Said()
    if whole.get("fileType") != "Plan":
        raise no_mission(_KIND, f"its fileType is {str(whole.get('fileType'))[:40]!r}, not 'Plan'")
    if whole.get("version") != 1:
        raise no_mission(_KIND, f"its version is {str(whole.get('version'))[:40]}; only version 1 is known")
    if not isinstance(whole.get("mission"), dict):
        raise no_mission(_KIND, "'mission' is missing")
    try:
        return _mission(whole, said), said.all
    except NotAShape as error:
        raise no_mission(_KIND, str(error)) from error


def _mission(whole: Mapping[str, Any], said: Said) -> Mission:
    part = mapping(whole["mission"], "mission")
    _check_version(part, "mission")
    home = _home(part, said)
    reader = _Items(said)
    items = listed(part.get("items"), "mission.items")
    for nth, item in enumerate(items):
        reader.take(item, f"mission.items[{nth}]")
    mission, which = mission_of(reader.items, home, said)
    fences, back = _fences(whole, said)
    mission = replace(
        mission,
        fences=fences,
        fence_return=back,
        rally=_rally(whole),
        surveys=tuple(_surveys(reader.complex, which)),
        not_understood=tuple(reader.kept),
    )
    if mission.speed_m_s is None and not mission.waypoints and not fences:
        said.say("The plan has no waypoint.")
    return with_extra(mission, whole.get("groundside"))


def _check_version(part: Mapping[str, Any], name: str) -> None:
    version = part.get("version")
    if version not in _VERSIONS[name]:
        raise no_mission(_KIND, f"'{name}' has version {str(version)[:40]}; {_VERSIONS[name]} are known")


def _home(part: Mapping[str, Any], said: Said) -> Place | None:
    said_home = part.get("plannedHomePosition")
    if isinstance(said_home, dict):  # version 1 of the mission writes an item
        said_home = mapping(said_home, "plannedHomePosition").get("coordinate")
    if said_home is None:
        said.say("'plannedHomePosition' is missing: home is not known.")
        return None
    lon, lat = lat_lon(said_home, "mission.plannedHomePosition")
    height = finite(cast("list[Any]", said_home)[2]) if len(cast("list[Any]", said_home)) > 2 else None
    return Place(lon, lat, height, Above.SEA)


@dataclass(slots=True)
class _Items:
    """Items as they are found, and what the complex ones were made from."""

    said: Said
    items: list[Item] = field(default_factory=list[Item])
    complex: list[tuple[Complex, int, int]] = field(default_factory=list[tuple[Complex, int, int]])
    kept: list[Kept] = field(default_factory=list[Kept])

    def take(self, item: object, where: str) -> None:
        it = mapping(item, where)
        if it.get("type") in ("SimpleItem", "missionItem") or ("type" not in it and "command" in it):
            self._simple(it, where)
        elif it.get("type") == "ComplexItem":
            self._complex(it, where)
        else:
            self.said.say(
                f"{where} has the type {str(it.get('type'))[:40]!r}, which is not known: it is kept and not flown."
            )
            self.kept.append(Kept(where, _text(it)))

    def _simple(self, it: Mapping[str, Any], where: str) -> None:
        made = _item(it, where)
        if made is None:
            self.said.say(f"{where} is no item: command, frame and seven params are missing or no numbers. It is kept.")
            self.kept.append(Kept(where, _text(it)))
            return
        self.items.append(made)

    def _complex(self, it: Mapping[str, Any], where: str) -> None:
        found = complex_item(it, where)
        begin = len(self.items)
        for nth, item in enumerate(found.items):
            self._simple(mapping(item, f"{where} item {nth}"), f"{where} item {nth}")
        self.complex.append((found, begin, len(self.items)))
        for problem in found.problems:
            self.said.say(problem)
        if found.kept:
            self.kept.append(Kept(where, _text(found.kept)))


def _text(said: object) -> str:
    return json.dumps(said, ensure_ascii=False)


def _item(it: Mapping[str, Any], where: str) -> Item | None:
    command, frame = it.get("command"), it.get("frame")
    params = it.get("params")
    if params is None and "param1" in it:  # version 1 of the mission
        params = [it.get(f"param{nth}") for nth in range(1, 5)] + list(cast("list[Any]", it.get("coordinate") or []))
    if not isinstance(params, list) or len(cast("list[Any]", params)) != _PARAMS:
        return None
    numbers = cast("list[Any]", params)
    right = all(each is None or (_is_number(each)) for each in numbers)
    if not (isinstance(command, int) and isinstance(frame, int) and right):
        return None
    clean = tuple(finite(each) for each in numbers)
    return Item(command, frame, clean, goes_on=it.get("autoContinue") is not False, where=where)


def _is_number(said: object) -> bool:
    return isinstance(said, int | float) and not isinstance(said, bool)


def _surveys(found: list[tuple[Complex, int, int]], which: list[int | None]) -> list[Survey]:
    surveys: list[Survey] = []
    for each, begin, end in found:
        points = [nth for nth in which[begin:end] if nth is not None]
        if each.survey is not None and points:
            surveys.append(replace(each.survey, first=points[0], last=points[-1]))
    return surveys


def _fences(whole: Mapping[str, Any], said: Said) -> tuple[tuple[Fence, ...], Place | None]:
    if whole.get("geoFence") is None:
        return (), None
    part = mapping(whole["geoFence"], "geoFence")
    _check_version(part, "geoFence")
    fences: list[Fence] = []
    polygons = listed(part.get("polygons"), "geoFence.polygons")
    if part.get("polygon"):  # version 1 has one
        polygons = [*polygons, {"polygon": part["polygon"], "inclusion": True}]
    for nth, each in enumerate(polygons):
        it = mapping(each, f"geoFence.polygons[{nth}]")
        corners = [LonLat(*lat_lon(at, f"geoFence.polygons[{nth}]")) for at in listed(it.get("polygon"), "a fence")]
        if len(corners) < 3:
            said.say(f"geoFence.polygons[{nth}] has fewer than three corners: it is passed over.")
            continue
        fences.append(FencePolygon(tuple(corners), stay_in=it.get("inclusion") is not False))
    fences += [_circle(each, nth) for nth, each in enumerate(listed(part.get("circles"), "geoFence.circles"))]
    back = part.get("breachReturn")
    return tuple(fences), None if not back else _rally_point(back, "geoFence.breachReturn")


def _circle(said: object, nth: int) -> FenceCircle:
    where = f"geoFence.circles[{nth}]"
    it = mapping(said, where)
    circle = mapping(it.get("circle"), where)
    radius = finite(circle.get("radius"))
    if radius is None:
        what = f"{where} has no radius"
        raise NotAShape(what)
    return FenceCircle(LonLat(*lat_lon(circle.get("center"), where)), radius, stay_in=it.get("inclusion") is not False)


def _rally(whole: Mapping[str, Any]) -> tuple[Place, ...]:
    if whole.get("rallyPoints") is None:
        return ()
    part = mapping(whole["rallyPoints"], "rallyPoints")
    _check_version(part, "rallyPoints")
    points = listed(part.get("points"), "rallyPoints.points")
    return tuple(_rally_point(each, f"rallyPoints.points[{nth}]") for nth, each in enumerate(points))


def _rally_point(said: object, where: str) -> Place:
    lon, lat = lat_lon(said, where)
    height = finite(cast("list[Any]", said)[2]) if len(cast("list[Any]", said)) > 2 else None
    return Place(lon, lat, height, Above.HOME)
