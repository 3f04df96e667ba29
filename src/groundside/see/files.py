"""Write a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from groundside.errors import BadRequest, NoSpace, NotFound, TooLarge

MOST_TEXT_BYTES = 1 << 20


def small_text(path: Path) -> str:
    """
    Read a small file of text in UTF-8.

    Raises:
        NotFound, BadRequest: it is not there, or is no such text.
        TooLarge: it has more than a megabyte.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(MOST_TEXT_BYTES + 1)
    except FileNotFoundError as error:
        what = f"There is no file {path}."
        raise NotFound(what) from error
    except OSError as error:
        what = f"{path} cannot be read: {error.strerror}."
        raise BadRequest(what) from error
    if len(raw) > MOST_TEXT_BYTES:
        what = f"{path} is no small text: it has more than {MOST_TEXT_BYTES} bytes."
        raise TooLarge(what)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        what = f"{path} is no text in UTF-8."
        raise BadRequest(what) from error


@contextmanager
def written_whole(path: Path) -> Generator[BinaryIO]:
    """
    Give a stream whose bytes appear under `path` only when the block ends without an error.

    Raises:
        NoSpace: the disk cannot take it, or the folder cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=".groundside-", dir=path.parent)
    except OSError as error:
        what = f"{path} cannot be written: {error.strerror}."
        raise NoSpace(what, try_this="choose another folder with --out") from error
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        Path(name).replace(path)
    except OSError as error:
        what = f"{path} cannot be written: {error.strerror}."
        raise NoSpace(what, try_this="make room, or choose another folder with --out") from error
    finally:
        Path(name).unlink(missing_ok=True)
