"""The vault: hashes what it is given, gives it the form in which it is kept, and leaves the keeping to a store."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from groundside.errors import Conflict, GroundsideError, NotFound
from groundside.keep.appending import GROWING, Appending
from groundside.keep.durable import disk_errors
from groundside.keep.object_id import checked, fingerprint, new_id
from groundside.keep.object_store import Chunks, ObjectStore, StoreBatch, StorePutting
from groundside.keep.rows import Stored
from groundside.keep.sealing.form import Form
from groundside.keep.streams import Hashing, checked_range
from groundside.keep.vault import Batch
from groundside.model.digest import Digest

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

_HASHED_AT_ONCE = 7 << 20


class StoreVault:
    """
    Keep bytes unchanged; as `Vault` says.

    Args:
        store: where they lie.
        form: how they lie there.
        fingerprint_key: gives the secret of this archive for fingerprints, 32 bytes, when it is first needed.
    """

    def __init__(self, store: ObjectStore, form: Form, fingerprint_key: Callable[[], bytes]) -> None:
        self.store = store
        self._form = form
        self._fingerprint_key = fingerprint_key

    def put(self, chunks: Chunks, *, limit: int | None = None) -> Stored:
        """Keep a stream of bytes; when this returns they are durable."""
        return _put(self.store, self._form, chunks, limit)

    @contextmanager
    def batch(self) -> Generator[Batch]:
        """Begin a batch, flushed on leaving the block."""
        with self.store.batch() as batch:
            yield _VaultBatch(batch, self._form)

    def open(self, object_id: str) -> BinaryIO:
        """Open an object for reading."""
        return self._form.open(self.store, object_id)

    def read(self, object_id: str, start: int = 0, length: int | None = None) -> bytes:
        """Read a range of an object."""
        checked_range(start, length)
        with self.open(object_id) as file, disk_errors():
            file.seek(start)
            return file.read() if length is None else file.read(length)

    def view(self, object_id: str) -> AbstractContextManager[memoryview]:
        """Give a whole object as read-only memory."""
        return self._form.view(self.store, object_id)

    def append(self, object_id: str | None = None) -> Appending:
        """Begin an object whose bytes are still arriving, or go on with one; it lies on this machine until sealed."""
        if object_id is None:
            return self._appending(new_id(), new=True)
        try:
            growing = self._appending(checked(object_id), new=False)
        except NotFound:
            if self.holds(object_id):
                raise _sealed_already(object_id) from None
            raise
        self._settle_crash(growing)
        return growing

    def discard(self, object_id: str) -> None:
        """Remove an object for good."""
        self.store.discard(object_id)
        self._form.gone(object_id)

    def ids(self) -> Iterator[str]:
        """Name every object."""
        return self.store.ids()

    def holds(self, object_id: str) -> bool:
        """Whether there is such an object."""
        return self.store.holds(object_id)

    def size(self, object_id: str) -> int:
        """Count an object's bytes."""
        return self._form.size(self.store, object_id)

    def digest(self, object_id: str) -> Digest:
        """Compute the SHA-256 of the bytes that are there now."""
        found = hashlib.sha256()
        with self.open(object_id) as file, disk_errors():
            for piece in _pieces(file):
                found.update(piece)
        return Digest.of_bytes(found.digest())

    def fingerprint(self, digest: Digest) -> str:
        """Give the name by which duplicates are found."""
        return fingerprint(self._fingerprint_key(), digest)

    def sweep(self, keep: Callable[[str], bool] | None, older_than_s: float) -> int:
        """Remove what crashes left."""
        return self.store.sweep(keep, older_than_s)

    def files(self, object_ids: Sequence[str]) -> tuple[FileSystem, list[str]]:
        """Name objects for pyarrow's datasets."""
        return self._form.files(self.store, object_ids)

    def _appending(self, object_id: str, *, new: bool) -> Appending:
        file = self.store.incoming / f"{object_id}{GROWING}"
        return Appending(object_id, file, self._form.growth(object_id), self._finish, new=new)

    def _finish(self, file: Path, object_id: str, content: Iterator[bytes]) -> bytes:
        return self._form.finish(self.store, file, object_id, content)

    def _settle_crash(self, growing: Appending) -> None:
        """See to a growing object of which there is a whole one, too: a crash came just after it was sealed."""
        if not self.store.holds(growing.object_id):
            return
        if self._form.knows(growing.object_id):
            growing.abandon()
            raise _sealed_already(growing.object_id)
        self.store.discard(growing.object_id)  # nobody was told its key


class _VaultBatch:
    """As `Batch`: what is put takes its form on the way into the batch of a store."""

    def __init__(self, batch: StoreBatch, form: Form) -> None:
        self._batch, self._form = batch, form

    @property
    def lost(self) -> Mapping[str, GroundsideError]:
        """Ids that did not become durable, each with why."""
        return self._batch.lost

    def put(self, chunks: Chunks, *, limit: int | None = None) -> Stored:
        """Keep bytes that the next flush makes durable."""
        return _put(self._batch, self._form, chunks, limit)

    def discard(self, object_id: str) -> None:
        """Take out again what was put and not flushed."""
        self._batch.discard(object_id)

    def flush(self) -> None:
        """Return when all that was put is durable and can be read."""
        self._batch.flush()


def _put(where: StorePutting, form: Form, chunks: Chunks, limit: int | None) -> Stored:
    object_id, passing = new_id(), Hashing(chunks, limit)
    pieces, key = form.closed(object_id, passing)
    where.put(object_id, pieces, form.most(limit))
    form.kept(object_id, key)
    return Stored(object_id, passing.size, passing.digest, key)


def _pieces(file: BinaryIO) -> Iterator[memoryview]:
    """Read a file from its beginning to its end, in pieces that share one buffer."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    buffer = memoryview(bytearray(min(size, _HASHED_AT_ONCE)))
    while taken := cast("io.BufferedReader", file).readinto(buffer):
        yield buffer[:taken]


def _sealed_already(object_id: str) -> Conflict:
    what = f"Object {object_id} is sealed: nothing more can be written to it."
    return Conflict(what)
