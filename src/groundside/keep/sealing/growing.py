"""
Growing objects that are sealed: no byte of their content lies in the clear while it still comes.

A file of sections. Each begins with a key of its own, wrapped, and holds frames under it, numbered from 0: a length of
4 bytes and 4 of its checksum, then AES-256-GCM. Whoever goes on after a crash, or after a write that failed, begins a
new section: under an old key the number of a frame that was cut off would be used twice. A section's key is wrapped
for where it begins in the file and for the section before it, so that none can be moved, repeated or left out, and no
frame before it.

A frame is torn, and dropped, where the file ends before it does, or ends in zeros that a file system put in place of
what it had not written. All else that does not open was changed. That whole frames were cut off at the end can only be
known by whoever remembers how many there were.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from groundside.keep.sealing.keys import KEY_BYTES, new_key
from groundside.keep.sealing.stream import CHUNK, TAG, altered

_SECTION = b"GSGRO\x02"
_NONCE = 12
_WRAPPED = _NONCE + KEY_BYTES + TAG
_LENGTH = 4
_BEGINNING = 2 * _LENGTH
_AHEAD = 4 << 20


class SealedGrowth:
    """
    Content encrypted piece by piece; as `Growth`.

    Args:
        object_id: whose.
        growing_key: wraps the keys of sections, 32 bytes; asked for when it is first needed.
    """

    def __init__(self, object_id: str, growing_key: Callable[[], bytes]) -> None:
        self._object_id, self._growing_key = object_id, growing_key
        self._frames: _Frames | None = None
        self._before = b""
        self.end = 0

    def so_far(self, handle: int) -> Iterator[bytes]:
        """Read the content that is there; what a crash tore off at the end is left out."""
        reading, size = _Reading(handle), os.fstat(handle).st_size
        self.end, self._before = 0, b""
        frames: _Frames | None = None
        while self.end < size:
            if reading.at(self.end, len(_SECTION)) == _SECTION:
                frames = self._opened(reading, size)
                if frames is None:
                    return
                continue
            piece = self._next(frames, reading, size)
            if piece is None:
                return
            yield piece

    def written(self, data: bytes) -> Iterator[bytes]:
        """Give the content encrypted, after a section's beginning where one is needed."""
        if self._frames is None:
            self._frames, beginning = self._begun()
            yield beginning
        for at in range(0, len(data), CHUNK):
            yield self._frames.closed(data[at : at + CHUNK])

    def went(self, size: int) -> None:
        """Take note that so many bytes were written."""
        self.end += size
        self._before = self._frames.wrapped if self._frames else self._before

    def failed(self) -> None:
        """Never use again the key of what was cut off."""
        self._frames = None

    def _begun(self) -> tuple[_Frames, bytes]:
        key, nonce = new_key(), os.urandom(_NONCE)
        wrapped = nonce + AESGCM(self._growing_key()).encrypt(nonce, key, self._place())
        return _Frames(key, self._bound(wrapped), wrapped), _SECTION + wrapped

    def _opened(self, reading: _Reading, size: int) -> _Frames | None:
        """Open the section that begins here; None where its beginning is torn."""
        wrapped = reading.at(self.end + len(_SECTION), _WRAPPED)
        if len(wrapped) < _WRAPPED:
            return None
        try:
            key = AESGCM(self._growing_key()).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], self._place())
        except InvalidTag:
            return self._refuse_unless_unwritten(reading, size)
        self.end += len(_SECTION) + _WRAPPED
        self._before = wrapped
        return _Frames(key, self._bound(wrapped), wrapped)

    def _next(self, frames: _Frames | None, reading: _Reading, size: int) -> bytes | None:
        """Open the frame that comes next; None where it is torn."""
        beginning = reading.at(self.end, _BEGINNING)
        if len(beginning) < _BEGINNING:
            return None
        length = int.from_bytes(beginning[:_LENGTH], "big")
        if frames is None or beginning != _beginning(length):
            return self._refuse_unless_unwritten(reading, size)
        if self.end + _BEGINNING + length > size:
            return None
        piece = frames.opened(reading.at(self.end + _BEGINNING, length))
        if piece is None:
            return self._refuse_unless_unwritten(reading, size)
        self.end += _BEGINNING + length
        return piece

    def _refuse_unless_unwritten(self, reading: _Reading, size: int) -> None:
        if any(reading.at(size - TAG, TAG)):
            raise altered(self._object_id, f"while it still grew, it was changed after byte {self.end:,} of its file")

    def _place(self) -> bytes:
        """Say where a section that begins at the end stands, for its key to be wrapped for."""
        return self._bound(_SECTION + self.end.to_bytes(8, "big") + self._before)

    def _bound(self, beginning: bytes) -> bytes:
        return hashlib.sha256(beginning + self._object_id.encode()).digest()


@dataclass(slots=True)
class _Frames:
    """The frames of one section."""

    key: bytes
    bound: bytes
    wrapped: bytes
    number: int = 0

    def closed(self, piece: bytes) -> bytes:
        sealed = AESGCM(self.key).encrypt(self._nonce(), piece, self.bound)
        self.number += 1
        return _beginning(len(sealed)) + sealed

    def opened(self, sealed: bytes) -> bytes | None:
        try:
            piece = AESGCM(self.key).decrypt(self._nonce(), sealed, self.bound)
        except InvalidTag:
            return None
        self.number += 1
        return piece

    def _nonce(self) -> bytes:
        return self.number.to_bytes(_NONCE, "big")


def _beginning(length: int) -> bytes:
    raw = length.to_bytes(_LENGTH, "big")
    return raw + zlib.crc32(raw).to_bytes(_LENGTH, "big")


class _Reading:
    """A file read ahead, for frames may be small."""

    def __init__(self, handle: int) -> None:
        self._handle, self._first, self._held = handle, 0, b""

    def at(self, start: int, length: int) -> bytes:
        if start < self._first or start + length > self._first + len(self._held):
            there = max(0, os.fstat(self._handle).st_size - start)
            self._first, self._held = start, os.pread(self._handle, min(there, max(length, _AHEAD)), start)
        skipped = start - self._first
        return self._held[skipped : skipped + length]
