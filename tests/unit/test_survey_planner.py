from dataclasses import replace

import numpy as np
import pytest
import shapely

from groundside.errors import BadRequest, TooLarge
from groundside.model.mission import Finish, Gimbal, StopTrigger, TriggerByDistance
from groundside.model.place import LonLat
from groundside.plan.survey.mission import survey_mission
from groundside.plan.survey.motion import Motion
from groundside.plan.survey.planned import SurveyOrder
from groundside.plan.survey.planner import plan_survey
from groundside.reference.cameras import camera
from tests.survey_cases import placed

AREA = shapely.box(-150, -100, 150, 100)
ORDER = SurveyOrder(area=placed(AREA), camera=camera("DJI Phantom 4 RTK"), height_m=40.0)


def test_a_long_field_is_flown_along_its_long_side_in_parallel_lines():
    path = plan_survey(replace(ORDER, area=placed(shapely.box(-300, -60, 300, 60))))
    assert [round(region.heading_deg) for region in path.regions] == [90]
    courses = {round(leg.heading_deg) for leg in path.legs if leg.photographs}
    assert courses == {90, 270}
    assert path.line_spacing_m == pytest.approx(18.0)
    assert path.trigger_m == pytest.approx(8.0)
    assert path.length_m == pytest.approx(sum(leg.length_m for leg in path.legs))
    assert path.photos == sum(leg.photos for leg in path.legs) > 400


def test_legs_follow_each_other_without_a_gap():
    path = plan_survey(replace(ORDER, home=LonLat(11.004, 47.0)))
    for one, other in zip(path.legs, path.legs[1:], strict=False):
        assert one.end_m == pytest.approx(other.start_m, abs=1e-6)
    assert path.legs[0].start.lon == pytest.approx(11.004)
    assert path.legs[-1].end.lon == pytest.approx(11.004)


@pytest.mark.parametrize("heading", [0.0, 37.0, 90.0, 179.0])
def test_a_heading_that_is_asked_for_is_flown(heading: float):
    path = plan_survey(replace(ORDER, heading_deg=heading))
    assert [region.heading_deg for region in path.regions] == pytest.approx([heading])
    assert {round(leg.heading_deg % 180.0) % 180 for leg in path.legs if leg.photographs} == {round(heading) % 180}


def test_a_crosshatch_is_flown_both_ways():
    path = plan_survey(replace(ORDER, crosshatch=True))
    assert {round(leg.heading_deg) % 180 for leg in path.legs if leg.photographs} == {0, 90}


def test_a_ground_resolution_makes_the_height():
    path = plan_survey(replace(ORDER, height_m=None, gsd_cm=1.0))
    assert path.gsd_cm == pytest.approx(1.0)
    assert path.height_m == pytest.approx(36.48)


def test_turn_arounds_lengthen_lines_but_take_no_photos():
    plain, longer = plan_survey(ORDER), plan_survey(replace(ORDER, turnaround_m=15.0))
    assert longer.photos == plain.photos
    assert longer.length_m > plain.length_m + 15.0 * 2 * (len(plain.legs) // 2)


def test_the_camera_limits_the_speed_of_lines_but_not_of_transits():
    path = plan_survey(ORDER)
    assert path.speed_m_s == pytest.approx(8.0 / 2.5)
    assert path.speed_limited_by == "one photo every 2.5 s at most"


def test_wind_across_the_short_side_turns_nothing_but_costs_time():
    still = plan_survey(replace(ORDER, height_m=90.0))
    windy = plan_survey(
        replace(ORDER, height_m=90.0, motion=Motion(speed_m_s=10.0, acceleration_m_s2=2.0, wind_east_m_s=6.0))
    )
    assert windy.time_s > still.time_s


def test_strong_wind_makes_it_fly_across_the_wind():
    square = placed(shapely.box(-150, -140, 150, 140))
    motion = Motion(speed_m_s=3.0, acceleration_m_s2=2.0, wind_east_m_s=2.8)
    path = plan_survey(replace(ORDER, area=square, motion=motion))
    assert [round(region.heading_deg) % 180 for region in path.regions] == [0]


def test_ground_behind_a_wall_is_named_as_left_out():
    wall = shapely.box(-10, -400, 10, 400)
    fence = shapely.box(-200, -200, 200, 200)
    path = plan_survey(replace(ORDER, keep_outs=(placed(wall),), limits=placed(fence), home=LonLat(10.999, 47.0)))
    assert "cannot be reached" in path.notes[0]
    assert all(leg.end_m[0] < 0 for leg in path.legs)


@pytest.mark.parametrize(
    "bad",
    [
        {"area": shapely.Polygon()},
        {"area": shapely.Point(1, 2)},
        {"height_m": None},
        {"frontlap": 1.0},
        {"keep_outs": (placed(shapely.box(-500, -500, 500, 500)),)},
        {"limits": placed(shapely.box(1000, 1000, 1100, 1100))},
        {"keep_outs": (placed(shapely.box(290, -10, 310, 10)),), "home": LonLat(11.00395, 47.0)},
    ],
)
def test_an_order_that_makes_no_sense_is_refused(bad: dict[str, object]):
    with pytest.raises(BadRequest) as refused:
        plan_survey(replace(ORDER, **bad))
    assert refused.value.try_this


def test_a_continent_is_too_large():
    with pytest.raises(TooLarge):
        plan_survey(replace(ORDER, area=shapely.box(10, 47, 12, 48)))


def test_a_mission_triggers_on_lines_and_nowhere_else():
    order = replace(ORDER, home=LonLat(11.004, 47.0), tilt_deg=10.0)
    path = plan_survey(order)
    mission = survey_mission(order, path, "field")
    begun = [any(isinstance(a, TriggerByDistance) for a in each.actions) for each in mission.waypoints]
    ended = [any(isinstance(a, StopTrigger) for a in each.actions) for each in mission.waypoints]
    assert sum(begun) == sum(ended) == sum(leg.photographs for leg in path.legs)
    on = np.cumsum(np.array(begun, dtype=int) - np.array(ended, dtype=int))
    assert set(on.tolist()) == {0, 1}
    assert mission.actions == (Gimbal(pitch_deg=-80.0),)
    assert mission.finish is Finish.RETURN
    assert mission.home is not None and mission.home.lon == 11.004
    assert mission.waypoints[0].lon != pytest.approx(11.004)
    assert mission.surveys[0].last == len(mission.waypoints) - 1


def test_the_same_order_gives_the_same_path():
    assert plan_survey(ORDER) == plan_survey(ORDER)
