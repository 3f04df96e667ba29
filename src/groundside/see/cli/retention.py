"""`groundside retention`: how long files are kept, what is due, and erasing that."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundside.errors import BadRequest
from groundside.model.retention import Kept, RetentionPolicy
from groundside.see.cli.console import agreed, say, show, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.filters import NearOption, WithinOption, near_of
from groundside.see.cli.progress import shown_progress
from groundside.see.cli.words import bytes_words
from groundside.see.text import iso

if TYPE_CHECKING:
    from groundside.archive.retaining import Due, Retained

NameArgument = Annotated[str, typer.Argument(help="Name of the policy.", metavar="NAME")]
DAYS = "Keep files so many days after the latest flight that they tell of, else after they came."
KIND = "everything, flights, other (nothing flew, or nothing understands it), or the name of a format."


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    family = typer.Typer(
        help="How long files are kept: policies, what is due by them, and erasing that.",
        invoke_without_command=True,
        epilog="Example: groundside retention --json",
    )
    family.callback()(listed)
    family.command(
        "set", epilog="Example: groundside retention set video --kind dji-srt --days 30 --why 'privacy policy 4.2'"
    )(make)
    family.command(epilog="Example: groundside retention drop video")(drop)
    family.command(epilog="Example: groundside retention due --json")(due)
    family.command(epilog="Example: groundside retention apply --dry-run")(apply)
    app.add_typer(family, name="retention")


def listed(context: typer.Context, archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """How long files are kept: policies, what is due by them, and erasing that."""
    if context.invoked_subcommand:
        return
    with opened(archive) as it:
        found = it.retention(caller())
    if as_json:
        write_json([_policy(each) for each in found])
        return
    rows = [(each.name, str(each.days), each.kind, _place(each), each.why) for each in found]
    write_table(["name", "days", "kind", "place", "why"], rows, right=["days"])
    if not found:
        say("Everything is kept until it is erased by hand.")


def make(  # noqa: PLR0913 - one for each option
    name: NameArgument,
    days: Annotated[int, typer.Option(help=DAYS, min=1, metavar="N")],
    why: Annotated[str, typer.Option("--why", help="The rule that asks for it; each erasure bears it.")] = "",
    kind: Annotated[str, typer.Option(help=KIND)] = Kept.EVERYTHING,
    near: NearOption = "",
    within: WithinOption = None,
    inside: Annotated[
        Path | None, typer.Option("--inside", help="Only of flights that came into an area: a GeoJSON file.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="In place of the policy of that name.")] = False,
    archive: ArchiveOption = None,
) -> None:
    """Say how long some files are kept. Nothing is erased until `groundside retention apply`."""
    from groundside.see.areas import area_in

    policy = RetentionPolicy(
        name=name,
        days=days,
        why=why,
        kind=kind,
        near=near_of(near, within),
        inside=area_in(inside) if inside else None,
    )
    with opened(archive) as it:
        it.set_retention(caller(), policy, replaces=replace)
        over = sum(each.policy == name for each in it.retention_due(caller()))
    say(f"{over} files are due by it. groundside retention due lists them, groundside retention apply erases them.")


def drop(name: NameArgument, archive: ArchiveOption = None) -> None:
    """Take a policy back; what it erased stays erased."""
    with opened(archive) as it:
        it.drop_retention(caller(), name)
    say(f"Nothing is due by {name} any more.")


def due(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List the files whose time is over; nothing is changed."""
    with opened(archive) as it:
        found = it.retention_due(caller())
    if as_json:
        write_json([_due(each) for each in found])
        return
    _write_due(found)


def apply(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again: for a timer.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """
    Erase every file whose time is over, but for those that a legal hold keeps. There is no undo.

    A file goes as a whole, with every flight that nothing else tells of; see `groundside erase`.
    """
    with opened(archive) as it:
        found = it.retention_due(caller())
        if dry_run:
            write_json([_due(each) for each in found]) if as_json else _write_due(found)
            return
        if any(not each.held for each in found) and not yes:
            _agreed(found)
        with shown_progress() as progress:
            done = it.retain(caller(), progress)
    write_json(_retained(done)) if as_json else _say(done)


def _agreed(found: tuple[Due, ...]) -> None:
    _write_due(found)
    if not sys.stdin.isatty():
        what = "Nothing was erased, for nobody could be asked."
        raise BadRequest(what, try_this="groundside retention apply --yes")
    agreed("Erase these for good?")


def _write_due(found: tuple[Due, ...]) -> None:
    rows = [
        (d.policy, iso(d.file.since_us) or "", d.file.file_name, bytes_words(d.file.size), str(d.file.flights), d.held)
        for d in found
    ]
    write_table(["policy", "since (UTC)", "file", "size", "flights", "held by"], rows, right=["size", "flights"])
    gone = [each for each in found if not each.held]
    say(f"{len(gone)} files would go ({bytes_words(sum(each.file.size for each in gone))}).")


def _say(done: Retained) -> None:
    for policy, each in done.erased.items():
        show(f"{policy}: {each.files} files and {each.flights} flights erased")
    if not done.erased:
        show("Nothing was due.")
    for each in done.held:
        show(f"{each.file.file_name} stays: {each.held}")
    if any(not each.finished for each in done.erased.values()):
        say("The keys are destroyed. Another process holds the catalogue, whose file may still hold what it said.")
        say("  try: groundside erase --finish, once no other command and no page has the archive open")


def _place(of: RetentionPolicy) -> str:
    if of.near is not None:
        return f"within {of.near.metres:g} m of {of.near.point.lon:.5f},{of.near.point.lat:.5f}"
    return "" if of.inside is None else f"inside {len(of.inside.polygons)} polygons"


def _policy(of: RetentionPolicy) -> dict[str, Any]:
    area = of.inside and {
        "type": "MultiPolygon",
        "coordinates": [[[[p.lon, p.lat] for p in ring] for ring in rings] for rings in of.inside.polygons],
    }
    near = of.near and {"lon": of.near.point.lon, "lat": of.near.point.lat, "metres": of.near.metres}
    return {"name": of.name, "days": of.days, "kind": of.kind, "near": near, "inside": area, "why": of.why}


def _due(of: Due) -> dict[str, Any]:
    file = of.file
    return {
        "policy": of.policy,
        "file": file.file_name,
        "size": file.size,
        "format": file.format,
        "flights": file.flights,
        "since": iso(file.since_us),
        "since_is": "start of its latest flight" if file.by_flight else "arrival",
        "held": of.held,
    }


def _retained(of: Retained) -> dict[str, Any]:
    erased = {
        name: {"files": e.files, "flights": e.flights, "objects": e.objects, "events": e.events, "finished": e.finished}
        for name, e in of.erased.items()
    }
    return {"erased": erased, "held": [_due(each) for each in of.held]}
