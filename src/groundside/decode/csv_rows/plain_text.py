"""Bytes of a text file as UTF-8, and where each line stood in the file, also where a program saved it as UTF-16."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BOM = b"\xef\xbb\xbf"
_BOMS_16 = {b"\xff\xfe": 1, b"\xfe\xff": 0}
"""Byte order marks of UTF-16 (RFC 2781, section 3.2): at which of two bytes the zero of an ASCII character is."""
_LOOKED_AT = 4096
_ZEROS_ENOUGH = 0.35
_STRAY_ZEROS = 8
_SURROGATES = (0xD800, 0xDFFF)
_UNKNOWN = 0xFFFD


@dataclass(frozen=True, slots=True)
class PlainText:
    """
    The text, one byte a character of ASCII.

    Args:
        data: UTF-8, or any superset of ASCII.
        origin: for each byte, where it was in the file; None where that is `skipped` bytes later.
        begin: bytes of a byte order mark before the text.
        inference: how it was read, in one sentence; empty for plain UTF-8.
        skipped: bytes at the end that belong to no character.
    """

    data: bytes | memoryview
    origin: NDArray[Any] | None = None
    begin: int = 0
    inference: str = ""
    size: int = 0

    def offsets(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Say where bytes of the text were in the file; the end of the text is the end of the file."""
        if self.origin is None:
            return at + self.begin
        return np.append(self.origin, self.size)[at].astype(np.int64)


def plain_text(data: bytes | memoryview) -> PlainText:
    """
    Recognise UTF-16 by its byte order mark or its zeros, and give all else as it is without its byte order mark.

    UTF-16 of which an odd number of bytes is missing is out of step from there on; the zeros are then left out
    instead, so that all that is ASCII comes back, whatever the step.
    """
    size = len(data)
    low = _zero_side(bytes(data[:_LOOKED_AT]))
    if low is None:
        begin = len(_BOM) if bytes(data[: len(_BOM)]) == _BOM else 0
        return PlainText(data[begin:], None, begin, size=size)
    raw = np.frombuffer(data, np.uint8)
    zeros = raw == 0
    if min(int(zeros[0::2].sum()), int(zeros[1::2].sum())) > _STRAY_ZEROS or size % 2:
        return _without_zeros(raw, zeros)
    return _decoded(raw, ">u2" if low == 0 else "<u2")


def _zero_side(head: bytes) -> int | None:
    """Say which byte of two is the zero of ASCII in UTF-16: 0 or 1; None where it is not UTF-16."""
    if head[:2] in _BOMS_16:
        return _BOMS_16[head[:2]]
    bytes_ = np.frombuffer(head, np.uint8)
    even, odd = (int((bytes_[side::2] == 0).sum()) for side in (0, 1))
    if max(even, odd) < _ZEROS_ENOUGH * len(head) or min(even, odd) > _STRAY_ZEROS:
        return None
    return 0 if even > odd else 1


def _decoded(raw: NDArray[np.uint8], order: str) -> PlainText:
    units = raw.view(order).astype(np.uint16)
    units[(units >= _SURROGATES[0]) & (units <= _SURROGATES[1])] = _UNKNOWN
    begin = 1 if len(units) and units[0] == 0xFEFF else 0
    lengths = 1 + (units >= 0x80).astype(np.uint8) + (units >= 0x800)
    origin = np.repeat(np.arange(len(units), dtype=np.int64) * 2, lengths)[begin * 3 :]
    text = units[begin:].astype("<u2").tobytes().decode("utf-16-le")
    return PlainText(text.encode(), origin, 0, "The file is UTF-16, as a spreadsheet saves text.", len(raw))


def _without_zeros(raw: NDArray[np.uint8], zeros: NDArray[np.bool_]) -> PlainText:
    kept = np.flatnonzero(~zeros & ((np.arange(len(raw)) > 1) | (raw < 0xFE)))
    said = "The file is UTF-16 with bytes missing: only its ASCII characters are read."
    return PlainText(raw[kept].tobytes(), kept, 0, said, len(raw))
