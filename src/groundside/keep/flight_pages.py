"""
One page of flights in the order of an index, however deep: read from whichever known place in the list is nearest.

Flights without the value come last either way, so a list is two: those that have it, and then those that do not.
"""

from __future__ import annotations

from bisect import bisect, bisect_left, insort
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, tuple_

from groundside.keep import schema
from groundside.keep.flight_filter import ORDERS, conditions, key_of, looked_up
from groundside.keep.flight_memory import Memory
from groundside.keep.flight_sums import aircraft_of, month_start_us, plain, starts, sums_of
from groundside.model.caller import EVERYTHING, Scope
from groundside.model.query import FlightOrder, FlightQuery

_F = schema.flight
Value = float | int | str
Found = tuple[str, Value]
"""A flight's id, and the value that it is sorted by."""
Place = tuple[int, Value | None, str]
"""A place in a list, upwards: so many flights have no greater (value, id) than this; None before all or after all."""
FEW = 30_000
"""So many flights are sorted sooner than found in the order of another index."""
MOST_AIRCRAFT = 200
MOST_PLACES = 2000
STRIDE = 20_000
_DEEP = 1000
_AFTER_ALL_IDS = "g"
"""Sorts after every hexadecimal character."""


@dataclass
class Known:
    """What is known of one list: how many flights in it have the value, and where some of them stand."""

    with_value: int | None = None
    places: list[Place] = field(default_factory=list)

    def note(self, place: Place) -> None:
        """Remember a place, if there is room."""
        if len(self.places) < MOST_PLACES and place not in self.places:
            insort(self.places, place, key=lambda each: each[0])


_LISTS: Memory[Known] = Memory(64)
_AIRCRAFT: Memory[list[str]] = Memory(8)
_EVERYTHING: Memory[int] = Memory(8)


def aircraft_meant(connection: Connection, asked: FlightQuery, scope: Scope) -> list[str] | None:
    """Look up which aircraft the words asked for mean; None where none are, or too many for a list."""
    if not asked.aircraft:
        return None
    cases = None if scope.cases is None else tuple(sorted(scope.cases))
    every = _AIRCRAFT.get(connection, cases, lambda: aircraft_of(connection, scope))
    found = [each for each in every if asked.aircraft.casefold() in each]
    return found if len(found) <= MOST_AIRCRAFT else None


class Listing:
    """One list of flights: a question in its order. The question has no `near` and no `inside`."""

    def __init__(self, connection: Connection, asked: FlightQuery, scope: Scope, total: int) -> None:
        self._connection, self._asked, self._scope = connection, asked, scope
        self._column = ORDERS[asked.order]
        self._aircraft = aircraft_meant(connection, asked, scope)
        self._wanted = and_(conditions(asked, scope, self._aircraft), looked_up(asked))
        self._index = self._index_for(total)
        self._total = total
        question = (key_of(asked, scope), asked.order)
        self._known = _LISTS.get(connection, question, Known)

    def page(self) -> list[str]:
        """Give the ids of the flights of the page asked for, in order."""
        first = self._asked.offset
        count = max(self._total - first, 0) if self._asked.limit is None else self._asked.limit
        if count <= 0 or first >= self._total:
            return []
        found = self._with_value(first, count) if first <= _DEEP or first < self._count() else []
        if len(found) == count or first + len(found) >= self._total:
            return found
        return found + self._without_value(max(first - self._count(), 0), count - len(found))

    def _index_for(self, total: int) -> str:
        """Name the index to read: that of the order, unless another leaves few flights to be sorted."""
        asked = self._asked
        if self._aircraft is not None or asked.from_us is not None or asked.to_us is not None:
            everything = _EVERYTHING.get(self._connection, None, self._everything)
            if total <= FEW or total * 30 < everything:
                return "ix_flight_by_recording_start_us" if self._aircraft is None else "ix_flight_of_aircraft"
        return f"ix_flight_by_{self._column.name}"

    def _everything(self) -> int:
        return sums_of(self._connection, FlightQuery(bench=True), EVERYTHING).flights

    def _count(self) -> int:
        known = self._known.with_value
        if known is None:
            without = self._select(func.count()).where(self._column.is_(None))
            known = self._known.with_value = self._total - int(self._connection.scalar(without) or 0)
        return known

    def _select(self, *columns: ColumnElement[Any]) -> Select[Any]:
        hint = f"INDEXED BY {self._index}"
        return select(*columns).select_from(_F).with_hint(_F, hint, "sqlite").where(self._wanted)

    def _without_value(self, first: int, count: int) -> list[str]:
        by = _F.c.id.desc() if self._asked.descending else _F.c.id.asc()
        rows = self._select(_F.c.id).where(self._column.is_(None)).order_by(by).offset(first).limit(count)
        return list(self._connection.scalars(rows))

    def _with_value(self, first: int, count: int) -> list[str]:
        if first <= _DEEP:
            return [one for one, _ in self._walk(None, first, count, descending=self._asked.descending)]
        whole, end = self._count(), min(first + count, self._count())
        rows = self._between(whole - end, whole - first)[::-1] if self._asked.descending else self._between(first, end)
        return [one for one, _ in rows]

    def _between(self, low: int, high: int) -> list[Found]:
        """Read a stretch of the list from its least to its greatest, from the nearest place that is known."""
        before, after = self._around(low, high)
        if low - before[0] <= after[0] - high:
            rows = self._after(before, low, high - low)
        else:
            rows = self._until(after, high, high - low)
        if rows:
            self._known.note((high, rows[-1][1], rows[-1][0]))
        return rows

    def _after(self, place: Place, low: int, count: int) -> list[Found]:
        while low - place[0] > STRIDE:
            place = self._stride(place, STRIDE - 1, place[0] + STRIDE, descending=False)
        return self._walk(place, low - place[0], count, descending=False)

    def _until(self, place: Place, high: int, count: int) -> list[Found]:
        while place[0] - high > STRIDE:
            place = self._stride(place, STRIDE, place[0] - STRIDE, descending=True)
        return self._walk(place, place[0] - high, count, descending=True)[::-1]

    def _stride(self, place: Place, skipped: int, number: int, *, descending: bool) -> Place:
        """Go on by a stride and remember where that leads, so that the next page need not go all the way again."""
        ((one, value),) = self._walk(place, skipped, 1, descending=descending)
        self._known.note((number, value, one))
        return number, value, one

    def _around(self, low: int, high: int) -> tuple[Place, Place]:
        """Find the last known place not after `low`, and the first not before `high`."""
        places = self._known.places
        if not places and self._asked.order is FlightOrder.START and plain(self._asked):
            self._note_months()
        before = bisect(places, low, key=lambda each: each[0])
        after = bisect_left(places, high, key=lambda each: each[0])
        return (
            places[before - 1] if before else (0, None, ""),
            places[after] if after < len(places) else (self._count(), None, ""),
        )

    def _note_months(self) -> None:
        """The sums say how many flights began before each month."""
        asked, number = self._asked, 0
        if asked.from_us is not None or asked.to_us is not None:
            return
        for month, flights in starts(self._connection, asked, self._scope, self._aircraft):
            number += flights
            self._known.note((number, month_start_us(month + 1) - 1, _AFTER_ALL_IDS))

    def _walk(self, place: Place | None, skipped: int, count: int, *, descending: bool) -> list[Found]:
        """Read on from a place: upwards what comes after it, downwards what does not."""
        order = (self._column.desc(), _F.c.id.desc()) if descending else (self._column.asc(), _F.c.id.asc())
        query = self._select(_F.c.id, self._column).where(self._column.is_not(None))
        if place and place[1] is not None:
            here, there = tuple_(self._column, _F.c.id), (place[1], place[2])
            query = query.where(here <= there if descending else here > there)
        rows = self._connection.execute(query.order_by(*order).offset(skipped).limit(count))
        return [(str(each.id), each[-1]) for each in rows]
