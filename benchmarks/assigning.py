"""Five thousand flights assigned at once, and taken back; against the same rows written by plain SQLite."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import insert

from groundside.archive.archive import Archive
from groundside.archive.assigning import Which
from groundside.archive.logbook import LogbookQuery
from groundside.archive.people import PersonChange
from groundside.keep import schema
from groundside.keep.bulk_flights import NewFlight, _like, _row
from groundside.keep.catalogue import Writer
from groundside.keep.flight_sums import counted_of, recount_new
from groundside.keep.rows import FlightFacts
from groundside.model.assignment import Field
from groundside.model.caller import Caller
from groundside.model.flight import Cut
from groundside.model.place import LonLat
from groundside.model.query import FlightQuery
from groundside.model.recording import Aircraft, TimeBasis

WHO = Caller("benchmark", "test")
FLIGHTS = 5_000
START_US, DAY_US = 1_700_000_000_000_000, 86_400_000_000


def rows(corpus: Path, median_s: Callable[[Callable[[], object]], float]) -> Iterator[dict[str, object]]:
    """CPU of each step, once: assigning the same again would change nothing."""
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder) / "a", create=True) as archive:
        archive.add_person(WHO, "Ann", PersonChange())
        with archive.catalogue.commit(WHO) as writer:
            _add(writer)
        asked, fields = Which(query=FlightQuery()), {Field.PIC: "Ann", Field.PURPOSE: "survey"}
        steps = {
            "assign 5,000 flights to a pilot and a purpose, CPU": lambda: archive.assign(WHO, asked, fields),
            "reassign them, CPU": lambda: archive.assign(WHO, asked, {Field.PURPOSE: "film"}),
            "undo that, CPU": lambda: archive.undo_assign(WHO, "latest"),
            "the logbook of 5,000 flights, CPU": lambda: archive.logbook(WHO, LogbookQuery(pilot="Ann")),
        }
        plain = _cpu_s(lambda: _plain(Path(folder) / "plain.sqlite"))
        for what, step in steps.items():
            ours = _cpu_s(step)
            yield {
                "what": what,
                "median_ms": ours * 1e3,
                "peer": "10,000 rows in plain SQLite",
                "times_peer": plain / ours,
            }


def _add(writer: Writer) -> None:
    new = [
        NewFlight(case="general", facts=FlightFacts(summary=_cut(n)), file_name=f"{n}.bin", path=None, why="")
        for n in range(FLIGHTS)
    ]
    rows = [_row(each, START_US) for each in new]
    writer.connection.execute(insert(schema.flight), rows)
    recount_new(writer.connection, [counted_of(_like(row)) for row in rows])


def _cut(number: int) -> Cut:
    start = START_US + number * DAY_US // 7
    return Cut(
        ordinal=0, first_row=0, end_row=0, time_basis=TimeBasis.UTC_GNSS, time_error_s=1.0, recording_start_us=start,
        recording_s=700.0, takeoff_us=start, landing_us=start + 600_000_000, airborne_s=600.0,
        home=LonLat(-98.5, 45.5), aircraft=Aircraft(name=f"A{number % 5}"),
    )  # fmt: skip


def _plain(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE a (id TEXT PRIMARY KEY, flight TEXT, field TEXT, value TEXT)")
        connection.executemany(
            "INSERT INTO a VALUES (?, ?, ?, ?)", ((f"{n:032}", str(n), "f", "v") for n in range(10_000))
        )


def _cpu_s(run: Callable[[], object]) -> float:
    began = time.process_time()
    run()
    return time.process_time() - began
