"""Readings: what a version of the code made of an original, its keys, and the flights cut out of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Row, delete, select

from groundside.keep import schema
from groundside.keep.canonical import canonical, noun
from groundside.keep.connection import Asking, Changing, within
from groundside.keep.derived import DerivedReads, DerivedWrites
from groundside.keep.keys.object_keys import drop_keys
from groundside.keep.originals import OriginalReads
from groundside.keep.photos import forget_photos
from groundside.keep.places import leave
from groundside.keep.prepared_rows import CUT_READ, PROBLEMS_KEPT, cut_columns, cut_of_columns, reading_columns
from groundside.keep.row_seals import insert_sealed
from groundside.keep.rows import KeptCut, Reading, ReadingState, Stored
from groundside.model.caller import Scope
from groundside.model.decoded import ByteAccount, Problem
from groundside.model.digest import Digest
from groundside.model.lineage import Derived
from groundside.model.recording import Recording

__all__ = ["PROBLEMS_KEPT", "ReadingReads", "ReadingWrites", "kept_cut"]

_O, _R, _K, _C, _D = schema.original, schema.reading, schema.keychain, schema.cut, schema.derived_object


class ReadingReads(Asking):
    """Questions about readings."""

    def reading(self, original_id: str, scope: Scope) -> Reading | None:
        """Get the reading of an original; None while it is only kept, or is not in this scope."""
        query = select(_R, _D.c.size, _D.c.digest).select_from(
            _R.join(_O).outerjoin(_D, _D.c.object_id == _R.c.track_object)
        )
        mine = query.where(_R.c.original_id == original_id, within(_O.c.case_name, scope))
        found = self.connection.execute(mine).one_or_none()
        return _reading(found) if found else None

    def keychain(self, original_id: str, scope: Scope) -> str | None:
        """Get the keys of an encrypted original as the JSON text that was given; None where none were."""
        query = select(_K.c.entries).join(_O).where(_K.c.original_id == original_id, within(_O.c.case_name, scope))
        return self.connection.scalar(query)

    def cuts(self, original_id: str, scope: Scope) -> list[KeptCut]:
        """List the flights cut out of one original, in their order."""
        mine = (_C.c.original_id == original_id, within(_O.c.case_name, scope))
        query = select(_C).join(_O).where(*mine).order_by(_C.c.ordinal)
        return [kept_cut(row) for row in self.connection.execute(query)]


class ReadingWrites(ReadingReads, OriginalReads, DerivedWrites, Changing):
    """Changes to readings."""

    def set_reading(self, reading: Reading) -> list[str]:
        """
        Record a reading in place of an earlier one of the same original.

        The cuts of the earlier reading, and all objects made from the original so far, are forgotten; which
        flight each cut belongs to is not. The reading's own track is recorded as a derived object.

        Returns:
            Ids of the objects now forgotten, for the caller to discard from the vault once this is committed.

        Raises:
            NotFound: no such original in the caller's scope.
        """
        original_id = reading.derived.original_id
        self.original(original_id, self.caller.scope)
        forgotten = self._forget(original_id)
        if reading.track:
            self.add_derived(reading.track, "track", reading.derived)
        insert_sealed(self.connection, self.row_key, _R, [reading_columns(reading)])
        return forgotten

    def set_cuts(self, original_id: str, cuts: Sequence[KeptCut]) -> None:
        """
        Record the flights cut out of an original, in place of earlier ones.

        Raises:
            NotFound: no such original in the caller's scope.
        """
        self.original(original_id, self.caller.scope)
        self.connection.execute(delete(_C).where(_C.c.original_id == original_id))
        insert_sealed(self.connection, self.row_key, _C, [cut_columns(cut) for cut in cuts])

    def set_keychain(self, original_id: str, keys: str, *, at_us: int) -> None:
        """
        Keep the keys of an encrypted original beside it, in place of earlier ones.

        Args:
            original_id: of the original that they open.
            keys: JSON text.
            at_us: when, UTC microseconds.

        Raises:
            NotFound: no such original in the caller's scope.
        """
        self.original(original_id, self.caller.scope)
        self.connection.execute(delete(_K).where(_K.c.original_id == original_id))
        row = {"original_id": original_id, "entries": canonical(json.loads(keys)), "at_us": at_us}
        insert_sealed(self.connection, self.row_key, _K, [row])

    def clear_derived(self, original_id: str | None = None) -> list[str]:
        """
        Forget all that can be made again: readings, cuts, and objects made from originals.

        Originals, keys, flights with ids, aliases, notes, offers, and which cut belongs to which flight stay.

        Args:
            original_id: only of this original; None for all in the caller's scope.

        Returns:
            Ids of the objects now forgotten, for the caller to discard from the vault once this is committed.
        """
        if original_id is not None:
            return self._forget(self.original(original_id, self.caller.scope).id)
        mine = select(_O.c.id).where(within(_O.c.case_name, self.caller.scope))
        return [each for one in self.connection.scalars(mine).all() for each in self._forget(one)]

    def _forget(self, original_id: str) -> list[str]:
        gone = [d.stored.object_id for d in DerivedReads.derived_objects(self, self.caller.scope, original_id)]
        leave(self.connection, gone)
        drop_keys(self.connection, gone)
        forget_photos(self.connection, [original_id])
        for table in (_C, _R, _D):
            self.connection.execute(delete(table).where(table.c.original_id == original_id))
        return gone


def kept_cut(row: Row[tuple[object, ...]]) -> KeptCut:
    """Read a row of the table `cut`."""
    return cut_of_columns({name: getattr(row, name) for name in CUT_READ})


def _reading(row: Row[tuple[object, ...]]) -> Reading:
    return Reading(
        derived=Derived(row.original_id, row.code, row.parameters),
        state=ReadingState(row.state),
        at_us=row.at_us,
        format=row.format,
        facts=json.loads(row.facts),
        problems=tuple(Problem(**each) for each in json.loads(row.problems)),
        problem_count=row.problem_count,
        account=noun(ByteAccount, row.account),
        recording=noun(Recording, row.recording) if row.recording else None,
        track=Stored(row.track_object, row.size, Digest(row.digest)) if row.track_object else None,
        track_rows=row.track_rows,
    )
