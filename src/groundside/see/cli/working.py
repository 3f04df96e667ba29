"""`groundside ingest`, `watch` and `jobs`: taking files in, and long work."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.see.cli.console import say, write_json, write_table
from groundside.see.cli.context import PARTIAL, ArchiveOption, JsonOption, caller, opened, settings
from groundside.see.cli.progress import shown_progress
from groundside.see.cli.words import local_words

if TYPE_CHECKING:
    from groundside.model.results import Received

MaxBytes = Annotated[int | None, typer.Option(help="Largest file to take in. Default: setting max_file_bytes.")]
Workers = Annotated[
    str | None,
    typer.Option(
        help="Who reads: a number of processes, local:N for a Dask cluster here, tls://HOST:PORT for one elsewhere. "
        "Default: setting workers, else one process for each core.",
        metavar="N|ADDRESS",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example: groundside ingest /media/card ~/logs --archive ~/flights")(ingest)
    app.command(epilog="Example: groundside watch ~/Downloads/logs --archive ~/flights")(watch)
    work = typer.Typer(help="Long work: list it, stop it, go on with it.", invoke_without_command=True)
    work.callback()(jobs)
    work.command()(cancel)
    work.command()(resume)
    app.add_typer(work, name="jobs")


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
    max_bytes: MaxBytes = None,
    workers: Workers = None,
) -> None:
    """
    Take files in: keep every byte first, then read what can be read.

    Files already held change nothing. It may be stopped at any moment and run again.
    """
    with opened(archive, create=True) as it, shown_progress() as progress:
        results = it.ingest(caller(), paths, max_bytes=max_bytes, workers=workers, progress=progress)
    _report(results, as_json=as_json)


def watch(
    folder_path: Annotated[Path, typer.Argument(help="The folder to look into.", metavar="FOLDER")],
    archive: ArchiveOption = None,
    once: Annotated[bool, typer.Option("--once", help="Take in what is there when it is quiet, then end.")] = False,
) -> None:
    """Take files in as they come, once they are no longer being written to. Ctrl-C ends it."""
    with opened(archive, create=True) as it:
        say(f"Watching {folder_path}. Ctrl-C ends it.")
        for received in it.watch(caller("watch"), folder_path, settings().watch_seconds, time.sleep, once=once):
            say(f"{received.file}: {received.message}")


def jobs(context: typer.Context, archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List long work, newest first."""
    if context.invoked_subcommand is not None:
        return
    with opened(archive) as it:
        found = it.jobs(caller())
    if as_json:
        from groundside.see.shapes import job_shape

        write_json([job_shape(job) for job in found])
        return
    write_table(
        ["id", "what", "state", "started", "done", "note"],
        [
            (j.id[:8], j.kind, j.state, local_words(j.started_us), f"{j.done}/{j.total or '?'} {j.unit}", j.note)
            for j in found
        ],
    )


def cancel(job: Annotated[str, typer.Argument(help="Id of the job.")], archive: ArchiveOption = None) -> None:
    """Ask a job to stop after the file it is at."""
    with opened(archive) as it:
        it.cancel(caller(), job)
    say(f"{job} will stop after the file it is at. Go on later with: groundside jobs resume {job}")


def resume(
    job: Annotated[str, typer.Argument(help="Id of the job.")],
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Go on with a job that was stopped."""
    with opened(archive) as it, shown_progress() as progress:
        results = it.resume(caller(), job, progress=progress)
    _report(results, as_json=as_json)


def _report(results: tuple[Received, ...], *, as_json: bool) -> None:
    if as_json:
        from groundside.see.shapes import received_shape

        write_json([received_shape(r) for r in results])
    else:
        _summary(results)
    if any(r.state == "not-taken" for r in results):
        raise typer.Exit(PARTIAL)


def _summary(results: tuple[Received, ...]) -> None:
    new = [r for r in results if not r.duplicate]
    for result in new:
        if result.state != "read" or result.problems:
            say(f"{result.file}: {result.message}")
    if any(r.state == "locked" for r in new):
        say("Locked tracks are unlocked by you, not by us: groundside keychain --help")
    flights = {f for r in new for f in r.flights}
    held = len(results) - len(new)
    missed = sum(r.state == "not-taken" for r in new)
    say(
        f"{len(results)} files: {len(new) - missed} new, {held} already held, {missed} not taken. "
        f"{len(flights)} flights were added or gained a source."
    )
