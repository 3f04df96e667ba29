"""The two documents of a DJI mission: what Pilot 2 edits, and what is flown."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from groundside.model.mission import Above, Finish, LostLink, Place, Turn, Waypoint
from groundside.plan.missions.going import Going
from groundside.plan.missions.wpml_elements import Element, holding, number_text, text
from groundside.plan.missions.wpml_groups import before_group, groups_at
from groundside.plan.missions.wpml_words import FINISH_WORDS, HEIGHT_WORDS, LOST_WORDS, TURN_WORDS

if TYPE_CHECKING:
    from groundside.plan.missions.wpml_write import Plain

_USUAL_TAKE_OFF_M = 20.0
_LEAST_RADIUS_M = 0.2
_MOST_TRANSIT_M_S = 15.0
_HALF_TURN_DEG = 180.0
_FULL_TURN_DEG = 360.0
_STOPS = (Turn.STOP, Turn.STOP_CURVED)


def template(plain: Plain) -> Element:
    """Make `template.kml`; without waypoints where their heights are above the ellipsoid, which it cannot hold."""
    stamp = text("createTime", plain.time_ms), text("updateTime", plain.time_ms)
    folder = [] if plain.mission.waypoints[0].above is Above.ELLIPSOID else [_template_folder(plain)]
    return holding("Document", text("author", "groundside"), *stamp, _config(plain), *folder)


def waylines(plain: Plain) -> Element:
    """Make `waylines.wpml`."""
    mission = plain.mission
    marks = [_flown(plain, nth) for nth in range(len(mission.waypoints))]
    groups = groups_at(mission.waypoints, plain.going)
    folder = holding(
        "Folder",
        text("templateId", 0),
        text("executeHeightMode", HEIGHT_WORDS[mission.waypoints[0].above]),
        text("waylineId", 0),
        text("autoFlightSpeed", plain.speed_m_s),
        *before_group(mission.actions),
        *(holding("Placemark", *mark, *own) for mark, own in zip(marks, groups, strict=True)),
    )
    return holding("Document", _config(plain), folder)


def _config(plain: Plain) -> Element:
    mission = plain.mission
    lost = mission.lost_link or LostLink.RETURN
    goes_on = lost is LostLink.CONTINUE
    height = mission.take_off_height_m or _USUAL_TAKE_OFF_M
    highest = max([height, *(each.height_m for each in mission.waypoints if each.above is Above.HOME)])
    return holding(
        "missionConfig",
        text("flyToWaylineMode", "safely"),
        text("finishAction", FINISH_WORDS[mission.finish or Finish.RETURN]),
        text("exitOnRCLost", "goContinue" if goes_on else "executeLostAction"),
        *([] if goes_on else [text("executeRCLostAction", LOST_WORDS[lost])]),
        text("takeOffSecurityHeight", height),
        *_take_off_place(mission.home),
        text("globalTransitionalSpeed", min(plain.speed_m_s, _MOST_TRANSIT_M_S)),
        text("globalRTHHeight", highest),
        holding("droneInfo", *_numbers("drone", plain.aircraft.type, plain.aircraft.sub)),
        holding(
            "payloadInfo", *_numbers("payload", plain.camera.type, plain.camera.sub), text("payloadPositionIndex", 0)
        ),
    )


def _numbers(prefix: str, kind: int, sub: int) -> tuple[Element, Element]:
    return text(f"{prefix}EnumValue", kind), text(f"{prefix}SubEnumValue", sub)


def _take_off_place(home: Place | None) -> list[Element]:
    """Latitude goes first here, other than in coordinates; its height is above the ellipsoid."""
    if home is None or home.above is not Above.ELLIPSOID or home.height_m is None:
        return []
    return [text("takeOffRefPoint", _triple(home))]


def _triple(place: Place) -> str:
    return ",".join(number_text(each) for each in (place.lat, place.lon, place.height_m or 0.0))


def _template_folder(plain: Plain) -> Element:
    points = plain.mission.waypoints
    system = holding(
        "waylineCoordinateSysParam",
        text("coordinateMode", "WGS84"),
        text("heightMode", HEIGHT_WORDS[points[0].above]),
    )
    usual = Counter(each.turn or Turn.STOP for each in points).most_common(1)[0][0]
    heading = holding(
        "globalWaypointHeadingParam",
        text("waypointHeadingMode", "followWayline"),
        text("waypointHeadingPathMode", "followBadArc"),
    )
    return holding(
        "Folder",
        text("templateType", "waypoint"),
        text("templateId", 0),
        system,
        text("autoFlightSpeed", plain.speed_m_s),
        text("globalHeight", max(0.0, points[0].height_m)),
        heading,
        text("globalWaypointTurnMode", TURN_WORDS[usual]),
        text("globalUseStraightLine", 1),
        *_template_marks(plain),
    )


def _template_marks(plain: Plain) -> list[Element]:
    points = plain.mission.waypoints
    groups = groups_at(points, plain.going)
    return [_template_mark(plain, nth, own) for nth, own in enumerate(groups)]


def _template_mark(plain: Plain, nth: int, groups: list[Element]) -> Element:
    point = plain.mission.waypoints[nth]
    return holding(
        "Placemark",
        _point(point),
        text("index", nth),
        text("ellipsoidHeight", point.height_m),
        text("height", point.height_m),
        text("useGlobalHeight", 0),
        text("useGlobalSpeed", int(point.speed_m_s is None)),
        text("waypointSpeed", point.speed_m_s or plain.speed_m_s),
        text("useGlobalHeadingParam", 0),
        _heading(point, plain.going[nth]),
        text("useGlobalTurnParam", 0),
        _turn(point, all_said=False),
        text("useStraightLine", _straight(point)),
        *groups,
    )


def _flown(plain: Plain, nth: int) -> list[Element]:
    point = plain.mission.waypoints[nth]
    return [
        _point(point),
        text("index", nth),
        text("executeHeight", point.height_m),
        text("waypointSpeed", point.speed_m_s or plain.speed_m_s),
        _heading(point, plain.going[nth]),
        _turn(point, all_said=True),
        text("useStraightLine", _straight(point)),
    ]


def _point(point: Waypoint) -> Element:
    return holding("Point", text("coordinates", f"{number_text(point.lon)},{number_text(point.lat)}"))


def _heading(point: Waypoint, state: Going) -> Element:
    path = text("waypointHeadingPathMode", "followBadArc")
    mode = "followWayline"
    own: list[Element] = []
    if state.target is not None:
        mode, own = "towardPOI", [text("waypointPoiPoint", _triple(state.target.place))]
    elif point.heading_deg is not None:
        angle = point.heading_deg if point.heading_deg <= _HALF_TURN_DEG else point.heading_deg - _FULL_TURN_DEG
        mode, own = "smoothTransition", [text("waypointHeadingAngle", round(angle, 9))]
    return holding("waypointHeadingParam", text("waypointHeadingMode", mode), *own, path)


def _turn(point: Waypoint, *, all_said: bool) -> Element:
    mode, radius = point.turn or Turn.STOP, point.turn_radius_m
    if radius is None and (mode is Turn.CUT or (mode is Turn.PASS_CURVED and _straight(point))):
        radius = _LEAST_RADIUS_M
    distance = [text("waypointTurnDampingDist", radius or 0.0)] if radius or all_said else []
    return holding("waypointTurnParam", text("waypointTurnMode", TURN_WORDS[mode]), *distance)


def _straight(point: Waypoint) -> int:
    """Legs are straight, but for curves that pass through a waypoint and say nothing of cutting it."""
    return int((point.turn or Turn.STOP) is Turn.STOP or point.turn_radius_m is not None or point.turn is Turn.CUT)
