"""Verbs that enter flights without logs: one by hand, or all of another logbook."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from groundside.archive.assigning import checked_fields
from groundside.archive.bringing import How, bring
from groundside.archive.ingesting import Tell, quiet, receive
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.arrive.folder import walk
from groundside.errors import BadRequest, NotFound
from groundside.keep.catalogue import Writer
from groundside.model.assignment import Field
from groundside.model.caller import Caller
from groundside.model.place import LonLat
from groundside.model.progress import Step
from groundside.model.recording import UNKNOWN_AIRCRAFT, Aircraft
from groundside.model.results import Received
from groundside.produce.logbook.imported import (
    MOST_CHARACTERS,
    ImportedRow,
    ImportProblem,
    Mapped,
    imported,
)

__all__ = ["MOST_CHARACTERS", "FlightEntry", "Imported", "Mapped", "add_flight", "import_logbook"]

LONGEST_S = 30 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightEntry:
    """
    A flight as a person enters it.

    Args:
        start_us: UTC; None where only the day is known. day: that local date, ISO 8601.
        seconds: in the air.
        row: tells entries apart that are alike in all else.
    """

    start_us: int | None
    seconds: float
    day: str = ""
    aircraft: Aircraft = UNKNOWN_AIRCRAFT
    home: LonLat | None = None
    distance_m: float | None = None
    max_height_m: float | None = None
    row: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of another logbook: new flights, how many rows were here already, rows that could not be read."""

    flights: tuple[str, ...]
    known: int
    problems: tuple[ImportProblem, ...]


@verb(Effect.CHANGES)
def add_flight(store: Store, caller: Caller, entry: FlightEntry, fields: Mapping[Field, str]) -> str:
    """
    Enter a flight of an aircraft that writes no log. The entry is kept like any file, and says that a person made it.

    Args:
        entry: the flight.
        fields: what it is assigned, people by name.

    Returns:
        Its id; the same again where the very same was entered before.

    Raises:
        BadRequest: a length, a place or a text that cannot be.
        NotFound: no such person.
    """
    _check(entry)
    with store.catalogue.read() as reader:
        values = checked_fields(reader, fields, caller.scope)
    received = receive(store, caller, _name(entry), [entry_bytes(entry)])
    if len(received.flights) != 1:
        what = f"This flight cannot be: {received.message}"
        raise BadRequest(what, try_this="groundside flight add --help")
    with store.catalogue.commit(caller) as writer:
        _assign(
            writer, {received.flights[0]: {f.value: v for f, v in values.items()}}, "entered by hand", store.now_us()
        )
    return received.flights[0]


@verb(Effect.CHANGES)
def import_logbook(
    store: Store, caller: Caller, text: str, how: Mapped, fields: Mapping[Field, str], *, progress: Tell = quiet
) -> Imported:
    """
    Enter the flights of another logbook.

    The same file again enters nothing new. A flight whose log is here too is offered to be merged with it, and counts
    twice until somebody does: import what is older than the logs, or merge.

    Args:
        text: CSV with a line of names.
        how: which column is what.
        fields: what all flights are assigned; a column of the same field goes before it.

    Raises:
        BadRequest, TooLarge: no such logbook; nothing is entered.
        NotFound: a person it names is not entered; nothing is.
    """
    rows = list(imported(text, how))
    good = [row for row in rows if isinstance(row, ImportedRow)]
    problems = tuple(row for row in rows if isinstance(row, ImportProblem))
    values = _all_fields(store, caller, good, fields)
    book = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    received = _brought(store, caller, [_entry(row, book) for row in good], progress)
    flights = [r.flights[0] if len(r.flights) == 1 else "" for r in received]
    new = {f: v for f, v, r in zip(flights, values, received, strict=True) if f and not r.duplicate}
    failed = [ImportProblem(row.row, r.message) for row, f, r in zip(good, flights, received, strict=True) if not f]
    with store.catalogue.commit(caller) as writer:
        _assign(writer, new, f"imported logbook {book}", store.now_us())
        counts = {"flights": len(new), "rows": len(rows), "problems": len(problems) + len(failed)}
        writer.event("logbook.imported", about=book, details=json.dumps(counts), at_us=store.now_us())
    known = sum(r.duplicate for r in received)
    return Imported(tuple(new), known, tuple(sorted([*problems, *failed], key=lambda p: p.row)))


def entry_bytes(entry: FlightEntry) -> bytes:
    """Write an entry as the format "flight-entry" has it; the same entry always gives the same bytes."""
    a, home = entry.aircraft, entry.home
    told: dict[str, object] = {"groundside_flight": 1}
    told |= {"local_start": entry.day} if entry.start_us is None else {"start_us": entry.start_us}
    told["seconds"] = entry.seconds
    craft = {"name": a.name, "model": a.model, "serial": a.serial, "kind": a.kind}
    told |= {"aircraft": {name: value for name, value in craft.items() if value}}
    optional = {
        "home": None if home is None else [home.lon, home.lat],
        "distance_m": entry.distance_m,
        "max_height_m": entry.max_height_m,
        "row": entry.row or None,
    }
    told |= {name: value for name, value in optional.items() if value is not None}
    return json.dumps(told, separators=(",", ":"), allow_nan=False).encode()


def _check(entry: FlightEntry) -> None:
    if not 0.0 <= entry.seconds <= LONGEST_S:
        what = f"A flight of {entry.seconds:.0f} s cannot be."
        raise BadRequest(what, try_this="--minutes 12.5")
    if entry.home is not None and not entry.home.is_position:
        what = "That is no place."
        raise BadRequest(what, try_this="write longitude first: --at 8.20,47.46")


def _name(entry: FlightEntry) -> str:
    of = re.sub(r"[^A-Za-z0-9-]+", "-", entry.aircraft.name or entry.aircraft.serial or "flight")[:40]
    return f"entered-{of}-{entry.day or entry.start_us}.json"


def _entry(row: ImportedRow, book: str) -> FlightEntry:
    texts = row.texts
    lon, lat = row.number("lon"), row.number("lat")
    craft = {name: texts.get(key, "") for name, key in _CRAFT.items()}
    place = LonLat(lon, lat) if lon is not None and lat is not None else None
    return FlightEntry(
        start_us=row.start_us,
        seconds=row.seconds,
        day=row.day,
        aircraft=Aircraft(**craft),
        home=place if place is not None and place.is_position else None,
        distance_m=row.number("distance_m"),
        max_height_m=row.number("max_height_m"),
        row="" if row.start_us is not None else f"{book}/{row.row}",
    )


_CRAFT = {"name": "aircraft", "serial": "serial", "model": "model", "kind": "kind"}


def _all_fields(
    store: Store, caller: Caller, rows: list[ImportedRow], fields: Mapping[Field, str]
) -> list[dict[str, str]]:
    names = {"pilot": Field.PIC} | {each.value: each for each in Field if each is not Field.PIC}
    known: dict[tuple[tuple[Field, str], ...], dict[str, str]] = {}
    found: list[dict[str, str]] = []
    with store.catalogue.read() as reader:
        for row in rows:
            own = {of: row.texts[name] for name, of in names.items() if name in row.texts}
            key = tuple(sorted({**fields, **own}.items()))
            if key not in known:
                try:
                    known[key] = {f.value: v for f, v in checked_fields(reader, dict(key), caller.scope).items()}
                except (NotFound, BadRequest) as error:
                    what = f"Row {row.row}: {error.what} Nothing was imported."
                    raise type(error)(what, try_this=error.try_this) from error
            found.append(known[key])
    return found


def _brought(store: Store, caller: Caller, entries: list[FlightEntry], progress: Tell) -> list[Received]:
    """Take the entries in as files are, through a folder that is gone afterwards."""
    results: list[Received] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, entry in enumerate(entries):
            (Path(folder) / f"{number:07}-{_name(entry)}").write_bytes(entry_bytes(entry))
        found = list(walk([Path(folder)], lambda _: False))
        for received in bring(store, caller, found, How()):
            results.append(received)
            progress(Step(len(results), len(found), len(results), len(found), received.file))
    return results


def _assign(writer: Writer, values: Mapping[str, Mapping[str, str]], said: str, now_us: int) -> None:
    wanted = {one: {n: v for n, v in fields.items() if v} for one, fields in values.items()}
    if not any(wanted.values()):
        return
    batch, digest = writer.assign(said, wanted, at_us=now_us)
    details = json.dumps({"flights": batch.flights, "sha256": digest})
    writer.event("assign", about=batch.id, details=details, at_us=now_us)
