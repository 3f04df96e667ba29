"""The logbook of an archive: hours that add up, history, what is counted once, signatures, rules, forgetting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.archive.archive import Archive
from groundside.archive.assigning import Which
from groundside.archive.entering import FlightEntry, Mapped
from groundside.archive.logbook import LogbookQuery
from groundside.archive.people import PersonChange
from groundside.errors import BadRequest, Conflict, NotFound, Refused
from groundside.keep.logbook_tables import assignment, statement
from groundside.model.assignment import AssignRule, Field
from groundside.model.logbook import CarriedOver, Grouping, Hours
from groundside.model.pilot import Verdict
from groundside.model.query import FlightQuery
from groundside.model.recording import Aircraft
from groundside.produce.logbook.split import Split
from tests.logbooks import AS_HOURS, EMPTY, NOBODY, WHO, certificate, entered, many, row, with_people
from tests.simulated import craft_files

MAY = date(2026, 5, 4)
PEOPLE = ("Ann", "Bob", "Cleo")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with with_people(tmp_path, *PEOPLE) as opened:
        yield opened


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, tuple[str, ...]]]:
    """An archive with 30 flights of three pilots, that tests go on changing."""
    with with_people(tmp_path_factory.mktemp("flown"), *PEOPLE) as opened:
        yield opened, entered(opened, many(30, ("", *PEOPLE)))


def whole(archive: Archive, **asked: object) -> Hours:
    return archive.logbook(WHO, LogbookQuery(**asked)).totals.flown.whole  # pyright: ignore[reportArgumentType]


def minutes(archive: Archive, **asked: object) -> float:
    return whole(archive, **asked).total_ms / 60_000


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("assign"), st.lists(st.integers(0, 29), min_size=1, max_size=12), st.sampled_from(PEOPLE)),
        st.tuples(st.just("merge"), st.integers(0, 29), st.integers(0, 29)),
        st.tuples(st.just("unmerge"), st.integers(0, 29), st.just(0)),
        st.tuples(st.just("undo"), st.just(0), st.just(0)),
    ),
    min_size=1,
    max_size=4,
)


@given(CHANGES)
@settings(max_examples=6, deadline=None)
def test_whatever_is_assigned_merged_or_undone_hours_are_the_sum_of_the_flights_in_every_grouping(
    flown: tuple[Archive, tuple[str, ...]], changes: list[tuple[str, object, object]]
):
    archive, ids = flown
    for what, one, other in changes:
        _change(archive, ids, what, one, other)
    listed = archive.flights(WHO, FlightQuery()).flights
    expected_ms = sum(round((f.summary.airborne_s or 0.0) * 1000) for f in listed)
    books = [archive.logbook(WHO, LogbookQuery(by=by)).totals for by in Grouping]
    assert {book.flown.whole.total_ms for book in books} == {expected_ms}
    assert {book.flown.whole.flights for book in books} == {len(listed)}
    for book in books:
        assert sum((hours for _, hours in book.flown.groups), Hours()) == book.flown.whole
        light = book.flown.whole
        assert light.day_ms + light.twilight_ms + light.night_ms + light.unknown_light_ms == light.total_ms
    by_pilot = archive.logbook(WHO, LogbookQuery(by=Grouping.PILOT)).totals.flown
    assert sum(whole(archive, pilot=name).total_ms for name in PEOPLE) == sum(
        h.total_ms for k, h in by_pilot.groups if k
    )
    for by in Split:
        assert sum(ms for _, ms in archive.logbook(WHO, LogbookQuery(by=by)).parts) == expected_ms


def _change(archive: Archive, ids: tuple[str, ...], what: str, one: object, other: object) -> None:
    try:
        if what == "assign":
            archive.assign(WHO, Which(tuple(ids[i] for i in one)), {Field.PIC: str(other)})  # type: ignore[union-attr]
        elif what == "merge":
            archive.merge(WHO, ids[one], ids[other])  # type: ignore[index]
        elif what == "unmerge":
            archive.unmerge(WHO, ids[one])  # type: ignore[index]
        else:
            archive.undo_assign(WHO, "latest")
    except (BadRequest, NotFound):
        pass  # what is one flight already cannot be merged, and so on


def test_a_flight_that_three_files_tell_of_is_counted_once(archive: Archive, tmp_path: Path):
    for name, data in craft_files((0,)):
        archive.receive(WHO, name, [data])
    [flight] = [f for f in archive.flights(WHO, FlightQuery()).flights if len(f.sources) > 1]
    archive.assign(WHO, Which((flight.id,)), {Field.PIC: "Ann"})
    totals = archive.logbook(WHO, LogbookQuery(pilot="Ann")).totals
    assert totals.simulated.whole.flights == 1
    assert totals.simulated.whole.total_ms == round((flight.summary.airborne_s or 0) * 1000)
    assert totals.flown.whole == Hours()


def test_reassigning_keeps_who_said_what_when_and_undo_brings_it_back(archive: Archive):
    [one] = entered(archive, [row(MAY)], pic="Ann")
    archive.assign(WHO, Which((one,)), {Field.PIC: "Bob", Field.PURPOSE: "survey"})
    names = {r.person.id: r.person.name for r in archive.people(WHO)}
    history = [(names.get(a.value, a.value), a.ended_us is None) for a in archive.assignments(WHO, one)]
    assert sorted(history) == [("Ann", False), ("Bob", True), ("survey", True)]
    assert (minutes(archive, pilot="Ann"), minutes(archive, pilot="Bob")) == (0, 10)
    undone = archive.undo_assign(WHO, "latest")
    assert undone.batch.flights == 1
    assert (minutes(archive, pilot="Ann"), minutes(archive, pilot="Bob")) == (10, 0)
    assert len(archive.assignments(WHO, one)) == 4
    with pytest.raises(BadRequest, match="undone already"):
        archive.undo_assign(WHO, archive.assign_changes(WHO)[1].id)


def test_undo_leaves_what_somebody_changed_since(archive: Archive):
    one, two = entered(archive, [row(MAY), row(MAY, 20)], pic="Ann")
    change = archive.assign(WHO, Which((one, two)), {Field.PIC: "Bob"})
    archive.assign(WHO, Which((two,)), {Field.PIC: "Cleo"})
    undone = archive.undo_assign(WHO, change.batch.id[:8])
    assert (undone.batch.flights, undone.left) == (1, 1)
    assert [minutes(archive, pilot=name) for name in PEOPLE] == [10, 0, 10]


def test_observers_add_up_and_are_not_the_pilot(archive: Archive):
    [one] = entered(archive, [row(MAY)], pic="Ann")
    for name in ("Bob", "Cleo", "Bob"):
        archive.assign(WHO, Which((one,)), {Field.OBSERVER: name})
    [entry] = archive.logbook(WHO, LogbookQuery(pilot="Ann")).entries
    assert len(entry.said[Field.OBSERVER].split()) == 2
    assert minutes(archive, pilot="Bob") == 0


def test_hours_carried_until_the_last_day_asked_for_are_counted_and_later_ones_are_not(archive: Archive):
    archive.carry(WHO, "Ann", CarriedOver(id="", pilot="", as_of=date(2019, 1, 1), total_ms=60_000))
    for last, wanted in ((date(2018, 12, 31), 60_000), (date(2018, 12, 30), 0), (date.max, 60_000)):
        book = archive.logbook(WHO, LogbookQuery(pilot="Ann", last=last))
        assert book.totals.flown.whole.total_ms >= wanted and (book.totals.flown.whole.total_ms == 0) is (wanted == 0)


def test_carried_over_hours_are_never_counted_twice(archive: Archive):
    entered(archive, [row(date(2019, 12, 31)), row(date(2020, 1, 1), minutes=20)], pic="Ann")
    before = CarriedOver(id="", pilot="", as_of=date(2020, 1, 1), total_ms=600 * 60_000)
    kept = archive.carry(WHO, "Ann", before)
    book = archive.logbook(WHO, LogbookQuery(pilot="Ann"))
    assert book.totals.flown.whole.total_ms == 620 * 60_000
    assert len(book.totals.covered) == 1
    since = LogbookQuery(pilot="Ann", first=date(2019, 1, 1), last=date(2020, 12, 31))
    assert archive.logbook(WHO, since).totals.flown.whole.total_ms == 20 * 60_000, "nobody knows how much is of then"
    with pytest.raises(BadRequest, match="the same flights"):
        archive.carry(WHO, "Ann", before)
    archive.drop_carried(WHO, kept.id)
    assert minutes(archive, pilot="Ann") == 30


def test_a_signed_month_says_what_changed_in_it_since(archive: Archive):
    one, two = entered(archive, [row(MAY), row(MAY, 20)], pic="Ann")
    signed = archive.sign_logbook(WHO, "Ann", "2026-05", "checked")
    assert archive.events(WHO, 0, 1000)[-1].what == "logbook.signed"
    assert signed.total_ms == 20 * 60_000
    [state] = archive.logbook(WHO, LogbookQuery(pilot="Ann")).signed
    assert state.changed == ()
    archive.assign(WHO, Which((one,)), {Field.PURPOSE: "survey"})
    archive.assign(WHO, Which((two,)), {Field.PIC: "Bob"})
    entered(archive, [row(MAY, 21)], pic="Ann")
    [state] = archive.logbook(WHO, LogbookQuery(pilot="Ann")).signed
    assert state.signed.digest == signed.digest
    assert sorted(text.split(" ", 2)[2] for text in state.changed) == [
        "is not in it any more",
        "was added",
        "was changed",
    ]


def test_a_month_that_is_not_over_or_empty_is_not_signed(archive: Archive):
    with pytest.raises(Refused):
        archive.sign_logbook(WHO, "Ann", "2999-12")
    with pytest.raises(NotFound):
        archive.sign_logbook(WHO, "Ann", "1999-12")
    with pytest.raises(BadRequest):
        archive.sign_logbook(WHO, "Ann", "2026-13")


def test_rules_assign_flights_as_they_come_and_leave_what_was_said_by_hand(archive: Archive, tmp_path: Path):
    [here] = entered(archive, [row(MAY, craft="Kestrel")], pic="Bob")
    rule = archive.add_assign_rule(WHO, AssignRule(id="", aircraft="kestrel", fields={"pic": "Ann", "site": "field"}))
    new = archive.add_flight(WHO, _entry("Kestrel 2"), {})
    other = archive.add_flight(WHO, _entry("Falcon"), {})
    assert [a.field for a in archive.assignments(WHO, new)] == [Field.PIC, Field.SITE]
    assert archive.assignments(WHO, other) == ()
    assert [b.flights for b in archive.apply_assign_rules(WHO)] == [1]
    assert {a.field for a in archive.assignments(WHO, here)} == {Field.PIC, Field.SITE}
    assert minutes(archive, pilot="Bob") == 10
    archive.undo_assign(WHO, "latest")
    archive.rebuild(WHO)
    assert {a.field for a in archive.assignments(WHO, here) if a.ended_us is None} == {Field.PIC}, "stays taken back"
    archive.drop_assign_rule(WHO, rule.id)
    assert archive.assign_rules(WHO) == ()
    by_account = AssignRule(id="", account=WHO.who, fields={"client": "us"})
    archive.add_assign_rule(WHO, by_account)
    assert archive.apply_assign_rules(WHO)[0].flights == 3


def _entry(craft: str) -> FlightEntry:
    return FlightEntry(start_us=1_780_000_000_000_000, seconds=60.0, aircraft=Aircraft(name=craft, serial=f"{craft}-1"))


def test_the_same_logbook_imported_again_enters_nothing_new(archive: Archive):
    text = "date,duration,pilot\n2020-01-01,1.5,Ann\n2020-01-01,1.5,Ann\n2020-01-32,1,Ann\n2020-01-03,x,Ann\n"
    first = archive.import_logbook(WHO, text, AS_HOURS, {})
    assert (len(first.flights), first.known, [p.row for p in first.problems]) == (2, 0, [4, 5])
    again = archive.import_logbook(WHO, text, AS_HOURS, {})
    assert (len(again.flights), again.known) == (0, 2)
    assert minutes(archive, pilot="Ann") == 180
    [group] = archive.logbook(WHO, LogbookQuery(by=Grouping.DAY)).totals.flown.groups
    assert group[0] == "2020-01-01"


def test_an_import_that_names_somebody_unknown_enters_nothing(archive: Archive):
    with pytest.raises(NotFound, match=r"Row 3.*Zoe"):
        archive.import_logbook(WHO, "date,duration,pilot\n2020-01-01,1:00,Ann\n2020-01-02,1:00,Zoe\n", EMPTY, {})
    assert archive.flights(WHO, FlightQuery()).total == 0
    with pytest.raises(BadRequest, match=r"No column"):
        archive.import_logbook(WHO, "when,long\n1,2\n", Mapped(columns={}), {})


def test_what_somebody_holds_lapses_at_their_midnight(archive: Archive):
    archive.edit_person(WHO, "Ann", PersonChange(add=(certificate("part-107-initial-test", date(2024, 2, 29)),)))
    archive.edit_person(WHO, "Ann", PersonChange(add=(certificate("medical", date(2024, 1, 1), date(2026, 2, 28)),)))
    last = archive.currency(WHO, "Ann", on=date(2026, 2, 28))
    assert {s.verdict for s in last.currency.standings} == {Verdict.CURRENT}
    after = {s.rule: s for s in archive.currency(WHO, "Ann", on=date(2026, 3, 1)).currency.standings}
    assert {s.verdict for s in after.values()} == {Verdict.LAPSED}
    # Midnight in Chicago, six hours behind UTC in winter.
    assert after["certificate:medical"].lapses_us == 1_772_344_800_000_000
    soon = archive.currency(WHO, on=date(2026, 1, 1), within_days=60)
    assert {s.rule for s in soon.currency.lapsing} == {"faa-107-recency", "faa-107-night", "certificate:medical"}
    assert archive.currency(WHO, on=date(2026, 1, 1), within_days=58).currency.lapsing == ()


def test_whom_one_forgets_leaves_hours_and_no_name(archive: Archive):
    entered(archive, [row(MAY)], pic="Ann")
    archive.carry(WHO, "Ann", CarriedOver(id="", pilot="", as_of=date(2019, 1, 1), total_ms=60_000))
    archive.sign_logbook(WHO, "Ann", "2026-05")
    archive.forget_person(WHO, "ann")
    assert [r.person.name for r in archive.people(WHO)] == ["Bob", "Cleo"]
    with archive.catalogue.read() as reader:
        rows = (
            reader.connection.execute(statement.select()).all() + reader.connection.execute(assignment.select()).all()
        )
    assert "Ann" not in str(rows)
    assert minutes(archive) == 10
    assert not archive.verify(WHO).faults


def test_names_are_one_to_a_person_and_what_is_misspelt_is_said(archive: Archive):
    with pytest.raises(Conflict):
        archive.add_person(WHO, "ANN", PersonChange())
    with pytest.raises(NotFound) as caught:
        archive.people(WHO, "Clea")
    assert "Cleo" in str(caught.value)
    with pytest.raises(BadRequest):
        archive.edit_person(WHO, "Ann", PersonChange(rules=("faa-107-recensy",)))
    with pytest.raises(BadRequest):
        archive.edit_person(WHO, "Ann", PersonChange(zone="Mars/Base"))


def test_a_flight_with_assignments_can_be_merged_erased_and_verified(archive: Archive):
    one, two, three = entered(archive, [row(MAY), row(MAY, 20), row(MAY, 21)], pic="Ann")
    archive.assign(WHO, Which((two,)), {Field.PURPOSE: "film"})
    archive.merge(WHO, one, two)
    book = archive.logbook(WHO, LogbookQuery(pilot="Ann"))
    assert book.totals.flown.whole.flights == 2
    assert book.entries[0].said[Field.PURPOSE] == "film", "what was said of a part holds for the whole"
    archive.erase(WHO, [three], "a test")
    assert archive.logbook(WHO, LogbookQuery(pilot="Ann")).totals.flown.whole.flights == 1
    assert not archive.verify(WHO).faults


def test_who_may_see_nothing_sees_no_person_and_no_hours(archive: Archive):
    [one] = entered(archive, [row(MAY)], pic="Ann")
    assert archive.people(NOBODY) == ()
    assert archive.logbook(NOBODY, LogbookQuery()).entries == ()
    assert archive.assign_changes(NOBODY) == ()
    assert archive.currency(NOBODY).currency.standings == ()
    assert archive.fleet(NOBODY).aircraft == ()
    for call in (archive.assignments, archive.happened, archive.incident):
        with pytest.raises(NotFound):
            call(NOBODY, one)
    with pytest.raises(NotFound):
        archive.assign(NOBODY, Which((one,)), {Field.PURPOSE: "mine"})


def test_a_row_of_the_logbook_that_was_altered_is_found(archive: Archive):
    entered(archive, [row(MAY)], pic="Ann")
    with archive.catalogue.commit(WHO) as writer:
        writer.connection.execute(assignment.update().values(value="x"))
    assert any(fault.about.startswith("assignment") for fault in archive.verify(WHO).faults)
