"""Verbs that show what is kept: flights, tracks, lines on the map, files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import groundside
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import BadRequest, Locked, NotFound
from groundside.keep.catalogue import Reader
from groundside.keep.rows import KeptOriginal
from groundside.model.caller import Caller, Scope
from groundside.model.decoded import Problem
from groundside.model.flight import Flight
from groundside.model.query import FlightPage, FlightQuery
from groundside.model.results import About, FileRow, FlightDetail, Note, Offer

if TYPE_CHECKING:
    from groundside.model.track import Track
    from groundside.produce.flight.lines import Parts
    from groundside.reference.paths import Path

SHORTEST_PREFIX = 4
Line = tuple[str, "Parts"]


@dataclass(frozen=True, slots=True)
class Exported:
    """A flight and its track, about to leave as a file."""

    flight: Flight
    track: Track


@verb(Effect.REVEALS)
def flights(store: Store, caller: Caller, query: FlightQuery) -> FlightPage:
    """
    Give one page of the flights asked for.

    "Near" and "inside" are exact: the ellipsoidal distance to the track's segments (gaps longer than 5 s are no
    segment), any part of which may lie in the area; or the home point where there is no track.
    """
    with store.catalogue.read() as reader:
        return reader.page(query, caller.scope, partial(path_in, store))


@verb(Effect.REVEALS)
def flight(store: Store, caller: Caller, flight_id: str) -> FlightDetail:
    """
    Give one flight with its problems, notes and offers.

    Raises:
        NotFound: no such flight in the caller's scope.
    """
    with store.catalogue.read() as reader:
        found = reader.flight(flight_id, caller.scope)
        return FlightDetail(
            flight=found,
            problems=_problems(reader, found, caller.scope),
            notes=_notes(reader, found.id, caller.scope),
            offers=_offers(reader, found, caller.scope),
        )


@verb(Effect.REVEALS)
def track(store: Store, caller: Caller, flight_id: str) -> Track:
    """
    Give the track of a flight.

    Raises:
        NotFound: no such flight, or it has no track.
        Locked: its track is encrypted and no key is held.
    """
    with store.catalogue.read() as reader:
        return _track(store, reader.flight(flight_id, caller.scope))


@verb(Effect.REVEALS)
def export(store: Store, caller: Caller, flight_id: str, to: str) -> Exported:
    """
    Give a flight and its track to be written as a file.

    Args:
        to: name of the export; goes into the event.

    Raises:
        NotFound: no such flight, or it has no track.
        Locked: its track is encrypted and no key is held.
    """
    with store.catalogue.read() as reader:
        found = reader.flight(flight_id, caller.scope)
    return Exported(found, _track(store, found))


@verb(Effect.REVEALS)
def lines(store: Store, caller: Caller, query: FlightQuery, points: int) -> list[Line]:
    """
    Give the tracks of the flights asked for as lines for a map.

    Args:
        points: at the most for each flight; the line is thinned within a few metres.

    Returns:
        (flight id, parts of (lon, lat)); a new part begins after a gap. Flights without a track are left out.
    """
    with store.catalogue.read() as reader:
        found, _ = reader.query(query, caller.scope, partial(path_in, store))
        entered = reader.paths_of([f.track_object for f in found if f.track_object], caller.scope)
    return [(f.id, _line(store, f.track_object, entered, points)) for f in found if f.track_object]


@verb(Effect.REVEALS)
def files(store: Store, caller: Caller) -> tuple[FileRow, ...]:
    """List every original, also those that nothing here understands; the last that came first."""
    with store.catalogue.read() as reader:
        originals = reader.originals(caller.scope)
        return tuple(_file_row(reader, each, caller.scope) for each in reversed(originals))


@verb(Effect.NEITHER)
def resolve(store: Store, caller: Caller, beginning: str) -> str:
    """
    Find a flight by the first characters of its id.

    Raises:
        NotFound: none begins so.
        BadRequest: several do, or fewer than four characters are given.
    """
    text = beginning.strip().lower()
    if len(text) < SHORTEST_PREFIX or not all(c in "0123456789abcdef" for c in text):
        what = f"{beginning[:40]!r} is no id of a flight: at least {SHORTEST_PREFIX} of the characters 0-9 and a-f."
        raise BadRequest(what, try_this="groundside flights")
    with store.catalogue.read() as reader:
        found = reader.flights_beginning(text, caller.scope)
    if len(found) > 1:
        what = f"{len(found)} flights begin with {beginning!r}."
        raise BadRequest(what, try_this="give more of its id")
    if not found:
        what = f"There is no flight {beginning!r}."
        raise NotFound(what, try_this="groundside flights")
    return found[0]


@verb(Effect.NEITHER)
def about(store: Store, caller: Caller) -> About:
    """Say what this archive is and how much is in it for this caller."""
    with store.catalogue.read() as reader:
        found, real = reader.count_flights(caller.scope)
        count = sum(reader.originals_by_state(caller.scope).values())
        last = reader.last_event(caller.scope)
    return About(
        version=groundside.__version__,
        archive_id=store.folder.id,
        simulated=found > 0 and real == 0,
        flights=found,
        files=count,
        last_event=last,
    )


def _track(store: Store, found: Flight) -> Track:
    from groundside.keep.tracks import get_track  # late, as all that works with tracks: most looks need none

    if found.track_object is not None:
        return get_track(store.vault, found.track_object)
    if found.summary.track_locked:
        file = found.sources[0].file if found.sources else "FILE"
        what = "The track of this flight is encrypted and no key is held."
        raise Locked(what, try_this=f"groundside keychain request {file}")
    what = "No source of this flight holds positions."
    raise NotFound(what, try_this="ingest another log of the same flight")


def path_in(store: Store, track_object: str) -> Path | None:
    """Read where a flight went out of its track; None where the track is lost."""
    from groundside.archive.compared import track_of
    from groundside.reference.paths import path_of

    track = track_of(store, track_object, ["lon", "lat"])
    return None if track is None else path_of(track.floats("lon"), track.floats("lat"), track.time_us)


def _line(store: Store, track_object: str, entered: Mapping[str, Path], points: int) -> Parts:
    from groundside.keep.tracks import get_track
    from groundside.produce.flight.lines import line_parts, path_parts

    if track_object in entered:
        return path_parts(entered[track_object], points)
    return line_parts(get_track(store.vault, track_object, ["lon", "lat"]), points)


def _problems(reader: Reader, found: Flight, scope: Scope) -> tuple[tuple[str, Problem], ...]:
    readings = [(s.file, reader.reading(s.recording_id, scope)) for s in found.sources]
    return tuple((file, problem) for file, reading in readings if reading for problem in reading.problems)


def _notes(reader: Reader, flight_id: str, scope: Scope) -> tuple[Note, ...]:
    kept = reader.notes(flight_id, scope)
    return tuple(Note(id=n.key, text=n.text, author=n.author, at_us=n.at_us) for n in kept)


def _offers(reader: Reader, found: Flight, scope: Scope) -> tuple[Offer, ...]:
    """List the other flights of offers that this flight is on either side of."""
    mine = {a.ref for a in reader.attached_to(found.id, scope)}
    pairs: list[Offer] = []
    for offer in reader.offers(scope):
        theirs = reader.attached([offer.ref], scope).get(offer.ref)
        target = reader.resolve(offer.flight_id, scope)
        other = target if offer.ref in mine else theirs.flight_id if theirs and target == found.id else None
        if other is not None and other != found.id:
            pairs.append(Offer(other, str(json.loads(offer.evidence).get("why", ""))))
    return tuple({pair.flight: pair for pair in pairs}.values())  # of several for one flight the last is newest


def _file_row(reader: Reader, original: KeptOriginal, scope: Scope) -> FileRow:
    reading = reader.reading(original.id, scope)
    attached = reader.attached_from(original.id, scope)
    return FileRow(
        file=original.file_name,
        size=original.size,
        format=original.format,
        state="pending" if original.state.value == "kept" else original.state.value,
        flights=tuple(dict.fromkeys(a.flight_id for a in attached)),
        problems=reading.problem_count if reading else 0,
        sha256=original.digest,
        received_us=original.received_us,
        recording_id=original.id,
        why=""
        if reading is None or original.state.value == "read"
        else "; ".join(p.what for p in reading.problems[:2]),
    )
