"""Flights of the catalogue as lines of a logbook: with their pilot, aircraft, purpose, and where they were."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from groundside.archive.compared import track_of
from groundside.archive.stating import stated
from groundside.archive.store import Store
from groundside.keep.catalogue import Reader
from groundside.keep.logbook_flights import KeptFlight
from groundside.model.assignment import Assigned, Field
from groundside.model.caller import Scope
from groundside.model.fleet import Craft
from groundside.model.logbook import LogbookLine, LoggedFlight, PassedBy, Sight
from groundside.produce.logbook.craft import craft_of, unregistered
from groundside.produce.logbook.lines import lines

AIRCRAFT = "aircraft"
"""Kind of statements that register aircraft."""
FAR_M = 3000.0
"""Flights that went further have their light told along the way: nearer, the sun passes within 7 s of the same time."""
_POSITIONS = 100

Said = Mapping[str, Mapping[Field, str]]


@dataclass(frozen=True, slots=True)
class Book:
    """
    Lines of a logbook, in order of time, with all that was said of their flights.

    Args:
        said: flight id to its fields. flights: by id, as kept.
    """

    lines: tuple[LogbookLine, ...]
    said: Said
    flights: Mapping[str, KeptFlight]


def book_of(store: Store, reader: Reader, scope: Scope, pilot: str | None, home_zone: str) -> Book:
    """
    Read the logbook of one pilot, or of all.

    Args:
        pilot: id; only flights with this pilot in command. None for all flights.
        home_zone: where the zone of a flight is unknown.
    """
    said = said_of(reader, scope)
    wanted = None if pilot is None else [one for one, fields in said.items() if fields.get(Field.PIC) == pilot]
    kept = reader.logged_flights(scope, wanted)
    crafts = list(stated(reader, AIRCRAFT, Craft, scope).values())
    logged = [_logged(store, flight, said.get(flight.id, {}), crafts) for flight in kept]
    return Book(lines(logged, home_zone), said, {flight.id: flight for flight in kept})


def said_of(reader: Reader, scope: Scope, flight_ids: Collection[str] | None = None) -> dict[str, dict[Field, str]]:
    """
    Give what flights are assigned at present: all of them, or those of some ids, aliases included.

    Of flights that are one now, what was said of the one that stayed goes before what was said of those merged into it,
    and of these what was said last.
    """
    into = reader.merged_flights(scope)
    every = reader.assigned(scope, flight_ids)
    found: dict[str, dict[Field, str]] = {}
    for each in sorted(every, key=lambda a: _rank(a, into)):
        found.setdefault(into.get(each.flight_id, each.flight_id), {})[each.field] = each.value
    return found


def _rank(each: Assigned, into: Mapping[str, str]) -> tuple[bool, int]:
    return each.flight_id not in into, each.at_us


def _logged(store: Store, flight: KeptFlight, said: Mapping[Field, str], crafts: list[Craft]) -> LoggedFlight:
    craft = craft_of(flight.aircraft, crafts) or unregistered(flight.aircraft)
    return LoggedFlight(
        id=flight.id,
        pilot=said.get(Field.PIC, ""),
        aircraft=craft.name,
        type=craft.type or flight.aircraft.model,
        purpose=said.get(Field.PURPOSE, ""),
        sight=Sight(said.get(Field.SIGHT, "")),
        simulated=flight.simulated,
        takeoff_us=flight.takeoff_us,
        landing_us=flight.landing_us,
        airborne_s=flight.airborne_s,
        recording_start_us=flight.recording_start_us,
        recording_s=flight.recording_s,
        local_start=flight.local_start,
        place=flight.home,
        zone=flight.zone,
        positions=_positions(store, flight),
    )


def _positions(store: Store, flight: KeptFlight) -> tuple[PassedBy, ...]:
    if flight.track_object is None or (flight.max_range_m or 0.0) <= FAR_M:
        return ()
    track = track_of(store, flight.track_object, ["lon", "lat"])
    if track is None or not track.time_basis.is_utc:
        return ()
    lon, lat, us = track.floats("lon"), track.floats("lat"), track.time_us
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    some = known[np.linspace(0, known.size - 1, min(_POSITIONS, known.size)).astype(np.int64)] if known.size else known
    return tuple(PassedBy(int(us[row]), float(lon[row]), float(lat[row])) for row in some)
