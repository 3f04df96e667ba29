"""What became of a file, in words for whoever sent it."""

from __future__ import annotations

from groundside.archive.preparing import Prepared
from groundside.keep.catalogue import Reader
from groundside.keep.rows import KeptOriginal
from groundside.model.caller import Scope
from groundside.model.results import Received

HELD = "the same bytes are held already; nothing changed"


def as_held(reader: Reader, original: KeptOriginal, scope: Scope) -> Received:
    """Describe a file that was held before."""
    flights = tuple(a.flight_id for a in reader.attached_from(original.id, scope))
    reading = reader.reading(original.id, scope)
    return Received(
        file=original.file_name,
        state=original.state.value,
        flights=tuple(dict.fromkeys(flights)),
        duplicate=True,
        problems=reading.problem_count if reading else 0,
        message=HELD,
    )


def message_of(made: Prepared, flights: int) -> str:
    """Say in one sentence what became of a file."""
    if made.state == "locked":
        return f"{made.format}: logbook row complete, track locked"
    if made.photo is not None and made.state == "read":
        return f"{made.format}: {made.photo['camera'] or 'camera not stated'}"
    counted = f"{made.format}: {flights} {'flight' if flights == 1 else 'flights'}"
    if not flights:
        counted = f"{made.format}: no flight, for it states neither when something was nor how long it took"
    said = counted if made.state == "read" else f"kept, but {made.state.replace('-', ' ')}"
    if not made.problems:
        return said
    return f"{said}; {made.first_problem}" + (f" (and {made.problems - 1} more)" if made.problems > 1 else "")
