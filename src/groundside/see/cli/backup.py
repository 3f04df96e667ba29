"""`groundside backup` and `restore`: a copy elsewhere, and an archive made of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.errors import BadRequest, Tampered
from groundside.see.cli.console import say, write_json
from groundside.see.cli.context import PARTIAL, ArchiveOption, JsonOption, caller, opened, settings
from groundside.see.cli.progress import shown_progress
from groundside.see.cli.words import bytes_words, local_words
from groundside.see.text import iso

if TYPE_CHECKING:
    from groundside.archive.backing_up import BackedUp, Restored

MOST_BYTES = 1 << 20
"""No file of an identity is longer."""


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example: groundside backup --to /media/disk/flights --keep 7 --archive ~/flights")(backup)
    app.command(
        epilog="Examples: groundside restore --from /media/disk/flights --check ; "
        "groundside restore --from s3://bucket/flights --to ~/flights --identity me.txt"
    )(restore)


def backup(
    to: Annotated[str, typer.Option("--to", help="A folder, or s3://BUCKET/PREFIX.", metavar="PLACE")],
    keep: Annotated[
        int | None, typer.Option("--keep", help="Leave so many generations; prune older ones.", min=1, metavar="N")
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """
    Copy what is new to a backup elsewhere, as it lies encrypted; the catalogue is sealed, too.

    Stopped at any moment, the backups of before are whole, and the same command goes on. What was erased here leaves
    the backup when the generations that still hold it are pruned: --keep 1.
    """
    with opened(archive) as it, shown_progress() as progress:
        done = it.backup(caller(), to, keep=keep, progress=progress)
    if as_json:
        write_json(_backup_shape(done))
    else:
        _tell_backup(done)
    if done.faults:
        raise typer.Exit(PARTIAL)


def restore(  # noqa: PLR0913 - one for each option
    place: Annotated[str, typer.Option("--from", help="The folder or s3://BUCKET/PREFIX.", metavar="PLACE")],
    to: Annotated[
        Path | None, typer.Option("--to", help="The folder of the archive to be: empty, or new.", metavar="FOLDER")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Rehearse: read and verify all, leave nothing.")] = False,
    generation: Annotated[
        int | None, typer.Option("--generation", help="Its number. Default: the newest.", min=1, metavar="N")
    ] = None,
    identity: Annotated[
        Path | None,
        typer.Option("--identity", help="Take the root key out of escrow, with this age identity.", metavar="FILE"),
    ] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="Restore the rest where objects are damaged or missing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """
    Make an archive of a backup, on this machine, with its root key or out of escrow; everything is verified.

    Where anything is wrong it is named, and nothing is left.
    """
    from groundside.archive import backing_up

    if check is (to is not None) or (check and partial):
        what = "A restore goes into a folder, or is rehearsed."
        raise BadRequest(what, try_this="groundside restore --from PLACE --to FOLDER, or --check instead of --to")
    source = backing_up.From(place=place, generation=generation, identity=_identity(identity))
    with shown_progress() as progress:
        if to is None:
            found = backing_up.rehearse(source, settings(), progress=progress)
        else:
            at = to.expanduser()
            found = backing_up.restore(caller(), source, at, settings(), partial=partial, progress=progress)
    _tell_restore(found, to, as_json=as_json)


def _tell_backup(done: BackedUp) -> None:
    say(
        f"Generation {done.generation} in {done.place}: {done.objects} objects, {done.copied} of them new "
        f"({bytes_words(done.size)}). Ledger: {_size(done.checkpoint)} entries."
    )
    for each in done.faults:
        say(f"NOT IN THE BACKUP: object {each} is damaged or missing in the archive. See: groundside verify")
    if done.dropped:
        say(f"Pruned {len(done.dropped)} older generations, and {done.removed} objects that nothing refers to.")
    if done.outdated:
        older = [each for each in done.generations if each != done.generation]
        say(
            f"Older generations ({older[0]} to {older[-1]}) still hold {done.outdated} objects that this archive no "
            "longer has, and the keys of any that were erased since. To be rid of them: --keep 1"
        )
    say("Rehearse it: groundside restore --from PLACE --check")


def _tell_restore(found: Restored, to: Path | None, *, as_json: bool) -> None:
    if as_json:
        write_json(_restore_shape(found))
    for fault in found.faults:
        say(f"FAULT {fault.about}: {fault.what}")
    if found.faults and not found.made:
        what = f"{len(found.faults)} faults in generation {found.generation}; nothing was restored."
        raise Tampered(what, try_this="take an older one (--generation N), another copy, or --partial")
    if not as_json:
        when, size = local_words(found.at_us), _size(found.checkpoint)
        done = f"{to} is the archive" if found.made else "It can be restored: the archive"
        say(f"{done} as it was at {when}, generation {found.generation}: ledger of {size} entries,")
        say(f"{found.objects} objects, {bytes_words(found.size)}, all verified.")
    if found.faults:
        raise typer.Exit(PARTIAL)


def _size(checkpoint: str) -> str:
    return checkpoint.split("\n")[1] if checkpoint else "0"


def _backup_shape(done: BackedUp) -> dict[str, object]:
    return {
        "place": done.place,
        "generation": done.generation,
        "objects": done.objects,
        "copied": done.copied,
        "bytes": done.size,
        "checkpoint": done.checkpoint,
        "not_in_backup": list(done.faults),
        "generations": list(done.generations),
        "pruned": list(done.dropped),
        "removed": done.removed,
        "outdated_in_older": done.outdated,
    }


def _restore_shape(found: Restored) -> dict[str, object]:
    return {
        "clean": not found.faults,
        "restored": found.made,
        "generation": found.generation,
        "made": iso(found.at_us),
        "objects": found.objects,
        "bytes": found.size,
        "checkpoint": found.checkpoint,
        "faults": [{"kind": f.kind.value, "about": f.about, "what": f.what} for f in found.faults],
    }


def _identity(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        with path.expanduser().open("rb") as stream:
            return stream.read(MOST_BYTES).decode("utf-8", "replace")
    except OSError as error:
        what = f"{path} cannot be read: {error.strerror}."
        raise BadRequest(what) from error
