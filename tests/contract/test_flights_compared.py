"""`groundside compare`: the same numbers as each flight's own, and the same entries in the ledger as reading each."""

import json
from collections import Counter
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.archive.assigning import Which
from groundside.archive.people import PersonChange
from groundside.model.assignment import Field
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery
from groundside.see.text import iso
from tests.shell import shell
from tests.simulated import files_of

WHO = Caller("tester", "test")
AUTOPILOTS = (6, 9)
"""Of the demonstration's plan: two autopilots' logs, of an older and a newer firmware."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("comparing") / "archive"
    with Archive.open(where, create=True) as archive:
        for file in files_of(AUTOPILOTS):
            archive.receive(WHO, file.name, [file.content])
    return where


def test_flights_are_shown_side_by_side_and_each_as_its_own_command_shows_it(folder: Path):
    with Archive.open(folder) as archive:
        one, other = [each.id for each in archive.flights(WHO, FlightQuery()).flights]
        archive.add_person(WHO, "Ann Other", PersonChange(zone="UTC"))
        archive.assign(WHO, Which(ids=(other,)), {Field.PIC: "Ann Other"})
        before = archive.events(WHO, 0, 10_000)[-1].seq
    found = json.loads(shell("compare", one[:8], other, "--json", "--archive", folder).stdout)
    with Archive.open(folder) as archive:
        left = Counter((each.what, each.about) for each in archive.events(WHO, before, 10_000))
        own = [archive.flight(WHO, each).flight.summary for each in (one, other)]
        told = [archive.happened(WHO, each).happenings for each in (one, other)]
        apart = archive.diff(WHO, one, other)
    for each in (one, other):
        read = ("flight", "happened", "track", "log", "assignments")
        assert [left[f"revealed.{name}", each] for name in read] == [1] * len(read)

    for shown, cut, happenings in zip(found["flights"], own, told, strict=True):
        for name in ("airborne_s", "distance_m", "max_height_m", "max_speed_mps"):
            assert shown[name] == getattr(cut, name) is not None
        assert shown["start"] == iso(cut.recording_start_us)
        assert shown["mean_speed_mps"] == pytest.approx(cut.distance_m / cut.airborne_s)
        assert shown["events"] == Counter(each.severity.name.lower() for each in happenings)
    assert [each["pilot"] for each in found["flights"]] == [None, "Ann Other"]

    both = [each.name for each in apart.differences if each.one and each.other]
    assert [each["name"] for each in found["parameters"]["differing"]] == both != []
    assert found["parameters"]["alike"] == apart.alike

    table = shell("compare", one, other, "--archive", folder).stdout
    assert "Ann Other" in table
    assert "not recorded" in table
    assert both[0] in table


def test_one_flight_or_five_cannot_be_compared(folder: Path):
    with Archive.open(folder) as archive:
        one = archive.flights(WHO, FlightQuery()).flights[0].id
    done = shell("compare", one, one, "--archive", folder)
    assert done.returncode != 0
    assert "2 to 4 different flights" in done.stderr
