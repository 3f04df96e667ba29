"""Data keys held in memory for a short while: few, and for seconds only."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

MOST = 1024
SECONDS = 30.0
"""How long a key is remembered, so that what another process erased is soon gone from this one too."""


class Remembered:
    """The keys used last. Threads may share it."""

    def __init__(self, most: int = MOST, seconds: float = SECONDS) -> None:
        self._most, self._seconds = most, seconds
        self._keys: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, object_id: str) -> bytes | None:
        """Give the key of an object; None where it is not remembered."""
        with self._lock:
            key, until = self._keys.get(object_id, (b"", 0.0))
            if time.monotonic() < until:
                self._keys.move_to_end(object_id)
                return key
            self._keys.pop(object_id, None)
            return None

    def put(self, object_id: str, key: bytes) -> None:
        """Remember the key of an object in place of the one used longest ago."""
        with self._lock:
            self._keys[object_id] = (key, time.monotonic() + self._seconds)
            self._keys.move_to_end(object_id)
            if len(self._keys) > self._most:
                self._keys.popitem(last=False)

    def forget(self) -> None:
        """Remember nothing more."""
        with self._lock:
            self._keys.clear()
