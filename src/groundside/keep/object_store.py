"""
Opaque bytes under random names, durable: a folder or a bucket. Neither hashed nor looked at here.

Above it a vault hashes what it is given and, in a sealed archive, encrypts it: what lies here is then ciphertext.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from groundside.errors import GroundsideError

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

Chunks = Iterable[bytes | memoryview]
"""Bytes in any pieces; each is used up before the next is asked for, so that they may share one buffer."""


class StorePutting(Protocol):
    """Where opaque bytes can be put: a store, or a batch of one."""

    def put(self, object_id: str, chunks: Chunks, most: int | None = None) -> None:
        """
        Keep a stream of bytes under an id that is new; what reading it raises passes through and leaves nothing.

        Args:
            object_id: as `new_id` makes them.
            chunks: the bytes.
            most: bytes that may come at most, where that is known; no limit is held to here.

        Raises:
            NoSpace: there is no room; nothing half-written is left.
            Conflict: there is an object of that name, which is not touched.
        """
        ...


class StoreBatch(StorePutting, Protocol):
    """Many objects that become durable together; as `vault.Batch`."""

    @property
    def lost(self) -> Mapping[str, GroundsideError]:
        """Ids of this batch that did not become durable, each with why."""
        ...

    def discard(self, object_id: str) -> None:
        """Take out again what was put and not flushed; no harm where it is not in this batch."""
        ...

    def flush(self) -> None:
        """Return when all that was put is durable and can be read."""
        ...


class ObjectStore(StorePutting, Protocol):
    """
    Keep opaque bytes. Any number of threads and processes may use one at once.

    `discard`, `ids`, `holds` and `sweep` are as those of `Vault`.
    """

    @property
    def incoming(self) -> Path:
        """Folder on this machine where growing objects lie."""
        ...

    def batch(self) -> AbstractContextManager[StoreBatch]:
        """Begin a batch: flushed on leaving the block; left by an exception, what was not flushed is removed."""
        ...

    def open(self, object_id: str) -> BinaryIO:
        """
        Open an object's bytes for reading; seekable, without a name that would tell its path.

        Raises:
            NotFound: no such object.
        """
        ...

    def view(self, object_id: str) -> AbstractContextManager[memoryview]:
        """
        Give all of an object's bytes as read-only memory; arrays that share it may outlive the `with` block.

        Raises:
            NotFound: no such object.
        """
        ...

    def adopt(self, file: Path, object_id: str) -> None:
        """Make a durable file in `incoming` an object, whole and durable; the file is gone then."""
        ...

    def discard(self, object_id: str) -> None:
        """Remove an object for good; no harm where it is gone already."""
        ...

    def ids(self) -> Iterator[str]:
        """Name every object, in no order."""
        ...

    def holds(self, object_id: str) -> bool:
        """Whether there is such an object, whole."""
        ...

    def size(self, object_id: str) -> int:
        """
        Count the bytes that lie there.

        Raises:
            NotFound: no such object.
        """
        ...

    def sweep(self, keep: Callable[[str], bool] | None, older_than_s: float) -> int:
        """Remove what crashes left."""
        ...

    def files(self, object_ids: Sequence[str]) -> tuple[FileSystem, list[str]]:
        """Name objects in the one way that pyarrow's datasets can read; as they lie there."""
        ...
