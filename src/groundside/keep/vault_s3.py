"""A vault in a bucket: every object one key, never overwritten, durable when the server has said so."""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from groundside.errors import Conflict, GroundsideError
from groundside.keep.appending import GROWING, Appending
from groundside.keep.batch_s3 import S3Batch
from groundside.keep.bucket import PIECE, Bucket
from groundside.keep.durable import disk_errors, make_folder, nameless_file, sync_folder
from groundside.keep.fetching import fetch, s3_file_system
from groundside.keep.object_file import open_object
from groundside.keep.object_id import checked, fingerprint, is_id, missing, new_id, place_of
from groundside.keep.rows import Stored
from groundside.keep.shelf import sweep_incoming
from groundside.keep.streams import Hashing, checked_range, gather, mapped
from groundside.keep.vault import Batch, Chunks
from groundside.model.digest import Digest

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

_OBJECTS, _INCOMING = "objects", "incoming"


class S3Vault:
    """
    Keep bytes unchanged in a bucket; as `Vault` says.

    Keys are those of the files of a `DiskVault`, so that an archive can be moved by copying them.

    Args:
        folder: of the archive, on this machine: in its "incoming" growing objects lie until they are sealed, and
            large ones while they are viewed.
        key: secret of this archive for fingerprints, 32 bytes.
        bucket: where objects lie.
    """

    def __init__(self, folder: Path, key: bytes, bucket: Bucket) -> None:
        self._incoming = folder / _INCOMING
        self._key = key
        self._bucket = bucket
        with disk_errors():
            make_folder(self._incoming)

    def put(self, chunks: Chunks, *, limit: int | None = None) -> Stored:
        """Keep a stream of bytes; when this returns they are durable."""
        object_id, passing = new_id(), Hashing(chunks, limit)
        content, more = gather(passing, PIECE)
        if more:
            self.upload(object_id, itertools.chain(content, passing), limit)
        else:
            self.create(object_id, b"".join(content))
        return Stored(object_id, passing.size, passing.digest)

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
            self._bucket.create_from(_key(object_id), content, most)
        finally:
            with suppress(GroundsideError):  # it is swept later
                self._bucket.delete(reserved)

    @contextmanager
    def batch(self) -> Generator[Batch]:
        """Begin a batch, flushed on leaving the block."""
        batch = S3Batch(self)
        try:
            yield batch
            batch.flush()
        finally:
            batch.close()

    def open(self, object_id: str) -> BinaryIO:
        """Open an object for reading."""
        return open_object(self._bucket, _key(object_id), missing(object_id))

    def read(self, object_id: str, start: int = 0, length: int | None = None) -> bytes:
        """Read a range of an object."""
        checked_range(start, length)
        size = self.size(object_id)
        end = size if length is None else min(size, start + length)
        return b"".join(self._bucket.pieces(_key(object_id), start, end, missing(object_id)))

    def view(self, object_id: str) -> AbstractContextManager[memoryview]:
        """Give a whole object as read-only memory: a large one in a file that has no name."""
        return self._view(object_id)

    def append(self, object_id: str | None = None) -> Appending:
        """Begin an object whose bytes are still arriving, or go on with one; it lies on this machine until sealed."""
        if object_id is not None and self.holds(object_id):
            self._growing(object_id).unlink(missing_ok=True)  # a crash may have come just after it was sealed
            what = f"Object {object_id} is sealed: nothing more can be written to it."
            raise Conflict(what)
        name = checked(object_id) if object_id else new_id()
        return Appending(name, self._growing(name), self._seal, new=object_id is None)

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
        """Count an object's bytes."""
        return self._bucket.size(_key(object_id), missing(object_id))

    def digest(self, object_id: str) -> Digest:
        """Compute the SHA-256 of the bytes that are there now."""
        key, absent = _key(object_id), missing(object_id)
        size, content = self._bucket.get(key, absent)
        found = hashlib.sha256()
        for piece in self._bucket.pieces(key, 0, size, absent) if content is None else [content]:
            found.update(piece)
        return Digest.of_bytes(found.digest())

    def fingerprint(self, digest: Digest) -> str:
        """Give the name by which duplicates are found."""
        return fingerprint(self._key, digest)

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

    def _growing(self, object_id: str) -> Path:
        return self._incoming / f"{object_id}{GROWING}"

    def _listed(self) -> Iterator[tuple[str, float]]:
        for each in self._bucket.list(_OBJECTS):
            name = each.key.rpartition("/")[2]
            if is_id(name) and each.key == _key(name):
                yield name, each.written.timestamp()

    def _seal(self, file: Path, object_id: str) -> None:
        with file.open("rb") as content:
            pieces = iter(lambda: content.read(PIECE), b"")
            if file.stat().st_size > PIECE:
                self.upload(object_id, pieces, file.stat().st_size)
            else:
                self.create(object_id, b"".join(pieces))
        file.unlink(missing_ok=True)
        sync_folder(file.parent)

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
