"""What was asked for lately, kept in memory within bounds: many files in a row are compared with the same flights."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

Kept = TypeVar("Kept")
MOST_BYTES = 64 << 20
_every: WeakSet[Lately[Any]] = WeakSet()


class Lately(Generic[Kept]):
    """
    Keeps what belongs to some objects of the vault in memory, of those asked for lately; threads may share it.

    Objects never change and no two have one id, so that what is kept here is never wrong.

    Args:
        size: says how many bytes one takes.
        most_bytes: that it keeps.
    """

    def __init__(self, size: Callable[[Kept], int], most_bytes: int = MOST_BYTES) -> None:
        self._size_of, self._most = size, most_bytes
        self._size = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[Kept, int]] = OrderedDict()
        _every.add(self)

    def forget(self) -> None:
        """Keep nothing of what is kept."""
        with self._lock:
            self._kept.clear()
            self._size = 0

    def get(self, object_id: str) -> Kept | None:
        """Give what is kept of an object; None where that is nothing."""
        with self._lock:
            if object_id not in self._kept:
                return None
            self._kept.move_to_end(object_id)
            return self._kept[object_id][0]

    def put(self, object_id: str, kept: Kept) -> None:
        """Keep something; what was not asked for the longest goes."""
        size = self._size_of(kept)
        with self._lock:
            self._size += size - self._kept.pop(object_id, (kept, 0))[1]
            self._kept[object_id] = kept, size
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1][1]


def forget_all() -> None:
    """Keep nothing in memory of any object, as after an erasure."""
    for each in list(_every):
        each.forget()
