"""The verb that signs a month of a logbook, and what changed in it since."""

from __future__ import annotations

import hashlib
import json
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from groundside.archive.logbook_lines import book_of
from groundside.archive.people import SIGNED, person_named
from groundside.archive.stating import state, stated, text_of
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import BadRequest, NotFound, Refused
from groundside.keep.canonical import canonical
from groundside.keep.catalogue import Reader
from groundside.model.assignment import SignedMonth
from groundside.model.caller import Caller, Scope
from groundside.model.logbook import LogbookLine
from groundside.model.pilot import Person
from groundside.produce.logbook.local_days import local_date


@dataclass(frozen=True, slots=True)
class SignedState:
    """A signed month, and what changed in it since, one sentence for each flight; nothing where it stands."""

    signed: SignedMonth
    changed: tuple[str, ...]


@verb(Effect.CHANGES)
def sign_logbook(store: Store, caller: Caller, pilot: str, month: str, note: str = "") -> SignedMonth:
    """
    Sign a month of a pilot's logbook: its lines are frozen as a digest, which the ledger binds.

    Signing again replaces the signature; the former one stays in the history.

    Args:
        pilot: name.
        month: "2026-05".
        note: of whoever signs.

    Raises:
        NotFound: no such pilot, or no flight in that month.
        BadRequest: no month.
        Refused: the month is not over where the pilot is at home.
    """
    first, last = month_of(month)
    with store.catalogue.commit(caller) as writer:
        person = person_named(writer, pilot, caller.scope)
        now = store.now_us()
        today = local_date(now, person.zone)
        if today is not None and today <= last:
            what = f"{month} is not over."
            raise Refused(what, try_this=f"sign it from {last.isoformat()} on, the day after")
        lines = _of_month(store, writer, caller.scope, person, (first, last))
        if not lines:
            what = f"{person.name} has no flight in {month}."
            raise NotFound(what, try_this="groundside logbook --pilot NAME --by month")
        digests = digests_of(lines)
        signed = SignedMonth(
            pilot=person.id, month=f"{first:%Y-%m}", digest=digest_of(digests), lines=digests,
            total_ms=_sum(lines, simulated=False), simulated_ms=_sum(lines, simulated=True), signed_by=caller.who,
            signed_us=now, note=text_of(note, "A note", needed=False),
        )  # fmt: skip
        state(writer, SIGNED, f"{person.id}/{signed.month}", signed, at_us=now)
        details = {"month": signed.month, "sha256": signed.digest, "flights": len(lines), "total_ms": signed.total_ms}
        writer.event("logbook.signed", about=person.id, details=json.dumps(details), at_us=now)
    return signed


def signed_months(store: Store, reader: Reader, scope: Scope, person: Person) -> tuple[SignedState, ...]:
    """List the signed months of a pilot in order, each with what changed since."""
    mine = [each for each in stated(reader, SIGNED, SignedMonth, scope).values() if each.pilot == person.id]
    if not mine:
        return ()
    lines = book_of(store, reader, scope, person.id, person.zone).lines
    found: list[SignedState] = []
    for each in sorted(mine, key=lambda s: s.month):
        now = digests_of([line for line in lines if line.date is not None and f"{line.date:%Y-%m}" == each.month])
        found.append(SignedState(each, tuple(_changes(each, now))))
    return tuple(found)


def month_of(text: str) -> tuple[date, date]:
    """
    Give the first and last day of a month.

    Raises:
        BadRequest: it is none.
    """
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError as error:
        what = f"{text[:20]!r} is no month."
        raise BadRequest(what, try_this="write it as 2026-05") from error
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def digests_of(lines: Sequence[LogbookLine]) -> dict[str, str]:
    """Give the SHA-256 of each line by its flight, in order of the ids."""
    return {line.flight.id: _digest(line) for line in sorted(lines, key=lambda one: one.flight.id)}


def digest_of(lines: dict[str, str]) -> str:
    """Give the SHA-256 of all lines."""
    return hashlib.sha256(canonical(sorted(lines.items())).encode()).hexdigest()


def _sum(lines: Sequence[LogbookLine], *, simulated: bool) -> int:
    return sum(line.total_ms or 0 for line in lines if line.flight.simulated == simulated)


def _digest(line: LogbookLine) -> str:
    """Bind what a logbook shows of a flight: not the positions that its light was told from, but the light."""
    flight = line.flight
    said = {
        "id": flight.id, "pilot": flight.pilot, "aircraft": flight.aircraft, "type": flight.type,
        "purpose": flight.purpose, "sight": flight.sight, "simulated": flight.simulated, "date": line.date,
        "total_ms": line.total_ms, "basis": line.basis, "light": line.light,
    }  # fmt: skip
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def _of_month(store: Store, reader: Reader, scope: Scope, person: Person, days: tuple[date, date]) -> list[LogbookLine]:
    lines = book_of(store, reader, scope, person.id, person.zone).lines
    return [line for line in lines if line.date is not None and days[0] <= line.date <= days[1]]


def _changes(signed: SignedMonth, now: dict[str, str]) -> list[str]:
    gone = [f"flight {one[:8]} is not in it any more" for one in signed.lines if one not in now]
    new = [f"flight {one[:8]} was added" for one in now if one not in signed.lines]
    other = [f"flight {one[:8]} was changed" for one in now if one in signed.lines and signed.lines[one] != now[one]]
    return [*gone, *new, *other]
