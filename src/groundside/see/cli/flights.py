"""`groundside flights`, `flight`, `files`, `export`, `merge`, `unmerge`, `note`: the logbook in the shell."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.model.query import FlightOrder, FlightQuery
from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.filters import asking
from groundside.see.cli.words import UNKNOWN, bytes_words, local_words, metres_words, seconds_words

if TYPE_CHECKING:
    from groundside.model.flight import Flight
    from groundside.model.results import FlightDetail

FlightId = Annotated[str, typer.Argument(help="Id of the flight, or the first characters of it.", metavar="ID")]


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example: groundside flights --from 2026-05-01 --near 8.20,47.46 --within 500 --json")(flights)
    app.command()(files)
    app.command(epilog="Example: groundside export 4f2a --to gpx --out morning.gpx")(export)
    app.command()(merge)
    app.command()(unmerge)
    app.command()(note)


@asking
def flights(  # noqa: PLR0913 - one for each option
    asked: FlightQuery,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
    bench: Annotated[bool, typer.Option("--bench", help="Also recordings in which nothing flew.")] = False,
    order: Annotated[FlightOrder, typer.Option("--sort", help="What to sort by.")] = FlightOrder.START,
    ascending: Annotated[bool, typer.Option("--ascending", help="Smallest or earliest first.")] = False,
    limit: Annotated[int | None, typer.Option(help="No more than this many.", min=0)] = None,
) -> None:
    """List flights, newest first."""
    query = replace(asked, bench=bench, order=order, descending=not ascending, limit=limit)
    with opened(archive) as it:
        page = it.flights(caller(), query)
    if as_json:
        from groundside.see.shapes import flight_shape

        write_json([flight_shape(f) for f in page.flights])
        return
    _write_flights(page.flights)
    say(f"{len(page.flights)} of {page.total} flights. Times are local to each place.")


def flight(id: FlightId, archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Show one flight: its facts, sources, problems and notes."""
    with opened(archive) as it:
        detail = it.flight(caller(), it.resolve(caller(), id))
    if as_json:
        from groundside.see.shapes import detail_shape

        write_json(detail_shape(detail))
        return
    _describe(detail)


def files(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List every file that is kept, also those that nothing here understands."""
    with opened(archive) as it:
        rows = it.files(caller())
    if as_json:
        from groundside.see.shapes import files_shape

        write_json(files_shape(rows)["files"])
        return
    write_table(
        ["file", "size", "format", "state", "flights", "problems", "sha256"],
        [
            (
                r.file,
                bytes_words(r.size),
                r.format or UNKNOWN,
                r.state,
                str(len(r.flights)),
                str(r.problems),
                r.sha256.hex[:12],
            )
            for r in rows
        ],
        right=["size", "flights", "problems"],
    )


def export(
    id: Annotated[str, typer.Argument(help="The first characters of a flight's id; or photos, for all photos.")],
    to: Annotated[str, typer.Option(help="gpx, kml, geojson, csv or parquet; of photos: stac, geoparquet, geojson.")],
    out_file: Annotated[
        Path | None, typer.Option("--out", help="File to write, of photos a folder; standard output otherwise.")
    ] = None,
    archive: ArchiveOption = None,
) -> None:
    """Write the track of a flight as a file for another program, or a catalogue of all photos."""
    if id == "photos":
        from groundside.see.cli.kept_photos import export_photos

        export_photos(to, out_file, archive)
        return
    from groundside.see.exports.known import choose
    from groundside.see.files import written_whole

    exporter = choose(to)
    with opened(archive) as it:
        found = it.export(caller(), it.resolve(caller(), id), to)
    if out_file is None:
        exporter.write(found.flight, found.track, sys.stdout.buffer)
        return
    with written_whole(out_file) as stream:
        exporter.write(found.flight, found.track, stream)
    say(f"{out_file}: {found.track.table.num_rows:,} rows")


def merge(
    keep: Annotated[str, typer.Argument(help="Id of the flight that stays.")],
    other: Annotated[str, typer.Argument(help="Id of the flight that becomes a part of it.")],
    archive: ArchiveOption = None,
) -> None:
    """Say that two flights are one. Undo with: groundside unmerge OTHER."""
    with opened(archive) as it:
        merged = it.merge(caller(), it.resolve(caller(), keep), it.resolve(caller(), other))
    say(f"{merged.id} now has {len(merged.sources)} sources. Undo with: groundside unmerge {other}")


def unmerge(
    alias: Annotated[str, typer.Argument(help="Id of the flight that was merged into another.")],
    archive: ArchiveOption = None,
) -> None:
    """Undo a merge: the flight stands alone again, under the id it had."""
    with opened(archive) as it:
        restored = it.unmerge(caller(), alias)
    say(f"{restored.id} stands alone again.")


def note(
    id: FlightId,
    text: Annotated[str, typer.Argument(help="What to write on it.")],
    archive: ArchiveOption = None,
) -> None:
    """Write a note on a flight."""
    with opened(archive) as it:
        it.annotate(caller(), it.resolve(caller(), id), text)


def _write_flights(found: tuple[Flight, ...]) -> None:
    heads = [
        "id",
        "recording start",
        "airborne",
        "distance",
        "max height",
        "place",
        "aircraft",
        "sources",
        "state",
    ]
    write_table(heads, [_row(f) for f in found], right=["airborne", "distance", "max height"])


def _row(f: Flight) -> tuple[str, ...]:
    s = f.summary
    when = local_words(s.recording_start_us, f.place.time_zone if f.place else "UTC")
    if s.recording_start_us is None and s.local_start:
        when = f"{s.local_start.replace('T', ' ')[:19]} zone unknown"
    aircraft = s.aircraft.name or s.aircraft.model or s.aircraft.kind or UNKNOWN
    return (
        f.id[:8], when, seconds_words(s.airborne_s), metres_words(s.distance_m), metres_words(s.max_height_m),
        f.place.name if f.place else UNKNOWN, aircraft, str(len(f.sources)), ", ".join(_states(f)),
    )  # fmt: skip


def _states(f: Flight) -> list[str]:
    said = {
        "simulated": f.simulated,
        "track locked": f.summary.track_locked,
        "did not fly": f.summary.bench,
        "UTC unknown": not f.summary.time_basis.is_utc,
    }
    return [name for name, holds in said.items() if holds]


def _describe(detail: FlightDetail) -> None:
    f, s = detail.flight, detail.flight.summary
    zone = f.place.time_zone if f.place else ""
    error = "" if s.time_error_s is None else f", within {s.time_error_s:g} s"
    rows = {
        "flight": f.id + (f" (also {', '.join(f.aliases)})" if f.aliases else ""),
        "state": ", ".join(_states(f)) or "complete",
        "recording": f"{local_words(s.recording_start_us)} for {seconds_words(s.recording_s)}",
        "local time": local_words(s.recording_start_us, zone) if zone else s.local_start or UNKNOWN,
        "take-off": local_words(s.takeoff_us),
        "landing": local_words(s.landing_us),
        "airborne": seconds_words(s.airborne_s),
        "time basis": f"{s.time_basis}{error}",
        "distance": f"{metres_words(s.distance_m)} ({s.distance_basis or 'unknown'})",
        "max height": f"{metres_words(s.max_height_m)} above take-off",
        "max speed": UNKNOWN if s.max_speed_mps is None else f"{s.max_speed_mps:.1f} m/s",
        "range": f"{metres_words(s.max_range_m)} from home",
        "home": UNKNOWN if s.home is None else f"{s.home.lon:.6f}, {s.home.lat:.6f} (lon, lat)",
        "place": f.place.name if f.place else UNKNOWN,
        "aircraft": " ".join(filter(None, (s.aircraft.name, s.aircraft.model, s.aircraft.serial, s.aircraft.firmware))),
        "batteries": ", ".join(b.serial or f"slot {b.slot}" for b in s.batteries) or UNKNOWN,
        "track": f"{s.track_rows:,} rows",
    }
    for name, value in rows.items():
        show(f"{name:<12}{value or UNKNOWN}")
    lines = [f"source      {x.file} ({x.format}){' <- track' if x.chosen else ''}: {x.why}" for x in f.sources]
    lines += [f"inferred    {text}" for text in s.inferences]
    lines += [f"problem     {file}: {p.what}" for file, p in detail.problems]
    lines += [f"note        {n.text} ({n.author}, {local_words(n.at_us)})" for n in detail.notes]
    lines += [
        f"offer       same flight as {o.flight[:8]}? {o.why}; if so: groundside merge {f.id[:8]} {o.flight[:8]}"
        for o in detail.offers
    ]
    for line in lines:
        show(line)
