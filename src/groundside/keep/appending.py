"""An object whose bytes are still arriving: appended to, resumed after a crash, sealed in the end."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

from groundside.errors import Conflict, NotFound
from groundside.keep.durable import FILE_MODE, disk_errors, sync_folder, write_all
from groundside.keep.growth import Growth
from groundside.keep.rows import Stored
from groundside.model.digest import Digest

GROWING = ".growing"
Finish = Callable[[Path, str, Iterator[bytes]], bytes]
"""Makes the file of a growing object the whole object of an id, given its content; gives the object's data key."""


class Appending:
    """
    Append bytes; got from `Vault.append`.

    Nothing of it can be read from the vault before `seal`. As a context manager it is closed without being
    sealed, and can be gone on with by its `object_id`.
    """

    def __init__(self, object_id: str, file: Path, growth: Growth, finish: Finish, *, new: bool) -> None:
        self.object_id = object_id
        self._file = file
        self._growth = growth
        self._finish = finish
        self._handle = _open(object_id, file, new=new)
        self._digest = hashlib.sha256()
        self.size = 0
        """Bytes so far; after a crash, where to go on from, perhaps amid what was written last."""
        try:
            self._catch_up()
        except BaseException:
            self.close()
            raise

    def write(self, data: bytes) -> None:
        """
        Append bytes; durable after the next `flush`.

        Raises:
            NoSpace: the disk is full; none of these bytes were kept.
        """
        with disk_errors():
            try:
                written = self._write(data)
            except BaseException:
                self._growth.failed()
                os.ftruncate(self._handle, self._growth.end)
                raise
        self._growth.went(written)
        self._digest.update(data)
        self.size += len(data)

    def flush(self) -> None:
        """Return when all that was written is durable."""
        with disk_errors():
            os.fsync(self._handle)

    def seal(self) -> Stored:
        """Make it an object of the vault, whole and durable, to which nothing can be added."""
        self.flush()
        with disk_errors():
            key = self._finish(self._file, self.object_id, self._growth.so_far(self._handle))
        self.close()
        return Stored(self.object_id, self.size, Digest.of_bytes(self._digest.digest()), key)

    def abandon(self) -> None:
        """Remove it for good."""
        with disk_errors():
            self._file.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Stop here; what was flushed can be gone on with."""
        if self._handle >= 0:
            os.close(self._handle)
        self._handle = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, data: bytes) -> int:
        written = 0
        for piece in self._growth.written(data):
            write_all(self._handle, piece)
            written += len(piece)
        return written

    def _catch_up(self) -> None:
        with disk_errors():
            for piece in self._growth.so_far(self._handle):
                self._digest.update(piece)
                self.size += len(piece)
            if self._growth.end < os.fstat(self._handle).st_size:
                os.ftruncate(self._handle, self._growth.end)


def _open(object_id: str, file: Path, *, new: bool) -> int:
    flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | (os.O_CREAT | os.O_EXCL if new else 0)
    with disk_errors():
        try:
            handle = os.open(file, flags, FILE_MODE)
        except FileNotFoundError:
            what = f"No object {object_id} was begun here."
            raise NotFound(what) from None
        if new:
            sync_folder(file.parent)
    if not _lock(handle) or not _is_still(handle, file):
        os.close(handle)
        what = f"Object {object_id} is being written by another process."
        raise Conflict(what, try_this="groundside jobs")
    return handle


def is_being_written(file: Path) -> bool:
    """Whether some process holds a growing file open for appending."""
    handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return not _lock(handle)
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(handle: int, file: Path) -> bool:
    """Whether the name still leads to the open file: it may have been sealed before we had the lock."""
    try:
        return os.path.samestat(os.fstat(handle), file.stat())
    except FileNotFoundError:
        return False
