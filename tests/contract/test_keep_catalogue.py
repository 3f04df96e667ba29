"""What any catalogue holds to, whatever database it is built on: originals, readings, jobs, events, scopes."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundside.errors import BadRequest, NotFound
from groundside.keep.catalogue import Catalogue, Duplicate, Reader
from groundside.keep.readings import PROBLEMS_KEPT
from groundside.keep.rows import CutRef, Fit, ReadingState
from groundside.model.caller import EVERYTHING, Scope
from groundside.model.decoded import Problem
from groundside.model.lineage import Derived
from groundside.model.place import LonLat
from groundside.model.query import FlightQuery, Near, TotalsBy
from tests.keep_builders import (
    T0,
    TESTER,
    add_flight,
    add_original,
    facts,
    guest,
    kept_cut,
    reading,
    stored,
)

NOTHING = Scope(frozenset())
MINE = Scope(frozenset({"mine"}))


@pytest.fixture
def catalogue(catalogue_url: str, tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(catalogue_url, backup_folder=tmp_path / "backups")
    yield opened
    opened.close()


def test_an_original_is_found_by_its_id_and_its_fingerprint(catalogue: Catalogue):
    kept = stored(b"abc")
    with catalogue.commit(TESTER) as writer:
        original = add_original(writer, "00000001.BIN", what=kept)
    with catalogue.read() as reader:
        found = reader.original(original, EVERYTHING)
        assert found == reader.find_original(f"fp-{kept.digest.hex}", EVERYTHING)
        assert (found.object_id, found.digest, found.size) == (kept.object_id, kept.digest, 3)
        assert (found.file_name, found.state, found.received_us) == ("00000001.BIN", ReadingState.KEPT, T0)
        assert reader.find_original("nothing", EVERYTHING) is None


def test_the_same_bytes_twice_in_one_case_are_a_duplicate_and_the_commit_goes_on(catalogue: Catalogue):
    kept = stored(b"abc")
    with catalogue.commit(TESTER) as writer:
        first = add_original(writer, what=kept)
        with pytest.raises(Duplicate) as caught:
            add_original(writer, what=stored(b"abc"))
        assert caught.value.original_id == first
        assert add_original(writer, case="other", what=stored(b"abc")) != first
    with catalogue.read() as reader:
        assert len(reader.originals(EVERYTHING)) == 2


def test_the_same_name_from_the_same_place_is_recorded_once(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        original = add_original(writer, "a.bin")
        again = {"file_name": "a.bin", "origin": "card", "at_us": T0 + 1}
        assert not writer.add_arrival(original, **again)
        assert writer.add_arrival(original, file_name="b.bin", origin="card", at_us=T0 + 2, job_id="j")
    with catalogue.read() as reader:
        assert [(a.file_name, a.at_us) for a in reader.arrivals(original, EVERYTHING)] == [
            ("a.bin", T0),
            ("b.bin", T0 + 2),
        ]


def test_a_name_that_is_not_utf8_is_kept_readable(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        original = add_original(writer, b"log\xff\xfe.bin".decode("utf-8", "surrogateescape"))
    with catalogue.read() as reader:
        assert reader.original(original, EVERYTHING).file_name == r"log\udcff\udcfe.bin"


def test_a_reading_comes_back_as_it_was_given(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        original = add_original(writer)
        given = reading(original, track=stored())
        assert writer.set_reading(given) == []
    with catalogue.read() as reader:
        assert reader.reading(original, EVERYTHING) == reading(original, track=given.track, problem_count=1)
        assert reader.original(original, EVERYTHING).state is ReadingState.READ
        assert [d.stored for d in reader.derived_objects(EVERYTHING, original)] == [given.track]


def test_of_many_problems_the_first_are_kept_and_how_many_there_were(catalogue: Catalogue):
    problems = tuple(Problem(n, 1, "bad") for n in range(PROBLEMS_KEPT + 7))
    with catalogue.commit(TESTER) as writer:
        original = add_original(writer)
        writer.set_reading(reading(original, problems=problems))
    with catalogue.read() as reader:
        found = reader.reading(original, EVERYTHING)
    assert found
    assert (len(found.problems), found.problem_count) == (PROBLEMS_KEPT, PROBLEMS_KEPT + 7)


def test_reading_again_forgets_what_the_earlier_reading_made_and_no_flight_names_it_any_more(
    catalogue: Catalogue,
):
    with catalogue.commit(TESTER) as writer:
        original, flight = add_flight(writer)
        old, part = stored(), stored()
        writer.set_reading(reading(original, "bin/1", old))
        writer.add_derived(part, "track", Derived(original, "cut/1"))
        writer.set_cuts(original, [kept_cut(original)])
        writer.update_flight(flight, facts(track_object=part.object_id, chosen=CutRef(original, 0)))
        assert writer.flight(flight, EVERYTHING).track_object == part.object_id
    with catalogue.commit(TESTER) as writer:
        gone = writer.set_reading(reading(original, "bin/2", stored()))
        assert sorted(gone) == sorted([old.object_id, part.object_id])
        assert writer.cuts(original, EVERYTHING) == []
        assert writer.flight(flight, EVERYTHING).track_object is None
        assert [a.flight_id for a in writer.attached_from(original, EVERYTHING)] == [flight]


def test_what_is_unread_or_read_by_older_code_is_pending(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        new, old, fresh, strange = (add_original(writer, name) for name in ("new", "old", "fresh", "strange"))
        writer.set_reading(reading(old, "bin/1"))
        writer.set_reading(reading(fresh, "bin/2"))
        writer.set_reading(reading(strange, "recognise/1", state=ReadingState.NOT_UNDERSTOOD))
    with catalogue.read() as reader:
        pending = {o.id for o in reader.originals_pending({"bin/2", "recognise/1"}, EVERYTHING)}
        assert pending == {new, old}
        assert reader.originals_by_state(EVERYTHING) == {
            ReadingState.KEPT: 1,
            ReadingState.READ: 2,
            ReadingState.NOT_UNDERSTOOD: 1,
        }
        assert [o.id for o in reader.originals(EVERYTHING, state=ReadingState.KEPT)] == [new]
        assert [o.id for o in reader.originals(EVERYTHING, state=ReadingState.NOT_UNDERSTOOD)] == [strange]
        assert len(reader.originals(EVERYTHING, limit=2, offset=1)) == 2


def test_a_keychain_is_kept_beside_its_original_and_survives_a_rebuild(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        original = add_original(writer)
        writer.set_keychain(original, '{"b": 1,  "a": [2]}', at_us=T0)
        writer.set_keychain(original, '{"b": 3,  "a": [2]}', at_us=T0)
        writer.clear_derived()
    with catalogue.read() as reader:
        assert reader.keychain(original, EVERYTHING) == '{"a":[2],"b":3}'


def test_cuts_come_back_as_they_were_given(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        original = add_original(writer)
        given = [kept_cut(original, n, start_s=None, recording_s=float(n)) for n in range(3)]
        writer.set_cuts(original, given[::-1])
    with catalogue.read() as reader:
        assert reader.cuts(original, EVERYTHING) == given


def test_a_rebuild_forgets_what_can_be_made_again_and_nothing_else(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        original, flight = add_flight(writer)
        _, other = add_flight(writer)
        made = stored()
        writer.set_reading(reading(original, track=made))
        writer.set_cuts(original, [kept_cut(original)])
        writer.set_note(flight, "remark", "windy", at_us=T0)
        writer.merge_flights(flight, other, at_us=T0, why="someone said so", by_person=True)
        assert writer.clear_derived() == [made.object_id]
    with catalogue.read() as reader:
        assert reader.reading(original, EVERYTHING) is None
        assert reader.cuts(original, EVERYTHING) == []
        assert reader.derived_objects(EVERYTHING) == []
        assert len(reader.originals(EVERYTHING)) == 2
        assert reader.flight(other, EVERYTHING).id == flight
        assert [n.text for n in reader.notes(flight, EVERYTHING)] == ["windy"]
        assert len(reader.attached_to(flight, EVERYTHING)) == 2
        assert len(reader.originals_pending({"bin/1"}, EVERYTHING)) == 2


def test_events_are_numbered_without_a_gap_also_past_commits_that_failed(catalogue: Catalogue):
    for number in range(4):
        with catalogue.commit(TESTER) as writer:
            assert writer.event("done", f"it-{number}", '{"n":1}', at_us=number) == number + 1
        with pytest.raises(ValueError, match="no"), catalogue.commit(TESTER) as writer:
            writer.event("never", at_us=9)
            raise ValueError("no")
    with catalogue.read() as reader:
        events = reader.events_after(1, 2, EVERYTHING)
        assert [(e.seq, e.about, e.who, e.how, e.details) for e in events] == [
            (2, "it-1", "tester", "test", '{"n":1}'),
            (3, "it-2", "tester", "test", '{"n":1}'),
        ]
        assert reader.last_event(EVERYTHING) == 4
        assert reader.event_gaps() == []


def test_what_a_failed_commit_did_was_never_done(catalogue: Catalogue):
    with pytest.raises(ZeroDivisionError), catalogue.commit(TESTER) as writer:
        add_flight(writer)
        _ = 1 / 0
    with catalogue.read() as reader:
        assert reader.originals(EVERYTHING) == []
        assert reader.query(FlightQuery(), EVERYTHING) == ([], 0)


def test_a_reader_keeps_seeing_what_there_was_when_it_began(catalogue: Catalogue):
    with catalogue.read() as reader:
        assert reader.originals(EVERYTHING) == []
        with catalogue.commit(TESTER) as writer:
            add_original(writer)
        assert reader.originals(EVERYTHING) == []
    with catalogue.read() as reader:
        assert len(reader.originals(EVERYTHING)) == 1


def test_a_commit_inside_a_commit_is_refused_rather_than_waited_for(catalogue: Catalogue):
    with catalogue.commit(TESTER), pytest.raises(RuntimeError, match="inside"), catalogue.commit(TESTER):
        pass
    with catalogue.commit(TESTER) as writer:
        assert writer.event("after", at_us=1) == 1


WITHOUT_SCOPE = {"inconsistencies", "event_gaps", "flights_of_rows"}
"""Checks of the archive as a whole, and a step that queries share."""


def test_every_question_takes_the_scope_of_whoever_asks():
    questions = [n for n, _ in inspect.getmembers(Reader, inspect.isfunction) if not n.startswith("_")]
    assert len(questions) > 20
    for name in set(questions) - WITHOUT_SCOPE:
        scope = inspect.signature(getattr(Reader, name)).parameters.get("scope")
        assert scope, f"{name} takes no scope"
        assert scope.default is inspect.Parameter.empty, f"{name} may be asked without a scope"


def test_what_belongs_to_another_case_is_not_found_by_any_question(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        original, flight = add_flight(writer, case="theirs")
        writer.set_reading(reading(original, track=stored()))
        writer.set_cuts(original, [kept_cut(original)])
        writer.set_keychain(original, "{}", at_us=T0)
        writer.set_note(flight, "remark", "secret", at_us=T0)
        offer = writer.add_offer(flight, CutRef(original, 0), "{}", at_us=T0)
        job = writer.add_job("ingest", parameters="{}", unit="files", case="theirs", at_us=T0)
        writer.event("ingest", original, at_us=T0, case="theirs")
        fingerprint = writer.original(original, EVERYTHING).fingerprint
        kept = writer.original(original, EVERYTHING).object_id
        assert writer.refers_to(kept, EVERYTHING)
    assert offer
    ref = CutRef(original, 0)
    with catalogue.read() as reader:
        for scope in (MINE, NOTHING):
            empty = (
                reader.find_original(fingerprint, scope),
                reader.originals(scope),
                reader.originals_pending(set(), scope),
                reader.originals_by_state(scope),
                reader.arrivals(original, scope),
                reader.objects_referred_to(scope),
                reader.refers_to(kept, scope),
                reader.reading(original, scope),
                reader.keychain(original, scope),
                reader.cuts(original, scope),
                reader.derived_objects(scope),
                reader.attached([ref], scope),
                reader.attached_from(original, scope),
                reader.query(FlightQuery(), scope)[1],
                reader.totals(FlightQuery(), scope, TotalsBy.MONTH),
                reader.heat(FlightQuery(), scope, None, 100),
                reader.page(FlightQuery(text="log"), scope).flights,
                reader.page(FlightQuery(near=Near(LonLat(8.5, 47.25), 1e6)), scope).flights,
                list(reader.flights_at(FlightQuery(near=Near(LonLat(8.5, 47.25), 1e6)), scope)),
                reader.paths_of([kept], scope),
                reader.offers(scope, None),
                reader.jobs(scope),
                reader.events_after(0, 10, scope),
                reader.last_event(scope),
            )
            assert not any(empty), empty
            for ask, about in (
                (reader.original, original),
                (reader.resolve, flight),
                (reader.flight, flight),
                (reader.attached_to, flight),
                (reader.told_by, flight),
                (reader.notes, flight),
                (reader.merges, flight),
                (reader.offer, offer),
                (reader.job, job.id),
                (reader.cancel_asked, job.id),
            ):
                with pytest.raises(NotFound):
                    ask(about, scope)


def test_what_belongs_to_another_case_cannot_be_changed(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        original, flight = add_flight(writer, case="theirs")
        writer.set_reading(reading(original, track=stored()))
        job = writer.add_job("ingest", parameters="{}", unit="files", case="theirs", at_us=T0)
    ref = CutRef(original, 0)
    with catalogue.commit(guest("mine")) as writer:
        mine = writer.add_flight("mine", facts(), at_us=T0)
        for change in (
            lambda: writer.add_arrival(original, file_name="x", origin="", at_us=T0),
            lambda: writer.set_reading(reading(original)),
            lambda: writer.set_cuts(original, []),
            lambda: writer.set_keychain(original, "{}", at_us=T0),
            lambda: writer.clear_derived(original),
            lambda: writer.update_flight(flight, facts()),
            lambda: writer.attach_source(flight, ref, Fit()),
            lambda: writer.attach_source(mine, ref, Fit()),
            lambda: writer.drop_flight(flight),
            lambda: writer.set_note(flight, "a", "b", at_us=T0),
            lambda: writer.merge_flights(mine, flight, at_us=T0, why="", by_person=True),
            lambda: writer.unmerge(flight, at_us=T0),
            lambda: writer.add_offer(flight, ref, "{}", at_us=T0),
            lambda: writer.progress(job.id, 1),
            lambda: writer.ask_cancel(job.id),
            lambda: writer.resume_job(job.id),
        ):
            with pytest.raises(NotFound):
                change()
        assert writer.detach_source(ref) is None
        assert writer.clear_derived() == []
        writer.drop_derived([d.stored.object_id for d in writer.derived_objects(EVERYTHING)])
        assert len(writer.derived_objects(EVERYTHING)) == 1


def test_a_flight_and_its_sources_are_of_one_case(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        original = add_original(writer, case="theirs")
        flight = writer.add_flight("mine", facts(), at_us=T0)
        with pytest.raises(BadRequest):
            writer.attach_source(flight, CutRef(original, 0), Fit())
        other = writer.add_flight("theirs", facts(), at_us=T0)
        with pytest.raises(BadRequest):
            writer.merge_flights(flight, other, at_us=T0, why="", by_person=True)
