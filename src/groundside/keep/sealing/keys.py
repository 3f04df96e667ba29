"""Where a vault gets its keys: what it asks, what it remembers of objects just put, what a worker is given."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Mapping
from typing import NoReturn, Protocol

from groundside.errors import NotFound

KEY_BYTES = 32
_REMEMBERED, _REMEMBERED_S = 4096, 600.0
"""Objects put and not yet catalogued: more than are ever on their way at once, and longer than they are."""


class ObjectKeys(Protocol):
    """Knows the data key of every object; any number of threads may ask."""

    def key_of(self, object_id: str) -> bytes:
        """
        Give the data key of an object, 32 bytes.

        Raises:
            NotFound: there is none: the object's bytes say nothing.
        """
        ...

    def keys_of(self, object_ids: Collection[str]) -> Mapping[str, bytes]:
        """Give the data keys of many objects at once; those that have none are left out."""
        ...


class VaultSecrets(Protocol):
    """Secrets of an archive that its vault needs besides; each is loaded when it is first asked for."""

    def fingerprint_key(self) -> bytes:
        """Give the key of the names by which duplicates are found, 32 bytes."""
        ...

    def growing_key(self) -> bytes:
        """Give the key that wraps those of growing objects, 32 bytes."""
        ...


class GivenKeys:
    """The keys of the objects that somebody was given, and of no others."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = {**keys}

    def key_of(self, object_id: str) -> bytes:
        """Give the data key of an object."""
        try:
            return self._keys[object_id]
        except KeyError:
            raise no_key(object_id) from None

    def keys_of(self, object_ids: Collection[str]) -> Mapping[str, bytes]:
        """Give the data keys of many objects at once."""
        return {each: self._keys[each] for each in object_ids if each in self._keys}


class NoSecrets:
    """A worker has none: it names no duplicates and lets nothing grow."""

    def fingerprint_key(self) -> bytes:
        """Refuse."""
        return self._refuse()

    def growing_key(self) -> bytes:
        """Refuse."""
        return self._refuse()

    def _refuse(self) -> NoReturn:
        what = "a worker was asked for a secret of the archive"
        raise RuntimeError(what)


class RecentKeys:
    """
    The keys of objects that were just put, before those that are catalogued.

    Args:
        catalogued: knows all others.
    """

    def __init__(self, catalogued: ObjectKeys) -> None:
        self._catalogued = catalogued
        self._recent: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._lock = threading.Lock()

    def key_of(self, object_id: str) -> bytes:
        """Give the data key of an object."""
        with self._lock:
            key, until = self._recent.get(object_id, (b"", 0.0))
        return key if time.monotonic() < until else self._catalogued.key_of(object_id)

    def keys_of(self, object_ids: Collection[str]) -> Mapping[str, bytes]:
        """Give the data keys of many objects at once."""
        now = time.monotonic()
        with self._lock:
            recent = {name: key for name, (key, until) in self._recent.items() if now < until}
        return {**self._catalogued.keys_of(object_ids), **recent}

    def remember(self, object_id: str, key: bytes) -> None:
        """Remember the key of an object that was put; what is old is forgotten, and the oldest where there are many."""
        now = time.monotonic()
        with self._lock:
            self._recent[object_id] = key, now + _REMEMBERED_S
            while len(self._recent) > _REMEMBERED or next(iter(self._recent.values()))[1] <= now:
                self._recent.popitem(last=False)

    def forget(self, object_id: str) -> None:
        """Forget the key of an object that is gone."""
        with self._lock:
            self._recent.pop(object_id, None)


def new_key() -> bytes:
    """Make a data key."""
    return secrets.token_bytes(KEY_BYTES)


def no_key(object_id: str) -> NotFound:
    """Say that an object has no key."""
    return NotFound(f"There is no key of object {object_id[:40]!r}: what it holds cannot be read.")
