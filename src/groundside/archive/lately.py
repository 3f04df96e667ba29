"""Tracks that were compared lately: a log without a clock is compared with the same flights as the one before it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from groundside.model.track import Track

MOST_BYTES = 64 << 20


class Lately:
    """
    Keeps the columns compared of some tracks in memory, those asked for lately.

    Objects never change and no two have one id, so that what is kept here is never wrong.

    Args:
        most_bytes: that it keeps.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._size = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[Track, int]] = OrderedDict()

    def track(self, object_id: str | None, load: Callable[[], Track | None]) -> Track | None:
        """Give a track, loaded where it is not kept; None where there is none to load."""
        if object_id is None:
            return None
        with self._lock:
            if object_id in self._kept:
                self._kept.move_to_end(object_id)
                return self._kept[object_id][0]
        found = load()
        if found is not None:
            self._keep(object_id, found, found.table.nbytes)
        return found

    def _keep(self, object_id: str, track: Track, size: int) -> None:
        with self._lock:
            self._size += size - self._kept.pop(object_id, (track, 0))[1]
            self._kept[object_id] = track, size
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1][1]
