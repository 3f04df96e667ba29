"""Which archive a command works on, and on whose behalf."""

from __future__ import annotations

import os
import pwd
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.errors import BadRequest
from groundside.model.caller import Caller
from groundside.see.cli.console import say
from groundside.settings import Settings, load

if TYPE_CHECKING:
    from groundside.archive.archive import Archive

ArchiveOption = Annotated[
    str | None,
    typer.Option("--archive", help="The archive folder. Default: GROUNDSIDE_ARCHIVE.", metavar="DIR"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON to standard output.")]

PARTIAL = 13
"""Exit code when some files could not be taken in or read, and all others were."""

_given: dict[str, str] = {}


def remember(archive: str | None, why: str) -> None:
    """Keep what was said before the command's name."""
    _given.update({"archive": archive or "", "why": why})


def settings() -> Settings:
    """Read the settings of this process."""
    return load(os.environ, Path.home())


def caller(how: str = "shell") -> Caller:
    """Name the account that runs this process."""
    try:
        who = pwd.getpwuid(os.getuid()).pw_name  # not what the environment says: anybody can say anything there
    except KeyError:
        who = f"uid {os.getuid()}"
    return Caller(who=who, how=how, why=_given.get("why", ""))


@contextmanager
def opened(archive: str | None, *, create: bool = False) -> Generator[Archive]:
    """
    Open the archive that was named, for the length of a command.

    Raises:
        BadRequest: none was named.
        WrongArchive: the folder is no archive, or a newer program wrote it.
    """
    from groundside.archive.archive import Archive

    path = folder(archive)
    new = create and not (path.is_dir() and any(path.iterdir()))
    with Archive.open(path, settings(), create=create) as it:
        if new:
            _tell_of_root_key(it)
        yield it


def _tell_of_root_key(archive: Archive) -> None:
    found = archive.key_status(caller())
    if not found.sealed:
        return
    say(f"A new archive, sealed: who loses its root key loses all that is in it. {_whence(found.given, found.place)}")
    say("  try: groundside keys escrow --to age1… --to age1…, and a copy of that key where nobody else gets at it")


def _whence(given: str, place: str) -> str:
    return (
        f"The key is in the file {place}." if given == "file" else f"The key comes from: {given} {place}".strip() + "."
    )


def folder(archive: str | None) -> Path:
    """Say which archive folder was named, by option or by setting."""
    configured = settings().archive
    named = archive or _given.get("archive") or (str(configured) if configured else "")
    if not named:
        what = "No archive was named."
        raise BadRequest(what, try_this="add --archive DIR, or set GROUNDSIDE_ARCHIVE=DIR")
    return Path(named).expanduser()
