"""Rules that ask for flights: so many, or so many minutes, in so many days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from groundside.model.logbook import LogbookLine
from groundside.model.pilot import Flown, Pilot, Rule, Standing, Verdict
from groundside.produce.logbook.validity import valid_through

_MINUTE_MS = 60_000


def flown_standings(
    rule: Rule, needs: Flown, pilot: Pilot, lines: Sequence[LogbookLine], on: date
) -> tuple[Standing, ...]:
    """
    Apply a rule that asks for flights.

    The flights are counted back from `on` until they are enough; the rule holds as long as the last of these counts.

    Args:
        lines: of this pilot, none later than `on`.

    Returns:
        One standing, or one for each aircraft or type that was flown.
    """
    subjects = sorted({_subject(line, needs) for line in lines if _may_count(line, needs)} - {""}) if needs.per else []
    return tuple(_standing(rule, needs, pilot, subject, lines, on) for subject in subjects or [""])


def _standing(rule: Rule, needs: Flown, pilot: Pilot, subject: str, lines: Sequence[LogbookLine], on: date) -> Standing:
    of_subject = [line for line in lines if _may_count(line, needs) and _subject(line, needs) in {subject, ""}]
    sure = [line for line in of_subject if _surely_counts(line, needs)]
    unsure = [line for line in of_subject if not _surely_counts(line, needs)]
    enough = _latest_enough(sure, needs)
    until = _until(rule, enough)
    verdict = _verdict(until, on, enough)
    if verdict is not Verdict.CURRENT and unsure and _would_do(rule, needs, (sure, unsure), on):
        verdict = Verdict.UNKNOWN
    return Standing(
        rule=rule.id,
        pilot=pilot.id,
        subject=subject,
        verdict=verdict,
        because=_because(needs, enough, until, (sure, unsure)),
        until=None if until == date.max else until,
        rests_on=tuple(line.flight.id for line in enough or sure),
        doubtful=tuple(line.flight.id for line in unsure),
    )


def _subject(line: LogbookLine, needs: Flown) -> str:
    return getattr(line.flight, needs.per) if needs.per else ""


def _may_count(line: LogbookLine, needs: Flown) -> bool:
    """Leave out what surely does not count; what is unknown may."""
    flight = line.flight
    named = ((flight.type, needs.types), (flight.aircraft, needs.aircraft), (flight.purpose, needs.purposes))
    if any(value and allowed and value not in allowed for value, allowed in named):
        return False
    if flight.simulated and not needs.simulated:
        return False
    light = line.light
    return needs.light != "night" or light is None or light.night_ms > 0 or light.unknown_ms > 0


def _surely_counts(line: LogbookLine, needs: Flown) -> bool:
    flight = line.flight
    named = ((flight.type, needs.types), (flight.aircraft, needs.aircraft), (flight.purpose, needs.purposes))
    known = all(value or not allowed for value, allowed in named) and (not needs.per or bool(_subject(line, needs)))
    dark = needs.light != "night" or (line.light is not None and line.light.night_ms > 0)
    long = not needs.minutes or line.total_ms is not None
    return known and dark and long and line.date is not None


def _minutes_ms(line: LogbookLine, needs: Flown) -> int:
    if needs.light == "night":
        return 0 if line.light is None else line.light.night_ms
    return line.total_ms or 0


def _latest_enough(sure: Sequence[LogbookLine], needs: Flown) -> list[LogbookLine]:
    """Give the latest flights that are enough, latest first; none where all are not."""
    taken: list[LogbookLine] = []
    flown_ms = 0
    for line in sorted(sure, key=lambda one: (one.date or date.min, one.flight.id), reverse=True):
        taken.append(line)
        flown_ms += _minutes_ms(line, needs)
        if len(taken) >= needs.count and flown_ms >= needs.minutes * _MINUTE_MS:
            return taken
    return []


def _until(rule: Rule, enough: Sequence[LogbookLine]) -> date | None:
    first = enough[-1].date if enough else None
    if first is None:
        return None
    return date.max if rule.within is None else valid_through(first, rule.within)


def _verdict(until: date | None, on: date, enough: Sequence[LogbookLine]) -> Verdict:
    if not enough or until is None:
        return Verdict.NEVER
    return Verdict.CURRENT if until >= on else Verdict.LAPSED


def _would_do(rule: Rule, needs: Flown, flights: tuple[Sequence[LogbookLine], Sequence[LogbookLine]], on: date) -> bool:
    """Say whether it would be enough if all that is unknown of the doubtful flights were in the pilot's favour."""
    whole = [line for part in flights for line in part if _may_be_recent(rule, line, on)]
    if any(line.total_ms is None for line in whole):
        return len(whole) >= needs.count
    most_ms = sum(line.total_ms or 0 for line in whole)
    return len(whole) >= needs.count and most_ms >= needs.minutes * _MINUTE_MS


def _may_be_recent(rule: Rule, line: LogbookLine, on: date) -> bool:
    return line.date is None or rule.within is None or valid_through(line.date, rule.within) >= on


def _because(
    needs: Flown,
    enough: Sequence[LogbookLine],
    until: date | None,
    flights: tuple[Sequence[LogbookLine], Sequence[LogbookLine]],
) -> str:
    sure, unsure = flights
    doubt = f"; of {len(unsure)} more it cannot be told" if unsure else ""
    if not enough:
        return f"{_count(sure)} recorded where {_wanted(needs)} needed{doubt}"
    lasts = "which does not lapse" if until == date.max else f"which is good through {until}"
    return f"{_count(enough)} since {enough[-1].date} where {_wanted(needs)} needed, {lasts}{doubt}"


def _count(lines: Sequence[LogbookLine]) -> str:
    return "1 flight" if len(lines) == 1 else f"{len(lines)} flights"


def _wanted(needs: Flown) -> str:
    counted = [f"{needs.count}"] if needs.count else []
    timed = [f"{needs.minutes} minutes"] if needs.minutes else []
    return " and ".join([*counted, *timed]) + (" is" if needs.count == 1 and not timed else " are")
