"""`groundside report`: one flight on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.see.cli.console import say, write_json
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened

if TYPE_CHECKING:
    from groundside.archive.archive import Archive
    from groundside.see.report.flight import FlightTold

FlightId = Annotated[str, typer.Argument(help="Id of the flight, or the first characters of it.", metavar="FLIGHT")]


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example: groundside report 4f2a --pdf morning.pdf")(report)


def report(
    flight: FlightId,
    pdf: Annotated[Path, typer.Option("--pdf", help="Write it to this file.", metavar="FILE")],
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a report of a flight: map, profile, facts, phases, events, sources, and what the ledger binds."""
    import time

    from groundside.see.files import written_whole
    from groundside.see.report.flight import flight_pdf

    with opened(archive) as it:
        told = _told(it, it.resolve(caller(), flight))
    content = flight_pdf(told, time.time_ns() // 1000)
    with written_whole(pdf) as stream:
        stream.write(content)
    if as_json:
        write_json({"flight": told.detail.flight.id, "file": str(pdf), "bytes": len(content)})
    else:
        say(f"{pdf}: {len(content):,} bytes")


def _told(it: Archive, flight_id: str) -> FlightTold:
    from groundside.errors import Locked, NotFound
    from groundside.see.report.flight import FlightTold

    detail, why, track = it.flight(caller(), flight_id), "", None
    try:
        track = it.track(caller(), flight_id)
    except (Locked, NotFound) as error:
        why = str(error)
    return FlightTold(
        detail=detail, track=track, happened=it.happened(caller(), flight_id),
        custody=it.flight_custody(caller(), flight_id), said=_said(it, flight_id), why_no_track=why,
    )  # fmt: skip


def _said(it: Archive, flight_id: str) -> dict[str, str]:
    """Give what stands of all that was said of a flight; what was said of it goes before what was of those merged."""
    from groundside.see.logbook_shapes import named

    standing = [each for each in it.assignments(caller(), flight_id) if each.ended_us is None]
    people = {one.person.id: one.person.name for one in it.people(caller())} if standing else {}
    standing.sort(key=lambda each: each.flight_id == flight_id)
    return {each.field.value: named(each.value, people) for each in standing}
