"""Flights in any catalogue: lists, matching, merging and taking it back, notes, offers."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundside.errors import BadRequest, NotFound
from groundside.keep.catalogue import Catalogue, Writer
from groundside.keep.rows import Box, CutRef, Fit, OfferState
from groundside.model.caller import EVERYTHING
from groundside.model.place import LonLat
from groundside.model.query import FlightOrder, FlightQuery, FlightTotal, Near, TotalsBy
from groundside.model.recording import Aircraft
from tests.keep_builders import (
    SECOND,
    T0,
    TESTER,
    add_flight,
    add_original,
    cut,
    facts,
    kept_cut,
    reading,
)


@pytest.fixture
def catalogue(catalogue_url: str, tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(catalogue_url, backup_folder=tmp_path / "backups")
    yield opened
    opened.close()


def fly(writer: Writer, name: str = "log.bin", box: Box | None = None, place: str = "", **more: object) -> str:
    return add_flight(writer, name, of=facts(cut(**more), place, box=box))[1]


def found(catalogue: Catalogue, **asked: object) -> list[str]:
    with catalogue.read() as reader:
        flights, total = reader.query(FlightQuery(**asked), EVERYTHING)  # type: ignore[arg-type]
    assert asked.get("limit") is not None or total == len(flights)
    return [flight.id for flight in flights]


def test_a_flight_comes_back_with_its_sources_place_and_summary(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        original, flight = add_flight(
            writer, "DJIFlightRecord.txt", of=facts(cut(distance_m=12.5), "Dodge City, Kansas, US")
        )
        writer.add_arrival(original, file_name="copy.txt", origin="mail", at_us=T0)
    with catalogue.read() as reader:
        seen = reader.flight(flight, EVERYTHING)
    assert seen.summary == cut(distance_m=12.5)
    assert seen.place
    assert (seen.place.name, seen.place.time_zone) == ("Dodge City, Kansas, US", "Europe/Stockholm")
    (source,) = seen.sources
    assert (source.file, source.format, source.recording_id) == ("DJIFlightRecord.txt", "bin", original)
    assert (source.chosen, source.why) == (True, "the only one")


def test_updating_a_flight_keeps_its_id_and_what_was_written_on_it(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        _, flight = add_flight(writer)
        writer.set_note(flight, "pilot", "A. N. Other", at_us=T0)
        writer.update_flight(flight, facts(cut(distance_m=99.0)))
    with catalogue.read() as reader:
        assert reader.flight(flight, EVERYTHING).summary.distance_m == 99.0
        assert [n.text for n in reader.notes(flight, EVERYTHING)] == ["A. N. Other"]


@pytest.mark.parametrize("order", list(FlightOrder))
@pytest.mark.parametrize("descending", [True, False])
def test_flights_without_the_value_come_last_either_way(catalogue: Catalogue, order: FlightOrder, descending: bool):
    nothing = {"recording_start_us": None, "airborne_s": None, "aircraft": Aircraft()}
    with catalogue.commit(TESTER) as writer:
        empty = [fly(writer, **nothing) for _ in range(2)]
        filled = [
            fly(
                writer,
                place=name,
                start_s=n,
                airborne_s=float(n),
                distance_m=float(n),
                max_height_m=float(n),
                aircraft=Aircraft(name=name),
            )
            for n, name in enumerate(("alder", "Birch", "cedar"))
        ]
    seen = found(catalogue, order=order, descending=descending)
    assert seen[:3] == (filled[::-1] if descending else filled)
    assert set(seen[3:]) == set(empty)


@pytest.mark.parametrize("order", [FlightOrder.PLACE, FlightOrder.AIRCRAFT])
def test_names_are_listed_by_their_characters_numbers_whatever_the_language(catalogue: Catalogue, order: FlightOrder):
    names = ["_b", "a b", "ab", "a-c", "z", "\u00e4", "\u0436", "\U0001f681"]  # English would mix most of them
    with catalogue.commit(TESTER) as writer:
        for name in names[::-1]:
            fly(writer, place=name, aircraft=Aircraft(name=name))
    with catalogue.read() as reader:
        flights, _ = reader.query(FlightQuery(order=order, descending=False), EVERYTHING)
    assert [flight.summary.aircraft.name for flight in flights] == sorted(names)


def test_names_of_any_length_are_kept_and_found(catalogue: Catalogue):
    chance = random.Random(4)
    long = "".join(chr(chance.randrange(0x4E00, 0x9FA0)) for _ in range(10_000))  # nothing compresses it
    with catalogue.commit(TESTER) as writer:
        flight = fly(writer, place=long, aircraft=Aircraft(name=long, serial="sn-9"))
        original = writer.attached_to(flight, EVERYTHING)[0].ref.original_id
        again = {"file_name": long[:5000], "origin": long, "at_us": T0}
        assert [writer.add_arrival(original, **again) for _ in range(2)] == [True, False]  # type: ignore[arg-type]
        seen = writer.flight(flight, EVERYTHING)
    assert seen.summary.aircraft.name == long
    assert seen.place
    assert seen.place.name == long
    for order in (FlightOrder.PLACE, FlightOrder.AIRCRAFT):
        assert found(catalogue, order=order, aircraft=long[:50]) == [flight]
    assert found(catalogue, text=long[:100]) == [flight]


@pytest.mark.parametrize(
    "hostile", ["\0", "a\0b", "\udcff", "'; DROP TABLE flight; --", "%", "_", "\\", "%s", ":x", "{}"]
)
def test_hostile_text_is_only_text_in_rows_and_in_questions(catalogue: Catalogue, hostile: str):
    with catalogue.commit(TESTER) as writer:
        flight = fly(writer, place=hostile, aircraft=Aircraft(name=hostile))
        fly(writer, place="elsewhere", aircraft=Aircraft(name="other"))
        writer.set_note(flight, "remark", hostile, at_us=T0)
        writer.event(hostile, hostile, hostile, at_us=T0)
        assert len(writer.notes(flight, EVERYTHING)) == 1
        for ask in (writer.flight, writer.original, writer.job, writer.offer):
            with pytest.raises(NotFound):
                ask(hostile, EVERYTHING)
        assert writer.find_original(hostile, EVERYTHING) is None
    if hostile.isprintable():
        assert found(catalogue, text=hostile) == [flight]
        assert found(catalogue, aircraft=hostile) == [flight]
    else:
        assert set(found(catalogue, text=hostile)) <= {flight}


def test_pages_put_together_are_the_whole_list(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        for number in range(7):
            fly(writer, start_s=number // 3)
    whole = found(catalogue)
    pages = [each for offset in range(0, 9, 3) for each in found(catalogue, limit=3, offset=offset)]
    assert pages == whole
    assert len(set(whole)) == 7
    with catalogue.read() as reader:
        assert reader.query(FlightQuery(limit=2), EVERYTHING)[1] == 7


def test_dates_are_half_open_and_leave_out_flights_of_unknown_utc(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        _, at_5, at_9 = fly(writer, start_s=None), fly(writer, start_s=5), fly(writer, start_s=9)
    assert found(catalogue, from_us=T0 + 5 * SECOND, to_us=T0 + 9 * SECOND) == [at_5]
    assert found(catalogue, from_us=T0 + 6 * SECOND) == [at_9]
    assert set(found(catalogue, to_us=T0 + 10 * SECOND)) == {at_5, at_9}


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("ÖREBRO", True),
        ("örebro", True),
        ("sn-17", True),
        ("00000042.bin", True),
        ("copy of", True),
        ("WINDY", True),
        ("100%", True),
        ("10_%", False),
        ("%", True),
        ("o_k", False),
        ("nowhere", False),
    ],
)
def test_text_is_searched_in_place_aircraft_file_names_and_notes_in_any_case(
    catalogue: Catalogue, text: str, hit: bool
):
    with catalogue.commit(TESTER) as writer:
        original, flight = add_flight(writer, "00000042.BIN")
        writer.add_arrival(original, file_name="Copy of log", origin="", at_us=T0)
        writer.set_note(flight, "remark", "windy, but 100% OK", at_us=T0)
        add_flight(writer, "other", of=facts(cut(aircraft=Aircraft()), ""))
    assert found(catalogue, text=text) == ([flight] if hit else [])


def test_a_note_taken_away_is_not_found_any_more(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        _, flight = add_flight(writer)
        writer.set_note(flight, "remark", "windy", at_us=T0)
        writer.set_note(flight, "remark", "", at_us=T0)
    assert found(catalogue, text="windy") == []


def test_aircraft_are_found_by_name_model_or_serial_and_not_by_place(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        flight = fly(writer, place="Quadville")
        fly(writer, place="Kestrel", aircraft=Aircraft())
    for text in ("kest", "QUAD 4", "n-17"):
        assert found(catalogue, aircraft=text) == [flight]
    assert found(catalogue, aircraft="quadville") == []


def test_bench_runs_are_listed_apart_and_counted_in_no_total(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        flown = fly(writer, airborne_s=100.0, distance_m=1000.0, max_height_m=50.0)
        bench = fly(writer, bench=True, airborne_s=None)
    assert found(catalogue) == [flown]
    assert set(found(catalogue, bench=True)) == {flown, bench}
    with catalogue.read() as reader:
        for asked in ({}, {"near": Near(LonLat(8.5, 47.25), 1e5)}, {"text": "log"}, {"aircraft": "kestrel"}):
            page = reader.page(FlightQuery(bench=True, **asked), EVERYTHING)
            assert (page.total, page.airborne_s, page.distance_m) == (2, 100.0, 1000.0)
            sums = reader.totals(FlightQuery(bench=True, **asked), EVERYTHING, TotalsBy.MONTH)
            assert sums == {"2023-11": FlightTotal(1, 100.0, 1000.0)}
        assert reader.totals(FlightQuery(text="nothing"), EVERYTHING, TotalsBy.MONTH) == {}


def test_without_a_track_the_home_point_is_what_is_near(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        flight = fly(writer, box=None, home=LonLat(5.0, 5.0))
        fly(writer, box=None, home=None)
    assert found(catalogue, near=Near(LonLat(5.0, 5.0), 10.0)) == [flight]


def test_where_a_flight_was_is_decided_before_pages_are_counted(catalogue: Catalogue):
    here, elsewhere = LonLat(8.5, 47.25), LonLat(8.6, 47.25)
    with catalogue.commit(TESTER) as writer:
        ids = [fly(writer, start_s=n, home=elsewhere if n % 2 else here) for n in range(6)]
    asked = FlightQuery(near=Near(here, 1000.0), limit=2, offset=1, descending=False)
    with catalogue.read() as reader:
        page, total = reader.query(asked, EVERYTHING)
    assert ([f.id for f in page], total) == ([ids[2], ids[4]], 3)


def test_a_cut_belongs_to_one_flight_at_a_time(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        original, first = add_flight(writer)
        second = writer.add_flight("general", facts(), at_us=T0)
        writer.attach_source(second, CutRef(original, 0), Fit("better", clock_offset_s=0.5, by_person=True))
        assert writer.attached_to(first, EVERYTHING) == []
        (attached,) = writer.attached_to(second, EVERYTHING)
        assert attached.fit == Fit("better", clock_offset_s=0.5, by_person=True)
        assert writer.attached([CutRef(original, 0), CutRef(original, 1)], EVERYTHING) == {attached.ref: attached}
        assert writer.detach_source(CutRef(original, 0)) == second
        assert writer.detach_source(CutRef(original, 0)) is None
        assert writer.drop_flight(first)
        with pytest.raises(NotFound):
            writer.flight(first, EVERYTHING)


def test_a_flight_that_someone_wrote_on_or_that_has_a_source_is_not_dropped(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        original, flight = add_flight(writer)
        assert not writer.drop_flight(flight)
        writer.set_note(flight, "remark", "keep me", at_us=T0)
        writer.detach_source(CutRef(original, 0))
        assert not writer.drop_flight(flight)
        writer.set_note(flight, "remark", "", at_us=T0)
        assert writer.drop_flight(flight)


def sources_of(writer: Writer, flight: str) -> set[str]:
    return {each.ref.original_id for each in writer.attached_to(flight, EVERYTHING)}


def test_merging_moves_sources_and_leaves_an_alias_under_which_all_is_found(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        (a, flight_a), (b, flight_b) = add_flight(writer, "a.bin"), add_flight(writer, "b.csv")
        writer.set_note(flight_b, "remark", "windy", at_us=T0)
        merge = writer.merge_flights(flight_a, flight_b, at_us=T0, why="same start", by_person=False)
        assert (merge.alias, merge.into, merge.moved, merge.who) == (
            flight_b,
            flight_a,
            (CutRef(b, 0),),
            "tester",
        )
    with catalogue.read() as reader:
        seen = reader.flight(flight_b, EVERYTHING)
        assert (seen.id, seen.aliases) == (flight_a, (flight_b,))
        assert {s.recording_id for s in seen.sources} == {a, b}
        assert sum(s.chosen for s in seen.sources) == 1
        assert [n.text for n in reader.notes(flight_a, EVERYTHING)] == ["windy"]
        assert len(reader.told_by(flight_b, EVERYTHING)) == 2
        assert [m.id for m in reader.merges(flight_a, EVERYTHING)] == [merge.id]
    assert found(catalogue) == [flight_a]
    assert found(catalogue, text="b.csv") == [flight_a]
    assert found(catalogue, text="windy") == [flight_a]


def test_a_merge_taken_back_restores_sources_their_choice_and_notes(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        (a, flight_a), (b, flight_b) = add_flight(writer, "a.bin"), add_flight(writer, "b.csv")
        writer.set_note(flight_b, "remark", "windy", at_us=T0)
        before = writer.attached_to(flight_b, EVERYTHING)
        writer.merge_flights(flight_a, flight_b, at_us=T0, why="", by_person=True)
        undone = writer.unmerge(flight_b, at_us=T0 + 1)
        assert undone.undone_us == T0 + 1
        assert writer.attached_to(flight_b, EVERYTHING) == before
        assert sources_of(writer, flight_a) == {a}
        assert writer.notes(flight_a, EVERYTHING) == []
        assert [n.text for n in writer.notes(flight_b, EVERYTHING)] == ["windy"]
        with pytest.raises(NotFound):
            writer.unmerge(flight_b, at_us=T0 + 2)
        assert b in sources_of(writer, flight_b)
    assert found(catalogue, text="windy") == [flight_b]
    assert len(found(catalogue)) == 2


@pytest.mark.parametrize("first", ["inner", "outer"])
def test_merges_of_merges_can_be_taken_back_in_any_order(catalogue: Catalogue, first: str):
    with catalogue.commit(TESTER) as writer:
        (a, fa), (b, fb), (c, fc) = (add_flight(writer, name) for name in "abc")
        writer.merge_flights(fb, fc, at_us=T0, why="", by_person=True)
        writer.merge_flights(fa, fb, at_us=T0 + 1, why="", by_person=True)
        assert writer.resolve(fc, EVERYTHING) == fa
        assert writer.flight(fa, EVERYTHING).aliases == (fb, fc)
        assert sources_of(writer, fa) == {a, b, c}
        for each in (fc, fb) if first == "inner" else (fb, fc):
            writer.unmerge(each, at_us=T0 + 2)
        assert [sources_of(writer, f) for f in (fa, fb, fc)] == [{a}, {b}, {c}]
        assert [writer.resolve(f, EVERYTHING) for f in (fa, fb, fc)] == [fa, fb, fc]


def test_a_source_that_went_elsewhere_meanwhile_is_left_there(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        (_, fa), (b, fb), (_, fc) = (add_flight(writer, name) for name in "abc")
        writer.merge_flights(fa, fb, at_us=T0, why="", by_person=True)
        writer.attach_source(fc, CutRef(b, 0), Fit("no, it is this one", by_person=True))
        writer.unmerge(fb, at_us=T0 + 1)
        assert b in sources_of(writer, fc)
        assert sources_of(writer, fb) == set()


def test_a_flight_is_not_merged_with_itself_by_whatever_name(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        (_, fa), (_, fb) = (add_flight(writer, name) for name in "ab")
        writer.merge_flights(fa, fb, at_us=T0, why="", by_person=True)
        for pair in ((fa, fa), (fa, fb), (fb, fa)):
            with pytest.raises(BadRequest):
                writer.merge_flights(*pair, at_us=T0, why="", by_person=True)


def test_which_cut_belongs_where_survives_reading_again(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        original, flight = add_flight(writer)
        writer.clear_derived(original)
        writer.set_reading(reading(original, "bin/2"))
        writer.set_cuts(original, [kept_cut(original, distance_m=5.0)])
        (again,) = writer.told_by(flight, EVERYTHING)
        assert again.kept.summary.distance_m == 5.0


def test_several_offers_of_one_cut_are_made_once_and_of_what_flights_have_become(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        (_, one), (_, two), (_, three) = (add_flight(writer, name) for name in ("1.bin", "2.bin", "3.bin"))
        ref = CutRef(add_original(writer, "late.srt"), 0)
        writer.merge_flights(one, two, at_us=T0, by_person=True, why="")
        writer.add_offer(three, ref, '"earlier"', at_us=T0)
        writer.add_offers(ref, {two: '"a"', three: '"b"'}, at_us=T0)
        assert {(o.flight_id, o.evidence) for o in writer.offers(EVERYTHING)} == {(one, '"a"'), (three, '"earlier"')}
        [told] = writer.told_of([three], EVERYTHING)
        assert (told.id, told.originals) == (three, {s.recording_id for s in writer.flight(three, EVERYTHING).sources})
        with pytest.raises(NotFound):
            writer.add_offers(ref, {"no such flight": ""}, at_us=T0)


def test_an_offer_that_was_declined_is_not_made_again(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        (_, flight), other = add_flight(writer), add_original(writer, "late.srt")
        ref = CutRef(other, 0)
        offer = writer.add_offer(flight, ref, '{"lag_s":1.5}', at_us=T0)
        assert offer
        assert writer.add_offer(flight, ref, "{}", at_us=T0) is None
        assert [(o.flight_id, o.ref, o.evidence) for o in writer.offers(EVERYTHING)] == [(flight, ref, '{"lag_s":1.5}')]
        declined = writer.decide_offer(offer, OfferState.DECLINED, at_us=T0 + 1)
        assert (declined.state, declined.decided_by, declined.decided_us) == (
            OfferState.DECLINED,
            "tester",
            T0 + 1,
        )
        assert writer.offers(EVERYTHING) == []
        assert writer.add_offer(flight, ref, "{}", at_us=T0 + 2) is None
        assert len(writer.offers(EVERYTHING, OfferState.DECLINED)) == len(writer.offers(EVERYTHING, None)) == 1
