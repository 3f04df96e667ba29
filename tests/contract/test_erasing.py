"""What was erased is nowhere any more, the ledger still proves that it was, and one person cannot lift a hold."""

import base64
import json
import shutil
import struct
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from groundside.archive.archive import Archive
from groundside.errors import BadRequest, Conflict, NotFound, Refused, Tampered
from groundside.keep.custody_tables import legal_hold
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery
from groundside.simulate.fleet import demo_files

ANNA, BORIS = Caller("anna", "test"), Caller("boris", "test")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("erasing")
    (root / "a-secret-folder").mkdir()
    for name, data, _ in islice(demo_files(11), 6):
        (root / "a-secret-folder" / f"CANARY{name}").write_bytes(data)
    with Archive.open(root / "archive", create=True) as it:
        it.ingest(ANNA, [root / "a-secret-folder"])
    return root / "archive"


@pytest.fixture
def archive(built: Path, tmp_path: Path):
    shutil.copytree(built, tmp_path / "archive")
    with Archive.open(tmp_path / "archive") as it:
        yield it


def ids(archive: Archive) -> list[str]:
    return [each.id for each in archive.flights(ANNA, FlightQuery()).flights]


def spellings(archive: Archive) -> Iterator[bytes]:
    """How what is to be erased may stand anywhere: names, words, positions, numbers, in all the usual ways."""
    words = ["CANARY", "a-secret-folder", "windy over the quay"]
    for flight in archive.flights(ANNA, FlightQuery()).flights:
        words += [each for each in (flight.summary.aircraft.serial, flight.summary.aircraft.name) if each]
        if flight.place:
            words.append(flight.place.name)
        if flight.track_object:
            track = archive.track(ANNA, flight.id)
            for values in (track.floats("lon"), track.floats("lat")):
                known = values[values == values]
                for value in (float(known[len(known) // 2]), float(known[len(known) // 3])):
                    yield from (struct.pack(form, value) for form in ("<d", ">d"))
                    yield from (struct.pack(form, round(value * 1e7)) for form in ("<i", ">i"))
        if flight.summary.recording_start_us:
            yield from (struct.pack(form, flight.summary.recording_start_us) for form in ("<q", ">q"))
    for word in words:
        yield word.encode()
        yield word.encode("utf-16-le")
        # The three ways in which base64 writes a text, less what depends on its neighbours.
        for shift in range(3):
            yield base64.b64encode(b"\0" * shift + word.encode())[4 if shift else 0 : -4]


def found_in(folder: Path, spelled: list[bytes]) -> list[tuple[str, bytes]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    contents = {path: path.read_bytes() for path in files}
    return [(path.name, each) for path, content in contents.items() for each in spelled if each in content]


def test_what_was_erased_is_found_nowhere_in_the_archive(archive: Archive):
    for each in ids(archive):
        archive.annotate(ANNA, each, "windy over the quay")
    spelled = [each for each in spellings(archive) if len(each) >= 4]
    folder = archive.folder.path
    assert found_in(folder, spelled), "the scan finds what is there"
    done = archive.erase(ANNA, ids(archive), "the client asked")
    assert done.finished
    assert done.events > 0
    readme = next(each.sha256.hex for each in archive.files(ANNA))
    archive.erase(ANNA, [], "it named people", [readme[:12]])
    assert archive.files(ANNA) == ()
    archive.close()
    assert found_in(folder, spelled) == []


def test_the_ledger_still_verifies_and_says_that_something_was_erased(archive: Archive):
    before = len(archive.events(ANNA, 0, 10_000))
    archive.erase(ANNA, ids(archive)[:1], "the client asked")
    assert archive.verify(ANNA).faults == ()
    events = archive.events(ANNA, 0, 10_000)
    assert len(events) > before
    assert [json.loads(each.details)["why"] for each in events if each.what == "erase"] == ["the client asked"]


def test_flights_that_are_not_erased_stay_as_they_were(archive: Archive):
    first, *others = ids(archive)
    kept = {each: archive.flight(ANNA, each).flight for each in others}
    archive.erase(ANNA, [first], "over")
    assert ids(archive) == others
    assert {each: archive.flight(ANNA, each).flight for each in others} == kept
    with pytest.raises(NotFound):
        archive.flight(ANNA, first)


def test_the_preview_says_what_would_go_and_changes_nothing(archive: Archive):
    one = ids(archive)[0]
    told = archive.erasure(ANNA, [one])
    assert one in told.flights
    assert told.files
    assert told.objects > len(told.files)
    done = archive.erase(ANNA, [one], "over")
    assert (done.files, done.objects, done.flights) == (len(told.files), told.objects, len(told.flights))


def test_an_erasure_needs_a_reason_and_a_flight(archive: Archive):
    with pytest.raises(BadRequest, match="reason"):
        archive.erase(ANNA, ids(archive)[:1], " ")
    with pytest.raises(BadRequest, match="No flight"):
        archive.erase(ANNA, [], "over")


def test_while_another_process_reads_the_keys_go_at_once_and_the_rest_is_finished_later(archive: Archive):
    with archive.catalogue.read() as reader:
        reader.last_event(ANNA.scope)
        done = archive.erase(ANNA, ids(archive)[:1], "over")
    assert not done.finished
    archive.finish_erasure(ANNA)
    assert archive.verify(ANNA).faults == ()


@pytest.mark.parametrize("of", ["flight", "case"])
def test_a_hold_forbids_erasure_until_two_people_lift_it(archive: Archive, of: str):
    one = ids(archive)[0]
    held = archive.hold(ANNA, "claim 4711", **{of: one if of == "flight" else "general"})
    assert archive.erasure(ANNA, [one]).held == (held,)
    with pytest.raises(Refused, match="claim 4711"):
        archive.erase(ANNA, [one], "over")
    assert archive.lift_hold(ANNA, held.id[:8]).lifted_us is None
    with pytest.raises(Refused, match="somebody else"):
        archive.lift_hold(ANNA, held.id)
    with pytest.raises(Refused, match="claim 4711"):
        archive.erase(BORIS, [one], "over")
    assert archive.lift_hold(BORIS, held.id).lifted_by == "boris"
    with pytest.raises(Conflict, match="already"):
        archive.lift_hold(BORIS, held.id)
    archive.erase(ANNA, [one], "over")
    assert one not in ids(archive)
    assert [each.what for each in archive.events(ANNA, 0, 10_000) if each.what.startswith("hold")] == [
        "hold",
        "hold.asked",
        "hold.lifted",
    ]


def test_a_hold_on_one_flight_leaves_others_to_be_erased(archive: Archive):
    one, two = ids(archive)[:2]
    archive.hold(ANNA, "claim", flight=one)
    archive.erase(ANNA, [two], "over")
    assert one in ids(archive)
    assert two not in ids(archive)


@pytest.mark.parametrize("given", [{}, {"flight": "a", "case": "b"}])
def test_a_hold_is_of_one_flight_or_one_case(archive: Archive, given: dict[str, str]):
    with pytest.raises(BadRequest, match="either"):
        archive.hold(ANNA, "claim", **given)


def test_a_hold_on_a_flight_that_was_merged_into_another_holds_its_file(archive: Archive):
    one, two = ids(archive)[:2]
    file = archive.flight(ANNA, one).flight.sources[0].sha256.hex
    archive.hold(ANNA, "claim", flight=one)
    archive.merge(ANNA, two, one)
    with pytest.raises(Refused, match="claim"):
        archive.erase(ANNA, [], "over", [file])
    with pytest.raises(Refused, match="claim"):
        archive.unmerge(ANNA, one)


def test_what_a_merged_flight_said_goes_with_its_only_file(archive: Archive):
    one, two = ids(archive)[:2]
    merged = archive.flight(ANNA, one).flight
    archive.merge(ANNA, two, one)
    told = archive.erasure(ANNA, [], [each.sha256.hex for each in merged.sources])
    assert one in told.flights
    archive.erase(ANNA, [], "over", [each.sha256.hex for each in merged.sources])
    with pytest.raises(NotFound):
        archive.unmerge(ANNA, one)
    assert archive.verify(ANNA).faults == ()


@pytest.mark.parametrize("how", ["gone", "altered"])
def test_nothing_is_erased_where_holds_are_not_what_people_placed(archive: Archive, how: str):
    one = ids(archive)[0]
    archive.hold(ANNA, "claim", flight=one)
    with archive.catalogue.commit(ANNA) as writer:
        change = delete(legal_hold) if how == "gone" else update(legal_hold).values(lifted_us=1)
        writer.connection.execute(change)
    with pytest.raises(Tampered, match="holds"):
        archive.erase(ANNA, [one], "over")
