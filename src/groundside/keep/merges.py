"""Two flights found to be one: the one id becomes an alias of the other, and can be made a flight again."""

from __future__ import annotations

import json

from sqlalchemy import Row, or_, select, update

from groundside.errors import BadRequest, NotFound
from groundside.keep import schema
from groundside.keep.canonical import canonical, noun
from groundside.keep.connection import Changing, new_id
from groundside.keep.flight_search import refresh, with_aliases
from groundside.keep.flight_sums import counted, recount
from groundside.keep.flights import FlightReads, FlightWrites
from groundside.keep.row_seals import insert_sealed, reseal
from groundside.keep.rows import Attached, CutRef, Merge
from groundside.model.caller import Scope

_F, _S, _M = schema.flight, schema.flight_source, schema.merge


class MergeReads(FlightReads):
    """Questions about merges."""

    def merges(self, flight_id: str, scope: Scope) -> list[Merge]:
        """List the merges that a flight or an alias of it took part in, also those undone; the last first."""
        actual = self.resolve(flight_id, scope)
        ids = with_aliases(self.connection, actual)
        took_part = or_(_M.c.alias.in_(ids), _M.c.into_flight.in_(ids))
        query = select(_M).where(took_part).order_by(_M.c.at_us.desc(), _M.c.id)
        return [_merge(row) for row in self.connection.execute(query)]


class MergeWrites(MergeReads, FlightWrites, Changing):
    """Merging, and taking it back. Facts of the flights concerned are the caller's to compute anew."""

    def merge_flights(self, into: str, alias: str, *, at_us: int, why: str, by_person: bool) -> Merge:
        """
        Make one flight part of another: its sources move, its id goes on to lead there, its notes show there.

        Raises:
            NotFound: one of them is not in the caller's scope.
            BadRequest: they are one flight already, or of different cases.
        """
        target, merged = self._row(into), self._row(alias)
        if target.id == merged.id or target.case_name != merged.case_name:
            same = target.id == merged.id
            what = "They are one flight already." if same else "Flights of different cases cannot be merged."
            raise BadRequest(what)
        moved = self.attached_to(merged.id, self.caller.scope)
        merge_id = new_id()
        row = {"id": merge_id, "alias": merged.id, "into_flight": target.id, "moved": canonical(moved)}
        said = {"who": self.caller.who, "at_us": at_us, "why": why, "by_person": by_person}
        insert_sealed(self.connection, self.row_key, _M, [{**row, **said}])
        self.connection.execute(update(_S).where(_S.c.flight_id == merged.id).values(flight_id=target.id, chosen=False))
        reseal(self.connection, self.row_key, _S, _S.c.flight_id == target.id)
        recount(self.connection, counted(self.connection, merged.id), None)
        self.connection.execute(update(_F).where(_F.c.id == merged.id).values(merged_into=target.id))
        refresh(self.connection, target.id)
        return _merge(self.connection.execute(select(_M).where(_M.c.id == merge_id)).one())

    def unmerge(self, alias: str, *, at_us: int) -> Merge:
        """
        Make an alias a flight again, with the sources it had that are still where the merging took them.

        Raises:
            NotFound: it is no alias in the caller's scope.
        """
        held = self.resolve(alias, self.caller.scope)
        latest = select(_M).where(_M.c.alias == alias, _M.c.undone_us.is_(None))
        found = self.connection.execute(latest).one_or_none()
        if not found:
            what = f"Flight {alias[:40]!r} is not merged into another."
            raise NotFound(what, try_this="groundside flights")
        for each in _moved(found):
            self._take_back(each, held)
        self.connection.execute(update(_F).where(_F.c.id == alias).values(merged_into=None))
        recount(self.connection, None, counted(self.connection, alias))
        done = update(_M).where(_M.c.id == found.id).values(undone_us=at_us, undone_by=self.caller.who)
        self.connection.execute(done)
        reseal(self.connection, self.row_key, _M, _M.c.id == found.id)
        for flight_id in (held, alias):
            refresh(self.connection, flight_id)
        return _merge(self.connection.execute(select(_M).where(_M.c.id == found.id)).one())

    def _take_back(self, was: Attached, held: str) -> None:
        # One that meanwhile went to a third flight is left there.
        where = (
            _S.c.original_id == was.ref.original_id,
            _S.c.ordinal == was.ref.ordinal,
            _S.c.flight_id == held,
        )
        self.connection.execute(
            update(_S)
            .where(*where)
            .values(
                flight_id=was.flight_id,
                chosen=was.fit.chosen,
                why=was.fit.why,
                clock_offset_s=was.fit.clock_offset_s,
                clock_error_s=was.fit.clock_error_s,
                by_person=was.fit.by_person,
            )
        )
        reseal(self.connection, self.row_key, _S, *where[:2])


def _moved(row: Row[tuple[object, ...]]) -> list[Attached]:
    return [noun(Attached, canonical(each)) for each in json.loads(row.moved)]


def _merge(row: Row[tuple[object, ...]]) -> Merge:
    refs: tuple[CutRef, ...] = tuple(each.ref for each in _moved(row))
    return Merge(
        id=row.id,
        alias=row.alias,
        into=row.into_flight,
        who=row.who,
        at_us=row.at_us,
        why=row.why,
        by_person=row.by_person,
        moved=refs,
        undone_us=row.undone_us,
    )
