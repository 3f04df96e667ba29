"""Verbs about people: who flies, and what they hold. As little of them as a logbook needs, and it can be forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from groundside.archive.stating import SHORTEST_PREFIX, new_subject, state, stated, taken_back, text_of
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import BadRequest, Conflict, NotFound
from groundside.keep.catalogue import Reader, Writer
from groundside.model.caller import Caller, Scope
from groundside.model.logbook import CarriedOver
from groundside.model.pilot import Person, Qualification, Rule
from groundside.produce.logbook.local_days import zone_info
from groundside.produce.logbook.rule_files import chosen, joined, parse, shipped

PERSON, QUALIFICATION, CARRIED, SIGNED, RULES = "person", "qualification", "carried", "signed", "rules"
"""Kinds of statements about people."""


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person with all that they hold, by date."""

    person: Person
    qualifications: tuple[Qualification, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChange:
    """
    What to change of a person; None leaves it.

    Args:
        add: certificates, tests and trainings; their ids and pilots are filled in.
        remove: ids of those that were entered wrongly.
    """

    name: str | None = None
    zone: str | None = None
    accounts: tuple[str, ...] | None = None
    rules: tuple[str, ...] | None = None
    add: tuple[Qualification, ...] = ()
    remove: tuple[str, ...] = ()


@verb(Effect.CHANGES)
def add_person(store: Store, caller: Caller, name: str, change: PersonChange) -> PersonRecord:
    """
    Enter a person.

    Args:
        name: as the logbook shows it; no two are alike.
        change: what else is known of them.

    Raises:
        Conflict: there is one of that name.
        BadRequest: no such time zone or currency rule, or a certificate that expires before it was obtained.
    """
    with store.catalogue.commit(caller) as writer:
        return _written(store, writer, caller, Person(id=new_subject(), name=name), replace(change, name=name))


@verb(Effect.CHANGES)
def edit_person(store: Store, caller: Caller, named: str, change: PersonChange) -> PersonRecord:
    """
    Change what is known of a person; what was known before stays in the history.

    Raises:
        NotFound: no such person, or none of the certificates to be removed.
        Conflict, BadRequest: as `add_person`.
    """
    with store.catalogue.commit(caller) as writer:
        return _written(store, writer, caller, person_named(writer, named, caller.scope), change)


@verb(Effect.REVEALS)
def people(store: Store, caller: Caller, named: str = "") -> tuple[PersonRecord, ...]:
    """
    List people with what they hold, by name.

    Args:
        named: only this one: name, account or the beginning of an id.

    Raises:
        NotFound: no such person.
    """
    with store.catalogue.read() as reader:
        found = records_of(reader, caller.scope)
        if not named:
            return tuple(sorted(found.values(), key=lambda r: (r.person.name.casefold(), r.person.id)))
        return (found[person_named(reader, named, caller.scope).id],)


@verb(Effect.CHANGES)
def forget_person(store: Store, caller: Caller, named: str) -> int:
    """
    Forget a person: name, certificates, carried-over hours and signed months, with all that was known before.

    Flights keep the random id that they were assigned to, which then leads nowhere, so that hours still add up.

    Returns:
        How many events were emptied.

    Raises:
        NotFound: no such person.
    """
    with store.catalogue.commit(caller) as writer:
        person = person_named(writer, named, caller.scope)
        subjects = {person.id}
        for kind, of in ((QUALIFICATION, Qualification), (CARRIED, CarriedOver)):
            every = stated(writer, kind, of, caller.scope)
            subjects |= {subject for subject, each in every.items() if each.pilot == person.id}
        months = {each.subject for each in writer.statements(SIGNED, caller.scope, ended=True)}
        subjects |= {each for each in months if each.startswith(f"{person.id}/")}
        emptied = writer.forget(subjects)
        writer.event("person.forgotten", at_us=store.now_us())
        return emptied


def person_named(reader: Reader, named: str, scope: Scope) -> Person:
    """
    Find a person by name, by account, or by the beginning of their id.

    Raises:
        NotFound: there is none such; the nearest name is given.
    """
    known = stated(reader, PERSON, Person, scope)
    wanted = named.strip().casefold()
    found = [p for p in known.values() if p.name.casefold() == wanted]
    found = found or [p for p in known.values() if wanted in {a.casefold() for a in p.accounts}]
    if not found and len(wanted) >= SHORTEST_PREFIX:
        found = [p for p in known.values() if p.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    near = get_close_matches(named, [p.name for p in known.values()], n=1, cutoff=0.4)
    what = f"{'Several people are' if found else 'There is nobody'} called {named[:60]!r}."
    raise NotFound(what, try_this=f"did you mean {near[0]!r}?" if near else "groundside people list")


def records_of(reader: Reader, scope: Scope) -> dict[str, PersonRecord]:
    """Give all people by id, with what they hold."""
    held: dict[str, list[Qualification]] = {}
    for each in stated(reader, QUALIFICATION, Qualification, scope).values():
        held.setdefault(each.pilot, []).append(each)
    return {
        one: PersonRecord(person, tuple(sorted(held.get(one, []), key=lambda q: (q.obtained, q.kind, q.id))))
        for one, person in stated(reader, PERSON, Person, scope).items()
    }


def rules_of(reader: Reader, scope: Scope) -> tuple[Rule, ...]:
    """Give the currency rules: those that come with the program, and the owner's own."""
    own = stated(reader, RULES, str, scope)
    return joined([*shipped(), *(rule for name, text in own.items() for rule in parse(text, name))])


def names_of(reader: Reader, scope: Scope) -> Mapping[str, str]:
    """Give the names of people by id."""
    return {one: person.name for one, person in stated(reader, PERSON, Person, scope).items()}


def _written(store: Store, writer: Writer, caller: Caller, person: Person, change: PersonChange) -> PersonRecord:
    given = {n: v for n in ("name", "zone", "accounts", "rules") if (v := getattr(change, n)) is not None}
    wanted = replace(person, **given)
    _check(wanted, stated(writer, PERSON, Person, caller.scope))
    chosen(rules_of(writer, caller.scope), wanted.rules)
    now = store.now_us()
    if wanted != person or change.name is not None:
        state(writer, PERSON, person.id, wanted, at_us=now)
    for each in change.remove:
        _removed(writer, caller, person, each, now)
    for each in change.add:
        new = _checked(replace(each, id=new_subject(), pilot=person.id))
        state(writer, QUALIFICATION, new.id, new, at_us=now)
    return records_of(writer, caller.scope)[person.id]


def _removed(writer: Writer, caller: Caller, person: Person, beginning: str, now_us: int) -> None:
    held = [q for q in records_of(writer, caller.scope)[person.id].qualifications if q.id.startswith(beginning)]
    if len(held) != 1 or not beginning:
        what = f"{person.name} has {len(held)} certificates whose id begins with {beginning[:20]!r}."
        raise NotFound(what, try_this="groundside people show NAME")
    taken_back(writer, QUALIFICATION, held[0].id, at_us=now_us)


def _check(person: Person, known: Mapping[str, Person]) -> None:
    text_of(person.name, "A name")
    zone_info(person.zone)
    alike = [p for p in known.values() if p.id != person.id and p.name.casefold() == person.name.strip().casefold()]
    if alike:
        what = f"There is somebody called {person.name!r} already."
        raise Conflict(what, try_this=f"groundside people edit {person.name!r}, or add something to the name")


def _checked(held: Qualification) -> Qualification:
    text_of(held.kind, "The kind of a certificate")
    text_of(held.number, "The number of a certificate", needed=False)
    if held.expires is not None and held.expires < held.obtained:
        what = f"A certificate obtained on {held.obtained} cannot expire on {held.expires}."
        raise BadRequest(what, try_this="--certificate KIND:OBTAINED:EXPIRES, dates as 2026-05-01")
    return held
