"""Objects in a bucket: every object one key, never overwritten, durable when the server has said so."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from groundside.errors import GroundsideError
from groundside.keep.batch_s3 import S3Batch
from groundside.keep.bucket import PIECE, Bucket
from groundside.keep.durable import disk_errors, make_folder, nameless_file, sync_folder
from groundside.keep.fetching import fetch, s3_file_system
from groundside.keep.object_file import open_object
from groundside.keep.object_id import is_id, missing, place_of
from groundside.keep.object_store import Chunks, StoreBatch
from groundside.keep.shelf import sweep_incoming
from groundside.keep.streams import gather, mapped

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

_OBJECTS, _INCOMING = "objects", "incoming"


class BucketStore:
    """
    Keep opaque bytes in a bucket; as `ObjectStore` says.

    Keys are those of the files of a `DiskStore`, so that an archive can be moved by copying them.

    Args:
        folder: of the archive, on this machine: in its "incoming" growing objects lie until they are sealed, and
            large ones, as they are in the bucket, while they are viewed.
        bucket: where objects lie.
    """

    def __init__(self, folder: Path, bucket: Bucket) -> None:
        self._incoming = folder / _INCOMING
        self._bucket = bucket
        with disk_errors():
            make_folder(self._incoming)

    @property
    def incoming(self) -> Path:
        """Folder on this machine where growing objects lie."""
        return self._incoming

    def put(self, object_id: str, chunks: Chunks, most: int | None = None) -> None:
        """Keep a stream of bytes; when this returns they are durable."""
        passing = iter(chunks)
        content, more = gather(passing, PIECE)
        if more:
            self.upload(object_id, itertools.chain(content, passing), most)
        else:
            self.create(object_id, b"".join(content))

    def create(self, object_id: str, content: bytes) -> None:
        """Keep a small object under an id that is new."""
        self._bucket.create(_key(object_id), content)

    def upload(self, object_id: str, content: Iterator[bytes | memoryview], most: int | None) -> None:
        """
        Keep a large object under an id that is new.

        The id is reserved first, for S3 has no way to complete a large object only where there is none.
        """
        reserved = f"{_INCOMING}/{object_id}"
        self._bucket.create(reserved, b"")
        try:
            # Copied, for parts are on their way while the next pieces come, which may share a buffer.
            self._bucket.create_from(_key(object_id), map(bytes, content), most)
        finally:
            with suppress(GroundsideError):  # it is swept later
                self._bucket.delete(reserved)

    @contextmanager
    def batch(self) -> Generator[StoreBatch]:
        """Begin a batch, flushed on leaving the block."""
        batch = S3Batch(self)
        try:
            yield batch
            batch.flush()
        finally:
            batch.close()

    def open(self, object_id: str) -> BinaryIO:
        """Open an object's bytes for reading."""
        return open_object(self._bucket, _key(object_id), missing(object_id))

    def view(self, object_id: str) -> AbstractContextManager[memoryview]:
        """Give all of an object's bytes as read-only memory: large ones in a file that has no name."""
        return self._view(object_id)

    def adopt(self, file: Path, object_id: str) -> None:
        """Make a durable file in `incoming` an object."""
        with file.open("rb") as content:
            self.put(object_id, iter(lambda: content.read(PIECE), b""), file.stat().st_size)
        file.unlink(missing_ok=True)
        sync_folder(file.parent)

    def discard(self, object_id: str) -> None:
        """Remove an object for good."""
        self._bucket.delete(_key(object_id))

    def ids(self) -> Iterator[str]:
        """Name every object."""
        return (name for name, _ in self._listed())

    def holds(self, object_id: str) -> bool:
        """Whether there is such an object."""
        return self._bucket.has(_key(object_id))

    def size(self, object_id: str) -> int:
        """Count the bytes that lie there."""
        return self._bucket.size(_key(object_id), missing(object_id))

    def sweep(self, keep: Callable[[str], bool] | None, older_than_s: float) -> int:
        """Remove what crashes left, here and in the bucket; ages are by the clocks of this machine and the server."""
        before = time.time() - older_than_s
        doomed = [each.key for each in self._bucket.list(_INCOMING) if each.written.timestamp() <= before]
        if keep:
            doomed += [_key(name) for name, written in self._listed() if written <= before and not keep(name)]
        for key in doomed:
            self._bucket.delete(key)
        return len(doomed) + sweep_incoming(self._incoming, keep, before)

    def files(self, object_ids: Sequence[str]) -> tuple[FileSystem, list[str]]:
        """Name objects for pyarrow's datasets."""
        return self._file_system, [place_of(each) for each in object_ids]

    @cached_property
    def _file_system(self) -> FileSystem:
        return s3_file_system(self._bucket.address, _OBJECTS)

    def _listed(self) -> Iterator[tuple[str, float]]:
        for each in self._bucket.list(_OBJECTS):
            name = each.key.rpartition("/")[2]
            if is_id(name) and each.key == _key(name):
                yield name, each.written.timestamp()

    @contextmanager
    def _view(self, object_id: str) -> Generator[memoryview]:
        size, content = self._bucket.get(_key(object_id), missing(object_id))
        if content is not None:
            yield content
            return
        with nameless_file(self._incoming) as handle:
            fetch(self._bucket, _key(object_id), size, handle)
            with mapped(handle) as view:
                yield view


def _key(object_id: str) -> str:
    return f"{_OBJECTS}/{place_of(object_id)}"
