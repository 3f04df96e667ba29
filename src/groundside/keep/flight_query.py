"""Lists of flights: filter, sort, page, sum up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Row, and_, case, func, select

from groundside.keep import schema
from groundside.keep.connection import by_hundreds
from groundside.keep.flight_filter import LIGHT, ORDERS, conditions, key_of, looked_through
from groundside.keep.flight_memory import Memory
from groundside.keep.flight_pages import Listing, aircraft_meant
from groundside.keep.flight_sums import grouped, month_name, month_of, plain, sums_of
from groundside.keep.flights import FlightReads
from groundside.keep.places import Exactly
from groundside.model.caller import Scope
from groundside.model.flight import Flight
from groundside.model.query import FlightPage, FlightQuery, FlightTotal, TotalsBy

_F = schema.flight
Light = Row[tuple[object, ...]]
MOST_KEPT = 50_000
"""More flights than this, found by looking through all of them, are not kept in memory for the next page."""
_FOUND: Memory[list[Light]] = Memory(4)
_SUMS: Memory[tuple[int, FlightTotal]] = Memory(256)
"""Also of questions that sums answer at once: a page after a page asks them again."""


class FlightQueries(FlightReads):
    """Questions about many flights."""

    def page(self, asked: FlightQuery, scope: Scope, exactly: Exactly | None = None) -> FlightPage:
        """
        Give one page of the flights that were asked for, and what all of them come to.

        Args:
            asked: which flights, and in which order.
            scope: what the caller may see.
            exactly: reads the path of a track that is not entered among the places yet.
        """
        found = self._found(asked, scope, exactly)
        total, sums = self._sums(asked, scope, found)
        ids = Listing(self.connection, asked, scope, total).page() if found is None else _sorted(found, asked)
        return FlightPage(tuple(self._flights_of_ids(ids)), total, sums.airborne_s, sums.distance_m)

    def query(self, asked: FlightQuery, scope: Scope, exactly: Exactly | None = None) -> tuple[list[Flight], int]:
        """Give one page of the flights that were asked for, and how many there are in all."""
        page = self.page(asked, scope, exactly)
        return list(page.flights), page.total

    def totals(
        self, asked: FlightQuery, scope: Scope, by: TotalsBy, exactly: Exactly | None = None
    ) -> dict[str, FlightTotal]:
        """
        Sum up the flights asked for by month or by aircraft; bench runs are never counted.

        Returns:
            By "2026-05" or the aircraft's folded names, in order; empty text where that is not known.
        """
        wanted = replace(asked, bench=False, limit=None, offset=0)
        column = "month" if by is TotalsBy.MONTH else "aircraft_folded"
        kept = grouped(self.connection, wanted, scope, column) if plain(wanted) else None
        if kept is not None:
            return kept
        rows = self._found(wanted, scope, exactly)
        return _grouped(rows if rows is not None else self._light(wanted, scope), by)

    def _flights_of_ids(self, ids: Sequence[str]) -> list[Flight]:
        """Get flights by their ids, in that order; ids of no flight are left out."""
        rows: dict[str, Light] = {}
        for some in by_hundreds(ids):
            rows |= {row.id: row for row in self.connection.execute(select(_F).where(_F.c.id.in_(some)))}
        return self.flights_of_rows(rows[each] for each in ids if each in rows)

    def _found(self, asked: FlightQuery, scope: Scope, exactly: Exactly | None) -> list[Light] | None:
        """Find all flights of a question that no order of an index answers; None where one does."""
        if asked.near or asked.inside:
            find, most = (lambda: list(self.flights_at(asked, scope, exactly))), None
        elif asked.text:
            find, most = (lambda: self._light(asked, scope, MOST_KEPT + 1)), MOST_KEPT
        else:
            return None
        found = _FOUND.get(self.connection, key_of(asked, scope), find, lambda rows: len(rows) <= MOST_KEPT + 1)
        return None if most is not None and len(found) > most else found

    def _light(self, asked: FlightQuery, scope: Scope, most: int | None = None) -> list[Light]:
        wanted = and_(conditions(asked, scope), looked_through(asked))
        return list(self.connection.execute(select(*LIGHT).where(wanted).limit(most)))

    def _sums(self, asked: FlightQuery, scope: Scope, found: list[Light] | None) -> tuple[int, FlightTotal]:
        """Count the flights asked for, and sum up those that are no bench runs."""
        if found is not None:
            return len(found), _total(row for row in found if not row.bench)
        find = self._from_sums if plain(asked) else self._summed
        return _SUMS.get(self.connection, key_of(asked, scope), lambda: find(asked, scope))

    def _from_sums(self, asked: FlightQuery, scope: Scope) -> tuple[int, FlightTotal]:
        meant = aircraft_meant(self.connection, asked, scope)
        flown = sums_of(self.connection, replace(asked, bench=False), scope, meant)
        return (sums_of(self.connection, asked, scope, meant).flights if asked.bench else flown.flights), flown

    def _summed(self, asked: FlightQuery, scope: Scope) -> tuple[int, FlightTotal]:
        flights, *sums = self.connection.execute(
            select(
                func.count(),
                func.count(case((_F.c.bench.is_(False), 1))),
                func.coalesce(func.sum(case((_F.c.bench.is_(False), _F.c.airborne_s))), 0.0),
                func.coalesce(func.sum(case((_F.c.bench.is_(False), _F.c.distance_m))), 0.0),
            ).where(conditions(asked, scope), looked_through(asked))
        ).one()
        return int(flights), FlightTotal(int(sums[0]), float(sums[1]), float(sums[2]))


def _sorted(found: list[Light], asked: FlightQuery) -> list[str]:
    """Give the ids of one page of rows; those without the value come last either way."""
    name = ORDERS[asked.order].name
    pairs = [(getattr(row, name), row.id) for row in found]
    known = sorted((pair for pair in pairs if pair[0] is not None), reverse=asked.descending)
    rest = sorted((pair for pair in pairs if pair[0] is None), key=lambda pair: pair[1], reverse=asked.descending)
    end = None if asked.limit is None else asked.offset + asked.limit
    return [pair[1] for pair in (known + rest)[asked.offset : end]]


def _grouped(rows: Iterable[Light], by: TotalsBy) -> dict[str, FlightTotal]:
    groups: dict[int | str, list[Light]] = {}
    for row in rows:
        key = month_of(row.recording_start_us) if by is TotalsBy.MONTH else row.aircraft_folded or ""
        groups.setdefault(key, []).append(row)
    return {month_name(key) if isinstance(key, int) else key: _total(groups[key]) for key in sorted(groups)}


def _total(rows: Iterable[Light]) -> FlightTotal:
    every = list(rows)
    return FlightTotal(
        len(every),
        math.fsum(row.airborne_s or 0.0 for row in every),
        math.fsum(row.distance_m or 0.0 for row in every),
    )
