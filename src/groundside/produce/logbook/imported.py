"""
Flights of another logbook, out of a CSV file with named columns.

Nothing is guessed: which column is what is told by whoever imports, or by a column that bears the very name of a field;
dates that are not ISO 8601 need their form, durations that are a plain number their unit. A row of which that cannot be
read is left out and said, and the others go on.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import get_close_matches

from groundside.errors import BadRequest, TooLarge
from groundside.produce.logbook.local_days import zone_info

FIELDS = (
    "start", "date", "time", "end", "duration", "pilot", "aircraft", "serial", "model", "kind", "lon", "lat", "purpose",
    "project", "client", "site", "risk", "sight", "observer", "distance_m", "max_height_m",
)  # fmt: skip
"""What a column can be. `start` and `end` are date and time together; `date` and `time` are apart."""
UNITS = {"hours": 3600.0, "minutes": 60.0, "seconds": 1.0}
MOST_CHARACTERS = 64 * 2**20
MOST_ROWS = 200_000
_CLOCK = re.compile(r"(\d{1,4}):([0-5]?\d)(?::([0-5]?\d(?:\.\d+)?))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """
    How to read the file.

    Args:
        columns: field to the name of its column.
        zone: of times that state none, IANA.
        dates: form of dates that are not ISO 8601, as `datetime.strptime` has it; empty for ISO 8601.
        unit: of durations that are a plain number; empty where there are none.
        delimiter: between columns; empty where it is to be told from the first line.
    """

    columns: Mapping[str, str]
    zone: str = "UTC"
    dates: str = ""
    unit: str = ""
    delimiter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """
    One flight of the file.

    Args:
        row: line of the file, the first after the names is 2.
        start_us: UTC; None where the file states a date and no time. day: that date.
        seconds: in the air.
        texts: all other fields that are not empty.
    """

    row: int
    start_us: int | None
    day: str
    seconds: float
    texts: Mapping[str, str] = field(default_factory=dict[str, str])

    def number(self, name: str) -> float | None:
        """Give a field that is a number; None where it is empty or none."""
        try:
            found = float(self.texts.get(name, "").replace(",", "."))
        except ValueError:
            return None
        return found if math.isfinite(found) else None


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """A row that could not be read, and why."""

    row: int
    what: str


def imported(text: str, how: Mapped) -> Iterator[ImportedRow | ImportProblem]:
    """
    Read the flights of a CSV file, in its order.

    Raises:
        BadRequest: it has no such columns, or none that tells when a flight was or how long.
        TooLarge: more than 200,000 rows, or 64 MiB.
    """
    if len(text) > MOST_CHARACTERS:
        what = "The file is too large for a logbook."
        raise TooLarge(what, try_this="import it in parts")
    zone_info(how.zone)
    if how.unit and how.unit not in UNITS:
        what = f"{how.unit!r} is no unit of a duration."
        raise BadRequest(what, try_this="one of " + ", ".join(UNITS))
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=how.delimiter or _delimiter(text))
    heads = [head.strip() for head in next(rows, [])]
    columns = _columns(heads, how)
    return _read(rows, columns, how)


def _read(rows: Iterator[list[str]], columns: Mapping[str, int], how: Mapped) -> Iterator[ImportedRow | ImportProblem]:
    for number, cells in enumerate(rows, 2):
        if number > MOST_ROWS + 1:
            what = f"The file has more than {MOST_ROWS:,} rows."
            raise TooLarge(what, try_this="import it in parts")
        texts = {name: cells[at].strip() for name, at in columns.items() if at < len(cells) and cells[at].strip()}
        if not texts:
            continue
        try:
            yield _row(number, texts, how)
        except ValueError as error:
            yield ImportProblem(number, str(error))


def _columns(heads: list[str], how: Mapped) -> dict[str, int]:
    """Find the column of each field: the one named for it, or else the one that bears its very name."""
    own = {head.casefold().replace(" ", "_"): head for head in heads}
    found = {name: heads.index(own[name]) for name in FIELDS if name in own}
    for name, head in how.columns.items():
        for given, known, what in ((name, FIELDS, "field"), (head, tuple(heads), "column")):
            if given not in known:
                near = get_close_matches(given, known, n=1, cutoff=0.0)
                message = f"There is no {what} {given[:60]!r}."
                raise BadRequest(message, try_this=f"did you mean {near[0]!r}?" if near else "--map FIELD=COLUMN")
        found[name] = heads.index(head)
    if not {"start", "date"} & set(found) or not {"duration", "end"} & set(found):
        what = f"No column says when a flight was (start, date), or how long (duration, end): {', '.join(heads)[:300]}."
        raise BadRequest(what, try_this="groundside logbook import FILE --map date=COLUMN --map duration=COLUMN")
    return found


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _row(number: int, texts: dict[str, str], how: Mapped) -> ImportedRow:
    start, timed = _start(texts, how)
    seconds = _seconds(texts, how, start if timed else None)
    others = {n: v for n, v in texts.items() if n not in {"start", "date", "time", "end", "duration"}}
    us = round(start.astimezone(zone_info("UTC")).timestamp() * 1e6) if timed else None
    return ImportedRow(row=number, start_us=us, day=start.date().isoformat(), seconds=seconds, texts=others)


def _start(texts: Mapping[str, str], how: Mapped) -> tuple[datetime, bool]:
    """Give when it began, and whether the time of day is known."""
    if "start" in texts:
        return _moment(texts["start"], how), True
    if "date" not in texts:
        what = "it does not say when the flight was"
        raise ValueError(what)
    clock = texts.get("time", "")
    if not clock:
        return _moment(texts["date"], how), False
    day = _moment(texts["date"], how).date()
    for form in ("%H:%M:%S", "%H:%M", "%I:%M %p", "%I:%M:%S %p"):
        try:
            at = datetime.strptime(clock, form)
        except ValueError:
            continue
        return datetime.combine(day, at.time(), zone_info(how.zone)), True
    what = f"{clock[:40]!r} is no time of day"
    raise ValueError(what)


def _moment(text: str, how: Mapped) -> datetime:
    try:
        found = datetime.strptime(text, how.dates) if how.dates else datetime.fromisoformat(text)
    except ValueError:
        form = f"of the form {how.dates!r}" if how.dates else "as 2026-05-01; say its form with --dates"
        what = f"{text[:40]!r} is no date {form}"
        raise ValueError(what) from None
    if not 1900 <= found.year < 2200:
        what = f"{text[:40]!r} is not within 1900 to 2199"
        raise ValueError(what)
    return found if found.tzinfo is not None else found.replace(tzinfo=zone_info(how.zone))


def _seconds(texts: Mapping[str, str], how: Mapped, start: datetime | None) -> float:
    given = texts.get("duration", "")
    seconds = _length(given, how) if given else _until_end(texts, how, start)
    if not 0.0 <= seconds <= timedelta(days=30).total_seconds():
        what = f"a flight of {seconds:.0f} s cannot be"
        raise ValueError(what)
    return seconds


def _length(text: str, how: Mapped) -> float:
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = clock.groups()
        if seconds is None and how.unit == "minutes":  # mm:ss
            return int(hours) * 60.0 + int(minutes)
        return int(hours) * 3600.0 + int(minutes) * 60.0 + float(seconds or 0.0)
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        what = f"{text[:40]!r} is no duration"
        raise ValueError(what) from None
    if not how.unit:
        what = f"the unit of the duration {text[:40]!r} is not known; say it with --unit"
        raise ValueError(what)
    if not math.isfinite(number):
        what = f"{text[:40]!r} is no duration"
        raise ValueError(what)
    return number * UNITS[how.unit]


def _until_end(texts: Mapping[str, str], how: Mapped, start: datetime | None) -> float:
    if start is None or "end" not in texts:
        what = "it does not say how long the flight was"
        raise ValueError(what)
    return (_moment(texts["end"], how) - start).total_seconds()
