"""Many objects put into a bucket at the same time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import chain
from typing import Protocol

from groundside.errors import GroundsideError
from groundside.keep.bucket import PIECE
from groundside.keep.object_store import Chunks
from groundside.keep.streams import gather

_AT_ONCE = 8
_MOST_WAITING = 64 << 20
"""Bytes in memory that are on their way."""


class Uploads(Protocol):
    """What a batch needs of a store in a bucket."""

    def create(self, object_id: str, content: bytes) -> None:
        """Keep a small object."""
        ...

    def upload(self, object_id: str, content: Iterator[bytes | memoryview], most: int | None) -> None:
        """Keep a large object."""
        ...

    def discard(self, object_id: str) -> None:
        """Remove an object for good."""
        ...


class S3Batch:
    """
    As `StoreBatch`; each object succeeds or fails by itself.

    What is not flushed may be in the bucket already: whole, and known to nobody.
    """

    def __init__(self, store: Uploads) -> None:
        self._store = store
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="upload")
        self._coming: dict[Future[None], tuple[str, int]] = {}
        self._put: dict[str, None] = {}
        self._lost: dict[str, GroundsideError] = {}

    @property
    def lost(self) -> Mapping[str, GroundsideError]:
        """Ids that did not become durable, each with why."""
        return self._lost

    def put(self, object_id: str, chunks: Chunks, most: int | None = None) -> None:
        """Begin to send bytes; a large object is sent whole before this returns."""
        passing = iter(chunks)
        content, more = gather(passing, PIECE)
        if more:
            self._store.upload(object_id, chain(content, passing), most)
        else:
            self._send(object_id, b"".join(content))
        self._put[object_id] = None

    def discard(self, object_id: str) -> None:
        """Take out again what was put and not flushed."""
        if object_id in self._put:
            self._collect(ALL_COMPLETED)
            del self._put[object_id]
            self._remove([object_id])

    def flush(self) -> None:
        """Return when all that was put is durable and can be read."""
        self._collect(ALL_COMPLETED)
        lost = [each for each in self._put if each in self._lost]
        self._put.clear()
        if lost:
            raise self._lost[lost[0]]

    def close(self) -> None:
        """Remove what was not flushed, as far as the server lets us."""
        self._pool.shutdown(cancel_futures=True)
        self._remove(self._put)
        self._put.clear()

    def _send(self, object_id: str, content: bytes) -> None:
        while self._coming and sum(size for _, size in self._coming.values()) + len(content) > _MOST_WAITING:
            self._collect(FIRST_COMPLETED)
        self._coming[self._pool.submit(self._store.create, object_id, content)] = (object_id, len(content))

    def _collect(self, when: str) -> None:
        done, _ = wait(self._coming, return_when=when)
        for future in done:
            object_id, _ = self._coming.pop(future)
            try:
                future.result()
            except GroundsideError as error:
                self._lost[object_id] = error

    def _remove(self, object_ids: Iterable[str]) -> None:
        for object_id in object_ids:
            with suppress(GroundsideError):
                self._store.discard(object_id)
