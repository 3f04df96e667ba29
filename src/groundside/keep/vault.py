"""
Bytes, under random names that say nothing of them.

Where a thing lies is nobody's business outside this file: callers hold opaque object ids, never paths, so
that encryption or an object store can take this file's place.
"""

from __future__ import annotations

import hashlib
import hmac
import mmap
import os
import re
import secrets
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

from groundside.errors import BadRequest, Conflict, NotFound, TooLarge
from groundside.keep.appending import GROWING, Appending, is_being_written
from groundside.keep.durable import FILE_MODE, disk_errors, make_folder, sync_folder, write_all
from groundside.keep.rows import Stored
from groundside.model.digest import Digest

_ID = re.compile(r"[0-9a-f]{32}\Z")
_PART = ".part"

__all__ = ["Appending", "Stored", "Vault"]


class Vault:
    """
    Keep bytes unchanged.

    Args:
        folder: where "objects" and "incoming" are, or are to be made; on one file system.
        key: secret of this archive for fingerprints, 32 bytes.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self._objects = folder / "objects"
        self._incoming = folder / "incoming"
        self._key = key
        self._synced: set[Path] = set()
        with disk_errors():
            make_folder(self._objects)
            make_folder(self._incoming)

    def put(self, chunks: Iterable[bytes], *, limit: int | None = None) -> Stored:
        """
        Keep a stream of bytes; when this returns they are durable.

        Args:
            chunks: bytes in any pieces; what reading them raises passes through and leaves nothing behind.
            limit: most bytes to take; None for no limit.

        Raises:
            TooLarge: more than `limit` came.
            NoSpace: the disk is full. In either case nothing half-written is left.
        """
        object_id = secrets.token_hex(16)
        part = self._incoming / f"{object_id}{_PART}"
        with disk_errors():
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
        try:
            size, digest = _copy(chunks, handle, limit)
            with disk_errors():
                os.fsync(handle)
                self._reveal(part, object_id)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        return Stored(object_id, size, digest)

    def open(self, object_id: str) -> BinaryIO:
        """
        Open an object for reading; seekable, and without a name that would tell its path.

        Raises:
            NotFound: no such object.
        """
        with disk_errors():
            return os.fdopen(self._handle(object_id), "rb")

    def read(self, object_id: str, start: int = 0, length: int | None = None) -> bytes:
        """
        Read a range of an object; shorter, or empty, where the object ends before it.

        Raises:
            BadRequest: a negative start or length.
            NotFound: no such object.
        """
        if start < 0 or (length is not None and length < 0):
            what = f"There is no range of {length} bytes from byte {start}."
            raise BadRequest(what)
        with self.open(object_id) as file, disk_errors():
            file.seek(start)
            return file.read() if length is None else file.read(length)

    def view(self, object_id: str) -> AbstractContextManager[memoryview]:
        """
        Give a whole object as read-only memory; arrays that share it may outlive the `with` block.

        Raises:
            NotFound: no such object.
        """
        return self._view(object_id)

    def append(self, object_id: str | None = None) -> Appending:
        """
        Begin an object whose bytes are still arriving, or go on with one after a crash.

        Args:
            object_id: of one that was begun and not sealed; None for a new one.

        Raises:
            NotFound: none was begun under that id.
            Conflict: it is sealed, or someone is writing it now.
        """
        if object_id is not None and self.holds(object_id):
            what = f"Object {object_id} is sealed: nothing more can be written to it."
            raise Conflict(what)
        name = _checked(object_id) if object_id else secrets.token_hex(16)
        file = self._incoming / f"{name}{GROWING}"
        return Appending(name, file, self._reveal, new=object_id is None)

    def discard(self, object_id: str) -> None:
        """Remove an object for good; no harm where it is gone already."""
        path = self._path(object_id)
        with disk_errors(), suppress(FileNotFoundError):
            path.unlink()
            sync_folder(path.parent)

    def ids(self) -> Iterator[str]:
        """Name every object, in no order; those that come or go meanwhile may be left out."""
        for path in self._objects.glob("??/*"):
            if _ID.match(path.name):
                yield path.name

    def holds(self, object_id: str) -> bool:
        """Whether there is such an object, whole."""
        return self._path(object_id).is_file()

    def size(self, object_id: str) -> int:
        """
        Count an object's bytes.

        Raises:
            NotFound: no such object.
        """
        try:
            return self._path(object_id).stat().st_size
        except FileNotFoundError:
            raise _missing(object_id) from None

    def digest(self, object_id: str) -> Digest:
        """
        Compute the SHA-256 of the bytes that are there now.

        Raises:
            NotFound: no such object.
        """
        with self.open(object_id) as file, disk_errors():
            return Digest.of_bytes(hashlib.file_digest(cast("BufferedReader", file), "sha256").digest())

    def fingerprint(self, digest: Digest) -> str:
        """
        Give the name by which duplicates are found: an HMAC-SHA-256 under the archive's key, in hexadecimal.

        Whoever sees it cannot tell whether the archive holds a file they know. Source: RFC 2104.
        """
        return hmac.new(self._key, bytes.fromhex(digest.hex), "sha256").hexdigest()

    def sweep(self, keep: Callable[[str], bool], older_than_s: float) -> int:
        """
        Remove what crashes left: half-arrived bytes, and objects that nobody refers to.

        Args:
            keep: whether an id is referred to.
            older_than_s: leave alone what was written later than that, for it may be about to be referred to.

        Returns:
            How many were removed.
        """
        before = time.time() - older_than_s
        doomed = [p for p in self._incoming.iterdir() if p.suffix == _PART or not keep(p.stem)]
        doomed += [p for p in self._objects.glob("??/*") if not keep(p.name)]
        return sum(_remove_old(path, before) for path in doomed)

    def _path(self, object_id: str) -> Path:
        return self._objects / _checked(object_id)[:2] / object_id

    def _handle(self, object_id: str) -> int:
        try:
            return os.open(self._path(object_id), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise _missing(object_id) from None

    def _reveal(self, part: Path, object_id: str) -> None:
        target = self._path(object_id)
        self._make_durable(target.parent)
        part.rename(target)
        try:
            sync_folder(target.parent)
        except OSError:
            target.unlink(missing_ok=True)
            raise

    def _make_durable(self, folder: Path) -> None:
        if folder in self._synced:
            return
        make_folder(folder)
        sync_folder(self._objects)  # also where another process made it and has not come to this yet
        self._synced.add(folder)

    @contextmanager
    def _view(self, object_id: str) -> Generator[memoryview]:
        with self.open(object_id) as file:
            if not self.size(object_id):
                yield memoryview(b"")
                return
            with disk_errors():
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        view = memoryview(mapped)
        try:
            yield view
        finally:
            with suppress(BufferError):  # arrays that share this memory live on; it is let go with the last of them
                view.release()
                mapped.close()


def _copy(chunks: Iterable[bytes], handle: int, limit: int | None) -> tuple[int, Digest]:
    digest = hashlib.sha256()
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if limit is not None and size > limit:
            what = f"More than the limit of {limit:,} bytes."
            raise TooLarge(what, try_this="raise the size limit in the settings")
        with disk_errors():
            write_all(handle, chunk)
        digest.update(chunk)
    return size, Digest.of_bytes(digest.digest())


def _checked(object_id: str) -> str:
    if not _ID.match(object_id):
        raise _missing(object_id)
    return object_id


def _missing(object_id: str) -> NotFound:
    return NotFound(f"There is no object {object_id[:40]!r} in the vault.", try_this="groundside verify")


def _remove_old(path: Path, before: float) -> bool:
    try:
        if path.stat().st_mtime > before or (path.suffix == GROWING and is_being_written(path)):
            return False
        path.unlink()
    except FileNotFoundError:  # another process finished or removed it meanwhile
        return False
    return True
