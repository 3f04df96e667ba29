"""Verbs by which the owner states what the fleet is: aircraft, components, plans, maintenance, groundings."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from groundside.archive.logbook_lines import AIRCRAFT
from groundside.archive.stating import new_subject, state, stated, taken_back, text_of
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import BadRequest, Conflict, NotFound
from groundside.keep.catalogue import Reader, Writer
from groundside.model.caller import Caller, Scope
from groundside.model.fleet import BatteryNote, Craft, Moves
from groundside.model.maintenance import Carried, Component, Done, Grounding, Installation, Plan
from groundside.produce.happenings.kinds import KINDS
from groundside.produce.health.components import moved
from groundside.produce.health.fleet import AFTER_EVENT, Stated
from groundside.produce.logbook.craft import craft_of, unregistered

COMPONENT, MOVES, WORN, PLAN, DONE, GROUNDING, BATTERY = (
    "component",
    "moves",
    "component-before",
    "plan",
    "maintained",
    "grounding",
    "battery",
)
Noun = TypeVar("Noun")


def stated_fleet(reader: Reader, scope: Scope) -> Stated:
    """Give all that the owner stated of the fleet."""

    def every(kind: str, of: type[Noun]) -> list[Noun]:
        return list(stated(reader, kind, of, scope).values())

    return Stated(
        crafts=every(AIRCRAFT, Craft), components=every(COMPONENT, Component),
        installations=[i for moves in every(MOVES, Moves) for i in moves.installations],
        carried=every(WORN, Carried), plans=every(PLAN, Plan), done=every(DONE, Done),
        groundings=every(GROUNDING, Grounding), batteries={b.serial: b for b in every(BATTERY, BatteryNote)},
    )  # fmt: skip


@verb(Effect.CHANGES)
def register_aircraft(store: Store, caller: Caller, craft: Craft) -> Craft:
    """
    Register an aircraft, or state one anew: its flights are then found by serial or name, whichever logs state.

    Raises:
        Conflict: another aircraft has one of its serials.
        BadRequest: it has no name.
    """
    text_of(craft.name, "The name of an aircraft")
    with store.catalogue.commit(caller) as writer:
        for other in stated(writer, AIRCRAFT, Craft, caller.scope).values():
            if other.name != craft.name and set(other.serials) & set(craft.serials):
                what = f"{other.name} has the serial {sorted(set(other.serials) & set(craft.serials))[0]}."
                raise Conflict(what, try_this=f"groundside fleet aircraft add {other.name!r} --serial OTHER")
        state(writer, AIRCRAFT, craft.name, craft, at_us=store.now_us())
    return craft


@verb(Effect.CHANGES)
def add_component(
    store: Store, caller: Caller, component: Component, aircraft: str = "", before: Carried | None = None
) -> Component:
    """
    Enter something that wears; its id is how the owner calls it.

    Args:
        component: what it is; in service since now where it does not say.
        aircraft: on which it is installed since then; empty for none.
        before: what it had behind it.

    Raises:
        Conflict: there is one of that name.
        BadRequest: it has no name.
    """
    text_of(component.id, "The name of a component")
    with store.catalogue.commit(caller) as writer:
        if component.id in stated(writer, COMPONENT, Component, caller.scope):
            what = f"There is a component {component.id!r} already."
            raise Conflict(what, try_this="groundside fleet components")
        now = store.now_us()
        since = now if component.in_service_us is None else component.in_service_us
        kept = replace(component, in_service_us=since)
        state(writer, COMPONENT, kept.id, kept, at_us=now)
        if before is not None:
            state(writer, WORN, kept.id, replace(before, component_id=kept.id), at_us=now)
        if aircraft:
            _known(writer, caller.scope, aircraft)
            state(writer, MOVES, kept.id, Moves((Installation(kept.id, aircraft, since),)), at_us=now)
    return kept


@verb(Effect.CHANGES)
def move_component(store: Store, caller: Caller, name: str, aircraft: str = "", at_us: int | None = None) -> Moves:
    """
    Move a component to another aircraft, or off any; its hours go with it.

    Args:
        name: of the component.
        aircraft: whereto; empty takes it off.
        at_us: UTC; now where None.

    Raises:
        NotFound: no such component or aircraft.
        Conflict, BadRequest: it was moved again later, or is on none.
    """
    with store.catalogue.commit(caller) as writer:
        if name not in stated(writer, COMPONENT, Component, caller.scope):
            what = f"There is no component {name[:60]!r}."
            raise NotFound(what, try_this="groundside fleet components")
        if aircraft:
            _known(writer, caller.scope, aircraft)
        now = store.now_us()
        was = stated(writer, MOVES, Moves, caller.scope).get(name, Moves(()))
        after = moved(was.installations, name, aircraft or None, now if at_us is None else at_us)
        state(writer, MOVES, name, Moves(after), at_us=now)
    return Moves(after)


@verb(Effect.CHANGES)
def add_plan(store: Store, caller: Caller, plan: Plan) -> Plan:
    """
    State what has to be done to components, and how often; one of the same id is stated anew.

    Raises:
        BadRequest: it has no name, counts nothing, or is for nothing.
    """
    text_of(plan.id, "The name of a plan")
    counts = (plan.every_hours, plan.every_flights, plan.every_cycles, plan.every_days)
    if not (plan.on_events or any(counts)) or not (plan.kinds or plan.component_ids):
        what = "A plan needs what it is for, and how often or after which event."
        raise BadRequest(what, try_this="groundside fleet plans add NAME --for propeller --hours 100")
    if unknown := [each for each in plan.on_events if each not in KINDS]:
        what = f"There is no event {unknown[0][:40]!r}."
        raise BadRequest(what, try_this="--after hard_landing; all: docs/reference/happenings.md")
    if any(each is not None and each <= 0 for each in counts):
        what = "An interval is more than nothing."
        raise BadRequest(what, try_this="groundside fleet plans add NAME --for propeller --hours 100")
    with store.catalogue.commit(caller) as writer:
        state(writer, PLAN, plan.id, plan, at_us=store.now_us())
    return plan


@verb(Effect.CHANGES)
def drop_plan(store: Store, caller: Caller, name: str) -> None:
    """
    Take a plan back.

    Raises:
        NotFound: there is none of that name.
    """
    with store.catalogue.commit(caller) as writer:
        if not taken_back(writer, PLAN, name, at_us=store.now_us()):
            what = f"There is no plan {name[:60]!r} of yours."
            raise NotFound(what, try_this="groundside fleet plans")


@verb(Effect.REVEALS)
def maintenance_plans(store: Store, caller: Caller) -> tuple[Plan, ...]:
    """List the plans there are: the owner's, and the one that is there unless the owner states another of its id."""
    with store.catalogue.read() as reader:
        own = stated(reader, PLAN, Plan, caller.scope)
    return tuple({AFTER_EVENT.id: AFTER_EVENT, **own}.values())


@verb(Effect.CHANGES)
def maintained(store: Store, caller: Caller, done: Done) -> Done:
    """
    Enter that maintenance was carried out; its task is closed, and counts anew from then.

    Raises:
        NotFound: no such plan.
        BadRequest: it is to be done in the future.
    """
    with store.catalogue.commit(caller) as writer:
        if done.plan_id not in {AFTER_EVENT.id, *stated(writer, PLAN, Plan, caller.scope)}:
            what = f"There is no plan {done.plan_id[:60]!r}."
            raise NotFound(what, try_this="groundside fleet plans")
        now = store.now_us()
        if done.at_us > now:
            what = "What was done was not done in the future."
            raise BadRequest(what, try_this="--on DATE, not later than today")
        kept = replace(done, by=done.by or caller.who, note=text_of(done.note, "A note", needed=False))
        state(writer, DONE, new_subject(), kept, at_us=now)
    return kept


@verb(Effect.CHANGES)
def ground_aircraft(store: Store, caller: Caller, aircraft: str, why: str) -> Grounding:
    """
    Say that an aircraft must not fly, until `release_aircraft`.

    Raises:
        BadRequest: no reason.
    """
    text_of(why, "A reason")
    now = store.now_us()
    held = Grounding(aircraft_id=aircraft, from_us=now, until_us=None, why=why, by=caller.who)
    with store.catalogue.commit(caller) as writer:
        _known(writer, caller.scope, aircraft)
        state(writer, GROUNDING, aircraft, held, at_us=now)
    return held


@verb(Effect.CHANGES)
def release_aircraft(store: Store, caller: Caller, aircraft: str) -> Grounding:
    """
    Say that an aircraft may fly again, as far as a person's word goes; tasks that ground it are closed by `maintained`.

    Raises:
        NotFound: nobody said that it must not.
    """
    with store.catalogue.commit(caller) as writer:
        held = stated(writer, GROUNDING, Grounding, caller.scope).get(aircraft)
        if held is None or held.until_us is not None:
            what = f"Nobody grounded {aircraft[:60]!r}."
            raise NotFound(what, try_this="groundside fleet maintenance")
        now = store.now_us()
        done = replace(held, until_us=now)
        state(writer, GROUNDING, aircraft, done, at_us=now)
    return done


@verb(Effect.CHANGES)
def rate_battery(store: Store, caller: Caller, note: BatteryNote) -> BatteryNote:
    """
    State what a battery was when new: its health is told against that.

    Raises:
        BadRequest: no serial, or a capacity or resistance that is none.
    """
    text_of(note.serial, "The serial of a battery")
    if any(value is not None and value <= 0 for value in (note.rated.capacity_ah, note.rated.resistance_ohm)):
        what = "Capacity and resistance are more than nothing."
        raise BadRequest(what, try_this="groundside fleet batteries rate SERIAL --capacity-ah 5.2")
    with store.catalogue.commit(caller) as writer:
        state(writer, BATTERY, note.serial, note, at_us=store.now_us())
    return note


def _known(writer: Writer, scope: Scope, aircraft: str) -> None:
    """Refuse the name of an aircraft that is neither registered nor in any log."""
    crafts = list(stated(writer, AIRCRAFT, Craft, scope).values())
    if aircraft in {craft.name for craft in crafts}:
        return
    flown = {f.aircraft for f in writer.logged_flights(scope)}
    if aircraft not in {(craft_of(each, crafts) or unregistered(each)).name for each in flown}:
        what = f"There is no aircraft {aircraft[:60]!r}."
        raise NotFound(what, try_this="groundside fleet aircraft, or: groundside fleet aircraft add NAME")
