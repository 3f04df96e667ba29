"""Checks before a plan leaves, each by a plan that breaks just that one."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from groundside.model.mission import FenceCircle, FencePolygon
from groundside.model.place import LonLat
from groundside.plan.checks.check import Limits, NamedArea, Outcome, Planned
from groundside.plan.checks.known import CHECKS, checked, failed
from groundside.plan.endurance import Endurance, Wind
from groundside.plan.sorties import Battery
from tests.plan_missions import HOME, at, lawnmower, mission, point
from tests.unit.test_plan_terrain import Hills

BATTERY = Battery(endurance=Endurance(hover_per_s=1 / 1500.0, square=0.001, airspeed_m_s=16.0, told_by="test"))
PLAN = lawnmower(5, 200.0, 30.0)
LEVEL = Hills(lambda e, n: 100.0 + 0.0 * e)
NOON_US = 1_782_043_200_000_000  # 2026-06-21T12:00:00Z
SOUND = Planned(
    mission=PLAN,
    battery=BATTERY,
    surface=LEVEL,
    layers=(),
    start_us=NOON_US,
    limits=Limits(distance_m=500.0, waypoints=99, segment_m=2000.0),
)


def found(planned: Planned, name: str):
    return next(f for f in checked(planned) if f.check == name)


def square(east: float, north: float, half: float = 10.0) -> shapely.Polygon:
    return shapely.Polygon([at(east + dx * half, north + dy * half) for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1))])


def test_a_sound_plan_passes_every_check():
    assert [(f.check, f.outcome) for f in checked(SOUND)] == [(c.name, Outcome.PASSED) for c in CHECKS]
    assert failed(checked(SOUND)) == ()


BROKEN = {
    "height": replace(SOUND, limits=replace(SOUND.limits, height_m=49.0)),
    "clearance": replace(SOUND, limits=replace(SOUND.limits, clearance_m=51.0)),
    "distance": replace(SOUND, limits=replace(SOUND.limits, distance_m=200.0)),
    "line_of_sight": replace(SOUND, surface=Hills(lambda e, n: 100.0 + np.where((n > 20.0) & (n < 45.0), 20.0, 0.0))),
    "keep_out": replace(SOUND, keep_outs=(NamedArea("school", square(20.0, 30.0, 3.0)),)),
    "layers": replace(SOUND, layers=(NamedArea("CTR Town", square(100.0, 150.0)),)),
    "battery": replace(SOUND, battery=replace(BATTERY, reserve=0.9)),
    "no_return": replace(SOUND, battery=replace(BATTERY, reserve=0.86)),
    "sun": replace(SOUND, start_us=NOON_US + 10 * 3600 * 1_000_000),
    "controller": replace(SOUND, limits=replace(SOUND.limits, waypoints=9)),
}


@pytest.mark.parametrize("name", [check.name for check in CHECKS])
def test_each_check_fails_with_a_reason_where_it_should(name):
    result = found(BROKEN[name], name)
    assert result.outcome is Outcome.FAILED and result.reason.endswith(".")


@pytest.mark.parametrize("name", ["clearance", "line_of_sight", "layers", "sun", "controller"])
def test_what_is_not_known_is_said_and_does_not_block(name):
    bare = Planned(mission=PLAN, battery=BATTERY)
    result = found(bare, name)
    assert result.outcome is Outcome.NOT_CHECKED and result not in failed(checked(bare))


def test_a_keep_out_on_the_way_home_counts_and_its_buffer_does():
    """It lies beside the way from the last waypoint home, where no waypoint is near."""
    plan = replace(SOUND, mission=mission(point(0.0, 300.0), point(300.0, 300.0)))
    pond = shapely.Point(*at(170.0, 150.0)).buffer(0.00003)
    assert found(replace(plan, keep_outs=(NamedArea("pond", pond, 0.0),)), "keep_out").outcome is Outcome.PASSED
    result = found(replace(plan, keep_outs=(NamedArea("pond", pond, 20.0),)), "keep_out")
    assert result.outcome is Outcome.FAILED and "pond" in result.reason
    assert (result.lon, result.lat) == pytest.approx(at(160.0, 160.0), abs=2e-4)


def test_the_plan_s_own_fences_are_kept():
    corners = tuple(LonLat(*at(e, n)) for e, n in ((-20, -20), (60, -20), (60, 300), (-20, 300)))
    assert (
        found(replace(SOUND, mission=replace(PLAN, fences=(FencePolygon(corners),))), "keep_out").outcome
        is Outcome.FAILED
    )
    wide = FenceCircle(LonLat(*HOME), 400.0)
    assert found(replace(SOUND, mission=replace(PLAN, fences=(wide,))), "keep_out").outcome is Outcome.PASSED
    out = FenceCircle(LonLat(*at(100.0, 150.0)), 20.0, stay_in=False)
    assert found(replace(SOUND, mission=replace(PLAN, fences=(out,))), "keep_out").outcome is Outcome.FAILED


def test_turning_home_may_need_more_than_the_plan_itself_does():
    """Down-wind out of it all, the way back against the wind is longest at the furthest place."""
    there = mission(point(0.0, 450.0), point(0.0, 0.0), speed=8.0)
    windy = Planned(mission=there, battery=replace(BATTERY, wind=Wind(12.0, 180.0)))
    assert "worst place" in found(windy, "no_return").reason


def test_height_is_above_the_ground_below_and_says_where():
    valley = Hills(lambda e, n: 100.0 - np.where(n > 150.0, 90.0, 0.0))
    result = found(replace(SOUND, surface=valley), "height")
    assert result.outcome is Outcome.FAILED and "140 m above the ground" in result.reason
    assert result.lat > at(0, 150)[1]
