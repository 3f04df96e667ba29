"""What happened, numbered without a gap, committed with the rows it concerns, and bound to the ledger."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import Connection, func, select, update

from groundside.keep import schema
from groundside.keep.canonical import storable
from groundside.keep.connection import Asking, Changing, within
from groundside.keep.ledger.entries import commitment
from groundside.keep.row_seals import insert_sealed
from groundside.model.caller import GENERAL, Scope
from groundside.model.event import Event

_E = schema.event
SALT_BYTES = 32
BOUND = ("seq", "case_name", "at_us", "what", "who", "how", "why", "about", "details")
"""Columns that a commitment binds."""


class EventReads(Asking):
    """Questions about what happened."""

    def events_after(self, seq: int, limit: int, scope: Scope) -> list[Event]:
        """List up to `limit` events with a number greater than `seq`, in order; 0 begins at the beginning."""
        query = select(_E).where(_E.c.seq > seq, within(_E.c.case_name, scope)).order_by(_E.c.seq).limit(limit)
        rows = self.connection.execute(query)
        return [Event(r.seq, r.at_us, r.what, r.who, r.how, r.why, r.about, r.details) for r in rows]

    def events_of_entry(self, entry: int, after: int, limit: int, scope: Scope) -> tuple[list[Event], int]:
        """
        List up to `limit` events that an entry of the ledger binds, in order, from a number on.

        Returns:
            The events that still say something, and how many of the entry were erased.
        """
        bound = (_E.c.entry == entry, within(_E.c.case_name, scope))
        query = select(_E).where(*bound, _E.c.seq > after, _E.c.salt.is_not(None)).order_by(_E.c.seq).limit(limit)
        rows = self.connection.execute(query)
        erased = self.connection.scalar(select(func.count()).where(*bound, _E.c.salt.is_(None))) or 0
        return [Event(r.seq, r.at_us, r.what, r.who, r.how, r.why, r.about, r.details) for r in rows], erased

    def last_event(self, scope: Scope) -> int:
        """Give the number of the last event; 0 where there is none."""
        return self.connection.scalar(select(func.max(_E.c.seq)).where(within(_E.c.case_name, scope))) or 0

    def event_gaps(self) -> list[int]:
        """Give the numbers after which events are missing; empty in an archive that is whole."""
        following = func.lead(_E.c.seq).over(order_by=_E.c.seq)
        pairs = select(_E.c.seq, following.label("following")).subquery()
        query = select(pairs.c.seq).where(pairs.c.following > pairs.c.seq + 1).order_by(pairs.c.seq)
        first = self.connection.scalar(select(func.min(_E.c.seq)))
        return [0] * (first not in {None, 1}) + list(self.connection.scalars(query))


class EventWrites(EventReads, Changing):
    """
    Recording what happened.

    Attributes:
        recorded: how many events this commit holds so far.
        recorded_us: when the last of them was; 0 where there is none.
        sealed: the action of this commit was sealed into the ledger.
    """

    recorded = 0
    recorded_us = 0
    sealed = False

    def event(self, what: str, about: str = "", details: str = "{}", *, at_us: int, case: str = GENERAL) -> int:
        """
        Record what the caller did, in the same commit as the rows it concerns.

        Args:
            what: "ingest", "merge" and so on.
            about: id of what it concerns: a flight, an original, a job; empty where it is the archive.
            details: JSON text.
            at_us: when, UTC microseconds.
            case: who may see only other cases does not see it.

        Returns:
            Its number, one more than that of the event before.
        """
        what_happened = {"case_name": case, "at_us": at_us, "what": what, "about": about, "details": details}
        return self.record([what_happened])

    def record(self, happened: Sequence[Mapping[str, object]]) -> int:
        """
        Record what the caller did, in order, each with its salt and what binds it to the ledger.

        Args:
            happened: case_name, at_us, what, about and details of each.

        Returns:
            The number of the last.
        """
        # Numbers are given while the only turn to write is held, so none is given twice or left out.
        last = self.connection.scalar(select(func.max(_E.c.seq))) or 0
        asked = {"who": self.caller.who, "how": self.caller.how, "why": self.caller.why}
        rows = [
            bound({"seq": last + n, **asked, **each}) | {"action": self.caller.action}
            for n, each in enumerate(happened, 1)
        ]
        if rows:
            insert_sealed(self.connection, self.row_key, _E, rows)
            self.recorded += len(rows)
            self.recorded_us = max(cast("int", row["at_us"]) for row in rows)
        return last + len(rows)


def bound(values: Mapping[str, object]) -> dict[str, object]:
    """Give what happened with a new salt, and with the commitment to it that stays when it is erased."""
    salt = secrets.token_bytes(SALT_BYTES)
    return {**values, "salt": salt, "commitment": commitment(salt, told(values))}


def told(values: Mapping[str, object]) -> dict[str, object]:
    """Pick what a commitment binds: all that an event says."""
    return {name: storable(each) if isinstance(each := values[name], str) else each for name in BOUND}


def bind_all(connection: Connection) -> None:
    """Give a salt and a commitment to every event of before there was a ledger."""
    for row in connection.execute(select(_E).where(_E.c.commitment.is_(None))).mappings().all():
        late = bound({name: row[name] for name in BOUND})
        kept = {name: late[name] for name in ("salt", "commitment")}
        connection.execute(update(_E).where(_E.c.seq == row["seq"]).values(kept))
