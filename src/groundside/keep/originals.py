"""Originals: what came, under which names, and how far its reading is."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Row, Select, and_, func, select, update

from groundside.errors import Conflict, NotFound
from groundside.keep import schema
from groundside.keep.canonical import shortened, storable
from groundside.keep.connection import Asking, Changing, new_id, within
from groundside.keep.flight_search import refresh_flights_of
from groundside.keep.keys.object_keys import drop_keys, record_keys
from groundside.keep.row_seals import insert_sealed, reseal
from groundside.keep.rows import Arrival, KeptOriginal, ReadingState, Stored
from groundside.model.caller import Scope
from groundside.model.digest import Digest

_O, _A, _R, _D = schema.original, schema.arrival, schema.reading, schema.derived_object
_FIRST_NAME = select(_A.c.file_name).where(_A.c.original_id == _O.c.id).order_by(_A.c.id).limit(1).scalar_subquery()

MOST_NAMED = 1200
"""Bytes of a file's name, and of where it came from, that are kept: PostgreSQL holds 2,704 in one entry of an index."""


class Duplicate(Conflict):
    """The very same bytes are kept already in that case, as `original_id`."""

    def __init__(self, original_id: str) -> None:
        super().__init__(f"The same bytes are kept already, as original {original_id}.")
        self.original_id = original_id


class OriginalReads(Asking):
    """Questions about originals."""

    def find_original(self, fingerprint: str, scope: Scope) -> KeptOriginal | None:
        """Find the original with a fingerprint (`Vault.fingerprint`); the oldest of several cases'."""
        found = self.connection.execute(
            _originals(scope, _O.c.fingerprint == fingerprint).order_by(_O.c.received_us, _O.c.id).limit(1)
        ).one_or_none()
        return _kept(found) if found else None

    def original(self, original_id: str, scope: Scope) -> KeptOriginal:
        """
        Get one original.

        Raises:
            NotFound: there is none in this scope.
        """
        found = self.connection.execute(_originals(scope, _O.c.id == original_id)).one_or_none()
        if not found:
            what = f"There is no original {original_id[:40]!r}."
            raise NotFound(what)
        return _kept(found)

    def originals(
        self, scope: Scope, *, state: ReadingState | None = None, limit: int | None = None, offset: int = 0
    ) -> list[KeptOriginal]:
        """List originals in the order in which they came; only those of one state where it is given."""
        of_state = _R.c.original_id.is_(None) if state is ReadingState.KEPT else _R.c.state == state
        query = _originals(scope, of_state) if state else _originals(scope)
        ordered = query.order_by(_O.c.received_us, _O.c.id).limit(limit).offset(offset)
        return [_kept(row) for row in self.connection.execute(ordered)]

    def originals_pending(self, codes: Collection[str], scope: Scope) -> list[KeptOriginal]:
        """
        List originals that were never read, or were last read by code that is not one of `codes`.

        Args:
            codes: names and versions of the code of today, as in `Derived.code`.
            scope: what the caller may see.
        """
        stale = _R.c.original_id.is_(None) | _R.c.code.not_in(sorted(codes))
        query = _originals(scope, stale).order_by(_O.c.received_us, _O.c.id)
        return [_kept(row) for row in self.connection.execute(query)]

    def originals_by_state(self, scope: Scope) -> dict[ReadingState, int]:
        """Count originals by how far their reading is."""
        state = func.coalesce(_R.c.state, ReadingState.KEPT.value)
        joined = select(state, func.count()).select_from(_O.outerjoin(_R))
        counts = self.connection.execute(joined.where(within(_O.c.case_name, scope)).group_by(state))
        return {ReadingState(row[0]): int(row[1]) for row in counts}

    def arrivals(self, original_id: str, scope: Scope) -> list[Arrival]:
        """List the names that an original came under, the first first."""
        query = select(_A).join(_O).where(_A.c.original_id == original_id, within(_O.c.case_name, scope))
        rows = self.connection.execute(query.order_by(_A.c.id))
        return [Arrival(r.original_id, r.file_name, r.origin, r.at_us, r.job_id) for r in rows]

    def objects_referred_to(self, scope: Scope) -> set[str]:
        """Name every object of the vault that is referred to: originals, and what was made of them."""
        originals = select(_O.c.object_id).where(within(_O.c.case_name, scope))
        made = select(_D.c.object_id).join(_O).where(within(_O.c.case_name, scope))
        return set(self.connection.scalars(originals)) | set(self.connection.scalars(made))

    def refers_to(self, object_id: str, scope: Scope) -> bool:
        """Whether the catalogue refers to an object of the vault; what `Vault.sweep` asks."""
        mine = within(_O.c.case_name, scope)
        made = select(_D.c.object_id).join(_O).where(_D.c.object_id == object_id, mine)
        original = select(_O.c.id).where(_O.c.object_id == object_id, mine)
        return bool(self.connection.scalar(original) or self.connection.scalar(made))


class OriginalWrites(OriginalReads, Changing):
    """Changes to originals."""

    def add_original(self, stored: Stored, *, fingerprint: str, case: str, received_us: int) -> str:
        """
        Record an original whose bytes are in the vault.

        Args:
            stored: as the vault gave it.
            fingerprint: `Vault.fingerprint` of its digest.
            case: what it belongs to.
            received_us: when it came, UTC microseconds.

        Returns:
            Its random, permanent id.

        Raises:
            Duplicate: the case holds the same bytes already; nothing was changed, the commit can go on.
        """
        same = and_(_O.c.fingerprint == fingerprint, _O.c.case_name == case)
        if known := self.connection.scalar(select(_O.c.id).where(same)):
            raise Duplicate(known)
        original_id = new_id()
        row = {
            "id": original_id,
            "case_name": case,
            "object_id": stored.object_id,
            "digest": stored.digest.hex,
            "size": stored.size,
            "fingerprint": fingerprint,
            "received_us": received_us,
        }
        insert_sealed(self.connection, self.row_key, _O, [row])
        record_keys(self, [(case, stored)])
        return original_id

    def point_original(self, original_id: str, stored: Stored) -> None:
        """
        Say that an original's bytes are in another object, because the one it was kept in is gone or damaged.

        Raises:
            NotFound: no such original in the caller's scope.
            ValueError: the object holds other bytes; a defect in the caller.
        """
        original = self.original(original_id, self.caller.scope)
        if original.digest != stored.digest:
            what = f"object {stored.object_id} does not hold the bytes of original {original_id}"
            raise ValueError(what)
        drop_keys(self.connection, [original.object_id])
        self.connection.execute(update(_O).where(_O.c.id == original_id).values(object_id=stored.object_id))
        reseal(self.connection, self.row_key, _O, _O.c.id == original_id)
        record_keys(self, [(original.case, stored)])

    def add_arrival(
        self, original_id: str, *, file_name: str, origin: str, at_us: int, job_id: str | None = None
    ) -> bool:
        """
        Record under which name an original came, and from where.

        Args:
            original_id: which original.
            file_name: as it was; bytes that are no text are written with backslashes.
            origin: a note for people: the folder, the card, "upload".
            at_us: when, UTC microseconds.
            job_id: the job that brought it.

        Returns:
            Whether this was news: the same name from the same place is recorded once.

        Raises:
            NotFound: no such original in the caller's scope.
        """
        self.original(original_id, self.caller.scope)
        same = {"original_id": original_id, "file_name": as_named(file_name), "origin": as_named(origin)}
        if self.connection.scalar(select(_A.c.id).filter_by(**same)):
            return False
        insert_sealed(self.connection, self.row_key, _A, [{**same, "at_us": at_us, "job_id": job_id}])
        refresh_flights_of(self.connection, original_id)
        return True


def as_named(text: str) -> str:
    """Write a file's name, or where it came from, as it is kept."""
    return shortened(storable(text), MOST_NAMED)


def _originals(scope: Scope, *conditions: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    columns = (_O, _FIRST_NAME.label("file_name"), _R.c.state, _R.c.format, _R.c.code)
    return select(*columns).select_from(_O.outerjoin(_R)).where(within(_O.c.case_name, scope), *conditions)


def _kept(row: Row[tuple[object, ...]]) -> KeptOriginal:
    return KeptOriginal(
        id=row.id,
        object_id=row.object_id,
        digest=Digest(row.digest),
        size=row.size,
        fingerprint=row.fingerprint,
        case=row.case_name,
        received_us=row.received_us,
        file_name=row.file_name or "",
        state=ReadingState(row.state or ReadingState.KEPT),
        format=row.format or "",
        code=row.code or "",
    )
