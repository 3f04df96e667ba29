"""What people wrote on flights; stays whatever is merged or computed anew."""

from __future__ import annotations

from sqlalchemy import delete, select

from groundside.keep import schema
from groundside.keep.canonical import storable
from groundside.keep.connection import Changing
from groundside.keep.flight_search import refresh, with_aliases
from groundside.keep.flights import FlightReads
from groundside.keep.row_seals import insert_sealed
from groundside.keep.rows import Note
from groundside.model.caller import Scope

_N = schema.note


class NoteReads(FlightReads):
    """Questions about notes."""

    def notes(self, flight_id: str, scope: Scope) -> list[Note]:
        """
        List what was written on a flight and on those merged into it.

        Raises:
            NotFound: no such flight in this scope.
        """
        ids = with_aliases(self.connection, self.resolve(flight_id, scope))
        query = select(_N).where(_N.c.flight_id.in_(ids)).order_by(_N.c.key, _N.c.at_us, _N.c.flight_id)
        return [Note(r.flight_id, r.key, r.text, r.author, r.at_us) for r in self.connection.execute(query)]


class NoteWrites(NoteReads, Changing):
    """Changes to notes."""

    def set_note(self, flight_id: str, key: str, text: str, *, at_us: int) -> None:
        """
        Write on a flight, in place of what the same key said there; empty text takes it away.

        Raises:
            NotFound: no such flight in the caller's scope.
        """
        actual = self.resolve(flight_id, self.caller.scope)
        self.connection.execute(delete(_N).where(_N.c.flight_id == actual, _N.c.key == key))
        if text:
            row = {"key": key, "text": storable(text), "author": self.caller.who, "at_us": at_us}
            insert_sealed(self.connection, self.row_key, _N, [{"flight_id": actual, **row}])
        refresh(self.connection, actual)
