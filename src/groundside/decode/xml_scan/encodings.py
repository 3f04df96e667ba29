"""Whether a document can be in the encoding that it declares."""

from __future__ import annotations

import re

_WIDE = re.compile(r"utf-?16(le|be)?", re.IGNORECASE)
_NARROW = re.compile(r"utf-?8|(us-)?ascii|(iso-?8859|windows|cp|koi8|latin|mac)[-_]?\w{1,8}", re.IGNORECASE)
_EVERY_BYTE = bytes(range(256))


def can_be_read(encoding: str, data: memoryview) -> bool:
    """
    Say whether expat can read a document that declares this encoding.

    Besides UTF-8 and UTF-16 it reads those with one byte a character. Programs that make a document as a text of
    16-bit characters and then write it as UTF-8 declare UTF-16: where no byte is 0, it is not that.
    """
    if _WIDE.fullmatch(encoding):
        return 0 in bytes(data[:4]) or bytes(data[:2]) in (b"\xff\xfe", b"\xfe\xff")
    if re.fullmatch("utf-?8", encoding, re.IGNORECASE):
        return True
    return _NARROW.fullmatch(encoding) is not None and _one_byte_a_character(encoding)


def _one_byte_a_character(encoding: str) -> bool:
    try:
        return len(_EVERY_BYTE.decode(encoding, "replace")) == len(_EVERY_BYTE)
    except (LookupError, ValueError):
        return False
