"""
Bytes, under random names that say nothing of them: what every vault does, whatever it is built on.

Where a thing lies is nobody's business outside the vault: callers hold opaque object ids, never paths or keys of
a bucket. `store_vault` is the one that there is: over a store (`store_disk`, `store_s3`), in a form (`sealing.form`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, BinaryIO, Protocol

from groundside.errors import GroundsideError
from groundside.keep.appending import Appending
from groundside.keep.object_store import Chunks
from groundside.keep.rows import Stored
from groundside.model.digest import Digest

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

__all__ = ["Appending", "Batch", "Chunks", "Putting", "Stored", "Vault"]


class Putting(Protocol):
    """Where bytes can be put: a vault, or a batch of one."""

    def put(self, chunks: Chunks, *, limit: int | None = None) -> Stored:
        """
        Keep a stream of bytes. In a vault they are durable when this returns, in a batch when it is flushed.

        Args:
            chunks: what reading them raises passes through and leaves nothing behind.
            limit: most bytes to take; None for no limit.

        Raises:
            TooLarge: more than `limit` came.
            NoSpace: there is no room. In either case nothing half-written is left.
        """
        ...


class Batch(Putting, Protocol):
    """
    Many objects that become durable together, which costs a hundredth of one by one.

    Used by one thread at a time. Nothing can be read back before `flush`.
    """

    @property
    def lost(self) -> Mapping[str, GroundsideError]:
        """Ids of this batch that did not become durable, each with why."""
        ...

    def discard(self, object_id: str) -> None:
        """Take out again what was put and not flushed; no harm where it is not in this batch."""
        ...

    def flush(self) -> None:
        """
        Return when all that was put is durable and can be read.

        Raises:
            NoSpace, Unreadable and others: something was lost; `lost` says what. All else is durable.
        """
        ...


class Vault(Putting, Protocol):
    """Keep bytes unchanged. Any number of threads and processes may use one at once."""

    def batch(self) -> AbstractContextManager[Batch]:
        """
        Begin a batch: flushed on leaving the block; left by an exception, what was not flushed is removed.

        A process that is killed meanwhile leaves nothing half-written that could be read.
        """
        ...

    def open(self, object_id: str) -> BinaryIO:
        """
        Open an object for reading; seekable, and without a name that would tell its path.

        Raises:
            NotFound: no such object.
        """
        ...

    def read(self, object_id: str, start: int = 0, length: int | None = None) -> bytes:
        """
        Read a range of an object; shorter, or empty, where the object ends before it.

        Raises:
            BadRequest: a negative start or length.
            NotFound: no such object.
        """
        ...

    def view(self, object_id: str) -> AbstractContextManager[memoryview]:
        """
        Give a whole object as read-only memory; arrays that share it may outlive the `with` block.

        Raises:
            NotFound: no such object.
        """
        ...

    def append(self, object_id: str | None = None) -> Appending:
        """
        Begin an object whose bytes are still arriving, or go on with one after a crash.

        Args:
            object_id: of one that was begun on this machine and not sealed; None for a new one.

        Raises:
            NotFound: none was begun under that id.
            Conflict: it is sealed, or someone is writing it now.
        """
        ...

    def discard(self, object_id: str) -> None:
        """Remove an object for good; no harm where it is gone already."""
        ...

    def ids(self) -> Iterator[str]:
        """Name every object, in no order; those that come or go meanwhile may be left out."""
        ...

    def holds(self, object_id: str) -> bool:
        """Whether there is such an object, whole."""
        ...

    def size(self, object_id: str) -> int:
        """
        Count an object's bytes.

        Raises:
            NotFound: no such object.
        """
        ...

    def digest(self, object_id: str) -> Digest:
        """
        Compute the SHA-256 of the bytes that are there now.

        Raises:
            NotFound: no such object.
        """
        ...

    def fingerprint(self, digest: Digest) -> str:
        """
        Give the name by which duplicates are found: keyed, in hexadecimal.

        Whoever sees it cannot tell whether the archive holds a file they know.
        """
        ...

    def sweep(self, keep: Callable[[str], bool] | None, older_than_s: float) -> int:
        """
        Remove what crashes left: half-arrived bytes, and objects that nobody refers to.

        Args:
            keep: whether an id is referred to. None spares every object without looking at it, and every growing
                one: only half-arrived bytes are removed, which costs nothing however much is kept.
            older_than_s: leave alone what was written later than that, for it may be about to be referred to.

        Returns:
            How many were removed.
        """
        ...

    def files(self, object_ids: Sequence[str]) -> tuple[FileSystem, list[str]]:
        """
        Name objects in the one way that pyarrow's datasets can read; for `track_dataset` alone.

        Returns:
            A file system for reading, and the objects' names in it, in the order asked for.
        """
        ...
