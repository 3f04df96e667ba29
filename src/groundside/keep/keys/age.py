"""Encryption to people, in the format of age (age-encryption.org/v1), for X25519 recipients."""

# pyright: reportAttributeAccessIssue=false
# The library is compiled and comes without types.

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

import pyrage

from groundside.errors import BadRequest, Refused, Tampered

_IDENTITY = re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]+\Z")
_ARMOUR = b"-----BEGIN AGE ENCRYPTED FILE-----"
_NOT_OURS = "No matching keys found"


def encrypted(content: bytes, recipients: Sequence[str]) -> bytes:
    """
    Encrypt something to several people, each of whom can open it alone; armoured, so that it can be printed.

    Raises:
        BadRequest: one of them is no recipient of age.
    """
    try:
        people = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
    except pyrage.RecipientError:
        what = "That is no recipient of age."
        raise BadRequest(what, try_this="give what age-keygen prints as the public key: age1…") from None
    return cast("bytes", pyrage.encrypt(content, people, armored=True))


def decrypted(content: bytes, identity: str) -> bytes:
    """
    Open what was encrypted to somebody.

    Args:
        content: a file of age; around the lines of an armoured one there may be white space, as of a copy by hand.
        identity: what is in the file of an identity: lines of "AGE-SECRET-KEY-1…", and comments.

    Raises:
        BadRequest: there is no identity in it.
        Refused: it was encrypted to others.
        Tampered: it is damaged, or no file of age.
    """
    lines = [line.strip() for line in identity.splitlines()]
    try:
        identities = [pyrage.x25519.Identity.from_str(line) for line in lines if _IDENTITY.match(line)]
    except pyrage.IdentityError:
        identities = []
    if not identities:
        what = "There is no identity of age in what was given."
        raise BadRequest(what, try_this="give the file that age-keygen made, with its line AGE-SECRET-KEY-1…")
    try:
        return cast("bytes", pyrage.decrypt(_bare(content), identities))
    except pyrage.DecryptError as error:
        if _NOT_OURS in str(error):
            what = "The escrow is not for the person whose identity was given."
            raise Refused(what, try_this="give the identity of one of those it was made for") from None
        what = "The escrow is damaged, or is no file of age."
        raise Tampered(what, try_this="give another copy of it with --escrow FILE") from None


def _bare(content: bytes) -> bytes:
    stripped = content.strip()
    return stripped if stripped.startswith(_ARMOUR) else content
