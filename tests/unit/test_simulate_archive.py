"""The demonstration's flights on wings, and the one that is but a track, are in the logbook as they were flown."""

import pytest

from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from groundside.model.flight import Flight
from groundside.model.query import FlightQuery
from groundside.simulate.fleet import PLAN
from groundside.simulate.truth import Truth
from tests.simulated import files_of

WHO = Caller("tester", "test")
NEWEST = (24, 25, 26)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory):
    files = files_of(NEWEST, size=0.4)
    with Archive.open(tmp_path_factory.mktemp("wings") / "archive", create=True) as archive:
        for file in files:
            archive.receive(WHO, file.name, [file.content])
        yield archive.flights(WHO, FlightQuery(bench=True)).flights, {f.name: f.truth for f in files if f.truth}


def test_each_is_flown_by_what_the_plan_says():
    assert [PLAN[n].craft.aircraft.kind for n in NEWEST] == ["plane", "vtol", "multirotor"]


def test_takeoff_landing_distance_and_height_are_what_was_flown(told: tuple[tuple[Flight, ...], dict[str, Truth]]):
    flights, truths = told
    assert {s.file for f in flights for s in f.sources} == set(truths)
    for flight in flights:
        truth = truths[next(s.file for s in flight.sources if s.chosen)]
        cut, (sortie,) = flight.summary, truth.sorties
        assert cut.takeoff_us is not None and cut.landing_us is not None
        assert abs(cut.takeoff_us - sortie.takeoff_us) < 1e6 and abs(cut.landing_us - sortie.landing_us) < 1e6
        assert cut.distance_m == pytest.approx(sortie.distance_m, rel=0.03)
        assert cut.max_height_m == pytest.approx(sortie.max_height_m, abs=0.5)
        assert flight.simulated and flight.place is not None
        assert flight.place.time_zone == truth.field.zone


def test_two_files_of_a_vtol_are_one_flight_although_its_position_was_lost_for_a_while(
    told: tuple[tuple[Flight, ...], dict[str, Truth]],
):
    flights, truths = told
    vtol = [f for f in flights if truths[f.sources[0].file].aircraft.kind == "vtol"]
    assert [len(f.sources) for f in vtol] == [2]
    assert {s.format for s in vtol[0].sources} == {"ardupilot-dataflash", "mavlink-tlog"}
