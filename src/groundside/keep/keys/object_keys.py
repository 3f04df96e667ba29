"""The data key of each object, for whoever reads it: one indexed question to the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, select

from groundside.errors import NotFound
from groundside.keep.connection import Changing, by_hundreds
from groundside.keep.custody_tables import case_key, object_key
from groundside.keep.keys.custody import Custody

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from groundside.keep.catalogue import Catalogue
    from groundside.keep.rows import Stored

_O, _C = object_key, case_key
_KEYS = select(_O.c.object_id, _O.c.case_name, _O.c.case_version, _C.c.wrapped, _O.c.wrapped).join_from(
    _O, _C, (_C.c.case_name == _O.c.case_name) & (_C.c.version == _O.c.case_version)
)


class CatalogueKeys:
    """The keys of all objects that the catalogue refers to. Threads may share it."""

    def __init__(self, catalogue: Catalogue, custody: Custody) -> None:
        self._catalogue, self._custody = catalogue, custody

    def key_of(self, object_id: str) -> bytes:
        """
        Give the data key of an object.

        Inside a commit, the keys that it recorded itself are found too.

        Raises:
            NotFound: there is none; the object, if its bytes are still there, says nothing.
            Tampered: the key is damaged, or is that of something else.
        """
        if known := self._custody.remembered.get(object_id):
            return known
        key = self.keys_of([object_id]).get(object_id)
        if key is None:
            what = f"There is no key of object {object_id[:40]!r}: it was erased, or never recorded."
            raise NotFound(what, try_this="groundside verify")
        self._custody.remembered.put(object_id, key)
        return key

    def keys_of(self, object_ids: Collection[str]) -> dict[str, bytes]:
        """Give the data keys of many objects at once; those that have none are left out."""
        found: dict[str, bytes] = {}
        cases = self._custody.cases
        with self._catalogue.read_along() as reader:
            for some in by_hundreds(object_ids):
                rows = reader.connection.execute(_KEYS.where(_O.c.object_id.in_(some)))
                for name, case, version, outer, wrapped in rows:
                    found[name] = cases.of_row(case, version, outer).unwrap(name, wrapped)
        return found


def record_keys(writer: Changing, objects: Sequence[tuple[str, Stored]]) -> None:
    """
    Write down the keys of objects, where the archive is sealed.

    Args:
        writer: of the commit that records the objects.
        objects: each with the name of its case.

    Raises:
        RuntimeError: a key came, and nothing is there that could wrap it; a defect in the caller.
    """
    if writer.custody is not None:
        writer.custody.record(writer.connection, objects)
    elif any(stored.key for _, stored in objects):
        what = "an object came with its key, and the catalogue has no custody"
        raise RuntimeError(what)


def drop_keys(connection: Connection, object_ids: Collection[str]) -> None:
    """Destroy the keys of objects that are referred to no longer: their bytes say nothing from then on."""
    for some in by_hundreds(object_ids):
        connection.execute(delete(object_key).where(object_key.c.object_id.in_(some)))
