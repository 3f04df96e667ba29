"""Writing so that it is still there after the power failed, and saying plainly when the disk would not."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from groundside.errors import NoSpace, TooLarge, Unreadable

_FULL = {errno.ENOSPC, errno.EDQUOT}
FOLDER_MODE = 0o700
FILE_MODE = 0o600
PART = ".part"
"""What the name of a file ends in that is not whole, or not to be seen."""


@contextmanager
def disk_errors() -> Generator[None]:
    """
    Turn what the operating system says about the archive's disk into errors that a person can act on.

    Raises:
        NoSpace: the disk is full, or the account's quota is.
        TooLarge: the file system or the process may not hold a file of that size.
        Unreadable: anything else. No message carries a path.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            what = "The archive's disk is full; nothing half-written was left."
            raise NoSpace(what, try_this="free space on the archive's disk, then run the same command again") from error
        if error.errno == errno.EFBIG:
            what = "The archive's disk cannot hold a file of that size."
            raise TooLarge(what, try_this="keep the archive on a file system without that limit") from error
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        what = f"The archive's disk would not be read or written: {reason}."
        raise Unreadable(what, try_this="check the disk and who may write in the archive folder") from error


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner can enter, durably; no harm where it is there already."""
    if folder.is_dir():
        return
    with suppress(FileExistsError):
        folder.mkdir(mode=FOLDER_MODE)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: what was made, renamed or removed in it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def nameless_file(folder: Path) -> Generator[int]:
    """Open a file for its owner only that nobody can find, and that is gone with its last use; gives its handle."""
    with disk_errors():
        handle, name = tempfile.mkstemp(dir=folder, suffix=PART)
        Path(name).unlink()
    try:
        yield handle
    finally:
        os.close(handle)


def write_all(handle: int, data: bytes | bytearray | memoryview) -> None:
    """Write every byte, also where the operating system takes them in pieces."""
    left = memoryview(data).cast("B")
    while left:
        left = left[os.write(handle, left) :]


def write_file(target: Path, content: bytes) -> None:
    """Write a small file durably, for its owner only, in place of an older one: all of it or none."""
    part = target.with_name(f"{target.name}{PART}")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        write_all(handle, content)
        os.fsync(handle)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)
    part.replace(target)
    sync_folder(target.parent)
