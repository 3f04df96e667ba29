"""`groundside keys`: how the archive is protected, escrow of its root key, and replacing keys by new ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.errors import BadRequest
from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.files import written_whole

if TYPE_CHECKING:
    from groundside.archive.custodian import KeyStatus

MOST_BYTES = 1 << 20
"""No file of an identity or of an escrow is longer."""


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    keys = typer.Typer(
        help="How the archive is protected; its root key in escrow; new keys in place of old ones.",
        invoke_without_command=True,
        epilog="Example: groundside keys --archive ~/flights",
    )
    keys.callback()(status)
    keys.command(epilog="Example: groundside keys escrow --to age1… --to age1… --copy ~/stick/escrow.age")(escrow)
    keys.command("restore-root", epilog="Example: groundside keys restore-root --identity ~/stick/me.txt")(restore_root)
    keys.command(epilog="Example: groundside keys rotate --root")(rotate)
    app.add_typer(keys, name="keys")


def status(context: typer.Context, archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """How the archive is protected; its root key in escrow; new keys in place of old ones."""
    if context.invoked_subcommand:
        return
    with opened(archive) as it:
        found = it.key_status(caller())
    if as_json:
        write_json(_shape(found))
        return
    show("Sealed: every original and track is encrypted." if found.sealed else "Not sealed: nothing is encrypted.")
    show(f"Root key: {_where(found)}.")
    if found.recipients:
        show(f"Escrow: for {len(found.recipients)} people{'' if found.escrow else ', but its file is gone'}.")
    if found.cases:
        rows = [[c.case, str(c.version), str(c.objects), str(c.waiting)] for c in found.cases]
        write_table(["case", "key", "objects", "to wrap anew"], rows, right=["key", "objects", "to wrap anew"])
    if found.rotating or any(c.waiting for c in found.cases):
        say("A rotation was broken off. Run it again: groundside keys rotate")
    if found.warning:
        say(found.warning)
        say("  try: groundside keys escrow --to age1… --to age1…")


def escrow(
    to: Annotated[list[str], typer.Option("--to", help="A recipient of age; at least two.", metavar="age1…")],
    copy: Annotated[Path | None, typer.Option("--copy", help="Write the escrow into this file as well.")] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Encrypt the root key to two people or more, so that losing it loses nothing."""
    with opened(archive) as it:
        content = it.escrow_root(caller(), to)
    if copy is not None:
        with written_whole(copy) as stream:
            stream.write(content)
    if as_json:
        write_json({"recipients": list(dict.fromkeys(to)), "copy": str(copy) if copy else None})
        return
    say(f"The root key is in escrow for {len(set(to))} people, in keys/escrow.age of the archive.")
    say("Rehearse it now, on another machine: groundside keys restore-root --identity FILE")


def restore_root(
    identity: Annotated[Path, typer.Option("--identity", help="The file that age-keygen made.", metavar="FILE")],
    escrow_file: Annotated[
        Path | None, typer.Option("--escrow", help="A copy of the escrow; otherwise the one in the archive.")
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Get the root key back from escrow, and put it where this account keeps it."""
    text = _small(identity).decode("utf-8", "replace")
    copy = _small(escrow_file) if escrow_file else None
    with opened(archive) as it:
        place = it.restore_root(caller(), text, copy)
    if as_json:
        write_json({"place": str(place)})
        return
    say(f"The root key of this archive is in {place} now.")


def rotate(
    case: Annotated[str | None, typer.Option(help="Only the key of this case.", metavar="NAME")] = None,
    root: Annotated[bool, typer.Option("--root", help="The root key instead.")] = False,
    to: Annotated[
        str | None,
        typer.Option(help="Where the new root key comes from, as in the setting root_key.", metavar="SOURCE"),
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """
    Give every case a new key, or the archive a new root key. No file is encrypted anew.

    Stopped at any moment, everything can be read, and the same command goes on. Backups made before need the keys
    of before.
    """
    if case is not None and root:
        what = "The root key is no key of a case."
        raise BadRequest(what, try_this="give --case NAME or --root, not both")
    if to is not None and not root:
        what = "Only the root key comes from somewhere."
        raise BadRequest(what, try_this="groundside keys rotate --root --to SOURCE")
    with opened(archive) as it:
        done = it.rotate_keys(caller(), case=case, root=root, to=to)
        found = it.key_status(caller())
    warning = found.warning if root else ""
    if as_json:
        write_json({"wrapped": done} | ({"warning": warning} if root else {}))
        return
    if root:
        say("The archive has a new root key; the old one opens nothing in it any more.")
        say("Backups made before are opened by the old one only, or by the escrow in them: make a new backup now.")
    if warning:
        say(warning)
        say("  try: groundside keys escrow --to age1… --to age1…, then groundside backup --to PLACE")
    say(f"Wrapped anew: {done} keys of {'cases' if root else 'objects'}.")
    if to is not None:
        say("Set root_key to that source now.")


def _where(found: KeyStatus) -> str:
    named = {"file": "in the file", "credential": "systemd's credential"}.get(found.given, f"by {found.given}")
    return f"{named} {found.place}".strip() + (", WHICH IS NOT THERE" if found.present is False else "")


def _shape(found: KeyStatus) -> dict[str, object]:
    return {
        "sealed": found.sealed,
        "root_key": {"given": found.given, "place": found.place, "present": found.present},
        "escrow": {"present": found.escrow, "recipients": list(found.recipients)},
        "rotating": found.rotating,
        "cases": [
            {"case": c.case, "version": c.version, "objects": c.objects, "waiting": c.waiting} for c in found.cases
        ],
        "warning": found.warning,
    }


def _small(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(MOST_BYTES)
    except OSError as error:
        what = f"{path} cannot be read: {error.strerror}."
        raise BadRequest(what) from error
