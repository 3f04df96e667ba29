"""Missions as JSON: what `groundside plan read --json` shows, and what GeoJSON and KML files carry."""

from __future__ import annotations

from groundside.model import mission as nouns
from groundside.model.decoded import Fact
from groundside.model.mission import (
    Action,
    Command,
    Fence,
    FenceCircle,
    Gimbal,
    Hover,
    LookAt,
    Mission,
    Place,
    Survey,
    TakePhoto,
    TriggerByDistance,
    TriggerByTime,
    Waypoint,
)
from groundside.model.place import LonLat

Shape = dict[str, Fact]
BARE = {
    "stop_trigger": nouns.StopTrigger(),
    "start_video": nouns.StartVideo(),
    "stop_video": nouns.StopVideo(),
    "look_ahead": nouns.LookAhead(),
}
_NAMES = {type(action): name for name, action in BARE.items()}


def action_shape(action: Action) -> Shape:
    """Tell an action: `do` names it, the rest are its numbers, with units in their names."""
    match action:
        case TakePhoto(name):
            return {"do": "take_photo", **({"name": name} if name else {})}
        case TriggerByDistance(distance_m):
            return {"do": "trigger_by_distance", "distance_m": distance_m}
        case TriggerByTime(interval_s):
            return {"do": "trigger_by_time", "interval_s": interval_s}
        case Hover(seconds):
            return {"do": "hover", "seconds": seconds}
        case Gimbal(pitch, yaw, north):
            return {"do": "gimbal", "pitch_deg": pitch, "yaw_deg": yaw, "from_north": north}
        case LookAt(place):
            return {"do": "look_at", "place": place_shape(place)}
        case Command():
            return {"do": "command", **command_shape(action)}
        case _:
            return {"do": _NAMES[type(action)]}


def command_shape(command: Command) -> Shape:
    """Tell a MAVLink command that was kept."""
    params: list[Fact] = list(command.params)
    return {"number": command.number, "params": params, "frame": command.frame, "goes_on": command.goes_on}


def place_shape(place: Place) -> Shape:
    """Tell a place."""
    return {"lon": place.lon, "lat": place.lat, "height_m": place.height_m, "above": place.above.value}


def waypoint_shape(point: Waypoint) -> Shape:
    """Tell a waypoint; what the plan does not say is null."""
    return {
        "kind": point.kind.value,
        "lon": point.lon,
        "lat": point.lat,
        "height_m": point.height_m,
        "above": point.above.value,
        "speed_m_s": point.speed_m_s,
        "heading_deg": point.heading_deg,
        "turn": point.turn.value if point.turn else None,
        "turn_radius_m": point.turn_radius_m,
        "actions": [action_shape(each) for each in point.actions],
        "command": command_shape(point.command) if point.command else None,
    }


def fence_shape(fence: Fence) -> Shape:
    """Tell a fence."""
    if isinstance(fence, FenceCircle):
        centre = fence.centre
        return {"stay_in": fence.stay_in, "lon": centre.lon, "lat": centre.lat, "radius_m": fence.radius_m}
    return {"stay_in": fence.stay_in, "corners": _corners(fence.corners)}


def survey_shape(survey: Survey) -> Shape:
    """Tell a survey."""
    return {
        "first": survey.first,
        "last": survey.last,
        "corners": _corners(survey.corners),
        "angle_deg": survey.angle_deg,
        "line_spacing_m": survey.line_spacing_m,
        "photo_spacing_m": survey.photo_spacing_m,
        "turnaround_m": survey.turnaround_m,
        "crosshatch": survey.crosshatch,
    }


def mission_shape(mission: Mission) -> Shape:
    """Tell a whole mission."""
    return {
        **frame_shape(mission),
        "waypoints": [waypoint_shape(each) for each in mission.waypoints],
        "home": place_shape(mission.home) if mission.home else None,
        "fences": [fence_shape(each) for each in mission.fences],
        "fence_return": place_shape(mission.fence_return) if mission.fence_return else None,
        "rally": [place_shape(each) for each in mission.rally],
    }


def frame_shape(mission: Mission) -> Shape:
    """Tell what a mission says besides its places."""
    return {
        "name": mission.name,
        "actions": [action_shape(each) for each in mission.actions],
        "speed_m_s": mission.speed_m_s,
        "take_off_height_m": mission.take_off_height_m,
        "finish": mission.finish.value if mission.finish else None,
        "lost_link": mission.lost_link.value if mission.lost_link else None,
        "aircraft": mission.aircraft,
        "camera": mission.camera,
        "surveys": [survey_shape(each) for each in mission.surveys],
        "not_understood": [{"where": each.where, "text": each.text} for each in mission.not_understood],
    }


def _corners(corners: tuple[LonLat, ...]) -> list[Fact]:
    return [[at.lon, at.lat] for at in corners]
