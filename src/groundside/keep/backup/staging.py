"""The folder in which an archive is put together, beside the place that it takes when it is whole."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from groundside.errors import Conflict, Refused, Unreachable
from groundside.keep.durable import disk_errors, make_folder, sync_folder


def refuse_full(to: Path) -> None:
    """
    Refuse a folder that holds anything.

    Raises:
        Conflict: it does.
    """
    with disk_errors():
        if to.is_dir() and not any(to.iterdir()):
            return
        if not os.path.lexists(to):
            return
    what = f"{to.name} is not empty: an archive is restored into a new folder only."
    raise Conflict(what, try_this="give another folder to groundside restore --to FOLDER")


@contextmanager
def staging(to: Path) -> Generator[Path]:
    """
    Give a folder beside the one that is to be made; what is left in it in the end is removed.

    Where it was interrupted, or killed, objects stay for the next time, and nothing else.

    Raises:
        Conflict: another process has it.
    """
    folder = to.with_name(f".{to.name}.restoring")
    with disk_errors():
        to.parent.mkdir(parents=True, exist_ok=True)
        make_folder(folder)
        _refuse_foreign(folder)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        _lock(handle)
        try:
            _clear(folder)
            yield folder
        except (KeyboardInterrupt, Unreachable):  # the same command goes on with the objects that are there
            _clear(folder)
            raise
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)


def _refuse_foreign(folder: Path) -> None:
    """Refuse a link, or a folder of somebody else's: what is in it would be removed, or be changed under our hands."""
    found = folder.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077:
        return
    what = f"{folder.name} stands beside the folder that is to be made, and is not ours."
    raise Refused(what, try_this="remove it, or restore into another folder")


def _lock(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        what = "Another process restores an archive into that folder."
        raise Conflict(what, try_this="wait until it is done") from error


def _clear(folder: Path) -> None:
    """Remove all but objects, which are what they are called or are found out."""
    with disk_errors():
        for each in folder.iterdir():
            if each.name != "objects":
                shutil.rmtree(each) if each.is_dir() else each.unlink()


def put_in_place(folder: Path, to: Path) -> None:
    """Give the folder its name, durably, in place of one that is empty, and of no other."""
    with disk_errors():
        sync_folder(folder)
        folder.rename(to)
        sync_folder(to.parent)
