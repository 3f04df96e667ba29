"""`groundside verify` and `rebuild`: is everything there, and making the derived again."""

from __future__ import annotations

from typing import Annotated

import typer

from groundside.errors import Tampered
from groundside.see.cli.console import say, write_json
from groundside.see.cli.context import PARTIAL, ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.progress import shown_progress


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Examples: groundside verify --archive ~/flights | groundside verify --sample 500 --json")(
        verify
    )
    app.command(epilog="Example: groundside rebuild --archive ~/flights")(rebuild)


def verify(
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
    sample: Annotated[int | None, typer.Option(help="Check only this many objects, chosen at random.", min=1)] = None,
) -> None:
    """Check that every byte kept is there and unchanged, and that the catalogue agrees with it."""
    with opened(archive) as it, shown_progress() as progress:
        report = it.verify(caller(), sample=sample, progress=progress)
    if as_json:
        write_json(
            {
                "clean": not report.faults,
                "objects": report.objects,
                "faults": [{"kind": f.kind.value, "about": f.about, "what": f.what} for f in report.faults],
                "leftovers": report.leftovers,
            }
        )
    else:
        for fault in report.faults:
            say(f"FAULT {fault.kind.value} {fault.about}: {fault.what}")
    if report.faults:
        what = f"{len(report.faults)} faults in {report.objects} objects."
        raise Tampered(what, try_this="restore the named objects from a backup")
    if not as_json:
        say(f"Clean: {report.objects} objects, all as they were kept.")
        if report.leftovers:
            say(f"{report.leftovers} more are in no row: left by interrupted work, or newer than a restored catalogue.")


def rebuild(archive: ArchiveOption = None) -> None:
    """Make everything derived again from the originals. Ids, notes and merges made by people stay."""
    with opened(archive) as it, shown_progress() as progress:
        results = it.rebuild(caller(), progress=progress)
    failed = [r for r in results if r.state == "failed"]
    for result in failed:
        say(f"{result.file}: {result.message}")
    say(f"{len(results) - len(failed)} files read again.")
    if failed:
        raise typer.Exit(PARTIAL)
