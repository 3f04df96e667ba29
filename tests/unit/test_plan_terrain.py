"""Following the ground, and the checks that look at it."""

import numpy as np
import pytest

from groundside.errors import BadRequest
from groundside.model.surface import FlatSurface
from groundside.plan.terrain import Following, follow
from tests.plan_missions import HOME, PER_DEGREE, lawnmower, mission, point


class Hills:
    """Ground that any test can work out for itself."""

    datum, cell_m = "test", 10.0

    def __init__(self, height, nothing_beyond_m: float = 1e9) -> None:
        self.height, self.beyond = height, nothing_beyond_m

    def heights_m(self, lon, lat):
        east = (np.asarray(lon, float) - HOME[0]) * PER_DEGREE * np.cos(np.radians(HOME[1]))
        north = (np.asarray(lat, float) - HOME[1]) * PER_DEGREE
        return np.where(np.hypot(east, north) > self.beyond, np.nan, self.height(east, north))


ROLLING = Hills(lambda e, n: 100.0 + 30.0 * np.sin(e / 60.0) + 25.0 * np.cos(n / 45.0))


def profile(plan, surface):
    """Walk along the way in steps of about a metre: metres, height above the ground, slope."""
    rows = []
    for a, b in zip(plan.waypoints, plan.waypoints[1:], strict=False):
        length = np.hypot((b.lon - a.lon) * np.cos(np.radians(HOME[1])), b.lat - a.lat) * PER_DEGREE
        share = np.linspace(0.0, 1.0, max(2, int(length)))
        lon, lat = a.lon + (b.lon - a.lon) * share, a.lat + (b.lat - a.lat) * share
        height = a.height_m + (b.height_m - a.height_m) * share + float(surface.heights_m(*HOME))
        rows.append((length, height - surface.heights_m(lon, lat), (b.height_m - a.height_m) / max(length, 1e-9)))
    return rows


def test_clearance_is_held_between_waypoints_too_and_slopes_are_no_steeper_than_the_aircraft_climbs():
    how = Following(clearance_m=60.0, tolerance_m=3.0, climb_m_s=3.0, descent_m_s=2.0)
    plan = follow(lawnmower(6, 600.0, 60.0, speed=8.0), ROLLING, how)
    rows = profile(plan, ROLLING)
    assert min(above.min() for _, above, _ in rows) >= 60.0 - 0.3
    assert max(slope for *_, slope in rows) <= 3.0 / 8.0 * 1.01
    assert min(slope for *_, slope in rows) >= -2.0 / 8.0 * 1.01


def test_where_slopes_allow_it_the_way_stays_within_the_tolerance_of_the_clearance():
    gentle = Hills(lambda e, n: 50.0 + 0.05 * n + 5.0 * np.sin(n / 200.0))
    plan = follow(lawnmower(4, 600.0, 60.0), gentle, Following(clearance_m=40.0, tolerance_m=2.0))
    assert max(above.max() for _, above, _ in profile(plan, gentle)) <= 42.5
    assert len(plan.waypoints) < 40


def test_actions_stay_where_they_were_and_level_ground_needs_no_more_waypoints():
    plan = lawnmower(4, 300.0, 40.0)
    over = follow(plan, FlatSurface(200.0), Following(clearance_m=55.0))
    assert [w.actions for w in over.waypoints] == [w.actions for w in plan.waypoints]
    assert {w.height_m for w in over.waypoints} == {55.0}


def test_a_cliff_is_climbed_before_it_is_reached():
    cliff = Hills(lambda e, n: np.where(n > 300.0, 80.0, 0.0))
    plan = follow(mission(point(0.0, 0.0), point(0.0, 600.0), speed=8.0), cliff, Following(clearance_m=30.0))
    assert min(above.min() for _, above, _ in profile(plan, cliff)) >= 30.0 - 80.0 / 5 * 0.5
    assert max(slope for *_, slope in profile(plan, cliff)) <= 3.0 / 8.0 * 1.01


def test_ground_that_is_not_known_is_told_and_not_guessed():
    with pytest.raises(BadRequest, match="between waypoints"):
        follow(lawnmower(4, 300.0, 40.0), Hills(lambda e, n: 0 * e, 200.0), Following(clearance_m=30.0))
    with pytest.raises(BadRequest, match="Home"):
        follow(lawnmower(4, 300.0, 40.0), Hills(lambda e, n: 0 * e, -1.0), Following(clearance_m=30.0))
