"""`groundside erase` and `holds`: taking flights away for good, and what forbids it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.errors import BadRequest
from groundside.see.cli.console import agreed, say, show, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.words import bytes_words, local_words
from groundside.see.text import iso

if TYPE_CHECKING:
    from groundside.archive.erasing import Erased, Erasure, Hold
    from groundside.model.flight import Flight

Ids = Annotated[
    list[str] | None, typer.Argument(help="Ids of the flights, or the first characters of them.", metavar="ID…")
]
WhyOption = Annotated[str, typer.Option("--why", help="The reason; it stays in the ledger.", metavar="TEXT")]


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example: groundside erase 4f2a --why 'the 90 days are over' --dry-run")(erase)
    family = typer.Typer(
        help="Legal holds: what must not be erased, until two people lift them.",
        invoke_without_command=True,
        epilog="Example: groundside holds --json",
    )
    family.callback()(listed)
    family.command(epilog="Example: groundside holds place --flight 4f2a --why 'claim 4711'")(place)
    family.command(epilog="Example: groundside holds lift 9c31")(lift)
    app.add_typer(family, name="holds")


def erase(  # noqa: PLR0913 - one for each option
    ids: Ids = None,
    files: Annotated[
        list[str] | None, typer.Option("--file", help="Also a file, by the beginning of its SHA-256.", metavar="HEX")
    ] = None,
    why: WhyOption = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    finish: Annotated[bool, typer.Option("--finish", help="Do what an earlier erasure could not finish.")] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """
    Erase flights for good, with every file that tells of them. There is no undo.

    Their keys are destroyed, their bytes removed, and what the catalogue and its events said of them. The ledger keeps
    the proof that something was there and was erased, and why. Backups made before still hold it: destroy those too.
    """
    with opened(archive) as it:
        if finish:
            _write_finished(it.finish_erasure(caller()), as_json=as_json)
            return
        flights = [it.resolve(caller(), each) for each in ids or []]
        found = it.erasure(caller(), flights, files or [])
        if dry_run:
            _preview(found, as_json=as_json)
            return
        _agreed(found, yes=yes)
        _write_erased(it.erase(caller(), flights, why, files or []), as_json=as_json)


def _write_finished(objects: int, *, as_json: bool) -> None:
    if as_json:
        write_json({"finished": True, "objects": objects})
        return
    if objects:
        say(f"Removed {objects} objects of an erasure that was broken off.")
    say("Nothing of what was erased is left in the archive's files.")


def _write_erased(done: Erased, *, as_json: bool) -> None:
    if as_json:
        counts = {"files": done.files, "objects": done.objects, "flights": done.flights, "events": done.events}
        write_json({**counts, "finished": done.finished})
        return
    say(f"Erased: {done.flights} flights, {done.files} files, {done.objects} objects.")
    say(f"{done.events} events say nothing any more; the ledger still proves that they were.")
    if not done.finished:
        say("The keys are destroyed. Another process holds the catalogue, whose file may still hold what it said.")
        say("  try: groundside erase --finish, once no other command and no page has the archive open")


def _preview(found: Erasure, *, as_json: bool) -> None:
    if as_json:
        held = [{"id": each.id, "why": each.why, "placed_by": each.placed_by} for each in found.held]
        told = {"files": list(found.files), "size": found.size, "objects": found.objects}
        named = [_flight_shape(each) for each in found.named]
        write_json({**told, "flights": list(found.flights), "named": named, "others": list(found.others), "held": held})
        return
    show(f"{len(found.named)} flights would go:")
    for each in found.named:
        show(f"  {each.id[:8]}  {_words(each)}")
    show(f"with {len(found.files)} files ({bytes_words(found.size)}):")
    for name in found.files:
        show(f"  {name}")
    if found.others:
        show(f"{len(found.others)} flights that other files tell of too would stay: {', '.join(found.others)}")
    for each in found.held:
        show(f"A legal hold forbids it: {each.why} (placed by {each.placed_by}, {each.id[:8]})")


def _words(flight: Flight) -> str:
    summary = flight.summary
    known = summary.recording_start_us is not None
    when = local_words(summary.recording_start_us) if known else summary.local_start
    aircraft = summary.aircraft.name or summary.aircraft.model
    return ", ".join(filter(None, [when, aircraft, flight.place.name if flight.place else ""])) or "nothing known of it"


def _flight_shape(flight: Flight) -> dict[str, object]:
    summary = flight.summary
    return {
        "id": flight.id,
        "start": iso(summary.recording_start_us),
        "aircraft": summary.aircraft.name or summary.aircraft.model,
        "place": flight.place.name if flight.place else None,
    }


def _agreed(found: Erasure, *, yes: bool) -> None:
    if yes:
        return
    _preview(found, as_json=False)
    if not sys.stdin.isatty():
        what = "Nothing was erased, for nobody could be asked."
        raise BadRequest(what, try_this="groundside erase ID --why TEXT --yes")
    agreed("Erase this for good?")


def listed(context: typer.Context, archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Legal holds: what must not be erased, until two people lift them."""
    if context.invoked_subcommand:
        return
    with opened(archive) as it:
        found = it.holds(caller())
    if as_json:
        write_json([_shape(each) for each in found])
        return
    rows = [
        (each.id[:8], each.flight[:8] if each.flight else f"case {each.case}", _state(each), each.why) for each in found
    ]
    write_table(["id", "of", "state", "why"], rows)


def place(
    why: WhyOption,
    flight: Annotated[str | None, typer.Option("--flight", help="Id of a flight.", metavar="ID")] = None,
    case: Annotated[str | None, typer.Option("--case", help="All of a case.", metavar="NAME")] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep a flight, or all of a case, from being erased."""
    with opened(archive) as it:
        found = it.resolve(caller(), flight) if flight else None
        held = it.hold(caller(), why, flight=found, case=case)
    _tell(held, as_json=as_json)


def lift(
    id: Annotated[str, typer.Argument(help="Id of the hold, or the first characters of it.", metavar="ID")],
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that a hold may go: the first who says so asks, and the second, somebody else, lifts it."""
    with opened(archive) as it:
        held = it.lift_hold(caller(), id)
    _tell(held, as_json=as_json)


def _tell(held: Hold, *, as_json: bool) -> None:
    if as_json:
        write_json(_shape(held))
    else:
        say(f"Hold {held.id[:8]}: {_state(held)}.")


def _state(held: Hold) -> str:
    if held.lifted_us is not None:
        return f"lifted by {held.asked_by} and {held.lifted_by}, {local_words(held.lifted_us)}"
    if held.asked_by is not None:
        return f"holds; {held.asked_by} asks that it be lifted, somebody else must agree"
    return f"holds since {local_words(held.placed_us)}, placed by {held.placed_by}"


def _shape(held: Hold) -> dict[str, object]:
    return {
        "id": held.id,
        "case": held.case,
        "flight": held.flight,
        "why": held.why,
        "placed_by": held.placed_by,
        "placed": iso(held.placed_us),
        "asked_by": held.asked_by,
        "asked": iso(held.asked_us),
        "lifted_by": held.lifted_by,
        "lifted": iso(held.lifted_us),
        "holds": held.lifted_us is None,
    }
