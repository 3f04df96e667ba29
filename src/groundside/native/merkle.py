"""
Hashes of a Merkle tree, many in one call: leaves, and the root over them (RFC 9162, section 2.1.1).

The digest is the one that Python's own `hashlib` calls: OpenSSL's, in the library that is loaded with it. Only the loop
is ours. Where that library cannot be reached, as in a Python that hides it, the twin does the work.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from hashlib import sha256

from groundside import native
from groundside.native import _merkle

HASH_BYTES = 32
_FEW = 4
"""Fewer hashes than these are made before the kernel would be ready."""
_CALLS = (
    "EVP_MD_CTX_new", "EVP_MD_CTX_free", "EVP_sha256", "EVP_DigestInit_ex", "EVP_DigestUpdate", "EVP_DigestFinal_ex",
)  # fmt: skip


def leaf_hashes(leaves: Iterable[bytes]) -> bytes:
    """Hash leaves, in their order: SHA-256 of a zero byte and the leaf, one hash behind the other."""
    given = tuple(leaves)
    kernel = None if len(given) < _FEW else _kernel()
    return leaf_hashes_plainly(given) if kernel is None else kernel.leaf_hashes(given)


def leaf_hashes_plainly(leaves: Iterable[bytes]) -> bytes:
    """Do the same as `leaf_hashes`: its definition."""
    return b"".join(sha256(b"\0" + leaf).digest() for leaf in leaves)


def split(hashes: bytes) -> list[bytes]:
    """Cut what lies one behind the other into hashes; the last one is shorter where the bytes are no whole hashes."""
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


def root(hashes: bytes) -> bytes:
    """Give the root over the hashes of leaves, which lie one behind the other: one at least, and whole."""
    kernel = None if len(hashes) < _FEW * HASH_BYTES else _kernel()
    return root_plainly(hashes) if kernel is None else kernel.root(hashes)


def root_plainly(hashes: bytes) -> bytes:
    """Do the same as `root`: its definition."""
    row, hashed = split(hashes), sha256
    while len(row) > 1:
        # A last one without a partner goes up as it is, which gives the left-complete tree of RFC 9162.
        odd = row[-1:] if len(row) % 2 else []
        pairs = iter(row)
        row = [hashed(b"\1" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)] + odd
    return row[0]


@cache
def _kernel() -> _merkle.Sha256 | None:
    return None if native.PLAIN else _bound()


def _bound() -> _merkle.Sha256 | None:
    """Bind the kernel to the OpenSSL of `hashlib`; None where it is not to be had, or gives another hash."""
    try:
        import _hashlib
        import ctypes

        library = ctypes.CDLL(_hashlib.__file__)
        calls = [ctypes.cast(getattr(library, name), ctypes.c_void_p).value or 0 for name in _CALLS]
    except (ImportError, OSError, AttributeError):
        return None
    kernel = _merkle.Sha256(calls)
    return kernel if kernel.leaf_hashes((b"",)) == sha256(b"\0").digest() else None
