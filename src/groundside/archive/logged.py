"""Verbs that show what the logs of a flight say besides where it was: parameters, messages, events, hardware."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa

from groundside.archive.compared import track_of
from groundside.archive.logs_made import keep_logs
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import NotFound, Tampered
from groundside.keep.catalogue import Reader
from groundside.keep.logs import KIND, get_log
from groundside.keep.rows import KeptCut
from groundside.model import compute as pc
from groundside.model.caller import Caller, Scope
from groundside.model.flight import Flight, FlightSource
from groundside.model.log import Log
from groundside.model.recording import TimeBasis
from groundside.model.results import FlightLog, ParametersCompared, SourceLog
from groundside.produce.flight.parameters import differences, in_force

_AROUND_US = 1_000_000
"""What happens within a second of a flight's rows is of that flight."""


@verb(Effect.REVEALS)
def log(store: Store, caller: Caller, flight_id: str) -> FlightLog:
    """
    Give parameters, messages, events and hardware of a flight, file by file, on the flight's clock where it is known.

    Of a recording that holds several flights, messages and events are those of this flight's time; parameters that
    were set before it are given without a time.

    Raises:
        NotFound: no such flight in the caller's scope.
    """
    with store.catalogue.read() as reader:
        flight = reader.flight(flight_id, caller.scope)
    keep_logs(store, caller, flight)
    with store.catalogue.read() as reader:
        return _flight_log(store, reader, flight, caller.scope)


@verb(Effect.REVEALS)
def diff(store: Store, caller: Caller, flight_id: str, other_id: str) -> ParametersCompared:
    """
    Compare the parameters of two flights, as they were when each began.

    Raises:
        NotFound: no such flight in the caller's scope, or no file of one states any parameter.
    """
    with store.catalogue.read() as reader:
        pair = [reader.flight(each, caller.scope) for each in (flight_id, other_id)]
    for each in pair:
        keep_logs(store, caller, each)
    with store.catalogue.read() as reader:
        one, other = (_flight_log(store, reader, each, caller.scope) for each in pair)
    for each in (one, other):
        if not each.parameters:
            what = f"No file of flight {each.flight.id[:8]} states any parameter."
            raise NotFound(what, try_this=f"groundside flight {each.flight.id[:8]}")
    found = differences(one.parameters, other.parameters)
    shared = len({*one.parameters} & {*other.parameters})
    alike = shared - sum(d.one is not None and d.other is not None for d in found)
    return ParametersCompared(one.flight, other.flight, tuple(found), alike)


def _flight_log(store: Store, reader: Reader, flight: Flight, scope: Scope) -> FlightLog:
    sources: list[SourceLog] = []
    for source in flight.sources:
        for kept in reader.derived_objects(scope, source.recording_id):
            found = _log_of(store, kept.stored.object_id) if kept.kind == KIND else None
            if found is not None:
                mine, alone = _cuts(reader, flight, source, scope)
                found = found if alone else _within(found, _span(store, mine))
                sources.append(SourceLog(source.file, source.format, _on_the_flights_clock(found, source)))
    start_us = flight.summary.takeoff_us or flight.summary.recording_start_us
    return FlightLog(flight, tuple(sources), in_force([s.log for s in sources], start_us))


def _log_of(store: Store, object_id: str) -> Log | None:
    """Load a log; None where its object is lost, for a rebuild makes it again."""
    try:
        return get_log(store.vault, object_id)
    except (NotFound, Tampered):
        return None


def _cuts(reader: Reader, flight: Flight, source: FlightSource, scope: Scope) -> tuple[list[KeptCut], bool]:
    """List the cuts of a source that are of this flight, and say whether it holds no other."""
    refs = {a.ref for a in reader.attached_to(flight.id, scope)}
    cuts = reader.cuts(source.recording_id, scope)
    mine = [c for c in cuts if c.ref in refs]
    return mine, len(mine) == len(cuts)


def _span(store: Store, cuts: list[KeptCut]) -> tuple[int, int] | None:
    times = [t.time_us for c in cuts if (t := track_of(store, c.track_object, ["time_us"])) and t.time_us.size]
    if not times:
        return None
    return int(min(t[0] for t in times)) - _AROUND_US, int(max(t[-1] for t in times)) + _AROUND_US


def _within(of: Log, span: tuple[int, int] | None) -> Log:
    """Keep what lies in a span of time; parameters from before it stay, as in force when it began."""
    if span is None:
        return of
    start, end = (pa.scalar(t, pa.int64()) for t in span)
    before: Any = pc.less(of.parameters["time_us"], start)
    times: Any = pc.if_else(
        pc.fill_null(before, pa.scalar(False)), pa.scalar(None, pa.int64()), of.parameters["time_us"]
    )
    parameters = of.parameters.set_column(0, "time_us", times)
    ended: Any = pc.fill_null(pc.less_equal(parameters["time_us"], end), pa.scalar(True))
    return replace(
        of,
        parameters=parameters.filter(ended),
        messages=_between(of.messages, start, end),
        events=_between(of.events, start, end),
    )


def _between(rows: pa.Table, start: pa.Scalar[Any], end: pa.Scalar[Any]) -> pa.Table:
    inside: Any = pc.and_(pc.greater_equal(rows["time_us"], start), pc.less_equal(rows["time_us"], end))
    return rows.filter(pc.fill_null(inside, pa.scalar(True)))


def _on_the_flights_clock(of: Log, source: FlightSource) -> Log:
    if source.clock_offset_s is None or of.time_basis.is_utc:
        return of
    by = pa.scalar(round(source.clock_offset_s * 1e6), pa.int64())
    tables = {name: _moved(getattr(of, name), by) for name in ("parameters", "messages", "events")}
    return replace(of, time_basis=TimeBasis.UTC_FITTED, **tables)


def _moved(rows: pa.Table, by: pa.Scalar[Any]) -> pa.Table:
    times: Any = pc.add(rows["time_us"], by)
    return rows.set_column(0, "time_us", times)
