"""
The form of a sealed object: a header of 16 bytes, then its content in chunks of 1 MiB, each AES-256-GCM.

A STREAM construction. Source: Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance", CRYPTO 2015, section 7. The nonce of a chunk is the header's random prefix, the number
of the chunk and whether it is the last, so that none can be left out, moved, repeated or added; associated data is the
SHA-256 of the header and the object's id, so that none can come from another object.
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from groundside.errors import Tampered
from groundside.keep.object_store import Chunks

MAGIC = b"GSOBJ\x01"
EXPONENT = 20
CHUNK = 1 << EXPONENT
TAG = 16
HEADER = 16
_PREFIX = 7
_RESERVED = bytes(HEADER - len(MAGIC) - 1 - _PREFIX)
_SPARE: deque[bytearray] = deque(maxlen=8)
"""Buffers without work. Making one costs more than encrypting what fits into it."""


def sealed_size(size: int) -> int:
    """Count the bytes that a content of `size` bytes takes when it is sealed."""
    return HEADER + size + TAG * chunks_of(size)


def chunks_of(size: int) -> int:
    """Count the chunks of a content; an empty one has one, empty, chunk."""
    return max(1, -(-size // CHUNK))


def content_size(object_id: str, sealed: int) -> int:
    """
    Count the bytes of content in a sealed object, which takes no key.

    Args:
        object_id: for the error's text.
        sealed: bytes of the whole object as it lies in its store.

    Raises:
        Tampered: no sealed object has that size.
    """
    body = sealed - HEADER
    size = body - TAG * -(-body // (CHUNK + TAG))
    if size < 0 or sealed_size(size) != sealed:
        raise altered(object_id, f"no sealed object has {sealed:,} bytes")
    return size


def altered(object_id: str, how: str) -> Tampered:
    """Say that an object is not what was kept."""
    what = f"Object {object_id} is not what was kept: {how}."
    return Tampered(what, try_this="put it back from a backup; groundside verify lists all that is wrong")


def new_header() -> bytes:
    """Make the header of a new object."""
    return MAGIC + bytes([EXPONENT]) + os.urandom(_PREFIX) + _RESERVED


class ChunkCipher:
    """
    Encrypts and decrypts single chunks of one object.

    Args:
        object_id: whose.
        key: its data key, 32 bytes.
        header: as the object begins.

    Raises:
        Tampered: no header of ours.
    """

    def __init__(self, object_id: str, key: bytes, header: bytes) -> None:
        fixed = header[: len(MAGIC) + 1], header[len(MAGIC) + 1 + _PREFIX :]
        if fixed != (MAGIC + bytes([EXPONENT]), _RESERVED):
            raise altered(object_id, f"its first {HEADER} bytes are not those of a sealed object")
        self._object_id = object_id
        self._prefix = header[len(MAGIC) + 1 :][:_PREFIX]
        self._bound = hashlib.sha256(header + object_id.encode()).digest()
        self._cipher = AESGCM(key)

    def close_into(self, number: int, chunk: bytes | memoryview, target: memoryview, *, last: bool) -> None:
        """Encrypt one chunk into memory of exactly its size and `TAG` more."""
        self._cipher.encrypt_into(self._nonce(number, last=last), chunk, self._bound, target)

    def open_into(self, number: int, sealed: memoryview, target: memoryview, *, last: bool) -> None:
        """
        Decrypt one chunk into memory of exactly its size.

        Raises:
            Tampered: it is not the chunk that was written there; nothing of it is in `target` then.
        """
        try:
            self._cipher.decrypt_into(self._nonce(number, last=last), sealed, self._bound, target)
        except InvalidTag:
            target[:] = bytes(len(target))
            first = number * CHUNK
            where = f"bytes {first:,} to {first + max(len(target), 1) - 1:,} of its content"
            raise altered(self._object_id, f"chunk {number}, {where}, was changed, moved or cut") from None

    def _nonce(self, number: int, *, last: bool) -> bytes:
        return self._prefix + number.to_bytes(4, "big") + bytes([last])


@contextmanager
def lent() -> Generator[memoryview]:
    """Lend memory for one sealed chunk for the length of a block, where possible such as was used before."""
    try:
        buffer = _SPARE.pop()
    except IndexError:
        buffer = bytearray(CHUNK + TAG)
    try:
        yield memoryview(buffer)
    finally:
        _SPARE.append(buffer)


def seal(chunks: Chunks, key: bytes, object_id: str) -> Iterator[bytes | memoryview]:
    """
    Seal a stream.

    Args:
        chunks: the content, in any pieces.
        key: data key of the object, 32 bytes, never used for another.
        object_id: bound into every chunk.

    Returns:
        The sealed object in pieces, each good only until the next is asked for.
    """
    header = new_header()
    cipher = ChunkCipher(object_id, key, header)
    yield header
    number = 0
    with lent() as out:
        for chunk, last in _cut(chunks):
            sealed = out[: len(chunk) + TAG]
            cipher.close_into(number, chunk, sealed, last=last)
            yield sealed
            number += 1


def _cut(chunks: Chunks) -> Iterator[tuple[memoryview, bool]]:
    """Cut a stream into chunks of `CHUNK` bytes, and say of each whether it is the last; the last may be shorter."""
    with lent() as buffer:
        held, filled = buffer[:CHUNK], 0
        for piece in chunks:
            rest = memoryview(piece).cast("B")
            while len(rest) > CHUNK - filled:  # more comes after this chunk, so it is not the last
                taken = CHUNK - filled
                if filled:
                    held[filled:] = rest[:taken]
                yield (held if filled else rest[:CHUNK]), False
                rest, filled = rest[taken:], 0
            held[filled : filled + len(rest)] = rest
            filled += len(rest)
        yield held[:filled], True
