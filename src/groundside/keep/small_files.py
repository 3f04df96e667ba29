"""Small files from where somebody else may have written: a backup, a folder that was copied from elsewhere."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from groundside.errors import Tampered

MOST_BYTES = 1 << 20
"""No marker, keyring, escrow or owner's file is longer."""


def read_small(path: Path, most: int = MOST_BYTES) -> bytes:
    """
    Read a small plain file.

    Args:
        path: where it is.
        most: bytes that it has at most.

    Raises:
        FileNotFoundError, OSError: it is not there, or the disk will not give it.
        Tampered: it is a link, a pipe or a device, or is longer.
    """
    handle = open_plain(path)
    try:
        content = bytearray()
        while piece := os.read(handle, min(most + 1 - len(content), 1 << 24)):
            content += piece
            if len(content) > most:
                raise too_large(path.name, most)
        return bytes(content)
    finally:
        os.close(handle)


def open_plain(path: Path) -> int:
    """
    Open a plain file for reading, and nothing else: a link could lead anywhere, a pipe would never end.

    Raises:
        FileNotFoundError, OSError: it is not there, or the disk will not give it.
        Tampered: it is a link, a pipe, a device or a socket.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:  # a link; a socket
            raise no_plain_file(path.name) from None
        raise
    kind = os.fstat(handle).st_mode
    if stat.S_ISREG(kind):
        return handle
    os.close(handle)
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path.name)
    raise no_plain_file(path.name)


def no_plain_file(name: str) -> Tampered:
    """Say that something that is no file, or a link, stands where a file should."""
    what = f"{name} is a link, or no plain file."
    return Tampered(what, try_this="put the file itself there, from a copy")


def too_large(name: str, most: int) -> Tampered:
    """Say that a file is longer than this program ever writes it."""
    what = f"{name} has more than {most:,} bytes: this program never wrote it."
    return Tampered(what, try_this="put the file back from a copy")
