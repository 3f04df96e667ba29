"""Lists of flights: filter, sort, page, sum up."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from groundside.keep import schema
from groundside.keep.connection import within
from groundside.keep.flights import FlightReads
from groundside.keep.rows import Totals
from groundside.model.caller import Scope
from groundside.model.flight import Cut, Flight
from groundside.model.query import FlightOrder, FlightQuery, Near

_F = schema.flight
_ORDERS = {
    FlightOrder.START: _F.c.recording_start_us,
    FlightOrder.AIRBORNE: _F.c.airborne_s,
    FlightOrder.DISTANCE: _F.c.distance_m,
    FlightOrder.HEIGHT: _F.c.max_height_m,
    FlightOrder.PLACE: _F.c.place_folded,
    FlightOrder.AIRCRAFT: _F.c.aircraft_folded,
}
Nearness = Callable[[Flight, Near], bool]
"""Says exactly whether a flight is near; asked only of flights whose bounds are."""

_METRES_PER_DEGREE = 110_000.0
"""Less than any degree of latitude has (110,574 m at the equator), so that no flight is missed."""
_NEAR_POLE_DEG = 89.0


class FlightQueries(FlightReads):
    """Questions about many flights."""

    def query(self, asked: FlightQuery, scope: Scope, near: Nearness | None = None) -> tuple[list[Flight], int]:
        """
        Give one page of the flights that were asked for, and how many there are in all.

        Args:
            asked: which flights, and in which order.
            scope: what the caller may see.
            near: decides exactly where `asked.near` is given; without it, bounds that come near are enough.
        """
        if asked.near and near:
            return self._page_of_near(asked, scope, near)
        total = self.connection.scalar(select(func.count()).select_from(_F).where(conditions(asked, scope))) or 0
        return self.flights_of_rows(self.connection.execute(page(asked, scope))), total

    def totals(self, asked: FlightQuery, scope: Scope, near: Nearness | None = None) -> Totals:
        """Sum up the flights that were asked for, whatever the page; bench runs are never counted."""
        if asked.near and near:
            return _summed([f.summary for f in self._near(replace(asked, bench=False), scope, near)])
        wanted = and_(conditions(asked, scope), _F.c.bench.is_(False))
        sums = select(
            func.count(),
            func.coalesce(func.sum(_F.c.airborne_s), 0.0),
            func.coalesce(func.sum(_F.c.distance_m), 0.0),
            func.max(_F.c.max_height_m),
            func.min(_F.c.recording_start_us),
            func.max(_F.c.recording_start_us),
        )
        return Totals(*self.connection.execute(sums.where(wanted)).one())

    def _page_of_near(self, asked: FlightQuery, scope: Scope, near: Nearness) -> tuple[list[Flight], int]:
        found = self._near(asked, scope, near)
        end = None if asked.limit is None else asked.offset + asked.limit
        return found[asked.offset : end], len(found)

    def _near(self, asked: FlightQuery, scope: Scope, near: Nearness) -> list[Flight]:
        if not asked.near:
            return []
        candidates = self.connection.execute(_ordered(asked, scope))
        return [flight for flight in self.flights_of_rows(candidates) if near(flight, asked.near)]


def _summed(cuts: Sequence[Cut]) -> Totals:
    starts = [cut.recording_start_us for cut in cuts if cut.recording_start_us is not None]
    return Totals(
        len(cuts),
        math.fsum(cut.airborne_s or 0.0 for cut in cuts),
        math.fsum(cut.distance_m or 0.0 for cut in cuts),
        max((cut.max_height_m for cut in cuts if cut.max_height_m is not None), default=None),
        min(starts, default=None),
        max(starts, default=None),
    )


def page(asked: FlightQuery, scope: Scope) -> Select[tuple[object, ...]]:
    """Build the statement for one page; an index gives its order, so that nothing is sorted."""
    return _ordered(asked, scope).limit(asked.limit).offset(asked.offset)


def conditions(asked: FlightQuery, scope: Scope) -> ColumnElement[bool]:
    """Build the filter; `near` only by bounds."""
    start = _F.c.recording_start_us
    return and_(
        _F.c.merged_into.is_(None),
        within(_F.c.case_name, scope),
        true() if asked.bench else _F.c.bench.is_(False),
        true() if asked.from_us is None else start >= asked.from_us,
        true() if asked.to_us is None else start < asked.to_us,
        _contains(_F.c.aircraft_folded, asked.aircraft),
        _contains(_F.c.search_text, asked.text),
        _bounds_near(asked.near) if asked.near else true(),
    )


def _ordered(asked: FlightQuery, scope: Scope) -> Select[tuple[object, ...]]:
    by = _ORDERS[asked.order]
    order = (by.desc().nulls_last(), _F.c.id.desc()) if asked.descending else (by.asc().nulls_last(), _F.c.id.asc())
    return select(_F).where(conditions(asked, scope)).order_by(*order)


def _contains(column: ColumnElement[str], words: str) -> ColumnElement[bool]:
    return column.contains(words.casefold(), autoescape=True) if words else true()


def _bounds_near(near: Near) -> ColumnElement[bool]:
    degrees = near.metres / _METRES_PER_DEGREE
    south, north = near.point.lat - degrees, near.point.lat + degrees
    latitude = and_(_F.c.min_lat <= north, _F.c.max_lat >= south)
    furthest = max(abs(south), abs(north))
    if furthest >= _NEAR_POLE_DEG:
        return latitude
    wide = degrees / math.cos(math.radians(furthest))
    return and_(latitude, _longitude_between(near.point.lon - wide, near.point.lon + wide))


def _longitude_between(west: float, east: float) -> ColumnElement[bool]:
    """Also where the range goes over 180 degrees, to be found from the other side."""
    turns = [0.0] + [360.0] * (west < -180.0) + [-360.0] * (east > 180.0)
    return or_(*(and_(_F.c.min_lon <= east + turn, _F.c.max_lon >= west + turn) for turn in turns))
