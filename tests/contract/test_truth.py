"""What the logbook says of simulated flights is what was flown: the simulator shares no code with what reads it."""

import numpy as np
import pytest

from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from groundside.model.flight import Flight
from groundside.model.query import FlightQuery
from groundside.reference.geodesy import distance_m
from groundside.simulate.truth import Truth
from tests.simulated import files_of

WHO = Caller("tester", "test")
NUMBERS = (0, 3, 5, 6, 7, 11, 18, 19, 20, 21, 22)
"""Of the demonstration's plan: DJI of four versions, autopilots of three, AirData, two sorties, a bench run."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory):
    files = files_of(NUMBERS, size=0.3)
    with Archive.open(tmp_path_factory.mktemp("truth") / "archive", create=True) as archive:
        for file in files:
            archive.receive(WHO, file.name, [file.content])
        yield archive, {f.name: f.truth for f in files if f.truth}


def pairs(told: tuple[Archive, dict[str, Truth]]) -> list[tuple[Flight, Truth]]:
    """Each flight with UTC beside the truth of the file its facts are from."""
    archive, truths = told
    flights = archive.flights(WHO, FlightQuery(bench=True)).flights
    return [
        (flight, truths[source.file])
        for flight in flights
        for source in flight.sources
        if source.chosen and flight.summary.time_basis.is_utc
    ]


def test_every_sortie_is_one_flight_and_a_bench_run_none(told: tuple[Archive, dict[str, Truth]]):
    truths = {id(t): t for t in told[1].values()}.values()
    flown = [f for f, _ in pairs(told) if not f.summary.bench]
    assert len(flown) == sum(len(t.sorties) for t in truths)
    assert sum(f.summary.bench for f, _ in pairs(told)) == sum(not t.sorties for t in truths) > 0


def test_takeoff_landing_height_and_place_are_what_was_flown(told: tuple[Archive, dict[str, Truth]]):
    checked = 0
    for flight, truth in pairs(told):
        cut = flight.summary
        if cut.bench or cut.track_locked:
            continue
        assert cut.takeoff_us is not None and cut.landing_us is not None, flight.sources
        sortie = min(truth.sorties, key=lambda s: abs(s.takeoff_us - cut.takeoff_us))
        slack = 1.5 if flight.sources[0].format == "airdata-csv" else 1.0
        assert abs(cut.takeoff_us - sortie.takeoff_us) <= slack * 1e6, flight.sources
        assert abs(cut.landing_us - sortie.landing_us) <= slack * 1e6, flight.sources
        assert cut.max_height_m == pytest.approx(sortie.max_height_m, abs=0.5)
        assert cut.distance_m == pytest.approx(sortie.distance_m, rel=0.03, abs=8)
        assert cut.home is not None
        assert distance_m(cut.home, truth.home) < 5
        assert flight.simulated
        assert flight.place is not None
        assert flight.place.time_zone == truth.field.zone
        checked += 1
    assert checked >= 9


def test_positions_of_the_track_are_those_flown(told: tuple[Archive, dict[str, Truth]]):
    archive, _ = told
    for flight, truth in pairs(told):
        if flight.summary.track_locked or not flight.track_object:
            continue
        track = archive.track(WHO, flight.id)
        lon, lat, at = track.floats("lon"), track.floats("lat"), track.time_us
        known = np.isfinite(lon) & (at >= truth.time_us[0]) & (at <= truth.time_us[-1])
        assert known.sum() > 50
        fixed = np.isfinite(truth.lon)
        true_lon = np.interp(at[known], truth.time_us[fixed], truth.lon[fixed])
        true_lat = np.interp(at[known], truth.time_us[fixed], truth.lat[fixed])
        off_m = np.hypot((lon[known] - true_lon) * np.cos(np.radians(true_lat)), lat[known] - true_lat) * 111_320
        assert np.median(off_m) < 2.0, flight.sources
