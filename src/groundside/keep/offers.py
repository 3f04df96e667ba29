"""Merges suggested to a person, where the evidence does not do by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Row, Select, bindparam, insert, select, update

from groundside.errors import NotFound
from groundside.keep import schema
from groundside.keep.connection import Changing, by_hundreds, new_id, within
from groundside.keep.flights import FlightReads
from groundside.keep.originals import OriginalReads
from groundside.keep.rows import CutRef, Offer, OfferState
from groundside.model.caller import Scope

_F, _P = schema.flight, schema.offer
_OPEN = {"state": OfferState.OPEN.value, "decided_by": ""}
_STANDING = select(_F.c.id).where(_F.c.id.in_(bindparam("ids", expanding=True)), _F.c.merged_into.is_(None))
_OFFERED = select(_P.c.flight_id).where(
    _P.c.original_id == bindparam("original_id"), _P.c.ordinal == bindparam("ordinal")
)


class OfferReads(FlightReads):
    """Questions about suggested merges."""

    def offers(self, scope: Scope, state: OfferState | None = OfferState.OPEN) -> list[Offer]:
        """List suggestions of one state, or all, the oldest first."""
        query = _offers(scope) if state is None else _offers(scope, _P.c.state == state.value)
        return [_offer(row) for row in self.connection.execute(query.order_by(_P.c.at_us, _P.c.id))]

    def offer(self, offer_id: str, scope: Scope) -> Offer:
        """
        Get one suggestion.

        Raises:
            NotFound: there is none in this scope.
        """
        found = self.connection.execute(_offers(scope, _P.c.id == offer_id)).one_or_none()
        if not found:
            what = f"There is no suggestion {offer_id[:40]!r}."
            raise NotFound(what)
        return _offer(found)


class OfferWrites(OfferReads, OriginalReads, Changing):
    """Changes to suggested merges."""

    def add_offer(self, flight_id: str, ref: CutRef, evidence: str, *, at_us: int) -> str | None:
        """
        Suggest that a cut tells of a flight.

        Args:
            flight_id: the flight.
            ref: the cut.
            evidence: JSON text.
            at_us: when, UTC microseconds.

        Returns:
            The suggestion's id; None where the same was suggested before, also where it was declined.

        Raises:
            NotFound: no such flight or original in the caller's scope.
        """
        actual = self.resolve(flight_id, self.caller.scope)
        self.original(ref.original_id, self.caller.scope)
        same = {"flight_id": actual, "original_id": ref.original_id, "ordinal": ref.ordinal}
        if self.connection.scalar(select(_P.c.id).filter_by(**same)):
            return None
        offer_id = new_id()
        self.connection.execute(insert(_P).values(id=offer_id, **same, evidence=evidence, **_OPEN, at_us=at_us))
        return offer_id

    def add_offers(self, ref: CutRef, evidence: Mapping[str, str], *, at_us: int) -> None:
        """
        Suggest that a cut tells of some flights, as `add_offer` does of one.

        Args:
            ref: the cut.
            evidence: for each flight by its id, JSON text.
            at_us: when, UTC microseconds.

        Raises:
            NotFound: no such flight or original in the caller's scope.
        """
        ids = [*evidence]
        if not ids:
            return
        self.original(ref.original_id, self.caller.scope)
        same = {"original_id": ref.original_id, "ordinal": ref.ordinal}
        standing = {each for some in by_hundreds(ids) for each in self._standing(some)}
        known = set(self.connection.scalars(_OFFERED, same))
        rows = [
            {"id": new_id(), "flight_id": each, **same, "evidence": evidence[each], **_OPEN, "at_us": at_us}
            for each in ids
            if each in standing and each not in known
        ]
        if rows:
            self.connection.execute(insert(_P), rows)
        for each in ids:
            if each not in standing:  # it became part of another
                self.add_offer(each, ref, evidence[each], at_us=at_us)

    def _standing(self, flight_ids: Sequence[str]) -> Iterable[str]:
        scope = self.caller.scope
        query = _STANDING if scope.cases is None else _STANDING.where(within(_F.c.case_name, scope))
        return self.connection.scalars(query, {"ids": [*flight_ids]})

    def decide_offer(self, offer_id: str, state: OfferState, *, at_us: int) -> Offer:
        """
        Record what the caller decided on a suggestion; carrying it out is a merge of its own.

        Raises:
            NotFound: there is none in the caller's scope.
        """
        self.offer(offer_id, self.caller.scope)
        values = {"state": state.value, "decided_by": self.caller.who, "decided_us": at_us}
        self.connection.execute(update(_P).where(_P.c.id == offer_id).values(**values))
        return self.offer(offer_id, self.caller.scope)


def _offers(scope: Scope, *conditions: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    return select(_P).join(_F, _F.c.id == _P.c.flight_id).where(within(_F.c.case_name, scope), *conditions)


def _offer(row: Row[tuple[object, ...]]) -> Offer:
    return Offer(
        id=row.id,
        flight_id=row.flight_id,
        ref=CutRef(row.original_id, row.ordinal),
        evidence=row.evidence,
        state=OfferState(row.state),
        at_us=row.at_us,
        decided_by=row.decided_by,
        decided_us=row.decided_us,
    )
