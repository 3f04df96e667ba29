"""Legal holds: what must not be erased, until two people have said that it may."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, or_, select, update

from groundside.errors import Conflict, NotFound, Refused, Tampered
from groundside.keep import schema
from groundside.keep.connection import Asking, Changing, new_id, within
from groundside.keep.custody_tables import legal_hold
from groundside.keep.event_checks import event_faults
from groundside.keep.known_witnesses import known_witnesses
from groundside.keep.ledger.check import check
from groundside.keep.proved_rows import proved_rows
from groundside.keep.raw_rows import tolerant
from groundside.keep.row_seals import insert_sealed, reseal
from groundside.model.caller import Scope

_H, _E = legal_hold, schema.event


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """
    A legal hold.

    Args:
        flight: the flight that must not be erased; None for all of the case.
        asked_by, asked_us: who was the first to ask that it be lifted, and when; None where nobody did.
        lifted_by, lifted_us: who was the second; None while it holds.
    """

    id: str
    case: str
    flight: str | None
    why: str
    placed_by: str
    placed_us: int
    asked_by: str | None
    asked_us: int | None
    lifted_by: str | None
    lifted_us: int | None


class HoldReads(Asking):
    """Questions about legal holds."""

    def holds(self, scope: Scope) -> list[Hold]:
        """List all holds, also those that were lifted, the newest first."""
        query = select(_H).where(within(_H.c.case_name, scope)).order_by(_H.c.placed_us.desc(), _H.c.id)
        return [_hold(row) for row in self.connection.execute(query)]

    def holding(self, case: str, flight_ids: Collection[str], scope: Scope) -> list[Hold]:
        """List the holds that keep some flights of a case, or the case itself, from being erased."""
        here = or_(_H.c.flight_id.is_(None), _H.c.flight_id.in_(sorted(flight_ids)))
        query = select(_H).where(_H.c.lifted_us.is_(None), _H.c.case_name == case, within(_H.c.case_name, scope), here)
        return [_hold(row) for row in self.connection.execute(query.order_by(_H.c.placed_us, _H.c.id))]


class HoldWrites(HoldReads, Changing):
    """Placing legal holds, and lifting them."""

    def has_case(self, case: str) -> bool:
        """Whether any file of the archive belongs to a case."""
        found = select(schema.original.c.id).where(schema.original.c.case_name == case).limit(1)
        return self.connection.scalar(found) is not None

    def place_hold(self, case: str, flight_id: str | None, why: str, *, at_us: int) -> Hold:
        """Keep a flight, or all of a case, from being erased."""
        row = {
            "id": new_id(),
            "case_name": case,
            "flight_id": flight_id,
            "why": why,
            "placed_by": self.caller.who,
            "placed_us": at_us,
        }
        insert_sealed(self.connection, self.row_key, _H, [row])
        return self._hold_named(str(row["id"]))

    def lift_hold(self, hold_id: str, *, at_us: int) -> Hold:
        """
        Say that a hold may go: the first who says so asks, and the second, who must be somebody else, lifts it.

        Raises:
            NotFound: no such hold in the caller's scope.
            Conflict: it was lifted already.
            Refused: the same person asked before.
        """
        hold = self._hold_named(hold_id)
        if hold.lifted_us is not None:
            what = "This hold was lifted already."
            raise Conflict(what, try_this="groundside holds")
        if hold.asked_by == self.caller.who:
            what = f"{self.caller.who} asked that this hold be lifted; somebody else must agree."
            raise Refused(what, try_this=f"have another person run: groundside holds lift {hold.id[:8]}")
        done: dict[str, object] = {"asked_by": self.caller.who, "asked_us": at_us}
        if hold.asked_by is not None:
            done = {"lifted_by": self.caller.who, "lifted_us": at_us}
        self.connection.execute(update(_H).where(_H.c.id == hold.id).values(done))
        reseal(self.connection, self.row_key, _H, _H.c.id == hold.id)
        return self._hold_named(hold.id)

    def prove_holds(self, case: str) -> None:
        """
        See that the holds of a case are what people placed and lifted, before something is erased for want of one.

        All events are looked at, and the ledger: the one that placed a hold whose row is gone may have been altered to
        say anything else.

        Raises:
            Tampered: a hold was altered, or is gone though events say that it was placed and not that it was lifted; or
                an event or the ledger was altered, so that nobody can tell.
        """
        rows = proved_rows(self, _H, _H.c.case_name == case)
        told = proved_rows(self, _E, _E.c.case_name == case, _E.c.what.in_(["hold", "hold.lifted"]))
        if rows is None or told is None or _standing(rows) != _placed(told):
            what = "The legal holds of this archive are not what people placed and lifted: nothing is erased."
            raise Tampered(what, try_this="groundside verify")
        if not self._happened_as_told():
            what = "Events of this archive are not what was recorded, so nobody can tell what a legal hold keeps."
            raise Tampered(what, try_this="groundside verify, which names them; nothing was erased")

    def _happened_as_told(self) -> bool:
        if self.custody is None:
            return True
        connection, custody = self.connection, self.custody
        with tolerant(connection):
            altered = next(event_faults(connection, custody.row_key()), None)
            return altered is None and not check(connection, custody.verifier(), known_witnesses(connection), most=1)

    def _hold_named(self, beginning: str) -> Hold:
        begins = _H.c.id.startswith(beginning.strip().lower(), autoescape=True)
        mine = within(_H.c.case_name, self.caller.scope)
        rows = self.connection.execute(select(_H).where(begins, mine).limit(2)).all() if beginning.strip() else []
        if len(rows) != 1:
            what = f"{'No hold begins' if not rows else 'Several holds begin'} with {beginning[:40]!r}."
            raise NotFound(what, try_this="groundside holds")
        return _hold(rows[0])


def _standing(rows: Sequence[Mapping[str, Any]]) -> set[str]:
    return {str(row["id"]) for row in rows if row["lifted_us"] is None}


def _placed(told: Sequence[Mapping[str, Any]]) -> set[str]:
    return {str(row["about"]) for row in told if row["what"] == "hold"} - {
        str(row["about"]) for row in told if row["what"] == "hold.lifted"
    }


def _hold(row: Row[tuple[object, ...]]) -> Hold:
    return Hold(
        id=row.id,
        case=row.case_name,
        flight=row.flight_id,
        why=row.why,
        placed_by=row.placed_by,
        placed_us=row.placed_us,
        asked_by=row.asked_by,
        asked_us=row.asked_us,
        lifted_by=row.lifted_by,
        lifted_us=row.lifted_us,
    )
