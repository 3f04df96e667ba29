"""Verbs about currency: who may fly what, what lapses soon, and by which rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from groundside.archive.logbook import HOME_ZONE
from groundside.archive.logbook_lines import book_of
from groundside.archive.people import RULES, PersonRecord, person_named, records_of, rules_of
from groundside.archive.stating import state, stated, taken_back, text_of
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import NotFound
from groundside.keep.catalogue import Reader
from groundside.model.caller import Caller, Scope
from groundside.model.pilot import Currency, Flown, Held, Rule, Standing
from groundside.produce.logbook.currency import Records
from groundside.produce.logbook.currency import currency as standings_on
from groundside.produce.logbook.local_days import local_date
from groundside.produce.logbook.rule_files import chosen, joined, parse, shipped

AHEAD_DAYS = 60


@dataclass(frozen=True, slots=True)
class WhoMayFly:
    """Who may fly what on a date; the people and the rules that it is about, and when it was worked out (UTC)."""

    currency: Currency
    people: tuple[PersonRecord, ...]
    rules: tuple[Rule, ...]
    at_us: int


@verb(Effect.REVEALS)
def currency(
    store: Store, caller: Caller, pilot: str = "", *, on: date | None = None, within_days: int = AHEAD_DAYS,
    every_rule: bool = False,
) -> WhoMayFly:  # fmt: skip
    """
    Say who may fly what on a date, and what of that lapses in the days after it.

    Of each person those rules count that were chosen for them, or else those of the certificates that they hold; a
    certificate that no rule knows counts until the date printed on it.

    Args:
        pilot: name; empty for everybody.
        on: local date where each is at home; tomorrow there where None.
        within_days: how far to look ahead.
        every_rule: all rules, whatever they hold.

    Raises:
        NotFound: no such person.
    """
    now = store.now_us()
    with store.catalogue.read() as reader:
        known = records_of(reader, caller.scope)
        asked = [known[person_named(reader, pilot, caller.scope).id]] if pilot else list(known.values())
        every = rules_of(reader, caller.scope)
        alone = [
            _of_one(store, reader, caller.scope, each, (every, on, within_days, now, every_rule)) for each in asked
        ]
    days = [found.on for found, _ in alone] or [on or _tomorrow(HOME_ZONE, now)]
    whole = Currency(
        on=min(days), standings=tuple(s for found, _ in alone for s in found.standings),
        lapsing=tuple(sorted((s for found, _ in alone for s in found.lapsing), key=_soonest)),
    )  # fmt: skip
    used = {rule.id: rule for _, rules in alone for rule in rules}
    return WhoMayFly(whole, tuple(asked), tuple(used.values()), now)


@verb(Effect.CHANGES)
def add_rules(store: Store, caller: Caller, name: str, text: str) -> tuple[Rule, ...]:
    """
    Keep a file of the owner's own currency rules, in place of one of the same name.

    Raises:
        BadRequest: it is no such file, or its rules have ids that are taken.
    """
    text_of(name, "The name of a file of rules")
    found = parse(text, name)
    with store.catalogue.commit(caller) as writer:
        others = [r for n, t in stated(writer, RULES, str, caller.scope).items() if n != name for r in parse(t, n)]
        joined([*shipped(), *others, *found])
        state(writer, RULES, name, text, at_us=store.now_us())
    return found


@verb(Effect.CHANGES)
def drop_rules(store: Store, caller: Caller, name: str) -> None:
    """
    Take a file of rules back.

    Raises:
        NotFound: there is none of that name.
    """
    with store.catalogue.commit(caller) as writer:
        if not taken_back(writer, RULES, name, at_us=store.now_us()):
            what = f"There is no file of rules {name[:60]!r}."
            raise NotFound(what, try_this="groundside currency --rules")


@verb(Effect.REVEALS)
def currency_rules(store: Store, caller: Caller) -> tuple[Rule, ...]:
    """List the rules there are: those that come with the program, and the owner's own."""
    with store.catalogue.read() as reader:
        return rules_of(reader, caller.scope)


def _of_one(
    store: Store, reader: Reader, scope: Scope, record: PersonRecord,
    asked: tuple[tuple[Rule, ...], date | None, int, int, bool],
) -> tuple[Currency, tuple[Rule, ...]]:  # fmt: skip
    every, on, ahead, now, all_rules = asked
    rules = every if all_rules else applying(record, every)
    flown = any(isinstance(rule.needs, Flown) for rule in rules)
    person = record.person
    lines = book_of(store, reader, scope, person.id, person.zone).lines if flown else ()
    day = on or _tomorrow(person.zone, now)
    return standings_on([person.pilot], Records(record.qualifications, lines), rules, day, ahead), rules


def applying(record: PersonRecord, every: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Choose the rules that apply to a person, with one for each certificate that no other rule is about."""
    held = {q.kind for q in record.qualifications}
    about = {rule.id: set(_kinds(rule)) for rule in every}
    ids = record.person.rules or tuple(name for name, kinds in about.items() if kinds & held)
    rules = chosen(every, ids)
    untold = sorted(held - {kind for rule in rules for kind in about[rule.id]})
    dated = [kind for kind in untold if any(q.expires for q in record.qualifications if q.kind == kind)]
    return (*rules, *(_printed(kind) for kind in dated))


def _printed(kind: str) -> Rule:
    note = "No rule here is about it: it holds until the date printed on it."
    return Rule(id=f"certificate:{kind}", title=kind, authority="", allows=kind, needs=Held(any_of=(kind,)), note=note)


def _kinds(rule: Rule) -> tuple[str, ...]:
    return (*rule.needs.any_of, *rule.needs.renewed_by) if isinstance(rule.needs, Held) else ()


def _tomorrow(zone: str, now_us: int) -> date:
    return (local_date(now_us, zone) or date.max) + timedelta(days=1)


def _soonest(standing: Standing) -> tuple[date, str, str]:
    return standing.until or date.max, standing.pilot, standing.rule
