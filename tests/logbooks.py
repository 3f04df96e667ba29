"""Archives with a logbook, for tests: many flights entered at once, of which a test knows the sums."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from groundside.archive.archive import Archive
from groundside.archive.entering import Mapped
from groundside.archive.people import PersonChange
from groundside.model.assignment import Field
from groundside.model.caller import Caller, Scope
from groundside.model.pilot import Qualification
from groundside.settings import Settings
from groundside.workers import HERE

WHO = Caller("tester", "test", "to see what it does")
NOBODY = Caller("stranger", "test", scope=Scope(frozenset()))
HEADS = "start,duration,aircraft,serial,pilot,purpose,sight,lon,lat"
EMPTY = Mapped(columns={})
AS_HOURS = Mapped(columns={}, unit="hours")


def certificate(kind: str, obtained: date, expires: date | None = None) -> Qualification:
    return Qualification(id="", pilot="", kind=kind, obtained=obtained, expires=expires)


def with_people(folder: Path, *names: str) -> Archive:
    """A new archive with some people."""
    archive = Archive.open(folder / "archive", Settings(workers=HERE), create=True)
    for name in names:
        archive.add_person(WHO, name, PersonChange(zone="America/Chicago"))
    return archive


def entered(archive: Archive, rows: list[str], **fields: str) -> tuple[str, ...]:
    """Enter flights, a row of `HEADS` each, and give their ids."""
    given = {Field(name): value for name, value in fields.items()}
    return archive.import_logbook(WHO, "\n".join([HEADS, *rows]), EMPTY, given).flights


def row(day: date, hour: int = 18, minutes: int = 10, *, craft: str = "A1", pilot: str = "", purpose: str = "") -> str:
    """A flight over open land, at a UTC hour of a day."""
    start = datetime(day.year, day.month, day.day, hour, tzinfo=UTC).isoformat()
    return f"{start},0:{minutes:02},{craft},{craft},{pilot},{purpose},,-98.51234,45.51234"


def many(count: int, pilots: tuple[str, ...], seed: int = 1) -> list[str]:
    """So many flights, all different, over two years and all hours of the day."""
    draw = random.Random(seed)
    return [
        row(
            date(2024, 1, 1) + timedelta(days=number * 5), draw.randrange(24), draw.randrange(1, 60),
            craft=draw.choice(["A1", "B2", "C3"]), pilot=draw.choice(pilots), purpose=draw.choice(["", "survey", "film"]),
        )
        for number in range(count)
    ]  # fmt: skip
