"""What is asked of a plan, and what every plan has in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from groundside.archive.missions import read_drawing
from groundside.archive.plan_ground import ground_of
from groundside.errors import BadRequest
from groundside.model.mission import Mission, Place
from groundside.model.place import LonLat
from groundside.plan.camera import Footprint, Spacing, footprint, height_for_gsd_m, photo_speed, spacing
from groundside.plan.carrying import Carried, carried_onto
from groundside.plan.endurance import Endurance, from_maker
from groundside.plan.patterns.laid_out import laid_out
from groundside.plan.patterns.plane import onto_plane
from groundside.plan.patterns.station import Station
from groundside.plan.terrain import Following, follow
from groundside.reference.aircraft_library import CAUTIOUS_CLIMB_M_S, CAUTIOUS_DESCENT_M_S, aircraft_named
from groundside.reference.cameras import Camera
from groundside.reference.cameras import camera as camera_named

USUAL_HEIGHT_M = 60.0
USUAL_SPEED_M_S = 8.0
SOME_AIRCRAFT = Endurance(hover_per_s=1.0 / 900.0, cube=1.0 / 12.0**3, airspeed_m_s=12.0)
"""Where no aircraft is named: for times only; nothing is promised of its battery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    What is asked of any plan.

    Args:
        area: the file that holds the area, line or point.
        name: of the mission.
        height_m, gsd_cm: above ground; the height counts where both are given.
        frontlap, sidelap: shares, 0 up to 0.95.
        camera, aircraft: names of the libraries; empty for none.
        own_camera: one that its owner described; counts before a name.
        speed_m_s: over ground.
        home: where it takes off.
        terrain: an elevation model to follow.
        wind_m_s, wind_from_deg: of the day.
        keep_outs: files with areas that nothing flies over.
        buffer_m: around them.
        quick: take the first good order of lines, as while somebody drags a corner.
        carried: what a mission did at its waypoints that was opened to be planned anew.
    """

    area: Path
    name: str = ""
    height_m: float | None = None
    gsd_cm: float | None = None
    frontlap: float = 0.75
    sidelap: float = 0.7
    camera: str = ""
    aircraft: str = ""
    speed_m_s: float | None = None
    home: LonLat | None = None
    terrain: Path | None = None
    wind_m_s: float = 0.0
    wind_from_deg: float = 0.0
    keep_outs: tuple[Path, ...] = ()
    buffer_m: float = 0.0
    quick: bool = False
    own_camera: Camera | None = None
    carried: Carried | None = None

    @property
    def camera_used(self) -> Camera | None:
        """
        The camera; None where none is named.

        Raises:
            NotFound: the library has none of that name.
        """
        return self.own_camera or (camera_named(self.camera) if self.camera else None)


@dataclass(frozen=True, slots=True)
class Look:
    """Height, and what a photo shows from there; nothing where no camera is named."""

    height_m: float
    camera: Camera | None = None
    seen: Footprint | None = None
    apart: Spacing | None = None


def look_of(asked: Asked) -> Look:
    """Work out height, and what the camera sees from there, if one is named."""
    camera = asked.camera_used
    if camera is None:
        if asked.gsd_cm is not None and asked.height_m is None:
            raise BadRequest("A ground resolution needs a camera.", try_this="add --camera NAME, or give --height")
        return Look(asked.height_m or USUAL_HEIGHT_M)
    height = asked.height_m
    if height is None:
        height = USUAL_HEIGHT_M if asked.gsd_cm is None else height_for_gsd_m(camera, asked.gsd_cm)
    seen = footprint(camera, height)
    return Look(height, camera, seen, spacing(seen, asked.frontlap, asked.sidelap))


def with_camera(asked: Asked) -> tuple[float, Camera, Footprint, Spacing]:
    """
    Give height, camera, footprint and distances.

    Raises:
        BadRequest: no camera is named.
    """
    look = look_of(asked)
    if look.camera is None or look.seen is None or look.apart is None:
        raise BadRequest("This plan needs a camera.", try_this="add --camera NAME; groundside plan cameras lists them")
    return look.height_m, look.camera, look.seen, look.apart


def speed_of(asked: Asked, look: Look) -> float:
    """Give the speed over ground: as wished, or as fast as the camera follows."""
    wished = asked.speed_m_s or USUAL_SPEED_M_S
    if look.camera is None or look.seen is None or look.apart is None:
        return wished
    return photo_speed(look.camera, look.seen, look.apart, wished_m_s=wished).speed_m_s


def endurance_of(aircraft: str) -> Endurance:
    """
    Estimate what flying an aircraft of the library takes; a guess for times only where no name is given.

    Raises:
        NotFound: the library has none of that name.
    """
    if not aircraft:
        return SOME_AIRCRAFT
    of = aircraft_named(aircraft)
    climb, descent = of.climb_m_s or CAUTIOUS_CLIMB_M_S, of.descent_m_s or CAUTIOUS_DESCENT_M_S
    return from_maker(of.flight_time_s, of.airspeed_m_s, climb, descent, of.source.title)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a file holds, in longitude and latitude: areas as one, lines (edges of areas too), all of it, its parts."""

    areas: BaseGeometry
    lines: tuple[tuple[LonLat, ...], ...]
    everything: BaseGeometry
    parts: tuple[BaseGeometry, ...]

    @property
    def middle(self) -> LonLat:
        """Its centre of mass."""
        at = self.everything.centroid
        return LonLat(float(at.x), float(at.y))


def drawn_in(path: Path) -> Drawn:
    """
    Read areas, lines and points.

    Raises:
        Unreadable, TooLarge, BadRequest: it is no such file, or holds nothing.
    """
    drawing = read_drawing(path)
    areas = [_polygon(rings) for rings in drawing.area.polygons]
    edges = [tuple(rings[0]) for rings in drawing.area.polygons]
    lines = (*(tuple(line) for line in drawing.lines), *edges)
    others = [shapely.LineString([(at.lon, at.lat) for at in line]) for line in drawing.lines]
    points = [shapely.Point(at.lon, at.lat) for at in drawing.points]
    if not (areas or others or points):
        what = f"There is nothing drawn in {path.name}."
        raise BadRequest(what, try_this="draw an area, a line or a point")
    every = (*areas, *others, *points)
    return Drawn(shapely.union_all(areas), lines, shapely.union_all(every), every)


def _polygon(rings: Sequence[Sequence[LonLat]]) -> BaseGeometry:
    shell, *holes = ([(at.lon, at.lat) for at in ring] for ring in rings)
    return shapely.Polygon(shell, holes)


def area_in(path: Path, drawn: Drawn) -> BaseGeometry:
    """
    Give the area of what was drawn.

    Raises:
        BadRequest: there is none.
    """
    if drawn.areas.is_empty:
        what = f"There is no area in {path.name}."
        raise BadRequest(what, try_this="draw a polygon")
    return drawn.areas


def lines_in(path: Path, drawn: Drawn) -> tuple[tuple[LonLat, ...], ...]:
    """
    Give the lines of what was drawn; of an area its edge.

    Raises:
        BadRequest: there is none.
    """
    if not drawn.lines:
        what = f"There is no line in {path.name}."
        raise BadRequest(what, try_this="draw a line")
    return drawn.lines


def in_metres(shape: BaseGeometry, origin: LonLat) -> BaseGeometry:
    """Turn a shape in degrees into metres east and north of a place."""

    def turned(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array(onto_plane([LonLat(float(x), float(y)) for x, y in points], origin))

    return shapely.transform(shape, turned)


def finished_of(asked: Asked, stations: list[Station], origin: LonLat) -> Mission:
    """Make the mission of a pattern's stations."""
    speed = speed_of(asked, look_of(asked))
    mission = laid_out(stations, origin, name="", speed_m_s=speed, home=asked.home)
    return finished(asked, mission)


def finished(asked: Asked, mission: Mission) -> Mission:
    """Name it, and lay it over the ground where an elevation model is named."""
    name = asked.name or asked.area.stem
    aircraft = aircraft_named(asked.aircraft).name if asked.aircraft else ""
    camera = asked.camera_used
    mission = replace(mission, name=name, aircraft=aircraft, camera=camera.name if camera else "")
    if mission.home is None:
        first = mission.waypoints[0]
        mission = replace(mission, home=Place(first.lon, first.lat, 0.0))
    if asked.carried is not None:
        mission = carried_onto(mission, asked.carried)
    with ground_of(asked.terrain) as surface:
        return mission if surface is None else follow(mission, surface, _following(asked, mission))


def _following(asked: Asked, mission: Mission) -> Following:
    limits = endurance_of(asked.aircraft)
    return Following(
        clearance_m=min(w.height_m for w in mission.waypoints), climb_m_s=limits.climb_m_s,
        descent_m_s=limits.descent_m_s, quick=asked.quick,
    )  # fmt: skip
