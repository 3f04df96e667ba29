"""A fleet at a moment: aircraft, batteries, components, and what is due, from flights and what the owner stated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from groundside.model.fleet import BatteryNote, ComponentRow, Craft, CraftRow, FleetFlight, FleetState
from groundside.model.health import BatteryFlight, BatteryHealth, Rated
from groundside.model.maintenance import (
    Carried,
    Component,
    ComponentKind,
    Done,
    Grounding,
    Installation,
    Occurrence,
    Plan,
    Use,
    Wear,
)
from groundside.model.source import Source
from groundside.produce.health.components import aboard, usage
from groundside.produce.health.history import battery_health, battery_uses
from groundside.produce.health.maintenance import grounded, tasks

OUR_CHOICE = Source("Groundside's own choice: the maker's manual goes before it", "")
AFTER_EVENT = Plan(
    id="after-event",
    title="Inspect after a hard landing, a crash or a motor fault",
    source=OUR_CHOICE,
    kinds=(ComponentKind.AIRFRAME,),
    on_events=("hard_landing", "crash", "motor", "emergency"),
)
"""The one plan that is there unless the owner takes it away: a fault opens a task until somebody closes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the owner stated of a fleet."""

    crafts: Sequence[Craft] = ()
    components: Sequence[Component] = ()
    installations: Sequence[Installation] = ()
    carried: Sequence[Carried] = ()
    plans: Sequence[Plan] = ()
    done: Sequence[Done] = ()
    groundings: Sequence[Grounding] = ()
    batteries: Mapping[str, BatteryNote] = field(default_factory=dict[str, BatteryNote])


def fleet_state(
    stated: Stated, flights: Sequence[FleetFlight], batteries: Sequence[BatteryFlight],
    occurrences: Sequence[Occurrence], now_us: int,
) -> FleetState:  # fmt: skip
    """
    Say how a fleet stands.

    Every aircraft has an airframe, a component of its own name; every battery that states its serial is a component by
    that serial. Of an aircraft that also flew for real, simulated flights wear nothing.

    Args:
        stated: by the owner.
        flights: of the aircraft asked about, all of them.
        batteries, occurrences: of these flights.
        now_us: UTC.
    """
    worn = _worn(flights)
    ids = {flight.id for flight in worn}
    of_worn = [b for b in batteries if b.flight_id in ids]
    crafts = _crafts(stated, flights)
    wear = _wear(stated, crafts, worn, of_worn, [o for o in occurrences if o.flight_id in ids])
    plans = list({plan.id: plan for plan in (AFTER_EVENT, *stated.plans)}.values())
    due = tasks(wear, plans, now_us)
    down = grounded(wear, due, now_us)
    why = {each.aircraft_id: each.reasons for each in down}
    rows = [_row(craft, flights, worn, wear, why.get(craft.name, ()), now_us) for craft in crafts]
    return FleetState(
        aircraft=tuple(rows), batteries=tuple(_healths(stated, of_worn, now_us)),
        components=tuple(_component(part, wear) for part in wear.components), tasks=due, grounded=down,
    )  # fmt: skip


def _worn(flights: Sequence[FleetFlight]) -> list[FleetFlight]:
    real = {flight.craft.name for flight in flights if not flight.simulated}
    return [flight for flight in flights if not flight.simulated or flight.craft.name not in real]


def _crafts(stated: Stated, flights: Sequence[FleetFlight]) -> list[Craft]:
    seen = {flight.craft.name: flight.craft for flight in flights if flight.craft.name}
    return [each for _, each in sorted((seen | {craft.name: craft for craft in stated.crafts}).items())]


def _wear(
    stated: Stated, crafts: Sequence[Craft], flights: Sequence[FleetFlight], batteries: Sequence[BatteryFlight],
    occurrences: Sequence[Occurrence],
) -> Wear:  # fmt: skip
    own = {part.id for part in stated.components}
    frames = [Component(id=c.name, kind=ComponentKind.AIRFRAME) for c in crafts if c.name not in own]
    serials = sorted({b.battery.serial for b in batteries if b.battery.serial} | set(stated.batteries))
    named = {c.serial: c.id for c in stated.components if c.kind is ComponentKind.BATTERY and c.serial}
    packs = [_pack(stated, serial) for serial in serials if serial not in own and serial not in named]
    by_id = {flight.id: flight for flight in flights}
    uses = [_use(flight) for flight in flights]
    for serial in serials:
        mine = [b for b in batteries if b.battery.serial == serial]
        uses += _battery_uses(named.get(serial, serial), mine, _rated(stated, serial), by_id)
    return Wear(
        components=(*stated.components, *frames, *packs),
        installations=(*stated.installations, *(Installation(frame.id, frame.id) for frame in frames)),
        uses=tuple(uses), carried=tuple(stated.carried), done=tuple(stated.done), occurrences=tuple(occurrences),
        groundings=tuple(stated.groundings),
    )  # fmt: skip


def _pack(stated: Stated, serial: str) -> Component:
    note = stated.batteries.get(serial)
    return Component(
        id=serial, kind=ComponentKind.BATTERY, serial=serial, in_service_us=note.in_service_us if note else None
    )


def _rated(stated: Stated, serial: str) -> Rated:
    note = stated.batteries.get(serial)
    return note.rated if note else Rated()


def _use(flight: FleetFlight) -> Use:
    return Use(
        flight_id=flight.id, aircraft_id=flight.craft.name, start_us=flight.start_us, airborne_s=flight.airborne_s
    )


def _battery_uses(
    serial: str, flown: Sequence[BatteryFlight], rated: Rated, flights: Mapping[str, FleetFlight]
) -> list[Use]:
    uses = battery_uses(serial, "", flown, rated)
    return [replace(use, aircraft_id=flights[use.flight_id].craft.name) for use in uses]


def _healths(stated: Stated, batteries: Sequence[BatteryFlight], now_us: int) -> list[BatteryHealth]:
    keys = dict.fromkeys(b.battery for b in batteries)
    notes = stated.batteries
    found: list[BatteryHealth] = []
    for key in sorted(keys, key=lambda k: (not k.serial, k.serial, k.aircraft, k.slot)):
        note, mine = notes.get(key.serial), [b for b in batteries if b.battery == key]
        since = note.in_service_us if note else None
        found.append(battery_health(mine, note.rated if note else None, now_us=now_us, in_service_us=since))
    return found


def _row(
    craft: Craft, every: Sequence[FleetFlight], worn: Sequence[FleetFlight], wear: Wear, why: tuple[str, ...],
    now_us: int,
) -> CraftRow:  # fmt: skip
    mine = [f for f in worn if f.craft.name == craft.name]
    times = sorted(f.start_us for f in mine if f.start_us is not None)
    airborne = [f.airborne_s for f in mine if f.airborne_s is not None]
    seen = sorted((f for f in mine if f.firmware), key=lambda f: f.start_us or 0)
    return CraftRow(
        craft=craft, registered=any(f.registered for f in mine) or not mine,
        model=next((f.model for f in mine if f.model), ""), firmwares=tuple(dict.fromkeys(f.firmware for f in seen)),
        flights=len(mine), airborne_s=sum(airborne), airborne_unknown=len(mine) - len(airborne),
        simulated=sum(f.simulated for f in every if f.craft.name == craft.name),
        first_us=times[0] if times else None, last_us=times[-1] if times else None,
        aboard=tuple(one for one in aboard(wear.installations, craft.name, now_us) if one != craft.name), grounded=why,
    )  # fmt: skip


def _component(part: Component, wear: Wear) -> ComponentRow:
    mine = tuple(i for i in wear.installations if i.component_id == part.id)
    before = next((c for c in wear.carried if c.component_id == part.id), None)
    return ComponentRow(part, mine, usage(part.id, wear.installations, wear.uses, before))
