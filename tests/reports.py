"""Logbooks, flights and plans to be printed, of which a test states only what matters to it."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from groundside.archive.logbook import BookEntry, Logbook
from groundside.archive.signing import SignedState
from groundside.model.assignment import Field, SignedMonth
from groundside.model.logbook import Basis, CarriedOver, Grouping, Light, LogbookLine, Sight
from groundside.model.pilot import Person
from groundside.produce.logbook.hours import totals
from tests.logbook_builders import flight

MADE_US = 1_800_000_000_000_000
"""2027-01-15 08:00 UTC."""
ANN = Person(id="a" * 32, name="Ann Example", zone="America/Chicago")
BOB = Person(id="b" * 32, name="Bob Other", zone="America/Chicago")
HOSTILE = (
    '#read("/etc/passwd") $x^2$ *bold* _it_ @cite <label> \\ `raw` // gone /* gone */ [x] #eval("1+1")',
    "https://example.org/" + "very-long-word" * 30,
    "עברית مرحبا \u202egnp.exe\u202c",
    "😀👩‍🚀 東京 \x00\x07\x1b[2J \ue000 \udc80",
)


def entry(number: int, start: datetime, seconds: float, *, dark: float = 0.0, **told: object) -> BookEntry:
    """One line: flown from `start`, `dark` the share of it at night."""
    told = {
        "said": {Field.PIC: ANN.id},
        "place": "Aberdeen, South Dakota, US",
        "notes": (),
        "basis": Basis.AIRBORNE,
    } | told
    said, place = told.pop("said"), told.pop("place")
    notes, basis = told.pop("notes"), told.pop("basis")
    us, total = int(start.timestamp()) * 1_000_000, round(seconds * 1000)
    night = round(total * dark)
    of = flight(
        f"{number:032x}", start_us=us, minutes=seconds / 60,
        **({"aircraft": "N12345", "type": "DJI M300 RTK", "pilot": ANN.id} | told),
    )  # fmt: skip
    light = Light(day_ms=total - night, night_ms=night)
    line = LogbookLine(flight=of, date=start.date(), total_ms=total, basis=basis, light=light, notes=notes)
    return BookEntry(line, said, place, us)  # type: ignore[arg-type]


def entries(count: int, seed: int = 1) -> list[BookEntry]:
    """So many flights, two a day, of odd lengths, some at night, beyond sight or simulated."""
    pick = random.Random(seed)
    begin = datetime(2024, 1, 3, 15, tzinfo=UTC)
    return [
        entry(
            n, begin + timedelta(hours=12 * n, minutes=pick.randrange(200)), pick.uniform(60, 2400),
            dark=pick.choice((0, 0, 0, 0.31, 1)), sight=pick.choice((Sight.WITHIN, Sight.BEYOND)),
            simulated=pick.random() < 0.05, aircraft=pick.choice(("N12345", "N67890")),
            said={Field.PIC: ANN.id, Field.OBSERVER: BOB.id, Field.PURPOSE: "survey of bridges", Field.SITE: f"Span {n}"},
            notes=("the light was told from the place of take-off",) if n % 7 == 0 else (),
        )
        for n in range(count)
    ]  # fmt: skip


def book(of: Sequence[BookEntry], carried: Sequence[CarriedOver] = (), **told: object) -> Logbook:
    """Ann's logbook of these lines."""
    sums = totals([each.line for each in of], carried, Grouping.MONTH)
    names = {ANN.id: ANN.name, BOB.id: BOB.name}
    given = Logbook(
        pilot=ANN, by=Grouping.MONTH, totals=sums, parts=(), entries=tuple(of), names=names, carried=tuple(carried),
        signed=(),
    )  # fmt: skip
    return replace(given, **told)  # type: ignore[arg-type]


def before(minutes: int = 7230) -> CarriedOver:
    """Hours of Ann's from before 2024, most of them of unknown light."""
    return CarriedOver(
        id="c1", pilot=ANN.id, as_of=date(2024, 1, 1), total_ms=minutes * 60_000, day_ms=3_600_000, night_ms=600_000
    )


def signed(month: str = "2024-01", changed: tuple[str, ...] = ()) -> SignedState:
    """A signed month."""
    of = SignedMonth(
        pilot=ANN.id, month=month, digest="ab" * 32, lines={"f": "d"}, total_ms=3_600_000, simulated_ms=0,
        signed_by="ann", signed_us=MADE_US, note="checked",
    )  # fmt: skip
    return SignedState(of, changed)


def pages(pdf: bytes) -> int:
    """Count the pages of a PDF, in object streams too."""
    found = pdf
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found += zlib.decompress(stream)
        except zlib.error:
            continue
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", found))
