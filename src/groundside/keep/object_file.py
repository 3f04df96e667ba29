"""An object of a bucket as a file for reading."""

from __future__ import annotations

import io
from typing import BinaryIO, cast

from groundside.errors import NotFound
from groundside.keep.bucket import PIECE, Bucket
from groundside.keep.nameless import Nameless

_AHEAD = 1 << 20
"""Bytes that one request brings where little is asked for."""


def open_object(bucket: Bucket, key: str, absent: NotFound) -> BinaryIO:
    """
    Open an object: a small one is read at once, of a large one what is asked for, a MiB ahead.

    Raises:
        NotFound: `absent`, where there is no such object.
    """
    size, content = bucket.get(key, absent)
    raw = _ObjectFile(bucket, key, size, content)
    return cast("BinaryIO", io.BufferedReader(raw, min(_AHEAD, max(size, 1))))


class _ObjectFile(Nameless):
    def __init__(self, bucket: Bucket, key: str, size: int, content: memoryview | None) -> None:
        super().__init__(size)
        self._bucket, self._key, self._content = bucket, key, content

    def readall(self) -> bytes:
        """Read to the end, with requests as large as they may be."""
        start, self._at = min(self._at, self._size), max(self._at, self._size)
        if self._content is not None:
            return bytes(self._content[start:])
        return b"".join(self._bucket.pieces(self._key, start, self._size))

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Read what fits, or less where the object ends."""
        end = min(self._at + min(len(buffer), PIECE), self._size)
        if end <= self._at:
            return 0
        if self._content is not None:
            found = self._content[self._at : end]
        else:
            found = self._bucket.get_range(self._key, self._at, end)
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)
