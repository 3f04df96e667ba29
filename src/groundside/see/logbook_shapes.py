"""People, hours, currency and signatures as JSON values; milliseconds are whole, dates local, times UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from groundside.model.assignment import Field
from groundside.see.text import iso

if TYPE_CHECKING:
    from groundside.archive.assigning import AssignDone
    from groundside.archive.current import WhoMayFly
    from groundside.archive.logbook import BookEntry, Logbook
    from groundside.archive.people import PersonRecord
    from groundside.archive.signing import SignedState
    from groundside.model.assignment import Assigned, AssignRule, Batch, SignedMonth
    from groundside.model.logbook import CarriedOver, Hours, Sums
    from groundside.model.pilot import Rule, Standing

Shape = dict[str, Any]


def person_shape(record: PersonRecord) -> Shape:
    """One person with all that they hold."""
    person = record.person
    held = [
        {
            "id": q.id,
            "kind": q.kind,
            "obtained": q.obtained.isoformat(),
            "expires": _day(q.expires),
            "number": q.number or None,
        }
        for q in record.qualifications
    ]
    return {
        "id": person.id, "name": person.name, "zone": person.zone, "accounts": list(person.accounts),
        "rules": list(person.rules), "certificates": held,
    }  # fmt: skip


def batch_shape(batch: Batch) -> Shape:
    """One change of assignments."""
    return {
        "id": batch.id, "said": batch.said, "flights": batch.flights, "by": batch.who, "at": iso(batch.at_us),
        "undoes": batch.undoes,
    }  # fmt: skip


def assign_shape(done: AssignDone) -> Shape:
    """What a change of assignments came to."""
    return {**batch_shape(done.batch), "asked": done.asked, "left": done.left}


def assigned_shape(each: Assigned, names: Mapping[str, str]) -> Shape:
    """What a field of a flight is or was."""
    return {
        "flight": each.flight_id, "field": each.field.value, "value": named(each.value, names), "by": each.who,
        "at": iso(each.at_us), "until": iso(each.ended_us), "change": each.batch,
    }  # fmt: skip


def rule_shape(rule: AssignRule, names: Mapping[str, str]) -> Shape:
    """A rule by which flights are assigned."""
    by = {"aircraft": rule.aircraft, "folder": rule.folder, "account": rule.account}
    return {"id": rule.id, **by, "assigns": {name: named(value, names) for name, value in rule.fields.items()}}


def logbook_shape(book: Logbook) -> Shape:
    """A logbook: sums, every flight, and what is in no sum with the reason."""
    totals = book.totals
    return {
        "pilot": book.pilot.name if book.pilot else None,
        "by": book.by.value,
        "flown": sums_shape(totals.flown, book.names),
        "simulated": sums_shape(totals.simulated, book.names),
        "parts": [{"key": name, "total_ms": ms} for name, ms in book.parts],
        "flights": [entry_shape(each, book.names) for each in book.entries],
        "left_out": [
            {"flight": each.flight_id, "why": each.why}
            for some in (totals.unknown, totals.covered, totals.doubtful)
            for each in some
        ],
        "carried": [carried_shape(each, book.names) for each in book.carried],
        "signed": [state_shape(each) for each in book.signed],
    }


def overview_shape(book: Logbook, most: int = 6) -> Shape:
    """Sums of a logbook by month, its newest flights, and how many there are of what: for a page that shows no list."""
    entries = [each for each in book.entries if each.line.date is not None]
    newest = sorted(entries, key=lambda each: (each.line.date, each.takeoff_us or 0), reverse=True)[:most]
    totals = book.totals
    left_out = [each for some in (totals.unknown, totals.covered, totals.doubtful) for each in some]
    flown = totals.flown.whole
    simulated = not (flown.flights or flown.total_ms) and totals.simulated.whole.flights > 0
    places = _places(book, simulated=simulated)
    return {
        "pilot": book.pilot.name if book.pilot else None,
        "flown": sums_shape(totals.flown, book.names),
        "simulated": sums_shape(totals.simulated, book.names),
        "flights": [entry_shape(each, book.names) for each in newest],
        "left_out": [{"flight": each.flight_id, "why": each.why} for each in left_out[:most]],
        "carried": [carried_shape(each, book.names) for each in book.carried],
        "count": len(book.entries),
        "without_pilot": sum(1 for each in book.entries if not each.said.get(Field.PIC)),
        "left_out_count": len(left_out),
        "places": places[:most],
        "place_count": len(places),
    }


def _places(book: Logbook, *, simulated: bool) -> list[Shape]:
    """Add up flights by place, the most flown first."""
    found: dict[str, tuple[int, int]] = {}
    for each in book.entries:
        if each.line.flight.simulated == simulated:
            flights, ms = found.get(each.place, (0, 0))
            found[each.place] = (flights + 1, ms + (each.line.total_ms or 0))
    ranked = sorted(found.items(), key=lambda item: (-item[1][1], -item[1][0]))
    return [{"place": place or None, "flights": flights, "total_ms": ms} for place, (flights, ms) in ranked]


def sums_shape(sums: Sums, names: Mapping[str, str]) -> Shape:
    """Hours by key, and as a whole."""
    groups = [{"key": named(key, names), **hours_shape(hours)} for key, hours in sums.groups]
    return {"groups": groups, "whole": hours_shape(sums.whole)}


def hours_shape(hours: Hours) -> Shape:
    """A sum of hours, in milliseconds."""
    return asdict(hours)


def entry_shape(entry: BookEntry, names: Mapping[str, str]) -> Shape:
    """One line of a logbook."""
    line, flight = entry.line, entry.line.flight
    said = {field.value: named(value, names) for field, value in entry.said.items()}
    return {
        "flight": flight.id, "date": _day(line.date), "takeoff": iso(entry.takeoff_us), "place": entry.place or None,
        "aircraft": flight.aircraft or None, "type": flight.type or None, "simulated": flight.simulated,
        "total_ms": line.total_ms, "basis": line.basis.value,
        "light": None if line.light is None else asdict(line.light),
        "said": said, "notes": list(line.notes),
    }  # fmt: skip


def carried_shape(one: CarriedOver, names: Mapping[str, str]) -> Shape:
    """Hours from before."""
    plain = asdict(one)
    return plain | {"pilot": named(one.pilot, names), "as_of": one.as_of.isoformat(), "since": _day(one.since)}


def signed_shape(signed: SignedMonth) -> Shape:
    """A signed month."""
    return {
        "month": signed.month, "sha256": signed.digest, "flights": len(signed.lines), "total_ms": signed.total_ms,
        "simulated_ms": signed.simulated_ms, "by": signed.signed_by, "at": iso(signed.signed_us),
        "note": signed.note or None,
    }  # fmt: skip


def state_shape(state: SignedState) -> Shape:
    """A signed month, and what changed since."""
    return {**signed_shape(state.signed), "changed": list(state.changed)}


def currency_shape(found: WhoMayFly) -> Shape:
    """Who may fly what, and what lapses soon."""
    names = {record.person.id: record.person.name for record in found.people}
    rules = {rule.id: rule for rule in found.rules}
    return {
        "on": found.currency.on.isoformat(),
        "standings": [standing_shape(each, names, rules) for each in found.currency.standings],
        "lapsing": [standing_shape(each, names, rules) for each in found.currency.lapsing],
    }


def standing_shape(standing: Standing, names: Mapping[str, str], rules: Mapping[str, Rule]) -> Shape:
    """Whether a pilot meets a rule, and why."""
    rule = rules.get(standing.rule)
    return {
        "pilot": names.get(standing.pilot, standing.pilot), "rule": standing.rule,
        "allows": rule.allows if rule else None, "subject": standing.subject or None,
        "verdict": standing.verdict.value, "until": _day(standing.until), "lapses": iso(standing.lapses_us),
        "because": standing.because, "rests_on": list(standing.rests_on), "doubtful": list(standing.doubtful),
    }  # fmt: skip


def currency_rule_shape(rule: Rule) -> Shape:
    """A currency rule, with who says so."""
    source = rule.source
    return {
        "id": rule.id, "title": rule.title, "authority": rule.authority, "allows": rule.allows,
        "source": None if source is None else {"title": source.title, "url": source.url, "where": source.where},
        "verified": _day(rule.verified), "read": rule.read, "note": rule.note,
    }  # fmt: skip


def named(value: str, names: Mapping[str, str]) -> str:
    """Put names in the place of the ids of people; several have blanks between them."""
    words = value.split(" ")
    if not any(word in names for word in words):
        return value
    return ", ".join(names.get(word, word) for word in words)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
