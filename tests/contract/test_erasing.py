"""What was erased is nowhere any more, the ledger still proves that it was, and one person cannot lift a hold."""

import base64
import json
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from groundside.archive.archive import Archive
from groundside.archive.discarding import note_doomed
from groundside.errors import BadRequest, Conflict, NotFound, Refused, Tampered
from groundside.keep import schema
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


def test_while_another_process_reads_the_keys_go_at_once_and_the_rest_is_finished_later(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("groundside.keep.sqlite.WAIT_S", 2.0)
    shutil.copytree(built, tmp_path / "archive")
    with Archive.open(tmp_path / "archive") as archive:
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


def test_what_is_not_there_is_neither_held_nor_erased(archive: Archive):
    with pytest.raises(NotFound, match="belongs to a case"):
        archive.hold(ANNA, "claim", case="nowhere")
    for beginning in ("", "no such file"):
        with pytest.raises(NotFound, match="SHA-256"):
            archive.erase(ANNA, [], "over", [beginning])
    assert archive.holds(ANNA) == ()
    with archive.catalogue.commit(ANNA) as writer:
        note_doomed(writer, [], at_us=1)
        assert writer.statements("erasing", ANNA.scope) == []


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


@pytest.mark.parametrize(
    "how", ["gone", "altered", "gone, with an event that lifted it", "gone, its own altered", "gone, its own deleted"]
)
def test_nothing_is_erased_where_holds_are_not_what_people_placed(archive: Archive, how: str):
    one = ids(archive)[0]
    held = archive.hold(ANNA, "claim", flight=one)
    with archive.catalogue.commit(ANNA) as writer:
        if "event" in how:
            mine = select(schema.event).where(schema.event.c.what == "hold")
            row = {**writer.connection.execute(mine).mappings().one(), "what": "hold.lifted", "about": held.id}
            row["seq"] = 1_000_000
            writer.connection.execute(insert(schema.event), [row])
        placing = schema.event.c.what == "hold"
        if "own altered" in how:
            writer.connection.execute(update(schema.event).where(placing).values(what="revealed.holds"))
        if "own deleted" in how:
            writer.connection.execute(delete(schema.event).where(placing))
        change = delete(legal_hold) if "gone" in how else update(legal_hold).values(lifted_us=1)
        writer.connection.execute(change)
    with pytest.raises(Tampered, match="hold"):
        archive.erase(ANNA, [one], "over")


KILLED = """
import os, pathlib, signal, sys
from groundside.archive import erasing
from groundside.archive.archive import Archive
from groundside.model.caller import Caller

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

erasing.discard_doomed = die
with Archive.open(pathlib.Path(sys.argv[1])) as it:
    it.erase(Caller("anna", "test"), sys.argv[2:], "over")
"""


def killed_after_the_commit(archive: Archive, flights: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(archive.folder.path), *flights], check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL


def test_killed_between_the_commit_and_the_removal_of_bytes_finishing_removes_them(archive: Archive):
    before = set(archive.vault.ids())
    going = archive.erasure(ANNA, ids(archive)[:2]).objects
    killed_after_the_commit(archive, ids(archive)[:2])
    assert set(archive.vault.ids()) == before, "the bytes are still there"
    assert archive.finish_erasure(ANNA) == going
    assert len(before) - len(set(archive.vault.ids())) == going
    found = archive.verify(ANNA)
    assert (found.faults, found.leftovers) == ((), 0)
    assert archive.finish_erasure(ANNA) == 0


def test_the_next_erasure_removes_what_a_killed_one_left(archive: Archive):
    one, two = ids(archive)[:2]
    killed_after_the_commit(archive, [one])
    archive.erase(ANNA, [two], "over")
    assert archive.verify(ANNA).leftovers == 0


def noted(archive: Archive, said: str) -> None:
    with archive.catalogue.commit(ANNA) as writer:
        writer.state("erasing", "a note", said, at_us=1)


def test_a_forged_note_of_an_erasure_takes_no_object_that_a_row_refers_to(archive: Archive):
    before = sorted(archive.vault.ids())
    noted(archive, json.dumps(before))
    archive.finish_erasure(ANNA)
    assert sorted(archive.vault.ids()) == before


@pytest.mark.parametrize("said", ["no json", "{}", "[1]", '["../catalogue.sqlite"]'])
def test_a_note_of_an_erasure_that_no_erasure_wrote_is_refused(archive: Archive, said: str):
    noted(archive, said)
    with pytest.raises(Tampered, match="note"):
        archive.finish_erasure(ANNA)
