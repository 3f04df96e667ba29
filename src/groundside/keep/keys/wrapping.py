"""One secret wrapped by another: AES-256-GCM, bound to what the secret is for and whose it is."""

from __future__ import annotations

import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from groundside.errors import Tampered

KEY_BYTES = 32
NONCE_BYTES = 12
WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + 16
"""A wrapped key: nonce, the key encrypted, tag."""


class Wrapping:
    """
    A key that wraps others. Any number of threads may use one.

    Nonces are random; NIST SP 800-38D, 8.3 allows 2**32 of them under one key, far more than a case has objects.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def wrap(self, secret: bytes, about: bytes) -> bytes:
        """Wrap a secret of 32 bytes; it can be unwrapped only where `about` is the same."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, about)

    def unwrap(self, wrapped: bytes, about: bytes) -> bytes:
        """
        Unwrap what `wrap` gave.

        Raises:
            Tampered: it was damaged, was wrapped by another key, or belongs to something else.
        """
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], about)
        except (InvalidTag, ValueError) as error:
            what = "A wrapped key is damaged, or is not the one of the thing that it lies beside."
            raise Tampered(what, try_this="put back the catalogue and the folder keys from the same backup") from error


def about(*names: str | int) -> bytes:
    """Write what a secret is for so that no two things are written the same."""
    return json.dumps(names, separators=(",", ":")).encode()


def derived(root: bytes, archive_id: str, label: str) -> bytes:
    """Derive a key of 32 bytes for one purpose; the root itself never encrypts. Source: RFC 5869, with SHA-256."""
    info = about("groundside", 1, label)
    return HKDF(SHA256(), KEY_BYTES, salt=archive_id.encode(), info=info).derive(root)
