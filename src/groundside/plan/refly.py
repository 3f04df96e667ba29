"""The parts of a plan that a flight left out, as a plan of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import hypot

import numpy as np
import shapely
from numpy.typing import NDArray

from groundside.errors import BadRequest
from groundside.model.mission import Finish, Gimbal, Mission, StopTrigger, TakePhoto, TriggerByDistance, Waypoint
from groundside.model.place import LonLat
from groundside.plan.compare import SMALLEST_GAP_M2, target_area
from groundside.plan.flight_path import home_of
from groundside.plan.photos import Frame, Photos, PlannedPhoto, as_photos, footprints, planned_photos
from groundside.reference.geodesy import local_metres

BEYOND = 0.25
"""Share of the distance between photos by which a stretch goes on beyond its last one, if the trigger is late."""


def refly(mission: Mission, flown: Photos, frame: Frame) -> Mission:
    """
    Plan the photos again that show the gaps: along the same lines, at the same heights, and only there.

    Args:
        mission: as it was planned, with heights above home.
        flown: photos that were taken.
        frame: of the camera.

    Returns:
        A mission with its home, speed and finish; each stretch begins and ends with a photo.

    Raises:
        BadRequest: there is no gap.
    """
    planned, origin = planned_photos(mission), home_of(mission)
    shown = footprints(flown, frame, origin)
    missing = shapely.difference(target_area(mission, planned, frame), shapely.union_all(shown))
    parts = [part for part in shapely.get_parts(missing) if part.area >= SMALLEST_GAP_M2]
    if not parts:
        raise BadRequest("There is no gap to fly again.")
    again = shapely.intersects(footprints(as_photos(planned), frame, origin), shapely.union_all(parts))
    waypoints = [w for run in _runs(planned, again) for w in _stretch(mission, run)]
    pitch = next((a for a in _all_actions(mission) if isinstance(a, Gimbal)), Gimbal(pitch_deg=-90.0))
    waypoints[0] = replace(waypoints[0], actions=(pitch, *waypoints[0].actions))
    return replace(
        mission, name=f"{mission.name} again".strip(), waypoints=tuple(waypoints), surveys=(), actions=(),
        finish=mission.finish or Finish.RETURN,
    )  # fmt: skip


def _all_actions(mission: Mission) -> Iterator[object]:
    yield from mission.actions
    for each in mission.waypoints:
        yield from each.actions


def _runs(planned: Sequence[PlannedPhoto], again: NDArray[np.bool_]) -> Iterator[list[PlannedPhoto]]:
    """Group photos that follow each other on one leg."""
    run: list[PlannedPhoto] = []
    for photo, wanted in zip(planned, again, strict=True):
        if run and (not wanted or photo.after != run[-1].after):
            yield run
            run = []
        if wanted:
            run.append(photo)
    if run:
        yield run


def _stretch(mission: Mission, run: Sequence[PlannedPhoto]) -> list[Waypoint]:
    ends = [run[0]] if len(run) == 1 else [run[0], run[-1]]
    waypoints = [
        Waypoint(
            lon=p.lon, lat=p.lat, height_m=p.height_m, speed_m_s=mission.waypoints[p.after].speed_m_s,
            heading_deg=p.heading_deg,
        )
        for p in ends
    ]  # fmt: skip
    if len(run) == 1:
        return [replace(waypoints[0], actions=(TakePhoto(),))]
    east, north = local_metres([p.lon for p in run], [p.lat for p in run], LonLat(run[0].lon, run[0].lat))
    spaces = len(run) - 1
    spacing = hypot(float(east[-1]), float(north[-1])) / spaces
    on = 1.0 + BEYOND / spaces
    lon, lat = (a + (b - a) * on for a, b in ((run[0].lon, run[-1].lon), (run[0].lat, run[-1].lat)))
    return [
        replace(waypoints[0], actions=(TriggerByDistance(spacing),)),
        replace(waypoints[1], lon=lon, lat=lat, actions=(StopTrigger(),)),
    ]
