"""Flying time by light, and its sums."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from groundside.errors import BadRequest
from groundside.model.logbook import Basis, Grouping, Light, LoggedFlight, PassedBy, Sight
from groundside.model.place import LonLat
from groundside.produce.logbook.hours import BEFORE, totals
from groundside.produce.logbook.light import ALASKA, Window, lights
from groundside.produce.logbook.lines import lines
from groundside.produce.logbook.sun import elevation_deg
from groundside.produce.logbook.sun_day import sun_day
from tests import almanac
from tests.conftest import Figure
from tests.logbook_builders import FIELD, MINUTE_MS, NOON_US, SECOND_US, ZONE, carried, flight, line, utc_us

MINUTE_US = 60 * SECOND_US


@pytest.fixture(scope="module", autouse=True)
def _almanac() -> Iterator[None]:
    yield
    almanac.close()


def light_of(*flights: LoggedFlight) -> tuple[Light, ...]:
    return tuple(one.light or Light() for one in lines(flights, "UTC"))


def at_dusk(place_times: int, chance: np.random.Generator) -> Iterator[LoggedFlight]:
    """Flights of up to four hours that begin while the sun is low; four in ten beyond the polar circles."""
    for n in range(place_times):
        bounds = [(-66.0, 66.0), (66.6, 90.0), (-90.0, -66.6), (-66.0, 66.0), (-60.0, 60.0)][n % 5]
        height, lon, lat, start_us = 90.0, 0.0, 0.0, 0
        while not -12.0 < height < 4.0:
            lon, lat = float(chance.uniform(-180, 180)), float(chance.uniform(*bounds))
            start_us = int(chance.integers(1_546_300_800, 2_050_000_000)) * SECOND_US
            height = float(elevation_deg(lon, lat, start_us))
        yield flight(f"f{n}", start_us=start_us, minutes=float(chance.integers(5, 240)), place=LonLat(lon, lat))


def test_night_minutes_are_those_of_an_independent_almanac_also_near_the_poles(full: bool, figure: Figure):
    flights = list(at_dusk(2000 if full else 200, np.random.default_rng(6)))
    worst_ms, mixed = 0.0, 0
    for flown, ours in zip(flights, light_of(*flights), strict=True):
        place = flown.place or FIELD
        span = (flown.takeoff_us or 0, flown.landing_us or 0)
        theirs = dict.fromkeys(almanac.LIGHTS, 0.0)
        for begin_us, end_us, light in almanac.pieces(place.lon, place.lat, span):
            theirs[light] += (end_us - begin_us) / 1000
        mixed += max(theirs.values()) < (span[1] - span[0]) / 1000
        night = theirs["night"] / MINUTE_MS
        assert round(ours.night_ms / MINUTE_MS) == round(night) or abs(night % 1 - 0.5) < 4 / 60, flown
        apart = (ours.day_ms - theirs["day"], ours.twilight_ms - theirs["twilight"], ours.night_ms - theirs["night"])
        worst_ms = max(worst_ms, *map(abs, apart))
    figure("logbook: place-times of which the light was compared with skyfield", len(flights))
    figure("logbook: worst difference from skyfield's light, seconds", round(worst_ms / 1000, 2))
    assert mixed > len(flights) / 3
    assert worst_ms < 10_000.0, "where the sun grazes the horizon near a pole, an arc second is seconds of time"


def test_the_lights_of_a_flight_are_all_of_it_to_the_millisecond():
    flights = list(at_dusk(40, np.random.default_rng(1)))
    for flown, light in zip(flights, light_of(*flights), strict=True):
        whole = round((flown.airborne_s or 0) * 1000)
        assert light.day_ms + light.twilight_ms + light.night_ms == whole
        assert min(light.day_ms, light.twilight_ms, light.night_ms) >= 0


def evening(zone: str, place: LonLat, on: date) -> tuple[int, int]:
    """Sunset, and the end of civil twilight after it."""
    day = sun_day(place, on, zone)
    return day.sets_us[0], day.dusks_us[0]


def test_part_107_twilight_is_30_minutes_wherever_the_almanacs_is_shorter_or_longer():
    for lon, lat, zone, longer in ((30.0, 0.3, "Africa/Kampala", False), (-98.5, 52.0, "America/Chicago", True)):
        place, on = LonLat(lon, lat), date(2026, 6, 10)
        sunset_us, dusk_us = evening(zone, place, on)
        (light,) = light_of(flight(start_us=sunset_us - 10 * MINUTE_US, minutes=90.0, place=place, zone=zone))
        assert light.day_ms == pytest.approx(10 * MINUTE_MS, abs=200)
        assert light.part107_twilight_ms == pytest.approx(30 * MINUTE_MS, abs=200)
        assert light.twilight_ms == pytest.approx((dusk_us - sunset_us) / 1000, abs=200)
        assert (light.twilight_ms > light.part107_twilight_ms) is longer
        assert light.night_ms == 90 * MINUTE_MS - light.day_ms - light.twilight_ms


def test_in_alaska_part_107_twilight_is_that_of_the_almanac():
    place, on = LonLat(-149.9, 61.2), date(2026, 5, 20)
    sunset_us, _ = evening("America/Anchorage", place, on)
    there, elsewhere = light_of(
        flight("a", start_us=sunset_us, minutes=60.0, place=place, zone="America/Anchorage"),
        flight("b", start_us=sunset_us, minutes=60.0, place=place, zone="America/Vancouver"),
    )
    assert there.part107_twilight_ms == there.twilight_ms > 50 * MINUTE_MS
    assert elsewhere.part107_twilight_ms == pytest.approx(30 * MINUTE_MS, abs=200)
    assert replace(there, part107_twilight_ms=0) == replace(elsewhere, part107_twilight_ms=0)


def test_the_zones_of_alaska_are_all_that_the_time_zone_database_places_there():
    from importlib import resources

    table = (resources.files("tzdata") / "zoneinfo" / "zone1970.tab").read_text("utf-8").splitlines()
    rows = [row.split("\t") for row in table if not row.startswith("#")]
    assert {row[2] for row in rows if len(row) > 3 and ("Alaska" in row[3] or "Aleutian" in row[3])} == ALASKA


def test_thirty_minutes_also_count_around_a_sun_that_shows_itself_for_moments_only():
    """Near the polar circle the sun is up for some minutes: half an hour on either side is twilight of Part 107."""
    place, on = LonLat(20.0, 67.37), date(2026, 12, 21)
    day = sun_day(place, on, "Europe/Stockholm")
    (up_us,), (down_us,) = day.rises_us, day.sets_us
    assert down_us - up_us < 40 * MINUTE_US
    flown = flight(start_us=up_us - 60 * MINUTE_US, minutes=180.0, place=place, zone="Europe/Stockholm")
    (light,) = light_of(flown)
    assert light.day_ms == pytest.approx((down_us - up_us) / 1000, abs=3000)
    assert light.part107_twilight_ms == pytest.approx(60 * MINUTE_MS, abs=6000)


def test_a_flight_towards_the_sun_has_the_light_of_where_it_was():
    sunset_us, _ = evening(ZONE, FIELD, date(2026, 6, 1))
    west = tuple(PassedBy(sunset_us + n * MINUTE_US, FIELD.lon - n * 0.25, FIELD.lat) for n in range(31))
    here, moving = light_of(flight("h", start_us=sunset_us), flight("m", start_us=sunset_us, positions=west))
    assert here.day_ms < 2000
    assert moving.day_ms > 9 * MINUTE_MS


def test_a_track_over_the_antimeridian_stays_on_its_side_of_the_earth():
    lons = [179.98, 179.99, -179.99, -179.98]
    noon_us = utc_us(2026, 6, 1, 0)
    track = tuple(PassedBy(noon_us + n * 3 * MINUTE_US, lon, 10.0) for n, lon in enumerate(lons))
    (light,) = light_of(flight(start_us=noon_us, positions=track, zone="Pacific/Fiji"))
    assert light.day_ms == 10 * MINUTE_MS


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"place": None}, "light"),
        ({"place": LonLat(0.0, 0.0)}, "light"),
        ({"takeoff_us": None, "landing_us": None}, "light"),
        ({"landing_us": NOON_US + 40 * 86_400 * SECOND_US}, "light"),
    ],
)
def test_light_that_cannot_be_told_is_unknown_and_not_day(told: dict[str, object], why: str):
    (found,) = lines([flight(**told)], ZONE)
    assert found.light == Light(unknown_ms=10 * MINUTE_MS, part107_unknown_ms=10 * MINUTE_MS)
    assert any(why in note for note in found.notes)


def test_without_a_time_zone_part_107_twilight_is_unknown_and_the_day_is_counted_at_home():
    (found,) = lines([flight(zone="", start_us=utc_us(2026, 6, 2, 3))], ZONE)
    assert found.date == date(2026, 6, 1)
    assert found.light is not None
    assert found.light.part107_unknown_ms == 10 * MINUTE_MS
    assert found.light.unknown_ms == 0
    assert ZONE in found.notes[0]


@pytest.mark.parametrize(
    ("told", "total_ms", "basis"),
    [
        ({}, 600_000, Basis.AIRBORNE),
        ({"airborne_s": None}, 600_000, Basis.ENDS),
        ({"airborne_s": float("nan")}, 600_000, Basis.ENDS),
        ({"airborne_s": None, "landing_us": None, "recording_s": 660.4}, 660_400, Basis.RECORDING),
        ({"airborne_s": None, "landing_us": None}, None, Basis.UNKNOWN),
        ({"airborne_s": None, "landing_us": NOON_US - 1}, None, Basis.UNKNOWN),
    ],
)
def test_a_flight_counts_with_the_best_length_that_is_known_and_says_which(
    told: dict[str, object], total_ms: int | None, basis: Basis
):
    (found,) = lines([flight(**told)], ZONE)
    assert (found.total_ms, found.basis) == (total_ms, basis)


def test_a_flight_over_midnight_belongs_to_the_local_day_of_its_take_off():
    before, after = utc_us(2026, 7, 1, 4, 59), utc_us(2026, 7, 1, 5, 0)
    found = lines([flight("a", start_us=before), flight("b", start_us=after)], "UTC")
    assert [one.date for one in found] == [date(2026, 6, 30), date(2026, 7, 1)]


def test_a_wall_clock_without_zone_is_enough_for_the_date():
    (found,) = lines([flight(start_us=None, local_start="2024-02-29T23:59:00")], ZONE)
    assert found.date == date(2024, 2, 29)
    assert found.light == Light(unknown_ms=600_000, part107_unknown_ms=600_000)


def test_time_in_the_air_that_is_not_all_of_the_flight_shares_the_light_out():
    sunset_us, _ = evening(ZONE, FIELD, date(2026, 6, 1))
    (found,) = lines([flight(start_us=sunset_us - 10 * MINUTE_US, minutes=20.0, airborne_s=600.0)], ZONE)
    assert found.light is not None
    assert found.light.day_ms == pytest.approx(5 * MINUTE_MS, abs=200)
    assert found.light.day_ms + found.light.twilight_ms == found.total_ms == 10 * MINUTE_MS
    assert any("share" in note for note in found.notes)


def test_flights_are_looked_at_together_as_if_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("groundside.produce.logbook.light._TOGETHER", 5)
    flights = list(at_dusk(12, np.random.default_rng(3)))
    windows = [Window(f, f.takeoff_us or 0, f.landing_us or 0, round((f.airborne_s or 0) * 1000)) for f in flights]
    windows.insert(5, replace(windows[0], end_us=windows[0].start_us))
    assert lights(windows) == tuple(lights([one])[0] for one in windows)


def test_hours_are_grouped_by_every_key_and_each_has_the_same_whole():
    book = [
        line("1", date(2026, 1, 31), type="quad", aircraft="a1", purpose="roof", sight=Sight.WITHIN),
        line("2", date(2026, 2, 1), type="wing", aircraft="a2", purpose="", sight=Sight.BEYOND, night=4),
        line("3", None, type="", aircraft="a1", purpose="roof"),
    ]
    by = {by: totals(book, [], by).flown for by in Grouping}
    assert {sums.whole for sums in by.values()} == {by[Grouping.DAY].whole}
    assert [key for key, _ in by[Grouping.MONTH].groups] == ["", "2026-01", "2026-02"]
    assert [key for key, _ in by[Grouping.YEAR].groups] == ["", "2026"]
    assert {key: hours.total_ms for key, hours in by[Grouping.PURPOSE].groups} == {"": 600_000, "roof": 1_200_000}
    whole = by[Grouping.TYPE].whole
    assert (whole.flights, whole.total_ms, whole.night_ms) == (3, 1_800_000, 240_000)
    assert (whole.within_sight_ms, whole.beyond_sight_ms, whole.unknown_sight_ms) == (600_000, 600_000, 600_000)


def test_simulated_flights_are_kept_apart():
    found = totals([line("1", None), line("2", None, simulated=True, minutes=7)], [], Grouping.PILOT)
    assert found.flown.whole.total_ms == 10 * MINUTE_MS
    assert found.simulated.groups == (("ann", found.simulated.whole),)
    assert found.simulated.whole.total_ms == 7 * MINUTE_MS


def test_a_flight_of_unknown_length_is_named_and_in_no_sum():
    unknown = replace(line("1", None), total_ms=None, light=None, basis=Basis.UNKNOWN)
    found = totals([unknown, line("2", None)], [], Grouping.DAY)
    assert [out.flight_id for out in found.unknown] == ["1"]
    assert found.flown.whole.flights == 1


def test_the_same_flight_given_twice_counts_once():
    found = totals([line("1", None), line("1", None)], [], Grouping.DAY)
    assert found.flown.whole.flights == 1
    assert found.repeated == ("1",)


def test_carried_over_hours_stand_for_the_flights_before_their_date_and_are_never_counted_twice():
    book = [line("old", date(2025, 12, 31)), line("new", date(2026, 1, 1)), line("other", date(2025, 1, 1), pilot="bo")]
    found = totals(book, [carried(day_ms=500 * MINUTE_MS, night_ms=60 * MINUTE_MS)], Grouping.MONTH)
    assert [(out.flight_id, "book" in out.why) for out in found.covered] == [("old", True)]
    assert dict(found.flown.groups).keys() == {"2025-01", "2026-01", f"{BEFORE}2026-01-01"}
    whole = found.flown.whole
    assert (whole.total_ms, whole.carried_ms, whole.flights) == (620 * MINUTE_MS, 600 * MINUTE_MS, 2)
    assert whole.unknown_light_ms == 40 * MINUTE_MS
    assert whole.part107_unknown_ms == 600 * MINUTE_MS


def test_a_flight_that_carried_over_hours_may_hold_is_left_out_and_named():
    found = totals([line("1", None)], [carried()], Grouping.DAY)
    assert [out.flight_id for out in found.doubtful] == ["1"]
    of_aircraft = [line("2", date(2025, 5, 5), aircraft=""), line("3", date(2025, 5, 5), aircraft="a2")]
    found = totals(of_aircraft, [carried(aircraft="a1")], Grouping.DAY)
    assert [out.flight_id for out in found.doubtful] == ["2"]
    assert found.flown.whole.flights == 1


def test_simulated_flights_are_not_held_by_carried_over_hours_of_real_ones():
    found = totals([line("1", date(2025, 5, 5), simulated=True)], [carried()], Grouping.DAY)
    assert found.simulated.whole.flights == 1
    assert found.covered == ()


def test_carried_over_hours_that_follow_each_other_or_are_of_different_aircraft_stand_side_by_side():
    first = carried("first", as_of=date(2020, 1, 1))
    later = carried("later", since=date(2020, 1, 1))
    assert totals([], [first, later], Grouping.DAY).flown.whole.carried_ms == 1200 * MINUTE_MS
    assert totals([], [carried("x", type="a"), carried("y", type="b")], Grouping.TYPE).flown.whole.flights == 0


@pytest.mark.parametrize(
    ("book", "why"),
    [
        ([carried("x"), carried("y", aircraft="a1")], "same flights"),
        ([carried("x", as_of=date(2020, 1, 2)), carried("y", since=date(2020, 1, 1))], "same flights"),
        ([carried(day_ms=500 * MINUTE_MS, night_ms=101 * MINUTE_MS)], "more than their total"),
        ([carried(within_sight_ms=601 * MINUTE_MS)], "more than their total"),
        ([carried(minutes=-1)], "negative"),
        ([carried(since=date(2026, 1, 1))], "not before"),
    ],
)
def test_carried_over_hours_that_cannot_be_are_refused(book: list[object], why: str):
    with pytest.raises(BadRequest, match=why):
        totals([], book, Grouping.DAY)  # type: ignore[arg-type]
