"""`groundside currency`: who may fly what tomorrow, and what lapses soon."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.words import UNKNOWN
from groundside.see.days import day_of

if TYPE_CHECKING:
    from groundside.archive.archive import Archive
    from groundside.archive.current import WhoMayFly


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example: groundside currency --pilot Ann --on 2026-06-01 --within 60 --ics expiries.ics")(
        currency
    )


def currency(  # noqa: PLR0913 - one for each option
    pilot: Annotated[str, typer.Option("--pilot", help="Only this person.", metavar="NAME")] = "",
    on: Annotated[str, typer.Option("--on", help="Local day; tomorrow where not given.", metavar="DATE")] = "",
    within: Annotated[int, typer.Option("--within", help="How many days to look ahead.", min=0, max=36_500)] = 60,
    every: Annotated[bool, typer.Option("--all", help="All rules, also of certificates that nobody holds.")] = False,
    ics: Annotated[Path | None, typer.Option("--ics", help="Write what lapses as a calendar.", metavar="FILE")] = None,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules, each with its source.")] = False,
    add_rules: Annotated[
        Path | None, typer.Option("--add-rules", help="Keep a file of your own rules.", metavar="FILE.toml")
    ] = None,
    drop_rules: Annotated[str, typer.Option("--drop-rules", help="Take that file back.", metavar="FILE.toml")] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say who may fly what, why, and what of that lapses soon."""
    with opened(archive) as it:
        if rules or add_rules or drop_rules:
            _rules(it, add_rules, drop_rules, as_json=as_json)
            return
        found = it.currency(caller(), pilot, on=day_of(on), within_days=within, every_rule=every)
        archive_id = it.about(caller()).archive_id
    if ics is not None:
        from groundside.see.files import written_whole
        from groundside.see.ical import expiries

        with written_whole(ics) as stream:
            stream.write(expiries(found, archive_id))
        say(f"{ics}: what lapses, as a calendar")
    if as_json:
        from groundside.see.logbook_shapes import currency_shape

        write_json(currency_shape(found))
    elif ics is None:
        _write(found, within)


def _rules(it: Archive, add: Path | None, drop: str, *, as_json: bool) -> None:
    from groundside.see.files import small_text
    from groundside.see.logbook_shapes import currency_rule_shape

    if add is not None:
        found = it.add_rules(caller(), add.name, small_text(add))
        say(f"{len(found)} rules of {add.name} are kept.")
        return
    if drop:
        it.drop_rules(caller(), drop)
        say(f"The rules of {drop} are taken back.")
        return
    known = it.currency_rules(caller())
    if as_json:
        write_json([currency_rule_shape(each) for each in known])
        return
    for each in known:
        source = f"{each.source.title}, {each.source.where}" if each.source else "your own"
        show(f"{each.id}: {each.title} ({each.authority}). {source}; looked up {each.verified or UNKNOWN}")


def _write(found: WhoMayFly, within: int) -> None:
    names = {record.person.id: record.person.name for record in found.people}
    rows = [
        (
            names.get(s.pilot, s.pilot),
            s.rule,
            s.subject or UNKNOWN,
            s.verdict.value,
            UNKNOWN if s.until is None else s.until.isoformat(),
            s.because,
        )
        for s in found.currency.standings
    ]
    write_table(["pilot", "rule", "for", "state", "until", "note"], rows)
    say(f"On {found.currency.on}. Days end at midnight where each is at home.")
    for each in found.currency.lapsing:
        say(f"lapses: {names.get(each.pilot, each.pilot)}, {each.rule} {each.subject} after {each.until}")
    if not found.currency.lapsing:
        say(f"Nothing lapses in the {within} days after it.")
