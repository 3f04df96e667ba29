"""Which pilot, purpose and so on flights are assigned to, and were before; changed many at once, and taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Row, bindparam, select, true, update

from groundside.errors import BadRequest, NotFound
from groundside.keep import schema
from groundside.keep.canonical import canonical, storable
from groundside.keep.connection import Asking, Changing, by_hundreds, new_id, within
from groundside.keep.logbook_tables import assignment, assignment_batch
from groundside.keep.row_seals import SEAL, insert_sealed, seal_of
from groundside.model.assignment import Assigned, Batch, Field
from groundside.model.caller import GENERAL, Scope

_A, _B, _F = assignment, assignment_batch, schema.flight
LATEST = "latest"
Values = Mapping[str, Mapping[str, str]]
"""Flight id to what its fields are to be; an empty text takes a field away."""


class AssignmentReads(Asking):
    """Questions about assignments."""

    def assigned(self, scope: Scope, flight_ids: Collection[str] | None = None) -> list[Assigned]:
        """
        List what flights are assigned at present.

        Args:
            scope: what the caller may see.
            flight_ids: only of these; None for all.
        """
        return self._listed(scope, [_A.c.ended_us.is_(None)], flight_ids)

    def assigned_to(self, scope: Scope, value: str, fields: Collection[str] = (Field.PIC,)) -> list[Assigned]:
        """List the flights that are assigned to one pilot, purpose or other value at present."""
        return self._listed(scope, [_A.c.ended_us.is_(None), _A.c.field.in_(list(fields)), _A.c.value == value])

    def assignment_history(self, scope: Scope, flight_ids: Collection[str]) -> list[Assigned]:
        """List all that some flights ever were assigned, in the order in which it was said."""
        return self._listed(scope, [true()], flight_ids)

    def batches(self, scope: Scope, most: int | None = None) -> list[Batch]:
        """List changes, the newest first."""
        query = select(_B).where(within(_B.c.case_name, scope)).order_by(_B.c.at_us.desc(), _B.c.id).limit(most)
        return [_batch(row) for row in self.connection.execute(query)]

    def batch(self, named: str, scope: Scope) -> Batch:
        """
        Find a change.

        Args:
            named: the first characters of its id; "latest" for the last that took back nothing and was not taken back.
            scope: what the caller may see.

        Raises:
            NotFound: there is none such, or several.
        """
        known = self.batches(scope)
        undone = {each.undoes for each in known if each.undoes}
        found = [each for each in known if named and each.id.startswith(named.strip().lower())]
        if named == LATEST:
            found = [each for each in known if not each.undoes and each.id not in undone][:1]
        if len(found) != 1:
            what = f"{'No change of assignments is' if not found else 'Several changes begin with'} {named[:40]!r}."
            raise NotFound(what, try_this="groundside assign --history")
        if found[0].id in undone:
            what = f"This change ({found[0].said}) was undone already."
            raise BadRequest(what, try_this="groundside assign --history")
        return found[0]

    def merged_flights(self, scope: Scope) -> dict[str, str]:
        """Say into which flight each alias leads now."""
        merged = (_F.c.merged_into.is_not(None), within(_F.c.case_name, scope))
        rows = self.connection.execute(select(_F.c.id, _F.c.merged_into).where(*merged))
        into = {str(row.id): str(row.merged_into) for row in rows}
        found: dict[str, str] = {}
        for alias in into:
            end = into[alias]
            while end in into:
                end = into[end]
            found[alias] = end
        return found

    def _listed(
        self, scope: Scope, where: Sequence[ColumnElement[bool]], flight_ids: Collection[str] | None = None
    ) -> list[Assigned]:
        query = select(_A, _B.c.who).join(_B, _B.c.id == _A.c.batch).join(_F, _F.c.id == _A.c.flight_id)
        query = query.where(*where, within(_F.c.case_name, scope)).order_by(_A.c.at_us, _A.c.field, _A.c.id)
        if flight_ids is None:
            return [_assigned(row) for row in self.connection.execute(query)]
        rows = (self.connection.execute(query.where(_A.c.flight_id.in_(some))) for some in by_hundreds(flight_ids))
        return [_assigned(row) for some in rows for row in some]


class AssignmentWrites(AssignmentReads, Changing):
    """Changes of assignments."""

    def assign(self, said: str, values: Values, *, at_us: int, undoes: str | None = None) -> tuple[Batch, str]:
        """
        Assign flights, all in one change.

        Args:
            said: what was asked for, in words.
            values: of flights in the caller's scope, none of which is an alias.
            at_us: UTC microseconds.
            undoes: id of the change that this takes back.

        Returns:
            The change, and the SHA-256 of what it changed, for its event. Fields that say so already are left.
        """
        was = {(each.flight_id, each.field): each for each in self.assigned(self.caller.scope, list(values))}
        wanted = ((one, Field(name), storable(v)) for one, fields in values.items() for name, v in fields.items())
        news = [(one, name, v) for one, name, v in wanted if v != _value(was.get((one, name)))]
        batch = Batch(
            id=new_id(), who=self.caller.who, at_us=at_us, said=said, flights=len({n[0] for n in news}), undoes=undoes
        )
        said_of = {name: getattr(batch, name) for name in ("id", "who", "at_us", "said", "flights", "undoes")}
        insert_sealed(self.connection, self.row_key, _B, [{**said_of, "case_name": GENERAL}])
        self._end([was[one, name] for one, name, _ in news if (one, name) in was], batch)
        new = {"batch": batch.id, "at_us": at_us}
        rows = [
            {"id": new_id(), "flight_id": one, "field": name.value, "value": v, **new} for one, name, v in news if v
        ]
        insert_sealed(self.connection, self.row_key, _A, rows)
        changes = [(one, name.value, _value(was.get((one, name))), v) for one, name, v in news]
        return batch, hashlib.sha256(canonical(changes).encode()).hexdigest()

    def undo_assignment(self, batch: Batch, *, at_us: int) -> tuple[Batch, str, int]:
        """
        Take a change back: each field says again what it said before, if nobody changed it since.

        Returns:
            The change that does so, the SHA-256 of it, and how many fields were changed since and stay.
        """
        set_by = self._listed(self.caller.scope, [_A.c.batch == batch.id])
        before = {
            (b.flight_id, b.field): b.value for b in self._listed(self.caller.scope, [_A.c.ended_batch == batch.id])
        }
        values: dict[str, dict[str, str]] = {}
        touched = {(each.flight_id, each.field) for each in set_by} | set(before)
        now = {(a.flight_id, a.field): a.batch for a in self.assigned(self.caller.scope, {one for one, _ in touched})}
        mine = {(each.flight_id, each.field) for each in set_by}
        left = 0
        for one, name in sorted(touched):
            unchanged = now.get((one, name)) == (batch.id if (one, name) in mine else None)
            left += not unchanged
            if unchanged:
                values.setdefault(one, {})[name] = before.get((one, name), "")
        undone, digest = self.assign(f"undoes: {batch.said}", values, at_us=at_us, undoes=batch.id)
        return undone, digest, left

    def _end(self, ended: Iterable[Assigned], batch: Batch) -> None:
        key, ids = self.row_key, [(e.flight_id, e.field) for e in ended]
        if not ids:
            return
        rows: list[dict[str, object]] = []
        wanted = set(ids)
        for some in by_hundreds(dict.fromkeys(one for one, _ in ids)):
            query = select(_A).where(_A.c.flight_id.in_(some), _A.c.ended_us.is_(None))
            for row in self.connection.execute(query).mappings():
                if (row["flight_id"], row["field"]) in wanted:
                    now = {**row, "ended_us": batch.at_us, "ended_batch": batch.id}
                    seal = None if key is None else seal_of(key, _A, {str(n): v for n, v in now.items()})
                    rows.append({"one": row["id"], "seal_": seal})
        values = {"ended_us": batch.at_us, "ended_batch": batch.id, SEAL: bindparam("seal_")}
        self.connection.execute(update(_A).where(_A.c.id == bindparam("one")).values(values), rows)


def _value(of: Assigned | None) -> str:
    return of.value if of else ""


def _assigned(row: Row[tuple[object, ...]]) -> Assigned:
    return Assigned(
        flight_id=row.flight_id, field=Field(row.field), value=row.value, batch=row.batch, at_us=row.at_us,
        ended_us=row.ended_us, ended_batch=row.ended_batch, who=row.who,
    )  # fmt: skip


def _batch(row: Row[tuple[object, ...]]) -> Batch:
    return Batch(id=row.id, who=row.who, at_us=row.at_us, said=row.said, flights=row.flights, undoes=row.undoes)
