"""
Currency rules, read from TOML: those that come with the program, and the owner's own in the same words.

    [[rule]]
    id = "our-night-practice"
    title = "Night practice of our team"
    authority = "Our handbook, 4.2"
    allows = "flying at night"
    within = { days = 90 }
    flown = { count = 3, light = "night" }
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import cast

from groundside.errors import BadRequest
from groundside.model.pilot import Flown, Held, Period, Rule, Unit
from groundside.model.source import Source
from groundside.produce.logbook.toml_table import Reader, Table, known

MOST_CHARACTERS = 262_144
"""A longer file of rules is refused."""


@cache
def shipped() -> tuple[Rule, ...]:
    """Give the rules that come with the program, in order of file and place."""
    files = sorted((f for f in resources.files(f"{__package__}").joinpath("rules").iterdir()), key=lambda f: f.name)
    read = [rule for f in files if f.name.endswith(".toml") for rule in parse(f.read_text("utf-8"), f.name)]
    return joined(read)


def joined(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """
    Put rules of several files together.

    Raises:
        BadRequest: two have the same id, or one names in `also` another that is not there, or that is asked of each
            aircraft or type where the naming rule is not.
    """
    whole = tuple(rules)
    twice = [name for name, count in Counter(rule.id for rule in whole).items() if count > 1]
    if twice:
        what = f"There are two rules {twice[0]!r}."
        raise BadRequest(what, try_this="give your own another id")
    for rule in whole:
        for name in rule.also:
            known(name, [r.id for r in whole], "rule", f"`also` of {rule.id!r}")
            if _per(next(r for r in whole if r.id == name)) not in {"", _per(rule)}:
                what = f"The rule {rule.id!r} names {name!r}, which is asked of each aircraft or type."
                raise BadRequest(what, try_this="leave it out of `also`, or give both the same `per`")
    return whole


def _per(rule: Rule) -> str:
    return rule.needs.per if isinstance(rule.needs, Flown) else ""


def reached(rule: Rule, rules: Sequence[Rule]) -> frozenset[str]:
    """Give the ids of all rules that one names in `also`, and of those that these name; a circle ends."""
    by_id = {one.id: one for one in rules}
    found: set[str] = set()
    waiting = list(rule.also)
    while waiting:
        name = waiting.pop()
        if name not in found and name != rule.id:
            found.add(name)
            waiting += by_id[name].also
    return frozenset(found)


def chosen(rules: Sequence[Rule], ids: Sequence[str]) -> tuple[Rule, ...]:
    """
    Choose rules by id, together with those that they name in `also`.

    Raises:
        BadRequest: there is no such rule; the nearest spelling is named.
    """
    for name in ids:
        known(name, [rule.id for rule in rules], "rule", "what was asked for")
    wanted = set(ids).union(*(reached(rule, rules) for rule in rules if rule.id in ids))
    return tuple(rule for rule in rules if rule.id in wanted)


def parse(text: str, name: str) -> tuple[Rule, ...]:
    """
    Read a file of rules.

    Args:
        text: TOML.
        name: of the file, for the messages.

    Raises:
        BadRequest: not TOML, an unknown key (the nearest spelling is named), or a value that cannot be.
    """
    if len(text) > MOST_CHARACTERS:
        what = f"{name} is longer than {MOST_CHARACTERS:,} characters."
        raise BadRequest(what, try_this="several smaller files")
    try:
        whole = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        what = f"{name} is not TOML: {error}."
        raise BadRequest(what, try_this="correct it; docs/reference/currency-rules.md shows a rule") from error
    top = Reader(whole, name, ("rule",))
    return tuple(_rule(table, f"{name}, rule {n}") for n, table in enumerate(top.tables("rule"), start=1))


_RULE = ["id", "title", "authority", "allows", "within", "held", "flown", "also", "source", "verified", "read", "note"]
_SOURCE = ["title", "url", "where"]
_HELD = ["any_of", "renewed_by", "after"]
_FLOWN = ["count", "minutes", "per", "light", "types", "aircraft", "purposes", "simulated"]


def _rule(table: Table, where: str) -> Rule:
    read = Reader(table, where, _RULE)
    return Rule(
        id=read.text("id", needed=True),
        title=read.text("title", needed=True),
        authority=read.text("authority"),
        allows=read.text("allows", needed=True),
        needs=_needs(read),
        within=_period(read),
        also=read.texts("also"),
        source=_source(read),
        verified=read.day("verified"),
        read=read.text("read"),
        note=read.text("note"),
    )


def _needs(read: Reader) -> Held | Flown:
    held, flown = read.table("held", _HELD), read.table("flown", _FLOWN)
    if (held is None) == (flown is None):
        raise read.wrong(
            "held", "or `flown` is needed, and not both", 'held = { any_of = ["KIND"] } or flown = { count = 3 }'
        )
    if held is not None:
        found = Held(any_of=held.texts("any_of"), renewed_by=held.texts("renewed_by"), after=held.day("after"))
        if not found.any_of:
            raise held.wrong("any_of", "names no kind of qualification", 'any_of = ["KIND"]')
        return found
    return _flown(cast("Reader", flown))


def _flown(read: Reader) -> Flown:
    found = Flown(
        count=read.number("count"),
        minutes=read.number("minutes"),
        per=read.one_of("per", ("", "aircraft", "type")),
        light=read.one_of("light", ("", "night")),
        types=read.texts("types"),
        aircraft=read.texts("aircraft"),
        purposes=read.texts("purposes"),
        simulated=read.truth("simulated"),
    )
    if not found.count and not found.minutes:
        raise read.wrong("count", "or `minutes` is needed", "count = 3")
    return found


def _period(read: Reader) -> Period | None:
    within = read.table("within", [unit.value for unit in Unit])
    if within is None:
        return None
    given = [unit for unit in Unit if unit.value in within.values]
    if len(given) != 1 or not within.number(given[0]):
        raise read.wrong("within", "must be one period of at least 1", "within = { days = 90 }")
    return Period(within.number(given[0]), given[0])


def _source(read: Reader) -> Source | None:
    source = read.table("source", _SOURCE)
    if source is None:
        return None
    return Source(source.text("title", needed=True), source.text("url", needed=True), source.text("where"))
