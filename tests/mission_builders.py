"""Missions for tests: a small one, and strategies that draw whatever a mission can say."""

from __future__ import annotations

from hypothesis import strategies as st

from groundside.model.mission import (
    Above,
    Action,
    Command,
    FenceCircle,
    FencePolygon,
    Finish,
    Gimbal,
    Hover,
    Kind,
    LookAhead,
    LookAt,
    LostLink,
    Mission,
    Place,
    StartVideo,
    StopTrigger,
    StopVideo,
    Survey,
    TakePhoto,
    TriggerByDistance,
    TriggerByTime,
    Turn,
    Waypoint,
)
from groundside.model.place import LonLat

CORNERS = (LonLat(8.0, 47.0), LonLat(8.01, 47.0), LonLat(8.01, 47.01))


def a_survey() -> Mission:
    """Two lines with photos by distance, home, and a return at the end."""
    points = [(8.001, 47.001), (8.009, 47.001), (8.009, 47.0015), (8.001, 47.0015)]
    actions: list[tuple[Action, ...]] = [
        (Gimbal(-90.0), TriggerByDistance(20.0)),
        (StopTrigger(),),
        (TriggerByDistance(20.0),),
        (StopTrigger(), Hover(2.5), TakePhoto()),
    ]
    return Mission(
        name="South field",
        waypoints=tuple(
            Waypoint(lon=lon, lat=lat, height_m=60.0, actions=done)
            for (lon, lat), done in zip(points, actions, strict=True)
        ),
        speed_m_s=8.0,
        take_off_height_m=30.0,
        home=Place(8.0, 47.0, 512.5, Above.SEA),
        finish=Finish.RETURN,
        aircraft="DJI Mavic 3E",
    )


def _rounded(low: float, high: float, digits: int) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(lambda value: round(value, digits))


LONS, LATS = (_rounded(-179.0, 179.0, 7), _rounded(-85.0, 85.0, 7))
METRES = _rounded(-50.0, 500.0, 2)
SOME_METRES = _rounded(0.5, 400.0, 2)
SECONDS = _rounded(0.5, 600.0, 1)
DEGREES = _rounded(0.0, 359.9, 1)
PITCHES = _rounded(-90.0, 30.0, 1)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=12).map(str.strip)


def places(above: st.SearchStrategy[Above]) -> st.SearchStrategy[Place]:
    """Places that are not (0, 0), which means "nowhere" to a vehicle."""
    made = st.builds(Place, LONS, LATS, st.none() | METRES, above)
    return made.filter(lambda each: each.lon != 0.0 or each.lat != 0.0)


SIMPLE: st.SearchStrategy[Action] = st.one_of(
    st.builds(TakePhoto, st.just("") | st.from_regex("[a-z]{1,5}", fullmatch=True)),
    st.builds(Gimbal, st.none() | PITCHES, st.none() | DEGREES, from_north=st.booleans()),
    st.builds(Hover, SECONDS),
    st.just(StartVideo()),
    st.just(StopVideo()),
)
GOING: st.SearchStrategy[Action] = st.one_of(
    st.builds(TriggerByDistance, SOME_METRES),
    st.builds(TriggerByTime, SECONDS),
    st.just(StopTrigger()),
    st.just(LookAhead()),
    st.builds(LookAt, places(st.sampled_from((Above.HOME, Above.TERRAIN, Above.SEA)))),
)
COMMANDS = st.builds(
    Command,
    st.sampled_from((112, 181, 183, 530)),
    st.tuples(*[st.none() | st.integers(-5, 5).map(float)] * 7),
)
ACTIONS = st.lists(SIMPLE | SIMPLE | GOING | COMMANDS, max_size=4).map(tuple)
FLOWN = st.builds(
    Command,
    st.sampled_from((17, 18, 19, 82)),
    st.tuples(*[st.none() | st.integers(1, 9).map(float)] * 4),
)


@st.composite
def waypoints(draw: st.DrawFn, above: st.SearchStrategy[Above]) -> Waypoint:
    """Any waypoint; one of a MAVLink command has no heading and no radius of its own."""
    place = draw(places(above))
    command = draw(st.none() | st.none() | st.none() | FLOWN)
    kind = Kind.FLY if command else draw(st.sampled_from((Kind.FLY, Kind.FLY, Kind.FLY, Kind.LAND, Kind.TAKE_OFF)))
    return Waypoint(
        lon=place.lon,
        lat=place.lat,
        height_m=place.height_m or 0.0,
        above=place.above,
        speed_m_s=draw(st.none() | _rounded(0.5, 20.0, 1)),
        heading_deg=None if command else draw(st.none() | DEGREES),
        turn=draw(st.none() | st.sampled_from(Turn)),
        turn_radius_m=None if command else draw(st.none() | SOME_METRES),
        actions=draw(ACTIONS),
        kind=kind,
        command=command,
    )


POLYGONS = st.lists(st.builds(LonLat, LONS, LATS), min_size=3, max_size=5, unique=True).map(tuple)
FENCES = st.builds(FencePolygon, POLYGONS, st.booleans()) | st.builds(
    FenceCircle, st.builds(LonLat, LONS, LATS), SOME_METRES, st.booleans()
)


@st.composite
def missions(draw: st.DrawFn) -> Mission:
    """Whatever a mission can say; heights mostly above one and the same."""
    one = draw(st.sampled_from(Above))
    above = st.just(one) if draw(st.integers(0, 9)) else st.sampled_from(Above)
    points = tuple(draw(st.lists(waypoints(above), max_size=5)))
    survey = st.builds(
        Survey,
        first=st.just(0),
        last=st.just(len(points) - 1),
        corners=POLYGONS,
        angle_deg=DEGREES,
        line_spacing_m=SOME_METRES,
        photo_spacing_m=SOME_METRES,
        turnaround_m=SOME_METRES,
        crosshatch=st.booleans(),
    )
    return Mission(
        name=draw(NAMES),
        waypoints=points,
        actions=draw(ACTIONS),
        speed_m_s=draw(st.none() | _rounded(0.5, 20.0, 1)),
        take_off_height_m=draw(st.none() | _rounded(2.0, 100.0, 1)),
        home=draw(st.none() | places(st.sampled_from(Above))),
        finish=draw(st.none() | st.sampled_from(Finish)),
        lost_link=draw(st.none() | st.sampled_from(LostLink)),
        fences=tuple(draw(st.lists(FENCES, max_size=2))),
        fence_return=draw(st.none() | places(st.just(Above.HOME))),
        rally=tuple(draw(st.lists(places(st.sampled_from((Above.HOME, Above.SEA))), max_size=2))),
        aircraft=draw(st.sampled_from(("", "DJI Mavic 3E", "DJI Matrice 30T", "Kestrel"))),
        camera=draw(st.sampled_from(("", "DJI Zenmuse H20T", "A camera"))),
        surveys=(draw(survey),) if points and draw(st.booleans()) else (),
    )


PLAIN_ACTIONS = st.lists(st.just(TakePhoto()) | st.builds(Gimbal, PITCHES) | st.builds(Hover, SECONDS), max_size=3).map(
    tuple
)


@st.composite
def plain_missions(draw: st.DrawFn) -> Mission:
    """Missions that every format holds whole: waypoints above home, photos, camera pitch, stays, photos along lines."""
    points: list[Waypoint] = []
    trigger: Action | None = None
    for nth in range(draw(st.integers(1, 6))):
        place = draw(places(st.just(Above.HOME)))
        done: tuple[Action, ...] = draw(PLAIN_ACTIONS)
        if trigger is not None:
            done, trigger = (StopTrigger(), *done), None
        elif nth % 2 == 0 and draw(st.booleans()):
            trigger = draw(st.builds(TriggerByDistance, SOME_METRES) | st.builds(TriggerByTime, SECONDS))
            done = (*done, trigger)
        height = place.height_m or 0.0
        points.append(Waypoint(lon=place.lon, lat=place.lat, height_m=height, actions=done))
    if trigger is not None:
        points.append(Waypoint(lon=8.5, lat=47.5, height_m=20.0, actions=(StopTrigger(),)))
    return Mission(waypoints=tuple(points), speed_m_s=draw(_rounded(0.5, 15.0, 1)))
