"""`groundside serve` and `demo`: the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.errors import Conflict
from groundside.see.cli.console import say, show
from groundside.see.cli.context import ArchiveOption, caller, folder, opened, settings
from groundside.see.cli.progress import shown_progress

if TYPE_CHECKING:
    from groundside.archive.archive import Archive

Port = Annotated[int | None, typer.Option(help="Port on loopback; 0 lets the system choose. Default: setting port.")]


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command()(serve)
    app.command(epilog="Example: groundside demo --archive demo")(demo)


def serve(archive: ArchiveOption = None, port: Port = None) -> None:
    """Serve the page on this machine only, and print its address. Ctrl-C ends it."""
    with opened(archive, create=True) as it:
        _serve(it, port)


def demo(
    archive: ArchiveOption = None,
    take: Annotated[Path | None, typer.Option("--from", help="Your own folder instead of simulated flights.")] = None,
    port: Port = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Build the archive and end.")] = False,
) -> None:
    """Build a demonstration archive and serve it: simulated flights, or your own folder with --from."""
    with opened(archive, create=True) as it:
        with shown_progress() as progress:
            if take is not None:
                results = it.ingest(caller(), [take], progress=progress)
            else:
                say("Simulating flights; everything in this archive is labelled simulated.")
                results = it.simulate(caller(), progress=progress)
        say(f"{len(results)} files are in {folder(archive)}.")
        if no_serve:
            return
        try:
            _serve(it, port)
        except Conflict as taken:  # a demonstration should not fail because another is running
            say(taken.what)
            _serve(it, 0)


def _serve(archive: Archive, port: int | None) -> None:
    from groundside.see.web.server import serve as run

    now = settings()
    run(archive, settings=now, port=now.port if port is None else port, announce=_announce, who=caller().who)


def _announce(address: str) -> None:
    show(f"Open {address}")
    say("The address holds a key for this run; only browsers on this machine can use it. Ctrl-C ends it.")
