"""Which track a flight takes, and what all its files tell together."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from groundside.model.place import LonLat
from groundside.model.recording import Aircraft, Battery, TimeBasis
from groundside.model.track import Track
from groundside.produce.flight.choose import choose, combine, merit_of
from groundside.produce.flight.cut import cut
from groundside.produce.flight.same import Telling
from tests.builders import FIELD, START_US, legs, places, recording, track

HEIGHT = legs((30, 0), (20, 40), (100, 40), (20, 0), (30, 0))
EAST = legs((50, 0), (50, 400), (50, 0), (50, 0))


def flown(**changes: Any) -> Track:
    return track(**{"height_m": HEIGHT, "east": EAST, "north": 0.0, **changes})


def telling(of: Track | None, name: str, **stated: Any) -> Telling:
    return Telling(cut(recording(of, **stated), of)[0], of, name)


def record(**stated: Any) -> Telling:
    said: dict[str, Any] = {
        "time_basis": TimeBasis.UTC_DEVICE, "duration_s": 199.9, "home": FIELD, "distance_m": 812.0, "max_height_m": 40.0,
        "track_locked": True, "rows_expected": 2000, "time_error_s": 1.0, "aircraft": Aircraft(serial="TEST1", model="Quad"),
    }  # fmt: skip
    return telling(None, "record", **{**said, **stated})


def subtitle() -> Telling:
    part = slice(600, 1200)
    of = track(east=EAST[part], north=0.0, height_m=HEIGHT[part], basis=TimeBasis.LOCAL, start_us=0)
    return telling(of, "subtitle", local_start="2023-11-14T16:14:20")


def test_the_only_source_is_chosen():
    assert choose([record()]) == (0, "record: the only source")


def test_of_no_tellings_none_can_be_chosen():
    with pytest.raises(ValueError, match="no telling"):
        choose([])


def test_an_unlocked_track_goes_before_a_locked_one():
    assert choose([record(), telling(flown(), "csv")]) == (1, "csv: only source with an unlocked track")


def test_where_all_tracks_are_locked_that_is_said():
    index, why = choose([record(), record()])
    assert (index, why) == (0, "record: no source has an unlocked track")


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (flown(lon=np.round(places(EAST, 0.0)[0], 4), lat=45.5, east=None, north=None), "rounded least"),
        (flown(basis=TimeBasis.UTC_DEVICE), "clock is the nearest to UTC"),
        (track(height_m=HEIGHT[::10], east=EAST[::10], north=0.0, hz=1.0), "samples are frequent"),
        (flown(), "knows most columns"),
    ],
)
def test_the_better_of_two_tracks_is_chosen_and_why_is_said(other: Track, reason: str):
    better = telling(flown(yaw_deg=90.0), "better")
    for order in ([better, telling(other, "other")], [telling(other, "other"), better]):
        index, why = choose(order)
        assert order[index] is better
        assert reason in why


def test_the_whole_flight_goes_before_a_clip_of_it():
    index, why = choose([subtitle(), telling(flown(), "log")])
    assert (index, why) == (1, "log: covers the whole flight")


def test_alone_a_telling_is_its_own_summary():
    one = telling(flown(), "log")
    assert combine([one], 0) is one.cut


def test_a_locked_record_gives_its_distance_and_its_aircraft_and_the_csv_its_track():
    csv = telling(flown(basis=TimeBasis.UTC_DEVICE, error_s=0.5), "csv", home=FIELD)
    found = combine([record(), csv], 1)
    assert (found.track_rows, found.end_row, found.track_locked) == (2000, 2000, False)
    assert (found.distance_m, found.distance_basis) == (812.0, "stated by the recorder")
    assert (found.aircraft.serial, found.aircraft.model) == ("TEST1", "Quad")
    assert (found.recording_start_us, found.recording_s) == (START_US, pytest.approx(199.9))
    assert found.takeoff_us is not None
    assert found.airborne_s == csv.cut.airborne_s


def test_satellite_time_goes_before_the_clock_of_a_device():
    gnss = telling(flown(start_us=START_US + 400_000), "gnss")
    found = combine([record(), gnss], 0)
    assert (found.time_basis, found.recording_start_us) == (TimeBasis.UTC_GNSS, START_US + 400_000)


def test_of_two_clocks_alike_the_one_with_the_smaller_error_is_taken():
    close = record(time_error_s=0.2, start_us=START_US + 100_000)
    assert combine([record(), close], 0).recording_start_us == START_US + 100_000


def test_a_clip_gives_neither_start_nor_length_nor_totals():
    found = combine([telling(flown(), "log"), subtitle()], 0)
    assert (found.recording_start_us, found.recording_s) == (START_US, pytest.approx(199.9))
    assert found.distance_m == pytest.approx(800.0, rel=0.01)
    assert found.local_start == ""


def test_a_clip_beside_a_locked_record_gives_the_track_and_no_more():
    found = combine([record(), subtitle()], 1)
    assert (found.track_rows, found.track_locked) == (600, False)
    assert (found.distance_m, found.recording_s, found.time_basis) == (812.0, 199.9, TimeBasis.UTC_DEVICE)


def test_what_two_files_do_not_agree_on_is_said():
    other = record(
        distance_m=1000.0,
        max_height_m=60.0,
        home=LonLat(FIELD.lon + 0.01, FIELD.lat),
        aircraft=Aircraft(serial="TEST2"),
    )
    said = " ".join(combine([record(), other], 0).inferences)
    for words in (
        "distances differ",
        "greatest heights differ",
        "homes differ",
        "serial numbers of the aircraft differ",
    ):
        assert words in said


def test_what_two_files_agree_on_is_not_mentioned():
    assert not any("differ" in said for said in combine([record(), record(distance_m=815.0)], 0).inferences)


def test_each_inference_says_which_file_it_is_from():
    found = combine([record(inferences=("a guess",)), telling(flown(), "csv")], 1)
    assert "record: a guess" in found.inferences
    assert any(said.startswith("csv: take-off and landing were inferred") for said in found.inferences)


def test_batteries_of_all_files_are_taken_once():
    one = record(batteries=(Battery(slot=1), Battery(slot=2, serial="B2")))
    other = record(batteries=(Battery(slot=1, serial="B1"),))
    assert combine([one, other], 0).batteries == (Battery(slot=1, serial="B1"), Battery(slot=2, serial="B2"))


def test_a_flight_is_a_bench_run_only_where_all_files_say_so():
    bench = record()
    bench = replace(bench, cut=replace(bench.cut, bench=True))
    assert combine([bench, bench], 0).bench
    assert not combine([bench, record()], 0).bench


def test_a_choice_is_the_same_by_what_is_known_of_tracks_as_by_the_tracks():
    tellings = [record(), telling(flown(), "csv"), subtitle(), telling(flown(basis=TimeBasis.UTC_DEVICE), "gpx")]
    without = [replace(each, track=None) for each in tellings]
    assert choose(without, [merit_of(each) for each in tellings]) == choose(tellings)


def test_files_that_tell_alike_are_set_against_another_once_and_of_very_many_it_is_said_that_not_all_were():
    alike = [record(), record(), record(distance_m=1000.0), record(distance_m=1000.0)]
    assert sum("distances differ" in said for said in combine(alike, 0).inferences) == 1
    many = combine([record(distance_m=1000.0 + number) for number in range(45)], 0).inferences
    assert len([said for said in many if "were not set against each other" in said]) == 1
    assert len(many) < 200
