"""Rows of many files at once: what would cost a statement each costs one for all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from groundside.keep import schema
from groundside.keep.connection import Asking, by_hundreds, new_id, within
from groundside.keep.derived import DerivedReads
from groundside.keep.events import EventWrites
from groundside.keep.keys.object_keys import drop_keys, record_keys
from groundside.keep.originals import as_named
from groundside.keep.photos import forget_photos
from groundside.keep.places import leave
from groundside.keep.row_seals import insert_sealed
from groundside.keep.rows import Stored
from groundside.model.caller import Scope

_O, _A, _R, _C, _D = schema.original, schema.arrival, schema.reading, schema.cut, schema.derived_object


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOriginal:
    """An original whose bytes are in the vault, and the name it came under; see `OriginalWrites.add_original`."""

    stored: Stored
    fingerprint: str
    case: str
    file_name: str
    origin: str
    job_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewObject:
    """An object of the vault made of an original; see `DerivedWrites.add_derived`."""

    stored: Stored
    original_id: str
    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that happened; see `EventWrites.event`."""

    what: str
    about: str
    details: str
    case: str


class BulkReads(Asking):
    """Questions about many files."""

    def sizes_held(self, sizes: Collection[int], scope: Scope) -> set[int]:
        """Say which of some numbers of bytes any original has; a file of another size is surely new."""
        found: set[int] = set()
        for some in by_hundreds(sizes):
            query = select(_O.c.size).where(_O.c.size.in_(some), within(_O.c.case_name, scope)).distinct()
            found.update(self.connection.scalars(query))
        return found

    def originals_of(self, fingerprints: Collection[str], case: str, scope: Scope) -> dict[str, str]:
        """Say which of some fingerprints a case holds, and as which originals."""
        found: dict[str, str] = {}
        mine = within(_O.c.case_name, scope)
        for some in by_hundreds(fingerprints):
            query = select(_O.c.fingerprint, _O.c.id).where(_O.c.fingerprint.in_(some), _O.c.case_name == case, mine)
            found.update((str(row[0]), str(row[1])) for row in self.connection.execute(query))
        return found


class BulkWrites(BulkReads, DerivedReads, EventWrites):
    """Changes that concern many files."""

    def add_originals(self, new: Sequence[NewOriginal], *, at_us: int) -> list[str]:
        """
        Record originals of which the case holds none yet, no two with the same bytes, and how they came.

        Returns:
            Their random, permanent ids, in order.
        """
        ids = [new_id() for _ in new]
        originals = [
            {
                "id": original_id,
                "case_name": each.case,
                "object_id": each.stored.object_id,
                "digest": each.stored.digest.hex,
                "size": each.stored.size,
                "fingerprint": each.fingerprint,
                "received_us": at_us + number,  # so that they are listed in the order in which they came
            }
            for number, (original_id, each) in enumerate(zip(ids, new, strict=True))
        ]
        arrivals = [
            {
                "original_id": original_id,
                "file_name": as_named(each.file_name),
                "origin": as_named(each.origin),
                "at_us": at_us,
                "job_id": each.job_id,
            }
            for original_id, each in zip(ids, new, strict=True)
        ]
        insert_sealed(self.connection, self.row_key, _O, originals)
        insert_sealed(self.connection, self.row_key, _A, arrivals)
        record_keys(self, [(each.case, each.stored) for each in new])
        return ids

    def forget_readings(self, original_ids: Collection[str]) -> list[str]:
        """
        Forget readings, cuts, and objects made of some originals; which flight each cut belongs to is not forgotten.

        Returns:
            Ids of the objects now forgotten, for the caller to discard from the vault once this is committed.
        """
        gone: list[str] = []
        for some in by_hundreds(original_ids):
            forgotten = self.connection.scalars(select(_D.c.object_id).where(_D.c.original_id.in_(some))).all()
            leave(self.connection, forgotten)
            drop_keys(self.connection, forgotten)
            gone += forgotten
            forget_photos(self.connection, some)
            for table in (_C, _R, _D):
                self.connection.execute(delete(table).where(table.c.original_id.in_(some)))
        return gone

    def add_readings(
        self,
        readings: Sequence[Mapping[str, object]],
        cuts: Sequence[Mapping[str, object]],
        objects: Sequence[NewObject],
    ) -> None:
        """
        Record readings of originals that have none, with the flights cut out of them and the objects made of them.

        Args:
            readings: every column of `reading`.
            cuts: every column of `cut`.
            objects: among them every track that a cut names.
        """
        made = [
            {
                "object_id": each.stored.object_id,
                "original_id": each.original_id,
                "kind": each.kind,
                "code": each.code,
                "parameters": "{}",
                "digest": each.stored.digest.hex,
                "size": each.stored.size,
            }
            for each in objects
        ]
        for table, rows in ((_D, made), (_R, readings), (_C, cuts)):
            insert_sealed(self.connection, self.row_key, table, rows)
        cases = self._cases_of({each.original_id for each in objects})
        record_keys(self, [(cases[each.original_id], each.stored) for each in objects])

    def _cases_of(self, original_ids: Collection[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for some in by_hundreds(original_ids):
            query = select(_O.c.id, _O.c.case_name).where(_O.c.id.in_(some))
            found.update((str(row[0]), str(row[1])) for row in self.connection.execute(query))
        return found

    def add_events(self, events: Sequence[NewEvent], *, at_us: int) -> None:
        """Record what the caller did, in order, in the same commit as the rows it concerns."""
        self.record(
            [
                {"case_name": e.case, "at_us": at_us, "what": e.what, "about": e.about, "details": e.details}
                for e in events
            ]
        )
