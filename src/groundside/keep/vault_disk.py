"""A vault in a folder: every object a file, durable before its name and its name before it is acknowledged."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from groundside.errors import Conflict
from groundside.keep.appending import GROWING, Appending
from groundside.keep.batch_disk import DiskBatch
from groundside.keep.durable import disk_errors, sync_folder
from groundside.keep.object_id import checked, fingerprint, missing, new_id, place_of
from groundside.keep.rows import Stored
from groundside.keep.shelf import Shelf
from groundside.keep.streams import checked_range, mapped
from groundside.keep.vault import Batch, Chunks
from groundside.model.digest import Digest

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem


class DiskVault:
    """
    Keep bytes unchanged in a folder; as `Vault` says.

    Args:
        folder: where "objects" and "incoming" are, or are to be made; on one file system.
        key: secret of this archive for fingerprints, 32 bytes.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self._shelf = Shelf(folder)
        self._key = key

    def put(self, chunks: Chunks, *, limit: int | None = None) -> Stored:
        """Keep a stream of bytes; when this returns they are durable."""
        object_id = new_id()
        size, digest = self._shelf.write(object_id, chunks, limit, sync=True)
        part = self._shelf.part(object_id)
        try:
            with disk_errors():
                self._shelf.reveal(part, object_id)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return Stored(object_id, size, digest)

    @contextmanager
    def batch(self) -> Generator[Batch]:
        """Begin a batch, flushed on leaving the block."""
        with disk_errors():
            batch = DiskBatch(self._shelf)
        try:
            yield batch
            batch.flush()
        finally:
            batch.close()

    def open(self, object_id: str) -> BinaryIO:
        """Open an object for reading."""
        with disk_errors():
            return os.fdopen(self._handle(object_id), "rb")

    def read(self, object_id: str, start: int = 0, length: int | None = None) -> bytes:
        """Read a range of an object."""
        checked_range(start, length)
        with self.open(object_id) as file, disk_errors():
            file.seek(start)
            return file.read() if length is None else file.read(length)

    def view(self, object_id: str) -> AbstractContextManager[memoryview]:
        """Give a whole object as read-only memory."""
        return self._view(object_id)

    def append(self, object_id: str | None = None) -> Appending:
        """Begin an object whose bytes are still arriving, or go on with one."""
        if object_id is not None and self.holds(object_id):
            what = f"Object {object_id} is sealed: nothing more can be written to it."
            raise Conflict(what)
        name = checked(object_id) if object_id else new_id()
        file = self._shelf.incoming / f"{name}{GROWING}"
        return Appending(name, file, self._reveal, new=object_id is None)

    def discard(self, object_id: str) -> None:
        """Remove an object for good."""
        path = self._shelf.path(object_id)
        with disk_errors(), suppress(FileNotFoundError):
            path.unlink()
            sync_folder(path.parent)

    def ids(self) -> Iterator[str]:
        """Name every object."""
        yield from self._shelf.ids()

    def holds(self, object_id: str) -> bool:
        """Whether there is such an object."""
        return self._shelf.path(object_id).is_file()

    def size(self, object_id: str) -> int:
        """Count an object's bytes."""
        try:
            return self._shelf.path(object_id).stat().st_size
        except FileNotFoundError:
            raise missing(object_id) from None

    def digest(self, object_id: str) -> Digest:
        """Compute the SHA-256 of the bytes that are there now."""
        with self.open(object_id) as file, disk_errors():
            return Digest.of_bytes(hashlib.file_digest(cast("BufferedReader", file), "sha256").digest())

    def fingerprint(self, digest: Digest) -> str:
        """Give the name by which duplicates are found."""
        return fingerprint(self._key, digest)

    def sweep(self, keep: Callable[[str], bool] | None, older_than_s: float) -> int:
        """Remove what crashes left."""
        return self._shelf.sweep(keep, older_than_s)

    def files(self, object_ids: Sequence[str]) -> tuple[FileSystem, list[str]]:
        """Name objects for pyarrow's datasets."""
        from pyarrow.fs import LocalFileSystem, SubTreeFileSystem  # takes 0.1 s that most callers need not spend

        below = SubTreeFileSystem(str(self._shelf.objects), LocalFileSystem())
        return below, [place_of(each) for each in object_ids]

    def _reveal(self, part: Path, object_id: str) -> None:
        with disk_errors():
            self._shelf.reveal(part, object_id)

    def _handle(self, object_id: str) -> int:
        try:
            return os.open(self._shelf.path(object_id), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise missing(object_id) from None

    @contextmanager
    def _view(self, object_id: str) -> Generator[memoryview]:
        with self.open(object_id) as file:
            if not self.size(object_id):
                yield memoryview(b"")
                return
            with mapped(file.fileno()) as view:
                yield view
