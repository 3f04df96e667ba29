"""Which rows of the table `flight` a question asks for, and in which order."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from sqlalchemy import ColumnElement, and_, exists, select, true

from groundside.keep import schema
from groundside.keep.connection import within
from groundside.keep.flight_sums import contains
from groundside.model.caller import Scope
from groundside.model.query import FlightOrder, FlightQuery

_F, _T = schema.flight, schema.flight_text
ORDERS = {
    FlightOrder.START: _F.c.recording_start_us,
    FlightOrder.AIRBORNE: _F.c.airborne_s,
    FlightOrder.DISTANCE: _F.c.distance_m,
    FlightOrder.HEIGHT: _F.c.max_height_m,
    FlightOrder.PLACE: _F.c.place_folded,
    FlightOrder.AIRCRAFT: _F.c.aircraft_folded,
}
LIGHT = (_F.c.id, _F.c.bench, *dict.fromkeys(ORDERS.values()))
"""What of a flight sorts it and is summed up."""


def conditions(asked: FlightQuery, scope: Scope, aircraft: list[str] | None = None) -> ColumnElement[bool]:
    """
    Build the filter, without `near`, `inside` and `text`.

    Args:
        asked: the question.
        scope: what the caller may see.
        aircraft: the very aircraft that `asked.aircraft` means, where they were looked up.
    """
    start = _F.c.recording_start_us
    named = contains(_F.c.aircraft_folded, asked.aircraft) if aircraft is None else _F.c.aircraft_folded.in_(aircraft)
    return and_(
        _F.c.merged_into.is_(None),
        within(_F.c.case_name, scope),
        true() if asked.bench else _F.c.bench.is_(False),
        true() if asked.from_us is None else start >= asked.from_us,
        true() if asked.to_us is None else start < asked.to_us,
        named if asked.aircraft else true(),
    )


def looked_up(asked: FlightQuery) -> ColumnElement[bool]:
    """Hold few flights to the text asked for: each one's is looked up."""
    same = and_(_T.c.flight_id == _F.c.id, contains(_T.c.search_text, asked.text))
    return exists(select(_T.c.flight_id).where(same)) if asked.text else true()


def looked_through(asked: FlightQuery) -> ColumnElement[bool]:
    """Hold many flights to the text asked for: the texts of all are looked through once."""
    found = select(_T.c.flight_id).where(contains(_T.c.search_text, asked.text))
    return _F.c.id.in_(found) if asked.text else true()


def key_of(asked: FlightQuery, scope: Scope) -> str:
    """Write down which flights are asked for, whatever the order and the page."""
    plain = replace(asked, order=FlightOrder.START, descending=True, limit=None, offset=0)
    cases = None if scope.cases is None else sorted(scope.cases)
    return json.dumps([asdict(plain), cases], sort_keys=True)
