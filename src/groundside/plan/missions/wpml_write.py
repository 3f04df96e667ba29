"""DJI missions, written: `wpmz/template.kml` and `wpmz/waylines.wpml` in one archive, the same bytes every time."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO

from groundside.model.mission import Above, Command, Kind, LookAt, Mission, Turn, Waypoint
from groundside.plan.missions.format import Said, Written, not_held
from groundside.plan.missions.going import Going, going
from groundside.plan.missions.losses import say_losses
from groundside.plan.missions.normal import normal
from groundside.plan.missions.wpml_elements import document
from groundside.plan.missions.wpml_groups import start_group
from groundside.plan.missions.wpml_mark import mark_of
from groundside.plan.missions.wpml_parts import template, waylines
from groundside.reference.dji import Device, device_named

_HELD = frozenset(
    ["name", "speed_m_s", "take_off_height_m", "home", "finish", "lost_link", "aircraft", "camera", "actions"]
)
_SPEEDS = (5.0, 5.1, 4.9, 5.2, 4.8)
_USUAL_AIRCRAFT = "DJI Mavic 3E"
_USUAL_CAMERA = "DJI Mavic 3E camera"
_TAKE_OFF_M = (2.0, 1500.0)


@dataclass(frozen=True, slots=True)
class Plain:
    """
    A mission with all that WPML demands filled in.

    Args:
        mission: as `normal` gives it.
        speed_m_s: of the whole wayline.
        aircraft, camera: in DJI's numbers.
        going: what goes on from each waypoint.
        time_ms: when it was written.
        mark: the comment of what WPML has no place for.
    """

    mission: Mission
    speed_m_s: float
    aircraft: Device
    camera: Device
    going: list[Going]
    time_ms: int
    mark: str


def write(mission: Mission, time_ms: int) -> Written:
    """
    Write a mission.

    Raises:
        BadRequest: it has no waypoint, or its heights are not all above the same, or above sea level.
    """
    said = Said()
    say_losses(mission, "a DJI mission", _HELD, said)
    plain = _plain(normal(mission), time_ms, said)
    parts = {
        "wpmz/template.kml": document(template(plain), plain.mark),
        "wpmz/waylines.wpml": document(waylines(plain)),
    }
    return Written(_archive(parts), said.all)


def _archive(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _plain(mission: Mission, time_ms: int, said: Said) -> Plain:
    _check(mission, said)
    unsaid = [
        each for each in ("finish", "lost_link", "take_off_height_m", "speed_m_s") if getattr(mission, each) is None
    ]
    if all(each.turn is None for each in mission.waypoints):
        unsaid.append("turn")
    elif any(each.turn is None for each in mission.waypoints):
        said.say("Waypoints that leave the turn to the controller are written as stops, as others do not leave it.")
    explicit = {each.speed_m_s for each in mission.waypoints}
    speed = mission.speed_m_s or next((each for each in _SPEEDS if each not in explicit), _SPEEDS[0])
    aircraft, camera = _devices(mission, said)
    states = going(mission, said)
    if any(state.target and p.heading_deg is not None for p, state in zip(mission.waypoints, states, strict=True)):
        said.say("Where a place is looked at, a DJI mission holds no other heading: it is left out.")
    return Plain(mission, speed, aircraft, camera, states, time_ms, mark_of(mission, unsaid))


def _check(mission: Mission, said: Said) -> None:
    if not mission.waypoints:
        raise not_held("A DJI mission", "it has no waypoint", "write it as .geojson")
    references = {each.above for each in mission.waypoints}
    if len(references) > 1:
        raise not_held("A DJI mission", "its heights are above different things", "give them all above home")
    if Above.SEA in references:
        why = "its heights are above sea level, and what is flown counts from home or from the ellipsoid"
        raise not_held("A DJI mission", why, "give heights above home")
    height = mission.take_off_height_m
    if height is not None and not _TAKE_OFF_M[0] <= height <= _TAKE_OFF_M[1]:
        raise not_held(
            "A DJI mission", f"its take-off height is {height:g} m, not 2 to 1500 m", "choose another height"
        )
    if Above.ELLIPSOID in references:
        said.say(
            "Heights above the ellipsoid are flown as they are, but the template that Pilot 2 edits cannot hold them."
        )
    for nth, point in enumerate(mission.waypoints):
        _check_point(point, nth, said)
    if any(not start_group(each) for each in mission.actions):
        said.say("Before the first waypoint, a DJI mission begins no photos and looks at no place: left out.")


def _check_point(point: Waypoint, nth: int, said: Said) -> None:
    if point.kind is not Kind.FLY:
        said.say(f"A DJI mission has no {point.kind.value.replace('_', '-')}: waypoint {nth} is flown to like others.")
    if point.command is not None:
        said.say(f"Waypoint {nth} is MAVLink command {point.command.number}: it is flown to like others.")
    if point.turn is Turn.CUT and point.turn_radius_m is None:
        said.say("A corner is cut by no stated radius, and a DJI mission needs one: 0.2 m is written.")
    for action in point.actions:
        if isinstance(action, Command):
            said.say(f"MAVLink command {action.number} has no place in a DJI mission: left out.")
        if isinstance(action, LookAt) and action.place.above is not Above.HOME:
            said.say("The height of a place to look at is not above home: it is written as it stands, and not flown.")


def _devices(mission: Mission, said: Said) -> tuple[Device, Device]:
    aircraft = device_named("aircraft", mission.aircraft) if mission.aircraft else None
    if aircraft is None:
        which = f"DJI has no number for {mission.aircraft!r}" if mission.aircraft else "The mission names no aircraft"
        said.say(f"{which}: {_USUAL_AIRCRAFT} is written; choose yours when you open it.")
        aircraft = _known("aircraft", _USUAL_AIRCRAFT)
    camera = device_named("cameras", mission.camera) if mission.camera else None
    if camera is None:
        if mission.camera:
            said.say(f"DJI has no number for the camera {mission.camera!r}: that of the aircraft is written.")
        camera = _known("cameras", aircraft.camera or _USUAL_CAMERA)
    return aircraft, camera


def _known(sort: str, name: str) -> Device:
    found = device_named("aircraft" if sort == "aircraft" else "cameras", name)
    assert found is not None
    return found
