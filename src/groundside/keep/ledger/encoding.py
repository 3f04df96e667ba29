"""Numbers, hashes and lines as text that has one form only, so that no changed text says the same."""

from __future__ import annotations

import base64
import binascii
import re
from typing import NoReturn

from groundside.errors import Tampered
from groundside.keep.ledger.merkle import HASH_BYTES, MOST_LEAVES

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


def refuse(what: str) -> NoReturn:
    """Raise the error for a text of the ledger that does not hold."""
    raise Tampered(what, try_this="get it again from where it came; if it is the same, it was changed there")


def to_base64(data: bytes) -> str:
    """Write bytes in the base64 of RFC 4648, section 4."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str, what: str) -> bytes:
    """
    Read base64 in the one form that `to_base64` writes.

    Raises:
        Tampered: anything else, such as blanks, or bits after the last byte; `what` says of what.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        refuse(f"{what} is no base64.")
    if to_base64(data) != text:
        refuse(f"{what} is not base64 in its one form.")
    return data


def hash_from(text: str) -> bytes:
    """Read a hash, 32 bytes in base64; Tampered where it is none."""
    data = from_base64(text, "A hash")
    if len(data) != HASH_BYTES:
        refuse(f"A hash has {len(data)} bytes, not {HASH_BYTES}.")
    return data


def number_from(text: str, what: str, most: int = MOST_LEAVES) -> int:
    """Read a decimal number from 0 to `most` without leading zeros, signs or blanks; Tampered where it is none."""
    if not _DECIMAL.fullmatch(text) or int(text) > most:
        refuse(f"{what} is no number from 0 to {most}.")
    return int(text)


def plain_text(text: str, most_bytes: int, what: str) -> str:
    """Give back a text that is UTF-8, not too long, and without control characters but newlines; else Tampered."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        refuse(f"{what} is not UTF-8.")
    if size > most_bytes:
        refuse(f"{what} has {size} bytes; at most {most_bytes} are read.")
    if _CONTROL.search(text):
        refuse(f"{what} holds control characters.")
    return text
