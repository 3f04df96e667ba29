"""Sealed objects as they are read: any range of one, decrypting only what it touches; or all of one in memory."""

from __future__ import annotations

import io
import mmap
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import BinaryIO, cast

from groundside.keep.nameless import Nameless
from groundside.keep.sealing.stream import CHUNK, HEADER, TAG, ChunkCipher, altered, chunks_of, content_size

_AT_ONCE = 7
"""Chunks that are fetched together; with their tags they fit into one request to a bucket."""
_BUFFERED = 1 << 16


def open_sealed(object_id: str, key: bytes, file: BinaryIO) -> BinaryIO:
    """
    Open a sealed object for reading its content; seekable.

    Reading raises Tampered where a chunk is not what was written there; nothing of that chunk is given out.

    Args:
        object_id: whose bytes the file gives.
        key: its data key.
        file: the object as it lies in its store; closed with what is returned, and not where this raises.

    Raises:
        Tampered: it is no sealed object, or of another length.
    """
    return cast("BinaryIO", io.BufferedReader(_SealedFile(object_id, key, file), _BUFFERED))


@contextmanager
def view_sealed(object_id: str, key: bytes, sealed: memoryview) -> Generator[memoryview]:
    """
    Give the whole content of a sealed object as read-only memory; arrays that share it may outlive the `with` block.

    Raises:
        Tampered: some of it is not what was written; nothing is given out.
    """
    size = content_size(object_id, len(sealed))
    # Shared with nobody, and no part of a file; "shared" only so that it counts as file, not as working memory.
    memory = mmap.mmap(-1, max(size, 1))
    content = memoryview(memory)
    cipher = ChunkCipher(object_id, key, bytes(sealed[:HEADER]))
    _open_chunks(cipher, 0, chunks_of(size), sealed[HEADER:], content[:size])
    view = content[:size].toreadonly()
    content.release()
    try:
        yield view
    finally:
        with suppress(BufferError):
            view.release()
            memory.close()


def _open_chunks(cipher: ChunkCipher, first: int, count: int, sealed: memoryview, target: memoryview) -> None:
    """Decrypt chunks that lie one after another, of an object that has `count` of them."""
    for number, at in enumerate(range(0, max(len(target), 1), CHUNK), first):
        begin = at + TAG * (number - first)
        chunk = target[at : at + CHUNK]
        cipher.open_into(number, sealed[begin : begin + len(chunk) + TAG], chunk, last=number == count - 1)


class _SealedFile(Nameless):
    """The content of a sealed object; keeps the chunk that was asked for last."""

    def __init__(self, object_id: str, key: bytes, file: BinaryIO) -> None:
        super().__init__(content_size(object_id, file.seek(0, io.SEEK_END)))
        self._object_id, self._file = object_id, file
        file.seek(0)
        self._cipher = ChunkCipher(object_id, key, file.read(HEADER))
        self._count = chunks_of(self._size)
        self._sealed, self._chunk, self._number = bytearray(), bytearray(), -1
        if not self._size:
            self._load(0)  # that it is empty must be true, too

    def readall(self) -> bytes:
        """Read to the end."""
        found = bytearray(max(0, self._size - self._at))
        filled = 0
        while filled < len(found):
            filled += self.readinto(memoryview(found)[filled:])
        return bytes(found)

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Read what fits: whole chunks, or what is left of one; less where the object ends."""
        target = memoryview(buffer).cast("B")[: max(0, self._size - self._at)]
        if not target:
            return 0
        number, skipped = divmod(self._at, CHUNK)
        taken = 0 if skipped else self._whole_chunks(number, target)
        if not taken:
            self._load(number)
            found = memoryview(self._chunk)[skipped : min(CHUNK, self._size - number * CHUNK)]
            taken = min(len(found), len(target))
            target[:taken] = found[:taken]
        self._at += taken
        return taken

    def close(self) -> None:
        """Let go of the object."""
        if not self.closed:
            self._file.close()
        super().close()

    def _whole_chunks(self, first: int, target: memoryview) -> int:
        """Decrypt as many chunks as fit, straight to where they are wanted."""
        is_rest = first * CHUNK + len(target) == self._size
        whole = len(target) if is_rest else len(target) - len(target) % CHUNK
        whole = min(whole, _AT_ONCE * CHUNK)
        if whole:
            self._decrypt(first, target[:whole])
        return whole

    def _load(self, number: int) -> None:
        if number != self._number:
            self._number = -1
            if not self._chunk:
                self._chunk = bytearray(min(CHUNK, self._size))
            size = min(CHUNK, self._size - number * CHUNK)
            self._decrypt(number, memoryview(self._chunk)[:size])
            self._number = number

    def _decrypt(self, first: int, target: memoryview) -> None:
        self._file.seek(HEADER + first * (CHUNK + TAG))
        size = len(target) + TAG * chunks_of(len(target))
        if len(self._sealed) < size:
            self._sealed = bytearray(size)
        sealed = memoryview(self._sealed)[:size]
        self._fill(sealed)
        _open_chunks(self._cipher, first, self._count, sealed, target)

    def _fill(self, buffer: memoryview) -> None:
        filled = 0
        while filled < len(buffer):
            taken = self._file.readinto(buffer[filled:])  # pyright: ignore[reportAttributeAccessIssue]
            if not taken:
                raise altered(self._object_id, "it became shorter while it was read")
            filled += taken
