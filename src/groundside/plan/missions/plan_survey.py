"""
Complex items of QGroundControl: the plain items in them, and what a survey was made from.

Versions 2 to 5 of surveys differ in where they keep their numbers: up to 3 in `grid`, from 4 on in
`TransectStyleComplexItem`. Source: QGroundControl Developer Guide, Plan File Format, and plans that it saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groundside.model.mission import Survey, Waypoint
from groundside.model.place import LonLat
from groundside.plan.missions.format import no_mission
from groundside.plan.missions.plan_json import finite, lat_lon, listed, mapping
from groundside.plan.missions.shape import Shape

_TRANSECT = "TransectStyleComplexItem"
_SURVEY_VERSIONS = (2, 3, 4, 5)
_INNER = ("Items", "missionItems", "Transects")


@dataclass(frozen=True, slots=True)
class Complex:
    """What is in a complex item: plain items, a survey where it is one, what is kept, and what is wrong."""

    items: list[Any]
    survey: Survey | None
    kept: Mapping[str, Any]
    problems: tuple[str, ...] = ()


def complex_item(it: Mapping[str, Any], where: str) -> Complex:
    """
    Take a complex item apart.

    Raises:
        NotUnderstood: a survey has a version that is not known, or no items in it.
    """
    kind, version = it.get("complexItemType"), it.get("version")
    if kind == "survey" and version not in _SURVEY_VERSIONS:
        why = f"{where} is a survey of version {str(version)[:40]}; {_SURVEY_VERSIONS} are known"
        raise no_mission("QGroundControl plan", why)
    inner = mapping(it.get(_TRANSECT) or {}, f"{where}.{_TRANSECT}")
    items = next((part.get(name) for part in (inner, it) for name in _INNER if part.get(name)), None)
    if kind == "survey":
        if items is None:
            what = f"{where} is a survey without its items ('{_TRANSECT}.Items')"
            raise no_mission("QGroundControl plan", what, "open it in QGroundControl and save it again")
        return Complex(listed(items, where), _survey(it, inner), {})
    rest = {name: value for name, value in it.items() if name not in _INNER}
    if inner:
        rest[_TRANSECT] = {name: value for name, value in inner.items() if name not in _INNER}
    if items is None:
        why = f"{where} ({str(kind)[:40]}) has no plain items in it: it is kept and not flown."
        return Complex([], None, it, (why,))
    return Complex(listed(items, where), None, rest)


def _survey(it: Mapping[str, Any], inner: Mapping[str, Any]) -> Survey | None:
    grid = mapping(it.get("grid") or {}, "grid")
    camera = mapping(inner.get("CameraCalc") or {}, "CameraCalc")
    spacing = finite(camera.get("AdjustedFootprintSide")) or finite(grid.get("spacing"))
    photos = finite(camera.get("AdjustedFootprintFrontal")) or finite(it.get("cameraTriggerDistance"))
    corners = tuple(LonLat(*lat_lon(at, "the area of a survey")) for at in listed(it.get("polygon"), "polygon"))
    if spacing is None or photos is None or len(corners) < 3:
        return None
    return Survey(
        first=0,
        last=0,
        corners=corners,
        angle_deg=finite(it.get("angle", grid.get("angle"))) or 0.0,
        line_spacing_m=spacing,
        photo_spacing_m=photos,
        turnaround_m=finite(inner.get("TurnAroundDistance", grid.get("turnAroundDistance"))) or 0.0,
        crosshatch=bool(inner.get("Refly90Degrees", it.get("refly90Degrees", False))),
    )


def survey_json(survey: Survey, points: tuple[Waypoint, ...], items: list[Shape], photos: int) -> Shape:
    """
    Write a survey as a complex item of version 5.

    Args:
        survey: what its waypoints were made from.
        points: its waypoints; all at the height of the first.
        items: the plain items that they became.
        photos: how many it takes; 0 where that is not known.
    """
    height, relative = points[0].height_m, points[0].above.value == "home"
    camera: Shape = {
        "AdjustedFootprintFrontal": survey.photo_spacing_m,
        "AdjustedFootprintSide": survey.line_spacing_m,
        "CameraName": "Manual (no camera specs)",
        "DistanceToSurface": height,
        "DistanceToSurfaceRelative": relative,
        "version": 1,
    }
    transects: Shape = {
        "CameraCalc": camera,
        "CameraShots": photos,
        "CameraTriggerInTurnAround": True,
        "FollowTerrain": False,
        "HoverAndCapture": False,
        "Items": list(items),
        "Refly90Degrees": survey.crosshatch,
        "TurnAroundDistance": survey.turnaround_m,
        "VisualTransectPoints": [[each.lat, each.lon] for each in points],
        "version": 1,
    }
    return {
        "TransectStyleComplexItem": transects,
        "angle": survey.angle_deg,
        "complexItemType": "survey",
        "entryLocation": 0,
        "flyAlternateTransects": False,
        "polygon": [[at.lat, at.lon] for at in survey.corners],
        "splitConcavePolygons": False,
        "type": "ComplexItem",
        "version": 5,
    }
