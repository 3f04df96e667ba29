"""Plan a mission from an area or a line that the owner drew. No archive is needed, and nothing is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil, hypot

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
    lines_in,
    look_of,
    with_camera,
)
from groundside.errors import BadRequest
from groundside.model.mission import Mission
from groundside.plan.camera import footprint, spacing
from groundside.plan.patterns import search
from groundside.plan.patterns.along import BothSides, Corridor, Perimeter, both_sides, corridor, perimeter
from groundside.plan.patterns.around import Structure, orbit, spiral
from groundside.plan.patterns.facade import Facade, facade
from groundside.plan.patterns.plane import onto_plane
from groundside.plan.patterns.sampling import Sampling, sampling
from groundside.plan.patterns.station import Point, Station, bearing_deg, moved, stations_along
from groundside.plan.survey.mission import survey_mission
from groundside.plan.survey.motion import Motion
from groundside.plan.survey.planned import SurveyOrder
from groundside.plan.survey.planner import plan_survey
from groundside.reference.aircraft_library import AIRCRAFT
from groundside.reference.cameras import CAMERAS

__all__ = [
    "AIRCRAFT",
    "CAMERAS",
    "along_line",
    "along_wall",
    "around_area",
    "around_structure",
    "sample_downwind",
    "search_for",
    "survey",
]


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


def along_line(asked: Asked, *, width_m: float, aside_m: float | None = None, aim_m: float = 0.0) -> Mission:
    """
    Follow lines: in parallel passes that cover a strip, or along both sides with the camera on the line.

    Args:
        asked: with a camera.
        width_m: of the strip.
        aside_m: fly so far beside the line, on both sides, nose towards it; None covers the strip from above.
        aim_m: height of what is looked at from the side.
    """
    height, _, seen, apart = with_camera(asked)
    drawn = drawn_in(asked.area)
    origin = drawn.middle
    stations: list[Station] = []
    for line in lines_in(asked.area, drawn):
        points = onto_plane(line, origin)
        if aside_m is None:
            how = Corridor(
                height_m=height, width_m=width_m, across_m=seen.across_m, sidelap=asked.sidelap,
                trigger_m=apart.trigger_m,
            )  # fmt: skip
            stations += corridor(points, how)
        else:
            each_m = spacing(footprint(with_camera(asked)[1], aside_m), asked.frontlap, asked.sidelap).trigger_m
            stations += both_sides(points, BothSides(height_m=height, aside_m=aside_m, aim_m=aim_m, trigger_m=each_m))
    return finished_of(asked, stations, origin)


def around_structure(
    asked: Asked, *, radius_m: float | None, bottom_m: float, top_m: float, rise_m: float | None = None
) -> Mission:
    """
    Fly circles, or a spiral, around what was drawn, nose and camera towards it.

    Args:
        asked: with a camera; its height counts for one circle where no rise and no top are given.
        radius_m: of the circle; None keeps 10 m away from what was drawn.
        bottom_m, top_m: of the structure above take-off.
        rise_m: climb by so much a turn; None flies level circles, as many as photos overlapping need.
    """
    _, camera, _, _ = with_camera(asked)
    drawn = drawn_in(asked.area)
    origin = drawn.middle
    reach = float(shapely.hausdorff_distance(in_metres(drawn.everything, origin), shapely.Point(0.0, 0.0)))
    radius = radius_m or reach + 10.0
    if radius <= reach:
        what = f"What was drawn reaches {reach:.1f} m from its middle; a circle of {radius:g} m would fly into it."
        raise BadRequest(what, try_this="give a larger --radius")
    tower = Structure(centre=(0.0, 0.0), radius_m=radius, bottom_m=bottom_m, top_m=top_m)
    near = footprint(camera, radius)
    across_m, up_m = near.across_m * (1.0 - asked.sidelap), near.along_m * (1.0 - asked.frontlap)
    if rise_m is not None:
        return finished_of(asked, list(spiral(tower, rise_m, across_m)), origin)
    count = max(1, ceil((top_m - bottom_m) / up_m))
    levels = [bottom_m + (top_m - bottom_m) * i / count for i in range(count + 1)]
    heights = [asked.height_m] if asked.height_m else levels
    return finished_of(asked, list(orbit(tower, [max(h, 3.0) for h in heights], across_m)), origin)


def along_wall(asked: Asked, *, bottom_m: float, top_m: float, stand_off_m: float, on_right: bool = True) -> Mission:
    """Photograph walls, drawn as lines along their foot, in vertical passes."""
    _, camera, _, _ = with_camera(asked)
    drawn = drawn_in(asked.area)
    origin, near = drawn.middle, footprint(camera, stand_off_m)
    how = Facade(
        bottom_m=bottom_m, top_m=top_m, stand_off_m=stand_off_m, frame_m=(near.across_m, near.along_m),
        frontlap=asked.frontlap, sidelap=asked.sidelap, on_right=on_right,
    )  # fmt: skip
    stations = [s for line in lines_in(asked.area, drawn) for s in facade(onto_plane(line, origin), how)]
    return finished_of(asked, stations, origin)


def around_area(asked: Asked, *, outside_m: float, look: str, laps_m: tuple[float, ...] = ()) -> Mission:
    """Fly along the edge of an area, once at each height, looking down, in or out."""
    view = look_of(asked)
    drawn = drawn_in(asked.area)
    origin = drawn.middle
    how = Perimeter(
        heights_m=laps_m or (view.height_m,), outside_m=outside_m, look=look,
        trigger_m=view.apart.trigger_m if view.apart else 0.0,
    )  # fmt: skip
    area = in_metres(area_in(asked.area, drawn), origin)
    if not isinstance(area, shapely.Polygon | shapely.MultiPolygon):
        raise BadRequest("A perimeter needs an area.")
    return finished_of(asked, list(perimeter(area, how)), origin)


def search_for(
    asked: Asked, *, pattern: str, spacing_m: float, heading_deg: float | None = None, left: bool = False
) -> Mission:
    """
    Search an area, or around a point, after the IAMSAR manual.

    Args:
        asked: the area; its middle is the datum of an expanding square or a sector search.
        pattern: "square", "sector", "parallel" or "creeping".
        spacing_m: between tracks; of a sector search the radius.
        heading_deg: of the first leg, or of the long side; None is north, or the long side of the area as it lies.
        left: turn left where a square or a sector search turns right.
    """
    view, drawn = look_of(asked), drawn_in(asked.area)
    origin = drawn.middle
    shape = in_metres(drawn.everything, origin)
    points = _searched(pattern, shape, spacing_m, heading_deg, left=left)
    trigger = view.apart.trigger_m if view.apart else None
    stations = stations_along(points, view.height_m, gimbal_deg=-90.0 if trigger else None, trigger_m=trigger)
    return finished_of(asked, list(stations), origin)


def _searched(
    pattern: str, shape: BaseGeometry, spacing_m: float, heading_deg: float | None, *, left: bool
) -> list[Point]:
    turn = search.LEFT if left else search.RIGHT
    if pattern == "square":
        reach = max(float(shapely.hausdorff_distance(shape, shapely.Point(0, 0))), spacing_m)
        legs = search.square_legs(reach, spacing_m)
        return search.expanding_square((0.0, 0.0), heading_deg or 0.0, spacing_m, legs, turn)
    if pattern == "sector":
        return search.sector((0.0, 0.0), heading_deg or 0.0, spacing_m, turn)
    lanes: dict[str, Callable[..., list[Point]]] = {
        "parallel": search.parallel_track, "creeping": search.creeping_line
    }  # fmt: skip
    if pattern not in lanes:
        what = f"There is no search pattern {pattern[:40]!r}."
        raise BadRequest(what, try_this="one of: square, sector, parallel, creeping")
    return lanes[pattern](*_rectangle(shape, heading_deg), spacing_m)


def _rectangle(shape: BaseGeometry, heading_deg: float | None) -> tuple[Point, float, tuple[float, float]]:
    """Give the corner, heading and sides of the rectangle around a shape: the smallest, or along a heading."""
    if heading_deg is None:
        ring = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))
        if len(ring) < 5:
            raise BadRequest("This search needs an area.", try_this="draw a polygon, or search a square around a point")
        a, b, c = ((float(x), float(y)) for x, y in ring[:3])
        long = (a, b) if hypot(b[0] - a[0], b[1] - a[1]) >= hypot(c[0] - b[0], c[1] - b[1]) else (b, c)
        heading_deg = bearing_deg(*long) % 180.0
    turned = np.array([moved((0.0, 0.0), heading_deg, 1.0), moved((0.0, 0.0), heading_deg + 90.0, 1.0)])
    along, aside = turned @ shapely.get_coordinates(shape).T
    corner = turned.T @ np.array([along.min(), aside.min()])
    return (float(corner[0]), float(corner[1])), heading_deg, (float(np.ptp(along)), float(np.ptp(aside)))


def sample_downwind(
    asked: Asked, *, nearest_m: float, furthest_m: float, transects: int, half_angle_deg: float, stand_off_m: float
) -> Mission:
    """Cross the wind down-wind of a release, drawn as a point or an area, beginning and ending up-wind of it."""
    if not asked.wind_m_s > 0.0:
        raise BadRequest("Sampling needs the wind.", try_this="add --wind M/S@DEG, as 4@270")
    drawn = drawn_in(asked.area)
    origin = drawn.middle
    how = Sampling(
        wind_from_deg=asked.wind_from_deg, nearest_m=nearest_m, furthest_m=furthest_m, transects=transects,
        half_angle_deg=half_angle_deg, stand_off_m=stand_off_m, heights_m=(look_of(asked).height_m,),
    )  # fmt: skip
    return finished_of(asked, list(sampling((0.0, 0.0), how)), origin)
