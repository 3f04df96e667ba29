"""What logs say besides the track: on the flight's clock, of the flight's time, and compared with another flight's."""

import json
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.errors import NotFound
from groundside.model.caller import EVERYTHING, Caller
from groundside.model.flight import Flight
from groundside.model.query import FlightQuery
from groundside.see.log_shapes import flight_log_shape
from tests.shell import shell
from tests.simulated import files_of

WHO = Caller("tester", "test")
ONE, TWO_SORTIES, OTHER_KIND, EXPORT = (6, 7, 9, 11)
"""Of the demonstration's plan: an autopilot's log, one of two sorties, one of newer firmware; an AirData export."""
FILES = (ONE, TWO_SORTIES, OTHER_KIND, EXPORT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("logs") / "archive"
    with Archive.open(where, create=True) as archive:
        for file in files_of(FILES):
            archive.receive(WHO, file.name, [file.content])
    return where


@pytest.fixture
def archive(folder: Path):
    with Archive.open(folder) as it:
        yield it


def flights(archive: Archive, number: int) -> list[Flight]:
    """Flights of one file of the plan, in order of time."""
    begins = f"SIMULATED_{FILES.index(number) + 1:02}"
    found = archive.flights(WHO, FlightQuery()).flights
    return [f for f in reversed(found) if f.sources[0].file.startswith(begins)]


def autopilot(archive: Archive, number: int) -> Flight:
    return flights(archive, number)[0]


def test_what_the_log_says_is_within_the_flight_and_on_its_clock(archive: Archive):
    flight = autopilot(archive, ONE)
    log = archive.log(WHO, flight.id).sources[0].log
    assert log.time_basis.is_utc
    times = [t for t in log.events["time_us"].to_pylist() if t is not None]
    assert times
    start = flight.summary.recording_start_us
    assert all(start - 60e6 <= t <= start + (flight.summary.recording_s + 60) * 1e6 for t in times)
    assert "armed" in log.events["kind"].to_pylist()


def test_each_of_two_flights_in_one_log_has_its_own_events(archive: Archive):
    first, second = flights(archive, TWO_SORTIES)
    armed = []
    for flight in (first, second):
        log = archive.log(WHO, flight.id).sources[0].log
        kinds = log.events.to_pylist()
        armed.append([e["time_us"] for e in kinds if e["kind"] == "armed"])
    assert [len(each) for each in armed] == [1, 1]
    assert armed[0][0] < first.summary.takeoff_us < armed[1][0] < second.summary.takeoff_us


def test_parameters_of_both_flights_of_one_log_are_the_same_at_first(archive: Archive):
    first, second = flights(archive, TWO_SORTIES)
    found = archive.diff(WHO, first.id, second.id)
    assert found.alike > 0
    assert [d.name for d in found.differences if d.one is None] == []


def test_two_firmwares_differ_in_parameters_and_a_flight_with_itself_in_none(archive: Archive):
    one, other = autopilot(archive, ONE), autopilot(archive, OTHER_KIND)
    assert archive.diff(WHO, one.id, one.id).differences == ()
    found = archive.diff(WHO, one.id, other.id)
    assert found.differences
    assert found.alike + sum(d.one is not None and d.other is not None for d in found.differences) == len(
        {*archive.log(WHO, one.id).parameters} & {*archive.log(WHO, other.id).parameters}
    )


def test_a_flight_whose_files_state_no_parameters_cannot_be_compared(archive: Archive):
    exported = autopilot(archive, EXPORT)
    assert archive.log(WHO, exported.id).parameters == {}
    with pytest.raises(NotFound, match="states any parameter"):
        archive.diff(WHO, exported.id, exported.id)


def test_a_rebuild_leaves_the_same_logs(folder: Path, tmp_path: Path):
    with Archive.open(folder) as archive:
        ids = [f.id for f in archive.flights(WHO, FlightQuery()).flights]
        before = [flight_log_shape(archive.log(WHO, i)) for i in ids]
        archive.rebuild(WHO)
        assert [flight_log_shape(archive.log(WHO, i)) for i in ids] == before
        assert archive.verify(WHO).faults == ()


def test_a_log_is_made_when_it_is_first_asked_for_and_kept_once(tmp_path: Path):
    _, file = files_of((ONE,))
    with Archive.open(tmp_path / "archive", create=True) as archive:
        archive.receive(WHO, file.name, [file.content])
        [flight] = archive.flights(WHO, FlightQuery()).flights
        assert kept_kinds(archive) == ["track"]
        first = flight_log_shape(archive.log(WHO, flight.id))
        assert first["sources"][0]["events"]
        assert kept_kinds(archive) == ["log", "track"]
        assert flight_log_shape(archive.log(WHO, flight.id)) == first
        assert kept_kinds(archive) == ["log", "track"]
        assert archive.verify(WHO).faults == ()
        archive.erase(WHO, [flight.id], "the client asked")
        assert kept_kinds(archive) == []
        assert archive.verify(WHO).leftovers == 0


def kept_kinds(archive: Archive) -> list[str]:
    """Kinds of all objects made of originals."""
    with archive.catalogue.read() as reader:
        return sorted(each.kind for each in reader.derived_objects(EVERYTHING))


def test_the_shell_shows_messages_parameters_and_differences(folder: Path, archive: Archive):
    one, other = autopilot(archive, ONE).id, autopilot(archive, OTHER_KIND).id

    def run(*words: str, code: int = 0) -> str:
        done = shell(*words, "--archive", folder)
        assert done.returncode == code, done.stderr
        return done.stdout

    assert "armed" in run("log", one)
    assert set(run("log", one, "--kind", "armed").split()) >= {"armed"}
    said = json.loads(run("log", one, "--json"))
    assert said["sources"][0]["identity"]["firmware"]
    assert "RTL" in run("parameters", one)
    assert len(run("diff", one, other, code=1).splitlines()) > 1
    assert json.loads(run("diff", one, one, "--json"))["differences"] == []
