"""`groundside events`: what happened in a flight, and the draft of an incident report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.words import UNKNOWN, local_words, seconds_words
from groundside.see.text import error_words

if TYPE_CHECKING:
    from groundside.archive.happened import Happened
    from groundside.model.happening import Happening, IncidentDraft, Limits, Severity

FlightId = Annotated[str, typer.Argument(help="Id of the flight, or the first characters of it.", metavar="FLIGHT")]


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example: groundside events 4f2a --severity warning --max-height 120")(events)


def events(  # noqa: PLR0913 - one for each option
    id: FlightId,
    severity: Annotated[str, typer.Option("--severity", help="At least: info, notice, warning, critical.")] = "info",
    max_height: Annotated[
        float | None, typer.Option("--max-height", help="Height limit above take-off.", metavar="METRES")
    ] = None,
    max_range: Annotated[
        float | None, typer.Option("--max-range", help="Limit of distance from home.", metavar="METRES")
    ] = None,
    fence: Annotated[
        Path | None, typer.Option("--fence", help="Area not to be left: a GeoJSON file.", metavar="AREA.geojson")
    ] = None,
    incident: Annotated[bool, typer.Option("--incident", help="Draft an incident report instead.")] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show phases and events of a flight: when, where, how grave, and which rows of which log tell of it."""
    from groundside.see.fleet_shapes import happened_shape, incident_shape

    least, limits = _severity(severity), _limits(max_height, max_range, fence)
    with opened(archive) as it:
        flight = it.resolve(caller(), id)
        if incident:
            draft = it.incident(caller(), flight)
            if as_json:
                write_json(incident_shape(draft))
            else:
                _write_draft(draft)
            return
        found = it.happened(caller(), flight, limits)
    kept = tuple(each for each in found.happenings if each.severity >= least)
    if as_json:
        from dataclasses import replace

        write_json(happened_shape(replace(found, happenings=kept)))
        return
    _write(found, kept)


def _severity(text: str) -> Severity:
    from groundside.errors import BadRequest
    from groundside.model.happening import Severity

    try:
        return Severity[text.upper()]
    except KeyError as error:
        what = f"{text[:40]!r} is no severity."
        raise BadRequest(what, try_this="--severity info, notice, warning or critical") from error


def _limits(max_height: float | None, max_range: float | None, fence: Path | None) -> Limits:
    from groundside.errors import BadRequest
    from groundside.model.happening import Limits

    ring = ()
    if fence is not None:
        from groundside.see.areas import area_in

        polygons = area_in(fence).polygons
        if len(polygons) != 1 or len(polygons[0]) != 1:
            what = "A fence is one polygon without holes."
            raise BadRequest(what, try_this="--fence AREA.geojson with one polygon")
        ring = polygons[0][0]
    return Limits(max_height_m=max_height, max_range_m=max_range, fence=ring)


def _write(found: Happened, kept: tuple[Happening, ...]) -> None:
    flight = found.flight
    zone = flight.place.time_zone if flight.place else ""
    utc = flight.summary.time_basis.is_utc
    first = found.phases[0].start_us if found.phases else None

    def when(us: int | None) -> str:
        if us is None:
            return UNKNOWN
        return local_words(us, zone or "UTC") if utc else f"{(us - (first or 0)) / 1e6:.1f} s"

    rows = [(p.phase.value, when(p.start_us), seconds_words(p.seconds)) for p in found.phases]
    write_table(["phase", "from", "for"], rows)
    if found.wind is not None:
        error = error_words(found.wind.error_mps)
        show(f"wind {found.wind.speed_mps:.1f}{error} m/s from {found.wind.from_deg:.0f}° ({found.wind.basis})")
    told = [
        (
            when(h.start_us),
            h.severity.name.lower(),
            h.kind,
            UNKNOWN if h.place is None else f"{h.place.lon:.6f}, {h.place.lat:.6f}",
            h.sentence,
            ", ".join(f"{e.table} {e.first_row}-{e.end_row - 1}" for e in h.evidence[:3]),
        )
        for h in kept
    ]
    write_table(["time", "severity", "kind", "lon, lat", "note", "rows"], told)
    say(f"{len(kept)} of {len(found.happenings)} events." + ("" if utc else " UTC is unknown: seconds of the log."))


def _write_draft(draft: IncidentDraft) -> None:
    show(f"Draft of an incident report: {draft.why}")
    for name, value in draft.facts:
        show(f"  {name:<32}{value}")
    for each in draft.happenings:
        at = local_words(each.start_us) if draft.time_basis.is_utc else UNKNOWN
        show(f"  {at}  {each.severity.name.lower():<9}{each.sentence}")
    show("To be answered by a person; no log tells:")
    for question in draft.questions:
        show(f"  [ ] {question.asks}  ({question.source.title})")
