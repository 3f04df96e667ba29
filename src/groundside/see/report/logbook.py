"""The pilot's logbook on paper: line by line, totals on each page and carried forward, and room for signatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from groundside.errors import TooLarge
from groundside.model.assignment import Field
from groundside.model.logbook import Basis
from groundside.see.logbook_shapes import named
from groundside.see.report.compile import pdf
from groundside.see.report.lettering import LONGEST_RUN
from groundside.see.report.logbook_lines import Line, Page, Seconds, added, carried_seconds, lines_of, pages_of
from groundside.see.report.words import UNKNOWN, at, clock, moment, offset, plural
from groundside.see.text import shown_text

if TYPE_CHECKING:
    from groundside.archive.logbook import BookEntry, Logbook
    from groundside.archive.people import PersonRecord
    from groundside.archive.signing import SignedState
    from groundside.model.logbook import CarriedOver, Hours

MOST_FLIGHTS = 5_000
"""These take some 20 s of one core, and 1.3 GB while they are laid out."""
LIMITS = {"place": 44, "type": 32, "aircraft": 32, "crew": 32, "remarks": 44}
"""Characters that fit into two lines of a column; what is longer stands in full among the notes."""
Shape = dict[str, Any]


def logbook_pdf(book: Logbook, made_us: int, first: date | None = None, holds: Sequence[PersonRecord] = ()) -> bytes:
    """
    Write a logbook as an inspector reads it.

    Args:
        book: from the beginning on, or the totals brought forward would not be those of the pilot.
        made_us: when it is printed, UTC microseconds.
        first: first local day that is printed line by line; earlier ones are brought forward as a sum.
        holds: records of people, for the certificates of this one.

    Raises:
        TooLarge: it has more than `MOST_FLIGHTS` lines.
    """
    return pdf("logbook", logbook_told(book, made_us, first, holds), made_us)


def logbook_told(book: Logbook, made_us: int, first: date | None = None, holds: Sequence[PersonRecord] = ()) -> Shape:
    """Give what the template of the logbook shows; see `logbook_pdf`."""
    every = lines_of(book.entries, book.totals)
    early = [each for each in every if first is not None and _day(each) < first]
    shown = [each for each in every if first is None or _day(each) >= first]
    if len(shown) > MOST_FLIGHTS:
        what = f"{len(shown):,} flights are too many for one document; {MOST_FLIGHTS:,} are the most."
        raise TooLarge(what, try_this="print them year by year with --from and --to")
    carried = carried_seconds(book.totals, book.entries)
    pages = pages_of(shown, carried + added(each.seconds for each in early))
    notes = _Notes()
    owner = book.pilot.name if book.pilot else "all pilots"
    zone = book.pilot.zone if book.pilot else "UTC"
    return {
        "title": f"Pilot's logbook: {owner}" if book.pilot else "Logbook of all pilots",
        "foot": f"Logbook of {owner}. Printed {moment(made_us, zone)}. Times are hours:minutes:seconds.",
        "owner": owner,
        "crew": "Observers" if book.pilot else "Pilot, observers",
        "pages": [_page(page, book, notes, zone) for page in pages],
        "notes": notes.told(),
        "cover": _cover(book, holds, first, (shown, early)),
        "before": [["Carried over from another logbook", *_sums(carried)],
                   ["Flights before the first page", *_sums(added(each.seconds for each in early))]],
        "whole": _sums(pages[-1].to_date),
        "exact": _exact(book.totals.flown.whole),
        "by": book.by.value,
        "groups": [[named(key, book.names) or UNKNOWN, *_hours(hours)] for key, hours in book.totals.flown.groups],
        "carried": _carried(book),
        "signed": [_signed(each, zone) for each in book.signed],
        "signer": book.pilot.name if book.pilot else "",
    }  # fmt: skip


def _day(line: Line) -> date:
    return line.entry.line.date or date.max


class _Notes:
    """Sentences that lines refer to by number, each once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._lines: dict[str, list[int]] = {}

    def number(self, text: str, line: int) -> int:
        """Give the number of a sentence."""
        self._lines.setdefault(text, []).append(line)
        return self._numbers.setdefault(text, len(self._numbers) + 1)

    def told(self) -> list[list[str]]:
        """List them: number, sentence, lines."""
        return [[str(n), text, spans(self._lines[text])] for text, n in self._numbers.items()]


def spans(numbers: Sequence[int]) -> str:
    """
    Say which numbers of a rising row.

    >>> spans([1, 2, 3, 7, 9, 10])
    '1–3, 7, 9–10'
    """
    runs: list[list[int]] = []
    for each in numbers:
        if runs and each == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], each]
        else:
            runs.append([each])
    return ", ".join("–".join(map(str, run)) for run in runs)


def _page(page: Page, book: Logbook, notes: _Notes, zone: str) -> Shape:
    sums = (("Brought forward", page.before), ("Total of this page", page.here), ("Total to date", page.to_date))
    return {
        "rows": [_row(line, book, notes, zone) for line in page.lines],
        "sums": [[name, plural(each.flights, "flight"), *_sums(each)] for name, each in sums],
    }


def _row(line: Line, book: Logbook, notes: _Notes, zone: str) -> list[str]:
    entry, flight, seconds = line.entry, line.entry.line.flight, line.seconds
    said = {field: named(entry.said.get(field, ""), book.names) for field in Field}
    crew = [said[Field.OBSERVER]] if book.pilot else [said[Field.PIC], said[Field.OBSERVER]]
    remarks = [said[field] for field in (Field.PURPOSE, Field.SITE, Field.PROJECT, Field.CLIENT, Field.RISK)]
    texts = {
        "place": entry.place, "type": flight.type, "aircraft": flight.aircraft,
        "crew": ", ".join(filter(None, crew)), "remarks": "; ".join(filter(None, remarks)),
    }  # fmt: skip
    texts = {name: shown_text(text) for name, text in texts.items()}
    cited = [f"In no sum: {line.why_not}." if line.why_not else "", *map(_sentence, entry.line.notes)]
    if entry.line.basis is Basis.RECORDING:
        cited.append("The time in the air is unknown: the length of the recording stands for it.")
    cited += [f"{name.capitalize()} in full: {text}" for name, text in texts.items() if not _fits(text, name)]
    marks = ",".join(str(notes.number(each, line.number)) for each in dict.fromkeys(filter(None, cited)))
    day = entry.line.date.isoformat() if entry.line.date else UNKNOWN
    cells = [_short(text, LIMITS[name]) for name, text in texts.items()]
    times = [UNKNOWN, *[""] * 6] if line.why_not else _sums(seconds, blank=True)
    return [str(line.number), day, *_clocks(entry, zone), *cells, *times, marks]


def _fits(text: str, column: str) -> bool:
    """Say whether a text fits into two lines of its column; a long word may take a line of its own."""
    return len(text) <= LIMITS[column] and all(len(word) <= LONGEST_RUN for word in text.split())


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _clocks(entry: BookEntry, zone: str) -> list[str]:
    """Give the local time of take-off and of landing, and the zone that they stand in."""
    flight = entry.line.flight
    where = flight.zone or zone
    begin = at(flight.takeoff_us if flight.takeoff_us is not None else flight.recording_start_us, where)
    end = at(flight.landing_us, where)
    if begin is None and flight.local_start:
        return [flight.local_start.replace("T", " ")[-8:][:5], "", "local"]
    told = [UNKNOWN if each is None else f"{each:%H:%M}" for each in (begin, end)]
    known = begin or end
    return [*told, "" if known is None else offset(known)]


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _sums(seconds: Seconds, *, blank: bool = False) -> list[str]:
    parts = (
        seconds.total, seconds.day, seconds.twilight, seconds.night, seconds.unknown, seconds.beyond,
        seconds.simulated,
    )  # fmt: skip
    return [clock(each, blank=blank) for each in parts]


def _hours(hours: Hours) -> list[str]:
    parts = (hours.total_ms, hours.day_ms, hours.twilight_ms, hours.night_ms, hours.unknown_light_ms)
    return [f"{hours.flights:,}", *(clock(round(ms / 1000)) for ms in parts)]


def _exact(hours: Hours) -> str:
    return f"{clock(hours.total_ms // 1000)}.{hours.total_ms % 1000:03}"


def _cover(
    book: Logbook, holds: Sequence[PersonRecord], first: date | None, lines: tuple[Sequence[Line], Sequence[Line]]
) -> Shape:
    shown, early = lines
    days = [each.entry.line.date for each in shown if each.entry.line.date is not None]
    mine = [record for record in holds if book.pilot is not None and record.person.id == book.pilot.id]
    left = [each for each in shown if each.why_not]
    span = f"{min(days)} to {max(days)}" if days else UNKNOWN
    return {
        "facts": [
            ["Pilot in command", book.pilot.name if book.pilot else "all"],
            ["Home time zone", book.pilot.zone if book.pilot else "UTC"],
            ["Days of flights", span],
            ["Lines", f"{plural(len(shown), 'flight')}, {len(left)} of them in no sum"],
            ["Earlier flights", f"{plural(len(early), 'flight')} before {first}" if early else "none left out"],
            ["Signed months", plural(len(book.signed), "month")],
        ],
        "certificates": [
            [q.kind, q.number or UNKNOWN, q.obtained.isoformat(), q.expires.isoformat() if q.expires else UNKNOWN]
            for record in mine
            for q in record.qualifications
        ],
    }


def _carried(book: Logbook) -> list[list[str]]:
    return [
        [
            f"{one.since or 'the beginning'} until {one.as_of}",
            ", ".join(filter(None, (one.aircraft, one.type, one.purpose))) or "all flights",
            "simulated" if one.simulated else "flown",
            *(UNKNOWN if ms is None else clock(round(ms / 1000)) for ms in _carried_parts(one)),
        ]
        for one in book.carried
    ]


def _carried_parts(one: CarriedOver) -> tuple[int | None, ...]:
    return (one.total_ms, one.day_ms, one.twilight_ms, one.night_ms)


def _signed(state: SignedState, zone: str) -> Mapping[str, Any]:
    signed = state.signed
    return {
        "cells": [
            signed.month, plural(len(signed.lines), "flight"), clock(round(signed.total_ms / 1000)), signed.signed_by,
            moment(signed.signed_us, zone), "; ".join(state.changed) or "stands as signed",
        ],
        "stands": not state.changed, "digest": signed.digest, "note": signed.note,
    }  # fmt: skip
