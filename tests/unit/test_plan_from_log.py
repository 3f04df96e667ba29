"""Plans rebuilt from logs, and the photos that a flight must have taken."""

import numpy as np
import pytest

from groundside.errors import BadRequest
from groundside.model.mission import Finish, Gimbal, StopTrigger, TriggerByDistance
from groundside.model.place import LonLat
from groundside.plan.from_log import Flown, from_events, mission_of_items, photos_of
from groundside.plan.photos import planned_photos
from tests.plan_missions import HOME, at, lawnmower


def item(sequence, command, east=0.0, north=0.0, height=20.0):
    lon, lat = at(east, north)
    return {
        "sequence_current": sequence,
        "nav_cmd": command,
        "longitude": lon,
        "latitude": lat,
        "altitude": height,
        "altitude_is_relative": True,
    }


ITEMS = [
    item(0, 22), item(0, 16, 0, 0), item(1, 16, 10, 10), item(1, 16, 10, 10), item(2, 206), item(3, 16, 10, 100),
    item(4, 16, 30, 100), item(5, 16, 30, 10), item(6, 206), item(7, 20),
]  # fmt: skip


def test_a_plan_is_rebuilt_from_the_items_of_a_log():
    plan = mission_of_items(ITEMS, 8.0)
    assert len(plan.waypoints) == 5 and plan.finish is Finish.RETURN
    assert (plan.home.lon, plan.home.lat) == HOME
    assert [w.actions for w in plan.waypoints] == [
        (),
        (Gimbal(-90.0), TriggerByDistance(8.0)),
        (),
        (),
        (StopTrigger(),),
    ]
    with pytest.raises(BadRequest, match="no mission"):
        mission_of_items([item(0, 22)], 8.0)


def track_along(plan, step=1.0) -> Flown:
    lon, lat = [], []
    for a, b in zip(plan.waypoints, plan.waypoints[1:], strict=False):
        share = np.linspace(0.0, 1.0, 200)
        lon.append(a.lon + (b.lon - a.lon) * share)
        lat.append(a.lat + (b.lat - a.lat) * share)
    lons, lats = np.concatenate(lon), np.concatenate(lat)
    return Flown(lons, lats, np.full(len(lons), 50.0), np.zeros(len(lons)))


def test_photos_are_reckoned_where_the_plan_wanted_them_if_it_was_flown_so():
    plan = lawnmower(5, 200.0, 30.0, photo=10.0)
    photos, wanted = photos_of(plan, track_along(plan)), planned_photos(plan)
    assert len(photos) == pytest.approx(len(wanted), abs=5)
    near = [np.hypot((photos.lon - w.lon) * 76_000, (photos.lat - w.lat) * 111_195).min() for w in wanted]
    assert max(near) < 11.0 and np.median(near) < 1.5


def test_lines_that_were_not_flown_have_no_photos():
    plan = lawnmower(5, 200.0, 30.0, photo=10.0)
    whole = track_along(plan)
    half = Flown(whole.lon[:700], whole.lat[:700], whole.height_m[:700], whole.yaw_deg[:700])
    assert 35 <= len(photos_of(plan, half)) <= 45
    with pytest.raises(BadRequest, match="no position"):
        photos_of(plan, Flown(*(np.full(3, np.nan) for _ in range(4))))


def test_photos_that_the_log_tells_have_the_height_and_heading_of_the_flight_there():
    plan = lawnmower(2, 200.0, 30.0)
    track = track_along(plan)
    photos = from_events(track.lon[[5, 50]], track.lat[[5, 50]], track, LonLat(*HOME))
    assert photos.height_m.tolist() == [50.0, 50.0] and len(photos) == 2
