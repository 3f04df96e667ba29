"""`groundside witness`: being somebody else who remembers; needs no archive."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from groundside.see.cli.console import say, show
from groundside.see.files import small_text, written_whole

StateOption = Annotated[Path, typer.Option("--state", help="Folder of the witness.", metavar="FOLDER")]


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    family = typer.Typer(
        help="Be a witness: on another machine or a stick, remember ledgers and cosign them while they only grow.",
        no_args_is_help=True,
    )
    family.command(epilog="Example: groundside witness make /media/stick/witness --name example.org/anna")(make)
    family.command(epilog="Example: groundside witness key --state /media/stick/witness")(key)
    family.command(epilog="Example: groundside witness trust KEY --state /media/stick/witness")(trust)
    family.command(epilog="Example: groundside witness cosign growth.txt --state /media/stick/witness")(cosign)
    app.add_typer(family, name="witness")


def make(
    folder: Annotated[Path, typer.Argument(help="A folder for its key and memory.", metavar="FOLDER")],
    name: Annotated[str, typer.Option("--name", help="What it signs as; no blanks.", metavar="NAME")],
) -> None:
    """Make a witness; prints the key that verifies its cosignatures."""
    from groundside.archive.witnessing import make_witness

    show(make_witness(folder, name))


def key(state: StateOption) -> None:
    """Print the key that verifies its cosignatures."""
    from groundside.archive.witnessing import witness_of

    show(witness_of(state))


def trust(
    ledger: Annotated[str, typer.Argument(help="Key of the ledger, as groundside ledger prints it.", metavar="KEY")],
    state: StateOption,
) -> None:
    """Let a ledger be cosigned from now on."""
    from groundside.archive.witnessing import trust as trusted

    say(f"{trusted(state, ledger)} is cosigned from now on, as long as it only grows.")


def cosign(
    files: Annotated[
        list[Path],
        typer.Argument(help="A checkpoint; after the first time, what groundside ledger consistency wrote."),
    ],
    state: StateOption,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="File to write; otherwise FILE.cosigned beside each.", metavar="FILE")
    ] = None,
) -> None:
    """Cosign ledgers that only grew. One that was rolled back, forked or rewritten is refused: then sound the alarm."""
    from groundside.archive.witnessing import cosign as cosigned

    for each in files:
        target = out_file if out_file and len(files) == 1 else each.with_name(f"{each.name}.cosigned")
        signed = cosigned(state, small_text(each))
        with written_whole(target) as stream:
            stream.write(signed.encode())
        say(f"{target}: cosigned. Bring it back: groundside ledger keep {target}")
