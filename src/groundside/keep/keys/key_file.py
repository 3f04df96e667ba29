"""Files that hold a secret: read only where nobody else could have read or changed it."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from groundside.errors import Refused
from groundside.keep.durable import make_folder, sync_folder, write_file

MOST_BYTES = 4096
"""No file of a key is longer."""
_OTHERS = 0o077
_OTHERS_OR_GROUP_WRITES = 0o037
_OTHERS_WRITE = 0o022
_NEXT = ".next"


def file_exists(path: Path) -> bool:
    """Whether there is anything of that name, also where a link leads nowhere."""
    return os.path.lexists(path)


def read_secret(path: Path, *, group_may_read: bool = False) -> bytes:
    """
    Read a small file that only its owner can read, and nobody else can replace.

    Args:
        path: where it is.
        group_may_read: as of systemd's credentials, where the mode of the group shows an access list.

    Raises:
        Refused: it is not there, is no plain file, belongs to another account, or others may read or change it. No
            message carries what is in it.
    """
    with _file_errors("read"):
        handle = _opened(path)
        try:
            _check(os.fstat(handle), _OTHERS_OR_GROUP_WRITES if group_may_read else _OTHERS)
            _check_folder(path.resolve().parent)
            return os.read(handle, MOST_BYTES)
        finally:
            os.close(handle)


def write_secret(path: Path, content: bytes) -> None:
    """
    Write a small file durably that only its owner can read, in place of an older one; its folder is made.

    Raises:
        Refused: it cannot be written, or others could replace it.
    """
    with _file_errors("written"):
        _make_folders(path.parent)
        _check_folder(path.parent.resolve())
        write_file(path, content)


def pending(path: Path) -> Path:
    """Name the file in which a new key waits to take the place of an older one."""
    return path.with_name(f"{path.name}{_NEXT}")


def finish(path: Path) -> None:
    """Let a new key take its file's place; no harm where it has, or where another process was first."""
    with _file_errors("written"):
        try:
            pending(path).replace(path)
        except FileNotFoundError:
            return
        sync_folder(path.parent)


def _make_folders(folder: Path) -> None:
    # Each durably: a key that is lost with the folder above it is lost with all that it opens.
    if not folder.is_dir():
        _make_folders(folder.parent)
        make_folder(folder)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError as error:
        what = "The file of this archive's root key is not there. Without that key nothing in the archive can be read."
        advice = "put the file back, set root_key to where it is, or: groundside keys restore-root --identity FILE"
        raise Refused(what, try_this=advice) from error


def _check(found: os.stat_result, forbidden: int) -> None:
    if not stat.S_ISREG(found.st_mode):
        _refuse("is not a file", "give the path of a file")
    if found.st_uid not in {os.geteuid(), 0}:
        _refuse("belongs to another account", "chown it to the account that runs groundside")
    if found.st_mode & forbidden:
        _refuse(f"can be read or changed by others (its mode is {stat.S_IMODE(found.st_mode):o})", "chmod 600 it")
    if found.st_size > MOST_BYTES:
        _refuse("is too large to be a key", "give the file of a key")


def _check_folder(folder: Path) -> None:
    found = folder.stat()
    shared = found.st_mode & _OTHERS_WRITE and not found.st_mode & stat.S_ISVTX
    if shared or found.st_uid not in {os.geteuid(), 0}:
        _refuse("lies in a folder in which others may write", "chmod 700 that folder, or put the file elsewhere")


def _refuse(why: str, advice: str) -> None:
    what = f"The file of the root key {why}."
    raise Refused(what, try_this=advice)


@contextmanager
def _file_errors(done: str) -> Generator[None]:
    try:
        yield
    except OSError as error:
        what = f"The file of the root key cannot be {done}: {os.strerror(error.errno or 0)}."
        raise Refused(what, try_this="check its folder, or set root_key to another place") from error
