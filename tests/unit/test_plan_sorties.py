"""One mission as several flights."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely

from groundside.errors import BadRequest, Refused
from groundside.model.mission import Gimbal, StopTrigger, TriggerByDistance
from groundside.model.place import LonLat
from groundside.plan.endurance import Endurance, Wind
from groundside.plan.photos import planned_photos
from groundside.plan.sharing import shared_in_height, shared_in_time
from groundside.plan.sorties import Battery, Cut, part_of, resumed, split
from tests.plan_missions import at, lawnmower, mission, point

TWENTY_MINUTES = Endurance(hover_per_s=1 / 1200.0, square=0.001, climb_per_m=0.0001, airspeed_m_s=16.0)
BATTERY = Battery(endurance=TWENTY_MINUTES, reserve=0.25)
LARGE = lawnmower(30, 500.0, 30.0, photo=10.0)


def line(each) -> shapely.LineString:
    return shapely.LineString([(w.lon, w.lat) for w in each.waypoints])


def test_a_mission_that_one_battery_flies_stays_as_it_is():
    small = lawnmower(3, 100.0, 20.0)
    (only,) = split(small, BATTERY)
    assert only.mission is small and only.share < 0.75


def test_parts_together_fly_all_of_the_way_and_each_keeps_the_reserve():
    parts = split(LARGE, BATTERY, overlap_m=20.0)
    assert len(parts) >= 3
    assert all(part.share <= 0.75 for part in parts)
    together = shapely.union_all([line(part.mission) for part in parts])
    assert shapely.difference(line(LARGE), together.buffer(1e-7)).length < 1e-6
    assert all(part.share > 0.6 for part in parts[:-1])


def test_photos_of_the_parts_are_those_of_the_whole_again():
    whole = {(round(p.lon, 6), round(p.lat, 6)) for p in planned_photos(LARGE)}
    again = {(round(p.lon, 6), round(p.lat, 6)) for part in split(LARGE, BATTERY) for p in planned_photos(part.mission)}
    assert len(whole - again) == 0


def test_each_part_says_anew_what_the_camera_does_and_ends_it():
    plan = replace(
        LARGE,
        waypoints=(replace(LARGE.waypoints[0], actions=(Gimbal(-80.0), TriggerByDistance(10.0))), *LARGE.waypoints[1:]),
    )
    part = part_of(plan, Cut(0, 0.5), Cut(2, 0.5))
    assert part.waypoints[0].actions == (Gimbal(-80.0), TriggerByDistance(10.0))
    assert part.waypoints[-1].actions == (StopTrigger(),)
    quiet = part_of(plan, Cut(1, 0.5), Cut(3))
    assert quiet.waypoints[0].actions == (Gimbal(-80.0),)
    assert sum(isinstance(a, StopTrigger) for w in quiet.waypoints for a in w.actions) == 1


def test_parts_overlap_by_what_was_asked():
    parts = split(LARGE, BATTERY, overlap_m=60.0)
    for a, b in pairwise(parts):
        shared = shapely.intersection(line(a.mission).buffer(1e-7), line(b.mission))
        assert shared.length * 111_195.0 > 30.0


def test_against_a_strong_wind_more_flights_are_needed():
    calm, windy = (split(LARGE, replace(BATTERY, wind=Wind(speed, 0.0))) for speed in (0.0, 11.0))
    assert len(windy) > len(calm)


def test_what_no_battery_reaches_is_refused_in_words():
    far = mission(point(0.0, 9000.0), point(0.0, 9100.0))
    with pytest.raises(Refused, match="there and back takes"):
        split(far, BATTERY)


def test_after_a_battery_change_the_mission_goes_on_from_its_last_good_photo():
    left = resumed(LARGE, LonLat(*at(40.0 + 30.0 + 3.0, 60.0 + 200.0)), overlap_m=10.0)
    start = left.waypoints[0]
    assert (start.lon, start.lat) == pytest.approx(at(70.0, 270.0), abs=1e-6)
    assert start.actions == (TriggerByDistance(10.0),)
    assert left.waypoints[1:] == LARGE.waypoints[3:]
    last = LARGE.waypoints[-1]
    with pytest.raises(BadRequest, match="Nothing is left"):
        resumed(LARGE, LonLat(last.lon, last.lat))


def test_several_aircraft_fly_in_layers_of_their_own():
    given = shared_in_height(split(LARGE, BATTERY), 2, 15.0, 300.0)
    assert {each.aircraft for each in given} == {1, 2}
    for each in given:
        assert {w.height_m for w in each.sortie.mission.waypoints} == {50.0 + each.higher_m}
        assert each.higher_m == (each.aircraft - 1) * 15.0
    own = [each for each in given if each.aircraft == 1]
    assert all(b.start_s >= a.start_s + a.sortie.seconds + 300.0 for a, b in pairwise(own))


def test_several_aircraft_at_one_height_are_never_near_each_other():
    sorties = split(LARGE, BATTERY)
    given = shared_in_time(sorties, 2, BATTERY, 40.0, 300.0)
    assert [each.sortie for each in given] == list(sorties)
    ways = [_each_second(each) for each in given]
    for i, a in enumerate(ways):
        for b in ways[:i]:
            both = sorted(set(a) & set(b))
            near = [np.hypot(*(np.subtract(a[s], b[s]))) for s in both]
            assert min(near, default=99.0) >= 38.0


def _each_second(given):
    """Give the place of each whole second, by legs flown at a steady share of their time."""
    from groundside.plan.endurance import use
    from groundside.plan.flight_path import flight_path

    path = flight_path(given.sortie.mission, BATTERY.usual)
    times = given.start_s + np.concatenate([[0.0], np.cumsum(use(path, BATTERY.endurance, BATTERY.wind).seconds)])
    seconds = np.arange(np.ceil(times[0]), times[-1])
    east, north = np.interp(seconds, times, path.east_m), np.interp(seconds, times, path.north_m)
    return {int(s): (e, n) for s, e, n in zip(seconds, east, north, strict=True)}
