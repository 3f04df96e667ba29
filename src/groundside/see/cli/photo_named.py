"""A photo of the archive, as it is named on the command line: also by a file that the archive has the bytes of."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from groundside.errors import Unreadable

PHOTO_HELP = "A photo of the archive: the file itself, or its name, or the beginning of its id or SHA-256."
PhotoArgument = Annotated[str, typer.Argument(help=PHOTO_HELP, metavar="PHOTO")]


def photo_given(text: str) -> str:
    """
    Give the SHA-256 of a file that is there, and all else as it is.

    Raises:
        Unreadable: the file cannot be read.
    """
    path = Path(text)
    if not path.is_file():
        return text
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        what = f"{path} cannot be read: {error.strerror}."
        raise Unreadable(what, try_this="check its permissions") from error
