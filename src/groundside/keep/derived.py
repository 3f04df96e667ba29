"""Lineage: which object of the vault was made from which original, by which code."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Row, delete, insert, select

from groundside.keep import schema
from groundside.keep.connection import Asking, Changing, by_hundreds, within
from groundside.keep.places import leave
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
        self.connection.execute(
            insert(_D).values(
                object_id=stored.object_id,
                original_id=derived.original_id,
                kind=kind,
                code=derived.code,
                parameters=derived.parameters,
                digest=stored.digest.hex,
                size=stored.size,
            )
        )

    def drop_derived(self, object_ids: Iterable[str]) -> None:
        """
        Forget objects; rows that named one as their track name none afterwards.

        Their bytes are the caller's to discard from the vault once this is committed.
        """
        mine = select(_O.c.id).where(within(_O.c.case_name, self.caller.scope))
        gone = list(object_ids)
        leave(self.connection, gone)
        for some in by_hundreds(gone):
            self.connection.execute(delete(_D).where(_D.c.object_id.in_(some), _D.c.original_id.in_(mine)))


def _derived(row: Row[tuple[object, ...]]) -> DerivedObject:
    stored = Stored(row.object_id, row.size, Digest(row.digest))
    return DerivedObject(stored, row.kind, Derived(row.original_id, row.code, row.parameters))
