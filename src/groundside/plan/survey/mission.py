"""A planned survey as a mission: waypoints, and what the camera does at them."""

from __future__ import annotations

from collections.abc import Iterator

from groundside.model.mission import (
    Above,
    Action,
    Finish,
    Gimbal,
    Mission,
    Place,
    StopTrigger,
    Survey,
    TakePhoto,
    TriggerByDistance,
    Turn,
    Waypoint,
)
from groundside.model.place import LonLat
from groundside.plan.survey.planned import SurveyLeg, SurveyOrder, SurveyPath


def survey_mission(order: SurveyOrder, path: SurveyPath, name: str = "", aircraft: str = "") -> Mission:
    """
    Turn a planned survey into a mission with photo triggers.

    Heights are above home, as if the ground were flat: `plan.terrain` lifts them where it is not. The aircraft stops
    at every waypoint, as the planned time has it. From home it flies to the first waypoint, and from the last one it
    returns.
    """
    legs = _between_homes(order, path)
    waypoints = tuple(_waypoints(legs, order, path))
    tilt = Gimbal(pitch_deg=order.tilt_deg - 90.0)
    return Mission(
        name=name,
        waypoints=waypoints,
        actions=(tilt,),
        speed_m_s=order.motion.speed_m_s,
        take_off_height_m=path.height_m,
        home=None if order.home is None else Place(order.home.lon, order.home.lat, 0.0),
        finish=Finish.RETURN,
        aircraft=aircraft,
        camera=order.camera.name,
        surveys=tuple(_surveys(order, path, len(waypoints))),
    )


def _between_homes(order: SurveyOrder, path: SurveyPath) -> tuple[SurveyLeg, ...]:
    """Leave out the leg out of home and the one into it: taking off and returning do those."""
    legs = path.legs
    if order.home is None or len(legs) < 3:
        return legs
    first, last = int(legs[0].region is None), len(legs) - int(legs[-1].region is None)
    return legs[first:last]


def _waypoints(legs: tuple[SurveyLeg, ...], order: SurveyOrder, path: SurveyPath) -> Iterator[Waypoint]:
    ended: list[Action] = []
    for leg in legs:
        yield _waypoint(leg.start, path, (*ended, *_begun(leg, path)), _speed(leg, order, path))
        ended = [StopTrigger()] if leg.photos > 1 else []
    yield _waypoint(legs[-1].end, path, tuple(ended), order.motion.speed_m_s)


def _begun(leg: SurveyLeg, path: SurveyPath) -> tuple[Action, ...]:
    if leg.photos > 1:
        return (TriggerByDistance(path.trigger_m),)
    return (TakePhoto(),) if leg.photos else ()


def _speed(leg: SurveyLeg, order: SurveyOrder, path: SurveyPath) -> float:
    return order.motion.speed_m_s if leg.region is None else path.speed_m_s


def _waypoint(at: LonLat, path: SurveyPath, actions: tuple[Action, ...], speed_m_s: float) -> Waypoint:
    return Waypoint(
        lon=at.lon,
        lat=at.lat,
        height_m=path.height_m,
        above=Above.HOME,
        speed_m_s=speed_m_s,
        turn=Turn.STOP,
        actions=actions,
    )


def _surveys(order: SurveyOrder, path: SurveyPath, waypoints: int) -> Iterator[Survey]:
    """Say what the waypoints were made from, where one direction, or one and that across it, is swept over one area."""
    headings = {
        round(region.heading_deg % 90.0 if order.crosshatch else region.heading_deg, 3) for region in path.regions
    }
    if len(headings) == 1 and len({region.corners for region in path.regions}) == 1:
        region = path.regions[0]
        yield Survey(
            first=0, last=waypoints - 1, corners=region.corners, angle_deg=region.heading_deg,
            line_spacing_m=path.line_spacing_m, photo_spacing_m=path.trigger_m, turnaround_m=order.turnaround_m,
            crosshatch=order.crosshatch,
        )  # fmt: skip
