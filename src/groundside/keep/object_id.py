"""Names of objects: random, so that they say nothing; checked, so that none is ever a path."""

from __future__ import annotations

import hmac
import re
import secrets

from groundside.errors import NotFound
from groundside.model.digest import Digest

_ID = re.compile(r"[0-9a-f]{32}\Z")


def new_id() -> str:
    """Make a name that nobody has: 128 random bits in hexadecimal."""
    return secrets.token_hex(16)


def is_id(name: str) -> bool:
    """Whether a name can be one of ours."""
    return bool(_ID.match(name))


def checked(object_id: str) -> str:
    """
    Give the same id back.

    Raises:
        NotFound: no object can have that name.
    """
    if not is_id(object_id):
        raise missing(object_id)
    return object_id


def place_of(object_id: str) -> str:
    """Say where an object lies below "objects", on a disk and in a bucket alike: 256 folders of about equal size."""
    return f"{checked(object_id)[:2]}/{object_id}"


def missing(object_id: str) -> NotFound:
    """Say that there is no such object."""
    return NotFound(f"There is no object {object_id[:40]!r} in the vault.", try_this="groundside verify")


def fingerprint(key: bytes, digest: Digest) -> str:
    """Give the keyed name of some bytes: HMAC-SHA-256 of their SHA-256, in hexadecimal. Source: RFC 2104."""
    return hmac.new(key, bytes.fromhex(digest.hex), "sha256").hexdigest()
