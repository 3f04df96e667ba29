"""Verbs of the logbook: hours by whatever they are grouped by, and hours carried over from before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from groundside.archive.logbook_lines import Book, book_of
from groundside.archive.people import CARRIED, names_of, person_named
from groundside.archive.signing import SignedState, signed_months
from groundside.archive.stating import new_subject, state, stated, taken_back
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import NotFound
from groundside.keep.catalogue import Reader
from groundside.model.assignment import Field
from groundside.model.caller import Caller, Scope
from groundside.model.logbook import CarriedOver, Grouping, Hours, LogbookLine, Sums, Totals
from groundside.model.pilot import Person
from groundside.produce.logbook.carried import check
from groundside.produce.logbook.hours import totals
from groundside.produce.logbook.split import Parts, Split, split

__all__ = ["BookEntry", "Logbook", "LogbookQuery", "Split", "carry", "drop_carried", "logbook"]

HOME_ZONE = "UTC"
_PARTS = ("day_ms", "twilight_ms", "night_ms", "part107_twilight_ms", "within_sight_ms", "beyond_sight_ms")


@dataclass(frozen=True, slots=True)
class BookEntry:
    """One line with all that was said of its flight, and where it was; see `LogbookLine`."""

    line: LogbookLine
    said: Mapping[Field, str]
    place: str
    takeoff_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logbook:
    """
    A logbook.

    Args:
        pilot: whose; None for that of all.
        by: what the hours are grouped by.
        totals: the sums; also what is in none of them, and why.
        parts: the whole by light or by sight, where that was asked for, and else empty.
        entries: line by line in order of time. names: of people by id.
        carried: hours from before that are in the sums, or hold flights that are not counted again.
        signed: months of this pilot that were signed.
    """

    pilot: Person | None
    by: Grouping | Split
    totals: Totals
    parts: Parts
    entries: tuple[BookEntry, ...]
    names: Mapping[str, str]
    carried: tuple[CarriedOver, ...]
    signed: tuple[SignedState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogbookQuery:
    """
    Which part of a logbook.

    Args:
        pilot: name of the pilot in command; empty for all flights.
        first, last: local dates of the flights, both included; None for no end. Flights of unknown date are left out
            where either is given.
        by: what to group by.
    """

    pilot: str = ""
    first: date | None = None
    last: date | None = None
    by: Grouping | Split = field(default=Grouping.MONTH)


@verb(Effect.REVEALS)
def logbook(store: Store, caller: Caller, asked: LogbookQuery) -> Logbook:
    """
    Give a logbook with its hours.

    A flight counts once, from however many files it is known, and not at all where carried-over hours hold it.

    Raises:
        NotFound: no such pilot.
    """
    with store.catalogue.read() as reader:
        person = person_named(reader, asked.pilot, caller.scope) if asked.pilot else None
        book = book_of(store, reader, caller.scope, person.id if person else None, person.zone if person else HOME_ZONE)
        carried = _carried(reader, caller.scope, person)
        months = signed_months(store, reader, caller.scope, person) if person else ()
        names = names_of(reader, caller.scope)
    return _logbook(asked, person, book, carried, names, months)


def _logbook(
    asked: LogbookQuery, person: Person | None, book: Book, carried: tuple[CarriedOver, ...],
    names: Mapping[str, str], signed: tuple[SignedState, ...],
) -> Logbook:  # fmt: skip
    lines = [line for line in book.lines if _within(line.date, asked)]
    inside = tuple(one if _lies_within(one, asked) else _without_hours(one) for one in carried)
    grouping = asked.by if isinstance(asked.by, Grouping) else Grouping.MONTH
    sums = totals(lines, inside, grouping)
    sums = replace(sums, flown=_without_empty(sums.flown), simulated=_without_empty(sums.simulated))
    parts = split(sums.flown.whole, asked.by) if isinstance(asked.by, Split) else ()
    entries = tuple(_entry(line, book) for line in lines)
    return Logbook(
        pilot=person, by=asked.by, totals=sums, parts=parts, entries=entries, names=names, carried=carried,
        signed=signed,
    )  # fmt: skip


@verb(Effect.CHANGES)
def carry(store: Store, caller: Caller, pilot: str, hours: CarriedOver) -> CarriedOver:
    """
    Enter hours from before: what they cover is not counted again, should its flights be here too.

    Args:
        pilot: name.
        hours: their id and pilot are filled in.

    Raises:
        NotFound: no such pilot.
        BadRequest: they do not add up, or may hold the same flights as others that were entered.
    """
    with store.catalogue.commit(caller) as writer:
        person = person_named(writer, pilot, caller.scope)
        kept = replace(hours, id=new_subject(), pilot=person.id)
        check([*_carried(writer, caller.scope, person), kept])
        state(writer, CARRIED, kept.id, kept, at_us=store.now_us())
    return kept


@verb(Effect.CHANGES)
def drop_carried(store: Store, caller: Caller, beginning: str) -> CarriedOver:
    """
    Take carried-over hours back.

    Raises:
        NotFound: there are none such.
    """
    with store.catalogue.commit(caller) as writer:
        found = [c for c in _carried(writer, caller.scope, None) if beginning and c.id.startswith(beginning)]
        if len(found) != 1:
            what = f"{len(found)} carried-over hours begin with {beginning[:20]!r}."
            raise NotFound(what, try_this="groundside logbook --json lists them under 'carried'")
        taken_back(writer, CARRIED, found[0].id, at_us=store.now_us())
    return found[0]


def _carried(reader: Reader, scope: Scope, person: Person | None) -> tuple[CarriedOver, ...]:
    every = stated(reader, CARRIED, CarriedOver, scope).values()
    return tuple(one for one in every if person is None or one.pilot == person.id)


def _within(day: date | None, asked: LogbookQuery) -> bool:
    if asked.first is None and asked.last is None:
        return True
    return day is not None and (asked.first or date.min) <= day <= (asked.last or date.max)


def _lies_within(one: CarriedOver, asked: LogbookQuery) -> bool:
    """Whether all of the carried-over hours are of the days asked for; of others nobody knows how much is."""
    begins = asked.first is None or (one.since is not None and one.since >= asked.first)
    return begins and (asked.last is None or (one.as_of - asked.last).days <= 1)


def _without_hours(one: CarriedOver) -> CarriedOver:
    """Leave of carried-over hours only which flights they hold."""
    return replace(one, total_ms=0, **dict.fromkeys(_PARTS, 0))


def _without_empty(sums: Sums) -> Sums:
    return Sums(tuple((key, hours) for key, hours in sums.groups if hours != Hours()), sums.whole)


def _entry(line: LogbookLine, book: Book) -> BookEntry:
    kept = book.flights[line.flight.id]
    return BookEntry(line, book.said.get(line.flight.id, {}), kept.place, kept.takeoff_us)
