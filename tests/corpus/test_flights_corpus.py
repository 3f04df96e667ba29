"""Flights out of real files: what is cut, what is merged, where it was."""

from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from groundside.decode.format import HEAD_BYTES, Options
from groundside.decode.known import recognise
from groundside.model.recording import Recording
from groundside.model.track import Track
from groundside.produce.flight.choose import choose, combine
from groundside.produce.flight.cut import cut
from groundside.produce.flight.same import Telling, Verdict, compare
from groundside.reference.places import place_of

pytestmark = pytest.mark.corpus


@cache
def read(path: Path) -> tuple[str, Recording, Track | None]:
    data = memoryview(path.read_bytes())
    kind = recognise(bytes(data[:HEAD_BYTES]))
    assert kind is not None
    decoded = kind.decode(data, Options())
    return kind.name, kind.recording(decoded), kind.track(decoded)


def tellings(folder: Path) -> list[Telling]:
    found = [read(path) for path in sorted(folder.iterdir())]
    return [Telling(c, track, name) for name, recording, track in found for c in cut(recording, track)]


def test_each_locked_record_meets_its_csv_and_nothing_else(corpus: Path):
    records = [t for t in tellings(corpus / "flights" / "dji_txt") if t.cut.track_locked]
    csvs = tellings(corpus / "flights" / "dji_csv")
    met = [[r for r in records if compare(c, r).verdict is Verdict.SAME] for c in csvs]
    assert sorted(len(m) for m in met) == [0] + [1] * 10
    for csv, (record, *_) in ((c, m) for c, m in zip(csvs, met, strict=True) if m):
        index, why = choose([record, csv])
        assert (index, why) == (1, "airdata-csv: only source with an unlocked track")
        flight = combine([record, csv], index)
        assert csv.track is not None
        assert flight.track_rows == csv.track.table.num_rows == record.cut.track_rows
        assert abs((flight.recording_start_us or 0) - (csv.cut.recording_start_us or 0)) < 1e6
        assert flight.recording_s == pytest.approx(csv.cut.recording_s, abs=0.2)
        assert flight.distance_m == pytest.approx(csv.cut.distance_m, abs=1.0)


@pytest.mark.parametrize("folder", ["dji_csv", "dji_txt", "bin"])
def test_no_two_real_flights_of_one_kind_of_file_are_merged_or_offered(corpus: Path, folder: str):
    for one, other in combinations(tellings(corpus / "flights" / folder), 2):
        assert compare(one, other).verdict is Verdict.DIFFERENT


def test_every_csv_is_one_flight_that_takes_off_and_lands(corpus: Path):
    for path in sorted((corpus / "flights" / "dji_csv").iterdir()):
        _, recording, track = read(path)
        (flight,) = cut(recording, track)
        assert flight.takeoff_us is not None
        assert flight.landing_us is not None
        assert flight.airborne_s == pytest.approx((flight.landing_us - flight.takeoff_us) / 1e6, abs=1e-6)
        assert 0.7 * (flight.recording_s or 0) < flight.airborne_s <= (flight.recording_s or 0)
        assert not flight.bench


def test_every_csv_has_a_named_place_and_a_time_zone(corpus: Path):
    for path in sorted((corpus / "flights" / "dji_csv").iterdir()):
        _, recording, track = read(path)
        (flight,) = cut(recording, track)
        assert flight.home is not None
        place = place_of(flight.home)
        assert place.name
        assert "/" in place.time_zone


@pytest.mark.parametrize("folder", ["srt", "bin", "dji_txt", "dji_csv"])
def test_every_flight_cut_from_a_real_file_is_possible(corpus: Path, folder: str):
    for path in sorted((corpus / "flights" / folder).iterdir()):
        if recognise(path.read_bytes()[:HEAD_BYTES]) is None:
            continue
        _, recording, track = read(path)
        for flight in cut(recording, track):
            assert flight.max_speed_mps is None or flight.max_speed_mps < 80
            assert flight.airborne_s is None or flight.airborne_s <= (flight.recording_s or 0) + 1.5
            assert not flight.bench or flight.airborne_s == 0.0
            assert flight.takeoff_us is None or flight.time_basis.is_utc
