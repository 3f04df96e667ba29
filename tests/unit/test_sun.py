"""Where the sun stands, against an independent almanac."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest

from groundside.errors import BadRequest
from groundside.model.place import LonLat
from groundside.produce.logbook.local_days import local_date, midnight_us
from groundside.produce.logbook.sun import CIVIL_TWILIGHT_DEG, SUNRISE_DEG, elevation_deg
from groundside.produce.logbook.sun_day import Passage, crossings, sun_day
from tests import almanac

DAY_US = 86_400_000_000
ABISKO, EQUATOR = LonLat(18.8, 68.4), LonLat(30.0, 0.25)


@pytest.fixture(scope="module", autouse=True)
def _almanac() -> Iterator[None]:
    yield
    almanac.close()


@pytest.mark.parametrize("lat", [-90.0, -66.6, -33.0, 0.1, 23.4, 47.0, 60.0, 66.6, 78.0, 89.9])
def test_the_sun_stands_where_the_almanac_has_it_within_a_two_hundredth_of_a_degree(lat: float):
    chance = np.random.default_rng(abs(int(lat * 10)))
    lon = float(chance.uniform(-180.0, 180.0))
    us = chance.integers(631_152_000, 2_050_000_000, 60) * 1_000_000
    assert np.abs(elevation_deg(lon, lat, us) - almanac.elevation_deg(lon, lat, us)).max() < 0.005


def test_places_and_times_are_taken_together_as_arrays_are():
    us = np.array([[0], [DAY_US // 4]])
    both = elevation_deg([0.0, 90.0, np.nan], [10.0, -10.0, 0.0], us)
    assert both.shape == (2, 3)
    assert np.isnan(both[:, 2]).all()
    assert both[1, 1] == elevation_deg(90.0, -10.0, DAY_US // 4)


def test_a_quarter_of_a_turn_to_the_east_is_a_quarter_of_a_day_earlier():
    noon, six = elevation_deg(0.0, 10.0, DAY_US // 2), elevation_deg(90.0, 10.0, DAY_US // 4)
    assert noon == pytest.approx(float(six), abs=0.2)
    assert noon > 50.0


def test_an_ordinary_day_has_dawn_sunrise_sunset_and_dusk_in_this_order():
    found = sun_day(EQUATOR, date(2026, 3, 20), "Africa/Kampala")
    assert (found.horizon, found.twilight) == (Passage.PASSES, Passage.PASSES)
    events = [*found.dawns_us, *found.rises_us, *found.sets_us, *found.dusks_us]
    assert len(events) == 4
    assert events == sorted(events)
    assert found.start_us < events[0]
    assert events[-1] < found.end_us
    assert (found.rises_us[0] - found.dawns_us[0]) / 60e6 == pytest.approx(20.7, abs=0.2)


def test_a_day_has_the_crossings_that_the_almanac_has_to_the_second():
    for place, day in ((LonLat(8.5, 47.4), date(2024, 2, 29)), (LonLat(-149.9, 61.2), date(2026, 5, 1))):
        found = sun_day(place, day, "UTC")
        ours = sorted([*found.dawns_us, *found.rises_us, *found.sets_us, *found.dusks_us])
        theirs = [us for us, _, _ in almanac.pieces(place.lon, place.lat, (found.start_us, found.end_us))[1:]]
        assert len(ours) == len(theirs) > 2
        assert max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) < 500_000


@pytest.mark.parametrize(
    ("day", "horizon", "twilight"),
    [
        (date(2026, 6, 21), Passage.ABOVE, Passage.ABOVE),
        (date(2026, 12, 21), Passage.BELOW, Passage.PASSES),
        (date(2026, 5, 20), Passage.PASSES, Passage.ABOVE),
        (date(2026, 9, 20), Passage.PASSES, Passage.PASSES),
    ],
)
def test_polar_day_and_polar_night_are_said_and_have_no_sunrise(day: date, horizon: Passage, twilight: Passage):
    found = sun_day(ABISKO, day, "Europe/Stockholm")
    assert (found.horizon, found.twilight) == (horizon, twilight)
    assert bool(found.rises_us or found.sets_us) == (horizon is Passage.PASSES)
    assert bool(found.dawns_us or found.dusks_us) == (twilight is Passage.PASSES)


def test_at_the_pole_it_is_night_for_months_and_civil_twilight_for_weeks():
    pole = LonLat(0.0, 90.0)
    year = midnight_us(date(2026, 1, 1), "UTC"), midnight_us(date(2027, 1, 1), "UTC")
    (up, down) = crossings(pole, year, SUNRISE_DEG)
    (dawn, dusk) = crossings(pole, year, CIVIL_TWILIGHT_DEG)
    assert [c.up for c in (dawn, up, down, dusk)] == [True, True, False, False]
    assert local_date(up.us, "UTC") == date(2026, 3, 18)
    assert (up.us - dawn.us) / DAY_US == pytest.approx(13.2, abs=0.5)
    assert sun_day(pole, date(2026, 12, 24), "UTC").twilight is Passage.BELOW


def test_a_sun_that_shows_itself_for_a_minute_is_not_passed_over():
    """On its way into polar night a place has a last, ever shorter day: half a degree of latitude decides."""
    span = midnight_us(date(2026, 12, 1), "UTC"), midnight_us(date(2026, 12, 2), "UTC")
    low, high = 60.0, 75.0
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (middle, high) if crossings(LonLat(20.0, middle), span, SUNRISE_DEG) else (low, middle)
    up, down = crossings(LonLat(20.0, low), span, SUNRISE_DEG)
    assert up.up
    assert not down.up
    assert 0 < down.us - up.us < 60_000_000


def test_a_local_day_begins_at_local_midnight_or_where_clocks_skip_it():
    assert midnight_us(date(2026, 3, 29), "Europe/Zurich") == 1_774_738_800_000_000
    assert midnight_us(date(2026, 3, 30), "Europe/Zurich") - midnight_us(date(2026, 3, 29), "Europe/Zurich") == (
        23 * 3_600_000_000
    )
    skipped = midnight_us(date(2021, 3, 28), "Asia/Beirut")
    assert local_date(skipped, "Asia/Beirut") == date(2021, 3, 28)
    assert local_date(skipped - 1, "Asia/Beirut") == date(2021, 3, 27)


def test_what_is_no_place_or_no_time_zone_is_refused():
    with pytest.raises(BadRequest, match="is no position"):
        sun_day(LonLat(0.0, 0.0), date(2026, 1, 1), "UTC")
    with pytest.raises(BadRequest, match="Europe/Zurch") as caught:
        sun_day(ABISKO, date(2026, 1, 1), "Europe/Zurch")
    assert "Europe/Zurich" in str(caught.value)
