"""What an opened mission does at its waypoints stays where they remain, and what cannot is named."""

from __future__ import annotations

from dataclasses import replace

from groundside.model.mission import (
    Command,
    Finish,
    Gimbal,
    Hover,
    Kind,
    LostLink,
    Mission,
    StartVideo,
    StopTrigger,
    Survey,
    TakePhoto,
    TriggerByDistance,
    Turn,
    Waypoint,
)
from groundside.model.place import LonLat
from groundside.plan.carrying import carried_from, carried_onto, carrying

STEP = 0.001
PHOTO = (TakePhoto(),)


def at(number: float, **more: object) -> Waypoint:
    return Waypoint(lon=11.0 + number * STEP, lat=47.0, height_m=40.0, **more)  # pyright: ignore[reportArgumentType]


def anew(*numbers: float) -> Mission:
    """A line flown by the planner: photos by distance along all of it."""
    points = [at(each) for each in numbers]
    points[0] = replace(points[0], actions=(Gimbal(-90.0), TriggerByDistance(20.0)))
    points[-1] = replace(points[-1], actions=(StopTrigger(),))
    return Mission(waypoints=tuple(points), speed_m_s=8.0, finish=Finish.RETURN)


OPENED = Mission(
    waypoints=(
        at(0, actions=PHOTO), at(1, actions=(Hover(4.0), Gimbal(-30.0)), speed_m_s=2.0, turn=Turn.STOP),
        at(2, actions=(StartVideo(), Command(203, (None,) * 7)), heading_deg=90.0), at(3),
    ),
    actions=(Gimbal(-45.0),), speed_m_s=5.0, finish=Finish.LAND, lost_link=LostLink.HOVER,
)  # fmt: skip


def test_all_of_it_stays_where_no_waypoint_moved_and_the_camera_does_what_the_mission_says():
    carried = carried_from(OPENED)
    plan = carried_onto(anew(0, 1, 2, 3), carried)
    assert [w.actions for w in plan.waypoints] == [w.actions for w in OPENED.waypoints]
    assert plan.actions == OPENED.actions
    assert (plan.finish, plan.lost_link) == (Finish.LAND, LostLink.HOVER)
    assert [w.speed_m_s for w in plan.waypoints] == [8.0, 2.0, 8.0, 8.0]
    assert (plan.waypoints[1].turn, plan.waypoints[2].heading_deg) == (Turn.STOP, 90.0)
    assert carrying(plan, carried).kept == 6
    assert carrying(plan, carried).lost == ()


def test_a_waypoint_that_moved_or_went_loses_what_was_done_there_and_is_named():
    carried = carried_from(OPENED)
    plan = carried_onto(anew(0, 1.4, 2, 2.5, 3), carried)
    found = carrying(plan, carried)
    assert [(number, each.actions) for number, each in found.lost] == [(1, OPENED.waypoints[1].actions)]
    assert found.kept == 4
    assert [len(w.actions) for w in plan.waypoints] == [1, 0, 2, 0, 0]


def test_actions_that_are_not_the_cameras_are_added_to_what_the_pattern_does():
    opened = Mission(waypoints=(at(0, actions=(Hover(3.0),)), at(1, kind=Kind.LAND)))
    plan = carried_onto(anew(0, 1), carried_from(opened))
    assert plan.waypoints[0].actions == (Gimbal(-90.0), TriggerByDistance(20.0), Hover(3.0))
    assert plan.waypoints[1].kind is Kind.LAND
    assert plan.waypoints[1].actions == (StopTrigger(),)


def test_a_way_that_comes_back_to_a_place_keeps_the_order():
    opened = Mission(waypoints=(at(0, actions=(Hover(1.0),)), at(1), at(0, actions=(Hover(2.0),))))
    plan = carried_onto(anew(0, 1, 0), carried_from(opened))
    assert [w.hold_s for w in plan.waypoints] == [1.0, 0.0, 2.0]
    later = carried_from(Mission(waypoints=(at(5, actions=PHOTO), *opened.waypoints)))
    assert [number for number, _ in carrying(plan, later).lost] == [0]


def test_several_waypoints_at_one_place_are_one_corner_and_lose_nothing():
    opened = Mission(waypoints=(at(0), at(1, actions=(Hover(1.0),)), at(1, actions=(Hover(2.0),)), at(2)))
    assert [w.hold_s for w in carried_onto(anew(0, 1, 2), carried_from(opened)).waypoints] == [0.0, 3.0, 0.0]


def test_lines_of_a_survey_are_planned_anew_but_what_else_is_done_on_them_stays():
    corners = (LonLat(11.0, 47.0), LonLat(11.01, 47.0), LonLat(11.0, 47.01))
    lines = anew(0, 1)
    first, last = lines.waypoints
    opened = replace(
        lines, waypoints=(replace(first, actions=(*first.actions, Hover(2.0))), last, at(9, actions=PHOTO)),
        surveys=(Survey(first=0, last=1, corners=corners, line_spacing_m=20.0, photo_spacing_m=10.0),),
    )  # fmt: skip
    carried = carried_from(opened)
    plan = carried_onto(anew(0, 1, 2), carried)
    assert carried.planned_anew == 3
    assert plan.waypoints[0].actions == (*first.actions, Hover(2.0))
    assert [(number, each.actions) for number, each in carrying(plan, carried).lost] == [(2, PHOTO)]


def test_where_nothing_remains_the_pattern_keeps_its_own_camera_work():
    plan = anew(10, 11)
    assert carried_onto(plan, replace(carried_from(OPENED), actions=())).waypoints == plan.waypoints
