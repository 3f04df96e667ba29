"""A file seen through a window: what is asked for is fetched, and no more."""

from __future__ import annotations

from collections.abc import Callable

HEAD_BYTES = 1 << 16
MOST_FETCHED = 1 << 26
"""Of one file; who asks for more has read a hostile one."""

Octets = bytes | memoryview
Fetch = Callable[[int, int], Octets]
"""Gives the bytes from a place on, at most so many: fewer where the file ends."""


class Window:
    """
    Bytes of a file by place.

    Args:
        size: of the whole file, in bytes.
        fetch: reads; may give fewer bytes than asked for where the file ends, and raises nothing.
        whole: gives all of it at once, for those who need it: a memory map or the bytes.
    """

    __slots__ = ("_fetch", "_fetched", "_head", "_whole", "first", "size")

    def __init__(self, size: int, fetch: Fetch, whole: Callable[[], Octets]) -> None:
        self.size = size
        self._fetch, self._whole = fetch, whole
        self.first = fetch(0, min(size, HEAD_BYTES))
        self._head = memoryview(self.first)
        self._fetched = len(self._head)

    @classmethod
    def over(cls, data: Octets) -> Window:
        """Look at bytes that are in memory."""
        view = memoryview(data)
        return cls(len(data), lambda at, count: view[at : at + count], lambda: view)

    @property
    def head(self) -> memoryview:
        """The first bytes of the file: at most `HEAD_BYTES`."""
        return self._head

    def take(self, at: int, count: int) -> Octets:
        """Give bytes; fewer than asked for where the file ends, or where too much was asked for already."""
        if at + count <= len(self._head):
            return self._head[at : at + count]
        if self._fetched + count > MOST_FETCHED or at >= self.size or count <= 0:
            return b""
        self._fetched += count
        return self._fetch(at, count)

    def whole(self) -> Octets:
        """Give all bytes of the file."""
        return self._head if len(self._head) == self.size else self._whole()
