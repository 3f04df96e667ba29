"""Flights: permanent ids, the facts computed for them, and the cuts they were made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import groupby

from sqlalchemy import Row, delete, func, select, update

from groundside.errors import BadRequest, NotFound
from groundside.keep import schema
from groundside.keep.canonical import noun
from groundside.keep.connection import Changing, by_hundreds, new_id, within
from groundside.keep.flight_columns import facts_columns
from groundside.keep.flight_search import refresh, with_aliases
from groundside.keep.flight_sums import counted, counted_of, recount
from groundside.keep.logbook_tables import assignment
from groundside.keep.originals import OriginalReads
from groundside.keep.photos import leave_flights
from groundside.keep.places import PlaceReads, PlaceWrites
from groundside.keep.readings import kept_cut
from groundside.keep.row_seals import insert_sealed, reseal
from groundside.keep.rows import Attached, CutRef, Fit, FlightFacts, ToldBy
from groundside.model.caller import Scope
from groundside.model.digest import Digest
from groundside.model.flight import Cut, Flight, FlightSource, Place

_F, _S, _C, _O, _R, _A = (
    schema.flight,
    schema.flight_source,
    schema.cut,
    schema.original,
    schema.reading,
    schema.arrival,
)
_FITS = ("why", "clock_offset_s", "clock_error_s", "chosen", "by_person")
_SECOND_US = 1_000_000
_ENTERED_BY = ("track_object", "recording_start_us", "home_lon", "home_lat")
"""What decides in which cells, and under which time, a flight is entered."""


class FlightReads(PlaceReads):
    """Questions about single flights."""

    def resolve(self, flight_id: str, scope: Scope) -> str:
        """
        Say which flight an id stands for now: itself, or the one it was merged into.

        Raises:
            NotFound: no such flight in this scope.
        """
        query = select(_F.c.merged_into, _F.c.id).where(within(_F.c.case_name, scope))
        found = self.connection.execute(query.where(_F.c.id == flight_id)).one_or_none()
        while found and found.merged_into:
            found = self.connection.execute(query.where(_F.c.id == found.merged_into)).one_or_none()
        if not found:
            what = f"There is no flight {flight_id[:40]!r}."
            raise NotFound(what, try_this="groundside flights")
        return str(found.id)

    def flight(self, flight_id: str, scope: Scope) -> Flight:
        """
        Get one flight, also by the id of one that was merged into it.

        Raises:
            NotFound: no such flight in this scope.
        """
        actual = self.resolve(flight_id, scope)
        return self.flights_of_rows(self.connection.execute(select(_F).where(_F.c.id == actual)))[0]

    def attached(self, refs: Iterable[CutRef], scope: Scope) -> dict[CutRef, Attached]:
        """Say which flight each cut belongs to; those that belong to none are not in the answer."""
        wanted = set(refs)
        found: dict[CutRef, Attached] = {}
        for some in by_hundreds({ref.original_id for ref in wanted}):
            query = select(_S).join(_F).where(_S.c.original_id.in_(some), within(_F.c.case_name, scope))
            found |= {each.ref: each for each in map(_attached, self.connection.execute(query)) if each.ref in wanted}
        return found

    def attached_to(self, flight_id: str, scope: Scope) -> list[Attached]:
        """
        List the cuts that belong to a flight, the chosen one first; also those being made again at present.

        Raises:
            NotFound: no such flight in this scope.
        """
        query = select(_S).where(_S.c.flight_id == self.resolve(flight_id, scope))
        rows = self.connection.execute(query.order_by(_S.c.chosen.desc(), _S.c.original_id, _S.c.ordinal))
        return [_attached(row) for row in rows]

    def attached_from(self, original_id: str, scope: Scope) -> list[Attached]:
        """List which flights the cuts of one original belong to, in the order of the cuts."""
        query = select(_S).join(_F).where(_S.c.original_id == original_id, within(_F.c.case_name, scope))
        return [_attached(row) for row in self.connection.execute(query.order_by(_S.c.ordinal))]

    def told_by(self, flight_id: str, scope: Scope) -> list[ToldBy]:
        """
        List what each source alone says of a flight, the chosen one first.

        Raises:
            NotFound: no such flight in this scope.
        """
        columns = (*_C.columns, *(_S.c[name] for name in _FITS), _O.c.digest, _R.c.format)
        same = (_C.c.original_id == _S.c.original_id) & (_C.c.ordinal == _S.c.ordinal)
        joined = _S.join(_C, same).join(_O, _O.c.id == _S.c.original_id)
        query = select(*columns).select_from(joined.outerjoin(_R, _R.c.original_id == _S.c.original_id))
        query = query.where(_S.c.flight_id == self.resolve(flight_id, scope))
        rows = self.connection.execute(query.order_by(_S.c.chosen.desc(), _C.c.original_id, _C.c.ordinal))
        return [ToldBy(kept_cut(row), _fit(row), row.format or "", Digest(row.digest)) for row in rows]

    def flights_of_rows(self, rows: Iterable[Row[tuple[object, ...]]]) -> list[Flight]:
        """Make flights, with sources and aliases, of rows of the table `flight`, in their order."""
        found = list(rows)
        ids = [row.id for row in found]
        sources, aliases = self._sources(ids), self._aliases(ids)
        return [_flight(row, sources.get(row.id, ()), aliases.get(row.id, ())) for row in found]

    def _sources(self, flight_ids: Collection[str]) -> dict[str, tuple[FlightSource, ...]]:
        name = select(_A.c.file_name).where(_A.c.original_id == _S.c.original_id).order_by(_A.c.id).limit(1)
        columns = (_S, name.scalar_subquery().label("file_name"), _O.c.digest, _R.c.format)
        query = select(*columns).select_from(_S.join(_O).outerjoin(_R, _R.c.original_id == _S.c.original_id))
        found: dict[str, tuple[FlightSource, ...]] = {}
        for some in by_hundreds(flight_ids):
            ordered = query.where(_S.c.flight_id.in_(some)).order_by(
                _S.c.flight_id, _S.c.chosen.desc(), _O.c.received_us, _S.c.original_id, _S.c.ordinal
            )
            for flight_id, rows in groupby(self.connection.execute(ordered), lambda row: row.flight_id):
                found[flight_id] = tuple(map(_source, rows))
        return found

    def _aliases(self, flight_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for some in by_hundreds(flight_ids):
            merged = select(_F.c.merged_into).where(_F.c.merged_into.in_(some)).distinct()
            for each in self.connection.scalars(merged).all():
                found[each] = tuple(with_aliases(self.connection, each)[1:])
        return found


class FlightWrites(FlightReads, PlaceWrites, OriginalReads, Changing):
    """Changes to flights."""

    def add_flight(self, case: str, facts: FlightFacts, *, at_us: int) -> str:
        """
        Record a new flight; attach its sources next, in the same commit.

        Returns:
            Its random, permanent id.
        """
        flight_id = new_id()
        fixed = {"id": flight_id, "case_name": case, "made_us": at_us}
        insert_sealed(self.connection, self.row_key, _F, [fixed | facts_columns(facts)])
        refresh(self.connection, flight_id)
        recount(self.connection, None, counted(self.connection, flight_id))
        self.enter(flight_id)
        return flight_id

    def update_flight(self, flight_id: str, facts: FlightFacts) -> None:
        """
        Record what was computed anew for a flight; id, notes, aliases and sources stay.

        Raises:
            NotFound: no such flight in the caller's scope.
        """
        row, columns = self._row(flight_id), facts_columns(facts)
        was = dict(zip(_F.columns.keys(), row, strict=True))
        if row.placed is not None and all(was[name] == value for name, value in columns.items()):
            return
        before = counted_of(row)
        self.connection.execute(update(_F).where(_F.c.id == row.id).values(columns))
        reseal(self.connection, self.row_key, _F, _F.c.id == row.id)
        refresh(self.connection, row.id)
        recount(self.connection, before, counted(self.connection, row.id))
        if row.placed is None or any(was[name] != columns[name] for name in _ENTERED_BY):
            self.enter(row.id)

    def attach_source(self, flight_id: str, ref: CutRef, fit: Fit) -> None:
        """
        Say that a cut tells of a flight, and how it fits; it leaves the flight that it belonged to.

        Raises:
            NotFound: no such flight or original in the caller's scope.
            BadRequest: they are of different cases.
        """
        flight = self._row(flight_id)
        if self.original(ref.original_id, self.caller.scope).case != flight.case_name:
            what = "A flight and the originals that tell of it belong to one case."
            raise BadRequest(what)
        self.detach_source(ref)
        row = {
            "original_id": ref.original_id,
            "ordinal": ref.ordinal,
            "flight_id": flight.id,
            "clock_offset_s": fit.clock_offset_s,
            "clock_error_s": fit.clock_error_s,
            "why": fit.why,
            "chosen": fit.chosen,
            "by_person": fit.by_person,
        }
        insert_sealed(self.connection, self.row_key, _S, [row])
        refresh(self.connection, flight.id)

    def detach_source(self, ref: CutRef) -> str | None:
        """Say that a cut belongs to no flight; give the id of the one it belonged to, None for none."""
        known = self.attached([ref], self.caller.scope).get(ref)
        if not known:
            return None
        same = (_S.c.original_id == ref.original_id) & (_S.c.ordinal == ref.ordinal)
        self.connection.execute(delete(_S).where(same))
        refresh(self.connection, known.flight_id)
        return known.flight_id

    def drop_flight(self, flight_id: str) -> bool:
        """
        Remove a flight that nothing tells of any more and nobody wrote on.

        Returns:
            False where it has sources, notes, aliases or a history of merging, and so stays.
        """
        actual = self._row(flight_id).id
        holds = (
            _S.c.flight_id,
            schema.note.c.flight_id,
            schema.merge.c.alias,
            schema.merge.c.into_flight,
            _F.c.merged_into,
            assignment.c.flight_id,
        )
        if any(self.connection.scalar(select(func.count()).where(column == actual)) for column in holds):
            return False
        recount(self.connection, counted(self.connection, actual), None)
        leave_flights(self.connection, self.row_key, [actual])
        self.connection.execute(delete(schema.offer).where(schema.offer.c.flight_id == actual))
        self.connection.execute(delete(_F).where(_F.c.id == actual))
        return True

    def _row(self, flight_id: str) -> Row[tuple[object, ...]]:
        actual = self.resolve(flight_id, self.caller.scope)
        return self.connection.execute(select(_F).where(_F.c.id == actual)).one()


def _flight(row: Row[tuple[object, ...]], sources: tuple[FlightSource, ...], aliases: tuple[str, ...]) -> Flight:
    return Flight(
        id=row.id,
        case=row.case_name,
        sources=sources,
        summary=noun(Cut, row.summary),
        place=Place(name=row.place or "", time_zone=row.time_zone) if row.place or row.time_zone else None,
        track_object=row.track_object,
        simulated=row.simulated,
        aliases=aliases,
    )


def _source(row: Row[tuple[object, ...]]) -> FlightSource:
    return FlightSource(
        file=row.file_name or "",
        format=row.format or "",
        sha256=Digest(row.digest),
        recording_id=row.original_id,
        chosen=row.chosen,
        clock_offset_s=row.clock_offset_s,
        why=row.why,
    )


def _attached(row: Row[tuple[object, ...]]) -> Attached:
    return Attached(CutRef(row.original_id, row.ordinal), row.flight_id, _fit(row))


def _fit(row: Row[tuple[object, ...]]) -> Fit:
    return Fit(*(getattr(row, name) for name in _FITS))
