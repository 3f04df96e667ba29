"""`groundside evidence`: flights with their files and all that proves them, for another party."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from groundside.see.cli.console import say, write_json
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example: groundside evidence 4f2a --to claim.zip --why 'insurance claim 4711'")(evidence)


def evidence(
    ids: Annotated[list[str], typer.Argument(help="Ids of the flights, or the first characters.", metavar="ID…")],
    to: Annotated[Path, typer.Option("--to", help="A new folder, or a new file that ends in .zip.", metavar="PLACE")],
    why: Annotated[str, typer.Option("--why", help="The reason, and for whom; it stays in the ledger.")] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """
    Pack flights with their original files and all that proves them, for another party's expert.

    The package is a bag (RFC 8493) with a program in it that verifies it and needs only Python. That it left, and why,
    is in the ledger before it does.
    """
    from groundside.see.evidence.package import write_package
    from groundside.see.evidence.place import refuse_place

    asking = replace(caller(), why=why)
    with opened(archive) as it:
        refuse_place(to, it.folder.path)  # before the ledger says that something left
        found = it.evidence(asking, [it.resolve(asking, each) for each in ids], why)
        try:
            write_package(found, to)
        except BaseException:
            say("The ledger says already that this evidence was given out; nothing of it was.")
            raise
    if as_json:
        counts = {"flights": len(found.flights), "originals": len(found.files), "events": len(found.proven.events)}
        write_json({"place": str(to), "key": str(found.proven.key), **counts})
        return
    say(f"{to}: {len(found.flights)} flights, {len(found.files)} files, {len(found.proven.events)} events.")
    for each in found.files:
        if each.others:
            say(f"  {each.name} also tells of {each.others} flights that were not asked for.")
    say("Whoever gets it runs: python3 -I -S verify.py")
    say(f"Tell them the ledger's key by another way: {found.proven.key}")
