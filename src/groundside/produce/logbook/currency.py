"""Who may fly what on a date, why, and what lapses in the days that follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from groundside.model.logbook import LogbookLine
from groundside.model.pilot import Currency, Held, Pilot, Qualification, Rule, Standing, Verdict
from groundside.produce.logbook.flown import flown_standings
from groundside.produce.logbook.local_days import midnight_us
from groundside.produce.logbook.rule_files import joined, reached
from groundside.produce.logbook.validity import valid_through


@dataclass(frozen=True, slots=True)
class Records:
    """What is known of pilots: what they hold and what they flew, in any order."""

    qualifications: Sequence[Qualification] = ()
    lines: Sequence[LogbookLine] = ()


def currency(pilots: Iterable[Pilot], records: Records, rules: Sequence[Rule], on: date, ahead_days: int) -> Currency:
    """
    Say who may fly what on a date, and what of that lapses soon.

    Args:
        pilots: those asked about.
        records: of all of them; what is dated after `on` is not looked at.
        rules: those that apply; every rule that one names in `also` has to be among them.
        on: local date at the pilot's.
        ahead_days: `lapsing` holds what is met on `on` and is no longer on the last of so many days after it.
    """
    found = tuple(standing for pilot in pilots for standing in standings(pilot, records, rules, on))
    last = on + timedelta(days=min(ahead_days, (date.max - on).days))
    soon = [s for s in found if s.verdict is Verdict.CURRENT and s.until is not None and s.until < last]
    return Currency(on=on, standings=found, lapsing=tuple(sorted(soon, key=lambda s: (s.until, s.pilot, s.rule))))


def standings(pilot: Pilot, records: Records, rules: Sequence[Rule], on: date) -> tuple[Standing, ...]:
    """
    Say of each rule whether a pilot meets it on a date; see `currency`.

    Returns:
        In the order of the rules; for a rule that is asked of each aircraft or type, one for each that the pilot flew,
        and one of no subject where there was none.

    Raises:
        BadRequest: there is no such time zone as the pilot's, or a rule names another that is not among them.
    """
    joined(rules)
    own = Records(
        [q for q in records.qualifications if q.pilot == pilot.id and q.obtained <= on],
        [line for line in records.lines if line.flight.pilot == pilot.id and (line.date is None or line.date <= on)],
    )
    alone = {rule.id: _alone(rule, pilot, own, on) for rule in rules}
    together = [_with_others(standing, rule, rules, alone) for rule in rules for standing in alone[rule.id]]
    return tuple(_dated(standing, pilot) for standing in together)


def _alone(rule: Rule, pilot: Pilot, own: Records, on: date) -> tuple[Standing, ...]:
    """Apply a rule without those that it names in `also`."""
    if isinstance(rule.needs, Held):
        return (_held_standing(rule, rule.needs, pilot, own.qualifications, on),)
    return flown_standings(rule, rule.needs, pilot, own.lines, on)


def _held_standing(rule: Rule, needs: Held, pilot: Pilot, own: Sequence[Qualification], on: date) -> Standing:
    best = _best(rule, needs, own)
    if best is None:
        kinds = " or ".join(needs.any_of)
        after = f" obtained after {needs.after}" if needs.after is not None else ""
        why = f"no {kinds}{after} is recorded"
        return Standing(rule=rule.id, pilot=pilot.id, subject="", verdict=Verdict.NEVER, because=why)
    held, until = best
    current = until >= on
    lasts = "does not lapse" if until == date.max else f"{'holds' if current else 'held'} through {until}"
    return Standing(
        rule=rule.id,
        pilot=pilot.id,
        subject="",
        verdict=Verdict.CURRENT if current else Verdict.LAPSED,
        because=f"{held.kind} of {held.obtained} {lasts}",
        until=None if until == date.max else until,
        rests_on=(held.id,),
    )


def _best(rule: Rule, needs: Held, own: Sequence[Qualification]) -> tuple[Qualification, date] | None:
    """Find the qualification that lasts longest, and its last day; a renewal counts only while another still held."""
    best: tuple[Qualification, date] | None = None
    for held in sorted(own, key=lambda q: (q.obtained, q.id)):
        in_time = best is not None and held.obtained <= best[1]
        counts = held.kind in needs.any_of or (held.kind in needs.renewed_by and in_time)
        if not counts or (needs.after is not None and held.obtained <= needs.after):
            continue
        until = _until(rule, held)
        if best is None or until >= best[1]:
            best = held, until
    return best


def _until(rule: Rule, held: Qualification) -> date:
    if held.expires is not None:
        return held.expires
    return date.max if rule.within is None else valid_through(held.obtained, rule.within)


_WORST = (Verdict.NEVER, Verdict.LAPSED, Verdict.UNKNOWN, Verdict.CURRENT)


def _with_others(
    standing: Standing, rule: Rule, rules: Sequence[Rule], alone: dict[str, tuple[Standing, ...]]
) -> Standing:
    """Add what the rules that this one names in `also` ask, and what those name."""
    others = [one for name in sorted(reached(rule, rules)) for one in alone[name]]
    others = [one for one in others if not one.subject or not standing.subject or one.subject == standing.subject]
    if not others:
        return standing
    whole = (standing, *others)
    deciding = min(whole, key=lambda s: (_WORST.index(s.verdict), s.until or date.max))
    because = standing.because if deciding is standing else f"{deciding.rule}: {deciding.because}"
    return replace(
        standing,
        verdict=deciding.verdict,
        because=because,
        until=deciding.until,
        rests_on=tuple(dict.fromkeys(name for one in whole for name in one.rests_on)),
        doubtful=tuple(dict.fromkeys(name for one in whole for name in one.doubtful)),
    )


def _dated(standing: Standing, pilot: Pilot) -> Standing:
    """Say at which moment it lapses: the midnight after its last day, where the pilot is at home."""
    if standing.until is None or standing.until == date.max:
        return standing
    return replace(standing, lapses_us=midnight_us(standing.until + timedelta(days=1), pilot.zone))
