"""Verbs that say what happened in a flight: phases, events with their evidence, wind, and the draft of a report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from groundside.archive.compared import track_of
from groundside.archive.logbook_lines import said_of
from groundside.archive.logged import _flight_log as flight_log  # pyright: ignore[reportPrivateUsage]
from groundside.archive.logs_made import keep_logs
from groundside.archive.people import names_of
from groundside.archive.reading import formats, options_for
from groundside.archive.settling import discard_unreferred
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import NotFound, Tampered
from groundside.keep.catalogue import Reader
from groundside.keep.fleet_told import KIND, Told, get_told, told_bytes
from groundside.model.assignment import Field
from groundside.model.caller import Caller, Scope
from groundside.model.flight import Flight, FlightSource
from groundside.model.happening import NOT_RECORDED, Happening, IncidentDraft, Limits, PhaseSpan, Series, Wind
from groundside.model.health import BatteryFlight
from groundside.model.lineage import Derived
from groundside.model.log import Log
from groundside.model.track import Track
from groundside.produce.flight.phases import phases_of
from groundside.produce.happenings.finding import NO_LIMITS, happenings
from groundside.produce.happenings.incident import incident_draft
from groundside.produce.happenings.measured import measured
from groundside.produce.happenings.wind import wind_of
from groundside.produce.health.battery import battery_flight, battery_key
from groundside.produce.health.series import percent_basis, series_of, slots_of

CODE = "happened/1"
"""Raised when what is found changes, so that what was found before is found anew."""


_CREW = {"remote pilot in command": Field.PIC, "observers": Field.OBSERVER}


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened in a flight; times are on its clock, UTC where `flight.summary.time_basis.is_utc`."""

    flight: Flight
    phases: tuple[PhaseSpan, ...]
    happenings: tuple[Happening, ...]
    wind: Wind | None


@dataclass(frozen=True, slots=True)
class _Files:
    """What the files of a flight hold, on its clock."""

    flight: Flight
    track: Track | None
    log: Log | None
    kind: str


@verb(Effect.REVEALS)
def happened(store: Store, caller: Caller, flight_id: str, limits: Limits = NO_LIMITS) -> Happened:
    """
    Say what happened in a flight, each thing with the rows that tell of it.

    It is told from the track, from what the log says, and from quantities in the kept original; without limits the
    answer is kept, and is there at once the next time.

    Args:
        flight_id: which.
        limits: heights, ranges and fences to compare with.

    Raises:
        NotFound: no such flight in the caller's scope.
    """
    with store.catalogue.read() as reader:
        flight = reader.flight(flight_id, caller.scope)
    told = told_of(store, caller, flight)
    if limits == NO_LIMITS:
        return Happened(flight, told.phases, told.happenings, told.wind)
    files = _files(store, caller.scope, flight)
    found = happenings(files.track, files.log, files.kind, _series(store, caller.scope, files), limits)
    return Happened(flight, told.phases, found, told.wind)


@verb(Effect.REVEALS)
def incident(store: Store, caller: Caller, flight_id: str) -> IncidentDraft:
    """
    Draft the report of an incident: what the files tell is filled in, what they do not is said and never guessed.

    Raises:
        NotFound: no such flight in the caller's scope.
    """
    with store.catalogue.read() as reader:
        flight = reader.flight(flight_id, caller.scope)
        said = _said(reader, caller.scope, flight)
    told, files = told_of(store, caller, flight), _files(store, caller.scope, flight)
    draft = incident_draft(flight, files.track, files.log, told.happenings, told.phases)
    return replace(draft, facts=(*draft.facts[:1], *said, *draft.facts[1:]))


def _said(reader: Reader, scope: Scope, flight: Flight) -> list[tuple[str, str]]:
    """Say who flew and what for, as it was assigned."""
    names, said = names_of(reader, scope), said_of(reader, scope, [flight.id, *flight.aliases]).get(flight.id, {})
    crew = {title: said.get(field, "").split() for title, field in _CREW.items()}
    people = [(title, ", ".join(names.get(one, one) for one in ids)) for title, ids in crew.items()]
    rest = [(field.value, said.get(field, "")) for field in (Field.PURPOSE, Field.SITE, Field.RISK)]
    return [(title, value or NOT_RECORDED) for title, value in (*people, *rest)]


def told_of(store: Store, caller: Caller, flight: Flight) -> Told:
    """Find what happened in a flight, or take what was found before of the same objects by the same code."""
    keep_logs(store, caller, flight)
    chosen = _chosen(flight)
    with store.catalogue.read() as reader:
        mark = _mark(reader, caller.scope, flight)
        kept = _kept(reader, caller.scope, chosen, flight, mark)
    for object_id in kept[-1:]:
        with suppress(NotFound, Tampered):
            return get_told(store.vault, object_id)
    told = found_in(store, caller.scope, flight)
    if chosen is not None:
        _keep(store, caller, flight, chosen, mark, told)
    return told


def found_in(store: Store, scope: Scope, flight: Flight) -> Told:
    """Find what happened in a flight, and what its batteries did."""
    files = _files(store, scope, flight)
    series = _series(store, scope, files)
    track = files.track
    return Told(
        phases=() if track is None else phases_of(track, files.kind),
        happenings=happenings(track, files.log, files.kind, series),
        wind=None if track is None or not track.table.num_rows else wind_of(track, files.kind, series),
        batteries=() if track is None else tuple(_batteries(flight, track)),
    )


def _batteries(flight: Flight, track: Track) -> Sequence[BatteryFlight]:
    cut, chosen = flight.summary, _chosen(flight)
    serials = {battery.slot: battery.serial for battery in cut.batteries}
    craft = cut.aircraft.serial or cut.aircraft.name or cut.aircraft.model
    basis = percent_basis(chosen.format if chosen else "")
    start_us = cut.takeoff_us if cut.takeoff_us is not None else cut.recording_start_us
    return [
        battery_flight(
            battery_key(serials.get(slot, ""), craft, slot), flight.id, series_of(track, slot, basis), start_us,
            cut.airborne_s,
        )
        for slot in slots_of(track)
    ]  # fmt: skip


def _files(store: Store, scope: Scope, flight: Flight) -> _Files:
    with store.catalogue.read() as reader:
        sources = flight_log(store, reader, flight, scope).sources
    chosen = _chosen(flight)
    logs = sorted(sources, key=lambda s: chosen is None or s.file != chosen.file)
    track = track_of(store, flight.track_object)
    # A log on another clock than the track cannot be laid beside it.
    log = next((s.log for s in logs if track is None or s.log.time_basis.is_utc == track.time_basis.is_utc), None)
    return _Files(flight, track, log, flight.summary.aircraft.kind)


def _series(store: Store, scope: Scope, files: _Files) -> tuple[Series, ...]:
    """Take quantities out of the original that the track is of; none where its clock is not that of the track."""
    chosen, track = _chosen(files.flight), files.track
    kind = next((f for f in formats() if chosen is not None and f.name == chosen.format), None)
    if chosen is None or kind is None or kind.own_clock_us is None or track is None or not track.table.num_rows:
        return ()
    with store.catalogue.read() as reader:
        original, keys = reader.original(chosen.recording_id, scope), reader.keychain(chosen.recording_id, scope)
    if original.size > store.settings.max_decode_bytes:
        return ()
    with store.vault.view(original.object_id) as data:
        decoded = kind.decode(data, options_for(kind, None if keys is None else json.loads(keys)))
        whole = kind.track(decoded)
        same = whole is not None and whole.time_basis == track.time_basis
        found = measured(decoded.tables, kind.own_clock_us(decoded)) if same else ()
        return tuple(_within(each, int(track.time_us[0]), int(track.time_us[-1])) for each in found)


def _within(series: Series, first_us: int, last_us: int) -> Series:
    """Keep what lies in the time of a flight, of a recording that may hold several."""
    inside = np.flatnonzero((series.time_us >= first_us) & (series.time_us <= last_us))
    return replace(
        series, time_us=series.time_us[inside], values=series.values[inside].copy(),
        source_rows=series.source_rows[inside],
    )  # fmt: skip


def _chosen(flight: Flight) -> FlightSource | None:
    return next((s for s in flight.sources if s.chosen), flight.sources[0] if flight.sources else None)


def _mark(reader: Reader, scope: Scope, flight: Flight) -> str:
    """Name what a flight is told from: its track, and the objects and clocks of all its sources."""
    objects = [
        (source.recording_id, source.clock_offset_s, kept.stored.digest.hex)
        for source in flight.sources
        for kept in reader.derived_objects(scope, source.recording_id)
        if kept.kind != KIND
    ]
    cut = flight.summary
    said = (sorted(objects, key=repr), repr(cut.batteries), repr(cut.aircraft), cut.airborne_s, cut.takeoff_us)
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _kept(reader: Reader, scope: Scope, chosen: FlightSource | None, flight: Flight, mark: str) -> list[str]:
    if chosen is None:
        return []
    wanted = _parameters(flight, mark)
    made = reader.derived_objects(scope, chosen.recording_id)
    same = [o for o in made if o.kind == KIND and o.derived.code == CODE and o.derived.parameters == wanted]
    return [each.stored.object_id for each in same]


def _parameters(flight: Flight, mark: str) -> str:
    return json.dumps({"flight": flight.id, "of": mark}, separators=(",", ":"))


def _keep(store: Store, caller: Caller, flight: Flight, chosen: FlightSource, mark: str, told: Told) -> None:
    """Keep what was found, in place of what was found of this flight before."""
    stored = store.vault.put([told_bytes(told)])
    try:
        with store.catalogue.commit(caller) as writer:
            made = writer.derived_objects(caller.scope, chosen.recording_id)
            old = [o.stored.object_id for o in made if o.kind == KIND and f'"{flight.id}"' in o.derived.parameters]
            writer.drop_derived(old)
            writer.add_derived(stored, KIND, Derived(chosen.recording_id, CODE, _parameters(flight, mark)))
        discard_unreferred(store, old)
    finally:
        discard_unreferred(store, [stored.object_id])
