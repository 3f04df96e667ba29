"""`groundside logbook`: hours, what was carried over, signatures, other logbooks."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.errors import BadRequest
from groundside.model.assignment import Field
from groundside.see.cli.assigning import saying
from groundside.see.cli.console import say, write_json, write_table
from groundside.see.cli.context import PARTIAL, ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.dates import hours_ms, hours_words
from groundside.see.cli.grouping import ShowsByDefault
from groundside.see.cli.progress import shown_progress
from groundside.see.cli.words import UNKNOWN
from groundside.see.days import day_of

if TYPE_CHECKING:
    from groundside.archive.archive import Archive
    from groundside.archive.logbook import Logbook, LogbookQuery
    from groundside.model.logbook import Hours

Pilot = Annotated[str, typer.Option("--pilot", help="Name of the pilot in command.", metavar="NAME")]
PilotNeeded = Annotated[str, typer.Option("--pilot", help="Name of the pilot.", metavar="NAME")]


class By(StrEnum):
    """What hours can be grouped by."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    TYPE = "type"
    AIRCRAFT = "aircraft"
    PILOT = "pilot"
    PURPOSE = "purpose"
    LIGHT = "light"
    SIGHT = "sight"


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    family = typer.Typer(help="Hours of pilots: totals, what was carried over, signed months.", cls=ShowsByDefault)
    family.command("show", epilog="Example: groundside logbook --pilot Ann --by aircraft --from 2026-05-01 --json")(
        shown
    )
    family.command("carry", epilog="Example: groundside logbook carry --pilot Ann --hours 120:30 --until 2026-01-01")(
        carry
    )
    family.command("sign", epilog="Example: groundside logbook sign --pilot Ann --month 2026-05")(sign)
    family.command(
        "import",
        epilog="Example: groundside logbook import old.csv --pilot Ann --map date='Flight date' --map duration=Time",
    )(import_)
    app.add_typer(family, name="logbook")


def shown(  # noqa: PLR0913 - one for each option
    pilot: Pilot = "",
    first: Annotated[str, typer.Option("--from", help="First local day.", metavar="DATE")] = "",
    last: Annotated[str, typer.Option("--to", help="Last local day, inclusive.", metavar="DATE")] = "",
    by: Annotated[By, typer.Option("--by", help="What to group by.")] = By.MONTH,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Write it as PDF.", metavar="FILE")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write flight by flight as CSV.", metavar="FILE")] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show hours, day, twilight and night apart; simulated flights and what is in no sum are told besides."""
    from groundside.archive.logbook import LogbookQuery, Split
    from groundside.model.logbook import Grouping

    grouping = Split(by.value) if by in {By.LIGHT, By.SIGHT} else Grouping(by.value)
    query = LogbookQuery(pilot=pilot, first=day_of(first), last=day_of(last), by=grouping)
    with opened(archive) as it:
        book = it.logbook(caller(), query)
        if pdf is not None:
            _print(it, query, pdf)
    if csv is not None:
        from groundside.see.files import written_whole
        from groundside.see.logbook_csv import logbook_csv

        with written_whole(csv) as stream:
            stream.write(logbook_csv(book))
        say(f"{csv}: {len(book.entries)} flights")
    if as_json:
        from groundside.see.logbook_shapes import logbook_shape

        write_json(logbook_shape(book))
    elif csv is None and pdf is None:
        _write(book)


def _print(it: Archive, query: LogbookQuery, file: Path) -> None:
    """Write a logbook as PDF: read from its beginning on, for what lies before the first day is brought forward."""
    import time
    from dataclasses import replace

    from groundside.see.files import written_whole
    from groundside.see.report.logbook import logbook_pdf

    whole = it.logbook(caller(), replace(query, first=None))
    holds = it.people(caller(), query.pilot) if query.pilot else ()
    content = logbook_pdf(whole, time.time_ns() // 1000, query.first, holds)
    with written_whole(file) as stream:
        stream.write(content)
    say(f"{file}: {len(whole.entries)} flights, {len(content):,} bytes")


def carry(  # noqa: PLR0913 - one for each option
    pilot: PilotNeeded = "",
    hours: Annotated[str, typer.Option("--hours", help="All of them.", metavar="H:MM")] = "",
    until: Annotated[str, typer.Option("--until", help="First local day that they do not cover.", metavar="DATE")] = "",
    since: Annotated[str, typer.Option("--since", help="First local day that they cover.", metavar="DATE")] = "",
    night: Annotated[str, typer.Option("--night", help="Of them at night.", metavar="H:MM")] = "",
    day: Annotated[str, typer.Option("--day", help="Of them by day.", metavar="H:MM")] = "",
    twilight: Annotated[str, typer.Option("--twilight", help="Of them in twilight.", metavar="H:MM")] = "",
    aircraft: Annotated[str, typer.Option("--aircraft", help="Only of this aircraft.")] = "",
    type_: Annotated[str, typer.Option("--type", help="Only of this type.")] = "",
    purpose: Annotated[str, typer.Option("--purpose", help="Only for this purpose.")] = "",
    simulated: Annotated[bool, typer.Option("--simulated", help="They were simulated.")] = False,
    drop: Annotated[str, typer.Option("--drop", help="Take hours back that were entered.", metavar="ID")] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter hours from before; flights that they cover are not counted again, should they be here too."""
    from groundside.model.logbook import CarriedOver
    from groundside.see.logbook_shapes import carried_shape

    with opened(archive) as it:
        if drop:
            kept = it.drop_carried(caller(), drop)
        else:
            ends, total = day_of(until), hours_ms(hours)
            if not pilot or ends is None or total is None:
                what = "Whose hours, how many, or until when was not said."
                raise BadRequest(
                    what, try_this="groundside logbook carry --pilot NAME --hours 120:30 --until 2026-01-01"
                )
            given = CarriedOver(
                id="", pilot="", as_of=ends, total_ms=total, since=day_of(since), aircraft=aircraft, type=type_,
                purpose=purpose, simulated=simulated, day_ms=hours_ms(day), twilight_ms=hours_ms(twilight),
                night_ms=hours_ms(night),
            )  # fmt: skip
            kept = it.carry(caller(), pilot, given)
    if as_json:
        write_json(carried_shape(kept, {}))
        return
    done = "taken back" if drop else f"entered. Take them back with: groundside logbook carry --drop {kept.id}"
    say(f"{hours_words(kept.total_ms)} hours from before {kept.as_of} are {done}")


def sign(
    pilot: PilotNeeded = "",
    month: Annotated[str, typer.Option("--month", help="Local month, 2026-05.", metavar="YYYY-MM")] = "",
    note: Annotated[str, typer.Option("--note", help="What to say with it.")] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign a month: its lines are frozen, and what changes in it afterwards is shown."""
    with opened(archive) as it:
        signed = it.sign_logbook(caller(), pilot, month, note)
    if as_json:
        from groundside.see.logbook_shapes import signed_shape

        write_json(signed_shape(signed))
        return
    say(f"{signed.month} is signed: {len(signed.lines)} flights, {hours_words(signed.total_ms)} hours.")
    if signed.simulated_ms:
        say(f"{hours_words(signed.simulated_ms)} hours of it were simulated, and are counted apart.")
    say(f"sha256 {signed.digest}")


@saying
def import_(  # noqa: PLR0913 - one for each option
    fields: dict[Field, str],
    file: Annotated[Path, typer.Argument(help="CSV with a line of names.", metavar="FILE.csv")],
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help="Which column is what; more than once. Fields: see the guide.", metavar="FIELD=COLUMN"
        ),
    ] = None,
    zone: Annotated[str, typer.Option("--zone", help="IANA time zone of its times.")] = "UTC",
    dates: Annotated[str, typer.Option("--dates", help="Form of its dates where not ISO: %m/%d/%Y.")] = "",
    unit: Annotated[str, typer.Option("--unit", help="Of durations that are a number: hours, minutes, seconds.")] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter the flights of another logbook. The same file again enters nothing new."""
    from groundside.archive.entering import Mapped

    how = Mapped(columns=dict(_pair(each) for each in maps or ()), zone=zone, dates=dates, unit=unit)
    with opened(archive) as it, shown_progress() as progress:
        done = it.import_logbook(caller(), _text(file), how, fields, progress=progress)
    if as_json:
        problems = [{"row": each.row, "what": each.what} for each in done.problems]
        write_json({"flights": list(done.flights), "known": done.known, "problems": problems})
    else:
        for each in done.problems:
            say(f"row {each.row}: {each.what}")
        say(f"{len(done.flights)} flights are new, {done.known} were here already, {len(done.problems)} were not read.")
    if done.problems:
        raise typer.Exit(PARTIAL)


def _pair(text: str) -> tuple[str, str]:
    name, found, column = text.partition("=")
    if not found or not name or not column:
        what = f"{text[:60]!r} does not say which column is what."
        raise BadRequest(what, try_this="--map duration='Flight time'")
    return name.strip(), column.strip()


def _text(file: Path) -> str:
    from groundside.archive.entering import MOST_CHARACTERS

    try:
        with file.open("rb") as stream:
            raw = stream.read(MOST_CHARACTERS + 1)
    except OSError as error:
        what = f"{file} cannot be read: {error.strerror}."
        raise BadRequest(what, try_this="check the spelling and the permissions") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _write(book: Logbook) -> None:
    heads = [book.by.value, "flights", "total", "day", "twilight", "night", "unknown", "carried over"]
    for title, sums in (("flown", book.totals.flown), ("simulated", book.totals.simulated)):
        if sums.groups:
            from groundside.see.logbook_shapes import named

            rows = [_row(named(key, book.names) or UNKNOWN, hours) for key, hours in sums.groups]
            write_table(heads, [*rows, _row(f"all {title}", sums.whole)], right=heads[1:])
    for key, ms in book.parts:
        say(f"{key or 'unknown'}: {hours_words(ms)}")
    left = [*book.totals.unknown, *book.totals.covered, *book.totals.doubtful]
    for each in left[:20]:
        say(f"{each.flight_id[:8]} is in no sum: {each.why}")
    if len(left) > 20:
        say(f"… and {len(left) - 20} more; --json lists all")
    for state in book.signed:
        changes = f"changed since signed: {'; '.join(state.changed)}" if state.changed else "stands as signed"
        say(f"{state.signed.month} signed by {state.signed.signed_by}: {changes}")


def _row(key: str, hours: Hours) -> tuple[str, ...]:
    parts = (hours.day_ms, hours.twilight_ms, hours.night_ms, hours.unknown_light_ms, hours.carried_ms)
    return (key, f"{hours.flights:,}", hours_words(hours.total_ms), *map(hours_words, parts))
