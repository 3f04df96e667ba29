"""Write a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from groundside.errors import NoSpace


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
