"""Missions for tests of the planner, built by hand."""

from math import cos, radians, sin

from groundside.model.mission import (
    Finish,
    Mission,
    Place,
    StopTrigger,
    TriggerByDistance,
    Waypoint,
)

HOME = (8.0, 47.0)
PER_DEGREE = 111_195.0


def at(east: float, north: float, home: tuple[float, float] = HOME) -> tuple[float, float]:
    """Give longitude and latitude of a point so many metres from home, on a sphere."""
    return home[0] + east / PER_DEGREE / cos(radians(home[1])), home[1] + north / PER_DEGREE


def point(east: float, north: float, height: float = 50.0, **more: object) -> Waypoint:
    lon, lat = at(east, north)
    return Waypoint(lon=lon, lat=lat, height_m=height, **more)


def mission(*points: Waypoint, speed: float = 8.0, **more: object) -> Mission:
    said = {"take_off_height_m": points[0].height_m if points else 50.0, "finish": Finish.RETURN, **more}
    return Mission(name="test", waypoints=points, speed_m_s=speed, home=Place(*HOME, 0.0), **said)


def lawnmower(
    lines: int,
    length: float,
    spacing: float,
    *,
    begin=(40.0, 60.0),
    heading: float = 0.0,
    height=50.0,
    photo=12.0,
    speed=8.0,
) -> Mission:
    """Fly parallel lines, with a photo every so many metres on each."""
    a = radians(heading)
    points = []
    for i in range(lines):
        ends = (0.0, length) if i % 2 == 0 else (length, 0.0)
        for k, along in enumerate(ends):
            east = begin[0] + along * sin(a) + i * spacing * cos(a)
            north = begin[1] + along * cos(a) - i * spacing * sin(a)
            points.append(point(east, north, height, actions=((TriggerByDistance(photo),), (StopTrigger(),))[k]))
    return mission(*points, speed=speed)
