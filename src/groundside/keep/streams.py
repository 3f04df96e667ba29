"""What every vault does with bytes: hash them as they pass, give a range of them, map them into memory."""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Self

from groundside.errors import BadRequest, TooLarge
from groundside.keep.durable import disk_errors
from groundside.keep.object_store import Chunks
from groundside.model.digest import Digest


class Hashing:
    """
    A stream that counts and hashes its bytes as they pass.

    Args:
        chunks: the bytes.
        limit: most bytes to let pass; None for no limit.

    Raises:
        TooLarge: on the piece with which more than `limit` came, which does not pass.
    """

    def __init__(self, chunks: Chunks, limit: int | None) -> None:
        self._chunks = iter(chunks)
        self._limit = limit
        self._digest = hashlib.sha256()
        self.size = 0
        """Bytes that passed so far."""

    @property
    def digest(self) -> Digest:
        """The SHA-256 of the bytes that passed so far."""
        return Digest.of_bytes(self._digest.digest())

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes | memoryview:
        chunk = next(self._chunks)
        self.size += len(chunk)
        if self._limit is not None and self.size > self._limit:
            what = f"More than the limit of {self._limit:,} bytes."
            raise TooLarge(what, try_this="raise the size limit in the settings")
        self._digest.update(chunk)
        return chunk


def gather(passing: Iterator[bytes | memoryview], most: int) -> tuple[list[bytes], bool]:
    """
    Read a stream until it ends, or until more than `most` bytes came.

    Returns:
        What was read, which no longer shares the stream's memory, and whether more than `most` bytes came.
    """
    content: list[bytes] = []
    size = 0
    for chunk in passing:
        content.append(bytes(chunk))
        size += len(chunk)
        if size > most:
            return content, True
    return content, False


def checked_range(start: int, length: int | None) -> None:
    """
    Look whether a range makes sense.

    Raises:
        BadRequest: a negative start or length.
    """
    if start < 0 or (length is not None and length < 0):
        what = f"There is no range of {length} bytes from byte {start}."
        raise BadRequest(what)


@contextmanager
def mapped(handle: int) -> Generator[memoryview]:
    """Give an open file that is not empty as read-only memory; arrays that share it may outlive the `with` block."""
    with disk_errors():
        memory = mmap.mmap(handle, 0, access=mmap.ACCESS_READ)
    view = memoryview(memory)
    try:
        yield view
    finally:
        with suppress(BufferError):  # arrays that share this memory live on; it is let go with the last of them
            view.release()
            memory.close()
