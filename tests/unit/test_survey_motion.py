import math

import pytest

from groundside.errors import BadRequest
from groundside.plan.survey.motion import Motion

ETH = Motion(speed_m_s=3.0, acceleration_m_s2=1.0)


def test_a_long_leg_takes_its_length_at_speed_and_one_ramp_more():
    assert float(ETH.leg_s(0.0, 100.0)) == pytest.approx(100 / 3 + 3)


def test_a_short_leg_never_reaches_full_speed():
    assert float(ETH.leg_s(3.0, 0.0)) == pytest.approx(2 * math.sqrt(3))


def test_both_formulas_agree_where_they_meet():
    assert float(ETH.leg_s(9.0, 0.0)) == pytest.approx(6.0)
    assert float(ETH.leg_s(8.999999, 0.0)) == pytest.approx(6.0, abs=1e-5)


def test_a_leg_of_no_length_takes_no_time():
    assert float(ETH.leg_s(0.0, 0.0)) == 0.0


def test_wind_from_behind_helps_and_from_ahead_costs():
    windy = Motion(speed_m_s=10.0, acceleration_m_s2=2.0, wind_east_m_s=4.0)
    assert float(windy.speed_over_ground(1.0, 0.0)) == pytest.approx(14.0)
    assert float(windy.speed_over_ground(-1.0, 0.0)) == pytest.approx(6.0)
    assert float(windy.speed_over_ground(0.0, 1.0)) == pytest.approx(math.sqrt(100 - 16))


def test_there_and_back_takes_longer_in_wind_than_in_still_air():
    still, windy = Motion(speed_m_s=10.0), Motion(speed_m_s=10.0, wind_north_m_s=5.0)
    assert float(windy.both_ways_s(0.0, 1000.0)) > float(still.both_ways_s(0.0, 1000.0))


def test_ground_speed_is_held_down_even_with_the_wind():
    windy = Motion(speed_m_s=10.0, wind_east_m_s=4.0).at_most(5.0)
    assert float(windy.speed_over_ground(1.0, 0.0)) == 5.0
    assert windy.at_most(8.0).ground_speed_m_s == 5.0


@pytest.mark.parametrize(
    "bad", [{"speed_m_s": 0.0}, {"acceleration_m_s2": -1.0}, {"speed_m_s": 5.0, "wind_east_m_s": 5.0}]
)
def test_motion_that_cannot_be_is_refused(bad: dict[str, float]):
    with pytest.raises(BadRequest):
        Motion(**bad)
