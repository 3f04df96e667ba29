"""Erasing: which rows tell of some originals, and making them say nothing; with the keys every copy of bytes goes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, delete, select, update

from groundside.keep import schema
from groundside.keep.connection import Asking, Changing, by_hundreds, within
from groundside.keep.flight_sums import counted, recount, touch
from groundside.keep.keys.object_keys import drop_keys
from groundside.keep.logbook_tables import assignment, statement
from groundside.keep.photos import forget_photos, leave_flights
from groundside.keep.places import leave
from groundside.keep.row_seals import reseal
from groundside.model.caller import Scope

_O, _A, _D, _S, _F, _E, _J, _M = (
    schema.original,
    schema.arrival,
    schema.derived_object,
    schema.flight_source,
    schema.flight,
    schema.event,
    schema.job,
    schema.merge,
)


@dataclass(frozen=True, slots=True)
class Doomed:
    """
    What an erasure takes.

    Args:
        case: that all of it belongs to.
        originals: ids of the files.
        objects: ids of their objects, and of all that was made of them.
        flights: ids of flights that nothing else tells of, with their aliases: they go.
        others: ids of flights that other files tell of too: they stay, without what only these files knew.
        jobs: ids of the jobs that brought the files.
        size: bytes of the files.
    """

    case: str
    originals: tuple[str, ...]
    objects: tuple[str, ...]
    flights: tuple[str, ...]
    others: tuple[str, ...]
    tied: tuple[str, ...]
    """Ids of flights that were merged into those that stay: a hold on one of them holds all."""
    jobs: tuple[str, ...]
    size: int


class ErasureReads(Asking):
    """Questions about what an erasure would take."""

    def doomed(self, originals: Collection[str], case: str, scope: Scope) -> Doomed:
        """Say what goes when some originals of a case go; those of other cases, or outside the scope, do not."""
        here = (_O.c.case_name == case, within(_O.c.case_name, scope))
        mine = tuple(_those(self.connection, select(_O.c.id).where(*here), _O.c.id, originals))
        told = dict.fromkeys(_those(self.connection, select(_S.c.flight_id), _S.c.original_id, mine))
        also = {each for each in told if self._is_told_by_others(each, mine)}
        gone = [each for each in told if each not in also]
        tied = self._merged_into_any_of(also)
        # Of a flight that was merged into one that stays, and of which nothing is left but its own row.
        lost = [each for each in tied if self._brought_only(each, mine)]
        return Doomed(
            case=case,
            originals=mine,
            objects=(
                *_those(self.connection, select(_O.c.object_id), _O.c.id, mine),
                *_those(self.connection, select(_D.c.object_id), _D.c.original_id, mine),
            ),
            flights=(*gone, *self._merged_into_any_of(gone), *lost),
            tied=tuple(tied),
            others=tuple(each for each in told if each in also),
            jobs=tuple(
                dict.fromkeys(filter(None, _those(self.connection, select(_A.c.job_id), _A.c.original_id, mine)))
            ),
            size=sum(int(each) for each in _those(self.connection, select(_O.c.size), _O.c.id, mine)),
        )

    def _merged_into_any_of(self, flight_ids: Collection[str]) -> list[str]:
        found: list[str] = []
        wave = list(flight_ids)
        while wave:
            wave = list(_those(self.connection, select(_F.c.id), _F.c.merged_into, wave))
            found += wave
        return found

    def _brought_only(self, alias: str, mine: Collection[str]) -> bool:
        moved = self.connection.scalars(select(_M.c.moved).where(_M.c.alias == alias, _M.c.undone_us.is_(None)))
        brought = {each["ref"]["original_id"] for text in moved for each in json.loads(text)}
        return bool(brought) and brought <= set(mine)

    def _is_told_by_others(self, flight_id: str, mine: Collection[str]) -> bool:
        told = self.connection.scalars(select(_S.c.original_id).where(_S.c.flight_id == flight_id))
        return not set(told) <= set(mine)


def _those(connection: Connection, query: Select[Any], column: Column[str], values: Iterable[str]) -> Iterator[Any]:
    for some in by_hundreds(values):
        yield from connection.scalars(query.where(column.in_(some)))


class ErasureWrites(ErasureReads, Changing):
    """Erasing rows."""

    def erase(self, doomed: Doomed) -> int:
        """
        Destroy the keys of objects, remove the rows that tell of originals, and empty the events about them.

        Flights that stay have lost some of their sources and are the caller's to compute anew. Bytes are the caller's
        to discard from the vault once this is committed, and the database's to scrub.

        Returns:
            How many events were emptied; their commitments stay in the ledger.
        """
        drop_keys(self.connection, doomed.objects)
        leave(self.connection, doomed.objects)
        forget_photos(self.connection, doomed.originals)
        self._forget_flights(doomed.flights)
        for some in by_hundreds(doomed.originals):
            self.connection.execute(update(_F).where(_F.c.chosen_original.in_(some)).values(chosen_original=None))
        for table in (schema.offer, _S, schema.cut, schema.reading, schema.keychain, _A, _D):
            self._delete(table, table.c.original_id, doomed.originals)
        self._delete(_O, _O.c.id, doomed.originals)
        # Jobs remember the paths they were asked for, which may name people and places.
        for some in by_hundreds(doomed.jobs):
            self.connection.execute(update(_J).where(_J.c.id.in_(some)).values(parameters="{}", note=""))
        touch(self.connection)
        stated = self._forget_stated(set(doomed.originals))
        return self._empty_events({*doomed.originals, *doomed.flights, *stated})

    def _forget_stated(self, originals: Collection[str]) -> set[str]:
        """Remove what people stated of originals: its subject is the original's id, or begins with it and a stroke."""
        kinds = statement.c.kind.in_(("finding", "redaction"))
        every = set(self.connection.scalars(select(statement.c.subject).where(kinds)))
        theirs = {each for each in every if each.partition("/")[0] in originals}
        self._delete(statement, statement.c.subject, theirs)
        return theirs

    def _forget_flights(self, flight_ids: Collection[str]) -> None:
        for each in flight_ids:
            recount(self.connection, counted(self.connection, each), None)
        leave_flights(self.connection, self.row_key, flight_ids)
        for column in (
            schema.merge.c.alias,
            schema.merge.c.into_flight,
            schema.note.c.flight_id,
            assignment.c.flight_id,
            schema.offer.c.flight_id,
            _S.c.flight_id,
        ):
            self._delete(column.table, column, flight_ids)
        for some in by_hundreds(flight_ids):
            self.connection.execute(update(_F).where(_F.c.id.in_(some)).values(merged_into=None))
        self._delete(_F, _F.c.id, flight_ids)

    def _delete(self, table: Table, column: Column[str], values: Collection[str]) -> None:
        for some in by_hundreds(values):
            self.connection.execute(delete(table).where(column.in_(some)))

    def _empty_events(self, about: Collection[str]) -> int:
        said = {"who": "", "how": "", "why": "", "about": "", "details": "{}", "salt": None}
        emptied = list(_those(self.connection, select(_E.c.seq), _E.c.about, about))
        for some in by_hundreds(emptied):
            self.connection.execute(update(_E).where(_E.c.seq.in_(some)).values(said))
            reseal(self.connection, self.row_key, _E, _E.c.seq.in_(some))
        return len(emptied)
