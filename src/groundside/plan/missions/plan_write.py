"""QGroundControl plans, written."""

from __future__ import annotations

import json
from dataclasses import replace

from groundside.model.decoded import Fact
from groundside.model.mission import Above, Fence, FenceCircle, Finish, Mission, Place, Survey
from groundside.plan.missions.format import Said, Written
from groundside.plan.missions.items import Item
from groundside.plan.missions.losses import say_losses
from groundside.plan.missions.normal import normal
from groundside.plan.missions.plan_extra import extra_of
from groundside.plan.missions.plan_survey import survey_json
from groundside.plan.missions.shape import Shape
from groundside.plan.missions.to_items import mission_items

_HELD = frozenset(
    [
        "name",
        "speed_m_s",
        "take_off_height_m",
        "home",
        "finish",
        "lost_link",
        "fences",
        "fence_return",
        "rally",
        "aircraft",
        "camera",
        "surveys",
        "actions",
    ]
)
_PX4, _MULTIROTOR = 12, 2
_USUAL_SPEED_M_S = 5.0
_MODES = {0: 2, 3: 1, 10: 4}
"""MAV_FRAME to QGroundControl's altitude mode: 1 relative, 2 above sea level, 4 above terrain."""


def write(mission: Mission, _time_ms: int) -> Written:
    """
    Write a plan.

    Raises:
        BadRequest: a height is above the ellipsoid.
    """
    said = Said()
    say_losses(mission, "a plan", _HELD, said)
    plain = _with_heights(normal(mission), said)
    items = mission_items(replace(plain, waypoints=tuple(replace(p, turn=None) for p in plain.waypoints)), said)
    speed = plain.speed_m_s or _USUAL_SPEED_M_S
    flown: list[Fact] = list(_items(plain, items.mission, said))
    rally: list[Fact] = [_point(each) for each in plain.rally]
    whole: Shape = {
        "fileType": "Plan",
        "geoFence": _geo_fence(plain),
        "groundStation": "QGroundControl",
        "groundside": extra_of(mission),
        "mission": {
            "cruiseSpeed": speed,
            "firmwareType": _PX4,
            "globalPlanAltitudeMode": 0,
            "hoverSpeed": speed,
            "items": flown,
            "plannedHomePosition": _home(plain, said),
            "vehicleType": _MULTIROTOR,
            "version": 2,
        },
        "rallyPoints": {"points": rally, "version": 2},
        "version": 1,
    }
    return Written((json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=4) + "\n").encode(), said.all)


def _with_heights(mission: Mission, said: Said) -> Mission:
    rally = tuple(_above_home(each, "a rally point", said) for each in mission.rally)
    back = mission.fence_return
    return replace(mission, rally=rally, fence_return=back and _above_home(back, "the fence's return", said))


def _above_home(place: Place, what: str, said: Said) -> Place:
    if place.height_m is None:
        said.say(f"The height of {what} is not known: 0 m above home is written.")
    elif place.above is not Above.HOME:
        said.say(f"The height of {what} is not above home, which QGroundControl takes it for: 0 m is written.")
    else:
        return place
    return Place(place.lon, place.lat, 0.0, Above.HOME)


def _home(mission: Mission, said: Said) -> list[Fact]:
    home = mission.home
    if home is None:
        first = mission.waypoints[0].place if mission.waypoints else Place(0.0, 0.0)
        said.say("Home is not known, and a plan needs one: the first waypoint's place at 0 m is written.")
        return [first.lat, first.lon, 0.0]
    if home.height_m is None or home.above is not Above.SEA:
        said.say("The height of home above sea level is not known: 0 m is written.")
        return [home.lat, home.lon, 0.0]
    return [home.lat, home.lon, home.height_m]


def _items(mission: Mission, items: tuple[Item, ...], said: Said) -> list[Shape]:
    """Write the items; those of a survey in one complex item."""
    made = [_simple(nth, item) for nth, item in enumerate(items, 1)]
    flown = _flown(items, mission)
    written: list[Shape] = []
    at = 0
    for survey in sorted(mission.surveys, key=lambda each: each.first):
        begin, end = _span(survey, flown, mission, len(items))
        if begin < at or not _is_level(mission, survey):
            said.say(
                "A survey whose waypoints are not at one height above home or sea level is written as plain items."
            )
            continue
        points = mission.waypoints[survey.first : survey.last + 1]
        written += [*made[at:begin], survey_json(survey, points, made[begin:end], 0)]
        at = end
    return [*written, *made[at:]]


def _flown(items: tuple[Item, ...], mission: Mission) -> list[int]:
    """Say which item each waypoint became: positions are only ever written for waypoints, in order."""
    found: list[int] = []
    for nth, item in enumerate(items):
        if len(found) < len(mission.waypoints):
            point = mission.waypoints[len(found)]
            is_it = item.place == (point.lon, point.lat) and item.params[6] == point.height_m
            if is_it and (item.command in (16, 21, 22) or point.command is not None):
                found.append(nth)
    return found


def _span(survey: Survey, flown: list[int], mission: Mission, items: int) -> tuple[int, int]:
    """Say which items a survey is: from its first waypoint on to the next after its last, or the finish."""
    points = len(mission.waypoints)
    if not 0 <= survey.first <= survey.last < points or len(flown) != points:
        return -1, -1
    finish = mission.finish not in (None, Finish.FIRST_WAYPOINT)
    return flown[survey.first], flown[survey.last + 1] if survey.last + 1 < points else items - finish


def _is_level(mission: Mission, survey: Survey) -> bool:
    points = mission.waypoints[survey.first : survey.last + 1]
    heights = {(each.height_m, each.above) for each in points}
    return len(heights) == 1 and points[0].above in (Above.HOME, Above.SEA)


def _simple(nth: int, item: Item) -> Shape:
    shape: Shape = {
        "autoContinue": item.goes_on,
        "command": int(item.command),
        "doJumpId": nth,
        "frame": item.frame,
        "params": list(item.params),
        "type": "SimpleItem",
    }
    if item.place is None or item.frame not in _MODES:
        return shape
    return {**shape, "AMSLAltAboveTerrain": None, "Altitude": item.params[6], "AltitudeMode": _MODES[item.frame]}


def _geo_fence(mission: Mission) -> Shape:
    shape: Shape = {
        "circles": [_circle(each) for each in mission.fences if isinstance(each, FenceCircle)],
        "polygons": [_polygon(each) for each in mission.fences if not isinstance(each, FenceCircle)],
        "version": 2,
    }
    return {**shape, "breachReturn": _point(mission.fence_return)} if mission.fence_return else shape


def _circle(fence: FenceCircle) -> Shape:
    circle: Shape = {"center": [fence.centre.lat, fence.centre.lon], "radius": fence.radius_m}
    return {"circle": circle, "inclusion": fence.stay_in, "version": 1}


def _polygon(fence: Fence) -> Shape:
    assert not isinstance(fence, FenceCircle)
    return {"polygon": [[at.lat, at.lon] for at in fence.corners], "inclusion": fence.stay_in, "version": 1}


def _point(place: Place) -> list[Fact]:
    return [place.lat, place.lon, place.height_m or 0.0]
