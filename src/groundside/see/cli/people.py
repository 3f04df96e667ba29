"""`groundside people`: who flies, and what they hold."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.errors import BadRequest
from groundside.see.cli.console import agreed, say, show, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.words import UNKNOWN
from groundside.see.days import day_of

if TYPE_CHECKING:
    from groundside.archive.people import PersonChange, PersonRecord
    from groundside.model.pilot import Qualification

NAME = typer.Argument(help="Name, account, or the beginning of an id.", metavar="NAME")
Certificates = Annotated[
    list[str] | None,
    typer.Option(
        "--certificate",
        help="KIND:OBTAINED, and :EXPIRES where a date is printed on it, and :NUMBER. More than once for several.",
        metavar="KIND:DATE[:DATE[:NUMBER]]",
    ),
]
Zone = Annotated[str | None, typer.Option("--zone", help="IANA time zone at home, where certificates lapse.")]
Accounts = Annotated[list[str] | None, typer.Option("--account", help="Account on this machine; for rules.")]
Rules = Annotated[list[str] | None, typer.Option("--rule", help="Currency rule that applies; see `currency --rules`.")]


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    family = typer.Typer(help="Pilots and crew, and what they hold.", no_args_is_help=True)
    example = "--certificate part-107-initial-test:2025-03-01 --zone America/Chicago"
    family.command("add", epilog=f"Example: groundside people add Ann {example}")(add)
    family.command("list", epilog="Example: groundside people list --json")(listed)
    family.command("show", epilog="Example: groundside people show Ann")(shown)
    family.command("edit", epilog="Example: groundside people edit Ann --certificate medical:2026-01-10:2027-01-31")(
        edit
    )
    family.command("forget", epilog="Example: groundside people forget Ann --yes")(forget)
    app.add_typer(family, name="people")


def add(  # noqa: PLR0913 - one for each option
    name: Annotated[str, typer.Argument(help="As the logbook shows it.", metavar="NAME")],
    certificate: Certificates = None,
    zone: Zone = None,
    account: Accounts = None,
    rule: Rules = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter a person, with as little as the logbook needs."""
    with opened(archive) as it:
        _tell(it.add_person(caller(), name, _change(certificate, zone, account, rule)), as_json=as_json)


def edit(  # noqa: PLR0913 - one for each option
    name: Annotated[str, NAME],
    new_name: Annotated[str | None, typer.Option("--name", help="Another name.")] = None,
    certificate: Certificates = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", help="Id of a certificate that was entered wrongly.", metavar="ID")
    ] = None,
    zone: Zone = None,
    account: Accounts = None,
    rule: Rules = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change what is known of a person; certificates are added to those there are."""
    from dataclasses import replace

    change = replace(_change(certificate, zone, account, rule), name=new_name, remove=tuple(remove or ()))
    with opened(archive) as it:
        _tell(it.edit_person(caller(), name, change), as_json=as_json)


def listed(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List everybody."""
    with opened(archive) as it:
        found = it.people(caller())
    if as_json:
        from groundside.see.logbook_shapes import person_shape

        write_json([person_shape(each) for each in found])
        return
    rows = [
        (r.person.id, r.person.name, r.person.zone, ", ".join(q.kind for q in r.qualifications) or UNKNOWN)
        for r in found
    ]
    write_table(["id", "name", "zone", "holds"], rows)
    say(f"{len(found)} people.")


def shown(name: Annotated[str, NAME], archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Show one person with all that they hold."""
    with opened(archive) as it:
        [found] = it.people(caller(), name)
    _tell(found, as_json=as_json)


def forget(
    name: Annotated[str, NAME],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """
    Forget a person: name, certificates, hours carried over, signed months. There is no undo.

    Flights stay, assigned to an id that leads nowhere. Backups made before still hold the name.
    """
    if not yes and not sys.stdin.isatty():
        what = "Nobody was forgotten, for nobody could be asked."
        raise BadRequest(what, try_this="groundside people forget NAME --yes")
    if not yes:
        agreed(f"Forget {name} for good?")
    with opened(archive) as it:
        emptied = it.forget_person(caller(), name)
    if as_json:
        write_json({"events": emptied})
        return
    say(f"Forgotten; {emptied} events say nothing any more.")


def _change(
    certificates: list[str] | None, zone: str | None, accounts: list[str] | None, rules: list[str] | None
) -> PersonChange:
    from groundside.archive.people import PersonChange

    return PersonChange(
        zone=zone, accounts=None if accounts is None else tuple(accounts),
        rules=None if rules is None else tuple(rules), add=tuple(certificate_of(each) for each in certificates or ()),
    )  # fmt: skip


def certificate_of(text: str) -> Qualification:
    """
    Read "KIND:OBTAINED[:EXPIRES[:NUMBER]]".

    Raises:
        BadRequest: no kind, or no date.
    """
    from groundside.model.pilot import Qualification

    kind, obtained, expires, number = [*text.split(":", 3), "", "", ""][:4]
    day = day_of(obtained)
    if not kind or day is None:
        what = f"{text[:60]!r} says no kind of certificate, or not when it was obtained."
        raise BadRequest(what, try_this="--certificate part-107-initial-test:2025-03-01")
    return Qualification(id="", pilot="", kind=kind, obtained=day, expires=day_of(expires), number=number)


def _tell(record: PersonRecord, *, as_json: bool) -> None:
    if as_json:
        from groundside.see.logbook_shapes import person_shape

        write_json(person_shape(record))
        return
    person = record.person
    show(f"{person.name}  ({person.id}, at home in {person.zone})")
    for name, values in (("accounts", person.accounts), ("rules", person.rules)):
        if values:
            show(f"  {name}: {', '.join(values)}")
    for held in record.qualifications:
        until = f", valid through {held.expires}" if held.expires else ""
        number = f", number {held.number}" if held.number else ""
        show(f"  {held.id}  {held.kind} of {held.obtained}{until}{number}")
