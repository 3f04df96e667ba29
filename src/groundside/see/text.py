"""How times and names are written for people and programs."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta

_EPOCH = datetime(1970, 1, 1)
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_ESCAPED_BYTE = 0xDC00
"""Python writes a byte N of a file name that is not UTF-8 as the character U+DC00 + N (PEP 383)."""


def iso(us: int | None) -> str | None:
    """
    Say UTC microseconds since 1970 as ISO 8601 ending in "Z", with no more decimals than are needed.

    None stays None; so does a time outside the years 1 to 9999, which no calendar text can say.

    >>> iso(1_600_000_000_250_000)
    '2020-09-13T12:26:40.25Z'
    """
    if us is None:
        return None
    try:
        text = (_EPOCH + timedelta(microseconds=us)).isoformat()
    except OverflowError:
        return None
    return (text.rstrip("0") if "." in text else text) + "Z"


def error_words(error: float | None) -> str:
    """
    Say how wrong a figure may be, to a tenth of its unit and rounded up, so that none is ever shown as nought.

    None gives nothing.

    >>> error_words(0.3), error_words(0.002), error_words(None)
    (' ± 0.3', ' ± 0.1', '')
    """
    return "" if error is None else f" ± {max(math.ceil(round(error * 10, 6)), 1) / 10:.1f}"


def shown_name(name: str) -> str:
    r"""
    Give the last part of a file's name as text that is safe to show.

    No folders; bytes that are not UTF-8 are written as \xNN, and so are control characters and those that
    turn the direction of writing, with which a name can pretend to be another.

    >>> shown_name("/home/me/FLY001.BIN"), shown_name("caf\udce9.srt"), shown_name("a\x1b[2J.bin")
    ('FLY001.BIN', 'caf\\xe9.srt', 'a\\x1b[2J.bin')
    """
    return shown_text(name.replace("\\", "/").rstrip("/").rpartition("/")[2])


def shown_text(text: str) -> str:
    r"""
    Give any text as one that is safe to show, escaped as in `shown_name`.

    >>> shown_text("wind\x1b[2J")
    'wind\\x1b[2J'
    """
    return text if text.isprintable() else _UNSHOWABLE.sub(lambda found: _escaped(found[0]), text)


def _escaped(character: str) -> str:
    code = ord(character)
    if _ESCAPED_BYTE <= code <= _ESCAPED_BYTE + 0xFF:
        return f"\\x{code - _ESCAPED_BYTE:02x}"
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"
