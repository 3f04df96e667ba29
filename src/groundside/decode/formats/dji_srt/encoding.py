"""Subtitles that an editor saved as UTF-16: scanned as UTF-8, with every offset still one in the file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_BY_MARK = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_MARK_BYTES = 2
_UNIT_BYTES = 2


@dataclass(frozen=True, slots=True)
class Text:
    """
    The text of a file as the scan wants it.

    Args:
        data: the bytes of the file, or the same text in UTF-8 where the file is UTF-16.
        size: of the file.
        encoding: "utf-16-le" or "utf-16-be"; empty where `data` is the file itself.
        past_ascii: where in `data` bytes past ASCII are, of UTF-16 only.
        shift: after each of them, how much further than two bytes a byte the offset in the file is.
    """

    data: bytes | memoryview
    size: int
    encoding: str
    past_ascii: np.ndarray
    shift: np.ndarray

    def offset(self, at: int) -> int:
        """Offset in the file of a place in `data`; a place inside a character is taken as its end."""
        if not self.encoding:
            return at
        before = int(np.searchsorted(self.past_ascii, at, side="left"))
        return _MARK_BYTES + _UNIT_BYTES * at + (int(self.shift[before - 1]) if before else 0)

    @property
    def end(self) -> int:
        """Where in the file the text ends: before the last byte where that is half a unit of UTF-16."""
        return self.offset(len(self.data))


def text_of(raw: bytes | memoryview) -> Text:
    """Read the byte order mark; a file without that of UTF-16 is taken as it stands. Never fails."""
    encoding = _BY_MARK.get(bytes(raw[:_MARK_BYTES]), "")
    nothing = np.zeros(0, np.int64)
    if not encoding:
        return Text(raw, len(raw), "", nothing, nothing)
    whole = len(raw) - len(raw) % _UNIT_BYTES
    data = str(raw[_MARK_BYTES:whole], encoding, "surrogatepass").encode("utf-8", "surrogatepass")
    numbers = np.frombuffer(data, np.uint8)
    past_ascii = np.flatnonzero(numbers >= 0x80)
    # A character is one unit of UTF-16, or two where UTF-8 needs four bytes: RFC 3629 section 3, RFC 2781 section 2.1.
    lead = numbers[past_ascii]
    shift = np.where(lead < 0xC0, -_UNIT_BYTES, np.where(lead >= 0xF0, _UNIT_BYTES, 0))
    return Text(data, len(raw), encoding, past_ascii, np.cumsum(shift))
