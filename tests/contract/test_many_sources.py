"""Many files that tell of one flight, such as copies of one log: the tracks of the others are not worked through anew."""

from collections import Counter
from pathlib import Path

import pytest

from groundside.archive import lately, standing
from groundside.archive.archive import Archive
from groundside.archive.composing import Composer
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery
from groundside.produce.flight.same import Match, Telling
from tests.contract.test_kills import told
from tests.simulated import craft_files

WHO = Caller("tester", "test")
COPIES = 24


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One log under many names, each with other blank lines at its end; and the other files of its flight."""
    folder = tmp_path_factory.mktemp("copies")
    for name, data in craft_files((0,)):
        (folder / f"00 {name}").write_bytes(data)
        if name.endswith(".csv"):
            for number in range(1, COPIES):
                (folder / f"{number:02} {name}").write_bytes(data + b"\n" * number)
    return folder


def test_a_source_that_comes_to_many_is_compared_and_loaded_as_often_as_one_that_comes_to_few(
    copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked = Counter[str]()
    compare, track_of = standing.compare, standing.track_of

    def compared(one: Telling, other: Telling) -> Match:
        asked["compared"] += 1
        return compare(one, other)

    def loaded(*of: object) -> object:
        asked["loaded"] += 1
        return track_of(*of)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(standing, "compare", compared)
    monkeypatch.setattr(standing, "track_of", loaded)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        archive.ingest(WHO, [copies], workers="0")
        flights = archive.flights(WHO, FlightQuery()).flights
    sources = max(len(flight.sources) for flight in flights)
    assert sources == COPIES + 1  # the locked record too; the subtitle is only offered
    assert sources**2 / 4 > 6 * sources  # what it would be, were each loaded again for each that comes
    assert 0 < asked["loaded"] <= 2 * sources
    assert 0 < asked["compared"] <= 6 * sources


def test_what_is_remembered_of_sources_changes_nothing(copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("remembered", "forgotten"):
        if name == "forgotten":
            monkeypatch.setattr(lately.Lately, "get", lambda *_: None)
        with Archive.open(tmp_path / name, create=True) as archive:
            archive.ingest(WHO, [copies], workers="0")
    assert told(tmp_path / "remembered") == told(tmp_path / "forgotten") != []


def test_a_flight_does_not_keep_a_track_that_was_lost_however_well_it_is_remembered(copies: Path, tmp_path: Path):
    with Archive.open(tmp_path / "archive", create=True) as archive:
        archive.ingest(WHO, [copies], workers="0")
        flight = max(archive.flights(WHO, FlightQuery()).flights, key=lambda f: len(f.sources))
        assert flight.track_object is not None
        archive.vault.discard(flight.track_object)
        told_by: list[object] = []
        for forgets in (False, True):
            if forgets:
                lately.forget_all()
            with archive.catalogue.commit(WHO) as writer:
                Composer(archive, writer).recompose(flight.id)
            found = archive.flight(WHO, flight.id).flight
            assert found.track_object not in {None, flight.track_object}
            told_by.append((found.summary, found.track_object, {s.recording_id: s.chosen for s in found.sources}))
        assert told_by[0] == told_by[1]
