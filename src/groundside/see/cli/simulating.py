"""`groundside simulate`: flights that never were, as files in real formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundside.errors import BadRequest, Conflict, NoSpace
from groundside.model.progress import Step
from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import JsonOption
from groundside.see.cli.progress import shown_progress
from groundside.see.files import written_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from groundside.archive.simulating import BatchFile

PREFIX = "SIMULATED_"
NOTHING = "none"
EXAMPLES = (
    "Examples: groundside simulate logs --count 20 --seed 7 | "
    "groundside simulate logs --format px4-ulog --format mavlink-tlog --vehicle plane --wind 6 | "
    "groundside simulate logs --count 5 --fault gnss_lost,hard_landing | groundside simulate --list"
)


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog=EXAMPLES)(simulate)


def simulate(  # noqa: PLR0913 - one for each wish
    out_dir: Annotated[Path | None, typer.Argument(help="Folder for the files; made where it is not there.")] = None,
    count: Annotated[int, typer.Option(help="How many flights.", min=1)] = 10,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.", min=0)] = 1,
    format_names: Annotated[
        list[str] | None, typer.Option("--format", help="A format; may be repeated. Default: all, by turns.")
    ] = None,
    vehicle: Annotated[list[str] | None, typer.Option(help="multirotor, plane or vtol; may be repeated.")] = None,
    fault: Annotated[
        str | None, typer.Option(help="What goes wrong in every flight, with commas; none for nothing. Default: drawn.")
    ] = None,
    wind: Annotated[float | None, typer.Option(help="Mean wind in m/s. Default: drawn for each flight.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Also where simulated files are already.")] = False,
    list_all: Annotated[bool, typer.Option("--list", help="List formats, vehicles and faults, and end.")] = False,
    as_json: JsonOption = False,
) -> None:
    """
    Write short simulated flights in real formats, with the truth about each beside it. No archive is needed.

    Every file says in its name, and where its format has room in its content, that it is simulated. Beside NAME lies
    NAME.truth.json: take-off, landing, distance, sorties and faults, as they were flown.
    """
    from groundside.archive.simulating import simulated_files, simulations

    if list_all:
        _list(simulations(), as_json=as_json)
        return
    files = simulated_files(
        count, seed, formats=format_names or (), vehicles=vehicle or (), faults=_faults(fault), wind_mps=wind
    )
    folder = _folder(out_dir, force=force)
    with shown_progress() as progress:
        logs = _write(files, folder, count, progress)
    if as_json:
        write_json(logs)
    else:
        say(f"{len(logs)} logs of {count} flights are in {folder}, each with its truth beside it.")


def _faults(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    return tuple(k for part in text.split(",") if (k := part.strip()) and k != NOTHING)


def _folder(path: Path | None, *, force: bool) -> Path:
    if path is None:
        raise BadRequest("No folder was named.", try_this="groundside simulate DIR, or groundside simulate --list")
    try:
        path.mkdir(parents=True, exist_ok=True)
        there = next((p.name for p in path.iterdir() if p.name.startswith(PREFIX)), None)
    except OSError as error:
        what = f"{path} cannot be made or read: {error.strerror}."
        raise NoSpace(what, try_this="name another folder") from error
    if there and not force:
        what = f"{path} holds simulated files already, such as {there}."
        raise Conflict(what, try_this="name another folder, or add --force to write over them")
    return path


def _write(
    files: Iterator[BatchFile], folder: Path, count: int, progress: Callable[[Step], None]
) -> list[dict[str, Any]]:
    logs: list[dict[str, Any]] = []
    done = 0
    for file in files:
        with written_whole(folder / file.name) as stream:
            stream.write(file.content)
        done += len(file.content)
        progress(Step(file.flight - 1, count, done, done * count // file.flight, file.name))
        if file.format:
            logs.append({**file.facts, "bytes": len(file.content)})
    return logs


def _list(known: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        write_json(known)
        return
    rows = [(f["name"], f["title"], f["suffix"], ", ".join(f["vehicles"])) for f in known["formats"]]
    write_table(["name", "title", "file", "flown by"], rows)
    show("")
    write_table(["fault", "what it does"], list(known["faults"].items()))
