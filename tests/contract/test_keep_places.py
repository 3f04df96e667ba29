"""Where flights were, what they come to, and pages of them, in any catalogue: always what looking at each would say."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, select, update

from groundside.keep import flight_pages, flight_query, schema
from groundside.keep.catalogue import Catalogue, Writer
from groundside.keep.flight_sums import counted, month_name, month_of
from groundside.keep.paths import path_bytes
from groundside.keep.rows import CutRef, Fit
from groundside.model.caller import EVERYTHING, GENERAL, Scope
from groundside.model.lineage import Derived
from groundside.model.place import LonLat
from groundside.model.query import Area, FlightOrder, FlightQuery, FlightTotal, Near, TotalsBy
from groundside.model.recording import Aircraft, TimeBasis
from groundside.model.table import Column
from groundside.model.track import Track, track_of
from groundside.reference.cells import Bounds
from groundside.reference.geodesy import distance_to_path_m
from groundside.reference.paths import Path as GroundPath
from groundside.reference.paths import path_of
from tests.keep_builders import SECOND, T0, TESTER, add_original, cut, facts, kept_cut, reading, stored

HOME = LonLat(8.5, 47.25)
DAY = 86_400 * SECOND


@pytest.fixture
def catalogue(catalogue_url: str, tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(catalogue_url, backup_folder=tmp_path / "backups")
    yield opened
    opened.close()


def flown(*positions: tuple[float, float], every_s: float = 1.0) -> Track:
    """A track from position to position."""
    lon, lat = zip(*positions, strict=True) if positions else ((), ())
    times = T0 + (np.arange(len(positions)) * every_s * 1e6).astype(np.int64)
    columns = {"time_us": Column(times), "lon": Column(np.array(lon)), "lat": Column(np.array(lat))}
    return track_of(columns, TimeBasis.UTC_GNSS, 0.2)


def fly(
    writer: Writer,
    track: Track | None,
    *,
    entered: bool = True,
    case: str = GENERAL,
    aircraft: str = "Kestrel",
    **more: object,
) -> str:
    """Record a flight with a track; `entered` as an ingest of today does it, otherwise as an older one did."""
    original = add_original(writer, case=case)
    writer.set_reading(reading(original))
    kept = stored() if track else None
    if kept and track:
        writer.add_derived(kept, "track", Derived(original, "cut/1"))
        if entered:
            writer.add_path(kept.object_id, path_bytes(track))
    writer.set_cuts(original, [kept_cut(original)])
    of = facts(cut(aircraft=Aircraft(name=aircraft), **more), box=None, track_object=kept.object_id if kept else None)
    flight = writer.add_flight(case, of, at_us=T0)
    writer.attach_source(flight, CutRef(original, 0), Fit("the only one", chosen=True))
    return flight


def found(catalogue: Catalogue, scope: Scope = EVERYTHING, **asked: object) -> set[str]:
    with catalogue.read() as reader:
        page = reader.page(FlightQuery(**asked), scope)  # type: ignore[arg-type]
    assert page.total == len(page.flights)
    return {flight.id for flight in page.flights}


def square(west: float, south: float, size: float) -> Area:
    ring = ((west, south), (west + size, south), (west + size, south + size), (west, south + size), (west, south))
    return Area(((tuple(LonLat(*at) for at in ring),),))


def test_a_flight_is_near_whatever_its_segments_pass_and_not_what_lies_in_a_gap(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        through = fly(writer, flown((8.0, 47.0), (8.01, 47.0)))
        fly(writer, flown((8.0, 47.0), (8.01, 47.0), every_s=5.1))
    beside = LonLat(8.005, 47.001)
    exact = distance_to_path_m(beside, [8.0, 8.01], [47.0, 47.0], [0, SECOND])
    assert found(catalogue, near=Near(beside, exact + 1e-5)) == {through}
    assert found(catalogue, near=Near(beside, exact - 1e-5)) == set()
    assert found(catalogue, inside=square(8.004, 46.999, 0.002)) == {through}


@pytest.mark.parametrize("lon", [179.9999, -179.9999, 180.0, -180.0])
def test_places_are_found_over_the_antimeridian(catalogue: Catalogue, lon: float):
    with catalogue.commit(TESTER) as writer:
        flight = fly(writer, flown((179.9995, 10.0), (-179.9995, 10.0)))
    assert found(catalogue, near=Near(LonLat(lon, 10.0001), 20.0)) == {flight}
    assert found(catalogue, inside=square(179.9999, 9.9999, 0.0002)) == {flight}
    assert found(catalogue, near=Near(LonLat(0.0, 10.0), 20.0)) == set()


def test_places_are_found_at_the_pole(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        flight = fly(writer, flown((10.0, 89.9999), (-170.0, 89.9999)))
    assert found(catalogue, near=Near(LonLat(100.0, 90.0), 1.0)) == {flight}
    assert found(catalogue, near=Near(LonLat(100.0, 89.99), 100.0)) == set()


def test_without_a_track_or_any_position_in_it_the_home_point_counts(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        nowhere = [fly(writer, track, home=None) for track in (None, flown((float("nan"), float("nan"))))]
        at_home = {fly(writer, track, home=HOME) for track in (None, flown((float("nan"), float("nan"))))}
        away = fly(writer, flown((20.0, 0.0)), home=HOME)
    assert nowhere
    assert found(catalogue, near=Near(HOME, 1.0)) == at_home
    assert found(catalogue, inside=square(8.4, 47.2, 0.2)) == at_home
    assert found(catalogue, near=Near(LonLat(20.0, 0.0), 1.0)) == {away}


def test_a_flight_that_leaps_over_half_the_earth_in_a_second_was_on_the_way(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        flight = fly(writer, flown((1.0, 0.0), (91.0, 0.0)))
    assert found(catalogue, near=Near(LonLat(45.0, 0.00001), 5.0)) == {flight}


@pytest.mark.parametrize("month", ["2023-10", "2023-11", "2023-12"])
def test_time_place_aircraft_text_and_case_all_have_to_hold(catalogue: Catalogue, month: str):
    with catalogue.commit(TESTER) as writer:
        flight = fly(writer, flown((8.0, 47.0)))
        fly(writer, flown((8.0, 47.0)), start_s=None)
    first = int(np.datetime64(month, "us").astype(int))
    when = {"from_us": first, "to_us": int((np.datetime64(month) + 1).astype("datetime64[us]").astype(int))}
    here = {"near": Near(LonLat(8.0, 47.0), 1.0), "inside": square(7.9, 46.9, 0.2), **when}
    expected = {flight} if month == "2023-11" else set()
    assert found(catalogue, **here) == expected
    assert found(catalogue, **here, aircraft="kest", text="log") == expected
    assert found(catalogue, **here, aircraft="gull") == set()
    assert found(catalogue, Scope(frozenset({"other"})), **here) == set()
    assert found(catalogue, **(here | {"near": Near(LonLat(8.1, 47.0), 1.0)})) == set()


def test_flights_that_are_not_entered_yet_are_asked_one_by_one_and_never_left_out(catalogue: Catalogue):
    tracks: dict[str, GroundPath] = {}

    def exactly(track_object: str) -> GroundPath | None:
        asked.append(track_object)
        return tracks.get(track_object)

    with catalogue.commit(TESTER) as writer:
        new, old = fly(writer, flown((8.0, 47.0))), fly(writer, flown((8.0, 47.0)), entered=False)
        lost = fly(writer, flown((8.0, 47.0)), entered=False, home=LonLat(8.0, 47.0))
        objects = {f: writer.flight(f, EVERYTHING).track_object or "" for f in (old, lost)}
    tracks[objects[old]] = path_of([8.0], [47.0], [0])
    asked: list[str] = []
    for question in ({"near": Near(LonLat(8.0, 47.0), 1.0)}, {"inside": square(7.9, 46.9, 0.2)}):
        with catalogue.read() as reader:
            page = reader.page(FlightQuery(**question), EVERYTHING, exactly)  # type: ignore[arg-type]
            squares = reader.heat(FlightQuery(**question), EVERYTHING, None, 10**9, exactly)  # type: ignore[arg-type]
        assert {f.id for f in page.flights} == {new, old, lost}
        assert [each.flights for each in squares] == [3]
    assert set(asked) == set(objects.values())


def test_what_is_computed_anew_of_a_flight_moves_it(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        flight = fly(writer, flown((8.0, 47.0)))
        (ref,) = [each.ref for each in writer.attached_to(flight, EVERYTHING)]
        moved = stored()
        writer.add_derived(moved, "track", Derived(ref.original_id, "cut/2"))
        writer.add_path(moved.object_id, path_bytes(flown((9.0, 47.0))))
        writer.update_flight(flight, facts(cut(start_s=40 * 86_400.0), box=None, track_object=moved.object_id))
    assert found(catalogue, near=Near(LonLat(8.0, 47.0), 10.0)) == set()
    assert found(catalogue, near=Near(LonLat(9.0, 47.0), 10.0)) == {flight}
    assert found(catalogue, near=Near(LonLat(9.0, 47.0), 10.0), to_us=T0 + DAY) == set()
    with catalogue.read() as reader:
        assert list(reader.totals(FlightQuery(), EVERYTHING, TotalsBy.MONTH)) == ["2023-12"]


def test_a_path_goes_with_its_track_and_the_cells_with_their_flight(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        flight = fly(writer, flown((8.0, 47.0)), home=HOME)
        (attached,) = writer.attached_to(flight, EVERYTHING)
        writer.clear_derived(attached.ref.original_id)
        assert writer.connection.execute(select(schema.track_path)).all() == []
        assert [row.id for row in writer.flights_at(FlightQuery(near=Near(HOME, 1.0)), EVERYTHING)] == [flight]
        writer.detach_source(attached.ref)
        assert writer.drop_flight(flight)
        assert writer.connection.execute(select(schema.flight_cell)).all() == []
        assert writer.connection.execute(select(schema.flight_text)).all() == []
    with catalogue.read() as reader:
        assert reader.count_flights(EVERYTHING) == (0, 0)


def test_many_flights_and_many_questions_are_answered_as_by_looking_at_each(catalogue: Catalogue):
    chance = random.Random(4)
    tracks: dict[str, Track] = {}
    with catalogue.commit(TESTER) as writer:
        for number in range(60):
            lon, lat = 8.0 + chance.gauss(0, 0.05), 47.0 + chance.gauss(0, 0.05)
            track = flown(
                *((lon + chance.gauss(0, 0.004), lat + chance.gauss(0, 0.004)) for _ in range(chance.randrange(1, 9)))
            )
            tracks[fly(writer, track, start_s=number * 86_400.0)] = track
    for _ in range(25):
        point, metres = (
            LonLat(8.0 + chance.gauss(0, 0.05), 47.0 + chance.gauss(0, 0.05)),
            chance.choice([50, 500, 3000, 50_000]),
        )
        expected = {
            flight
            for flight, track in tracks.items()
            if distance_to_path_m(point, track.floats("lon"), track.floats("lat"), track.time_us) <= metres
        }
        assert found(catalogue, near=Near(point, float(metres))) == expected


def changed(writer: Writer, chance: random.Random, known: list[str]) -> None:
    """Do one thing to some flight."""
    deed = chance.choice(["add", "add", "update", "merge", "unmerge", "drop"]) if known else "add"
    one = chance.choice(known) if known else ""
    made = cut(
        start_s=chance.choice([None, chance.randrange(0, 90) * 86_400.0]), bench=chance.random() < 0.2,
        airborne_s=chance.choice([None, chance.random() * 1e3, 1e300]), distance_m=chance.choice([None, chance.random()]),
        aircraft=Aircraft(name=chance.choice(["", "Gull", "Kestrel"])),
    )  # fmt: skip
    if deed == "add":
        known.append(writer.add_flight(GENERAL, facts(made, simulated=chance.random() < 0.5), at_us=T0))
    elif deed == "update":
        writer.update_flight(one, facts(made))
    elif deed == "merge" and writer.resolve(one, EVERYTHING) != writer.resolve(known[0], EVERYTHING):
        writer.merge_flights(known[0], one, at_us=T0, why="", by_person=True)
    elif deed == "unmerge" and writer.resolve(one, EVERYTHING) != one:
        if writer.merges(one, EVERYTHING)[0].alias == one:
            writer.unmerge(one, at_us=T0)
    elif deed == "drop" and one != known[0] and writer.resolve(one, EVERYTHING) == one and writer.drop_flight(one):
        known.remove(one)


def test_sums_are_those_of_the_flights_whatever_was_done_to_them(catalogue: Catalogue):
    chance, known = random.Random(7), list[str]()
    for _ in range(6):
        with catalogue.commit(TESTER) as writer:
            for _ in range(12):
                changed(writer, chance, known)
            ids = writer.connection.scalars(select(schema.flight.c.id)).all()
            brought = [each for each in (counted(writer.connection, one) for one in ids) if each]
            kept = {
                tuple(row[:5]): tuple(row[5:])
                for row in writer.connection.execute(select(schema.flight_sum))
                if row.flights
            }
        summed: dict[tuple[object, ...], tuple[int, int, int]] = {}
        for each in brought:
            n, time_us, way = summed.get(each.key, (0, 0, 0))
            summed[each.key] = (n + 1, time_us + each.airborne_us, way + each.distance_mm)
        assert kept == summed


def test_totals_by_month_and_aircraft_agree_with_the_list(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        for number in range(12):
            fly(
                writer,
                None,
                start_s=number * 9 * 86_400.0,
                airborne_s=10.0,
                distance_m=1.5,
                aircraft="Gull" if number % 3 else "Kestrel",
            )
        fly(writer, None, start_s=None, airborne_s=None)
        fly(writer, None, start_s=0, bench=True)
    spans = [{}, {"from_us": T0 + 5 * DAY}, {"to_us": T0 + 50 * DAY}, {"from_us": T0 + 5 * DAY, "to_us": T0 + 6 * DAY},
             {"from_us": T0 + 5 * DAY, "to_us": T0 + 80 * DAY}, {"from_us": 1_698_796_800 * SECOND, "to_us": 1_701_388_800 * SECOND}]  # fmt: skip
    with catalogue.read() as reader:
        for span in spans:
            for more in ({}, {"aircraft": "gull"}, {"text": "log"}):
                asked = FlightQuery(**span, **more)  # type: ignore[arg-type]
                page = reader.page(asked, EVERYTHING)
                assert page.total == len(page.flights)
                by_month = reader.totals(asked, EVERYTHING, TotalsBy.MONTH)
                expected: dict[str, FlightTotal] = {}
                for flight in page.flights:
                    name = month_name(month_of(flight.summary.recording_start_us))
                    was = expected.get(name, FlightTotal(0, 0.0, 0.0))
                    time_s = was.airborne_s + (flight.summary.airborne_s or 0.0)
                    expected[name] = FlightTotal(
                        was.flights + 1, time_s, was.distance_m + (flight.summary.distance_m or 0.0)
                    )
                assert by_month == dict(sorted(expected.items()))
                assert page.airborne_s == sum(each.airborne_s for each in by_month.values())
                assert (
                    sum(each.flights for each in reader.totals(asked, EVERYTHING, TotalsBy.AIRCRAFT).values())
                    == page.total
                )


@pytest.mark.parametrize("order", list(FlightOrder))
def test_pages_read_in_any_order_are_those_of_the_whole_list(
    catalogue: Catalogue, order: FlightOrder, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(flight_pages, "_DEEP", 2)
    monkeypatch.setattr(flight_pages, "STRIDE", 3)
    chance = random.Random(11)
    with catalogue.commit(TESTER) as writer:
        for number in range(40):
            of = cut(
                start_s=chance.choice([None, number // 3, number // 3 * 86_400.0 * 9]), airborne_s=chance.choice([None, 1.0, 2.0, number / 7]),
                distance_m=chance.choice([None, 0.0, number / 3]), max_height_m=chance.choice([None, 5.0, -1.0]),
                bench=chance.random() < 0.2, aircraft=Aircraft(name=chance.choice(["", "Gull", "Kestrel", "Örn"])),
            )  # fmt: skip
            writer.add_flight(GENERAL, facts(of, place=chance.choice(["", "Oslo", "Ås"])), at_us=T0)
    for more in ({}, {"bench": True}, {"aircraft": "gull"}, {"from_us": T0 + 2 * SECOND, "to_us": T0 + 99 * DAY}):
        for descending in (True, False):
            with catalogue.read() as reader:
                asked = {"order": order, "descending": descending, **more}
                whole = [f.id for f in reader.page(FlightQuery(**asked), EVERYTHING).flights]  # type: ignore[arg-type]
                assert len(set(whole)) == len(whole)
                for offset in [0, 30, 5, 17, 36, 12, 39, 24, 100]:
                    page = reader.page(FlightQuery(limit=4, offset=offset, **asked), EVERYTHING)  # type: ignore[arg-type]
                    assert [f.id for f in page.flights] == whole[offset : offset + 4]


def test_what_was_found_before_does_not_outlive_a_change(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        one = fly(writer, flown((8.0, 47.0)))
    asked = [{"near": Near(LonLat(8.0, 47.0), 1.0)}, {"text": "windy"}, {}]
    assert [found(catalogue, **each) for each in asked] == [{one}, set(), {one}]  # type: ignore[arg-type]
    with catalogue.commit(TESTER) as writer:
        other = fly(writer, flown((8.0, 47.0)))
        writer.set_note(one, "remark", "windy", at_us=T0)
    assert [found(catalogue, **each) for each in asked] == [{one, other}, {one}, {one, other}]  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError), catalogue.commit(TESTER) as writer:
        third = fly(writer, flown((8.0, 47.0)))
        assert third in {row.id for row in writer.flights_at(FlightQuery(near=asked[0]["near"]), EVERYTHING)}  # type: ignore[arg-type]
        raise ZeroDivisionError
    assert [found(catalogue, **each) for each in asked] == [{one, other}, {one}, {one, other}]  # type: ignore[arg-type]


def test_more_flights_than_are_kept_in_memory_are_paged_all_the_same(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(flight_query, "MOST_KEPT", 3)
    with catalogue.commit(TESTER) as writer:
        ids = [fly(writer, flown((8.0, 47.0)), start_s=float(n), distance_m=float(n)) for n in range(8)]
    for asked in ({"text": "log"}, {"near": Near(LonLat(8.0, 47.0), 1.0)}):
        with catalogue.read() as reader:
            page = reader.page(FlightQuery(limit=3, offset=2, descending=False, **asked), EVERYTHING)  # type: ignore[arg-type]
        assert ([f.id for f in page.flights], page.total, page.distance_m) == (ids[2:5], 8, 28.0)


def test_squares_count_each_flight_once_and_are_as_small_as_may_be(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        for _ in range(3):
            fly(writer, flown(*((8.0 + 1e-4 * n, 47.0) for n in range(40)), (8.0, 47.0)))
        fly(writer, flown((-179.99, 0.0), (179.99, 0.0)))
        fly(writer, None, home=LonLat(8.0, 47.0))
        fly(writer, flown((8.0, 47.0)), bench=True)
    around = Bounds(7.99, 46.99, 8.01, 47.01)
    with catalogue.read() as reader:
        fine = reader.heat(FlightQuery(), EVERYTHING, around, 20_000)
        coarse = reader.heat(FlightQuery(), EVERYTHING, None, 20_000)
        few = reader.heat(FlightQuery(), EVERYTHING, None, 2)
        none = reader.heat(FlightQuery(from_us=T0 + DAY), EVERYTHING, around, 1000)
    assert none == []
    assert fine[-1].flights == 4
    assert {each.flights for each in fine[:-1]} == {3}
    assert len(fine) > 20 > len(coarse)
    for cells, holds in ((fine, [4]), (coarse, [4, 1, 1]), (few, [4, 1, 1])):
        for point, flights in zip((LonLat(8.0, 47.0), LonLat(-179.99, 0.0), LonLat(179.99, 0.0)), holds, strict=False):
            (at,) = [
                c
                for c in cells
                if c.west <= point.lon < c.west + c.size_deg and c.south <= point.lat < c.south + c.size_deg
            ]
            assert at.flights == flights
    assert few[0].size_deg > coarse[0].size_deg > fine[0].size_deg


def test_flights_left_by_an_older_program_are_found_by_their_tracks(catalogue: Catalogue):
    with catalogue.commit(TESTER) as writer:
        flight = fly(writer, flown((8.0, 47.0)))
        writer.connection.execute(update(schema.flight).values(placed=None))
        writer.connection.execute(delete(schema.flight_cell))
    with catalogue.read() as reader:
        page = reader.page(FlightQuery(near=Near(LonLat(8.0, 47.0), 1.0)), EVERYTHING, lambda _: None)
    assert [f.id for f in page.flights] == [flight]
