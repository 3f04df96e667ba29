"""What one commit leaves to the next about flights at a place is what the catalogue says of it."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from groundside.archive import squares
from groundside.archive.archive import Archive
from groundside.archive.composing import facts_of
from groundside.archive.squares import Squares
from groundside.keep.catalogue import Writer
from groundside.keep.rows import Box, FlightFacts
from groundside.model.caller import GENERAL, Caller, Scope
from groundside.model.query import FlightQuery
from tests.simulated import craft_files

WHO = Caller("tester", "test")
NOBODY = Caller("guest", "test", scope=Scope(frozenset({"another"})))
MOST = 5


class Undone(Exception):
    """A commit fails after it left what it knew."""


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive with some flights, and no knowledge of places."""
    (tmp_path / "card").mkdir()
    for name, data in craft_files((0, 2)):
        (tmp_path / "card" / name).write_bytes(data)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        archive.ingest(WHO, [tmp_path / "card"], workers="0")
        squares.forget_last()
        yield archive


@pytest.fixture
def facts(archive: Archive) -> FlightFacts:
    """What some flight shows, without its track."""
    with archive.catalogue.read() as reader:
        flight = archive.flights(WHO, FlightQuery()).flights[0]
        cut = reader.told_by(flight.id, WHO.scope)[0].kept
    return replace(facts_of(cut), chosen=None, track_object=None)


def some_box(rng: random.Random) -> Box | None:
    if rng.random() < 0.05:
        return None
    west, south = 8.0 + rng.randrange(30) / 100, 47.0 + rng.randrange(30) / 100
    return Box(west, south, west + rng.choice([0.0, 0.01, 0.05]), south + rng.choice([0.0, 0.01, 0.05]))


def added(writer: Writer, facts: FlightFacts, rng: random.Random) -> str:
    start_us = rng.choice([None, 10**15 + 1000 * rng.randrange(3)])
    told = replace(facts, box=some_box(rng), summary=replace(facts.summary, recording_start_us=start_us))
    return writer.add_flight(GENERAL, told, at_us=1)


def differing(known: Squares, writer: Writer) -> list[tuple[int, int]]:
    """Compare every square with the catalogue."""
    wrong: list[tuple[int, int]] = []
    for square, found in known._found.items():
        around = squares._bounds(square)
        there = writer.candidates_by_place(around, writer.caller.scope, without_utc=square[4], most=MOST)
        if there != found:
            wrong.append((len(there), len(found)))
    return wrong


def test_what_is_known_of_places_is_what_the_catalogue_says_commit_after_commit(
    archive: Archive, facts: FlightFacts, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(squares, "MOST_AROUND", MOST)
    rng, carried, full = random.Random(5), 0, 0
    for number in range(30):
        try:
            with archive.catalogue.commit(WHO) as writer:
                known = Squares(writer)
                carried += bool(known._found)
                for _ in range(12):
                    if (box := some_box(rng)) is not None:
                        known.touching(box, without_utc=rng.random() < 0.5, most=MOST)
                    known.added([added(writer, facts, rng) for _ in range(rng.randrange(3))])
                assert differing(known, writer) == []
                full += sum(len(found) == MOST for found in known._found.values())
                known.keep()
                if number % 7 == 3:
                    raise Undone
        except Undone:
            continue
    assert carried >= 20
    assert full >= 100


def test_nothing_is_left_to_a_commit_that_sees_other_flights_or_after_somebody_else_changed_them(
    archive: Archive, facts: FlightFacts
):
    box, rng = Box(8.0, 47.0, 8.3, 47.3), random.Random(2)

    def left() -> None:
        with archive.catalogue.commit(WHO) as writer:
            known = Squares(writer)
            known.added([added(writer, facts, rng) for _ in range(4)])
            assert known.touching(box, without_utc=False, most=MOST)
            known.keep()

    left()
    with archive.catalogue.commit(NOBODY) as writer:
        assert Squares(writer).touching(box, without_utc=False, most=MOST) == []
    left()
    one, other, *_ = archive.flights(WHO, FlightQuery()).flights
    archive.merge(WHO, one.id, other.id)
    with archive.catalogue.commit(WHO) as writer:
        assert Squares(writer)._found == {}
    left()
    squares.forget_last()
    with archive.catalogue.commit(WHO) as writer:
        assert Squares(writer)._found == {}
    with archive.catalogue.commit(WHO) as writer:
        known = Squares(writer)
        known.touching(box, without_utc=False, most=MOST)
        known.forget()
        assert known._found == {}
