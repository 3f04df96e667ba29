"""Lineage: which object of the vault was made from which original, by which code."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Row, delete, select

from groundside.keep import schema
from groundside.keep.connection import Asking, Changing, by_hundreds, within
from groundside.keep.keys.object_keys import drop_keys, record_keys
from groundside.keep.places import leave
from groundside.keep.row_seals import insert_sealed, reseal
from groundside.keep.rows import DerivedObject, Stored
from groundside.model.caller import Scope
from groundside.model.digest import Digest
from groundside.model.lineage import Derived

_O, _D = schema.original, schema.derived_object


class DerivedReads(Asking):
    """Questions about objects that were made from originals."""

    def derived_objects(self, scope: Scope, original_id: str | None = None) -> list[DerivedObject]:
        """List what was made from one original, or from all."""
        query = select(_D).join(_O).where(within(_O.c.case_name, scope)).order_by(_D.c.object_id)
        if original_id is not None:
            query = query.where(_D.c.original_id == original_id)
        return [_derived(row) for row in self.connection.execute(query)]


class DerivedWrites(DerivedReads, Changing):
    """Changes to what was made from originals."""

    def add_derived(self, stored: Stored, kind: str, derived: Derived) -> None:
        """
        Record an object of the vault with its lineage, so that rebuilding, erasing and verifying find it.

        Args:
            stored: as the vault gave it.
            kind: "track", or the name of a product.
            derived: what it was made of, and how.
        """
        row = {
            "object_id": stored.object_id,
            "original_id": derived.original_id,
            "kind": kind,
            "code": derived.code,
            "parameters": derived.parameters,
            "digest": stored.digest.hex,
            "size": stored.size,
        }
        insert_sealed(self.connection, self.row_key, _D, [row])
        case = self.connection.scalars(select(_O.c.case_name).where(_O.c.id == derived.original_id)).one()
        record_keys(self, [(case, stored)])

    def drop_derived(self, object_ids: Iterable[str]) -> None:
        """
        Forget objects; rows that named one as their track name none afterwards.

        Their bytes are the caller's to discard from the vault once this is committed.
        """
        mine = select(_O.c.id).where(within(_O.c.case_name, self.caller.scope))
        gone = list(object_ids)
        leave(self.connection, gone)
        for some in by_hundreds(gone):
            ours = (_D.c.object_id.in_(some), _D.c.original_id.in_(mine))
            drop_keys(self.connection, self.connection.scalars(select(_D.c.object_id).where(*ours)).all())
            told = self.connection.scalars(select(_D.c.original_id).where(*ours)).all()
            self.connection.execute(delete(_D).where(*ours))
            for table in (schema.reading, schema.cut):
                reseal(self.connection, self.row_key, table, table.c.original_id.in_(told))


def _derived(row: Row[tuple[object, ...]]) -> DerivedObject:
    stored = Stored(row.object_id, row.size, Digest(row.digest))
    return DerivedObject(stored, row.kind, Derived(row.original_id, row.code, row.parameters))
