"""The command `groundside`."""

from __future__ import annotations

import sys
import traceback
from typing import Annotated

import typer

from groundside.errors import GroundsideError
from groundside.see.cli import context
from groundside.see.cli.console import complain, say
from groundside.see.cli.on_demand import OnDemand

INTERRUPTED = 130
DEFECT = 70
"""As in sysexits.h: an internal software error."""

app = typer.Typer(
    name="groundside",
    cls=OnDemand,
    help="Everything your drones record, kept on your side of the ground.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: groundside ingest /media/card --archive ~/flights",
)


def _version(asked: bool) -> None:
    if asked:
        from importlib import metadata

        typer.echo(f"groundside {metadata.version('groundside')}")
        raise typer.Exit


@app.callback()
def root(
    archive: Annotated[
        str | None, typer.Option(help="The archive folder. Default: GROUNDSIDE_ARCHIVE.", metavar="DIR")
    ] = None,
    why: Annotated[str, typer.Option(help="The purpose of what you do; kept with the event.")] = "",
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is, and end.")
    ] = False,
) -> None:
    """Everything your drones record, kept on your side of the ground."""
    del version  # its callback has answered
    context.remember(archive, why)


def run() -> None:
    """Run the command line; every error ends in one or two lines and an exit code of its own, never a traceback."""
    try:
        app()
    except GroundsideError as error:
        complain(error)
        sys.exit(error.exit_code)
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            say("Stopped. What was kept is kept; run the same command again to go on.")
        raise
    except Exception as defect:  # the last net: a person is told what failed and where, in two lines
        place = traceback.extract_tb(defect.__traceback__)[-1]
        first = (str(defect).splitlines() or [""])[0]
        what = f"This is a defect of groundside: {type(defect).__name__}: {first} ({place.filename}:{place.lineno})."
        complain(GroundsideError(what, try_this="report it with the command you gave; nothing that was kept is lost"))
        sys.exit(DEFECT)
