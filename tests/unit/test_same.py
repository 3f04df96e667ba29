"""Whether two files tell of one flight."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from groundside.model.flight import Cut
from groundside.model.place import LonLat
from groundside.model.recording import Aircraft, TimeBasis
from groundside.model.track import Track
from groundside.produce.flight.cut import cut
from groundside.produce.flight.same import Match, Telling, Verdict, compare
from groundside.produce.flight.telling import on_fitted_clock
from tests.builders import FIELD, START_US, legs, recording, track

SAME, OFFER, DIFFERENT = Verdict.SAME, Verdict.OFFER, Verdict.DIFFERENT
LENGTH_S = 300
T = np.arange(LENGTH_S * 10) / 10
HEIGHT = legs((10, 0), (20, 45), (100, 45), (40, 70), (80, 20), (30, 0), (20, 0))
EAST = np.where(T > 20, 4.0 * (T - 20) * np.cos(0.02 * T), 0.0)
NORTH = np.where(T > 20, 3.0 * (T - 20) * np.sin(0.031 * T), 0.0)
ZONE = "America/Chicago"
"""The time zone of `FIELD`."""


def telling(of: Track | None, name: str = "log", **stated: Any) -> Telling:
    return Telling(cut(recording(of, **stated), of)[0], of, name)


def flown(**changes: Any) -> Track:
    return track(**{"east": EAST, "north": NORTH, "height_m": HEIGHT, **changes})


def locked(**stated: Any) -> Telling:
    said: dict[str, Any] = {
        "time_basis": TimeBasis.UTC_DEVICE, "duration_s": LENGTH_S - 0.1, "home": FIELD, "distance_m": 2000.0,
        "max_height_m": 70.0, "track_locked": True, "rows_expected": T.size, "time_error_s": 1.0,
    }  # fmt: skip
    return telling(None, "record", **{**said, **stated})


def wall(us: int, zone: str = ZONE) -> str:
    """What a clock on the wall in a zone shows."""
    return datetime.fromtimestamp(us / 1e6, UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat()


def clip(
    first: int = 600, last: int = 1400, *, step_deg: float = 1e-6, shift_s: float = 0.0, **changes: Any
) -> Telling:
    """Some rows of the flight as a subtitle tells them: rounded, on a clock from 0, with a wall clock."""
    whole = flown()
    rows = slice(first, last)
    columns = {n: np.round(whole.floats(n)[rows] / step_deg) * step_deg for n in ("lon", "lat")}
    times = ((np.arange(last - first) / 10) * 1e6).astype(np.int64)
    of = track(
        **{"basis": TimeBasis.LOCAL, "time_us": times, "height_m": np.round(HEIGHT[rows], 1), **columns, **changes}
    )
    start = wall(START_US + first * 100_000 + round(shift_s * 1e6))
    return telling(of, "subtitle", local_start=start if of.time_basis is TimeBasis.LOCAL else "")


def both_ways(one: Telling, other: Telling) -> Match:
    """Compare, and see that the order does not matter for the verdict."""
    match = compare(one, other)
    assert compare(other, one).verdict is match.verdict
    return match


def test_two_logs_of_one_flight_are_the_same():
    noise = np.random.default_rng(0).normal(0, 1.0, (2, T.size))
    other = flown(east=EAST + noise[0], north=NORTH + noise[1], basis=TimeBasis.UTC_DEVICE, error_s=0.5)
    match = both_ways(telling(flown()), telling(other))
    assert match.verdict is SAME
    assert match.clock_offset_s is None


def test_a_clock_off_by_less_than_it_may_be_does_not_part_them():
    other = flown(start_us=START_US + 800_000, basis=TimeBasis.UTC_DEVICE, error_s=1.0)
    assert both_ways(telling(flown()), telling(other)).verdict is SAME


def test_a_log_that_began_later_and_ended_earlier_is_the_same():
    rows = slice(400, 2500)
    other = track(east=EAST[rows], north=NORTH[rows], height_m=HEIGHT[rows], start_us=START_US + 40_000_000)
    assert both_ways(telling(flown()), telling(other)).verdict is SAME


def test_two_aircraft_at_one_site_at_one_time_are_different():
    other = flown(east=-EAST, north=NORTH + 20)
    match = both_ways(telling(flown()), telling(other))
    assert match.verdict is DIFFERENT
    assert "apart" in match.why


def test_two_aircraft_in_formation_are_not_merged():
    assert both_ways(telling(flown()), telling(flown(east=EAST + 15))).verdict is OFFER
    assert both_ways(telling(flown()), telling(flown(height_m=HEIGHT + 25))).verdict is OFFER
    assert both_ways(telling(flown()), telling(flown(east=EAST + 60))).verdict is DIFFERENT


def test_two_aircraft_that_hover_over_one_field_are_not_merged():
    still = {"east": 0.0, "north": np.zeros(T.size)}
    other = flown(**still, start_us=START_US + 40_000_000)
    match = both_ways(telling(flown(**still)), telling(other))
    assert match.verdict is OFFER
    assert "any other would fit" in match.why


def test_two_serial_numbers_are_never_merged():
    one = telling(flown(), aircraft=Aircraft(serial="AAAA1111"))
    assert both_ways(one, telling(flown(), aircraft=Aircraft(serial="BBBB2222"))).verdict is OFFER
    assert both_ways(one, locked(aircraft=Aircraft(serial="BBBB2222"))).verdict is DIFFERENT
    assert both_ways(one, telling(flown(), aircraft=Aircraft(serial="aaaa1111 "))).verdict is SAME
    assert both_ways(one, telling(flown(), aircraft=Aircraft(serial="AAAA1111XYZ"))).verdict is SAME


def test_flights_one_after_another_are_different():
    later = telling(flown(start_us=START_US + 400_000_000))
    assert both_ways(telling(flown()), later).verdict is DIFFERENT


@pytest.mark.parametrize("hours", [-6, 1, 5.5])
def test_a_clock_off_by_a_time_zone_is_offered(hours: float):
    shift_us = round(hours * 3600e6)
    match = compare(telling(flown()), telling(flown(start_us=START_US + shift_us)))
    assert match.verdict is OFFER
    assert match.clock_offset_s == pytest.approx(-hours * 3600)
    assert "time zone" in match.why


def test_another_flight_exactly_an_hour_later_is_different():
    later = flown(east=-EAST, start_us=START_US + 3_600_000_000)
    assert both_ways(telling(flown()), telling(later)).verdict is DIFFERENT


def test_the_same_record_an_hour_off_is_offered_by_its_header():
    assert both_ways(telling(flown()), locked(start_us=START_US + 3_600_000_000)).verdict is OFFER


def test_a_locked_record_is_the_same_by_start_length_home_and_rows():
    match = both_ways(telling(flown()), locked(start_us=START_US + 400_000))
    assert match.verdict is SAME
    assert f"{T.size} positions in each" in match.why


@pytest.mark.parametrize(
    ("stated", "verdict"),
    [
        ({"start_us": START_US + 6_000_000}, OFFER),
        ({"duration_s": LENGTH_S + 4.0}, OFFER),
        ({"home": LonLat(FIELD.lon + 0.001, FIELD.lat)}, DIFFERENT),
        ({"home": None, "rows_expected": None}, OFFER),
        ({"home": None}, SAME),
        ({"start_us": START_US + 600_000_000}, DIFFERENT),
    ],
)
def test_a_locked_record_that_does_not_quite_agree_is_not_merged(stated: dict[str, Any], verdict: Verdict):
    assert both_ways(telling(flown()), locked(**stated)).verdict is verdict


def test_two_locked_records_with_different_distances_are_not_merged():
    assert both_ways(locked(), locked(distance_m=3000.0)).verdict is OFFER
    assert both_ways(locked(), locked()).verdict is SAME


def test_a_subtitle_is_the_same_where_its_track_fits_and_its_wall_clock_agrees():
    match = both_ways(telling(flown()), clip(shift_s=3.0))
    assert match.verdict is SAME
    assert match.clock_offset_s == pytest.approx(START_US / 1e6 + 60.0, abs=0.1)
    assert match.clock_error_s is not None
    assert match.clock_error_s < 1.0


def test_a_subtitle_with_coarse_positions_is_the_same_too():
    match = both_ways(telling(flown()), clip(100, 2500, step_deg=1e-4))
    assert match.verdict is SAME
    assert match.clock_offset_s == pytest.approx(START_US / 1e6 + 10.0, abs=3.0)


def test_a_fitted_subtitle_is_put_on_utc_with_its_error():
    found = clip()
    match = compare(telling(flown()), found)
    assert match.clock_offset_s is not None
    fitted = on_fitted_clock(found, match.clock_offset_s, 0.3)
    assert (fitted.cut.time_basis, fitted.cut.time_error_s) == (TimeBasis.UTC_FITTED, 0.3)
    assert fitted.track is not None
    assert fitted.track.time_us[0] / 1e6 == pytest.approx(START_US / 1e6 + 60.0, abs=0.1)
    assert fitted.cut.recording_start_us == fitted.track.time_us[0]
    assert both_ways(telling(flown()), fitted).verdict is SAME


def test_the_same_route_flown_on_another_day_is_not_merged():
    match = both_ways(telling(flown()), clip(shift_s=86_400 * 3))
    assert match.verdict is OFFER
    assert "the same route flown again" in match.why


def test_a_wall_clock_of_another_zone_is_offered():
    assert both_ways(telling(flown()), clip(shift_s=2 * 3600.0)).verdict is OFFER


def test_a_subtitle_that_hardly_moves_is_offered_by_its_wall_clock_only():
    still = {"lon": FIELD.lon + 1e-6, "lat": FIELD.lat}
    here = telling(flown(east=0.0, north=np.zeros(T.size)))
    assert both_ways(here, clip(**still)).verdict is OFFER
    assert both_ways(here, clip(**still, shift_s=86_400.0)).verdict is DIFFERENT


def test_a_subtitle_that_fits_at_two_offsets_is_offered():
    lap_s = 60.0
    round_trip = {"east": 80 * np.cos(2 * np.pi * T / lap_s), "north": 80 * np.sin(2 * np.pi * T / lap_s)}
    laps = track(**round_trip, height_m=30.0)
    part = slice(600, 1100)
    of = track(
        **{n: v[part] for n, v in round_trip.items()},
        height_m=30.0,
        basis=TimeBasis.LOCAL,
        time_us=(np.arange(500) * 100_000).astype(np.int64),
    )
    match = both_ways(telling(laps), telling(of, local_start=wall(START_US + 60_000_000)))
    assert match.verdict is OFFER
    assert "another offset" in match.why


def test_a_subtitle_at_another_height_is_not_merged():
    assert both_ways(telling(flown()), clip(height_m=HEIGHT[600:1400] + 40)).verdict is OFFER


def test_a_subtitle_of_another_flight_is_different():
    elsewhere = flown(east=-EAST - 300)
    assert both_ways(telling(elsewhere), clip()).verdict is DIFFERENT


def test_without_any_wall_clock_only_the_very_same_samples_are_merged():
    assert both_ways(telling(flown()), clip(basis=TimeBasis.BOOT)).verdict is SAME
    again = flown(east=EAST + np.random.default_rng(3).normal(0, 0.5, T.size) + 2.5)
    assert both_ways(telling(again), clip(basis=TimeBasis.BOOT)).verdict is OFFER
    assert both_ways(telling(flown()), clip(100, 2500, basis=TimeBasis.BOOT, step_deg=1e-4)).verdict is OFFER


def from_the_pad(heading: float, basis: TimeBasis = TimeBasis.UTC_GNSS, **changes: Any) -> Track:
    """Little more than half of the time over the pad, then far from it and back."""
    out = np.interp(T, (76.0, 150.0, 224.0), (0.0, 1480.0, 0.0))
    sway = np.random.default_rng(round(heading * 10)).normal(0.0, 0.3, (2, T.size))
    east, north = out * np.sin(heading) + sway[0], out * np.cos(heading) + sway[1]
    return track(east=east, north=north, height_m=legs((10, 0), (5, 30), (270, 30), (15, 0)), basis=basis, **changes)


def test_flights_from_one_pad_are_not_one_flight_because_they_are_there_for_half_of_the_time():
    times = (T * 1e6).astype(np.int64)
    boot = telling(from_the_pad(2.0, TimeBasis.BOOT, time_us=times))
    assert both_ways(telling(from_the_pad(2.0)), boot).verdict is SAME
    assert both_ways(telling(from_the_pad(2.1)), boot).verdict is DIFFERENT
    assert "15% of it lie" in compare(telling(from_the_pad(0.5)), boot).why
    shown = telling(from_the_pad(0.5, TimeBasis.LOCAL, time_us=times), local_start=wall(START_US + 3_000_000))
    match = both_ways(telling(from_the_pad(2.0)), shown)
    assert match.verdict is OFFER
    assert "15% of it lie" in match.why


def test_a_device_clock_is_not_moved_to_a_flight_that_began_at_the_same_pad():
    away = {"basis": TimeBasis.UTC_DEVICE, "error_s": 0.5, "time_us": START_US + ((T + 37.0) * 1e6).astype(np.int64)}
    assert compare(telling(from_the_pad(2.0, **away)), telling(from_the_pad(2.0))).verdict is SAME
    assert compare(telling(from_the_pad(0.5, **away)), telling(from_the_pad(2.0))).verdict is not SAME


def test_a_subtitle_and_a_locked_record_are_never_merged():
    assert both_ways(locked(), clip()).verdict is OFFER
    assert both_ways(locked(), clip(shift_s=7200.0)).verdict is DIFFERENT
    assert both_ways(locked(home=LonLat(10.0, 50.0)), clip()).verdict is DIFFERENT


def test_two_subtitles_on_one_wall_clock_are_compared_on_it():
    assert both_ways(clip(), clip()).verdict is SAME
    assert both_ways(clip(600, 1400), clip(1400, 2200)).verdict is DIFFERENT


def test_the_track_of_a_whole_recording_and_of_the_flight_alone_do_alike():
    hop = ((5, 30), (60, 30), (5, 0), (40, 0))
    east = np.concatenate(
        (np.zeros(300), np.linspace(0, 300, 700), np.linspace(300, 300, 400), np.linspace(300, 0, 1100))
    )
    of = track(height_m=legs((30, 0), *hop, *hop), east=east[:2500], north=0.0)
    second = cut(recording(of), of)[1]
    alone = Track(of.table.slice(second.first_row, second.track_rows), of.time_basis, of.time_error_s)
    assert both_ways(Telling(second, of, "whole"), Telling(second, alone, "alone")).verdict is SAME


def test_a_summary_on_utc_whose_track_is_not_is_compared_by_its_header():
    found = clip()
    assert found.track is not None
    joined = Telling(locked().cut, found.track, "subtitle")
    assert both_ways(joined, telling(flown())).verdict is SAME


@pytest.mark.parametrize("basis", list(TimeBasis))
def test_tellings_that_know_nothing_are_different(basis: TimeBasis):
    nothing = Telling(
        Cut(
            ordinal=0,
            first_row=0,
            end_row=0,
            time_basis=basis,
            time_error_s=None,
            recording_start_us=None,
            recording_s=None,
        ),
        None,
        "nothing",
    )
    for other in (nothing, telling(flown()), locked(), clip()):
        assert both_ways(nothing, other).verdict is DIFFERENT


def test_positions_that_are_all_unknown_are_no_track():
    lost = telling(flown(east=np.nan), home=FIELD)
    assert both_ways(lost, telling(flown())).verdict is SAME
    assert both_ways(replace(lost, cut=replace(lost.cut, home=None)), clip()).verdict is DIFFERENT


def shifted(seconds: float, basis: TimeBasis = TimeBasis.UTC_DEVICE, **changes: Any) -> Telling:
    """The same flight by a recorder whose clock is off."""
    times = START_US + ((T + seconds) * 1e6).astype(np.int64)
    return telling(flown(basis=basis, time_us=times, **changes), "device", time_basis=basis, time_error_s=0.5)


@pytest.mark.parametrize("seconds", [-100.0, -8.4, 37.0])
def test_a_device_clock_that_is_off_is_moved_to_the_satellites_where_the_tracks_lie_on_each_other(seconds: float):
    match = compare(shifted(seconds), telling(flown()))
    assert match.verdict is SAME
    assert match.clock_offset_s == pytest.approx(-seconds, abs=0.2)
    assert match.clock_error_s is not None and match.clock_error_s < 2


def test_two_satellite_clocks_are_never_moved():
    assert compare(shifted(37.0, TimeBasis.UTC_GNSS), telling(flown())).verdict is not SAME


def test_a_device_clock_is_not_moved_to_a_route_flown_again_some_metres_aside():
    match = compare(shifted(37.0, east=EAST + 4.0), telling(flown()))
    assert match.verdict is not SAME


def test_a_device_clock_moved_moves_take_off_and_landing_with_it():
    told = shifted(37.0)
    moved = on_fitted_clock(told, -37.0, 0.5)
    assert moved.cut.time_basis is TimeBasis.UTC_FITTED
    assert told.cut.takeoff_us is not None
    assert moved.cut.takeoff_us == told.cut.takeoff_us - 37_000_000
    assert moved.cut.recording_start_us == START_US


def hovering(over_s: float, noise_m: float, seed: int) -> tuple[Telling, Telling]:
    """A flight of which most is hover, by two recorders: one with UTC, one without any clock."""
    rng = np.random.default_rng(seed)
    t = np.arange(0.0, over_s + 150.0, 0.2)
    east = np.interp(t, over_s / 2 + np.array([0.0, 75.0, 150.0]), (0.0, 900.0, 0.0))
    each = [rng.normal(0.0, noise_m, (2, t.size)) for _ in range(2)]
    height = legs((10, 0), (5, 30), (over_s + 120.0, 30), (15, 0), hz=5.0)[: t.size]
    whole, clip = (
        track(east=east + n[0], north=n[1], height_m=height, time_us=start + (t * 1e6).astype(np.int64), basis=basis)
        for n, start, basis in zip(each, (START_US, 0), (TimeBasis.UTC_GNSS, TimeBasis.BOOT), strict=True)
    )
    return telling(whole), telling(clip)


@pytest.mark.parametrize("seed", range(4))
def test_a_flight_that_hovered_most_of_the_time_is_offered_by_the_rest_of_it(seed: int):
    match = both_ways(*hovering(300.0, 0.3, seed))
    assert match.verdict is OFFER
    assert match.clock_offset_s == pytest.approx(START_US / 1e6, abs=1.0)


@pytest.mark.parametrize(("lost_s", "verdict"), [(0.0, SAME), (30.0, SAME), (90.0, DIFFERENT)])
def test_a_link_that_broke_off_for_a_while_does_not_part_a_flight(lost_s: float, verdict: Verdict):
    rows = np.flatnonzero((T < 100.0) | (100.0 + lost_s <= T))
    columns = {"east": EAST[rows], "north": NORTH[rows], "height_m": HEIGHT[rows]}
    other = telling(track(**columns, time_us=START_US + (T[rows] * 1e6).astype(np.int64)))
    whole = telling(flown(basis=TimeBasis.BOOT, time_us=(T * 1e6).astype(np.int64)))
    assert both_ways(whole, other).verdict is verdict
