"""The text that a flight is found by: place, aircraft, file names and notes, folded to one case."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select, update

from groundside.keep import schema
from groundside.keep.flight_sums import touch

_F, _S, _A, _N, _T = schema.flight, schema.flight_source, schema.arrival, schema.note, schema.flight_text


def refresh_flights_of(connection: Connection, original_id: str) -> None:
    """Write anew the search text of the flights that an original tells of."""
    for flight_id in connection.scalars(select(_S.c.flight_id).where(_S.c.original_id == original_id)).all():
        refresh(connection, flight_id)


def refresh(connection: Connection, flight_id: str) -> None:
    """Write anew the search text of one flight."""
    row = connection.execute(select(_F.c.place_folded, _F.c.aircraft_folded).where(_F.c.id == flight_id)).one()
    names = select(_A.c.file_name).join(_S, _S.c.original_id == _A.c.original_id).where(_S.c.flight_id == flight_id)
    notes = select(_N.c.text).where(_N.c.flight_id.in_(with_aliases(connection, flight_id)))
    words = [
        *row,
        *connection.scalars(names.order_by(_A.c.id)),
        *connection.scalars(notes.order_by(_N.c.key)),
    ]
    found_by = folded(word for word in words if word) or ""
    known = connection.scalar(select(_T.c.search_text).where(_T.c.flight_id == flight_id))
    if known is None:
        connection.execute(insert(_T).values(flight_id=flight_id, search_text=found_by))
    elif known != found_by:
        connection.execute(update(_T).where(_T.c.flight_id == flight_id).values(search_text=found_by))
        touch(connection)


def folded(words: Iterable[str]) -> str | None:
    """Join words, without regard to case; None where there are none. A search compares with this."""
    text = "\n".join(dict.fromkeys(word.casefold() for word in words if word))
    return text or None


def with_aliases(connection: Connection, flight_id: str) -> list[str]:
    """Name a flight and every flight that was merged into it, directly or by way of another."""
    found = [flight_id]
    for each in found:  # grows while it is walked
        found += connection.scalars(select(_F.c.id).where(_F.c.merged_into == each).order_by(_F.c.id))
    return found
