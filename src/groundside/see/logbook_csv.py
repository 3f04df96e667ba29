"""A logbook flight by flight as CSV, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from groundside.model.assignment import Field
from groundside.see.logbook_shapes import named
from groundside.see.text import iso

if TYPE_CHECKING:
    from groundside.archive.logbook import BookEntry, Logbook

HEADS = (
    "flight", "date", "takeoff_utc", "place", "aircraft", "type", "pilot", "observer", "purpose", "project", "client",
    "site", "sight", "risk", "simulated", "counted", "total_min", "basis", "day_min", "twilight_min", "night_min",
    "unknown_light_min", "part107_twilight_min", "notes",
)  # fmt: skip
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def logbook_csv(book: Logbook) -> bytes:
    """
    Write the flights of a logbook as CSV in UTF-8, a line for each; minutes with three decimals.

    Text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    totals = book.totals
    out = {each.flight_id for some in (totals.unknown, totals.covered, totals.doubtful) for each in some}
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEADS)
    for entry in book.entries:
        writer.writerow([_safe(cell) for cell in _cells(entry, book, counted=entry.line.flight.id not in out)])
    return stream.getvalue().encode("utf-8", "backslashreplace")


def _cells(entry: BookEntry, book: Logbook, *, counted: bool) -> list[str]:
    line, flight, light = entry.line, entry.line.flight, entry.line.light
    said = {field: named(entry.said.get(field, ""), book.names) for field in Field}
    day = line.date.isoformat() if line.date else ""
    told = (light.day_ms, light.twilight_ms, light.night_ms, light.unknown_ms) if light else (None,) * 4
    part107 = light.part107_twilight_ms if light and not light.part107_unknown_ms else None
    return [
        flight.id, day, iso(entry.takeoff_us) or "", entry.place, flight.aircraft, flight.type, said[Field.PIC],
        said[Field.OBSERVER], said[Field.PURPOSE], said[Field.PROJECT], said[Field.CLIENT], said[Field.SITE],
        said[Field.SIGHT], said[Field.RISK], "yes" if flight.simulated else "no", "yes" if counted else "no",
        _minutes(line.total_ms), line.basis.value, *map(_minutes, told), _minutes(part107), "; ".join(line.notes),
    ]  # fmt: skip


def _minutes(ms: int | None) -> str:
    return "" if ms is None else f"{ms / 60_000:.3f}"


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell
