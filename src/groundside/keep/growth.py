"""How the bytes of a growing object lie in its file: as they came, or encrypted piece by piece."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Protocol

_READ = 1 << 20


class Growth(Protocol):
    """The form of one growing object's file, and how far it is good."""

    @property
    def end(self) -> int:
        """Bytes of the file that are good; what comes after them was torn and is to be cut off."""
        ...

    def so_far(self, handle: int) -> Iterator[bytes]:
        """
        Read the content that is there, in pieces; sets `end`.

        Raises:
            Tampered: it is not what was written.
        """
        ...

    def written(self, data: bytes) -> Iterator[bytes]:
        """Give the pieces of the file that hold some more content."""
        ...

    def went(self, size: int) -> None:
        """Take note that so many bytes were written."""
        ...

    def failed(self) -> None:
        """Take note that pieces which were given could not be written, and were cut off again."""
        ...


class PlainGrowth:
    """Bytes as they came."""

    def __init__(self) -> None:
        self.end = 0

    def so_far(self, handle: int) -> Iterator[bytes]:
        """Read the content that is there."""
        self.end = 0
        while piece := os.pread(handle, _READ, self.end):
            self.end += len(piece)
            yield piece

    def written(self, data: bytes) -> Iterator[bytes]:
        """Give the bytes themselves."""
        yield data

    def went(self, size: int) -> None:
        """Take note that so many bytes were written."""
        self.end += size

    def failed(self) -> None:
        """Do nothing: what was cut off leaves no trace."""
