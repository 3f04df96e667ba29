"""Plan a mission from an area or a line that the owner drew. No archive is needed, and nothing is kept."""

from __future__ import annotations

from groundside.archive.plan_asked import (
    Asked,
    area_in,
    drawn_in,
    finished_of,
    in_metres,
    lines_in,
    look_of,
    with_camera,
)
from groundside.archive.plan_searches import search_for
from groundside.archive.plan_structures import along_bridge, along_wall, around_structure
from groundside.archive.plan_surveys import over_stockpile, survey, whole
from groundside.errors import BadRequest
from groundside.model.mission import Mission
from groundside.plan.camera import footprint, spacing
from groundside.plan.patterns.along import BothSides, Corridor, Perimeter, both_sides, corridor, perimeter
from groundside.plan.patterns.plane import onto_plane
from groundside.plan.patterns.sampling import Sampling, sampling
from groundside.plan.patterns.station import Station
from groundside.reference.aircraft_library import AIRCRAFT
from groundside.reference.cameras import CAMERAS

__all__ = [
    "AIRCRAFT",
    "CAMERAS",
    "along_bridge",
    "along_line",
    "along_wall",
    "around_area",
    "around_structure",
    "over_stockpile",
    "sample_downwind",
    "search_for",
    "survey",
]


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


def around_area(asked: Asked, *, outside_m: float, look: str, laps_m: tuple[float, ...] = ()) -> Mission:
    """Fly along the edge of an area, once at each height, looking down, in or out."""
    view = look_of(asked)
    drawn = drawn_in(asked.area)
    origin = drawn.middle
    how = Perimeter(
        heights_m=laps_m or (view.height_m,), outside_m=outside_m, look=look,
        trigger_m=view.apart.trigger_m if view.apart else 0.0,
    )  # fmt: skip
    area = whole(in_metres(area_in(asked.area, drawn), origin))
    return finished_of(asked, list(perimeter(area, how)), origin)


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
