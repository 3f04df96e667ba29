"""Flights out of recordings whose tracks say plainly what happened."""

import numpy as np
import pytest

from groundside.model.flight import Cut
from groundside.model.place import LonLat
from groundside.model.recording import Aircraft, Battery, TimeBasis
from groundside.model.track import Track
from groundside.produce.flight.cut import cut
from tests.builders import FIELD, START_US, legs, recording, track

ONE_HEIGHT = legs((30, 0), (20, 40), (100, 40), (20, 0), (30, 0))
"""On the ground for 30 s, in the air for 140 s, on the ground for 30 s."""


def one_flight(**changes: object) -> Track:
    east = legs((50, 0), (50, 400), (50, 0), (50, 0))
    return track(**{"height_m": ONE_HEIGHT, "east": east, "north": 0.0, **changes})


def only(found: tuple[Cut, ...]) -> Cut:
    assert len(found) == 1
    return found[0]


def says(found: Cut, words: str) -> bool:
    return any(words in inference for inference in found.inferences)


def seconds(us: int | None) -> float:
    assert us is not None
    return (us - START_US) / 1e6


def test_take_off_and_landing_are_the_recorders_own_where_it_says_so():
    in_air = (legs((40, 0), (0.01, 1), (119.99, 1), (0.01, 0), (39.99, 0)) > 0.5).tolist()
    of = one_flight(in_air=in_air)
    found = only(cut(recording(of), of))
    assert seconds(found.takeoff_us) == pytest.approx(40.0, abs=0.15)
    assert seconds(found.landing_us) == pytest.approx(160.0, abs=0.15)
    assert found.airborne_s == pytest.approx(120.0, abs=0.2)
    assert not says(found, "inferred")


@pytest.mark.parametrize("armed", [None, [False] * 200 + [True] * 1600 + [False] * 200])
def test_take_off_and_landing_are_inferred_from_height_and_speed_else(armed: list[bool] | None):
    of = one_flight(armed=armed) if armed else one_flight()
    found = only(cut(recording(of), of))
    assert seconds(found.takeoff_us) == pytest.approx(30.0, abs=1.0)
    assert seconds(found.landing_us) == pytest.approx(170.0, abs=1.0)
    assert says(found, "take-off and landing were inferred from height above take-off and speed")
    assert says(found, "arming") is bool(armed)


def test_a_satellite_track_is_cut_by_its_altitude():
    noise = np.random.default_rng(1).normal(0, 0.4, ONE_HEIGHT.size)
    east = legs((50, 0), (50, 400), (50, 0), (50, 0))
    of = track(altitude_m=ONE_HEIGHT + 312.0 + noise, east=east, north=0.0)
    found = only(cut(recording(of), of))
    assert found.airborne_s == pytest.approx(138.0, abs=4.0)
    assert found.max_height_m == pytest.approx(40.0, abs=3.0)
    assert says(found, "altitude at this flight's take-off")


def test_a_track_without_positions_is_cut_all_the_same():
    of = track(height_m=ONE_HEIGHT, lon=np.nan, lat=np.nan)
    found = only(cut(recording(of), of))
    assert found.airborne_s == pytest.approx(139.0, abs=2.0)
    assert (found.distance_m, found.home, found.max_range_m, found.max_speed_mps) == (None, None, None, None)


def test_totals_are_those_of_the_path():
    of = one_flight()
    found = only(cut(recording(of), of))
    assert found.distance_m == pytest.approx(800.0, rel=0.01)
    assert found.distance_basis == "summed along the track"
    assert found.max_height_m == pytest.approx(40.0, abs=0.01)
    assert found.max_speed_mps == pytest.approx(8.0, abs=0.1)
    assert found.max_range_m == pytest.approx(400.0, abs=1.0)
    assert found.home is not None
    assert (found.home.lon, found.home.lat) == pytest.approx((FIELD.lon, FIELD.lat), abs=1e-6)


def test_what_the_recorder_states_goes_before_what_is_summed():
    of = one_flight()
    home = LonLat(-100.4, 45.4)
    found = only(cut(recording(of, distance_m=812.5, home=home), of))
    assert (found.distance_m, found.distance_basis, found.home) == (812.5, "stated by the recorder", home)
    assert found.max_range_m is not None
    assert found.max_range_m > 10_000


def test_a_home_that_is_no_position_is_not_taken():
    of = one_flight()
    found = only(cut(recording(of, home=LonLat(0, 0)), of))
    assert found.home is not None
    assert found.home.is_position
    assert says(found, "home is the position at take-off")


def test_noise_in_a_hover_is_no_distance():
    noise = np.random.default_rng(2).normal(0, 0.05, (2, ONE_HEIGHT.size))
    of = track(height_m=ONE_HEIGHT, east=noise[0], north=noise[1])
    distance = only(cut(recording(of), of)).distance_m
    summed_anyhow = np.hypot(*np.diff(noise, axis=1)).sum()
    assert distance is not None
    assert summed_anyhow > 150
    assert distance < 2.0


def test_a_spike_of_one_sample_is_neither_the_greatest_height_nor_the_greatest_speed():
    height, speed = ONE_HEIGHT.copy(), np.full(ONE_HEIGHT.size, 3.0)
    height[800], speed[900] = 900.0, 99.0
    of = track(height_m=height, vn_mps=speed, ve_mps=0.0, east=0.0)
    found = only(cut(recording(of), of))
    assert found.max_height_m == pytest.approx(40.0)
    assert found.max_speed_mps == pytest.approx(3.0)


def test_a_position_that_cannot_have_been_reached_is_left_out():
    east = legs((50, 0), (50, 400), (50, 0), (50, 0))
    east[700:703] = 500_000.0
    of = one_flight(east=east)
    found = only(cut(recording(of), of))
    assert found.distance_m == pytest.approx(800.0, rel=0.01)
    assert found.max_range_m == pytest.approx(400.0, abs=1.0)


def test_a_jump_between_two_stretches_is_not_counted_as_flown():
    east = legs((50, 0), (50, 400), (50, 0), (50, 0))
    east[1000:] += 700.0
    of = one_flight(east=east)
    found = only(cut(recording(of), of))
    assert found.distance_m == pytest.approx(800.0, rel=0.01)
    assert says(found, "positions jump by 70")


def test_the_way_across_a_gap_is_counted_straight_and_said():
    east = legs((50, 0), (50, 400), (50, 0), (50, 0))
    east[600:900] = np.nan
    of = one_flight(east=east)
    found = only(cut(recording(of), of))
    assert found.distance_m == pytest.approx(800.0, rel=0.02)
    assert says(found, "no position is known for 30 s in the air")


def test_each_take_off_and_landing_makes_a_flight_of_its_own():
    hop = ((5, 30), (60, 30), (5, 0), (40, 0))
    of = track(height_m=legs((30, 0), *hop, *hop, *hop), east=0.0)
    found = cut(recording(of, distance_m=99.0, duration_s=500.0), of)
    assert [f.ordinal for f in found] == [0, 1, 2]
    assert [round(f.airborne_s or 0) for f in found] == [pytest.approx(70, abs=2)] * 3
    assert [f.distance_basis for f in found] == ["summed along the track"] * 3
    assert sum(f.recording_s or 0 for f in found) == pytest.approx(359.9, abs=0.3)
    assert all(says(f, "of 3 in this recording") for f in found)


def test_the_rows_between_two_flights_are_shared_out_in_the_middle():
    hop = ((5, 30), (60, 30), (5, 0), (40, 0))
    of = track(height_m=legs((30, 0), *hop, *hop), east=0.0)
    first, second = cut(recording(of), of)
    assert (first.first_row, first.end_row) == (0, second.first_row)
    assert second.end_row == of.table.num_rows
    assert first.end_row == pytest.approx(1200, abs=15)
    assert second.recording_start_us == of.time_us[second.first_row]
    assert second.track_rows == second.end_row - second.first_row


def test_later_flights_have_their_own_home_and_height():
    east = legs((30, 0), (70, 500), (40, 500), (70, 500), (40, 500))
    hop = ((5, 30), (60, 30), (5, 12), (40, 12), (5, 42), (60, 42), (5, 12), (40, 12))
    in_air = ([False] * 300 + [True] * 700 + [False] * 400) + ([True] * 700 + [False] * 400)
    of = track(height_m=legs((30, 0), *hop), east=east, north=0.0, in_air=in_air)
    first, second = cut(recording(of, home=FIELD), of)
    assert first.max_height_m == pytest.approx(30.0, abs=0.1)
    assert second.max_height_m == pytest.approx(30.0, abs=0.1)
    assert second.max_range_m == pytest.approx(0.0, abs=1.0)


def test_a_local_wall_clock_is_moved_on_for_later_flights():
    hop = ((5, 30), (60, 30), (5, 0), (40, 0))
    of = track(height_m=legs((30, 0), *hop, *hop), east=0.0, basis=TimeBasis.LOCAL)
    first, second = cut(recording(of, local_start="2024-06-01T10:00:00"), of)
    assert first.local_start == "2024-06-01T10:00:00"
    assert second.local_start.startswith("2024-06-01T10:02:0")
    assert (second.recording_start_us, second.takeoff_us) == (None, None)


@pytest.mark.parametrize(("down_s", "flights"), [(4, 1), (9, 1), (11, 2), (60, 2)])
def test_a_touch_down_of_under_ten_seconds_does_not_end_a_flight(down_s: int, flights: int):
    in_air = [False] * 100 + [True] * 600 + [False] * (10 * down_s) + [True] * 600 + [False] * 100
    of = track(in_air=in_air)
    found = cut(recording(of), of)
    assert len(found) == flights
    assert says(found[0], "a touch-down of") is (flights == 1)


def test_a_recording_that_begins_in_the_air_has_no_take_off():
    of = track(height_m=legs((60, 30), (20, 0), (30, 0), start=30.0), east=0.0)
    found = only(cut(recording(of), of))
    assert found.takeoff_us is None
    assert seconds(found.landing_us) == pytest.approx(80.0, abs=2.0)
    assert found.airborne_s == pytest.approx(80.0, abs=2.0)
    assert found.home is None
    assert says(found, "begins in the air")


def test_a_recording_that_ends_in_the_air_has_no_landing():
    of = track(height_m=legs((30, 0), (20, 40), (60, 40)), in_air=[False] * 300 + [True] * 800)
    found = only(cut(recording(of), of))
    assert found.landing_us is None
    assert found.airborne_s == pytest.approx(79.9, abs=0.2)
    assert says(found, "ends in the air")


def test_a_recording_that_stops_as_the_aircraft_lands_has_a_landing():
    of = track(height_m=legs((30, 0), (20, 40), (60, 40), (40, 0), (1, 0)), in_air=[False] * 300 + [True] * 1210)
    found = only(cut(recording(of), of))
    assert seconds(found.landing_us) == pytest.approx(150.9, abs=0.2)
    assert says(found, "ends as the aircraft lands")


@pytest.mark.parametrize("basis", [TimeBasis.BOOT, TimeBasis.LOCAL, TimeBasis.NONE])
def test_where_utc_is_unknown_so_are_take_off_and_landing(basis: TimeBasis):
    of = one_flight(basis=basis, start_us=5_000_000)
    found = only(cut(recording(of), of))
    assert (found.takeoff_us, found.landing_us, found.recording_start_us) == (None, None, None)
    assert found.airborne_s == pytest.approx(139.0, abs=2.0)
    assert found.time_error_s is None


def test_a_single_flight_has_the_start_and_length_that_the_recording_states():
    of = one_flight()
    found = only(cut(recording(of, start_us=START_US - 700_000, duration_s=201.3), of))
    assert (found.recording_start_us, found.recording_s) == (START_US - 700_000, 201.3)


def test_start_and_length_are_the_tracks_where_the_recording_does_not_state_them():
    of = one_flight()
    found = only(cut(recording(of, start_us=None, duration_s=None), of))
    assert (found.recording_start_us, found.recording_s) == (START_US, pytest.approx(199.9))


def test_aircraft_and_batteries_are_handed_on():
    of = one_flight()
    aircraft, batteries = Aircraft(serial="TEST-1"), (Battery(slot=2, serial="B-2"),)
    found = only(cut(recording(of, aircraft=aircraft, batteries=batteries, inferences=("said before",)), of))
    assert (found.aircraft, found.batteries) == (aircraft, batteries)
    assert found.inferences[0] == "said before"


def test_a_locked_record_is_one_flight_out_of_its_header():
    found = only(
        cut(
            recording(
                duration_s=300.0,
                distance_m=1234.0,
                max_height_m=88.0,
                track_locked=True,
                rows_expected=2990,
                home=FIELD,
            ),
            None,
        )
    )
    assert (found.recording_s, found.distance_m, found.max_height_m, found.home) == (
        300.0,
        1234.0,
        88.0,
        FIELD,
    )
    assert (found.track_locked, found.track_rows, found.first_row, found.end_row) == (True, 2990, 0, 0)
    assert (found.airborne_s, found.takeoff_us, found.bench) == (None, None, False)


def test_a_header_that_counted_nothing_is_a_bench_run():
    found = only(cut(recording(duration_s=30.0, distance_m=1.5, max_height_m=0.0), None))
    assert (found.bench, found.airborne_s) == (True, 0.0)


def test_a_header_that_states_nothing_is_neither_a_bench_run_nor_zero():
    found = only(cut(recording(time_basis=TimeBasis.NONE, start_us=None), None))
    assert (found.bench, found.airborne_s, found.distance_m, found.max_height_m) == (False, None, None, None)


def test_a_run_along_the_ground_is_not_yet_in_the_air():
    height = legs((30, 0), (6, 0), (20, 40), (100, 40), (20, 0), (30, 0))
    east = np.concatenate([np.zeros(300), 2.0 * np.arange(len(height) - 300)])
    found = only(cut(recording(of := track(altitude_m=300.0 + height, east=east)), of))
    assert found.takeoff_us == pytest.approx(START_US + 36_000_000, abs=500_000)


def test_a_second_flight_soon_after_the_first_has_its_own_ground():
    leg = ((20, 30), (60, 30), (60, 0))
    height = legs((20, 0), *leg, (11, 0), *leg, (20, 0))
    east = legs((20, 0), (140, 300), (11, 300), (140, 600), (20, 600))
    found = cut(recording(of := track(altitude_m=300.0 + height, east=east)), of)
    assert [f.takeoff_us for f in found] == pytest.approx([START_US + 20_000_000, START_US + 171_000_000], abs=600_000)


def test_motors_stopped_end_a_flight_where_the_clock_stands_still_on_the_ground():
    in_air = [False] * 50 + [True] * 600 + [False] * 60 + [True] * 600 + [False] * 50
    armed = [True] * 650 + [False] * 60 + [True] * 650
    clock = np.cumsum([0.0, *(0.001 if not a else 0.1 for a in armed[1:])])
    of = track(
        in_air=in_air,
        armed=armed,
        height_m=np.where(in_air, 20.0, 0.0),
        time_us=START_US + np.round(clock * 1e6).astype(np.int64),
    )
    assert len(cut(recording(of), of)) == 2


def test_a_slow_descent_in_whole_metres_touches_down_after_the_last_metre_seems_gone():
    height = legs((20, 0), (20, 27), (60, 27), (60, 0), (20, 0), hz=1.0)
    of = track(hz=1.0, height_m=np.round(height), east=legs((20, 0), (140, 700), (20, 700), hz=1.0))
    found = only(cut(recording(of), of))
    assert found.landing_us == pytest.approx(START_US + 160_000_000, abs=600_000)
    assert found.airborne_s == pytest.approx((found.landing_us - found.takeoff_us) / 1e6)
