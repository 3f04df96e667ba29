"""`groundside flight ID` shows one; `groundside flight add` enters one of an aircraft that writes no log."""

from __future__ import annotations

from typing import Annotated

import typer

from groundside.errors import BadRequest
from groundside.model.assignment import Field
from groundside.see.cli.assigning import saying
from groundside.see.cli.console import say, write_json
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.dates import moment_us
from groundside.see.cli.filters import near_of
from groundside.see.cli.flights import flight
from groundside.see.cli.grouping import ShowsByDefault
from groundside.see.days import day_of


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    family = typer.Typer(
        help="Show one flight: its facts, sources, problems and notes; or add one.", cls=ShowsByDefault
    )
    family.command("show", epilog="Example: groundside flight 4f2a --json")(flight)
    family.command(
        "add",
        epilog="Example: groundside flight add --start 2026-05-01T10:00 --zone Europe/Zurich --minutes 12",
    )(add)
    app.add_typer(family, name="flight")


@saying
def add(  # noqa: PLR0913 - one for each option
    fields: dict[Field, str],
    start: Annotated[str, typer.Option("--start", help="When it took off.", metavar="TIME")] = "",
    day: Annotated[str, typer.Option("--day", help="Only the day, where the time is not known.", metavar="DATE")] = "",
    minutes: Annotated[float, typer.Option("--minutes", help="In the air.", min=0.0)] = 0.0,
    zone: Annotated[str, typer.Option("--zone", help="IANA time zone of the time.")] = "UTC",
    at: Annotated[str, typer.Option("--at", help="Where it took off.", metavar="LON,LAT")] = "",
    aircraft: Annotated[str, typer.Option("--aircraft", help="Name of the aircraft.")] = "",
    serial: Annotated[str, typer.Option("--serial", help="Its serial number.")] = "",
    model: Annotated[str, typer.Option("--model", help="Its model.")] = "",
    kind: Annotated[str, typer.Option("--kind", help="multirotor, plane, vtol or rover.")] = "",
    distance_m: Annotated[float | None, typer.Option("--distance-m", help="Flown, in metres.", min=0.0)] = None,
    max_height_m: Annotated[float | None, typer.Option("--max-height-m", help="Above take-off, in metres.")] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter a flight of an aircraft that writes no log."""
    from groundside.archive.entering import FlightEntry
    from groundside.model.recording import Aircraft

    local = day_of(day)
    if bool(start) == (local is not None) or not minutes:
        what = "When it was, or how long, was not said (once)."
        raise BadRequest(what, try_this="groundside flight add --start 2026-05-01T10:00 --minutes 12")
    place = near_of(f"{at},0", None) if at else None
    entry = FlightEntry(
        start_us=moment_us(start, zone), seconds=minutes * 60.0, day=local.isoformat() if local else "",
        aircraft=Aircraft(name=aircraft, serial=serial, model=model, kind=kind), home=place.point if place else None,
        distance_m=distance_m, max_height_m=max_height_m,
    )  # fmt: skip
    with opened(archive) as it:
        found = it.add_flight(caller(), entry, fields)
    if as_json:
        write_json({"flight": found})
        return
    say(f"Entered: groundside flight {found[:8]}")
