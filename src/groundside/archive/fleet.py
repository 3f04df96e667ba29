"""The verb that shows a fleet: aircraft, batteries, components, what is due, what must not fly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from groundside.archive.fleet_stated import stated_fleet
from groundside.archive.happened import told_of
from groundside.archive.logbook_lines import AIRCRAFT
from groundside.archive.stating import stated
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import GroundsideError, NoSpace
from groundside.keep.logbook_flights import KeptFlight
from groundside.model.caller import Caller
from groundside.model.fleet import Craft, FleetFlight, FleetState
from groundside.model.flight import Flight
from groundside.model.health import BatteryFlight
from groundside.model.maintenance import Occurrence
from groundside.model.progress import Step
from groundside.produce.health.fleet import fleet_state
from groundside.produce.logbook.craft import craft_of, unregistered

UNIDENTIFIED = "unidentified"
"""Stands for aircraft whose logs state neither name nor serial nor model: their faults must not go unseen."""
Tell = Callable[[Step], None]


def _quiet(step: Step) -> None:
    pass


@verb(Effect.REVEALS)
def fleet(store: Store, caller: Caller, *, look: bool = True, progress: Tell = _quiet) -> FleetState:
    """
    Say how the fleet stands now.

    What was found in each flight is kept, so that only new flights are looked into.

    Args:
        look: look into flights for batteries and events; without it hours and components only.
        progress: told after every flight.
    """
    with store.catalogue.read() as reader:
        kept = reader.logged_flights(caller.scope)
        crafts = list(stated(reader, AIRCRAFT, Craft, caller.scope).values())
        owners = stated_fleet(reader, caller.scope)
    flights = [_flight(each, crafts) for each in kept]
    named = {each.id: each.craft.name for each in flights}
    batteries: list[BatteryFlight] = []
    occurrences: list[Occurrence] = []
    unread: list[tuple[str, str]] = []
    for number, each in enumerate(kept if look else [], 1):
        try:
            _look(store, caller, each.id, named, (batteries, occurrences))
        except NoSpace:
            raise
        except Exception as error:  # whatever one flight brings about, the others are still looked into
            said = error.what if isinstance(error, GroundsideError) else f"{type(error).__name__}: {error}"
            unread.append((each.id, said))
        progress(Step(number, len(kept), number, len(kept), each.id[:8]))
    state = fleet_state(owners, flights, batteries, occurrences, store.now_us())
    return replace(state, unread=tuple(unread), battery_flights=tuple(batteries))


def _look(
    store: Store, caller: Caller, flight_id: str, named: Mapping[str, str],
    into: tuple[list[BatteryFlight], list[Occurrence]],
) -> None:  # fmt: skip
    with store.catalogue.read() as reader:
        flight = reader.flight(flight_id, caller.scope)
    told = told_of(store, caller, flight)
    into[0].extend(told.batteries)
    into[1].extend(
        Occurrence(kind=h.kind, aircraft_id=named[flight_id], flight_id=flight_id, time_us=_utc(flight, h.start_us))
        for h in told.happenings
    )


def _utc(flight: Flight, time_us: int | None) -> int | None:
    return time_us if flight.summary.time_basis.is_utc else flight.summary.recording_start_us


def _flight(kept: KeptFlight, crafts: Sequence[Craft]) -> FleetFlight:
    found = craft_of(kept.aircraft, crafts)
    craft = found or unregistered(kept.aircraft)
    return FleetFlight(
        id=kept.id, craft=craft if craft.name else replace(craft, name=UNIDENTIFIED), registered=found is not None,
        model=kept.aircraft.model, firmware=kept.aircraft.firmware,
        start_us=kept.takeoff_us if kept.takeoff_us is not None else kept.recording_start_us,
        airborne_s=kept.airborne_s, simulated=kept.simulated,
    )  # fmt: skip
