"""Verbs that say who flew what, and what for: one flight or thousands, by hand or by rule, with undo."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from groundside.archive.looking import path_in
from groundside.archive.people import names_of, person_named
from groundside.archive.stating import new_subject, state, stated, taken_back, text_of
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import BadRequest, NotFound
from groundside.keep.catalogue import Reader, Writer
from groundside.keep.logbook_flights import KeptFlight
from groundside.model.assignment import Assigned, AssignRule, Batch, Field
from groundside.model.caller import Caller, Scope
from groundside.model.logbook import Sight
from groundside.model.progress import Step
from groundside.model.query import FlightQuery

RULE = "assign-rule"
AT_ONCE = 500
Tell = Callable[[Step], None]
Fields = Mapping[Field, str]


@dataclass(frozen=True, slots=True)
class Which:
    """Flights, by id or by question; both together where both are given."""

    ids: tuple[str, ...] = ()
    query: FlightQuery | None = None


@dataclass(frozen=True, slots=True)
class AssignDone:
    """A change of assignments; how many flights it was asked for, and how many fields stay as changed since."""

    batch: Batch
    asked: int
    left: int = 0


def _quiet(step: Step) -> None:
    pass


@verb(Effect.CHANGES)
def assign(store: Store, caller: Caller, which: Which, fields: Fields, *, progress: Tell = _quiet) -> AssignDone:
    """
    Assign flights to a pilot, a purpose and so on: all in one change, which `undo_assign` takes back.

    Args:
        which: the flights.
        fields: field to value; people by name. An empty value takes it away. An observer is added to those there are.
        progress: told as it goes.

    Raises:
        BadRequest: no field, or a value that cannot be.
        NotFound: no such flight or person; no flight fits the question.
    """
    with store.catalogue.commit(caller) as writer:
        values = checked_fields(writer, fields, caller.scope)
        ids = _ids(store, writer, which, caller.scope)
        if not values or not ids:
            what = "Nothing was said of the flights." if not values else "No flight fits."
            raise (BadRequest if not values else NotFound)(what, try_this="groundside assign --pilot NAME FLIGHT…")
        said = ", ".join(f"{name.value}={_shown(value)}" for name, value in values.items())
        done = _assigned(writer, values, ids, said, store.now_us(), progress)
        return AssignDone(_with_names(done, names_of(writer, caller.scope)), len(ids))


@verb(Effect.CHANGES)
def undo_assign(store: Store, caller: Caller, named: str) -> AssignDone:
    """
    Take a change of assignments back; what somebody changed since stays as it is.

    Args:
        named: the first characters of its id, or "latest".

    Raises:
        NotFound, BadRequest: there is none such, or it was taken back already.
    """
    with store.catalogue.commit(caller) as writer:
        batch = writer.batch(named, caller.scope)
        now = store.now_us()
        undone, digest, left = writer.undo_assignment(batch, at_us=now)
        details = {"flights": undone.flights, "undoes": batch.id, "sha256": digest}
        writer.event("assign.undone", about=undone.id, details=json.dumps(details), at_us=now)
        undone = _with_names(undone, names_of(writer, caller.scope))
    return AssignDone(undone, undone.flights, left)


@verb(Effect.REVEALS)
def assignments(store: Store, caller: Caller, flight_id: str) -> tuple[Assigned, ...]:
    """
    List all that a flight ever was assigned, also those merged into it, in the order in which it was said.

    Raises:
        NotFound: no such flight in the caller's scope.
    """
    with store.catalogue.read() as reader:
        found = reader.flight(flight_id, caller.scope)
        return tuple(reader.assignment_history(caller.scope, [found.id, *found.aliases]))


@verb(Effect.REVEALS)
def assign_changes(store: Store, caller: Caller, most: int | None = None) -> tuple[Batch, ...]:
    """List changes of assignments, the newest first."""
    with store.catalogue.read() as reader:
        names = names_of(reader, caller.scope)
        return tuple(_with_names(each, names) for each in reader.batches(caller.scope, most))


@verb(Effect.CHANGES)
def add_assign_rule(store: Store, caller: Caller, rule: AssignRule) -> AssignRule:
    """
    Assign flights by rule as they come; `apply_assign_rules` does so with those that are here.

    Args:
        rule: its id is filled in; people by name.

    Raises:
        BadRequest: it says neither aircraft, folder nor account, or no field.
        NotFound: no such person.
    """
    if not (rule.aircraft or rule.folder or rule.account) or not rule.fields:
        what = "A rule needs something to go by (aircraft, folder or account), and something to assign."
        raise BadRequest(what, try_this="groundside assign --rule --aircraft Kestrel --pilot NAME")
    with store.catalogue.commit(caller) as writer:
        values = checked_fields(writer, {Field(n): v for n, v in rule.fields.items()}, caller.scope)
        kept = replace(rule, id=new_subject(), fields={name.value: value for name, value in values.items()})
        state(writer, RULE, kept.id, kept, at_us=store.now_us())
    return kept


@verb(Effect.CHANGES)
def drop_assign_rule(store: Store, caller: Caller, beginning: str) -> AssignRule:
    """
    Take a rule back; what it assigned stays.

    Raises:
        NotFound: no such rule.
    """
    with store.catalogue.commit(caller) as writer:
        found = [r for r in stated(writer, RULE, AssignRule, caller.scope).values() if r.id.startswith(beginning)]
        if len(found) != 1 or not beginning:
            what = f"{len(found)} rules begin with {beginning[:20]!r}."
            raise NotFound(what, try_this="groundside assign --rules")
        taken_back(writer, RULE, found[0].id, at_us=store.now_us())
    return found[0]


@verb(Effect.REVEALS)
def assign_rules(store: Store, caller: Caller) -> tuple[AssignRule, ...]:
    """List the rules by which flights are assigned, in the order in which they are tried."""
    with store.catalogue.read() as reader:
        return tuple(stated(reader, RULE, AssignRule, caller.scope).values())


@verb(Effect.CHANGES)
def apply_assign_rules(store: Store, caller: Caller) -> tuple[Batch, ...]:
    """Apply the rules to all flights that are here; what a flight is assigned already stays."""
    with store.catalogue.commit(caller) as writer:
        done = ruled(writer, [f.id for f in writer.logged_flights(caller.scope)], store.now_us())
        writer.event("assign.rules", details=json.dumps({"changes": len(done)}), at_us=store.now_us())
    return tuple(done)


def ruled(writer: Writer, flight_ids: Collection[str], now_us: int, *, made_since_us: int | None = None) -> list[Batch]:
    """
    Assign flights by the rules, inside a commit; the first rule that fits a field wins.

    Args:
        writer: of the commit.
        flight_ids: of these.
        now_us: UTC microseconds.
        made_since_us: only those that were made then or later: what a person took away does not come back with a
            rebuild.
    """
    scope = writer.caller.scope
    rules = list(stated(writer, RULE, AssignRule, scope).values())
    if not rules or not flight_ids:
        return []
    asked = flight_ids if made_since_us is None else writer.made_since(flight_ids, made_since_us, scope)
    flights = writer.logged_flights(scope, asked)
    brought = writer.came_from([f.id for f in flights], scope)
    has = {(each.flight_id, each.field) for each in writer.assigned(scope, [f.id for f in flights])}
    batches: list[Batch] = []
    for rule in rules:
        fitting = [f for f in flights if fits(rule, f, brought.get(f.id, set()))]
        values: dict[str, dict[str, str]] = {}
        for flight in fitting:
            new = {name: v for name, v in rule.fields.items() if (flight.id, Field(name)) not in has}
            has |= {(flight.id, Field(name)) for name in new}
            if new:
                values[flight.id] = new
        if values:
            batches.append(_entered(writer, f"rule {rule.id}", values, now_us))
    return batches


def fits(rule: AssignRule, flight: KeptFlight, brought: Collection[tuple[str, str]]) -> bool:
    """Whether a rule is for a flight, whose files came from some (folder, account)."""
    craft = flight.aircraft
    known = "\n".join((craft.name, craft.model, craft.serial)).casefold()
    by_aircraft = not rule.aircraft or rule.aircraft.casefold() in known
    by_folder = not rule.folder or any(rule.folder in origin for origin, _ in brought)
    return by_aircraft and by_folder and (not rule.account or any(rule.account == who for _, who in brought))


def checked_fields(reader: Reader, fields: Fields, scope: Scope) -> dict[Field, str]:
    """
    Check values of fields, and turn names of people into ids.

    Raises:
        NotFound: no such person.
        BadRequest: a value that cannot be.
    """
    found: dict[Field, str] = {}
    for name, value in fields.items():
        text = text_of(value, f"What is said of {name.value!r}", needed=False)
        if name in {Field.PIC, Field.OBSERVER} and text:
            text = person_named(reader, text, scope).id
        if name is Field.SIGHT and text not in set(Sight):
            what = f"{text[:40]!r} is not known of the line of sight."
            raise BadRequest(what, try_this="--sight within, or --sight beyond")
        found[name] = text
    return found


def _assigned(
    writer: Writer, values: Fields, ids: Sequence[str], said: str, now_us: int, progress: Tell
) -> Batch:  # fmt: skip
    observer = values.get(Field.OBSERVER)
    there = {a.flight_id: a.value for a in writer.assigned(writer.caller.scope, ids) if a.field is Field.OBSERVER}
    wanted: dict[str, dict[str, str]] = {}
    for number, one in enumerate(ids, 1):
        each = {name.value: value for name, value in values.items()}
        if observer:
            each[Field.OBSERVER] = " ".join(dict.fromkeys([*there.get(one, "").split(), observer]))
        wanted[one] = each
        if not number % AT_ONCE or number == len(ids):
            progress(Step(number, len(ids), number, len(ids), one[:8]))
    return _entered(writer, said, wanted, now_us)


def _entered(writer: Writer, said: str, values: Mapping[str, Mapping[str, str]], now_us: int) -> Batch:
    batch, digest = writer.assign(said, values, at_us=now_us)
    details = json.dumps({"flights": batch.flights, "sha256": digest})
    writer.event("assign", about=batch.id, details=details, at_us=now_us)
    return batch


def _ids(store: Store, reader: Reader, which: Which, scope: Scope) -> list[str]:
    named = [reader.resolve(each, scope) for each in which.ids]
    if which.query is None:
        return list(dict.fromkeys(named))
    found, _ = reader.query(replace(which.query, limit=None, offset=0), scope, partial(path_in, store))
    return list(dict.fromkeys([*named, *(f.id for f in found)]))


def _with_names(batch: Batch, names: Mapping[str, str]) -> Batch:
    """Put names in the place of ids of people: what is kept says ids, so that a person can be forgotten."""
    said = batch.said
    for one, name in names.items():
        said = said.replace(f"={one}", f"={name}")
    return replace(batch, said=said)


def _shown(value: str) -> str:
    return value[:40] or "nothing"
