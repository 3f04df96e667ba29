"""A file for reading that says nothing of where it lies: what all files that a vault hands out have in common."""

from __future__ import annotations

import io


class Nameless(io.RawIOBase):
    """
    A seekable file without a name; what reads is the part of each kind.

    Args:
        size: bytes in it.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        self._at = 0

    @property
    def name(self) -> None:
        """None: where it lies is nobody's business."""

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def seekable(self) -> bool:
        """Whether one can begin anywhere: always."""
        return True

    def tell(self) -> int:
        """Say where the next byte is read from."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a byte, counted from the beginning, from here or from the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            what = "before the beginning of the file"
            raise ValueError(what)
        self._at = base + offset
        return self._at
