"""Plan surveys: lines over an area, and a heap of something that is to be measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from groundside.archive.plan_asked import (
    USUAL_SPEED_M_S,
    Asked,
    area_in,
    drawn_in,
    endurance_of,
    finished,
    finished_of,
    in_metres,
    with_camera,
)
from groundside.errors import BadRequest
from groundside.model.mission import Mission
from groundside.plan.patterns.along import Perimeter, perimeter
from groundside.plan.survey.mission import survey_mission
from groundside.plan.survey.motion import Motion
from groundside.plan.survey.planned import SurveyOrder
from groundside.plan.survey.planner import plan_survey


def survey(
    asked: Asked, *, heading_deg: float | None = None, crosshatch: bool = False, turnaround_m: float = 0.0
) -> Mission:
    """
    Plan a survey grid over an area, with holes and keep-outs, so that every point is in enough photos.

    Args:
        asked: with a camera.
        heading_deg: of the lines; None lets the planner choose, for every part its own.
        crosshatch: fly it a second time, across.
        turnaround_m: lines go on so far beyond the area.

    Raises:
        BadRequest, TooLarge: what is asked makes no sense, or cannot be flown.
    """
    height, camera, _, _ = with_camera(asked)
    drawn = drawn_in(asked.area)
    area = area_in(asked.area, drawn)
    keep = tuple(area_in(path, drawn_in(path)) for path in asked.keep_outs)
    wished = asked.speed_m_s or USUAL_SPEED_M_S
    airspeed = max(endurance_of(asked.aircraft).airspeed_m_s, wished)
    angle = np.radians(asked.wind_from_deg)
    motion = Motion(
        speed_m_s=airspeed, acceleration_m_s2=endurance_of(asked.aircraft).acceleration_m_s2,
        ground_speed_m_s=wished,
        wind_east_m_s=float(-asked.wind_m_s * np.sin(angle)), wind_north_m_s=float(-asked.wind_m_s * np.cos(angle)),
    )  # fmt: skip
    order = SurveyOrder(
        area=area, camera=camera, height_m=height, frontlap=asked.frontlap, sidelap=asked.sidelap, keep_outs=keep,
        buffer_m=asked.buffer_m, heading_deg=heading_deg, crosshatch=crosshatch, turnaround_m=turnaround_m,
        motion=motion, home=asked.home, quick=asked.quick,
    )  # fmt: skip
    mission = survey_mission(order, plan_survey(order))
    return finished(asked, _no_faster(mission, wished))


def _no_faster(mission: Mission, speed_m_s: float) -> Mission:
    waypoints = tuple(replace(w, speed_m_s=min(w.speed_m_s or speed_m_s, speed_m_s)) for w in mission.waypoints)
    return replace(mission, speed_m_s=speed_m_s, waypoints=waypoints)


def over_stockpile(asked: Asked, *, top_m: float, stand_off_m: float) -> Mission:
    """
    Measure a heap: a crosshatch from above, then one lap around it that looks at its sides.

    Args:
        asked: with a camera; its height counts above the ground around the heap.
        top_m: of the heap, above that ground.
        stand_off_m: of the lap, outside the foot of the heap.

    Raises:
        BadRequest: the height leaves no room above the heap.
    """
    height, _, _, apart = with_camera(asked)
    if height <= top_m:
        what = f"The heap is {top_m:g} m high; {height:g} m above the ground leads through it."
        raise BadRequest(what, try_this="fly higher: --height M, or a coarser --gsd")
    above = survey(asked, crosshatch=True)
    drawn = drawn_in(asked.area)
    origin = drawn.middle
    area = in_metres(area_in(asked.area, drawn), origin)
    down_deg = -float(np.degrees(np.arctan2(height - top_m / 2.0, stand_off_m)))
    lap = Perimeter(
        heights_m=(height,), outside_m=stand_off_m, look="in", gimbal_deg=down_deg, trigger_m=apart.trigger_m
    )
    around = finished_of(replace(asked, home=None), list(perimeter(whole(area), lap)), origin)
    return replace(above, waypoints=(*above.waypoints, *around.waypoints), surveys=())


def whole(area: BaseGeometry) -> shapely.Polygon | shapely.MultiPolygon:
    """
    Give an area as what it is.

    Raises:
        BadRequest: it is none.
    """
    if not isinstance(area, shapely.Polygon | shapely.MultiPolygon):
        raise BadRequest("There is no area.", try_this="draw a polygon")
    return area
