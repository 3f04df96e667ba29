"""One thing more on a plain mission, for everything that a mission can say: each format holds it, or says that it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundside.errors import BadRequest
from groundside.model.mission import (
    Above,
    Action,
    Command,
    FenceCircle,
    FencePolygon,
    Finish,
    Gimbal,
    Hover,
    Kept,
    Kind,
    LookAhead,
    LookAt,
    LostLink,
    Mission,
    Place,
    StartVideo,
    Survey,
    TakePhoto,
    TriggerByTime,
    Turn,
    Waypoint,
)
from groundside.plan.missions.format import MissionFormat
from groundside.plan.missions.known import formats
from groundside.plan.missions.normal import normal
from tests.mission_builders import CORNERS

PLAIN = Mission(
    waypoints=tuple(Waypoint(lon=8.0 + nth / 100, lat=47.0, height_m=50.0) for nth in range(3)),
    speed_m_s=8.0,
)
SURVEY = Survey(first=0, last=2, corners=CORNERS, line_spacing_m=30.0, photo_spacing_m=20.0)
HERE = Place(8.0, 47.0, 500.0, Above.SEA)


def _at_middle(**changes: object) -> Mission:
    first, middle, last = PLAIN.waypoints
    return replace(PLAIN, waypoints=(first, replace(middle, **changes), last))  # pyright: ignore[reportArgumentType]


def _doing(*actions: Action) -> Mission:
    return _at_middle(actions=actions)


MORE: dict[str, Mission] = {
    "name": replace(PLAIN, name="North"),
    "no speed": replace(PLAIN, speed_m_s=None),
    "take-off height": replace(PLAIN, take_off_height_m=25.0),
    "home": replace(PLAIN, home=HERE),
    "home of no height": replace(PLAIN, home=Place(8.0, 47.0)),
    **{f"finish {each.value}": replace(PLAIN, finish=each) for each in Finish},
    **{f"lost link {each.value}": replace(PLAIN, lost_link=each) for each in LostLink},
    "fence": replace(PLAIN, fences=(FencePolygon(CORNERS),)),
    "round fence": replace(PLAIN, fences=(FenceCircle(CORNERS[0], 50.0, stay_in=False),)),
    "fence return": replace(PLAIN, fence_return=Place(8.0, 47.0, 30.0)),
    "rally": replace(PLAIN, rally=(Place(8.0, 47.0, 30.0),)),
    "aircraft": replace(PLAIN, aircraft="Kestrel"),
    "camera": replace(PLAIN, camera="DJI Zenmuse H20T"),
    "survey": replace(PLAIN, surveys=(SURVEY,)),
    "kept": replace(PLAIN, not_understood=(Kept("byte 7", "<odd/>"),)),
    "before": replace(PLAIN, actions=(Gimbal(-90.0),)),
    "looking before": replace(PLAIN, actions=(LookAt(Place(8.0, 47.1, 0.0)),)),
    "own speed": _at_middle(speed_m_s=3.0),
    "heading": _at_middle(heading_deg=200.5),
    "heading north": _at_middle(heading_deg=0.0),
    **{f"turn {each.value}": _at_middle(turn=each) for each in Turn},
    "radius": _at_middle(turn_radius_m=4.5),
    "take-off": _at_middle(kind=Kind.TAKE_OFF),
    "landing": _at_middle(kind=Kind.LAND),
    "circle": _at_middle(command=Command(18, (2.0, None, 30.0, 1.0))),
    **{f"above {each.value}": _at_middle(above=each) for each in Above},
    "photo": _doing(TakePhoto()),
    "named photo": _doing(TakePhoto("roof")),
    "by time": _doing(TriggerByTime(2.5)),
    "pitch": _doing(Gimbal(-45.5)),
    "yaw": _doing(Gimbal(None, 30.0)),
    "yaw from north": _doing(Gimbal(-10.0, 0.0, from_north=True)),
    "stay": _doing(Hover(2.5)),
    "late stay": _doing(TakePhoto(), Hover(2.5)),
    "video": _doing(StartVideo()),
    "look": _doing(LookAt(Place(8.0, 47.1, 5.0))),
    "look and away": _doing(LookAt(Place(8.0, 47.1, 5.0)), TakePhoto(), LookAhead()),
    "look above terrain": _doing(LookAt(Place(8.0, 47.1, 5.0, Above.TERRAIN))),
    "look and heading": _at_middle(heading_deg=10.0, actions=(LookAt(Place(8.0, 47.1, 5.0)),)),
    "command": _doing(Command(181, (1.0, None, 0.0, 0.0, 0.0, 0.0, 0.0))),
    "many": _doing(*[TakePhoto(), StartVideo()] * 9),
}


@pytest.mark.parametrize("kind", formats(), ids=lambda each: each.name)
@pytest.mark.parametrize("name", MORE)
def test_it_is_held_or_its_loss_is_told_or_the_file_is_refused(kind: MissionFormat, name: str):
    mission = MORE[name]
    try:
        written = kind.write(mission, 0)
    except BadRequest as refused:
        assert "above" in refused.what
        return
    read = kind.read(written.content)[0]
    assert read == normal(mission) or {each.what for each in written.problems} - _told_anyway(kind)


def _told_anyway(kind: MissionFormat) -> set[str]:
    return {each.what for each in kind.write(PLAIN, 0).problems}
