"""Objects in a folder: every object a file, durable before its name and its name before it is acknowledged."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from groundside.keep.batch_disk import DiskBatch
from groundside.keep.durable import disk_errors, sync_folder
from groundside.keep.object_id import missing, place_of
from groundside.keep.object_store import Chunks, StoreBatch
from groundside.keep.shelf import Shelf
from groundside.keep.small_files import open_plain
from groundside.keep.streams import mapped

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem


class DiskStore:
    """
    Keep opaque bytes in a folder; as `ObjectStore` says.

    Args:
        folder: where "objects" and "incoming" are, or are to be made; on one file system.
    """

    def __init__(self, folder: Path) -> None:
        self._shelf = Shelf(folder)

    @property
    def incoming(self) -> Path:
        """Folder where growing objects lie."""
        return self._shelf.incoming

    def put(self, object_id: str, chunks: Chunks, most: int | None = None) -> None:
        """Keep a stream of bytes; when this returns they are durable."""
        self._shelf.write(object_id, chunks, sync=True)
        part = self._shelf.part(object_id)
        try:
            self.adopt(part, object_id)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    @contextmanager
    def batch(self) -> Generator[StoreBatch]:
        """Begin a batch, flushed on leaving the block."""
        with disk_errors():
            batch = DiskBatch(self._shelf)
        try:
            yield batch
            batch.flush()
        finally:
            batch.close()

    def open(self, object_id: str) -> BinaryIO:
        """Open an object's bytes for reading."""
        with disk_errors():
            return os.fdopen(self._handle(object_id), "rb")

    def view(self, object_id: str) -> AbstractContextManager[memoryview]:
        """Give all of an object's bytes as read-only memory."""
        return self._view(object_id)

    def adopt(self, file: Path, object_id: str) -> None:
        """Make a durable file in `incoming` an object."""
        with disk_errors():
            self._shelf.reveal(file, object_id)

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
        """Count the bytes that lie there."""
        try:
            return self._shelf.path(object_id).stat().st_size
        except FileNotFoundError:
            raise missing(object_id) from None

    def sweep(self, keep: Callable[[str], bool] | None, older_than_s: float) -> int:
        """Remove what crashes left."""
        return self._shelf.sweep(keep, older_than_s)

    def files(self, object_ids: Sequence[str]) -> tuple[FileSystem, list[str]]:
        """Name objects for pyarrow's datasets."""
        from pyarrow.fs import LocalFileSystem, SubTreeFileSystem  # takes 0.1 s that most callers need not spend

        below = SubTreeFileSystem(str(self._shelf.objects), LocalFileSystem())
        return below, [place_of(each) for each in object_ids]

    def _handle(self, object_id: str) -> int:
        try:
            return open_plain(self._shelf.path(object_id))
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
