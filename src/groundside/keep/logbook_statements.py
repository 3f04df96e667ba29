"""What people stated of pilots, aircraft, components: never overwritten, only ended."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Row, delete, select, update

from groundside.keep.connection import Asking, Changing, by_hundreds, new_id, within
from groundside.keep.erasing import ErasureWrites
from groundside.keep.logbook_tables import statement
from groundside.keep.row_seals import insert_sealed, reseal
from groundside.model.caller import GENERAL, Scope

_T = statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """
    What somebody stated.

    Args:
        kind: of noun: "person", "qualification" and so on. subject: permanent id of what it is about.
        said: the noun as canonical JSON.
        who, at_us: account and time. ended_us, ended_by: when and by whom it was taken back or stated anew.
    """

    kind: str
    subject: str
    said: str
    who: str
    at_us: int
    ended_us: int | None
    ended_by: str | None


class StatementReads(Asking):
    """Questions about what was stated."""

    def statements(
        self, kind: str, scope: Scope, subject: str | None = None, *, ended: bool = False
    ) -> list[Statement]:
        """
        List what is stated at present, in the order in which it was.

        Args:
            kind: of noun.
            scope: what the caller may see.
            subject: only of this one.
            ended: also what was stated before.
        """
        query = select(_T).where(_T.c.kind == kind, within(_T.c.case_name, scope))
        if subject is not None:
            query = query.where(_T.c.subject == subject)
        if not ended:
            query = query.where(_T.c.ended_us.is_(None))
        return [_statement(row) for row in self.connection.execute(query.order_by(_T.c.at_us, _T.c.subject, _T.c.id))]


class StatementWrites(ErasureWrites, StatementReads, Changing):
    """Stating, and taking back."""

    def state(self, kind: str, subject: str, said: str, *, at_us: int) -> None:
        """State something of a subject, in place of what the same kind said of it before."""
        self.end_statement(kind, subject, at_us=at_us)
        row = {"id": new_id(), "case_name": GENERAL, "kind": kind, "subject": subject, "said": said}
        insert_sealed(self.connection, self.row_key, _T, [{**row, "who": self.caller.who, "at_us": at_us}])

    def end_statement(self, kind: str, subject: str, *, at_us: int) -> bool:
        """Take back what is stated of a subject; False where nothing is."""
        now = (_T.c.kind == kind, _T.c.subject == subject, _T.c.ended_us.is_(None))
        ids = self.connection.scalars(select(_T.c.id).where(*now, within(_T.c.case_name, self.caller.scope))).all()
        mine = _T.c.id.in_(ids)
        self.connection.execute(update(_T).where(mine).values(ended_us=at_us, ended_by=self.caller.who))
        reseal(self.connection, self.row_key, _T, mine)
        return bool(ids)

    def forget(self, subjects: Collection[str]) -> int:
        """
        Remove all that was ever stated of some subjects, and empty the events about them.

        Returns:
            How many events were emptied.
        """
        for some in by_hundreds(subjects):
            self.connection.execute(delete(_T).where(_T.c.subject.in_(some)))
        return self._empty_events(subjects)


def _statement(row: Row[tuple[object, ...]]) -> Statement:
    return Statement(
        kind=row.kind, subject=row.subject, said=row.said, who=row.who, at_us=row.at_us, ended_us=row.ended_us,
        ended_by=row.ended_by,
    )  # fmt: skip
