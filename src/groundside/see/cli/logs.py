"""`groundside log`, `parameters`, `diff`: what a flight's files say besides where it was."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.words import UNKNOWN, local_words

if TYPE_CHECKING:
    from groundside.model.parameters import Parameter
    from groundside.model.results import FlightLog, SourceLog

FlightId = Annotated[str, typer.Argument(help="Id of the flight, or the first characters of it.", metavar="ID")]
SEVERITIES = ("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug")
"""RFC 5424, table 2."""
DIFFERENT = 1
"""As of the program `diff`."""


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example: groundside log 4f2a --text failsafe")(log)
    app.command(epilog="Example: groundside parameters 4f2a --changed")(parameters)
    app.command(epilog="Example: groundside diff 4f2a 91c0 --json")(diff)


def log(
    id: FlightId,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
    kind: Annotated[str, typer.Option(help="Only events of this kind: failsafe, mode, gnss_lost, ...")] = "",
    text: Annotated[str, typer.Option(help="Only where this text is part of it.")] = "",
) -> None:
    """Show messages and events of a flight in order of time, and what it says of firmware and hardware."""
    with opened(archive) as it:
        found = it.log(caller(), it.resolve(caller(), id))
    if as_json:
        from groundside.see.log_shapes import flight_log_shape

        write_json(flight_log_shape(found))
        return
    for source in found.sources:
        for name, value in source.log.identity.items():
            show(f"{name:<14} {value}  ({source.file})")
    rows = [row for source in found.sources for row in _said(source, found)]
    wanted = [r for r in rows if (not kind or r[2] == kind) and text.casefold() in r[3].casefold()]
    wanted.sort(key=lambda row: row[0])
    write_table(["time", "kind", "text", "file"], [row[1:] for row in wanted])
    say(f"{len(wanted)} of {len(rows)} messages and events. Times are local to the place.")


def parameters(
    id: FlightId,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only those not at default, or changed in flight.")
    ] = False,
) -> None:
    """List the autopilot's parameters as they were when a flight began."""
    with opened(archive) as it:
        found = it.log(caller(), it.resolve(caller(), id)).parameters
    wanted = {n: p for n, p in found.items() if not changed or p.changes or p.is_default is False}
    if as_json:
        from groundside.see.log_shapes import parameters_shape

        write_json(parameters_shape(wanted))
        return
    rows = [(n, value_words(p.value), value_words(p.default), _change_words(p)) for n, p in wanted.items()]
    write_table(["parameter", "value", "default", "in flight"], rows, right=["value", "default"])
    say(f"{len(wanted)} of {len(found)} parameters.")


def diff(
    id: FlightId,
    other: Annotated[str, typer.Argument(help="Id of the other flight.", metavar="OTHER")],
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show in which parameters two flights differ. Ends with 0 where they do not, with 1 where they do."""
    with opened(archive) as it:
        found = it.diff(caller(), it.resolve(caller(), id), it.resolve(caller(), other))
    if as_json:
        from groundside.see.log_shapes import compared_shape

        write_json(compared_shape(found))
    else:
        heads = ["parameter", found.one.id[:8], found.other.id[:8]]
        rows = [(d.name, _side(d.one), _side(d.other)) for d in found.differences]
        write_table(heads, rows, right=heads[1:])
        say(f"{len(rows)} parameters differ; {found.alike} are alike.")
    if found.differences:
        raise typer.Exit(DIFFERENT)


def value_words(value: float) -> str:
    """Give a value of a 32-bit parameter with no more digits than it has; a dash where it is unknown."""
    return UNKNOWN if math.isnan(value) else f"{value:.7g}"


def _side(of: Parameter | None) -> str:
    return "not set" if of is None else value_words(of.value)


def _change_words(of: Parameter) -> str:
    if not of.changes:
        return ""
    times = "once" if of.changes == 1 else f"{of.changes} times"
    return f"changed {times}, at the end {value_words(of.last)}"


def _said(source: SourceLog, of: FlightLog) -> list[tuple[Any, ...]]:
    zone = of.flight.place.time_zone if of.flight.place else "UTC"
    utc = source.log.time_basis.is_utc

    def when(time_us: int | None) -> str:
        if time_us is None:
            return UNKNOWN
        return local_words(time_us, zone) if utc else f"{time_us / 1e6:.1f} s after power-on"

    columns = (column.to_pylist() for column in source.log.messages.columns)
    said = [
        (t or 0, when(t), "message" if level is None else SEVERITIES[min(max(level, 0), 7)], text or "", source.file)
        for t, level, text, _ in zip(*columns, strict=True)
    ]
    columns = (column.to_pylist() for column in source.log.events.columns)
    return said + [(t or 0, when(t), kind, text or "", source.file) for t, kind, text, _ in zip(*columns, strict=True)]
